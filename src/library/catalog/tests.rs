//! Tests of the catalog: grouping, editing, order, visibility, search.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::library::ImageIds;
use crate::library::testing::{HERE, TestPlace, constant};

struct Fixture {
    folder: TempDir,
    ids: ImageIds,
    catalog: Catalog,
}

impl Fixture {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), ids: ImageIds::default(), catalog: Catalog::new() }
    }

    fn image(&self, name: &str, place: TestPlace) -> Arc<Image> {
        constant(&self.ids, &self.folder.path().join(name), place, 1)
    }

    fn add(&mut self, name: &str, place: TestPlace) -> EntryId {
        let image = self.image(name, place);
        self.catalog.add_image(image)
    }

    fn names(&self) -> Vec<String> {
        self.catalog.entries().iter().map(|&id| self.catalog.entry(id).unwrap().name().to_owned()).collect()
    }

    /// The names of the bands of each scene, by the name of the scene.
    fn scenes(&self) -> Vec<(String, Vec<String>)> {
        let entries = self.catalog.entries().iter().filter_map(|&id| self.catalog.entry(id));
        let mut scenes: Vec<_> = entries
            .filter_map(|entry| match entry {
                Entry::Scene(scene) => {
                    Some((scene.name.clone(), scene.bands.iter().map(|band| band.name.clone()).collect()))
                }
                Entry::Image(_) => None,
            })
            .collect();
        scenes.sort();
        scenes
    }
}

#[test]
fn bands_in_files_of_their_own_become_scenes() {
    type Expected<'a> = &'a [(&'a str, &'a [&'a str])];
    let table: [(&[&str], Expected<'_>); 6] = [
        (
            &["LC08_224077_20200518_B4.TIF", "LC08_224077_20200518_B2.tif", "LC08_224077_20200518_B3.tif"],
            &[("LC08_224077_20200518", &["B2", "B3", "B4"])],
        ),
        (
            &[
                "T31TCJ_20200518T105031_B04_10m.tif",
                "T31TCJ_20200518T105031_B8A_20m.tif",
                "T31TCJ_20200523T105031_B04_10m.tif",
            ],
            &[("T31TCJ_20200518T105031", &["B04", "B8A"])],
        ),
        (&["harbour_(red).tif", "harbour_(my band).tif"], &[("harbour", &["red", "my band"])]),
        (
            &["S2A_20200518_x_31TCJ_nir.tif", "S2A_20200518_x_31TCJ_red.tif"],
            &[("S2A_20200518_x_31TCJ", &["red", "nir"])],
        ),
        (
            &["S2A_20200518/B04.tif", "S2A_20200518/B03.tif", "S2B_20200520/B03.tif"],
            &[("S2A_20200518", &["B03", "B04"])],
        ),
        (&["ortho_north.tif", "ortho_south.tif", "alone_B4.tif"], &[]),
    ];
    for (files, expected) in table {
        let mut fixture = Fixture::new();
        for file in files {
            fixture.add(file, HERE);
        }
        let expected: Vec<(String, Vec<String>)> = expected
            .iter()
            .map(|(name, bands)| ((*name).to_owned(), bands.iter().map(|&band| band.to_owned()).collect()))
            .collect();
        assert_eq!(fixture.scenes(), expected, "{files:?}");
    }
}

#[test]
fn files_of_one_name_in_different_places_or_folders_stay_apart() {
    let mut fixture = Fixture::new();
    fixture.add("a_B2.tif", HERE);
    fixture.add("a_B3.tif", HERE.moved_east(10_000.0));
    fixture.add("below/a_B3.tif", HERE);
    assert!(fixture.scenes().is_empty());
    assert_eq!(fixture.catalog.len(), 3);
}

#[test]
fn a_grid_half_a_pixel_off_is_the_same_place() {
    let mut fixture = Fixture::new();
    fixture.add("LC08_224077_20200518_B4.tif", HERE);
    fixture.add("LC08_224077_20200518_B8.tif", HERE.moved_east(7.5));
    assert_eq!(fixture.scenes().len(), 1);
}

#[test]
fn a_file_opened_again_takes_its_place_in_the_scene() {
    let mut fixture = Fixture::new();
    fixture.add("a_B2.tif", HERE);
    let scene = fixture.add("a_B3.tif", HERE);
    let older = fixture.catalog.image_at(&fixture.folder.path().join("a_B3.tif")).unwrap().id;
    assert_eq!(fixture.add("a_B3.tif", HERE), scene);
    assert!(fixture.catalog.image(older).is_none());
    assert_eq!(fixture.scenes(), [("a".to_owned(), vec!["B2".to_owned(), "B3".to_owned()])]);
    assert_eq!(fixture.catalog.len(), 1);
}

#[test]
fn a_file_opened_again_stays_as_the_user_left_it() {
    let mut fixture = Fixture::new();
    let ids = ["a.tif", "b.tif", "c.tif"].map(|name| fixture.add(name, HERE));
    fixture.catalog.move_entry(ids[2], 0);
    fixture.catalog.set_hidden(ids[0], true);
    let again = fixture.add("a.tif", HERE);
    assert_ne!(again, ids[0]);
    assert_eq!(fixture.names(), ["c", "a", "b"]);
    assert!(fixture.catalog.is_hidden(again));
    let scene = fixture.catalog.group(&[ids[1], ids[2]], "by hand").unwrap();
    fixture.catalog.name_band(scene, 0, "first");
    assert_eq!(fixture.add("b.tif", HERE), EntryId::Scene(scene));
    assert!(fixture.catalog.scene(scene).unwrap().has_band("first"));
    let moved = fixture.add("b.tif", HERE.moved_east(9_000.0));
    assert_ne!(moved, EntryId::Scene(scene));
    assert_eq!(fixture.catalog.scene(scene).unwrap().bands.len(), 1);
}

#[test]
fn files_that_a_later_scan_did_not_find_are_forgotten() {
    let mut fixture = Fixture::new();
    for name in ["in/a.tif", "in/b.tif", "in/away/d.tif", "out/c.tif"] {
        fixture.add(name, HERE);
    }
    let folder = fixture.folder.path().join("in");
    let found = std::iter::once(folder.join("a.tif")).collect();
    fixture.catalog.remove_missing(&folder, &found, &[folder.join("away")]);
    assert_eq!(fixture.names(), ["a", "c", "d"]);
}

#[test]
fn what_was_split_is_not_grouped_again() {
    let mut fixture = Fixture::new();
    fixture.add("a_B2.tif", HERE);
    let EntryId::Scene(scene) = fixture.add("a_B3.tif", HERE) else { panic!("a scene") };
    fixture.catalog.set_hidden(EntryId::Scene(scene), true);
    let images = fixture.catalog.split(scene);
    assert_eq!(fixture.catalog.len(), 2);
    assert!(images.iter().all(|&id| fixture.catalog.is_hidden(EntryId::Image(id))));
    fixture.add("a_B4.tif", HERE);
    assert!(fixture.scenes().is_empty());
}

#[test]
fn anything_can_be_grouped_by_hand() {
    let mut fixture = Fixture::new();
    let entries = [fixture.add("may.tif", HERE), fixture.add("june.tif", HERE)];
    let scene = fixture.catalog.group(&entries, "2020").unwrap();
    assert_eq!(fixture.scenes(), [("2020".to_owned(), vec!["june".to_owned(), "may".to_owned()])]);
    let images: Vec<ImageId> = fixture.catalog.images().map(|image| image.id).collect();
    assert!(images.iter().all(|&id| fixture.catalog.entry_of_image(id) == Some(EntryId::Scene(scene))));
    assert!(fixture.catalog.take_out(scene, images[0]));
    assert_eq!(fixture.catalog.len(), 2);
    assert!(!fixture.catalog.take_out(scene, images[0]));
}

#[test]
fn a_scene_in_a_new_scene_is_gone() {
    let mut fixture = Fixture::new();
    fixture.add("a_B2.tif", HERE);
    let old = fixture.add("a_B3.tif", HERE);
    let other = fixture.add("b.tif", HERE);
    let new = fixture.catalog.group(&[old, other], "all").unwrap();
    assert!(fixture.catalog.entry(old).is_none());
    assert_eq!(fixture.catalog.entries(), [EntryId::Scene(new)]);
    assert_eq!(fixture.catalog.scene(new).unwrap().bands.len(), 3);
}

#[test]
fn naming_a_band_as_another_swaps_them() {
    let mut fixture = Fixture::new();
    fixture.add("a_B2.tif", HERE);
    let EntryId::Scene(id) = fixture.add("a_B3.tif", HERE) else { panic!("a scene") };
    let file_of = |fixture: &Fixture, band: &str| {
        let scene = fixture.catalog.scene(id).unwrap();
        scene.bands.iter().find(|known| known.name == band).map(|band| band.image.name.clone())
    };
    assert!(fixture.catalog.name_band(id, 0, "B3"));
    assert_eq!(file_of(&fixture, "B3").as_deref(), Some("a_B2"));
    assert_eq!(file_of(&fixture, "B2").as_deref(), Some("a_B3"));
    assert!(fixture.catalog.name_band(id, 0, "haze"));
    assert!(file_of(&fixture, "haze").is_some());
    assert!(!fixture.catalog.name_band(id, 9, "x") && !fixture.catalog.name_band(id, 0, " "));
}

#[test]
fn removing_a_file_leaves_the_rest_of_its_scene() {
    let mut fixture = Fixture::new();
    fixture.add("a_B2.tif", HERE);
    fixture.add("a_B3.tif", HERE);
    let path = fixture.folder.path().join("a_B3.tif");
    let id = fixture.catalog.image_at(&path).unwrap().id;
    fixture.catalog.remove_image(id);
    assert_eq!(fixture.scenes(), [("a".to_owned(), vec!["B2".to_owned()])]);
    fixture.catalog.remove_folder(fixture.folder.path());
    assert!(fixture.catalog.is_empty() && fixture.catalog.bounds_mercator().is_none());
}

#[test]
fn the_newest_is_on_top_and_the_undated_at_the_bottom() {
    let mut fixture = Fixture::new();
    for name in ["undated.tif", "b_20200518.tif", "a_20210101.tif", "A_20200518.tif"] {
        fixture.add(name, HERE);
    }
    assert_eq!(fixture.names(), ["a_20210101", "A_20200518", "b_20200518", "undated"]);
    fixture.catalog.set_order(Order::OldestFirst);
    assert_eq!(fixture.names(), ["A_20200518", "b_20200518", "a_20210101", "undated"]);
    fixture.catalog.set_order(Order::Name);
    assert_eq!(fixture.names(), ["A_20200518", "a_20210101", "b_20200518", "undated"]);
    fixture.add("aa.tif", HERE);
    assert_eq!(fixture.names()[2], "aa");
}

#[test]
fn an_order_by_hand_stays() {
    let mut fixture = Fixture::new();
    let ids = ["a.tif", "b.tif", "c.tif"].map(|name| fixture.add(name, HERE));
    fixture.catalog.move_entry(ids[2], 0);
    assert_eq!(fixture.names(), ["c", "a", "b"]);
    fixture.add("d.tif", HERE);
    assert_eq!(fixture.names(), ["d", "c", "a", "b"]);
    fixture.catalog.move_entry(ids[0], 99);
    assert_eq!(fixture.names(), ["d", "c", "b", "a"]);
}

#[test]
fn an_entry_is_put_above_or_below_another() {
    let mut fixture = Fixture::new();
    let [a, b, c] = ["a.tif", "b.tif", "c.tif"].map(|name| fixture.add(name, HERE));
    fixture.catalog.set_order(Order::Name);
    let table = [
        (c, ListPlace::Above(a), ["c", "a", "b"]),
        (c, ListPlace::Below(a), ["a", "c", "b"]),
        (a, ListPlace::Below(b), ["c", "b", "a"]),
        (a, ListPlace::Below(a), ["c", "b", "a"]),
        (c, ListPlace::Bottom, ["b", "a", "c"]),
        (a, ListPlace::Top, ["a", "b", "c"]),
    ];
    for (moved, place, expected) in table {
        fixture.catalog.move_to(moved, place);
        assert_eq!(fixture.names(), expected, "{moved:?} {place:?}");
    }
    assert_eq!(fixture.catalog.order(), Order::Manual);
}

#[test]
fn hidden_and_solo_decide_what_is_drawn() {
    let mut fixture = Fixture::new();
    let near = fixture.add("a.tif", HERE);
    let far = fixture.add("b.tif", HERE.moved_east(50_000.0));
    let bounds = fixture.catalog.entry(near).unwrap().bounds_mercator().unwrap();
    assert_eq!(fixture.catalog.shown_in(&bounds), [near]);
    fixture.catalog.set_hidden(near, true);
    assert!(fixture.catalog.shown_in(&bounds).is_empty());
    fixture.catalog.set_solo(Some(near));
    assert_eq!(fixture.catalog.shown().map(|entry| entry.id()).collect::<Vec<_>>(), [near]);
    fixture.catalog.set_solo(None);
    assert_eq!(fixture.catalog.shown().map(|entry| entry.id()).collect::<Vec<_>>(), [far]);
}

#[test]
fn search_looks_at_names_folders_and_dates() {
    let mut fixture = Fixture::new();
    let port = fixture.add("harbour/Port_20200518.tif", HERE);
    fixture.add("inland/field_20200518.tif", HERE);
    assert_eq!(fixture.catalog.search("HARBOUR port"), [port]);
    assert_eq!(fixture.catalog.search("2020-05-18").len(), 2);
    assert_eq!(fixture.catalog.search("harbour field"), []);
    assert_eq!(fixture.catalog.search("").len(), 2);
}

#[test]
fn images_that_can_share_a_style_are_of_one_kind() {
    let mut fixture = Fixture::new();
    for name in ["LC08_1_20200518_B2.tif", "LC08_1_20200518_B3.tif", "LC08_2_20200518_B2.tif", "LC08_2_20200518_B3.tif"]
    {
        fixture.add(name, HERE);
    }
    fixture.add("other.tif", HERE);
    let kinds = fixture.catalog.kinds();
    let shown: Vec<(String, usize)> = kinds.iter().map(|(kind, count)| (kind.to_string(), *count)).collect();
    assert_eq!(shown, [("Landsat 8/9, B2 B3, Byte".to_owned(), 2), ("b1, Byte".to_owned(), 1)]);
}

#[test]
fn a_failure_takes_the_place_of_the_image_and_back() {
    let mut fixture = Fixture::new();
    fixture.add("a.tif", HERE);
    let path = fixture.folder.path().join("a.tif");
    let failed = |reason: &str| Failed { path: path.clone(), reason: reason.to_owned() };
    fixture.catalog.add_failure(failed("gone"));
    fixture.catalog.add_failure(failed("still gone"));
    assert_eq!(fixture.catalog.failures(), [failed("still gone")]);
    assert_eq!(fixture.catalog.len(), 0);
    fixture.add("a.tif", HERE);
    assert!(fixture.catalog.failures().is_empty());
    assert!(fixture.catalog.image_at(Path::new("nowhere")).is_none());
}

#[test]
fn every_change_is_a_new_revision() {
    let mut fixture = Fixture::new();
    let mut last = fixture.catalog.revision();
    let id = fixture.add("a.tif", HERE);
    let mut changed = |catalog: &Catalog| {
        let is_new = catalog.revision() > last;
        last = catalog.revision();
        is_new
    };
    assert!(changed(&fixture.catalog));
    fixture.catalog.set_hidden(id, true);
    assert!(changed(&fixture.catalog));
    fixture.catalog.set_order(Order::Name);
    assert!(changed(&fixture.catalog));
    fixture.catalog.remove_folder(fixture.folder.path());
    assert!(changed(&fixture.catalog));
}

#[test]
fn a_pattern_of_names_groups_what_is_there_and_what_comes() {
    let mut fixture = Fixture::new();
    let [first, ..] =
        ["hot-2020-05-18-a1-north.tif", "cold-2020-05-18-a2-north.tif"].map(|name| fixture.add(name, HERE));
    assert!(fixture.scenes().is_empty(), "nothing usual about these names");
    fixture.catalog.set_hidden(first, true);
    let pattern = NamePattern::parse("{band}-{date}-{}-{site}").unwrap();
    assert_eq!(fixture.catalog.count_matches(&pattern), (2, 2));
    fixture.catalog.set_name_pattern(Some(pattern));
    fixture.add("warm-2020-05-18-a9-north.tif", HERE);
    fixture.add("warm-2020-05-18-a9-south.tif", HERE);
    let bands = ["cold", "hot", "warm"].map(str::to_owned).to_vec();
    assert_eq!(fixture.scenes(), [("2020-05-18_north".to_owned(), bands)]);
    let scene =
        fixture.catalog.entries().iter().find_map(|&id| fixture.catalog.entry(id).filter(|e| e.images().len() > 1));
    assert_eq!(scene.unwrap().date().map(|date| date.to_string()).as_deref(), Some("2020-05-18"));
    fixture.catalog.set_name_pattern(None);
    assert!(fixture.scenes().is_empty());
    assert_eq!(fixture.catalog.len(), 4, "no file is lost");
}

#[test]
fn what_was_done_by_hand_can_be_done_again() {
    let mut fixture = Fixture::new();
    for name in ["A_B2.tif", "A_B3.tif", "A_B4.tif", "alone.tif", "other.tif"] {
        fixture.add(name, HERE);
    }
    let files: Vec<Arc<Image>> = fixture.catalog.images().cloned().collect();
    let at = |catalog: &Catalog, name: &str| catalog.images().find(|image| image.name == name).unwrap().id;
    let catalog = &mut fixture.catalog;
    let EntryId::Scene(scene) = catalog.entry_of_image(at(catalog, "A_B2")).unwrap() else { panic!("a scene") };
    assert!(catalog.take_out(scene, at(catalog, "A_B3")));
    assert!(catalog.name_band(scene, 0, "blue"));
    let pair = [at(catalog, "alone"), at(catalog, "other")].map(EntryId::Image);
    catalog.group(&pair, "Pair").unwrap();
    catalog.move_entry(EntryId::Scene(scene), 0);
    let arrangement = catalog.arrangement(&Arrangement::default());
    assert_eq!((arrangement.scenes.len(), arrangement.singles.len(), arrangement.order.len()), (2, 1, 3));

    let mut again = Fixture::new();
    for image in &files {
        again.catalog.add_image(Arc::clone(image));
    }
    assert_ne!((again.names(), again.scenes()), (fixture.names(), fixture.scenes()));
    again.catalog.arrange_again(&arrangement);
    assert_eq!((again.names(), again.scenes()), (fixture.names(), fixture.scenes()));
    assert_eq!(again.catalog.arrangement(&Arrangement::default()), arrangement);

    // Of files that are not open, what was known stays.
    assert_eq!(Catalog::new().arrangement(&Arrangement { order: Vec::new(), ..arrangement.clone() }).scenes.len(), 2);
    let alone = files.iter().find(|image| image.name == "alone").unwrap();
    let mut part = Fixture::new();
    part.catalog.add_image(Arc::clone(alone));
    part.catalog.arrange_again(&arrangement);
    assert_eq!(part.scenes(), [("Pair".to_owned(), vec!["alone".to_owned()])]);
}

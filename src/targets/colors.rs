//! Colours of classes that people with any colour vision can tell apart, fixed by the class' name: the same class has the
//! same colour in every file, whatever other classes there are, unless two names want the same one.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::{ClassId, TargetSet, UNCLASSIFIED};

/// A colour of a class, 8 bits a channel, sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClassColor {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl ClassColor {
    /// A colour of its three channels.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }
}

/// What the unclassified are drawn in, and no class.
const GREY: ClassColor = ClassColor::new(0xBB, 0xBB, 0xBB);

/// The palette: Okabe and Ito, "Color Universal Design" (2008), without black, which no dark image shows, then those of
/// Paul Tol's "bright" and "muted" schemes (SRON/EPS/TN/09-002) that differ from them. The first are the easiest to tell
/// apart.
const PALETTE: [ClassColor; 16] = [
    ClassColor::new(0xE6, 0x9F, 0x00),
    ClassColor::new(0x56, 0xB4, 0xE9),
    ClassColor::new(0x00, 0x9E, 0x73),
    ClassColor::new(0xF0, 0xE4, 0x42),
    ClassColor::new(0x00, 0x72, 0xB2),
    ClassColor::new(0xD5, 0x5E, 0x00),
    ClassColor::new(0xCC, 0x79, 0xA7),
    ClassColor::new(0xEE, 0x66, 0x77),
    ClassColor::new(0xAA, 0x33, 0x77),
    ClassColor::new(0x99, 0x99, 0x33),
    ClassColor::new(0x88, 0xCC, 0xEE),
    ClassColor::new(0x33, 0x22, 0x88),
    ClassColor::new(0x11, 0x77, 0x33),
    ClassColor::new(0xDD, 0xCC, 0x77),
    ClassColor::new(0x88, 0x22, 0x55),
    ClassColor::new(0x44, 0xAA, 0x99),
];

/// Colours that the user chose, by class name: plain data, saved with the project.
pub type ColorOverrides = BTreeMap<String, ClassColor>;

/// The colour of each class of a set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassColors {
    colors: Vec<ClassColor>,
}

impl ClassColors {
    /// Gives each class of a set its colour.
    pub fn of(set: &TargetSet, overrides: &ColorOverrides) -> Self {
        let names: Vec<&str> = set.classes().iter().map(|class| class.name.as_ref()).collect();
        Self { colors: assign(&names, overrides) }
    }

    /// A colour for each of these names, as classes of these names would have them.
    pub fn of_names(names: &[&str], overrides: &ColorOverrides) -> Vec<ClassColor> {
        assign(names, overrides)
    }

    /// The colour of a class; grey for one that isn't there.
    pub fn color(&self, class: ClassId) -> ClassColor {
        self.colors.get(class.index()).copied().unwrap_or(GREY)
    }
}

/// A colour for each name. A name's hash says which it wants; of two that want the same one, that which comes first by
/// hash has it and the other takes the next free one, so that the answer doesn't hang on the order of the names. With
/// more names than colours in the palette, the palette is gone round again in lighter and darker shades.
fn assign(names: &[&str], overrides: &ColorOverrides) -> Vec<ClassColor> {
    let mut colors: Vec<Option<ClassColor>> = names.iter().map(|name| chosen(name, overrides)).collect();
    let mut taken: FxHashSet<ClassColor> = colors.iter().flatten().copied().collect();
    let mut order: Vec<(u64, usize)> = names.iter().enumerate().map(|(place, name)| (hash(name), place)).collect();
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| names.get(a.1).cmp(&names.get(b.1))));
    for (hash, place) in order {
        let Some(slot @ None) = colors.get_mut(place) else { continue };
        let free = candidates(hash).find(|color| !taken.contains(color)).unwrap_or(GREY);
        taken.insert(free);
        *slot = Some(free);
    }
    colors.into_iter().map(|color| color.unwrap_or(GREY)).collect()
}

fn chosen(name: &str, overrides: &ColorOverrides) -> Option<ClassColor> {
    overrides.get(name).copied().or_else(|| (name == UNCLASSIFIED).then_some(GREY))
}

/// The colours that a name may have, the wanted one first: the palette from there on, then its shades.
fn candidates(hash: u64) -> impl Iterator<Item = ClassColor> {
    const SHADES: [f64; 7] = [1.0, 0.75, 1.25, 0.6, 1.4, 0.5, 1.5];
    let start = usize::try_from(hash % PALETTE.len() as u64).unwrap_or(0);
    let round = PALETTE.iter().cycle().skip(start).take(PALETTE.len());
    SHADES.into_iter().flat_map(move |shade| round.clone().map(move |color| shaded(*color, shade)))
}

/// Darker below 1 (towards black), lighter above (towards white).
fn shaded(color: ClassColor, shade: f64) -> ClassColor {
    let channel = |value: u8| {
        let value = f64::from(value);
        to_u8(if shade <= 1.0 { value * shade } else { value + (255.0 - value) * (shade - 1.0) })
    };
    ClassColor::new(channel(color.red), channel(color.green), channel(color.blue))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of u8")]
fn to_u8(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// FNV-1a over the lower-case name: the same on every machine and in every version. "Ship" and "ship" want one colour.
fn hash(name: &str) -> u64 {
    let lower = name.trim().to_lowercase();
    lower.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colors(names: &[&str]) -> Vec<ClassColor> {
        assign(names, &ColorOverrides::new())
    }

    fn numbered(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("class {number}")).collect()
    }

    #[test]
    fn the_order_of_the_classes_changes_no_colour() {
        let names = numbered(30);
        let forward: Vec<&str> = names.iter().map(String::as_str).collect();
        let backward: Vec<&str> = forward.iter().rev().copied().collect();
        let reversed: Vec<_> = colors(&backward).into_iter().rev().collect();
        assert_eq!(colors(&forward), reversed);
    }

    #[test]
    fn no_two_classes_of_a_set_share_a_colour() {
        let names = numbered(80);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let distinct: FxHashSet<_> = colors(&names).into_iter().collect();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn a_name_alone_has_the_colour_that_it_wants_in_any_case() {
        assert_eq!(colors(&["Ship"]), colors(&["ship"]));
        assert_eq!(colors(&["dam"]).first(), PALETTE.get(usize::try_from(hash("dam") % 16).unwrap()));
    }

    #[test]
    fn colours_are_fixed_for_good() {
        // A saved picture and a report must agree with tomorrow's map: change this only with a note in the changelog.
        // Vectors of the FNV reference implementation.
        assert_eq!(hash(""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(hash("A"), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(hash("foobar"), 0x8594_4171_F739_67E8);
    }

    #[test]
    fn up_to_sixteen_classes_have_the_colours_of_the_palette() {
        let names = numbered(16);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(colors(&names).iter().all(|color| PALETTE.contains(color)));
    }

    #[test]
    fn a_chosen_colour_is_kept_and_nobody_else_has_it() {
        let wanted = *colors(&["dam"]).first().unwrap();
        let overrides = ColorOverrides::from([("ship".to_owned(), wanted)]);
        let assigned = assign(&["dam", "ship"], &overrides);
        assert_eq!(assigned.get(1), Some(&wanted));
        assert_ne!(assigned.first(), Some(&wanted));
    }

    #[test]
    fn the_unclassified_are_grey_and_no_class_is() {
        assert_eq!(colors(&[UNCLASSIFIED, "dam"]).first(), Some(&GREY));
        assert!(!PALETTE.contains(&GREY));
    }
}

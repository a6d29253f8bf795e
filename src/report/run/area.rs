//! What part of the world a map of a report shows, in EPSG:3857. A part across 180 degrees goes on beyond the edge of the usual world.

use crate::geo::{BoundingBox, LonLat, MERCATOR_HALF_WORLD_M, Point, mercator_from_lon_lat};

const WORLD_M: f64 = 2.0 * MERCATOR_HALF_WORLD_M;

/// West, south, east and north in degrees on the map; a west above the east goes across 180 degrees.
pub(super) fn bbox(text: &str) -> Option<BoundingBox> {
    let sides: Vec<f64> = text.split(',').map(|side| side.trim().parse().ok()).collect::<Option<_>>()?;
    let [west, south, east, north] = sides.as_slice() else { return None };
    let (low, high) = (LonLat::new(*west, *south)?, LonLat::new(*east, *north)?);
    let [low, mut high] = [low, high].map(|corner| mercator_from_lon_lat(corner.lon_deg(), corner.lat_deg()));
    if west > east {
        high.x += WORLD_M;
    }
    BoundingBox::new(low.x, low.y, high.x, high.y)
}

/// The narrowest box around all of these, across 180 degrees if that is the shorter way.
pub(super) fn around_the_earth(boxes: impl Iterator<Item = BoundingBox>) -> Option<BoundingBox> {
    let mut ways: Option<(BoundingBox, BoundingBox)> = None;
    for one in boxes {
        let east = if one.center().x < 0.0 { shifted(&one, WORLD_M)? } else { one };
        ways = Some(ways.map_or((one, east), |(usual, across)| (usual.union(&one), across.union(&east))));
    }
    ways.map(|(usual, across)| if across.width() < usual.width() { across } else { usual })
}

/// The place in the area, which may lie once round the earth.
pub(super) fn inside(area: &BoundingBox, at: Point) -> Option<Point> {
    let ways = [0.0, WORLD_M, -WORLD_M].into_iter().map(|by| Point::new(at.x + by, at.y));
    ways.into_iter().find(|&at| area.contains(at))
}

/// The smallest box around `area` that is `proportion` times as wide as it is high.
pub(super) fn with_proportion(area: BoundingBox, proportion: f64) -> Option<BoundingBox> {
    let (width, height) = (area.width().max(area.height() * proportion), area.height().max(area.width() / proportion));
    let (width, height) = (width.max(1.0), height.max(1.0 / proportion));
    let center = area.center();
    BoundingBox::new(center.x - width / 2.0, center.y - height / 2.0, center.x + width / 2.0, center.y + height / 2.0)
}

fn shifted(bounds: &BoundingBox, by_m: f64) -> Option<BoundingBox> {
    BoundingBox::new(bounds.min_x() + by_m, bounds.min_y(), bounds.max_x() + by_m, bounds.max_y())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_grows_to_the_page_and_keeps_its_center() {
        let area = BoundingBox::new(0.0, 0.0, 100.0, 10.0).unwrap();
        let grown = with_proportion(area, 2.0).unwrap();
        assert_eq!((grown.width(), grown.height(), grown.center()), (100.0, 50.0, area.center()));
        let point = BoundingBox::new(5.0, 5.0, 5.0, 5.0).unwrap();
        assert!(with_proportion(point, 2.0).unwrap().width() > 0.0);
    }

    #[test]
    fn a_box_of_degrees_is_checked() {
        assert!(bbox("-55, -26,-54,-25").is_some());
        for wrong in ["", "1,2,3", "1,2,3,1", "a,b,c,d", "-500,0,500,1"] {
            assert!(bbox(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_box_may_go_across_180_degrees() {
        let fiji = bbox("177,-20,-178,-15").unwrap();
        assert!((fiji.width() - 5.0 / 360.0 * WORLD_M).abs() < 1e-6);
        let place = |lon| mercator_from_lon_lat(lon, -18.0);
        assert_eq!(inside(&fiji, place(178.0)), Some(place(178.0)));
        assert_eq!(inside(&fiji, place(-179.0)).map(|at| at.x.round()), Some((place(181.0).x).round()));
        assert_eq!(inside(&fiji, place(0.0)), None);
    }

    #[test]
    fn what_lies_on_both_sides_of_180_degrees_is_near() {
        let spot = |lon| BoundingBox::around([mercator_from_lon_lat(lon, 10.0)]).unwrap();
        let near = around_the_earth([spot(179.0), spot(-179.0)].into_iter()).unwrap();
        assert!((near.width() - 2.0 / 360.0 * WORLD_M).abs() < 1e-6, "{near:?}");
        let usual = around_the_earth([spot(-20.0), spot(20.0)].into_iter()).unwrap();
        assert!((usual.width() - 40.0 / 360.0 * WORLD_M).abs() < 1e-6);
        assert!(around_the_earth(std::iter::empty()).is_none());
    }
}

//! The point that stands for a geometry on the map. Coordinates are in the geometry's own system; nothing here
//! knows which.

/// A position of a geometry: x (east), y (north).
pub(super) type Xy = [f64; 2];

/// A geometry reduced to what its point is made from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Geometry {
    /// Points.
    Points(Vec<Xy>),
    /// Lines of two or more positions.
    Lines(Vec<Vec<Xy>>),
    /// Polygons: an outer ring and holes, each closed.
    Polygons(Vec<Vec<Vec<Xy>>>),
    /// A collection: the first part of the highest dimension stands for it.
    Collection(Vec<Geometry>),
}

impl Geometry {
    /// The point that stands for the geometry: a point itself, the mean of several, the middle of the longest line, the
    /// centroid of the largest polygon, or a point inside when its centroid is outside. `None` for an empty geometry.
    pub(super) fn representative_point(&self) -> Option<Xy> {
        let point = match self {
            Self::Points(points) => mean(points.iter().filter(|point| is_finite(point))),
            Self::Lines(lines) => longest(lines).and_then(|line| middle(line)),
            Self::Polygons(polygons) => largest(polygons).and_then(|polygon| inside(polygon)),
            Self::Collection(parts) => {
                let mut parts: Vec<_> = parts.iter().collect();
                parts.sort_by_key(|part| std::cmp::Reverse(part.dimension()));
                parts.iter().find_map(|part| part.representative_point())
            }
        };
        point.filter(is_finite)
    }

    fn dimension(&self) -> u8 {
        match self {
            Self::Points(_) => 0,
            Self::Lines(_) => 1,
            Self::Polygons(_) => 2,
            Self::Collection(parts) => parts.iter().map(Self::dimension).max().unwrap_or(0),
        }
    }
}

fn is_finite(point: &Xy) -> bool {
    point.iter().all(|value| value.is_finite())
}

fn mean<'a>(points: impl Iterator<Item = &'a Xy>) -> Option<Xy> {
    let mut count = 0.0;
    let mut sum = [0.0; 2];
    for [x, y] in points {
        sum = [sum[0] + x, sum[1] + y];
        count += 1.0;
    }
    (count > 0.0).then(|| [sum[0] / count, sum[1] / count])
}

fn length(line: &[Xy]) -> f64 {
    segments(line).map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum()
}

fn segments(line: &[Xy]) -> impl Iterator<Item = (Xy, Xy)> {
    line.iter().copied().zip(line.iter().copied().skip(1))
}

fn longest(lines: &[Vec<Xy>]) -> Option<&Vec<Xy>> {
    lines.iter().filter(|line| !line.is_empty()).max_by(|a, b| length(a).total_cmp(&length(b)))
}

/// The point half-way along a line.
fn middle(line: &[Xy]) -> Option<Xy> {
    let mut left = length(line) / 2.0;
    for (a, b) in segments(line) {
        let step = (b[0] - a[0]).hypot(b[1] - a[1]);
        if step >= left && step > 0.0 {
            let share = left / step;
            return Some([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]);
        }
        left -= step;
    }
    line.first().copied()
}

/// Twice the signed area of a ring, and its centroid. Computed about the ring's first position, so that large
/// coordinates lose no digits.
fn area_and_centroid(ring: &[Xy]) -> Option<(f64, Xy)> {
    let origin = *ring.first()?;
    let (mut area, mut x, mut y) = (0.0, 0.0, 0.0);
    for (a, b) in segments(ring) {
        let (ax, ay, bx, by) = (a[0] - origin[0], a[1] - origin[1], b[0] - origin[0], b[1] - origin[1]);
        let cross = ax * by - bx * ay;
        area += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
    }
    (area != 0.0).then(|| (area, [origin[0] + x / (3.0 * area), origin[1] + y / (3.0 * area)]))
}

fn largest(polygons: &[Vec<Vec<Xy>>]) -> Option<&Vec<Vec<Xy>>> {
    let area = |polygon: &Vec<Vec<Xy>>| {
        polygon.first().and_then(|ring| area_and_centroid(ring)).map_or(0.0, |(area, _)| area.abs())
    };
    polygons.iter().filter(|rings| rings.iter().any(|ring| !ring.is_empty())).max_by(|a, b| area(a).total_cmp(&area(b)))
}

/// Polygons of rings in no order, outer ones clockwise and holes the other way round (as in Shapefiles). A hole belongs to the outer
/// ring that it lies in; without one it is a polygon of its own, as are all rings where none is clockwise.
pub(super) fn polygons_of_rings(rings: Vec<Vec<Xy>>) -> Geometry {
    let area = |ring: &[Xy]| area_and_centroid(ring).map_or(0.0, |(area, _)| area);
    let (outer, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| area(ring) <= 0.0);
    let mut polygons: Vec<Vec<Vec<Xy>>> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        let is_around = |polygon: &&mut Vec<Vec<Xy>>| {
            polygon.first().zip(hole.first()).is_some_and(|(ring, position)| contains(ring, *position))
        };
        match polygons.iter_mut().find(is_around) {
            Some(polygon) => polygon.push(hole),
            None => polygons.push(vec![hole]),
        }
    }
    Geometry::Polygons(polygons)
}

/// Whether a position lies in a ring.
fn contains(ring: &[Xy], position: Xy) -> bool {
    crossings(ring, position[1]).filter(|x| *x > position[0]).count() % 2 == 1
}

/// The outer ring's centroid when it is inside the polygon, else the middle of the widest stretch inside it at the
/// height of the centroid. A polygon without an area has its positions' mean.
fn inside(polygon: &[Vec<Xy>]) -> Option<Xy> {
    let outer = polygon.first()?;
    let Some((_, centroid)) = area_and_centroid(outer) else {
        return mean(outer.iter());
    };
    let mut crossings: Vec<f64> = polygon.iter().flat_map(|ring| crossings(ring, centroid[1])).collect();
    crossings.sort_by(f64::total_cmp);
    let (stretches, _) = crossings.as_chunks::<2>();
    if stretches.iter().any(|[from, to]| (*from..=*to).contains(&centroid[0])) {
        return Some(centroid);
    }
    let widest = stretches.iter().max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
    Some(widest.map_or(centroid, |[from, to]| [f64::midpoint(*from, *to), centroid[1]]))
}

/// Where a ring crosses a height. A position on the height belongs to the segment above it.
fn crossings(ring: &[Xy], height: f64) -> impl Iterator<Item = f64> {
    segments(ring).filter(move |(a, b)| (a[1] > height) != (b[1] > height)).map(move |(a, b)| {
        let share = (height - a[1]) / (b[1] - a[1]);
        a[0] + (b[0] - a[0]) * share
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> Vec<Xy> {
        vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    }

    #[test]
    fn a_point_stands_for_itself_and_several_for_their_mean() {
        assert_eq!(Geometry::Points(vec![[1.0, 2.0]]).representative_point(), Some([1.0, 2.0]));
        assert_eq!(Geometry::Points(vec![[1.0, 2.0], [3.0, 6.0]]).representative_point(), Some([2.0, 4.0]));
    }

    #[test]
    fn an_empty_geometry_has_no_point() {
        for empty in [
            Geometry::Points(vec![]),
            Geometry::Points(vec![[f64::NAN, f64::NAN]]),
            Geometry::Lines(vec![vec![]]),
            Geometry::Polygons(vec![vec![]]),
            Geometry::Polygons(vec![vec![vec![]]]),
            Geometry::Collection(vec![]),
        ] {
            assert_eq!(empty.representative_point(), None, "{empty:?}");
        }
    }

    #[test]
    fn a_line_is_cut_half_way_along_it() {
        let line = vec![[0.0, 0.0], [10.0, 0.0], [10.0, 30.0]];
        assert_eq!(
            Geometry::Lines(vec![vec![[5.0, 5.0], [5.0, 6.0]], line]).representative_point(),
            Some([10.0, 10.0])
        );
    }

    #[test]
    fn the_largest_polygon_is_represented_by_its_centroid() {
        let polygons =
            Geometry::Polygons(vec![vec![square(0.0, 0.0, 1.0)], vec![square(740_000.0, 7_188_000.0, 10.0)]]);
        assert_eq!(polygons.representative_point(), Some([740_005.0, 7_188_005.0]));
    }

    #[test]
    fn the_point_of_a_horseshoe_is_inside_it() {
        let horseshoe = vec![
            [0.0, 0.0],
            [9.0, 0.0],
            [9.0, 9.0],
            [8.0, 9.0],
            [8.0, 1.0],
            [1.0, 1.0],
            [1.0, 9.0],
            [0.0, 9.0],
            [0.0, 0.0],
        ];
        let [x, y] = Geometry::Polygons(vec![vec![horseshoe]]).representative_point().unwrap();
        assert!((x <= 1.0 || x >= 8.0) && y > 1.0, "{x} {y}");
    }

    #[test]
    fn the_point_of_a_ring_of_land_is_not_in_its_hole() {
        let polygon = vec![square(0.0, 0.0, 10.0), square(2.0, 2.0, 6.0)];
        let [x, _] = Geometry::Polygons(vec![polygon]).representative_point().unwrap();
        assert!(!(2.0..=8.0).contains(&x), "{x}");
    }

    #[test]
    fn a_collection_is_represented_by_its_part_of_most_dimensions() {
        let parts = vec![Geometry::Points(vec![[9.0, 9.0]]), Geometry::Polygons(vec![vec![square(0.0, 0.0, 2.0)]])];
        assert_eq!(Geometry::Collection(parts).representative_point(), Some([1.0, 1.0]));
    }

    #[test]
    fn holes_go_into_the_ring_around_them() {
        let clockwise = |x: f64, y: f64, side: f64| square(x, y, side).into_iter().rev().collect::<Vec<Xy>>();
        let rings = vec![square(3.0, 3.0, 4.0), clockwise(20.0, 0.0, 5.0), clockwise(0.0, 0.0, 10.0)];
        let Geometry::Polygons(polygons) = polygons_of_rings(rings) else { panic!("polygons") };
        assert_eq!(polygons.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        // The centroid lies in the hole: a point beside it stands for the polygon.
        let place = Geometry::Polygons(polygons).representative_point().unwrap();
        assert!(place[0] < 3.0 || place[0] > 7.0, "{place:?}");
    }

    #[test]
    fn rings_the_wrong_way_round_are_polygons_all_the_same() {
        let geometry = polygons_of_rings(vec![square(0.0, 0.0, 2.0)]);
        assert_eq!(geometry.representative_point(), Some([1.0, 1.0]));
    }
}

//! Longitudes and latitudes onto the square of Web Mercator, 0 to 1 eastward and southward.
//!
//! world-atlas stitches what Natural Earth cuts at the antimeridian and at the poles; a square needs the cuts again.

use crate::cut::Cut;
use crate::topojson::{Line, Polygon, Position};

/// Latitude where the square ends.
const MAX_LAT_DEG: f64 = 85.051_128_779_806_59;
const SHIFTS_DEG: [f64; 3] = [-360.0, 0.0, 360.0];

/// The parts of a polygon on the square.
pub fn polygon(polygon: &Polygon) -> Vec<Polygon> {
    let mut rings = polygon.iter().map(unrolled_ring);
    let Some(outer) = rings.next() else { return Vec::new() };
    let holes: Vec<Line> = rings.map(|hole| moved_into(hole, &outer)).collect();
    let whole: Polygon = [outer].into_iter().chain(holes).collect();
    let copies = SHIFTS_DEG.iter().map(|shift| whole.iter().map(|ring| projected(ring, *shift)).collect::<Polygon>());
    copies.filter_map(|copy| WEST.polygon(&copy)).filter_map(|copy| EAST.polygon(&copy)).collect()
}

/// The parts of a line on the square.
pub fn line(line: &Line) -> Vec<Line> {
    let whole = unrolled(line);
    let copies = SHIFTS_DEG.iter().map(|shift| projected(&whole, *shift));
    copies.flat_map(|copy| WEST.line(&copy)).flat_map(|copy| EAST.line(&copy)).collect()
}

const WEST: Cut = Cut { axis: 0, at: 0.0, keeps_below: false };
const EAST: Cut = Cut { axis: 0, at: 1.0, keeps_below: true };

fn projected(line: &Line, shift_deg: f64) -> Line {
    let position = |[lon, lat]: &Position| {
        let sin = lat.clamp(-MAX_LAT_DEG, MAX_LAT_DEG).to_radians().sin();
        [(lon + shift_deg) / 360.0 + 0.5, (0.5 - sin.atanh() / std::f64::consts::TAU).clamp(0.0, 1.0)]
    };
    line.iter().map(position).collect()
}

/// A line whose longitudes run on across the antimeridian instead of jumping.
fn unrolled(line: &Line) -> Line {
    let mut turns = 0.0;
    let mut before: Option<f64> = None;
    let position = |[lon, lat]: &Position| {
        match before.map(|before| lon - before) {
            Some(step) if step > 180.0 => turns -= 360.0,
            Some(step) if step < -180.0 => turns += 360.0,
            _ => {}
        }
        before = Some(*lon);
        [lon + turns, *lat]
    };
    line.iter().map(position).collect()
}

/// A ring unrolled. One that goes round the earth is closed over the pole that is nearer.
fn unrolled_ring(ring: &Line) -> Line {
    let closed: Line = ring.iter().chain(ring.first()).copied().collect();
    let mut line = unrolled(&closed);
    let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) else { return line };
    if (last[0] - first[0]).abs() < 1.0 {
        line.pop();
        return line;
    }
    let pole = if ring.iter().map(|position| position[1]).sum::<f64>() < 0.0 { -90.0 } else { 90.0 };
    line.extend([[last[0], pole], [first[0], pole]]);
    line
}

/// A hole moved by whole turns to where its polygon is.
fn moved_into(hole: Line, outer: &Line) -> Line {
    let Some(first) = hole.first().copied() else { return hole };
    let shift = SHIFTS_DEG.into_iter().find(|shift| contains(outer, [first[0] + shift, first[1]])).unwrap_or(0.0);
    hole.into_iter().map(|[lon, lat]| [lon + shift, lat]).collect()
}

fn contains(ring: &Line, [x, y]: Position) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crosses =
        |a: &Position, b: &Position| (a[1] > y) != (b[1] > y) && x < a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]);
    ring.iter().zip(next).filter(|(a, b)| crosses(a, b)).count() % 2 == 1
}

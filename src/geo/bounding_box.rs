//! Axis-parallel boxes in any plane.

use super::Point;

/// A closed box; `min <= max` on both axes and every side is finite. It may have no width or height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundingBox {
    min_x: f64,
    min_y: f64,
    max_x: f64,
    max_y: f64,
}

impl BoundingBox {
    /// `None` where a side is not finite or the minimum is above the maximum.
    #[must_use]
    pub fn new(min_x: f64, min_y: f64, max_x: f64, max_y: f64) -> Option<Self> {
        let finite = min_x.is_finite() && min_y.is_finite() && max_x.is_finite() && max_y.is_finite();
        (finite && min_x <= max_x && min_y <= max_y).then_some(Self { min_x, min_y, max_x, max_y })
    }

    /// Of sides that the caller knows to be finite and in order.
    pub(super) const fn from_ordered_sides(min_x: f64, min_y: f64, max_x: f64, max_y: f64) -> Self {
        Self { min_x, min_y, max_x, max_y }
    }

    /// The smallest box around the finite ones of `points`; `None` where there are none.
    #[must_use]
    pub fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut found: Option<Self> = None;
        for p in points.into_iter().filter(|p| p.is_finite()) {
            found = Some(match found {
                None => Self { min_x: p.x, min_y: p.y, max_x: p.x, max_y: p.y },
                Some(b) => Self {
                    min_x: b.min_x.min(p.x),
                    min_y: b.min_y.min(p.y),
                    max_x: b.max_x.max(p.x),
                    max_y: b.max_y.max(p.y),
                },
            });
        }
        found
    }

    /// West side.
    #[must_use]
    pub const fn min_x(&self) -> f64 {
        self.min_x
    }

    /// South side.
    #[must_use]
    pub const fn min_y(&self) -> f64 {
        self.min_y
    }

    /// East side.
    #[must_use]
    pub const fn max_x(&self) -> f64 {
        self.max_x
    }

    /// North side.
    #[must_use]
    pub const fn max_y(&self) -> f64 {
        self.max_y
    }

    /// From west to east.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.max_x - self.min_x
    }

    /// From south to north.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.max_y - self.min_y
    }

    /// The middle.
    #[must_use]
    pub fn center(&self) -> Point {
        Point::new(f64::midpoint(self.min_x, self.max_x), f64::midpoint(self.min_y, self.max_y))
    }

    /// South-west, south-east, north-east, north-west.
    #[must_use]
    pub fn corners(&self) -> [Point; 4] {
        [
            Point::new(self.min_x, self.min_y),
            Point::new(self.max_x, self.min_y),
            Point::new(self.max_x, self.max_y),
            Point::new(self.min_x, self.max_y),
        ]
    }

    /// They share at least a point; touching counts.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.min_x <= other.max_x && other.min_x <= self.max_x && self.min_y <= other.max_y && other.min_y <= self.max_y
    }

    /// What lies in both; `None` where they do not even touch.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        Self::new(
            self.min_x.max(other.min_x),
            self.min_y.max(other.min_y),
            self.max_x.min(other.max_x),
            self.max_y.min(other.max_y),
        )
    }

    /// The smallest box that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            min_x: self.min_x.min(other.min_x),
            min_y: self.min_y.min(other.min_y),
            max_x: self.max_x.max(other.max_x),
            max_y: self.max_y.max(other.max_y),
        }
    }

    /// The point lies inside or on a side.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        (self.min_x..=self.max_x).contains(&point.x) && (self.min_y..=self.max_y).contains(&point.y)
    }

    /// `by` more on each of the four sides (less where negative); `None` where nothing would be left.
    #[must_use]
    pub fn expand(&self, by: f64) -> Option<Self> {
        Self::new(self.min_x - by, self.min_y - by, self.max_x + by, self.max_y + by)
    }

    /// Points along the four sides, `per_side` steps each, starting in the south-west and going through south-east,
    /// north-east and north-west. The first point is not repeated at the end.
    #[must_use]
    pub fn edge_points(&self, per_side: u32) -> Vec<Point> {
        let corners = self.corners();
        let steps = per_side.max(1);
        let mut points = Vec::new();
        for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            for step in 0..steps {
                let t = f64::from(step) / f64::from(steps);
                points.push(Point::new(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t));
            }
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(min_x: f64, min_y: f64, max_x: f64, max_y: f64) -> BoundingBox {
        BoundingBox::new(min_x, min_y, max_x, max_y).unwrap()
    }

    #[test]
    fn a_box_that_is_inside_out_is_refused() {
        assert!(BoundingBox::new(1.0, 0.0, 0.0, 1.0).is_none());
        assert!(BoundingBox::new(0.0, f64::NAN, 1.0, 1.0).is_none());
        assert!(BoundingBox::new(0.0, 0.0, f64::INFINITY, 1.0).is_none());
        assert!(BoundingBox::new(1.0, 1.0, 1.0, 1.0).is_some());
    }

    #[test]
    fn boxes_meet_where_they_touch() {
        let a = bbox(0.0, 0.0, 2.0, 2.0);
        assert_eq!(a.intersection(&bbox(1.0, 1.0, 3.0, 3.0)), Some(bbox(1.0, 1.0, 2.0, 2.0)));
        assert!(a.intersects(&bbox(2.0, 0.0, 3.0, 1.0)));
        assert!(!a.intersects(&bbox(2.1, 0.0, 3.0, 1.0)));
        assert_eq!(a.intersection(&bbox(2.1, 0.0, 3.0, 1.0)), None);
        assert_eq!(a.union(&bbox(5.0, -1.0, 6.0, 0.0)), bbox(0.0, -1.0, 6.0, 2.0));
    }

    #[test]
    fn shrinking_below_nothing_gives_none() {
        assert_eq!(bbox(0.0, 0.0, 2.0, 2.0).expand(-1.5), None);
        assert_eq!(bbox(0.0, 0.0, 2.0, 2.0).expand(1.0), Some(bbox(-1.0, -1.0, 3.0, 3.0)));
    }

    #[test]
    fn edge_points_go_round_once() {
        let points = bbox(0.0, 0.0, 4.0, 2.0).edge_points(2);
        assert_eq!(points.len(), 8);
        assert_eq!(points[1], Point::new(2.0, 0.0));
        assert_eq!(points[3], Point::new(4.0, 1.0));
        assert_eq!(BoundingBox::around(points), Some(bbox(0.0, 0.0, 4.0, 2.0)));
    }
}

//! Shapes cut at a line of one axis.
//!
//! Rings are cut as Sutherland and Hodgman do: where a polygon falls apart, its parts stay joined along the line, which
//! neither filling nor triangulation minds.

use crate::topojson::{Line, Polygon, Position};

/// A cut: what is below a value of an axis is kept, or what is above it.
#[derive(Clone, Copy)]
pub struct Cut {
    pub axis: usize,
    pub at: f64,
    pub keeps_below: bool,
}

impl Cut {
    /// What is left of a polygon. Without its outer ring it is gone, whatever its holes.
    pub fn polygon(self, polygon: &Polygon) -> Option<Polygon> {
        let mut rings = polygon.iter().map(|ring| self.ring(ring));
        let outer = rings.next().filter(|ring| !ring.is_empty())?;
        Some([outer].into_iter().chain(rings.filter(|ring| !ring.is_empty())).collect())
    }

    fn ring(self, ring: &Line) -> Line {
        let mut kept = Line::new();
        let Some(last) = ring.last() else { return kept };
        let mut before = *last;
        for position in ring {
            if self.keeps(before) != self.keeps(*position) {
                kept.push(self.crossing(before, *position));
            }
            if self.keeps(*position) {
                kept.push(*position);
            }
            before = *position;
        }
        kept
    }

    /// The parts that are left of a line.
    pub fn line(self, line: &Line) -> Vec<Line> {
        let mut parts = Vec::new();
        let mut part = Line::new();
        let mut before: Option<Position> = None;
        for position in line {
            let keeps = self.keeps(*position);
            if let Some(before) = before
                && self.keeps(before) != keeps
            {
                part.push(self.crossing(before, *position));
            }
            if keeps {
                part.push(*position);
            } else if !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            before = Some(*position);
        }
        parts.push(part);
        parts.retain(|part| part.len() > 1);
        parts
    }

    fn keeps(self, position: Position) -> bool {
        if self.keeps_below { position[self.axis] <= self.at } else { position[self.axis] >= self.at }
    }

    /// Where a segment crosses the cut; exactly on it, so that neighbours meet.
    fn crossing(self, a: Position, b: Position) -> Position {
        let share = (self.at - a[self.axis]) / (b[self.axis] - a[self.axis]);
        let mut at = [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
        at[self.axis] = self.at;
        at
    }
}

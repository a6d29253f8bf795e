//! Where the shown targets are, for drawing and picking: each question costs what is in view, not what there is.
//!
//! The targets are sorted along a Morton curve over the square of Web Mercator, so that every cell of every level of a
//! quadtree is one stretch of the order, found by bisection. Running counts of each class make the share of each class in
//! a stretch a difference of two rows.

use super::{ClassId, TargetId, TargetSet};
use crate::geo::{BoundingBox, LonLat, MERCATOR_HALF_WORLD_M, Point, mercator_from_lon_lat};

/// Levels of the quadtree: cells of the finest are 2 cm wide.
const LEVELS: u32 = 31;
/// Cells of a cluster are at least this wide on the screen.
const CLUSTER_PX: f64 = 56.0;
/// Cells with no more targets than this are drawn as points.
const FEW: usize = 3;
/// Targets between two rows of running counts, at least.
const BLOCK: usize = 64;

/// A spatial index of some targets of a set, usually those that a filter shows. Building one of 100,000 takes some 20 ms.
#[derive(Debug, Default)]
pub struct TargetIndex {
    /// Sorted along the curve; `codes`, `ids` and `places` run in parallel.
    codes: Vec<u64>,
    ids: Vec<TargetId>,
    places: Vec<Point>,
    /// The sum of the places before each one, and of all at the end.
    sums: Vec<Point>,
    classes: Vec<Option<ClassId>>,
    counts: RunningCounts,
}

/// What to draw for some targets.
#[derive(Debug, Clone, PartialEq)]
pub enum Marker<'a> {
    /// A target on its own.
    Single {
        /// The target.
        id: TargetId,
        /// Its class.
        class: Option<ClassId>,
        /// Where it is, EPSG:3857 metres.
        place: Point,
    },
    /// Several, too close together to be told apart.
    Cluster {
        /// Their mean position, EPSG:3857 metres.
        place: Point,
        /// Who they are, in no particular order.
        ids: &'a [TargetId],
        /// How many of each class, most first.
        classes: Vec<(ClassId, usize)>,
    },
}

/// What part of the world is on the screen, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkerView {
    /// What is on the screen, EPSG:3857 metres.
    pub bounds: BoundingBox,
    /// EPSG:3857 metres of one screen point.
    pub metres_per_px: f64,
    /// Up to so many targets are drawn one by one, however close together.
    pub most_singles: usize,
}

impl TargetIndex {
    /// Indexes these targets of a set.
    pub fn build(set: &TargetSet, ids: &[TargetId]) -> Self {
        let mut entries: Vec<(u64, TargetId)> = ids
            .iter()
            .filter_map(|id| {
                let place = mercator(set.position(*id)?);
                Some((morton(grid(place.x), grid(place.y)), *id))
            })
            .collect();
        entries.sort_unstable();
        let classes: Vec<_> = entries.iter().map(|(_, id)| set.class_of(*id)).collect();
        let places: Vec<_> = entries.iter().filter_map(|(_, id)| set.position(*id).map(mercator)).collect();
        let mut sums = vec![Point::new(0.0, 0.0)];
        sums.extend(places.iter().scan(Point::new(0.0, 0.0), |sum, place| {
            *sum = Point::new(sum.x + place.x, sum.y + place.y);
            Some(*sum)
        }));
        Self {
            counts: RunningCounts::of(&classes, set.classes().len()),
            codes: entries.iter().map(|(code, _)| *code).collect(),
            places,
            sums,
            ids: entries.into_iter().map(|(_, id)| id).collect(),
            classes,
        }
    }

    /// Number of targets indexed.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True when nothing is indexed.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The smallest box that holds every target, EPSG:3857 metres.
    pub fn bounds(&self) -> Option<BoundingBox> {
        BoundingBox::around(self.places.iter().copied())
    }

    /// What to draw. Clusters stand on a grid that is fixed to the ground, so that they keep still while the map is
    /// panned; every target in view is in exactly one marker.
    pub fn in_view(&self, view: &MarkerView) -> Vec<Marker<'_>> {
        let level = level_of_cell(view.metres_per_px * CLUSTER_PX);
        let cells = self.cells(level, view.bounds);
        let in_view: usize = cells.iter().map(ExactSizeIterator::len).sum();
        let draws_all = in_view <= view.most_singles;
        let mut markers = Vec::new();
        for cell in cells {
            if draws_all || cell.len() <= FEW {
                markers.extend(cell.filter_map(|at| self.single(at)));
            } else {
                markers.extend(self.cluster(cell));
            }
        }
        markers
    }

    /// The target nearest to a position, within a radius in EPSG:3857 metres (screen points times metres a point).
    pub fn nearest(&self, position: LonLat, radius_m: f64) -> Option<TargetId> {
        let center = mercator(position);
        let bounds =
            BoundingBox::new(center.x - radius_m, center.y - radius_m, center.x + radius_m, center.y + radius_m)?;
        let distance = |at: usize| self.places.get(at).map(|place| (place.x - center.x).hypot(place.y - center.y));
        let cells = self.cells(level_of_cell(radius_m), bounds);
        let candidates = cells.into_iter().flatten().filter_map(|at| Some((distance(at)?, at)));
        let (_, at) = candidates.filter(|(far, _)| *far <= radius_m).min_by(|a, b| a.0.total_cmp(&b.0))?;
        self.ids.get(at).copied()
    }

    /// Every target inside a box in EPSG:3857 metres.
    pub fn within(&self, bounds: BoundingBox) -> Vec<TargetId> {
        let level = level_of_cell(bounds.width().max(bounds.height()) / 16.0);
        let is_inside = |at: &usize| self.places.get(*at).is_some_and(|place| bounds.contains(*place));
        let inside = self.cells(level, bounds).into_iter().flatten().filter(is_inside);
        inside.filter_map(|at| self.ids.get(at).copied()).collect()
    }

    fn single(&self, at: usize) -> Option<Marker<'_>> {
        let (id, place) = (*self.ids.get(at)?, *self.places.get(at)?);
        Some(Marker::Single { id, class: self.classes.get(at).copied().flatten(), place })
    }

    fn cluster(&self, cell: Range) -> Option<Marker<'_>> {
        let (before, after) = (self.sums.get(cell.start)?, self.sums.get(cell.end)?);
        let count = cell.len() as f64;
        let place = Point::new((after.x - before.x) / count, (after.y - before.y) / count);
        let ids = self.ids.get(cell.clone())?;
        let classes = self.counts.between(&self.classes, cell);
        Some(Marker::Cluster { place, ids, classes })
    }

    /// The stretches of the order that lie in the cells of a level that a box touches; empty cells are left out.
    fn cells(&self, level: u32, bounds: BoundingBox) -> Vec<Range> {
        let shift = LEVELS - level;
        let columns = grid(bounds.min_x()) >> shift..=grid(bounds.max_x()) >> shift;
        let rows = grid(bounds.min_y()) >> shift..=grid(bounds.max_y()) >> shift;
        // Fewer targets than cells: the targets say which cells there are.
        let cell_count = u64::from(columns.end() - columns.start() + 1) * u64::from(rows.end() - rows.start() + 1);
        if cell_count > self.codes.len() as u64 {
            return self.occupied_cells(level, &columns, &rows);
        }
        let cell = |column: u32, row: u32| {
            let first = morton(column, row) << (2 * shift);
            let last = first + ((1_u64 << (2 * shift)) - 1);
            let start = self.codes.partition_point(|code| *code < first);
            let rest = self.codes.get(start..).unwrap_or_default();
            start..start + rest.partition_point(|code| *code <= last)
        };
        let cells = rows.flat_map(|row| columns.clone().map(move |column| (column, row)));
        cells.map(|(column, row)| cell(column, row)).filter(|cell| !cell.is_empty()).collect()
    }

    fn occupied_cells(&self, level: u32, columns: &Span, rows: &Span) -> Vec<Range> {
        let shift = 2 * (LEVELS - level);
        let mut cells: Vec<Range> = Vec::new();
        let mut start = 0;
        for stretch in self.codes.chunk_by(|a, b| a >> shift == b >> shift) {
            let end = start + stretch.len();
            let is_in_view = stretch.first().is_some_and(|code| {
                let (column, row) = unmorton(code >> shift);
                columns.contains(&column) && rows.contains(&row)
            });
            if is_in_view {
                cells.push(start..end);
            }
            start = end;
        }
        cells
    }
}

type Range = std::ops::Range<usize>;
type Span = std::ops::RangeInclusive<u32>;

/// How many of each class stand before each block of the order.
#[derive(Debug, Default)]
struct RunningCounts {
    class_count: usize,
    block: usize,
    /// A row of `class_count` numbers for each block.
    rows: Vec<u32>,
}

impl RunningCounts {
    /// Blocks grow with the number of classes, so that the rows never take more room than four bytes a target.
    fn of(classes: &[Option<ClassId>], class_count: usize) -> Self {
        let block = BLOCK.max(class_count);
        let mut rows = Vec::with_capacity((classes.len() / block + 1) * class_count);
        let mut running = vec![0_u32; class_count];
        for block in classes.chunks(block) {
            rows.extend_from_slice(&running);
            count(&mut running, block);
        }
        rows.extend_from_slice(&running);
        Self { class_count, block, rows }
    }

    /// The classes of a stretch with their counts, most first.
    fn between(&self, classes: &[Option<ClassId>], range: Range) -> Vec<(ClassId, usize)> {
        let mut counts = vec![0_u32; self.class_count];
        let (first_block, last_block) = (range.start.div_ceil(self.block), range.end / self.block);
        if first_block < last_block {
            let row = |block: usize| self.rows.get(block * self.class_count..).unwrap_or_default();
            for ((count, after), before) in counts.iter_mut().zip(row(last_block)).zip(row(first_block)) {
                *count = after - before;
            }
            count(&mut counts, classes.get(range.start..first_block * self.block).unwrap_or_default());
            count(&mut counts, classes.get(last_block * self.block..range.end).unwrap_or_default());
        } else {
            count(&mut counts, classes.get(range).unwrap_or_default());
        }
        let present = (0..).zip(counts).filter(|(_, count)| *count > 0);
        let mut present: Vec<_> = present.map(|(class, count)| (ClassId(class), count as usize)).collect();
        present.sort_by_key(|(class, count)| (std::cmp::Reverse(*count), *class));
        present
    }
}

fn count(counts: &mut [u32], classes: &[Option<ClassId>]) {
    for class in classes.iter().flatten() {
        if let Some(count) = counts.get_mut(class.index()) {
            *count += 1;
        }
    }
}

/// EPSG:3857 metres; the poles are brought to the edge of the square world.
fn mercator(position: LonLat) -> Point {
    let place = mercator_from_lon_lat(position.lon_deg(), position.lat_deg());
    Point::new(place.x, place.y.clamp(-MERCATOR_HALF_WORLD_M, MERCATOR_HALF_WORLD_M))
}

/// The finest column (or row) of a coordinate; what lies outside of the world is brought to its edge.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the grid first")]
fn grid(metres: f64) -> u32 {
    let cells = f64::from(1_u32 << LEVELS);
    let share = (metres + MERCATOR_HALF_WORLD_M) / (2.0 * MERCATOR_HALF_WORLD_M);
    (share * cells).clamp(0.0, cells - 1.0) as u32
}

/// The coarsest level whose cells are no narrower than this; level 0 is the whole world.
fn level_of_cell(width_m: f64) -> u32 {
    let world_m = 2.0 * MERCATOR_HALF_WORLD_M;
    (0..LEVELS).rev().find(|level| world_m / f64::from(1_u32 << level) >= width_m).unwrap_or(0)
}

/// The bits of column and row interleaved.
fn morton(column: u32, row: u32) -> u64 {
    spread(column) | spread(row) << 1
}

fn unmorton(code: u64) -> (u32, u32) {
    (gather(code), gather(code >> 1))
}

/// Each bit to twice its place.
fn spread(value: u32) -> u64 {
    let mut bits = u64::from(value);
    for (shift, mask) in [
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        bits = (bits | bits << shift) & mask;
    }
    bits
}

/// Every other bit, back to its place.
fn gather(code: u64) -> u32 {
    let mut bits = code & 0x5555_5555_5555_5555;
    for (shift, mask) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0F0F_0F0F_0F0F_0F0F),
        (4, 0x00FF_00FF_00FF_00FF),
        (8, 0x0000_FFFF_0000_FFFF),
        (16, 0x0000_0000_FFFF_FFFF),
    ] {
        bits = (bits | bits >> shift) & mask;
    }
    u32::try_from(bits).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;

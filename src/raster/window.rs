//! Rectangles of whole pixels.

/// A rectangle of pixels: its first column and row, and its size. The right and lower edges always fit in a `u32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PixelWindow {
    col: u32,
    row: u32,
    width: u32,
    height: u32,
}

impl PixelWindow {
    /// A window of at least one pixel; `None` when a side is zero or an edge does not fit in a `u32`.
    pub fn new(col: u32, row: u32, width: u32, height: u32) -> Option<Self> {
        if width == 0 || height == 0 {
            return None;
        }
        col.checked_add(width)?;
        row.checked_add(height)?;
        Some(Self { col, row, width, height })
    }

    /// The window that covers an image of this size; `None` when a side is zero.
    pub fn full(width: u32, height: u32) -> Option<Self> {
        Self::new(0, 0, width, height)
    }

    /// First column.
    pub fn col(&self) -> u32 {
        self.col
    }

    /// First row.
    pub fn row(&self) -> u32 {
        self.row
    }

    /// Columns.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The column after the last one.
    pub fn col_end(&self) -> u32 {
        self.col + self.width
    }

    /// The row after the last one.
    pub fn row_end(&self) -> u32 {
        self.row + self.height
    }

    /// Number of pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The pixels that both windows hold; `None` when there is none.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let col = self.col.max(other.col);
        let row = self.row.max(other.row);
        Self::new(
            col,
            row,
            self.col_end().min(other.col_end()).checked_sub(col)?,
            self.row_end().min(other.row_end()).checked_sub(row)?,
        )
    }

    /// Whether every pixel of `other` is in this window.
    pub fn contains(&self, other: &Self) -> bool {
        self.col <= other.col
            && self.row <= other.row
            && other.col_end() <= self.col_end()
            && other.row_end() <= self.row_end()
    }

    /// Whether the pixel at this column and row is in the window.
    pub fn contains_pixel(&self, col: u32, row: u32) -> bool {
        (self.col..self.col_end()).contains(&col) && (self.row..self.row_end()).contains(&row)
    }

    /// The smallest window that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let col = self.col.min(other.col);
        let row = self.row.min(other.row);
        Self {
            col,
            row,
            width: self.col_end().max(other.col_end()) - col,
            height: self.row_end().max(other.row_end()) - row,
        }
    }

    /// The window grown by `margin` pixels on each side, cut at `within`; `None` when nothing is left.
    pub fn expanded(&self, margin: u32, within: &Self) -> Option<Self> {
        let col = self.col.saturating_sub(margin);
        let row = self.row.saturating_sub(margin);
        Self::new(col, row, self.col_end().saturating_add(margin) - col, self.row_end().saturating_add(margin) - row)?
            .intersection(within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_without_pixels_or_past_u32_does_not_exist() {
        assert_eq!(PixelWindow::new(0, 0, 0, 1), None);
        assert_eq!(PixelWindow::new(0, 0, 1, 0), None);
        assert_eq!(PixelWindow::new(u32::MAX, 0, 1, 1), None);
        assert!(PixelWindow::new(u32::MAX - 1, 0, 1, 1).is_some());
    }

    #[test]
    fn windows_that_only_touch_do_not_intersect() {
        let a = PixelWindow::new(0, 0, 10, 10).unwrap();
        let b = PixelWindow::new(10, 0, 10, 10).unwrap();
        assert_eq!(a.intersection(&b), None);
        let c = PixelWindow::new(8, 9, 10, 10).unwrap();
        assert_eq!(a.intersection(&c), PixelWindow::new(8, 9, 2, 1));
    }

    #[test]
    fn a_union_holds_both() {
        let a = PixelWindow::new(5, 1, 2, 3).unwrap();
        let b = PixelWindow::new(0, 7, 1, 1).unwrap();
        let both = a.union(&b);
        assert!(both.contains(&a) && both.contains(&b));
        assert_eq!(both, PixelWindow::new(0, 1, 7, 7).unwrap());
    }

    #[test]
    fn expanding_stops_at_the_image() {
        let image = PixelWindow::full(100, 50).unwrap();
        let window = PixelWindow::new(1, 40, 5, 9).unwrap();
        assert_eq!(window.expanded(3, &image), PixelWindow::new(0, 37, 9, 13));
    }

    #[test]
    fn a_pixel_at_the_far_edge_is_outside() {
        let window = PixelWindow::new(2, 3, 4, 5).unwrap();
        assert!(window.contains_pixel(5, 7));
        assert!(!window.contains_pixel(6, 7));
        assert!(!window.contains_pixel(5, 8));
    }
}

//! Figures: shapes on a page, written as SVG or PNG. [`draw_chart`] makes one of a chart; the two encoders draw the same
//! shapes, so that a PNG is what the SVG shows.

mod base64;
mod chart;
mod fonts;
mod raster;
mod shapes;
mod sheet;
mod svg;
mod text;
mod theme;

pub use base64::base64;
pub use chart::{FigureSize, draw_chart, draw_chart_part, plot_frame};
pub use fonts::{REGULAR_FONT, SEMIBOLD_FONT};
pub use raster::{FigureError, figure_picture, figure_png};
pub use shapes::{Anchor, Figure, Frame, Ink, Label, Shape};
pub use sheet::{SheetPicture, contact_sheet, sheet_capacity};
pub use svg::{escape_xml, figure_svg};
pub use text::{fitted, text_width};
pub use theme::FigureTheme;

#[cfg(test)]
mod tests;

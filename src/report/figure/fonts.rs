//! The typeface of the window and of figures: Inter with tabular figures (OFL; see assets/fonts).

/// The regular weight, an OpenType file.
pub static REGULAR_FONT: &[u8] = include_bytes!("../../../assets/fonts/InterTabular-Regular.otf");
/// The semibold weight, an OpenType file.
pub static SEMIBOLD_FONT: &[u8] = include_bytes!("../../../assets/fonts/InterTabular-SemiBold.otf");

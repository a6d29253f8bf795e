//! Charts of tables, the figures that are drawn of them, and reports: Markdown templates filled from queries and images. Pure:
//! tables, images and a wish in, marks, pictures or a document out; nothing here knows a window, and a store is a trait.
//!
//! A report's way: [`template`] parses the text, [`run`] asks the store and reads the images, [`page`] is what came of it,
//! [`output`] writes it as Markdown or HTML.

pub mod chart;
pub mod figure;
pub mod output;
pub mod page;
pub mod run;
pub mod shipped;
pub mod template;

//! Charts of tables, and the figures that are drawn of them. Pure: a table and a wish in, marks, SVG or PNG out; nothing here
//! knows a window or a store.

pub mod chart;
pub mod figure;

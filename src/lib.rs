//! cogscope: look at folders of Cloud Optimized `GeoTIFF`s and the targets found in them.
//!
//! The code map, in reading order; imports point one way, from the bottom of this list to its top:
//!
//! - [`diagnostics`]: the log and its files, reports of crashes;
//! - [`files`]: files that are whole or not there;
//! - [`signals`]: the system's wish that the program ends;
//! - [`geo`]: coordinates, boxes, affine maps, tiles, coordinate reference systems;
//! - [`basemap`]: the map below the imagery, compiled in;
//! - [`raster`]: typed planes of samples with a validity mask, and their statistics;
//! - [`cog`]: TIFF and `GeoTIFF` files: description, blocks, windows;
//! - [`convert`]: any image to a COG, with overviews;
//! - [`warp`]: one image into the grid of a view;
//! - [`library`]: a folder of files as images, scenes and a mosaic;
//! - [`render`]: values to pixels;
//! - [`db`]: stores of tables and targets;
//! - [`targets`]: classes, filters, selection;
//! - [`report`]: charts of tables, figures;
//! - [`serve`]: the loopback endpoint;
//! - [`jobs`]: threads, queues and cancellation;
//! - [`document`]: what the user works on;
//! - [`cli`]: the command line;
//! - `ui` and `app`: the window (feature `window`).

#![cfg_attr(
    test,
    allow(
        clippy::float_cmp,
        clippy::unnecessary_wraps,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::missing_panics_doc,
        reason = "tests compare with exact literals and count in small numbers"
    )
)]

// Helpers of the tests of the window are shared with those that see it from outside.
#[cfg(all(test, feature = "window"))]
extern crate self as cogscope;

pub mod basemap;
pub mod cli;
pub mod cog;
pub mod convert;
pub mod db;
pub mod diagnostics;
pub mod document;
pub mod files;
pub mod geo;
pub mod jobs;
pub mod library;
pub mod raster;
pub mod render;
pub mod report;
pub mod serve;
pub mod signals;
pub mod targets;
pub mod warp;

#[cfg(feature = "window")]
pub mod app;
#[cfg(feature = "window")]
pub mod ui;

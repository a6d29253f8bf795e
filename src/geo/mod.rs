//! Pure maths of the earth: coordinates, boxes, affine maps, tiles, reference systems. Knows nothing of files or pixels' values.

mod lon_lat;

pub use lon_lat::LonLat;

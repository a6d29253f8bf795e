//! Pure maths of the earth: coordinates, boxes, affine maps, tiles, reference systems. Knows nothing of files or pixels' values.
//!
//! Everywhere x is east or longitude and y is north or latitude, whatever axis order an authority prescribes.

mod affine;
mod axis_order;
mod bonne;
mod bounding_box;
mod chain;
mod coordinate_text;
mod crs;
mod datum_part;
mod datum_shift;
mod epsg_supplement;
mod geodesic;
mod grid_reference;
mod map_frame;
mod own_projection;
mod point;
mod proj_text;
mod rebased;
mod rotated_pole;
mod steps;
mod tile_coord;
mod transformer;
mod van_der_grinten;
mod wkt;
mod world;

pub use affine::Affine;
pub use bounding_box::BoundingBox;
pub use coordinate_text::{CoordinateError, CoordinateFormat, format_coordinates, parse_coordinates};
pub use crs::{Crs, CrsError};
pub use datum_part::datum_part;
pub use geodesic::{RingSize, azimuth_deg, destination, distance_m, path_length_m, ring_size};
pub use map_frame::MapFrame;
pub use point::{LonLat, Point};
pub(crate) use tile_coord::lon_lat_from_mercator;
pub(crate) use tile_coord::mercator_from_lon_lat;
pub use tile_coord::{MERCATOR_HALF_WORLD_M, MERCATOR_MAX_LAT_DEG, TileCoord};
pub use transformer::{Transformer, transform_bounds};

//! Values to pixels: expression, stretch, colour map, composition, encoders.

//! A folder of files as images and scenes: scan, dates, band grouping, spatial index, mosaic.

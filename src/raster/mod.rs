//! Rasters in memory: typed planes with a validity mask, pixel windows, statistics. Knows nothing of files.

//! Stores of targets and tables: the embedded store (`SQLite`, `GeoPackage`, CSV, `GeoJSON`).

//! TIFF and `GeoTIFF` on disk: tags to typed values, georeference, pyramid, block decoding, validation.

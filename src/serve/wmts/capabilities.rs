//! The capabilities: operations, a layer each with its styles, the grid.

use crate::geo::MERCATOR_HALF_WORLD_M;
use crate::serve::Shelf;
use crate::serve::layer::Layer;
use crate::serve::tiles::{FINEST, TILE_PX};
use crate::serve::titiler::MATRIX_SET;
use crate::serve::xml::escaped;

/// Metres of a pixel of a rendering device in the standard (0.28 mm).
const PIXEL_M: f64 = 0.28e-3;
/// Formats by media type, and by ending for the paths.
const FORMATS: [(&str, &str); 3] = [("image/png", "png"), ("image/jpeg", "jpg"), ("image/webp", "webp")];

/// The levels with the denominators of their scales.
pub(super) fn matrices() -> impl Iterator<Item = (u8, f64)> {
    let scale = |zoom: u8| 2.0 * MERCATOR_HALF_WORLD_M / f64::from(TILE_PX) / f64::from(zoom).exp2() / PIXEL_M;
    (0..=FINEST).map(move |zoom| (zoom, scale(zoom)))
}

/// The document, with addresses below `base`.
pub(super) fn document(shelf: &Shelf, base: &str) -> String {
    let base = escaped(base);
    let layers: String =
        shelf.layers().iter().filter(|layer| layer.place().is_some()).map(|one| layer(one, &base)).collect();
    let matrices: String = matrices().map(|(zoom, scale)| matrix(zoom, scale)).collect();
    let operation = |name: &str| {
        format!(
            "    <ows:Operation name=\"{name}\"><ows:DCP><ows:HTTP><ows:Get xlink:href=\"{base}/wmts?\">\
             <ows:Constraint name=\"GetEncoding\"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues>\
             </ows:Constraint></ows:Get></ows:HTTP></ows:DCP></ows:Operation>\n"
        )
    };
    let operations = ["GetCapabilities", "GetTile"].map(operation).concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Capabilities xmlns=\"http://www.opengis.net/wmts/1.0\" xmlns:ows=\"http://www.opengis.net/ows/1.1\" \
         xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://www.opengis.net/wmts/1.0 \
         http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd\" version=\"1.0.0\">\n\
         \x20 <ows:ServiceIdentification>\n    <ows:Title>cogscope</ows:Title>\n    \
         <ows:ServiceType>OGC WMTS</ows:ServiceType>\n    <ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion>\n    \
         <ows:Fees>none</ows:Fees>\n    <ows:AccessConstraints>none</ows:AccessConstraints>\n  \
         </ows:ServiceIdentification>\n  <ows:OperationsMetadata>\n{operations}  </ows:OperationsMetadata>\n  \
         <Contents>\n{layers}    <TileMatrixSet>\n      <ows:Identifier>{MATRIX_SET}</ows:Identifier>\n      \
         <ows:SupportedCRS>urn:ogc:def:crs:EPSG::3857</ows:SupportedCRS>\n      \
         <WellKnownScaleSet>urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible</WellKnownScaleSet>\n{matrices}    \
         </TileMatrixSet>\n  </Contents>\n  <ServiceMetadataURL xlink:href=\"{base}/wmts/1.0.0/WMTSCapabilities.xml\"/>\n\
         </Capabilities>\n"
    )
}

fn layer(layer: &Layer, base: &str) -> String {
    let (id, title) = (escaped(layer.id()), escaped(layer.title()));
    let bounds = layer.place().map(|place| {
        let degrees = &place.lon_lat;
        format!(
            "      <ows:WGS84BoundingBox><ows:LowerCorner>{} {}</ows:LowerCorner><ows:UpperCorner>{} {}</ows:UpperCorner>\
             </ows:WGS84BoundingBox>\n",
            degrees.min_x(),
            degrees.min_y(),
            degrees.max_x(),
            degrees.max_y()
        )
    });
    let style = |(index, look): (usize, &crate::serve::NamedLook)| {
        format!(
            "      <Style isDefault=\"{}\"><ows:Title>{}</ows:Title><ows:Identifier>{}</ows:Identifier></Style>\n",
            index == 0,
            escaped(look.title.as_str()),
            escaped(look.name.as_str())
        )
    };
    let styles: String = layer.looks().iter().enumerate().map(style).collect();
    let formats = FORMATS.map(|(media_type, _)| format!("      <Format>{media_type}</Format>\n")).concat();
    let resources = FORMATS.map(|(media_type, ending)| {
        format!(
            "      <ResourceURL format=\"{media_type}\" resourceType=\"tile\" \
             template=\"{base}/wmts/1.0.0/{id}/{{Style}}/{{TileMatrixSet}}/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.{ending}\"/>\n"
        )
    });
    format!(
        "    <Layer>\n      <ows:Title>{title}</ows:Title>\n{}      <ows:Identifier>{id}</ows:Identifier>\n{styles}{formats}      \
         <TileMatrixSetLink><TileMatrixSet>{MATRIX_SET}</TileMatrixSet></TileMatrixSetLink>\n{}    </Layer>\n",
        bounds.unwrap_or_default(),
        resources.concat()
    )
}

fn matrix(zoom: u8, scale: f64) -> String {
    let side = 1_u64 << zoom;
    format!(
        "      <TileMatrix><ows:Identifier>{zoom}</ows:Identifier><ScaleDenominator>{scale}</ScaleDenominator>\
         <TopLeftCorner>-{MERCATOR_HALF_WORLD_M} {MERCATOR_HALF_WORLD_M}</TopLeftCorner><TileWidth>{TILE_PX}</TileWidth>\
         <TileHeight>{TILE_PX}</TileHeight><MatrixWidth>{side}</MatrixWidth><MatrixHeight>{side}</MatrixHeight></TileMatrix>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_those_of_the_well_known_set() {
        let all: Vec<(u8, f64)> = matrices().collect();
        assert!((all[0].1 - 559_082_264.028_717_8).abs() < 1e-5);
        assert!((all[18].1 - 2_132.729_583_849_784).abs() < 1e-9);
    }

    #[test]
    fn what_names_say_cannot_break_the_document() {
        let document = document(&Shelf::default(), "http://127.0.0.1:1/<&\"");
        assert!(document.contains("http://127.0.0.1:1/&lt;&amp;&quot;/wmts?"));
    }
}

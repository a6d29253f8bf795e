//! The side file `NAME.aux.xml` in which GDAL and others keep what the image itself doesn't say ("PAM").

use std::path::{Path, PathBuf};

use super::georeference::GroundControlPoint;
use super::imagine;
use super::metadata::{DescribedItems, parse_number};
use super::xml::Element;
use crate::geo::Crs;

/// Side files larger than this are passed over.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What a side file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Pam {
    pub(crate) described: DescribedItems,
    /// Coordinate reference system as WKT or `EPSG:n`.
    pub(crate) crs: Option<String>,
    /// Coordinate reference system that was given by parameters.
    pub(crate) known_crs: Option<Crs>,
    pub(crate) geo_transform: Option<[f64; 6]>,
    pub(crate) gcps: Vec<GroundControlPoint>,
    pub(crate) gcp_crs: Option<String>,
    /// Colours of the values of the first band.
    pub(crate) colors: Vec<[u8; 3]>,
    /// Control points that `ArcGIS` wrote: their pixel positions are in units of the image's resolution, counted upwards.
    pub(crate) esri_gcps: Vec<GroundControlPoint>,
    /// Items of the camera model (domain `RPC`).
    pub(crate) rpc: Vec<(String, String)>,
}

/// The path of a file with `suffix` after its whole name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Content of a small file; `None` if there is none, or it can't be read.
pub(crate) fn small_file(path: &Path) -> Option<Vec<u8>> {
    let metadata = std::fs::metadata(path).ok()?;
    let is_small = metadata.is_file() && metadata.len() <= MAX_BYTES;
    is_small.then(|| std::fs::read(path).ok()).flatten()
}

/// Text of a small file; `None` if there is none, or it can't be read.
pub(crate) fn small_file_text(path: &Path) -> Option<String> {
    small_file(path).map(|bytes| super::directory::decode_text(&bytes))
}

impl Pam {
    /// The side file of the image at `path`, if there is one: `NAME.aux.xml`, else that of ERDAS IMAGINE, which has to be of
    /// an image of that size.
    pub(crate) fn beside(path: &Path, size: (u32, u32), samples: usize) -> Option<Self> {
        let xml = small_file_text(&with_suffix(path, ".aux.xml")).map(|xml| Self::parse(&xml, samples));
        xml.or_else(|| imagine::beside(path, size, samples))
    }

    fn parse(xml: &str, samples: usize) -> Self {
        let root = Element::parse(xml);
        let mut pam = Self::default();
        if let Some(transform) = root.child("GeodataXform") {
            pam.add_esri_transform(transform);
            return pam;
        }
        // The name of the outermost element is of no importance to GDAL.
        let Some(dataset) = root.child("PAMDataset").or_else(|| root.children.first()) else { return pam };
        pam.crs = dataset.child_text("SRS").map(str::to_owned);
        pam.geo_transform = dataset.child_text("GeoTransform").and_then(parse_geo_transform);
        if let Some(list) = dataset.child("GCPList") {
            pam.gcp_crs = list.attribute("Projection").filter(|text| !text.is_empty()).map(str::to_owned);
            pam.gcps = list.children_named("GCP").filter_map(parse_gcp).collect();
        }
        for metadata in dataset.children_named("Metadata") {
            match metadata.attribute("domain").unwrap_or_default() {
                "" => pam.described.metadata.items.extend(items(metadata)),
                "RPC" => pam.rpc.extend(items(metadata)),
                "xml:ESRI" => {
                    if let Some(transform) = metadata.child("GeodataXform") {
                        pam.add_esri_transform(transform);
                    }
                }
                _ => {}
            }
        }
        for element in dataset.children_named("PAMRasterBand") {
            pam.add_band(element, samples);
        }
        pam
    }

    fn add_band(&mut self, element: &Element, samples: usize) {
        let number: Option<usize> = element.attribute("band").and_then(|band| band.trim().parse().ok());
        if let (Some(1), Some(table)) = (number, element.child("ColorTable")) {
            self.colors = table.children_named("Entry").map(color).collect();
        }
        let Some(band) = number.and_then(|n| self.described.band(n.checked_sub(1)?, samples)) else { return };
        let text = |name: &str| element.child_text(name).map(str::to_owned);
        band.description = text("Description");
        band.color = text("ColorInterp");
        band.nodata = element.child("NoDataValue").and_then(exact_number).or_else(|| text("NoDataValue"));
        band.unit = text("UnitType");
        band.scale = element.child_text("Scale").and_then(parse_number);
        band.offset = element.child_text("Offset").and_then(parse_number);
        for metadata in element.children_named("Metadata") {
            if metadata.attribute("domain").is_none_or(str::is_empty) {
                band.items.extend(items(metadata));
            }
        }
    }

    /// What `ArcGIS` writes: pairs of source and target coordinates, and their reference system.
    fn add_esri_transform(&mut self, transform: &Element) {
        let wkt = transform.child("SpatialReference").and_then(|reference| reference.child_text("WKT"));
        let numbers = |name: &str| -> Vec<f64> {
            let list = transform.child(name);
            let doubles = list.into_iter().flat_map(|list| list.children_named("Double"));
            doubles.filter_map(|double| parse_number(&double.text)).collect()
        };
        let (sources, targets) = (numbers("SourceGCPs"), numbers("TargetGCPs"));
        let pairs = sources.chunks_exact(2).zip(targets.chunks_exact(2));
        let gcps = pairs.filter_map(|(source, target)| {
            let (&[column, row], &[x, y]) = (source, target) else { return None };
            Some(GroundControlPoint { column, row, x, y })
        });
        self.esri_gcps = gcps.collect();
        let crs = if self.esri_gcps.is_empty() { &mut self.crs } else { &mut self.gcp_crs };
        *crs = crs.take().or_else(|| wkt.map(str::to_owned));
    }
}

/// An entry of a colour table.
fn color(entry: &Element) -> [u8; 3] {
    ["c1", "c2", "c3"].map(|name| entry.attribute(name).and_then(|text| text.trim().parse().ok()).unwrap_or(0))
}

/// The number that an element has as the bytes of a double, lowest first, beside its text.
fn exact_number(element: &Element) -> Option<String> {
    let digits = element.attribute("le_hex_equiv")?.get(..16)?;
    let number = u64::from_str_radix(digits, 16).ok()?;
    let number = f64::from_bits(number.swap_bytes());
    let is_short = number.fract() == 0.0 && number.abs() < 1e15;
    Some(if is_short { number.to_string() } else { format!("{number:e}") })
}

fn items(metadata: &Element) -> Vec<(String, String)> {
    let item = |item: &Element| Some((item.attribute("key")?.to_owned(), item.text.trim().to_owned()));
    metadata.children_named("MDI").filter_map(item).collect()
}

fn parse_geo_transform(text: &str) -> Option<[f64; 6]> {
    let numbers: Option<Vec<f64>> = text.split(',').map(parse_number).collect();
    numbers?.try_into().ok()
}

fn parse_gcp(element: &Element) -> Option<GroundControlPoint> {
    let number = |name: &str| element.attribute(name).and_then(parse_number);
    Some(GroundControlPoint { column: number("Pixel")?, row: number("Line")?, x: number("X")?, y: number("Y")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_file_says_position_and_properties_of_bands() {
        let xml = "<PAMDataset><SRS>EPSG:4326</SRS><GeoTransform> 1.0, 2e0, 0, 3, 0, -2</GeoTransform>\
            <PAMRasterBand band=\"2\"><NoDataValue>-1</NoDataValue><UnitType>m</UnitType>\
            <Metadata><MDI key=\"K\">v</MDI></Metadata></PAMRasterBand>\
            <PAMRasterBand band=\"7\"><UnitType>km</UnitType></PAMRasterBand></PAMDataset>";
        let pam = Pam::parse(xml, 2);
        assert_eq!(pam.crs.as_deref(), Some("EPSG:4326"));
        assert_eq!(pam.geo_transform, Some([1.0, 2.0, 0.0, 3.0, 0.0, -2.0]));
        assert_eq!(pam.described.bands.len(), 2);
        assert_eq!(pam.described.bands[1].nodata.as_deref(), Some("-1"));
        assert_eq!(pam.described.bands[1].items, [("K".to_owned(), "v".to_owned())]);
    }

    #[test]
    fn the_bytes_of_a_nodata_value_count_more_than_its_digits() {
        let xml = "<PAMDataset><PAMRasterBand band=\"1\">\
            <NoDataValue le_hex_equiv=\"000000E0FFFFEFC7\">-3.40282346638529E+38</NoDataValue>\
            <ColorTable><Entry c1=\"1\" c2=\"2\" c3=\"3\" c4=\"255\"/><Entry c1=\"300\"/></ColorTable>\
            </PAMRasterBand></PAMDataset>";
        let pam = Pam::parse(xml, 1);
        assert_eq!(pam.described.bands[0].nodata.as_deref().and_then(parse_number), Some(f64::from(f32::MIN)));
        assert_eq!(pam.colors, [[1, 2, 3], [0, 0, 0]]);
    }

    #[test]
    fn a_side_file_that_was_cut_off_says_nothing() {
        assert_eq!(Pam::parse("<PAMDataset><SRS>EPSG:4326</SRS>", 1), Pam::default());
    }

    #[test]
    fn control_points_keep_their_reference_system() {
        let xml = "<PAMDataset><GCPList Projection=\"EPSG:4326\">\
            <GCP Pixel=\"1\" Line=\"2\" X=\"3\" Y=\"4\"/><GCP Pixel=\"x\"/></GCPList></PAMDataset>";
        let pam = Pam::parse(xml, 1);
        assert_eq!(pam.gcps, [GroundControlPoint { column: 1.0, row: 2.0, x: 3.0, y: 4.0 }]);
        assert_eq!(pam.gcp_crs.as_deref(), Some("EPSG:4326"));
    }
}

//! What is told of a file, laid out for JSON: `cogscope info --json` and the loopback endpoint answer it.
#![allow(missing_docs, reason = "the fields are the keys of the answer; the command line documents them")]

use serde::Serialize;
use serde_json::{Map, Value};

use crate::cog::json::{json_nodata, json_number};
use crate::cog::{
    ByteOrder, Cog, Finding, GeoreferenceKind, GroundControlPoint, Interleave, Level, LevelOrigin, Validation,
};
use crate::geo::{BoundingBox, Crs, Transformer, transform_bounds};

/// Everything that is told of a file; its fields are the keys of the answer in JSON.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "keys of an answer, not states")]
pub struct Facts {
    pub path: String,
    pub file_name: String,
    pub file_bytes: u64,
    pub width: u32,
    pub height: u32,
    pub band_count: usize,
    #[serde(rename = "type")]
    pub sample_type: &'static str,
    pub bits_per_sample: u16,
    pub photometric: String,
    pub compression: String,
    pub predictor: u16,
    pub interleave: &'static str,
    pub tiled: bool,
    pub block_width: u32,
    pub block_height: u32,
    pub byte_order: &'static str,
    pub big_tiff: bool,
    pub crs: Option<CrsFacts>,
    pub georeference: &'static str,
    pub geotransform: Option<[f64; 6]>,
    pub gcps: Option<Vec<GcpFacts>>,
    pub rpc: Option<Map<String, Value>>,
    pub pixel_is_point: bool,
    pub bounds: Option<[f64; 4]>,
    pub bounds_lon_lat: Option<[f64; 4]>,
    pub pixel_size: Option<[f64; 2]>,
    pub overviews: Vec<OverviewFacts>,
    pub mask: &'static str,
    pub mask_external: bool,
    pub palette: Option<Vec<[u8; 3]>>,
    pub metadata: Map<String, Value>,
    pub cog: CogFacts,
    pub bands: Vec<BandFacts>,
}

/// Whether the file is laid out as a COG.
#[derive(Debug, Serialize)]
pub struct CogFacts {
    pub valid: bool,
    pub errors: Vec<FindingFacts>,
    pub warnings: Vec<FindingFacts>,
}

/// Something that isn't as it should be, and what to do about it.
#[derive(Debug, Serialize)]
pub struct FindingFacts {
    pub problem: String,
    pub mend: String,
}

/// A reference system.
#[derive(Debug, Serialize)]
pub struct CrsFacts {
    pub epsg: Option<u32>,
    pub name: String,
    pub geographic: bool,
    pub unsupported: Option<String>,
}

/// A pixel position whose coordinates are known.
#[derive(Debug, Serialize)]
pub struct GcpFacts {
    pub column: f64,
    pub row: f64,
    pub x: f64,
    pub y: f64,
}

/// A level of the pyramid other than the full resolution.
#[derive(Debug, Serialize)]
pub struct OverviewFacts {
    pub width: u32,
    pub height: u32,
    pub block_width: u32,
    pub block_height: u32,
    pub compression: String,
    pub external: bool,
    pub mask: bool,
}

/// A band.
#[derive(Debug, Serialize)]
pub struct BandFacts {
    pub band: usize,
    pub name: String,
    #[serde(rename = "type")]
    pub sample_type: &'static str,
    pub color: &'static str,
    pub nodata: Option<Value>,
    pub scale: Option<Value>,
    pub offset: Option<Value>,
    pub unit: Option<String>,
    pub metadata: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Facts {
    /// All that the file's description says.
    pub fn of(cog: &Cog) -> Self {
        let full = cog.levels().first();
        let georeference = cog.georeference();
        let affine = cog.affine();
        Self {
            path: cog.path().display().to_string(),
            file_name: cog.file_name(),
            file_bytes: cog.file_bytes(),
            width: cog.width(),
            height: cog.height(),
            band_count: cog.band_count(),
            sample_type: cog.sample_type().name(),
            bits_per_sample: full.map_or(0, |level| level.bits_per_sample),
            photometric: full.map(|level| level.photometric.name()).unwrap_or_default(),
            compression: full.map(|level| level.compression.name()).unwrap_or_default(),
            predictor: full.map_or(1, |level| level.predictor.code()),
            interleave: match full.map(|level| level.interleave) {
                Some(Interleave::Band) => "band",
                _ => "pixel",
            },
            tiled: full.is_some_and(|level| level.tiled),
            block_width: full.map_or(0, |level| level.block_width),
            block_height: full.map_or(0, |level| level.block_height),
            byte_order: match full.map(|level| level.byte_order) {
                Some(ByteOrder::BigEndian) => "big-endian",
                _ => "little-endian",
            },
            big_tiff: cog.is_big_tiff(),
            crs: cog.crs().map(CrsFacts::of),
            georeference: match georeference.kind {
                GeoreferenceKind::Affine(_) => "affine",
                GeoreferenceKind::Gcps(_) => "gcps",
                GeoreferenceKind::Rpc(_) => "rpc",
                _ => "none",
            },
            geotransform: affine.map(crate::geo::Affine::to_gdal),
            gcps: gcps(&georeference.kind),
            rpc: rpc(&georeference.kind),
            pixel_is_point: georeference.pixel_is_point_adjusted,
            bounds: cog.bounds().map(|bounds| corners(&bounds)),
            bounds_lon_lat: bounds_lon_lat(cog).map(|bounds| corners(&bounds)),
            pixel_size: affine.map(|affine| affine.pixel_size().into()),
            overviews: cog.levels().iter().skip(1).map(OverviewFacts::of).collect(),
            mask: mask_kind(cog),
            mask_external: full.and_then(|level| level.mask.as_deref()).is_some_and(is_external),
            palette: cog.palette().map(|palette| palette.colors().to_vec()),
            metadata: items(&cog.metadata().items),
            cog: CogFacts::of(&cog.validate()),
            bands: bands(cog),
        }
    }
}

impl CogFacts {
    fn of(validation: &Validation) -> Self {
        let told = |findings: &[Finding]| {
            findings
                .iter()
                .map(|finding| FindingFacts { problem: finding.message.clone(), mend: finding.mend.clone() })
                .collect()
        };
        Self { valid: validation.is_cog(), errors: told(&validation.errors), warnings: told(&validation.warnings) }
    }
}

impl CrsFacts {
    fn of(crs: &Crs) -> Self {
        Self {
            epsg: crs.epsg(),
            name: crs.name().to_owned(),
            geographic: crs.is_geographic(),
            unsupported: crs.check_supported().err().map(|error| error.to_string()),
        }
    }
}

impl OverviewFacts {
    fn of(level: &Level) -> Self {
        Self {
            width: level.width,
            height: level.height,
            block_width: level.block_width,
            block_height: level.block_height,
            compression: level.compression.name(),
            external: is_external(level),
            mask: level.mask.is_some(),
        }
    }
}

fn is_external(level: &Level) -> bool {
    level.origin == LevelOrigin::External
}

fn gcps(kind: &GeoreferenceKind) -> Option<Vec<GcpFacts>> {
    let GeoreferenceKind::Gcps(points) = kind else { return None };
    let point = |gcp: &GroundControlPoint| GcpFacts { column: gcp.column, row: gcp.row, x: gcp.x, y: gcp.y };
    Some(points.iter().map(point).collect())
}

/// By GDAL's names; sets of coefficients as lists.
fn rpc(kind: &GeoreferenceKind) -> Option<Map<String, Value>> {
    let GeoreferenceKind::Rpc(model) = kind else { return None };
    let value = |numbers: &[f64]| match numbers {
        [number] => json_number(*number),
        numbers => numbers.iter().copied().map(json_number).collect(),
    };
    Some(model.named().map(|(name, numbers)| (name.to_owned(), value(numbers))).collect())
}

fn bands(cog: &Cog) -> Vec<BandFacts> {
    let band = |(index, band): (usize, &crate::cog::Band)| BandFacts {
        band: index + 1,
        name: band.name.clone(),
        sample_type: cog.sample_type().name(),
        color: band.color.name(),
        nodata: band.nodata.map(json_nodata),
        scale: band.scale.map(json_number),
        offset: band.offset.map(json_number),
        unit: band.unit.clone(),
        metadata: items(&band.metadata),
        sha256: None,
    };
    cog.bands().iter().enumerate().map(band).collect()
}

fn mask_kind(cog: &Cog) -> &'static str {
    if cog.has_alpha() {
        "alpha"
    } else if cog.levels().first().is_some_and(|level| level.mask.is_some()) {
        "mask"
    } else if cog.bands().iter().any(|band| band.nodata.is_some()) {
        "nodata"
    } else {
        "none"
    }
}

/// The box in degrees around the image; `None` without a position or with a system that can't be used.
pub fn bounds_lon_lat(cog: &Cog) -> Option<BoundingBox> {
    let bounds = cog.bounds()?;
    let transformer = Transformer::new(cog.crs()?, &Crs::wgs84(), Some(bounds)).ok()?;
    transform_bounds(&transformer, bounds)
}

fn corners(bounds: &BoundingBox) -> [f64; 4] {
    [bounds.min_x(), bounds.min_y(), bounds.max_x(), bounds.max_y()]
}

fn items(items: &[(String, String)]) -> Map<String, Value> {
    items.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect()
}

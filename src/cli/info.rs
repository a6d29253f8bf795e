//! `cogscope info`: what is in image files. Reads their directories only, unless checksums are asked for.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

use super::args::InfoArguments;
use super::output::{json_nodata, json_number, print, print_json};
use super::paths::image_files;
use super::{CliError, info_text};
use crate::cog::{BlockCache, ByteOrder, Cog, Finding, GeoreferenceKind, Interleave, Level, LevelOrigin, Validation};
use crate::geo::{BoundingBox, Crs, Transformer, transform_bounds};

/// Everything that is told of a file; its fields are the keys of the answer in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Info {
    pub(super) path: String,
    pub(super) file_name: String,
    pub(super) file_bytes: u64,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) band_count: usize,
    #[serde(rename = "type")]
    pub(super) sample_type: &'static str,
    pub(super) compression: String,
    pub(super) predictor: u16,
    pub(super) interleave: &'static str,
    pub(super) tiled: bool,
    pub(super) block_width: u32,
    pub(super) block_height: u32,
    pub(super) byte_order: &'static str,
    pub(super) big_tiff: bool,
    pub(super) crs: Option<CrsInfo>,
    pub(super) georeference: &'static str,
    pub(super) geotransform: Option<[f64; 6]>,
    pub(super) pixel_is_point: bool,
    pub(super) bounds: Option<[f64; 4]>,
    pub(super) bounds_lon_lat: Option<[f64; 4]>,
    pub(super) pixel_size: Option<[f64; 2]>,
    pub(super) overviews: Vec<OverviewInfo>,
    pub(super) mask: &'static str,
    pub(super) palette: Option<Vec<[u8; 3]>>,
    pub(super) metadata: Map<String, Value>,
    pub(super) cog: CogInfo,
    pub(super) bands: Vec<BandInfo>,
}

/// Whether the file is laid out as a COG.
#[derive(Debug, Serialize)]
pub(super) struct CogInfo {
    pub(super) valid: bool,
    pub(super) errors: Vec<FindingInfo>,
    pub(super) warnings: Vec<FindingInfo>,
}

/// Something that isn't as it should be, and what to do about it.
#[derive(Debug, Serialize)]
pub(super) struct FindingInfo {
    pub(super) problem: String,
    pub(super) mend: String,
}

/// A reference system.
#[derive(Debug, Serialize)]
pub(super) struct CrsInfo {
    pub(super) epsg: Option<u32>,
    pub(super) name: String,
    pub(super) geographic: bool,
    pub(super) unsupported: Option<String>,
}

/// A level of the pyramid other than the full resolution.
#[derive(Debug, Serialize)]
pub(super) struct OverviewInfo {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) block_width: u32,
    pub(super) block_height: u32,
    pub(super) compression: String,
    pub(super) external: bool,
}

/// A band.
#[derive(Debug, Serialize)]
pub(super) struct BandInfo {
    pub(super) band: usize,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) sample_type: &'static str,
    pub(super) color: &'static str,
    pub(super) nodata: Option<Value>,
    pub(super) scale: Option<Value>,
    pub(super) offset: Option<Value>,
    pub(super) unit: Option<String>,
    pub(super) metadata: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
}

/// A file that can't be read, among others.
#[derive(Debug, Serialize)]
struct Unreadable {
    path: String,
    error: String,
}

/// Tells of every file; what can't be read is told on standard error, and makes the whole fail at the end.
pub(super) fn run(arguments: &InfoArguments, cache: &BlockCache) -> Result<(), CliError> {
    let files = image_files(&arguments.paths)?;
    let is_single = matches!(arguments.paths.as_slice(), [path] if !path.is_dir());
    let tell = |file: &Path| -> Result<Info, CliError> {
        let cog = Cog::open(file)?;
        let mut info = Info::of(&cog);
        if arguments.checksum {
            let sums = cog.band_checksums(0, cache)?;
            for (band, sum) in info.bands.iter_mut().zip(sums) {
                band.sha256 = Some(hexadecimal(&sum));
            }
        }
        Ok(info)
    };
    if let ([file], true) = (files.as_slice(), is_single) {
        let info = tell(file)?;
        return if arguments.json { print_json(&info) } else { print(&info_text::text(&info)) };
    }
    let mut answers = Vec::new();
    let mut failed = 0;
    for (index, file) in files.iter().enumerate() {
        match tell(file) {
            Ok(info) if arguments.json => answers.push(serde_json::to_value(&info).map_err(std::io::Error::from)?),
            Ok(info) => {
                let gap = if index == 0 { "" } else { "\n" };
                print(&format!("{gap}{}", info_text::text(&info)))?;
            }
            Err(error) => {
                failed += 1;
                let unreadable = Unreadable { path: file.display().to_string(), error: error.one_line() };
                super::output::print_error(&unreadable.error);
                answers.push(serde_json::to_value(&unreadable).map_err(std::io::Error::from)?);
            }
        }
    }
    if arguments.json {
        print_json(&answers)?;
    }
    if failed > 0 { Err(CliError::Several { failed, total: files.len() }) } else { Ok(()) }
}

impl Info {
    /// All that the file's description says.
    pub(super) fn of(cog: &Cog) -> Self {
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
            crs: cog.crs().map(CrsInfo::of),
            georeference: match georeference.kind {
                GeoreferenceKind::Affine(_) => "affine",
                GeoreferenceKind::Gcps(_) => "gcps",
                GeoreferenceKind::Rpc(_) => "rpc",
                _ => "none",
            },
            geotransform: affine.map(crate::geo::Affine::to_gdal),
            pixel_is_point: georeference.pixel_is_point_adjusted,
            bounds: cog.bounds().map(|bounds| corners(&bounds)),
            bounds_lon_lat: bounds_lon_lat(cog).map(|bounds| corners(&bounds)),
            pixel_size: affine.map(|affine| affine.pixel_size().into()),
            overviews: cog.levels().iter().skip(1).map(OverviewInfo::of).collect(),
            mask: mask_kind(cog),
            palette: cog.palette().map(|palette| palette.colors().to_vec()),
            metadata: items(&cog.metadata().items),
            cog: CogInfo::of(&cog.validate()),
            bands: bands(cog),
        }
    }
}

impl CogInfo {
    fn of(validation: &Validation) -> Self {
        let told = |findings: &[Finding]| {
            findings
                .iter()
                .map(|finding| FindingInfo { problem: finding.message.clone(), mend: finding.mend.clone() })
                .collect()
        };
        Self { valid: validation.is_cog(), errors: told(&validation.errors), warnings: told(&validation.warnings) }
    }
}

impl CrsInfo {
    fn of(crs: &Crs) -> Self {
        Self {
            epsg: crs.epsg(),
            name: crs.name().to_owned(),
            geographic: crs.is_geographic(),
            unsupported: crs.check_supported().err().map(|error| error.to_string()),
        }
    }
}

impl OverviewInfo {
    fn of(level: &Level) -> Self {
        Self {
            width: level.width,
            height: level.height,
            block_width: level.block_width,
            block_height: level.block_height,
            compression: level.compression.name(),
            external: level.origin == LevelOrigin::External,
        }
    }
}

fn bands(cog: &Cog) -> Vec<BandInfo> {
    let band = |(index, band): (usize, &crate::cog::Band)| BandInfo {
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
pub(super) fn bounds_lon_lat(cog: &Cog) -> Option<BoundingBox> {
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

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

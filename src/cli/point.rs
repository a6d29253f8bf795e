//! `cogscope point`: every band's value at a position.

use serde::Serialize;
use serde_json::Value;

use super::CliError;
use super::args::PointArguments;
use super::output::{json_sample, plain, print, print_json};
use crate::cog::{BlockCache, Cog};
use crate::geo::{Crs, Point, Transformer};
use crate::raster::PixelWindow;

/// The answer; its fields are the keys in JSON.
#[derive(Debug, Serialize)]
struct PixelAnswer {
    path: String,
    col: u32,
    row: u32,
    x: Option<f64>,
    y: Option<f64>,
    lon: Option<f64>,
    lat: Option<f64>,
    crs: Option<u32>,
    valid: bool,
    bands: Vec<BandValue>,
}

#[derive(Debug, Serialize)]
struct BandValue {
    band: usize,
    name: String,
    value: Value,
    nodata: bool,
}

pub(super) fn run(arguments: &PointArguments, cache: &BlockCache) -> Result<(), CliError> {
    let cog = Cog::open(&arguments.file)?;
    let (col, row) = match (arguments.pixel, arguments.lon, arguments.lat) {
        (Some(pixel), ..) => pixel,
        (None, Some(lon), Some(lat)) => pixel_at(&cog, lon, lat)?,
        _ => return Err(no_position(&cog, "no position was given")),
    };
    let answer = read(&cog, col, row, cache)?;
    if arguments.json { print_json(&answer) } else { print(&text(&answer)) }
}

fn no_position(cog: &Cog, reason: impl Into<String>) -> CliError {
    CliError::NoPosition { path: cog.path().to_path_buf(), reason: reason.into() }
}

/// The pixel that a position falls into.
fn pixel_at(cog: &Cog, lon: f64, lat: f64) -> Result<(u32, u32), CliError> {
    let crs = cog.crs().ok_or_else(|| no_position(cog, "the image has no reference system"))?;
    let affine = cog.affine().ok_or_else(|| no_position(cog, "the image has no plain position"))?;
    let to_pixel = affine.inverse().ok_or_else(|| no_position(cog, "the image's position can't be inverted"))?;
    let transformer = Transformer::new(crs, &Crs::wgs84(), cog.bounds())
        .map_err(|error| no_position(cog, format!("the image's reference system can't be used ({error})")))?;
    let outside = || CliError::Outside {
        path: cog.path().to_path_buf(),
        position: format!("longitude {lon}, latitude {lat}"),
        hint: match crate::library::bounds_lon_lat(cog) {
            Some(b) => {
                let (west, south, east, north) = (b.min_x(), b.min_y(), b.max_x(), b.max_y());
                format!("it reaches from longitude {west:.5} to {east:.5} and from latitude {south:.5} to {north:.5}")
            }
            None => "see cogscope info for where it is".into(),
        },
    };
    let position = transformer.inverse(Point::new(lon, lat)).ok_or_else(outside)?;
    let pixel = to_pixel.apply(position.x, position.y);
    match (whole(pixel.x, cog.width()), whole(pixel.y, cog.height())) {
        (Some(col), Some(row)) => Ok((col, row)),
        _ => Err(outside()),
    }
}

/// The number of the pixel that a coordinate falls into; the far edge belongs to the last one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be between 0 and the size")]
fn whole(coordinate: f64, size: u32) -> Option<u32> {
    (0.0..=f64::from(size)).contains(&coordinate).then(|| (coordinate.floor() as u32).min(size.saturating_sub(1)))
}

fn read(cog: &Cog, col: u32, row: u32, cache: &BlockCache) -> Result<PixelAnswer, CliError> {
    let window = PixelWindow::new(col, row, 1, 1).filter(|_| col < cog.width() && row < cog.height());
    let window = window.ok_or_else(|| CliError::Outside {
        path: cog.path().to_path_buf(),
        position: format!("column {col}, row {row}"),
        hint: format!("it has {} columns and {} rows, counted from 0", cog.width(), cog.height()),
    })?;
    let all: Vec<usize> = (0..cog.band_count()).collect();
    let raster = cog.read_window(0, window, &all, cache)?;
    let centre = cog.affine().map(|affine| affine.apply(f64::from(col) + 0.5, f64::from(row) + 0.5));
    let lon_lat =
        centre.and_then(|centre| Transformer::new(cog.crs()?, &Crs::wgs84(), cog.bounds()).ok()?.forward(centre));
    let valid = raster.is_valid(0, 0);
    let bands = cog.bands().iter().zip(raster.bands()).enumerate().map(|(index, (band, plane))| {
        let value = json_sample(plane, 0);
        let is_nodata = band.nodata.is_some_and(|nodata| super::output::json_nodata(nodata) == value);
        BandValue { band: index + 1, name: band.name.clone(), nodata: is_nodata, value }
    });
    Ok(PixelAnswer {
        path: cog.path().display().to_string(),
        col,
        row,
        x: centre.map(|point| point.x),
        y: centre.map(|point| point.y),
        lon: lon_lat.map(|point| point.x),
        lat: lon_lat.map(|point| point.y),
        crs: cog.crs().and_then(Crs::epsg),
        valid,
        bands: bands.collect(),
    })
}

fn text(answer: &PixelAnswer) -> String {
    let mut lines = vec![format!("column {}, row {}", answer.col, answer.row)];
    if let (Some(x), Some(y)) = (answer.x, answer.y) {
        let crs = answer.crs.map(|code| format!(" (EPSG:{code})")).unwrap_or_default();
        lines.push(format!("x {x}, y {y}{crs}"));
    }
    if let (Some(lon), Some(lat)) = (answer.lon, answer.lat) {
        lines.push(format!("longitude {lon:.7}, latitude {lat:.7}"));
    }
    if !answer.valid {
        lines.push("no data here".into());
    }
    for band in &answer.bands {
        let name = if band.name.is_empty() { String::new() } else { format!(" ({})", band.name) };
        let nodata = if band.nodata { ", nodata" } else { "" };
        lines.push(format!("band {}{name}: {}{nodata}", band.band, plain(&band.value)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_far_edge_belongs_to_the_last_pixel() {
        assert_eq!([0.0, 0.99, 9.5, 10.0].map(|at| whole(at, 10)), [Some(0), Some(0), Some(9), Some(9)]);
        assert_eq!([-0.01, 10.01, f64::NAN].map(|at| whole(at, 10)), [None; 3]);
    }
}

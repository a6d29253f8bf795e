//! The answer of `cogscope info` for people.

use super::output::plain;
use crate::library::{BandFacts, CrsFacts, Facts};

/// Width of the column of headings.
const HEADING: usize = 13;
/// Metadata are cut after so many characters.
const MAX_ITEM: usize = 100;

/// Some lines with a heading each, then a table of the bands.
pub(super) fn text(info: &Facts) -> String {
    let mut lines = vec![info.path.clone()];
    let mut line = |heading: &str, value: String| lines.push(format!("  {heading:HEADING$}{value}"));
    line("Size", size(info));
    line("Blocks", blocks(info));
    line("CRS", crs(info.crs.as_ref()));
    line("Position", position(info));
    if let Some([west, south, east, north]) = info.bounds {
        line("Bounds", format!("{west} {south} {east} {north}"));
    }
    if let Some([west, south, east, north]) = info.bounds_lon_lat {
        line("Lon, lat", format!("{west:.6} {south:.6} {east:.6} {north:.6}"));
    }
    line("Overviews", overviews(info));
    line("Mask", info.mask.to_owned());
    line("Valid COG", if info.cog.valid { "yes".into() } else { "no".into() });
    for (heading, findings) in [("  because", &info.cog.errors), ("  but", &info.cog.warnings)] {
        for finding in findings {
            line(heading, format!("{} ({})", finding.problem, finding.mend));
        }
    }
    if let Some(palette) = &info.palette {
        line("Palette", format!("{} colours", palette.len()));
    }
    for (key, value) in &info.metadata {
        line("Metadata", format!("{key} = {}", shortened(&plain(value))));
    }
    for band in &info.bands {
        line(&format!("Band {}", band.band), band_text(band));
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn size(info: &Facts) -> String {
    let bands = if info.band_count == 1 { "band" } else { "bands" };
    let Facts { width, height, band_count, sample_type, .. } = info;
    format!("{width} x {height} pixels, {band_count} {bands}, {sample_type}, {}", bytes(info.file_bytes))
}

fn blocks(info: &Facts) -> String {
    let kind = if info.tiled { "tiles" } else { "strips" };
    let predictor = if info.predictor > 1 { format!(", predictor {}", info.predictor) } else { String::new() };
    let interleave = if info.band_count > 1 { format!(", {} interleaved", info.interleave) } else { String::new() };
    let big = if info.big_tiff { ", BigTIFF" } else { "" };
    let Facts { block_width, block_height, compression, byte_order, .. } = info;
    format!("{block_width} x {block_height} {kind}, {compression}{predictor}{interleave}, {byte_order}{big}")
}

fn crs(crs: Option<&CrsFacts>) -> String {
    let Some(crs) = crs else { return "none".into() };
    let code = crs.epsg.map(|code| format!("EPSG:{code}  ")).unwrap_or_default();
    let problem = crs.unsupported.as_ref().map(|reason| format!(" (can't be used: {reason})")).unwrap_or_default();
    format!("{code}{}{problem}", crs.name)
}

fn position(info: &Facts) -> String {
    let point = if info.pixel_is_point { ", given for pixel centres" } else { "" };
    match (info.pixel_size, info.georeference) {
        (Some([across, down]), _) => format!("pixels of {across} x {down}{point}"),
        (None, "gcps") => "ground control points only".into(),
        (None, "rpc") => "a camera model (RPC) only".into(),
        _ => "none".into(),
    }
}

fn overviews(info: &Facts) -> String {
    if info.overviews.is_empty() {
        return "none".into();
    }
    let sizes = info.overviews.iter().map(|overview| {
        let place = if overview.external { " (.ovr)" } else { "" };
        format!("{} x {}{place}", overview.width, overview.height)
    });
    sizes.collect::<Vec<_>>().join(", ")
}

fn band_text(band: &BandFacts) -> String {
    let mut parts = vec![band.color.to_owned()];
    if !band.name.is_empty() {
        parts.insert(0, band.name.clone());
    }
    for (label, value) in [("nodata", &band.nodata), ("scale", &band.scale), ("offset", &band.offset)] {
        if let Some(value) = value {
            parts.push(format!("{label} {}", plain(value)));
        }
    }
    parts.extend(band.unit.as_ref().map(|unit| format!("unit {unit}")));
    parts.extend(band.sha256.as_ref().map(|sum| format!("sha256 {sum}")));
    parts.join(", ")
}

/// A number of bytes with a unit that leaves few digits.
fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.iter().find(|(size, _)| count >= *size) {
        Some((size, unit)) => format!("{:.1} {unit}", count as f64 / *size as f64),
        None => format!("{count} bytes"),
    }
}

/// A text in one line, cut if it is long.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_ITEM {
        return line;
    }
    line.chars().take(MAX_ITEM).chain("…".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_a_unit_that_suits_them() {
        assert_eq!([999, 2048, 5_240_000, 3 << 30].map(bytes), ["999 bytes", "2.0 kB", "5.2 MB", "3.2 GB"]);
    }

    #[test]
    fn long_metadata_are_cut_to_one_line() {
        assert_eq!(shortened("a\n  b"), "a b");
        assert_eq!(shortened(&"é".repeat(200)).chars().count(), MAX_ITEM + 1);
    }
}

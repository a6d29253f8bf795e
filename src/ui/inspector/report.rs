//! Values under a place as text and as JSON, for the clipboard. Draws nothing.

use crate::geo::LonLat;
use crate::library::{PointBand, PointValues};
use crate::ui::widgets;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Tab-separated lines: the position, then for each image its bands.
pub fn as_text(position: LonLat, values: &[PointValues]) -> String {
    let mut text = format!("{}\n", widgets::lat_lon(position));
    for source in values {
        let _ = writeln!(text, "{}", source.name);
        for band in &source.bands {
            let state = if band.valid { "" } else { "\tno data" };
            let scaled = band.scaled.map(|value| format!("\t{value}")).unwrap_or_default();
            let unit = band.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let _ = writeln!(text, "{}\t{}{scaled}{unit}{state}", band.name, stored(band));
        }
    }
    text
}

/// The same with files, columns, rows and levels. Values that JSON has no number for are strings.
pub fn as_json(position: LonLat, values: &[PointValues]) -> String {
    let band = |band: &PointBand| {
        json!({
            "name": band.name,
            "path": band.path.display().to_string(),
            "column": band.col,
            "row": band.row,
            "level": band.level,
            "value": number(band.value),
            "imaginary": band.imaginary.map(number),
            "scaled": band.scaled.map(number),
            "unit": band.unit,
            "valid": band.valid,
        })
    };
    let source = |source: &PointValues| json!({ "name": source.name, "bands": source.bands.iter().map(band).collect::<Vec<_>>() });
    let all = json!({
        "longitude_deg": position.lon_deg(),
        "latitude_deg": position.lat_deg(),
        "images": values.iter().map(source).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

/// The value as it is stored, with its imaginary part where it has one.
fn stored(band: &PointBand) -> String {
    match band.imaginary {
        Some(imaginary) if imaginary < 0.0 => format!("{}{imaginary}i", band.value),
        Some(imaginary) => format!("{}+{imaginary}i", band.value),
        None => band.value.to_string(),
    }
}

fn number(value: f64) -> Value {
    let word = if value.is_nan() {
        "NaN"
    } else if value == f64::INFINITY {
        "Infinity"
    } else if value == f64::NEG_INFINITY {
        "-Infinity"
    } else {
        return json!(value);
    };
    json!(word)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A scene of two bands, the second without data.
    pub fn values() -> Vec<PointValues> {
        let band = |name: &str, value: f64, valid: bool| PointBand {
            name: name.to_owned(),
            path: format!("/data/scene_{name}.tif").into(),
            col: 120,
            row: 3456,
            level: 0,
            value,
            imaginary: None,
            scaled: Some(value * 0.5),
            unit: Some("W".to_owned()),
            valid,
        };
        vec![PointValues {
            name: "scene".to_owned(),
            bands: vec![band("B4", 9812.0, true), band("B5", f64::NAN, false)],
        }]
    }

    #[test]
    fn text_has_a_line_for_each_band() {
        let text = as_text(LonLat::new(-54.5871, -25.4082).unwrap(), &values());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1..], ["scene", "B4\t9812\t4906 W", "B5\tNaN\tNaN W\tno data"]);
    }

    #[test]
    fn json_keeps_what_is_no_number() {
        let text = as_json(LonLat::new(-54.5871, -25.4082).unwrap(), &values());
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["images"][0]["bands"][0]["value"], json!(9812.0));
        assert_eq!(json["images"][0]["bands"][1]["value"], json!("NaN"));
        assert_eq!(json["images"][0]["bands"][0]["row"], json!(3456));
    }
}

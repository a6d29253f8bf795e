//! What lies at a pixel, as text, JSON, HTML or GML.

use serde_json::{Map, Value, json};

use super::exception::WmsError;
use crate::serve::found::Found;
use crate::serve::parameters::{Parameters, shortened};
use crate::serve::xml::escaped;

/// A format of an answer about a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InfoFormat {
    Plain,
    Json,
    Html,
    Gml,
}

impl InfoFormat {
    pub(super) const ALL: [Self; 4] = [Self::Plain, Self::Json, Self::Html, Self::Gml];

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Plain => "text/plain",
            Self::Json => "application/json",
            Self::Html => "text/html",
            Self::Gml => "application/vnd.ogc.gml",
        }
    }

    /// With the encoding, where that isn't known by itself.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Plain => "text/plain; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Json | Self::Gml => self.media_type(),
        }
    }

    /// The one asked for; plain text if none is.
    pub(super) fn of(given: &Parameters) -> Result<Self, WmsError> {
        let Some(text) = given.filled("info_format") else { return Ok(Self::Plain) };
        let named = |format: &Self| format.media_type().eq_ignore_ascii_case(text);
        let found = Self::ALL.into_iter().find(named);
        found.ok_or_else(|| WmsError::new("InvalidFormat", format!("there is no INFO_FORMAT {}", shortened(text))))
    }

    /// The document.
    pub(super) fn document(self, found: &[Found]) -> String {
        match self {
            Self::Plain => plain(found),
            Self::Json => as_json(found).to_string(),
            Self::Html => html(found),
            Self::Gml => gml(found),
        }
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "no data".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn plain(found: &[Found]) -> String {
    if found.is_empty() {
        return "There is nothing here.\n".to_owned();
    }
    let one = |found: &Found| {
        let facts = found.facts.iter().map(|(name, value)| format!("  {name} = {}\n", text_of(value)));
        format!("{}\n{}", found.title, facts.collect::<String>())
    };
    found.iter().map(one).collect()
}

fn as_json(found: &[Found]) -> Value {
    let feature = |found: &Found| {
        let mut properties = Map::new();
        properties.insert("layer".to_owned(), found.layer.clone().into());
        properties.insert("title".to_owned(), found.title.clone().into());
        properties.extend(found.facts.iter().cloned());
        let coordinates = [found.position.lon_deg(), found.position.lat_deg()];
        json!({
            "type": "Feature",
            "geometry": { "type": "Point", "coordinates": coordinates },
            "properties": properties,
        })
    };
    json!({ "type": "FeatureCollection", "features": found.iter().map(feature).collect::<Vec<_>>() })
}

fn html(found: &[Found]) -> String {
    let row = |(name, value): &(String, Value)| {
        format!("<tr><th>{}</th><td>{}</td></tr>", escaped(name), escaped(&text_of(value)))
    };
    let table = |found: &Found| {
        let rows: String = found.facts.iter().map(row).collect();
        format!("<h4>{}</h4><table>{rows}</table>", escaped(&found.title))
    };
    let tables: String = found.iter().map(table).collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>cogscope</title></head><body>{tables}</body></html>\n"
    )
}

/// A collection in GML 2; each fact is an element named like it.
fn gml(found: &[Found]) -> String {
    let feature = |found: &Found| {
        let (lon, lat) = (found.position.lon_deg(), found.position.lat_deg());
        let fact = |(name, value): &(String, Value)| {
            let name = element_name(name);
            format!("<cogscope:{name}>{}</cogscope:{name}>", escaped(&text_of(value)))
        };
        let facts: String = found.facts.iter().map(fact).collect();
        let name = element_name(&found.layer);
        format!(
            "<gml:featureMember><cogscope:{name}><cogscope:geometry><gml:Point srsName=\"EPSG:4326\"><gml:coordinates>\
             {lon},{lat}</gml:coordinates></gml:Point></cogscope:geometry><cogscope:title>{}</cogscope:title>{facts}\
             </cogscope:{name}></gml:featureMember>",
            escaped(&found.title)
        )
    };
    let features: String = found.iter().map(feature).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs\" \
         xmlns:gml=\"http://www.opengis.net/gml\" xmlns:cogscope=\"urn:cogscope\">{features}</wfs:FeatureCollection>\n"
    )
}

/// A name that an element can have.
fn element_name(text: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
    let name: String = text.chars().map(plain).collect();
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;

    #[test]
    fn what_is_found_cannot_break_a_document() {
        let found = Found {
            layer: "image-1".into(),
            title: "<b>&".into(),
            position: LonLat::new(1.0, 2.0).unwrap(),
            facts: vec![("1 <x>".into(), "a & <b>".into()), ("B4".into(), Value::Null)],
        };
        let html = InfoFormat::Html.document(std::slice::from_ref(&found));
        assert!(html.contains("&lt;b&gt;&amp;") && !html.contains("<b>"), "{html}");
        let gml = InfoFormat::Gml.document(std::slice::from_ref(&found));
        assert!(gml.contains("<cogscope:_1__x_>a &amp; &lt;b&gt;</cogscope:_1__x_>"), "{gml}");
        let json: Value = serde_json::from_str(&InfoFormat::Json.document(&[found])).unwrap();
        assert_eq!(json["features"][0]["properties"]["B4"], Value::Null);
    }
}

//! The layers' part of the capabilities.

use std::fmt::Write as _;

use super::capabilities::online_resource;
use super::legend;
use super::reference_system::ReferenceSystem;
use super::version::Version;
use crate::geo::BoundingBox;
use crate::serve::layer::{Layer, Place};
use crate::serve::shelf::{DEFAULT_LOOK, Shelf};
use crate::serve::target_layer::TargetLayer;
use crate::serve::xml::escaped;

/// The layer that holds all others; `url` is the escaped address of the service.
pub(super) fn root(shelf: &Shelf, version: Version, url: &str, title: &str) -> String {
    let places = shelf.layers().iter().filter_map(|layer| layer.place()).map(|place| place.lon_lat);
    let targets = shelf.targets().iter().map(|targets| targets.place().lon_lat);
    let everything = places.chain(targets).reduce(|all, one| all.union(&one));
    let mut text = format!("<Layer><Title>{title}</Title>");
    for system in ReferenceSystem::common(version) {
        system_name(&mut text, version, &system);
    }
    if let Some(everything) = everything {
        degrees(&mut text, version, &everything);
    }
    text.push('\n');
    for targets in shelf.targets() {
        text.push_str(&target_layer(targets, version, url));
    }
    for layer in shelf.layers() {
        if let Some(place) = layer.place() {
            text.push_str(&image_layer(layer, place, version, url));
        }
    }
    text.push_str("</Layer>\n");
    text
}

fn image_layer(layer: &Layer, place: &Place, version: Version, url: &str) -> String {
    let mut text = head(layer.id(), layer.title(), place, version);
    time(&mut text, layer, version);
    for look in layer.looks() {
        style(&mut text, (layer.id(), &look.name, &look.title), legend::size_of_images(), url);
    }
    text.push_str("</Layer>\n");
    text
}

fn target_layer(targets: &TargetLayer, version: Version, url: &str) -> String {
    let mut text = head(targets.id(), targets.title(), targets.place(), version);
    style(&mut text, (targets.id(), DEFAULT_LOOK, "By class"), legend::size_of_classes(targets), url);
    text.push_str("</Layer>\n");
    text
}

fn head(id: &str, title: &str, place: &Place, version: Version) -> String {
    let mut text =
        format!("<Layer queryable=\"1\" opaque=\"0\"><Name>{}</Name><Title>{}</Title>", escaped(id), escaped(title));
    let further = ReferenceSystem::of_place(place, version);
    let systems: Vec<ReferenceSystem> = ReferenceSystem::common(version).chain(further).collect();
    for system in &systems {
        system_name(&mut text, version, system);
    }
    degrees(&mut text, version, &place.lon_lat);
    let name = match version {
        Version::V111 => "SRS",
        Version::V130 => "CRS",
    };
    for system in &systems {
        if let Some(bounds) = system.bounds(place) {
            let [a, b, c, d] = system.sides(&bounds);
            let system = &system.name;
            let _ =
                write!(text, "<BoundingBox {name}=\"{system}\" minx=\"{a}\" miny=\"{b}\" maxx=\"{c}\" maxy=\"{d}\"/>");
        }
    }
    text
}

fn system_name(text: &mut String, version: Version, system: &ReferenceSystem) {
    let element = match version {
        Version::V111 => "SRS",
        Version::V130 => "CRS",
    };
    let _ = write!(text, "<{element}>{}</{element}>", system.name);
}

fn degrees(text: &mut String, version: Version, bounds: &BoundingBox) {
    let (west, south, east, north) = (bounds.min_x(), bounds.min_y(), bounds.max_x(), bounds.max_y());
    let _ = match version {
        Version::V111 => {
            write!(text, "<LatLonBoundingBox minx=\"{west}\" miny=\"{south}\" maxx=\"{east}\" maxy=\"{north}\"/>")
        }
        Version::V130 => write!(
            text,
            "<EX_GeographicBoundingBox><westBoundLongitude>{west}</westBoundLongitude>\
             <eastBoundLongitude>{east}</eastBoundLongitude><southBoundLatitude>{south}</southBoundLatitude>\
             <northBoundLatitude>{north}</northBoundLatitude></EX_GeographicBoundingBox>"
        ),
    };
}

/// The days that can be asked for; who asks for none gets the span of all.
fn time(text: &mut String, layer: &Layer, version: Version) {
    let (Some(first), Some(last)) = (layer.dates().first(), layer.dates().last()) else { return };
    let days: Vec<String> = layer.dates().iter().map(ToString::to_string).collect();
    let days = days.join(",");
    let default = if first == last { first.to_string() } else { format!("{first}/{last}/P1D") };
    let _ = match version {
        // The DTD knows no more of an extent.
        Version::V111 => write!(
            text,
            "<Dimension name=\"time\" units=\"ISO8601\"/>\
             <Extent name=\"time\" default=\"{default}\" nearestValue=\"0\">{days}</Extent>"
        ),
        Version::V130 => write!(
            text,
            "<Dimension name=\"time\" units=\"ISO8601\" default=\"{default}\" multipleValues=\"1\" nearestValue=\"0\" \
             current=\"1\">{days}</Dimension>"
        ),
    };
}

fn style(text: &mut String, (layer, name, title): (&str, &str, &str), (width, height): (u32, u32), url: &str) {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("SERVICE", "WMS"),
            ("VERSION", "1.3.0"),
            ("REQUEST", "GetLegendGraphic"),
            ("FORMAT", "image/png"),
        ])
        .extend_pairs([("LAYER", layer), ("STYLE", name)])
        .finish();
    let _ = write!(
        text,
        "<Style><Name>{}</Name><Title>{}</Title><LegendURL width=\"{width}\" height=\"{height}\">\
         <Format>image/png</Format>{}</LegendURL></Style>",
        escaped(name),
        escaped(title),
        online_resource(&format!("{url}{}", escaped(&query)))
    );
}

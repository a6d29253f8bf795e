//! `GetCapabilities`: what can be asked for, as a document of either version.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Response;

use super::exception::WmsError;
use super::info_format::InfoFormat;
use super::layer_part;
use super::map_request::{MOST_LAYERS, MOST_PIXELS};
use super::picture_format::PictureFormat;
use super::version::Version;
use crate::serve::guard::BaseUrl;
use crate::serve::parameters::Parameters;
use crate::serve::reply::reply;
use crate::serve::shelf::Shelf;
use crate::serve::xml::escaped;

const TITLE: &str = "cogscope";
const ABSTRACT: &str = "What is open in cogscope, for programs of the same workstation";

pub(super) fn answer(
    shelf: &Shelf,
    given: &Parameters,
    version: Version,
    base: &BaseUrl,
) -> Result<Response<Body>, WmsError> {
    check_service(given)?;
    check_sequence(given, shelf.revision())?;
    let media_type = match version {
        Version::V111 => "application/vnd.ogc.wms_xml",
        Version::V130 => "text/xml",
    };
    Ok(reply(media_type, document(shelf, version, &base.0)))
}

/// Old clients don't name the service; who names another one is in the wrong place.
fn check_service(given: &Parameters) -> Result<(), WmsError> {
    match given.filled("service") {
        Some(service) if !service.eq_ignore_ascii_case("wms") => Err(WmsError::other("SERVICE has to be WMS")),
        _ => Ok(()),
    }
}

/// A client that knows this state, or claims to know a later one, gets no document.
fn check_sequence(given: &Parameters, revision: u64) -> Result<(), WmsError> {
    let Some(text) = given.filled("updatesequence") else { return Ok(()) };
    let invalid = || WmsError::new("InvalidUpdateSequence", format!("UPDATESEQUENCE is {revision} now"));
    match text.parse::<u64>().map_err(|_| invalid())? {
        known if known < revision => Ok(()),
        known if known == revision => {
            Err(WmsError::new("CurrentUpdateSequence", format!("UPDATESEQUENCE is still {revision}")))
        }
        _ => Err(invalid()),
    }
}

fn document(shelf: &Shelf, version: Version, base: &str) -> String {
    let url = format!("{}/wms?", escaped(base));
    let (head, service, root) = match version {
        Version::V111 => (
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
                 <!DOCTYPE WMT_MS_Capabilities SYSTEM \"http://schemas.opengis.net/wms/1.1.1/WMS_MS_Capabilities.dtd\">\n\
                 <WMT_MS_Capabilities version=\"1.1.1\" updateSequence=\"{}\">\n",
                shelf.revision()
            ),
            "OGC:WMS",
            "WMT_MS_Capabilities",
        ),
        Version::V130 => (
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                 <WMS_Capabilities version=\"1.3.0\" updateSequence=\"{}\" xmlns=\"http://www.opengis.net/wms\" \
                 xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                 xsi:schemaLocation=\"http://www.opengis.net/wms http://schemas.opengis.net/wms/1.3.0/capabilities_1_3_0.xsd\">\n",
                shelf.revision()
            ),
            "WMS",
            "WMS_Capabilities",
        ),
    };
    let mut text = head;
    let _ = write!(
        text,
        "<Service><Name>{service}</Name><Title>{TITLE}</Title><Abstract>{ABSTRACT}</Abstract>{}\
         <Fees>none</Fees><AccessConstraints>none</AccessConstraints>",
        online_resource(&url)
    );
    if version == Version::V130 {
        let _ = write!(
            text,
            "<LayerLimit>{MOST_LAYERS}</LayerLimit><MaxWidth>{MOST_PIXELS}</MaxWidth><MaxHeight>{MOST_PIXELS}</MaxHeight>"
        );
    }
    text.push_str("</Service>\n<Capability><Request>\n");
    let capabilities = match version {
        Version::V111 => "application/vnd.ogc.wms_xml",
        Version::V130 => "text/xml",
    };
    operation(&mut text, "GetCapabilities", &[capabilities], &url);
    let formats = PictureFormat::ALL.map(PictureFormat::media_type);
    operation(&mut text, "GetMap", &formats, &url);
    operation(&mut text, "GetFeatureInfo", &InfoFormat::ALL.map(InfoFormat::media_type), &url);
    // Version 1.3.0 has this operation in another standard, and names its address with each style.
    if version == Version::V111 {
        operation(&mut text, "GetLegendGraphic", &["image/png"], &url);
    }
    let exceptions = match version {
        Version::V111 => {
            ["application/vnd.ogc.se_xml", "application/vnd.ogc.se_inimage", "application/vnd.ogc.se_blank"]
        }
        Version::V130 => ["XML", "INIMAGE", "BLANK"],
    };
    let exceptions = exceptions.map(|format| format!("<Format>{format}</Format>")).concat();
    let _ = write!(text, "</Request>\n<Exception>{exceptions}</Exception>\n");
    text.push_str(&layer_part::root(shelf, version, &url, TITLE));
    let _ = writeln!(text, "</Capability>\n</{root}>");
    text
}

fn operation(text: &mut String, name: &str, formats: &[&str], url: &str) {
    let formats: String = formats.iter().map(|format| format!("<Format>{format}</Format>")).collect();
    let resource = online_resource(url);
    let _ = writeln!(text, "<{name}>{formats}<DCPType><HTTP><Get>{resource}</Get></HTTP></DCPType></{name}>");
}

/// An address; `url` is escaped.
pub(super) fn online_resource(url: &str) -> String {
    format!("<OnlineResource xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:type=\"simple\" xlink:href=\"{url}\"/>")
}

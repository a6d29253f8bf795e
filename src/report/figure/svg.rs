//! Figures as SVG text (SVG 1.1): plain shapes and texts, no script, nothing from elsewhere.

use std::fmt::Write as _;

use super::base64;
use super::raster::FigureError;
use super::shapes::{Anchor, Figure, Frame, Ink, Label, Shape};
use crate::render::encode::png;

/// The figure as an SVG document.
pub fn figure_svg(figure: &Figure) -> Result<String, FigureError> {
    let (width, height) = (figure.width, figure.height);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif\">\n<title>{}</title>\n",
        escape_xml(&figure.title)
    );
    let page = Frame { x: 0.0, y: 0.0, width: width as f32, height: height as f32 };
    shape(&mut text, &Shape::Rectangle(page, figure.paper))?;
    for (at, (frame, shapes)) in figure.layers.iter().enumerate() {
        if let Some(frame) = frame {
            let rectangle = rectangle(*frame);
            let name = format!("cut-{:08x}-{at}", hash(&rectangle));
            let _ = writeln!(text, "<clipPath id=\"{name}\"><rect {rectangle}/></clipPath>");
            let _ = writeln!(text, "<g clip-path=\"url(#{name})\">");
        }
        for each in shapes {
            shape(&mut text, each)?;
        }
        if frame.is_some() {
            text.push_str("</g>\n");
        }
    }
    text.push_str("</svg>\n");
    Ok(text)
}

/// A text between tags or in an attribute: what XML gives a meaning is escaped, what it forbids is left out.
pub fn escape_xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// FNV-1a: figures on one page of HTML share a name only where they cut alike.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn shape(text: &mut String, shape: &Shape) -> Result<(), FigureError> {
    // Writing to a String never fails.
    let _ = match shape {
        Shape::Rectangle(frame, ink) => writeln!(text, "<rect {} fill={}/>", rectangle(*frame), color(*ink, "fill")),
        Shape::Circle((x, y), radius, ink) => {
            let (x, y, radius) = (number(*x), number(*y), number(*radius));
            writeln!(text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill={}/>", color(*ink, "fill"))
        }
        Shape::Line(points, width, ink) => {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
            writeln!(
                text,
                "<polyline points=\"{}\" fill=\"none\" stroke={} stroke-width=\"{}\" stroke-linejoin=\"round\"/>",
                points.join(" "),
                color(*ink, "stroke"),
                number(*width)
            )
        }
        Shape::Picture(picture, frame) => {
            let data = base64(&png(picture)?);
            writeln!(
                text,
                "<image {} preserveAspectRatio=\"none\" href=\"data:image/png;base64,{data}\"/>",
                rectangle(*frame)
            )
        }
        Shape::Label(label) => writeln!(text, "{}", self::label(label)),
    };
    Ok(())
}

fn label(label: &Label) -> String {
    let (x, y) = (number(label.x), number(label.y));
    let mut attributes =
        format!("x=\"{x}\" y=\"{y}\" font-size=\"{}\" fill={}", number(label.size), color(label.ink, "fill"));
    match label.anchor {
        Anchor::Start => {}
        Anchor::Middle => attributes.push_str(" text-anchor=\"middle\""),
        Anchor::End => attributes.push_str(" text-anchor=\"end\""),
    }
    if label.is_bold {
        attributes.push_str(" font-weight=\"600\"");
    }
    if label.turned_deg != 0.0 {
        let _ = write!(attributes, " transform=\"rotate({} {x} {y})\"", number(label.turned_deg));
    }
    format!("<text {attributes}>{}</text>", escape_xml(&label.text))
}

fn rectangle(frame: Frame) -> String {
    let Frame { x, y, width, height } = frame;
    format!(
        "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        number(x),
        number(y),
        number(width.max(0.0)),
        number(height.max(0.0))
    )
}

/// The colour in quotation marks, with its opacity as an attribute of its own where it isn't 1.
fn color(ink: Ink, of: &str) -> String {
    let [red, green, blue] = ink.rgb;
    let opacity = if ink.opacity < 1.0 { format!(" {of}-opacity=\"{}\"", number(ink.opacity)) } else { String::new() };
    format!("\"#{red:02x}{green:02x}{blue:02x}\"{opacity}")
}

/// At most two decimals.
fn number(value: f32) -> String {
    let text = format!("{:.2}", if value.is_finite() { value } else { 0.0 });
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

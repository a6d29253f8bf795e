//! Figures as files.

use super::*;
use crate::db::{Column, Inference, Table, infer};
use crate::report::chart::{ChartKind, ChartSpec, chart};
use crate::targets::ColorOverrides;

fn table(classes: &[&str], values: &[&str]) -> Table {
    let column = |name: &str, texts: &[&str]| {
        Column::new(name, infer(texts.iter().map(|text| Some(*text)).collect(), Inference::All))
    };
    Table::new(vec![column("class", classes), column("value", values)]).unwrap()
}

fn bars(classes: &[&str]) -> Figure {
    let table = table(classes, &vec!["1"; classes.len()]);
    let spec = ChartSpec { kind: ChartKind::Bar, x: "class".into(), color: "class".into(), ..ChartSpec::default() };
    draw_chart(&chart(&table, &table.rows(), &spec, &ColorOverrides::new()).unwrap(), FigureSize::default())
}

#[test]
fn names_from_the_data_stay_texts() {
    let svg = figure_svg(&bars(&["<script>alert(1)</script>", "a&b\u{0}\"'"])).unwrap();
    assert!(!svg.contains("<script"), "{svg}");
    assert!(svg.contains("&lt;script&gt;"));
    assert!(svg.contains("a&amp;b&quot;&#39;"));
}

#[test]
fn the_svg_is_whole_xml() {
    let svg = figure_svg(&bars(&["dam", "ship", "dam"])).unwrap();
    let mut reader = quick_xml::Reader::from_str(&svg);
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(_) => depth += 1,
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    insta::assert_snapshot!(svg);
}

#[test]
fn the_picture_has_the_bars_where_the_figure_has_them() {
    let figure = bars(&["dam", "ship", "dam"]);
    let picture = figure_picture(&figure, 2.0).unwrap();
    assert_eq!((picture.width, picture.height), (1440, 840));
    let bar = figure.layers[1].1.iter().find_map(|shape| match shape {
        Shape::Rectangle(frame, ink) => Some((*frame, *ink)),
        _ => None,
    });
    let (frame, ink) = bar.unwrap();
    let middle = |start: f32, length: f32| ((start + length / 2.0) * 2.0) as u32;
    let pixel = picture.pixel(middle(frame.x, frame.width), middle(frame.y, frame.height)).unwrap();
    assert_eq!(pixel[..3], ink.rgb);
    assert_eq!(picture.pixel(2, 2), Some([255, 255, 255, 255]), "paper in the corner");
}

#[test]
fn a_title_leaves_ink_on_the_page() {
    let mut figure = bars(&["dam"]);
    figure.layers.retain(|(frame, _)| frame.is_none());
    let with = figure_picture(&figure, 1.0).unwrap();
    let dark = with.pixels.chunks_exact(4).filter(|pixel| pixel[0] < 128).count();
    assert!(dark > 100, "{dark}");
}

#[test]
fn very_many_points_become_a_picture() {
    let values: Vec<String> = (0..20_001).map(|at| at.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let table = table(&vec!["dam"; values.len()], &values);
    let spec = ChartSpec { x: "value".into(), y: "value".into(), ..ChartSpec::default() };
    let chart = chart(&table, &table.rows(), &spec, &ColorOverrides::new()).unwrap();
    let svg = figure_svg(&draw_chart(&chart, FigureSize::default())).unwrap();
    assert!(svg.contains("href=\"data:image/png;base64,iVBORw0KGgo"));
    assert!(!svg.contains("<circle"));
}

#[test]
fn sizes_that_make_no_picture_are_refused() {
    let figure = bars(&["dam"]);
    assert!(figure_picture(&figure, 0.0).is_err());
    assert!(figure_picture(&figure, 1000.0).is_err());
    assert!(figure_picture(&figure, f32::NAN).is_err());
}

#[test]
fn a_chart_without_marks_says_so() {
    let svg = figure_svg(&bars(&[])).unwrap();
    assert!(svg.contains("Nothing to show"));
}

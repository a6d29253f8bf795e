//! Reports as files: whole snapshots, and names that try to be markup.

use std::sync::Arc;

use super::*;
use crate::db::{Column, ColumnData, Table};
use crate::report::chart::{ChartKind, ChartSpec, chart};
use crate::report::figure::{FigureSize, draw_chart};
use crate::report::page::{FileRecord, FilledText, Part, PicturePart, Problem, QueryRecord, Report, TablePart};
use crate::report::template::{BlockKind, TextPart};
use crate::targets::ColorOverrides;

const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title></style></td></table><script>x</script>",
    "[a](javascript:alert(1))",
    "![a](http://example.org/a.png)",
    "a | b | c",
    "`code` **bold** _em_ ~~gone~~",
    "# heading\n\n- list\n\n```\nfence\n```",
    "\"><svg onload=alert(1)>",
    "&lt;b&gt; &amp; &#60;b>",
    "\u{202e}gpj.exe \u{e000}0\u{e001} {{ class }}",
    "1. first\n1) second",
];

fn table(names: &[&str]) -> Arc<Table> {
    let numbers = (0..).map(|at| Some(f64::from(at) * 1000.5)).take(names.len()).collect();
    let columns = vec![
        Column::new("name", ColumnData::Text(names.iter().map(|name| Some(*name)).collect())),
        Column::new("length_m", ColumnData::Real(numbers)),
    ];
    Arc::new(Table::new(columns).unwrap())
}

fn text(template: &str, values: &[Result<&str, &str>]) -> FilledText {
    let values = values.iter().map(|value| value.map(str::to_owned).map_err(str::to_owned)).collect();
    FilledText { text: TextPart::parse(template), values }
}

fn plot(table: &Table) -> PicturePart {
    let spec = ChartSpec { kind: ChartKind::Bar, x: "name".into(), y: "length_m".into(), ..ChartSpec::default() };
    let made = chart(table, &table.rows(), &spec, &ColorOverrides::new()).unwrap();
    let figure = draw_chart(&made, FigureSize { width: 200, height: 120, ..FigureSize::default() });
    PicturePart {
        kind: BlockKind::Plot,
        caption: "How <long>".into(),
        light: figure.clone(),
        dark: figure,
        targets: Vec::new(),
        frames: Vec::new(),
        area: None,
        plot: None,
    }
}

fn report() -> Report {
    let part = |table, most_rows| Part::Table(TablePart { caption: "Largest".into(), table, most_rows });
    Report {
        title: "Dams & ports".into(),
        made: "2026-01-02 03:04 UTC".into(),
        store: "targets.gpkg".into(),
        parameters: vec![("class".into(), "dam".into()), ("from".into(), String::new())],
        parts: vec![
            Part::Text(text(
                "# On {{ image }}\n\n{{ SELECT n }} places, {{ x }}.\n",
                &[Ok("LC08_1"), Ok("3"), Err("no parameter `x`")],
            )),
            part(table(&["Itaipu main dam", "Acaray dam", "a dam"]), 2),
            part(table(&[]), 2),
            Part::Problem(Problem { kind: BlockKind::Sql, message: "no such column: lenght".into() }),
        ],
        queries: vec![
            QueryRecord {
                name: "big".into(),
                sql: "SELECT name, length_m\nFROM targets\nWHERE 'a' < :class".into(),
                result: Ok((3, true)),
            },
            QueryRecord {
                name: String::new(),
                sql: "SELECT lenght".into(),
                result: Err("no such column: lenght".into()),
            },
        ],
        files: vec![FileRecord { path: "itaipu/B4.tif".into(), sha256: Some(Ok("00ff".into())) }],
        notes: vec!["itaipu/B5.tif: it is cut off".into()],
    }
}

#[test]
fn a_report_as_markdown() {
    insta::assert_snapshot!(markdown_report(&report(), "report files").unwrap().text);
}

#[test]
fn a_report_as_html() {
    let html = html_report(&report()).unwrap();
    insta::assert_snapshot!(html.replace(include_str!("report.css"), "(style)\n"));
}

#[test]
fn pictures_lie_in_the_folder_or_in_the_page() {
    let mut report = report();
    report.parts.push(Part::Picture(Box::new(plot(&table(&["a", "b"])))));
    let markdown = markdown_report(&report, "report files").unwrap();
    assert!(markdown.text.contains("](report%20files/plot-1.png)\n\n*How \\<long\\>*"), "{}", markdown.text);
    let [(name, bytes)] = markdown.pictures.as_slice() else { panic!("one picture") };
    assert_eq!(name, "plot-1.png");
    assert!(bytes.starts_with(b"\x89PNG"));
    let html = html_report(&report).unwrap();
    assert_eq!(html.matches("data:image/svg+xml;base64,").count(), 2);
    assert!(html.contains("<figcaption>How &lt;long&gt;</figcaption>"));
}

/// Every place that a value can stand in.
const EVERYWHERE: &str = "{{ a }}\n\n# {{ a }}\n\n- x {{ a }}\n\n| h |\n|---|\n| {{ a }} |\n| `{{ a }}` |\n\n`{{ a }}` [{{ a }}]({{ a }}) [x][r]\n\n\
                          ```\n{{ a }}\n```\n\n<b title=\"{{ a }}\">{{ a }}</b>\n\n![{{ a }}]({{ a }})\n\n[r]: {{ a }}\n";

#[test]
fn no_name_becomes_markup_in_html() {
    for name in HOSTILE {
        let count = TextPart::parse(EVERYWHERE).wishes.len();
        let mut report = report();
        report.title = name.into();
        report.store = name.into();
        report.parts.push(Part::Text(text(EVERYWHERE, &vec![Ok(name); count])));
        report.parts.push(Part::Table(TablePart { caption: name.into(), table: table(&[name]), most_rows: 9 }));
        report.parts.push(Part::Picture(Box::new(plot(&table(&[name])))));
        report.notes.push(name.into());
        let html = html_report(&report).unwrap();
        let lower = html.to_ascii_lowercase();
        for tag in [
            "<script",
            "<svg",
            "<img src=x",
            "<b ",
            "</title></style>",
            "href=\"javascript",
            "src=\"http",
            "srcset=\"http",
        ] {
            assert!(!lower.contains(tag), "{name}: {tag}\n{html}");
        }
        // Only the tags of our own pages: each that opens is one of these.
        let known = [
            "!doctype",
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "h1",
            "h2",
            "h3",
            "p",
            "ul",
            "li",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "caption",
            "figure",
            "figcaption",
            "picture",
            "source",
            "img",
            "strong",
            "code",
            "pre",
            "footer",
            "dl",
            "dt",
            "dd",
            "a",
            "span",
            "hr",
            "em",
            "br",
        ];
        for opened in lower.split('<').skip(1) {
            let tag =
                opened.trim_start_matches('/').split(|c: char| !(c.is_alphanumeric() || c == '!')).next().unwrap();
            assert!(known.contains(&tag), "{name}: <{tag}");
        }
        assert!(!html.contains('\u{202e}') && !html.contains('\u{e000}'));
    }
}

#[test]
fn no_name_becomes_markup_in_markdown() {
    use pulldown_cmark::{Event, Parser, Tag};
    let template = "{{ a }}\n\n# {{ a }}\n\n- x {{ a }}\n\n| h |\n|---|\n| {{ a }} |\n| `{{ a }}` |\n\n`{{ a }}`\n\n```\n{{ a }}\n```\n";
    let shape = |name: &str| {
        let markdown = filled_markdown(&text(template, &[Ok(name); 6]));
        let events = Parser::new_ext(&markdown, places::options());
        let shape: Vec<String> = events
            .filter_map(|event| match event {
                Event::Text(_) | Event::Code(_) => None,
                Event::Start(tag) => Some(format!("{tag:?}")),
                other => Some(format!("{other:?}")),
            })
            .collect();
        (shape, markdown)
    };
    let (expected, _) = shape("plain name");
    assert!(expected.contains(&format!("{:?}", Tag::TableCell)));
    for name in HOSTILE {
        let (found, markdown) = shape(name);
        assert_eq!(found, expected, "{name}\n{markdown}");
    }
}

#[test]
fn a_value_reads_back_as_it_is() {
    use pulldown_cmark::{Event, Parser};
    for name in HOSTILE {
        let markdown = filled_markdown(&text("x {{ a }}", &[Ok(name)]));
        let shown: String = Parser::new_ext(&markdown, places::options())
            .filter_map(|event| if let Event::Text(text) = event { Some(text.into_string()) } else { None })
            .collect();
        assert_eq!(shown, format!("x {}", escape::plain(name)));
    }
}

#[test]
fn addresses_lead_out_only_where_a_reader_expects_it() {
    let html = places::filled_html(&text(
        "[a](https://example.org) [b](javascript:x) [c](file:///etc/passwd) ![d](http://example.org/d.png)",
        &[],
    ));
    assert_eq!(html, "<p><a href=\"https://example.org\">a</a> b c <span class=\"elsewhere\">d</span></p>\n");
}

#[test]
fn files_are_hashed_and_missing_ones_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    std::fs::write(&path, b"abc").unwrap();
    let file = |path| FileRecord { path, sha256: None };
    let mut report = Report { files: vec![file(path), file(folder.path().join("gone.tif"))], ..Report::default() };
    assert!(hash_files(&mut report, &|_, _| true));
    // FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(report.files[0].sha256, Some(Ok(abc.to_owned())));
    assert!(matches!(report.files[1].sha256, Some(Err(_))));
    assert!(!hash_files(&mut report, &|_, _| false));
}

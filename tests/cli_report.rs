//! `cogscope report` as it is used: the templates that come with the program on the sample data, templates of one's own, and names
//! that try to be markup.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Output;

use common::{cogscope, failure, sha256};

const MADE: &str = "2026-01-02 03:04 UTC";

fn report(template: &Path, output: &Path, more: &[&str]) -> Output {
    let mut command = cogscope(["report"]);
    command.arg(template).arg("-o").arg(output).args(["--made", MADE]).args(more);
    command.output().unwrap()
}

fn success(output: &Output) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
}

fn template(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("own.md");
    std::fs::write(&path, text).unwrap();
    path
}

const SAMPLE: [&str; 4] = ["--db", "sample_data/targets.gpkg", "--images", "sample_data"];

/// Nothing in the file leads a browser to load or to run something.
#[track_caller]
fn assert_self_contained(html: &str) {
    let lower = html.to_ascii_lowercase();
    for wrong in ["<script", "<link", "<iframe", "<object", "@import", "url(", "=\"javascript:"] {
        assert!(!lower.contains(wrong), "{wrong}");
    }
    for attribute in ["src=\"", "srcset=\""] {
        for value in html.split(attribute).skip(1) {
            assert!(value.starts_with("data:image/"), "{attribute}{}", &value[..40]);
        }
    }
}

#[test]
fn the_templates_of_the_program_work_on_the_sample_data() {
    let folder = tempfile::tempdir().unwrap();
    for (name, given, expected) in [
        ("image", "image=LC08_224077_20200518", "Targets: <strong>12</strong>"),
        (
            "class",
            "class=dam",
            "Targets: <strong>6</strong>; images: <strong>1</strong>; from 2020-05-18 to 2020-05-18",
        ),
        ("area", "bbox=-35,-9,-34,-7", "Targets: <strong>23</strong>"),
    ] {
        let output = folder.path().join(name).with_extension("html");
        success(&report(Path::new(name), &output, &[&SAMPLE[..], &["--strict", "--param", given]].concat()));
        let html = std::fs::read_to_string(&output).unwrap();
        assert!(html.contains(expected), "{name}: {expected}");
        assert!(!html.contains("failed"), "{name}");
        assert_self_contained(&html);
        assert!(html.matches("<img ").count() >= 2, "{name}");
        assert!(html.contains("class=\"chips\""), "{name}");
    }
    let html = std::fs::read_to_string(folder.path().join("area.html")).unwrap();
    let image = "sample_data/olinda/LE07_olinda_6band.tif";
    let hash = sha256(&std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(image)).unwrap());
    assert!(html.contains(&format!("LE07_olinda_6band.tif</td><td><code>{hash}</code>")));
    assert!(!html.contains("LC08_224078"), "only files that pictures were made from are named");
}

#[test]
fn without_parameters_the_templates_tell_of_everything() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["image", "class", "area"] {
        let output = folder.path().join(name).with_extension("md");
        success(&report(Path::new(name), &output, &[&SAMPLE[..], &["--strict"]].concat()));
        let text = std::fs::read_to_string(&output).unwrap();
        assert!(text.contains("Targets: **90**"), "{name}: {text}");
        // Two places that are 3,000 km apart are not put on one map, where neither would be seen.
        assert_eq!(text.contains("23 of 90 targets are far away"), name != "class", "{name}: {text}");
    }
}

#[test]
fn markdown_has_its_pictures_in_a_folder_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("all dams.md");
    let own = template(
        folder.path(),
        "---\ntitle: Dams\nclass: dam\n---\n# {{ class }}\n\n{{ SELECT count(*) FROM targets WHERE class = :class }} of them.\n\n\
         ```sql\nrows: 2\ncaption: The longest\nSELECT id, name, length_m, date FROM targets WHERE class = :class ORDER BY length_m DESC\n```\n\n\
         ```chips\nside: 64\nmost: 2\nSELECT * FROM targets WHERE class = :class ORDER BY id\n```\n",
    );
    success(&report(&own, &output, &[&SAMPLE[..], &["--strict"]].concat()));
    let text = std::fs::read_to_string(&output).unwrap();
    let (own_text, _) = text.split_once("### Image files").unwrap();
    insta::assert_snapshot!(own_text);
    let picture = std::fs::read(folder.path().join("all dams_files/chips-1.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 5_000);
}

#[test]
fn a_query_that_fails_is_told_in_its_place_and_the_rest_stands() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.html");
    let own = template(
        folder.path(),
        "# Kept\n\n```sql\nSELECT lenght FROM targets\n```\n\n```map\nimage: none\n```\n\nKept too, {{ SELECT count(*) FROM targets }}.\n",
    );
    let made = report(&own, &output, &SAMPLE);
    assert!(made.status.success());
    let errors = String::from_utf8_lossy(&made.stderr);
    assert!(errors.contains("2 parts of this report failed"), "{errors}");
    let html = std::fs::read_to_string(&output).unwrap();
    for kept in
        ["<h1>Kept</h1>", "This sql block failed", "no such column", "This map block failed", "<p>Kept too, 90.</p>"]
    {
        assert!(html.contains(kept), "{kept}");
    }
    let strict = report(&own, &output, &[&SAMPLE[..], &["--strict"]].concat());
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn a_target_named_like_a_script_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("hostile.csv");
    std::fs::write(
        &csv,
        "id,class,name,longitude,latitude,image,date,confidence\n\
         1,dam,<script>alert(1)</script>,-54.588,-25.407,LC08_224078_20200518,2020-05-18,0.9\n\
         2,\"<b onclick=x> | *port*\",\"[x](javascript:alert(1)) `</code>`\",-54.60,-25.41,LC08_224078_20200518,2020-05-18,0.8\n",
    )
    .unwrap();
    let db = ["--db", csv.to_str().unwrap(), "--strict"];
    for name in ["image", "class", "area"] {
        for ending in ["html", "md"] {
            let output = folder.path().join(name).with_extension(ending);
            success(&report(Path::new(name), &output, &db));
            let text = std::fs::read_to_string(&output).unwrap();
            if ending == "html" {
                assert_self_contained(&text);
                assert!(!text.contains("<b ") && !text.contains("<script"));
            } else {
                // A sign behind a backslash is text.
                let live = text.replace("\\]", "").replace("\\<", "");
                assert!(!live.contains("](javascript") && !live.contains("<script") && !live.contains("<b "), "{text}");
            }
        }
    }
    let html = std::fs::read_to_string(folder.path().join("image.html")).unwrap();
    assert!(html.contains("&lt;b onclick=x&gt; | *port*"));
}

#[test]
fn what_is_wrong_on_the_command_line_is_told_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).display().to_string();
    let line = failure(&mut cogscope(["report", "image", "-o", &out("a.pdf")]));
    assert!(line.contains("has to end in .html"), "{line}");
    let line = failure(&mut cogscope(["report", "nothing.md", "-o", &out("a.html")]));
    assert!(line.contains("one of image, class, area"), "{line}");
    let line = failure(&mut cogscope(["report", "image", "-o", &out("no/such/folder/a.html")]));
    assert!(line.contains("no/such/folder/a.html") && line.contains("check the path"), "{line}");
    let line = failure(&mut cogscope(["report", "image", "-o", &out("a.html"), "--db", "targets.xyz"]));
    assert!(line.contains("targets.xyz"), "{line}");
    let usage = cogscope(["report", "image", "-o", &out("a.html"), "--param", "class"]).output().unwrap();
    assert_eq!(usage.status.code(), Some(2));
}

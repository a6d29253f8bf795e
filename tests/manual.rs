//! The manual says what is so: each link, command, key and word of the window that it names is there. And the list of crates is that
//! of Cargo.lock.

#![cfg(feature = "window")]
#![expect(clippy::expect_used, reason = "a test that can't go on should say so")]

use std::collections::BTreeSet;
use std::path::Path;

use clap::Parser as _;
use cogscope::cli::Arguments;
use cogscope::render::Expression;
use cogscope::report::template::{Template, TemplatePart};
use cogscope::ui::HelpPage;
use cogscope::ui::help::crates;
use cogscope::ui::help::manual::{PAGES, Page};
use cogscope::ui::keys::{Group, lines_of};

/// What stands between two marks, in text outside of fenced blocks.
fn between(text: &str, mark: &str) -> Vec<String> {
    let text = prose(text);
    let parts: Vec<&str> = text.split(mark).collect();
    assert!(parts.len() % 2 == 1, "a mark {mark} is left open");
    parts.iter().skip(1).step_by(2).map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The text without its fenced blocks.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The lines of the fenced blocks of a kind.
fn blocks<'a>(page: &'a Page, kind: &'a str) -> Vec<&'a str> {
    let mut open = None;
    page.text
        .lines()
        .filter(|line| match (open, line.strip_prefix("```")) {
            (None, Some(word)) => {
                open = Some(word);
                false
            }
            (Some(_), Some("")) => {
                open = None;
                false
            }
            (of, _) => of == Some(kind),
        })
        .collect()
}

#[test]
fn every_link_leads_to_a_page() {
    let known: BTreeSet<&str> = HelpPage::all().map(HelpPage::link).collect();
    let mut count = 0;
    for page in &PAGES {
        for target in page.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(known.contains(target), "{}: {target}", page.name);
            count += 1;
        }
    }
    assert!(count > 12, "{count} links were found");
}

#[test]
fn every_page_of_the_folder_is_in_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/manual");
    let files = std::fs::read_dir(folder).expect("the manual is there");
    let files: BTreeSet<String> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(files, PAGES.iter().map(|page| page.name.to_owned()).collect());
}

/// A line at a prompt, taken apart: double quotes keep words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_command_is_understood() {
    let mut count = 0;
    for page in &PAGES {
        for line in blocks(page, "text").into_iter().filter(|line| line.starts_with("cogscope ")) {
            let parsed = Arguments::try_parse_from(words(line));
            let is_help = parsed.as_ref().is_err_and(|error| error.kind() == clap::error::ErrorKind::DisplayHelp);
            assert!(parsed.is_ok() || is_help, "{}: {line}: {:?}", page.name, parsed.err());
            count += 1;
        }
        for option in between(page.text, "`").iter().filter(|code| code.starts_with("--") && *code != "---") {
            let mut line = words(&format!("cogscope render a.tif --bbox 0,0,1,1 --size 8x8 -o a.png {option}"));
            if option == "--help" || option == "--strict" {
                line = words(&format!("cogscope report class -o a.html {option}"));
            }
            let parsed = Arguments::try_parse_from(line);
            let is_help = parsed.as_ref().is_err_and(|error| error.kind() == clap::error::ErrorKind::DisplayHelp);
            assert!(parsed.is_ok() || is_help, "{}: {option}: {:?}", page.name, parsed.err());
        }
    }
    assert!(count >= 30, "{count} commands were found");
}

#[test]
fn every_expression_is_one() {
    let lines: Vec<&str> = PAGES.iter().flat_map(|page| blocks(page, "expression")).collect();
    assert!(lines.len() > 3, "expressions were found");
    for line in lines {
        assert!(
            Expression::parse(line, &["", "", "", ""]).is_ok(),
            "{line}: {:?}",
            Expression::parse(line, &["", "", "", ""])
        );
    }
    let listed: BTreeSet<String> = PAGES
        .iter()
        .flat_map(|page| between(page.text, "`"))
        .find(|code| code.starts_with("abs "))
        .map(|code| code.split(' ').map(str::to_owned).collect())
        .expect("the functions are listed");
    assert_eq!(listed, cogscope::render::function_names().map(str::to_owned).collect());
}

#[test]
fn the_template_makes_all_kinds_of_blocks() {
    let page = PAGES.iter().find(|page| page.name == "reports.md").expect("there is a page on reports");
    let text = page.text.split("````text\n").nth(1).and_then(|rest| rest.split("````").next()).expect("a template");
    let template = Template::parse(text);
    let kinds: Vec<&str> = template.blocks().map(|block| block.kind.name()).collect();
    assert_eq!((template.title.as_str(), kinds), ("Boats", vec!["sql", "map", "plot", "chips"]));
    assert!(template.parts.iter().any(|part| matches!(part, TemplatePart::Text(text) if !text.wishes.is_empty())));
}

/// Texts in the sources of the window, with their escapes resolved.
fn words_of_the_window() -> String {
    let mut text = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")];
    folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("wix"));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "wxs") {
                text.push_str(&std::fs::read_to_string(&path).expect("a source is text"));
            }
        }
    }
    text.replace("\\u{2026}", "\u{2026}").replace("\\u{2013}", "\u{2013}")
}

#[test]
fn every_key_and_every_word_of_the_window_is_there() {
    let keys = Group::ALL.into_iter().flat_map(lines_of).map(|(keys, _)| keys);
    let mut keys: BTreeSet<String> =
        keys.flat_map(|keys| keys.split(", ").map(str::to_owned).collect::<Vec<_>>()).collect();
    keys.extend(["1 \u{2013} 9", "Shift", "Ctrl", "Alt", "Space", "Ctrl+Enter"].map(str::to_owned));
    let window = words_of_the_window();
    let mut count = 0;
    for page in &PAGES {
        for word in between(page.text, "**") {
            let is_text = window.contains(&format!("\"{word}\"")) || window.contains(&format!("\"{word}, "));
            assert!(keys.contains(&word) || is_text, "{}: neither a key nor a word of the window: {word}", page.name);
            count += 1;
        }
    }
    assert!(count > 120, "{count} were found");
}

#[test]
fn the_list_of_crates_is_that_of_the_lock_file() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).expect("it is there");
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let locked: BTreeSet<(String, String)> = lock
        .split("[[package]]")
        .filter(|block| block.contains("\nsource = "))
        .filter_map(|block| Some((value(block, "name")?, value(block, "version")?)))
        .collect();
    let listed: BTreeSet<(String, String)> = crates::LIST
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(name, rest)| Some((name.to_owned(), rest.split('\t').next()?.to_owned())))
        .collect();
    let differences: Vec<_> = locked.symmetric_difference(&listed).collect();
    assert!(differences.is_empty(), "run wix/licences.py --list assets/crates.tsv: {differences:?}");
    assert!(crates::linked().count() > 300 && crates::version_of("egui").is_some());
}

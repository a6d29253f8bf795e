//! Values in Markdown: the text is parsed with marks where values belong, so that no value takes part in the parsing.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::escape::{address_text, code_text, markdown_text, plain};
use crate::report::figure::escape_xml;
use crate::report::page::FilledText;

/// Private characters around the number of a value.
pub(super) const OPEN: char = '\u{e000}';
pub(super) const CLOSE: char = '\u{e001}';

/// What of Markdown is understood.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// The text with a numbered mark for each value.
pub(super) fn marked(text: &FilledText) -> String {
    let mut own = text.text.clone();
    for piece in &mut own.pieces {
        piece.retain(|letter| letter != OPEN && letter != CLOSE);
    }
    own.filled(|at| format!("{OPEN}{at}{CLOSE}"))
}

/// A piece of a text with marks.
pub(super) enum Piece<'a> {
    Text(&'a str),
    Value(usize),
}

/// Cuts a text at its marks.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((number, behind)) = after.split_once(CLOSE) else { break };
        if !before.is_empty() {
            found.push(Piece::Text(before));
        }
        found.extend(number.parse().map(Piece::Value));
        rest = behind;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

/// The text with its marks replaced.
pub(super) fn replaced(text: &str, value: impl Fn(usize) -> String) -> String {
    let of = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Value(at) => value(at),
    };
    pieces(text).into_iter().map(of).collect()
}

/// A value as plain text, whatever came of it.
pub(super) fn value_text(text: &FilledText, at: usize) -> String {
    match text.values.get(at) {
        Some(Ok(value)) => plain(value),
        Some(Err(reason)) => format!("\u{26a0} {}", plain(reason)),
        None => String::new(),
    }
}

/// In what a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Code { is_in_table: bool },
    Html,
    Address,
}

/// The text as Markdown with its values put in, each escaped for the place where it stands.
pub fn filled_markdown(text: &FilledText) -> String {
    let marked = marked(text);
    let places = places(&marked, text.values.len());
    replaced(&marked, |at| {
        let place = places.get(at).copied().unwrap_or(Place::Address);
        match (text.values.get(at), place) {
            (Some(Ok(value)), Place::Text) => markdown_text(value),
            (Some(Err(reason)), Place::Text) => format!("**\u{26a0} {}**", markdown_text(reason)),
            (_, Place::Code { is_in_table }) => code_text(&value_text(text, at), is_in_table),
            (_, Place::Html) => escape_xml(&value_text(text, at)),
            (_, Place::Address) => address_text(&value_text(text, at)),
            (None, Place::Text) => String::new(),
        }
    })
}

/// Where each value stands. What no event covers is an address, the strictest: a link's definition is such a place.
fn places(marked: &str, count: usize) -> Vec<Place> {
    let mut places = vec![Place::Address; count];
    let (mut is_in_code, mut is_in_table) = (false, false);
    for (event, range) in Parser::new_ext(marked, options()).into_offset_iter() {
        let place = match event {
            Event::Start(Tag::CodeBlock(_)) => {
                is_in_code = true;
                continue;
            }
            Event::End(TagEnd::CodeBlock) => {
                is_in_code = false;
                continue;
            }
            Event::Start(Tag::Table(_)) => {
                is_in_table = true;
                continue;
            }
            Event::End(TagEnd::Table) => {
                is_in_table = false;
                continue;
            }
            Event::Text(_) if is_in_code => Place::Code { is_in_table: false },
            Event::Text(_) => Place::Text,
            Event::Code(_) => Place::Code { is_in_table },
            Event::Html(_) | Event::InlineHtml(_) => Place::Html,
            _ => continue,
        };
        for piece in pieces(marked.get(range).unwrap_or_default()) {
            if let Piece::Value(at) = piece
                && let Some(slot) = places.get_mut(at)
            {
                *slot = place;
            }
        }
    }
    places
}

/// The text as HTML. Tags that the template itself has are shown as text, comments are left out; addresses lead to the web, to
/// mail or into the page, and pictures are within the page.
pub(super) fn filled_html(text: &FilledText) -> String {
    let marked = marked(text);
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut links: Vec<bool> = Vec::new();
    let value = |at: usize| value_text(text, at);
    for event in Parser::new_ext(&marked, options()) {
        match event {
            Event::Text(own) => push_text(&mut events, text, &own),
            Event::Code(own) => events.push(Event::Code(replaced(&own, value).into())),
            Event::Html(own) | Event::InlineHtml(own) => {
                let own = replaced(&own, value);
                let trimmed = own.trim();
                if !(trimmed.starts_with("<!--") && trimmed.ends_with("-->")) {
                    events.push(Event::Text(own.into()));
                }
            }
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let address = replaced(&dest_url, |at| address_text(&value(at)));
                links.push(leads_somewhere_harmless(&address));
                if links.last() == Some(&true) {
                    let title: CowStr<'_> = replaced(&title, value).into();
                    events.push(Event::Start(Tag::Link { link_type, dest_url: address.into(), title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop() == Some(true) {
                    events.push(Event::End(TagEnd::Link));
                }
            }
            // A picture from elsewhere would have to be fetched: its description stands for it.
            Event::Start(Tag::Image { .. }) => events.push(Event::Html("<span class=\"elsewhere\">".into())),
            Event::End(TagEnd::Image) => events.push(Event::Html("</span>".into())),
            Event::Start(Tag::CodeBlock(kind)) => {
                use pulldown_cmark::CodeBlockKind::{Fenced, Indented};
                let kind = match kind {
                    Fenced(info) => Fenced(replaced(&info, value).into()),
                    Indented => Indented,
                };
                events.push(Event::Start(Tag::CodeBlock(kind)));
            }
            other => events.push(other),
        }
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    html
}

fn push_text(events: &mut Vec<Event<'_>>, text: &FilledText, own: &str) {
    for piece in pieces(own) {
        let event = match piece {
            Piece::Text(piece) => Event::Text(piece.to_owned().into()),
            Piece::Value(at) => match text.values.get(at) {
                Some(Err(_)) => {
                    let reason = escape_xml(&value_text(text, at));
                    Event::InlineHtml(format!("<strong class=\"problem\">{reason}</strong>").into())
                }
                _ => Event::Text(value_text(text, at).into()),
            },
        };
        events.push(event);
    }
}

fn leads_somewhere_harmless(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:", "#"].iter().any(|start| lower.starts_with(start))
}

//! A small tree of XML elements, for the XML inside of tags and of `.aux.xml` files. Bounded in depth.
//!
//! As strict as GDAL: names are compared whatever their case, attributes need no quotes, but of a text that ends too early
//! or closes what isn't open, nothing is believed.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Nesting that is followed; elements below are dropped.
const MAX_DEPTH: usize = 32;

/// An element with its attributes, its text without surrounding blanks, and its children in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The document's elements under a nameless root; nothing where the document is broken.
    pub(crate) fn parse(xml: &str) -> Self {
        Self::parse_whole(xml).unwrap_or_default()
    }

    fn parse_whole(xml: &str) -> Option<Self> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event() {
                Ok(Event::Start(start)) => open.push(Self::from_start(&start)),
                Ok(Event::Empty(start)) => {
                    open.push(Self::from_start(&start));
                    close(&mut open);
                }
                Ok(Event::End(end)) => {
                    let is_open = open.len() > 1
                        && open.last().is_some_and(|element| element.name.eq_ignore_ascii_case(end.name().as_ref()));
                    if !is_open {
                        return None;
                    }
                    close(&mut open);
                }
                Ok(Event::Text(text)) => add_text(&mut open, &text.xml10_content()),
                Ok(Event::CData(text)) => add_text(&mut open, &text.xml10_content()),
                Ok(Event::GeneralRef(reference)) => {
                    let name = reference.xml10_content();
                    let character = match reference.resolve_char_ref() {
                        Ok(Some(character)) => Some(character.to_string()),
                        _ => quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned),
                    };
                    add_text(&mut open, &character.unwrap_or_default());
                }
                Ok(Event::Eof) => break,
                Err(_) => return None,
                Ok(_) => {}
            }
        }
        open.pop().filter(|_| open.is_empty())
    }

    fn from_start(start: &BytesStart<'_>) -> Self {
        let mut found = start.html_attributes();
        let attributes = found.with_checks(false).flatten().map(|attribute| {
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
            (attribute.key.as_ref().to_owned(), value.map(std::borrow::Cow::into_owned).unwrap_or_default())
        });
        Self { name: start.name().as_ref().to_owned(), attributes: attributes.collect(), ..Self::default() }
    }

    /// Value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// First child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
    }

    /// All children of that name.
    pub(crate) fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name.eq_ignore_ascii_case(name))
    }

    /// Text of the first child of that name, `None` where it is empty.
    pub(crate) fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }
}

fn add_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Moves the innermost open element into its parent.
fn close(open: &mut Vec<Element>) {
    if open.len() < 2 {
        return;
    }
    let depth = open.len();
    if let (Some(element), Some(parent)) = (open.pop(), open.last_mut())
        && depth <= MAX_DEPTH
    {
        parent.children.push(element);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_escaped_text_are_read() {
        let root = Element::parse("<A><B k=\"x&quot;y\">1 &lt; 2</B><B/><C><![CDATA[<raw>]]></C></A>");
        let a = root.child("A").unwrap();
        assert_eq!(a.child("B").unwrap().attribute("k"), Some("x\"y"));
        assert_eq!(a.child_text("B"), Some("1 < 2"));
        assert_eq!(a.child_text("C"), Some("<raw>"));
        assert_eq!(a.children_named("B").count(), 2);
    }

    #[test]
    fn what_is_cut_off_or_closed_wrongly_is_not_believed() {
        for xml in ["<A><B>text</B><C k=\"", "<A><B>text</B>", "<A><B>text</C></A>", "<A/></A>", "</A>"] {
            assert_eq!(Element::parse(xml), Element::default(), "{xml}");
        }
    }

    #[test]
    fn case_and_quotes_do_not_matter() {
        let root = Element::parse("<a><B K=1 l='2'>text</b></A>");
        let b = root.child("A").and_then(|a| a.child("b")).unwrap();
        assert_eq!((b.attribute("k"), b.attribute("L")), (Some("1"), Some("2")));
    }

    #[test]
    fn deep_nesting_is_cut_and_does_not_overflow_the_stack() {
        let root = Element::parse(&"<A>".repeat(200_000));
        assert_eq!(root.name, "");
    }
}

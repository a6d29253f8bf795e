//! WKT as a tree: keywords, their values, and the nodes inside of them.

/// A node of WKT: keyword, quoted or plain values, nodes inside.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub(super) keyword: &'a str,
    pub(super) values: Vec<&'a str>,
    pub(super) nodes: Vec<Node<'a>>,
}

/// Nesting that is followed.
const MAX_DEPTH: usize = 32;

impl<'a> Node<'a> {
    /// The first node of one of these keywords directly inside of this one.
    pub(super) fn child(&self, keywords: &[&str]) -> Option<&Self> {
        self.nodes.iter().find(|node| keywords.contains(&node.keyword))
    }

    /// A value, without its quotes.
    pub(super) fn value(&self, index: usize) -> Option<&'a str> {
        self.values.get(index).copied()
    }

    /// A value that is a number.
    pub(super) fn number(&self, index: usize) -> Option<f64> {
        self.value(index)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The EPSG code that the node itself is given.
    pub(super) fn epsg(&self) -> Option<u32> {
        let is_code = |node: &&Self| matches!(node.keyword, "AUTHORITY" | "ID");
        let node = self.nodes.iter().rev().find(is_code)?;
        (node.value(0) == Some("EPSG")).then(|| node.value(1)?.parse().ok()).flatten()
    }
}

/// The text as a tree; `None` where its brackets don't close.
pub(super) fn tree(wkt: &str) -> Option<Node<'_>> {
    let mut rest = wkt.trim();
    parse(&mut rest, 0)
}

/// Where the quote is that closes a text; two in a row stand for one inside of it.
fn closing_quote(quoted: &str) -> Option<usize> {
    let bytes = quoted.as_bytes();
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Reads a node from the start of `rest` and leaves what follows. Brackets may be square or round.
fn parse<'a>(rest: &mut &'a str, depth: usize) -> Option<Node<'a>> {
    let open = rest.find(['[', '('])?;
    let (keyword, inside) = rest.split_at(open);
    let mut node = Node { keyword: keyword.trim(), ..Node::default() };
    *rest = inside.get(1..)?.trim_start();
    if depth >= MAX_DEPTH {
        return None;
    }
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = closing_quote(quoted)?;
            node.values.push(quoted.get(..end)?);
            *rest = quoted.get(end + 1..)?;
        } else {
            let end = rest.find(['[', '(', ']', ')', ','])?;
            if rest.get(end..)?.starts_with(['[', '(']) {
                node.nodes.push(parse(rest, depth + 1)?);
            } else {
                let (value, after) = rest.split_at(end);
                node.values.push(value.trim());
                *rest = after;
            }
        }
        *rest = rest.trim_start();
        match rest.chars().next()? {
            ',' => *rest = rest.get(1..)?.trim_start(),
            ']' | ')' => {
                *rest = rest.get(1..)?;
                return Some(node);
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_nodes_are_told_apart() {
        let root =
            tree(r#" PROJCS ["a, [b]", UNIT("m", 1.5, AUTHORITY["EPSG","9001"]), X[east], ID["EPSG",26986]]"#).unwrap();
        assert_eq!((root.keyword, root.value(0), root.epsg()), ("PROJCS", Some("a, [b]"), Some(26986)));
        let unit = root.child(&["LENGTHUNIT", "UNIT"]).unwrap();
        assert_eq!((unit.number(1), unit.epsg()), (Some(1.5), Some(9001)));
        assert_eq!(root.child(&["X"]).and_then(|node| node.value(0)), Some("east"));
    }

    #[test]
    fn two_quotes_in_a_row_are_one_inside_of_a_text() {
        let root = tree(r#"A["7 13'22.5""E",""]"#).unwrap();
        assert_eq!(root.values, [r#"7 13'22.5""E"#, ""]);
    }

    #[test]
    fn text_that_is_cut_off_or_nested_without_end_is_no_tree() {
        let text = r#"PROJCS["a",UNIT["m",1,AUTHORITY["EPSG","9001"]]]"#;
        assert!(tree(text).is_some());
        for length in 0..text.len() {
            assert!(tree(&text[..length]).is_none(), "{length}");
        }
        assert!(tree(&"A[".repeat(100_000)).is_none());
    }
}

//! A request's query: names in any case, `%xx` and `+` decoded, what is unknown ignored.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::error::RequestError;

/// Name and value of each parameter, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Of the text behind the `?`.
    pub(super) fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self { pairs: pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned())).collect() }
    }

    /// Of names in lower case with their values.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// The first value of a parameter, whatever the case of its name; empty ones too.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The first value, if it isn't empty.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Every value of a parameter that may be given several times.
    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = name.to_ascii_lowercase();
        self.pairs.iter().filter(move |(own, _)| *own == name).map(|(_, value)| value.as_str())
    }

    /// A value that has to be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, RequestError> {
        self.filled(name).ok_or_else(|| RequestError::parameter(name, "it is missing"))
    }

    /// All parameters but some.
    pub(super) fn without(&self, names: &[&str]) -> Self {
        Self { pairs: self.pairs.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect() }
    }

    /// As a query again, with its `?`; nothing if there are none.
    pub(super) fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.pairs);
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }

    /// A number or the like; `None` if it isn't given.
    pub(super) fn value<T: FromStr>(&self, name: &str, what: &str) -> Result<Option<T>, RequestError> {
        let parse = |text: &str| {
            text.parse().map_err(|_| RequestError::parameter(name, format!("`{}` is no {what}", shortened(text))))
        };
        self.filled(name).map(parse).transpose()
    }

    /// True or false in any case; `None` if it isn't given.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, RequestError> {
        match self.filled(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") || text == "1" => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") || text == "0" => Ok(Some(false)),
            Some(text) => {
                Err(RequestError::parameter(name, format!("`{}` is neither true nor false", shortened(text))))
            }
        }
    }
}

/// The start of a text of a request, for a message.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_any_case_and_values_are_decoded() {
        let given = Parameters::parse("LAYERS=a%2Cb&Format=image%2Fpng&title=two+words&empty=&bidx=1&BIDX=3");
        assert_eq!(given.text("layers"), Some("a,b"));
        assert_eq!(given.text("FORMAT"), Some("image/png"));
        assert_eq!(given.text("title"), Some("two words"));
        assert_eq!((given.text("empty"), given.filled("empty")), (Some(""), None));
        assert_eq!(given.all("bidx").collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(given.text("unknown"), None);
    }

    #[test]
    fn flags_come_in_any_case_and_numbers_are_checked() {
        let given = Parameters::parse("a=True&b=FALSE&c=maybe&width=12&height=99999999999999999999");
        assert_eq!((given.flag("a"), given.flag("b"), given.flag("d")), (Ok(Some(true)), Ok(Some(false)), Ok(None)));
        assert!(given.flag("c").is_err());
        assert_eq!(given.value::<u32>("width", "number"), Ok(Some(12)));
        let refused = given.value::<u32>("height", "number").unwrap_err();
        assert_eq!(refused.to_string(), "height: `99999999999999999999` is no number");
    }

    #[test]
    fn a_query_can_be_written_again() {
        let given = Parameters::parse("A=1,2&b=x%20y&C=3");
        assert_eq!(given.without(&["c"]).to_query(), "?a=1%2C2&b=x+y");
        assert_eq!(Parameters::default().to_query(), "");
    }

    #[test]
    fn bytes_that_are_no_text_harm_nobody() {
        assert_eq!(Parameters::parse("a=%ff%00%&b=%zz").text("b"), Some("%zz"));
    }
}

//! Long lists, a page at a time: `limit` and `page`, counted from 1.

use super::error::RequestError;
use super::parameters::Parameters;

/// Entries of a page unless something else is said, and at most.
const USUAL: usize = 100;
const MOST: usize = 10_000;

/// Part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    limit: usize,
    /// Counted from 0.
    index: usize,
}

impl Page {
    pub(super) fn from_query(given: &Parameters) -> Result<Self, RequestError> {
        let limit = given.value("limit", "number")?.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(RequestError::parameter("limit", format!("a page has 1 to {MOST} entries")));
        }
        let page: usize = given.value("page", "number")?.unwrap_or(1);
        let index = page.checked_sub(1).ok_or_else(|| RequestError::parameter("page", "the first page is 1"))?;
        Ok(Self { limit, index })
    }

    /// How many entries lie before it.
    pub(super) fn start(self) -> usize {
        self.index.saturating_mul(self.limit)
    }

    /// Its entries.
    pub(super) fn of<T>(self, all: &[T]) -> &[T] {
        let rest = all.get(self.start()..).unwrap_or_default();
        rest.get(..self.limit).unwrap_or(rest)
    }

    /// The query of the next page of a list of `total`; `None` on the last.
    pub(super) fn next(self, total: usize, given: &Parameters) -> Option<String> {
        (self.start().saturating_add(self.limit) < total).then(|| {
            let query = given.without(&["page"]).to_query();
            let sign = if query.is_empty() { "?" } else { "&" };
            format!("{query}{sign}page={}", self.index.saturating_add(2))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_and_end() {
        let all: Vec<usize> = (0..25).collect();
        let given = Parameters::parse("limit=10&class=ship&page=2");
        let page = Page::from_query(&given).unwrap();
        assert_eq!(page.of(&all), &all[10..20]);
        assert_eq!(page.next(25, &given).unwrap(), "?limit=10&class=ship&page=3");
        let last = Page::from_query(&Parameters::parse("limit=10&page=3")).unwrap();
        assert_eq!((last.of(&all), last.next(25, &given)), (&all[20..], None));
        let beyond = Page::from_query(&Parameters::parse("page=18446744073709551615")).unwrap();
        assert_eq!((beyond.of(&all), beyond.next(25, &given)), (&[][..], None));
    }

    #[test]
    fn pages_that_cannot_be_are_refused() {
        for query in ["limit=0", "limit=10001", "page=0", "page=-1", "limit=many"] {
            assert!(Page::from_query(&Parameters::parse(query)).is_err(), "{query}");
        }
    }
}

//! What a table on a server holds besides what is in view, where it is too large to be read wholly.

use crate::targets::TargetFilter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Counts of a whole table.
#[derive(Clone, Debug)]
pub struct WholeTable {
    /// Whose: [`super::TargetsSource::path`].
    pub of: PathBuf,
    /// What was counted: what passes this, whatever its class.
    pub filter: TargetFilter,
    /// Every class with its number of targets, most first.
    pub classes: Arc<[(String, u64)]>,
}

impl WholeTable {
    /// Whether these are the counts of a table.
    pub fn is_of(&self, path: Option<&Path>) -> bool {
        path == Some(self.of.as_path())
    }

    /// How many targets of a class there are.
    pub fn count_of(&self, class: &str) -> u64 {
        self.classes.iter().find(|(name, _)| name == class).map_or(0, |(_, count)| *count)
    }

    /// How many targets there are.
    pub fn total(&self) -> u64 {
        self.classes.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_one_table() {
        let whole = WholeTable {
            of: "found (host=a)".into(),
            filter: TargetFilter::default(),
            classes: [("dam".to_owned(), 3), ("ship".to_owned(), 2)].into(),
        };
        assert!(whole.is_of(Some(Path::new("found (host=a)"))) && !whole.is_of(Some(Path::new("found"))));
        assert_eq!((whole.count_of("ship"), whole.count_of("port"), whole.total()), (2, 0, 5));
    }
}

//! Targets that are on the map beside those that the panels are about.

use super::{TargetList, TargetsSource};
use crate::targets::{ClassColor, ClassColors, ClassId, TargetFilter, TargetIndex};
use std::path::{Path, PathBuf};

/// Targets on the map beside those that the panels are about: they can be seen and clicked, but not selected.
#[derive(Debug)]
pub struct TargetLayer {
    /// Which of [`TargetList::sources`].
    pub source: usize,
    /// Where those of them are that pass the filter.
    pub index: TargetIndex,
    pub(super) colors: ClassColors,
}

impl TargetLayer {
    /// The colour of a class of these targets.
    pub fn color(&self, class: ClassId) -> ClassColor {
        self.colors.color(class)
    }
}

impl TargetList {
    /// Shows targets on the map beside those that the panels are about, or no more.
    pub fn set_beside(&mut self, index: usize, is_beside: bool) {
        if let Some(source) = self.sources.get_mut(index) {
            source.is_beside = is_beside;
            self.beside.retain(|path| *path != source.path);
            if is_beside {
                self.beside.push(source.path.clone());
            }
            self.show_beside_anew();
        }
    }

    /// What is on the map beside those that the panels are about, by [`TargetsSource::path`]; also what is not there yet.
    pub fn beside(&self) -> &[PathBuf] {
        &self.beside
    }

    /// These are to be on the map too, as soon as they are there.
    pub fn show_beside(&mut self, paths: Vec<PathBuf>) {
        self.beside = paths;
    }

    pub(super) fn is_beside(&self, path: &Path) -> bool {
        self.beside.iter().any(|known| known == path)
    }

    /// Targets on the map beside those that the panels are about.
    pub fn layers(&self) -> &[TargetLayer] {
        &self.layers
    }

    /// Finds out where those targets are that are shown beside; the filter holds for them too.
    pub(super) fn show_beside_anew(&mut self) {
        let filter = TargetFilter { only: None, ..self.filter.clone() };
        let sources = self.sources.iter().enumerate();
        let beside = sources.filter(|(at, source)| source.is_beside && *at != self.active);
        let layer = |(source, of): (usize, &TargetsSource)| TargetLayer {
            source,
            index: TargetIndex::build(&of.set, &filter.apply(&of.set)),
            colors: ClassColors::of(&of.set, &self.overrides),
        };
        self.layers = beside.map(layer).collect();
        self.revision = self.revision.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::set;
    use super::*;

    #[test]
    fn other_targets_lie_beside_those_that_the_panels_are_about() {
        let mut list = TargetList::default();
        list.show_beside(vec!["b.csv".into()]);
        list.add("a.csv".into(), set(&["dam", "port"]));
        list.add("b.csv".into(), set(&["dam one", "port", "dam two"]));
        let beside = |list: &TargetList| list.layers().iter().map(|layer| (layer.source, layer.index.len())).collect();
        let counts: Vec<(usize, usize)> = beside(&list);
        assert_eq!((list.set().unwrap().len(), counts), (2, vec![(1, 3)]));
        list.set_filter(TargetFilter { text: "dam".into(), ..TargetFilter::default() });
        assert_eq!(beside(&list), [(1, 2)]);
        list.choose(1);
        assert!(beside(&list).is_empty(), "they are not twice on the map");
        list.set_beside(0, true);
        assert_eq!(beside(&list), [(0, 1)]);
        list.set_beside(0, false);
        assert!(beside(&list).is_empty());
        assert_eq!(list.beside(), [PathBuf::from("b.csv")]);
    }
}

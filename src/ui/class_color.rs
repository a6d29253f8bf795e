//! Colours of classes as egui takes them.

use crate::document::Document;
use crate::targets::{ClassColor, ClassId};
use egui::Color32;

/// The colour of a class of the targets on the map.
pub fn of_class(document: &Document, class: ClassId) -> Color32 {
    let ClassColor { red, green, blue } = document.targets.color(class);
    Color32::from_rgb(red, green, blue)
}

/// The colour of a class by its name.
pub fn of(document: &Document, name: &str) -> Color32 {
    let class = document.targets.set().and_then(|set| set.class_named(name));
    class.map_or(Color32::GRAY, |class| of_class(document, class))
}

//! The templates that come with the program.

/// A template that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// What the command line calls it.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// All of them, in the order in which they are offered.
pub const SHIPPED: [Shipped; 3] = [
    Shipped { name: "image", text: include_str!("../../assets/reports/image.md") },
    Shipped { name: "class", text: include_str!("../../assets/reports/class.md") },
    Shipped { name: "area", text: include_str!("../../assets/reports/area.md") },
];

/// The template of this name.
pub fn shipped(name: &str) -> Option<Shipped> {
    SHIPPED.into_iter().find(|template| template.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::template::Template;

    #[test]
    fn each_has_a_title_and_says_what_it_is_for() {
        for each in SHIPPED {
            let template = Template::parse(each.text);
            assert!(!template.title.is_empty() && !template.about.is_empty(), "{}", each.name);
            assert!(template.blocks().count() > 3, "{}", each.name);
        }
    }
}

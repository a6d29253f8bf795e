//! The colours of a figure, as those of the window.

use serde::{Deserialize, Serialize};

use super::shapes::Ink;

/// Dark on light or light on dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureTheme {
    /// For paper.
    #[default]
    Light,
    /// For screens in the dark.
    Dark,
}

impl FigureTheme {
    fn choose(self, light: [u8; 3], dark: [u8; 3]) -> Ink {
        Ink::opaque(if self == Self::Light { light } else { dark })
    }

    /// Behind everything.
    pub fn paper(self) -> Ink {
        self.choose([255, 255, 255], [27, 29, 32])
    }

    /// Titles.
    pub fn text(self) -> Ink {
        self.choose([43, 47, 54], [208, 212, 218])
    }

    /// Numbers along axes, notes.
    pub fn muted(self) -> Ink {
        self.choose([96, 102, 112], [146, 152, 161])
    }

    /// Lines behind the marks.
    pub fn hairline(self) -> Ink {
        self.choose([222, 224, 228], [46, 49, 54])
    }

    /// Marks without groups.
    pub fn accent(self) -> [u8; 3] {
        if self == Self::Light { [20, 101, 217] } else { [77, 157, 255] }
    }
}

//! One detection as it is shown.

use jiff::civil::Date;

use crate::db::Value;
use crate::geo::LonLat;

/// A target by its row in its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetId(u32);

impl TargetId {
    /// The target of a row; `None` above 2^32 - 1.
    pub fn from_row(row: usize) -> Option<Self> {
        u32::try_from(row).ok().map(Self)
    }

    /// The row in the set's table.
    pub fn row(self) -> usize {
        self.0 as usize
    }
}

/// A class of targets by its place in the set's list of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub(super) u32);

impl ClassId {
    /// The place in the set's list of classes.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One detection, borrowed from its set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target<'a> {
    /// The row.
    pub id: TargetId,
    /// The store's own key; null when it has none.
    pub key: Value<'a>,
    /// The class.
    pub class: ClassId,
    /// The class by name.
    pub class_name: &'a str,
    /// What people call it.
    pub name: Option<&'a str>,
    /// Where it is, WGS 84.
    pub position: LonLat,
    /// The image that it was found in, as the source writes it.
    pub image: Option<&'a str>,
    /// The day of the detection or the acquisition.
    pub date: Option<Date>,
    /// How sure the detector was, as the source writes it.
    pub confidence: Option<f64>,
}

impl Target<'_> {
    /// What to call it in a list: its name, else its class and key.
    pub fn label(&self) -> String {
        match (self.name.map(str::trim).filter(|name| !name.is_empty()), self.key) {
            (Some(name), _) => name.to_owned(),
            (None, Value::Null) => format!("{} {}", self.class_name, self.id.row() + 1),
            (None, key) => format!("{} {key}", self.class_name),
        }
    }
}

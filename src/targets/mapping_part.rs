//! The parts that a column can play, one by one: for forms that ask of each column which part it plays.

use super::Mapping;

/// A part that a column can play in a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MappingPart {
    /// The key of the row.
    Id,
    /// What was detected.
    Class,
    /// What people call it.
    Name,
    /// Degrees, east positive.
    Longitude,
    /// Degrees, north positive.
    Latitude,
    /// The column of the pixel in its image.
    PixelColumn,
    /// The row of the pixel in its image.
    PixelRow,
    /// The image that it was found in.
    Image,
    /// When.
    Date,
    /// How sure the detector was.
    Confidence,
}

impl MappingPart {
    /// All of them, in the order in which forms offer them.
    pub const ALL: [Self; 10] = [
        Self::Longitude,
        Self::Latitude,
        Self::Class,
        Self::Name,
        Self::Image,
        Self::Date,
        Self::Confidence,
        Self::Id,
        Self::PixelColumn,
        Self::PixelRow,
    ];

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Id => "key",
            Self::Class => "class",
            Self::Name => "name",
            Self::Longitude => "longitude",
            Self::Latitude => "latitude",
            Self::PixelColumn => "pixel column",
            Self::PixelRow => "pixel row",
            Self::Image => "image",
            Self::Date => "date",
            Self::Confidence => "confidence",
        }
    }
}

impl Mapping {
    /// The part that a column plays; the first of several.
    pub fn part_of(&self, column: &str) -> Option<MappingPart> {
        MappingPart::ALL.into_iter().find(|part| self.column_of(*part) == Some(column))
    }

    /// The column that plays a part.
    pub fn column_of(&self, part: MappingPart) -> Option<&str> {
        let column = match part {
            MappingPart::Id => &self.id,
            MappingPart::Class => &self.class,
            MappingPart::Name => &self.name,
            MappingPart::Longitude => &self.longitude,
            MappingPart::Latitude => &self.latitude,
            MappingPart::PixelColumn => &self.pixel_column,
            MappingPart::PixelRow => &self.pixel_row,
            MappingPart::Image => &self.image,
            MappingPart::Date => &self.date,
            MappingPart::Confidence => &self.confidence,
        };
        column.as_deref()
    }

    /// The place of a part.
    pub fn slot(&mut self, part: MappingPart) -> &mut Option<String> {
        match part {
            MappingPart::Id => &mut self.id,
            MappingPart::Class => &mut self.class,
            MappingPart::Name => &mut self.name,
            MappingPart::Longitude => &mut self.longitude,
            MappingPart::Latitude => &mut self.latitude,
            MappingPart::PixelColumn => &mut self.pixel_column,
            MappingPart::PixelRow => &mut self.pixel_row,
            MappingPart::Image => &mut self.image,
            MappingPart::Date => &mut self.date,
            MappingPart::Confidence => &mut self.confidence,
        }
    }

    /// Lets a column play a part, and no other; `None`: none. What played it plays none any more.
    pub fn set_part(&mut self, column: &str, part: Option<MappingPart>) {
        for part in MappingPart::ALL {
            let slot = self.slot(part);
            if slot.as_deref() == Some(column) {
                *slot = None;
            }
        }
        if let Some(part) = part {
            *self.slot(part) = Some(column.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_plays_one_part_and_a_part_is_played_by_one_column() {
        let mut mapping = Mapping::default();
        for part in MappingPart::ALL {
            mapping.set_part(part.words(), Some(part));
        }
        for part in MappingPart::ALL {
            assert_eq!((mapping.part_of(part.words()), mapping.column_of(part)), (Some(part), Some(part.words())));
        }
        mapping.set_part("class", Some(MappingPart::Name));
        assert_eq!((mapping.class.as_deref(), mapping.name.as_deref()), (None, Some("class")));
        assert_eq!(mapping.part_of("name"), None);
        mapping.set_part("class", None);
        assert_eq!(mapping.name, None);
    }
}

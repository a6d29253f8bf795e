//! A column of texts in one allocation: the texts end to end, and where each ends.

/// Texts end to end. A null takes no bytes and is told from an empty text by a flag.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TextColumn {
    bytes: String,
    /// End of each text in `bytes`; a text starts where the one before it ends.
    ends: Vec<usize>,
    /// True where the row has no value.
    nulls: Vec<bool>,
}

impl TextColumn {
    /// Number of rows, nulls included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Appends a text, or a null.
    pub fn push(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.bytes.push_str(text);
        }
        self.ends.push(self.bytes.len());
        self.nulls.push(text.is_none());
    }

    /// The text of a row; `None` for a null and for a row that isn't there.
    pub fn get(&self, row: usize) -> Option<&str> {
        if *self.nulls.get(row)? {
            return None;
        }
        let start = match row.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes.get(start..*self.ends.get(row)?)
    }

    /// Every row in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Bytes that the column takes.
    pub fn memory_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<usize>() + self.nulls.capacity()
    }
}

impl<'a> FromIterator<Option<&'a str>> for TextColumn {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(texts: I) -> Self {
        let mut column = Self::default();
        texts.into_iter().for_each(|text| column.push(text));
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_empty_texts_are_told_apart() {
        let column: TextColumn = [Some("ação"), None, Some(""), Some("z")].into_iter().collect();
        assert_eq!(column.iter().collect::<Vec<_>>(), [Some("ação"), None, Some(""), Some("z")]);
        assert_eq!(column.get(4), None);
    }
}

//! Images and scenes that can share a style: same instrument, same bands, same type of values, same colour table.

use std::fmt;
use std::sync::Arc;

use super::sensor::Sensor;
use super::source::SourceBand;

/// What a style belongs to. Cheap to clone; two kinds are equal if all that they are made of is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kind {
    parts: Arc<KindParts>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct KindParts {
    sensor: Option<Sensor>,
    bands: Vec<SourceBand>,
    palette: Option<u64>,
}

impl Kind {
    pub(super) fn new(sensor: Option<Sensor>, bands: Vec<SourceBand>, palette: Option<u64>) -> Self {
        Self { parts: Arc::new(KindParts { sensor, bands, palette }) }
    }

    /// The instrument, if known.
    pub fn sensor(&self) -> Option<Sensor> {
        self.parts.sensor
    }

    /// The bands.
    pub fn bands(&self) -> &[SourceBand] {
        &self.parts.bands
    }
}

/// For people and as a key in settings: `Landsat 8/9, B2 B3 B4, UInt16`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST_NAMES: usize = 6;
        if let Some(sensor) = self.sensor() {
            write!(f, "{}, ", sensor.name())?;
        }
        let names: Vec<&str> = self.bands().iter().map(|band| band.name.as_str()).collect();
        match names.get(..MOST_NAMES) {
            Some(first) if names.len() > MOST_NAMES => {
                write!(f, "{} and {} more", first.join(" "), names.len() - MOST_NAMES)?;
            }
            _ => f.write_str(&names.join(" "))?,
        }
        match self.bands().first() {
            Some(band) => write!(f, ", {}", band.sample_type.name()),
            None => Ok(()),
        }
    }
}

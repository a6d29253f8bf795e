//! Values under the pointer and at pins.

use super::CogscopeApp;
use crate::document::{Pin, Reading};
use crate::geo::{BoundingBox, LonLat, Point, mercator_from_lon_lat};
use crate::jobs::{Job, PointPurpose};
use crate::library::{PointValues, Source};

/// More marks than this on the map would be noise.
const MOST_PINS: usize = 20;

impl CogscopeApp {
    /// The pointer is somewhere else: asks for the values there.
    pub(super) fn point_at(&mut self, position: Option<LonLat>) {
        let Some(position) = position else {
            self.document.pointer = None;
            return;
        };
        // Until the new values are there, the old ones would be wrong.
        self.document.pointer = Some(Reading { position, values: None });
        let sources = self.sources_at(position);
        if sources.is_empty() {
            self.document.pointer = Some(Reading { position, values: Some(Vec::new()) });
        } else {
            self.submit(Job::Point { purpose: PointPurpose::Pointer, position, sources });
        }
    }

    /// Keeps the values of a place.
    pub(super) fn pin_middle(&mut self) {
        if let Some(middle) = self.panels.map.viewport().center_lon_lat() {
            self.pin(middle, true);
        }
    }

    /// Keeps the values of a place.
    pub(super) fn pin(&mut self, position: LonLat, keep_others: bool) {
        let id = self.next_pin;
        self.next_pin += 1;
        if !keep_others {
            self.document.pins.clear();
        } else if self.document.pins.len() >= MOST_PINS {
            self.document.pins.remove(0);
        }
        self.document.pins.push(Pin { id, reading: Reading { position, values: None } });
        let sources = self.sources_at(position);
        self.submit(Job::Point { purpose: PointPurpose::Asked(id), position, sources });
    }

    pub(super) fn take_point(&mut self, purpose: PointPurpose, position: LonLat, values: Vec<PointValues>) {
        match purpose {
            PointPurpose::Pointer => {
                if let Some(reading) = self.document.pointer.as_mut().filter(|reading| reading.position == position) {
                    reading.values = Some(values);
                }
            }
            PointPurpose::Asked(id) => {
                if let Some(pin) = self.document.pins.iter_mut().find(|pin| pin.id == id) {
                    pin.reading.values = Some(values);
                }
            }
        }
    }

    fn sources_at(&self, position: LonLat) -> Vec<Source> {
        if let Some(own) = &self.document.imagery.own_map {
            let entry = self.document.imagery.catalog.entry(own.entry);
            return entry.map(|entry| entry.source()).into_iter().collect();
        }
        let Point { x, y } = mercator_from_lon_lat(position.lon_deg(), position.lat_deg());
        let catalog = &self.document.imagery.catalog;
        let Some(there) = BoundingBox::new(x, y, x, y) else { return Vec::new() };
        catalog.shown_in(&there).into_iter().filter_map(|id| catalog.entry(id)).map(|entry| entry.source()).collect()
    }
}

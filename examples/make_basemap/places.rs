//! Names: countries where their labels stand, and towns with their population.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::encode::{put, put_signed};
use crate::topojson::{Line, Position, Topology};

/// Steps of a degree.
const STEPS_PER_DEGREE: f64 = 10_000.0;

#[derive(Deserialize)]
struct City {
    #[serde(rename = "city")]
    name: String,
    lat: f64,
    lng: f64,
    pop: f64,
    country: String,
}

/// The file of names: countries, the largest first, then towns, the most populous first.
pub fn encode(countries: &Topology, cities: &Path, capitals: &Path) -> Result<Vec<u8>> {
    let mut bytes = b"CGBP\x01".to_vec();
    let labels = country_labels(countries)?;
    put(&mut bytes, labels.len() as u64);
    for (name, position, width_deg) in &labels {
        put_text(&mut bytes, name);
        put_position(&mut bytes, *position);
        put(&mut bytes, steps(*width_deg).unsigned_abs());
    }
    let mut towns: Vec<City> = serde_json::from_str(&std::fs::read_to_string(cities)?)?;
    towns.sort_by(|a, b| b.pop.total_cmp(&a.pop).then_with(|| a.name.cmp(&b.name)));
    let capitals = capital_positions(capitals)?;
    let names: BTreeMap<&str, u64> = (0..)
        .zip(towns.iter().map(|town| town.country.as_str()).collect::<std::collections::BTreeSet<_>>())
        .map(|(number, name)| (name, number))
        .collect();
    put(&mut bytes, names.len() as u64);
    for name in names.keys() {
        put_text(&mut bytes, name);
    }
    put(&mut bytes, towns.len() as u64);
    for town in &towns {
        put_text(&mut bytes, &town.name);
        put(&mut bytes, *names.get(town.country.as_str()).context("a country without a number")?);
        put_position(&mut bytes, [town.lng, town.lat]);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nobody counts below zero")]
        put(&mut bytes, town.pop.max(0.0).round() as u64);
        bytes.push(u8::from(capitals.contains(&rounded([town.lng, town.lat]))));
    }
    println!("{} countries, {} towns, {} bytes", labels.len(), towns.len(), bytes.len());
    Ok(bytes)
}

/// Where the capitals of countries are, to a hundredth of a degree.
fn capital_positions(path: &Path) -> Result<HashSet<(i64, i64)>> {
    let file: Json = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let places = file.get("features").and_then(Json::as_array).context("no features")?;
    let is_capital = |place: &&Json| place.pointer("/properties/adm0cap").and_then(Json::as_f64) == Some(1.0);
    let position = |place: &Json| {
        let degrees = |name| place.pointer(name).and_then(Json::as_f64);
        Some(rounded([degrees("/properties/longitude")?, degrees("/properties/latitude")?]))
    };
    Ok(places.iter().filter(is_capital).filter_map(position).collect())
}

#[expect(clippy::cast_possible_truncation, reason = "degrees")]
fn rounded(position: Position) -> (i64, i64) {
    ((position[0] * 100.0).round() as i64, (position[1] * 100.0).round() as i64)
}

/// Each country's name with the middle of the widest stretch of its largest polygon, and that stretch's width in degrees.
fn country_labels(topology: &Topology) -> Result<Vec<(String, Position, f64)>> {
    let mut labels = Vec::new();
    for country in topology.geometries("countries")? {
        let Some(name) = country.pointer("/properties/name").and_then(Json::as_str) else { continue };
        let outer = topology.polygons_of(country)?.into_iter().filter_map(|polygon| polygon.into_iter().next());
        let rings = outer.map(|ring| unwrapped(&ring));
        let largest = rings.max_by(|a, b| area(a).total_cmp(&area(b)));
        if let Some((position, width_deg)) = largest.and_then(|ring| widest_stretch(&ring)) {
            let lon = (position[0] + 180.0).rem_euclid(360.0) - 180.0;
            labels.push((name.to_owned(), [lon, position[1]], width_deg));
        }
    }
    labels.sort_by(|a, b| b.2.total_cmp(&a.2));
    Ok(labels)
}

/// The ring without jumps at the antimeridian: its longitudes go on beyond 180 degrees where it crosses that.
fn unwrapped(ring: &Line) -> Line {
    let mut before = ring.first().map_or(0.0, |position| position[0]);
    ring.iter()
        .map(|[lon, lat]| {
            before = lon + 360.0 * ((before - lon) / 360.0).round();
            [before, *lat]
        })
        .collect()
}

fn area(ring: &Line) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>().abs()
}

/// Of forty heights, that where the ring is widest; heights near the ends count for less, so that a label stands well.
fn widest_stretch(ring: &Line) -> Option<(Position, f64)> {
    const HEIGHTS: u32 = 40;
    let south = ring.iter().map(|p| p[1]).fold(f64::INFINITY, f64::min);
    let north = ring.iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max);
    let mut best: Option<(f64, Position, f64)> = None;
    for height in 1..HEIGHTS {
        let share = f64::from(height) / f64::from(HEIGHTS);
        let lat = south + (north - south) * share;
        let next = ring.iter().cycle().skip(1);
        let crosses = ring.iter().zip(next).filter(|(a, b)| (a[1] > lat) != (b[1] > lat));
        let mut lons: Vec<f64> = crosses.map(|(a, b)| a[0] + (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1])).collect();
        lons.sort_by(f64::total_cmp);
        for [west, east] in lons.as_chunks::<2>().0 {
            let width = east - west;
            let score = width * (1.0 - (share - 0.5).abs());
            if best.is_none_or(|(other, ..)| score > other) {
                best = Some((score, [f64::midpoint(*west, *east), lat], width));
            }
        }
    }
    best.map(|(_, position, width)| (position, width))
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, text.len() as u64);
    bytes.extend(text.as_bytes());
}

fn put_position(bytes: &mut Vec<u8>, position: Position) {
    put_signed(bytes, steps(position[0]));
    put_signed(bytes, steps(position[1]));
}

#[expect(clippy::cast_possible_truncation, reason = "degrees")]
fn steps(degrees: f64) -> i64 {
    (degrees * STEPS_PER_DEGREE).round() as i64
}

//! `TopoJSON`: quantised arcs, and geometries that are made of them (github.com/topojson/topojson-specification).

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value as Json;

/// Longitude and latitude in degrees.
pub type Position = [f64; 2];
/// Positions along a line, or round a ring that is not closed by a repeated position.
pub type Line = Vec<Position>;
/// The outer ring, then holes.
pub type Polygon = Vec<Line>;

#[derive(Deserialize)]
struct File {
    transform: Transform,
    arcs: Vec<Vec<[f64; 2]>>,
    objects: serde_json::Map<String, Json>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

/// A file of shapes that share their arcs.
pub struct Topology {
    arcs: Vec<Line>,
    objects: serde_json::Map<String, Json>,
}

impl Topology {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file: File = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let Transform { scale, translate } = file.transform;
        let arc = |deltas: Vec<[f64; 2]>| -> Line {
            let steps = deltas.into_iter().scan([0.0, 0.0], |at: &mut [f64; 2], delta| {
                *at = [at[0] + delta[0], at[1] + delta[1]];
                Some([at[0] * scale[0] + translate[0], at[1] * scale[1] + translate[1]])
            });
            steps.collect()
        };
        Ok(Self { arcs: file.arcs.into_iter().map(arc).collect(), objects: file.objects })
    }

    /// The members of an object: its geometries, or itself when it is one.
    pub fn geometries(&self, object: &str) -> Result<Vec<&Json>> {
        let object = self.objects.get(object).with_context(|| format!("no object {object}"))?;
        Ok(match object.get("geometries").and_then(Json::as_array) {
            Some(geometries) => geometries.iter().collect(),
            None => vec![object],
        })
    }

    /// The polygons of an object.
    pub fn polygons(&self, object: &str) -> Result<Vec<Polygon>> {
        let mut polygons = Vec::new();
        for geometry in self.geometries(object)? {
            polygons.extend(self.polygons_of(geometry)?);
        }
        Ok(polygons)
    }

    /// The polygons of one geometry.
    pub fn polygons_of(&self, geometry: &Json) -> Result<Vec<Polygon>> {
        let arcs = geometry.get("arcs");
        Ok(match kind(geometry)? {
            "Polygon" => vec![self.rings(arcs)?],
            "MultiPolygon" => list(arcs)?.iter().map(|rings| self.rings(Some(rings))).collect::<Result<_>>()?,
            _ => Vec::new(),
        })
    }

    /// The lines of an object.
    pub fn lines(&self, object: &str) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        for geometry in self.geometries(object)? {
            let arcs = geometry.get("arcs");
            match kind(geometry)? {
                "LineString" => lines.push(self.join(list(arcs)?)?),
                "MultiLineString" => {
                    for line in list(arcs)? {
                        lines.push(self.join(list(Some(line))?)?);
                    }
                }
                _ => {}
            }
        }
        Ok(lines)
    }

    /// The arcs that two or more geometries of an object share: the borders between countries.
    pub fn shared_arcs(&self, object: &str) -> Result<Vec<Line>> {
        let mut owners = vec![BTreeSet::new(); self.arcs.len()];
        for (number, geometry) in self.geometries(object)?.into_iter().enumerate() {
            let mut numbers = Vec::new();
            collect_numbers(geometry.get("arcs"), &mut numbers);
            for arc in numbers {
                owners.get_mut(place(arc)?).context("no such arc")?.insert(number);
            }
        }
        Ok(self.arcs.iter().zip(owners).filter(|(_, owners)| owners.len() > 1).map(|(arc, _)| arc.clone()).collect())
    }

    fn rings(&self, rings: Option<&Json>) -> Result<Polygon> {
        let ring = |arcs: &Json| -> Result<Line> {
            let mut ring = self.join(list(Some(arcs))?)?;
            if ring.first() == ring.last() {
                ring.pop();
            }
            Ok(ring)
        };
        list(rings)?.iter().map(ring).collect()
    }

    /// Arcs end to end; a negative number is an arc backwards, counted from -1.
    fn join(&self, numbers: &[Json]) -> Result<Line> {
        let mut line: Line = Vec::new();
        for number in numbers {
            let number = number.as_i64().context("an arc is no number")?;
            let arc = self.arcs.get(place(number)?).context("no such arc")?;
            let skip = usize::from(!line.is_empty());
            if number < 0 {
                line.extend(arc.iter().rev().skip(skip));
            } else {
                line.extend(arc.iter().skip(skip));
            }
        }
        Ok(line)
    }
}

fn kind(geometry: &Json) -> Result<&str> {
    match geometry.get("type") {
        Some(Json::String(kind)) => Ok(kind),
        Some(Json::Null) => Ok("nothing"),
        _ => bail!("a geometry without a type"),
    }
}

fn list(value: Option<&Json>) -> Result<&Vec<Json>> {
    value.and_then(Json::as_array).context("arcs are no list")
}

fn place(arc: i64) -> Result<usize> {
    Ok(usize::try_from(if arc < 0 { !arc } else { arc })?)
}

fn collect_numbers(value: Option<&Json>, numbers: &mut Vec<i64>) {
    match value {
        Some(Json::Array(values)) => values.iter().for_each(|value| collect_numbers(Some(value), numbers)),
        Some(Json::Number(number)) => numbers.extend(number.as_i64()),
        _ => {}
    }
}

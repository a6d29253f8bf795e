//! Names on the map: countries where their labels stand, and towns by population. Also the gazetteer of "Go to".

use super::BasemapError;
use super::reader::Reader;
use crate::geo::{BoundingBox, LonLat, MERCATOR_HALF_WORLD_M, Point, mercator_from_lon_lat};

/// Steps of a degree in the asset.
const STEPS_PER_DEGREE: f64 = 10_000.0;

/// A town.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its name in Latin letters.
    pub name: &'static str,
    /// The country that it is in.
    pub country: &'static str,
    /// Its middle.
    pub position: LonLat,
    /// The same, EPSG:3857 metres.
    pub place: Point,
    /// People who live there.
    pub population: u32,
    /// It is a country's capital.
    pub is_capital: bool,
}

impl Place {
    /// The zoom (of tiles of 256 points) from which on the town is worth a label.
    pub fn min_zoom(&self) -> f64 {
        let by_population = match self.population {
            5_000_000.. => 3.0,
            2_000_000.. => 4.0,
            1_000_000.. => 5.0,
            400_000.. => 6.0,
            150_000.. => 7.0,
            50_000.. => 8.0,
            _ => 9.0,
        };
        if self.is_capital { f64::min(by_population, 5.0) - 0.5 } else { by_population }
    }
}

/// A country's name and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountryLabel {
    /// The name.
    pub name: &'static str,
    /// The middle of the label, EPSG:3857 metres.
    pub place: Point,
    /// How wide the country is there, EPSG:3857 metres: a label that is wider on the screen doesn't fit.
    pub width_m: f64,
}

/// Every name: countries, the widest first, and towns, the most populous first.
#[derive(Debug, Default)]
pub struct Places {
    countries: Vec<CountryLabel>,
    towns: Vec<Place>,
    /// Names of towns in lower case, for the search.
    folded: Vec<String>,
}

impl Places {
    pub(super) fn parse(bytes: &'static [u8]) -> Result<Self, BasemapError> {
        let mut reader = Reader::new(bytes);
        reader.expect(b"CGBP\x01")?;
        let countries = (0..reader.count(4)?).map(|_| country(&mut reader)).collect::<Result<_, _>>()?;
        let names: Vec<&'static str> = (0..reader.count(1)?).map(|_| reader.text()).collect::<Result<_, _>>()?;
        let count = reader.count(6)?;
        let towns: Vec<Place> = (0..count).map(|_| town(&mut reader, &names)).collect::<Result<_, _>>()?;
        let folded = towns.iter().map(|town| town.name.to_lowercase()).collect();
        if reader.is_at_end() { Ok(Self { countries, towns, folded }) } else { Err(reader.damaged()) }
    }

    /// The countries whose labels stand in a box in EPSG:3857 metres, the widest first.
    pub fn countries_in(&self, bounds: BoundingBox) -> impl Iterator<Item = &CountryLabel> {
        self.countries.iter().filter(move |country| bounds.contains(country.place))
    }

    /// The towns in a box in EPSG:3857 metres that are worth a label at a zoom, the most important first.
    pub fn towns_in(&self, bounds: BoundingBox, zoom: f64) -> Vec<&Place> {
        let shown = |town: &&Place| town.min_zoom() <= zoom && bounds.contains(town.place);
        let mut towns: Vec<&Place> = self.towns.iter().filter(shown).collect();
        towns.sort_by(|a, b| a.min_zoom().total_cmp(&b.min_zoom()));
        towns
    }

    /// Towns whose name begins with a text (in any case), then those that contain it; the most populous first in each.
    pub fn find(&self, text: &str, most: usize) -> Vec<&Place> {
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Vec::new();
        }
        let with = |fits: fn(&str, &str) -> bool| {
            let wanted = &wanted;
            let pairs = self.towns.iter().zip(&self.folded);
            pairs.filter(move |(_, name)| fits(name, wanted)).map(|(town, _)| town)
        };
        let starts = with(|name, wanted| name.starts_with(wanted));
        let contains = with(|name, wanted| name.contains(wanted) && !name.starts_with(wanted));
        starts.chain(contains).take(most).collect()
    }
}

fn country(reader: &mut Reader<'static>) -> Result<CountryLabel, BasemapError> {
    let name = reader.text()?;
    let position = position(reader)?;
    let width_deg = f64::from(reader.u32()?) / STEPS_PER_DEGREE;
    Ok(CountryLabel { name, place: mercator(position), width_m: width_deg / 180.0 * MERCATOR_HALF_WORLD_M })
}

fn town(reader: &mut Reader<'static>, countries: &[&'static str]) -> Result<Place, BasemapError> {
    let name = reader.text()?;
    let country = *countries.get(reader.u32()? as usize).ok_or_else(|| reader.damaged())?;
    let position = position(reader)?;
    let (population, flags) = (reader.u32()?, reader.u8()?);
    Ok(Place { name, country, position, place: mercator(position), population, is_capital: flags & 1 == 1 })
}

fn position(reader: &mut Reader<'_>) -> Result<LonLat, BasemapError> {
    let [lon, lat] = [reader.i32()?, reader.i32()?].map(|steps| f64::from(steps) / STEPS_PER_DEGREE);
    LonLat::wrapped(lon, lat).ok_or_else(|| reader.damaged())
}

fn mercator(position: LonLat) -> Point {
    mercator_from_lon_lat(position.lon_deg(), position.lat_deg())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSET: &[u8] = include_bytes!("../../assets/basemap/places.bin");

    fn around(lon: f64, lat: f64, half_m: f64) -> BoundingBox {
        let at = mercator_from_lon_lat(lon, lat);
        BoundingBox::new(at.x - half_m, at.y - half_m, at.x + half_m, at.y + half_m).unwrap()
    }

    #[test]
    fn towns_are_found_by_the_beginning_of_their_name_in_any_case() {
        let places = Places::parse(ASSET).unwrap();
        let found = places.find("foz do", 5);
        assert_eq!(found.first().map(|town| (town.name, town.country)), Some(("Foz do Iguacu", "Brazil")));
        assert_eq!(places.find("LONDON", 1).first().map(|town| town.country), Some("United Kingdom"));
        assert_eq!(places.find("", 5).len(), 0);
        assert!(places.find("a", 7).len() == 7);
    }

    #[test]
    fn few_towns_are_shown_from_afar_and_capitals_among_the_first() {
        let places = Places::parse(ASSET).unwrap();
        let europe = around(10.0, 48.0, 2.5e6);
        let (far, near) = (places.towns_in(europe, 4.5), places.towns_in(europe, 8.0));
        assert!(far.len() * 5 < near.len() && !far.is_empty(), "{} {}", far.len(), near.len());
        assert!(far.iter().any(|town| town.name == "Vienna" && town.is_capital));
    }

    #[test]
    fn labels_of_countries_stand_in_them() {
        let places = Places::parse(ASSET).unwrap();
        let brazil: Vec<_> = places.countries_in(around(-53.0, -10.0, 1.5e6)).map(|country| country.name).collect();
        assert!(brazil.contains(&"Brazil") && !brazil.contains(&"Chile"), "{brazil:?}");
        // These lie on both sides of the antimeridian.
        let siberia: Vec<_> = places.countries_in(around(95.0, 62.0, 4.0e6)).map(|country| country.name).collect();
        assert!(siberia.contains(&"Russia"), "{siberia:?}");
        let pacific: Vec<_> = places.countries_in(around(178.0, -17.8, 0.4e6)).map(|country| country.name).collect();
        assert!(pacific.contains(&"Fiji"), "{pacific:?}");
    }

    #[test]
    fn a_damaged_asset_is_an_error() {
        assert!(Places::parse(b"CGBP\x02").is_err());
        for length in [0, 5, 6, 100, ASSET.len() / 2, ASSET.len() - 1] {
            assert!(Places::parse(&ASSET[..length]).is_err(), "{length}");
        }
    }
}

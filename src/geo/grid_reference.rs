//! UTM coordinates and MGRS references: zones, bands and the letters of the squares (NGA.SIG.0012).

use super::{Crs, LonLat, Point, Transformer};

/// Latitude bands from -80 to 84 degrees, 8 degrees each, the last one 12.
const BANDS: &[u8] = b"CDEFGHJKLMNPQRSTUVWX";
/// Letters of the rows of squares; they begin anew every 2000 km.
const ROW_LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUV";
/// Letters of the columns of squares, eight a zone, in zones whose number leaves 1, 2 and 0 when divided by three.
const COLUMN_LETTERS: [&[u8]; 3] = [b"ABCDEFGH", b"JKLMNPQR", b"STUVWXYZ"];
const SQUARE_M: f64 = 100_000.0;
const ROW_CYCLE_M: f64 = 2_000_000.0;

/// A place in a zone of UTM.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Utm {
    /// 1 to 60.
    pub(super) zone: u8,
    pub(super) is_north: bool,
    pub(super) easting_m: f64,
    /// From the equator; in the south plus 10 000 km.
    pub(super) northing_m: f64,
}

impl Utm {
    /// `None` beyond 84 degrees north and 80 degrees south, where UTM ends.
    pub(super) fn of(place: LonLat) -> Option<Self> {
        let zone = zone_of(place)?;
        let is_north = place.lat_deg() >= 0.0;
        let p = transformer(zone, is_north)?.forward(place.into())?;
        Some(Self { zone, is_north, easting_m: p.x, northing_m: p.y })
    }

    /// `None` where the numbers lead out of the earth.
    pub(super) fn place(&self) -> Option<LonLat> {
        let p = transformer(self.zone, self.is_north)?.inverse(Point::new(self.easting_m, self.northing_m))?;
        LonLat::wrapped(p.x, p.y)
    }
}

fn transformer(zone: u8, is_north: bool) -> Option<Transformer> {
    let code = if is_north { 32_600 } else { 32_700 } + u32::from(zone);
    Transformer::new(&Crs::wgs84(), &Crs::from_epsg(code).ok()?, None).ok()
}

/// The zone that a place belongs to, with the exceptions for Norway and Svalbard.
fn zone_of(place: LonLat) -> Option<u8> {
    let (lon, lat) = (place.lon_deg(), place.lat_deg());
    if !(-80.0..=84.0).contains(&lat) {
        return None;
    }
    if (56.0..64.0).contains(&lat) && (3.0..12.0).contains(&lon) {
        return Some(32);
    }
    if lat >= 72.0 && (0.0..42.0).contains(&lon) {
        let east_ends = [(9.0, 31), (21.0, 33), (33.0, 35), (42.0, 37)];
        return east_ends.into_iter().find(|&(end, _)| lon < end).map(|(_, zone)| zone);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 60")]
    let index = ((lon + 180.0) / 6.0).floor() as u8;
    Some(index % 60 + 1)
}

/// The letter of a latitude's band.
fn band_of(lat_deg: f64) -> Option<char> {
    if !(-80.0..=84.0).contains(&lat_deg) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 20")]
    let index = ((lat_deg + 80.0) / 8.0).floor() as usize;
    BANDS.get(index.min(BANDS.len() - 1)).map(|&letter| char::from(letter))
}

/// Whether a band lies in the north; `None` for a letter that is no band.
pub(super) fn is_band_north(letter: char) -> Option<bool> {
    let index = BANDS.iter().position(|&band| char::from(band) == letter)?;
    Some(index >= BANDS.len() / 2)
}

/// `33U UU 90148 19777`: zone and band, square, and `digits` (1 to 5) of each of easting and northing within it, cut, not rounded.
/// `None` where MGRS ends with UTM.
pub(super) fn mgrs_of(place: LonLat, digits: usize) -> Option<String> {
    let utm = Utm::of(place)?;
    let band = band_of(place.lat_deg())?;
    let (column, east_m) = split(utm.easting_m);
    let (row, north_m) = split(utm.northing_m);
    let columns = COLUMN_LETTERS.get(usize::from(utm.zone - 1) % 3)?;
    let column = columns.get(column.checked_sub(1)?)?;
    let row = ROW_LETTERS.get((row + row_offset(utm.zone)) % ROW_LETTERS.len())?;
    let digits = digits.clamp(1, 5);
    let cut = |metres: f64| format!("{metres:05.0}").chars().take(digits).collect::<String>();
    let (column, row) = (char::from(*column), char::from(*row));
    Some(format!("{}{band} {column}{row} {} {}", utm.zone, cut(east_m), cut(north_m)))
}

/// Which square, and whole metres within it.
fn split(metres: f64) -> (usize, f64) {
    let square = (metres / SQUARE_M).floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    let index = square as usize;
    (index, (metres - square * SQUARE_M).floor())
}

/// Letters of rows begin five further on in zones of even number.
fn row_offset(zone: u8) -> usize {
    if zone.is_multiple_of(2) { 5 } else { 0 }
}

/// A reference taken apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mgrs {
    pub(super) zone: u8,
    pub(super) band: char,
    pub(super) column: char,
    pub(super) row: char,
    /// Metres within the square.
    pub(super) east_m: f64,
    pub(super) north_m: f64,
}

impl Mgrs {
    /// The place; an explanation where zone, band and square don't go together.
    pub(super) fn place(&self) -> Result<LonLat, String> {
        let Self { zone, band, column, row, .. } = *self;
        let is_north = is_band_north(band).ok_or_else(|| format!("there is no latitude band {band}"))?;
        let find = |letters: &[u8], letter: char| letters.iter().position(|&other| char::from(other) == letter);
        let columns = COLUMN_LETTERS.get(usize::from(zone.wrapping_sub(1)) % 3).copied().unwrap_or_default();
        let column_index = find(columns, column)
            .ok_or_else(|| format!("zone {zone} has no squares in column {column}, only {}", spelled(columns)))?;
        let row_index = find(ROW_LETTERS, row).ok_or_else(|| format!("there are no squares in row {row}"))?;
        let row_index = (row_index + ROW_LETTERS.len() - row_offset(zone)) % ROW_LETTERS.len();
        let easting_m = (column_index + 1) as f64 * SQUARE_M + self.east_m;
        let first_m = row_index as f64 * SQUARE_M + self.north_m;
        // Rows repeat every 2000 km, bands are 900 km high: at most one repetition lies in the band, give or take a square.
        let in_band = |place: LonLat| {
            let index = BANDS.iter().position(|&letter| char::from(letter) == band).unwrap_or(0);
            let south = -80.0 + 8.0 * index as f64;
            let height = if band == 'X' { 12.0 } else { 8.0 };
            (south - 1.0..=south + height + 1.0).contains(&place.lat_deg())
        };
        (0..5)
            .map(|cycle| first_m + f64::from(cycle) * ROW_CYCLE_M)
            .filter_map(|northing_m| Utm { zone, is_north, easting_m, northing_m }.place())
            .find(|&place| in_band(place))
            .ok_or_else(|| format!("square {column}{row} does not lie in {zone}{band}"))
    }
}

fn spelled(letters: &[u8]) -> String {
    letters.iter().map(|&letter| char::from(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Computed with GeoTrans.
    const REFERENCES: [(f64, f64, &str); 12] = [
        (13.3777, 52.5163, "33U UU 89917 19701"),
        (2.2945, 48.8583, "31U DQ 48251 11943"),
        (-74.0445, 40.6892, "18T WL 80735 04695"),
        (151.2153, -33.8568, "56H LH 34900 52288"),
        (-43.2105, -22.9519, "23K PQ 83476 60687"),
        (5.3221, 60.3913, "32V KN 97353 00648"),
        (15.6356, 78.2232, "33X WG 14481 83357"),
        (37.6173, 55.7558, "37U DB 13224 79766"),
        (-179.5, -17.0, "1K BB 33821 18746"),
        (174.763, -36.848, "60H UE 00550 19653"),
        (0.001, 0.001, "31N AA 66132 00110"),
        (-0.001, -0.001, "30M ZE 33867 99889"),
    ];

    fn at(lon_deg: f64, lat_deg: f64) -> LonLat {
        LonLat::new(lon_deg, lat_deg).unwrap()
    }

    #[test]
    fn known_places_have_their_known_references() {
        for (lon, lat, reference) in REFERENCES {
            assert_eq!(mgrs_of(at(lon, lat), 5).as_deref(), Some(reference));
        }
    }

    #[test]
    fn norway_and_svalbard_have_their_own_zones() {
        assert_eq!(zone_of(at(5.0, 60.0)), Some(32));
        assert_eq!(zone_of(at(5.0, 65.0)), Some(31));
        assert_eq!(zone_of(at(15.0, 78.0)), Some(33));
        assert_eq!(zone_of(at(180.0, 0.0)), Some(1));
        assert_eq!(zone_of(at(0.0, 85.0)), None);
    }

    proptest! {
        #[test]
        fn a_reference_leads_back_to_within_its_metre(lon in -180.0..180.0_f64, lat in -79.9..83.9_f64) {
            let place = at(lon, lat);
            let text = mgrs_of(place, 5).unwrap();
            let parts: Vec<&str> = text.split(' ').collect();
            let (zone, band) = parts[0].split_at(parts[0].len() - 1);
            let mut square = parts[1].chars();
            let mgrs = Mgrs {
                zone: zone.parse().unwrap(),
                band: band.chars().next().unwrap(),
                column: square.next().unwrap(),
                row: square.next().unwrap(),
                east_m: parts[2].parse().unwrap(),
                north_m: parts[3].parse().unwrap(),
            };
            let back = mgrs.place().unwrap();
            prop_assert!(crate::geo::distance_m(place, back) < 1.5, "{text} {back:?}");
        }
    }
}

//! The camera model of rational polynomial coefficients (RPC00B, as in STDI-0002): longitude, latitude and height to column
//! and row. Without a terrain model the ground is taken to lie on the ellipsoid, as GDAL takes it.

use crate::cog::RationalPolynomials;
use crate::geo::Point;

/// Steps of the inverse before it gives up, and when it is near enough, in pixels.
const MAX_STEPS: usize = 20;
const NEAR_ENOUGH_PX: f64 = 1e-3;
/// Height of the ground above the ellipsoid.
const GROUND_HEIGHT_M: f64 = 0.0;

/// The model, ready to use.
#[derive(Debug, Clone)]
pub(super) struct CameraModel {
    /// Row, column, latitude, longitude: offset and scale.
    row: (f64, f64),
    col: (f64, f64),
    lat: (f64, f64),
    lon: (f64, f64),
    /// The ground's height above the ellipsoid, normalised.
    height: f64,
    row_terms: [[f64; 20]; 2],
    col_terms: [[f64; 20]; 2],
}

impl CameraModel {
    pub(super) fn new(rpc: &RationalPolynomials) -> Self {
        let all = rpc.coefficients();
        let number = |at: usize| all.get(at).copied().unwrap_or(0.0);
        let pair = |at: usize| (number(at), if number(at + 5) == 0.0 { 1.0 } else { number(at + 5) });
        let terms = |from: usize| std::array::from_fn(|at| number(from + at));
        let (height_offset_m, height_scale_m) = pair(6);
        Self {
            row: pair(2),
            col: pair(3),
            lat: pair(4),
            lon: pair(5),
            height: (GROUND_HEIGHT_M - height_offset_m) / height_scale_m,
            row_terms: [terms(12), terms(32)],
            col_terms: [terms(52), terms(72)],
        }
    }

    /// Column and row (edges) of a place; `None` where the polynomials have a pole.
    pub(super) fn pixel_from_lon_lat(&self, place: Point) -> Option<Point> {
        let lon = (place.x - self.lon.0) / self.lon.1;
        let lat = (place.y - self.lat.0) / self.lat.1;
        // Far outside, polynomials say anything.
        if lon.abs() > 2.0 || lat.abs() > 2.0 {
            return None;
        }
        let terms = terms(lon, lat, self.height);
        let ratio = |[top, bottom]: &[[f64; 20]; 2]| dot(top, &terms) / dot(bottom, &terms);
        // The model's pixel positions are those of centres.
        let pixel = Point::new(
            ratio(&self.col_terms) * self.col.1 + self.col.0 + 0.5,
            ratio(&self.row_terms) * self.row.1 + self.row.0 + 0.5,
        );
        Some(pixel).filter(|p| p.is_finite())
    }

    /// The place of a column and row, by Newton's method from the middle of the model.
    pub(super) fn lon_lat_from_pixel(&self, col: f64, row: f64) -> Option<Point> {
        let mut place = Point::new(self.lon.0, self.lat.0);
        let step = Point::new(self.lon.1 * 1e-4, self.lat.1 * 1e-4);
        for _ in 0..MAX_STEPS {
            let at = self.pixel_from_lon_lat(place)?;
            let (off_col, off_row) = (col - at.x, row - at.y);
            if off_col.hypot(off_row) < NEAR_ENOUGH_PX {
                return Some(place);
            }
            let east = self.pixel_from_lon_lat(Point::new(place.x + step.x, place.y))?;
            let north = self.pixel_from_lon_lat(Point::new(place.x, place.y + step.y))?;
            let (a, b) = ((east.x - at.x) / step.x, (north.x - at.x) / step.y);
            let (c, d) = ((east.y - at.y) / step.x, (north.y - at.y) / step.y);
            let determinant = a * d - b * c;
            if determinant == 0.0 || !determinant.is_finite() {
                return None;
            }
            place.x += (off_col * d - off_row * b) / determinant;
            place.y += (off_row * a - off_col * c) / determinant;
        }
        None
    }
}

/// The twenty terms of longitude, latitude and height (all normalised) in the order of RPC00B.
fn terms(l: f64, p: f64, h: f64) -> [f64; 20] {
    [
        1.0,
        l,
        p,
        h,
        l * p,
        l * h,
        p * h,
        l * l,
        p * p,
        h * h,
        p * l * h,
        l * l * l,
        l * p * p,
        l * h * h,
        l * l * p,
        p * p * p,
        p * h * h,
        l * l * h,
        p * p * h,
        h * h * h,
    ]
}

fn dot(factors: &[f64; 20], terms: &[f64; 20]) -> f64 {
    factors.iter().zip(terms).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1000 x 500 pixels, one degree wide, half a degree high, a little bent.
    fn camera() -> CameraModel {
        let mut col_top = [0.0; 20];
        (col_top[1], col_top[3], col_top[7]) = (1.0, 0.02, 0.01);
        let mut row_top = [0.0; 20];
        (row_top[2], row_top[4]) = (-1.0, 0.01);
        let mut one = [0.0; 20];
        one[0] = 1.0;
        CameraModel {
            row: (249.5, 250.0),
            col: (499.5, 500.0),
            lat: (46.0, 0.25),
            lon: (7.5, 0.5),
            height: -0.5,
            row_terms: [row_top, one],
            col_terms: [col_top, one],
        }
    }

    #[test]
    fn the_middle_of_the_model_is_the_middle_of_the_image() {
        let p = camera().pixel_from_lon_lat(Point::new(7.5, 46.0)).unwrap();
        // Ground half a height scale below the model's middle is seen 0.01 of half a width further left.
        assert_eq!((p.x, p.y), (495.0, 250.0));
    }

    #[test]
    fn a_pixel_leads_to_its_place_and_back() {
        let place = camera().lon_lat_from_pixel(90.0, 400.0).unwrap();
        let p = camera().pixel_from_lon_lat(place).unwrap();
        assert!((p.x - 90.0).abs() < 1e-2 && (p.y - 400.0).abs() < 1e-2);
        assert!(place.y < 46.0 && place.x < 7.5);
    }

    #[test]
    fn places_far_away_have_no_pixel() {
        assert_eq!(camera().pixel_from_lon_lat(Point::new(100.0, 46.0)), None);
    }
}

//! Which axis the authority puts first. Here x is always east or longitude; standards such as WMS 1.3.0 order the numbers of a
//! position as the authority does.

use super::Crs;

/// Codes (from, to) of projected systems of the EPSG registry (10.076) whose first axis is the northing; codes between the two that
/// are no projected systems don't matter.
#[rustfmt::skip]
const NORTHING_FIRST: [(u32, u32); 106] = [
    (2036, 2036), (2044, 2045), (2081, 2083), (2085, 2086), (2091, 2093), (2096, 2098), (2105, 2132), (2166, 2180),
    (2193, 2193), (2199, 2200), (2206, 2212), (2218, 2218), (2221, 2221), (2296, 2307), (2319, 2549), (2551, 2735),
    (2738, 2758), (2935, 2941), (2953, 2953), (3006, 3030), (3034, 3035), (3038, 3051), (3058, 3059), (3068, 3068),
    (3114, 3118), (3120, 3120), (3126, 3140), (3144, 3147), (3150, 3152), (3173, 3173), (3300, 3301), (3328, 3335),
    (3346, 3346), (3350, 3352), (3366, 3366), (3386, 3390), (3396, 3399), (3407, 3407), (3414, 3414), (3416, 3416),
    (3764, 3764), (3788, 3793), (3795, 3796), (3833, 3854), (3873, 3885), (3907, 3911), (4026, 4038), (4417, 4417),
    (4434, 4434), (4491, 4554), (4568, 4589), (4652, 4822), (4839, 4880), (5048, 5048), (5105, 5188), (5253, 5259),
    (5269, 5275), (5343, 5349), (5367, 5367), (5479, 5482), (5518, 5520), (5562, 5588), (5632, 5639), (5651, 5653),
    (6244, 6275), (6362, 6362), (6372, 6387), (6669, 6687), (6707, 6709), (6870, 6876), (6962, 6962), (7799, 7801),
    (7825, 7831), (8433, 8441), (9039, 9040), (9221, 9254), (9271, 9285), (9377, 9377), (9498, 9498), (9821, 9821),
    (9831, 9841), (9851, 9865), (9895, 9895), (20004, 20032), (20064, 20092), (20904, 20932), (21004, 21032), (21207,
    21264), (21307, 21483), (21896, 21899), (22171, 22197), (22240, 22240), (25884, 25884), (27205, 27232), (27391,
    27398), (27492, 27492), (28402, 28492), (29701, 29702), (30161, 30179), (30800, 30800), (31251, 31259), (31275,
    31290), (31466, 31469), (31700, 31700), (32661, 32661), (32761, 32761),
];

/// Geographic systems of the registry whose first axis is the longitude: all others begin with the latitude.
const LONGITUDE_FIRST: [u32; 11] = [7035, 7037, 7039, 7041, 7084, 7086, 7088, 7133, 8902, 9779, 9784];

impl Crs {
    /// Whether the authority puts the northing or latitude first. A system without a code of the registry has x first.
    #[must_use]
    pub fn is_north_first(&self) -> bool {
        let Some(code) = self.epsg() else { return false };
        if self.is_geographic() {
            return !LONGITUDE_FIRST.contains(&code);
        }
        // The range that begins last at or before the code.
        let at = NORTHING_FIRST.partition_point(|(from, _)| *from <= code);
        at.checked_sub(1).and_then(|at| NORTHING_FIRST.get(at)).is_some_and(|(_, to)| code <= *to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_says_which_axis_comes_first() {
        let is_north_first = |code| Crs::from_epsg(code).unwrap().is_north_first();
        for code in [4326, 4258, 4269, 3034, 3035, 31467, 2180, 2193, 3346, 3301, 32661] {
            assert!(is_north_first(code), "EPSG:{code}");
        }
        for code in [3857, 25832, 32633, 32722, 3031, 3413, 2154, 27700, 26915, 5514, 8902] {
            assert!(!is_north_first(code), "EPSG:{code}");
        }
    }

    #[test]
    fn the_table_rises() {
        assert!(NORTHING_FIRST.iter().all(|(from, to)| from <= to));
        assert!(NORTHING_FIRST.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}

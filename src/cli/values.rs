//! Values of arguments: pairs, sizes, boxes, tiles, reference systems.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::geo::{BoundingBox, TileCoord};
use crate::raster::Resampling;
use crate::render::StyleWords;
use crate::serve::style_words;

/// Two numbers with a comma between them.
pub(super) fn parse_pair<T: FromStr>(text: &str) -> Result<(T, T), String> {
    let number = |part: &str| part.trim().parse().map_err(|_| format!("`{}` is no such number", part.trim()));
    match text.split_once(',') {
        Some((first, second)) => Ok((number(first)?, number(second)?)),
        None => Err("two numbers with a comma between them are needed".into()),
    }
}

/// The lower and the upper end of a range of values that is not empty.
pub(super) fn parse_range(text: &str) -> Result<(f64, f64), String> {
    let (low, high) = parse_pair::<f64>(text)?;
    if !low.is_finite() || !high.is_finite() || (low - high).abs() == 0.0 {
        return Err("the two values of a range have to differ".into());
    }
    Ok((low, high))
}

/// The name of a PNG file.
pub(super) fn parse_png_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_png = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    if is_png { Ok(path) } else { Err("a screenshot is written as PNG: give a name that ends in .png".into()) }
}

/// A width and a height above 0, such as 800x600.
pub(super) fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let size =
        text.split_once(['x', 'X']).and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match size {
        Some((width, height)) if width > 0 && height > 0 => Ok((width, height)),
        _ => Err("a size is a width and a height, such as 800x600".into()),
    }
}

/// West, south, east and north.
pub(super) fn parse_bbox(text: &str) -> Result<BoundingBox, String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    match numbers.ok().as_deref() {
        Some(&[west, south, east, north]) => BoundingBox::new(west, south, east, north)
            .filter(|bbox| bbox.width() > 0.0 && bbox.height() > 0.0)
            .ok_or_else(|| "west has to be below east, and south below north".into()),
        _ => Err("a box is four numbers: west,south,east,north".into()),
    }
}

/// Seconds above 0.
pub(super) fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.trim().parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|seconds| !seconds.is_zero()).ok_or_else(|| "a number of seconds above 0 is needed".into())
}

/// Zoom level, column and row.
pub(super) fn parse_tile(text: &str) -> Result<TileCoord, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let [z, x, y] = parts.as_slice() else {
        return Err("a tile is written Z/X/Y, such as 10/359/585".into());
    };
    let tile = (|| TileCoord::new(z.parse().ok()?, x.parse().ok()?, y.parse().ok()?))();
    tile.ok_or_else(|| "there is no such tile: X and Y have to be below 2^Z".into())
}

/// An EPSG code, with or without its prefix.
pub(super) fn parse_crs_code(text: &str) -> Result<u32, String> {
    let digits = text.get(..5).filter(|prefix| prefix.eq_ignore_ascii_case("epsg:")).and_then(|_| text.get(5..));
    digits.unwrap_or(text).parse().map_err(|_| "a reference system is written EPSG:N, such as EPSG:3857".into())
}

/// A kernel by its name.
pub(super) fn parse_resampling(text: &str) -> Result<Resampling, String> {
    let known = Resampling::ALL.into_iter().find(|kernel| kernel.name() == text);
    known.ok_or_else(|| format!("the methods are {}", Resampling::ALL.map(Resampling::name).join(", ")))
}

/// `NAME=WORDS`, the words as in a tile's address: a style with a name.
pub(super) fn parse_named_style(text: &str) -> Result<(String, StyleWords), String> {
    match text.split_once('=') {
        Some((name, words)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), style_words(words)?)),
        _ => Err("a style is written NAME=STYLE, such as plain=bands=4,3,2&rescale=0,3000".into()),
    }
}

/// A name and a value with an equals sign between them.
pub(super) fn parse_parameter(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(name, value)| (name.trim().trim_start_matches(':'), value));
    match pair {
        Some((name, value)) if crate::report::template::is_name(name) => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is written NAME=VALUE, such as class=dam".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_needs_two_numbers_above_zero() {
        assert_eq!(parse_size("800x600"), Ok((800, 600)));
        for wrong in ["800", "800x", "0x5", "-1x5", "ax5", "5x5x5"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_box_needs_its_sides_in_order() {
        assert!(parse_bbox("-10,-5.5, 10,5").is_ok());
        for wrong in ["10,0,-10,5", "0,0,0,1", "1,2,3", "a,b,c,d", "nan,0,1,1", ""] {
            assert!(parse_bbox(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_tile_outside_its_level_is_refused() {
        assert!(parse_tile("1/1/1").is_ok());
        for wrong in ["1/2/0", "1/0", "a/b/c", "300/0/0", "1/-1/0"] {
            assert!(parse_tile(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_parameter_has_a_name_and_its_value_may_hold_anything() {
        assert_eq!(parse_parameter("name=a=b "), Ok(("name".into(), "a=b ".into())));
        for wrong in ["name", "=a", "1=a", "a b=c"] {
            assert!(parse_parameter(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_epsg_code_goes_with_or_without_its_prefix() {
        assert_eq!(parse_crs_code("EPSG:3857"), Ok(3857));
        assert_eq!(parse_crs_code("epsg:4326"), Ok(4326));
        assert_eq!(parse_crs_code("32721"), Ok(32721));
        assert!(parse_crs_code("WGS84").is_err());
        assert!(parse_crs_code("éééé").is_err());
    }

    #[test]
    fn an_unknown_method_is_answered_with_the_known_ones() {
        assert_eq!(parse_resampling("nearest"), Ok(Resampling::Nearest));
        assert_eq!(parse_resampling("best"), Err("the methods are nearest, bilinear, cubic, average, lanczos".into()));
    }
}

//! Values of arguments: pairs, sizes, boxes, tiles, reference systems.

use std::str::FromStr;

/// Two numbers with a comma between them.
pub(super) fn parse_pair<T: FromStr>(text: &str) -> Result<(T, T), String> {
    let number = |part: &str| part.trim().parse().map_err(|_| format!("`{}` is no such number", part.trim()));
    match text.split_once(',') {
        Some((first, second)) => Ok((number(first)?, number(second)?)),
        None => Err("two numbers with a comma between them are needed".into()),
    }
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
}

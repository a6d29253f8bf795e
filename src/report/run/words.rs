//! Settings of blocks as what they mean.

use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::raster::Resampling;
use crate::render::StyleWords;
use crate::report::template::Block;

/// Settings that say how images look.
pub(super) const STYLE: [&str; 8] =
    ["bands", "expression", "rescale", "stretch", "colormap", "gamma", "nodata", "resampling"];

/// Refuses settings that the block doesn't know.
pub(super) fn only(block: &Block, known: &[&str]) -> Result<(), String> {
    match block.settings.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(format!("a {} block has no setting `{key}`; it has {}", block.kind.name(), known.join(", "))),
    }
}

/// What stands at the block.
pub(super) fn caption(block: &Block) -> String {
    block.setting("caption").unwrap_or_default().to_owned()
}

/// A whole number within a range.
pub(super) fn whole(block: &Block, key: &str, usual: usize, range: RangeInclusive<usize>) -> Result<usize, String> {
    let Some(text) = block.setting(key) else { return Ok(usual) };
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("{key}: `{text}` is no whole number from {} to {}", range.start(), range.end()))
}

/// A width and a height in pixels of the page.
pub(super) fn size(block: &Block, usual: (u32, u32)) -> Result<(u32, u32), String> {
    let Some(text) = block.setting("size") else { return Ok(usual) };
    let size = text
        .split_once(['x', 'X', '×'])
        .and_then(|(width, height)| Some((width.trim().parse().ok()?, height.trim().parse().ok()?)));
    let fits = |side: u32| (64..=2000).contains(&side);
    size.filter(|&(width, height)| fits(width) && fits(height))
        .ok_or_else(|| format!("size: `{text}` is no width and height from 64 to 2000, such as 720x440"))
}

/// A number above 0.
pub(super) fn positive(block: &Block, key: &str) -> Result<Option<f64>, String> {
    let Some(text) = block.setting(key) else { return Ok(None) };
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.map(Some).ok_or_else(|| format!("{key}: `{text}` is no number above 0"))
}

/// Yes or no.
pub(super) fn yes(block: &Block, key: &str) -> Result<bool, String> {
    match block.setting(key) {
        None | Some("no") => Ok(false),
        Some("yes") => Ok(true),
        Some(other) => Err(format!("{key}: `{other}` is neither yes nor no")),
    }
}

/// How images are to look.
pub(super) fn style(block: &Block) -> Result<StyleWords, String> {
    fn number<T: FromStr>(key: &str, text: &str) -> Result<T, String> {
        text.trim().parse().map_err(|_| format!("{key}: `{}` is no such number", text.trim()))
    }
    let names = |text: &str| text.split(',').map(|band| band.trim().to_owned()).collect();
    let mut words = StyleWords {
        bands: block.setting("bands").map(names),
        expression: block.setting("expression").map(str::to_owned),
        ..StyleWords::default()
    };
    for range in block.setting("rescale").into_iter().flat_map(|text| text.split(';')) {
        let (low, high) = range
            .split_once(',')
            .ok_or("rescale: a range is LOW,HIGH; ranges of several channels have a ; between them")?;
        words.rescale.push((number("rescale", low)?, number("rescale", high)?));
    }
    words.stretch = block.setting("stretch").map(str::to_owned);
    words.colormap = block.setting("colormap").map(str::to_owned);
    words.gamma = block.setting("gamma").map(|text| number("gamma", text)).transpose()?;
    words.nodata = block.setting("nodata").map(|text| number("nodata", text)).transpose()?;
    let kernel = |text: &str| {
        let known = Resampling::ALL.into_iter().find(|kernel| kernel.name() == text);
        known.ok_or_else(|| format!("resampling: the methods are {}", Resampling::ALL.map(Resampling::name).join(", ")))
    };
    words.resampling = block.setting("resampling").map(kernel).transpose()?;
    Ok(words)
}

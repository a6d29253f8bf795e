//! The tags of the new file's directories.

use super::ConvertError;
use super::plan::{LevelPlan, Plan};
use crate::cog::write::{BandDescription, Codec, OwnedTag, Placing, copied_tags, georeference_tags, metadata_tag};
use crate::cog::{Band, Cog, ColorInterpretation, Compression, Photometric};

/// `NewSubfileType`: a reduced version of another image; a mask.
const REDUCED: u32 = 1;
const MASK: u32 = 4;
/// `PhotometricInterpretation` of masks.
const TRANSPARENCY_MASK: u16 = 4;

/// Tags of a level's own directory, but for those that tell where its blocks are.
pub(super) fn level_tags(plan: &Plan, level: &LevelPlan, is_overview: bool) -> Vec<OwnedTag> {
    let samples = plan.samples();
    let each = |value: u16| vec![value; samples];
    let is_ycbcr = matches!(plan.codec, Codec::Jpeg { .. }) && samples == 3;
    let photometric = if is_ycbcr { Photometric::YCbCr } else { plan.photometric };
    let mut tags = grid_tags(plan, level, plan.codec.compression(), photometric.code());
    tags.push(OwnedTag::shorts(258, &each(plan.bits)));
    tags.push(OwnedTag::shorts(277, &[u16::try_from(samples).unwrap_or(u16::MAX)]));
    tags.push(OwnedTag::shorts(339, &each(plan.format.code())));
    if is_overview {
        tags.push(OwnedTag::longs(254, &[REDUCED]));
    }
    if plan.codec.takes_predictor() {
        tags.push(OwnedTag::shorts(317, &[plan.predictor.code()]));
    }
    if let (true, Some(map)) = (plan.is_palette(), &plan.color_map) {
        tags.push(OwnedTag::shorts(320, map));
    }
    if !plan.extra_samples.is_empty() && !is_ycbcr {
        let extras: Vec<u16> = plan.extra_samples.iter().map(|extra| extra.code()).collect();
        tags.push(OwnedTag::shorts(338, &extras));
    }
    if is_ycbcr {
        tags.push(OwnedTag::shorts(530, &[2, 2]));
        tags.push(OwnedTag::rationals(532, &[[0, 1], [255, 1], [128, 1], [255, 1], [128, 1], [255, 1]]));
    }
    if let Some((_, text)) = &plan.nodata {
        tags.push(OwnedTag::ascii(42113, text));
    }
    tags
}

/// Tags of the directory of a level's mask.
pub(super) fn mask_tags(plan: &Plan, level: &LevelPlan, is_overview: bool) -> Vec<OwnedTag> {
    let mut tags = grid_tags(plan, level, Compression::Deflate, TRANSPARENCY_MASK);
    tags.push(OwnedTag::longs(254, &[if is_overview { MASK | REDUCED } else { MASK }]));
    tags.push(OwnedTag::shorts(258, &[1]));
    tags.push(OwnedTag::shorts(277, &[1]));
    tags.push(OwnedTag::shorts(339, &[1]));
    tags
}

fn grid_tags(plan: &Plan, level: &LevelPlan, compression: Compression, photometric: u16) -> Vec<OwnedTag> {
    vec![
        OwnedTag::longs(256, &[level.width]),
        OwnedTag::longs(257, &[level.height]),
        OwnedTag::shorts(259, &[compression.code()]),
        OwnedTag::shorts(262, &[photometric]),
        OwnedTag::shorts(284, &[1]),
        OwnedTag::longs(322, &[level.block_width]),
        OwnedTag::longs(323, &[plan.block_height]),
    ]
}

/// Tags of the image as a whole: where it lies and what is said of it and its bands.
pub(super) fn image_tags(source: &Cog, plan: &Plan) -> Result<Placing, ConvertError> {
    let Placing { mut tags, lost_crs } = georeference_tags(source)?;
    tags.extend(copied_tags(source, plan.keeps_all_bands)?);
    let bands: Vec<(usize, &Band)> =
        plan.bands.iter().filter_map(|&index| Some((index, source.bands().get(index)?))).collect();
    let described: Vec<BandDescription<'_>> = bands
        .iter()
        .enumerate()
        .map(|(position, &(source_index, band))| BandDescription {
            band,
            source_index,
            color_by_tags: color_by_tags(plan, position, band.color),
        })
        .collect();
    tags.extend(metadata_tag(source, &described)?);
    Ok(Placing { tags, lost_crs })
}

/// The colour that readers take a band for without a word about it.
fn color_by_tags(plan: &Plan, position: usize, wanted: ColorInterpretation) -> ColorInterpretation {
    use ColorInterpretation as Color;
    let of = |colors: &[Color]| colors.get(position).copied().unwrap_or_default();
    match plan.photometric {
        Photometric::Rgb => of(&[Color::Red, Color::Green, Color::Blue]),
        Photometric::Cmyk => of(&[Color::Cyan, Color::Magenta, Color::Yellow, Color::Black]),
        // Palettes, also those that black and white or the other way round are taken for, can't be told otherwise.
        _ if wanted == Color::Palette => Color::Palette,
        _ => of(&[Color::Gray]),
    }
}

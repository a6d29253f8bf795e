//! How large the pixels of a layer are in another reference system.

use crate::geo::{BoundingBox, Crs, Transformer, transform_bounds};
use crate::library::{Image, Source};

/// Members of a mosaic that are looked at: enough to know how fine its images are.
const MOST_MEMBERS: usize = 64;

/// Units of the system per pixel: such that the diagonal keeps its pixels, as GDAL chooses it. Of several files the finest. `None`
/// where the place is not known.
pub(super) fn units_per_pixel(source: &Source, crs: &Crs) -> Option<f64> {
    let finest =
        |all: &mut dyn Iterator<Item = f64>| all.filter(|size| size.is_finite() && *size > 0.0).min_by(f64::total_cmp);
    match source {
        Source::Image(image) => of_image(image, crs),
        Source::Scene(scene) => finest(&mut scene.images().into_iter().filter_map(|image| of_image(image, crs))),
        Source::Mosaic(mosaic) => {
            let members = mosaic.members().iter().take(MOST_MEMBERS);
            finest(&mut members.filter_map(|member| units_per_pixel(member, crs)))
        }
    }
}

fn of_image(image: &Image, crs: &Crs) -> Option<f64> {
    let (width, height) = (f64::from(image.cog.width()), f64::from(image.cog.height()));
    let size = diagonal(image, crs)? / width.hypot(height);
    (size.is_finite() && size > 0.0).then_some(size)
}

/// From the upper left corner to the lower right one; of an image without a plain position that of the box around it.
fn diagonal(image: &Image, crs: &Crs) -> Option<f64> {
    if let (Some(affine), Some(own)) = (image.cog.affine(), image.cog.crs()) {
        let transformer = Transformer::new(own, crs, image.cog.bounds()).ok()?;
        let first = transformer.forward(affine.apply(0.0, 0.0))?;
        let last = transformer.forward(affine.apply(f64::from(image.cog.width()), f64::from(image.cog.height())))?;
        return Some((last.x - first.x).hypot(last.y - first.y));
    }
    let on_map: BoundingBox = image.bounds_mercator?;
    let bounds = transform_bounds(&Transformer::new(&Crs::web_mercator(), crs, None).ok()?, on_map)?;
    Some(bounds.width().hypot(bounds.height()))
}

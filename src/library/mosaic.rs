//! Several images and scenes laid over one another: the first on top, the next where nothing has been drawn yet.

use super::{LibraryError, Source, SourceBand, meet_on_map};
use crate::cog::BlockCache;
use crate::geo::{BoundingBox, Crs, Transformer, transform_bounds};
use crate::raster::{INVALID, Raster, Sample, Samples};
use crate::warp::{Resampling, View};

/// Images and scenes in drawing order, the topmost first. Never empty, and never nested.
#[derive(Debug, Clone)]
pub struct Mosaic {
    name: String,
    members: Vec<Source>,
}

impl Mosaic {
    /// A mosaic of these members; those of a mosaic among them take its place. `None` if there are none.
    pub fn new(name: &str, members: Vec<Source>) -> Option<Self> {
        let flat = |member: Source| match member {
            Source::Mosaic(inner) => inner.members.clone(),
            other => vec![other],
        };
        let members: Vec<Source> = members.into_iter().flat_map(flat).collect();
        (!members.is_empty()).then(|| Self { name: name.to_owned(), members })
    }

    /// What to call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The members, the topmost first.
    pub fn members(&self) -> &[Source] {
        &self.members
    }

    /// The box around all members on the map (EPSG:3857).
    pub fn bounds_mercator(&self) -> Option<BoundingBox> {
        self.members.iter().filter_map(Source::bounds_mercator).reduce(|all, one| all.union(&one))
    }

    /// The members whose boxes on the map meet `bounds` (EPSG:3857), the topmost first.
    pub fn members_meeting(&self, bounds: &BoundingBox) -> impl Iterator<Item = &Source> {
        let meets = |member: &&Source| member.bounds_mercator().is_some_and(|own| meet_on_map(&own, bounds));
        self.members.iter().filter(meets)
    }

    /// The values of some bands in the view's grid; see [`Source::read`]. Members out of view are not touched, and reading ends when
    /// no pixel is left invalid.
    pub fn read(
        &self,
        view: &View,
        bands: &[usize],
        resampling: Resampling,
        cache: &BlockCache,
    ) -> Result<Raster, LibraryError> {
        let on_map = view_on_map(view);
        let in_view = |member: &&Source| match (on_map, member.bounds_mercator()) {
            (Some(view), Some(own)) => meet_on_map(&own, &view),
            // What can't be told to be out of view is tried.
            _ => true,
        };
        let mut filled: Option<Filling> = None;
        for member in self.members.iter().filter(in_view) {
            match &mut filled {
                None => filled = Some(Filling::start(member.read(view, bands, resampling, cache)?)),
                Some(filling) if filling.is_full() => break,
                Some(filling) => filling.fill(member, member.read(view, bands, resampling, cache)?)?,
            }
        }
        match filled {
            Some(filling) => filling.finish(&self.name),
            None => nothing(&self.name, &self.members.first().map(Source::bands).unwrap_or_default(), view, bands),
        }
    }
}

/// The box around a view on the map (EPSG:3857); `None` if that can't be told.
pub(super) fn view_on_map(view: &View) -> Option<BoundingBox> {
    let transformer = Transformer::new(view.crs(), &Crs::web_mercator(), Some(view.bbox())).ok()?;
    transform_bounds(&transformer, view.bbox())
}

/// A view that no member meets.
fn nothing(name: &str, known: &[SourceBand], view: &View, bands: &[usize]) -> Result<Raster, LibraryError> {
    let raster_error = |source| LibraryError::Raster { name: name.to_owned(), source };
    let pixels = usize::try_from(u64::from(view.width()) * u64::from(view.height())).unwrap_or(usize::MAX);
    let plane = |&index: &usize| match known.get(index) {
        Some(band) => Ok(Samples::zeros(band.sample_type, pixels)),
        None => Err(LibraryError::NoSuchBand { name: name.to_owned(), index, count: known.len() }),
    };
    let planes = bands.iter().map(plane).collect::<Result<_, _>>()?;
    Raster::new(view.width(), view.height(), planes, vec![INVALID; pixels]).map_err(raster_error)
}

/// A raster that is being filled from one member after the other.
struct Filling {
    size: (u32, u32),
    planes: Vec<Samples>,
    mask: Vec<u8>,
}

impl Filling {
    fn start(raster: Raster) -> Self {
        let size = (raster.width(), raster.height());
        let (planes, mask) = raster.into_parts();
        Self { size, planes, mask }
    }

    fn is_full(&self) -> bool {
        !self.mask.contains(&INVALID)
    }

    /// Takes over every pixel that is still invalid here and valid there.
    fn fill(&mut self, member: &Source, raster: Raster) -> Result<(), LibraryError> {
        let unlike = |reason: String| LibraryError::Unlike { name: member.name().to_owned(), reason };
        if (raster.width(), raster.height()) != self.size || raster.bands().len() != self.planes.len() {
            return Err(unlike("it was read with another size or number of bands".to_owned()));
        }
        let (planes, mask) = raster.into_parts();
        let takes: Vec<bool> =
            self.mask.iter().zip(&mask).map(|(&own, &new)| own == INVALID && new != INVALID).collect();
        for (own, new) in self.planes.iter_mut().zip(&planes) {
            take_over(own, new, &takes).map_err(unlike)?;
        }
        self.mask.iter_mut().zip(&mask).filter(|(own, _)| **own == INVALID).for_each(|(own, new)| *own = *new);
        Ok(())
    }

    fn finish(self, name: &str) -> Result<Raster, LibraryError> {
        let raster = Raster::new(self.size.0, self.size.1, self.planes, self.mask);
        raster.map_err(|source| LibraryError::Raster { name: name.to_owned(), source })
    }
}

fn take_over(own: &mut Samples, new: &Samples, takes: &[bool]) -> Result<(), String> {
    macro_rules! of_same_type {
        ($($variant:ident),*) => {
            match (own, new) {
                $((Samples::$variant(own), Samples::$variant(new)) => { copy(own, new, takes); Ok(()) })*
                (own, new) => Err(format!("its values are {}, theirs are {}", new.sample_type().name(), own.sample_type().name())),
            }
        };
    }
    of_same_type!(U8, I8, U16, I16, U32, I32, U64, I64, F32, F64, CI16, CI32, CF32, CF64)
}

fn copy<T: Sample>(own: &mut [T], new: &[T], takes: &[bool]) {
    let pairs = own.iter_mut().zip(new).zip(takes);
    pairs.filter(|(_, takes)| **takes).for_each(|((own, new), _)| *own = *new);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::VALID;

    fn raster(values: Vec<u8>, mask: Vec<u8>) -> Raster {
        let width = u32::try_from(values.len()).unwrap();
        Raster::new(width, 1, vec![Samples::U8(values)], mask).unwrap()
    }

    #[test]
    fn only_what_is_invalid_is_taken_over() {
        let mut own = Samples::U8(vec![1, 0, 0]);
        take_over(&mut own, &Samples::U8(vec![9, 9, 9]), &[false, true, false]).unwrap();
        assert_eq!(own, Samples::U8(vec![1, 9, 0]));
    }

    #[test]
    fn values_of_another_type_are_refused_by_name() {
        let refused = take_over(&mut Samples::U8(vec![1]), &Samples::F32(vec![1.0]), &[true]);
        assert_eq!(refused.unwrap_err(), "its values are Float32, theirs are Byte");
    }

    #[test]
    fn a_filling_is_full_when_no_pixel_is_invalid() {
        assert!(Filling::start(raster(vec![1, 2], vec![VALID; 2])).is_full());
        assert!(!Filling::start(raster(vec![1, 2], vec![VALID, INVALID])).is_full());
    }
}

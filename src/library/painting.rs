//! A source made ready to be painted: each member with the painter of its kind, laid over one another.
//!
//! The command line's pictures and those of the loopback endpoint are both made here, so that they are the same.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use thiserror::Error;

use super::layering::{Drawn, Layered, Sheet};
use super::{ImageId, Kind, LayerStatistics, LibraryError, Source};
use crate::cog::BlockCache;
use crate::geo::BoundingBox;
use crate::render::{Channels, Painter, Style, StyleError, StyleWordError, StyleWords};
use crate::warp::{Resampling, View};

/// How a source shall look.
#[derive(Debug, Clone, PartialEq)]
pub enum Look {
    /// As it does by default, changed by these words.
    Words(StyleWords),
    /// In just this style.
    Style(Style),
    /// Each member of a mosaic in a style of its own, as the map shows them.
    Shown(Arc<ShownStyles>),
}

/// Styles of images and scenes, by their first file; of others the default.
#[derive(Clone, PartialEq, Default)]
pub struct ShownStyles(pub FxHashMap<ImageId, Style>);

/// There may be thousands; one text for all of them will do.
impl fmt::Debug for ShownStyles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShownStyles").finish_non_exhaustive()
    }
}

impl Default for Look {
    fn default() -> Self {
        Self::Words(StyleWords::default())
    }
}

impl Look {
    /// The style of a source that is no mosaic.
    pub fn style(&self, source: &Source) -> Result<Style, StyleWordError> {
        match self {
            Self::Words(words) => words.applied_to(source.default_style(), source.name(), &source.band_names()),
            Self::Style(style) => Ok(style.clone()),
            Self::Shown(styles) => {
                let own = source.parts().first().and_then(|part| styles.0.get(&part.image.id)).cloned();
                Ok(own.unwrap_or_else(|| source.default_style()))
            }
        }
    }
}

/// Why a source can't look as it should.
#[derive(Debug, Clone, Error)]
pub enum PaintingError {
    /// A word of the style can't be understood.
    #[error(transparent)]
    Word(#[from] StyleWordError),
    /// The style doesn't suit the source.
    #[error("{name}: {source}")]
    Style {
        /// The source.
        name: String,
        /// What is wrong.
        source: StyleError,
    },
    /// What the stretch is made from can't be read.
    #[error(transparent)]
    Statistics(#[from] LibraryError),
}

/// Statistics of the members of a kind and the values of an expression; computed, or known already.
pub type StatisticsOf<'a> =
    dyn FnMut(&Kind, &[Source], Option<&str>) -> Result<Arc<LayerStatistics>, LibraryError> + 'a;

/// An image or scene with what paints it.
#[derive(Debug, Clone)]
pub struct PaintedMember {
    /// Its pixels.
    pub source: Source,
    /// What makes a picture of them. Shared by all members of a kind.
    pub painter: Arc<Painter>,
    /// How values between source pixels are made.
    pub resampling: Resampling,
}

type Ready = Result<(Arc<Painter>, Resampling), PaintingError>;

/// Images and scenes with what paints them, the topmost first. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Painting {
    members: Arc<[PaintedMember]>,
}

impl Layered for PaintedMember {
    fn bounds(&self) -> Option<BoundingBox> {
        self.source.bounds_mercator()
    }

    fn painter(&self) -> &Painter {
        &self.painter
    }
}

impl Painting {
    /// Makes a source ready. A mosaic's kinds each get the look as far as they have the bands for it; those that don't are left
    /// out. Fails if none has them.
    pub fn new(source: &Source, look: &Look, statistics: &mut StatisticsOf<'_>) -> Result<Self, PaintingError> {
        let members = match source {
            Source::Mosaic(mosaic) => mosaic.members().to_vec(),
            single => vec![single.clone()],
        };
        let kinds: Vec<Kind> = members.iter().map(Source::kind).collect();
        let mut of_kind: FxHashMap<&Kind, Vec<Source>> = FxHashMap::default();
        for (kind, member) in kinds.iter().zip(&members) {
            of_kind.entry(kind).or_default().push(member.clone());
        }
        let mut painters: FxHashMap<(&Kind, Option<String>), Ready> = FxHashMap::default();
        let mut painted = Vec::with_capacity(members.len());
        let mut first_error = None;
        for (kind, member) in kinds.iter().zip(&members) {
            let of_kind = of_kind.get(kind).map(Vec::as_slice).unwrap_or_default();
            // Members of a kind share a painter, if they share a style.
            let own = matches!(look, Look::Shown(_)).then(|| look.style(member).map(|style| format!("{style:?}")));
            let key = (kind, own.transpose()?);
            let painter = painters.entry(key).or_insert_with(|| painter((kind, member), of_kind, look, statistics));
            match painter {
                Ok((painter, resampling)) => painted.push(PaintedMember {
                    source: member.clone(),
                    painter: Arc::clone(painter),
                    resampling: *resampling,
                }),
                Err(error) => {
                    first_error.get_or_insert_with(|| error.clone());
                }
            }
        }
        match first_error {
            Some(error) if painted.is_empty() => Err(error),
            _ => Ok(Self { members: painted.into() }),
        }
    }

    /// The members, the topmost first.
    pub fn members(&self) -> &[PaintedMember] {
        &self.members
    }

    /// Draws the members that meet the view, the topmost first, until nothing shines through. `go_on` is asked before each of
    /// them. A member that can't be read is left out.
    pub fn draw(&self, view: &View, cache: &BlockCache, go_on: &dyn Fn() -> bool) -> Result<Drawn, LibraryError> {
        let read = |member: &PaintedMember, part: &View| {
            let raster = member.source.read(part, member.painter.bands(), member.resampling, cache)?;
            Ok(Some(Arc::new(raster)))
        };
        Sheet::on_map(view).draw(&self.members, &read, go_on)
    }
}

fn painter(
    (kind, first): (&Kind, &Source),
    members: &[Source],
    look: &Look,
    statistics: &mut StatisticsOf<'_>,
) -> Result<(Arc<Painter>, Resampling), PaintingError> {
    let style = look.style(first)?;
    let failed = |source| PaintingError::Style { name: first.name().to_owned(), source };
    // Wrong styles are told before anything is read.
    let unstretched = first.color_source(None);
    let painter = style.painter(&unstretched).map_err(failed)?;
    if !style.needs_statistics(&unstretched) {
        return Ok((Arc::new(painter), style.resampling));
    }
    let expression = match &style.channels {
        Channels::Expression(text) => Some(text.as_str()),
        _ => None,
    };
    let statistics = statistics(kind, members, expression)?;
    let painter = style.painter(&first.color_source(Some(&statistics))).map_err(failed)?;
    Ok((Arc::new(painter), style.resampling))
}

//! A layer of the shelf: what it shows, where it lies, how it can look. Where its files lie is known to its source only.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::days::Days;
use crate::cog::BlockCache;
use crate::geo::{BoundingBox, Crs, Point, Transformer, transform_bounds};
use crate::library::{
    Image, Kind, LayerStatistics, LibraryError, Look, Mosaic, Painting, PaintingError, Sampled, Source, StatisticsOf,
    home_bounds,
};
use crate::warp::footprint;

/// Ready paintings that a layer keeps; looks come from requests, so that there may be any number.
const MOST_PAINTINGS: usize = 32;

/// What a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerKind {
    /// All images and scenes that are shown, over one another.
    Mosaic,
    /// Bands of several files.
    Scene,
    /// One file.
    Image,
}

/// A look with a name: a WMS style.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedLook {
    /// What requests call it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// How the layer looks in it.
    pub look: Look,
}

/// Something that can be asked for.
pub struct Layer {
    id: String,
    title: String,
    kind: LayerKind,
    /// A file that is a band of a scene.
    is_part: bool,
    source: Source,
    place: Option<Place>,
    dates: Vec<Date>,
    looks: Vec<NamedLook>,
    /// What the window made stretches from; else they are made of the layer itself.
    known: FxHashMap<Kind, Arc<LayerStatistics>>,
    paintings: Mutex<FxHashMap<String, Painting>>,
    sampled: Mutex<FxHashMap<(Kind, Option<String>), Arc<LayerStatistics>>>,
}

/// Where a layer lies.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its own reference system; Web Mercator for a mosaic.
    pub crs: Crs,
    /// The box around it there.
    pub bounds: BoundingBox,
    /// The box around it in degrees, west to east within -180 to 180.
    pub lon_lat: BoundingBox,
    /// The box around it on the usual map (EPSG:3857).
    pub mercator: BoundingBox,
    /// The part of `lon_lat` where a look begins: where most of its images lie.
    pub home: BoundingBox,
}

impl Layer {
    /// A layer of a source. The first of `looks` is the one that is shown if none is asked for.
    pub(super) fn new(
        (id, title, kind): (String, String, LayerKind),
        source: Source,
        looks: Vec<NamedLook>,
        known: FxHashMap<Kind, Arc<LayerStatistics>>,
    ) -> Self {
        let place = place(&source);
        let mut dates: Vec<Date> = members(&source).iter().filter_map(date).collect();
        dates.sort_unstable();
        dates.dedup();
        let (paintings, sampled) = (Mutex::default(), Mutex::default());
        Self { id, title, kind, is_part: false, source, place, dates, looks, known, paintings, sampled }
    }

    /// The same layer, known to be a band of a scene that is a layer too.
    #[must_use]
    pub(super) fn into_part(mut self) -> Self {
        self.is_part = true;
        self
    }

    /// Whether it is a file that is a band of a scene.
    pub(super) fn is_part(&self) -> bool {
        self.is_part
    }

    /// What requests call it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it is.
    pub fn kind(&self) -> LayerKind {
        self.kind
    }

    /// Its pixels.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Where it lies; `None` if that isn't known, so that it is on no map.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The days on which it was taken, the earliest first.
    pub fn dates(&self) -> &[Date] {
        &self.dates
    }

    /// How it can look, the default first. Never empty.
    pub fn looks(&self) -> &[NamedLook] {
        &self.looks
    }

    /// The look of this name; the default for an empty one.
    pub fn look(&self, name: &str) -> Option<&Look> {
        let found = if name.is_empty() { self.looks.first() } else { self.looks.iter().find(|look| look.name == name) };
        found.map(|found| &found.look)
    }

    /// The image, if it is one.
    pub(super) fn image(&self) -> Option<&Arc<Image>> {
        match &self.source {
            Source::Image(image) => Some(image),
            Source::Scene(_) | Source::Mosaic(_) => None,
        }
    }

    /// Makes the layer ready to be drawn in a look, of what was taken on some days only if these are given; `None` if there is
    /// nothing of them. What was made ready is kept. Reads a sample of the pixels where the stretch needs it.
    pub(super) fn painting(
        &self,
        look: &Look,
        days: Option<&Days>,
        cache: &BlockCache,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<Painting>, PaintingError> {
        let key = format!("{days:?} {look:?}");
        if let Some(ready) = lock(&self.paintings).get(&key) {
            return Ok(Some(ready.clone()));
        }
        let Some(source) = self.on(days) else { return Ok(None) };
        // A stretch is that of the whole layer, whatever the days.
        let whole = members(&self.source);
        let statistics: &mut StatisticsOf<'_> = &mut |kind: &Kind, _: &[Source], expression: Option<&str>| {
            let of_kind = |member: &&Source| member.kind() == *kind;
            let members: Vec<Source> = whole.iter().filter(of_kind).cloned().collect();
            self.statistics(kind, &members, expression, (cache, go_on))
        };
        let painting = Painting::new(&source, look, statistics)?;
        let mut paintings = lock(&self.paintings);
        if paintings.len() >= MOST_PAINTINGS {
            paintings.clear();
        }
        paintings.insert(key, painting.clone());
        Ok(Some(painting))
    }

    fn statistics(
        &self,
        kind: &Kind,
        members: &[Source],
        expression: Option<&str>,
        (cache, go_on): (&BlockCache, &dyn Fn() -> bool),
    ) -> Result<Arc<LayerStatistics>, LibraryError> {
        if expression.is_none()
            && let Some(known) = self.known.get(kind)
        {
            return Ok(Arc::clone(known));
        }
        // Locked while they are made: who needs the same in the meantime waits for them instead of making them too.
        let mut sampled = lock(&self.sampled);
        let key = (kind.clone(), expression.map(str::to_owned));
        if let Some(known) = sampled.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = LayerStatistics::of(&Sampled { members, expression, area: None }, cache, &|_, _| go_on())?;
        let made = Arc::new(made.ok_or(LibraryError::Stopped)?);
        if sampled.len() >= MOST_PAINTINGS {
            sampled.clear();
        }
        sampled.insert(key, Arc::clone(&made));
        Ok(made)
    }

    /// What was taken on some days; everything if none are given.
    pub(super) fn on(&self, days: Option<&Days>) -> Option<Source> {
        let Some(days) = days else { return Some(self.source.clone()) };
        let is_of_days = |member: &Source| date(member).is_some_and(|date| days.contain(date));
        let of_day: Vec<Source> = members(&self.source).into_iter().filter(is_of_days).collect();
        match &self.source {
            Source::Mosaic(mosaic) => Mosaic::new(mosaic.name(), of_day).map(|part| Source::Mosaic(Arc::new(part))),
            Source::Image(_) | Source::Scene(_) => of_day.into_iter().next(),
        }
    }
}

/// A panic while it was locked left it whole: nothing in there is half done at any time.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The members of a mosaic, or the source itself.
fn members(source: &Source) -> Vec<Source> {
    match source {
        Source::Mosaic(mosaic) => mosaic.members().to_vec(),
        single => vec![single.clone()],
    }
}

fn date(source: &Source) -> Option<Date> {
    match source {
        Source::Image(image) => image.date,
        Source::Scene(scene) => scene.date,
        Source::Mosaic(_) => None,
    }
}

fn place(source: &Source) -> Option<Place> {
    let mercator = source.bounds_mercator()?;
    let lon_lat = lon_lat_box(mercator)?;
    let own = match source {
        Source::Mosaic(_) => None,
        single => own_place(single),
    };
    let (crs, bounds) = own.unwrap_or_else(|| (Crs::web_mercator(), mercator));
    let home = match source {
        Source::Mosaic(mosaic) => home_bounds(mercator, mosaic.members().iter().filter_map(Source::bounds_mercator)),
        _ => None,
    };
    let home = home.and_then(lon_lat_box).unwrap_or(lon_lat);
    Some(Place { crs, bounds, lon_lat, mercator, home })
}

/// The system that a file is in, and the box around all files of a source there.
fn own_place(source: &Source) -> Option<(Crs, BoundingBox)> {
    let parts = source.parts();
    let crs = parts.first()?.image.cog.crs()?.clone();
    crs.check_supported().ok()?;
    let outlines = parts.iter().filter_map(|part| footprint(&part.image.cog, &crs)).flatten();
    let bounds = BoundingBox::around(outlines)?;
    Some((crs, bounds))
}

/// A box on the map in degrees. One that reaches over the antimeridian goes all the way round.
fn lon_lat_box(mercator: BoundingBox) -> Option<BoundingBox> {
    let transformer = Transformer::new(&Crs::web_mercator(), &Crs::wgs84(), None).ok()?;
    let at = |x: f64, y: f64| transformer.forward(Point::new(x, y));
    let half_world = crate::geo::MERCATOR_HALF_WORLD_M;
    if mercator.min_x() < -half_world || mercator.max_x() > half_world {
        let (south, north) = (at(0.0, mercator.min_y())?.y, at(0.0, mercator.max_y())?.y);
        return BoundingBox::new(-180.0, south, 180.0, north);
    }
    transform_bounds(&transformer, mercator)
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Layer").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

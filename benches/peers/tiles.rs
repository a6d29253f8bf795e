//! Tiles and views: values to colours, as the map makes them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use cogscope::cog::BlockCache;
use cogscope::geo::TileCoord;
use cogscope::jobs::{JobEvent, Jobs, JobsConfig, LayerId, MapLayer, MapMember, TileKey, TileResult, TileWant};
use cogscope::library::{EntryId, Image, ImageId, Source};
use cogscope::raster::{Resampling, SampleType};
use cogscope::render::encode::{npy, png};
use cogscope::render::{Channels, Colormap, Painter, Stretch, Style};
use cogscope::warp::View;
use serde_json::{Value, json};

use super::bound::Blocks;
use super::time::{Took, of_process, of_thread};
use super::{Failure, flag, number, text};

/// Bytes of decoded blocks that are kept: enough for any one tile or view.
const CACHE_BYTES: u64 = 1 << 30;

/// What is kept between commands.
pub struct State {
    /// Emptied before each tile that is to be drawn from nothing.
    emptied: BlockCache,
    /// Files whose blocks have been decoded, for tiles that are asked for again.
    warm: HashMap<PathBuf, (Subject, BlockCache)>,
    /// Compressed blocks of the last tile.
    bound: Option<(String, Blocks)>,
}

impl Default for State {
    fn default() -> Self {
        Self { emptied: BlockCache::new(CACHE_BYTES), warm: HashMap::new(), bound: None }
    }
}

/// A file made ready to be shown.
struct Subject {
    source: Source,
    painter: Painter,
    resampling: Resampling,
}

impl Subject {
    fn open(path: &Path, resampling: Resampling) -> Result<Self, Failure> {
        let source = Source::Image(Arc::new(Image::open(ImageId(0), path)?));
        let painter = style(&source, 1.0).painter(&source.color_source(None))?;
        Ok(Self { source, painter, resampling })
    }

    fn cog(&self) -> Result<&cogscope::cog::Cog, Failure> {
        match &self.source {
            Source::Image(image) => Ok(&image.cog),
            _ => Err("not an image".into()),
        }
    }
}

/// Colours in a range that suits the pictures made here.
pub fn style(source: &Source, gamma: f64) -> Style {
    let bands = source.bands();
    let range = match bands.first().map(|band| band.sample_type) {
        Some(SampleType::U8) => (20.0, 230.0),
        Some(SampleType::F32) => (100.0, 1100.0),
        _ => (500.0, 3500.0),
    };
    let stretch = Stretch::Manual(vec![range]);
    if bands.len() >= 3 {
        Style { stretch, gamma, ..Style::rgb([0, 1, 2]) }
    } else {
        Style {
            stretch,
            gamma,
            channels: Channels::Single(0),
            colormap: Colormap::named("viridis"),
            ..Style::default()
        }
    }
}

fn resampling(command: &Value) -> Result<Resampling, Failure> {
    let name = command.get("resampling").and_then(Value::as_str).unwrap_or("nearest");
    Resampling::ALL.into_iter().find(|one| one.name() == name).ok_or_else(|| format!("no resampling {name}").into())
}

pub fn told(took: Took) -> Value {
    json!({ "wall_ns": took.wall_ns, "cpu_ns": took.cpu_ns })
}

fn tile_view(command: &Value) -> Result<View, Failure> {
    let tile = TileCoord::new(number(command, "z")? as u8, number(command, "x")? as u32, number(command, "y")? as u32);
    Ok(View::tile(tile.ok_or("no such tile")?, 256))
}

impl State {
    /// One tile, on the calling thread: from nothing but the opened file, or with its blocks in the cache.
    pub fn tile(&mut self, command: &Value) -> Result<Value, Failure> {
        let path = PathBuf::from(text(command, "file")?);
        let view = tile_view(command)?;
        let resampling = resampling(command)?;
        let with_png = flag(command, "png");
        let draw = |subject: &Subject, cache: &BlockCache| -> Result<usize, Failure> {
            let raster = subject.source.read(&view, subject.painter.bands(), resampling, cache)?;
            let image = subject.painter.paint(&raster);
            Ok(if with_png { png(&image)?.len() } else { image.pixels.len() })
        };
        let took = if flag(command, "warm") {
            if !self.warm.contains_key(&path) {
                let subject = Subject::open(&path, resampling)?;
                self.warm.insert(path.clone(), (subject, BlockCache::new(CACHE_BYTES)));
            }
            let (subject, cache) = self.warm.get(&path).ok_or("just put in")?;
            draw(subject, cache)?;
            let (drawn, took) = of_thread(|| draw(subject, cache))?;
            drawn?;
            took
        } else {
            let subject = Subject::open(&path, resampling)?;
            self.emptied.clear();
            let (drawn, took) = of_thread(|| draw(&subject, &self.emptied))?;
            drawn?;
            took
        };
        if let Some(output) = command.get("values").and_then(Value::as_str) {
            let (subject, cache) = (Subject::open(&path, resampling)?, BlockCache::new(CACHE_BYTES));
            std::fs::write(output, npy(&subject.source.read(&view, subject.painter.bands(), resampling, &cache)?))?;
        }
        Ok(told(took))
    }

    /// The decompression alone of the blocks that the tile needs.
    pub fn bound(&mut self, command: &Value) -> Result<Value, Failure> {
        let path = PathBuf::from(text(command, "file")?);
        let view = tile_view(command)?;
        let key = format!("{} {:?}", path.display(), view.bbox());
        if self.bound.as_ref().is_none_or(|(known, _)| *known != key) {
            let subject = Subject::open(&path, Resampling::Nearest)?;
            self.bound = Some((key, Blocks::of_views(subject.cog()?, &[view])?));
        }
        let (_, blocks) = self.bound.as_ref().ok_or("just put in")?;
        let mut answer = told(blocks.decode()?);
        answer["blocks"] = blocks.len().into();
        Ok(answer)
    }
}

/// The tiles of a screen of `width` x `height` pixels around a place, the middle first, as the map asks for them.
fn screen(command: &Value) -> Result<Vec<TileCoord>, Failure> {
    let (z, x, y) = (number(command, "z")? as u8, number(command, "x")? as i64, number(command, "y")? as i64);
    let (across, down) =
        (number(command, "width")?.div_ceil(256) as i64, number(command, "height")?.div_ceil(256) as i64);
    let mut tiles = Vec::new();
    for row in 0..down {
        for col in 0..across {
            let (x, y) = (u32::try_from(x + col - across / 2)?, u32::try_from(y + row - down / 2)?);
            let from_middle = (2 * col - across).abs() + (2 * row - down).abs();
            tiles.push((from_middle, TileCoord::new(z, x, y).ok_or("no such tile")?));
        }
    }
    tiles.sort_by_key(|(from_middle, _)| *from_middle);
    Ok(tiles.into_iter().map(|(_, tile)| tile).collect())
}

/// A screen of tiles by the program's own workers, from nothing but the opened file.
pub fn view(command: &Value) -> Result<Value, Failure> {
    let subject = Subject::open(Path::new(text(command, "file")?), resampling(command)?)?;
    let tiles = screen(command)?;
    let (wake, woken) = mpsc::channel();
    let wake = std::sync::Mutex::new(wake);
    let waker = move || drop(wake.lock().map(|wake| wake.send(())));
    let config =
        JobsConfig { block_cache_bytes: CACHE_BYTES, raster_cache_bytes: CACHE_BYTES, ..JobsConfig::default() };
    let jobs = Jobs::new(Arc::new(waker), config);
    let Subject { source, painter, resampling } = subject;
    let member = MapMember::new(EntryId::Image(ImageId(0)), source, Arc::new(painter), resampling).ok_or("no place")?;
    let layer = MapLayer { id: LayerId(0), generation: 1, frame: Arc::default(), members: Arc::from([member]) };
    jobs.set_layer(layer);
    let key = |&tile: &TileCoord| TileKey { layer: LayerId(0), generation: 1, tile, size: 256 };
    let wants: Vec<TileWant> = tiles.iter().map(|tile| TileWant { key: key(tile), visible: true }).collect();
    let mut pictures = 0;
    let ((), took) = of_process(|| {
        jobs.want_tiles(&wants);
        while !jobs.is_idle() {
            let _ = woken.recv_timeout(Duration::from_millis(50));
            for event in jobs.drain(Duration::from_millis(50)) {
                pictures += usize::from(matches!(event, JobEvent::TileReady { result: TileResult::Ready(_), .. }));
            }
        }
    })?;
    let mut answer = told(took);
    answer["tiles"] = tiles.len().into();
    answer["pictures"] = pictures.into();
    answer["decoded"] = jobs.block_cache().decoded().into();
    Ok(answer)
}

/// The decompression alone of the blocks that a screen of tiles needs, each once, on all cores.
pub fn view_bound(command: &Value) -> Result<Value, Failure> {
    let subject = Subject::open(Path::new(text(command, "file")?), Resampling::Nearest)?;
    let views: Vec<View> = screen(command)?.into_iter().map(|tile| View::tile(tile, 256)).collect();
    let blocks = Blocks::of_views(subject.cog()?, &views)?;
    // Once to warm up: threads, their memory.
    blocks.decode_in_parallel()?;
    let mut answer = told(blocks.decode_in_parallel()?);
    answer["blocks"] = blocks.len().into();
    Ok(answer)
}

/// A screen of values in another style, on the calling thread.
pub fn restyle(command: &Value) -> Result<Value, Failure> {
    let subject = Subject::open(Path::new(text(command, "file")?), Resampling::Nearest)?;
    let cache = BlockCache::new(CACHE_BYTES);
    let mut rasters = Vec::new();
    for tile in screen(command)? {
        rasters.push(subject.source.read(
            &View::tile(tile, 256),
            subject.painter.bands(),
            Resampling::Nearest,
            &cache,
        )?);
    }
    let source = &subject.source;
    // The painter is made anew: that is what moving a stretch costs.
    let (painted, took) = of_thread(|| -> Result<usize, Failure> {
        let painter = style(source, 1.4).painter(&source.color_source(None))?;
        Ok(rasters.iter().map(|raster| std::hint::black_box(painter.paint(raster)).pixels.len()).sum())
    })?;
    let mut answer = told(took);
    answer["megapixels"] = (painted? as f64 / 4e6).into();
    Ok(answer)
}

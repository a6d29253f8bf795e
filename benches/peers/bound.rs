//! What no reader can beat: the decompression alone of the blocks that a view needs, by the fastest library for each codec, from
//! bytes in memory into memory that is there already.

use std::cell::RefCell;
use std::collections::BTreeSet;

use cogscope::cog::{Cog, Compression, Level};
use cogscope::geo::Point;
use cogscope::warp::{ImageGeometry, View, choose_level};
use rayon::prelude::*;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

use super::Failure;
use super::time::{Took, of_process, of_thread};

/// The compressed blocks that hold the nearest pixel of any pixel of some views.
pub struct Blocks {
    compression: Compression,
    plain_bytes: usize,
    blocks: Vec<Vec<u8>>,
}

impl Blocks {
    /// Found pixel by pixel, so that it depends on nothing that is measured.
    pub fn of_views(cog: &Cog, views: &[View]) -> Result<Self, Failure> {
        let first = views.first().ok_or("no views")?;
        let geometry = ImageGeometry::new(cog, first.crs())?;
        let mut needed: BTreeSet<(usize, u64)> = BTreeSet::new();
        for view in views {
            let index = choose_level(cog, view)?;
            let level = cog.levels().get(index).ok_or("no such level")?;
            needed.extend(indices(cog, level, view, &geometry).into_iter().map(|block| (index, block)));
        }
        let level = cog.levels().first().ok_or("no levels")?;
        let mut blocks = Vec::new();
        for (index, block) in needed {
            blocks.extend(cog.levels().get(index).ok_or("no such level")?.block_bytes(block)?);
        }
        let samples = usize::from(level.samples_per_pixel) * usize::from(level.bits_per_sample) / 8;
        let plain_bytes = level.block_width as usize * level.block_height as usize * samples;
        Ok(Self { compression: level.compression, plain_bytes, blocks })
    }

    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// One after the other.
    pub fn decode(&self) -> Result<Took, Failure> {
        let (result, took) = of_thread(|| self.blocks.iter().try_for_each(|block| self.decode_one(block)))?;
        result.map(|()| took).map_err(Failure::from)
    }

    /// On all cores.
    pub fn decode_in_parallel(&self) -> Result<Took, Failure> {
        let (result, took) =
            of_process(|| self.blocks.par_iter().with_max_len(1).try_for_each(|block| self.decode_one(block)))?;
        result.map(|()| took).map_err(Failure::from)
    }

    fn decode_one(&self, block: &[u8]) -> Result<(), String> {
        thread_local! {
            static OUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
            static DEFLATE: RefCell<libdeflater::Decompressor> = RefCell::new(libdeflater::Decompressor::new());
            static ZSTD: RefCell<Option<zstd::bulk::Decompressor<'static>>> =
                RefCell::new(zstd::bulk::Decompressor::new().ok());
            static LZW: RefCell<weezl::decode::Decoder> =
                RefCell::new(
                    weezl::decode::Configuration::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
                        .with_yield_on_full_buffer(true)
                        .build(),
                );
        }
        OUT.with_borrow_mut(|out| {
            if out.len() < self.plain_bytes {
                out.resize(self.plain_bytes, 0);
            }
            let out = &mut out[..self.plain_bytes];
            let result = match self.compression {
                Compression::Deflate => {
                    DEFLATE.with_borrow_mut(|d| d.zlib_decompress(block, out).map_err(|e| e.to_string()))
                }
                Compression::Zstd => ZSTD.with_borrow_mut(|d| match d {
                    Some(d) => d.decompress_to_buffer(block, out).map_err(|e| e.to_string()),
                    None => Err("no decompressor".to_owned()),
                }),
                Compression::Lzw => LZW.with_borrow_mut(|d| {
                    d.reset();
                    let (mut read, mut written) = (0, 0);
                    loop {
                        let result = d.decode_bytes(&block[read..], &mut out[written..]);
                        read += result.consumed_in;
                        written += result.consumed_out;
                        if written == out.len() || result.consumed_in + result.consumed_out == 0 {
                            return Ok(written);
                        }
                    }
                }),
                Compression::Jpeg => JpegDecoder::new(ZCursor::new(block))
                    .decode_into(out)
                    .map_err(|e| format!("{e:?}"))
                    .map(|()| out.len()),
                other => Err(format!("{other:?}")),
            };
            std::hint::black_box(&out);
            match result? {
                length if length == out.len() => Ok(()),
                length => Err(format!("{length} bytes instead of {}", out.len())),
            }
        })
    }
}

fn indices(cog: &Cog, level: &Level, view: &View, geometry: &ImageGeometry) -> BTreeSet<u64> {
    let crs_from_pixel = view.crs_from_pixel();
    let (per_col, per_row) =
        (f64::from(level.width) / f64::from(cog.width()), f64::from(level.height) / f64::from(cog.height()));
    let mut blocks = BTreeSet::new();
    for row in 0..view.height() {
        for col in 0..view.width() {
            let place = crs_from_pixel.apply(f64::from(col) + 0.5, f64::from(row) + 0.5);
            let Some(Point { x, y }) = geometry.pixel_from_view(place) else { continue };
            let (x, y) = (x * per_col, y * per_row);
            if x >= 0.0 && y >= 0.0 && x < f64::from(level.width) && y < f64::from(level.height) {
                let (column, row) = (x as u32 / level.block_width, y as u32 / level.block_height);
                blocks.extend(level.block_index(column, row, 0));
            }
        }
    }
    blocks
}

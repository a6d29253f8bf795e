//! JPEG streams that share tables (TIFF technical note 2), by zune-jpeg.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::jpeg_scans::{self, Component};
use super::{CodecError, Shape};

const NAME: &str = "JPEG";
/// How many times more samples than the block a stream may have; rows and columns beyond the block are cut.
const MAX_EXCESS: usize = 16;

/// What a stream's frame header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) precision: u8,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) components: usize,
}

/// Decodes a stream into `out`, 8 bits a sample, pixel by pixel.
///
/// `tables` is the abbreviated stream of the `JPEGTables` tag. With `to_rgb`, three components are taken for `YCbCr` and
/// converted; else components come as they are. A stream smaller than the block leaves the rest 0.
pub(crate) fn decompress(
    data: &[u8],
    tables: Option<&[u8]>,
    to_rgb: bool,
    shape: &Shape,
    out: &mut [u8],
) -> Result<(), CodecError> {
    let merged;
    let stream = match tables {
        Some(tables) => {
            merged = merge(tables, data);
            merged.as_slice()
        }
        None => data,
    };
    let frame = frame(stream).ok_or_else(|| CodecError::damaged(NAME, "there is no frame header"))?;
    if frame.precision != 8 {
        return Err(CodecError::Unsupported(format!("JPEG with {} bits a sample", frame.precision)));
    }
    if frame.components != shape.samples {
        let reason = format!("{} components instead of {}", frame.components, shape.samples);
        return Err(CodecError::damaged(NAME, reason));
    }
    let bytes = frame.width.saturating_mul(frame.height).saturating_mul(frame.components);
    if bytes > shape.bytes.saturating_mul(MAX_EXCESS).saturating_add(1 << 16) {
        let reason = format!("{} x {} pixels for a block of {}", frame.width, frame.height, shape.size());
        return Err(CodecError::damaged(NAME, reason));
    }
    if frame.width == shape.width && frame.height == shape.rows {
        return decode(stream, frame, to_rgb, out);
    }
    let mut all = vec![0; bytes];
    decode(stream, frame, to_rgb, &mut all)?;
    shape.copy_cropped(&all, frame.width, out);
    Ok(())
}

fn decode(stream: &[u8], frame: Frame, to_rgb: bool, out: &mut [u8]) -> Result<(), CodecError> {
    if is_apart(stream, frame)
        && let Some(components) = jpeg_scans::components(stream, frame)
    {
        return decode_apart(&components, frame, to_rgb, out);
    }
    let damaged = |error: zune_jpeg::errors::DecodeErrors| CodecError::damaged(NAME, format!("{error:?}"));
    let options = DecoderOptions::default().set_strict_mode(false).set_max_width(1 << 16).set_max_height(1 << 16);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), options);
    if frame.components == 3 && to_rgb {
        return decoder.decode_into(out).map_err(damaged);
    }
    decoder.decode_headers().map_err(damaged)?;
    // Asking for the colours that the decoder believes to find makes it leave the components alone.
    let believed = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let as_they_are = match (frame.components, believed) {
        (1, _) => ColorSpace::Luma,
        (2, _) => ColorSpace::LumaA,
        (3, ColorSpace::CMYK | ColorSpace::RGB) => ColorSpace::RGB,
        (3, _) => ColorSpace::YCbCr,
        (_, believed) => believed,
    };
    decoder.set_options(options.jpeg_set_out_colorspace(as_they_are));
    decoder.decode_into(out).map_err(damaged)
}

/// A marker of a stream with what follows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    /// Second byte of the marker.
    pub(super) code: u8,
    /// Marker, length and content.
    pub(super) whole: &'a [u8],
    /// What the segment holds, without its length; nothing for markers that stand alone.
    pub(super) content: &'a [u8],
    /// What follows the segment in the stream.
    after: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Of a scan, the compressed data, up to the next marker that doesn't belong to them.
    pub(super) fn data(&self) -> &'a [u8] {
        let is_end = |pair: &[u8]| matches!(pair, &[0xff, code] if !matches!(code, 0x00 | 0xd0..=0xd7 | 0xff));
        let length = self.after.windows(2).position(is_end).unwrap_or(self.after.len());
        self.after.get(..length).unwrap_or_default()
    }
}

/// The segments of a stream up to its end, or to where it is damaged.
pub(super) fn segments(stream: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = stream.strip_prefix(&[0xff, 0xd8]).unwrap_or_default();
    std::iter::from_fn(move || {
        let segment;
        (segment, rest) = next_segment(rest)?;
        Some(segment)
    })
}

fn next_segment(stream: &[u8]) -> Option<(Segment<'_>, &[u8])> {
    let start = stream.iter().position(|&byte| byte == 0xff)?;
    let fill = stream.get(start..)?.iter().take_while(|&&byte| byte == 0xff).count();
    let marker = stream.get(start + fill - 1..)?;
    let code = *marker.get(1)?;
    match code {
        // The end of the image.
        0xd9 => None,
        // Markers without a segment.
        0x00 | 0x01 | 0xd0..=0xd8 => {
            let (whole, rest) = marker.split_at_checked(2)?;
            Some((Segment { code, whole, content: &[], after: rest }, rest))
        }
        _ => {
            let length = usize::from(u16::from_be_bytes(*marker.get(2..)?.first_chunk()?)).max(2);
            // A frame header is told from the part of it that is there.
            let (whole, rest) = marker.split_at_checked(2 + length).unwrap_or((marker, &[]));
            let content = whole.get(4..).unwrap_or_default();
            // The data of a scan are passed over like markers without a segment.
            Some((Segment { code, whole, content, after: rest }, rest))
        }
    }
}

/// The stream's frame header (SOF), searched from the beginning; `None` if the headers are damaged.
pub(crate) fn frame(stream: &[u8]) -> Option<Frame> {
    // After the start of a scan it is too late.
    let header = segments(stream)
        .take_while(|segment| segment.code != 0xda)
        .find(|segment| matches!(segment.code, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf))?;
    let &[precision, h1, h0, w1, w0, components] = header.content.first_chunk()?;
    let word = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low]));
    Some(Frame { precision, width: word(w1, w0), height: word(h1, h0), components: usize::from(components) })
}

/// Whether the first scan holds one component of several, in a baseline frame.
fn is_apart(stream: &[u8], frame: Frame) -> bool {
    let is_sequential = |segment: &Segment<'_>| matches!(segment.code, 0xc0 | 0xc1);
    let mut headers = segments(stream).filter(|segment| segment.code == 0xda || is_sequential(segment)).take(2);
    frame.components > 1
        && headers.next().is_some_and(|segment| is_sequential(&segment))
        && headers.next().is_some_and(|scan| scan.code == 0xda && scan.content.first() == Some(&1))
}

/// Each component from its own scan.
fn decode_apart(components: &[Component], frame: Frame, to_rgb: bool, out: &mut [u8]) -> Result<(), CodecError> {
    let mut planes = Vec::with_capacity(components.len());
    for component in components {
        let (width, height) = component.size;
        let mut plane = vec![0; width * height];
        decode(&component.stream, Frame { width, height, components: 1, ..frame }, false, &mut plane)?;
        planes.push((plane, component));
    }
    jpeg_scans::interleave(&planes, frame, out);
    if to_rgb && frame.components == 3 {
        jpeg_scans::convert_to_rgb(out);
    }
    Ok(())
}

/// One stream out of the shared tables and a block's own.
fn merge(tables: &[u8], data: &[u8]) -> Vec<u8> {
    const START: [u8; 2] = [0xff, 0xd8];
    const END: [u8; 2] = [0xff, 0xd9];
    let tables = tables.strip_prefix(&START).unwrap_or(tables);
    // Some writers pad the tag.
    let end = tables.windows(2).rposition(|pair| pair == END).unwrap_or(tables.len());
    let mut merged = Vec::with_capacity(tables.len() + data.len() + 2);
    merged.extend_from_slice(&START);
    merged.extend_from_slice(tables.get(..end).unwrap_or_default());
    merged.extend_from_slice(data.strip_prefix(&START).unwrap_or(data));
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_header_is_found_behind_other_segments_and_fill_bytes() {
        let stream = [0xff, 0xd8, 0xff, 0xfe, 0, 4, 0xff, 0xc0, 0xff, 0xff, 0xc0, 0, 11, 8, 0, 3, 1, 0, 1, 1, 0x11, 0];
        assert_eq!(frame(&stream), Some(Frame { precision: 8, width: 256, height: 3, components: 1 }));
        for length in 0..stream.len() - 3 {
            assert_eq!(frame(&stream[..length]), None);
        }
    }

    #[test]
    fn tables_and_data_become_one_stream() {
        let tables = [0xff, 0xd8, 0xff, 0xdb, 0, 2, 0xff, 0xd9, 0];
        assert_eq!(merge(&tables, &[0xff, 0xd8, 1, 2]), [0xff, 0xd8, 0xff, 0xdb, 0, 2, 1, 2]);
    }

    #[test]
    fn a_stream_much_larger_than_the_block_is_refused() {
        let stream = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0];
        let shape = Shape::for_tests(8, 8, 1, 8);
        let error = decompress(&stream, None, false, &shape, &mut [0; 64]).unwrap_err();
        assert!(matches!(error, CodecError::Damaged { .. }));
    }

    #[test]
    fn twelve_bits_are_said_not_to_be_supported() {
        let stream = [0xff, 0xd8, 0xff, 0xc1, 0, 11, 12, 0, 8, 0, 8, 1, 1, 0x11, 0];
        let shape = Shape::for_tests(8, 8, 1, 16);
        let error = decompress(&stream, None, false, &shape, &mut [0; 128]).unwrap_err();
        assert!(matches!(error, CodecError::Unsupported(_)));
    }
}

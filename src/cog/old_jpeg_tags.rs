//! The tags of TIFF 6.0's deprecated JPEG compression (section 22): tables that lie somewhere in the file.

use tiff::tags::Tag;

use super::codec::OldJpegTables;
use super::directory::{Directory, DirectoryReader};
use super::file::ByteRange;

/// `JPEGInterchangeFormat`: where a JPEG stream with all headers begins.
const INTERCHANGE_FORMAT: Tag = Tag::Unknown(513);
/// `JPEGInterchangeFormatLength`.
const INTERCHANGE_FORMAT_LENGTH: Tag = Tag::Unknown(514);
/// `JPEGQTables`: where the quantization table of each component lies.
const Q_TABLES: Tag = Tag::Unknown(519);
/// `JPEGDCTables`: where the Huffman tables for DC coefficients lie.
const DC_TABLES: Tag = Tag::Unknown(520);
/// `JPEGACTables`: where the Huffman tables for AC coefficients lie.
const AC_TABLES: Tag = Tag::Unknown(521);

/// Bytes of headers that are looked at.
const MAX_HEADER_BYTES: u64 = 16 * 1024;
/// Components that tables are read for.
const MAX_COMPONENTS: usize = 4;
const QUANTIZATION_BYTES: u64 = 64;
const HUFFMAN_COUNTS: u64 = 16;

/// Reads the tables of a directory; what is missing or unreadable is left out, since the stream may have it, too.
pub(crate) fn read(reader: &mut DirectoryReader<'_>, directory: &Directory) -> OldJpegTables {
    let quantization = offsets(reader, directory, Q_TABLES);
    let dc_huffman = offsets(reader, directory, DC_TABLES);
    let ac_huffman = offsets(reader, directory, AC_TABLES);
    let strips = reader.unsigned(directory, Tag::StripOffsets).ok().flatten().unwrap_or_default();
    let only_strip = if let [strip] = strips[..] { Some(strip) } else { None };
    let header_at = reader.unsigned(directory, INTERCHANGE_FORMAT).ok().flatten();
    OldJpegTables {
        header: header(reader, directory).unwrap_or_default(),
        only_strip: header_at.and_then(|offsets| offsets.first().copied()).zip(only_strip),
        quantization: quantization.into_iter().filter_map(|at| bytes(reader, at, QUANTIZATION_BYTES)).collect(),
        dc_huffman: dc_huffman.into_iter().filter_map(|at| huffman(reader, at)).collect(),
        ac_huffman: ac_huffman.into_iter().filter_map(|at| huffman(reader, at)).collect(),
    }
}

fn header(reader: &mut DirectoryReader<'_>, directory: &Directory) -> Option<Vec<u8>> {
    let offset = *reader.unsigned(directory, INTERCHANGE_FORMAT).ok()??.first()?;
    let length = reader.unsigned(directory, INTERCHANGE_FORMAT_LENGTH).ok().flatten();
    let length = length.and_then(|values| values.first().copied()).unwrap_or(MAX_HEADER_BYTES);
    // The length may be wrong; whatever is there will do.
    [length.min(MAX_HEADER_BYTES), 4096, 1024, 512].into_iter().find_map(|length| bytes(reader, offset, length))
}

fn offsets(reader: &mut DirectoryReader<'_>, directory: &Directory, tag: Tag) -> Vec<u64> {
    let mut offsets = reader.unsigned(directory, tag).ok().flatten().unwrap_or_default();
    offsets.truncate(MAX_COMPONENTS);
    offsets
}

/// Counts of code words by length, followed by their values.
fn huffman(reader: &mut DirectoryReader<'_>, offset: u64) -> Option<Vec<u8>> {
    let counts = bytes(reader, offset, HUFFMAN_COUNTS)?;
    let values = counts.iter().map(|&count| u64::from(count)).sum::<u64>();
    bytes(reader, offset, HUFFMAN_COUNTS + values)
}

fn bytes(reader: &mut DirectoryReader<'_>, offset: u64, length: u64) -> Option<Vec<u8>> {
    reader.bytes(ByteRange { offset, length }).ok()
}

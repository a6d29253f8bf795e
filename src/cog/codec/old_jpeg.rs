//! TIFF 6.0's deprecated JPEG compression: strips of entropy-coded data whose headers lie elsewhere in the file, or in one
//! of several wrong places. Each strip is made a JPEG stream of its own.

use super::{CodecError, Shape, jpeg};

const NAME: &str = "OJPEG";

/// Headers and tables that the tags of a file refer to; any of them may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OldJpegTables {
    /// Beginning of a JPEG stream.
    pub(crate) header: Vec<u8>,
    /// Where `header` begins in the file, and where the only strip does: it may begin before the headers end.
    pub(crate) only_strip: Option<(u64, u64)>,
    /// 64 numbers in zigzag order for each component.
    pub(crate) quantization: Vec<Vec<u8>>,
    /// Counts by length and values, for each component.
    pub(crate) dc_huffman: Vec<Vec<u8>>,
    /// Counts by length and values, for each component.
    pub(crate) ac_huffman: Vec<Vec<u8>>,
}

impl OldJpegTables {
    /// Bytes at the beginning of the only strip that are still headers; `after_headers` is what follows these.
    fn in_headers(&self, after_headers: &[u8]) -> usize {
        let headers = (self.header.len() - after_headers.len()) as u64;
        let Some((header_at, strip_at)) = self.only_strip.filter(|(header_at, strip_at)| strip_at > header_at) else {
            return 0;
        };
        usize::try_from((header_at + headers).saturating_sub(strip_at)).unwrap_or(0)
    }
}

/// Decodes a strip into `out` as red, green and blue (or grey), 8 bits a sample.
pub(crate) fn decompress(
    data: &[u8],
    tables: &OldJpegTables,
    subsampling: Option<(u16, u16)>,
    shape: &Shape,
    out: &mut [u8],
) -> Result<(), CodecError> {
    let (shared, after_headers) = Headers::split(&tables.header);
    let (own, entropy) = Headers::split(data.get(tables.in_headers(after_headers)..).unwrap_or_default());
    let stream = Stream { own: &own, shared: &shared, tables, subsampling, shape };
    jpeg::decompress(&stream.bytes(entropy)?, None, true, shape, out)
}

/// Segments of a JPEG header, each with its marker and length.
#[derive(Debug, Default)]
struct Headers<'a> {
    quantization: Vec<&'a [u8]>,
    huffman: Vec<&'a [u8]>,
    restart: Option<&'a [u8]>,
    frame: Option<&'a [u8]>,
    scan: Option<&'a [u8]>,
}

impl<'a> Headers<'a> {
    /// Takes the headers from the beginning of `data`; the rest is entropy-coded.
    fn split(data: &'a [u8]) -> (Self, &'a [u8]) {
        let mut headers = Self::default();
        let mut rest = match data {
            [0xff, 0xd8, rest @ ..] => rest,
            // Some writers put the scan header alone before the first strip's data.
            [0xff, 0xda, ..] => data,
            _ => return (headers, data),
        };
        while let [0xff, code, high, low, ..] = *rest {
            let length = 2 + usize::from(u16::from_be_bytes([high, low]));
            let Some((segment, tail)) = rest.split_at_checked(length) else { break };
            rest = tail;
            match code {
                0xdb => headers.quantization.push(segment),
                0xc4 => headers.huffman.push(segment),
                0xdd => headers.restart = Some(segment),
                0xc0..=0xc3 => headers.frame = Some(segment),
                0xda => {
                    headers.scan = Some(segment);
                    break;
                }
                _ => {}
            }
        }
        (headers, rest)
    }
}

/// What a strip's stream is put together from.
struct Stream<'a> {
    own: &'a Headers<'a>,
    shared: &'a Headers<'a>,
    tables: &'a OldJpegTables,
    subsampling: Option<(u16, u16)>,
    shape: &'a Shape,
}

impl Stream<'_> {
    fn bytes(&self, entropy: &[u8]) -> Result<Vec<u8>, CodecError> {
        let mut out = vec![0xff, 0xd8];
        self.quantization(&mut out);
        self.huffman(&mut out);
        if let Some(restart) = self.own.restart.or(self.shared.restart) {
            out.extend_from_slice(restart);
        }
        self.frame(&mut out)?;
        match self.own.scan.or(self.shared.scan) {
            Some(scan) => out.extend_from_slice(scan),
            None => self.scan(&mut out),
        }
        out.extend_from_slice(entropy);
        out.extend_from_slice(&[0xff, 0xd9]);
        Ok(out)
    }

    fn quantization(&self, out: &mut Vec<u8>) {
        let found = [&self.own.quantization, &self.shared.quantization].into_iter().find(|list| !list.is_empty());
        if let Some(segments) = found {
            return segments.iter().for_each(|segment| out.extend_from_slice(segment));
        }
        for (index, table) in (0_u8..).zip(&self.tables.quantization) {
            segment(out, 0xdb, &[&[index], table]);
        }
    }

    fn huffman(&self, out: &mut Vec<u8>) {
        let found = [&self.own.huffman, &self.shared.huffman].into_iter().find(|list| !list.is_empty());
        if let Some(segments) = found {
            return segments.iter().for_each(|segment| out.extend_from_slice(segment));
        }
        for (class, tables) in [(0_u8, &self.tables.dc_huffman), (0x10, &self.tables.ac_huffman)] {
            for (index, table) in (0_u8..).zip(tables) {
                segment(out, 0xc4, &[&[class + index], table]);
            }
        }
    }

    /// The frame header, with the size of the strip in place of the image's.
    fn frame(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        let side = |length: usize| u16::try_from(length).map(u16::to_be_bytes);
        let (Ok(height), Ok(width)) = (side(self.shape.rows), side(self.shape.width)) else {
            return Err(CodecError::damaged(NAME, "the strip is larger than a JPEG image can be"));
        };
        if let Some(frame) = self.own.frame.or(self.shared.frame) {
            let mut frame = frame.to_vec();
            if let Some(size) = frame.get_mut(5..9) {
                size.copy_from_slice(&[height[0], height[1], width[0], width[1]]);
            }
            out.extend(frame);
            return Ok(());
        }
        let components = self.components();
        let (across, down) = self.subsampling.unwrap_or((2, 2));
        let first = if components == 1 { 0x11 } else { sampling(across) << 4 | sampling(down) };
        let described: Vec<u8> = (0..components)
            .flat_map(|index| {
                [index + 1, if index == 0 { first } else { 0x11 }, table(index, &self.tables.quantization)]
            })
            .collect();
        segment(out, 0xc0, &[&[8], &height, &width, &[components], &described]);
        Ok(())
    }

    /// A scan header for the frame's components: where tables come in segments, one for luminance and one for both colour
    /// differences, else each component's own.
    fn scan(&self, out: &mut Vec<u8>) {
        let has_segments = !(self.own.huffman.is_empty() && self.shared.huffman.is_empty());
        let frame = self.own.frame.or(self.shared.frame);
        let described: Vec<u8> = (0..self.components())
            .flat_map(|index| {
                let id = frame.and_then(|frame| frame.get(10 + 3 * usize::from(index)).copied()).unwrap_or(index + 1);
                let (dc, ac) = if has_segments {
                    (index.min(1), index.min(1))
                } else {
                    (table(index, &self.tables.dc_huffman), table(index, &self.tables.ac_huffman))
                };
                [id, dc << 4 | ac]
            })
            .collect();
        segment(out, 0xda, &[&[self.components()], &described, &[0, 63, 0]]);
    }

    fn components(&self) -> u8 {
        u8::try_from(self.shape.samples).unwrap_or(u8::MAX)
    }
}

/// The table of a component: its own, or the last one.
fn table(component: u8, tables: &[Vec<u8>]) -> u8 {
    component.min(u8::try_from(tables.len().saturating_sub(1)).unwrap_or(0))
}

fn sampling(factor: u16) -> u8 {
    u8::try_from(factor.clamp(1, 4)).unwrap_or(1)
}

/// Appends a segment with that marker and content.
fn segment(out: &mut Vec<u8>, code: u8, parts: &[&[u8]]) {
    let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
    out.extend_from_slice(&[0xff, code]);
    out.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_in_the_strip_are_told_from_data() {
        let data = [0xff, 0xd8, 0xff, 0xdb, 0, 3, 9, 0xff, 0xda, 0, 2, 7, 7];
        let (headers, entropy) = Headers::split(&data);
        assert_eq!(headers.quantization, [[0xff, 0xdb, 0, 3, 9]]);
        assert_eq!(headers.scan, Some(&[0xff, 0xda, 0, 2][..]));
        assert_eq!(entropy, [7, 7]);
        assert_eq!(Headers::split(&[1, 2]).1, [1, 2]);
        assert_eq!(Headers::split(&[0xff, 0xda, 0, 2, 7]).1, [7]);
    }

    #[test]
    fn a_strip_that_begins_inside_the_headers_begins_after_them() {
        let header = vec![0xff, 0xd8, 0xff, 0xdb, 0, 3, 9, 0xff, 0xda, 0, 2, 7, 7];
        let tables = OldJpegTables { header, only_strip: Some((100, 109)), ..OldJpegTables::default() };
        assert_eq!(tables.in_headers(&[7, 7]), 2);
        for apart in [None, Some((100, 111)), Some((100, 300)), Some((100, 8))] {
            assert_eq!(OldJpegTables { only_strip: apart, ..tables.clone() }.in_headers(&[7, 7]), 0);
        }
    }

    #[test]
    fn a_stream_is_put_together_from_tables() {
        let tables = OldJpegTables {
            quantization: vec![vec![1; 64]],
            dc_huffman: vec![vec![0; 16]],
            ac_huffman: vec![vec![0; 16]],
            ..OldJpegTables::default()
        };
        let shape = Shape::for_tests(16, 8, 3, 8);
        let none = Headers::default();
        let stream = Stream { own: &none, shared: &none, tables: &tables, subsampling: Some((2, 1)), shape: &shape };
        let bytes = stream.bytes(&[0x55]).unwrap();
        let frame = jpeg::frame(&bytes).unwrap();
        assert_eq!((frame.width, frame.height, frame.components), (16, 8, 3));
        let (headers, entropy) = Headers::split(&bytes);
        assert_eq!(headers.frame.unwrap()[10..], [1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0]);
        assert_eq!((headers.huffman.len(), entropy), (2, &[0x55, 0xff, 0xd9][..]));
    }

    #[test]
    fn damaged_strips_are_errors() {
        let shape = Shape::for_tests(8, 8, 3, 8);
        for data in [&[][..], &[0xff, 0xd8, 0xff, 0xdb, 0xff, 0xff], &[1, 2, 3]] {
            assert!(decompress(data, &OldJpegTables::default(), None, &shape, &mut [0; 192]).is_err());
        }
    }
}

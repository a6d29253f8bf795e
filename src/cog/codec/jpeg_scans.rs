//! Baseline JPEG streams whose components come one after the other, each in a scan of its own. zune-jpeg puts subsampled ones of
//! these together wrongly, so each component is decoded as a grey picture, and they are put together here.

use super::jpeg::{Frame, segments};

/// A component of such a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Component {
    /// A stream of a grey picture.
    pub(super) stream: Vec<u8>,
    /// Columns and rows of that picture.
    pub(super) size: (usize, usize),
    /// Columns and rows of the whole picture that share one of its samples.
    pub(super) shared: (usize, usize),
}

/// What the frame header says of a component.
#[derive(Debug, Clone, Copy)]
struct Declared {
    id: u8,
    across: usize,
    down: usize,
    quantization: u8,
}

/// The components of a stream in the order of its frame header; `None` if it isn't of this kind, or is damaged.
pub(super) fn components(stream: &[u8], frame: Frame) -> Option<Vec<Component>> {
    let mut tables = Vec::new();
    let mut declared: Vec<Declared> = Vec::new();
    let mut found: Vec<Option<Component>> = Vec::new();
    for segment in segments(stream) {
        match segment.code {
            0xc0 | 0xc1 => {
                declared = segment.content.get(6..)?.chunks_exact(3).filter_map(declared_component).collect();
                found = vec![None; declared.len()];
            }
            // Other kinds of frames, progressive ones above all.
            0xc2 | 0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return None,
            // Huffman and quantization tables, restart intervals.
            0xc4 | 0xdb | 0xdd => tables.extend_from_slice(segment.whole),
            0xda => {
                let &[1, id, huffman, ..] = segment.content else { return None };
                let index = declared.iter().position(|component| component.id == id)?;
                let component = *declared.get(index)?;
                let (across, down) = largest(&declared);
                let width = (frame.width * component.across).div_ceil(across);
                let height = (frame.height * component.down).div_ceil(down);
                let stream = grey(&tables, (width, height), component.quantization, huffman, segment.data())?;
                let shared = (across / component.across, down / component.down);
                *found.get_mut(index)? = Some(Component { stream, size: (width, height), shared });
            }
            _ => {}
        }
    }
    let found: Vec<Component> = found.into_iter().collect::<Option<_>>()?;
    (found.len() > 1 && found.len() == frame.components).then_some(found)
}

fn declared_component(bytes: &[u8]) -> Option<Declared> {
    let &[id, factors, quantization] = bytes else { return None };
    let (across, down) = (usize::from(factors >> 4), usize::from(factors & 15));
    (across > 0 && down > 0).then_some(Declared { id, across, down, quantization })
}

fn largest(declared: &[Declared]) -> (usize, usize) {
    let across = declared.iter().map(|component| component.across).max().unwrap_or(1);
    (across, declared.iter().map(|component| component.down).max().unwrap_or(1))
}

/// A stream of one component from its scan's data.
fn grey(tables: &[u8], size: (usize, usize), quantization: u8, huffman: u8, data: &[u8]) -> Option<Vec<u8>> {
    let [width, height] = [size.0, size.1].map(|side| u16::try_from(side).map(u16::to_be_bytes));
    let ([w1, w0], [h1, h0]) = (width.ok()?, height.ok()?);
    let mut stream = vec![0xff, 0xd8];
    stream.extend_from_slice(tables);
    stream.extend([0xff, 0xc0, 0, 11, 8, h1, h0, w1, w0, 1, 1, 0x11, quantization]);
    stream.extend([0xff, 0xda, 0, 8, 1, 1, huffman, 0, 63, 0]);
    stream.extend_from_slice(data);
    stream.extend([0xff, 0xd9]);
    Some(stream)
}

/// Planes of all components as large as the picture, pixel by pixel.
pub(super) fn interleave(planes: &[(Vec<u8>, &Component)], frame: Frame, out: &mut [u8]) {
    for (index, (plane, component)) in planes.iter().enumerate() {
        let (width, height) = component.size;
        let columns = positions(frame.width, component.shared.0, width);
        let rows = positions(frame.height, component.shared.1, height);
        let sample = |row: usize, column: usize| u32::from(plane.get(row * width + column).copied().unwrap_or(0));
        for (row, target) in rows.iter().zip(out.chunks_exact_mut((frame.width * frame.components).max(1))) {
            for (column, pixel) in columns.iter().zip(target.chunks_exact_mut(frame.components)) {
                let near = sample(row.near, column.near) * 3 + sample(row.near, column.far);
                let far = sample(row.far, column.near) * 3 + sample(row.far, column.far);
                if let Some(target) = pixel.get_mut(index) {
                    *target = ((near * 3 + far + 8) / 16).to_le_bytes()[0];
                }
            }
        }
    }
}

/// Of which samples a column or row is a mean: three parts of the near, one part of the far.
struct Position {
    near: usize,
    far: usize,
}

/// Between samples that two pixels share, the mean is taken as in libjpeg; others are repeated.
fn positions(length: usize, shared: usize, samples: usize) -> Vec<Position> {
    let last = samples.saturating_sub(1);
    let position = |at: usize| {
        let near = (at / shared.max(1)).min(last);
        let far = if at.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(last) };
        Position { near, far: if shared == 2 { far } else { near } }
    };
    (0..length).map(position).collect()
}

/// Luminance and colour differences to red, green and blue, in place (JFIF 1.02, page 3).
pub(super) fn convert_to_rgb(pixels: &mut [u8]) {
    const HALF: i32 = 1 << 15;
    for pixel in pixels.chunks_exact_mut(3) {
        let &mut [y, cb, cr] = pixel else { continue };
        let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
        let rgb = [
            y + ((91_881 * cr + HALF) >> 16),
            y - ((22_554 * cb + 46_802 * cr + HALF) >> 16),
            y + ((116_130 * cb + HALF) >> 16),
        ];
        for (target, value) in pixel.iter_mut().zip(rgb) {
            *target = value.clamp(0, 255).to_le_bytes()[0];
        }
    }
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder};

    use super::super::Shape;
    use super::super::jpeg;
    use super::*;

    const WIDTH: usize = 37;
    const HEIGHT: usize = 21;

    /// A stream with a scan for each plane; the first has all pixels, the others one for `shared` pixels across and down.
    fn one_scan_each(shared: (usize, usize)) -> Vec<u8> {
        let small = (WIDTH.div_ceil(shared.0), HEIGHT.div_ceil(shared.1));
        let planes = [(WIDTH, HEIGHT, 90_u8), (small.0, small.1, 60), (small.0, small.1, 200)];
        let mut merged = vec![0xff, 0xd8];
        let mut scans = Vec::new();
        for (index, (width, height, value)) in planes.into_iter().enumerate() {
            let mut grey = Vec::new();
            let encoder = Encoder::new(&mut grey, 100);
            let size = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
            encoder.encode(&vec![value; width * height], size.0, size.1, ColorType::Luma).unwrap();
            for segment in segments(&grey) {
                match segment.code {
                    0xc4 | 0xdb if index == 0 => merged.extend_from_slice(segment.whole),
                    0xda => scans.push((segment.content[2], segment.data().to_vec())),
                    _ => {}
                }
            }
        }
        let factors = u8::try_from(shared.0 * 16 + shared.1).unwrap();
        let (h, w) = (u8::try_from(HEIGHT).unwrap(), u8::try_from(WIDTH).unwrap());
        merged.extend([0xff, 0xc0, 0, 17, 8, 0, h, 0, w, 3, 1, factors, 0, 2, 0x11, 0, 3, 0x11, 0]);
        for (id, (huffman, data)) in (1..).zip(scans) {
            merged.extend([0xff, 0xda, 0, 8, 1, id, huffman, 0, 63, 0]);
            merged.extend(data);
        }
        merged.extend([0xff, 0xd9]);
        merged
    }

    #[test]
    fn components_in_scans_of_their_own_have_their_colours() {
        for shared in [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1)] {
            let stream = one_scan_each(shared);
            let shape = Shape::for_tests(WIDTH, HEIGHT, 3, 8);
            let mut out = vec![0; shape.bytes];
            jpeg::decompress(&stream, None, true, &shape, &mut out).unwrap();
            let expected = [191_u8, 62, 0];
            let is_near = |pixel: &[u8]| pixel.iter().zip(expected).all(|(&found, wanted)| found.abs_diff(wanted) <= 4);
            assert!(out.chunks_exact(3).all(is_near), "{shared:?}: {:?}", &out[..9]);
            for length in (0..stream.len()).step_by(7) {
                let _ = jpeg::decompress(&stream[..length], None, true, &shape, &mut out);
            }
        }
    }

    #[test]
    fn shared_samples_are_means_at_their_edges() {
        let stream = Vec::new();
        let component = Component { stream, size: (2, 1), shared: (2, 1) };
        let mut out = [0; 4];
        let frame = Frame { precision: 8, width: 4, height: 1, components: 1 };
        interleave(&[(vec![0, 100], &component)], frame, &mut out);
        assert_eq!(out, [0, 25, 75, 100]);
    }
}

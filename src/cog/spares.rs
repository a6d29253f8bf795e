//! Buffers of dropped blocks, kept for the blocks that are decoded next.
//!
//! A cache that is full drops a block for each that it takes in, mostly one of the same size. To have the system take memory
//! back and give it out again page by page would cost as much as a fifth of decompressing a block.

use std::sync::{Mutex, PoisonError};

/// Smaller buffers come cheaply from the heap.
const LEAST_BYTES: usize = 16 << 10;

/// Buffers that nobody uses at the moment, up to a number of bytes.
#[derive(Debug)]
pub(crate) struct Spares {
    kept: Mutex<Kept>,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct Kept {
    /// The one given back last is the last.
    buffers: Vec<Vec<u8>>,
    bytes: usize,
}

impl Spares {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self { kept: Mutex::default(), max_bytes }
    }

    /// A buffer of `length` bytes of any content. New ones are zeros that the system has not touched: a block that claims much
    /// and holds little takes no memory.
    pub(crate) fn take(&self, length: usize) -> Vec<u8> {
        let kept = (length >= LEAST_BYTES).then(|| {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let at = kept.buffers.iter().rposition(|buffer| buffer.len() == length)?;
            kept.bytes -= length;
            Some(kept.buffers.remove(at))
        });
        kept.flatten().unwrap_or_else(|| vec![0; length])
    }

    /// Gives a buffer back, of the length that it was taken with. The oldest ones go where there are too many.
    pub(crate) fn give(&self, buffer: Vec<u8>) {
        if buffer.len() < LEAST_BYTES || buffer.len() > self.max_bytes {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = kept.bytes + buffer.len();
        let mut excess = bytes.saturating_sub(self.max_bytes);
        let mut too_many = 0;
        for oldest in &kept.buffers {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(oldest.len());
            too_many += 1;
        }
        let dropped: Vec<Vec<u8>> = kept.buffers.drain(..too_many).collect();
        kept.bytes = bytes - dropped.iter().map(Vec::len).sum::<usize>();
        kept.buffers.push(buffer);
    }

    /// Bytes that may be held.
    pub(crate) fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_that_was_given_back_is_given_out_for_the_same_length() {
        let spares = Spares::new(1 << 20);
        spares.give(vec![7; LEAST_BYTES]);
        assert_eq!(spares.bytes(), LEAST_BYTES);
        assert_eq!(spares.take(LEAST_BYTES + 1), vec![0; LEAST_BYTES + 1]);
        assert_eq!(spares.take(LEAST_BYTES), vec![7; LEAST_BYTES]);
        assert_eq!(spares.bytes(), 0);
        assert_eq!(spares.take(LEAST_BYTES), vec![0; LEAST_BYTES]);
    }

    #[test]
    fn the_oldest_buffers_make_room() {
        let spares = Spares::new(3 * LEAST_BYTES);
        for (value, length) in [(1, LEAST_BYTES), (2, LEAST_BYTES), (3, 2 * LEAST_BYTES), (4, 8 * LEAST_BYTES)] {
            spares.give(vec![value; length]);
        }
        assert_eq!(spares.bytes(), 3 * LEAST_BYTES);
        assert_eq!(spares.take(LEAST_BYTES), vec![2; LEAST_BYTES]);
        assert_eq!(spares.take(2 * LEAST_BYTES), vec![3; 2 * LEAST_BYTES]);
        spares.give(vec![5; 10]);
        assert_eq!(spares.bytes(), 0);
    }
}

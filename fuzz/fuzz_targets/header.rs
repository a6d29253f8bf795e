//! A whole file: header, directories, tags, and the blocks that these lead to.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "tiff.rs"]
#[allow(dead_code)]
mod tiff;

fuzz_target!(|bytes: &[u8]| {
    if let Some(cog) = tiff::open(bytes) {
        tiff::describe(&cog);
        tiff::decode(&cog);
    }
});

//! SHA-256 of the image files that a report was made from, so that it can be told later whether they are the same.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::report::page::Report;

/// Bytes read in one go.
const PORTION: usize = 1 << 20;

/// Calculates the hash of every file of the report; one that can't be read has the reason in its place. `told` is called after each
/// file with how many are done of how many, and after each portion; `false` from it stops, and so does this.
pub fn hash_files(report: &mut Report, told: &dyn Fn(usize, usize) -> bool) -> bool {
    let count = report.files.len();
    for (done, file) in report.files.iter_mut().enumerate() {
        match hash(&file.path, &|| told(done, count)) {
            Ok(Some(hash)) => file.sha256 = Some(Ok(hash)),
            Ok(None) => return false,
            Err(error) => file.sha256 = Some(Err(error.to_string())),
        }
    }
    told(count, count)
}

/// `None` if it was stopped.
fn hash(path: &Path, goes_on: &dyn Fn() -> bool) -> std::io::Result<Option<String>> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut portion = vec![0; PORTION];
    loop {
        if !goes_on() {
            return Ok(None);
        }
        let read = file.read(&mut portion)?;
        if read == 0 {
            break;
        }
        digest.update(portion.get(..read).unwrap_or_default());
    }
    let digits: Vec<String> = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(digits.concat()))
}

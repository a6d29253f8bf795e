//! Where the sample data lies: beside the program, in the current folder, or in the source tree of a debug build.

use std::path::{Path, PathBuf};

const FOLDER_NAME: &str = "sample_data";

/// The folder of sample data, if there is one.
pub fn find() -> Option<PathBuf> {
    let beside_program = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
    let here = std::env::current_dir().ok();
    // A path of the build machine must not go into a release.
    let source_tree = if cfg!(debug_assertions) { option_env!("CARGO_MANIFEST_DIR").map(PathBuf::from) } else { None };
    [beside_program, here, source_tree].into_iter().flatten().map(|p| p.join(FOLDER_NAME)).find(|p| p.is_dir())
}

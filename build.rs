//! For Windows only: icon, version and manifest go into the executable.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=assets/cogscope.ico");
    println!("cargo:rerun-if-changed=wix/cogscope.manifest");
    if std::env::var("CARGO_CFG_TARGET_OS")? == "windows" {
        // Names are absolute: the resource compiler runs in a folder of its own.
        let sources = std::env::var("CARGO_MANIFEST_DIR")?.replace('\\', "/");
        let mut resource = winresource::WindowsResource::new();
        resource
            .set_icon(&format!("{sources}/assets/cogscope.ico"))
            .set_manifest_file(&format!("{sources}/wix/cogscope.manifest"))
            .set_language(ENGLISH)
            .set("FileDescription", "cogscope")
            .set("LegalCopyright", "MIT OR Apache-2.0")
            .set("OriginalFilename", "cogscope.exe");
        // Only the program: a test needs no icon, and a library cannot have one.
        resource.compile_for("cogscope")?;
    }
    Ok(())
}

/// Language identifier of English (United States).
const ENGLISH: u16 = 0x0409;

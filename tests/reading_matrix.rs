//! Small files of every kind that GDAL writes, compared with GDAL's own reading of them: `reading_matrix.py` makes and judges them.

mod common;

use std::path::Path;
use std::process::Command;

#[test]
fn files_of_every_kind_that_gdal_writes_are_read_as_gdal_reads_them() {
    let pythons = ["python3", "/usr/bin/python3"];
    let has_gdal = |python: &&str| {
        let import = Command::new(python).args(["-c", "import numpy, osgeo.gdal, osgeo.osr"]).output();
        import.is_ok_and(|output| output.status.success())
    };
    let Some(python) = pythons.into_iter().find(has_gdal) else {
        eprintln!("skipped: no GDAL for Python");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading_matrix.py");
    let program = common::cogscope([""; 0]);
    let output = Command::new(python).arg(script).arg(program.get_program()).arg(folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
}

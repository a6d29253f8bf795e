//! The crates that the program is made of, with their versions and licences: `assets/crates.tsv`, written by
//! `wix/licences.py --list`. A test holds it against `Cargo.lock`.

/// Every crate of `Cargo.lock`, a line each; without a licence where it only builds or tests the program.
pub const LIST: &str = include_str!("../../../assets/crates.tsv");

/// A crate that the program links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crate {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its licence as an SPDX expression.
    pub licence: &'static str,
}

/// The crates that are linked, by name.
pub fn linked() -> impl Iterator<Item = Crate> {
    LIST.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        let (name, version, licence) = (parts.next()?, parts.next()?, parts.next()?);
        (!licence.is_empty()).then_some(Crate { name, version, licence })
    })
}

/// The version of a crate that is linked.
pub fn version_of(name: &str) -> Option<&'static str> {
    linked().find(|one| one.name == name).map(|one| one.version)
}

/// What the program is made of besides crates: name and licence.
pub const OTHERS: [(&str, &str); 5] = [
    ("Inter (typeface)", "OFL-1.1"),
    ("Material Symbols (icons)", "Apache-2.0"),
    ("Natural Earth (base map)", "public domain"),
    ("SQLite", "public domain"),
    ("Landsat scenes (sample data)", "public domain"),
];

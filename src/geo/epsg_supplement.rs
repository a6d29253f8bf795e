//! Systems of the EPSG registry whose projection the embedded registry lacks, as PROJ strings (facts of the registry).

/// One system.
pub(super) struct Entry {
    pub(super) code: u32,
    pub(super) name: &'static str,
    pub(super) proj: &'static str,
}

/// The entry of a code.
pub(super) fn find(code: u32) -> Option<&'static Entry> {
    ENTRIES.binary_search_by_key(&code, |entry| entry.code).ok().and_then(|at| ENTRIES.get(at))
}

const ENTRIES: &[Entry] = &[];

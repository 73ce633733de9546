//! Which cmdlets exist and where their definitions stand: a sorted table made by `build.rs`. A lookup is a binary
//! search; nothing else happens before a cmdlet is used.

/// Where one cmdlet's definition stands.
#[derive(Debug)]
pub struct Row {
    pub name: &'static str,
    file: usize,
    start: usize,
    end: usize,
    /// `Get`, `New`, ... when the cmdlet comes from a configuration type, else empty.
    pub verb: &'static str,
}

impl Row {
    /// The text of the definition: a TOML entry, or the source of a composite function.
    #[must_use]
    pub fn text(&self) -> &'static str {
        &FILES[self.file].1[self.start..self.end]
    }

    /// The file that holds the definition, without its extension.
    #[must_use]
    pub fn family(&self) -> &'static str {
        FILES[self.file].0
    }

    /// Composites start with `function`, TOML entries with `[`.
    #[must_use]
    pub fn is_function(&self) -> bool {
        self.text().starts_with("function ")
    }
}

include!(concat!(env!("OUT_DIR"), "/index.rs"));

/// Finds a cmdlet by name, without regard to case.
#[must_use]
pub fn find(name: &str) -> Option<&'static Row> {
    let compare =
        |row: &Row| row.name.bytes().map(|b| b.to_ascii_lowercase()).cmp(name.bytes().map(|b| b.to_ascii_lowercase()));
    ROWS.binary_search_by(compare).ok().map(|at| &ROWS[at])
}

/// All cmdlets in order of their names.
pub fn all() -> impl Iterator<Item = &'static Row> {
    ROWS.iter()
}

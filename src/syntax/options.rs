//! What a parse asks of the world: whether the modules and assemblies of `using` statements exist.

use std::path::Path;

/// Answers for the parser. The standard ones look at the disk.
pub struct Options<'a> {
    pub save_tokens: bool,
    /// Whether a module by this name or path is there, for a script in this file.
    pub module_exists: &'a dyn Fn(Option<&str>, &str) -> bool,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options { save_tokens: false, module_exists: &module_on_disk }
    }
}

impl Options<'_> {
    pub(crate) fn module_exists(&self, script: Option<&str>, name: &str) -> bool {
        (self.module_exists)(script, name)
    }
}

/// A path is relative to the script; a name is looked up in `$env:PSModulePath`.
fn module_on_disk(script: Option<&str>, name: &str) -> bool {
    let name = name.replace('\\', "/");
    if name.contains('/') {
        let folder = script.and_then(|script| Path::new(script).parent());
        return folder.map_or_else(|| Path::new(&name).exists(), |folder| folder.join(&name).exists());
    }
    let paths = std::env::var_os("PSModulePath").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(&name).is_dir())
}

/// An assembly of a `using` statement: a path, relative to the script.
pub(crate) fn assembly_on_disk(script: Option<&str>, name: &str) -> bool {
    let folder = script.and_then(|script| Path::new(script).parent());
    folder.map_or_else(|| Path::new(name).is_file(), |folder| folder.join(name).is_file())
}

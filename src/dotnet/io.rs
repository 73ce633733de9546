//! Files and the system: Path, File, Directory, readers and writers, Environment.
mod environment;
mod file;
mod path;
mod stream;

use dialtone_object::{Flow, TypeTable};

pub use file::read as read_file;
pub use path::full as full_path;

pub static TABLES: &[&TypeTable] = &[
    &path::TABLE,
    &file::FILE,
    &file::DIRECTORY,
    &environment::TABLE,
    &environment::OPERATING_SYSTEM,
    &stream::READER,
    &stream::STREAM_READER,
    &stream::STRING_READER,
    &stream::WRITER,
    &stream::STREAM_WRITER,
    &stream::STRING_WRITER,
    &stream::STREAM,
    &stream::MEMORY_STREAM,
    &stream::FILE_STREAM,
];

/// What an operating system failure is in .NET.
pub fn failure(error: &std::io::Error, path: &str, directory: bool) -> Flow {
    use std::io::ErrorKind;
    let folder = std::path::Path::new(path).parent();
    match error.kind() {
        ErrorKind::NotFound if directory || folder.is_some_and(|p| !p.as_os_str().is_empty() && !p.exists()) => {
            crate::fail::other(
                "System.IO.DirectoryNotFoundException",
                format!("Could not find a part of the path '{path}'."),
            )
        }
        ErrorKind::NotFound => {
            crate::fail::other("System.IO.FileNotFoundException", format!("Could not find file '{path}'."))
        }
        ErrorKind::PermissionDenied => {
            crate::fail::other("System.UnauthorizedAccessException", format!("Access to the path '{path}' is denied."))
        }
        ErrorKind::IsADirectory => {
            crate::fail::other("System.UnauthorizedAccessException", format!("Access to the path '{path}' is denied."))
        }
        ErrorKind::AlreadyExists => {
            crate::fail::other("System.IO.IOException", format!("The file '{path}' already exists."))
        }
        ErrorKind::DirectoryNotEmpty => {
            crate::fail::other("System.IO.IOException", format!("Directory not empty : '{path}'"))
        }
        _ => crate::fail::other("System.IO.IOException", format!("{error} : '{path}'")),
    }
}

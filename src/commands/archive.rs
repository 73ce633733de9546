//! Compress-Archive and Expand-Archive.
use crate::file_system::{self, children, under};
use crate::path_commands::existing;
use crate::path_text;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::io::{Read, Write};
use zip::write::SimpleFileOptions;

#[derive(Default)]
pub struct CompressArchive {
    sources: Vec<String>,
}

impl Command for CompressArchive {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let found = existing(cx, false)?;
        self.sources.extend(found.into_iter().map(|p| p.path.trim_end_matches('/').to_owned()));
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        let given = cx.args.text("DestinationPath").unwrap_or_default();
        let mut target = cx.en.resolve_path(&given);
        if path_text::extension(&path_text::leaf(&target)).is_empty() {
            target.push_str(".zip");
        }
        if self.sources.is_empty() || !cx.should_process(&target, "Compress-Archive")? {
            return Ok(());
        }
        let exists = std::path::Path::new(&target).exists();
        let (update, force) = (cx.args.switch("Update"), cx.args.switch("Force"));
        if exists && !update && !force {
            let text = format!(
                "The archive file {target} already exists. Use the -Update parameter to update the existing archive file or use the -Force parameter to overwrite the existing archive file."
            );
            let error =
                ErrorRecord::new("System.IO.IOException", text, "ArchiveFileExists", ErrorCategory::InvalidArgument);
            return cx.error(error.with_target(Value::from(target)));
        }
        let kept = if exists && update { read_all(&target).unwrap_or_default() } else { Vec::new() };
        match self.write(&target, kept) {
            Ok(()) if cx.args.switch("PassThru") => {
                let item = file_system::item(cx.en, &target);
                cx.write(item)
            }
            Ok(()) => Ok(()),
            Err(e) => cx.error(file_system::failure(&e, &target, "ArchiveError", ErrorCategory::WriteError)),
        }
    }
}

/// Names and contents of an archive's files.
fn read_all(path: &str) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path)?)?;
    let mut all = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        all.push((file.name().to_owned(), bytes));
    }
    Ok(all)
}

impl CompressArchive {
    fn write(&self, target: &str, kept: Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
        let mut files = Vec::new();
        for source in &self.sources {
            collect(source, &path_text::leaf(source), &mut files)?;
        }
        let mut archive = zip::ZipWriter::new(std::fs::File::create(target)?);
        let options = SimpleFileOptions::default();
        for (name, bytes) in kept.iter().filter(|(n, _)| !files.iter().any(|(f, _)| f == n)) {
            archive.start_file(name.as_str(), options)?;
            archive.write_all(bytes)?;
        }
        for (name, path) in &files {
            if name.ends_with('/') {
                archive.add_directory(name.as_str(), options)?;
            } else {
                archive.start_file(name.as_str(), options)?;
                archive.write_all(&std::fs::read(path)?)?;
            }
        }
        archive.finish()?;
        Ok(())
    }
}

/// The files at and below a path with their names in the archive.
fn collect(path: &str, name: &str, files: &mut Vec<(String, String)>) -> std::io::Result<()> {
    if !std::path::Path::new(path).is_dir() {
        files.push((name.to_owned(), path.to_owned()));
        return Ok(());
    }
    let entries = children(path)?;
    if entries.is_empty() {
        files.push((format!("{name}/"), path.to_owned()));
    }
    for entry in entries {
        collect(&under(path, &entry.name), &format!("{name}/{}", entry.name), files)?;
    }
    Ok(())
}

#[derive(Default)]
pub struct ExpandArchive;

impl Command for ExpandArchive {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralPath");
        let given = cx.args.text(if literal { "LiteralPath" } else { "Path" }).unwrap_or_default();
        let source = cx.en.resolve_path(&given);
        if !std::path::Path::new(&source).is_file() {
            let text = format!("The path '{given}' either does not exist or is not a valid file system path.");
            let error = ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "ArchiveCmdletPathNotFound",
                ErrorCategory::InvalidArgument,
            );
            return Err(cx.fail(error.with_target(Value::String(given))));
        }
        let folder = match cx.args.text("DestinationPath") {
            Some(to) => cx.en.resolve_path(&to),
            None => {
                let leaf = path_text::leaf(&source);
                under(&cx.en.location.clone(), path_text::leaf_base(&leaf))
            }
        };
        if !cx.should_process(&source, "Expand-Archive")? {
            return Ok(());
        }
        let force = cx.args.switch("Force");
        match expand(&source, &folder, force) {
            Ok(taken) => {
                for path in taken.existing {
                    let text = format!(
                        "Failed to create file '{path}' while expanding the archive file '{source}' contents as the file '{path}' already exists. Use the -Force parameter if you want to overwrite the existing directory '{path}' contents when expanding the archive file."
                    );
                    let error = ErrorRecord::new(
                        "System.IO.IOException",
                        text,
                        "ExpandArchiveFileExists",
                        ErrorCategory::PermissionDenied,
                    );
                    cx.error(error.with_target(Value::from(path)))?;
                }
                if cx.args.switch("PassThru") {
                    for path in taken.written {
                        let item = file_system::item(cx.en, &path);
                        cx.write(item)?;
                    }
                }
                Ok(())
            }
            Err(e) => cx.error(file_system::failure(&e, &source, "InvalidArchiveFile", ErrorCategory::InvalidData)),
        }
    }
}

#[derive(Default)]
struct Taken {
    written: Vec<String>,
    existing: Vec<String>,
}

fn expand(source: &str, folder: &str, force: bool) -> std::io::Result<Taken> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(source)?)?;
    let mut taken = Taken::default();
    std::fs::create_dir_all(folder)?;
    for at in 0..archive.len() {
        let mut file = archive.by_index(at)?;
        // Names that lead out of the folder are left out.
        let Some(name) = file.enclosed_name() else { continue };
        let path = under(folder, &name.to_string_lossy());
        if file.is_dir() {
            std::fs::create_dir_all(&path)?;
            continue;
        }
        if let Some(parent) = std::path::Path::new(&path).parent() {
            std::fs::create_dir_all(parent)?;
        }
        if std::path::Path::new(&path).exists() && !force {
            taken.existing.push(path);
            continue;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        std::fs::write(&path, bytes)?;
        taken.written.push(path);
    }
    Ok(taken)
}

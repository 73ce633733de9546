//! `System.IO.File` and `System.IO.Directory`.
use super::{failure, path::full};
use crate::args::{self, Args};
use crate::text::{Encoding, encoding};
use crate::{fail, overloads};
use dialtone_object::time::{self, Kind, make, ticks};
use dialtone_object::{PsString, Res, Runtime, TypeInfo, TypeKind, TypeTable, Value, types, wildcard};
use std::fs;
use std::io::Write;
use std::path::Path;

type Rt<'a> = &'a mut dyn Runtime;

static FILE_TYPE: TypeInfo = TypeInfo::new("System.IO.File", "System.IO.File", TypeKind::Other, Some(&types::OBJECT));
static DIRECTORY_TYPE: TypeInfo =
    TypeInfo::new("System.IO.Directory", "System.IO.Directory", TypeKind::Other, Some(&types::OBJECT));

/// The path of the first argument, absolute.
fn target(rt: &dyn Runtime, args: &[Value], at: usize) -> Res<String> {
    let path = args.text(at);
    if path.is_empty() {
        return Err(fail::argument_of("The value cannot be an empty string.", "path"));
    }
    Ok(full(rt, &path))
}
pub fn read(path: &str) -> Res<Vec<u8>> {
    if Path::new(path).is_dir() {
        return Err(failure(&std::io::ErrorKind::PermissionDenied.into(), path, false));
    }
    fs::read(path).map_err(|e| failure(&e, path, false))
}
fn exists(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = args.text(0);
    Ok(Value::Bool(!path.is_empty() && Path::new(&full(rt, &path)).is_file()))
}
fn read_all_text(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let data = read(&target(rt, args, 0)?)?;
    Ok(Value::String(encoding::detect(&data, encoding::of(args))))
}
/// Lines without their ends.
pub fn lines(text: &str) -> Vec<PsString> {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    let body = plain.strip_suffix('\n').unwrap_or(&plain);
    if plain.is_empty() { Vec::new() } else { body.split('\n').map(PsString::from).collect() }
}
fn read_all_lines(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let data = read(&target(rt, args, 0)?)?;
    Ok(args::strings(lines(&encoding::detect(&data, encoding::of(args)))))
}
fn read_all_bytes(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(args::bytes(&read(&target(rt, args, 0)?)?))
}
fn write(path: &str, data: &[u8], append: bool) -> Res<Value> {
    let opened = match append {
        true => fs::OpenOptions::new().append(true).create(true).open(path),
        false => fs::File::create(path),
    };
    opened.and_then(|mut f| f.write_all(data)).map_err(|e| failure(&e, path, false))?;
    Ok(Value::Void)
}
/// The bytes of a text for a file: with the encoding's mark when the file is new.
fn encoded(encoding: Encoding, text: &PsString, start: bool) -> Vec<u8> {
    let mut data = if start { encoding.mark_bytes().to_vec() } else { Vec::new() };
    data.extend(encoding.encode(text));
    data
}
fn write_all_text(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    write(&target(rt, args, 0)?, &encoded(encoding::of(args), &args.text(1), true), false)
}
fn append_all_text(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    let start = !Path::new(&path).exists();
    write(&path, &encoded(encoding::of(args), &args.text(1), start), true)
}
fn joined(rt: Rt, v: &Value) -> Res<PsString> {
    let mut out = String::new();
    let items = match v.base() {
        Value::Array(_) | Value::List(_) => args::items(v),
        _ => rt.enumerate(v)?,
    };
    for line in items {
        out.push_str(&rt.to_text(&line));
        out.push('\n');
    }
    Ok(out.into())
}
fn write_all_lines(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = joined(rt, args.at(1))?;
    write(&target(rt, args, 0)?, &encoded(encoding::of(args), &text, true), false)
}
fn append_all_lines(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = joined(rt, args.at(1))?;
    let path = target(rt, args, 0)?;
    let start = !Path::new(&path).exists();
    write(&path, &encoded(encoding::of(args), &text, start), true)
}
fn write_all_bytes(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    write(&target(rt, args, 0)?, &args::to_bytes(args.at(1)), false)
}
fn delete(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    match fs::remove_file(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && Path::new(&path).parent().is_some_and(Path::exists) => {
            Ok(Value::Void)
        }
        Err(_) if Path::new(&path).is_dir() => Err(failure(&std::io::ErrorKind::PermissionDenied.into(), &path, false)),
        Err(e) => Err(failure(&e, &path, false)),
        Ok(()) => Ok(Value::Void),
    }
}
/// Source and destination; an existing destination is an error unless it may be overwritten.
fn two(rt: &dyn Runtime, args: &[Value]) -> Res<(String, String)> {
    let (from, to) = (target(rt, args, 0)?, target(rt, args, 1)?);
    if !Path::new(&from).exists() {
        return Err(failure(&std::io::ErrorKind::NotFound.into(), &from, false));
    }
    if Path::new(&to).exists() && !args.flag(2) {
        return Err(failure(&std::io::ErrorKind::AlreadyExists.into(), &to, false));
    }
    Ok((from, to))
}
fn copy(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (from, to) = two(rt, args)?;
    fs::copy(&from, &to).map_err(|e| failure(&e, &to, false))?;
    Ok(Value::Void)
}
fn move_file(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (from, to) = two(rt, args)?;
    fs::rename(&from, &to).map_err(|e| failure(&e, &to, false))?;
    Ok(Value::Void)
}
/// The ticks of a system time in UTC; .NET gives 1601 for what does not exist.
fn moment(found: std::io::Result<std::time::SystemTime>) -> i64 {
    match found.ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok()) {
        Some(d) => time::UNIX_EPOCH + (d.as_nanos() / 100) as i64,
        None => time::FILE_EPOCH,
    }
}
fn stamp(
    rt: &dyn Runtime,
    args: &[Value],
    get: fn(&fs::Metadata) -> std::io::Result<std::time::SystemTime>,
) -> Res<u64> {
    let path = target(rt, args, 0)?;
    Ok(make(moment(fs::metadata(path).and_then(|m| get(&m))), Kind::Utc))
}
fn last_write(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::DateTime(time::to_local(stamp(rt, args, fs::Metadata::modified)?)))
}
fn last_write_utc(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::DateTime(stamp(rt, args, fs::Metadata::modified)?))
}
fn created(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::DateTime(time::to_local(stamp(rt, args, |m| m.created().or_else(|_| m.modified()))?)))
}
fn last_access(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::DateTime(time::to_local(stamp(rt, args, fs::Metadata::accessed)?)))
}
fn set_last_write(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    let Value::DateTime(d) = args.at(1).base() else { return Ok(Value::Void) };
    let since = (ticks(time::to_utc(*d)) - time::UNIX_EPOCH).max(0) as u64;
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(since * 100);
    fs::File::open(&path).and_then(|f| f.set_modified(at)).map_err(|e| failure(&e, &path, false))?;
    Ok(Value::Void)
}
fn create(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    write(&path, &[], false)?;
    super::stream::open_file(&path, true)
}
fn open_read(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    super::stream::open_file(&path, false)
}
fn open_write(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    if !Path::new(&path).exists() {
        write(&path, &[], false)?;
    }
    super::stream::open_file(&path, true)
}

pub static FILE: TypeTable = TypeTable {
    static_methods: overloads! {
        append_all_lines => "static void AppendAllLines(string path, System.Collections.Generic.IEnumerable[string] contents)"
            "static void AppendAllLines(string path, System.Collections.Generic.IEnumerable[string] contents, System.Text.Encoding encoding)";
        append_all_text => "static void AppendAllText(string path, string contents)"
            "static void AppendAllText(string path, string contents, System.Text.Encoding encoding)";
        copy => "static void Copy(string sourceFileName, string destFileName)"
            "static void Copy(string sourceFileName, string destFileName, bool overwrite)";
        create => "static System.IO.FileStream Create(string path)";
        delete => "static void Delete(string path)";
        exists => "static bool Exists(string path)";
        created => "static datetime GetCreationTime(string path)";
        last_access => "static datetime GetLastAccessTime(string path)";
        last_write => "static datetime GetLastWriteTime(string path)";
        last_write_utc => "static datetime GetLastWriteTimeUtc(string path)";
        move_file => "static void Move(string sourceFileName, string destFileName)"
            "static void Move(string sourceFileName, string destFileName, bool overwrite)";
        open_read => "static System.IO.FileStream OpenRead(string path)";
        open_write => "static System.IO.FileStream OpenWrite(string path)";
        read_all_bytes => "static byte[] ReadAllBytes(string path)";
        read_all_lines => "static string[] ReadAllLines(string path)"
            "static string[] ReadAllLines(string path, System.Text.Encoding encoding)";
        read_all_text => "static string ReadAllText(string path)"
            "static string ReadAllText(string path, System.Text.Encoding encoding)";
        read_all_lines => "static System.Collections.Generic.IEnumerable[string] ReadLines(string path)"
            "static System.Collections.Generic.IEnumerable[string] ReadLines(string path, System.Text.Encoding encoding)";
        set_last_write => "static void SetLastWriteTime(string path, datetime lastWriteTime)";
        write_all_bytes => "static void WriteAllBytes(string path, byte[] bytes)";
        write_all_lines => "static void WriteAllLines(string path, string[] contents)"
            "static void WriteAllLines(string path, System.Collections.Generic.IEnumerable[string] contents)"
            "static void WriteAllLines(string path, string[] contents, System.Text.Encoding encoding)"
            "static void WriteAllLines(string path, System.Collections.Generic.IEnumerable[string] contents, System.Text.Encoding encoding)";
        write_all_text => "static void WriteAllText(string path, string contents)"
            "static void WriteAllText(string path, string contents, System.Text.Encoding encoding)";
    },
    ..TypeTable::of(&FILE_TYPE)
};

fn directory_exists(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = args.text(0);
    Ok(Value::Bool(!path.is_empty() && Path::new(&full(rt, &path)).is_dir()))
}
/// A DirectoryInfo or FileInfo of a path, by whichever room makes them.
fn info(rt: Rt, ty: &str, path: &str) -> Res<Value> {
    match types::find(ty).filter(|t| t.members().is_some_and(|m| !m.ctors.is_empty())) {
        Some(ty) => dialtone_object::access::construct(rt, ty, &[Value::str(path)]),
        None => Ok(Value::str(path)),
    }
}
fn create_directory(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    fs::create_dir_all(&path).map_err(|e| failure(&e, &path, true))?;
    info(rt, "System.IO.DirectoryInfo", &path)
}
fn delete_directory(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    let done = if args.flag(1) { fs::remove_dir_all(&path) } else { fs::remove_dir(&path) };
    done.map_err(|e| failure(&e, &path, true))?;
    Ok(Value::Void)
}
fn move_directory(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (from, to) = (target(rt, args, 0)?, target(rt, args, 1)?);
    fs::rename(&from, &to).map_err(|e| failure(&e, &from, true))?;
    Ok(Value::Void)
}
/// The entries of a folder, with those of the folders below when asked, that fit the pattern.
fn list(rt: &dyn Runtime, args: &[Value], files: bool, folders: bool) -> Res<Value> {
    let shown = args.text(0).to_string();
    let pattern = if args.has(1) { args.text(1).to_string() } else { "*".into() };
    let pattern = if pattern == "*.*" { "*".to_owned() } else { pattern };
    let deep = dialtone_object::enums::number(args.at(2)) == Some(1);
    let root = target(rt, args, 0)?;
    let mut out = Vec::new();
    let mut queue = vec![(root, shown.trim_end_matches('/').to_owned())];
    while let Some((folder, shown)) = queue.pop() {
        let entries = fs::read_dir(&folder).map_err(|e| failure(&e, &folder, true))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_dir = entry.path().is_dir();
            let path = format!("{shown}/{name}");
            if (if is_dir { folders } else { files }) && wildcard::is_match(&pattern, &name) {
                out.push(PsString::from(path.clone()));
            }
            if is_dir && deep {
                queue.push((format!("{folder}/{name}"), path));
            }
        }
    }
    out.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    Ok(args::strings(out))
}
fn get_files(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    list(rt, args, true, false)
}
fn get_directories(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    list(rt, args, false, true)
}
fn get_entries(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    list(rt, args, true, true)
}
fn get_current(rt: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::string(rt.location()))
}
fn get_parent(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = target(rt, args, 0)?;
    match super::path::directory(&path) {
        Some(parent) => info(rt, "System.IO.DirectoryInfo", &parent),
        None => Ok(Value::Null),
    }
}
pub static DIRECTORY: TypeTable = TypeTable {
    static_methods: overloads! {
        create_directory => "static System.IO.DirectoryInfo CreateDirectory(string path)";
        delete_directory => "static void Delete(string path)" "static void Delete(string path, bool recursive)";
        get_directories => "static System.Collections.Generic.IEnumerable[string] EnumerateDirectories(string path)"
            "static System.Collections.Generic.IEnumerable[string] EnumerateDirectories(string path, string searchPattern)"
            "static System.Collections.Generic.IEnumerable[string] EnumerateDirectories(string path, string searchPattern, System.IO.SearchOption searchOption)";
        get_files => "static System.Collections.Generic.IEnumerable[string] EnumerateFiles(string path)"
            "static System.Collections.Generic.IEnumerable[string] EnumerateFiles(string path, string searchPattern)"
            "static System.Collections.Generic.IEnumerable[string] EnumerateFiles(string path, string searchPattern, System.IO.SearchOption searchOption)";
        directory_exists => "static bool Exists(string path)";
        get_current => "static string GetCurrentDirectory()";
        get_directories => "static string[] GetDirectories(string path)"
            "static string[] GetDirectories(string path, string searchPattern)"
            "static string[] GetDirectories(string path, string searchPattern, System.IO.SearchOption searchOption)";
        get_files => "static string[] GetFiles(string path)" "static string[] GetFiles(string path, string searchPattern)"
            "static string[] GetFiles(string path, string searchPattern, System.IO.SearchOption searchOption)";
        get_entries => "static string[] GetFileSystemEntries(string path)"
            "static string[] GetFileSystemEntries(string path, string searchPattern)"
            "static string[] GetFileSystemEntries(string path, string searchPattern, System.IO.SearchOption searchOption)";
        get_parent => "static System.IO.DirectoryInfo GetParent(string path)";
        move_directory => "static void Move(string sourceDirName, string destDirName)";
    },
    ..TypeTable::of(&DIRECTORY_TYPE)
};

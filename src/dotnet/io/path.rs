//! `System.IO.Path`.
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::{Prop, Res, Runtime, TypeInfo, TypeKind, TypeTable, Value, types};

type Rt<'a> = &'a mut dyn Runtime;

static PATH: TypeInfo = TypeInfo::new("System.IO.Path", "System.IO.Path", TypeKind::Other, Some(&types::OBJECT));

fn string(text: impl Into<String>) -> Res<Value> {
    Ok(Value::string(text.into()))
}
fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
/// Start of the extension (at its dot) in a path; a dot at the end is none.
fn dot(path: &str) -> Option<usize> {
    let name = file_name(path);
    let at = name.rfind('.')?;
    (at + 1 < name.len()).then_some(path.len() - name.len() + at)
}
fn join(parts: &[String], rooted_wins: bool) -> String {
    let mut out = String::new();
    for part in parts.iter().filter(|p| !p.is_empty()) {
        if part.starts_with('/') && rooted_wins {
            out.clear();
        } else if !out.is_empty() && !out.ends_with('/') && !part.starts_with('/') {
            out.push('/');
        }
        out.push_str(part);
    }
    out
}
fn parts(args: &[Value]) -> Vec<String> {
    match args.at(0).base() {
        Value::Array(_) => args.list(0).iter().map(|p| args::text_of(p).to_string()).collect(),
        _ => (0..args.len()).map(|at| args.text(at).to_string()).collect(),
    }
}
fn combine(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    string(join(&parts(args), true))
}
fn join_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    string(join(&parts(args), false))
}
fn change_extension(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = args.text(0);
    let stem = path.rfind('.').filter(|at| !path[*at..].contains('/')).map_or(path.as_str(), |at| &path[..at]);
    if args.at(1).is_null() {
        return string(stem);
    }
    let extension = args.text(1);
    let dot = if extension.starts_with('.') { "" } else { "." };
    string(format!("{stem}{dot}{extension}"))
}
/// The folder part of a path; none for a root.
pub fn directory(path: &str) -> Option<String> {
    match path.rsplit_once('/') {
        None => Some(String::new()),
        Some(("", "")) => None,
        Some(("", _)) => Some("/".into()),
        Some((folder, _)) => {
            Some(folder.trim_end_matches('/').to_owned()).map(|f| if f.is_empty() { "/".into() } else { f })
        }
    }
}
fn get_directory_name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = args.text(0);
    if path.is_empty() {
        return Ok(Value::Null);
    }
    Ok(directory(&path).map(Value::string).unwrap_or_default())
}
fn get_extension(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = args.text(0);
    string(dot(&path).map_or("", |at| &path[at..]))
}
fn get_file_name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    string(file_name(&args.text(0)))
}
fn get_stem(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = args.text(0);
    let name = file_name(&path);
    string(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}
/// An absolute path without `.` and `..`.
pub fn full(rt: &dyn Runtime, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", rt.location()) };
    let mut out: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    let end = if joined.ends_with('/') && !out.is_empty() { "/" } else { "" };
    format!("/{}{end}", out.join("/"))
}
fn get_full_path(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = args.text(0);
    if path.is_empty() {
        return Err(fail::argument_of("The path is empty.", "path"));
    }
    match args.has(1) && !path.starts_with('/') {
        true => string(full(rt, &join(&[args.text(1).to_string(), path.to_string()], true))),
        false => string(full(rt, &path)),
    }
}
fn get_path_root(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    string(if args.text(0).starts_with('/') { "/" } else { "" })
}
fn temp() -> String {
    let mut folder = dialtone_object::environment::get("TMPDIR").unwrap_or_else(|| "/tmp/".into());
    if !folder.ends_with('/') {
        folder.push('/');
    }
    folder
}
/// Letters and digits that nobody has yet.
fn random_name(length: usize) -> String {
    const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyz012345";
    let (mut bits, mut out) = (crate::random_bits(), String::new());
    for _ in 0..length {
        out.push(char::from(SIGNS[(bits % 32) as usize]));
        bits = if bits < 32 { crate::random_bits() } else { bits / 32 };
    }
    out
}
fn get_random_file_name(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    string(format!("{}.{}", random_name(8), random_name(3)))
}
fn get_temp_file_name(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    loop {
        let path = format!("{}tmp{}.tmp", temp(), random_name(6));
        match std::fs::File::create_new(&path) {
            Ok(_) => return string(path),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(super::failure(&e, &path, false)),
        }
    }
}
fn get_temp_path(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    string(temp())
}
fn has_extension(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(dot(&args.text(0)).is_some()))
}
fn is_rooted(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(args.text(0).starts_with('/')))
}
fn get_relative_path(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (from, to) = (full(rt, &args.text(0)), full(rt, &args.text(1)));
    let split = |p: &str| p.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (from, to) = (split(&from), split(&to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut out = vec!["..".to_owned(); from.len() - shared];
    out.extend_from_slice(&to[shared..]);
    string(if out.is_empty() { ".".to_owned() } else { out.join("/") })
}
fn exists(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(!args.text(0).is_empty() && std::path::Path::new(&full(rt, &args.text(0))).exists()))
}
fn invalid_chars(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(args::chars(&[0, u16::from(b'/')]))
}
fn invalid_path_chars(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(args::chars(&[0]))
}
fn trim_end(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let path = args.text(0);
    string(if path.len() > 1 { path.strip_suffix('/').unwrap_or(&path) } else { &path })
}
fn ends_in_separator(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(args.text(0).ends_with('/')))
}
const fn sign(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "char", get)
}

pub static TABLE: TypeTable = TypeTable {
    static_props: &[
        sign("AltDirectorySeparatorChar", |_, _| Ok(Value::Char(u16::from(b'/')))),
        sign("DirectorySeparatorChar", |_, _| Ok(Value::Char(u16::from(b'/')))),
        sign("PathSeparator", |_, _| Ok(Value::Char(u16::from(b':')))),
        sign("VolumeSeparatorChar", |_, _| Ok(Value::Char(u16::from(b'/')))),
    ],
    static_methods: overloads! {
        change_extension => "static string ChangeExtension(string path, string extension)";
        combine => "static string Combine(string path1, string path2)"
            "static string Combine(string path1, string path2, string path3)"
            "static string Combine(string path1, string path2, string path3, string path4)"
            "static string Combine(Params string[] paths)";
        ends_in_separator => "static bool EndsInDirectorySeparator(string path)";
        exists => "static bool Exists(string path)";
        get_directory_name => "static string GetDirectoryName(string path)";
        get_extension => "static string GetExtension(string path)";
        get_file_name => "static string GetFileName(string path)";
        get_stem => "static string GetFileNameWithoutExtension(string path)";
        get_full_path => "static string GetFullPath(string path)"
            "static string GetFullPath(string path, string basePath)";
        invalid_chars => "static char[] GetInvalidFileNameChars()";
        invalid_path_chars => "static char[] GetInvalidPathChars()";
        get_path_root => "static string GetPathRoot(string path)";
        get_random_file_name => "static string GetRandomFileName()";
        get_relative_path => "static string GetRelativePath(string relativeTo, string path)";
        get_temp_file_name => "static string GetTempFileName()";
        get_temp_path => "static string GetTempPath()";
        has_extension => "static bool HasExtension(string path)";
        is_rooted => "static bool IsPathFullyQualified(string path)";
        is_rooted => "static bool IsPathRooted(string path)";
        join_static => "static string Join(string path1, string path2)"
            "static string Join(string path1, string path2, string path3)"
            "static string Join(Params string[] paths)";
        trim_end => "static string TrimEndingDirectorySeparator(string path)";
    },
    ..TypeTable::of(&PATH)
};

//! `System.IO.FileInfo` and `System.IO.DirectoryInfo`: what the file system cmdlets return, with the members that
//! PowerShell's type data adds (Mode, BaseName, UnixMode ...).
use crate::file_system::{children, under};
use crate::{path_text, wildcard};
use dialtone_engine::vars::enum_value;
use dialtone_object::access::typedata::{BuiltinData, BuiltinMember};
use dialtone_object::time::{self, Kind};
use dialtone_object::*;
use std::any::Any;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::rc::Rc;

pub struct FileInfo {
    path: String,
    folder: bool,
    /// As it was given to the constructor: its text.
    given: PsString,
}

static SYSTEM_INFO: TypeInfo =
    TypeInfo::new("System.IO.FileSystemInfo", "System.IO.FileSystemInfo", TypeKind::Other, Some(&types::OBJECT));
pub static FILE: TypeInfo =
    TypeInfo::new("System.IO.FileInfo", "System.IO.FileInfo", TypeKind::Other, Some(&SYSTEM_INFO));
pub static FOLDER: TypeInfo =
    TypeInfo::new("System.IO.DirectoryInfo", "System.IO.DirectoryInfo", TypeKind::Other, Some(&SYSTEM_INFO));

impl NetObject for FileInfo {
    fn type_ref(&self) -> TypeRef {
        if self.folder { &FOLDER } else { &FILE }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.given.clone())
    }
}

/// The object of a full path.
pub fn value(path: &str, folder: bool) -> Value {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    Value::object(FileInfo { path: path.to_owned(), folder, given: path.into() })
}

fn path_of(v: &Value) -> &str {
    v.get::<FileInfo>().map_or("", |f| f.path.as_str())
}
fn metadata(v: &Value) -> Option<std::fs::Metadata> {
    std::fs::symlink_metadata(path_of(v)).ok()
}

fn name(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let path = path_of(v);
    Ok(Value::from(if path == "/" { "/".to_owned() } else { path_text::leaf(path) }))
}
fn full_name(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(Value::str(path_of(v)))
}
fn extension(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let leaf = path_text::leaf(path_of(v));
    Ok(Value::str(file_extension(&leaf)))
}
/// From the last dot on, also when nothing follows it.
fn file_extension(leaf: &str) -> &str {
    leaf.rfind('.').map_or("", |at| &leaf[at..])
}
fn exists(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let folder = v.get::<FileInfo>().is_some_and(|f| f.folder);
    Ok(Value::Bool(std::fs::metadata(path_of(v)).is_ok_and(|m| m.is_dir() == folder)))
}
fn length(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    match std::fs::metadata(path_of(v)) {
        Ok(m) => Ok(Value::Long(i64::try_from(m.len()).unwrap_or(i64::MAX))),
        Err(e) => {
            let (ty, message) = crate::file_system::exception(&e, path_of(v));
            Err(ErrorRecord::dotnet(ty, message).into())
        }
    }
}
fn parent(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(path_text::parent(path_of(v)).map_or(Value::Null, |p| value(&p, true)))
}
fn directory_name(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(path_text::parent(path_of(v)).map_or(Value::Null, Value::from))
}
fn root(_: &mut dyn Runtime, _: &Value) -> Res<Value> {
    Ok(value("/", true))
}
/// True when the user may not write: nobody keeps root from writing.
fn read_only(m: &std::fs::Metadata) -> bool {
    m.permissions().readonly() && std::fs::metadata("/proc/self").map_or(1, |m| m.uid()) != 0
}
/// The same for a path.
pub fn is_protected(path: &str) -> bool {
    std::fs::metadata(path).is_ok_and(|m| read_only(&m))
}
fn is_read_only(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(Value::Bool(metadata(v).is_some_and(|m| read_only(&m))))
}
fn set_read_only(rt: &mut dyn Runtime, v: &Value, new: Value) -> Res<()> {
    let on = matches!(rt.cast(&new, &types::BOOLEAN)?, Value::Bool(true));
    if let Some(m) = metadata(v) {
        let mode = if on { m.mode() & !0o222 } else { m.mode() | 0o200 };
        // A failure shows when the property is read again.
        let _ = std::fs::set_permissions(path_of(v), std::fs::Permissions::from_mode(mode));
    }
    Ok(())
}
fn link_target(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(std::fs::read_link(path_of(v)).map_or(Value::Null, |p| Value::from(p.to_string_lossy().into_owned())))
}
fn attributes(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let Some(m) = metadata(v) else { return Ok(enum_value("System.IO.FileAttributes", -1)) };
    let mut bits = 0;
    if read_only(&m) {
        bits |= 1;
    }
    if path_text::leaf(path_of(v)).starts_with('.') {
        bits |= 2;
    }
    if std::fs::metadata(path_of(v)).is_ok_and(|m| m.is_dir()) {
        bits |= 16;
    }
    if m.file_type().is_symlink() {
        bits |= 1024;
    }
    Ok(enum_value("System.IO.FileAttributes", if bits == 0 { 128 } else { bits }))
}
fn unix_file_mode(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(enum_value("System.IO.UnixFileMode", metadata(v).map_or(-1, |m| i64::from(m.mode() & 0o7777))))
}

/// A moment of the file system as a UTC date; 1601 when there is none.
fn stamp(moment: std::io::Result<std::time::SystemTime>) -> u64 {
    let ticks = moment
        .ok()
        .and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(time::FILE_EPOCH, |d| time::UNIX_EPOCH + i64::try_from(d.as_nanos() / 100).unwrap_or(0));
    time::make(ticks, Kind::Utc)
}
#[derive(Clone, Copy)]
enum Moment {
    Created,
    Accessed,
    Written,
}
fn moment(v: &Value, which: Moment) -> u64 {
    match std::fs::metadata(path_of(v)) {
        Ok(m) => match which {
            Moment::Created => stamp(m.created().or_else(|_| m.modified())),
            Moment::Accessed => stamp(m.accessed()),
            Moment::Written => stamp(m.modified()),
        },
        Err(_) => time::make(time::FILE_EPOCH, Kind::Utc),
    }
}
macro_rules! moments {
    ($($local:ident $utc:ident $set:ident $which:ident),*) => {$(
        fn $local(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
            Ok(Value::DateTime(time::to_local(moment(v, Moment::$which))))
        }
        fn $utc(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
            Ok(Value::DateTime(moment(v, Moment::$which)))
        }
        fn $set(rt: &mut dyn Runtime, v: &Value, new: Value) -> Res<()> {
            set_moment(rt, v, new, Moment::$which)
        }
    )*};
}
moments!(created created_utc set_created Created, accessed accessed_utc set_accessed Accessed, written written_utc set_written Written);

fn set_moment(rt: &mut dyn Runtime, v: &Value, new: Value, which: Moment) -> Res<()> {
    let Value::DateTime(date) = rt.cast(&new, &types::DATETIME)? else { return Ok(()) };
    let ticks = time::ticks(time::to_utc(date)) - time::UNIX_EPOCH;
    let nanos = u64::try_from(ticks.max(0)).unwrap_or(0) * 100;
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(nanos);
    let times = std::fs::FileTimes::new();
    let times = match which {
        Moment::Accessed => times.set_accessed(at),
        // Unix keeps no settable time of birth: .NET sets the time of writing.
        Moment::Written | Moment::Created => times.set_modified(at),
    };
    std::fs::File::open(path_of(v)).and_then(|f| f.set_times(times)).map_err(|e| {
        let (ty, message) = crate::file_system::exception(&e, path_of(v));
        ErrorRecord::dotnet(ty, message).into()
    })
}

fn make(folder: bool, args: &[Value], rt: &mut dyn Runtime) -> Value {
    let given = args.first().map(|a| rt.to_text(a)).unwrap_or_default();
    let full = rt.resolve_path(&given);
    let path = if full.len() > 1 { full.trim_end_matches('/').to_owned() } else { full };
    Value::object(FileInfo { path, folder, given })
}

fn failed(e: std::io::Error, path: &str) -> Flow {
    let (ty, message) = crate::file_system::exception(&e, path);
    ErrorRecord::dotnet(ty, message).into()
}
fn delete(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    let path = path_of(v);
    let folder = v.get::<FileInfo>().is_some_and(|f| f.folder);
    let all = match args.first() {
        Some(a) => matches!(rt.cast(a, &types::BOOLEAN)?, Value::Bool(true)),
        None => false,
    };
    let done = match (folder, all) {
        (true, true) => std::fs::remove_dir_all(path),
        (true, false) => std::fs::remove_dir(path),
        _ => std::fs::remove_file(path)
            .or_else(|e| if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) }),
    };
    done.map(|()| Value::Void).map_err(|e| failed(e, path))
}
fn create(_: &mut dyn Runtime, v: &Value, _: &[Value]) -> Res<Value> {
    std::fs::create_dir_all(path_of(v)).map(|()| Value::Void).map_err(|e| failed(e, path_of(v)))
}
fn refresh(_: &mut dyn Runtime, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Void)
}
fn copy_to(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    let to = args.first().map(|a| rt.to_text(a)).unwrap_or_default();
    let to = rt.resolve_path(&to);
    let over = matches!(args.get(1), Some(Value::Bool(true)));
    if !over && std::path::Path::new(&to).exists() {
        return Err(ErrorRecord::dotnet("System.IO.IOException", format!("The file '{to}' already exists.")).into());
    }
    std::fs::copy(path_of(v), &to).map(|_| value(&to, false)).map_err(|e| failed(e, path_of(v)))
}
fn move_to(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    let to = args.first().map(|a| rt.to_text(a)).unwrap_or_default();
    let to = rt.resolve_path(&to);
    std::fs::rename(path_of(v), &to).map(|()| Value::Void).map_err(|e| failed(e, path_of(v)))
}
fn subdirectory(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    let name = args.first().map(|a| rt.to_text(a)).unwrap_or_default();
    let path = under(path_of(v), &name);
    std::fs::create_dir_all(&path).map_err(|e| failed(e, &path))?;
    Ok(value(&path, true))
}

/// What the listing methods give: files, folders or both, by pattern, of one level or all.
fn listed(rt: &mut dyn Runtime, v: &Value, args: &[Value], files: bool, folders: bool) -> Res<Value> {
    let pattern = args.first().map(|a| rt.to_text(a)).unwrap_or_else(|| "*".into());
    let deep = match args.get(1) {
        Some(a) => rt.to_text(a).eq_ignore_ascii_case("AllDirectories"),
        None => false,
    };
    let mut found = Vec::new();
    collect(path_of(v), &pattern, deep, files, folders, &mut found)?;
    Ok(Value::Array(Rc::new(Array::typed(if files && !folders { &FILE } else { &FOLDER }, found))))
}
fn collect(base: &str, pattern: &str, deep: bool, files: bool, folders: bool, found: &mut Vec<Value>) -> Res<()> {
    for entry in children(base).map_err(|e| failed(e, base))? {
        let path = under(base, &entry.name);
        let wanted = if entry.is_folder { folders } else { files };
        if wanted && (pattern == "*.*" || wildcard::matches(pattern, &entry.name)) {
            found.push(value(&path, entry.is_folder));
        }
        if deep && entry.is_folder && !entry.is_link {
            collect(&path, pattern, deep, files, folders, found)?;
        }
    }
    Ok(())
}

/// What both have.
static SYSTEM_TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("Exists", "bool", exists),
        Prop::get("FullName", "string", full_name),
        Prop::get("Extension", "string", extension),
        Prop::get_set("CreationTime", "datetime", created, set_created),
        Prop::get_set("CreationTimeUtc", "datetime", created_utc, set_created),
        Prop::get_set("LastAccessTime", "datetime", accessed, set_accessed),
        Prop::get_set("LastAccessTimeUtc", "datetime", accessed_utc, set_accessed),
        Prop::get_set("LastWriteTime", "datetime", written, set_written),
        Prop::get_set("LastWriteTimeUtc", "datetime", written_utc, set_written),
        Prop::get("LinkTarget", "string", link_target),
        Prop::get("UnixFileMode", "System.IO.UnixFileMode", unix_file_mode),
        Prop::get("Attributes", "System.IO.FileAttributes", attributes),
    ],
    ..TypeTable::of(&SYSTEM_INFO)
};

static FILE_TABLE: TypeTable = TypeTable {
    ctors: &[Overload::new("System.IO.FileInfo new(string fileName)", |rt, _, args| Ok(make(false, args, rt)))],
    props: &[
        Prop::get("Name", "string", name),
        Prop::get("Length", "long", length),
        Prop::get("DirectoryName", "string", directory_name),
        Prop::get("Directory", "System.IO.DirectoryInfo", parent),
        Prop::get_set("IsReadOnly", "bool", is_read_only, set_read_only),
    ],
    methods: &[
        Overload::new("System.IO.FileInfo CopyTo(string destFileName)", copy_to),
        Overload::new("System.IO.FileInfo CopyTo(string destFileName, bool overwrite)", copy_to),
        Overload::new("void Delete()", delete),
        Overload::new("void MoveTo(string destFileName)", move_to),
        Overload::new("void MoveTo(string destFileName, bool overwrite)", move_to),
        Overload::new("void Refresh()", refresh),
    ],
    ..TypeTable::of(&FILE)
};
static FOLDER_TABLE: TypeTable = TypeTable {
    ctors: &[Overload::new("System.IO.DirectoryInfo new(string path)", |rt, _, args| Ok(make(true, args, rt)))],
    props: &[
        Prop::get("Name", "string", name),
        Prop::get("Parent", "System.IO.DirectoryInfo", parent),
        Prop::get("Root", "System.IO.DirectoryInfo", root),
    ],
    methods: &[
        Overload::new("void Create()", create),
        Overload::new("System.IO.DirectoryInfo CreateSubdirectory(string path)", subdirectory),
        Overload::new("void Delete()", delete),
        Overload::new("void Delete(bool recursive)", delete),
        Overload::new("System.IO.DirectoryInfo[] GetDirectories()", |rt, v, a| listed(rt, v, a, false, true)),
        Overload::new("System.IO.DirectoryInfo[] GetDirectories(string searchPattern)", |rt, v, a| {
            listed(rt, v, a, false, true)
        }),
        Overload::new(
            "System.IO.DirectoryInfo[] GetDirectories(string searchPattern, System.IO.SearchOption searchOption)",
            |rt, v, a| listed(rt, v, a, false, true),
        ),
        Overload::new("System.IO.FileInfo[] GetFiles()", |rt, v, a| listed(rt, v, a, true, false)),
        Overload::new("System.IO.FileInfo[] GetFiles(string searchPattern)", |rt, v, a| listed(rt, v, a, true, false)),
        Overload::new(
            "System.IO.FileInfo[] GetFiles(string searchPattern, System.IO.SearchOption searchOption)",
            |rt, v, a| listed(rt, v, a, true, false),
        ),
        Overload::new("void MoveTo(string destDirName)", move_to),
        Overload::new("void Refresh()", refresh),
    ],
    ..TypeTable::of(&FOLDER)
};

/// The types by name, as long as the .NET room has none of its own that work.
pub fn find(name: &str) -> Option<TypeRef> {
    let theirs = dialtone_dotnet::provider().find(name);
    if theirs.is_some_and(|t| dialtone_dotnet::provider().table(t).is_some_and(|t| !t.ctors.is_empty())) {
        return None;
    }
    [&FILE, &FOLDER, &SYSTEM_INFO]
        .into_iter()
        .find(|t| t.full_name.eq_ignore_ascii_case(name) || t.full_name[7..].eq_ignore_ascii_case(name))
}
pub fn table(ty: TypeRef) -> Option<&'static TypeTable> {
    [&FILE_TABLE, &FOLDER_TABLE, &SYSTEM_TABLE].into_iter().find(|t| t.ty == ty)
}

/// `d----`, `-a---`, `l----` in PowerShell's letters.
fn mode(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let v = v.base();
    let Some(m) = metadata(v) else { return Ok(Value::str("")) };
    let link = m.file_type().is_symlink();
    let folder = std::fs::metadata(path_of(v)).is_ok_and(|m| m.is_dir());
    let hidden = path_text::leaf(path_of(v)).starts_with('.');
    let flag = |on: bool, c: char| if on { c } else { '-' };
    let kind = if link { 'l' } else { flag(folder, 'd') };
    let text: String = [kind, '-', flag(read_only(&m), 'r'), flag(hidden, 'h'), '-'].into_iter().collect();
    Ok(Value::from(text))
}
fn base_name(rt: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let v = v.base();
    if v.get::<FileInfo>().is_some_and(|f| f.folder) {
        return name(rt, v);
    }
    let leaf = path_text::leaf(path_of(v));
    let cut = leaf.len() - file_extension(&leaf).len();
    Ok(Value::str(&leaf[..cut]))
}
fn name_string(rt: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let v = v.base();
    let shown = name(rt, v)?;
    match std::fs::read_link(path_of(v)) {
        Ok(target) => Ok(Value::from(format!("{} -> {}", rt.to_text(&shown), target.to_string_lossy()))),
        Err(_) => Ok(shown),
    }
}
fn length_string(rt: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let v = v.base();
    if v.get::<FileInfo>().is_some_and(|f| f.folder) {
        return Ok(Value::str(""));
    }
    let length = length(rt, v)?;
    Ok(Value::String(rt.to_text(&length)))
}
fn time_string(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let written = time::to_local(moment(v.base(), Moment::Written));
    let text = |format: &str| time_format::format_date(written, format, culture::current()).unwrap_or_default();
    Ok(Value::from(format!("{:>10} {:>8}", text("d"), text("t"))))
}
fn link_type(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let link = metadata(v.base()).is_some_and(|m| m.file_type().is_symlink());
    Ok(if link { Value::str("SymbolicLink") } else { Value::Null })
}
fn resolved_target(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let path = path_of(v.base());
    Ok(std::fs::canonicalize(path).map_or(Value::Null, |p| Value::from(p.to_string_lossy().into_owned())))
}
fn unix_mode(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let Some(m) = metadata(v.base()) else { return Ok(Value::Null) };
    let kind = if m.file_type().is_symlink() {
        'l'
    } else if m.is_dir() {
        'd'
    } else {
        '-'
    };
    let mut text = String::from(kind);
    for (at, c) in "rwxrwxrwx".chars().enumerate() {
        text.push(if m.mode() & (0o400 >> at) != 0 { c } else { '-' });
    }
    Ok(Value::from(text))
}
fn named_in(file: &str, id: u32) -> Value {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let id = id.to_string();
    let name = text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    });
    Value::from(name.unwrap_or(id))
}
fn user(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(metadata(v.base()).map_or(Value::Null, |m| named_in("/etc/passwd", m.uid())))
}
fn group(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(metadata(v.base()).map_or(Value::Null, |m| named_in("/etc/group", m.gid())))
}
fn size(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(metadata(v.base()).map_or(Value::Null, |m| Value::Long(i64::try_from(m.len()).unwrap_or(i64::MAX))))
}

static MEMBERS: &[(&str, BuiltinMember)] = &[
    ("Target", BuiltinMember::Alias("LinkTarget")),
    ("LinkType", BuiltinMember::Code("System.String", link_type, None)),
    ("Mode", BuiltinMember::Code("System.String", mode, None)),
    ("ModeWithoutHardLink", BuiltinMember::Code("System.String", mode, None)),
    ("ResolvedTarget", BuiltinMember::Code("System.String", resolved_target, None)),
    ("LastWriteTimeString", BuiltinMember::Code("System.String", time_string, None)),
    ("LengthString", BuiltinMember::Code("System.String", length_string, None)),
    ("NameString", BuiltinMember::Code("System.String", name_string, None)),
    (
        "BaseName",
        BuiltinMember::Script(
            "if ($this.Extension.Length -gt 0){$this.Name.Remove($this.Name.Length - $this.Extension.Length)}else{$this.Name}",
            base_name,
        ),
    ),
    ("Group", BuiltinMember::Script(" if ($this.UnixStat) { $this.UnixStat.GetGroupName() } ", group)),
    ("Size", BuiltinMember::Script("$this.UnixStat.Size", size)),
    ("UnixMode", BuiltinMember::Script("if ($this.UnixStat) { $this.UnixStat.GetModeString() }", unix_mode)),
    ("User", BuiltinMember::Script(" if ($this.UnixStat) { $this.UnixStat.GetUserName() } ", user)),
];

/// What type data adds to the two types.
pub static TYPE_DATA: [BuiltinData; 2] = [
    BuiltinData {
        type_name: "System.IO.FileInfo",
        members: MEMBERS,
        display: &["LastWriteTime", "Length", "Name"],
        default_property: "",
    },
    BuiltinData { type_name: "System.IO.DirectoryInfo", members: MEMBERS, display: &[], default_property: "Name" },
];

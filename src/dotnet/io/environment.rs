//! `System.Environment` and OperatingSystem.
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::{
    Comparer, Dict, Dictionary, NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value,
    access, enums, environment, types,
};
use std::any::Any;
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

static ENVIRONMENT: TypeInfo =
    TypeInfo::new("System.Environment", "System.Environment", TypeKind::Other, Some(&types::OBJECT));
static OS_TYPE: TypeInfo =
    TypeInfo::new("System.OperatingSystem", "System.OperatingSystem", TypeKind::Other, Some(&types::OBJECT));

/// The kernel's release, as `uname -r`.
fn release() -> String {
    std::fs::read_to_string("/proc/sys/kernel/osrelease").map_or_else(|_| "0.0.0".into(), |t| t.trim().to_owned())
}
struct OperatingSystem;
impl NetObject for OperatingSystem {
    fn type_ref(&self) -> TypeRef {
        &OS_TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(format!("Unix {}", release_version()).into())
    }
}
fn release_version() -> String {
    let mut numbers: Vec<String> =
        release().split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).take(4).map(str::to_owned).collect();
    while numbers.len() < 4 {
        numbers.push("0".into());
    }
    numbers.join(".")
}
fn version(rt: Rt, text: &str) -> Res<Value> {
    match types::find("System.Version") {
        Some(ty) => access::construct(rt, ty, &[Value::str(text)]),
        None => Ok(Value::str(text)),
    }
}

fn get_variable(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    // User and machine variables exist on Windows only.
    if args.has(1) && args.enum_number(1) != 0 {
        return Ok(Value::Null);
    }
    Ok(environment::get(&args.text(0)).map(Value::string).unwrap_or_default())
}
fn set_variable(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let name = args.text(0);
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(fail::argument_of("Environment variable name cannot contain equal character.", "variable"));
    }
    if args.has(2) && args.enum_number(2) != 0 {
        return Ok(Value::Void);
    }
    let value = args.text(1);
    environment::set(&name, Some(&value));
    Ok(Value::Void)
}
fn get_variables(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    let mut dict = Dict::new(Comparer::Ordinal);
    for (name, value) in environment::all() {
        dict.insert(Value::string(name), Value::string(value));
    }
    Ok(Value::Dict(Rc::new(Dictionary::hashtable(dict))))
}
fn home() -> String {
    environment::get("HOME").unwrap_or_default()
}
/// `Environment.GetFolderPath` on Linux, by SpecialFolder number.
fn get_folder_path(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let xdg = |name: &str, default: &str| environment::get(name).unwrap_or_else(|| format!("{}/{default}", home()));
    let path = match args.enum_number(0) {
        40 | 5 => home(),
        26 => xdg("XDG_CONFIG_HOME", ".config"),
        28 => xdg("XDG_DATA_HOME", ".local/share"),
        35 => "/usr/share".into(),
        0 | 16 => format!("{}/Desktop", home()),
        13 => format!("{}/Music", home()),
        14 => format!("{}/Videos", home()),
        39 => format!("{}/Pictures", home()),
        20 => format!("{}/.fonts", home()),
        21 => format!("{}/Templates", home()),
        _ => String::new(),
    };
    // A folder that is not there counts as none, except the home itself.
    let there = args.has(1) || path == home() || std::path::Path::new(&path).is_dir();
    Ok(Value::string(if there { path } else { String::new() }))
}
fn exit(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Err(dialtone_object::FlowKind::Exit(args.int(0)).into())
}
fn expand(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let text = args.text(0);
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((head, tail)) = rest.split_once('%') {
        out.push_str(head);
        match tail.split_once('%').and_then(|(name, after)| Some((environment::get(name)?, after))) {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push('%');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    Ok(Value::string(out))
}
fn command_line_args(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(args::strings(std::env::args().map(PsString::from)))
}
fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").map_or_else(|_| "localhost".into(), |t| t.trim().to_owned())
}
const fn text(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "string", get)
}
const fn flag(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "bool", get)
}

pub static TABLE: TypeTable = TypeTable {
    static_props: &[
        text("CommandLine", |_, _| Ok(Value::string(std::env::args().collect::<Vec<_>>().join(" ")))),
        Prop::get_set(
            "CurrentDirectory",
            "string",
            |rt, _| Ok(Value::string(rt.location())),
            |_, _, n| {
                let _ = std::env::set_current_dir(args::text_of(&n).as_str());
                Ok(())
            },
        ),
        Prop::get("CurrentManagedThreadId", "int", |_, _| Ok(Value::Int(1))),
        Prop::get_set("ExitCode", "int", |_, _| Ok(Value::Int(0)), |_, _, _| Ok(())),
        flag("HasShutdownStarted", |_, _| Ok(Value::Bool(false))),
        flag("Is64BitOperatingSystem", |_, _| Ok(Value::Bool(true))),
        flag("Is64BitProcess", |_, _| Ok(Value::Bool(true))),
        flag("IsPrivilegedProcess", |_, _| Ok(Value::Bool(environment::get("USER").is_some_and(|u| u == "root")))),
        text("MachineName", |_, _| Ok(Value::string(host_name()))),
        text("NewLine", |_, _| Ok(Value::str("\n"))),
        Prop::get("OSVersion", "System.OperatingSystem", |_, _| Ok(Value::object(OperatingSystem))),
        Prop::get("ProcessId", "int", |_, _| Ok(Value::Int(std::process::id() as i32))),
        text("ProcessPath", |_, _| {
            Ok(std::env::current_exe().map(|p| Value::string(p.to_string_lossy().into_owned())).unwrap_or_default())
        }),
        Prop::get("ProcessorCount", "int", |_, _| {
            Ok(Value::Int(std::thread::available_parallelism().map_or(1, |n| n.get() as i32)))
        }),
        text("StackTrace", |_, _| Ok(Value::str(""))),
        text("SystemDirectory", |_, _| Ok(Value::str(""))),
        Prop::get("SystemPageSize", "int", |_, _| Ok(Value::Int(4096))),
        Prop::get("TickCount", "int", |_, _| Ok(Value::Int(up_time() as i32))),
        Prop::get("TickCount64", "long", |_, _| Ok(Value::Long(up_time()))),
        text("UserDomainName", |_, _| Ok(Value::string(host_name()))),
        flag("UserInteractive", |_, _| Ok(Value::Bool(true))),
        text("UserName", |_, _| {
            Ok(Value::string(
                environment::get("USER").or_else(|| environment::get("LOGNAME")).unwrap_or_else(|| "root".into()),
            ))
        }),
        Prop::get("Version", "version", |rt, _| version(rt, "10.0.12")),
        Prop::get("WorkingSet", "long", |_, _| Ok(Value::Long(0))),
    ],
    static_methods: overloads! {
        exit => "static void Exit(int exitCode)";
        expand => "static string ExpandEnvironmentVariables(string name)";
        command_line_args => "static string[] GetCommandLineArgs()";
        get_variable => "static string GetEnvironmentVariable(string variable)"
            "static string GetEnvironmentVariable(string variable, System.EnvironmentVariableTarget target)";
        get_variables => "static System.Collections.IDictionary GetEnvironmentVariables()";
        get_folder_path => "static string GetFolderPath(System.Environment+SpecialFolder folder)"
            "static string GetFolderPath(System.Environment+SpecialFolder folder, System.Environment+SpecialFolderOption option)";
        set_variable => "static void SetEnvironmentVariable(string variable, string value)"
            "static void SetEnvironmentVariable(string variable, string value, System.EnvironmentVariableTarget target)";
    },
    ..TypeTable::of(&ENVIRONMENT)
};
/// Milliseconds since the system started.
fn up_time() -> i64 {
    let text = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse::<f64>().ok()).map_or(0, |n| (n * 1000.0) as i64)
}
pub static OPERATING_SYSTEM: TypeTable = TypeTable {
    props: &[
        Prop::get("Platform", "System.PlatformID", |_, _| Ok(enums::of("System.PlatformID", 4))),
        text("ServicePack", |_, _| Ok(Value::str(""))),
        Prop::get("Version", "version", |rt, _| version(rt, &release_version())),
        text("VersionString", |_, _| Ok(Value::string(format!("Unix {}", release_version())))),
    ],
    static_methods: overloads! {
        yes => "static bool IsLinux()";
        no => "static bool IsWindows()";
        no => "static bool IsMacOS()";
    },
    ..TypeTable::of(&OS_TYPE)
};
fn yes(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Bool(cfg!(target_os = "linux")))
}
fn no(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Bool(false))
}

//! Assemblies: enough for `[T].Assembly`, `[Reflection.Assembly]::LoadWithPartialName` and Add-Type.
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;

pub static TABLES: &[&TypeTable] = &[&ASSEMBLY];

pub struct Assembly {
    full_name: String,
}
static ASSEMBLY_TYPE: TypeInfo =
    TypeInfo::new("System.Reflection.Assembly", "System.Reflection.Assembly", TypeKind::Other, Some(&types::OBJECT));
impl NetObject for Assembly {
    fn type_ref(&self) -> TypeRef {
        &ASSEMBLY_TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.full_name.as_str().into())
    }
}
pub fn assembly_of(ty: TypeRef) -> Value {
    Value::object(Assembly { full_name: types::assembly(ty) })
}
fn full_name(v: &Value) -> &str {
    v.get::<Assembly>().map_or("", |a| &a.full_name)
}
/// The assemblies that scripts load by name and that are part of .NET on every system.
const KNOWN: &[&str] = &["System", "Microsoft.PowerShell", "netstandard", "mscorlib"];

fn load_partial(_: &mut dyn Runtime, _: &Value, args: &[Value]) -> Res<Value> {
    let name = args.text(0);
    let known = KNOWN.iter().any(|k| name.len() >= k.len() && name[..k.len()].eq_ignore_ascii_case(k));
    if !known || name.contains("Windows.Forms") {
        return Ok(Value::Null);
    }
    let full_name = format!("{name}, Version=10.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a");
    Ok(Value::object(Assembly { full_name }))
}
fn load(rt: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    let found = load_partial(rt, this, args)?;
    if !found.is_null() {
        return Ok(found);
    }
    Err(fail::other(
        "System.IO.FileNotFoundException",
        format!(
            "Could not load file or assembly '{}, Culture=neutral, PublicKeyToken=null'. The system cannot find the file specified.\n",
            args.text(0)
        ),
    ))
}
fn executing(_: &mut dyn Runtime, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(assembly_of(&types::PSOBJECT))
}
fn get_type(_: &mut dyn Runtime, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(types::find(&args.text(0)).map(Value::Type).unwrap_or_default())
}
fn get_name(_: &mut dyn Runtime, this: &Value, _: &[Value]) -> Res<Value> {
    let full = full_name(this);
    let part = |key: &str| full.split(", ").find_map(|p| p.strip_prefix(key)).unwrap_or_default().to_owned();
    let pairs = vec![
        ("Name".into(), Value::str(full.split(',').next().unwrap_or_default())),
        ("Version".into(), Value::string(part("Version="))),
        ("FullName".into(), Value::str(full)),
    ];
    Ok(Value::Custom(std::rc::Rc::new(dialtone_object::PSObject::from_pairs(pairs))))
}

static ASSEMBLY: TypeTable = TypeTable {
    props: &[
        Prop::get("FullName", "string", |_, v| Ok(Value::str(full_name(v)))),
        Prop::get("Location", "string", |_, _| Ok(Value::str(""))),
        Prop::get("GlobalAssemblyCache", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("IsDynamic", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("ImageRuntimeVersion", "string", |_, _| Ok(Value::str("v4.0.30319"))),
    ],
    methods: overloads! {
        get_name => "System.Reflection.AssemblyName GetName()";
        get_type => "type GetType(string name)";
    },
    static_methods: overloads! {
        load_partial => "static System.Reflection.Assembly LoadWithPartialName(string partialName)";
        load => "static System.Reflection.Assembly Load(string assemblyString)";
        load => "static System.Reflection.Assembly LoadFrom(string assemblyFile)";
        load => "static System.Reflection.Assembly LoadFile(string path)";
        executing => "static System.Reflection.Assembly GetExecutingAssembly()";
        executing => "static System.Reflection.Assembly GetEntryAssembly()";
        executing => "static System.Reflection.Assembly GetCallingAssembly()";
    },
    ..TypeTable::of(&ASSEMBLY_TYPE)
};

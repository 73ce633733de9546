//! .NET types as values: the built-in ones as statics, arrays and closed generics made on demand, others from the
//! provider that the .NET room registers. A [`TypeRef`] lives as long as the process and compares by address.
use crate::access::typedata::BuiltinData;
use crate::member::TypeTable;
use crate::value::Value;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

/// Which rules of the language apply to a type; everything not named here is `Other`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum TypeKind {
    Object,
    Void,
    Boolean,
    Char,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Single,
    Double,
    Decimal,
    String,
    DateTime,
    TimeSpan,
    /// `System.RuntimeType` / `System.Type`
    Type,
    Array,
    ArrayList,
    List,
    Collection,
    Hashtable,
    Ordered,
    Dictionary,
    PSObject,
    PSCustomObject,
    ScriptBlock,
    Switch,
    Nullable,
    Enum,
    Interface,
    /// A class or enum that a script defined; the number is the engine's index of it.
    Class(u32),
    Other,
}

/// The names and numbers of an enum type.
#[derive(Debug)]
pub struct EnumInfo {
    pub values: Vec<(String, i64)>,
    pub flags: bool,
    pub underlying: TypeRef,
}

/// One .NET type.
pub struct TypeInfo {
    /// `Type.FullName`, for generics without the assembly parts: ``System.Collections.Generic.List`1[[System.Int32]]``.
    pub full_name: &'static str,
    /// As PowerShell writes it in signatures and error texts: `int`, `string[]`, `System.Collections.Generic.List[int]`.
    pub ps_name: &'static str,
    pub kind: TypeKind,
    pub base: Option<TypeRef>,
    /// Full names of the interfaces that matter to scripts (`-is`, parameter types).
    pub interfaces: &'static [&'static str],
    /// Element type of an array, underlying type of a Nullable.
    pub elem: Option<TypeRef>,
    /// Dimensions of an array type.
    pub rank: u8,
    /// Generic definition and arguments of a closed type.
    pub generic: Option<(TypeRef, &'static [TypeRef])>,
    pub enum_info: OnceLock<EnumInfo>,
    /// The member table, once asked for.
    pub(crate) table: OnceLock<Option<&'static TypeTable>>,
}

pub type TypeRef = &'static TypeInfo;

impl PartialEq for TypeInfo {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
impl Eq for TypeInfo {}
impl std::fmt::Debug for TypeInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.full_name)
    }
}

impl TypeInfo {
    /// A plain class under `base`.
    pub const fn new(
        full_name: &'static str,
        ps_name: &'static str,
        kind: TypeKind,
        base: Option<TypeRef>,
    ) -> TypeInfo {
        TypeInfo {
            full_name,
            ps_name,
            kind,
            base,
            interfaces: &[],
            elem: None,
            rank: 0,
            generic: None,
            enum_info: OnceLock::new(),
            table: OnceLock::new(),
        }
    }
    pub const fn with_interfaces(mut self, interfaces: &'static [&'static str]) -> TypeInfo {
        self.interfaces = interfaces;
        self
    }

    /// Of a closed generic type: its definition and arguments.
    pub const fn with_generic(mut self, definition: TypeRef, args: &'static [TypeRef]) -> TypeInfo {
        self.generic = Some((definition, args));
        self
    }

    /// `Type.Name`: the last part of the full name.
    pub fn name(&self) -> String {
        if let (Some(elem), TypeKind::Array) = (self.elem, self.kind) {
            return format!("{}[{}]", elem.name(), ",".repeat(self.rank.saturating_sub(1) as usize));
        }
        let head = self.full_name.split('[').next().unwrap_or(self.full_name);
        head.rsplit(['.', '+']).next().unwrap_or(head).to_owned()
    }
    pub fn namespace(&self) -> &str {
        let head = self.full_name.split(['[', '+']).next().unwrap_or(self.full_name);
        head.rsplit_once('.').map_or("", |(ns, _)| ns)
    }

    /// True for `self` itself, its bases, and its interfaces.
    pub fn is_subclass_of(&'static self, other: TypeRef) -> bool {
        if other.kind == TypeKind::Object {
            return true;
        }
        let mut at = Some(self);
        while let Some(t) = at {
            if std::ptr::eq(t, other) || (other.kind == TypeKind::Interface && t.interfaces.contains(&other.full_name))
            {
                return true;
            }
            at = t.base;
        }
        false
    }

    pub fn is_integer(&self) -> bool {
        use TypeKind::*;
        matches!(self.kind, SByte | Byte | Int16 | UInt16 | Int32 | UInt32 | Int64 | UInt64)
    }
    pub fn is_number(&self) -> bool {
        self.is_integer() || matches!(self.kind, TypeKind::Single | TypeKind::Double | TypeKind::Decimal)
    }
    pub fn is_value_type(&'static self) -> bool {
        let mut at = Some(self);
        while let Some(t) = at {
            if t.full_name == "System.ValueType" {
                return true;
            }
            at = t.base;
        }
        false
    }

    /// The type's member table, if the .NET room has one.
    pub fn members(&'static self) -> Option<&'static TypeTable> {
        *self.table.get_or_init(|| providers().find_map(|p| p.table(self)))
    }
}

/// What the rooms above register (.NET types, the commands' own): types by name and member tables, both on demand.
pub trait TypeProvider: Sync + Send {
    /// A type by its full name or accelerator (any case, `System.` may be left out), without arrays and generics.
    fn find(&self, name: &str) -> Option<TypeRef>;
    fn table(&self, ty: TypeRef) -> Option<&'static TypeTable>;
    /// The members that type data adds to the provider's types.
    fn type_data(&self) -> Vec<&'static BuiltinData> {
        Vec::new()
    }
}
/// Filled from the front, asked in that order.
static PROVIDERS: [OnceLock<&'static dyn TypeProvider>; 12] = [const { OnceLock::new() }; 12];

pub(crate) fn providers() -> impl Iterator<Item = &'static dyn TypeProvider> {
    PROVIDERS.iter().map_while(|p| p.get().copied())
}

/// Called once per room at start by the binary.
pub fn add_provider(provider: &'static dyn TypeProvider) {
    let taken = PROVIDERS.iter().any(|slot| slot.set(provider).is_ok());
    assert!(taken, "a room's types found no place: PROVIDERS is too short");
}

macro_rules! types {
    ($($id:ident $full:literal $ps:literal $kind:ident $base:expr $(, [$($i:literal),*])?;)*) => {
        $(#[doc = $full] pub static $id: TypeInfo =
            TypeInfo::new($full, $ps, TypeKind::$kind, $base)$(.with_interfaces(&[$($i),*]))?;)*
        /// Every static type here.
        pub static ALL: &[TypeRef] = &[$(&$id),*];
    };
}

types! {
    OBJECT "System.Object" "System.Object" Object None;
    VALUE_TYPE "System.ValueType" "System.ValueType" Other Some(&OBJECT);
    ENUM "System.Enum" "System.Enum" Other Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    VOID "System.Void" "void" Void Some(&VALUE_TYPE);
    BOOLEAN "System.Boolean" "bool" Boolean Some(&VALUE_TYPE), ["System.IComparable", "System.IConvertible"];
    CHAR "System.Char" "char" Char Some(&VALUE_TYPE), ["System.IComparable", "System.IConvertible"];
    SBYTE "System.SByte" "sbyte" SByte Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    BYTE "System.Byte" "byte" Byte Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    INT16 "System.Int16" "short" Int16 Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    UINT16 "System.UInt16" "ushort" UInt16 Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    INT32 "System.Int32" "int" Int32 Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    UINT32 "System.UInt32" "uint" UInt32 Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    INT64 "System.Int64" "long" Int64 Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    UINT64 "System.UInt64" "ulong" UInt64 Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    SINGLE "System.Single" "float" Single Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    DOUBLE "System.Double" "double" Double Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    DECIMAL "System.Decimal" "decimal" Decimal Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    STRING "System.String" "string" String Some(&OBJECT), ["System.IComparable", "System.ICloneable", "System.IConvertible", "System.Collections.IEnumerable"];
    DATETIME "System.DateTime" "datetime" DateTime Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable", "System.IConvertible"];
    TIMESPAN "System.TimeSpan" "timespan" TimeSpan Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable"];
    DATETIME_OFFSET "System.DateTimeOffset" "System.DateTimeOffset" Other Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable"];
    GUID "System.Guid" "guid" Other Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable"];
    BIG_INTEGER "System.Numerics.BigInteger" "bigint" Other Some(&VALUE_TYPE), ["System.IComparable", "System.IFormattable"];
    REGEX "System.Text.RegularExpressions.Regex" "regex" Other Some(&OBJECT);
    CAPTURE "System.Text.RegularExpressions.Capture" "System.Text.RegularExpressions.Capture" Other Some(&OBJECT);
    GROUP "System.Text.RegularExpressions.Group" "System.Text.RegularExpressions.Group" Other Some(&CAPTURE);
    MATCH "System.Text.RegularExpressions.Match" "System.Text.RegularExpressions.Match" Other Some(&GROUP);
    MEMBER_INFO "System.Reflection.MemberInfo" "System.Reflection.MemberInfo" Other Some(&OBJECT);
    TYPE "System.Type" "type" Type Some(&MEMBER_INFO);
    TYPE_INFO "System.Reflection.TypeInfo" "System.Reflection.TypeInfo" Other Some(&TYPE);
    RUNTIME_TYPE "System.RuntimeType" "System.RuntimeType" Type Some(&TYPE_INFO);
    ARRAY "System.Array" "array" Other Some(&OBJECT), ["System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IList", "System.ICloneable"];
    ARRAY_LIST "System.Collections.ArrayList" "System.Collections.ArrayList" ArrayList Some(&OBJECT), ["System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IList", "System.ICloneable"];
    LIST "System.Collections.Generic.List`1" "System.Collections.Generic.List" List Some(&OBJECT), ["System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IList"];
    COLLECTION "System.Collections.ObjectModel.Collection`1" "System.Collections.ObjectModel.Collection" Collection Some(&OBJECT), ["System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IList"];
    HASHTABLE "System.Collections.Hashtable" "hashtable" Hashtable Some(&OBJECT), ["System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IDictionary", "System.ICloneable"];
    ORDERED_DICTIONARY "System.Collections.Specialized.OrderedDictionary" "ordered" Ordered Some(&OBJECT), ["System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IDictionary"];
    DICTIONARY "System.Collections.Generic.Dictionary`2" "System.Collections.Generic.Dictionary" Dictionary Some(&OBJECT), ["System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IDictionary"];
    NULLABLE "System.Nullable`1" "System.Nullable" Nullable Some(&VALUE_TYPE);
    PSOBJECT "System.Management.Automation.PSObject" "psobject" PSObject Some(&OBJECT);
    PSCUSTOMOBJECT "System.Management.Automation.PSCustomObject" "System.Management.Automation.PSCustomObject" PSCustomObject Some(&OBJECT);
    INTERNAL_PSCUSTOMOBJECT "System.Management.Automation.Internal.PSCustomObject" "System.Management.Automation.PSCustomObject" PSCustomObject Some(&OBJECT);
    SCRIPT_BLOCK "System.Management.Automation.ScriptBlock" "scriptblock" ScriptBlock Some(&OBJECT);
    SWITCH "System.Management.Automation.SwitchParameter" "switch" Switch Some(&VALUE_TYPE);
    EXCEPTION "System.Exception" "System.Exception" Other Some(&OBJECT);
    SYSTEM_EXCEPTION "System.SystemException" "System.SystemException" Other Some(&EXCEPTION);
    RUNTIME_EXCEPTION "System.Management.Automation.RuntimeException" "System.Management.Automation.RuntimeException" Other Some(&SYSTEM_EXCEPTION);
    ERROR_RECORD "System.Management.Automation.ErrorRecord" "System.Management.Automation.ErrorRecord" Other Some(&OBJECT);
    IENUMERABLE "System.Collections.IEnumerable" "System.Collections.IEnumerable" Interface None;
    ICOLLECTION "System.Collections.ICollection" "System.Collections.ICollection" Interface None;
    ILIST "System.Collections.IList" "System.Collections.IList" Interface None;
    IDICTIONARY "System.Collections.IDictionary" "System.Collections.IDictionary" Interface None;
    ICOMPARABLE "System.IComparable" "System.IComparable" Interface None;
    IFORMATTABLE "System.IFormattable" "System.IFormattable" Interface None;
    ICONVERTIBLE "System.IConvertible" "System.IConvertible" Interface None;
    ICLONEABLE "System.ICloneable" "System.ICloneable" Interface None;
}

#[derive(PartialEq, Eq, Hash)]
enum Made {
    Array(usize, u8),
    Generic(usize, Vec<usize>),
}
static MADE: Mutex<Option<HashMap<Made, TypeRef>>> = Mutex::new(None);

fn address(t: TypeRef) -> usize {
    std::ptr::from_ref(t).addr()
}
fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn made(key: Made, make: impl FnOnce() -> TypeInfo) -> TypeRef {
    let mut table = MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    table.get_or_insert_default().entry(key).or_insert_with(|| Box::leak(Box::new(make())))
}

/// The array type over `elem`.
pub fn array_of(elem: TypeRef, rank: u8) -> TypeRef {
    made(Made::Array(address(elem), rank), || {
        let commas = ",".repeat(rank.saturating_sub(1) as usize);
        TypeInfo {
            elem: Some(elem),
            rank,
            ..TypeInfo::new(
                leak(format!("{}[{commas}]", elem.full_name)),
                leak(format!("{}[{commas}]", elem.ps_name)),
                TypeKind::Array,
                Some(&ARRAY),
            )
        }
    })
}

/// The closed generic type of a definition.
pub fn generic(definition: TypeRef, args: &[TypeRef]) -> TypeRef {
    made(Made::Generic(address(definition), args.iter().map(|a| address(a)).collect()), || {
        let full: Vec<_> = args.iter().map(|a| format!("[{}]", a.full_name)).collect();
        let short: Vec<_> = args.iter().map(|a| a.ps_name).collect();
        TypeInfo {
            generic: Some((definition, args.to_vec().leak())),
            elem: (definition.kind == TypeKind::Nullable).then(|| args[0]),
            ..TypeInfo::new(
                leak(format!("{}[{}]", definition.full_name, full.join(","))),
                leak(format!("{}[{}]", definition.ps_name, short.join(","))),
                definition.kind,
                definition.base,
            )
            .with_interfaces(definition.interfaces)
        }
    })
}

/// `GetType()` of a value; `$null` counts as an object.
pub fn type_of(value: &Value) -> TypeRef {
    match value {
        Value::Unset | Value::Null | Value::Void => &OBJECT,
        Value::Bool(_) => &BOOLEAN,
        Value::Char(_) => &CHAR,
        Value::SByte(_) => &SBYTE,
        Value::Byte(_) => &BYTE,
        Value::Short(_) => &INT16,
        Value::UShort(_) => &UINT16,
        Value::Int(_) => &INT32,
        Value::UInt(_) => &UINT32,
        Value::Long(_) => &INT64,
        Value::ULong(_) => &UINT64,
        Value::Single(_) => &SINGLE,
        Value::Double(_) => &DOUBLE,
        Value::Decimal(_) => &DECIMAL,
        Value::DateTime(_) => &DATETIME,
        Value::TimeSpan(_) => &TIMESPAN,
        Value::String(_) => &STRING,
        Value::Type(_) => &RUNTIME_TYPE,
        Value::Array(a) => array_of(a.elem, a.dims.as_ref().map_or(1, |d| d.len() as u8)),
        Value::List(l) => l.ty,
        Value::Dict(d) => d.ty,
        Value::Custom(_) => &PSCUSTOMOBJECT,
        Value::Wrapped(w) => type_of(&w.base),
        Value::Object(o) => o.data().type_ref(),
        Value::Variable(_) => &OBJECT,
    }
}

/// `Type.FullName` as .NET gives it, with the assemblies of generic arguments.
pub fn clr_name(ty: TypeRef) -> std::borrow::Cow<'static, str> {
    match (ty.generic, ty.kind, ty.elem) {
        (Some((definition, args)), ..) => {
            let args: Vec<_> = args.iter().map(|a| format!("[{}, {}]", clr_name(a), assembly(a))).collect();
            format!("{}[{}]", definition.full_name, args.join(",")).into()
        }
        (_, TypeKind::Array, Some(elem)) if elem.generic.is_some() => {
            format!("{}[{}]", clr_name(elem), ",".repeat(ty.rank.saturating_sub(1) as usize)).into()
        }
        _ => ty.full_name.into(),
    }
}

/// `Type.ToString()`: generic arguments in brackets, without assemblies.
pub fn display_name(ty: TypeRef) -> std::borrow::Cow<'static, str> {
    match (ty.generic, ty.kind, ty.elem) {
        (Some((definition, args)), ..) => {
            let args: Vec<_> = args.iter().map(|a| display_name(a)).collect();
            format!("{}[{}]", definition.full_name, args.join(",")).into()
        }
        (_, TypeKind::Array, Some(elem)) if elem.generic.is_some() => {
            format!("{}[{}]", display_name(elem), ",".repeat(ty.rank.saturating_sub(1) as usize)).into()
        }
        _ => ty.full_name.into(),
    }
}

/// The display name of the assembly that holds a type.
pub fn assembly(ty: TypeRef) -> String {
    let mut at = ty;
    while let (TypeKind::Array, Some(elem)) = (at.kind, at.elem) {
        at = elem;
    }
    let (name, version, token) = match at.kind {
        TypeKind::Class(_) => ("PowerShell Class Assembly", "1.0.0.0", "null"),
        _ if at.full_name.starts_with("System.Management.Automation") => {
            ("System.Management.Automation", "7.6.0.500", "31bf3856ad364e35")
        }
        _ => ("System.Private.CoreLib", "10.0.0.0", "7cec85d7bea7798e"),
    };
    format!("{name}, Version={version}, Culture=neutral, PublicKeyToken={token}")
}

/// Registers a type made at run time (a script's class or enum, a provider's type) for the rest of the process.
pub fn leak_type(info: TypeInfo) -> TypeRef {
    Box::leak(Box::new(info))
}

/// Finds a type by the name of a type literal without arrays and generics (any case; accelerators; `System.` may be
/// left out).
pub fn find(name: &str) -> Option<TypeRef> {
    let ps = ALL.iter().find(|t| t.full_name.eq_ignore_ascii_case(name) || t.ps_name.eq_ignore_ascii_case(name));
    if let Some(t) = ps {
        return Some(t);
    }
    let short = match name.len() {
        0..=64 => match name.to_ascii_lowercase().as_str() {
            "int32" => Some(&INT32),
            "int64" => Some(&INT64),
            "int16" => Some(&INT16),
            "uint32" => Some(&UINT32),
            "uint64" => Some(&UINT64),
            "uint16" => Some(&UINT16),
            "single" => Some(&SINGLE),
            "boolean" => Some(&BOOLEAN),
            "pscustomobject" => Some(&PSCUSTOMOBJECT),
            _ => None,
        },
        _ => None,
    };
    short.or_else(|| providers().find_map(|p| p.find(name))).or_else(|| {
        ALL.iter().copied().find(|t| t.full_name.strip_prefix("System.").is_some_and(|n| n.eq_ignore_ascii_case(name)))
    })
}

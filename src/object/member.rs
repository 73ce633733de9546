//! Member tables: what the .NET room declares per type, and the trait of objects that are none of the built-in value
//! kinds. Invocation, Get-Member, completion and error texts all read the same tables.
use crate::error::Res;
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::types::TypeRef;
use crate::value::Value;
use std::any::Any;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A .NET object whose data lives in Rust.
pub trait NetObject: Any {
    fn type_ref(&self) -> TypeRef;
    fn as_any(&self) -> &dyn Any;
    /// `ToString()`; none means the type's full name.
    fn text(&self) -> Option<PsString> {
        None
    }
    /// `Equals` beyond identity.
    fn equals(&self, _other: &dyn NetObject) -> bool {
        false
    }
    /// Must be given when `equals` is.
    fn hash_code(&self) -> Option<u64> {
        None
    }
    /// The elements, when PowerShell enumerates the type (IEnumerable or IEnumerator).
    fn enumerate(&self, _rt: &mut dyn Runtime) -> Option<Res<Vec<Value>>> {
        None
    }
    /// True for types that `foreach` and pipelines unroll; cheap.
    fn is_enumerable(&self) -> bool {
        false
    }
    /// `$x[index]`; none when the type has no such indexer.
    fn index(&self, _rt: &mut dyn Runtime, _index: &[Value]) -> Option<Res<Value>> {
        None
    }
    fn set_index(&self, _rt: &mut dyn Runtime, _index: &[Value], _value: Value) -> Option<Res<()>> {
        None
    }
    /// Properties that only this object knows (XML elements, rows): looked up before the table.
    fn dynamic_property(&self, _rt: &mut dyn Runtime, _name: &str) -> Option<Res<Value>> {
        None
    }
    fn set_dynamic_property(&self, _rt: &mut dyn Runtime, _name: &str, _value: &Value) -> Option<Res<()>> {
        None
    }
    /// Names of the dynamic properties in order.
    fn dynamic_names(&self) -> Vec<PsString> {
        Vec::new()
    }
    /// `IComparable.CompareTo` with another value; none when they cannot be compared.
    fn compare(&self, _other: &Value) -> Option<std::cmp::Ordering> {
        None
    }
    /// What the value is as a condition: false for zero of number-like types and for empty lists.
    fn truth(&self) -> bool {
        true
    }
    /// Underlying number of an enum value.
    fn enum_number(&self) -> Option<i64> {
        None
    }
}

/// What a property is to Get-Member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberKind {
    Property,
    ParameterizedProperty,
    Method,
    NoteProperty,
    AliasProperty,
    ScriptProperty,
    CodeProperty,
    ScriptMethod,
    CodeMethod,
    PropertySet,
    MemberSet,
    Event,
}

pub type Getter = fn(&mut dyn Runtime, &Value) -> Res<Value>;
pub type Setter = fn(&mut dyn Runtime, &Value, Value) -> Res<()>;
/// A conversion to a type; none when the value is nothing it converts.
pub type Caster = fn(&mut dyn Runtime, &Value) -> Option<Res<Value>>;
pub type Callee = fn(&mut dyn Runtime, &Value, &[Value]) -> Res<Value>;

/// One property: name, type as written in Get-Member's definition (`int`, `string`), accessors.
pub struct Prop {
    pub name: &'static str,
    pub ty: &'static str,
    pub get: Getter,
    pub set: Option<Setter>,
}

/// One overload of a method or constructor. `sig` is the exact OverloadDefinitions text, e.g.
/// `string Substring(int startIndex, int length)`; parameter types are read from it once. Arguments reach `call`
/// already converted to the parameter types.
pub struct Overload {
    pub name: &'static str,
    pub sig: &'static str,
    pub call: Callee,
    pub params: OnceLock<Vec<Param>>,
}

/// A parameter read from a signature.
#[derive(Debug, Clone)]
pub struct Param {
    pub name: String,
    /// The type; none when the type is not known here (the argument is passed as it is).
    pub ty: Option<TypeRef>,
    pub type_name: String,
    /// `params T[]`: takes any number of arguments.
    pub variadic: bool,
    /// `[ref]` / `out`
    pub by_ref: bool,
    /// Default value text of an optional parameter.
    pub optional: bool,
}

impl Prop {
    pub const fn get(name: &'static str, ty: &'static str, get: Getter) -> Prop {
        Prop { name, ty, get, set: None }
    }
    pub const fn get_set(name: &'static str, ty: &'static str, get: Getter, set: Setter) -> Prop {
        Prop { name, ty, get, set: Some(set) }
    }
}
impl Overload {
    /// `name` stands in `sig` too; both are written so that tables stay greppable.
    pub const fn new(name: &'static str, sig: &'static str, call: Callee) -> Overload {
        Overload { name, sig, call, params: OnceLock::new() }
    }
}

/// Everything scripts can reach on one type.
pub struct TypeTable {
    pub ty: TypeRef,
    pub ctors: &'static [Overload],
    pub props: &'static [Prop],
    pub methods: &'static [Overload],
    pub static_props: &'static [Prop],
    pub static_methods: &'static [Overload],
    /// A conversion of the type's own that `[type]$value` tries (e.g. Parse), before constructors with one argument.
    /// `None` from it means "no such conversion".
    pub cast: Option<Caster>,
    pub index: OnceLock<TableIndex>,
}

/// Lower-cased name to places in the tables.
#[derive(Default)]
pub struct TableIndex {
    props: HashMap<String, usize>,
    static_props: HashMap<String, usize>,
    methods: HashMap<String, Vec<usize>>,
    static_methods: HashMap<String, Vec<usize>>,
}

fn group(list: &[Overload]) -> HashMap<String, Vec<usize>> {
    let mut map: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, o) in list.iter().enumerate() {
        map.entry(o.name.to_ascii_lowercase()).or_default().push(at);
    }
    map
}

impl TypeTable {
    /// An empty table to fill with struct update syntax: `TypeTable { methods: &[..], ..TypeTable::of(&TY) }`.
    pub const fn of(ty: TypeRef) -> TypeTable {
        TypeTable {
            ty,
            ctors: &[],
            props: &[],
            methods: &[],
            static_props: &[],
            static_methods: &[],
            cast: None,
            index: OnceLock::new(),
        }
    }
    fn index(&self) -> &TableIndex {
        self.index.get_or_init(|| TableIndex {
            props: self.props.iter().enumerate().map(|(at, p)| (p.name.to_ascii_lowercase(), at)).collect(),
            static_props: self
                .static_props
                .iter()
                .enumerate()
                .map(|(at, p)| (p.name.to_ascii_lowercase(), at))
                .collect(),
            methods: group(self.methods),
            static_methods: group(self.static_methods),
        })
    }
    pub fn prop(&self, name: &str) -> Option<&'static Prop>
    where
        Self: 'static,
    {
        self.index().props.get(&name.to_ascii_lowercase()).map(|at| &self.props[*at])
    }
    pub fn static_prop(&self, name: &str) -> Option<&'static Prop> {
        self.index().static_props.get(&name.to_ascii_lowercase()).map(|at| &self.static_props[*at])
    }
    /// All overloads of a method, in the order of the table.
    pub fn method(&self, name: &str) -> Vec<&'static Overload> {
        self.index()
            .methods
            .get(&name.to_ascii_lowercase())
            .map_or_else(Vec::new, |l| l.iter().map(|at| &self.methods[*at]).collect())
    }
    pub fn static_method(&self, name: &str) -> Vec<&'static Overload> {
        self.index()
            .static_methods
            .get(&name.to_ascii_lowercase())
            .map_or_else(Vec::new, |l| l.iter().map(|at| &self.static_methods[*at]).collect())
    }
}

/// The member tables of a type and its bases, nearest first.
pub fn tables(ty: TypeRef) -> impl Iterator<Item = &'static TypeTable> {
    std::iter::successors(Some(ty), |t| t.base)
        .filter_map(|t| t.members().or_else(|| t.generic.and_then(|(d, _)| d.members())))
}

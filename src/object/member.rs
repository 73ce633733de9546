//! Member tables: what the .NET room declares per type, and the trait of objects that are none of the built-in value
//! kinds. Invocation, Get-Member, completion and error texts all read the same tables.
use crate::error::Res;
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::types::TypeRef;
use crate::value::Value;
use std::any::Any;
use std::mem::ManuallyDrop;
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
    /// A method that only this object knows; none when it has no such method.
    fn invoke_method(&self, _rt: &mut dyn Runtime, _this: &Value, _name: &str, _args: &[Value]) -> Option<Res<Value>> {
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
    /// `IFormattable.ToString(format, culture)`; none for types that know no formats.
    fn format(&self, _format: &str, _culture: &crate::culture::Culture) -> Option<Res<PsString>> {
        None
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

impl MemberKind {
    /// The kind's bit in `System.Management.Automation.PSMemberTypes`.
    pub fn number(self) -> i64 {
        use MemberKind::*;
        match self {
            AliasProperty => 1,
            CodeProperty => 2,
            Property => 4,
            NoteProperty => 8,
            ScriptProperty => 16,
            PropertySet => 32,
            Method => 64,
            CodeMethod => 128,
            ScriptMethod => 256,
            ParameterizedProperty => 512,
            MemberSet => 1024,
            Event => 2048,
        }
    }
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
}

/// An overload with its parameters as read from the signature: what lookups by name give.
pub struct Bound {
    pub overload: &'static Overload,
    pub params: Box<[Param]>,
}
impl std::ops::Deref for Bound {
    type Target = Overload;
    fn deref(&self) -> &Overload {
        self.overload
    }
}
impl Bound {
    fn all(list: &'static [Overload]) -> Box<[Bound]> {
        list.iter().map(Bound::of).collect()
    }
    fn of(overload: &'static Overload) -> Bound {
        Bound { overload, params: crate::access::parameters(overload.sig) }
    }
}

/// A parameter read from a signature.
#[derive(Debug, Clone)]
pub struct Param {
    pub name: String,
    /// The type; none when the type is not known here (the argument is passed as it is).
    pub ty: Option<TypeRef>,
    /// Place of the argument of the closed type that the parameter stands for (`T`, `TKey`, `TValue`).
    pub generic: Option<usize>,
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
    /// The name is the word before the first parenthesis of the signature.
    pub const fn new(sig: &'static str, call: Callee) -> Overload {
        Overload { name: name_of(sig), sig, call }
    }
    /// A parameterised property (`char Chars(int index) {get;}`) in the guise of a method.
    pub fn is_property(&self) -> bool {
        self.sig.ends_with('}')
    }
}

/// The method name in a signature: the word before the first parenthesis, without an interface's name in front.
const fn name_of(sig: &'static str) -> &'static str {
    let bytes = sig.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b'(' {
        end += 1;
    }
    let mut start = end;
    while start > 0 && bytes[start - 1] != b' ' && bytes[start - 1] != b'.' {
        start -= 1;
    }
    let (head, _) = sig.split_at(end);
    head.split_at(start).1
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
    /// Without a destructor, so that a static table can be made by struct update.
    pub index: ManuallyDrop<OnceLock<TableIndex>>,
}

/// Names of the tables, looked up without regard to case and without allocation.
#[derive(Default)]
pub struct TableIndex {
    props: Names<&'static Prop>,
    static_props: Names<&'static Prop>,
    methods: Names<Box<[Bound]>>,
    static_methods: Names<Box<[Bound]>>,
    ctors: Box<[Bound]>,
}

/// A case-insensitive map from the (ASCII) names of a table.
struct Names<T>(hashbrown::HashTable<(&'static str, T)>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Names(hashbrown::HashTable::new())
    }
}
impl<T> Names<T> {
    fn hash(name: &str) -> u64 {
        name.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| {
            (h.rotate_left(5) ^ u64::from(b | 0x20)).wrapping_mul(0x517c_c1b7_2722_0a95)
        })
    }
    fn get(&self, name: &str) -> Option<&T> {
        self.0.find(Self::hash(name), |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, t)| t)
    }
    fn entry_or(&mut self, name: &'static str, value: T) -> &mut T {
        let slot = self
            .0
            .entry(Self::hash(name), |(n, _)| n.eq_ignore_ascii_case(name), |(n, _)| Self::hash(n))
            .or_insert((name, value))
            .into_mut();
        &mut slot.1
    }
}

fn named(list: &'static [Prop]) -> Names<&'static Prop> {
    let mut names = Names::default();
    for p in list {
        names.entry_or(p.name, p);
    }
    names
}
fn group(list: &'static [Overload]) -> Names<Box<[Bound]>> {
    let mut names: Names<Box<[Bound]>> = Names::default();
    for o in list {
        let group = names.entry_or(o.name, Box::default());
        *group = std::mem::take(group).into_iter().chain([Bound::of(o)]).collect();
    }
    names
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
            index: ManuallyDrop::new(OnceLock::new()),
        }
    }
    fn index(&'static self) -> &'static TableIndex {
        self.index.get_or_init(|| TableIndex {
            props: named(self.props),
            static_props: named(self.static_props),
            methods: group(self.methods),
            static_methods: group(self.static_methods),
            ctors: Bound::all(self.ctors),
        })
    }
    pub fn prop(&'static self, name: &str) -> Option<&'static Prop> {
        self.index().props.get(name).copied()
    }
    pub fn static_prop(&'static self, name: &str) -> Option<&'static Prop> {
        self.index().static_props.get(name).copied()
    }
    /// All overloads of a method, in the order of the table; empty when there is none of the name.
    pub fn method(&'static self, name: &str) -> &'static [Bound] {
        self.index().methods.get(name).map_or(&[], |g| g)
    }
    pub fn constructors(&'static self) -> &'static [Bound] {
        &self.index().ctors
    }
    pub fn static_method(&'static self, name: &str) -> &'static [Bound] {
        self.index().static_methods.get(name).map_or(&[], |g| g)
    }
}

/// The member tables of a type and its bases, nearest first.
pub fn tables(ty: TypeRef) -> impl Iterator<Item = &'static TypeTable> {
    std::iter::successors(Some(ty), |t| t.base)
        .filter_map(|t| t.members().or_else(|| t.generic.and_then(|(d, _)| d.members())))
}

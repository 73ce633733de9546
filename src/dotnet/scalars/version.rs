//! `System.Version`.
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cmp::Ordering;

type Rt<'a> = &'a mut dyn Runtime;

/// Major, minor, build, revision; parts not given are -1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub [i32; 4]);

static VERSION: TypeInfo = TypeInfo::new("System.Version", "version", TypeKind::Other, Some(&types::OBJECT))
    .with_interfaces(&["System.IComparable", "System.ICloneable", "System.IFormattable"]);

impl Version {
    fn count(&self) -> usize {
        self.0.iter().take_while(|n| **n >= 0).count()
    }
    fn show(&self, fields: usize) -> String {
        let parts: Vec<_> = self.0.iter().take(fields).map(i32::to_string).collect();
        parts.join(".")
    }
}
impl NetObject for Version {
    fn type_ref(&self) -> TypeRef {
        &VERSION
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.show(self.count()).into())
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<Version>() == Some(self)
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.0.iter().fold(17, |h, n| h * 31 + *n as u64))
    }
    fn compare(&self, other: &Value) -> Option<Ordering> {
        other.get::<Version>().map(|o| self.cmp(o))
    }
}
fn me(v: &Value) -> Version {
    v.get::<Version>().copied().unwrap_or(Version([0, 0, -1, -1]))
}
/// `Version.Parse`
fn parsed(text: &str) -> Res<Version> {
    let parts: Vec<&str> = text.split('.').collect();
    if !(2..=4).contains(&parts.len()) {
        return Err(fail::argument_of("Version string portion was too short or too long.", "input"));
    }
    let mut version = Version([0, 0, -1, -1]);
    for (slot, part) in version.0.iter_mut().zip(&parts) {
        let digits = part.trim();
        *slot = match digits.strip_prefix('+').unwrap_or(digits).parse::<i64>() {
            Ok(n) if n < 0 => {
                return Err(fail::out_of_range_value(
                    &format!("version ('{n}') must be a non-negative value."),
                    "version",
                    &n.to_string(),
                ));
            }
            Ok(n) => {
                i32::try_from(n).map_err(|_| fail::overflow("Value was either too large or too small for an Int32."))?
            }
            Err(_) => return Err(fail::format(format!("The input string '{part}' was not in a correct format."))),
        };
    }
    Ok(version)
}
fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::String(text) = args.at(0).base() {
        return parsed(text).map(Value::object);
    }
    let mut version = Version([0, 0, -1, -1]);
    for (at, slot) in version.0.iter_mut().enumerate().take(args.len()) {
        *slot = args.int(at);
        if *slot < 0 {
            let name = ["major", "minor", "build", "revision"][at];
            return Err(fail::out_of_range_value(
                &format!("{name} ('{slot}') must be a non-negative value."),
                name,
                &slot.to_string(),
            ));
        }
    }
    Ok(Value::object(version))
}
fn parse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    parsed(&args.text(0)).map(Value::object)
}
fn try_parse(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let found = parsed(&args.text(0)).ok();
    rt.set_property(args.at(1), "Value", found.map(Value::object).unwrap_or_default())?;
    Ok(Value::Bool(found.is_some()))
}
fn to_string(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let v = me(this);
    if !args.has(0) {
        return Ok(Value::string(v.show(v.count())));
    }
    match usize::try_from(args.int(0)).ok().filter(|n| *n <= v.count()) {
        Some(n) => Ok(Value::string(v.show(n))),
        None => {
            // What no version has is refused before this one is looked at.
            let most = if (0..=4).contains(&args.int(0)) { v.count() } else { 4 };
            Err(fail::argument_of(&format!("Argument must be between 0 and {most}."), "fieldCount"))
        }
    }
}
fn clone(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::object(me(this)))
}
const fn part(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "int", get)
}

pub static TABLE: TypeTable = TypeTable {
    cast: Some(|_, v| v.as_str().map(|text| parsed(text).map(Value::object))),
    ctors: overloads! {
        new => "version new(int major, int minor, int build, int revision)"
            "version new(int major, int minor, int build)" "version new(int major, int minor)"
            "version new(string version)" "version new()";
    },
    props: &[
        part("Major", |_, v| Ok(Value::Int(me(v).0[0]))),
        part("Minor", |_, v| Ok(Value::Int(me(v).0[1]))),
        part("Build", |_, v| Ok(Value::Int(me(v).0[2]))),
        part("Revision", |_, v| Ok(Value::Int(me(v).0[3]))),
        Prop::get("MajorRevision", "short", |_, v| Ok(Value::Short((me(v).0[3] >> 16) as i16))),
        Prop::get("MinorRevision", "short", |_, v| Ok(Value::Short(me(v).0[3] as i16))),
    ],
    methods: overloads! {
        clone => "System.Object Clone()";
        crate::collections::compare_to => "int CompareTo(System.Object version)" "int CompareTo(version value)";
        crate::object::equals => "bool Equals(System.Object obj)" "bool Equals(version obj)";
        to_string => "string ToString()" "string ToString(int fieldCount)";
    },
    static_methods: overloads! {
        parse => "static version Parse(string input)";
        try_parse => "static bool TryParse(string input, [ref] version result)";
    },
    ..TypeTable::of(&VERSION)
};

//! `System.Boolean`.
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::{Prop, Res, Runtime, TypeTable, Value, enums, types};

type Rt<'a> = &'a mut dyn Runtime;

fn parsed(text: &str) -> Option<bool> {
    match text.trim_matches(|c: char| c.is_whitespace() || c == '\0') {
        t if t.eq_ignore_ascii_case("true") => Some(true),
        t if t.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
/// `Boolean.Parse`
pub fn parse_text(text: &str) -> Res<Value> {
    match parsed(text) {
        Some(b) => Ok(Value::Bool(b)),
        None => Err(fail::format(format!("String '{text}' was not recognized as a valid Boolean."))),
    }
}
fn parse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    parse_text(&args.text(0))
}
fn try_parse(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let found = parsed(&args.text(0));
    rt.set_property(args.at(1), "Value", Value::Bool(found.unwrap_or(false)))?;
    Ok(Value::Bool(found.is_some()))
}
fn get_type_code(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(enums::of("System.TypeCode", 3))
}

pub static TABLE: TypeTable = TypeTable {
    methods: overloads! {
        crate::collections::compare_to => "int CompareTo(System.Object obj)" "int CompareTo(bool value)";
        crate::object::equals => "bool Equals(System.Object obj)" "bool Equals(bool obj)";
        get_type_code => "System.TypeCode GetTypeCode()";
        crate::object::to_string_format => "string ToString()" "string ToString(System.IFormatProvider provider)";
    },
    static_props: &[
        Prop::get("FalseString", "string", |_, _| Ok(Value::str("False"))),
        Prop::get("TrueString", "string", |_, _| Ok(Value::str("True"))),
    ],
    static_methods: overloads! {
        parse => "static bool Parse(string value)";
        try_parse => "static bool TryParse(string value, [ref] bool result)";
    },
    ..TypeTable::of(&types::BOOLEAN)
};

//! `System.Management.Automation.WildcardPattern`.
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::wildcard::{self, WildcardPattern};
use dialtone_object::{NetObject, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;

type Rt<'a> = &'a mut dyn Runtime;

/// A pattern and its WildcardOptions (2 ignores case).
struct Pattern {
    text: PsString,
    ignore_case: bool,
}
static PATTERN: TypeInfo = TypeInfo::new(
    "System.Management.Automation.WildcardPattern",
    "wildcardpattern",
    TypeKind::Other,
    Some(&types::OBJECT),
);
impl NetObject for Pattern {
    fn type_ref(&self) -> TypeRef {
        &PATTERN
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
fn new(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::object(Pattern { text: args.text(0), ignore_case: args.enum_number(1) & 2 != 0 }))
}
fn is_match(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let Some(pattern) = this.get::<Pattern>() else { return Ok(Value::Bool(false)) };
    match WildcardPattern::new(&pattern.text, !pattern.ignore_case) {
        Ok(p) => Ok(Value::Bool(p.is_match(&args.text(0)))),
        Err(_) => Err(fail::other(
            "System.Management.Automation.WildcardPatternException",
            format!("The specified wildcard character pattern is not valid: {}", pattern.text),
        )),
    }
}
/// The pattern as a WQL LIKE text; a set that WQL would read otherwise cannot be written.
fn to_wql(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let Some(pattern) = this.get::<Pattern>() else { return Ok(Value::Null) };
    let (mut out, mut chars) = (String::new(), pattern.text.chars());
    let mut in_set: Option<String> = None;
    while let Some(c) = chars.next() {
        match (c, &mut in_set) {
            (']', Some(set)) => {
                if set.starts_with(['^', '-']) || set.ends_with('-') {
                    return Err(fail::other(
                        "System.Management.Automation.PSInvalidCastException",
                        format!(
                            "Cannot convert the \"{}\" value of type \"System.Management.Automation.WildcardPattern\" to type \"WQL\".",
                            pattern.text
                        ),
                    ));
                }
                out.push_str(&format!("[{set}]"));
                in_set = None;
            }
            (c, Some(set)) => set.push(c),
            ('[', None) => in_set = Some(String::new()),
            ('*', None) => out.push('%'),
            ('?', None) => out.push('_'),
            ('`', None) => out.extend(chars.next()),
            ('%' | '_', None) => out.push_str(&format!("[{c}]")),
            (c, None) => out.push(c),
        }
    }
    Ok(Value::string(out))
}
fn escape(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(wildcard::escape(&args.text(0))))
}
fn unescape(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(wildcard::unescape(&args.text(0))))
}
fn contains(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(wildcard::contains_wildcards(&args.text(0))))
}
pub static TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new => "wildcardpattern new(string pattern)"
            "wildcardpattern new(string pattern, System.Management.Automation.WildcardOptions options)";
    },
    methods: overloads! {
        is_match => "bool IsMatch(string input)";
        to_wql => "string ToWql()";
    },
    static_methods: overloads! {
        contains => "static bool ContainsWildcardCharacters(string pattern)";
        escape => "static string Escape(string pattern)";
        new => "static wildcardpattern Get(string pattern, System.Management.Automation.WildcardOptions options)";
        unescape => "static string Unescape(string pattern)";
    },
    ..TypeTable::of(&PATTERN)
};

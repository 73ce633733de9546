//! `-split`: by white space, by a regular expression or plain text, or where a script block says so.
use crate::collections::Array;
use crate::convert;
use crate::error::{ErrorCategory, ErrorRecord, Res};
use crate::regex::{Options, Regex, Subject};
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::text_operators::elements;
use crate::types::{self, TypeKind};
use crate::value::Value;
use std::rc::Rc;

fn texts(rt: &mut dyn Runtime, left: &Value) -> Res<Vec<PsString>> {
    Ok(match elements(rt, left)? {
        Some(items) => items.iter().map(|item| rt.to_text(item)).collect(),
        None => vec![rt.to_text(left)],
    })
}

fn string_array(parts: Vec<PsString>) -> Value {
    Value::Array(Rc::new(Array::typed(&types::STRING, parts.into_iter().map(Value::String).collect())))
}

/// `-split operand`: at white space, without empty parts.
pub fn unary_split(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    let texts = texts(rt, operand)?;
    Ok(string_array(texts.iter().flat_map(|t| t.split_whitespace()).map(PsString::new).collect()))
}

/// `left -split pattern, max, options`
pub fn split(rt: &mut dyn Runtime, left: &Value, right: &Value, case_sensitive: bool) -> Res<Value> {
    let arguments = match elements(rt, right)? {
        Some(items) => items,
        None => vec![right.clone()],
    };
    let limit = match arguments.get(1) {
        Some(limit) => max_parts(rt, limit)?,
        None => 0,
    };
    let texts = texts(rt, left)?;
    let mut parts = Vec::new();
    let first = arguments.first().cloned().unwrap_or_default();
    if types::type_of(first.base()).kind == TypeKind::ScriptBlock {
        for text in &texts {
            by_block(rt, text, &first, limit, &mut parts)?;
        }
        return Ok(string_array(parts));
    }
    let (mut options, simple) = match arguments.get(2) {
        Some(value) => split_options(rt, value)?,
        None => (Options::NONE, false),
    };
    if !case_sensitive {
        options = options.with(Options::IGNORE_CASE, true);
    }
    if limit < 0 {
        options = options.with(Options::RIGHT_TO_LEFT, true);
    }
    let regex = match first.get::<Regex>() {
        Some(regex) if limit >= 0 => regex.clone(),
        _ => {
            let pattern = rt.to_text(&first);
            let pattern = if simple { escape(&pattern).into() } else { pattern };
            Regex::cached(&pattern, options)?
        }
    };
    for text in &texts {
        parts.extend(regex.split(&Subject::new(text), limit.unsigned_abs() as usize));
    }
    Ok(string_array(parts))
}

/// `Regex.Escape`
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{C}' => out.push_str("\\f"),
            _ => out.push(c),
        }
    }
    out
}

fn max_parts(rt: &mut dyn Runtime, value: &Value) -> Res<i32> {
    match convert::cast(rt, value, &types::INT32) {
        Ok(Value::Int(n)) => Ok(n),
        Ok(_) => Ok(0),
        Err(e) => Err(match e.error() {
            Some(error) => {
                ErrorRecord::runtime("RuntimeException", error.message(), ErrorCategory::NotSpecified).into()
            }
            None => e,
        }),
    }
}

/// The names of SplitOptions, and whether the pattern is plain text.
fn split_options(rt: &mut dyn Runtime, value: &Value) -> Res<(Options, bool)> {
    const NAMES: [(&str, u32, Options); 8] = [
        ("SimpleMatch", 1, Options::NONE),
        ("RegexMatch", 2, Options::NONE),
        ("CultureInvariant", 4, Options::NONE),
        ("IgnorePatternWhitespace", 8, Options::IGNORE_WHITESPACE),
        ("Multiline", 16, Options::MULTILINE),
        ("Singleline", 32, Options::SINGLELINE),
        ("IgnoreCase", 64, Options::IGNORE_CASE),
        ("ExplicitCapture", 128, Options::EXPLICIT_CAPTURE),
    ];
    let bits = match value.base() {
        Value::Int(n) => *n as u32,
        Value::Object(o) if o.data().enum_number().is_some() => o.data().enum_number().unwrap_or(0) as u32,
        base => {
            let text = rt.to_text(base);
            let mut bits = 0;
            for name in text.split(',').map(str::trim) {
                match NAMES.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name)) {
                    Some((_, bit, _)) => bits |= bit,
                    None => {
                        let all: Vec<_> = NAMES.iter().map(|(name, _, _)| *name).collect();
                        let message = format!(
                            "Cannot convert value \"{text}\" to type \"System.Management.Automation.SplitOptions\". Error: \"Unable to match the identifier name {text} to a valid enumerator name. Specify one of the following enumerator names and try again:\n{}\"",
                            all.join(", ")
                        );
                        return Err(
                            ErrorRecord::runtime("RuntimeException", message, ErrorCategory::NotSpecified).into()
                        );
                    }
                }
            }
            bits
        }
    };
    let options =
        NAMES.iter().filter(|(_, bit, _)| bits & bit != 0).fold(Options::NONE, |all, (_, _, o)| all.with(*o, true));
    Ok((options, bits & 1 != 0))
}

/// Splits where the block is true for a character (`$_`; `$args` are the text and the place).
fn by_block(rt: &mut dyn Runtime, text: &PsString, block: &Value, limit: i32, parts: &mut Vec<PsString>) -> Res<()> {
    let length = text.len();
    let cut = |from: usize, to: usize| text.substring(from, to - from).unwrap_or_default();
    let splits = match limit {
        0 => usize::MAX,
        n => n.unsigned_abs() as usize - 1,
    };
    let mut places = Vec::new();
    let order: Box<dyn Iterator<Item = usize>> =
        if limit < 0 { Box::new((0..length).rev()) } else { Box::new(0..length) };
    for at in order {
        if places.len() >= splits {
            break;
        }
        let character = cut(at, at + 1);
        let arguments = [Value::String(text.clone()), Value::Int(at as i32)];
        let result = rt.call_block(block, &arguments, Some(&Value::String(character)))?;
        if convert::to_bool(&result) {
            places.push(at);
        }
    }
    places.sort_unstable();
    let mut start = 0;
    for at in places {
        parts.push(cut(start, at));
        start = at + 1;
    }
    parts.push(cut(start, length));
    Ok(())
}

//! `-like -match -replace -join -f`; `-split` is in `split`.
use crate::arith::is_list;
use crate::culture;
use crate::dict::{Comparer, Dict, Dictionary};
use crate::error::{ErrorCategory, ErrorRecord, Flow, Res};
use crate::regex::{Match, MatchValue, Options, Regex, Replacement, Subject};
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::text::{text_in, type_text};
use crate::types;
use crate::types::TypeKind;
use crate::value::Value;
use crate::wildcard;
use std::rc::Rc;

pub use crate::split::{split, unary_split};

/// `-f`
pub fn format(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    crate::composite::operator(rt, left, right)
}

/// The elements of a collection on the left; none for a single value.
pub(crate) fn elements(rt: &mut dyn Runtime, left: &Value) -> Res<Option<Vec<Value>>> {
    match left.base() {
        Value::Array(a) => Ok(Some(a.to_vec())),
        base if is_list(base) => rt.enumerate(base).map(Some),
        _ => Ok(None),
    }
}

/// `-join`
pub fn join(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    let Some(items) = elements(rt, left)? else { return Ok(Value::String(rt.to_text(left))) };
    let by = rt.to_text(right);
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(&by);
        }
        match item {
            // A list inside is not opened.
            other if is_list(other.base()) => out.push_str(&type_text(types::type_of(other.base()))),
            // Scalars are written for the current culture, as opposed to string expansion.
            other if text_in(&mut out, other, culture::current()) => {}
            other => out.push_str(&rt.to_text(other)),
        }
    }
    Ok(Value::from(out))
}

/// `-join operand`
pub fn unary_join(rt: &mut dyn Runtime, operand: &Value) -> Res<Value> {
    join(rt, operand, &Value::str(""))
}

/// `-like` and `-notlike`
pub fn like(rt: &mut dyn Runtime, left: &Value, right: &Value, case_sensitive: bool, negate: bool) -> Res<Value> {
    let text = rt.to_text(right);
    let pattern = wildcard::compiled(&text, case_sensitive).map_err(|_| invalid_wildcard(&text))?;
    let Some(items) = elements(rt, left)? else {
        return Ok(Value::Bool(pattern.is_match(&rt.to_text(left)) != negate));
    };
    // What is kept are the texts.
    let texts = items.iter().map(|item| rt.to_text(item));
    Ok(Value::array(texts.filter(|text| pattern.is_match(text) != negate).map(Value::String).collect()))
}

/// `The specified wildcard character pattern is not valid: x`
pub fn invalid_wildcard(pattern: &str) -> Flow {
    ErrorRecord::new(
        "System.Management.Automation.WildcardPatternException",
        format!("The specified wildcard character pattern is not valid: {pattern}"),
        "RuntimeException",
        ErrorCategory::NotSpecified,
    )
    .into()
}

/// The expression an operand stands for: a regex object as it is, anything else as the text of a pattern.
fn expression(rt: &mut dyn Runtime, pattern: &Value, case_sensitive: bool) -> Result<Regex, (PsString, Flow)> {
    if let Some(regex) = pattern.get::<Regex>() {
        return Ok(regex.clone());
    }
    let text = rt.to_text(pattern);
    let options = if case_sensitive { Options::NONE } else { Options::IGNORE_CASE };
    Regex::cached(&text, options).map_err(|e| (text, e.into()))
}

/// `-match` and `-notmatch`: the value, and the hashtable for `$Matches` when a single text matched.
pub fn match_regex(
    rt: &mut dyn Runtime,
    left: &Value,
    right: &Value,
    case_sensitive: bool,
    negate: bool,
) -> Res<(Value, Option<Value>)> {
    let regex = expression(rt, right, case_sensitive).map_err(|(_, e)| e)?;
    if let Some(items) = elements(rt, left)? {
        let kept = items.into_iter().filter(|i| regex.is_match(&Subject::new(&rt.to_text(i))) != negate).collect();
        return Ok((Value::array(kept), None));
    }
    let subject = Subject::new(&rt.to_text(left));
    let found = regex.find(&subject, None);
    let matches = found.as_ref().map(|m| matches_table(&regex, &subject, m));
    Ok((Value::Bool(found.is_some() != negate), matches))
}

/// `$Matches`: the groups that took part, by number or name.
pub fn matches_table(regex: &Regex, subject: &Subject, found: &Match) -> Value {
    let mut table = Dict::new(Comparer::IgnoreCase);
    for (slot, (number, name)) in regex.groups().iter().enumerate() {
        let Some((start, end)) = found.group(slot) else { continue };
        let unnamed = name.bytes().all(|b| b.is_ascii_digit());
        let key = if unnamed { Value::Int(*number as i32) } else { Value::str(name) };
        table.insert(key, Value::String(subject.text_of(start, end)));
    }
    Value::Dict(Rc::new(Dictionary::hashtable(table)))
}

/// `-replace`: a pattern, or a pattern and a replacement (a text with `$1`, or a script block over each match).
pub fn replace(rt: &mut dyn Runtime, left: &Value, right: &Value, case_sensitive: bool) -> Res<Value> {
    let arguments = match right.base() {
        Value::Array(a) => a.to_vec(),
        Value::List(l) => l.to_vec(),
        _ => vec![right.clone()],
    };
    if arguments.len() > 2 {
        let op = if case_sensitive { "-creplace" } else { "-replace" };
        let message = format!("The {op} operator allows only two elements to follow it, not {}.", arguments.len());
        let error = ErrorRecord::runtime("BadReplaceArgument", message, ErrorCategory::InvalidOperation);
        return Err(error.with_target(right.clone()).into());
    }
    let empty = Value::str("");
    let regex = expression(rt, arguments.first().unwrap_or(&empty), case_sensitive).map_err(|(text, _)| {
        let message = format!("The regular expression pattern {text} is not valid.");
        let error = ErrorRecord::runtime("InvalidRegularExpression", message, ErrorCategory::InvalidOperation);
        Flow::from(error.with_target(Value::String(text)))
    })?;
    let replacement = arguments.get(1).unwrap_or(&empty);
    let substitute = if types::type_of(replacement.base()).kind == TypeKind::ScriptBlock {
        Substitute::Block(replacement)
    } else {
        Substitute::Text(Replacement::new(&rt.to_text(replacement), &regex))
    };
    match elements(rt, left)? {
        None => {
            let text = rt.to_text(left);
            replace_in(rt, &regex, &text, &substitute).map(Value::String)
        }
        Some(items) => {
            let mut out = Vec::with_capacity(items.len());
            for item in &items {
                let text = rt.to_text(item);
                out.push(Value::String(replace_in(rt, &regex, &text, &substitute)?));
            }
            Ok(Value::array(out))
        }
    }
}

/// What stands for a match.
enum Substitute<'a> {
    Text(Replacement),
    Block(&'a Value),
}

fn replace_in(rt: &mut dyn Runtime, regex: &Regex, text: &PsString, by: &Substitute<'_>) -> Res<PsString> {
    let subject = Subject::new(text);
    let block = match by {
        Substitute::Text(replacement) => return Ok(regex.replace(&subject, replacement, usize::MAX)),
        Substitute::Block(block) => *block,
    };
    regex.replace_with(&subject, usize::MAX, |found, out| {
        let m = MatchValue { regex: regex.clone(), subject: subject.clone(), found: Some(found.clone()) };
        let result = rt.call_block(block, &[], Some(&Value::object(m)))?;
        out.push_str(&rt.to_text(&result));
        Ok(())
    })
}

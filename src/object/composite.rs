//! Composite formatting: `String.Format` and the `-f` operator (`{0,-10:N2}`), with .NET's messages.
use crate::culture::{self, Culture};
use crate::error::{ErrorCategory, ErrorRecord, Flow, Res};
use crate::net_error::format_error;
use crate::runtime::Runtime;
use crate::text::type_text;
use crate::types;
use crate::value::Value;

/// Text of a value that has no format of its own (collections, objects): the engine's affair.
pub type Fallback<'a> = dyn FnMut(&mut String, &Value) -> Res<()> + 'a;

fn bad(offset: usize, why: &str) -> Flow {
    format_error(format!("Input string was not in a correct format. Failure to parse near offset {offset}. {why}"))
        .into()
}
const ENDS: &str = "Format item ends prematurely.";
const DIGIT: &str = "Expected an ASCII digit.";
/// Indexes and widths stop here.
const LIMIT: usize = 1_000_000;

/// `String.Format(culture, format, args)`. Errors are FormatException records as .NET throws them; `-f` wraps them
/// with [`operator_error`].
pub fn format(format: &str, args: &[Value], culture: &Culture, fallback: &mut Fallback<'_>) -> Res<String> {
    let bytes = format.as_bytes();
    let mut out = String::with_capacity(format.len() + 16);
    let mut item = String::new();
    let mut at = 0;
    // Offsets in messages count UTF-16 units.
    let offset = |at: usize| format.get(..at).map_or(at, |t| t.chars().map(char::len_utf16).sum());
    while at < bytes.len() {
        let plain = bytes[at..].iter().position(|b| matches!(b, b'{' | b'}')).map_or(bytes.len(), |n| at + n);
        out.push_str(&format[at..plain]);
        at = plain;
        let Some(brace) = bytes.get(at).copied() else { break };
        at += 1;
        match bytes.get(at) {
            Some(next) if *next == brace => {
                out.push(char::from(brace));
                at += 1;
                continue;
            }
            None => return Err(bad(offset(at), ENDS)),
            Some(_) if brace == b'}' => {
                return Err(bad(offset(at), "Unexpected closing brace without a corresponding opening brace."));
            }
            _ => {}
        }
        let index = number(bytes, &mut at).map_err(|why| bad(offset(at), why))?;
        let skip = |at: &mut usize| {
            while bytes.get(*at) == Some(&b' ') {
                *at += 1;
            }
        };
        skip(&mut at);
        let (mut width, mut left) = (0, false);
        if bytes.get(at) == Some(&b',') {
            at += 1;
            skip(&mut at);
            if bytes.get(at) == Some(&b'-') {
                left = true;
                at += 1;
            }
            width = number(bytes, &mut at).map_err(|why| bad(offset(at), why))?;
            skip(&mut at);
        }
        let mut spec = "";
        match bytes.get(at) {
            Some(b'}') => at += 1,
            Some(b':') => {
                let from = at + 1;
                let end = bytes[from..].iter().position(|b| matches!(b, b'{' | b'}')).map(|n| from + n);
                match end.map(|end| (end, bytes[end])) {
                    Some((end, b'}')) => {
                        spec = &format[from..end];
                        at = end + 1;
                    }
                    Some((end, _)) => return Err(bad(offset(end), ENDS)),
                    None => return Err(bad(offset(bytes.len()), ENDS)),
                }
            }
            Some(_) => return Err(bad(offset(at), ENDS)),
            None => return Err(bad(offset(at), ENDS)),
        }
        let Some(value) = args.get(index) else {
            return Err(format_error(
                "Index (zero based) must be greater than or equal to zero and less than the size of the argument list.",
            )
            .into());
        };
        if width == 0 {
            one(&mut out, value, spec, culture, fallback)?;
            continue;
        }
        item.clear();
        one(&mut item, value, spec, culture, fallback)?;
        let length = if item.is_ascii() { item.len() } else { item.chars().map(char::len_utf16).sum() };
        let pad = std::iter::repeat_n(' ', width.saturating_sub(length));
        if left {
            out.push_str(&item);
            out.extend(pad);
        } else {
            out.extend(pad);
            out.push_str(&item);
        }
    }
    Ok(out)
}

fn one(out: &mut String, value: &Value, spec: &str, culture: &Culture, fallback: &mut Fallback<'_>) -> Res<()> {
    match crate::text::format_value(out, value, spec, culture) {
        Some(result) => result,
        None => fallback(out, value),
    }
}

/// Reads digits; on failure the place it points at is behind what was read.
fn number(bytes: &[u8], at: &mut usize) -> Result<usize, &'static str> {
    if !bytes.get(*at).ok_or(ENDS)?.is_ascii_digit() {
        return Err(DIGIT);
    }
    let mut n = 0;
    while let Some(digit) = bytes.get(*at).filter(|b| b.is_ascii_digit() && n < LIMIT) {
        n = n * 10 + usize::from(digit - b'0');
        *at += 1;
    }
    if *at >= bytes.len() { Err(ENDS) } else { Ok(n) }
}

/// The `-f` operator: the elements of an `object[]` are the arguments, everything else is the only one.
pub fn operator(rt: &mut dyn Runtime, left: &Value, right: &Value) -> Res<Value> {
    let text = rt.to_text(left);
    let args = match right.base() {
        Value::Array(a) if *a.elem == types::OBJECT && a.dims.is_none() => a.to_vec(),
        _ => vec![right.clone()],
    };
    let result = format(&text, &args, culture::current(), &mut |out, value| object_into(rt, out, value));
    result.map(Value::from).map_err(operator_flow)
}

/// `ToString()` of what has no format: collections say their type, objects made of properties show them.
pub fn object_into(rt: &mut dyn Runtime, out: &mut String, value: &Value) -> Res<()> {
    match value.base() {
        Value::Array(_) | Value::List(_) | Value::Dict(_) => out.push_str(&type_text(types::type_of(value))),
        _ => out.push_str(&rt.to_text(value)),
    }
    Ok(())
}

/// What `-f` makes of a FormatException: FormatError with PowerShell's text around .NET's; other flows pass.
pub fn operator_flow(flow: Flow) -> Flow {
    let Some(record) = flow.error().cloned() else { return flow };
    if record.exception_type().full_name != "System.FormatException" {
        return flow;
    }
    ErrorRecord::runtime(
        "FormatError",
        format!("Error formatting a string: {}.", record.message()),
        ErrorCategory::InvalidOperation,
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, args: &[Value]) -> Result<String, String> {
        format(text, args, culture::en_us(), &mut |_, _| Ok(()))
            .map_err(|flow| flow.error().map(|e| e.message().to_string()).unwrap_or_default())
    }

    #[test]
    fn items() {
        let args = [Value::Int(42), Value::Double(1234.5), Value::Null];
        assert_eq!(show("{0,5}|{1,-10:N2}|{2}|{{{0:X}}}", &args).as_deref(), Ok("   42|1,234.50  ||{2A}"));
        for (text, wanted) in [
            ("{3}", "Index (zero based)"),
            ("{a}", "near offset 1. Expected an ASCII digit."),
            ("0}", "near offset 2. Format item ends prematurely."),
            ("{0,}", "near offset 3. Expected an ASCII digit."),
        ] {
            assert!(show(text, &args).unwrap_err().contains(wanted), "{text}");
        }
    }
}

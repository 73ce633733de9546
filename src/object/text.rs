//! Scalars as text: PowerShell's own string conversion (invariant; `"$x"`, casts, comparisons) and .NET's
//! `ToString()` / `ToString(format)` in a culture (`-f`, methods).
use crate::culture::{self, Culture};
use crate::digits::Num;
use crate::error::Res;
use crate::number_format::{format_into, plain_into, short_into};
use crate::string::{PsString, char_from_unit};
use crate::time_format::{date_into, span_into};
use crate::types::{TypeKind, TypeRef};
use crate::value::{Obj, Value};
use std::cell::RefCell;

/// The text PowerShell makes of a scalar; none for collections and objects made of properties, whose text needs the
/// engine (`$OFS`, `@{a=1}`, a ToString of their own).
pub fn text_of(value: &Value) -> Option<PsString> {
    Some(match value {
        Value::String(s) => s.clone(),
        // Small numbers are made so often that their texts are kept.
        Value::Int(n) => int_text(*n),
        Value::Char(c) => {
            let mut buffer = [0; 4];
            (&*char_from_unit(*c).encode_utf8(&mut buffer)).into()
        }
        Value::Wrapped(w) => return text_of(&w.base),
        Value::Array(_) | Value::List(_) | Value::Dict(_) | Value::Custom(_) | Value::Variable(_) => return None,
        Value::Object(o) => object_text(o, culture::invariant())?,
        other => {
            let mut out = String::new();
            scalar_into(&mut out, other, culture::invariant());
            out.into()
        }
    })
}

/// Objects that know formats are written for the culture.
fn object_text(object: &Obj, culture: &Culture) -> Option<PsString> {
    match object.data().format("", culture) {
        Some(text) => text.ok(),
        None => object.data().text(),
    }
}

fn int_text(n: i32) -> PsString {
    thread_local! {
        static SMALL: RefCell<Vec<Option<PsString>>> = const { RefCell::new(Vec::new()) };
    }
    let make = || {
        let mut out = compact_str::CompactString::default();
        if n < 0 {
            out.push('-');
        }
        out.push_str(crate::digits::integer_text(u64::from(n.unsigned_abs()), &mut [0; 20]));
        PsString::new(out)
    };
    match usize::try_from(n) {
        Ok(at) if at < 256 => SMALL.with_borrow_mut(|small| {
            if small.is_empty() {
                small.resize(256, None);
            }
            small[at].get_or_insert_with(make).clone()
        }),
        _ => make(),
    }
}

/// Appends the text PowerShell makes of a scalar; false (and nothing) where [`text_of`] gives none.
pub fn text_into(out: &mut String, value: &Value) -> bool {
    text_in(out, value, culture::invariant())
}

/// The same in a culture: what the elements of a `-join` become (in the current one).
pub fn text_in(out: &mut String, value: &Value, culture: &Culture) -> bool {
    match value {
        Value::String(s) => out.push_str(s),
        Value::Char(c) => out.push(char_from_unit(*c)),
        Value::Wrapped(w) => return text_in(out, &w.base, culture),
        Value::Array(_) | Value::List(_) | Value::Dict(_) | Value::Custom(_) | Value::Variable(_) => return false,
        Value::Object(o) => match object_text(o, culture) {
            Some(text) => out.push_str(&text),
            None => return false,
        },
        other => scalar_into(out, other, culture),
    }
    true
}

fn scalar_into(out: &mut String, value: &Value, culture: &Culture) {
    match value {
        Value::Null | Value::Void | Value::Unset => {}
        Value::Bool(b) => out.push_str(if *b { "True" } else { "False" }),
        Value::DateTime(d) => {
            let _ = date_into(out, *d, "", culture);
        }
        Value::TimeSpan(t) => {
            let _ = span_into(out, *t, "", culture);
        }
        Value::Type(t) => out.push_str(t.ps_name),
        number => {
            if let Some(num) = Num::of(number) {
                short_into(out, num, culture);
            }
        }
    }
}

/// `Type.ToString()`: namespaces in full, generic arguments in brackets.
pub fn type_text(ty: TypeRef) -> String {
    if let Some((definition, args)) = ty.generic {
        let args: Vec<_> = args.iter().map(|a| type_text(a)).collect();
        return format!("{}[{}]", definition.full_name, args.join(","));
    }
    if let (TypeKind::Array, Some(elem)) = (ty.kind, ty.elem) {
        return format!("{}[{}]", type_text(elem), ",".repeat(usize::from(ty.rank.saturating_sub(1))));
    }
    ty.full_name.to_owned()
}

/// `value.ToString(format, culture)` as `IFormattable` does it; types that know no formats ignore it. None where
/// [`text_of`] gives none.
pub fn format_value(out: &mut String, value: &Value, format: &str, culture: &Culture) -> Option<Res<()>> {
    match value {
        Value::Wrapped(w) => return format_value(out, &w.base, format, culture),
        Value::DateTime(d) => {
            if let Err(e) = date_into(out, *d, format, culture) {
                return Some(Err(e.into()));
            }
        }
        Value::TimeSpan(t) => {
            if let Err(e) = span_into(out, *t, format, culture) {
                return Some(Err(e.into()));
            }
        }
        Value::Type(t) => out.push_str(&type_text(t)),
        Value::Object(o) => match o.data().format(format, culture) {
            Some(Ok(text)) => out.push_str(&text),
            Some(Err(e)) => return Some(Err(e)),
            None => out.push_str(&o.data().text()?),
        },
        other => match Num::of(other) {
            Some(num) if format.is_empty() => plain_into(out, num, culture),
            Some(num) => {
                if let Err(e) = format_into(out, num, format, culture) {
                    return Some(Err(e.into()));
                }
            }
            None if !text_into(out, other) => return None,
            None => {}
        },
    }
    Some(Ok(()))
}

/// `value.ToString()` in the current culture; none where [`text_of`] gives none.
pub fn to_string(value: &Value) -> Option<PsString> {
    match value {
        Value::String(_) | Value::Char(_) | Value::Int(_) => text_of(value),
        _ => {
            let mut out = String::new();
            match format_value(&mut out, value, "", culture::current())? {
                Ok(()) => Some(out.into()),
                Err(_) => None,
            }
        }
    }
}

//! Conversions to enum types: names (also shortened ones), numbers, lists of flags.
use super::errors;
use super::number::Num;
use crate::enums::EnumValue;
use crate::error::Res;
use crate::runtime::Runtime;
use crate::types::{EnumInfo, TypeKind, TypeRef};
use crate::value::Value;

/// Any value to the enum type; none when there is no such conversion.
pub fn to_enum(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, info: &EnumInfo) -> Option<Res<Value>> {
    match value {
        Value::String(s) => Some(from_text(rt, value, s, ty, info)),
        Value::Array(_) | Value::List(_) => Some(from_list(rt, value, ty, info)),
        Value::Object(o) if o.data().enum_number().is_some() => {
            let number = o.data().enum_number().unwrap_or(0);
            Some(from_number(rt, value, number.into(), ty, info))
        }
        _ => match Num::of(value)? {
            Num::Int(n) => Some(from_number(rt, value, n, ty, info)),
            Num::Big(_) => None,
            _ => {
                let text = rt.to_text(value);
                Some(from_text(rt, &Value::String(text.clone()), &text, ty, info))
            }
        },
    }
}

/// True when the number has a name or is made of the bits of names.
fn defined(number: i64, info: &EnumInfo) -> bool {
    info.values.iter().any(|(_, n)| *n == number)
        || (info.flags && number != 0 && {
            let all = info.values.iter().fold(0, |all, (_, n)| all | n);
            number & !all == 0
        })
}

fn from_number(rt: &mut dyn Runtime, value: &Value, number: i128, ty: TypeRef, info: &EnumInfo) -> Res<Value> {
    match i64::try_from(number) {
        Ok(n) if defined(n, info) => Ok(EnumValue::value(ty, n)),
        // The bits of a ulong enum.
        Err(_) if info.underlying.kind == TypeKind::UInt64 && defined(number as u64 as i64, info) => {
            Ok(EnumValue::value(ty, number as u64 as i64))
        }
        _ => Err(errors::undefined_enum(rt, value, ty, "UndefinedIntegerToEnum")),
    }
}

fn from_text(rt: &mut dyn Runtime, value: &Value, text: &str, ty: TypeRef, info: &EnumInfo) -> Res<Value> {
    let trimmed = text.trim();
    if let Ok(n) = trimmed.strip_prefix('+').unwrap_or(trimmed).parse::<i64>() {
        return if defined(n, info) {
            Ok(EnumValue::value(ty, n))
        } else {
            Err(errors::undefined_enum(rt, value, ty, "EnumParseUndefined"))
        };
    }
    let mut number = 0;
    for part in text.split(',') {
        number |= match one_name(if text.contains(',') { part.trim() } else { part }, ty, info) {
            Ok(n) => n,
            // The error names the whole text.
            Err(several) => return Err(errors::bad_enum_name(rt, value, text, &several, ty)),
        };
    }
    if !defined(number, info) {
        return Err(errors::undefined_enum(rt, value, ty, "EnumParseUndefined"));
    }
    Ok(EnumValue::value(ty, number))
}

/// The number of a name or of its beginning; else the names that begin so.
fn one_name<'a>(name: &str, ty: TypeRef, info: &'a EnumInfo) -> Result<i64, Vec<&'a str>> {
    // Beginnings that PowerShell resolves although several names share them.
    const PREFERRED: [(&str, &[&str]); 1] = [("System.IO.FileAttributes", &["Directory", "ReadOnly", "System"])];
    let trimmed = name.trim();
    if let Some((_, n)) = info.values.iter().find(|(known, _)| known.eq_ignore_ascii_case(trimmed)) {
        return Ok(*n);
    }
    let begins = |known: &str| known.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    let matching: Vec<_> = info.values.iter().filter(|(known, _)| begins(known)).collect();
    match matching.as_slice() {
        [(_, n)] => Ok(*n),
        [] => Err(Vec::new()),
        several => {
            let preferred = PREFERRED.iter().find(|(full, _)| *full == ty.full_name);
            let chosen = preferred.and_then(|(_, names)| names.iter().find(|known| begins(known)));
            if let Some((_, n)) = chosen.and_then(|c| info.values.iter().find(|(known, _)| known == c)) {
                return Ok(*n);
            }
            Err(several.iter().map(|(known, _)| known.as_str()).collect())
        }
    }
}

/// The names of a list's elements, joined by commas, parsed as one text.
fn from_list(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, info: &EnumInfo) -> Res<Value> {
    let mut names = Vec::new();
    for item in rt.enumerate(value)? {
        names.push(match item.base() {
            Value::String(s) => s.as_str().to_owned(),
            Value::Array(_) | Value::List(_) => {
                let inner = from_list(rt, item.base(), ty, info)?;
                rt.to_text(&inner).as_str().to_owned()
            }
            other => match to_enum(rt, other, ty, info) {
                Some(converted) => {
                    let converted = converted?;
                    rt.to_text(&converted).as_str().to_owned()
                }
                None => rt.to_text(other).as_str().to_owned(),
            },
        });
    }
    let text = names.join(",");
    from_text(rt, &Value::str(&text), &text, ty, info)
}

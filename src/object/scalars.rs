//! Scalar .NET objects that the language itself works with but which are too large or too rare for the `Value` enum:
//! Guid, DateTimeOffset. Their member tables live in the .NET room.
use crate::culture::Culture;
use crate::error::Res;
use crate::member::NetObject;
use crate::string::PsString;
use crate::types::{self, TypeRef};
use crate::value::Value;
use std::any::Any;
use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

/// `System.Guid`, as the number its 32 digits write.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guid(pub u128);

/// `System.DateTimeOffset`: the clock's time there and its distance from UTC.
#[derive(Clone, Copy)]
pub struct DateTimeOffset {
    /// Ticks of the local clock (`DateTime`).
    pub ticks: i64,
    /// Whole minutes.
    pub offset: i32,
}

fn hash(value: impl Hash) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    Some(hasher.finish())
}

impl Guid {
    /// `Guid.ToString(format)`: D (or empty), N, B, P, X.
    pub fn format(&self, format: &str) -> Result<String, crate::net_error::NetError> {
        let hex = format!("{:032x}", self.0);
        let dashed = || format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        Ok(match format {
            "" | "D" | "d" => dashed(),
            "N" | "n" => hex,
            "B" | "b" => format!("{{{}}}", dashed()),
            "P" | "p" => format!("({})", dashed()),
            "X" | "x" => {
                let bytes: Vec<_> = (16..32).step_by(2).map(|at| format!("0x{}", &hex[at..at + 2])).collect();
                format!("{{0x{},0x{},0x{},{{{}}}}}", &hex[..8], &hex[8..12], &hex[12..16], bytes.join(","))
            }
            _ => {
                return Err(crate::net_error::format_error(
                    r#"Format string can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x"."#,
                ));
            }
        })
    }
    /// Any of the forms that `format` writes.
    pub fn parse(text: &str) -> Option<Guid> {
        let text = text.trim();
        let hex = |t: &str| (!t.starts_with('+')).then(|| u128::from_str_radix(t, 16).ok()).flatten();
        if text.starts_with("{0x") || text.starts_with("{0X") {
            let flat: String = text.chars().filter(|c| !c.is_whitespace() && !"{}".contains(*c)).collect();
            let parts: Vec<_> = flat.split(',').collect();
            if parts.len() != 11 || !text.ends_with("}}") {
                return None;
            }
            let mut value = 0u128;
            for (at, part) in parts.iter().enumerate() {
                let digits = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X"))?;
                let bits = [32, 16, 16].get(at).copied().unwrap_or(8);
                let n = hex(digits).filter(|n| *n < 1 << bits)?;
                value = value << bits | n;
            }
            return Some(Guid(value));
        }
        let inner = match (text.chars().next()?, text.chars().last()?) {
            ('{', '}') | ('(', ')') => Some(&text[1..text.len() - 1]),
            _ => None,
        };
        let body = inner.unwrap_or(text);
        if body.len() == 32 && inner.is_none() {
            return body.bytes().all(|b| b.is_ascii_hexdigit()).then(|| hex(body)).flatten().map(Guid);
        }
        let bytes = body.as_bytes();
        let shaped = bytes.len() == 36
            && bytes
                .iter()
                .enumerate()
                .all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() });
        if shaped { hex(&body.replace('-', "")).map(Guid) } else { None }
    }
}

impl NetObject for Guid {
    fn type_ref(&self) -> TypeRef {
        &types::GUID
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(Guid::format(self, "").unwrap_or_default().into())
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<Guid>() == Some(self)
    }
    fn hash_code(&self) -> Option<u64> {
        hash(self.0)
    }
    fn compare(&self, other: &Value) -> Option<Ordering> {
        other.get::<Guid>().map(|o| self.cmp(o))
    }
    fn format(&self, format: &str, _culture: &Culture) -> Option<Res<PsString>> {
        Some(Guid::format(self, format).map(PsString::from).map_err(Into::into))
    }
}

impl DateTimeOffset {
    /// Ticks of the same instant in UTC.
    pub fn utc_ticks(&self) -> i64 {
        self.ticks - i64::from(self.offset) * crate::time::MINUTE
    }
}

impl NetObject for DateTimeOffset {
    fn type_ref(&self) -> TypeRef {
        &types::DATETIME_OFFSET
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        crate::time_format::format_offset(self, "", crate::culture::current()).ok().map(Into::into)
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<DateTimeOffset>().is_some_and(|o| o.utc_ticks() == self.utc_ticks())
    }
    fn hash_code(&self) -> Option<u64> {
        hash(self.utc_ticks())
    }
    fn compare(&self, other: &Value) -> Option<Ordering> {
        other.get::<DateTimeOffset>().map(|o| self.utc_ticks().cmp(&o.utc_ticks()))
    }
    fn format(&self, format: &str, culture: &Culture) -> Option<Res<PsString>> {
        Some(crate::time_format::format_offset(self, format, culture).map(PsString::from).map_err(Into::into))
    }
}

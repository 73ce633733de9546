//! Finding one text in another: positions in UTF-16 units, as String.IndexOf and its kin count.
use super::Comparison;
use crate::args::Args;
use crate::fail;
use dialtone_object::string::{char_from_unit, fold};
use dialtone_object::{PsString, Res, Value};

/// What is looked for: a text, as a comparison sees it.
pub struct Needle {
    text: String,
    comparison: Comparison,
}

impl Needle {
    pub fn new(text: &str, comparison: Comparison) -> Needle {
        let text = if comparison.ignores_case() { text.chars().map(fold).collect() } else { text.to_owned() };
        Needle { text, comparison }
    }
    /// The first argument: a character compares by its number, a text in the way given.
    pub fn of(arg: &Value, comparison: Option<Comparison>) -> Needle {
        match arg.base() {
            Value::Char(c) => {
                let mut buffer = [0; 4];
                Needle::new(char_from_unit(*c).encode_utf8(&mut buffer), comparison.unwrap_or(Comparison::Ordinal))
            }
            other => Needle::new(other.as_str().map_or("", |s| s.as_str()), comparison.unwrap_or(Comparison::Culture)),
        }
    }
    fn folded<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        if self.comparison.ignores_case() { text.chars().map(fold).collect::<String>().into() } else { text.into() }
    }
    pub fn found_in(&self, text: &str) -> bool {
        self.folded(text).contains(&self.text)
    }
    pub fn starts(&self, text: &str) -> bool {
        self.folded(text).starts_with(&self.text)
    }
    pub fn ends(&self, text: &str) -> bool {
        self.folded(text).ends_with(&self.text)
    }
    /// Position of the first occurrence that lies within `count` units from `start`.
    pub fn first(&self, text: &PsString, start: usize, count: usize) -> i32 {
        let Some(part) = text.substring(start, count) else { return -1 };
        let folded = PsString::new(&*self.folded(&part));
        folded.find(&self.text).map_or(-1, |at| (start + folded.unit_of_byte(at)) as i32)
    }
    /// Position of the last occurrence that lies within the `count` units that end with the one at `end`.
    pub fn last(&self, text: &PsString, end: usize, count: usize) -> i32 {
        let start = (end + 1).saturating_sub(count);
        let Some(part) = text.substring(start, end + 1 - start) else { return -1 };
        let folded = PsString::new(&*self.folded(&part));
        folded.rfind(&self.text).map_or(-1, |at| (start + folded.unit_of_byte(at)) as i32)
    }
}

/// Splits IndexOf's arguments behind the first: start, count, comparison.
fn rest(args: &[Value]) -> (Option<i32>, Option<i32>, Option<Comparison>) {
    let mut numbers = [None, None];
    let mut comparison = None;
    for (at, arg) in args.iter().skip(1).enumerate() {
        match arg.base() {
            Value::Int(n) => numbers[at.min(1)] = Some(*n),
            other => comparison = dialtone_object::enums::number(other).map(Comparison::of),
        }
    }
    (numbers[0], numbers[1], comparison)
}

/// `IndexOf(value, start, count, comparison)`
pub fn index_of(text: &PsString, args: &[Value]) -> Res<Value> {
    let (start, count, comparison) = rest(args);
    let length = text.len() as i32;
    let start = start.unwrap_or(0);
    if start < 0 || start > length {
        return Err(fail::out_of_range(
            "Index was out of range. Must be non-negative and less than or equal to the size of the collection.",
            "startIndex",
        ));
    }
    let count = count.unwrap_or(length - start);
    if count < 0 || count > length - start {
        return Err(count_range());
    }
    let needle = Needle::of(args.at(0), comparison);
    Ok(Value::Int(needle.first(text, start as usize, count as usize)))
}

fn count_range() -> dialtone_object::Flow {
    fail::out_of_range(
        "Count must be positive and count must refer to a location within the string/array/collection.",
        "count",
    )
}

/// `LastIndexOf(value, start, count, comparison)`: searches backwards from `start`.
pub fn last_index_of(text: &PsString, args: &[Value]) -> Res<Value> {
    let (start, count, comparison) = rest(args);
    let length = text.len() as i32;
    let needle = Needle::of(args.at(0), comparison);
    if length == 0 {
        return Ok(Value::Int(if needle.text.is_empty() { 0 } else { -1 }));
    }
    if needle.text.is_empty() && start.is_none() {
        return Ok(Value::Int(length));
    }
    let start = start.unwrap_or(length - 1);
    if start < 0 || start > length {
        return Err(fail::out_of_range(
            "Index was out of range. Must be non-negative and less than or equal to the size of the collection.",
            "startIndex",
        ));
    }
    let start = start.min(length - 1);
    let count = count.unwrap_or(start + 1);
    if count < 0 || start - count + 1 < 0 {
        return Err(count_range());
    }
    Ok(Value::Int(needle.last(text, start as usize, count as usize)))
}

/// `IndexOfAny(chars, start, count)`
pub fn index_of_any(text: &PsString, args: &[Value]) -> Res<Value> {
    let any = crate::args::to_units(args.at(0));
    let length = text.len() as i32;
    let start = if args.has(1) { args.int(1) } else { 0 };
    let count = if args.has(2) { args.int(2) } else { length - start };
    if start < 0 || start > length {
        return Err(fail::out_of_range("Specified argument was out of the range of valid values.", "startIndex"));
    }
    if count < 0 || count > length - start {
        return Err(fail::out_of_range("Specified argument was out of the range of valid values.", "count"));
    }
    let found = (start..start + count).find(|at| text.unit(*at as usize).is_some_and(|u| any.contains(&u)));
    Ok(Value::Int(found.unwrap_or(-1)))
}

/// `LastIndexOfAny(chars, start, count)`
pub fn last_index_of_any(text: &PsString, args: &[Value]) -> Res<Value> {
    let any = crate::args::to_units(args.at(0));
    let length = text.len() as i32;
    if length == 0 {
        return Ok(Value::Int(-1));
    }
    let start = if args.has(1) { args.int(1) } else { length - 1 };
    if start < 0 || start >= length {
        return Err(fail::out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.",
            "startIndex",
        ));
    }
    let count = if args.has(2) { args.int(2) } else { start + 1 };
    if count < 0 || count - 1 > start {
        return Err(count_range());
    }
    let found = (start - count + 1..=start).rev().find(|at| text.unit(*at as usize).is_some_and(|u| any.contains(&u)));
    Ok(Value::Int(found.unwrap_or(-1)))
}

//! `System.String`: instance members.
use super::string_search::{self as search, Needle};
use super::{Comparison, compare as compare_text, string_static as statics};
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::string::{char_from_unit, fold};
use dialtone_object::{Flow, Prop, PsString, Res, Runtime, TypeTable, Value, enums, types};

type Rt<'a> = &'a mut dyn Runtime;

fn me(this: &Value) -> PsString {
    args::text_of(this)
}
fn string(text: impl Into<PsString>) -> Res<Value> {
    Ok(Value::String(text.into()))
}

fn clone(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(this.clone())
}
fn compare_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match args.at(0).base() {
        Value::Null => Ok(Value::Int(1)),
        Value::String(other) => Ok(Value::Int(compare_text(&me(this), other, Comparison::Culture) as i32)),
        _ => Err(fail::argument("Object must be of type String.")),
    }
}
fn comparison(args: &[Value], at: usize) -> Option<Comparison> {
    enums::number(args.at(at)).map(Comparison::of)
}
fn contains(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let needle = Needle::of(args.at(0), Some(comparison(args, 1).unwrap_or(Comparison::Ordinal)));
    Ok(Value::Bool(needle.found_in(&me(this))))
}
/// The comparison of StartsWith and EndsWith: an enum value, or `ignoreCase` and a culture.
fn end_needle(args: &[Value]) -> Needle {
    let how = match args.at(1).base() {
        Value::Bool(ignore) => Some(Comparison::ignore_case(*ignore)),
        _ => comparison(args, 1),
    };
    Needle::of(args.at(0), how)
}
fn starts_with(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(end_needle(args).starts(&me(this))))
}
fn ends_with(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(end_needle(args).ends(&me(this))))
}
fn copy_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (units, from, to, count) = (me(this).to_units(), args.int(0), args.int(2), args.int(3));
    let Value::Array(target) = args.at(1).base() else { return Err(fail::argument_null("destination")) };
    let Some(part) = usize::try_from(from).ok().and_then(|f| units.get(f..f + count.max(0) as usize)) else {
        return Err(fail::out_of_range("Index and count must refer to a location within the string.", "sourceIndex"));
    };
    for (at, unit) in part.iter().enumerate() {
        match target.items.borrow_mut().get_mut(to.max(0) as usize + at) {
            Some(slot) => *slot = Value::Char(*unit),
            None => {
                return Err(fail::out_of_range(
                    "Index and count must refer to a location within the string.",
                    "destinationIndex",
                ));
            }
        }
    }
    Ok(Value::Void)
}
fn equals(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(match args.at(0).base() {
        Value::String(other) => comparison(args, 1).unwrap_or(Comparison::Ordinal).equal(&me(this), other),
        _ => false,
    }))
}
fn get_enumerator(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let chars = me(this).to_units().into_iter().map(Value::Char).collect();
    Ok(crate::collections::enumerator("System.CharEnumerator", chars))
}
fn get_hash_code(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    crate::object::hash_code(rt, this, &[])
}
fn get_type_code(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(enums::of("System.TypeCode", 18))
}
fn index_of(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    search::index_of(&me(this), args)
}
fn index_of_any(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    search::index_of_any(&me(this), args)
}
fn last_index_of(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    search::last_index_of(&me(this), args)
}
fn last_index_of_any(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    search::last_index_of_any(&me(this), args)
}

/// A number outside of `0..=limit`, told with the number.
fn range_error(param: &str, actual: i32, limit: Option<usize>) -> Flow {
    let rule = match limit {
        Some(limit) if actual >= 0 => format!("must be less than or equal to '{limit}'."),
        _ => "must be a non-negative value.".to_owned(),
    };
    fail::out_of_range_value(&format!("{param} ('{actual}') {rule}"), param, &actual.to_string())
}
/// A position or count that has to lie in `0..=limit`.
fn within(param: &str, actual: i32, limit: usize) -> Res<usize> {
    match usize::try_from(actual) {
        Ok(n) if n <= limit => Ok(n),
        _ => Err(range_error(param, actual, Some(limit))),
    }
}
fn not_negative(param: &str, actual: i32) -> Res<usize> {
    usize::try_from(actual).map_err(|_| range_error(param, actual, None))
}

fn insert(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = me(this);
    let at = within("startIndex", args.int(0), text.len())?;
    let (head, tail) = (text.substring(0, at), text.substring(at, text.len() - at));
    let joined = head.unwrap_or_default().append(&args.text(1)).append(&tail.unwrap_or_default());
    string(joined)
}
fn is_normalized(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Bool(true))
}
fn normalize(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let form = if args.has(0) { args.enum_number(0) } else { 1 };
    string(super::normal::normalize(&me(this), form))
}
fn pad(this: &Value, args: &[Value], left: bool) -> Res<Value> {
    let text = me(this);
    let width = not_negative("totalWidth", args.int(0))?;
    let fill = if args.has(1) { char_from_unit(args.unit(1)) } else { ' ' };
    let missing = width.saturating_sub(text.len());
    if missing == 0 {
        return Ok(this.clone());
    }
    let padding: String = std::iter::repeat_n(fill, missing).collect();
    if left { string(PsString::from(padding).append(&text)) } else { string(text.append(&padding)) }
}
fn pad_left(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    pad(this, args, true)
}
fn pad_right(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    pad(this, args, false)
}
fn remove(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = me(this);
    let start = args.int(0);
    if !args.has(1) {
        let start = not_negative("startIndex", start)?;
        let head = text.substring(0, start).filter(|_| start <= text.len());
        return head
            .map(Value::String)
            .ok_or_else(|| fail::out_of_range("startIndex cannot be larger than length of string.", "startIndex"));
    }
    let (start, count) = (not_negative("startIndex", start)?, args.int(1));
    let count = match not_negative("count", count)? {
        n if n <= text.len().saturating_sub(start) => n,
        _ => {
            return Err(range_error("count", count, Some(text.len().saturating_sub(start))));
        }
    };
    let head = text.substring(0, start).unwrap_or_default();
    string(head.append(&text.substring(start + count, text.len() - start - count).unwrap_or_default()))
}
fn replace(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = me(this);
    if let (Value::Char(old), Value::Char(new)) = (args.at(0).base(), args.at(1).base()) {
        let (old, new) = (char_from_unit(*old), char_from_unit(*new));
        let replaced: String = text.chars().map(|c| if c == old { new } else { c }).collect();
        return string(replaced);
    }
    let (old, new) = (args.text(0), args.text(1));
    if old.is_empty() {
        return Err(fail::argument_of("The value cannot be an empty string.", "oldValue"));
    }
    let how = match args.at(2).base() {
        Value::Bool(ignore) => Comparison::ignore_case(*ignore),
        _ => comparison(args, 2).unwrap_or(Comparison::Ordinal),
    };
    if !how.ignores_case() {
        return string(text.replace(old.as_str(), &new));
    }
    let needle: Vec<char> = old.chars().map(fold).collect();
    let all: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::with_capacity(text.as_str().len()), 0);
    while at < all.len() {
        let hit = all.len() - at >= needle.len()
            && all[at..at + needle.len()].iter().zip(&needle).all(|(c, n)| fold(*c) == *n);
        if hit {
            out.push_str(&new);
            at += needle.len();
        } else {
            out.push(all[at]);
            at += 1;
        }
    }
    string(out)
}
fn replace_line_endings(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let new = if args.has(0) { args.text(0) } else { "\n".into() };
    let plain = me(this).replace("\r\n", "\n").replace(['\r', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    string(plain.replace('\n', &new))
}

/// The separators of Split: characters, one text or several texts.
fn separators(arg: &Value) -> Vec<String> {
    match arg.base() {
        Value::Char(c) => vec![char_from_unit(*c).to_string()],
        Value::String(s) if s.is_empty() => Vec::new(),
        Value::String(s) => vec![s.as_str().to_owned()],
        other => args::items(other).iter().flat_map(separators).collect(),
    }
}
/// StringSplitOptions
const REMOVE_EMPTY: i64 = 1;
const TRIM: i64 = 2;

fn split(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = me(this);
    let (mut count, mut options) = (usize::MAX, 0);
    for arg in args.iter().skip(1) {
        match arg.base() {
            Value::Int(n) => count = not_negative("count", *n)?,
            other => options = enums::number(other).unwrap_or_default(),
        }
    }
    // A single text that is empty separates nothing; no separators at all mean white space.
    let whole = matches!(args.at(0).base(), Value::String(s) if s.is_empty());
    let separators = separators(args.at(0));
    let by_space = separators.is_empty() && !whole;
    let clean = |part: &str| if options & TRIM != 0 { part.trim().to_owned() } else { part.to_owned() };
    let keep = |part: &str| options & REMOVE_EMPTY == 0 || !part.is_empty();
    if count == 0 {
        return Ok(args::strings([]));
    }
    let mut parts: Vec<PsString> = Vec::new();
    let (mut start, mut at) = (0, 0);
    let bytes = text.as_str();
    if count == 1 {
        let part = clean(bytes);
        return Ok(args::strings(keep(&part).then(|| part.into())));
    }
    while at < bytes.len() && parts.len() + 1 < count {
        let rest = &bytes[at..];
        let hit = match by_space {
            true => rest.chars().next().filter(|c| c.is_whitespace()).map(char::len_utf8),
            false => separators.iter().find(|s| rest.starts_with(s.as_str())).map(String::len),
        };
        match hit {
            Some(length) => {
                let part = clean(&bytes[start..at]);
                if keep(&part) {
                    parts.push(part.into());
                }
                at += length;
                start = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    let mut last = &bytes[start..];
    if options & REMOVE_EMPTY != 0 {
        // The rest does not begin with separators either.
        while let Some(next) = match by_space {
            true => last.chars().next().filter(|c| c.is_whitespace()).map(char::len_utf8),
            false => separators.iter().find(|s| last.starts_with(s.as_str())).map(String::len),
        } {
            last = &last[next..];
        }
    }
    let last = clean(last);
    if keep(&last) {
        parts.push(last.into());
    }
    Ok(args::strings(parts))
}
fn substring(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let text = me(this);
    let (start, length) = (args.int(0), text.len());
    if start < 0 {
        return Err(range_error("startIndex", start, None));
    }
    if start as usize > length {
        return Err(fail::out_of_range("startIndex cannot be larger than length of string.", "startIndex"));
    }
    let start = start as usize;
    let count = match args.has(1) {
        false => length - start,
        true if args.int(1) < 0 => return Err(range_error("length", args.int(1), None)),
        true => args.int(1) as usize,
    };
    match text.substring(start, count) {
        Some(part) => string(part),
        None => Err(fail::out_of_range("Index and length must refer to a location within the string.", "length")),
    }
}
fn to_char_array(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let units = me(this).to_units();
    if !args.has(0) {
        return Ok(args::chars(&units));
    }
    let (start, count) = (args.int(0), args.int(1));
    match usize::try_from(start).ok().and_then(|s| units.get(s..s.checked_add(usize::try_from(count).ok()?)?)) {
        Some(part) => Ok(args::chars(part)),
        None => Err(fail::out_of_range(
            "Index was out of range. Must be non-negative and less than or equal to the size of the collection.",
            "startIndex",
        )),
    }
}
/// Simple lower case, one to one.
pub fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(l), None) => l,
        _ => c,
    }
}
fn to_lower(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let text = me(this);
    if text.is_ascii() {
        string(text.to_ascii_lowercase())
    } else {
        string(text.chars().map(lower).collect::<String>())
    }
}
fn to_upper(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let text = me(this);
    if text.is_ascii() { string(text.to_ascii_uppercase()) } else { string(text.chars().map(fold).collect::<String>()) }
}
fn to_string(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(this.clone())
}
/// The test for characters to trim: the ones given, or white space.
fn trimmed(args: &[Value]) -> impl Fn(char) -> bool {
    let given: Vec<char> = match args.at(0).base() {
        Value::Char(c) => vec![char_from_unit(*c)],
        other => args::to_units(other).into_iter().map(char_from_unit).collect(),
    };
    move |c| if given.is_empty() { c.is_whitespace() } else { given.contains(&c) }
}
fn trim(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    string(me(this).trim_matches(trimmed(args)))
}
fn trim_end(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    string(me(this).trim_end_matches(trimmed(args)))
}
fn trim_start(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    string(me(this).trim_start_matches(trimmed(args)))
}
fn chars(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    match usize::try_from(args.int(0)).ok().and_then(|at| me(this).unit(at)) {
        Some(unit) => Ok(Value::Char(unit)),
        None => Err(fail::out_of_bounds()),
    }
}
/// The IConvertible methods that scripts call (`'5'.ToInt32($null)`).
fn to_int32(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    rt.cast(this, &types::INT32)
}
fn to_double(rt: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    rt.cast(this, &types::DOUBLE)
}

pub static TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        statics::new => "string new(char[] value)" "string new(char[] value, int startIndex, int length)"
            "string new(char c, int count)";
    },
    props: &[Prop::get("Length", "int", |_, v| Ok(Value::Int(args::text_of(v).len() as i32)))],
    methods: overloads! {
        clone => "System.Object Clone()";
        compare_to => "int CompareTo(System.Object value)" "int CompareTo(string strB)";
        contains => "bool Contains(string value)"
            "bool Contains(string value, System.StringComparison comparisonType)"
            "bool Contains(char value)"
            "bool Contains(char value, System.StringComparison comparisonType)";
        copy_to => "void CopyTo(int sourceIndex, char[] destination, int destinationIndex, int count)";
        ends_with => "bool EndsWith(string value)"
            "bool EndsWith(string value, System.StringComparison comparisonType)"
            "bool EndsWith(string value, bool ignoreCase, cultureinfo culture)"
            "bool EndsWith(char value)";
        equals => "bool Equals(System.Object obj)"
            "bool Equals(string value)"
            "bool Equals(string value, System.StringComparison comparisonType)";
        get_enumerator => "System.CharEnumerator GetEnumerator()";
        get_hash_code => "int GetHashCode()" "int GetHashCode(System.StringComparison comparisonType)";
        get_type_code => "System.TypeCode GetTypeCode()";
        index_of => "int IndexOf(char value)"
            "int IndexOf(char value, int startIndex)"
            "int IndexOf(char value, System.StringComparison comparisonType)"
            "int IndexOf(char value, int startIndex, int count)"
            "int IndexOf(string value)"
            "int IndexOf(string value, int startIndex)"
            "int IndexOf(string value, int startIndex, int count)"
            "int IndexOf(string value, System.StringComparison comparisonType)"
            "int IndexOf(string value, int startIndex, System.StringComparison comparisonType)"
            "int IndexOf(string value, int startIndex, int count, System.StringComparison comparisonType)";
        index_of_any => "int IndexOfAny(char[] anyOf)"
            "int IndexOfAny(char[] anyOf, int startIndex)"
            "int IndexOfAny(char[] anyOf, int startIndex, int count)";
        insert => "string Insert(int startIndex, string value)";
        is_normalized => "bool IsNormalized()"
            "bool IsNormalized(System.Text.NormalizationForm normalizationForm)";
        last_index_of => "int LastIndexOf(char value)"
            "int LastIndexOf(char value, int startIndex)"
            "int LastIndexOf(char value, int startIndex, int count)"
            "int LastIndexOf(string value)"
            "int LastIndexOf(string value, int startIndex)"
            "int LastIndexOf(string value, int startIndex, int count)"
            "int LastIndexOf(string value, System.StringComparison comparisonType)"
            "int LastIndexOf(string value, int startIndex, System.StringComparison comparisonType)"
            "int LastIndexOf(string value, int startIndex, int count, System.StringComparison comparisonType)";
        last_index_of_any => "int LastIndexOfAny(char[] anyOf)"
            "int LastIndexOfAny(char[] anyOf, int startIndex)"
            "int LastIndexOfAny(char[] anyOf, int startIndex, int count)";
        normalize => "string Normalize()"
            "string Normalize(System.Text.NormalizationForm normalizationForm)";
        pad_left => "string PadLeft(int totalWidth)" "string PadLeft(int totalWidth, char paddingChar)";
        pad_right => "string PadRight(int totalWidth)" "string PadRight(int totalWidth, char paddingChar)";
        remove => "string Remove(int startIndex, int count)" "string Remove(int startIndex)";
        replace => "string Replace(string oldValue, string newValue, bool ignoreCase, cultureinfo culture)"
            "string Replace(string oldValue, string newValue, System.StringComparison comparisonType)"
            "string Replace(char oldChar, char newChar)"
            "string Replace(string oldValue, string newValue)";
        replace_line_endings => "string ReplaceLineEndings()" "string ReplaceLineEndings(string replacementText)";
        split => "string[] Split(char separator, System.StringSplitOptions options = System.StringSplitOptions.None)"
            "string[] Split(char separator, int count, System.StringSplitOptions options = System.StringSplitOptions.None)"
            "string[] Split(Params char[] separator)"
            "string[] Split(char[] separator, int count)"
            "string[] Split(char[] separator, System.StringSplitOptions options)"
            "string[] Split(char[] separator, int count, System.StringSplitOptions options)"
            "string[] Split(string separator, System.StringSplitOptions options = System.StringSplitOptions.None)"
            "string[] Split(string separator, int count, System.StringSplitOptions options = System.StringSplitOptions.None)"
            "string[] Split(string[] separator, System.StringSplitOptions options)"
            "string[] Split(string[] separator, int count, System.StringSplitOptions options)";
        starts_with => "bool StartsWith(string value)"
            "bool StartsWith(string value, System.StringComparison comparisonType)"
            "bool StartsWith(string value, bool ignoreCase, cultureinfo culture)"
            "bool StartsWith(char value)";
        substring => "string Substring(int startIndex)" "string Substring(int startIndex, int length)";
        to_double => "double IConvertible.ToDouble(System.IFormatProvider provider)";
        to_int32 => "int IConvertible.ToInt32(System.IFormatProvider provider)";
        to_char_array => "char[] ToCharArray()" "char[] ToCharArray(int startIndex, int length)";
        to_lower => "string ToLower()" "string ToLower(cultureinfo culture)";
        to_lower => "string ToLowerInvariant()";
        to_string => "string ToString()" "string ToString(System.IFormatProvider provider)";
        to_upper => "string ToUpper()" "string ToUpper(cultureinfo culture)";
        to_upper => "string ToUpperInvariant()";
        trim => "string Trim()" "string Trim(char trimChar)" "string Trim(Params char[] trimChars)";
        trim_end => "string TrimEnd()" "string TrimEnd(char trimChar)" "string TrimEnd(Params char[] trimChars)";
        trim_start => "string TrimStart()" "string TrimStart(char trimChar)"
            "string TrimStart(Params char[] trimChars)";
        chars => "char Chars(int index) {get;}";
    },
    static_props: &[Prop::get("Empty", "string", |_, _| Ok(Value::str("")))],
    static_methods: statics::METHODS,
    ..TypeTable::of(&types::STRING)
};

//! `System.Char`.
use super::string::lower;
use crate::args::Args;
use crate::{fail, overloads};
use dialtone_object::string::{char_from_unit, fold};
use dialtone_object::{Prop, PsString, Res, Runtime, TypeTable, Value, enums, types};

type Rt<'a> = &'a mut dyn Runtime;

/// The unit a test is about: the character, or the one at a place in a text.
fn unit(args: &[Value]) -> Res<u16> {
    match args.at(0).base() {
        Value::Char(c) => Ok(*c),
        _ => usize::try_from(args.int(1)).ok().and_then(|at| args.text(0).unit(at)).ok_or_else(fail::index_range),
    }
}
macro_rules! tests {
    ($($name:ident $test:expr;)*) => {
        $(fn $name(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
            let unit = unit(args)?;
            let test: fn(char, u16) -> bool = $test;
            Ok(Value::Bool(test(char_from_unit(unit), unit)))
        })*
    };
}
fn punctuation(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_punctuation() && !"$+<=>^`|~".contains(c),
        false => {
            matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}')
                && !matches!(c, '\u{2044}' | '\u{2052}')
        }
    }
}
fn symbol(c: char) -> bool {
    match c.is_ascii() {
        true => "$+<=>^`|~".contains(c),
        false => {
            matches!(c, '¢'..='¦' | '¨' | '©' | '¬' | '®'..='±' | '´' | '¸' | '×' | '÷' | '\u{20A0}'..='\u{20BF}' | '\u{2100}'..='\u{214F}' | '\u{2190}'..='\u{23FF}' | '\u{2500}'..='\u{27BF}')
        }
    }
}
fn separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}' | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}
fn digit(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}' | '\u{966}'..='\u{96F}' | '\u{FF10}'..='\u{FF19}')
}
tests! {
    is_ascii |c, _| c.is_ascii();
    is_ascii_digit |c, _| c.is_ascii_digit();
    is_ascii_hex_digit |c, _| c.is_ascii_hexdigit();
    is_ascii_letter |c, _| c.is_ascii_alphabetic();
    is_ascii_letter_lower |c, _| c.is_ascii_lowercase();
    is_ascii_letter_upper |c, _| c.is_ascii_uppercase();
    is_ascii_letter_or_digit |c, _| c.is_ascii_alphanumeric();
    is_control |c, _| c.is_control();
    is_digit |c, _| digit(c);
    is_high_surrogate |_, u| (0xD800..0xDC00).contains(&u);
    is_low_surrogate |_, u| (0xDC00..0xE000).contains(&u);
    is_surrogate |_, u| (0xD800..0xE000).contains(&u);
    is_letter |c, _| c.is_alphabetic();
    is_letter_or_digit |c, _| c.is_alphabetic() || digit(c);
    is_lower |c, _| c.is_lowercase();
    is_number |c, _| c.is_numeric();
    is_punctuation |c, _| punctuation(c);
    is_separator |c, _| separator(c);
    is_symbol |c, _| symbol(c);
    is_upper |c, _| c.is_uppercase();
    is_white_space |c, _| c.is_whitespace();
}
fn is_surrogate_pair(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (high, low) = match args.at(0).base() {
        Value::Char(c) => (*c, args.unit(1)),
        _ => {
            let (text, at) = (args.text(0), args.int(1).max(0) as usize);
            (text.unit(at).unwrap_or(0), text.unit(at + 1).unwrap_or(0))
        }
    };
    Ok(Value::Bool((0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low)))
}
fn to_lower(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(mapped(args.unit(0), lower))
}
fn to_upper(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(mapped(args.unit(0), fold))
}
fn mapped(unit: u16, map: fn(char) -> char) -> Value {
    let units = match char::from_u32(u32::from(unit)) {
        Some(c) => PsString::new(map(c).encode_utf8(&mut [0; 4]) as &str).to_units(),
        None => Vec::new(),
    };
    Value::Char(match units.as_slice() {
        [one] => *one,
        _ => unit,
    })
}
fn to_string_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::String(PsString::from_units(&[args.unit(0)])))
}
fn to_string(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::String(PsString::from_units(&[std::slice::from_ref(this).unit(0)])))
}
fn parse(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match args.text(0).to_units().as_slice() {
        [one] => Ok(Value::Char(*one)),
        _ => Err(fail::format("String must be exactly one character long.")),
    }
}
fn try_parse(rt: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let units = args.text(0).to_units();
    let one = if let [one] = units.as_slice() { Some(*one) } else { None };
    rt.set_property(args.at(1), "Value", Value::Char(one.unwrap_or(0)))?;
    Ok(Value::Bool(one.is_some()))
}
fn convert_from_utf32(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    match u32::try_from(args.int(0)).ok().and_then(char::from_u32) {
        Some(c) => Ok(Value::string(c.to_string())),
        None => Err(fail::out_of_range(
            "A valid UTF32 value is between 0x000000 and 0x10ffff, inclusive, and should not include surrogate codepoint values (0x00d800 ~ 0x00dfff).",
            "utf32",
        )),
    }
}
fn convert_to_utf32(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let units = match args.at(0).base() {
        Value::Char(c) => vec![*c, args.unit(1)],
        _ => {
            let at = args.int(1).max(0) as usize;
            args.text(0).to_units().into_iter().skip(at).take(2).collect()
        }
    };
    match char::decode_utf16(units).next() {
        Some(Ok(c)) => Ok(Value::Int(c as i32)),
        Some(Err(_)) => Err(fail::argument(
            "Found a high surrogate char without a following low surrogate at index: 0. The input may not be in this encoding, or may not contain valid Unicode (UTF-16) characters. (Parameter 'index')",
        )),
        None => Err(fail::index_range()),
    }
}
fn get_numeric_value(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let c = char_from_unit(unit(args)?);
    Ok(Value::Double(match c {
        '½' => 0.5,
        '¼' => 0.25,
        '¾' => 0.75,
        '²' => 2.0,
        '³' => 3.0,
        '¹' => 1.0,
        c => c.to_digit(10).map_or(-1.0, f64::from),
    }))
}
/// UnicodeCategory, exact for ASCII and Latin letters, by the large classes beyond.
fn category(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let (u, c) = (unit(args)?, char_from_unit(unit(args)?));
    let number = match c {
        _ if (0xD800..0xE000).contains(&u) => 16,
        'ª' | 'º' => 4,
        c if c.is_uppercase() => 0,
        c if c.is_lowercase() => 1,
        c if c.is_alphabetic() => 4,
        c if digit(c) => 8,
        c if c.is_numeric() => 10,
        '\u{2028}' => 12,
        '\u{2029}' => 13,
        c if separator(c) => 11,
        c if c.is_control() => 14,
        '_' | '\u{203F}' | '\u{2040}' => 18,
        '-' | '\u{2010}'..='\u{2015}' => 19,
        '(' | '[' | '{' | '\u{201A}' | '\u{201E}' => 20,
        ')' | ']' | '}' => 21,
        '«' | '\u{2018}' | '\u{201C}' => 22,
        '»' | '\u{2019}' | '\u{201D}' => 23,
        c if punctuation(c) => 24,
        '+' | '<' | '=' | '>' | '|' | '~' | '¬' | '±' | '×' | '÷' => 25,
        '$' | '¢'..='¥' | '\u{20A0}'..='\u{20BF}' => 26,
        '^' | '`' | '¨' | '´' | '¸' | '¯' => 27,
        c if symbol(c) => 28,
        _ => 29,
    };
    Ok(enums::of("System.Globalization.UnicodeCategory", number))
}

pub static TABLE: TypeTable = TypeTable {
    methods: overloads! {
        crate::collections::compare_to => "int CompareTo(System.Object value)" "int CompareTo(char value)";
        crate::object::equals => "bool Equals(System.Object obj)" "bool Equals(char obj)";
        to_string => "string ToString()" "string ToString(System.IFormatProvider provider)";
    },
    static_props: &[
        Prop::get("MaxValue", "char", |_, _| Ok(Value::Char(u16::MAX))),
        Prop::get("MinValue", "char", |_, _| Ok(Value::Char(0))),
    ],
    static_methods: overloads! {
        convert_from_utf32 => "static string ConvertFromUtf32(int utf32)";
        convert_to_utf32 => "static int ConvertToUtf32(char highSurrogate, char lowSurrogate)"
            "static int ConvertToUtf32(string s, int index)";
        get_numeric_value => "static double GetNumericValue(char c)" "static double GetNumericValue(string s, int index)";
        category => "static System.Globalization.UnicodeCategory GetUnicodeCategory(char c)"
            "static System.Globalization.UnicodeCategory GetUnicodeCategory(string s, int index)";
        is_ascii => "static bool IsAscii(char c)";
        is_ascii_digit => "static bool IsAsciiDigit(char c)";
        is_ascii_hex_digit => "static bool IsAsciiHexDigit(char c)";
        is_ascii_letter => "static bool IsAsciiLetter(char c)";
        is_ascii_letter_lower => "static bool IsAsciiLetterLower(char c)";
        is_ascii_letter_upper => "static bool IsAsciiLetterUpper(char c)";
        is_ascii_letter_or_digit => "static bool IsAsciiLetterOrDigit(char c)";
        is_control => "static bool IsControl(char c)" "static bool IsControl(string s, int index)";
        is_digit => "static bool IsDigit(char c)" "static bool IsDigit(string s, int index)";
        is_high_surrogate => "static bool IsHighSurrogate(char c)" "static bool IsHighSurrogate(string s, int index)";
        is_letter => "static bool IsLetter(char c)" "static bool IsLetter(string s, int index)";
        is_letter_or_digit => "static bool IsLetterOrDigit(char c)" "static bool IsLetterOrDigit(string s, int index)";
        is_low_surrogate => "static bool IsLowSurrogate(char c)" "static bool IsLowSurrogate(string s, int index)";
        is_lower => "static bool IsLower(char c)" "static bool IsLower(string s, int index)";
        is_number => "static bool IsNumber(char c)" "static bool IsNumber(string s, int index)";
        is_punctuation => "static bool IsPunctuation(char c)" "static bool IsPunctuation(string s, int index)";
        is_separator => "static bool IsSeparator(char c)" "static bool IsSeparator(string s, int index)";
        is_surrogate => "static bool IsSurrogate(char c)" "static bool IsSurrogate(string s, int index)";
        is_surrogate_pair => "static bool IsSurrogatePair(string s, int index)"
            "static bool IsSurrogatePair(char highSurrogate, char lowSurrogate)";
        is_symbol => "static bool IsSymbol(char c)" "static bool IsSymbol(string s, int index)";
        is_upper => "static bool IsUpper(char c)" "static bool IsUpper(string s, int index)";
        is_white_space => "static bool IsWhiteSpace(char c)" "static bool IsWhiteSpace(string s, int index)";
        parse => "static char Parse(string s)";
        to_lower => "static char ToLower(char c)" "static char ToLower(char c, cultureinfo culture)";
        to_lower => "static char ToLowerInvariant(char c)";
        to_string_static => "static string ToString(char c)";
        to_upper => "static char ToUpper(char c)" "static char ToUpper(char c, cultureinfo culture)";
        to_upper => "static char ToUpperInvariant(char c)";
        try_parse => "static bool TryParse(string s, [ref] char result)";
    },
    ..TypeTable::of(&types::CHAR)
};

//! Classes of characters: PowerShell's CharTraits. White space excludes line ends; typographic quotes and dashes count.

const IDENTIFIER_START: u16 = 0x0002;
const WHITESPACE: u16 = 0x0010;
const DIGIT: u16 = 0x0080;
const VARIABLE_START: u16 = 0x0100;
const ENDS_TOKEN: u16 = 0x0200;
const ENDS_ASSEMBLY_TOKEN: u16 = 0x0400;
const ENDS_NUMBER: u16 = 0x0800;

static TRAITS: [u16; 128] = traits();

const fn traits() -> [u16; 128] {
    const fn set(mut table: [u16; 128], chars: &[u8], flag: u16) -> [u16; 128] {
        let mut i = 0;
        while i < chars.len() {
            table[chars[i] as usize] |= flag;
            i += 1;
        }
        table
    }
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    let mut table = set([0; 128], letters, IDENTIFIER_START | VARIABLE_START);
    table = set(table, b"0123456789", DIGIT | VARIABLE_START);
    table = set(table, b"$:?^", VARIABLE_START);
    table = set(table, b" \t\x0B\x0C", WHITESPACE | ENDS_TOKEN | ENDS_ASSEMBLY_TOKEN);
    table = set(table, b"\0\r\n", ENDS_TOKEN | ENDS_ASSEMBLY_TOKEN);
    table = set(table, b"&(),;{|}", ENDS_TOKEN);
    table = set(table, b",=]", ENDS_ASSEMBLY_TOKEN);
    set(table, b"!#%*+-./<=>]", ENDS_NUMBER)
}

fn has(c: char, flag: u16) -> bool {
    TRAITS.get(c as usize).is_some_and(|traits| traits & flag != 0)
}

/// Blanks, but no line ends.
pub fn is_whitespace(c: char) -> bool {
    if c.is_ascii() { has(c, WHITESPACE) } else { is_wide_whitespace(c) }
}

fn is_wide_whitespace(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{2028}' | '\u{2029}' | '\u{202F}')
        || matches!(c, '\u{205F}' | '\u{3000}')
}

pub fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

pub fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}')
}

pub fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}')
}

/// .NET looks at UTF-16 units: what needs two of them is no letter.
fn is_wide_letter(c: char) -> bool {
    c <= '\u{FFFF}' && c.is_alphabetic()
}

fn is_wide_letter_or_digit(c: char) -> bool {
    c <= '\u{FFFF}' && (c.is_alphabetic() || (c.is_numeric() && is_decimal_number(c)))
}

/// Unicode's Nd within the basic plane, roughly: ten digits in a row that count from 0.
fn is_decimal_number(c: char) -> bool {
    let zeros: &[u32] = &[
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
        0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
        0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    ];
    zeros.iter().any(|zero| (*zero..zero + 10).contains(&(c as u32)))
}

pub fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { is_wide_letter(c) }
}

pub fn is_letter_or_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { is_wide_letter_or_digit(c) }
}

/// May follow `$` in a variable's name without braces.
pub fn is_variable_start(c: char) -> bool {
    if c.is_ascii() { has(c, VARIABLE_START) } else { is_wide_letter_or_digit(c) }
}

pub fn is_identifier_start(c: char) -> bool {
    if c.is_ascii() { has(c, IDENTIFIER_START) } else { is_wide_letter(c) }
}

pub fn is_identifier_follow(c: char) -> bool {
    if c.is_ascii() { has(c, IDENTIFIER_START | DIGIT) } else { is_wide_letter_or_digit(c) }
}

/// Ends any token of command mode.
pub fn ends_token(c: char) -> bool {
    if c.is_ascii() { has(c, ENDS_TOKEN) } else { is_wide_whitespace(c) }
}

/// Ends a number in expression mode, besides what ends any token; `?` and `:` do where a ternary may go on.
pub fn ends_number(c: char, ternary: bool) -> bool {
    if c.is_ascii() { has(c, ENDS_NUMBER) || (ternary && matches!(c, '?' | ':')) } else { is_dash(c) }
}

/// Ends a token in the assembly part of a type name.
pub fn ends_assembly_token(c: char) -> bool {
    if c.is_ascii() { has(c, ENDS_ASSEMBLY_TOKEN) } else { is_wide_whitespace(c) }
}

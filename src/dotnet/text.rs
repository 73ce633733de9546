//! Text: String, Char, StringBuilder, encodings.
mod builder;
mod char;
mod compare;
pub mod encoding;
mod normal;
mod regex;
mod string;
mod string_search;
mod string_static;
mod wildcard;

use dialtone_object::TypeTable;

pub use compare::{Comparison, StringComparer, compare};
pub use encoding::Encoding;
pub use string::lower;

pub static TABLES: &[&TypeTable] = &[
    &string::TABLE,
    &char::TABLE,
    &compare::COMPARER,
    &builder::TABLE,
    &encoding::ENCODING_TABLE,
    &encoding::UTF8_TABLE,
    &encoding::UNICODE_TABLE,
    &encoding::UTF32_TABLE,
    &encoding::ASCII_TABLE,
    &regex::REGEX,
    &regex::MATCH,
    &regex::GROUP,
    &regex::CAPTURE,
    &regex::GROUPS,
    &wildcard::TABLE,
];

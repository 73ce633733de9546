//! Text: String, Char, StringBuilder, encodings.
mod char;
mod compare;
mod normal;
mod string;
mod string_search;
mod string_static;

use dialtone_object::TypeTable;

pub use compare::{Comparison, StringComparer, compare};
pub use string::lower;

pub static TABLES: &[&TypeTable] = &[&string::TABLE, &char::TABLE, &compare::COMPARER];

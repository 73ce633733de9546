//! The parser generated from grammar/powershell.pest, and what the scanner takes from it.

use crate::number::{NumberParts, Radix, Suffix};
use pest::Parser;
use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "../../grammar/powershell.pest"]
struct Grammar;

/// What may follow a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberContext {
    Command,
    Expression,
    /// Behind an operator, where `?` and `:` may belong to a ternary.
    Ternary,
}

/// The number at the start of a text: its length and parts.
pub(crate) fn number(text: &str, context: NumberContext) -> Option<(usize, NumberParts)> {
    let rule = match context {
        NumberContext::Command => Rule::number_in_command,
        NumberContext::Expression => Rule::number_in_expression,
        NumberContext::Ternary => Rule::number_in_ternary,
    };
    let number = Grammar::parse(rule, text).ok()?.next()?;
    let mut parts = NumberParts { multiplier: 1, ..NumberParts::default() };
    let len = number.as_str().len();
    for pair in number.into_inner() {
        let text = pair.as_str();
        match pair.as_rule() {
            Rule::sign => parts.negative = text != "+",
            Rule::hex_digits => {
                parts.radix = Radix::Hex;
                parts.digits = text.to_owned();
            }
            Rule::binary_digits => {
                parts.radix = Radix::Binary;
                parts.digits = text.to_owned();
            }
            Rule::decimal_integer => parts.digits = text.to_owned(),
            Rule::real => {
                parts.real = true;
                parts.digits = text.replace(crate::chars::is_dash, "-");
            }
            Rule::suffix => parts.suffix = Suffix::new(text),
            Rule::multiplier => {
                parts.multiplier = match text.as_bytes().first() {
                    Some(b'k' | b'K') => 1 << 10,
                    Some(b'm' | b'M') => 1 << 20,
                    Some(b'g' | b'G') => 1 << 30,
                    Some(b't' | b'T') => 1 << 40,
                    _ => 1 << 50,
                }
            }
            _ => {}
        }
    }
    Some((len, parts))
}

/// A namespace's name as `using namespace` has it.
pub(crate) fn is_namespace(text: &str) -> bool {
    Grammar::parse(Rule::namespace_whole, text).is_ok()
}

/// `major.minor[.build[.revision]]`, or `major` alone, as `#requires -Version` has it.
pub(crate) fn is_version(text: &str) -> bool {
    Grammar::parse(Rule::version_whole, text).is_ok()
}

#[doc(hidden)]
/// Where the grammar alone refuses a script, if it does. The parser does not ask; the tests hold both against each other.
pub fn refusal(text: &str) -> Option<String> {
    Grammar::parse(Rule::script, text).err().map(|error| format!("{:?}", error.line_col))
}

//! PowerShell source text to AST: tokens, parser, parse errors.
//!
//! `parse` is the one entry. It never fails: it gives an AST (partial when the text is broken), the errors with
//! PowerShell's ids, texts and positions, and the comments (comment-based help needs them). The tokens come on request.
//!
//! The way of a text: `scan*.rs` make tokens as the parser's mode asks for them, numbers with the rules of
//! grammar/powershell.pest; `blocks.rs` to `usings.rs` build the nodes of `ast.rs`; `symbols.rs` and `semantics.rs`
//! check the finished tree.

pub mod ast;
mod ast_expressions;
mod blocks;
mod chars;
mod classes;
mod commands;
mod constants;
mod data_section;
mod errors;
mod expressions;
mod flow;
mod flow_graph;
mod functions;
mod grammar;
mod kinds;
mod known_types;
mod loops;
mod members;
pub mod number;
mod options;
mod parser;
mod pipelines;
mod requires;
mod scan;
mod scan_numbers;
mod scan_strings;
mod scan_words;
mod semantics;
pub mod source;
mod statements;
mod symbols;
mod token;
pub mod type_name;
mod type_rules;
mod usings;
pub mod walk;

pub use ast::*;
pub use errors::{ErrorId, ParseError};
pub use grammar::refusal as grammar_refusal;
pub use kinds::{TokenFlags, TokenKind, operator_kind, unary_kind};
pub use number::Number;
pub use options::Options;
pub use source::{Position, Source, Span, decode};
pub use token::{Token, TokenValue};
pub use type_name::{TypeName, TypeNameKind};

use std::rc::Rc;

/// What one parse gives.
#[derive(Debug)]
pub struct Parsed {
    pub ast: Rc<ScriptBlockAst>,
    pub errors: Vec<ParseError>,
    /// Spans of all comments, in source order, with their delimiters.
    pub comments: Vec<Span>,
    /// Empty, unless [`parse_with_tokens`] was asked.
    pub tokens: Vec<Token>,
}

impl Parsed {
    /// More input could make the text right: what a prompt asks before it shows `>>`.
    pub fn is_incomplete(&self) -> bool {
        self.errors.iter().any(|error| error.incomplete_input)
    }
}

/// Parses a script.
pub fn parse(source: &Rc<Source>) -> Parsed {
    parse_with(source, &Options::default())
}

/// Parses a script and keeps the list of its tokens, as `[Parser]::ParseInput` and highlighting need it.
pub fn parse_with_tokens(source: &Rc<Source>) -> Parsed {
    parse_with(source, &Options { save_tokens: true, ..Options::default() })
}

/// Parses a script with answers about the world.
pub fn parse_with(source: &Rc<Source>, options: &Options<'_>) -> Parsed {
    let mut parser = parser::Parser::new(source, options);
    let ast = Rc::new(parser.script());
    let parser::Gathered { errors, comments, tokens, .. } = parser.gathered;
    Parsed { ast, errors, comments, tokens: tokens.unwrap_or_default() }
}

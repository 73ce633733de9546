//! `using` statements.

use crate::ast::*;
use crate::commands::Context;
use crate::errors::ErrorId;
use crate::kinds::TokenKind;
use crate::parser::Parser;
use crate::statements::error_statement;
use crate::token::Lexeme;

impl Parser<'_> {
    pub fn using_statement_rule(&mut self, keyword: Lexeme) -> Statement {
        let directive = self.next();
        let kind = match directive.kind {
            TokenKind::Namespace => UsingKind::Namespace,
            TokenKind::Type => UsingKind::Type,
            TokenKind::Module => UsingKind::Module,
            TokenKind::Command => UsingKind::Command,
            TokenKind::Assembly => UsingKind::Assembly,
            _ => {
                self.unget(directive);
                self.report_incomplete(Self::after(keyword.span), ErrorId::MissingUsingStatementDirective, &[]);
                return error_statement(keyword.span, Vec::new());
            }
        };
        let token = self.next();
        let token_span = token.span;
        if matches!(token.kind, TokenKind::EndOfInput | TokenKind::NewLine | TokenKind::Comma | TokenKind::Semi) {
            self.report_incomplete(Self::after(directive.span), ErrorId::MissingUsingItemName, &[]);
            return error_statement(keyword.span.to(directive.span), Vec::new());
        }
        let item = match self.command_argument(Context::CommandArgument, token) {
            None => {
                let text = self.text_of(token_span);
                self.report(token_span, ErrorId::InvalidValueForUsingItemName, &[text]);
                self.sync_on_error(true, &[TokenKind::Semi, TokenKind::NewLine]);
                return error_statement(keyword.span.to(token_span), Vec::new());
            }
            Some(item) => item,
        };
        let item_span = item.span();
        let (name, module_specification) = match item {
            Expr::String(name) => (Some(name), None),
            Expr::Hashtable(table) if kind == UsingKind::Module => (None, Some(*table)),
            _ => {
                let text = self.text_of(item_span);
                self.report(item_span, ErrorId::InvalidValueForUsingItemName, &[text]);
                return error_statement(keyword.span.to(item_span), Vec::new());
            }
        };
        self.gathered.has_symbols |= kind == UsingKind::Module;
        if let (UsingKind::Assembly, Some(name)) = (kind, &name) {
            self.check_assembly(name);
        }
        let mut span = keyword.span.to(item_span);
        let mut using = UsingStatement { span, kind, name, module_specification, alias: None };
        if kind != UsingKind::Assembly && using.module_specification.is_none() {
            if let Some(equals) = self.take(TokenKind::Equals) {
                let token = self.next();
                let alias_span = token.span;
                match token.kind {
                    TokenKind::EndOfInput | TokenKind::NewLine | TokenKind::Semi => {
                        self.unget(token);
                        self.report_incomplete(Self::after(equals.span), ErrorId::MissingNamespaceAlias, &[]);
                        return error_statement(keyword.span.to(equals.span), Vec::new());
                    }
                    TokenKind::Comma => {
                        self.report(alias_span, ErrorId::UnexpectedUnaryOperator, &[","]);
                        return error_statement(keyword.span.to(alias_span), Vec::new());
                    }
                    _ => {}
                }
                match self.command_argument(Context::CommandArgument, token) {
                    Some(Expr::Hashtable(table)) if kind == UsingKind::Module => {
                        using.module_specification = Some(*table);
                    }
                    Some(Expr::String(alias)) => using.alias = Some(alias),
                    alias => {
                        let error = alias.as_ref().map_or(alias_span, Expr::span);
                        let text = self.text_of(error);
                        self.report(error, ErrorId::InvalidValueForUsingItemName, &[text]);
                        let item = using.name.map(|name| ErrorPart::Expr(Expr::String(name)));
                        let parts = item.into_iter().chain(alias.map(ErrorPart::Expr)).collect();
                        return error_statement(keyword.span.to(error), parts);
                    }
                }
                span = keyword.span.to(alias_span);
            } else if matches!(kind, UsingKind::Type | UsingKind::Command) {
                self.report_incomplete(Self::after(token_span), ErrorId::MissingEqualsInUsingAlias, &[]);
                let parts = using.name.map(|name| ErrorPart::Expr(Expr::String(name))).into_iter().collect();
                return error_statement(span, parts);
            }
        }
        using.span = span;
        self.require_statement_terminator();
        Statement::Using(Box::new(using))
    }

    /// Only local files may be loaded.
    fn check_assembly(&mut self, name: &StringConstant) {
        let text = name.value.to_string();
        if let Some((scheme, _)) = text.split_once("://") {
            if scheme != "file" {
                self.report(name.span, ErrorId::CannotLoadAssemblyWithUriSchema, &[scheme]);
            }
        } else if text.starts_with("\\\\") {
            self.report(name.span, ErrorId::CannotLoadAssemblyFromUncPath, &[&text]);
        } else if !crate::options::assembly_on_disk(self.source.file.as_deref(), &text) {
            self.report(name.span, ErrorId::ErrorLoadingAssembly, &[&text]);
        }
    }

    fn require_statement_terminator(&mut self) {
        match self.peek() {
            TokenKind::NewLine | TokenKind::Semi => self.skip(),
            TokenKind::EndOfInput => {}
            _ => {
                let span = self.peek_span();
                self.report_incomplete(span, ErrorId::MissingStatementTerminator, &[]);
            }
        }
    }
}

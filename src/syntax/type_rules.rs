//! Names of types, type constraints and attributes.

use crate::ast::*;
use crate::errors::ErrorId;
use crate::expressions::error_expression;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::token::Lexeme;
use crate::type_name::{TypeName, TypeNameKind};

/// The name that stands where one is missing.
const MISSING: &str = ":ErrorTypeName:";

impl Parser<'_> {
    // ---- attributes ----

    pub fn attribute_list_rule(&mut self, in_expression: bool) -> Vec<AttributeBase> {
        let mut attributes = Vec::new();
        while let Some(attribute) = self.attribute_rule() {
            if !in_expression || matches!(attribute, AttributeBase::Attribute(_)) {
                self.skip_newlines();
            }
            attributes.push(attribute);
            self.chain(attributes.len());
        }
        attributes
    }

    fn next_left_bracket(&mut self) -> Option<Lexeme> {
        match &self.ungot {
            None => self.left_bracket(),
            Some(token) if token.kind == TokenKind::LBracket => self.ungot.take(),
            Some(_) => None,
        }
    }

    /// `[type]` or `[Attribute(...)]`.
    pub fn attribute_rule(&mut self) -> Option<AttributeBase> {
        let open = self.next_left_bracket()?;
        self.skip_newlines();
        let Some((type_name, name_token)) = self.type_name_rule(true) else {
            self.resync(open.at);
            self.report_incomplete(Self::after(open.span), ErrorId::MissingTypename, &[]);
            return None;
        };
        let token = self.next();
        if token.kind == TokenKind::LParen {
            return Some(AttributeBase::Attribute(self.attribute(open.span, token.span, type_name, name_token)));
        }
        let end = if token.kind == TokenKind::RBracket {
            token.span
        } else {
            let span = self.before(token.span);
            self.unget(token);
            self.report(span, ErrorId::EndSquareBracketExpectedAtEndOfAttribute, &[]);
            type_name.span
        };
        Some(AttributeBase::TypeConstraint(TypeConstraint { span: open.span.to(end), type_name }))
    }

    /// The opening parenthesis is read.
    fn attribute(&mut self, open: Span, paren: Span, type_name: TypeName, name_token: Span) -> Attribute {
        self.skip_newlines();
        let mut last = paren;
        let (positional, named) = self.in_mode(Mode::Expression, |p| p.attribute_arguments_rule(&mut last));
        self.skip_newlines();
        let close_paren = self.take(TokenKind::RParen).map(|token| token.span);
        if close_paren.is_none() {
            self.report_incomplete(Self::after(last), ErrorId::MissingEndParenthesisInExpression, &[]);
        }
        self.skip_newlines();
        let close = self.take(TokenKind::RBracket).map(|token| token.span);
        if close.is_none()
            && let Some(paren) = close_paren
        {
            self.report_incomplete(Self::after(paren), ErrorId::EndSquareBracketExpectedAtEndOfAttribute, &[]);
        }
        self.mark(name_token, |flags| flags.with(TokenFlags::ATTRIBUTE_NAME));
        let span = open.to(close.or(close_paren).unwrap_or(last));
        Attribute { span, type_name, positional, named }
    }

    fn attribute_arguments_rule(&mut self, last: &mut Span) -> (Vec<Expr>, Vec<NamedArgument>) {
        self.with_comma(true, |p| {
            let mut positional = Vec::new();
            let mut named = Vec::new();
            let mut comma: Option<Span> = None;
            loop {
                p.skip_newlines();
                match p.simple_name_rule() {
                    Some(name) => {
                        // Duplicates are found later, see `semantics.rs`.
                        let argument = p.named_argument(name, last);
                        named.push(argument);
                    }
                    None => match (p.expression_rule(false), comma) {
                        (Some(value), _) => {
                            *last = value.span();
                            positional.push(value);
                        }
                        (None, Some(comma)) => {
                            let span = Self::after(comma);
                            p.report_incomplete(span, ErrorId::MissingExpressionAfterToken, &[","]);
                            positional.push(error_expression(span, Vec::new()));
                            *last = span;
                        }
                        (None, None) => {}
                    },
                }
                p.skip_newlines();
                let Some(token) = p.take(TokenKind::Comma) else { break };
                *last = token.span;
                comma = Some(token.span);
            }
            (positional, named)
        })
    }

    fn named_argument(&mut self, name: StringConstant, last: &mut Span) -> NamedArgument {
        let Some(equals) = self.take(TokenKind::Equals) else {
            let value = Expr::Variable(Box::new(Variable {
                span: name.span,
                path: VariablePath::new("true"),
                splatted: false,
            }));
            return NamedArgument {
                span: name.span,
                name: name.value,
                name_span: name.span,
                value,
                expression_omitted: true,
            };
        };
        self.skip_newlines();
        let value = self.expression_rule(false).unwrap_or_else(|| {
            let span = Self::after(equals.span);
            self.report_incomplete(span, ErrorId::MissingExpressionInNamedArgument, &[]);
            let stops = [TokenKind::Comma, TokenKind::RParen, TokenKind::RBracket, TokenKind::NewLine];
            self.sync_on_error(true, &stops);
            error_expression(span, Vec::new())
        });
        *last = value.span();
        let span = name.span.to(value.span());
        NamedArgument { span, name: name.value, name_span: name.span, value, expression_omitted: false }
    }

    // ---- names of types ----

    /// A type's name and its first token's span; none when no name follows.
    pub fn type_name_rule(&mut self, assembly_allowed: bool) -> Option<(TypeName, Span)> {
        self.in_mode(Mode::TypeName, |p| {
            let token = p.take(TokenKind::Identifier)?;
            let span = token.span;
            Some((p.finish_type_name_rule(token, false, assembly_allowed), span))
        })
    }

    fn simple_type(&self, span: Span) -> TypeName {
        let kind = TypeNameKind::Simple { name: self.rc_text(span), assembly: None };
        TypeName { span, kind }
    }

    /// `unbracketed`: a generic argument that is not in brackets of its own, so a comma does not start an assembly.
    fn finish_type_name_rule(&mut self, token: Lexeme, unbracketed: bool, assembly_allowed: bool) -> TypeName {
        let name = self.simple_type(token.span);
        if let Some(bracket) = self.take(TokenKind::LBracket) {
            self.skip_newlines();
            let next = self.next();
            return match next.kind {
                TokenKind::RBracket | TokenKind::Comma => self.complete_array_type_name(name, next, unbracketed),
                TokenKind::LBracket | TokenKind::Identifier => {
                    self.generic_type_name_rule(token.span, next, unbracketed)
                }
                TokenKind::EndOfInput => {
                    self.unget(next);
                    self.report_incomplete(Self::after(bracket.span), ErrorId::MissingTypename, &[]);
                    name
                }
                _ => {
                    let text = self.text_of(next.span);
                    self.report(next.span, ErrorId::UnexpectedToken, &[text]);
                    self.sync_on_error(true, &[TokenKind::RBracket]);
                    name
                }
            };
        }
        if assembly_allowed
            && !unbracketed
            && let Some(comma) = self.take(TokenKind::Comma)
        {
            let assembly = self.assembly_name();
            if assembly.trim().is_empty() {
                self.report(Self::after(comma.span), ErrorId::MissingAssemblyNameSpecification, &[]);
                return name;
            }
            let end = self.current_span();
            let kind = TypeNameKind::Simple { name: self.rc_text(token.span), assembly: Some(assembly.into()) };
            return TypeName { span: token.span.to(end), kind };
        }
        name
    }

    fn single_generic_argument(&mut self, first: Lexeme) -> TypeName {
        if first.kind == TokenKind::Identifier {
            return self.finish_type_name_rule(first, true, true);
        }
        let token = self.next();
        if token.kind != TokenKind::Identifier {
            let span = token.span;
            self.unget(token);
            self.report_incomplete(Self::after(span), ErrorId::MissingTypename, &[]);
            return missing_type(first.span);
        }
        let name = self.finish_type_name_rule(token, false, true);
        if self.take(TokenKind::RBracket).is_none() {
            let span = self.peek_span();
            let span = self.before(span);
            self.report_incomplete(span, ErrorId::EndSquareBracketExpectedAtEndOfType, &[]);
        }
        name
    }

    /// The arguments up to the token that ends them.
    pub fn generic_type_arguments_rule(&mut self, first: Lexeme) -> (Vec<TypeName>, Lexeme) {
        self.deeper(|p| {
            let mut arguments = vec![p.single_generic_argument(first)];
            loop {
                p.skip_newlines();
                let last = p.next();
                if last.kind != TokenKind::Comma {
                    return (arguments, last);
                }
                p.skip_newlines();
                if matches!(p.peek(), TokenKind::Identifier | TokenKind::LBracket) {
                    let token = p.next();
                    arguments.push(p.single_generic_argument(token));
                } else {
                    p.report_incomplete(Self::after(last.span), ErrorId::MissingTypename, &[]);
                    arguments.push(missing_type(last.span));
                }
            }
        })
    }

    fn generic_type_name_rule(&mut self, name: Span, first: Lexeme, unbracketed: bool) -> TypeName {
        let (arguments, close) = self.generic_type_arguments_rule(first);
        let end = if close.kind == TokenKind::RBracket {
            close.span
        } else {
            let span = self.before(close.span);
            self.unget(close);
            self.report_incomplete(span, ErrorId::EndSquareBracketExpectedAtEndOfAttribute, &[]);
            arguments.last().map_or(name, |argument| argument.span)
        };
        let definition = Box::new(self.simple_type(name));
        let mut generic = TypeName { span: name.to(end), kind: TypeNameKind::Generic { definition, arguments } };
        if self.take(TokenKind::LBracket).is_some() {
            let next = self.next();
            return self.complete_array_type_name(generic, next, unbracketed);
        }
        if !unbracketed && self.peek() == TokenKind::Comma {
            self.assembly_of(&mut generic);
        }
        generic
    }

    /// A comma and an assembly behind a generic or array type belong to its innermost name.
    fn assembly_of(&mut self, name: &mut TypeName) {
        let comma = self.next();
        let found = self.assembly_name();
        if found.is_empty() {
            self.report(Self::after(comma.span), ErrorId::MissingAssemblyNameSpecification, &[]);
            return;
        }
        let mut innermost = name;
        loop {
            innermost = match &mut innermost.kind {
                TypeNameKind::Array { element, .. } => element,
                TypeNameKind::Generic { definition, .. } => definition,
                TypeNameKind::Simple { assembly, .. } => {
                    *assembly = Some(found.into());
                    return;
                }
            };
        }
    }

    /// `]`, `,]` and further dimensions; the opening bracket is read.
    fn complete_array_type_name(&mut self, mut element: TypeName, mut first: Lexeme, unbracketed: bool) -> TypeName {
        loop {
            match first.kind {
                TokenKind::Comma => {
                    let mut rank = 1;
                    let mut last_comma = first.span;
                    let mut token = first.clone();
                    while token.kind == TokenKind::Comma {
                        last_comma = token.span;
                        rank += 1;
                        token = self.next();
                    }
                    let end = token.span;
                    let closed = token.kind == TokenKind::RBracket;
                    if !closed {
                        self.unget(token);
                    }
                    if rank > 32 {
                        let span = first.span.to(last_comma);
                        self.report(span, ErrorId::ArrayHasTooManyDimensions, &[&rank.to_string()]);
                    } else {
                        if !closed {
                            let id = ErrorId::EndSquareBracketExpectedAtEndOfAttribute;
                            self.report(Self::after(last_comma), id, &[]);
                        }
                        element = array_of(element, end, rank);
                    }
                }
                TokenKind::RBracket => element = array_of(element, first.span, 1),
                TokenKind::EndOfInput => {
                    let span = self.before(first.span);
                    self.unget(first);
                    self.report(span, ErrorId::EndSquareBracketExpectedAtEndOfAttribute, &[]);
                }
                _ => {
                    let text = self.text_of(first.span);
                    self.report(first.span, ErrorId::UnexpectedToken, &[text]);
                    self.sync_on_error(true, &[TokenKind::RBracket]);
                }
            }
            if !unbracketed && self.peek() == TokenKind::Comma {
                self.assembly_of(&mut element);
                return element;
            }
            if self.take(TokenKind::LBracket).is_none() {
                return element;
            }
            first = self.next();
        }
    }
}

fn array_of(element: TypeName, end: Span, rank: u32) -> TypeName {
    let span = element.span.to(end);
    TypeName { span, kind: TypeNameKind::Array { element: Box::new(element), rank } }
}

fn missing_type(span: Span) -> TypeName {
    TypeName { span, kind: TypeNameKind::Simple { name: MISSING.into(), assembly: None } }
}

impl TypeName {
    /// Reads a type's name without brackets, as `-as 'int[]'` and `[type]'int'` have it; none when it is none.
    pub fn parse(text: &str) -> Option<TypeName> {
        let source = crate::Source::new(None, text.trim());
        let options = crate::Options::default();
        let mut parser = Parser::new(&source, &options);
        let (name, _) = parser.type_name_rule(true)?;
        let whole = parser.peek() == TokenKind::EndOfInput;
        (whole && parser.gathered.errors.is_empty()).then_some(name)
    }
}

//! Classes and enums.

use crate::ast::*;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::statements::error_statement;
use crate::token::{Lexeme, LexemeValue};
use std::rc::Rc;

/// A member, or what could be saved of a broken one.
enum MemberResult {
    Member(Member),
    Broken(Vec<ErrorPart>),
    End,
}

/// What stands in front of a member's name.
#[derive(Default)]
struct MemberHead {
    start: Option<Span>,
    last: Option<Span>,
    attributes: Vec<Attribute>,
    type_constraint: Option<TypeConstraint>,
    is_static: bool,
    is_hidden: bool,
}

impl MemberHead {
    fn leftovers(self) -> Vec<ErrorPart> {
        let attributes = self.attributes.into_iter().map(AttributeBase::Attribute);
        let constraint = self.type_constraint.map(AttributeBase::TypeConstraint);
        attributes.chain(constraint).map(ErrorPart::Attribute).collect()
    }
}

impl Parser<'_> {
    pub fn class_definition_rule(&mut self, custom: Vec<AttributeBase>, keyword: Lexeme) -> Statement {
        self.skip_newlines();
        let Some(name) = self.simple_name_token() else {
            let word = self.text_of(keyword.span);
            self.report_incomplete(Self::after(keyword.span), ErrorId::MissingNameAfterKeyword, &[word]);
            return error_statement(keyword.span, Vec::new());
        };
        self.gathered.has_symbols = true;
        self.mark(name.span, |flags| flags.without(TokenFlags::MEMBER_NAME).with(TokenFlags::TYPE_NAME));
        self.skip_newlines();
        self.in_mode(Mode::Signature, |p| p.class_body(custom, keyword, name.span))
    }

    fn class_body(&mut self, custom: Vec<AttributeBase>, keyword: Lexeme, name_span: Span) -> Statement {
        let name = self.rc_text(name_span);
        let mut base_types: Vec<TypeConstraint> = Vec::new();
        if let Some(colon) = self.take(TokenKind::Colon) {
            self.skip_newlines();
            let mut last = colon.span;
            loop {
                let Some((type_name, _)) = self.type_name_rule(false) else {
                    self.report_incomplete(Self::after(last), ErrorId::TypeNameExpected, &[]);
                    break;
                };
                base_types.push(TypeConstraint { span: type_name.span, type_name });
                self.skip_newlines();
                let Some(comma) = self.take(TokenKind::Comma) else { break };
                last = comma.span;
                self.skip_newlines();
            }
        }
        let Some(open) = self.take(TokenKind::LCurly) else {
            let last = base_types.last().map_or(name_span, |base| base.span);
            let id = ErrorId::MissingTypeBody;
            self.report_incomplete(Self::after(last), id, &[keyword.kind.text()]);
            let parts =
                base_types.into_iter().map(|c| ErrorPart::Attribute(AttributeBase::TypeConstraint(c))).collect();
            return error_statement(keyword.span.to(last), parts);
        };
        let mut end = open.span;
        let mut members = Vec::new();
        let mut leftovers: Vec<ErrorPart> = Vec::new();
        loop {
            match self.class_member_rule(&name) {
                MemberResult::Member(member) => {
                    end = member.span();
                    members.push(member);
                }
                MemberResult::Broken(parts) => {
                    if let Some(ErrorPart::Attribute(last)) = parts.last() {
                        end = last.span();
                    }
                    leftovers.extend(parts);
                }
                MemberResult::End => break,
            }
        }
        match self.take(TokenKind::RCurly) {
            Some(close) => end = close.span,
            None => {
                let found = self.peek_span();
                self.report_incomplete_at(Self::after(open.span), found, ErrorId::MissingEndCurlyBrace, &[]);
            }
        }
        let definition = TypeDefinition {
            span: end,
            kind: TypeKind::Class,
            name,
            name_span,
            attributes: Vec::new(),
            base_types,
            members,
        };
        finish_type(custom, keyword.span, end, definition, leftovers)
    }

    fn class_member_rule(&mut self, class_name: &str) -> MemberResult {
        let mut head = MemberHead::default();
        loop {
            self.skip_newlines();
            if let Some(attribute) = self.attribute_rule() {
                let span = attribute.span();
                head.last = Some(span);
                head.start.get_or_insert(span);
                match attribute {
                    AttributeBase::Attribute(attribute) => head.attributes.push(attribute),
                    AttributeBase::TypeConstraint(constraint) if head.type_constraint.is_none() => {
                        head.type_constraint = Some(constraint);
                    }
                    AttributeBase::TypeConstraint(_) => {
                        // PowerShell gives the message its own text as an argument.
                        self.report(span, ErrorId::TooManyTypes, &[]);
                    }
                }
                continue;
            }
            let span = self.peek_span();
            head.start.get_or_insert(span);
            let seen = match self.peek() {
                TokenKind::Hidden => std::mem::replace(&mut head.is_hidden, true),
                TokenKind::Static => std::mem::replace(&mut head.is_static, true),
                _ => break,
            };
            if seen {
                let word = self.text_of(span);
                self.report(span, ErrorId::DuplicateQualifier, &[word]);
            }
            head.last = Some(span);
            self.skip();
        }
        let start = head.start.unwrap_or_else(|| self.peek_span());
        if let Some(token) = self.take(TokenKind::Variable) {
            return self.property_member(head, start, token);
        }
        if self.peek() == TokenKind::Identifier || self.peek().has(TokenFlags::KEYWORD) {
            let name = self.next();
            self.mark(name.span, |_| TokenFlags::NONE);
            return self.function_member(head, start, name, class_name);
        }
        match head.last {
            Some(last) => {
                self.report_incomplete(Self::after(last), ErrorId::IncompleteMemberDefinition, &[]);
                let parts = head.leftovers();
                if parts.is_empty() { MemberResult::End } else { MemberResult::Broken(parts) }
            }
            None => MemberResult::End,
        }
    }

    fn property_member(&mut self, head: MemberHead, start: Span, token: Lexeme) -> MemberResult {
        let mut initial_value = None;
        if self.take(TokenKind::Equals).is_some() {
            self.skip_newlines();
            initial_value = self.expression_rule(false);
        }
        let name_span = token.span;
        let name: Rc<str> = match token.value {
            LexemeValue::Variable(path) => path.name.clone(),
            _ => "".into(),
        };
        let mut end = initial_value.as_ref().map_or(name_span, Expr::span);
        end = self.member_terminator(end, true);
        if name.is_empty() {
            let mut parts = head.leftovers();
            parts.extend(initial_value.map(ErrorPart::Expr));
            return if parts.is_empty() { MemberResult::End } else { MemberResult::Broken(parts) };
        }
        MemberResult::Member(Member::Property(PropertyMember {
            span: start.to(end),
            name,
            name_span,
            property_type: head.type_constraint,
            attributes: head.attributes,
            initial_value,
            is_static: head.is_static,
            is_hidden: head.is_hidden,
        }))
    }

    /// A line end, semicolon or closing bracket behind a property; a semicolon belongs to its span.
    fn member_terminator(&mut self, end: Span, report: bool) -> Span {
        let kind = self.peek();
        let span = self.peek_span();
        if !matches!(kind, TokenKind::NewLine | TokenKind::Semi | TokenKind::RCurly) && report {
            self.report_incomplete(Self::after(end), ErrorId::MissingPropertyTerminator, &[]);
        }
        self.skip_newlines_and_semicolons();
        if kind == TokenKind::Semi { span } else { end }
    }

    fn function_member(&mut self, head: MemberHead, start: Span, name: Lexeme, class_name: &str) -> MemberResult {
        let Some((function, is_constructor, base_arguments)) =
            self.method_declaration_rule(name.span, class_name, head.is_static)
        else {
            self.sync_on_error(false, &[TokenKind::RCurly]);
            let parts = head.leftovers();
            return if parts.is_empty() { MemberResult::End } else { MemberResult::Broken(parts) };
        };
        MemberResult::Member(Member::Function(FunctionMember {
            span: start.to(function.span),
            function: Rc::new(function),
            is_constructor,
            return_type: head.type_constraint,
            attributes: head.attributes,
            is_static: head.is_static,
            is_hidden: head.is_hidden,
            base_arguments,
        }))
    }

    fn method_declaration_rule(
        &mut self,
        name_span: Span,
        class_name: &str,
        is_static: bool,
    ) -> Option<(FunctionDefinition, bool, Option<BaseArguments>)> {
        let name = self.rc_text(name_span);
        let (mut parameters, mut error_end, mut close) = (None, None, None);
        if self.peek() == TokenKind::LParen {
            (parameters, error_end, close) = self.function_parameters_rule();
        } else {
            self.report_incomplete(Self::after(name_span), ErrorId::MissingMethodParameterList, &[]);
        }
        let is_constructor = name.eq_ignore_ascii_case(class_name);
        let mut base_arguments = None;
        if is_constructor && !is_static {
            self.skip_newlines();
            base_arguments = self.in_mode(Mode::Signature, |p| p.base_call(&mut error_end));
        }
        let open = self.take(TokenKind::LCurly);
        if open.is_none() && error_end.is_none() {
            let end = close.unwrap_or(name_span);
            error_end = Some(end);
            self.report_incomplete(Self::after(end), ErrorId::MissingFunctionBody, &[]);
        }
        let (Some(open), None) = (open, error_end) else { return None };
        let body = self.in_mode(Mode::Command, |p| p.script_block_rule(Some(open.span), false));
        let function = FunctionDefinition {
            span: name_span.to(body.span),
            kind: FunctionKind::Function,
            name,
            name_span,
            parameters,
            body: Rc::new(body),
        };
        Some((function, is_constructor, base_arguments))
    }

    /// `: base(...)` behind a constructor's parameters.
    fn base_call(&mut self, error_end: &mut Option<Span>) -> Option<BaseArguments> {
        let colon = self.take(TokenKind::Colon)?;
        self.skip_newlines();
        let Some(base) = self.take(TokenKind::Base) else {
            *error_end = Some(colon.span);
            self.report_incomplete(Self::after(colon.span), ErrorId::MissingBaseCtorCall, &[]);
            return None;
        };
        self.skip_newlines();
        let Some(open) = self.take(TokenKind::LParen) else {
            *error_end = Some(base.span);
            self.report_incomplete(Self::after(base.span), ErrorId::MissingMethodParameterList, &[]);
            return None;
        };
        let (arguments, end) = self.invoke_param_paren_list_rule(open.span);
        self.skip_newlines();
        Some(BaseArguments { span: base.span.to(end), keyword_span: base.span, arguments })
    }

    pub fn enum_definition_rule(&mut self, custom: Vec<AttributeBase>, keyword: Lexeme) -> Statement {
        self.skip_newlines();
        let Some(name) = self.simple_name_rule() else {
            let word = self.text_of(keyword.span);
            self.report_incomplete(Self::after(keyword.span), ErrorId::MissingNameAfterKeyword, &[word]);
            return error_statement(keyword.span, Vec::new());
        };
        self.gathered.has_symbols = true;
        self.in_mode(Mode::Signature, |p| p.enum_body(custom, keyword, name))
    }

    fn enum_body(&mut self, custom: Vec<AttributeBase>, keyword: Lexeme, name: StringConstant) -> Statement {
        let mut base_types = Vec::new();
        if let Some(colon) = self.take(TokenKind::Colon) {
            self.skip_newlines();
            match self.type_name_rule(false) {
                None => {
                    self.report_incomplete(Self::after(colon.span), ErrorId::TypeNameExpected, &[]);
                }
                Some((type_name, _)) => {
                    let text = type_name.full_name();
                    if !is_integral(&text) {
                        self.report(type_name.span, ErrorId::InvalidUnderlyingType, &[&text]);
                    }
                    base_types.push(TypeConstraint { span: type_name.span, type_name });
                }
            }
        }
        self.skip_newlines();
        let Some(open) = self.take(TokenKind::LCurly) else {
            let id = ErrorId::MissingTypeBody;
            self.report_incomplete(Self::after(name.span), id, &[keyword.kind.text()]);
            return error_statement(keyword.span.to(name.span), Vec::new());
        };
        let mut members = Vec::new();
        while let Some(member) = self.enum_member_rule() {
            members.push(Member::Property(member));
        }
        let close = self.next();
        let end = close.span;
        if close.kind != TokenKind::RCurly {
            self.unget(close);
            self.report_incomplete_at(Self::after(open.span), end, ErrorId::MissingEndCurlyBrace, &[]);
        }
        let definition = TypeDefinition {
            span: end,
            kind: TypeKind::Enum,
            name: name.value,
            name_span: name.span,
            attributes: Vec::new(),
            base_types,
            members,
        };
        finish_type(custom, keyword.span, end, definition, Vec::new())
    }

    fn enum_member_rule(&mut self) -> Option<PropertyMember> {
        self.skip_newlines();
        let name = self.simple_name_rule()?;
        let mut end = name.span;
        let mut report_terminator = true;
        let initial_value = self.in_mode(Mode::Expression, |p| {
            let equals = p.take(TokenKind::Equals)?;
            let value = p.expression_rule(false);
            match &value {
                Some(value) => end = value.span(),
                None => {
                    p.report(Self::after(equals.span), ErrorId::ExpectedValueExpression, &["="]);
                    end = equals.span;
                    report_terminator = false;
                }
            }
            value
        });
        let end = self.member_terminator(end, report_terminator);
        Some(PropertyMember {
            span: name.span.to(end),
            name: name.value,
            name_span: name.span,
            property_type: None,
            attributes: Vec::new(),
            initial_value,
            is_static: true,
            is_hidden: false,
        })
    }
}

/// Puts attributes and span in place. Type constraints in front of a definition make it an error statement.
fn finish_type(
    custom: Vec<AttributeBase>,
    keyword: Span,
    end: Span,
    mut definition: TypeDefinition,
    mut leftovers: Vec<ErrorPart>,
) -> Statement {
    let span = custom.first().map_or(keyword, AttributeBase::span).to(end);
    definition.span = span;
    let mut constrained = false;
    for attribute in custom {
        match attribute {
            AttributeBase::Attribute(attribute) => definition.attributes.push(attribute),
            constraint => {
                constrained = true;
                leftovers.push(ErrorPart::Attribute(constraint));
            }
        }
    }
    let definition = Rc::new(definition);
    if constrained {
        leftovers.push(ErrorPart::Type(definition.clone()));
    }
    if leftovers.is_empty() { Statement::Type(definition) } else { error_statement(span, leftovers) }
}

fn is_integral(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("system.").unwrap_or(&name);
    matches!(
        name,
        "byte"
            | "sbyte"
            | "short"
            | "ushort"
            | "int"
            | "uint"
            | "long"
            | "ulong"
            | "int16"
            | "uint16"
            | "int32"
            | "uint32"
            | "int64"
            | "uint64"
    )
}

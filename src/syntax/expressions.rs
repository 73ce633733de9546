//! Expressions: ternary, binary and unary operators, primaries.

use crate::ast::*;
use crate::blocks::StatementList;
use crate::errors::ErrorId;
use crate::kinds::{TokenFlags, TokenKind};
use crate::parser::{Mode, Parser};
use crate::source::Span;
use crate::statements::error_statement;
use crate::token::{Lexeme, LexemeValue};

pub(crate) fn error_expression(span: Span, parts: Vec<ErrorPart>) -> Expr {
    Expr::Error(Box::new(ErrorExpression { span, parts }))
}

impl Parser<'_> {
    /// `ternary_ends_number`: a `?` or `:` may belong to a ternary and so ends a number.
    pub fn expression_rule(&mut self, ternary_ends_number: bool) -> Option<Expr> {
        self.deeper(|p| p.in_mode(Mode::Expression, |p| p.ternary(ternary_ends_number)))
    }

    fn ternary(&mut self, ternary_ends_number: bool) -> Option<Expr> {
        let condition = self.binary_expression_rule(ternary_ends_number)?;
        let Some(question) = self.take(TokenKind::QuestionMark) else { return Some(condition) };
        self.skip_newlines();
        let if_true = self.ternary_operand(question.span);
        self.skip_newlines();
        let Some(colon) = self.take(TokenKind::Colon) else {
            let span = self.peek_span();
            let mut parts = vec![ErrorPart::Expr(condition)];
            if !matches!(if_true, Expr::Error(_)) {
                parts.push(ErrorPart::Expr(if_true));
                self.report_incomplete(span, ErrorId::MissingColonInTernaryExpression, &[]);
            }
            let start = match &parts[0] {
                ErrorPart::Expr(condition) => condition.span(),
                _ => question.span,
            };
            return Some(error_expression(start.to(self.before(span)), parts));
        };
        self.skip_newlines();
        let if_false = self.ternary_operand(colon.span);
        let span = condition.span().to(if_false.span());
        Some(Expr::Ternary(Box::new(Ternary { span, condition, if_true, if_false })))
    }

    fn ternary_operand(&mut self, operator: Span) -> Expr {
        self.expression_rule(true).unwrap_or_else(|| self.missing_operand(operator))
    }

    /// The value behind a binary operator is missing.
    fn missing_operand(&mut self, operator: Span) -> Expr {
        let span = Self::after(operator);
        let text = self.text_of(operator);
        self.report_incomplete(span, ErrorId::ExpectedValueExpression, &[text]);
        error_expression(span, Vec::new())
    }

    fn binary_expression_rule(&mut self, ternary_ends_number: bool) -> Option<Expr> {
        let first = self.array_literal_rule(ternary_ends_number)?;
        let kind = self.peek();
        if !kind.has(TokenFlags::BINARY_OPERATOR) {
            return Some(if kind == TokenKind::Parameter { self.parameter_in_expression(first) } else { first });
        }
        let mut operands = vec![first];
        let mut operators: Vec<(TokenKind, Span)> = Vec::new();
        let mut links = 0;
        while self.peek().has(TokenFlags::BINARY_OPERATOR) {
            let operator = self.next();
            links += 1;
            self.chain(links);
            while let Some((last, _)) = operators.last()
                && operator.kind.binary_precedence() <= last.binary_precedence()
            {
                fold(&mut operands, &mut operators);
            }
            operators.push((operator.kind, operator.span));
            self.skip_newlines();
            let operand = match self.array_literal_rule(true) {
                Some(operand) => operand,
                None => self.missing_operand(operator.span),
            };
            operands.push(operand);
        }
        while !operators.is_empty() {
            fold(&mut operands, &mut operators);
        }
        let whole = operands.pop()?;
        Some(if self.peek() == TokenKind::Parameter { self.parameter_in_expression(whole) } else { whole })
    }

    /// A parameter behind an expression is taken for an unfinished operator.
    fn parameter_in_expression(&mut self, expression: Expr) -> Expr {
        let token = self.next();
        let text = self.text_of(token.span);
        self.report(token.span, ErrorId::UnexpectedToken, &[text]);
        let name = self.parameter_name(&token);
        let parameter = CommandParameter { span: token.span, name, name_span: token.span, argument: None };
        let span = expression.span().to(token.span);
        error_expression(span, vec![ErrorPart::Expr(expression), ErrorPart::CommandParameter(parameter)])
    }

    fn array_literal_rule(&mut self, ternary_ends_number: bool) -> Option<Expr> {
        let first = self.unary_expression_rule(ternary_ends_number)?;
        if self.disable_comma || self.peek() != TokenKind::Comma {
            return Some(first);
        }
        let start = first.span();
        let mut elements = vec![first];
        while let Some(comma) = self.take(TokenKind::Comma) {
            self.skip_newlines();
            match self.unary_expression_rule(true) {
                Some(element) => elements.push(element),
                None => {
                    self.report_incomplete(Self::after(comma.span), ErrorId::MissingExpressionAfterToken, &[","]);
                    elements.push(error_expression(comma.span, Vec::new()));
                    break;
                }
            }
        }
        let span = start.to(elements[elements.len() - 1].span());
        Some(Expr::ArrayLiteral(Box::new(ArrayLiteral { span, elements })))
    }

    pub fn unary_expression_rule(&mut self, ternary_ends_number: bool) -> Option<Expr> {
        self.deeper(|p| p.unary_expression(ternary_ends_number))
    }

    fn unary_expression(&mut self, ternary_ends_number: bool) -> Option<Expr> {
        let signed = std::mem::replace(&mut self.allow_signed_numbers, true);
        let ternary = std::mem::replace(&mut self.end_number_on_ternary, ternary_ends_number);
        if let Some(token) = &self.ungot
            && (token.kind == TokenKind::Minus || (ternary_ends_number && token.kind == TokenKind::Generic))
        {
            // Read again: perhaps a signed number, or a number in front of a ternary's `?` or `:`.
            let at = token.at;
            self.resync(at);
        }
        let kind = self.peek();
        self.allow_signed_numbers = signed;
        self.end_number_on_ternary = ternary;
        let expression = if kind.has(TokenFlags::UNARY_OPERATOR) {
            if self.disable_comma && kind == TokenKind::Comma {
                return None;
            }
            let operator = self.next();
            self.skip_newlines();
            match self.unary_expression_rule(true) {
                Some(child) => unary(&operator, child),
                None => {
                    let text = self.text_of(operator.span);
                    self.report_incomplete(
                        Self::after(operator.span),
                        ErrorId::MissingExpressionAfterOperator,
                        &[text],
                    );
                    return Some(error_expression(operator.span, Vec::new()));
                }
            }
        } else if kind == TokenKind::LBracket {
            self.cast_or_type()?
        } else {
            self.primary_expression_rule(true)?
        };
        let operator = match self.peek() {
            TokenKind::PlusPlus => UnaryOperator::PostIncrement,
            TokenKind::MinusMinus => UnaryOperator::PostDecrement,
            _ => return Some(expression),
        };
        let token = self.next();
        let span = expression.span().to(token.span);
        Some(Expr::Unary(Box::new(Unary { span, operator, child: expression })))
    }

    /// `[type]`, `[type]::member`, `[type]value`, `[Attribute()]value`, with several brackets in a row.
    fn cast_or_type(&mut self) -> Option<Expr> {
        let open = self.peek_span();
        let mut attributes = self.attribute_list_rule(true);
        let mut expression = match attributes.pop()? {
            AttributeBase::Attribute(attribute) => {
                self.skip_newlines();
                match self.unary_expression_rule(true) {
                    Some(child) => attributed(AttributeBase::Attribute(attribute), child),
                    None => {
                        let name = attribute.type_name.full_name();
                        let span = attribute.span;
                        self.report_incomplete(span, ErrorId::UnexpectedAttribute, &[&name]);
                        let mut parts: Vec<_> = attributes.into_iter().map(ErrorPart::Attribute).collect();
                        parts.push(ErrorPart::Attribute(AttributeBase::Attribute(attribute)));
                        return Some(error_expression(open.to(span), parts));
                    }
                }
            }
            AttributeBase::TypeConstraint(constraint) => {
                let member = if self.ungot.is_some() { None } else { self.member_access_operator(false) };
                match member {
                    Some(operator) => self.post_primary_operators(Some(operator), type_expression(constraint)),
                    None => {
                        let child = match self.peek() {
                            TokenKind::NewLine | TokenKind::Comma => None,
                            _ => self.unary_expression_rule(true),
                        };
                        match child {
                            Some(child) => attributed(AttributeBase::TypeConstraint(constraint), child),
                            None => type_expression(constraint),
                        }
                    }
                }
            }
        };
        while let Some(attribute) = attributes.pop() {
            expression = attributed(attribute, expression);
        }
        Some(expression)
    }

    pub fn primary_expression_rule(&mut self, with_member_access: bool) -> Option<Expr> {
        let token = self.next();
        let expression = match token.kind {
            TokenKind::SplattedVariable | TokenKind::Variable => self.variable_or_using(token, with_member_access),
            TokenKind::Number => {
                let LexemeValue::Number(value) = token.value else { return None };
                Expr::Constant(Constant { span: token.span, value })
            }
            TokenKind::StringLiteral => string(token, StringKind::SingleQuoted),
            TokenKind::HereStringLiteral => string(token, StringKind::SingleQuotedHereString),
            TokenKind::StringExpandable => self.expandable_string_rule(token, StringKind::DoubleQuoted),
            TokenKind::HereStringExpandable => self.expandable_string_rule(token, StringKind::DoubleQuotedHereString),
            TokenKind::LParen => self.parenthesized_expression_rule(token.span),
            TokenKind::AtParen | TokenKind::DollarParen => self.sub_expression_rule(token),
            TokenKind::AtCurly => self.hash_expression_rule(token.span),
            TokenKind::LCurly => Expr::ScriptBlock(Box::new(self.script_block_expression_rule(&token))),
            _ => {
                self.unget(token);
                return None;
            }
        };
        if !with_member_access {
            return Some(expression);
        }
        let operator = self.next_member_access();
        Some(self.post_primary_operators(operator, expression))
    }

    /// `$x`, or `$using:x` with the member accesses that belong to it.
    pub fn variable_or_using(&mut self, token: Lexeme, with_member_access: bool) -> Expr {
        let mut variable = self.variable(token);
        let is_using = variable.path.drive().is_some_and(|drive| drive.eq_ignore_ascii_case("using"))
            && !variable.path.name.is_empty();
        if !is_using {
            return Expr::Variable(Box::new(variable));
        }
        variable.path = VariablePath::new(&variable.path.name.clone());
        let mut child = Expr::Variable(Box::new(variable));
        if with_member_access {
            let operator = self.next_member_access();
            child = self.post_primary_operators(operator, child);
        }
        Expr::Using(Box::new(UsingExpression { span: child.span(), child }))
    }

    fn parenthesized_expression_rule(&mut self, open: Span) -> Expr {
        let (pipeline, close) = self.in_mode(Mode::Command, |p| {
            p.with_comma(false, |p| {
                p.skip_newlines();
                let pipeline = p.pipeline_chain_rule().unwrap_or_else(|| {
                    let span = Self::after(open);
                    p.report_incomplete(span, ErrorId::ExpectedExpression, &[]);
                    error_statement(span, Vec::new())
                });
                p.skip_newlines();
                let close = p.take(TokenKind::RParen).map(|token| token.span);
                if close.is_none() {
                    let span = Self::after(pipeline.span());
                    p.report_incomplete(span, ErrorId::MissingEndParenthesisInExpression, &[]);
                }
                (pipeline, close)
            })
        });
        let span = open.to(close.unwrap_or(pipeline.span()));
        Expr::Paren(Box::new(Paren { span, pipeline }))
    }

    /// `$( )` and `@( )`.
    fn sub_expression_rule(&mut self, open: Lexeme) -> Expr {
        let mut list = StatementList::default();
        let (body, close) = self.with_comma(false, |p| {
            p.in_mode(Mode::Command, |p| {
                p.skip_newlines();
                let body = p.statement_list_rule(&mut list);
                p.skip_newlines();
                let close = p.take(TokenKind::RParen).map(|token| token.span);
                if close.is_none() {
                    let span = p.peek_span();
                    p.report_incomplete(span, ErrorId::MissingEndParenthesisInSubexpression, &[]);
                }
                (body, close)
            })
        });
        let span = open.span.to(close.or(body).unwrap_or(open.span));
        let body = list.into_block(body);
        if open.kind == TokenKind::DollarParen {
            Expr::Sub(Box::new(SubExpression { span, body }))
        } else {
            Expr::Array(Box::new(ArrayExpression { span, body }))
        }
    }

    pub fn hash_expression_rule(&mut self, open: Span) -> Expr {
        self.skip_newlines();
        let mut pairs = Vec::new();
        while let Some(pair) = self.key_value_pair() {
            pairs.push(pair);
            if !matches!(self.peek(), TokenKind::NewLine | TokenKind::Semi) {
                break;
            }
            self.skip_newlines_and_semicolons();
        }
        let end = match self.take(TokenKind::RCurly) {
            Some(close) => close.span,
            None => {
                let found = self.peek_span();
                let id = ErrorId::MissingEndCurlyBrace;
                self.report_incomplete_at(Self::after(open), found, id, &[]);
                self.before(found)
            }
        };
        Expr::Hashtable(Box::new(Hashtable { span: open.to(end), pairs }))
    }

    fn key_value_pair(&mut self) -> Option<(Expr, Statement)> {
        let (key, equals) = self.in_mode(Mode::Expression, |p| {
            let key = p.label_or_key_rule()?;
            Some((key, p.next()))
        })?;
        if equals.kind != TokenKind::Equals {
            self.unget(equals);
            let span = Self::after(key.span());
            self.report(span, ErrorId::MissingEqualsInHashLiteral, &[]);
            self.sync_on_error(false, &[TokenKind::RCurly, TokenKind::Semi, TokenKind::NewLine]);
            return Some((key, error_statement(span, Vec::new())));
        }
        let statement = self.in_mode(Mode::Command, |p| {
            p.skip_newlines();
            p.statement_rule().unwrap_or_else(|| {
                let span = Self::after(equals.span);
                p.report_incomplete(span, ErrorId::MissingStatementInHashLiteral, &[]);
                error_statement(span, Vec::new())
            })
        });
        Some((key, statement))
    }
}

fn string(token: Lexeme, kind: StringKind) -> Expr {
    let value = match token.value {
        LexemeValue::Text(value) => value,
        _ => "".into(),
    };
    Expr::String(StringConstant { span: token.span, kind, value })
}

fn type_expression(constraint: TypeConstraint) -> Expr {
    let TypeConstraint { span, type_name } = constraint;
    Expr::Type(Box::new(TypeExpression { span, type_name }))
}

fn attributed(attribute: AttributeBase, child: Expr) -> Expr {
    let span = attribute.span().to(child.span());
    match attribute {
        AttributeBase::Attribute(attribute) => Expr::Attributed(Box::new(Attributed { span, attribute, child })),
        AttributeBase::TypeConstraint(type_constraint) => {
            Expr::Convert(Box::new(Convert { span, type_constraint, child }))
        }
    }
}

fn unary(operator: &Lexeme, child: Expr) -> Expr {
    let span = operator.span.to(child.span());
    let operator = match operator.kind {
        // A comma in front makes an array of one.
        TokenKind::Comma => return Expr::ArrayLiteral(Box::new(ArrayLiteral { span, elements: vec![child] })),
        TokenKind::Plus => UnaryOperator::Plus,
        TokenKind::Minus => UnaryOperator::Minus,
        TokenKind::Exclaim => UnaryOperator::Exclaim,
        TokenKind::Bnot => UnaryOperator::Bnot,
        TokenKind::Join => UnaryOperator::Join,
        TokenKind::Isplit => UnaryOperator::Split(Case::Insensitive),
        TokenKind::Csplit => UnaryOperator::Split(Case::Sensitive),
        TokenKind::PlusPlus => UnaryOperator::PreIncrement,
        TokenKind::MinusMinus => UnaryOperator::PreDecrement,
        _ => UnaryOperator::Not,
    };
    Expr::Unary(Box::new(Unary { span, operator, child }))
}

/// Joins the last two operands by the last operator.
fn fold(operands: &mut Vec<Expr>, operators: &mut Vec<(TokenKind, Span)>) {
    let (Some(right), Some((kind, operator_span))) = (operands.pop(), operators.pop()) else { return };
    let Some(left) = operands.pop() else { return };
    let span = left.span().to(right.span());
    let operator = binary_operator(kind);
    operands.push(Expr::Binary(Box::new(Binary { span, left, operator, operator_span, right })));
}

fn binary_operator(kind: TokenKind) -> BinaryOperator {
    use BinaryOperator::Compare;
    use Case::{Insensitive, Sensitive};
    match kind {
        TokenKind::QuestionQuestion => BinaryOperator::QuestionQuestion,
        TokenKind::And => BinaryOperator::And,
        TokenKind::Or => BinaryOperator::Or,
        TokenKind::Xor => BinaryOperator::Xor,
        TokenKind::Band => BinaryOperator::Band,
        TokenKind::Bor => BinaryOperator::Bor,
        TokenKind::Bxor => BinaryOperator::Bxor,
        TokenKind::Plus => BinaryOperator::Plus,
        TokenKind::Minus => BinaryOperator::Minus,
        TokenKind::Multiply => BinaryOperator::Multiply,
        TokenKind::Divide => BinaryOperator::Divide,
        TokenKind::Rem => BinaryOperator::Rem,
        TokenKind::Format => BinaryOperator::Format,
        TokenKind::DotDot => BinaryOperator::DotDot,
        TokenKind::Shl => BinaryOperator::Shl,
        TokenKind::Shr => BinaryOperator::Shr,
        TokenKind::Join => BinaryOperator::Join,
        TokenKind::Is => BinaryOperator::Is,
        TokenKind::IsNot => BinaryOperator::IsNot,
        TokenKind::As => BinaryOperator::As,
        TokenKind::Ine => Compare(Comparison::Ne, Insensitive),
        TokenKind::Ige => Compare(Comparison::Ge, Insensitive),
        TokenKind::Igt => Compare(Comparison::Gt, Insensitive),
        TokenKind::Ilt => Compare(Comparison::Lt, Insensitive),
        TokenKind::Ile => Compare(Comparison::Le, Insensitive),
        TokenKind::Ilike => Compare(Comparison::Like, Insensitive),
        TokenKind::Inotlike => Compare(Comparison::NotLike, Insensitive),
        TokenKind::Imatch => Compare(Comparison::Match, Insensitive),
        TokenKind::Inotmatch => Compare(Comparison::NotMatch, Insensitive),
        TokenKind::Ireplace => Compare(Comparison::Replace, Insensitive),
        TokenKind::Icontains => Compare(Comparison::Contains, Insensitive),
        TokenKind::Inotcontains => Compare(Comparison::NotContains, Insensitive),
        TokenKind::Iin => Compare(Comparison::In, Insensitive),
        TokenKind::Inotin => Compare(Comparison::NotIn, Insensitive),
        TokenKind::Isplit => Compare(Comparison::Split, Insensitive),
        TokenKind::Ceq => Compare(Comparison::Eq, Sensitive),
        TokenKind::Cne => Compare(Comparison::Ne, Sensitive),
        TokenKind::Cge => Compare(Comparison::Ge, Sensitive),
        TokenKind::Cgt => Compare(Comparison::Gt, Sensitive),
        TokenKind::Clt => Compare(Comparison::Lt, Sensitive),
        TokenKind::Cle => Compare(Comparison::Le, Sensitive),
        TokenKind::Clike => Compare(Comparison::Like, Sensitive),
        TokenKind::Cnotlike => Compare(Comparison::NotLike, Sensitive),
        TokenKind::Cmatch => Compare(Comparison::Match, Sensitive),
        TokenKind::Cnotmatch => Compare(Comparison::NotMatch, Sensitive),
        TokenKind::Creplace => Compare(Comparison::Replace, Sensitive),
        TokenKind::Ccontains => Compare(Comparison::Contains, Sensitive),
        TokenKind::Cnotcontains => Compare(Comparison::NotContains, Sensitive),
        TokenKind::Cin => Compare(Comparison::In, Sensitive),
        TokenKind::Cnotin => Compare(Comparison::NotIn, Sensitive),
        TokenKind::Csplit => Compare(Comparison::Split, Sensitive),
        _ => Compare(Comparison::Eq, Insensitive),
    }
}

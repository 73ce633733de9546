//! The syntax tree's expressions; see `ast.rs`.

use crate::ast::*;
use crate::number::Number;
use crate::source::Span;
use crate::type_name::TypeName;
use std::rc::Rc;

#[derive(Debug)]
pub enum Expr {
    Binary(Box<Binary>),
    Unary(Box<Unary>),
    Ternary(Box<Ternary>),
    Convert(Box<Convert>),
    Attributed(Box<Attributed>),
    Constant(Constant),
    String(StringConstant),
    Expandable(Box<ExpandableString>),
    Variable(Box<Variable>),
    Type(Box<TypeExpression>),
    Member(Box<MemberAccess>),
    Invoke(Box<InvokeMember>),
    Index(Box<Index>),
    ArrayLiteral(Box<ArrayLiteral>),
    Array(Box<ArrayExpression>),
    Paren(Box<Paren>),
    Sub(Box<SubExpression>),
    Hashtable(Box<Hashtable>),
    ScriptBlock(Box<ScriptBlockExpression>),
    Using(Box<UsingExpression>),
    Error(Box<ErrorExpression>),
}

#[derive(Debug)]
pub struct Binary {
    pub span: Span,
    pub left: Expr,
    pub operator: BinaryOperator,
    pub operator_span: Span,
    pub right: Expr,
}

/// Binary operators. Those with case variants come in three: the plain one ignores case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    QuestionQuestion,
    And,
    Or,
    Xor,
    Band,
    Bor,
    Bxor,
    Plus,
    Minus,
    Multiply,
    Divide,
    Rem,
    Format,
    DotDot,
    Shl,
    Shr,
    Join,
    Is,
    IsNot,
    As,
    /// The operators that have `-i` and `-c` forms.
    Compare(Comparison, Case),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Like,
    NotLike,
    Match,
    NotMatch,
    Replace,
    Contains,
    NotContains,
    In,
    NotIn,
    Split,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// `-eq` and `-ieq` are one token kind in PowerShell (`Ieq`).
    Insensitive,
    Sensitive,
}

#[derive(Debug)]
pub struct Unary {
    pub span: Span,
    pub operator: UnaryOperator,
    pub child: Expr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    Plus,
    Minus,
    /// `-not`
    Not,
    /// `!`
    Exclaim,
    Bnot,
    Join,
    Split(Case),
    Comma,
    PreIncrement,
    PreDecrement,
    PostIncrement,
    PostDecrement,
}

#[derive(Debug)]
pub struct Ternary {
    pub span: Span,
    pub condition: Expr,
    pub if_true: Expr,
    pub if_false: Expr,
}

/// `[type]child`.
#[derive(Debug)]
pub struct Convert {
    pub span: Span,
    pub type_constraint: TypeConstraint,
    pub child: Expr,
}

/// `[Attribute()]child`.
#[derive(Debug)]
pub struct Attributed {
    pub span: Span,
    pub attribute: Attribute,
    pub child: Expr,
}

#[derive(Clone, Debug)]
pub struct Constant {
    pub span: Span,
    pub value: Number,
}

#[derive(Clone, Debug)]
pub struct StringConstant {
    pub span: Span,
    pub kind: StringKind,
    pub value: Rc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringKind {
    BareWord,
    SingleQuoted,
    DoubleQuoted,
    SingleQuotedHereString,
    DoubleQuotedHereString,
}

/// A string with variables or sub-expressions in it.
#[derive(Debug)]
pub struct ExpandableString {
    pub span: Span,
    pub kind: StringKind,
    /// The text with escapes resolved and expressions as written (PowerShell's Value).
    pub value: Rc<str>,
    pub parts: Vec<StringPart>,
}

#[derive(Debug)]
pub enum StringPart {
    /// Escapes resolved.
    Literal(Rc<str>),
    /// A variable or `$( )`.
    Expr(Expr),
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub span: Span,
    pub path: VariablePath,
    /// `@name` as a command argument.
    pub splatted: bool,
}

/// What stands behind `$`: `x`, `script:x`, `env:PATH`, `C:\file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariablePath {
    /// As written, without `$` and braces, escapes resolved (PowerShell's UserPath).
    pub user_path: Rc<str>,
    pub scope: VariableScope,
    /// The part of `user_path` behind the scope or drive; equals `user_path` when there is none.
    pub name: Rc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableScope {
    /// `$x`
    Unscoped,
    Global,
    Local,
    Script,
    Private,
    /// `$variable:x`
    Variable,
    /// `$env:x`, `$function:x`, any other drive.
    Drive,
}

/// `[type]` as an expression. The span includes the brackets.
#[derive(Debug)]
pub struct TypeExpression {
    pub span: Span,
    pub type_name: TypeName,
}

#[derive(Debug)]
pub struct MemberAccess {
    pub span: Span,
    pub target: Expr,
    /// A bare-word `String`, or any expression.
    pub member: Expr,
    pub is_static: bool,
    pub null_conditional: bool,
}

#[derive(Debug)]
pub struct InvokeMember {
    pub span: Span,
    pub target: Expr,
    pub member: Expr,
    pub is_static: bool,
    pub null_conditional: bool,
    pub arguments: Vec<Expr>,
    pub generic_arguments: Vec<TypeName>,
}

#[derive(Debug)]
pub struct Index {
    pub span: Span,
    pub target: Expr,
    pub index: Expr,
    pub null_conditional: bool,
}

#[derive(Debug)]
pub struct ArrayLiteral {
    pub span: Span,
    pub elements: Vec<Expr>,
}

/// `@( ... )`.
#[derive(Debug)]
pub struct ArrayExpression {
    pub span: Span,
    pub body: StatementBlock,
}

/// `( ... )`.
#[derive(Debug)]
pub struct Paren {
    pub span: Span,
    pub pipeline: Statement,
}

/// `$( ... )`.
#[derive(Debug)]
pub struct SubExpression {
    pub span: Span,
    pub body: StatementBlock,
}

#[derive(Debug)]
pub struct Hashtable {
    pub span: Span,
    pub pairs: Vec<(Expr, Statement)>,
}

#[derive(Debug)]
pub struct ScriptBlockExpression {
    pub span: Span,
    pub body: Rc<ScriptBlockAst>,
}

/// `$using:x`; `child` is the variable without the prefix.
#[derive(Debug)]
pub struct UsingExpression {
    pub span: Span,
    pub child: Expr,
}

/// What could be saved of a broken expression.
#[derive(Debug)]
pub struct ErrorExpression {
    pub span: Span,
    pub parts: Vec<ErrorPart>,
}

spans! {
    Expr {
        Binary, Unary, Ternary, Convert, Attributed, Constant, String, Expandable, Variable, Type, Member, Invoke,
        Index, ArrayLiteral, Array, Paren, Sub, Hashtable, ScriptBlock, Using, Error,
    }
}

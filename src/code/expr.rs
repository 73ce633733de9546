//! Expressions as the engine evaluates them.
use crate::stmt::{Block, Code, PipelineCode, Stmt, TypeCode};
use crate::{CallCache, Name};
use dialtone_object::operators::BinaryOp;
use dialtone_object::{PsString, Shape, Value};
use dialtone_syntax::Span;
use std::rc::Rc;

/// A variable as code names it.
#[derive(Clone, Debug)]
pub enum VarRef {
    /// A slot of the code's layout, then the parent scopes.
    Slot(u32),
    /// `$global:x`, `$script:x`, `$local:x`, `$private:x`
    Scoped(dialtone_syntax::VariableScope, Name),
    /// `$env:PATH`, `$function:f`, `$C:\path`: drive and path
    Drive(Rc<str>, Rc<str>),
    /// `$true`, `$false`, `$null`: cannot be set.
    Constant(Name),
}

pub enum Expr {
    Const(Value),
    Var(VarRef, Span),
    /// `-eq`, `+` ... ; both sides are evaluated.
    Binary(Box<BinaryExpr>),
    And(Box<(Expr, Expr)>),
    Or(Box<(Expr, Expr)>),
    Coalesce(Box<(Expr, Expr)>),
    Ternary(Box<(Expr, Expr, Expr)>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Plus(Box<Expr>),
    BitNot(Box<Expr>),
    UnaryJoin(Box<Expr>),
    UnarySplit(Box<Expr>, bool),
    /// `++`/`--`: by 1 or -1; the value is the one before (`post`) or after. As a statement it gives nothing.
    Step {
        target: Box<Target>,
        by: i32,
        post: bool,
        void: bool,
    },
    Assign(Box<AssignExpr>),
    Member(Box<MemberExpr>),
    Invoke(Box<InvokeExpr>),
    Index(Box<IndexExpr>),
    /// `a, b, c`
    List(Vec<Expr>),
    /// `@( ... )`
    Array(Box<Block>),
    /// `@(a, b)` of plain values and `,x`: a list without a block
    ArrayOf(Box<Expr>),
    /// `$( ... )`
    Sub(Box<Block>),
    /// A pipeline in parentheses or on the right of an assignment: its output as one value.
    Pipeline(Rc<PipelineCode>),
    /// `( expr )`: stops `$()`-like unrolling rules but is otherwise its inner expression.
    Paren(Box<Expr>),
    /// A statement used as a value (`$x = if ...`).
    Statement(Box<Stmt>),
    /// `@{ }`; `true` for `[ordered]`.
    Hashtable(Box<HashtableExpr>),
    /// `[pscustomobject]@{ }` with constant keys: shape made once.
    CustomObject(Box<CustomObjectExpr>),
    ScriptBlock(Rc<Code>),
    /// Parts of an expandable string.
    Expand(Vec<ExpandPart>),
    Type(Rc<TypeCode>),
    Convert(Box<ConvertExpr>),
    /// `-is`, `-isnot`, `-as` with a type on the right
    TypeTest(Box<TypeTestExpr>),
    /// `$using:x`: the name is looked up among the values that came along.
    Using(Rc<str>, Box<Expr>),
    /// `[Attribute()]expr` outside assignments: the attribute has no effect.
    /// Something that is only reported when it runs.
    Unsupported(&'static str, Span),
}

pub struct BinaryExpr {
    pub op: BinaryOp,
    pub left: Expr,
    pub right: Expr,
    pub span: Span,
}

pub enum ExpandPart {
    Text(PsString),
    Expr(Expr),
}

/// What can stand left of `=`.
pub enum Target {
    Var(VarRef, Span),
    /// `[int]$x`, `[ValidateSet()]$x`: constraints from left to right.
    Typed {
        var: VarRef,
        constraints: Vec<ConstraintCode>,
        span: Span,
    },
    Member(Box<MemberExpr>),
    Index(Box<IndexExpr>),
    /// `$a, $b = ...`
    List(Vec<Target>),
    /// Not assignable: the engine reports it.
    Invalid(Span),
}

pub enum ConstraintCode {
    Type(Rc<TypeCode>),
    Attribute(Rc<crate::AttributeCode>),
}

pub struct AssignExpr {
    pub target: Target,
    pub op: AssignOp,
    pub value: Expr,
    pub span: Span,
    /// As a statement: the value is not needed.
    pub void: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignOp {
    Set,
    /// `+=` and its kin.
    Binary(BinaryOp),
    Coalesce,
}

pub enum MemberName {
    Const(PsString),
    Expr(Box<Expr>),
}

pub struct MemberExpr {
    pub target: Expr,
    pub name: MemberName,
    pub is_static: bool,
    pub null_conditional: bool,
    pub span: Span,
    pub cache: CallCache,
}

pub struct InvokeExpr {
    pub target: Expr,
    pub name: MemberName,
    pub args: Vec<Expr>,
    pub type_args: Vec<Rc<TypeCode>>,
    pub is_static: bool,
    pub null_conditional: bool,
    pub span: Span,
    pub cache: CallCache,
}

pub struct IndexExpr {
    pub target: Expr,
    pub index: Expr,
    pub null_conditional: bool,
    pub span: Span,
}

pub struct HashtableExpr {
    pub pairs: Vec<(Expr, Expr, Span)>,
    pub ordered: bool,
    pub span: Span,
}

pub struct CustomObjectExpr {
    pub shape: Rc<Shape>,
    pub values: Vec<Expr>,
}

pub struct ConvertExpr {
    pub ty: Rc<TypeCode>,
    pub value: Expr,
    pub span: Span,
}

pub struct TypeTestExpr {
    pub left: Expr,
    pub right: Expr,
    pub kind: TypeTest,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeTest {
    Is,
    IsNot,
    As,
}

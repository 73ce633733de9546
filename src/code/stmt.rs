//! Statements, pipelines and whole script blocks as the engine runs them.
use crate::params::Params;
use crate::{Expr, Layout, Name};
use dialtone_object::PsString;
use dialtone_syntax::{self as syntax, Source, Span};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// One compiled script block (script, function body, script block literal).
pub struct Code {
    pub ast: Rc<syntax::ScriptBlockAst>,
    pub source: Rc<Source>,
    pub layout: Rc<Layout>,
    pub params: Params,
    pub dynamic_param: Option<Block>,
    pub begin: Option<Block>,
    pub process: Option<Block>,
    pub end: Option<Block>,
    pub clean: Option<Block>,
    /// Statements without a named block.
    pub unnamed: bool,
    /// Automatic variables that the code (or code nested in it) mentions and that cost something to make.
    pub uses: Uses,
    pub usings: Vec<UsingCode>,
    /// `using namespace` names in force, for type lookup.
    pub namespaces: Rc<Vec<Rc<str>>>,
    /// Help comments of functions are found through this: the comments of the whole source.
    pub comments: Rc<Vec<Span>>,
}

/// See [`Code::uses`].
#[derive(Clone, Copy, Default, Debug)]
pub struct Uses {
    pub args: bool,
    pub input: bool,
    pub bound: bool,
    pub invocation: bool,
    pub cmdlet: bool,
}

pub struct UsingCode {
    pub kind: syntax::UsingKind,
    pub name: Rc<str>,
    pub span: Span,
    pub specification: Option<Expr>,
}

/// A list of statements with its traps.
pub struct Block {
    pub statements: Vec<Stmt>,
    pub traps: Vec<TrapCode>,
    pub span: Span,
}

pub struct TrapCode {
    pub ty: Option<TypeCode>,
    pub body: Block,
}

/// A type name, resolved at first use.
pub struct TypeCode {
    pub name: syntax::TypeName,
    pub span: Span,
    pub resolved: std::cell::Cell<Option<dialtone_object::TypeRef>>,
}

pub struct Stmt {
    /// What error positions show: the sequence point.
    pub span: Span,
    pub kind: StmtKind,
}

pub enum StmtKind {
    /// An expression whose value goes to the output.
    Expr(Expr),
    /// An expression for its effect only: assignments, `$i++`.
    Effect(Expr),
    Pipeline(Rc<PipelineCode>),
    Chain(Box<Chain>),
    If(Box<IfCode>),
    While(Box<WhileCode>),
    Do(Box<DoCode>),
    For(Box<ForCode>),
    ForEach(Box<ForEachCode>),
    Switch(Box<SwitchCode>),
    Try(Box<TryCode>),
    Throw(Option<Box<Expr>>),
    Return(Option<Box<Stmt>>),
    Exit(Option<Box<Expr>>),
    Break(Option<Box<Expr>>),
    Continue(Option<Box<Expr>>),
    Function(Rc<FunctionCode>),
    Class(Rc<ClassCode>),
    Data(Box<DataCode>),
    /// A statement that can only be reported (workflow blocks, configuration): the message names the feature.
    Unsupported(&'static str),
}

pub struct Chain {
    pub left: Stmt,
    pub and: bool,
    pub right: Stmt,
}

pub struct IfCode {
    pub clauses: Vec<(Cond, Block)>,
    pub otherwise: Option<Block>,
}

/// A condition and its sequence point.
pub struct Cond {
    pub expr: Expr,
    pub span: Span,
}

pub type Label = Option<PsString>;

pub struct WhileCode {
    pub label: Label,
    pub condition: Cond,
    pub body: Block,
}
pub struct DoCode {
    pub label: Label,
    pub condition: Cond,
    pub until: bool,
    pub body: Block,
}
pub struct ForCode {
    pub label: Label,
    pub init: Option<Stmt>,
    pub condition: Option<Cond>,
    pub step: Option<Stmt>,
    pub body: Block,
}
pub struct ForEachCode {
    pub label: Label,
    pub variable: crate::VarRef,
    pub over: Cond,
    pub body: Block,
    /// Slot of `$foreach`, when the body mentions it.
    pub enumerator: Option<u32>,
}
pub struct SwitchCode {
    pub label: Label,
    pub flags: syntax::SwitchFlags,
    pub condition: Cond,
    pub clauses: Vec<(SwitchTest, Block)>,
    pub default: Option<Block>,
    /// Slot of `$switch`, when a clause mentions it.
    pub enumerator: Option<u32>,
}
pub enum SwitchTest {
    Value(Cond),
    Script(Rc<Code>),
}
pub struct TryCode {
    pub body: Block,
    pub catches: Vec<(Vec<TypeCode>, Block)>,
    pub finally: Option<Block>,
}
pub struct DataCode {
    pub variable: Option<u32>,
    pub body: Block,
    pub allowed: Vec<Expr>,
}

pub struct FunctionCode {
    pub name: Rc<str>,
    /// Scope prefix of `function global:f`.
    pub scope: syntax::VariableScope,
    pub key: Name,
    pub kind: syntax::FunctionKind,
    pub ast: Rc<syntax::FunctionDefinition>,
    /// Compiled at the first call.
    pub code: std::cell::OnceCell<Rc<Code>>,
    pub source: Rc<Source>,
    pub namespaces: Rc<Vec<Rc<str>>>,
    pub comments: Rc<Vec<Span>>,
}

pub struct ClassCode {
    pub ast: Rc<syntax::TypeDefinition>,
    /// The engine has made the type.
    pub defined: std::cell::Cell<bool>,
    pub source: Rc<Source>,
    pub namespaces: Rc<Vec<Rc<str>>>,
    pub comments: Rc<Vec<Span>>,
}

/// `a | b | c`.
pub struct PipelineCode {
    pub span: Span,
    pub elements: Vec<Element>,
    pub background: bool,
}

pub enum Element {
    Command(CommandCode),
    Expr { expr: Expr, span: Span, redirections: Vec<RedirectionCode> },
}

pub struct CommandCode {
    pub span: Span,
    pub invocation: syntax::Invocation,
    pub name: CommandName,
    pub args: Vec<Arg>,
    pub redirections: Vec<RedirectionCode>,
    /// Resolved command and binding plan, owned by the engine.
    pub cache: CallCache,
}

/// A slot the engine keeps what it worked out for a call site.
#[derive(Default)]
pub struct CallCache(pub RefCell<Option<Rc<dyn Any>>>);

pub enum CommandName {
    Const { text: PsString, name: Name, span: Span },
    Expr(Expr, Span),
}

pub enum Arg {
    Value { expr: Expr, span: Span, kind: ArgKind },
    Parameter { name: Rc<str>, value: Option<(Expr, Span)>, span: Span, colon: bool },
    Splat { variable: Expr, span: Span },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgKind {
    /// A bare word as written (matters to native commands and to numbers that keep their text).
    Bare,
    Quoted,
    Other,
    /// `--` / `--%`
    Verbatim,
}

pub enum RedirectionCode {
    File { from: syntax::RedirectionStream, path: Expr, append: bool, span: Span },
    Merge { from: syntax::RedirectionStream, to: syntax::RedirectionStream, span: Span },
}

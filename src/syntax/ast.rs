//! The abstract syntax tree: the classes of System.Management.Automation.Language, one Rust type for each, without the
//! `Ast` suffix where the name stays unambiguous. The parser builds it, `dialtone-code` compiles it, and
//! `[Parser]::ParseInput` shows it to scripts. Every node has a `span` of byte offsets into the source.
//!
//! Here are script blocks, statements and commands; expressions are in `ast_expressions.rs`.

pub use crate::ast_expressions::*;
use crate::source::{Source, Span};
use crate::type_name::TypeName;
use std::rc::Rc;

/// A script, a function body or a script block literal.
#[derive(Debug)]
pub struct ScriptBlockAst {
    pub span: Span,
    pub source: Rc<Source>,
    pub usings: Vec<UsingStatement>,
    pub param_block: Option<ParamBlock>,
    pub dynamic_param: Option<NamedBlock>,
    pub begin: Option<NamedBlock>,
    pub process: Option<NamedBlock>,
    /// Also holds the statements of a script block without named blocks (then `unnamed`; those of a `filter` are in
    /// `process`).
    pub end: Option<NamedBlock>,
    pub clean: Option<NamedBlock>,
    /// What `#requires` lines ask for; only on the root.
    pub requires: Option<Box<Requires>>,
}

/// `begin { ... }` and its kin, or the statements of a script block that names no block.
#[derive(Debug)]
pub struct NamedBlock {
    pub span: Span,
    pub kind: BlockKind,
    pub unnamed: bool,
    pub statements: Vec<Statement>,
    pub traps: Vec<Rc<Trap>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    DynamicParam,
    Begin,
    Process,
    End,
    Clean,
}

/// `{ ... }` of a statement, or the statements of `$( )` and `@( )`.
#[derive(Debug)]
pub struct StatementBlock {
    pub span: Span,
    pub statements: Vec<Statement>,
    pub traps: Vec<Rc<Trap>>,
}

#[derive(Debug)]
pub struct ParamBlock {
    pub span: Span,
    pub attributes: Vec<Attribute>,
    pub parameters: Vec<Parameter>,
}

/// One parameter of a `param` block, a function's parentheses or a method.
#[derive(Debug)]
pub struct Parameter {
    pub span: Span,
    pub name: Variable,
    /// Attributes and type constraints in source order.
    pub attributes: Vec<AttributeBase>,
    pub default: Option<Expr>,
}

#[derive(Debug)]
pub enum AttributeBase {
    Attribute(Attribute),
    TypeConstraint(TypeConstraint),
}

/// `[Parameter(Mandatory, Position = 0)]`.
#[derive(Debug)]
pub struct Attribute {
    pub span: Span,
    pub type_name: TypeName,
    pub positional: Vec<Expr>,
    pub named: Vec<NamedArgument>,
}

#[derive(Debug)]
pub struct NamedArgument {
    pub span: Span,
    pub name: Rc<str>,
    pub name_span: Span,
    pub value: Expr,
    /// `Mandatory` without `= ...`: the value is `$true`, at the name's position.
    pub expression_omitted: bool,
}

/// `[int]` in front of a variable, parameter or expression. The span includes the brackets.
#[derive(Debug)]
pub struct TypeConstraint {
    pub span: Span,
    pub type_name: TypeName,
}

#[derive(Debug)]
pub enum Statement {
    Pipeline(Box<Pipeline>),
    PipelineChain(Box<PipelineChain>),
    Assignment(Box<Assignment>),
    If(Box<If>),
    Switch(Box<Switch>),
    For(Box<For>),
    ForEach(Box<ForEach>),
    While(Box<While>),
    DoWhile(Box<DoLoop>),
    DoUntil(Box<DoLoop>),
    Try(Box<Try>),
    Throw(Box<Throw>),
    Return(Box<Return>),
    Exit(Box<Exit>),
    Break(Box<Jump>),
    Continue(Box<Jump>),
    Function(Rc<FunctionDefinition>),
    Type(Rc<TypeDefinition>),
    Data(Box<Data>),
    Block(Box<BlockStatement>),
    /// A `using` at a place where none may stand (the parse has an error).
    Using(Box<UsingStatement>),
    /// A `trap` where the list of statements has no place for one (the parse has an error).
    Trap(Rc<Trap>),
    Error(Box<ErrorStatement>),
}

/// `a | b | c`, with one element or more. A lone expression is a pipeline of one `Expression`.
#[derive(Debug)]
pub struct Pipeline {
    pub span: Span,
    pub elements: Vec<PipelineElement>,
    /// Ended by `&`.
    pub background: bool,
}

#[derive(Debug)]
pub enum PipelineElement {
    Command(Box<Command>),
    Expression(Box<CommandExpression>),
}

/// An expression as a pipeline element, perhaps with redirections.
#[derive(Debug)]
pub struct CommandExpression {
    pub span: Span,
    pub expression: Expr,
    pub redirections: Vec<Redirection>,
}

#[derive(Debug)]
pub struct Command {
    pub span: Span,
    pub invocation: Invocation,
    /// The first is the command's name (any expression after `&` or `.`).
    pub elements: Vec<CommandElement>,
    pub redirections: Vec<Redirection>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// `name args`
    Plain,
    /// `& name args`
    Call,
    /// `. name args`
    Dot,
}

#[derive(Debug)]
pub enum CommandElement {
    Parameter(CommandParameter),
    Expression(Expr),
}

/// `-Name` or `-Name:argument`.
#[derive(Debug)]
pub struct CommandParameter {
    pub span: Span,
    /// Without the dash and the colon.
    pub name: Rc<str>,
    /// The dash, the name and the colon.
    pub name_span: Span,
    /// Present only with `-Name:argument`.
    pub argument: Option<Expr>,
}

#[derive(Debug)]
pub enum Redirection {
    File(Box<FileRedirection>),
    Merging(MergingRedirection),
}

#[derive(Debug)]
pub struct FileRedirection {
    pub span: Span,
    pub from: RedirectionStream,
    pub location: Expr,
    pub append: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct MergingRedirection {
    pub span: Span,
    pub from: RedirectionStream,
    pub to: RedirectionStream,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectionStream {
    All,
    Output,
    Error,
    Warning,
    Verbose,
    Debug,
    Information,
}

/// `left && right`, `left || right`; left-associative.
#[derive(Debug)]
pub struct PipelineChain {
    pub span: Span,
    pub left: Statement,
    pub and: bool,
    pub operator_span: Span,
    pub right: Box<Pipeline>,
    pub background: bool,
}

#[derive(Debug)]
pub struct Assignment {
    pub span: Span,
    pub left: Expr,
    pub operator: AssignmentOperator,
    /// Position of the operator (PowerShell's ErrorPosition).
    pub operator_span: Span,
    pub right: Statement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignmentOperator {
    Equals,
    Plus,
    Minus,
    Multiply,
    Divide,
    Remainder,
    QuestionQuestion,
}

#[derive(Debug)]
pub struct If {
    pub span: Span,
    pub clauses: Vec<(Statement, StatementBlock)>,
    pub else_clause: Option<StatementBlock>,
}

#[derive(Debug)]
pub struct Switch {
    pub span: Span,
    pub label: Option<Rc<str>>,
    pub flags: SwitchFlags,
    pub condition: Statement,
    pub clauses: Vec<(Expr, StatementBlock)>,
    pub default: Option<StatementBlock>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwitchFlags {
    pub file: bool,
    pub regex: bool,
    pub wildcard: bool,
    pub exact: bool,
    pub case_sensitive: bool,
    pub parallel: bool,
}

#[derive(Debug)]
pub struct For {
    pub span: Span,
    pub label: Option<Rc<str>>,
    pub initializer: Option<Statement>,
    pub condition: Option<Statement>,
    pub iterator: Option<Statement>,
    pub body: StatementBlock,
}

#[derive(Debug)]
pub struct ForEach {
    pub span: Span,
    pub label: Option<Rc<str>>,
    pub variable: Variable,
    /// What is looped over.
    pub condition: Statement,
    pub parallel: bool,
    pub throttle: Option<Expr>,
    pub body: StatementBlock,
}

#[derive(Debug)]
pub struct While {
    pub span: Span,
    pub label: Option<Rc<str>>,
    pub condition: Statement,
    pub body: StatementBlock,
}

/// `do { } while ( )` and `do { } until ( )`.
#[derive(Debug)]
pub struct DoLoop {
    pub span: Span,
    pub label: Option<Rc<str>>,
    pub body: StatementBlock,
    pub condition: Statement,
}

#[derive(Debug)]
pub struct Try {
    pub span: Span,
    pub body: StatementBlock,
    pub catches: Vec<Catch>,
    pub finally: Option<StatementBlock>,
}

#[derive(Debug)]
pub struct Catch {
    pub span: Span,
    /// Empty: catches everything.
    pub types: Vec<TypeConstraint>,
    pub body: StatementBlock,
}

#[derive(Debug)]
pub struct Trap {
    pub span: Span,
    pub trap_type: Option<TypeConstraint>,
    pub body: StatementBlock,
}

#[derive(Debug)]
pub struct Throw {
    pub span: Span,
    pub pipeline: Option<Statement>,
}

#[derive(Debug)]
pub struct Return {
    pub span: Span,
    pub pipeline: Option<Statement>,
}

#[derive(Debug)]
pub struct Exit {
    pub span: Span,
    pub pipeline: Option<Statement>,
}

/// `break` and `continue`.
#[derive(Debug)]
pub struct Jump {
    pub span: Span,
    /// A bare word, or any expression that gives the label's name.
    pub label: Option<Expr>,
}

#[derive(Debug)]
pub struct FunctionDefinition {
    pub span: Span,
    pub kind: FunctionKind,
    pub name: Rc<str>,
    pub name_span: Span,
    /// From `function f($a, $b) { }`, none for empty parentheses; a `param` block is in `body`.
    pub parameters: Option<Vec<Parameter>>,
    pub body: Rc<ScriptBlockAst>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    Function,
    Filter,
    Workflow,
}

#[derive(Debug)]
pub struct TypeDefinition {
    pub span: Span,
    pub kind: TypeKind,
    pub name: Rc<str>,
    pub name_span: Span,
    pub attributes: Vec<Attribute>,
    /// Base class and interfaces; of an enum its underlying type.
    pub base_types: Vec<TypeConstraint>,
    pub members: Vec<Member>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    Class,
    Interface,
    Enum,
}

#[derive(Debug)]
pub enum Member {
    Property(PropertyMember),
    Function(FunctionMember),
}

/// A property of a class or a value of an enum.
#[derive(Debug)]
pub struct PropertyMember {
    pub span: Span,
    pub name: Rc<str>,
    pub name_span: Span,
    pub property_type: Option<TypeConstraint>,
    pub attributes: Vec<Attribute>,
    pub initial_value: Option<Expr>,
    pub is_static: bool,
    pub is_hidden: bool,
}

/// A method, or a constructor when its name is the class's.
#[derive(Debug)]
pub struct FunctionMember {
    pub span: Span,
    pub function: Rc<FunctionDefinition>,
    pub is_constructor: bool,
    pub return_type: Option<TypeConstraint>,
    pub attributes: Vec<Attribute>,
    pub is_static: bool,
    pub is_hidden: bool,
    /// Arguments of `: base(...)`; `None` when not written.
    pub base_arguments: Option<BaseArguments>,
}

#[derive(Debug)]
pub struct BaseArguments {
    /// From `base` to the closing parenthesis.
    pub span: Span,
    pub keyword_span: Span,
    pub arguments: Vec<Expr>,
}

#[derive(Debug)]
pub struct UsingStatement {
    pub span: Span,
    pub kind: UsingKind,
    pub name: Option<StringConstant>,
    /// `using module @{ ModuleName = ... }`.
    pub module_specification: Option<Hashtable>,
    pub alias: Option<StringConstant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsingKind {
    Assembly,
    Command,
    Module,
    Namespace,
    Type,
}

#[derive(Debug)]
pub struct Data {
    pub span: Span,
    pub variable: Option<Rc<str>>,
    pub commands_allowed: Vec<Expr>,
    pub body: StatementBlock,
}

/// `parallel { }` and `sequence { }` of workflows.
#[derive(Debug)]
pub struct BlockStatement {
    pub span: Span,
    pub kind_span: Span,
    pub kind: Rc<str>,
    pub body: StatementBlock,
}

/// What could be saved of a broken statement.
#[derive(Debug)]
pub struct ErrorStatement {
    pub span: Span,
    pub parts: Vec<ErrorPart>,
}

#[derive(Debug)]
pub enum ErrorPart {
    Statement(Statement),
    Expr(Expr),
    Block(StatementBlock),
    Attribute(AttributeBase),
    Parameter(Parameter),
    CommandParameter(CommandParameter),
    Catch(Catch),
    Type(Rc<TypeDefinition>),
}

/// What the `#requires` lines of a script ask for.
#[derive(Debug, Default)]
pub struct Requires {
    pub version: Option<Rc<str>>,
    pub editions: Vec<Rc<str>>,
    pub modules: Vec<RequiredModule>,
    pub assemblies: Vec<Rc<str>>,
    pub run_as_administrator: bool,
    pub shell_id: Option<Rc<str>>,
}

#[derive(Clone, Debug, Default)]
pub struct RequiredModule {
    pub name: Rc<str>,
    pub guid: Option<Rc<str>>,
    pub version: Option<Rc<str>>,
    pub required_version: Option<Rc<str>>,
    pub maximum_version: Option<Rc<str>>,
}

/// `span()` of enums whose variants all hold a node with a span.
macro_rules! spans {
    ($($enum:ident { $($variant:ident),* $(,)? })*) => {$(
        impl $enum {
            pub fn span(&self) -> Span {
                match self { $($enum::$variant(node) => node.span),* }
            }
        }
    )*};
}

pub(crate) use spans;

spans! {
    Statement {
        Pipeline, PipelineChain, Assignment, If, Switch, For, ForEach, While, DoWhile, DoUntil, Try, Throw, Return,
        Exit, Break, Continue, Function, Type, Data, Block, Using, Trap, Error,
    }
    PipelineElement { Command, Expression }
}

impl CommandElement {
    pub fn span(&self) -> Span {
        match self {
            CommandElement::Parameter(node) => node.span,
            CommandElement::Expression(node) => node.span(),
        }
    }
}

impl Redirection {
    pub fn span(&self) -> Span {
        match self {
            Redirection::File(node) => node.span,
            Redirection::Merging(node) => node.span,
        }
    }
}

impl AttributeBase {
    pub fn span(&self) -> Span {
        match self {
            AttributeBase::Attribute(node) => node.span,
            AttributeBase::TypeConstraint(node) => node.span,
        }
    }
}

impl Member {
    pub fn span(&self) -> Span {
        match self {
            Member::Property(node) => node.span,
            Member::Function(node) => node.span,
        }
    }
}

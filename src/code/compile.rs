//! The compiler: AST to resolved code. Statements and script blocks here, expressions in `compile_expr`, commands and
//! parameters in `compile_command`.
use crate::*;
use dialtone_object::PsString;
use dialtone_syntax::{self as syntax, Source, Span};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

#[path = "compile_command.rs"]
mod command;
#[path = "compile_expr.rs"]
mod expression;
pub use expression::number;

/// What all blocks of one parse share.
#[derive(Clone)]
pub struct Unit {
    pub source: Rc<Source>,
    pub namespaces: Rc<Vec<Rc<str>>>,
    pub comments: Rc<Vec<Span>>,
}

/// Compiler state of one layout: a script or function with the script block literals in it.
pub(crate) struct Compiler {
    pub unit: Unit,
    pub layout: Rc<Layout>,
    pub uses: Cell<Uses>,
    /// Slots that some assignment of the unit names.
    pub assigned: RefCell<HashSet<u32>>,
}

/// Compiles a parsed script, or a script block made from text.
pub fn compile_script(parsed: &syntax::Parsed, source: &Rc<Source>) -> Rc<Code> {
    let namespaces = parsed
        .ast
        .usings
        .iter()
        .filter(|u| u.kind == syntax::UsingKind::Namespace)
        .filter_map(|u| u.name.as_ref().map(|n| n.value.clone()))
        .collect();
    let unit =
        Unit { source: source.clone(), namespaces: Rc::new(namespaces), comments: Rc::new(parsed.comments.clone()) };
    compile_block(&parsed.ast, &[], unit)
}

/// Compiles a script block AST on its own (with parameters from `function f($a)`), under its own layout.
pub fn compile_block(ast: &Rc<syntax::ScriptBlockAst>, parameters: &[syntax::Parameter], unit: Unit) -> Rc<Code> {
    let compiler = Compiler::new(unit);
    Rc::new(compiler.script_block(ast, parameters))
}

/// Expressions that belong to no block (initial values of properties), under one code.
pub fn compile_expressions(list: &[Option<&syntax::Expr>], unit: Unit) -> (Rc<Code>, Vec<Option<Rc<Expr>>>) {
    let compiler = Compiler::new(unit);
    let exprs = list.iter().map(|e| e.map(|e| Rc::new(compiler.expr(e)))).collect();
    (Rc::new(compiler.empty_code()), exprs)
}

/// An attribute on its own.
pub fn compile_attribute(a: &syntax::Attribute, unit: Unit) -> (Rc<Code>, AttributeCode) {
    let compiler = Compiler::new(unit);
    let attribute = compiler.attribute(a);
    (Rc::new(compiler.empty_code()), attribute)
}

/// A method's body with its parameters, and the arguments of `: base(...)`.
pub fn compile_method(
    ast: &Rc<syntax::ScriptBlockAst>,
    parameters: &[syntax::Parameter],
    base: Option<&[syntax::Expr]>,
    unit: Unit,
) -> (Rc<Code>, Option<Vec<Expr>>) {
    let compiler = Compiler::new(unit);
    let base = base.map(|list| compiler.exprs(list));
    (Rc::new(compiler.script_block(ast, parameters)), base)
}

/// The code of a function, compiled at its first call.
pub fn compile_function(function: &FunctionCode) -> Rc<Code> {
    function
        .code
        .get_or_init(|| {
            let unit = Unit {
                source: function.source.clone(),
                namespaces: function.namespaces.clone(),
                comments: function.comments.clone(),
            };
            compile_block(&function.ast.body, function.ast.parameters.as_deref().unwrap_or(&[]), unit)
        })
        .clone()
}

impl Compiler {
    fn new(unit: Unit) -> Compiler {
        Compiler {
            unit,
            layout: Rc::new(Layout::new()),
            uses: Cell::new(Uses::default()),
            assigned: RefCell::default(),
        }
    }

    /// Code without statements: a home for expressions.
    fn empty_code(&self) -> Code {
        let ast = syntax::ScriptBlockAst {
            span: Span::default(),
            source: self.unit.source.clone(),
            usings: Vec::new(),
            param_block: None,
            dynamic_param: None,
            begin: None,
            process: None,
            end: None,
            clean: None,
            requires: None,
        };
        self.script_block(&Rc::new(ast), &[])
    }

    pub fn script_block(&self, ast: &Rc<syntax::ScriptBlockAst>, parameters: &[syntax::Parameter]) -> Code {
        let outer = self.uses.replace(Uses::default());
        let params = self.params(ast.param_block.as_ref(), parameters);
        let named = |block: &Option<syntax::NamedBlock>| block.as_ref().map(|b| self.named_block(b));
        let unnamed = ast.end.as_ref().is_some_and(|b| b.unnamed);
        let code = Code {
            dynamic_param: named(&ast.dynamic_param),
            begin: named(&ast.begin),
            process: named(&ast.process),
            end: named(&ast.end),
            clean: named(&ast.clean),
            params,
            unnamed,
            usings: ast.usings.iter().map(|u| self.using(u)).collect(),
            namespaces: self.unit.namespaces.clone(),
            comments: self.unit.comments.clone(),
            source: self.unit.source.clone(),
            layout: self.layout.clone(),
            uses: Uses::default(),
            ast: ast.clone(),
        };
        for p in &code.params.list {
            p.assigned.set(self.assigned.borrow().contains(&p.slot));
        }
        let own = self.uses.get();
        self.uses.set(Uses {
            args: outer.args || own.args,
            input: outer.input || own.input,
            bound: outer.bound || own.bound,
            invocation: outer.invocation || own.invocation,
            cmdlet: outer.cmdlet || own.cmdlet,
        });
        Code { uses: own, ..code }
    }

    fn using(&self, using: &syntax::UsingStatement) -> UsingCode {
        UsingCode {
            kind: using.kind,
            name: using.name.as_ref().map_or_else(|| "".into(), |n| n.value.clone()),
            span: using.span,
            specification: using.module_specification.as_ref().map(|h| self.hashtable(h, false)),
        }
    }

    fn named_block(&self, block: &syntax::NamedBlock) -> Block {
        self.statements(&block.statements, &block.traps, block.span)
    }
    pub fn block(&self, block: &syntax::StatementBlock) -> Block {
        self.statements(&block.statements, &block.traps, block.span)
    }
    fn statements(&self, list: &[syntax::Statement], traps: &[Rc<syntax::Trap>], span: Span) -> Block {
        Block {
            statements: list.iter().map(|s| self.statement(s)).collect(),
            traps: traps
                .iter()
                .map(|t| TrapCode {
                    ty: t.trap_type.as_ref().map(|t| self.type_code(&t.type_name, t.span)),
                    body: self.block(&t.body),
                })
                .collect(),
            span,
        }
    }

    pub fn type_code(&self, name: &syntax::TypeName, span: Span) -> TypeCode {
        TypeCode { name: name.clone(), span, resolved: Cell::new(None) }
    }

    fn label(&self, label: &Option<Rc<str>>) -> Label {
        label.as_deref().map(PsString::from)
    }

    /// A statement where it stands in a list.
    pub fn statement(&self, statement: &syntax::Statement) -> Stmt {
        use syntax::Statement as S;
        let span = statement.span();
        let kind = match statement {
            S::Pipeline(p) => self.pipeline_statement(p),
            S::PipelineChain(c) => StmtKind::Chain(Box::new(Chain {
                left: self.statement(&c.left),
                and: c.and,
                right: Stmt { span: c.right.span, kind: self.pipeline_statement(&c.right) },
            })),
            S::Assignment(a) => StmtKind::Effect(self.assignment(a, true)),
            S::If(i) => StmtKind::If(Box::new(IfCode {
                clauses: i.clauses.iter().map(|(c, b)| (self.condition(c), self.block(b))).collect(),
                otherwise: i.else_clause.as_ref().map(|b| self.block(b)),
            })),
            S::Switch(s) => StmtKind::Switch(Box::new(self.switch(s))),
            S::For(f) => StmtKind::For(Box::new(ForCode {
                label: self.label(&f.label),
                init: f.initializer.as_ref().map(|s| self.statement(s)),
                condition: f.condition.as_ref().map(|s| self.condition(s)),
                step: f.iterator.as_ref().map(|s| self.statement(s)),
                body: self.block(&f.body),
            })),
            S::ForEach(f) => StmtKind::ForEach(Box::new(ForEachCode {
                label: self.label(&f.label),
                variable: self.assigned_var(&f.variable),
                over: self.condition(&f.condition),
                enumerator: self.layout.find(names::FOREACH),
                body: self.block(&f.body),
            })),
            S::While(w) => StmtKind::While(Box::new(WhileCode {
                label: self.label(&w.label),
                condition: self.condition(&w.condition),
                body: self.block(&w.body),
            })),
            S::DoWhile(d) => self.do_loop(d, false),
            S::DoUntil(d) => self.do_loop(d, true),
            S::Try(t) => StmtKind::Try(Box::new(TryCode {
                body: self.block(&t.body),
                catches: t
                    .catches
                    .iter()
                    .map(|c| {
                        (c.types.iter().map(|t| self.type_code(&t.type_name, t.span)).collect(), self.block(&c.body))
                    })
                    .collect(),
                finally: t.finally.as_ref().map(|b| self.block(b)),
            })),
            S::Throw(t) => StmtKind::Throw(t.pipeline.as_ref().map(|p| Box::new(self.value_of(p)))),
            S::Return(r) => StmtKind::Return(r.pipeline.as_ref().map(|p| Box::new(self.statement(p)))),
            S::Exit(e) => StmtKind::Exit(e.pipeline.as_ref().map(|p| Box::new(self.value_of(p)))),
            S::Break(j) => StmtKind::Break(j.label.as_ref().map(|l| Box::new(self.expr(l)))),
            S::Continue(j) => StmtKind::Continue(j.label.as_ref().map(|l| Box::new(self.expr(l)))),
            S::Function(f) => StmtKind::Function(Rc::new(self.function(f))),
            S::Type(t) => StmtKind::Class(Rc::new(ClassCode {
                ast: t.clone(),
                defined: Cell::new(false),
                source: self.unit.source.clone(),
                namespaces: self.unit.namespaces.clone(),
                comments: self.unit.comments.clone(),
            })),
            S::Data(d) => StmtKind::Data(Box::new(DataCode {
                variable: d.variable.as_deref().map(|n| self.layout.slot(Name::new(n))),
                body: self.block(&d.body),
                allowed: d.commands_allowed.iter().map(|e| self.expr(e)).collect(),
            })),
            S::Block(_) => StmtKind::Unsupported("parallel and sequence blocks of workflows"),
            // Only in broken parses, which never run.
            S::Using(_) | S::Trap(_) | S::Error(_) => StmtKind::Unsupported("incomplete code"),
        };
        Stmt { span, kind }
    }

    fn do_loop(&self, d: &syntax::DoLoop, until: bool) -> StmtKind {
        StmtKind::Do(Box::new(DoCode {
            label: self.label(&d.label),
            condition: self.condition(&d.condition),
            until,
            body: self.block(&d.body),
        }))
    }

    fn switch(&self, s: &syntax::Switch) -> SwitchCode {
        let clauses = s
            .clauses
            .iter()
            .map(|(test, body)| {
                let test = match test {
                    syntax::Expr::ScriptBlock(b) => SwitchTest::Script(Rc::new(self.script_block(&b.body, &[]))),
                    e => SwitchTest::Value(Cond { span: e.span(), expr: self.expr(e) }),
                };
                (test, self.block(body))
            })
            .collect();
        SwitchCode {
            label: self.label(&s.label),
            flags: s.flags,
            condition: self.condition(&s.condition),
            clauses,
            default: s.default.as_ref().map(|b| self.block(b)),
            enumerator: self.layout.find(names::SWITCH),
        }
    }

    pub fn function(&self, f: &Rc<syntax::FunctionDefinition>) -> FunctionCode {
        use syntax::VariableScope::*;
        let (scope, name) = match f.name.split_once(':') {
            Some((prefix, rest)) if !rest.is_empty() => match prefix.to_ascii_lowercase().as_str() {
                "global" => (Global, rest),
                "script" => (Script, rest),
                "local" => (Local, rest),
                "private" => (Private, rest),
                "function" => (Unscoped, rest),
                _ => (Unscoped, &*f.name),
            },
            _ => (Unscoped, &*f.name),
        };
        FunctionCode {
            name: name.into(),
            scope,
            key: Name::new(name),
            kind: f.kind,
            ast: f.clone(),
            code: OnceCell::new(),
            source: self.unit.source.clone(),
            namespaces: self.unit.namespaces.clone(),
            comments: self.unit.comments.clone(),
        }
    }

    pub fn condition(&self, statement: &syntax::Statement) -> Cond {
        Cond { expr: self.value_of(statement), span: statement.span() }
    }

    /// The lone expression of a pipeline, if it is nothing more.
    pub fn lone_expression(statement: &syntax::Statement) -> Option<&syntax::Expr> {
        match statement {
            syntax::Statement::Pipeline(p) => match &p.elements[..] {
                [syntax::PipelineElement::Expression(e)] if e.redirections.is_empty() && !p.background => {
                    Some(&e.expression)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A statement whose output is wanted as a value.
    pub fn value_of(&self, statement: &syntax::Statement) -> Expr {
        if let Some(e) = Self::lone_expression(statement) {
            return self.expr(e);
        }
        match statement {
            syntax::Statement::Pipeline(p) => Expr::Pipeline(Rc::new(self.pipeline(p))),
            syntax::Statement::Assignment(a) => self.assignment(a, false),
            other => Expr::Statement(Box::new(self.statement(other))),
        }
    }

    fn pipeline_statement(&self, p: &syntax::Pipeline) -> StmtKind {
        if let [syntax::PipelineElement::Expression(e)] = &p.elements[..]
            && e.redirections.is_empty()
            && !p.background
        {
            if let syntax::Expr::Unary(u) = &e.expression
                && let Some(step) = self.step(u, true)
            {
                return StmtKind::Effect(step);
            }
            return StmtKind::Expr(self.expr(&e.expression));
        }
        StmtKind::Pipeline(Rc::new(self.pipeline(p)))
    }

    pub fn mark(&self, name: Name) {
        let mut uses = self.uses.get();
        match name {
            names::ARGS => uses.args = true,
            names::INPUT => uses.input = true,
            names::PS_BOUND_PARAMETERS => uses.bound = true,
            names::MY_INVOCATION => uses.invocation = true,
            names::PS_CMDLET => uses.cmdlet = true,
            _ => return,
        }
        self.uses.set(uses);
    }
}

//! Nodes of the syntax tree as objects: `Extent`, `Parent`, `Find`, `FindAll` and the properties of each class. A node
//! object is a place in its tree; the node itself is found again by its path from the root when it is asked something.
use crate::language::{Extent, NAMESPACE, language_enum, language_type};
use dialtone_object::*;
use dialtone_syntax::walk::Node;
use dialtone_syntax::{self as syntax, ScriptBlockAst, Source, Span};
use std::any::Any;
use std::rc::Rc;

struct Entry {
    name: &'static str,
    span: Span,
    parent: usize,
    /// Which of its parent's children it is.
    ordinal: usize,
    children: Vec<usize>,
}

struct Tree {
    ast: Rc<ScriptBlockAst>,
    entries: Vec<Entry>,
}

impl Tree {
    fn add(&mut self, node: Node<'_>, parent: usize, ordinal: usize) -> usize {
        let at = self.entries.len();
        self.entries.push(Entry { name: node.name(), span: node.span(), parent, ordinal, children: Vec::new() });
        let mut nth = 0;
        node.children(&mut |child| {
            let child = self.add(child, at, nth);
            self.entries[at].children.push(child);
            nth += 1;
        });
        at
    }

    /// Calls `read` with the node at a place.
    fn with<R>(&self, at: usize, read: impl FnOnce(Node<'_>) -> R) -> R {
        let mut path = Vec::new();
        let mut place = at;
        while place != 0 {
            path.push(self.entries[place].ordinal);
            place = self.entries[place].parent;
        }
        let mut node = Node::ScriptBlock(&self.ast);
        for wanted in path.into_iter().rev() {
            let mut nth = 0;
            let mut found = node;
            node.children(&mut |child| {
                if nth == wanted {
                    found = child;
                }
                nth += 1;
            });
            node = found;
        }
        read(node)
    }
}

pub struct AstObject {
    tree: Rc<Tree>,
    at: usize,
}

impl AstObject {
    /// A script or script block with all below it.
    pub fn root(ast: &Rc<ScriptBlockAst>) -> Value {
        let mut tree = Tree { ast: ast.clone(), entries: Vec::new() };
        tree.add(Node::ScriptBlock(ast), 0, 0);
        Value::object(AstObject { tree: Rc::new(tree), at: 0 })
    }

    fn entry(&self) -> &Entry {
        &self.tree.entries[self.at]
    }

    fn source(&self) -> &Rc<Source> {
        &self.tree.ast.source
    }

    fn place(&self, at: usize) -> Value {
        Value::object(AstObject { tree: self.tree.clone(), at })
    }

    fn extent(&self, span: Span) -> Value {
        Extent::value(self.source(), span)
    }

    fn parent(&self) -> Value {
        if self.at == 0 { Value::Null } else { self.place(self.entry().parent) }
    }

    /// The children of which `wanted` is true.
    fn children(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Value> {
        let children = self.entry().children.iter();
        children.filter(|at| wanted(&self.tree.entries[**at])).map(|at| self.place(*at)).collect()
    }

    fn list(&self, wanted: impl Fn(&Entry) -> bool) -> Value {
        Value::array(self.children(wanted))
    }

    fn nth(&self, n: usize) -> Value {
        self.entry().children.get(n).map_or(Value::Null, |at| self.place(*at))
    }

    /// The child with this span, when there is one.
    fn child(&self, span: Option<Span>) -> Value {
        let Some(span) = span else { return Value::Null };
        let children = &self.entry().children;
        children.iter().find(|at| self.tree.entries[**at].span == span).map_or(Value::Null, |at| self.place(*at))
    }

    fn children_of(&self, spans: impl Iterator<Item = Span>) -> Value {
        Value::array(spans.map(|span| self.child(Some(span))).collect())
    }

    fn named(&self, name: &str) -> Value {
        self.children(|entry| entry.name == name).into_iter().next().unwrap_or(Value::Null)
    }

    fn is_nested_scope(&self) -> bool {
        matches!(self.entry().name, "FunctionDefinition" | "ScriptBlockExpression")
    }

    /// This node and those below, in the order of PowerShell's visitors, for which the block is true.
    fn search(
        &self,
        rt: &mut dyn Runtime,
        predicate: &Value,
        nested: bool,
        first: bool,
        out: &mut Vec<Value>,
    ) -> Res<()> {
        let mut stack = vec![self.at];
        while let Some(at) = stack.pop() {
            let node = AstObject { tree: self.tree.clone(), at };
            // The call of a base constructor is hidden, its parts are not.
            if node.entry().name != "BaseCtorInvokeMemberExpression" {
                let value = self.place(at);
                let answer = rt.call_block(predicate, std::slice::from_ref(&value), Some(&value))?;
                if convert::to_bool(&answer) {
                    out.push(value);
                    if first {
                        return Ok(());
                    }
                }
            }
            if nested || !node.is_nested_scope() {
                stack.extend(node.entry().children.iter().rev());
            }
        }
        Ok(())
    }
}

impl NetObject for AstObject {
    fn type_ref(&self) -> TypeRef {
        language_type(&format!("{}Ast", self.entry().name))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.source().slice(self.entry().span).into())
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<AstObject>().is_some_and(|o| Rc::ptr_eq(&o.tree, &self.tree) && o.at == self.at)
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.at as u64)
    }
    fn dynamic_property(&self, _: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let name = name.to_ascii_lowercase();
        self.tree.with(self.at, |node| self.property(node, &name)).map(Ok)
    }
}

static ITEMS: [&str; 2] = ["Item1", "Item2"];

/// A `System.Tuple` of a clause or of a hashtable's entry.
struct Pair([Value; 2]);

impl NetObject for Pair {
    fn type_ref(&self) -> TypeRef {
        types::find("System.Tuple`2").unwrap_or(&types::OBJECT)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_property(&self, _: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let at = ITEMS.iter().position(|item| item.eq_ignore_ascii_case(name))?;
        Some(Ok(self.0[at].clone()))
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        ITEMS.map(PsString::from).to_vec()
    }
}

/// Names with their values, for small classes such as VariablePath and TypeName.
struct Record {
    class: String,
    text: PsString,
    fields: Vec<(&'static str, Value)>,
}

impl NetObject for Record {
    fn type_ref(&self) -> TypeRef {
        types::find(&self.class).unwrap_or(&types::OBJECT)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.text.clone())
    }
    fn dynamic_property(&self, _: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let (_, value) = self.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        Some(Ok(value.clone()))
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        self.fields.iter().map(|(field, _)| PsString::from(*field)).collect()
    }
}

pub(crate) fn variable_path(path: &syntax::VariablePath) -> Value {
    use syntax::VariableScope::*;
    let is = |scope| Value::Bool(path.scope == scope);
    let fields = vec![
        ("UserPath", Value::str(&path.user_path)),
        ("IsGlobal", is(Global)),
        ("IsLocal", is(Local)),
        ("IsPrivate", is(Private)),
        ("IsScript", is(Script)),
        ("IsUnqualified", is(Unscoped)),
        ("IsUnscopedVariable", Value::Bool(matches!(path.scope, Unscoped | Variable))),
        ("IsVariable", Value::Bool(path.is_variable())),
        ("IsDriveQualified", is(Drive)),
        ("DriveName", path.drive().map_or(Value::Null, Value::str)),
    ];
    let class = "System.Management.Automation.VariablePath".to_owned();
    Value::object(Record { class, text: (&*path.user_path).into(), fields })
}

fn type_name(source: &Rc<Source>, name: &syntax::TypeName) -> Value {
    let full = name.full_name();
    let (class, assembly) = match &name.kind {
        syntax::TypeNameKind::Simple { assembly, .. } => ("TypeName", assembly.as_deref()),
        syntax::TypeNameKind::Generic { .. } => ("GenericTypeName", None),
        syntax::TypeNameKind::Array { .. } => ("ArrayTypeName", None),
    };
    let short = full.split(", ").next().unwrap_or(&full);
    let fields = vec![
        ("FullName", Value::str(&full)),
        ("Name", Value::str(short)),
        ("AssemblyName", assembly.map_or(Value::Null, Value::str)),
        ("IsArray", Value::Bool(class == "ArrayTypeName")),
        ("IsGeneric", Value::Bool(class == "GenericTypeName")),
        ("Extent", Extent::value(source, name.span)),
    ];
    Value::object(Record { class: format!("{NAMESPACE}.{class}"), text: full.as_str().into(), fields })
}

fn string_kind(kind: syntax::StringKind) -> Value {
    use syntax::StringKind::*;
    let number = match kind {
        SingleQuoted => 0,
        SingleQuotedHereString => 1,
        DoubleQuoted => 2,
        DoubleQuotedHereString => 3,
        BareWord => 4,
    };
    language_enum("StringConstantType", number)
}

fn text(text: &Option<Rc<str>>) -> Value {
    text.as_deref().map_or(Value::Null, Value::str)
}

fn token_kind(source: &Source, span: Span) -> Value {
    let kind = syntax::operator_kind(source.slice(span));
    language_enum("TokenKind", kind.map_or(0, |kind| kind as i64))
}

impl AstObject {
    fn property(&self, node: Node<'_>, name: &str) -> Option<Value> {
        let source = self.source();
        Some(match (node, name) {
            (Node::ScriptBlock(n) | Node::ConstructorBody(n, _), _) => match name {
                "paramblock" => self.named("ParamBlock"),
                "usingstatements" => self.list(|e| e.name == "UsingStatement"),
                "dynamicparamblock" => self.child(n.dynamic_param.as_ref().map(|b| b.span)),
                "beginblock" => self.child(n.begin.as_ref().map(|b| b.span)),
                "processblock" => self.child(n.process.as_ref().map(|b| b.span)),
                "endblock" => self.child(n.end.as_ref().map(|b| b.span)),
                "cleanblock" => self.child(n.clean.as_ref().map(|b| b.span)),
                "attributes" => Value::array(Vec::new()),
                "scriptrequirements" => Value::Null,
                _ => return None,
            },
            (Node::NamedBlock(n, _), "unnamed") => Value::Bool(n.unnamed),
            (Node::NamedBlock(..) | Node::StatementBlock(_), "statements") => self.list(|e| e.name != "TrapStatement"),
            (Node::NamedBlock(..) | Node::StatementBlock(_), "traps") => {
                match &self.children(|e| e.name == "TrapStatement")[..] {
                    [] => Value::Null,
                    traps => Value::array(traps.to_vec()),
                }
            }
            (Node::ParamBlock(_), "attributes") => self.list(|e| e.name == "Attribute"),
            (Node::ParamBlock(_), "parameters") => self.list(|e| e.name == "Parameter"),
            (Node::Parameter(n), "name") => self.child(Some(n.name.span)),
            (Node::Parameter(n), "attributes") => self.children_of(n.attributes.iter().map(|a| a.span())),
            (Node::Parameter(n), "defaultvalue") => self.child(n.default.as_ref().map(|e| e.span())),
            (Node::Attribute(n), "typename") => type_name(source, &n.type_name),
            (Node::Attribute(n), "positionalarguments") => self.children_of(n.positional.iter().map(|e| e.span())),
            (Node::Attribute(_), "namedarguments") => self.list(|e| e.name == "NamedAttributeArgument"),
            (Node::NamedArgument(n), "argumentname") => Value::str(&n.name),
            (Node::NamedArgument(n), "expressionomitted") => Value::Bool(n.expression_omitted),
            (Node::NamedArgument(_), "argument") => self.nth(0),
            (Node::OmittedArgument(_), "value") => Value::Bool(true),
            (Node::TypeConstraint(n), "typename") => type_name(source, &n.type_name),
            (Node::Pipeline(_), "pipelineelements") => self.list(|_| true),
            (Node::Pipeline(n), "background") => Value::Bool(n.background),
            (Node::Command(n), "commandelements") => self.children_of(n.elements.iter().map(|e| e.span())),
            (Node::Command(n), "invocationoperator") => language_enum(
                "TokenKind",
                match n.invocation {
                    syntax::Invocation::Plain => 0,
                    syntax::Invocation::Call => syntax::TokenKind::Ampersand as i64,
                    syntax::Invocation::Dot => syntax::TokenKind::Dot as i64,
                },
            ),
            (Node::Command(_) | Node::CommandExpression(_), "redirections") => {
                self.list(|e| matches!(e.name, "FileRedirection" | "MergingRedirection"))
            }
            (Node::Command(_), "definingkeyword") => Value::Null,
            (Node::CommandExpression(_), "expression") => self.nth(0),
            (Node::CommandParameter(n), "parametername") => Value::str(&n.name),
            (Node::CommandParameter(n), "argument") => self.child(n.argument.as_ref().map(|e| e.span())),
            (Node::CommandParameter(n), "errorposition") => self.extent(n.name_span),
            (Node::Redirection(syntax::Redirection::File(n)), "append") => Value::Bool(n.append),
            (Node::Redirection(syntax::Redirection::File(_)), "location") => self.nth(0),
            (Node::Redirection(syntax::Redirection::File(n)), "fromstream") => {
                language_enum("RedirectionStream", n.from as i64)
            }
            (Node::Redirection(syntax::Redirection::Merging(n)), "fromstream") => {
                language_enum("RedirectionStream", n.from as i64)
            }
            (Node::Redirection(syntax::Redirection::Merging(n)), "tostream") => {
                language_enum("RedirectionStream", n.to as i64)
            }
            (Node::Catch(_), "catchtypes") => self.list(|e| e.name == "TypeConstraint"),
            (Node::Catch(n), "iscatchall") => Value::Bool(n.types.is_empty()),
            (Node::Catch(_) | Node::Trap(_), "body") => self.named("StatementBlock"),
            (Node::Trap(_), "traptype") => self.named("TypeConstraint"),
            (Node::Function(n) | Node::Constructor(n, _), _) => match name {
                "name" => Value::str(&n.name),
                "isfilter" => Value::Bool(n.kind == syntax::FunctionKind::Filter),
                "isworkflow" => Value::Bool(n.kind == syntax::FunctionKind::Workflow),
                "parameters" if n.parameters.is_none() => Value::Null,
                "parameters" => self.list(|e| e.name == "Parameter"),
                "body" => self.named("ScriptBlock"),
                _ => return None,
            },
            (Node::Type(n), _) => match name {
                "name" => Value::str(&n.name),
                "isclass" => Value::Bool(n.kind == syntax::TypeKind::Class),
                "isenum" => Value::Bool(n.kind == syntax::TypeKind::Enum),
                "isinterface" => Value::Bool(n.kind == syntax::TypeKind::Interface),
                "attributes" => self.list(|e| e.name == "Attribute"),
                "basetypes" => self.list(|e| e.name == "TypeConstraint"),
                "members" => self.list(|e| matches!(e.name, "PropertyMember" | "FunctionMember")),
                _ => return None,
            },
            (Node::Member(syntax::Member::Property(n)), _) => match name {
                "name" => Value::str(&n.name),
                "propertytype" => self.named("TypeConstraint"),
                "attributes" => self.list(|e| e.name == "Attribute"),
                "initialvalue" => self.child(n.initial_value.as_ref().map(|e| e.span())),
                "isstatic" => Value::Bool(n.is_static),
                "ishidden" => Value::Bool(n.is_hidden),
                "ispublic" => Value::Bool(true),
                "isprivate" => Value::Bool(false),
                _ => return None,
            },
            (Node::Member(syntax::Member::Function(n)), _) => match name {
                "name" => Value::str(&n.function.name),
                "returntype" => self.named("TypeConstraint"),
                "attributes" => self.list(|e| e.name == "Attribute"),
                "isconstructor" => Value::Bool(n.is_constructor),
                "isstatic" => Value::Bool(n.is_static),
                "ishidden" => Value::Bool(n.is_hidden),
                "ispublic" => Value::Bool(true),
                "isprivate" => Value::Bool(false),
                "parameters" | "body" => {
                    let at = *self
                        .entry()
                        .children
                        .iter()
                        .find(|at| self.tree.entries[**at].name == "FunctionDefinition")?;
                    let function = AstObject { tree: self.tree.clone(), at };
                    return self.tree.with(at, |node| function.property(node, name));
                }
                _ => return None,
            },
            (Node::Using(n), "usingstatementkind") => language_enum("UsingStatementKind", n.kind as i64),
            (Node::Using(n), "name") => self.child(n.name.as_ref().map(|s| s.span)),
            (Node::Using(n), "alias") => self.child(n.alias.as_ref().map(|s| s.span)),
            (Node::Using(_), "modulespecification") => self.named("Hashtable"),
            (Node::StringConstant(n), "value") => Value::str(&n.value),
            (Node::StringConstant(n), "stringconstanttype") => string_kind(n.kind),
            (Node::Variable(n), "variablepath") => variable_path(&n.path),
            (Node::Variable(n), "splatted") => Value::Bool(n.splatted),
            (Node::Statement(statement), _) => return self.statement_property(statement, name),
            (Node::Expr(expression), _) => return self.expression_property(expression, name),
            _ => return None,
        })
    }

    fn clauses(&self, pairs: impl Iterator<Item = (Span, Span)>) -> Value {
        let pair = |(first, second)| Value::object(Pair([self.child(Some(first)), self.child(Some(second))]));
        Value::array(pairs.map(pair).collect())
    }

    fn statement_property(&self, statement: &syntax::Statement, name: &str) -> Option<Value> {
        use syntax::Statement as S;
        let source = self.source();
        Some(match (statement, name) {
            (S::PipelineChain(_), "lhspipelinechain") => self.nth(0),
            (S::PipelineChain(_), "rhspipeline") => self.nth(1),
            (S::PipelineChain(n), "operator") => token_kind(source, n.operator_span),
            (S::PipelineChain(n), "background") => Value::Bool(n.background),
            (S::Assignment(_), "left") => self.nth(0),
            (S::Assignment(_), "right") => self.nth(1),
            (S::Assignment(n), "operator") => token_kind(source, n.operator_span),
            (S::Assignment(n), "errorposition") => self.extent(n.operator_span),
            (S::If(n), "clauses") => self.clauses(n.clauses.iter().map(|(c, b)| (c.span(), b.span))),
            (S::If(n), "elseclause") => self.child(n.else_clause.as_ref().map(|b| b.span)),
            (S::Switch(n), "clauses") => self.clauses(n.clauses.iter().map(|(c, b)| (c.span(), b.span))),
            (S::Switch(n), "default") => self.child(n.default.as_ref().map(|b| b.span)),
            (S::Switch(n), "condition") => self.child(Some(n.condition.span())),
            (S::Switch(n), "label") => text(&n.label),
            (S::Switch(n), "flags") => {
                let f = n.flags;
                let bits = [f.file, f.regex, f.wildcard, f.exact, f.case_sensitive, f.parallel];
                let number = bits.iter().enumerate().map(|(i, set)| i64::from(*set) << i).sum();
                language_enum("SwitchFlags", number)
            }
            (S::For(n), "initializer") => self.child(n.initializer.as_ref().map(|s| s.span())),
            (S::For(n), "condition") => self.child(n.condition.as_ref().map(|s| s.span())),
            (S::For(n), "iterator") => self.child(n.iterator.as_ref().map(|s| s.span())),
            (S::For(n), "body") => self.child(Some(n.body.span)),
            (S::For(n), "label") => text(&n.label),
            (S::ForEach(n), "variable") => self.child(Some(n.variable.span)),
            (S::ForEach(n), "condition") => self.child(Some(n.condition.span())),
            (S::ForEach(n), "body") => self.child(Some(n.body.span)),
            (S::ForEach(n), "label") => text(&n.label),
            (S::While(n), "condition") => self.child(Some(n.condition.span())),
            (S::While(n), "body") => self.child(Some(n.body.span)),
            (S::While(n), "label") => text(&n.label),
            (S::DoWhile(n) | S::DoUntil(n), "condition") => self.child(Some(n.condition.span())),
            (S::DoWhile(n) | S::DoUntil(n), "body") => self.child(Some(n.body.span)),
            (S::DoWhile(n) | S::DoUntil(n), "label") => text(&n.label),
            (S::Try(n), "body") => self.child(Some(n.body.span)),
            (S::Try(_), "catchclauses") => self.list(|e| e.name == "CatchClause"),
            (S::Try(n), "finally") => self.child(n.finally.as_ref().map(|b| b.span)),
            (S::Throw(_) | S::Return(_) | S::Exit(_), "pipeline") => self.nth(0),
            (S::Break(_) | S::Continue(_), "label") => self.nth(0),
            (S::Data(n), "variable") => text(&n.variable),
            (S::Data(_) | S::Block(_), "body") => self.named("StatementBlock"),
            (S::Error(_), "nestedast") => self.list(|_| true),
            _ => return None,
        })
    }

    fn expression_property(&self, expression: &syntax::Expr, name: &str) -> Option<Value> {
        use syntax::Expr as E;
        let source = self.source();
        Some(match (expression, name) {
            (E::Binary(_), "left") => self.nth(0),
            (E::Binary(_), "right") => self.nth(1),
            (E::Binary(n), "operator") => token_kind(source, n.operator_span),
            (E::Binary(n), "errorposition") => self.extent(n.operator_span),
            (E::Unary(n), "tokenkind") => language_enum("TokenKind", syntax::unary_kind(n.operator) as i64),
            (E::Unary(_), "child") => self.nth(0),
            (E::Ternary(_), "condition") => self.nth(0),
            (E::Ternary(_), "iftrue") => self.nth(1),
            (E::Ternary(_), "iffalse") => self.nth(2),
            (E::Convert(_), "type" | "attribute") | (E::Attributed(_), "attribute") => self.nth(0),
            (E::Convert(_) | E::Attributed(_), "child") => self.nth(1),
            (E::Constant(n), "value") => dialtone_code::number(&n.value),
            (E::String(n), "value") => Value::str(&n.value),
            (E::String(n), "stringconstanttype") => string_kind(n.kind),
            (E::Expandable(n), "value") => Value::str(&n.value),
            (E::Expandable(n), "stringconstanttype") => string_kind(n.kind),
            (E::Expandable(_), "nestedexpressions") => self.list(|_| true),
            (E::Variable(n), "variablepath") => variable_path(&n.path),
            (E::Variable(n), "splatted") => Value::Bool(n.splatted),
            (E::Type(n), "typename") => type_name(source, &n.type_name),
            (E::Member(_) | E::Invoke(_), "expression") => self.nth(0),
            (E::Member(_) | E::Invoke(_), "member") => self.nth(1),
            (E::Member(n), "static") => Value::Bool(n.is_static),
            (E::Member(n), "nullconditional") => Value::Bool(n.null_conditional),
            (E::Invoke(n), "static") => Value::Bool(n.is_static),
            (E::Invoke(n), "nullconditional") => Value::Bool(n.null_conditional),
            (E::Invoke(n), "arguments") => match n.arguments.len() {
                0 => Value::Null,
                _ => Value::array((2..2 + n.arguments.len()).map(|i| self.nth(i)).collect()),
            },
            (E::Index(_), "target") => self.nth(0),
            (E::Index(_), "index") => self.nth(1),
            (E::Index(n), "nullconditional") => Value::Bool(n.null_conditional),
            (E::ArrayLiteral(_), "elements") => self.list(|_| true),
            (E::Array(_) | E::Sub(_) | E::Using(_), "subexpression") => self.nth(0),
            (E::Paren(_), "pipeline") => self.nth(0),
            (E::Hashtable(n), "keyvaluepairs") => {
                let pair = |i| Value::object(Pair([self.nth(2 * i), self.nth(2 * i + 1)]));
                Value::array((0..n.pairs.len()).map(pair).collect())
            }
            (E::ScriptBlock(_), "scriptblock") => self.nth(0),
            (E::Error(_), "nestedast") => self.list(|_| true),
            _ => return None,
        })
    }
}

fn node(v: &Value) -> Option<&AstObject> {
    v.get()
}

/// What all classes of nodes have.
pub(crate) static PROPS: [Prop; 2] = [
    Prop::get("Extent", "System.Management.Automation.Language.IScriptExtent", |_, v| {
        Ok(node(v).map_or(Value::Null, |n| n.extent(n.entry().span)))
    }),
    Prop::get("Parent", "System.Management.Automation.Language.Ast", |_, v| {
        Ok(node(v).map_or(Value::Null, AstObject::parent))
    }),
];

pub(crate) static METHODS: [Overload; 4] = [
    Overload::new(
        "System.Management.Automation.Language.Ast Find(System.Func[System.Management.Automation.Language.Ast,bool] predicate, bool searchNestedScriptBlocks)",
        |rt, v, args| Ok(found(rt, v, args, true)?.into_iter().next().unwrap_or(Value::Null)),
    ),
    Overload::new(
        "System.Collections.Generic.IEnumerable[System.Management.Automation.Language.Ast] FindAll(System.Func[System.Management.Automation.Language.Ast,bool] predicate, bool searchNestedScriptBlocks)",
        |rt, v, args| Ok(Value::array(found(rt, v, args, false)?)),
    ),
    Overload::new("string GetCommandName()", |_, v, _| {
        let Some(command) = node(v) else { return Ok(Value::Null) };
        Ok(command.tree.with(command.at, |node| match node {
            Node::Command(syntax::Command { elements, .. }) => match elements.first() {
                Some(syntax::CommandElement::Expression(syntax::Expr::String(name))) => Value::str(&name.value),
                _ => Value::Null,
            },
            _ => Value::Null,
        }))
    }),
    Overload::new("scriptblock GetScriptBlock()", |rt, v, _| match node(v) {
        Some(block) => {
            let text = block.source().slice(block.entry().span);
            let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
            rt.script_block(inner)
        }
        None => Ok(Value::Null),
    }),
];

fn found(rt: &mut dyn Runtime, v: &Value, args: &[Value], first: bool) -> Res<Vec<Value>> {
    let mut out = Vec::new();
    if let (Some(node), [predicate, nested]) = (node(v), args) {
        node.search(rt, predicate, convert::to_bool(nested), first, &mut out)?;
    }
    Ok(out)
}

//! Walking the tree: one reference type for nodes of all kinds, with PowerShell's name, the span and the children of
//! each. `Ast.Find` and the outline of the tests stand on it.

use crate::ast::*;
use crate::source::{Source, Span};

/// A node of any kind.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    ScriptBlock(&'a ScriptBlockAst),
    /// A constructor's body: its first statement calls the base class, written or not.
    ConstructorBody(&'a ScriptBlockAst, Option<&'a BaseArguments>),
    NamedBlock(&'a NamedBlock, Option<Option<&'a BaseArguments>>),
    StatementBlock(&'a StatementBlock),
    ParamBlock(&'a ParamBlock),
    Parameter(&'a Parameter),
    Attribute(&'a Attribute),
    NamedArgument(&'a NamedArgument),
    /// The `$true` of an attribute's argument without a value.
    OmittedArgument(Span),
    TypeConstraint(&'a TypeConstraint),
    Statement(&'a Statement),
    Pipeline(&'a Pipeline),
    Command(&'a Command),
    CommandExpression(&'a CommandExpression),
    CommandParameter(&'a CommandParameter),
    Redirection(&'a Redirection),
    Catch(&'a Catch),
    Trap(&'a Trap),
    Function(&'a FunctionDefinition),
    Constructor(&'a FunctionDefinition, Option<&'a BaseArguments>),
    Type(&'a TypeDefinition),
    Member(&'a Member),
    Using(&'a UsingStatement),
    /// The statement that calls the base class's constructor.
    BaseCall(Option<&'a BaseArguments>),
    BaseCallExpression(Option<&'a BaseArguments>),
    BaseCallPart(&'static str, Span),
    Expr(&'a Expr),
    StringConstant(&'a StringConstant),
    Variable(&'a Variable),
    Hashtable(&'a Hashtable),
}

impl<'a> Node<'a> {
    /// PowerShell's class name without `Ast`.
    pub fn name(self) -> &'static str {
        match self {
            Node::ScriptBlock(_) | Node::ConstructorBody(..) => "ScriptBlock",
            Node::NamedBlock(..) => "NamedBlock",
            Node::StatementBlock(_) => "StatementBlock",
            Node::ParamBlock(_) => "ParamBlock",
            Node::Parameter(_) => "Parameter",
            Node::Attribute(_) => "Attribute",
            Node::NamedArgument(_) => "NamedAttributeArgument",
            Node::OmittedArgument(_) => "ConstantExpression",
            Node::TypeConstraint(_) => "TypeConstraint",
            Node::Pipeline(_) => "Pipeline",
            Node::Command(_) => "Command",
            Node::CommandExpression(_) | Node::BaseCall(_) => "CommandExpression",
            Node::CommandParameter(_) => "CommandParameter",
            Node::Redirection(Redirection::File(_)) => "FileRedirection",
            Node::Redirection(Redirection::Merging(_)) => "MergingRedirection",
            Node::Catch(_) => "CatchClause",
            Node::Trap(_) => "TrapStatement",
            Node::Function(_) | Node::Constructor(..) => "FunctionDefinition",
            Node::Type(_) => "TypeDefinition",
            Node::Member(Member::Property(_)) => "PropertyMember",
            Node::Member(Member::Function(_)) => "FunctionMember",
            Node::Using(_) => "UsingStatement",
            Node::BaseCallExpression(_) => "BaseCtorInvokeMemberExpression",
            Node::BaseCallPart(name, _) => name,
            Node::StringConstant(_) => "StringConstantExpression",
            Node::Variable(_) => "VariableExpression",
            Node::Hashtable(_) => "Hashtable",
            Node::Statement(statement) => statement_name(statement),
            Node::Expr(expression) => expression_name(expression),
        }
    }

    pub fn span(self) -> Span {
        match self {
            Node::ScriptBlock(node) | Node::ConstructorBody(node, _) => node.span,
            Node::NamedBlock(node, _) => node.span,
            Node::StatementBlock(node) => node.span,
            Node::ParamBlock(node) => node.span,
            Node::Parameter(node) => node.span,
            Node::Attribute(node) => node.span,
            Node::NamedArgument(node) => node.span,
            Node::OmittedArgument(span) | Node::BaseCallPart(_, span) => span,
            Node::TypeConstraint(node) => node.span,
            Node::Pipeline(node) => node.span,
            Node::Command(node) => node.span,
            Node::CommandExpression(node) => node.span,
            Node::CommandParameter(node) => node.span,
            Node::Redirection(node) => node.span(),
            Node::Catch(node) => node.span,
            Node::Trap(node) => node.span,
            Node::Function(node) | Node::Constructor(node, _) => node.span,
            Node::Type(node) => node.span,
            Node::Member(node) => node.span(),
            Node::Using(node) => node.span,
            Node::BaseCall(call) | Node::BaseCallExpression(call) => call.map_or(Span::default(), |call| call.span),
            Node::StringConstant(node) => node.span,
            Node::Variable(node) => node.span,
            Node::Hashtable(node) => node.span,
            Node::Statement(node) => node.span(),
            Node::Expr(node) => node.span(),
        }
    }

    /// Calls `visit` with each child, in the order in which PowerShell's visitors come to them.
    pub fn children(self, visit: &mut dyn FnMut(Node<'a>)) {
        match self {
            Node::ScriptBlock(node) => script_block(node, None, visit),
            Node::ConstructorBody(node, call) => script_block(node, Some(call), visit),
            Node::NamedBlock(node, call) => {
                if let Some(call) = call {
                    visit(Node::BaseCall(call));
                }
                node.traps.iter().for_each(|trap| visit(Node::Trap(trap)));
                node.statements.iter().for_each(|statement| visit(Node::of(statement)));
            }
            Node::StatementBlock(node) => {
                node.traps.iter().for_each(|trap| visit(Node::Trap(trap)));
                node.statements.iter().for_each(|statement| visit(Node::of(statement)));
            }
            Node::ParamBlock(node) => {
                node.attributes.iter().for_each(|attribute| visit(Node::Attribute(attribute)));
                node.parameters.iter().for_each(|parameter| visit(Node::Parameter(parameter)));
            }
            Node::Parameter(node) => {
                node.attributes.iter().for_each(|attribute| visit(attribute_node(attribute)));
                visit(Node::Variable(&node.name));
                node.default.iter().for_each(|value| visit(Node::Expr(value)));
            }
            Node::Attribute(node) => {
                node.positional.iter().for_each(|value| visit(Node::Expr(value)));
                node.named.iter().for_each(|argument| visit(Node::NamedArgument(argument)));
            }
            Node::NamedArgument(node) if node.expression_omitted => visit(Node::OmittedArgument(node.name_span)),
            Node::NamedArgument(node) => visit(Node::Expr(&node.value)),
            Node::Pipeline(node) => node.elements.iter().for_each(|element| match element {
                PipelineElement::Command(command) => visit(Node::Command(command)),
                PipelineElement::Expression(expression) => visit(Node::CommandExpression(expression)),
            }),
            Node::Command(node) => {
                for element in &node.elements {
                    visit(match element {
                        CommandElement::Parameter(parameter) => Node::CommandParameter(parameter),
                        CommandElement::Expression(expression) => Node::Expr(expression),
                    });
                }
                node.redirections.iter().for_each(|redirection| visit(Node::Redirection(redirection)));
            }
            Node::CommandExpression(node) => {
                visit(Node::Expr(&node.expression));
                node.redirections.iter().for_each(|redirection| visit(Node::Redirection(redirection)));
            }
            Node::CommandParameter(node) => node.argument.iter().for_each(|argument| visit(Node::Expr(argument))),
            Node::Redirection(Redirection::File(node)) => visit(Node::Expr(&node.location)),
            Node::Catch(node) => {
                node.types.iter().for_each(|constraint| visit(Node::TypeConstraint(constraint)));
                visit(Node::StatementBlock(&node.body));
            }
            Node::Trap(node) => {
                node.trap_type.iter().for_each(|constraint| visit(Node::TypeConstraint(constraint)));
                visit(Node::StatementBlock(&node.body));
            }
            Node::Function(node) => {
                node.parameters.iter().flatten().for_each(|parameter| visit(Node::Parameter(parameter)));
                visit(Node::ScriptBlock(&node.body));
            }
            Node::Constructor(node, call) => {
                node.parameters.iter().flatten().for_each(|parameter| visit(Node::Parameter(parameter)));
                visit(Node::ConstructorBody(&node.body, call));
            }
            Node::Type(node) => {
                node.attributes.iter().for_each(|attribute| visit(Node::Attribute(attribute)));
                node.base_types.iter().for_each(|constraint| visit(Node::TypeConstraint(constraint)));
                node.members.iter().for_each(|member| visit(Node::Member(member)));
            }
            Node::Member(member) => member_children(member, visit),
            Node::Using(node) => {
                node.name.iter().for_each(|name| visit(Node::StringConstant(name)));
                node.module_specification.iter().for_each(|table| visit(Node::Hashtable(table)));
                node.alias.iter().for_each(|alias| visit(Node::StringConstant(alias)));
            }
            Node::BaseCall(call) => visit(Node::BaseCallExpression(call)),
            Node::BaseCallExpression(call) => {
                let keyword = call.map_or(Span::default(), |call| call.keyword_span);
                visit(Node::BaseCallPart("VariableExpression", keyword));
                visit(Node::BaseCallPart("StringConstantExpression", keyword));
                call.iter().flat_map(|call| &call.arguments).for_each(|argument| visit(Node::Expr(argument)));
            }
            Node::Hashtable(node) => {
                for (key, value) in &node.pairs {
                    visit(Node::Expr(key));
                    visit(Node::of(value));
                }
            }
            Node::Statement(statement) => statement_children(statement, visit),
            Node::Expr(expression) => expression_children(expression, visit),
            Node::OmittedArgument(_)
            | Node::TypeConstraint(_)
            | Node::Redirection(Redirection::Merging(_))
            | Node::BaseCallPart(..)
            | Node::StringConstant(_)
            | Node::Variable(_) => {}
        }
    }

    fn of(statement: &'a Statement) -> Self {
        match statement {
            Statement::Pipeline(node) => Node::Pipeline(node),
            Statement::Function(node) => Node::Function(node),
            Statement::Type(node) => Node::Type(node),
            Statement::Using(node) => Node::Using(node),
            Statement::Trap(node) => Node::Trap(node),
            statement => Node::Statement(statement),
        }
    }
}

fn script_block<'a>(
    node: &'a ScriptBlockAst,
    call: Option<Option<&'a BaseArguments>>,
    visit: &mut dyn FnMut(Node<'a>),
) {
    node.usings.iter().for_each(|using| visit(Node::Using(using)));
    node.param_block.iter().for_each(|block| visit(Node::ParamBlock(block)));
    let blocks = [&node.dynamic_param, &node.begin, &node.process, &node.end, &node.clean];
    for block in blocks.into_iter().flatten() {
        visit(Node::NamedBlock(block, call));
    }
}

fn attribute_node(attribute: &AttributeBase) -> Node<'_> {
    match attribute {
        AttributeBase::Attribute(node) => Node::Attribute(node),
        AttributeBase::TypeConstraint(node) => Node::TypeConstraint(node),
    }
}

fn member_children<'a>(member: &'a Member, visit: &mut dyn FnMut(Node<'a>)) {
    match member {
        Member::Property(node) => {
            node.property_type.iter().for_each(|constraint| visit(Node::TypeConstraint(constraint)));
            node.attributes.iter().for_each(|attribute| visit(Node::Attribute(attribute)));
            node.initial_value.iter().for_each(|value| visit(Node::Expr(value)));
        }
        Member::Function(node) => {
            node.return_type.iter().for_each(|constraint| visit(Node::TypeConstraint(constraint)));
            node.attributes.iter().for_each(|attribute| visit(Node::Attribute(attribute)));
            visit(if node.is_constructor && !node.is_static {
                Node::Constructor(&node.function, node.base_arguments.as_ref())
            } else {
                Node::Function(&node.function)
            });
        }
    }
}

fn statement_name(statement: &Statement) -> &'static str {
    match statement {
        Statement::Pipeline(_) => "Pipeline",
        Statement::PipelineChain(_) => "PipelineChain",
        Statement::Assignment(_) => "AssignmentStatement",
        Statement::If(_) => "IfStatement",
        Statement::Switch(_) => "SwitchStatement",
        Statement::For(_) => "ForStatement",
        Statement::ForEach(_) => "ForEachStatement",
        Statement::While(_) => "WhileStatement",
        Statement::DoWhile(_) => "DoWhileStatement",
        Statement::DoUntil(_) => "DoUntilStatement",
        Statement::Try(_) => "TryStatement",
        Statement::Throw(_) => "ThrowStatement",
        Statement::Return(_) => "ReturnStatement",
        Statement::Exit(_) => "ExitStatement",
        Statement::Break(_) => "BreakStatement",
        Statement::Continue(_) => "ContinueStatement",
        Statement::Function(_) => "FunctionDefinition",
        Statement::Type(_) => "TypeDefinition",
        Statement::Data(_) => "DataStatement",
        Statement::Block(_) => "BlockStatement",
        Statement::Using(_) => "UsingStatement",
        Statement::Trap(_) => "TrapStatement",
        Statement::Error(_) => "ErrorStatement",
    }
}

fn statement_children<'a>(statement: &'a Statement, visit: &mut dyn FnMut(Node<'a>)) {
    match statement {
        Statement::PipelineChain(node) => {
            visit(Node::of(&node.left));
            visit(Node::Pipeline(&node.right));
        }
        Statement::Assignment(node) => {
            visit(Node::Expr(&node.left));
            // A lone expression stands there without its pipeline.
            match &node.right {
                Statement::Pipeline(pipeline) if !pipeline.background => match &pipeline.elements[..] {
                    [PipelineElement::Expression(expression)] => visit(Node::CommandExpression(expression)),
                    _ => visit(Node::Pipeline(pipeline)),
                },
                right => visit(Node::of(right)),
            }
        }
        Statement::If(node) => {
            for (condition, body) in &node.clauses {
                visit(Node::of(condition));
                visit(Node::StatementBlock(body));
            }
            node.else_clause.iter().for_each(|block| visit(Node::StatementBlock(block)));
        }
        Statement::Switch(node) => {
            visit(Node::of(&node.condition));
            for (condition, body) in &node.clauses {
                visit(Node::Expr(condition));
                visit(Node::StatementBlock(body));
            }
            node.default.iter().for_each(|block| visit(Node::StatementBlock(block)));
        }
        Statement::For(node) => {
            let parts = [&node.initializer, &node.condition, &node.iterator];
            parts.into_iter().flatten().for_each(|part| visit(Node::of(part)));
            visit(Node::StatementBlock(&node.body));
        }
        Statement::ForEach(node) => {
            visit(Node::Variable(&node.variable));
            visit(Node::of(&node.condition));
            node.throttle.iter().for_each(|limit| visit(Node::Expr(limit)));
            visit(Node::StatementBlock(&node.body));
        }
        Statement::While(node) => {
            visit(Node::of(&node.condition));
            visit(Node::StatementBlock(&node.body));
        }
        Statement::DoWhile(node) | Statement::DoUntil(node) => {
            visit(Node::of(&node.condition));
            visit(Node::StatementBlock(&node.body));
        }
        Statement::Try(node) => {
            visit(Node::StatementBlock(&node.body));
            node.catches.iter().for_each(|catch| visit(Node::Catch(catch)));
            node.finally.iter().for_each(|block| visit(Node::StatementBlock(block)));
        }
        Statement::Throw(node) => node.pipeline.iter().for_each(|pipeline| visit(Node::of(pipeline))),
        Statement::Return(node) => node.pipeline.iter().for_each(|pipeline| visit(Node::of(pipeline))),
        Statement::Exit(node) => node.pipeline.iter().for_each(|pipeline| visit(Node::of(pipeline))),
        Statement::Break(node) | Statement::Continue(node) => {
            node.label.iter().for_each(|label| visit(Node::Expr(label)));
        }
        // PowerShell's visitors do not come to the commands that it allows.
        Statement::Data(node) => visit(Node::StatementBlock(&node.body)),
        Statement::Block(node) => visit(Node::StatementBlock(&node.body)),
        Statement::Error(node) => error_parts(&node.parts, visit),
        Statement::Pipeline(_)
        | Statement::Function(_)
        | Statement::Type(_)
        | Statement::Using(_)
        | Statement::Trap(_) => Node::of(statement).children(visit),
    }
}

fn error_parts<'a>(parts: &'a [ErrorPart], visit: &mut dyn FnMut(Node<'a>)) {
    for part in parts {
        visit(match part {
            ErrorPart::Statement(node) => Node::of(node),
            ErrorPart::Expr(node) => Node::Expr(node),
            ErrorPart::Block(node) => Node::StatementBlock(node),
            ErrorPart::Attribute(node) => attribute_node(node),
            ErrorPart::Parameter(node) => Node::Parameter(node),
            ErrorPart::CommandParameter(node) => Node::CommandParameter(node),
            ErrorPart::Catch(node) => Node::Catch(node),
            ErrorPart::Type(node) => Node::Type(node),
        });
    }
}

fn expression_name(expression: &Expr) -> &'static str {
    match expression {
        Expr::Binary(_) => "BinaryExpression",
        Expr::Unary(_) => "UnaryExpression",
        Expr::Ternary(_) => "TernaryExpression",
        Expr::Convert(_) => "ConvertExpression",
        Expr::Attributed(_) => "AttributedExpression",
        Expr::Constant(_) => "ConstantExpression",
        Expr::String(_) => "StringConstantExpression",
        Expr::Expandable(_) => "ExpandableStringExpression",
        Expr::Variable(_) => "VariableExpression",
        Expr::Type(_) => "TypeExpression",
        Expr::Member(_) => "MemberExpression",
        Expr::Invoke(_) => "InvokeMemberExpression",
        Expr::Index(_) => "IndexExpression",
        Expr::ArrayLiteral(_) => "ArrayLiteral",
        Expr::Array(_) => "ArrayExpression",
        Expr::Paren(_) => "ParenExpression",
        Expr::Sub(_) => "SubExpression",
        Expr::Hashtable(_) => "Hashtable",
        Expr::ScriptBlock(_) => "ScriptBlockExpression",
        Expr::Using(_) => "UsingExpression",
        Expr::Error(_) => "ErrorExpression",
    }
}

fn expression_children<'a>(expression: &'a Expr, visit: &mut dyn FnMut(Node<'a>)) {
    match expression {
        Expr::Binary(node) => {
            visit(Node::Expr(&node.left));
            visit(Node::Expr(&node.right));
        }
        Expr::Unary(node) => visit(Node::Expr(&node.child)),
        Expr::Ternary(node) => {
            visit(Node::Expr(&node.condition));
            visit(Node::Expr(&node.if_true));
            visit(Node::Expr(&node.if_false));
        }
        Expr::Convert(node) => {
            visit(Node::TypeConstraint(&node.type_constraint));
            visit(Node::Expr(&node.child));
        }
        Expr::Attributed(node) => {
            visit(Node::Attribute(&node.attribute));
            visit(Node::Expr(&node.child));
        }
        Expr::Expandable(node) => {
            for part in &node.parts {
                if let StringPart::Expr(expression) = part {
                    visit(Node::Expr(expression));
                }
            }
        }
        Expr::Member(node) => {
            visit(Node::Expr(&node.target));
            visit(Node::Expr(&node.member));
        }
        Expr::Invoke(node) => {
            visit(Node::Expr(&node.target));
            visit(Node::Expr(&node.member));
            node.arguments.iter().for_each(|argument| visit(Node::Expr(argument)));
        }
        Expr::Index(node) => {
            visit(Node::Expr(&node.target));
            visit(Node::Expr(&node.index));
        }
        Expr::ArrayLiteral(node) => node.elements.iter().for_each(|element| visit(Node::Expr(element))),
        Expr::Array(node) => visit(Node::StatementBlock(&node.body)),
        Expr::Paren(node) => visit(Node::of(&node.pipeline)),
        Expr::Sub(node) => visit(Node::StatementBlock(&node.body)),
        Expr::Hashtable(node) => Node::Hashtable(node).children(visit),
        Expr::ScriptBlock(node) => visit(Node::ScriptBlock(&node.body)),
        Expr::Using(node) => visit(Node::Expr(&node.child)),
        Expr::Error(node) => error_parts(&node.parts, visit),
        Expr::Constant(_) | Expr::String(_) | Expr::Variable(_) | Expr::Type(_) => {}
    }
}

/// The tree as lines `Name start-end` with UTF-16 offsets, indented by depth, in the order of start, depth, end, name.
pub fn outline(root: &ScriptBlockAst) -> Vec<String> {
    fn collect<'a>(node: Node<'a>, depth: usize, out: &mut Vec<(Node<'a>, usize)>) {
        // The call itself is hidden from searches, its parts are not.
        if !matches!(node, Node::BaseCallExpression(_)) {
            out.push((node, depth));
        }
        node.children(&mut |child| collect(child, depth + 1, out));
    }
    let mut nodes = Vec::new();
    collect(Node::ScriptBlock(root), 0, &mut nodes);
    nodes.sort_by_key(|(node, depth)| {
        let span = node.span();
        (span.start, *depth, span.end, node.name().to_ascii_lowercase())
    });
    let source: &Source = &root.source;
    let line = |(node, depth): &(Node<'_>, usize)| {
        let span = node.span();
        let (start, end) = (source.utf16_offset(span.start), source.utf16_offset(span.end));
        format!("{}{} {start}-{end}", "  ".repeat(*depth), node.name())
    };
    nodes.iter().map(line).collect()
}

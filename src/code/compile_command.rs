//! Pipelines, commands, parameters and attributes: AST to resolved code.
use super::Compiler;
use crate::*;
use dialtone_object::PsString;
use dialtone_syntax as syntax;
use std::rc::Rc;

impl Compiler {
    pub fn pipeline(&self, p: &syntax::Pipeline) -> PipelineCode {
        PipelineCode {
            span: p.span,
            background: p.background,
            elements: p
                .elements
                .iter()
                .map(|e| match e {
                    syntax::PipelineElement::Command(c) => Element::Command(self.command(c)),
                    syntax::PipelineElement::Expression(e) => Element::Expr {
                        expr: self.expr(&e.expression),
                        span: e.span,
                        redirections: self.redirections(&e.redirections),
                    },
                })
                .collect(),
        }
    }

    fn redirections(&self, list: &[syntax::Redirection]) -> Vec<RedirectionCode> {
        list.iter()
            .map(|r| match r {
                syntax::Redirection::File(f) => {
                    RedirectionCode::File { from: f.from, path: self.expr(&f.location), append: f.append, span: f.span }
                }
                syntax::Redirection::Merging(m) => RedirectionCode::Merge { from: m.from, to: m.to, span: m.span },
            })
            .collect()
    }

    fn command(&self, c: &syntax::Command) -> CommandCode {
        let mut elements = c.elements.iter();
        let name = match elements.next() {
            Some(syntax::CommandElement::Expression(syntax::Expr::String(s))) => {
                CommandName::Const { text: PsString::from(&*s.value), name: Name::new(&s.value), span: s.span }
            }
            Some(syntax::CommandElement::Expression(e)) => CommandName::Expr(self.expr(e), e.span()),
            Some(syntax::CommandElement::Parameter(p)) => {
                let text = self.unit.source.slice(p.span);
                CommandName::Const { text: text.into(), name: Name::new(text), span: p.span }
            }
            None => CommandName::Const { text: "".into(), name: Name::new(""), span: c.span },
        };
        CommandCode {
            span: c.span,
            invocation: c.invocation,
            name,
            args: elements.map(|e| self.argument(e)).collect(),
            redirections: self.redirections(&c.redirections),
            cache: CallCache::default(),
        }
    }

    fn argument(&self, e: &syntax::CommandElement) -> Arg {
        match e {
            syntax::CommandElement::Parameter(p) => Arg::Parameter {
                name: p.name.clone(),
                value: p.argument.as_ref().map(|a| (self.expr(a), a.span())),
                span: p.span,
                colon: p.argument.is_some(),
            },
            syntax::CommandElement::Expression(syntax::Expr::Variable(v)) if v.splatted => {
                let plain = syntax::Variable { splatted: false, ..(**v).clone() };
                Arg::Splat { variable: self.expr(&syntax::Expr::Variable(Box::new(plain))), span: v.span }
            }
            syntax::CommandElement::Expression(syntax::Expr::Using(u)) if let Some(v) = splatted(&u.child) => {
                let plain = syntax::Variable { splatted: false, ..v.clone() };
                let name = plain.path.user_path.clone();
                let child = Box::new(self.expr(&syntax::Expr::Variable(Box::new(plain))));
                Arg::Splat { variable: Expr::Using(name, child), span: u.span }
            }
            syntax::CommandElement::Expression(e) => {
                let kind = match e {
                    syntax::Expr::String(s) if s.kind == syntax::StringKind::BareWord => ArgKind::Bare,
                    syntax::Expr::Constant(_) => ArgKind::Bare,
                    syntax::Expr::String(_) => ArgKind::Quoted,
                    syntax::Expr::Expandable(x) if x.kind == syntax::StringKind::BareWord => ArgKind::Bare,
                    syntax::Expr::Expandable(_) => ArgKind::Quoted,
                    _ => ArgKind::Other,
                };
                Arg::Value { expr: self.expr(e), span: e.span(), kind }
            }
        }
    }

    pub fn params(&self, block: Option<&syntax::ParamBlock>, parameters: &[syntax::Parameter]) -> Params {
        let list: &[syntax::Parameter] = block.map_or(parameters, |b| &b.parameters);
        let list: Vec<ParamCode> = list.iter().map(|p| self.param(p)).collect();
        let attributes: Vec<Rc<AttributeCode>> =
            block.map_or_else(Vec::new, |b| b.attributes.iter().map(|a| Rc::new(self.attribute(a))).collect());
        let advanced = attributes.iter().any(|a| a.short_name().eq_ignore_ascii_case("CmdletBinding"))
            || list.iter().any(|p| p.attributes.iter().any(|a| a.short_name().eq_ignore_ascii_case("Parameter")));
        let plain = !advanced && list.iter().all(|p| p.attributes.is_empty() && p.types.is_empty());
        Params { list, attributes, advanced, plain, meta: std::cell::OnceCell::new() }
    }

    fn param(&self, p: &syntax::Parameter) -> ParamCode {
        let (mut types, mut attributes) = (Vec::new(), Vec::new());
        for a in &p.attributes {
            match a {
                syntax::AttributeBase::Attribute(a) => attributes.push(Rc::new(self.attribute(a))),
                syntax::AttributeBase::TypeConstraint(t) => types.push(Rc::new(self.type_code(&t.type_name, t.span))),
            }
        }
        let key = Name::new(&p.name.path.name);
        ParamCode {
            name: p.name.path.name.clone(),
            key,
            slot: self.layout.slot(key),
            span: p.span,
            types,
            attributes,
            default: p.default.as_ref().map(|e| (self.expr(e), e.span())),
            assigned: std::cell::Cell::new(false),
        }
    }

    pub fn attribute(&self, a: &syntax::Attribute) -> AttributeCode {
        AttributeCode {
            ty: self.type_code(&a.type_name, a.span),
            positional: self.exprs(&a.positional),
            named: a.named.iter().map(|n| (n.name.clone(), self.expr(&n.value))).collect(),
            span: a.span,
        }
    }
}

fn splatted(e: &syntax::Expr) -> Option<&syntax::Variable> {
    match e {
        syntax::Expr::Variable(v) if v.splatted => Some(v),
        _ => None,
    }
}

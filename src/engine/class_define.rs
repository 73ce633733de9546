//! `class` and `enum` definitions: code to types.
use crate::class::{Class, Method, Property};
use crate::machine::Engine;
use dialtone_code::{ClassCode, Code, Expr, Unit};
use dialtone_object::*;
use dialtone_syntax::{self as syntax, Member as AstMember};
use std::cell::RefCell;
use std::rc::Rc;

impl Engine {
    /// Defines all classes and enums of a script before it runs, as PowerShell's compiler does.
    pub fn define_types(&mut self, code: &Rc<Code>) -> Res<()> {
        let Some(end) = &code.end else { return Ok(()) };
        let classes: Vec<Rc<ClassCode>> = end
            .statements
            .iter()
            .filter_map(|s| match &s.kind {
                dialtone_code::StmtKind::Class(c) => Some(c.clone()),
                _ => None,
            })
            .collect();
        for c in &classes {
            self.define_type_once(c, &classes, 0)?;
        }
        Ok(())
    }

    /// A definition, its base classes of the same script first.
    fn define_type_once(&mut self, c: &Rc<ClassCode>, all: &[Rc<ClassCode>], depth: usize) -> Res<()> {
        if c.defined.get() || depth > all.len() {
            return Ok(());
        }
        let needed: Vec<String> = c.ast.base_types.iter().map(|t| t.type_name.full_name()).collect();
        for name in needed {
            if let Some(base) =
                all.iter().find(|o| o.ast.name.eq_ignore_ascii_case(&name) && !Rc::ptr_eq(o, c)).cloned()
            {
                self.define_type_once(&base, all, depth + 1)?;
            }
        }
        // Types may name each other in members: names first, members after.
        self.define_type(c)
    }

    pub fn define_type(&mut self, c: &Rc<ClassCode>) -> Res<()> {
        if c.defined.replace(true) {
            return Ok(());
        }
        match c.ast.kind {
            syntax::TypeKind::Enum => self.define_enum(c),
            _ => self.define_class(c),
        }
    }

    fn define_enum(&mut self, c: &Rc<ClassCode>) -> Res<()> {
        let namespaces = c.namespaces.clone();
        let underlying = match c.ast.base_types.first() {
            Some(t) => {
                let code =
                    dialtone_code::TypeCode { name: t.type_name.clone(), span: t.span, resolved: Default::default() };
                self.resolve_type_in(&namespaces, &code)?
            }
            None => &types::INT32,
        };
        let flags = c.ast.attributes.iter().any(|a| {
            let name = a.type_name.full_name();
            name.eq_ignore_ascii_case("Flags")
                || name.eq_ignore_ascii_case("System.FlagsAttribute")
                || name.eq_ignore_ascii_case("FlagsAttribute")
        });
        let mut values = Vec::new();
        let mut next = 0i64;
        let (code, exprs) = self.member_exprs(c);
        let mut exprs = exprs.into_iter();
        for m in &c.ast.members {
            let AstMember::Property(p) = m else { continue };
            if let Some(Some(e)) = exprs.next() {
                let scope = self.scope.clone();
                let frame = self.frame(&code, &scope, Default::default(), None);
                let v = self.eval(&frame, &e)?;
                if let Value::Long(n) = self.cast(&v, &types::INT64)? {
                    next = n;
                }
            }
            values.push((p.name.to_string(), next));
            next = next.wrapping_add(1);
        }
        let name: &'static str = Box::leak(c.ast.name.to_string().into_boxed_str());
        let info = TypeInfo::new(name, name, TypeKind::Enum, Some(&types::ENUM));
        let _ = info.enum_info.set(types::EnumInfo { values, flags, underlying });
        let ty = types::leak_type(info);
        self.class_names.push((name.to_owned(), ty));
        Ok(())
    }

    /// Initial values of the properties, compiled under one code.
    fn member_exprs(&self, c: &Rc<ClassCode>) -> (Rc<Code>, Vec<Option<Rc<Expr>>>) {
        let unit = Unit { source: c.source.clone(), namespaces: c.namespaces.clone(), comments: c.comments.clone() };
        let list = c
            .ast
            .members
            .iter()
            .filter_map(|m| match m {
                AstMember::Property(p) => Some(p.initial_value.as_ref()),
                AstMember::Function(_) => None,
            })
            .collect::<Vec<_>>();
        dialtone_code::compile_expressions(&list, unit)
    }

    fn define_class(&mut self, c: &Rc<ClassCode>) -> Res<()> {
        let namespaces = c.namespaces.clone();
        let resolve = |en: &mut Engine, t: &syntax::TypeConstraint| {
            let code =
                dialtone_code::TypeCode { name: t.type_name.clone(), span: t.span, resolved: Default::default() };
            en.resolve_type_in(&namespaces, &code)
        };
        let (mut base, mut net_base) = (None, None);
        let mut interfaces: Vec<&'static str> = Vec::new();
        for (n, t) in c.ast.base_types.iter().enumerate() {
            let ty = resolve(self, t)?;
            match (self.class_of(ty), ty.kind) {
                (Some(class), _) if n == 0 => base = Some(class),
                (_, TypeKind::Interface) => interfaces.push(ty.full_name),
                (None, TypeKind::Object) => {}
                (None, _) if n == 0 => net_base = Some(ty),
                _ => interfaces.push(ty.full_name),
            }
        }
        if let Some(b) = &base {
            net_base = b.net_base;
        }
        let at = self.classes.len() as u32;
        let name: &'static str = Box::leak(c.ast.name.to_string().into_boxed_str());
        let parent = base.as_ref().map(|b| b.ty).or(net_base).unwrap_or(&types::OBJECT);
        let info = TypeInfo::new(name, name, TypeKind::Class(at), Some(parent)).with_interfaces(interfaces.leak());
        let ty = types::leak_type(info);
        // Known by name before its members are looked at: they may name it.
        self.class_names.push((name.to_owned(), ty));
        let made = self.class_members(c, ty, base, net_base);
        match made {
            Ok(class) => {
                let class = Rc::new(class);
                self.classes.push(class.clone());
                self.set_static_initial(&class)?;
                self.run_static_constructor(&class)
            }
            Err(flow) => {
                self.class_names.pop();
                Err(flow)
            }
        }
    }

    fn class_members(
        &mut self,
        c: &Rc<ClassCode>,
        ty: TypeRef,
        base: Option<Rc<Class>>,
        net_base: Option<TypeRef>,
    ) -> Res<Class> {
        let namespaces = c.namespaces.clone();
        let resolve = |en: &mut Engine, t: &syntax::TypeConstraint| {
            let code =
                dialtone_code::TypeCode { name: t.type_name.clone(), span: t.span, resolved: Default::default() };
            en.resolve_type_in(&namespaces, &code)
        };
        let (code, exprs) = self.member_exprs(c);
        let mut exprs = exprs.into_iter();
        let mut properties: Vec<Property> = base.as_ref().map_or_else(Vec::new, |b| b.properties.clone());
        let (mut statics, mut methods, mut constructors) = (Vec::new(), Vec::new(), Vec::new());
        for m in &c.ast.members {
            match m {
                AstMember::Property(p) => {
                    let pty = match &p.property_type {
                        Some(t) => resolve(self, t)?,
                        None => &types::OBJECT,
                    };
                    let mut validations = Vec::new();
                    for a in &p.attributes {
                        let compiled = dialtone_code::compile_attribute(a, unit_of(c));
                        if let Some(v) = self.attribute_validation(&compiled.0, &compiled.1)? {
                            validations.push(v);
                        }
                    }
                    let property = Property {
                        name: PsString::from(&*p.name),
                        ty: pty,
                        typed: p.property_type.is_some(),
                        initial: exprs.next().flatten(),
                        hidden: p.is_hidden,
                        validations,
                    };
                    if p.is_static { &mut statics } else { &mut properties }.push(property);
                }
                AstMember::Function(f) => {
                    let parameters = f.function.parameters.as_deref().unwrap_or(&[]);
                    let (method_code, base_args) = dialtone_code::compile_method(
                        &f.function.body,
                        parameters,
                        f.base_arguments.as_ref().map(|b| &b.arguments[..]),
                        unit_of(c),
                    );
                    let mut params = Vec::new();
                    for p in &method_code.params.list {
                        params.push(match p.types.last() {
                            Some(t) => self.resolve_type_in(&namespaces, t)?,
                            None => &types::OBJECT,
                        });
                    }
                    let returns = match &f.return_type {
                        Some(t) => resolve(self, t)?,
                        None if f.is_constructor => &types::VOID,
                        None => &types::OBJECT,
                    };
                    let method = Method {
                        name: PsString::from(&*f.function.name),
                        code: method_code,
                        params,
                        returns,
                        is_static: f.is_static,
                        hidden: f.is_hidden,
                        base: base_args,
                    };
                    if f.is_constructor { &mut constructors } else { &mut methods }.push(method);
                }
            }
        }
        let count = statics.len();
        Ok(Class {
            name: PsString::from(&*c.ast.name),
            ty,
            base,
            net_base,
            properties,
            statics,
            static_values: RefCell::new(vec![Value::Null; count]),
            methods,
            constructors,
            code,
            home: crate::vars::script_scope(&self.scope),
            module: self.module.clone(),
        })
    }
}

fn unit_of(c: &Rc<ClassCode>) -> Unit {
    Unit { source: c.source.clone(), namespaces: c.namespaces.clone(), comments: c.comments.clone() }
}

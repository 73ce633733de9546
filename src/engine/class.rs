//! Classes that scripts define: their instances, members, constructors. `class_define` makes them from code.
use crate::machine::{Engine, Frame};
use crate::pipeline::NullSink;
use crate::scope::Scope;
use crate::streams::Redirects;
use dialtone_code::layout::THIS_SLOT;
use dialtone_code::{Code, ConvertExpr, Expr};
use dialtone_object::*;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone)]
pub struct Property {
    pub name: PsString,
    pub ty: TypeRef,
    pub typed: bool,
    pub initial: Option<Rc<Expr>>,
    pub hidden: bool,
    pub validations: Vec<Validation>,
}

pub struct Method {
    pub name: PsString,
    pub code: Rc<Code>,
    pub params: Vec<TypeRef>,
    /// Number of parameters without default.
    pub returns: TypeRef,
    pub is_static: bool,
    pub hidden: bool,
    /// `: base(...)` of a constructor.
    pub base: Option<Vec<Expr>>,
}

/// A class of a script.
pub struct Class {
    pub name: PsString,
    pub ty: TypeRef,
    pub base: Option<Rc<Class>>,
    /// The .NET class it inherits from, when that is not Object.
    pub net_base: Option<TypeRef>,
    /// Instance properties, the base class's first.
    pub properties: Vec<Property>,
    pub statics: Vec<Property>,
    pub static_values: RefCell<Vec<Value>>,
    pub methods: Vec<Method>,
    pub constructors: Vec<Method>,
    /// Code of the initial values: for types and positions.
    pub code: Rc<Code>,
    /// Where the class was defined: parent of its methods' scopes.
    pub home: Rc<Scope>,
    pub module: Option<Rc<crate::module::Module>>,
}

/// An object of a script class.
pub struct Instance {
    pub class: Rc<Class>,
    pub values: RefCell<Vec<Value>>,
    /// The .NET object it stands on (a list, a dictionary), if any.
    pub base: RefCell<Value>,
}

/// The instance data of a value, also of one whose base is an exception.
pub fn instance(value: &Value) -> Option<&Instance> {
    match value.base() {
        Value::Object(o) => match o.get::<Instance>() {
            Some(i) => Some(i),
            None => o.get::<Exception>()?.own.get()?.as_any().downcast_ref(),
        },
        _ => None,
    }
}

impl Class {
    fn property(&self, name: &str) -> Option<(usize, &Property)> {
        self.properties.iter().enumerate().find(|(_, p)| string::eq_ignore_case(&p.name, name))
    }
    /// The class and its bases, nearest first.
    fn chain(self: &Rc<Self>) -> impl Iterator<Item = Rc<Class>> {
        std::iter::successors(Some(self.clone()), |c| c.base.clone())
    }
    fn methods_named(self: &Rc<Self>, name: &str, is_static: bool) -> Vec<(Rc<Class>, usize)> {
        let mut list = Vec::new();
        for class in self.chain() {
            for (at, m) in class.methods.iter().enumerate() {
                if m.is_static == is_static && string::eq_ignore_case(&m.name, name) {
                    list.push((class.clone(), at));
                }
            }
        }
        list
    }
}

impl Instance {
    fn get(&self, name: &str) -> Option<Value> {
        let (at, _) = self.class.property(name)?;
        self.values.borrow().get(at).cloned()
    }
}

impl NetObject for Instance {
    fn type_ref(&self) -> TypeRef {
        self.class.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_enumerable(&self) -> bool {
        !self.base.borrow().is_null() && !matches!(*self.base.borrow(), Value::Dict(_))
    }
    fn enumerate(&self, rt: &mut dyn Runtime) -> Option<Res<Vec<Value>>> {
        let base = self.base.borrow().clone();
        (!base.is_null()).then(|| rt.enumerate(&base))
    }
    fn index(&self, rt: &mut dyn Runtime, index: &[Value]) -> Option<Res<Value>> {
        let base = self.base.borrow().clone();
        (!base.is_null()).then(|| access::index(rt, &base, index))
    }
    fn set_index(&self, rt: &mut dyn Runtime, index: &[Value], value: Value) -> Option<Res<()>> {
        let base = self.base.borrow().clone();
        (!base.is_null()).then(|| access::set_index(rt, &base, index, value))
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        if let Some(v) = self.get(name) {
            return Some(Ok(v));
        }
        let base = self.base.borrow().clone();
        if base.is_null() {
            return None;
        }
        access::get_member(rt, &base, name).transpose()
    }
    fn set_dynamic_property(&self, rt: &mut dyn Runtime, name: &str, value: &Value) -> Option<Res<()>> {
        let (at, _) = self.class.property(name)?;
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let class = self.class.clone();
        Some(en.class_value(&class.properties[at], value.clone()).map(|v| {
            let old = self.values.borrow_mut().get_mut(at).map(|slot| std::mem::replace(slot, v));
            drop(old);
        }))
    }
    fn invoke_method(&self, rt: &mut dyn Runtime, this: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let found = self.class.methods_named(name, false);
        if !found.is_empty() {
            return Some(en.call_overload(&found, name, Some(this), args));
        }
        let base = self.base.borrow().clone();
        if !base.is_null() {
            return Some(access::invoke_method(rt, &base, name, args));
        }
        let plain = name.eq_ignore_ascii_case("ToString") && args.is_empty() && this.get::<Exception>().is_none();
        plain.then(|| Ok(Value::str(self.class.ty.full_name)))
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        self.class.properties.iter().filter(|p| !p.hidden).map(|p| p.name.clone()).collect()
    }
}

/// How well an argument fits a parameter: 0 is exact, none does not fit.
fn fit(ty: TypeRef, value: &Value) -> Option<u32> {
    if ty.kind == TypeKind::Object {
        return Some(3);
    }
    if value.is_null() {
        return Some(if ty.is_value_type() { 8 } else { 1 });
    }
    let from = types::type_of(value);
    if std::ptr::eq(from, ty) {
        return Some(0);
    }
    if from.is_subclass_of(ty) {
        return Some(1);
    }
    if from.is_number() && ty.is_number() {
        return Some(2);
    }
    Some(if ty.kind == TypeKind::String { 5 } else { 6 })
}

impl Engine {
    /// A value for a property, in its type and past its validations.
    fn class_value(&mut self, p: &Property, value: Value) -> Res<Value> {
        let value = if p.typed {
            match (p.ty.kind, &value) {
                (TypeKind::String, Value::String(_))
                | (TypeKind::Int32, Value::Int(_))
                | (TypeKind::Double, Value::Double(_)) => value,
                (TypeKind::Object, _) => value.or_null(),
                (_, v) if v.is_null() && !p.ty.is_value_type() && p.ty.kind != TypeKind::String => Value::Null,
                _ => self.cast(&value, p.ty)?,
            }
        } else {
            value.or_null()
        };
        for v in &p.validations {
            crate::validate::check_property(self, v, &value, &p.name)?;
        }
        Ok(value)
    }

    /// The overload that fits best; of equals the most derived.
    fn call_overload(
        &mut self,
        found: &[(Rc<Class>, usize)],
        name: &str,
        this: Option<&Value>,
        args: &[Value],
    ) -> Res<Value> {
        let mut best: Option<(u32, &(Rc<Class>, usize))> = None;
        for entry in found {
            let m = &entry.0.methods[entry.1];
            if m.params.len() != args.len() {
                continue;
            }
            let cost = m.params.iter().zip(args).try_fold(0, |sum, (t, v)| fit(t, v).map(|c| sum + c));
            if let Some(cost) = cost
                && best.is_none_or(|(b, _)| cost < b)
            {
                best = Some((cost, entry));
            }
        }
        match best {
            Some((_, (class, at))) => self.call_class_method(class, &class.methods[*at], this, args),
            None => Err(access::errors::no_overload(name, args.len())),
        }
    }

    /// Runs a method's body: parameters bound, `$this` set, only `return` gives a value.
    fn call_class_method(&mut self, class: &Rc<Class>, m: &Method, this: Option<&Value>, args: &[Value]) -> Res<Value> {
        let scope = self.method_scope(class, m, this, args)?;
        let ret = RefCell::new(Value::Void);
        let result = self.method_body(class, m, &scope, &ret);
        self.free_scope(scope);
        result?;
        let value = ret.into_inner();
        match m.returns.kind {
            TypeKind::Void => Ok(Value::Void),
            TypeKind::Object => Ok(value.or_null()),
            TypeKind::String if value.is_null() => Ok(Value::Null),
            _ if value.is_null() && !m.returns.is_value_type() => Ok(Value::Null),
            _ => self.cast(&value, m.returns),
        }
    }

    fn method_scope(&mut self, class: &Rc<Class>, m: &Method, this: Option<&Value>, args: &[Value]) -> Res<Rc<Scope>> {
        let scope = self.new_scope(&m.code.layout, &class.home);
        if let Some(this) = this {
            scope.put(THIS_SLOT, this.clone());
        }
        for (n, p) in m.code.params.list.iter().enumerate() {
            let Some(v) = args.get(n) else { continue };
            let ty = m.params[n];
            let v = match (ty.kind, v) {
                (TypeKind::Object, v) => v.clone().or_null(),
                (TypeKind::String, Value::String(_))
                | (TypeKind::Int32, Value::Int(_))
                | (TypeKind::Double, Value::Double(_)) => v.clone(),
                (_, v) if v.is_null() && !ty.is_value_type() && ty.kind != TypeKind::String => Value::Null,
                _ => self.cast(v, ty).map_err(|e| {
                    let shown = self.to_text(v);
                    let name = if m.base.is_some()
                        || m.returns.kind == TypeKind::Void && string::eq_ignore_case(&m.name, &class.name)
                    {
                        ".ctor"
                    } else {
                        &m.name
                    };
                    access::errors::argument_conversion(&p.name, &shown, name, ty.full_name, &e)
                })?,
            };
            scope.put(p.slot, v);
        }
        Ok(scope)
    }

    fn method_body(&mut self, class: &Rc<Class>, m: &Method, scope: &Rc<Scope>, ret: &RefCell<Value>) -> Res<()> {
        let outer_scope = std::mem::replace(&mut self.scope, scope.clone());
        let outer_module = std::mem::replace(&mut self.module, class.module.clone());
        // Methods stop at their first error.
        let outer_propagate = std::mem::replace(&mut self.propagate, true);
        let name: Rc<str> = m.name.as_str().into();
        let result = self.enter(&m.code, &name, None, scope).and_then(|()| {
            let frame = Frame {
                scope: scope.clone(),
                map: None,
                code: &m.code,
                redirects: Redirects::default(),
                inv: None,
                ret: Some(ret),
            };
            let result = match &m.code.end {
                Some(block) => self.body(&frame, block, &NullSink),
                None => Ok(()),
            };
            self.leave();
            result
        });
        self.propagate = outer_propagate;
        self.module = outer_module;
        self.scope = outer_scope;
        result
    }

    pub fn class_of(&self, ty: TypeRef) -> Option<Rc<Class>> {
        match ty.kind {
            TypeKind::Class(at) => self.classes.get(at as usize).cloned(),
            _ => None,
        }
    }

    /// `[Class]::new(args)`
    pub fn construct_instance(&mut self, class: &Rc<Class>, args: &[Value]) -> Res<Value> {
        let ctor = self.find_constructor(class, args)?;
        let instance =
            Instance { class: class.clone(), values: RefCell::new(Vec::new()), base: RefCell::new(Value::Null) };
        let this = match class.net_base {
            Some(ty) if ty.is_subclass_of(&types::EXCEPTION) => {
                let exception = Exception::new(class.ty, "");
                let _ = exception.own.set(Box::new(instance));
                exception.into_value()
            }
            _ => Value::object(instance),
        };
        self.initialize(class, &this)?;
        self.run_constructor(class, ctor, &this, args).map_err(|e| self.constructor_error(e, args.len()))?;
        Ok(this)
    }

    fn constructor_error(&mut self, flow: Flow, count: usize) -> Flow {
        match flow.error() {
            // A script's own throw goes up as it is.
            Some(_) => flow,
            None => access::errors::invocation(".ctor", count, flow),
        }
    }

    fn find_constructor(&mut self, class: &Rc<Class>, args: &[Value]) -> Res<Option<usize>> {
        if class.constructors.iter().all(|c| c.is_static) {
            return if args.is_empty() { Ok(None) } else { Err(access::errors::no_overload("new", args.len())) };
        }
        let mut best: Option<(u32, usize)> = None;
        for (at, c) in class.constructors.iter().enumerate() {
            if c.is_static || c.params.len() != args.len() {
                continue;
            }
            let cost = c.params.iter().zip(args).try_fold(0, |sum, (t, v)| fit(t, v).map(|c| sum + c));
            if let Some(cost) = cost
                && best.is_none_or(|(b, _)| cost < b)
            {
                best = Some((cost, at));
            }
        }
        match best {
            Some((_, at)) => Ok(Some(at)),
            None => Err(access::errors::no_overload("new", args.len())),
        }
    }

    /// Gives every property its initial value, base classes first.
    fn initialize(&mut self, class: &Rc<Class>, this: &Value) -> Res<()> {
        let Some(data) = instance(this) else { return Ok(()) };
        *data.values.borrow_mut() = class.properties.iter().map(default_value).collect();
        let scope = self.new_scope(&class.code.layout, &class.home);
        scope.put(THIS_SLOT, this.clone());
        let outer = std::mem::replace(&mut self.scope, scope.clone());
        let mut result = Ok(());
        for (at, p) in class.properties.iter().enumerate() {
            let Some(e) = p.initial.clone() else { continue };
            // Initial values of base classes were compiled under the base's code.
            let code = self.code_of_property(class, at);
            let frame = self.frame(&code, &scope, Redirects::default(), None);
            result = self.eval(&frame, &e).and_then(|v| self.class_value(p, v)).map(|v| {
                if let Some(slot) = data.values.borrow_mut().get_mut(at) {
                    *slot = v;
                }
            });
            if result.is_err() {
                break;
            }
        }
        self.scope = outer;
        self.free_scope(scope);
        result
    }

    fn code_of_property(&self, class: &Rc<Class>, at: usize) -> Rc<Code> {
        let mut owner = class.clone();
        while let Some(base) = owner.base.clone() {
            if at >= base.properties.len() {
                break;
            }
            owner = base;
        }
        owner.code.clone()
    }

    fn run_constructor(&mut self, class: &Rc<Class>, ctor: Option<usize>, this: &Value, args: &[Value]) -> Res<()> {
        let Some(at) = ctor else { return self.run_base_constructor(class, &[], this) };
        let m = &class.constructors[at];
        let scope = self.method_scope(class, m, Some(this), args)?;
        let mut base_args = Vec::new();
        if let Some(list) = &m.base {
            let outer = std::mem::replace(&mut self.scope, scope.clone());
            let frame = self.frame(&m.code, &scope, Redirects::default(), None);
            for e in list {
                match self.eval(&frame, e) {
                    Ok(v) => base_args.push(v),
                    Err(flow) => {
                        self.scope = outer;
                        return Err(flow);
                    }
                }
            }
            self.scope = outer;
        }
        self.run_base_constructor(class, &base_args, this)?;
        let ret = RefCell::new(Value::Void);
        let result = self.method_body(class, m, &scope, &ret);
        self.free_scope(scope);
        result
    }

    fn run_base_constructor(&mut self, class: &Rc<Class>, args: &[Value], this: &Value) -> Res<()> {
        if let Some(base) = class.base.clone() {
            let ctor = self.find_constructor(&base, args)?;
            return self.run_constructor(&base, ctor, this, args);
        }
        let Some(ty) = class.net_base else { return Ok(()) };
        let object = access::construct(self, ty, args)?;
        if let (Some(mine), Some(made)) = (this.get::<Exception>(), object.get::<Exception>()) {
            *mine.message.borrow_mut() = if args.is_empty() {
                format!("Exception of type '{}' was thrown.", class.name).into()
            } else {
                made.message.borrow().clone()
            };
            *mine.inner.borrow_mut() = made.inner.borrow().clone();
            *mine.extra.borrow_mut() = made.extra.borrow().clone();
        } else if let Some(data) = instance(this) {
            *data.base.borrow_mut() = object;
        }
        Ok(())
    }

    /// `[Class]::Method(args)`; none when the class has no such static method.
    pub fn call_class_static(&mut self, class: &Rc<Class>, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let found = class.methods_named(name, true);
        (!found.is_empty()).then(|| self.call_overload(&found, name, None, args))
    }

    /// `[Class]::Property`
    pub fn class_static(&self, class: &Rc<Class>, name: &str) -> Option<Value> {
        class.chain().find_map(|c| {
            let at = c.statics.iter().position(|p| string::eq_ignore_case(&p.name, name))?;
            c.static_values.borrow().get(at).cloned()
        })
    }
    pub fn set_class_static(&mut self, class: &Rc<Class>, name: &str, value: Value) -> Option<Res<()>> {
        let (owner, at) = class.chain().find_map(|c| {
            let at = c.statics.iter().position(|p| string::eq_ignore_case(&p.name, name))?;
            Some((c, at))
        })?;
        Some(self.class_value(&owner.statics[at], value).map(|v| {
            if let Some(slot) = owner.static_values.borrow_mut().get_mut(at) {
                *slot = v;
            }
        }))
    }
    pub(crate) fn set_static_initial(&mut self, class: &Rc<Class>) -> Res<()> {
        let scope = class.home.clone();
        for (at, p) in class.statics.iter().enumerate() {
            let value = match &p.initial {
                Some(e) => {
                    let frame = self.frame(&class.code, &scope, Redirects::default(), None);
                    let v = self.eval(&frame, e)?;
                    self.class_value(p, v)?
                }
                None => default_value(p),
            };
            class.static_values.borrow_mut()[at] = value;
        }
        Ok(())
    }
    /// Runs the static constructor, if there is one.
    pub(crate) fn run_static_constructor(&mut self, class: &Rc<Class>) -> Res<()> {
        let Some(at) = class.constructors.iter().position(|c| c.is_static) else { return Ok(()) };
        self.call_class_method(class, &class.constructors[at], None, &[]).map(|_| ())
    }

    /// `([Base]$this).Method()`: skips the overrides of derived classes; none when it is no such call.
    pub fn call_base_method(
        &mut self,
        f: &Frame,
        c: &ConvertExpr,
        target: &Value,
        name: &str,
        args: &[Value],
    ) -> Option<Res<Value>> {
        let data = instance(target)?;
        let ty = self.resolve_type(f, &c.ty).ok()?;
        if let Some(class) = self.class_of(ty) {
            if !std::ptr::eq(class.ty, data.class.ty) {
                let found = class.methods_named(name, false);
                return (!found.is_empty()).then(|| self.call_overload(&found, name, Some(target), args));
            }
            return None;
        }
        if name.eq_ignore_ascii_case("ToString") && ty.kind == TypeKind::Object {
            return Some(Ok(Value::str(data.class.ty.full_name)));
        }
        let base = data.base.borrow().clone();
        (!base.is_null()).then(|| access::invoke_method(self, &base, name, args))
    }

    /// ToString() of an instance whose class defines it.
    pub fn instance_text(&mut self, value: &Value) -> Option<Res<PsString>> {
        let data = instance(value)?;
        let found = data.class.methods_named("ToString", false);
        if found.is_empty() {
            return None;
        }
        Some(self.call_overload(&found, "ToString", Some(value), &[]).map(|v| self.text_of(&v)))
    }
}

fn default_value(p: &Property) -> Value {
    // An uninitialised string property is `$null`, unlike an unbound string parameter.
    if p.typed && p.ty.kind != TypeKind::String { access::default_value(p.ty) } else { Value::Null }
}

//! Assignment: targets, compound operators, `++`.
use crate::errors;
use crate::machine::{Engine, Frame};
use crate::scope::{Constraint, Options, Variable};
use dialtone_code::*;
use dialtone_object::*;
use std::rc::Rc;

impl Engine {
    pub fn eval_assign(&mut self, f: &Frame, a: &AssignExpr) -> Res<Value> {
        match a.op {
            AssignOp::Set => {
                let value = self.eval(f, &a.value)?;
                if a.void {
                    self.assign(f, &a.target, value)?;
                    return Ok(Value::Void);
                }
                self.assign(f, &a.target, value.clone())?;
                Ok(value)
            }
            AssignOp::Binary(op) => {
                if let Some(done) = self.compound_slot(f, a, op)? {
                    return Ok(done);
                }
                self.compound(f, &a.target, a.void, &mut |en, old| {
                    let right = en.eval(f, &a.value)?;
                    en.binary(op, &old, &right)
                })
            }
            AssignOp::Coalesce => {
                let old = self.read_target(f, &a.target)?;
                if !old.is_null() {
                    return Ok(if a.void { Value::Void } else { old });
                }
                let value = self.eval(f, &a.value)?;
                self.assign(f, &a.target, value.clone())?;
                Ok(if a.void { Value::Void } else { value })
            }
        }
    }

    /// `$x op= value` on a plain local slot: strings and arrays that nobody else holds grow in place.
    fn compound_slot(&mut self, f: &Frame, a: &AssignExpr, op: BinaryOp) -> Res<Option<Value>> {
        let Target::Var(VarRef::Slot(slot), _) = &a.target else { return Ok(None) };
        let at = f.slot(*slot);
        if matches!(f.scope.get(at), Value::Unset | Value::Variable(_)) {
            return Ok(None);
        }
        let right = self.eval(f, &a.value)?;
        // Taken out, so that an append finds a single holder.
        let left = f.scope.swap(at, Value::Null);
        let result = match (op, left, &right) {
            (BinaryOp::Add, Value::String(s), Value::String(t)) => Ok(Value::String(s.append(t))),
            (BinaryOp::Add, Value::Array(array), _) if a.void => self.append_array(array, &right),
            (op, left, right) => match self.binary(op, &left, right) {
                Ok(v) => Ok(v),
                Err(flow) => {
                    f.scope.put(at, left);
                    return Err(flow);
                }
            },
        }?;
        f.scope.put(at, result.clone());
        Ok(Some(if a.void { Value::Void } else { result }))
    }

    /// `$array += value` where the old array may be reused: same meaning as a copy, as nobody else sees it.
    fn append_array(&mut self, array: Rc<Array>, right: &Value) -> Res<Value> {
        if Rc::strong_count(&array) != 1 || !std::ptr::eq(array.elem, &raw const types::OBJECT) || array.dims.is_some()
        {
            return operators::binary(self, BinaryOp::Add, &Value::Array(array), right);
        }
        match right {
            Value::Int(_)
            | Value::String(_)
            | Value::Double(_)
            | Value::Bool(_)
            | Value::Custom(_)
            | Value::Dict(_)
            | Value::Null => {
                array.items.borrow_mut().push(right.clone());
                Ok(Value::Array(array))
            }
            Value::Array(more) => {
                let more = more.to_vec();
                array.items.borrow_mut().extend(more);
                Ok(Value::Array(array))
            }
            _ => operators::binary(self, BinaryOp::Add, &Value::Array(array), right),
        }
    }

    /// Reads a target, computes, writes it back; sub-expressions of the target are evaluated once.
    fn compound(
        &mut self,
        f: &Frame,
        target: &Target,
        void: bool,
        op: &mut dyn FnMut(&mut Engine, Value) -> Res<Value>,
    ) -> Res<Value> {
        let value = match target {
            Target::Var(var, _) | Target::Typed { var, .. } => {
                let old = self.read_var(f, var)?;
                let new = op(self, old)?;
                self.assign(f, target, new.clone())?;
                new
            }
            Target::Member(m) if !m.is_static => {
                let object = self.eval(f, &m.target)?;
                let name = self.name_of(f, &m.name)?;
                let old = self.get_property(&object, &name)?;
                let new = op(self, old)?;
                self.set_property(&object, &name, new.clone())?;
                new
            }
            Target::Index(i) => {
                let object = self.eval(f, &i.target)?;
                let index = self.index_args(f, &i.index)?;
                let old = self.index_value(&object, &index, 0)?;
                let new = op(self, old)?;
                access::set_index(self, &object, &index, new.clone())?;
                new
            }
            Target::Member(m) => {
                let old = self.eval_member(f, m)?;
                let new = op(self, old)?;
                self.assign(f, target, new.clone())?;
                new
            }
            Target::List(_) | Target::Invalid(_) => return Err(errors::invalid_left().into()),
        };
        Ok(if void { Value::Void } else { value })
    }

    fn read_target(&mut self, f: &Frame, target: &Target) -> Res<Value> {
        match target {
            Target::Var(var, _) | Target::Typed { var, .. } => self.read_var(f, var),
            Target::Member(m) => self.eval_member(f, m),
            Target::Index(i) => self.eval_index(f, i),
            Target::List(_) | Target::Invalid(_) => Err(errors::invalid_left().into()),
        }
    }

    pub fn eval_step(&mut self, f: &Frame, target: &Target, by: i32, post: bool, void: bool) -> Res<Value> {
        if let Target::Var(VarRef::Slot(slot), _) = target {
            let at = f.slot(*slot);
            if let Value::Int(n) = f.scope.get(at)
                && let Some(next) = n.checked_add(by)
            {
                f.scope.put(at, Value::Int(next));
                return Ok(if void {
                    Value::Void
                } else if post {
                    Value::Int(n)
                } else {
                    Value::Int(next)
                });
            }
        }
        let mut before = Value::Null;
        let after = self.compound(f, target, false, &mut |en, old| {
            let op = if by > 0 { UnaryOp::Increment } else { UnaryOp::Decrement };
            let new = operators::unary(en, op, &old)?;
            // `$null++` gives 0 as the value before.
            before = if old.is_null() { Value::Int(0) } else { old };
            Ok(new)
        })?;
        Ok(if void {
            Value::Void
        } else if post {
            before
        } else {
            after
        })
    }

    fn name_of(&mut self, f: &Frame, name: &MemberName) -> Res<PsString> {
        match name {
            MemberName::Const(s) => Ok(s.clone()),
            MemberName::Expr(e) => {
                let v = self.eval(f, e)?;
                Ok(self.to_text(&v))
            }
        }
    }

    fn index_args(&mut self, f: &Frame, index: &Expr) -> Res<Vec<Value>> {
        let value = self.eval(f, index)?;
        Ok(match (index, &value) {
            (Expr::List(_), Value::Array(a)) => a.to_vec(),
            _ => vec![value],
        })
    }

    pub fn assign(&mut self, f: &Frame, target: &Target, value: Value) -> Res<()> {
        match target {
            Target::Var(var, _) => self.assign_var(f, var, value),
            Target::Typed { var, constraints, .. } => self.assign_typed(f, var, constraints, value),
            Target::Member(m) => {
                let object = self.eval(f, &m.target)?;
                let name = self.name_of(f, &m.name)?;
                if m.is_static
                    && let Value::Type(ty) = object.base()
                {
                    return self.set_static_property(ty, &name, value.or_null());
                }
                self.set_property(&object, &name, value.or_null())
            }
            Target::Index(i) => {
                let object = self.eval(f, &i.target)?;
                let index = self.index_args(f, &i.index)?;
                match (&object, &index[..]) {
                    (Value::Array(a), [Value::Int(n)]) if *n >= 0 && plain_elem(a, &value) => {
                        if let Some(slot) = a.items.borrow_mut().get_mut(*n as usize) {
                            *slot = value;
                            return Ok(());
                        }
                    }
                    (Value::Dict(d), [key @ Value::String(_)]) if d.types.is_none() => {
                        let old = d.dict.borrow_mut().insert(key.clone(), value.or_null());
                        drop(old);
                        return Ok(());
                    }
                    _ => {}
                }
                access::set_index(self, &object, &index, value.or_null())
            }
            Target::List(targets) => self.assign_list(f, targets, value),
            Target::Invalid(_) => Err(errors::invalid_left().into()),
        }
    }

    /// `$a, $b, $rest = values`: the last takes what is left.
    fn assign_list(&mut self, f: &Frame, targets: &[Target], value: Value) -> Res<()> {
        let mut items = match value.base() {
            Value::Array(a) => a.to_vec(),
            Value::List(l) => l.to_vec(),
            Value::Void => Vec::new(),
            Value::Object(o) if o.data().is_enumerable() => self.enumerate(&value)?,
            _ => vec![value],
        };
        for (at, target) in targets.iter().enumerate() {
            let last = at + 1 == targets.len();
            let item = if last && items.len() > 1 {
                Value::array(std::mem::take(&mut items))
            } else if items.is_empty() {
                Value::Null
            } else {
                items.remove(0)
            };
            self.assign(f, target, item)?;
        }
        Ok(())
    }

    /// `[int]$x = value`: the variable keeps the constraint.
    fn assign_typed(&mut self, f: &Frame, var: &VarRef, constraints: &[ConstraintCode], value: Value) -> Res<()> {
        let mut list = Vec::new();
        for c in constraints {
            match c {
                ConstraintCode::Type(t) => list.push(Constraint::Type(self.resolve_type(f, t)?)),
                ConstraintCode::Attribute(a) => {
                    if let Some(c) = self.constraint_of(f, a)? {
                        list.push(c);
                    }
                }
            }
        }
        let (scope, name) = self.scope_of_var(f, var)?;
        let at = scope.slot(name);
        if let Some(old) = Variable::of(&scope.get(at)) {
            check_writable(old)?;
        }
        let mut value = value;
        for c in list.iter().rev() {
            value = self.constrain(c, value, &name.text())?;
        }
        let variable = Variable::new(&name.text(), value);
        *variable.constraints.borrow_mut() = list;
        scope.put(at, Rc::new(variable).into_slot());
        Ok(())
    }

    /// Applies a variable's constraint to a new value.
    pub fn constrain(&mut self, c: &Constraint, value: Value, name: &str) -> Res<Value> {
        match c {
            Constraint::Type(ty) => match (ty.kind, &value) {
                (TypeKind::Int32, Value::Int(_))
                | (TypeKind::String, Value::String(_))
                | (TypeKind::Double, Value::Double(_)) => Ok(value),
                _ => match self.cast(&value, ty) {
                    Ok(v) => Ok(v),
                    Err(flow) => Err(errors::transformation(flow)),
                },
            },
            Constraint::Validation(v) => {
                crate::validate::check_variable(self, v, &value, name)?;
                Ok(value)
            }
        }
    }

    /// Stores into a full variable, through its constraints.
    pub fn store(&mut self, variable: &Rc<Variable>, value: Value) -> Res<()> {
        check_writable(variable)?;
        let constraints = variable.constraints.borrow().clone();
        let mut value = value;
        for c in constraints.iter().rev() {
            value = self.constrain(c, value, &variable.name)?;
        }
        drop(variable.value.replace(value));
        Ok(())
    }
}

/// A value of exactly the array's element type needs no conversion.
fn plain_elem(array: &Array, value: &Value) -> bool {
    array.dims.is_none()
        && match (array.elem.kind, value) {
            (TypeKind::Object, v) => !matches!(v, Value::Void),
            (TypeKind::Int32, Value::Int(_))
            | (TypeKind::Boolean, Value::Bool(_))
            | (TypeKind::Double, Value::Double(_)) => true,
            (TypeKind::String, Value::String(_)) => true,
            _ => false,
        }
}

fn check_writable(variable: &Rc<Variable>) -> Res<()> {
    let options = variable.options.get();
    if options.has(Options::READ_ONLY) || options.has(Options::CONSTANT) {
        return Err(errors::variable_not_writable(&variable.name).into());
    }
    Ok(())
}

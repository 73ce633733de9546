//! Expressions. The common operations on ints, doubles and strings are done here at once; everything else goes to the
//! rules of `object`.
use crate::command::Sink;
use crate::errors;
use crate::exec::Signal;
use crate::function::ScriptBlock;
use crate::machine::{Engine, Frame};
use crate::pipeline::Collector;
use dialtone_code::*;
use dialtone_object::*;
use std::rc::Rc;

/// int (+) int with PowerShell's promotion: an overflow becomes a double.
#[inline]
fn int_op(op: BinaryOp, a: i32, b: i32) -> Option<Value> {
    let wide = |n: i64| i32::try_from(n).map_or(Value::Double(n as f64), Value::Int);
    Some(match op {
        BinaryOp::Add => wide(i64::from(a) + i64::from(b)),
        BinaryOp::Subtract => wide(i64::from(a) - i64::from(b)),
        BinaryOp::Multiply => wide(i64::from(a) * i64::from(b)),
        BinaryOp::Remainder if b != 0 && b != -1 => Value::Int(a % b),
        BinaryOp::Divide if b != 0 => {
            let (a, b) = (i64::from(a), i64::from(b));
            if a % b == 0 { wide(a / b) } else { Value::Double(a as f64 / b as f64) }
        }
        BinaryOp::Eq(_) => Value::Bool(a == b),
        BinaryOp::Ne(_) => Value::Bool(a != b),
        BinaryOp::Lt(_) => Value::Bool(a < b),
        BinaryOp::Le(_) => Value::Bool(a <= b),
        BinaryOp::Gt(_) => Value::Bool(a > b),
        BinaryOp::Ge(_) => Value::Bool(a >= b),
        BinaryOp::BitAnd => Value::Int(a & b),
        BinaryOp::BitOr => Value::Int(a | b),
        BinaryOp::BitXor => Value::Int(a ^ b),
        _ => return None,
    })
}

#[inline]
fn double_op(op: BinaryOp, a: f64, b: f64) -> Option<Value> {
    Some(match op {
        BinaryOp::Add => Value::Double(a + b),
        BinaryOp::Subtract => Value::Double(a - b),
        BinaryOp::Multiply => Value::Double(a * b),
        BinaryOp::Divide => Value::Double(a / b),
        BinaryOp::Eq(_) => Value::Bool(a == b),
        BinaryOp::Ne(_) => Value::Bool(a != b),
        BinaryOp::Lt(_) => Value::Bool(a < b),
        BinaryOp::Le(_) => Value::Bool(a <= b),
        BinaryOp::Gt(_) => Value::Bool(a > b),
        BinaryOp::Ge(_) => Value::Bool(a >= b),
        _ => return None,
    })
}

fn long_op(op: BinaryOp, a: i64, b: i64) -> Option<Value> {
    Some(match op {
        BinaryOp::Add => Value::Long(a.checked_add(b)?),
        BinaryOp::Subtract => Value::Long(a.checked_sub(b)?),
        BinaryOp::Multiply => Value::Long(a.checked_mul(b)?),
        BinaryOp::Remainder if b != 0 && b != -1 => Value::Long(a % b),
        BinaryOp::Eq(_) => Value::Bool(a == b),
        BinaryOp::Ne(_) => Value::Bool(a != b),
        BinaryOp::Lt(_) => Value::Bool(a < b),
        BinaryOp::Le(_) => Value::Bool(a <= b),
        BinaryOp::Gt(_) => Value::Bool(a > b),
        BinaryOp::Ge(_) => Value::Bool(a >= b),
        _ => return None,
    })
}

fn string_op(op: BinaryOp, a: &PsString, b: &PsString) -> Option<Value> {
    Some(match op {
        BinaryOp::Eq(false) => Value::Bool(string::eq_ignore_case(a, b)),
        BinaryOp::Ne(false) => Value::Bool(!string::eq_ignore_case(a, b)),
        BinaryOp::Eq(true) => Value::Bool(a == b),
        BinaryOp::Ne(true) => Value::Bool(a != b),
        BinaryOp::Add => Value::String(a.clone().append(b)),
        _ => return None,
    })
}

impl Engine {
    /// `left op right` on values.
    #[inline]
    pub fn binary(&mut self, op: BinaryOp, left: &Value, right: &Value) -> Res<Value> {
        let quick = match (left, right) {
            (Value::Int(a), Value::Int(b)) => int_op(op, *a, *b),
            (Value::Double(a), Value::Double(b)) => double_op(op, *a, *b),
            (Value::Double(a), Value::Int(b)) => double_op(op, *a, f64::from(*b)),
            (Value::Int(a), Value::Double(b)) => double_op(op, f64::from(*a), *b),
            (Value::Long(a), Value::Long(b)) => long_op(op, *a, *b),
            (Value::Long(a), Value::Int(b)) => long_op(op, *a, i64::from(*b)),
            (Value::Int(a), Value::Long(b)) => long_op(op, i64::from(*a), *b),
            (Value::String(a), Value::String(b)) => string_op(op, a, b),
            _ => None,
        };
        match quick {
            Some(v) => Ok(v),
            None => operators::binary(self, op, left, right),
        }
    }

    pub fn eval(&mut self, f: &Frame, e: &Expr) -> Res<Value> {
        match e {
            Expr::Const(v) => Ok(v.clone()),
            Expr::Var(VarRef::Slot(slot), _) => {
                let value = f.scope.get(f.slot(*slot));
                match value {
                    Value::Unset | Value::Variable(_) => self.read_slot(f, *slot, value),
                    value => Ok(value),
                }
            }
            Expr::Var(var, _) => self.read_var(f, var),
            Expr::Binary(b) => {
                let left = self.eval(f, &b.left)?;
                let right = self.eval(f, &b.right)?;
                match b.op {
                    BinaryOp::Match(case) => self.eval_match(f, &left, &right, case, false),
                    BinaryOp::NotMatch(case) => self.eval_match(f, &left, &right, case, true),
                    op => self.binary(op, &left, &right),
                }
            }
            Expr::And(b) => Ok(Value::Bool(self.truth(f, &b.0)? && self.truth(f, &b.1)?)),
            Expr::Or(b) => Ok(Value::Bool(self.truth(f, &b.0)? || self.truth(f, &b.1)?)),
            Expr::Not(e) => Ok(Value::Bool(!self.truth(f, e)?)),
            Expr::Coalesce(b) => {
                let left = self.eval(f, &b.0)?;
                if left.is_null() { self.eval(f, &b.1) } else { Ok(left) }
            }
            Expr::Ternary(t) => {
                if self.truth(f, &t.0)? {
                    self.eval(f, &t.1)
                } else {
                    self.eval(f, &t.2)
                }
            }
            Expr::Assign(a) => self.eval_assign(f, a),
            Expr::Step { target, by, post, void } => self.eval_step(f, target, *by, *post, *void),
            Expr::Member(m) => self.eval_member(f, m),
            Expr::Invoke(i) => self.eval_invoke(f, i),
            Expr::Index(i) => self.eval_index(f, i),
            Expr::Paren(e) => self.eval(f, e),
            Expr::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    list.push(self.eval(f, item)?.or_null());
                }
                Ok(Value::array(list))
            }
            Expr::ArrayOf(e) => {
                let value = self.eval(f, e)?;
                self.as_array(value)
            }
            Expr::Array(block) => {
                let collected = Collector::default();
                self.sub_block(f, block, &collected)?;
                Ok(Value::array(collected.take()))
            }
            Expr::Sub(block) => {
                let collected = Collector::default();
                self.sub_block(f, block, &collected)?;
                Ok(Value::from_results(collected.take()))
            }
            Expr::Pipeline(p) => {
                let collected = Collector::default();
                self.run_pipeline(f, p, &collected)?;
                Ok(Value::from_results(collected.take()))
            }
            Expr::Statement(s) => {
                let collected = Collector::default();
                match self.exec(f, s, &collected)? {
                    Signal::Done => Ok(Value::from_results(collected.take())),
                    signal => Err(self.signal_flow(signal)),
                }
            }
            Expr::Hashtable(h) => self.eval_hashtable(f, h),
            Expr::CustomObject(o) => {
                let mut values = Vec::with_capacity(o.values.len());
                for v in &o.values {
                    values.push(self.eval(f, v)?.or_null());
                }
                Ok(Value::Custom(Rc::new(PSObject::new(o.shape.clone(), values))))
            }
            Expr::Expand(parts) => self.eval_expand(f, parts),
            Expr::ScriptBlock(code) => {
                let mut block = ScriptBlock::new(code.clone(), self.module.clone());
                block.using = self.using_values.clone().into();
                Ok(Value::object(block))
            }
            Expr::Type(t) => Ok(Value::Type(self.resolve_type(f, t)?)),
            Expr::Convert(c) => self.eval_convert(f, c),
            Expr::TypeTest(t) => self.eval_type_test(f, t),
            Expr::Negate(e) => {
                let v = self.eval(f, e)?;
                operators::unary(self, UnaryOp::Minus, &v)
            }
            Expr::Plus(e) => {
                let v = self.eval(f, e)?;
                operators::unary(self, UnaryOp::Plus, &v)
            }
            Expr::BitNot(e) => {
                let v = self.eval(f, e)?;
                operators::unary(self, UnaryOp::BitNot, &v)
            }
            Expr::UnaryJoin(e) => {
                let v = self.eval(f, e)?;
                operators::unary(self, UnaryOp::Join, &v)
            }
            Expr::UnarySplit(e, case) => {
                let v = self.eval(f, e)?;
                operators::unary(self, UnaryOp::Split(*case), &v)
            }
            Expr::Using(name, inner) => match self.using_values.iter().find(|(n, _)| string::eq_ignore_case(n, name)) {
                Some((_, v)) => Ok(v.clone()),
                None if self.using_allowed => self.eval(f, inner),
                None => Err(errors::using_outside().into()),
            },
            Expr::Unsupported(what, _) => Err(errors::unsupported(what).into()),
        }
    }

    #[inline]
    fn truth(&mut self, f: &Frame, e: &Expr) -> Res<bool> {
        match self.eval(f, e)? {
            Value::Bool(b) => Ok(b),
            v => Ok(convert::to_bool(&v)),
        }
    }

    /// The statements of `$( )` and `@( )`.
    fn sub_block(&mut self, f: &Frame, block: &Block, out: &dyn Sink) -> Res<()> {
        match self.exec_block(f, block, out)? {
            Signal::Done => Ok(()),
            signal => Err(self.signal_flow(signal)),
        }
    }

    /// A signal that leaves an expression.
    pub fn signal_flow(&mut self, signal: Signal) -> Flow {
        match signal {
            Signal::Break(l) => FlowKind::Break(l).into(),
            Signal::Continue(l) => FlowKind::Continue(l).into(),
            Signal::Return | Signal::Done => FlowKind::Return.into(),
        }
    }

    /// What `@( value )` makes: an array stays one, a collection is copied, anything else becomes the one element.
    fn as_array(&mut self, value: Value) -> Res<Value> {
        match &value {
            Value::Void => Ok(Value::array(Vec::new())),
            Value::Array(a) if std::ptr::eq(a.elem, &raw const types::OBJECT) && Rc::strong_count(a) == 1 => Ok(value),
            Value::Array(a) => Ok(Value::array(a.to_vec())),
            Value::List(l) => Ok(Value::array(l.to_vec())),
            Value::Object(o) if o.data().is_enumerable() => Ok(Value::array(self.enumerate(&value)?)),
            Value::Wrapped(_) => Ok(Value::array(self.enumerate(&value)?)),
            _ => Ok(Value::array(vec![value.or_null()])),
        }
    }

    fn eval_match(&mut self, f: &Frame, left: &Value, right: &Value, case: bool, negate: bool) -> Res<Value> {
        let (value, groups) = operators::match_op(self, left, right, case, negate)?;
        if let Some(groups) = groups {
            self.set_matches(f, groups)?;
        }
        Ok(value)
    }

    fn eval_hashtable(&mut self, f: &Frame, h: &HashtableExpr) -> Res<Value> {
        let mut dict = Dict::new(Comparer::IgnoreCase);
        for (key, value, span) in &h.pairs {
            let key = self.eval(f, key)?;
            if key.is_null() {
                return Err(errors::null_key().into());
            }
            // Reference keys of PSObject kind are compared by what they wrap.
            let key = key.into_base();
            let value = self.eval(f, value)?.or_null();
            if dict.contains(&key) {
                let text = self.to_text(&key);
                let flow = errors::duplicate_key(&text).into();
                return Err(self.place_error(f, flow, *span));
            }
            dict.insert(key, value);
        }
        let table = if h.ordered { Dictionary::ordered(dict) } else { Dictionary::hashtable(dict) };
        Ok(Value::Dict(Rc::new(table)))
    }

    fn eval_expand(&mut self, f: &Frame, parts: &[ExpandPart]) -> Res<Value> {
        let mut text = compact_str::CompactString::default();
        for part in parts {
            match part {
                ExpandPart::Text(t) => text.push_str(t),
                ExpandPart::Expr(e) => {
                    let value = self.eval(f, e)?;
                    self.push_text(&mut text, &value);
                }
            }
        }
        Ok(Value::string(text))
    }

    /// Appends a value's text without making a string for the usual kinds.
    pub fn push_text(&mut self, text: &mut compact_str::CompactString, value: &Value) {
        use std::fmt::Write;
        match value {
            Value::String(s) => text.push_str(s),
            Value::Int(n) => {
                let _ = write!(text, "{n}");
            }
            Value::Null | Value::Void | Value::Unset => {}
            other => text.push_str(&self.to_text(other)),
        }
    }

    fn eval_convert(&mut self, f: &Frame, c: &ConvertExpr) -> Res<Value> {
        let ty = self.resolve_type(f, &c.ty)?;
        if ty.full_name == crate::ps_variable::REFERENCE_NAME {
            return self.reference(f, &c.value);
        }
        let value = self.eval(f, &c.value)?;
        match (ty.kind, &value) {
            (TypeKind::Int32, Value::Int(_))
            | (TypeKind::String, Value::String(_))
            | (TypeKind::Double, Value::Double(_)) => Ok(value),
            (TypeKind::Void, _) => Ok(Value::Void),
            _ => {
                if let Expr::ScriptBlock(_) = &c.value
                    && ty.kind == TypeKind::ScriptBlock
                {
                    return Ok(value);
                }
                self.cast(&value, ty)
            }
        }
    }

    /// `[ref]$x`: shares the variable, which is made when there is none; of any other expression a box of its value.
    fn reference(&mut self, f: &Frame, target: &Expr) -> Res<Value> {
        let (scope, name) = match target {
            Expr::Var(VarRef::Slot(slot), _) => {
                let name = f.code.layout.name(*slot);
                (self.scope_with(name).unwrap_or_else(|| f.scope.clone()), name)
            }
            Expr::Var(VarRef::Scoped(scope, name), _) => (self.named_scope(f, *scope), *name),
            other => {
                let value = self.eval(f, other)?;
                return Ok(match value.get::<crate::ps_variable::Reference>() {
                    Some(_) => value,
                    None => crate::ps_variable::reference(Rc::new(crate::scope::Variable::new("", value.or_null()))),
                });
            }
        };
        let slot = scope.slot(name);
        Ok(crate::ps_variable::reference(scope.variable(slot, &name.text())))
    }

    fn eval_type_test(&mut self, f: &Frame, t: &TypeTestExpr) -> Res<Value> {
        let left = self.eval(f, &t.left)?;
        let right = match &t.right {
            Expr::Type(code) => match self.resolve_type(f, code) {
                Ok(ty) => Value::Type(ty),
                Err(flow) => return Err(flow),
            },
            e => self.eval(f, e)?,
        };
        let op = match t.kind {
            TypeTest::Is => BinaryOp::Is,
            TypeTest::IsNot => BinaryOp::IsNot,
            TypeTest::As => BinaryOp::As,
        };
        operators::binary(self, op, &left, &right)
    }

    fn member_text(&mut self, f: &Frame, name: &MemberName) -> Res<Value> {
        match name {
            MemberName::Const(s) => Ok(Value::String(s.clone())),
            MemberName::Expr(e) => self.eval(f, e),
        }
    }

    pub fn eval_member(&mut self, f: &Frame, m: &MemberExpr) -> Res<Value> {
        if m.is_static {
            let target = self.eval(f, &m.target)?;
            let name = self.member_text(f, &m.name)?;
            let name = self.to_text(&name);
            return match target.base() {
                Value::Type(ty) => self.static_property(ty, &name),
                _ => self.get_property(&target, &name),
            };
        }
        let target = self.eval(f, &m.target)?;
        if m.null_conditional && target.is_null() {
            return Ok(Value::Null);
        }
        let name = match &m.name {
            MemberName::Const(s) => s.clone(),
            MemberName::Expr(e) => {
                let v = self.eval(f, e)?;
                // `$table.$key` looks the key up as it is.
                if let Value::Dict(d) = target.base()
                    && !matches!(v, Value::String(_))
                    && let Some(found) = d.dict.borrow().get(&v)
                {
                    return Ok(found.clone());
                }
                self.to_text(&v)
            }
        };
        match &target {
            Value::Custom(o) => {
                if let Some(v) = o.get(&name)
                    && o.members.borrow().is_none()
                {
                    return Ok(v);
                }
            }
            Value::Dict(d) => {
                if let Some(v) = d.get_str(&name) {
                    return Ok(v);
                }
            }
            _ => {}
        }
        if self.strict_level(f) > 0 {
            return self.strict_property(&target, &name, self.strict_level(f));
        }
        self.get_property(&target, &name)
    }

    fn eval_invoke(&mut self, f: &Frame, i: &InvokeExpr) -> Res<Value> {
        let target = self.eval(f, &i.target)?;
        if i.null_conditional && target.is_null() {
            return Ok(Value::Null);
        }
        let mut args: smallvec::SmallVec<[Value; 4]> = smallvec::SmallVec::new();
        for a in &i.args {
            args.push(self.eval(f, a)?);
        }
        let name = match &i.name {
            MemberName::Const(s) => s.clone(),
            MemberName::Expr(e) => {
                let v = self.eval(f, e)?;
                if let Some(result) = self.invoke_member_value(&v, &target, &args) {
                    return result;
                }
                self.to_text(&v)
            }
        };
        if i.is_static
            && let Value::Type(ty) = target.base()
        {
            return self.call_static(ty, &name, &args);
        }
        let mut written = &i.target;
        while let Expr::Paren(inner) = written {
            written = inner;
        }
        if let Expr::Convert(c) = written
            && let Some(result) = self.call_base_method(f, c, &target, &name, &args)
        {
            return result;
        }
        self.call_method(&target, &name, &args)
    }

    pub fn eval_index(&mut self, f: &Frame, i: &IndexExpr) -> Res<Value> {
        let target = self.eval(f, &i.target)?;
        if i.null_conditional && target.is_null() {
            return Ok(Value::Null);
        }
        let index = self.eval(f, &i.index)?;
        match (&target, &index) {
            (Value::Array(a), Value::Int(n)) if a.dims.is_none() => {
                let items = a.items.borrow();
                let at = if *n < 0 { items.len() as i64 + i64::from(*n) } else { i64::from(*n) };
                if let Some(v) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
                    return Ok(v.clone());
                }
            }
            (Value::Dict(d), Value::String(key)) => {
                if let Some(v) = d.dict.borrow().get_str(key) {
                    return Ok(v.clone());
                }
            }
            _ => {}
        }
        let list;
        let args: &[Value] = match (&i.index, &index) {
            (Expr::List(_), Value::Array(a)) => {
                list = a.to_vec();
                &list
            }
            _ => std::slice::from_ref(&index),
        };
        self.index_value(&target, args, self.strict_level(f))
    }
}

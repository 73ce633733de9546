//! Expressions: AST to resolved code.
use super::Compiler;
use crate::*;
use dialtone_object::operators::BinaryOp;
use dialtone_object::{PsString, Shape, Value};
use dialtone_syntax::{self as syntax, AssignmentOperator, BinaryOperator, Case, Comparison, Number, UnaryOperator};
use std::rc::Rc;

pub fn number(n: &Number) -> Value {
    match n {
        Number::SByte(n) => Value::SByte(*n),
        Number::Byte(n) => Value::Byte(*n),
        Number::Int16(n) => Value::Short(*n),
        Number::UInt16(n) => Value::UShort(*n),
        Number::Int32(n) => Value::Int(*n),
        Number::UInt32(n) => Value::UInt(*n),
        Number::Int64(n) => Value::Long(*n),
        Number::UInt64(n) => Value::ULong(*n),
        Number::Double(n) => Value::Double(*n),
        Number::Decimal(n) => Value::decimal(*n),
        Number::BigInteger(n) => dialtone_object::BigInteger::value((**n).clone()),
    }
}

impl Compiler {
    pub fn var_ref(&self, v: &syntax::Variable) -> VarRef {
        use syntax::VariableScope::*;
        let path = &v.path;
        match path.scope {
            Unscoped => {
                let name = Name::new(&path.name);
                match name {
                    names::TRUE | names::FALSE | names::NULL => VarRef::Constant(name),
                    _ => {
                        self.mark(name);
                        VarRef::Slot(self.layout.slot(name))
                    }
                }
            }
            Variable => VarRef::Slot(self.layout.slot(Name::new(&path.name))),
            Drive => {
                let drive = path.user_path.split(':').next().unwrap_or("");
                VarRef::Drive(drive.into(), path.name.clone())
            }
            scope => VarRef::Scoped(scope, Name::new(&path.name)),
        }
    }

    /// Slots of `$PSScriptRoot` and `$PSCommandPath`, where the code mentions them.
    fn script_place(&self) -> (u32, u32) {
        let slot = |name| self.layout.find(name).unwrap_or(u32::MAX);
        (slot(names::PS_SCRIPT_ROOT), slot(names::PS_COMMAND_PATH))
    }

    /// A variable that is assigned to.
    pub fn assigned_var(&self, v: &syntax::Variable) -> VarRef {
        let var = self.var_ref(v);
        if let VarRef::Slot(slot) = var {
            self.assigned.borrow_mut().insert(slot);
        }
        var
    }

    fn variable(&self, v: &syntax::Variable) -> Expr {
        match self.var_ref(v) {
            VarRef::Constant(names::TRUE) => Expr::Const(Value::Bool(true)),
            VarRef::Constant(names::FALSE) => Expr::Const(Value::Bool(false)),
            VarRef::Constant(_) => Expr::Const(Value::Null),
            // The script's own place is known when it is compiled.
            VarRef::Slot(slot) if slot == self.script_place().0 || slot == self.script_place().1 => {
                let file = self.unit.source.file.as_deref().unwrap_or("");
                if file.is_empty() {
                    return Expr::Var(VarRef::Slot(slot), v.span);
                }
                let root = file.rsplit_once('/').map_or("", |(root, _)| root);
                Expr::Const(Value::str(if slot == self.script_place().0 { root } else { file }))
            }
            var => Expr::Var(var, v.span),
        }
    }

    pub fn exprs(&self, list: &[syntax::Expr]) -> Vec<Expr> {
        list.iter().map(|e| self.expr(e)).collect()
    }

    pub fn expr(&self, expr: &syntax::Expr) -> Expr {
        use syntax::Expr as E;
        match expr {
            E::Constant(c) => Expr::Const(number(&c.value)),
            E::String(s) => Expr::Const(Value::str(&s.value)),
            E::Expandable(e) => Expr::Expand(
                e.parts
                    .iter()
                    .map(|p| match p {
                        syntax::StringPart::Literal(t) => ExpandPart::Text(PsString::from(&**t)),
                        syntax::StringPart::Expr(e) => ExpandPart::Expr(self.expr(e)),
                    })
                    .collect(),
            ),
            E::Variable(v) => self.variable(v),
            E::Type(t) => Expr::Type(Rc::new(self.type_code(&t.type_name, t.span))),
            E::Binary(b) => self.binary(b),
            E::Unary(u) => self.unary(u),
            E::Ternary(t) => {
                Expr::Ternary(Box::new((self.expr(&t.condition), self.expr(&t.if_true), self.expr(&t.if_false))))
            }
            E::Convert(c) => self.convert(c),
            E::Attributed(a) => self.expr(&a.child),
            E::Member(m) => Expr::Member(Box::new(self.member(m))),
            E::Invoke(i) => Expr::Invoke(Box::new(InvokeExpr {
                target: self.expr(&i.target),
                name: self.member_name(&i.member),
                args: self.exprs(&i.arguments),
                type_args: i.generic_arguments.iter().map(|t| Rc::new(self.type_code(t, t.span))).collect(),
                is_static: i.is_static,
                null_conditional: i.null_conditional,
                span: i.span,
                cache: CallCache::default(),
            })),
            E::Index(i) => Expr::Index(Box::new(self.index(i))),
            E::ArrayLiteral(a) => Expr::List(self.exprs(&a.elements)),
            E::Array(a) => match &a.body.statements[..] {
                [one] if a.body.traps.is_empty() => match Self::lone_expression(one) {
                    Some(e) if !matches!(e, E::Unary(u) if is_step(u.operator)) => {
                        Expr::ArrayOf(Box::new(self.expr(e)))
                    }
                    _ => Expr::Array(Box::new(self.block(&a.body))),
                },
                _ => Expr::Array(Box::new(self.block(&a.body))),
            },
            E::Paren(p) => Expr::Paren(Box::new(self.value_of(&p.pipeline))),
            E::Sub(s) => Expr::Sub(Box::new(self.block(&s.body))),
            E::Hashtable(h) => self.hashtable(h, false),
            E::ScriptBlock(b) => Expr::ScriptBlock(Rc::new(self.script_block(&b.body, &[]))),
            E::Using(u) => {
                let name = match &u.child {
                    E::Variable(v) => v.path.user_path.clone(),
                    _ => "".into(),
                };
                Expr::Using(name, Box::new(self.expr(&u.child)))
            }
            E::Error(e) => Expr::Unsupported("incomplete code", e.span),
        }
    }

    fn binary(&self, b: &syntax::Binary) -> Expr {
        use BinaryOperator as B;
        let sides = || Box::new((self.expr(&b.left), self.expr(&b.right)));
        let op = match b.operator {
            B::And => return Expr::And(sides()),
            B::Or => return Expr::Or(sides()),
            B::QuestionQuestion => return Expr::Coalesce(sides()),
            B::Is => return self.type_test(b, TypeTest::Is),
            B::IsNot => return self.type_test(b, TypeTest::IsNot),
            B::As => return self.type_test(b, TypeTest::As),
            B::Xor => BinaryOp::Xor,
            B::Band => BinaryOp::BitAnd,
            B::Bor => BinaryOp::BitOr,
            B::Bxor => BinaryOp::BitXor,
            B::Plus => BinaryOp::Add,
            B::Minus => BinaryOp::Subtract,
            B::Multiply => BinaryOp::Multiply,
            B::Divide => BinaryOp::Divide,
            B::Rem => BinaryOp::Remainder,
            B::Format => BinaryOp::Format,
            B::DotDot => BinaryOp::Range,
            B::Shl => BinaryOp::ShiftLeft,
            B::Shr => BinaryOp::ShiftRight,
            B::Join => BinaryOp::Join,
            B::Compare(c, case) => comparison(c, case == Case::Sensitive),
        };
        Expr::Binary(Box::new(BinaryExpr { op, left: self.expr(&b.left), right: self.expr(&b.right), span: b.span }))
    }

    fn type_test(&self, b: &syntax::Binary, kind: TypeTest) -> Expr {
        Expr::TypeTest(Box::new(TypeTestExpr {
            left: self.expr(&b.left),
            right: self.expr(&b.right),
            kind,
            span: b.span,
        }))
    }

    fn unary(&self, u: &syntax::Unary) -> Expr {
        if let Some(step) = self.step(u, false) {
            return step;
        }
        let child = self.expr(&u.child);
        match u.operator {
            UnaryOperator::Not | UnaryOperator::Exclaim => Expr::Not(Box::new(child)),
            UnaryOperator::Minus => match child {
                Expr::Const(Value::Int(n)) if n != i32::MIN => Expr::Const(Value::Int(-n)),
                Expr::Const(Value::Double(n)) => Expr::Const(Value::Double(-n)),
                child => Expr::Negate(Box::new(child)),
            },
            UnaryOperator::Plus => Expr::Plus(Box::new(child)),
            UnaryOperator::Bnot => Expr::BitNot(Box::new(child)),
            UnaryOperator::Join => Expr::UnaryJoin(Box::new(child)),
            UnaryOperator::Split(case) => Expr::UnarySplit(Box::new(child), case == Case::Sensitive),
            _ => Expr::List(vec![child]),
        }
    }

    /// `++` and `--`, if the operator is one.
    pub fn step(&self, u: &syntax::Unary, void: bool) -> Option<Expr> {
        let (by, post) = match u.operator {
            UnaryOperator::PreIncrement => (1, false),
            UnaryOperator::PreDecrement => (-1, false),
            UnaryOperator::PostIncrement => (1, true),
            UnaryOperator::PostDecrement => (-1, true),
            _ => return None,
        };
        Some(Expr::Step { target: Box::new(self.target(&u.child)), by, post, void })
    }

    fn convert(&self, c: &syntax::Convert) -> Expr {
        let name = c.type_constraint.type_name.full_name();
        if let syntax::Expr::Hashtable(h) = &c.child {
            if name.eq_ignore_ascii_case("ordered") {
                return self.hashtable(h, true);
            }
            let custom = name.eq_ignore_ascii_case("pscustomobject")
                || name.eq_ignore_ascii_case("System.Management.Automation.PSCustomObject");
            if custom && let Some(object) = self.custom_object(h) {
                return object;
            }
            if custom {
                // Keys that are computed: through an ordered table, as PowerShell does.
                let ty = Rc::new(self.type_code(&c.type_constraint.type_name, c.type_constraint.span));
                return Expr::Convert(Box::new(ConvertExpr { ty, value: self.hashtable(h, true), span: c.span }));
            }
        }
        let ty = Rc::new(self.type_code(&c.type_constraint.type_name, c.type_constraint.span));
        Expr::Convert(Box::new(ConvertExpr { ty, value: self.expr(&c.child), span: c.span }))
    }

    fn custom_object(&self, h: &syntax::Hashtable) -> Option<Expr> {
        let mut names: Vec<PsString> = Vec::with_capacity(h.pairs.len());
        for (key, _) in &h.pairs {
            let syntax::Expr::String(s) = key else { return None };
            // PSTypeName sets the type's name; a duplicate key is an error the slow way reports.
            if s.value.eq_ignore_ascii_case("PSTypeName")
                || names.iter().any(|n| dialtone_object::string::eq_ignore_case(n, &s.value))
            {
                return None;
            }
            names.push(PsString::from(&*s.value));
        }
        let values = h.pairs.iter().map(|(_, v)| self.value_of(v)).collect();
        Some(Expr::CustomObject(Box::new(CustomObjectExpr { shape: Shape::new(names), values })))
    }

    pub fn hashtable(&self, h: &syntax::Hashtable, ordered: bool) -> Expr {
        Expr::Hashtable(Box::new(HashtableExpr {
            pairs: h.pairs.iter().map(|(k, v)| (self.expr(k), self.value_of(v), k.span())).collect(),
            ordered,
            span: h.span,
        }))
    }

    fn member_name(&self, e: &syntax::Expr) -> MemberName {
        match e {
            syntax::Expr::String(s) => MemberName::Const(PsString::from(&*s.value)),
            syntax::Expr::Constant(c) => MemberName::Const(self.unit.source.slice(c.span).into()),
            e => MemberName::Expr(Box::new(self.expr(e))),
        }
    }

    fn member(&self, m: &syntax::MemberAccess) -> MemberExpr {
        MemberExpr {
            target: self.expr(&m.target),
            name: self.member_name(&m.member),
            is_static: m.is_static,
            null_conditional: m.null_conditional,
            span: m.span,
            cache: CallCache::default(),
        }
    }
    fn index(&self, i: &syntax::Index) -> IndexExpr {
        IndexExpr {
            target: self.expr(&i.target),
            index: self.expr(&i.index),
            null_conditional: i.null_conditional,
            span: i.span,
        }
    }

    pub fn assignment(&self, a: &syntax::Assignment, void: bool) -> Expr {
        let op = match a.operator {
            AssignmentOperator::Equals => AssignOp::Set,
            AssignmentOperator::Plus => AssignOp::Binary(BinaryOp::Add),
            AssignmentOperator::Minus => AssignOp::Binary(BinaryOp::Subtract),
            AssignmentOperator::Multiply => AssignOp::Binary(BinaryOp::Multiply),
            AssignmentOperator::Divide => AssignOp::Binary(BinaryOp::Divide),
            AssignmentOperator::Remainder => AssignOp::Binary(BinaryOp::Remainder),
            AssignmentOperator::QuestionQuestion => AssignOp::Coalesce,
        };
        Expr::Assign(Box::new(AssignExpr {
            target: self.target(&a.left),
            op,
            value: self.value_of(&a.right),
            span: a.span,
            void,
        }))
    }

    pub fn target(&self, e: &syntax::Expr) -> Target {
        use syntax::Expr as E;
        match e {
            E::Variable(v) => Target::Var(self.assigned_var(v), v.span),
            E::Member(m) => Target::Member(Box::new(self.member(m))),
            E::Index(i) => Target::Index(Box::new(self.index(i))),
            E::ArrayLiteral(a) => Target::List(a.elements.iter().map(|e| self.target(e)).collect()),
            E::Paren(p) => Self::lone_expression(&p.pipeline).map_or(Target::Invalid(p.span), |e| self.target(e)),
            E::Convert(_) | E::Attributed(_) => {
                let mut constraints = Vec::new();
                let mut at = e;
                loop {
                    match at {
                        E::Convert(c) => {
                            constraints.push(ConstraintCode::Type(Rc::new(
                                self.type_code(&c.type_constraint.type_name, c.type_constraint.span),
                            )));
                            at = &c.child;
                        }
                        E::Attributed(a) => {
                            constraints.push(ConstraintCode::Attribute(Rc::new(self.attribute(&a.attribute))));
                            at = &a.child;
                        }
                        E::Variable(v) => {
                            return Target::Typed { var: self.assigned_var(v), constraints, span: e.span() };
                        }
                        // `[int]$a.b = ...`, `[int]($x) = ...`: the conversion has no lasting effect.
                        other => return self.target(other),
                    }
                }
            }
            other => Target::Invalid(other.span()),
        }
    }
}

fn is_step(op: UnaryOperator) -> bool {
    matches!(
        op,
        UnaryOperator::PreIncrement
            | UnaryOperator::PreDecrement
            | UnaryOperator::PostIncrement
            | UnaryOperator::PostDecrement
    )
}

fn comparison(c: Comparison, case: bool) -> BinaryOp {
    match c {
        Comparison::Eq => BinaryOp::Eq(case),
        Comparison::Ne => BinaryOp::Ne(case),
        Comparison::Gt => BinaryOp::Gt(case),
        Comparison::Ge => BinaryOp::Ge(case),
        Comparison::Lt => BinaryOp::Lt(case),
        Comparison::Le => BinaryOp::Le(case),
        Comparison::Like => BinaryOp::Like(case),
        Comparison::NotLike => BinaryOp::NotLike(case),
        Comparison::Match => BinaryOp::Match(case),
        Comparison::NotMatch => BinaryOp::NotMatch(case),
        Comparison::Replace => BinaryOp::Replace(case),
        Comparison::Contains => BinaryOp::Contains(case),
        Comparison::NotContains => BinaryOp::NotContains(case),
        Comparison::In => BinaryOp::In(case),
        Comparison::NotIn => BinaryOp::NotIn(case),
        Comparison::Split => BinaryOp::Split(case),
    }
}

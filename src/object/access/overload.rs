//! Which overload a call means, and its arguments: PowerShell's ranking of conversions per parameter.
use super::{errors, type_of};
use crate::collections::Array;
use crate::error::Res;
use crate::member::{Bound, Param};
use crate::runtime::Runtime;
use crate::types::{self, TypeKind, TypeRef};
use crate::value::Value;
use smallvec::SmallVec;
use std::rc::Rc;

/// How good a conversion is (`ConversionRank`): the larger the better, 0 is none.
type Rank = u32;
const UNRELATED_ARRAYS: Rank = 0x0F;
const TO_STRING: Rank = 0x1F;
const CONVERTIBLE: Rank = 0x3F;
const EXPLICIT: Rank = 0x5F;
const CONSTRUCTOR: Rank = 0x6F;
const PARSE: Rank = 0x7F;
const LANGUAGE: Rank = 0x9F;
const NULL_TO_REF: Rank = 0xAF;
const NULL_TO_VALUE: Rank = 0xBF;
const NUMERIC_EXPLICIT: Rank = 0xCF;
const NUMERIC_EXPLICIT1: Rank = 0xDF;
const NUMERIC_STRING: Rank = 0xEF;
const NUMERIC_IMPLICIT: Rank = 0xFF;
const ASSIGNABLE: Rank = 0x10F;
const STRING_TO_CHARS: Rank = 0x11A;
const IDENTITY: Rank = 0x11F;
/// What a scalar put into an array of one loses.
const SCALAR_TO_ARRAY: Rank = 8;

/// A call on one member.
pub struct Call<'a> {
    /// As error texts name it when no overload fits (`new`) and otherwise (`.ctor`).
    pub name: &'a str,
    pub shown: &'a str,
    /// Arguments of the closed generic type the member stands in.
    pub generic: &'static [TypeRef],
}

/// Calls the overload that fits the arguments best. Failures inside come back unwrapped.
#[inline]
pub fn invoke(
    rt: &mut dyn Runtime,
    this: &Value,
    call: &Call,
    overloads: &'static [Bound],
    args: &[Value],
) -> Res<Value> {
    for o in overloads {
        let params = &o.params;
        if params.len() == args.len() && params.iter().zip(args).all(|(p, a)| exact(p, a, overloads.len() == 1)) {
            return (o.call)(rt, this, args).map_err(|e| errors::invocation(call.shown, args.len(), e));
        }
    }
    let (chosen, args_given) = (choose(call, overloads, args)?, args.len());
    let converted = convert(rt, call, &chosen, args)?;
    (chosen.overload.call)(rt, this, &converted).map_err(|e| errors::invocation(call.shown, args_given, e))
}

/// True when the argument is of the parameter's type and nothing can fit better.
fn exact(param: &Param, arg: &Value, only: bool) -> bool {
    let Some(ty) = param.ty else { return false };
    if param.by_ref || param.variadic {
        return false;
    }
    match (arg, ty.kind) {
        (Value::String(_), TypeKind::String)
        | (Value::Int(_), TypeKind::Int32)
        | (Value::Bool(_), TypeKind::Boolean)
        | (Value::Char(_), TypeKind::Char)
        | (Value::Long(_), TypeKind::Int64)
        | (Value::Double(_), TypeKind::Double)
        | (Value::DateTime(_), TypeKind::DateTime)
        | (Value::TimeSpan(_), TypeKind::TimeSpan) => true,
        (Value::Object(o), _) => o.data().type_ref() == ty,
        (Value::Void | Value::Unset, _) => false,
        (_, TypeKind::Object) => only,
        _ => false,
    }
}

/// An overload with what each argument costs.
struct Candidate {
    overload: &'static Bound,
    ranks: SmallVec<[Rank; 6]>,
    /// The parameters behind the last fixed one take one argument each.
    expanded: bool,
}

impl Candidate {
    /// The parameter type that argument `at` meets.
    fn ty(&self, at: usize, generic: &'static [TypeRef]) -> Option<TypeRef> {
        let params = &self.overload.params;
        let param = params.get(at).or(params.last())?;
        let ty = param_type(param, generic)?;
        if self.expanded && at + 1 >= params.len() { ty.elem.or(Some(ty)) } else { Some(ty) }
    }
}

pub(super) fn param_type(param: &Param, generic: &'static [TypeRef]) -> Option<TypeRef> {
    param.ty.or_else(|| param.generic.and_then(|at| generic.get(at).copied()))
}

fn choose(call: &Call, overloads: &'static [Bound], args: &[Value]) -> Res<Candidate> {
    if let [only] = overloads {
        let params = &only.params;
        // A member with one form is called whatever its arguments are: the conversion tells what is wrong.
        let pair = |p: &Param| p.type_name.ends_with("KeyValuePair");
        if params.len() == args.len() && !params.iter().any(|p| p.variadic || pair(p)) {
            return Ok(Candidate { overload: only, ranks: SmallVec::new(), expanded: false });
        }
    }
    let mut best: Option<Candidate> = None;
    let mut tie = false;
    for o in overloads {
        for candidate in candidates(call, o, args) {
            let Some(leader) = &best else {
                best = Some(candidate);
                continue;
            };
            match compare(&candidate, leader, call.generic) {
                n if n > 0 => (best, tie) = (Some(candidate), false),
                0 => tie = true,
                _ => {}
            }
        }
    }
    match best {
        None => Err(errors::no_overload(call.name, args.len())),
        Some(_) if tie => Err(errors::ambiguous(call.name, args.len())),
        Some(candidate) => Ok(candidate),
    }
}

/// The ways in which the arguments can meet an overload: as they are, or spread over a `params` array.
fn candidates(call: &Call, overload: &'static Bound, args: &[Value]) -> SmallVec<[Candidate; 2]> {
    let params = &overload.params;
    let mut found = SmallVec::new();
    let variadic = params.last().is_some_and(|p| p.variadic);
    let required = params.iter().filter(|p| !p.optional && !p.variadic).count();
    let fixed_ok = args.len() <= params.len() && args.len() >= if variadic { params.len() } else { required };
    if fixed_ok && let Some(ranks) = params.iter().zip(args).map(|(p, a)| some(rank(p, a, call.generic))).collect() {
        found.push(Candidate { overload, ranks, expanded: false });
    }
    if variadic && args.len() >= required {
        let elem = params.last().and_then(|p| p.ty).and_then(|t| t.elem);
        let ranks: Option<SmallVec<[Rank; 6]>> = args
            .iter()
            .enumerate()
            .map(|(at, a)| match params.get(at) {
                Some(p) if !p.variadic => some(rank(p, a, call.generic)),
                _ => elem.and_then(|t| some(rank_to(a, t))),
            })
            .collect();
        if let Some(ranks) = ranks {
            // The array itself fits better than being the one element of an array.
            let better = found.last().is_some_and(|c: &Candidate| c.ranks.last() >= ranks.last());
            if !better {
                found.clear();
                found.push(Candidate { overload, ranks, expanded: true });
            }
        }
    }
    found
}

fn some(rank: Rank) -> Option<Rank> {
    (rank > 0).then_some(rank)
}

/// Positive when `a` is the better one.
fn compare(a: &Candidate, b: &Candidate, generic: &'static [TypeRef]) -> i64 {
    let count = a.ranks.len();
    let mut better = 0i64;
    for (at, (x, y)) in a.ranks.iter().zip(&b.ranks).enumerate() {
        better += (count - at) as i64 * (*x as i64 - *y as i64).signum();
    }
    if better == 0 {
        // Of candidates that weigh the same, the one whose worst conversion is better.
        better = (a.ranks.iter().min().copied().unwrap_or(0) as i64
            - b.ranks.iter().min().copied().unwrap_or(0) as i64)
            .signum();
    }
    if better == 0 {
        for at in 0..count {
            let (x, y) = (a.ranks[at], b.ranks[at]);
            // Narrower types for widening conversions, wider ones for narrowing; other conversions do not decide here.
            if x < NULL_TO_REF || y < NULL_TO_REF || (x >= NUMERIC_IMPLICIT) != (y >= NUMERIC_IMPLICIT) {
                continue;
            }
            let sign = if x >= NUMERIC_IMPLICIT { 1 } else { -1 };
            better += sign * (count - at) as i64 * narrower(a.ty(at, generic), b.ty(at, generic));
        }
    }
    if better == 0 {
        better = (0..count).map(|at| specificity(a.ty(at, generic), b.ty(at, generic))).sum();
    }
    if better == 0 {
        better = i64::from(b.expanded) - i64::from(a.expanded);
    }
    if better == 0 {
        better = b.overload.params.len() as i64 - a.overload.params.len() as i64;
    }
    better
}

/// 1 when `a` is the more specific type: assignable or widening to `b`.
fn specificity(a: Option<TypeRef>, b: Option<TypeRef>) -> i64 {
    let (Some(a), Some(b)) = (a, b) else { return 0 };
    if a == b {
        return 0;
    }
    if a.is_subclass_of(b) || widens(a.kind, b.kind) {
        return 1;
    }
    if b.is_subclass_of(a) || widens(b.kind, a.kind) {
        return -1;
    }
    0
}

/// The same among the targets of numeric conversions, where decimal counts as narrower than the floating types.
fn narrower(a: Option<TypeRef>, b: Option<TypeRef>) -> i64 {
    use TypeKind::{Decimal, Double, Single};
    match (a.map(|t| t.kind), b.map(|t| t.kind)) {
        (Some(Decimal), Some(Single | Double)) => 1,
        (Some(Single | Double), Some(Decimal)) => -1,
        _ => specificity(a, b),
    }
}

/// C#'s implicit numeric conversions.
fn widens(from: TypeKind, to: TypeKind) -> bool {
    use TypeKind::*;
    match from {
        SByte => matches!(to, Int16 | Int32 | Int64 | Single | Double | Decimal),
        Byte => matches!(to, Int16 | UInt16 | Int32 | UInt32 | Int64 | UInt64 | Single | Double | Decimal),
        Int16 => matches!(to, Int32 | Int64 | Single | Double | Decimal),
        UInt16 => matches!(to, Int32 | UInt32 | Int64 | UInt64 | Single | Double | Decimal),
        Int32 => matches!(to, Int64 | Single | Double | Decimal),
        UInt32 => matches!(to, Int64 | UInt64 | Single | Double | Decimal),
        Int64 | UInt64 => matches!(to, Single | Double | Decimal),
        Char => matches!(to, UInt16 | Int32 | UInt32 | Int64 | UInt64 | Single | Double | Decimal),
        Single => to == Double,
        _ => false,
    }
}

fn rank(param: &Param, arg: &Value, generic: &'static [TypeRef]) -> Rank {
    if param.by_ref {
        return if is_reference(arg) { IDENTITY } else { LANGUAGE };
    }
    match param_type(param, generic) {
        Some(ty) => rank_to(arg, ty),
        None => rank_unknown(arg, &param.type_name),
    }
}

/// A parameter of a type without an entry of its own: delegates, generic interfaces.
fn rank_unknown(arg: &Value, type_name: &str) -> Rank {
    let delegate =
        ["Func[", "Func", "Action", "Predicate", "Comparison", "Converter", "Evaluator", "Handler", "Callback"]
            .iter()
            .any(|d| type_name.contains(d));
    match arg.base() {
        Value::Null | Value::Void => NULL_TO_REF,
        _ if delegate => {
            let ty = type_of(arg);
            if ty.kind == TypeKind::ScriptBlock { LANGUAGE } else { 0 }
        }
        Value::Array(_) | Value::List(_) if type_name.contains("[") => ASSIGNABLE,
        Value::Dict(_) if type_name.contains("Dictionary[") => ASSIGNABLE,
        Value::Object(o) if o.data().is_enumerable() && type_name.contains("[") => ASSIGNABLE,
        Value::Object(o) if o.data().type_ref().full_name == type_name => IDENTITY,
        // Anything but a collection as a collection of one.
        _ if type_name.contains("IEnumerable[") || type_name.contains("ICollection[") => CONSTRUCTOR,
        _ => 0,
    }
}

/// How well a value becomes a type.
fn rank_to(arg: &Value, to: TypeRef) -> Rank {
    use TypeKind::*;
    let arg = arg.base();
    if arg.is_null() {
        return if to.is_value_type() { NULL_TO_VALUE } else { NULL_TO_REF };
    }
    let from = type_of(arg);
    if from == to {
        return IDENTITY;
    }
    if from.is_subclass_of(to) || (to.kind == Other && from.base.is_some_and(|b| b.is_subclass_of(to))) {
        return ASSIGNABLE;
    }
    if to.kind == PSObject {
        return LANGUAGE;
    }
    if to.kind == Array {
        let Some(elem) = to.elem else { return 0 };
        return match arg {
            Value::String(_) if elem.kind == Char => STRING_TO_CHARS,
            Value::Array(a) if a.elem.is_subclass_of(elem) && !elem.is_value_type() => ASSIGNABLE,
            Value::Array(_) | Value::List(_) => UNRELATED_ARRAYS,
            _ => rank_to(arg, elem).saturating_sub(SCALAR_TO_ARRAY),
        };
    }
    let from_number = from.is_number() || from.kind == Char;
    if from == &types::BIG_INTEGER && to.is_number() {
        return EXPLICIT;
    }
    match to.kind {
        String => TO_STRING,
        Boolean | Switch => LANGUAGE,
        Nullable => to.elem.map_or(0, |t| rank_to(arg, t)),
        _ if to.is_number() && from_number => {
            if widens(from.kind, to.kind) {
                NUMERIC_IMPLICIT
            } else if from.kind != Char && to.kind != Char && from.is_integer() == to.is_integer() {
                NUMERIC_EXPLICIT1
            } else {
                NUMERIC_EXPLICIT
            }
        }
        _ if to.is_number() && from.kind == String => NUMERIC_STRING,
        Char if from.kind == String => LANGUAGE,
        Enum if from.kind == String => PARSE,
        Enum if from.is_integer() => LANGUAGE,
        ScriptBlock | Hashtable | Ordered => 0,
        Type if from.kind == String => LANGUAGE,
        _ => rank_made(arg, from, to),
    }
}

/// Conversions that the type itself offers, and what every convertible value claims to be able to become.
fn rank_made(arg: &Value, from: TypeRef, to: TypeRef) -> Rank {
    if matches!(arg, Value::String(_)) && to.kind == TypeKind::Other || to.kind == TypeKind::DateTime {
        let table = to.members();
        if table.is_some_and(|t| t.cast.is_some()) || matches!(to.kind, TypeKind::DateTime | TypeKind::TimeSpan) {
            return if from.kind == TypeKind::String { PARSE } else { CONVERTIBLE };
        }
        let by_text = |o: &Bound| matches!(&*o.params, [p] if p.ty.is_some_and(|t| t.kind == TypeKind::String));
        if from.kind == TypeKind::String && table.is_some_and(|t| t.constructors().iter().any(by_text)) {
            return CONSTRUCTOR;
        }
    }
    if matches!(from.kind, TypeKind::String) && to.kind == TypeKind::TimeSpan {
        return PARSE;
    }
    let convertible = from.is_number()
        || matches!(
            from.kind,
            TypeKind::Boolean | TypeKind::Char | TypeKind::String | TypeKind::DateTime | TypeKind::Enum
        );
    if convertible && to.is_value_type() { CONVERTIBLE } else { 0 }
}

/// A `[ref]` value.
pub(super) fn is_reference(arg: &Value) -> bool {
    matches!(arg.base(), Value::Object(o) if o.data().type_ref().full_name.starts_with("System.Management.Automation.PSReference"))
}

/// The arguments as the overload's parameter types; missing optional ones stay away.
fn convert(rt: &mut dyn Runtime, call: &Call, chosen: &Candidate, args: &[Value]) -> Res<SmallVec<[Value; 6]>> {
    let params = &chosen.overload.params;
    let fixed = if chosen.expanded { params.len() - 1 } else { args.len() };
    let mut out = SmallVec::with_capacity(params.len());
    for (at, (param, arg)) in params.iter().zip(args).take(fixed).enumerate() {
        if param.by_ref {
            if !is_reference(arg) {
                return Err(errors::needs_ref(at + 1));
            }
            out.push(arg.clone());
            continue;
        }
        out.push(match param_type(param, call.generic) {
            Some(ty) => convert_to(rt, call, &param.name, arg, ty)?,
            None => sequence(rt, call, param, arg)?,
        });
    }
    if chosen.expanded
        && let Some(param) = params.last()
        && let Some(elem) = param.ty.and_then(|t| t.elem)
    {
        let mut rest = Vec::with_capacity(args.len().saturating_sub(fixed));
        for arg in args.iter().skip(fixed) {
            rest.push(convert_to(rt, call, &param.name, arg, elem)?);
        }
        out.push(Value::Array(Rc::new(Array::typed(elem, rest))));
    }
    Ok(out)
}

/// An argument for `IEnumerable<T>` of the type's own T: a typed collection of something else does not fit.
fn sequence(rt: &mut dyn Runtime, call: &Call, param: &Param, arg: &Value) -> Res<Value> {
    let arg = arg.clone().or_null();
    let (Some(elem), Value::Array(a)) = (call.generic.first(), arg.base()) else { return Ok(arg) };
    let open = param.type_name.strip_suffix("[T]").filter(|n| n.starts_with("System.Collections.Generic."));
    if elem.kind == TypeKind::Object || elem.kind == TypeKind::PSObject || a.elem.is_subclass_of(elem) {
        return Ok(arg);
    }
    let Some(definition) = open.and_then(|name| types::find(&format!("{name}`1"))) else { return Ok(arg) };
    if call.name == "new" {
        return Ok(arg);
    }
    let ty = types::display_name(types::generic(definition, &[elem]));
    let shown = types::display_name(type_of(&arg));
    let cause = crate::error::ErrorRecord::new(
        "System.Management.Automation.PSInvalidCastException",
        format!("Cannot convert the \"{shown}\" value of type \"{shown}\" to type \"{ty}\"."),
        "ConvertToFinalInvalidCastException",
        crate::error::ErrorCategory::InvalidArgument,
    );
    let _ = rt;
    Err(errors::argument_conversion(&param.name, &shown, call.shown, &ty, &cause.into()))
}

fn convert_to(rt: &mut dyn Runtime, call: &Call, param: &str, arg: &Value, ty: TypeRef) -> Res<Value> {
    match (arg, ty.kind) {
        (Value::Void | Value::Unset, TypeKind::Object) => return Ok(Value::Null),
        (_, TypeKind::Object | TypeKind::PSObject) => return Ok(arg.clone()),
        (Value::Int(_), TypeKind::Int32) | (Value::String(_), TypeKind::String) => return Ok(arg.clone()),
        _ => {}
    }
    let base = arg.base();
    match base {
        Value::String(text) if ty.elem.is_some_and(|e| e.kind == TypeKind::Char && ty.kind == TypeKind::Array) => {
            let chars = text.to_units().into_iter().map(Value::Char).collect();
            return Ok(Value::Array(Rc::new(Array::typed(&types::CHAR, chars))));
        }
        _ if base.is_null() && !ty.is_value_type() && ty.kind != TypeKind::String => return Ok(Value::Null),
        _ if !base.is_null() && type_of(base).is_subclass_of(ty) => return Ok(base.clone()),
        _ => {}
    }
    match rt.cast(arg, ty) {
        Ok(v) => Ok(v),
        Err(e) if e.error().is_some() => {
            let shown = rt.to_text(arg);
            Err(errors::argument_conversion(param, &shown, call.shown, ty.full_name, &e))
        }
        Err(e) => Err(e),
    }
}

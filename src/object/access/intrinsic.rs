//! Members that every value has: `psobject` and its kin, and the methods `ForEach` and `Where`.
use super::{errors, type_of};
use crate::collections::List;
use crate::error::{ErrorCategory, ErrorRecord, Res};
use crate::member::NetObject;
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::types::{self, TypeInfo, TypeKind, TypeRef};
use crate::value::Value;
use std::any::Any;
use std::rc::Rc;

/// `$x.psobject`, `$x.psbase`, `$x.psadapted`, `$x.psextended`: a view of the members of a value. Its properties
/// (Properties, Members, TypeNames, BaseObject ...) are in the .NET room's tables.
pub struct MemberView {
    pub target: Value,
}
static PS_MEMBER_SET: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSMemberSet",
    "System.Management.Automation.PSMemberSet",
    TypeKind::Other,
    Some(&types::OBJECT),
);

impl NetObject for MemberView {
    fn type_ref(&self) -> TypeRef {
        types::find("System.Management.Automation.PSMemberSet").unwrap_or(&PS_MEMBER_SET)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(types::clr_name(type_of(&self.target)).into_owned().into())
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        // The members of the view itself come first; `$x.psbase.Name` reads through to the value.
        let own = super::tables(self.type_ref()).any(|t| t.prop(name).is_some() || !t.method(name).is_empty());
        if own { None } else { super::get_member(rt, &self.target, name).transpose() }
    }
}

/// The intrinsic properties.
pub(super) fn property(rt: &mut dyn Runtime, v: &Value, name: &str) -> Res<Option<Value>> {
    let lower = match name.len() {
        6..=11 if name.as_bytes()[..2].eq_ignore_ascii_case(b"ps") => name.to_ascii_lowercase(),
        _ => return Ok(None),
    };
    match lower.as_str() {
        "psobject" | "psadapted" | "psextended" => Ok(Some(Value::object(MemberView { target: v.clone() }))),
        "psbase" => Ok(Some(v.base().clone())),
        "pstypenames" => Ok(Some(type_name_list(rt, v))),
        _ => Ok(None),
    }
}

/// `PSTypeNames`: a `Collection<string>` that changes the value's type names when it is changed.
fn type_name_list(rt: &mut dyn Runtime, v: &Value) -> Value {
    Value::object(TypeNames { target: v.clone(), names: super::type_names(rt, v) })
}

/// The live list behind `PSTypeNames`.
pub struct TypeNames {
    pub target: Value,
    names: Vec<PsString>,
}

static CONSOLIDATED: TypeInfo = TypeInfo::new(
    "System.Management.Automation.Runspaces.ConsolidatedString",
    "System.Management.Automation.Runspaces.ConsolidatedString",
    TypeKind::Other,
    Some(&types::COLLECTION),
)
.with_interfaces(&["System.Collections.IList", "System.Collections.ICollection", "System.Collections.IEnumerable"]);

impl TypeNames {
    pub fn names(&self) -> Vec<PsString> {
        super::typedata::own_names(&self.target).map_or_else(|| self.names.clone(), |n| n.to_vec())
    }
    /// Changes the list of the value.
    pub fn change<T>(&self, change: impl FnOnce(&mut Vec<PsString>) -> T) -> T {
        let mut names = self.names();
        let result = change(&mut names);
        if let Some(cell) = super::instance_members(&self.target) {
            cell.borrow_mut().get_or_insert_default().type_names = Some(Rc::new(names));
        }
        result
    }
}
impl NetObject for TypeNames {
    fn type_ref(&self) -> TypeRef {
        &CONSOLIDATED
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_enumerable(&self) -> bool {
        true
    }
    fn enumerate(&self, _rt: &mut dyn Runtime) -> Option<Res<Vec<Value>>> {
        Some(Ok(self.names().into_iter().map(Value::String).collect()))
    }
    fn index(&self, _rt: &mut dyn Runtime, index: &[Value]) -> Option<Res<Value>> {
        let names = self.names();
        let at = index.first()?.as_int()?;
        let at = if at < 0 { at + names.len() as i32 } else { at };
        Some(Ok(usize::try_from(at).ok().and_then(|n| names.get(n).cloned()).map(Value::String).unwrap_or_default()))
    }
}

/// The intrinsic methods; none when the name is not one of them.
pub(super) fn method(rt: &mut dyn Runtime, v: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
    if name.eq_ignore_ascii_case("foreach") {
        Some(for_each(rt, v, args))
    } else if name.eq_ignore_ascii_case("where") {
        Some(where_(rt, v, args))
    } else {
        None
    }
}

fn items(rt: &mut dyn Runtime, v: &Value) -> Res<Vec<Value>> {
    match v.base() {
        base if base.is_null() => Ok(Vec::new()),
        Value::Array(a) => Ok(a.to_vec()),
        Value::List(l) => Ok(l.to_vec()),
        Value::Object(o) if o.data().is_enumerable() => rt.enumerate(v),
        _ => Ok(vec![v.clone()]),
    }
}

fn collection(items: Vec<Value>) -> Value {
    Value::List(Rc::new(List::collection(&types::PSOBJECT, items)))
}

/// Adds what a script block wrote to a list.
fn add(out: &mut Vec<Value>, result: Value) {
    match result {
        Value::Void => {}
        Value::Array(a) => out.extend(a.to_vec()),
        other => out.push(other),
    }
}

fn for_each(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    let Some((what, rest)) = args.split_first() else {
        return Err(errors::no_overload(".ForEach(expression [, arguments...])", 0));
    };
    let items = items(rt, v)?;
    let mut out = Vec::with_capacity(items.len());
    match what.base() {
        Value::Type(ty) => {
            for item in items {
                let made = rt
                    .cast(&item, ty)
                    .map_err(|e| errors::argument_conversion("item", &rt.to_text(&item), "Add", ty.full_name, &e))?;
                out.push(made);
            }
            return Ok(Value::List(Rc::new(List::collection(ty, out))));
        }
        Value::String(name) => {
            for item in items {
                out.extend(for_each_member(rt, &item, name, rest)?);
            }
        }
        _ => {
            for item in items {
                let result = rt.call_block(what, rest, Some(&item))?;
                add(&mut out, result);
            }
        }
    }
    Ok(collection(out))
}

/// One element of `ForEach('Name', args)`: a property read or set, or a method call.
fn for_each_member(rt: &mut dyn Runtime, item: &Value, name: &str, args: &[Value]) -> Res<Option<Value>> {
    let found = super::get_member(rt, item, name)?;
    match found {
        Some(held) if held.get::<super::PSMethod>().is_some() => {
            let result = super::invoke_method(rt, item, name, args)?;
            Ok((!matches!(result, Value::Void)).then_some(result))
        }
        Some(_) if !args.is_empty() => {
            super::set_property(rt, item, name, args[0].clone())?;
            Ok(None)
        }
        Some(value) => Ok(Some(value)),
        None if args.is_empty() => Ok(Some(Value::Null)),
        None => Err(ErrorRecord::runtime(
            "ForEachNonexistentMemberReference",
            format!(
                "The ForEach() operator could not find a member '{name}' on the target object. Please verify that the named member exists and then try running your script again."
            ),
            ErrorCategory::InvalidOperation,
        )
        .into()),
    }
}

/// WhereOperatorSelectionMode
const DEFAULT: i64 = 0;
const FIRST: i64 = 1;
const LAST: i64 = 2;
const SKIP_UNTIL: i64 = 3;
const UNTIL: i64 = 4;
const SPLIT: i64 = 5;

fn where_(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    let Some(condition) = args.first() else {
        return Err(errors::no_overload(".Where({ expression } [, mode [, numberToReturn]])", 0));
    };
    let condition = &rt.cast(condition, &types::SCRIPT_BLOCK)?;
    let mode = match args.get(1) {
        Some(mode) => match types::find("System.Management.Automation.WhereOperatorSelectionMode") {
            Some(ty) => crate::enums::number(&rt.cast(mode, ty)?).unwrap_or(DEFAULT),
            None => DEFAULT,
        },
        None => DEFAULT,
    };
    let count = match args.get(2) {
        Some(n) => match rt.cast(n, &types::INT32)? {
            Value::Int(n) if n > 0 => Some(n as usize),
            Value::Int(0) if mode == DEFAULT || mode == SPLIT => None,
            other => return Err(bad_count(other)),
        },
        None => None,
    };
    let items = items(rt, v)?;
    select(rt, items, condition, mode, count)
}

fn bad_count(n: Value) -> crate::Flow {
    let n = n.as_int().unwrap_or_default();
    errors::bare(
        "System.ArgumentOutOfRangeException",
        &format!(
            "The 'numberToReturn' value provided to the third argument of the Where() operator must be greater than zero. Please correct the argument's value and try running your script again. (Parameter 'numberToReturn')\nActual value was {n}."
        ),
    )
}

fn select(rt: &mut dyn Runtime, items: Vec<Value>, condition: &Value, mode: i64, count: Option<usize>) -> Res<Value> {
    let limit = count.unwrap_or(if mode == FIRST || mode == LAST { 1 } else { usize::MAX });
    let (mut taken, mut rest, mut reached) = (Vec::new(), Vec::new(), false);
    for item in items {
        let full = taken.len() >= limit;
        match mode {
            SPLIT if full => {
                rest.push(item);
                continue;
            }
            SKIP_UNTIL if reached && !full => {
                taken.push(item);
                continue;
            }
            LAST => {}
            _ if full => break,
            _ => {}
        }
        let result = rt.call_block(condition, &[], Some(&item))?;
        let matched = matches!(rt.cast(&result, &types::BOOLEAN)?, Value::Bool(true));
        match mode {
            UNTIL if matched => break,
            UNTIL => taken.push(item),
            SKIP_UNTIL if !matched => {}
            SPLIT if !matched => rest.push(item),
            _ if matched => {
                reached = true;
                taken.push(item);
            }
            _ => {}
        }
    }
    if mode == LAST && taken.len() > limit {
        taken.drain(..taken.len() - limit);
    }
    match mode {
        SPLIT => Ok(Value::array(vec![collection(taken), collection(rest)])),
        _ => Ok(collection(taken)),
    }
}

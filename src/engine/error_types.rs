//! What scripts reach on errors: ErrorRecord, its CategoryInfo and ErrorDetails, and what all exceptions have.
use crate::host_object::invocation_value;
use dialtone_object::error::ErrorObject;
use dialtone_object::*;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

const CATEGORY_INFO: &str = "System.Management.Automation.ErrorCategoryInfo";
const CATEGORY: &str = "System.Management.Automation.ErrorCategory";
const DETAILS: &str = "System.Management.Automation.ErrorDetails";
static CATEGORY_INFO_TYPE: TypeInfo =
    TypeInfo::new(CATEGORY_INFO, CATEGORY_INFO, TypeKind::Other, Some(&types::OBJECT));
static DETAILS_TYPE: TypeInfo = TypeInfo::new(DETAILS, DETAILS, TypeKind::Other, Some(&types::OBJECT));

/// Overloads in a static of their own: they hold cells, which a borrow in a static may not.
macro_rules! methods {
    ($($sig:literal => $call:expr),* $(,)?) => {{
        static ALL: [Overload; [$($sig),*].len()] = [$(Overload::new($sig, $call)),*];
        &ALL
    }};
}

fn record(value: &Value) -> Option<Rc<ErrorRecord>> {
    value.get::<ErrorObject>().map(|e| e.0.clone())
}
/// A property of the error record; nothing for any other object.
fn of_record(value: &Value, read: impl FnOnce(&Rc<ErrorRecord>) -> Value) -> Res<Value> {
    Ok(record(value).map_or(Value::Null, |r| read(&r)))
}

// --- CategoryInfo ---------------------------------------------------------------------------------------------------

/// `ErrorRecord.CategoryInfo`: reads and changes the record.
struct CategoryInfo {
    record: Rc<ErrorRecord>,
    /// The target as text, made when the engine was at hand.
    target: PsString,
}

/// Longer target names show their ends only.
const LONGEST_TARGET: usize = 40;
const SHOWN_ENDS: usize = 15;

/// `ErrorCategoryInfo.GetMessage()`: `Category: (target:type) [activity], reason`.
pub fn category_message(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>) -> String {
    category_info(rt, record).message()
}

fn category_info(rt: &mut dyn Runtime, record: &Rc<ErrorRecord>) -> CategoryInfo {
    let target = record.target.borrow().clone();
    let text = match target.base() {
        v if v.is_null() => PsString::default(),
        Value::Array(_) | Value::List(_) | Value::Dict(_) => types::type_of(&target).full_name.into(),
        // As ToString() gives it: by the current culture.
        Value::DateTime(_) | Value::Double(_) | Value::Single(_) | Value::Decimal(_) => {
            let text = rt.call_method(&target, "ToString", &[]);
            text.map_or_else(|_| PsString::default(), |t| rt.to_text(&t))
        }
        _ => rt.to_text(&target),
    };
    CategoryInfo { record: record.clone(), target: text }
}

impl CategoryInfo {
    fn activity(&self) -> PsString {
        self.record.activity.borrow().clone().unwrap_or_default()
    }
    fn reason(&self) -> PsString {
        let given = self.record.reason.borrow().clone().filter(|r| !r.is_empty());
        given.unwrap_or_else(|| self.record.exception_type().name().into())
    }
    fn target_name(&self) -> PsString {
        let given = self.record.target_name.borrow().clone().filter(|n| !n.is_empty());
        given.unwrap_or_else(|| self.target.clone())
    }
    fn target_type(&self) -> PsString {
        let given = self.record.target_type.borrow().clone().filter(|n| !n.is_empty());
        given.unwrap_or_else(|| match &*self.record.target.borrow() {
            v if v.is_null() => PsString::default(),
            Value::Custom(_) => "PSObject".into(),
            v => types::type_of(v).name().into(),
        })
    }
    fn message(&self) -> String {
        let short = |text: PsString| {
            let chars: Vec<char> = text.chars().collect();
            if chars.len() <= LONGEST_TARGET {
                return text.to_string();
            }
            let (head, tail) = (&chars[..SHOWN_ENDS], &chars[chars.len() - SHOWN_ENDS..]);
            format!("{}...{}", head.iter().collect::<String>(), tail.iter().collect::<String>())
        };
        let (target, ty) = (short(self.target_name()), short(self.target_type()));
        let category = match self.record.category.get() {
            ErrorCategory::DeadlockDetected => "Deadlock detected",
            other => other.name(),
        };
        format!("{category}: ({target}:{ty}) [{}], {}", self.activity(), self.reason())
    }
}

impl NetObject for CategoryInfo {
    fn type_ref(&self) -> TypeRef {
        &CATEGORY_INFO_TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.message().into())
    }
}

fn of_category(value: &Value, read: impl FnOnce(&CategoryInfo) -> Value) -> Res<Value> {
    Ok(value.get::<CategoryInfo>().map_or(Value::Null, read))
}
fn set_category(
    rt: &mut dyn Runtime,
    value: &Value,
    new: &Value,
    slot: impl FnOnce(&ErrorRecord) -> &RefCell<Option<PsString>>,
) -> Res<()> {
    if let Some(info) = value.get::<CategoryInfo>() {
        *slot(&info.record).borrow_mut() = Some(rt.to_text(new));
    }
    Ok(())
}

static CATEGORY_TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("Category", CATEGORY, |_, v| of_category(v, |i| category_value(i.record.category.get()))),
        Prop::get_set(
            "Activity",
            "string",
            |_, v| of_category(v, |i| i.activity().into()),
            |rt, v, new| set_category(rt, v, &new, |r| &r.activity),
        ),
        Prop::get_set(
            "Reason",
            "string",
            |_, v| of_category(v, |i| i.reason().into()),
            |rt, v, new| set_category(rt, v, &new, |r| &r.reason),
        ),
        Prop::get_set(
            "TargetName",
            "string",
            |_, v| of_category(v, |i| i.target_name().into()),
            |rt, v, new| set_category(rt, v, &new, |r| &r.target_name),
        ),
        Prop::get_set(
            "TargetType",
            "string",
            |_, v| of_category(v, |i| i.target_type().into()),
            |rt, v, new| set_category(rt, v, &new, |r| &r.target_type),
        ),
    ],
    methods: methods! {
        "string GetMessage()" => |_, v, _| of_category(v, |i| i.message().into()),
        "string GetMessage(cultureinfo uiCultureInfo)" => |_, v, _| of_category(v, |i| i.message().into()),
    },
    ..TypeTable::of(&CATEGORY_INFO_TYPE)
};

/// A category as a value of its enum type.
pub fn category_value(category: ErrorCategory) -> Value {
    enums::of(CATEGORY, category as i64)
}
/// A category from an enum value, number or name.
pub fn category_of(value: &Value) -> Option<ErrorCategory> {
    match value.base() {
        Value::String(name) => ErrorCategory::from_name(name),
        other => {
            let number = enums::number(other).or_else(|| other.as_int().map(i64::from))?;
            ErrorCategory::ALL.get(usize::try_from(number).ok()?).copied()
        }
    }
}

// --- ErrorDetails ---------------------------------------------------------------------------------------------------

struct Details {
    message: PsString,
    action: RefCell<PsString>,
    /// The record whose details these are.
    of: Option<Rc<ErrorRecord>>,
}

impl NetObject for Details {
    fn type_ref(&self) -> TypeRef {
        &DETAILS_TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.message.clone())
    }
}

static DETAILS_TABLE: TypeTable = TypeTable {
    ctors: methods! {
        "System.Management.Automation.ErrorDetails new(string message)" => |rt, _, args| {
            let message = args.first().map(|m| rt.to_text(m)).unwrap_or_default();
            Ok(Value::object(Details { message, action: RefCell::default(), of: None }))
        },
    },
    props: &[
        Prop::get("Message", "string", |_, v| {
            Ok(v.get::<Details>().map_or(Value::Null, |d| Value::String(d.message.clone())))
        }),
        Prop::get_set(
            "RecommendedAction",
            "string",
            |_, v| Ok(v.get::<Details>().map_or(Value::Null, |d| Value::String(d.action.borrow().clone()))),
            |rt, v, new| {
                let text = rt.to_text(&new);
                if let Some(details) = v.get::<Details>() {
                    if let Some(record) = &details.of {
                        *record.details.borrow_mut() = Some((details.message.clone(), text.clone()));
                    }
                    *details.action.borrow_mut() = text;
                }
                Ok(())
            },
        ),
    ],
    ..TypeTable::of(&DETAILS_TYPE)
};

fn details_value(record: &Rc<ErrorRecord>) -> Value {
    match &*record.details.borrow() {
        None => Value::Null,
        Some((message, action)) => Value::object(Details {
            message: message.clone(),
            action: RefCell::new(action.clone()),
            of: Some(record.clone()),
        }),
    }
}

// --- ErrorRecord ----------------------------------------------------------------------------------------------------

fn new_record(rt: &mut dyn Runtime, args: &[Value]) -> Res<Value> {
    let at = |n: usize| args.get(n).cloned().unwrap_or_default();
    if let Some(old) = record(&at(0)) {
        // A copy; the other exception only stands in for one that refers back to its record.
        let parent = old.exception_type().full_name.ends_with("ParentContainsErrorRecordException");
        let exception = if parent { at(1) } else { old.exception.clone() };
        let copy = ErrorRecord::from_exception(exception, old.id.borrow().clone(), old.category.get(), at(2));
        *copy.target.borrow_mut() = old.target.borrow().clone();
        *copy.details.borrow_mut() = old.details.borrow().clone();
        *copy.invocation.borrow_mut() = old.invocation.borrow().clone();
        return Ok(Rc::new(copy).to_value());
    }
    let id = if at(1).is_null() { PsString::default() } else { rt.to_text(&at(1)) };
    let category = category_of(&at(2)).unwrap_or(ErrorCategory::NotSpecified);
    Ok(Rc::new(ErrorRecord::from_exception(at(0).into_base(), id, category, at(3))).to_value())
}

static RECORD_TABLE: TypeTable = TypeTable {
    ctors: methods! {
        "System.Management.Automation.ErrorRecord new(System.Exception exception, string errorId, System.Management.Automation.ErrorCategory errorCategory, System.Object targetObject)" =>
            |rt, _, args| new_record(rt, args),
        "System.Management.Automation.ErrorRecord new(System.Management.Automation.ErrorRecord errorRecord, System.Exception replaceParentContainsErrorRecordException)" =>
            |rt, _, args| new_record(rt, args),
    },
    props: &[
        Prop::get("Exception", "System.Exception", |_, v| {
            of_record(v, |r| {
                if let Some(e) = r.exception.get::<Exception>()
                    && e.record.borrow().is_none()
                {
                    *e.record.borrow_mut() = Some(Rc::downgrade(r));
                }
                r.exception.clone()
            })
        }),
        Prop::get("TargetObject", "System.Object", |_, v| of_record(v, |r| r.target.borrow().clone())),
        Prop::get("CategoryInfo", CATEGORY_INFO, |rt, v| {
            Ok(record(v).map_or(Value::Null, |r| Value::object(category_info(rt, &r))))
        }),
        Prop::get("FullyQualifiedErrorId", "string", |_, v| of_record(v, |r| r.id.borrow().clone().into())),
        Prop::get_set(
            "ErrorDetails",
            DETAILS,
            |_, v| of_record(v, details_value),
            |rt, v, new| {
                let Some(record) = record(v) else { return Ok(()) };
                *record.details.borrow_mut() = match new.get::<Details>() {
                    Some(d) => Some((d.message.clone(), d.action.borrow().clone())),
                    None if new.is_null() => None,
                    None => Some((rt.to_text(&new), PsString::default())),
                };
                Ok(())
            },
        ),
        Prop::get("InvocationInfo", "System.Management.Automation.InvocationInfo", |_, v| {
            of_record(v, |r| r.invocation.borrow().as_ref().map_or(Value::Null, invocation_value))
        }),
        Prop::get("ScriptStackTrace", "string", |_, v| of_record(v, |r| r.stack.borrow().clone().into())),
        Prop::get("PipelineIterationInfo", "System.Collections.ObjectModel.ReadOnlyCollection[int]", |_, v| {
            of_record(v, |_| Value::List(Rc::new(List::collection(&types::INT32, Vec::new()))))
        }),
    ],
    ..TypeTable::of(&types::ERROR_RECORD)
};

// --- exceptions -----------------------------------------------------------------------------------------------------

fn of_exception(value: &Value, read: impl FnOnce(&Exception) -> Value) -> Res<Value> {
    Ok(value.get::<Exception>().map_or(Value::Null, read))
}

/// HRESULT numbers of exception types; a type without one has its base's.
static HRESULTS: &[(&str, u32)] = &[
    ("System.Exception", 0x8013_1500),
    ("System.SystemException", 0x8013_1501),
    ("System.ArgumentOutOfRangeException", 0x8013_1502),
    ("System.TimeoutException", 0x8013_1505),
    ("System.IndexOutOfRangeException", 0x8013_1508),
    ("System.InvalidOperationException", 0x8013_1509),
    ("System.NotSupportedException", 0x8013_1515),
    ("System.OverflowException", 0x8013_1516),
    ("System.FormatException", 0x8013_1537),
    ("System.Collections.Generic.KeyNotFoundException", 0x8013_1577),
    ("System.ApplicationException", 0x8013_1600),
    ("System.IO.IOException", 0x8013_1620),
    ("System.IO.FileNotFoundException", 0x8007_0002),
    ("System.IO.DirectoryNotFoundException", 0x8007_0003),
    ("System.UnauthorizedAccessException", 0x8007_0005),
    ("System.OutOfMemoryException", 0x8007_000E),
    ("System.ArgumentException", 0x8007_0057),
    ("System.ArithmeticException", 0x8007_0216),
    ("System.DivideByZeroException", 0x8002_0012),
    ("System.NotImplementedException", 0x8000_4001),
    ("System.InvalidCastException", 0x8000_4002),
    ("System.ArgumentNullException", 0x8000_4003),
    ("System.NullReferenceException", 0x8000_4003),
];

fn hresult(e: &Exception) -> i32 {
    let unset = 0x8013_1500u32 as i32;
    if e.hresult.get() != unset {
        return e.hresult.get();
    }
    std::iter::successors(Some(e.ty), |t| t.base)
        .find_map(|t| HRESULTS.iter().find(|(name, _)| *name == t.full_name))
        .map_or(unset, |(_, n)| *n as i32)
}

/// Properties that only say what a script set.
const HELP_LINK: &str = "HelpLink";

static EXCEPTION_TABLE: TypeTable = TypeTable {
    ctors: &[],
    props: &[
        Prop::get("TargetSite", "System.Reflection.MethodBase", |_, _| Ok(Value::Null)),
        Prop::get("Message", "string", |_, v| of_exception(v, |e| e.message.borrow().clone().into())),
        Prop::get("Data", "System.Collections.IDictionary", |_, v| {
            of_exception(v, |e| {
                let mut data = e.data.borrow_mut();
                if data.is_null() {
                    *data = Value::Dict(Rc::new(Dictionary::hashtable(Dict::new(Comparer::Ordinal))));
                }
                data.clone()
            })
        }),
        Prop::get("InnerException", "System.Exception", |_, v| of_exception(v, |e| e.inner.borrow().clone())),
        Prop::get_set(
            HELP_LINK,
            "string",
            |_, v| {
                of_exception(v, |e| {
                    let extra = e.extra.borrow();
                    extra.iter().find(|(n, _)| *n == HELP_LINK).map_or(Value::Null, |(_, v)| v.clone())
                })
            },
            |_, v, new| {
                if let Some(e) = v.get::<Exception>() {
                    let mut extra = e.extra.borrow_mut();
                    extra.retain(|(n, _)| *n != HELP_LINK);
                    extra.push((HELP_LINK, new));
                }
                Ok(())
            },
        ),
        Prop::get_set(
            "Source",
            "string",
            |_, v| of_exception(v, |e| e.source.borrow().clone()),
            |_, v, new| {
                if let Some(e) = v.get::<Exception>() {
                    *e.source.borrow_mut() = new;
                }
                Ok(())
            },
        ),
        Prop::get_set(
            "HResult",
            "int",
            |_, v| of_exception(v, |e| Value::Int(hresult(e))),
            |_, v, new| {
                if let (Some(e), Some(n)) = (v.get::<Exception>(), new.as_int()) {
                    e.hresult.set(n);
                }
                Ok(())
            },
        ),
        Prop::get("StackTrace", "string", |_, v| {
            of_exception(v, |e| match &*e.stack_trace.borrow() {
                text if text.is_empty() => Value::Null,
                text => Value::String(text.clone()),
            })
        }),
    ],
    methods: methods! {
        "System.Exception GetBaseException()" => |_, v, _| {
            let mut at = v.clone();
            while let Some(inner) = at.get::<Exception>().map(|e| e.inner.borrow().clone()).filter(|i| !i.is_null()) {
                at = inner;
            }
            Ok(at)
        },
    },
    ..TypeTable::of(&types::EXCEPTION)
};

fn record_of(value: &Value) -> Option<Rc<ErrorRecord>> {
    let e = value.get::<Exception>()?;
    let found = e.record.borrow().as_ref().and_then(std::rc::Weak::upgrade);
    if let Some(record) = found.or_else(|| e.kept_record.borrow().clone()) {
        return Some(record);
    }
    let made = ErrorRecord::from_exception(value.clone(), "RuntimeException", ErrorCategory::NotSpecified, Value::Null);
    Some(Rc::new(made))
}

static RUNTIME_EXCEPTION_TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("ErrorRecord", "System.Management.Automation.ErrorRecord", |_, v| {
            Ok(record_of(v).map_or(Value::Null, |r| r.to_value()))
        }),
        Prop::get_set(
            "WasThrownFromThrowStatement",
            "bool",
            |_, v| Ok(Value::Bool(record_of(v).is_some_and(|r| r.thrown.get()))),
            |_, v, new| {
                if let Some(record) = record_of(v) {
                    record.thrown.set(convert::to_bool(&new));
                }
                Ok(())
            },
        ),
    ],
    ..TypeTable::of(&types::RUNTIME_EXCEPTION)
};

static TABLES: [&TypeTable; 5] =
    [&CATEGORY_TABLE, &DETAILS_TABLE, &RECORD_TABLE, &EXCEPTION_TABLE, &RUNTIME_EXCEPTION_TABLE];

/// Registered at start.
pub struct Types;
impl types::TypeProvider for Types {
    fn find(&self, name: &str) -> Option<TypeRef> {
        let own: [TypeRef; 2] = [&CATEGORY_INFO_TYPE, &DETAILS_TYPE];
        own.into_iter().chain(crate::records::TYPES.iter().copied()).find(|t| {
            let full = t.full_name;
            full.eq_ignore_ascii_case(name)
                || full.strip_prefix("System.").is_some_and(|n| n.eq_ignore_ascii_case(name))
        })
    }
    fn table(&self, ty: TypeRef) -> Option<&'static TypeTable> {
        TABLES.iter().copied().find(|t| std::ptr::eq(t.ty, ty))
    }
}

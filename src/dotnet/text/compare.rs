//! The ways .NET compares texts (StringComparison), and StringComparer objects.
use crate::args::Args;
use crate::overloads;
use dialtone_object::string::{eq_ignore_case, fold};
use dialtone_object::{NetObject, Prop, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, types};
use std::any::Any;
use std::cmp::Ordering;

/// `System.StringComparison`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    Culture,
    CultureIgnoreCase,
    Ordinal,
    OrdinalIgnoreCase,
}

impl Comparison {
    /// By the number of the enum value; the invariant culture compares as the current one.
    pub fn of(number: i64) -> Comparison {
        match number {
            0 | 2 => Comparison::Culture,
            1 | 3 => Comparison::CultureIgnoreCase,
            5 => Comparison::OrdinalIgnoreCase,
            _ => Comparison::Ordinal,
        }
    }
    pub fn ignore_case(ignore: bool) -> Comparison {
        if ignore { Comparison::CultureIgnoreCase } else { Comparison::Culture }
    }
    pub fn ignores_case(self) -> bool {
        matches!(self, Comparison::CultureIgnoreCase | Comparison::OrdinalIgnoreCase)
    }
    pub fn equal(self, a: &str, b: &str) -> bool {
        if self.ignores_case() { eq_ignore_case(a, b) } else { a == b }
    }
}

/// `String.Compare`
pub fn compare(a: &str, b: &str, how: Comparison) -> Ordering {
    match how {
        Comparison::Ordinal => units(a).cmp(units(b)),
        Comparison::OrdinalIgnoreCase => units(&upper(a)).cmp(units(&upper(b))),
        Comparison::Culture => dialtone_object::collate::compare(a, b, true),
        Comparison::CultureIgnoreCase => dialtone_object::collate::compare(a, b, false),
    }
}
fn units(text: &str) -> impl Iterator<Item = u16> {
    PsString::new(text).to_units().into_iter()
}
fn upper(text: &str) -> String {
    text.chars().map(fold).collect()
}

/// `System.StringComparer`: `Ordinal`, `OrdinalIgnoreCase`, `CurrentCulture` ...
pub struct StringComparer(pub Comparison);

static STRING_COMPARER: TypeInfo =
    TypeInfo::new("System.StringComparer", "System.StringComparer", TypeKind::Other, Some(&types::OBJECT));

impl NetObject for StringComparer {
    fn type_ref(&self) -> TypeRef {
        &STRING_COMPARER
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn how(this: &Value) -> Comparison {
    this.get::<StringComparer>().map_or(Comparison::Ordinal, |c| c.0)
}
fn compare_to(_: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Int(compare(&args.text(0), &args.text(1), how(this)) as i32))
}
fn equals(_: &mut dyn Runtime, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(how(this).equal(&args.text(0), &args.text(1))))
}
const fn comparer(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "System.StringComparer", get)
}

pub static COMPARER: TypeTable = TypeTable {
    methods: overloads! {
        compare_to => "int Compare(System.Object x, System.Object y)" "int Compare(string x, string y)";
        equals => "bool Equals(System.Object x, System.Object y)" "bool Equals(string x, string y)";
    },
    static_props: &[
        comparer("InvariantCulture", |_, _| Ok(Value::object(StringComparer(Comparison::Culture)))),
        comparer("InvariantCultureIgnoreCase", |_, _| Ok(Value::object(StringComparer(Comparison::CultureIgnoreCase)))),
        comparer("CurrentCulture", |_, _| Ok(Value::object(StringComparer(Comparison::Culture)))),
        comparer("CurrentCultureIgnoreCase", |_, _| Ok(Value::object(StringComparer(Comparison::CultureIgnoreCase)))),
        comparer("Ordinal", |_, _| Ok(Value::object(StringComparer(Comparison::Ordinal)))),
        comparer("OrdinalIgnoreCase", |_, _| Ok(Value::object(StringComparer(Comparison::OrdinalIgnoreCase)))),
    ],
    ..TypeTable::of(&STRING_COMPARER)
};

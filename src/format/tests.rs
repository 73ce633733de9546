//! Recorded texts against a runtime that knows just enough of objects. (What scripts can show is in the conformance
//! cases; here stands what needs the clock or the insides.)
use crate::output::Screen;
use crate::parameters::{Keys, Parameters, properties};
use crate::{Formatter, Front, Kind, packet};
use dialtone_object::*;
use std::any::Any;
use std::rc::Rc;
use std::time::Duration;

struct Fake;

impl Runtime for Fake {
    fn call_block(&mut self, _: &Value, _: &[Value], _: Option<&Value>) -> Res<Value> {
        Ok(Value::Null)
    }
    fn get_property(&mut self, value: &Value, name: &str) -> Res<Value> {
        Ok(match value {
            Value::Custom(o) => o.get(name).unwrap_or(Value::Null),
            _ => Value::Null,
        })
    }
    fn set_property(&mut self, _: &Value, _: &str, _: Value) -> Res<()> {
        Ok(())
    }
    fn call_method(&mut self, value: &Value, name: &str, _: &[Value]) -> Res<Value> {
        match (value, name) {
            (Value::Dict(d), "GetEnumerator") => {
                let entry = |(k, v)| {
                    let pairs = vec![("Name".into(), k), ("Value".into(), v)];
                    Value::Custom(Rc::new(PSObject::from_pairs(pairs).with_type("System.Collections.DictionaryEntry")))
                };
                Ok(Value::array(d.pairs().into_iter().map(entry).collect()))
            }
            _ => Ok(Value::String(self.to_text(value))),
        }
    }
    fn properties(&mut self, value: &Value) -> Vec<(PsString, Value)> {
        match value {
            Value::Custom(o) => o.pairs(),
            _ => Vec::new(),
        }
    }
    fn cast(&mut self, value: &Value, _: TypeRef) -> Res<Value> {
        Ok(value.clone())
    }
    fn to_text(&mut self, value: &Value) -> PsString {
        match value {
            Value::String(s) => s.clone(),
            Value::Int(i) => i.to_string().into(),
            Value::Double(d) => d.to_string().into(),
            Value::Bool(b) => if *b { "True" } else { "False" }.into(),
            _ => "".into(),
        }
    }
    fn enumerate(&mut self, value: &Value) -> Res<Vec<Value>> {
        Ok(match value {
            Value::Array(a) => a.to_vec(),
            other => vec![other.clone()],
        })
    }
    fn type_names(&mut self, value: &Value) -> Vec<PsString> {
        match value {
            Value::Custom(o) => {
                o.members.borrow().as_ref().and_then(|m| m.type_names.as_deref().cloned()).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
    fn location(&self) -> String {
        "/".into()
    }
    fn resolve_path(&self, path: &str) -> String {
        path.into()
    }
    fn variable(&mut self, _: &str) -> Option<Value> {
        None
    }
    fn write_stream(&mut self, _: Stream, _: Value) -> Res<()> {
        Ok(())
    }
    fn write_error(&mut self, _: Rc<ErrorRecord>) -> Res<()> {
        Ok(())
    }
    fn check_interrupt(&self) -> Res<()> {
        Ok(())
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

fn custom(pairs: &[(&str, Value)]) -> Value {
    Value::Custom(Rc::new(PSObject::from_pairs(pairs.iter().map(|(k, v)| ((*k).into(), v.clone())).collect())))
}

fn show(objects: &[Value]) -> String {
    let (mut f, mut out) = (Formatter::new(Screen::host(80, 24, false)), String::new());
    for o in objects {
        f.push(&mut Fake, o, &mut out).unwrap();
    }
    f.finish(&mut Fake, &mut out).unwrap();
    out
}

fn format(kind: Kind, parameters: Parameters, objects: &[Value]) -> Vec<Value> {
    let (mut front, mut out) = (Front::new(Some(kind), parameters), Vec::new());
    let mut emit = |_: &mut dyn Runtime, p| {
        out.push(Value::object(packet::FormatObject(p)));
        Ok(())
    };
    for o in objects {
        front.process(&mut Fake, o, &mut emit).unwrap();
    }
    front.finish(&mut Fake, &mut emit).unwrap();
    out
}

#[test]
fn table_of_custom_objects() {
    let rows = [
        custom(&[("Name", "fe01".into()), ("Port", 5061.into()), ("Score", 10.5.into())]),
        custom(&[("Name", "a longer name".into()), ("Port", 7.into()), ("Score", Value::Null)]),
    ];
    assert_eq!(
        show(&rows),
        "\nName          Port  Score\n----          ----  -----\nfe01          5061 10.500\na longer name    7       \n\n"
    );
}

#[test]
fn other_shapes_go_into_the_first_table() {
    let rows = [
        custom(&[("Name", "one".into()), ("Value", 1.into())]),
        custom(&[("Other", "x".into())]),
        "text".into(),
        custom(&[("Name", "six".into())]),
    ];
    assert_eq!(show(&rows), "\nName Value\n---- -----\none      1\n          \ntext\nsix       \n\n");
}

#[test]
fn list_with_more_than_four_properties() {
    let value = custom(&[
        ("A", 1.into()),
        ("B", "two".into()),
        ("C", Value::array(vec![1.into(), 2.into(), 3.into(), 4.into(), 5.into()])),
        ("D", Value::Null),
        ("Longer", true.into()),
    ]);
    assert_eq!(show(&[value]), "\nA      : 1\nB      : two\nC      : {1, 2, 3, 4…}\nD      : \nLonger : True\n\n");
}

#[test]
fn hashtable_by_view() {
    let mut dict = Dict::new(Comparer::IgnoreCase);
    dict.insert("Pool".into(), "pool1".into());
    let value = Value::Dict(Rc::new(Dictionary::ordered(dict)));
    assert_eq!(
        show(&[value]),
        "\nName                           Value\n----                           -----\nPool                           pool1\n\n"
    );
}

#[test]
fn packets_travel_as_objects() {
    let rows = [custom(&[("A", 1.into()), ("B", 2.into())]), custom(&[("A", 3.into()), ("B", 4.into())])];
    let packets = format(Kind::Table, Parameters::default(), &rows);
    let names: Vec<_> =
        packets.iter().filter_map(|p| p.get::<packet::FormatObject>()).map(|p| p.type_ref().name()).collect();
    assert_eq!(
        names,
        ["FormatStartData", "GroupStartData", "FormatEntryData", "FormatEntryData", "GroupEndData", "FormatEndData"]
    );
    assert_eq!(show(&packets), "\nA B\n- -\n1 2\n3 4\n\n");
    let mut f = Formatter::new(Screen::host(80, 24, false));
    assert!(f.push(&mut Fake, &packets[2], &mut String::new()).is_err());
}

#[test]
fn groups_and_widths() {
    let row = |site: &str, name: &str| custom(&[("Site", site.into()), ("Name", name.into())]);
    let rows = [row("Oslo", "ann"), row("Oslo", "bob"), row("Bergen", "cat")];
    let by = properties(&mut Fake, &["Site".into()], Keys::GroupBy).unwrap().remove(0);
    let packets = format(Kind::Table, Parameters { group_by: Some(by), ..Parameters::default() }, &rows);
    assert_eq!(
        show(&packets),
        "\n   Site: Oslo\n\nSite Name\n---- ----\nOslo ann\nOslo bob\n\n   Site: Bergen\n\nSite   Name\n----   ----\nBergen cat\n\n"
    );
}

#[test]
fn wide() {
    let rows: Vec<Value> = ["alpha", "beta", "gamma"].iter().map(|n| custom(&[("Name", (*n).into())])).collect();
    assert_eq!(
        show(&format(Kind::Wide, Parameters::default(), &rows)),
        format!("\nalpha{}beta\ngamma{}\n\n", " ".repeat(35), " ".repeat(35))
    );
}

#[test]
fn measuring_ends_by_the_clock() {
    use std::cell::Cell;
    thread_local!(static NOW: Cell<u64> = const { Cell::new(0) });
    let (mut f, mut out) = (Formatter::new(Screen::host(80, 24, false)), String::new());
    f.set_clock(|| Duration::from_millis(NOW.with(Cell::get)));
    let row = |n: &str| custom(&[("Name", n.into()), ("Other", "x".into())]);
    f.push(&mut Fake, &row("a"), &mut out).unwrap();
    assert_eq!(out, "\n");
    NOW.with(|n| n.set(400));
    f.push(&mut Fake, &row("bcdef"), &mut out).unwrap();
    assert_eq!(out, "\nName  Other\n----  -----\na     x\nbcdef x\n");
    f.push(&mut Fake, &row("much longer"), &mut out).unwrap();
    assert!(out.ends_with("\nmuch… x\n"));
}

#[test]
fn colours_of_a_terminal() {
    let row = custom(&[("A", 1.into()), ("B", "x".into())]);
    let (mut f, mut out) = (Formatter::new(Screen::host(80, 24, true)), String::new());
    f.push(&mut Fake, &row, &mut out).unwrap();
    f.finish(&mut Fake, &mut out).unwrap();
    assert_eq!(
        out,
        "\n\u{1b}[32;1mA\u{1b}[0m\u{1b}[32;1m B\u{1b}[0m\n\u{1b}[32;1m-\u{1b}[0m \u{1b}[32;1m-\u{1b}[0m\n1 x\n\n"
    );
    // In plain text the sequences of the values go, too.
    let red = custom(&[("A", "\u{1b}[31mred\u{1b}[0m".into()), ("B", "x".into())]);
    assert_eq!(show(&[red]), "\nA   B\n-   -\nred x\n\n");
}

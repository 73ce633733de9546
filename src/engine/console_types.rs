//! `[Console]` and `ChoiceDescription`: what scripts say to the console past the streams.
use crate::machine::Engine;
use dialtone_object::*;
use std::any::Any;

static CONSOLE: TypeInfo = TypeInfo::new("System.Console", "System.Console", TypeKind::Other, Some(&types::OBJECT));
static CHOICE: TypeInfo = TypeInfo::new(
    "System.Management.Automation.Host.ChoiceDescription",
    "System.Management.Automation.Host.ChoiceDescription",
    TypeKind::Other,
    Some(&types::OBJECT),
);
static WRITER: TypeInfo = TypeInfo::new(
    "System.IO.TextWriter+SyncTextWriter",
    "System.IO.TextWriter+SyncTextWriter",
    TypeKind::Other,
    Some(&types::OBJECT),
);

fn engine(rt: &mut dyn Runtime) -> Option<&mut Engine> {
    rt.as_any().downcast_mut()
}

/// The text of a write: .NET's own text of one value, or a format with its arguments.
fn text(rt: &mut dyn Runtime, args: &[Value]) -> Res<PsString> {
    match args {
        [] => Ok(PsString::default()),
        [one] => Ok(rt.to_text(one)),
        [format, rest @ ..] => {
            let list = match rest {
                [Value::Array(all)] => Value::Array(all.clone()),
                rest => Value::array(rest.to_vec()),
            };
            let made = operators::binary(rt, BinaryOp::Format, format, &list)?;
            Ok(rt.to_text(&made))
        }
    }
}

fn write(rt: &mut dyn Runtime, args: &[Value], end: &str, error: bool) -> Res<Value> {
    let text = text(rt, args)?;
    let Some(en) = engine(rt) else { return Ok(Value::Void) };
    let host = en.host.clone();
    if error {
        host.flush();
        use std::io::Write;
        // A closed error stream is nobody's to report to.
        let _ = write!(std::io::stderr(), "{}{end}", text.to_output());
    } else {
        let _ = host.write(&format!("{}{end}", text.to_output()), None, None);
    }
    Ok(Value::Void)
}

/// `[Console]::Out` and `[Console]::Error`.
struct Writer {
    error: bool,
}
impl NetObject for Writer {
    fn type_ref(&self) -> TypeRef {
        &WRITER
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn invoke_method(&self, rt: &mut dyn Runtime, _this: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
        match name.to_ascii_lowercase().as_str() {
            "writeline" => Some(write(rt, args, "\n", self.error)),
            "write" => Some(write(rt, args, "", self.error)),
            "flush" => {
                engine(rt)?.host.flush();
                Some(Ok(Value::Void))
            }
            _ => None,
        }
    }
}

/// A choice of `$Host.UI.PromptForChoice`.
struct Choice {
    label: PsString,
    help: std::cell::RefCell<PsString>,
}
impl NetObject for Choice {
    fn type_ref(&self) -> TypeRef {
        &CHOICE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn choice(label: PsString, help: PsString) -> Value {
    Value::object(Choice { label, help: help.into() })
}

macro_rules! overloads {
    ($($sig:literal => $call:expr),* $(,)?) => {{
        static ALL: [Overload; [$($sig),*].len()] = [$(Overload::new($sig, $call)),*];
        &ALL
    }};
}

static CONSOLE_TABLE: TypeTable = TypeTable {
    static_props: &[
        Prop::get("Out", "System.IO.TextWriter", |_, _| Ok(Value::object(Writer { error: false }))),
        Prop::get("Error", "System.IO.TextWriter", |_, _| Ok(Value::object(Writer { error: true }))),
        Prop::get("WindowWidth", "int", |rt, _| Ok(Value::Int(engine(rt).map_or(80, |en| en.host.size().0 as i32)))),
        Prop::get("WindowHeight", "int", |rt, _| Ok(Value::Int(engine(rt).map_or(24, |en| en.host.size().1 as i32)))),
        Prop::get("IsOutputRedirected", "bool", |_, _| {
            Ok(Value::Bool(!std::io::IsTerminal::is_terminal(&std::io::stdout())))
        }),
        Prop::get("IsInputRedirected", "bool", |_, _| {
            Ok(Value::Bool(!std::io::IsTerminal::is_terminal(&std::io::stdin())))
        }),
        Prop::get("IsErrorRedirected", "bool", |_, _| {
            Ok(Value::Bool(!std::io::IsTerminal::is_terminal(&std::io::stderr())))
        }),
    ],
    static_methods: overloads! {
        "static void WriteLine()" => |rt, _, args| write(rt, args, "\n", false),
        "static void WriteLine(System.Object value)" => |rt, _, args| write(rt, args, "\n", false),
        "static void WriteLine(string format, Params System.Object[] arg)" => |rt, _, args| write(rt, args, "\n", false),
        "static void Write(System.Object value)" => |rt, _, args| write(rt, args, "", false),
        "static void Write(string format, Params System.Object[] arg)" => |rt, _, args| write(rt, args, "", false),
        "static string ReadLine()" => |rt, _, _| {
            let Some(en) = engine(rt) else { return Ok(Value::Null) };
            let host = en.host.clone();
            Ok(host.read_line(en, "", false)?.map_or(Value::Null, Value::from))
        },
    },
    ..TypeTable::of(&CONSOLE)
};

static CHOICE_TABLE: TypeTable = TypeTable {
    ctors: overloads! {
        "System.Management.Automation.Host.ChoiceDescription new(string label)" => |rt, _, args| {
            Ok(choice(rt.to_text(&args[0]), PsString::default()))
        },
        "System.Management.Automation.Host.ChoiceDescription new(string label, string helpMessage)" => |rt, _, args| {
            Ok(choice(rt.to_text(&args[0]), rt.to_text(&args[1])))
        },
    },
    props: &[
        Prop::get("Label", "string", |_, v| {
            Ok(v.get::<Choice>().map_or(Value::Null, |c| Value::String(c.label.clone())))
        }),
        Prop::get_set(
            "HelpMessage",
            "string",
            |_, v| Ok(v.get::<Choice>().map_or(Value::Null, |c| Value::String(c.help.borrow().clone()))),
            |rt, v, new| {
                if let Some(c) = v.get::<Choice>() {
                    *c.help.borrow_mut() = rt.to_text(&new);
                }
                Ok(())
            },
        ),
    ],
    ..TypeTable::of(&CHOICE)
};

/// Registered at start.
pub struct Types;
impl types::TypeProvider for Types {
    fn find(&self, name: &str) -> Option<TypeRef> {
        let is = |ty: TypeRef| {
            ty.full_name.eq_ignore_ascii_case(name)
                || ty.full_name.strip_prefix("System.").is_some_and(|n| n.eq_ignore_ascii_case(name))
        };
        [&CONSOLE as TypeRef, &CHOICE].into_iter().find(|t| is(t))
    }
    fn table(&self, ty: TypeRef) -> Option<&'static TypeTable> {
        if std::ptr::eq(ty, &CONSOLE) {
            Some(&CONSOLE_TABLE)
        } else {
            std::ptr::eq(ty, &CHOICE).then_some(&CHOICE_TABLE)
        }
    }
}

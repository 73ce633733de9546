//! `$PSStyle`: the session's escape sequences and how output is rendered. The objects hold nothing; the one state is
//! here, so that the formatter reads it without asking the engine.
use crate::cells;
#[cfg(test)]
use dialtone_object::types::type_of;
use dialtone_object::{
    Comparer, Dict, Dictionary, ErrorRecord, NetObject, Overload, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef,
    TypeTable, Value, enums, types,
};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// `$PSStyle.OutputRendering`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rendering {
    Host,
    PlainText,
    Ansi,
}

/// The strings that scripts may change, in the order of [`NAMES`].
#[derive(Clone, Copy)]
enum Field {
    FormatAccent,
    TableHeader,
    CustomTableHeaderLabel,
    ErrorAccent,
    Error,
    Warning,
    Verbose,
    Debug,
    FeedbackName,
    FeedbackText,
    FeedbackAction,
    Progress,
    Directory,
    SymbolicLink,
    Executable,
}
const FIELDS: usize = 15;
const DEFAULTS: [&str; FIELDS] = [
    "\u{1b}[32;1m",
    "\u{1b}[32;1m",
    "\u{1b}[32;1;3m",
    "\u{1b}[36;1m",
    "\u{1b}[31;1m",
    "\u{1b}[33;1m",
    "\u{1b}[33;1m",
    "\u{1b}[33;1m",
    "\u{1b}[33m",
    "\u{1b}[96m",
    "\u{1b}[97m",
    "\u{1b}[33;1m",
    "\u{1b}[44;1m",
    "\u{1b}[36;1m",
    "\u{1b}[32;1m",
];
pub const RESET: &str = "\u{1b}[0m";

struct State {
    rendering: Rendering,
    auto_size: bool,
    fields: [Rc<str>; FIELDS],
    max_width: i32,
    /// ProgressView: 0 minimal, 1 classic
    view: i64,
    osc: bool,
    extensions: Option<Value>,
}

impl Default for State {
    fn default() -> State {
        State {
            rendering: Rendering::Host,
            auto_size: false,
            fields: DEFAULTS.map(Rc::from),
            max_width: 120,
            view: 0,
            osc: false,
            extensions: None,
        }
    }
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

fn field(which: Field) -> Rc<str> {
    STATE.with_borrow(|s| s.fields[which as usize].clone())
}

pub fn rendering() -> Rendering {
    STATE.with_borrow(|s| s.rendering)
}
/// For the start of the process: NO_COLOR and TERM decide.
pub fn set_rendering(rendering: Rendering) {
    STATE.with_borrow_mut(|s| s.rendering = rendering);
}

/// The formatter's part of the state.
pub fn style() -> crate::style::Style {
    STATE.with_borrow(|s| {
        let f = |which: Field| s.fields[which as usize].to_string();
        crate::style::Style {
            table_header: f(Field::TableHeader),
            custom_header: f(Field::CustomTableHeaderLabel),
            accent: f(Field::FormatAccent),
            error: f(Field::Error),
            error_accent: f(Field::ErrorAccent),
            warning: f(Field::Warning),
            verbose: f(Field::Verbose),
            debug: f(Field::Debug),
            reset: RESET.into(),
        }
    })
}

/// What the progress bar uses: style, greatest width, classic view.
pub fn progress() -> (String, i32, bool) {
    STATE.with_borrow(|s| (s.fields[Field::Progress as usize].to_string(), s.max_width, s.view == 1))
}

#[derive(Clone, Copy, PartialEq)]
pub enum FileKind {
    Plain,
    Directory,
    SymbolicLink,
    Executable,
}

/// A file's name in the colours of its kind (the caller decides whether colours are shown).
pub fn decorated_name(name: &str, kind: FileKind) -> String {
    let by_extension = || {
        let (_, extension) = name.rsplit_once('.')?;
        let extensions = extensions();
        let Value::Dict(table) = &extensions else { return None };
        let colour = table.get_str(&format!(".{extension}"))?;
        colour.as_str().map(|s| s.to_string())
    };
    let colour = match kind {
        FileKind::Directory => field(Field::Directory).to_string(),
        FileKind::SymbolicLink => field(Field::SymbolicLink).to_string(),
        FileKind::Executable => by_extension().unwrap_or_else(|| field(Field::Executable).to_string()),
        FileKind::Plain => match by_extension() {
            Some(colour) => colour,
            None => return name.to_owned(),
        },
    };
    format!("{colour}{name}{RESET}")
}

/// `$PSStyle.FileInfo.Extension`
fn extensions() -> Value {
    STATE.with_borrow_mut(|s| {
        s.extensions
            .get_or_insert_with(|| {
                let mut table = Dict::new(Comparer::IgnoreCase);
                for name in [".zip", ".tgz", ".gz", ".tar", ".nupkg", ".cab", ".7z"] {
                    table.insert(name.into(), "\u{1b}[31;1m".into());
                }
                for name in [".ps1", ".psd1", ".psm1", ".ps1xml"] {
                    table.insert(name.into(), "\u{1b}[33;1m".into());
                }
                Value::Dict(Rc::new(Dictionary::hashtable(table)))
            })
            .clone()
    })
}

/// An object that stands for a part of the state.
struct Part(TypeRef);
impl NetObject for Part {
    fn type_ref(&self) -> TypeRef {
        self.0
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `$PSStyle`
pub fn value() -> Value {
    Value::object(Part(&STYLE))
}

/// Only escape sequences are allowed.
fn set(which: Field, rt: &mut dyn Runtime, new: &Value) -> Res<()> {
    let text = rt.to_text(new);
    if !cells::strip(&text).is_empty() {
        return Err(ErrorRecord::dotnet(
            "System.ArgumentException",
            format!(
                "The specified string contains printable content when it should only contain ANSI escape sequences: {text}"
            ),
        )
        .into());
    }
    STATE.with_borrow_mut(|s| s.fields[which as usize] = text.as_str().into());
    Ok(())
}

macro_rules! changeable {
    (@one $name:ident $field:ident) => {
        Prop::get_set(
            stringify!($name),
            "string",
            |_, _| Ok(Value::str(&field(Field::$field))),
            |rt, _, new| set(Field::$field, rt, &new),
        )
    };
    ($($name:ident $field:ident),* $(,)?) => { &[$(changeable!(@one $name $field)),*] };
}
macro_rules! constant {
    ($name:ident $code:literal) => {
        Prop::get(stringify!($name), "string", |_, _| Ok(Value::str(concat!("\u{1b}[", $code, "m"))))
    };
}
macro_rules! constants {
    ($($name:ident $code:literal),* $(,)?) => { &[$(constant!($name $code)),*] };
}
/// Overloads in a static of their own: they hold cells, which a borrow in a static may not.
macro_rules! methods {
    ($($sig:literal => $call:expr),* $(,)?) => {{
        static ALL: [Overload; [$($sig),*].len()] = [$(Overload::new($sig, $call)),*];
        &ALL
    }};
}
macro_rules! part {
    ($name:ident $ty:ident) => {
        Prop::get(stringify!($name), concat!("System.Management.Automation.PSStyle+", stringify!($ty)), |_, _| {
            Ok(Value::object(Part(&parts::$ty)))
        })
    };
}

const PREFIX: &str = "System.Management.Automation.PSStyle";
static STYLE: TypeInfo = TypeInfo::new(PREFIX, PREFIX, TypeKind::Other, Some(&types::OBJECT));

#[allow(non_upper_case_globals)] // named as the .NET types
mod parts {
    use super::*;
    macro_rules! types {
        ($($name:ident)*) => {
            $(pub static $name: TypeInfo = TypeInfo::new(
                concat!("System.Management.Automation.PSStyle+", stringify!($name)),
                concat!("System.Management.Automation.PSStyle+", stringify!($name)),
                TypeKind::Other,
                Some(&types::OBJECT),
            );)*
        };
    }
    types! { FormattingData ProgressConfiguration ForegroundColor BackgroundColor FileInfoFormatting }
}

fn enum_number(rt: &mut dyn Runtime, new: &Value, type_name: &str) -> Res<i64> {
    let value = match types::find(type_name) {
        Some(ty) => rt.cast(new, ty)?,
        None => new.clone(),
    };
    Ok(enums::number(&value).or_else(|| value.as_int().map(i64::from)).unwrap_or(0))
}

const RENDERING: &str = "System.Management.Automation.OutputRendering";
const PROGRESS_VIEW: &str = "System.Management.Automation.ProgressView";

static STYLE_TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get_set(
            "OutputRendering",
            RENDERING,
            |_, _| Ok(enums::of(RENDERING, rendering() as i64)),
            |rt, _, new| {
                let rendering = match enum_number(rt, &new, RENDERING)? {
                    1 => Rendering::PlainText,
                    2 => Rendering::Ansi,
                    _ => Rendering::Host,
                };
                set_rendering(rendering);
                Ok(())
            },
        ),
        Prop::get_set(
            "AutoSizeDefaultFormatting",
            "bool",
            |_, _| Ok(Value::Bool(STATE.with_borrow(|s| s.auto_size))),
            |_, _, new| {
                STATE.with_borrow_mut(|s| s.auto_size = dialtone_object::convert::to_bool(&new));
                Ok(())
            },
        ),
        constant!(Reset "0"),
        constant!(BlinkOff "25"),
        constant!(Blink "5"),
        constant!(BoldOff "22"),
        constant!(Bold "1"),
        constant!(DimOff "22"),
        constant!(Dim "2"),
        constant!(Hidden "8"),
        constant!(HiddenOff "28"),
        constant!(Reverse "7"),
        constant!(ReverseOff "27"),
        constant!(ItalicOff "23"),
        constant!(Italic "3"),
        constant!(UnderlineOff "24"),
        constant!(Underline "4"),
        constant!(StrikethroughOff "29"),
        constant!(Strikethrough "9"),
        part!(Formatting FormattingData),
        part!(Progress ProgressConfiguration),
        part!(Foreground ForegroundColor),
        part!(Background BackgroundColor),
        part!(FileInfo FileInfoFormatting),
    ],
    methods: methods!["string FormatHyperlink(string text, uri link)" => |rt, _, args| {
        let part = |rt: &mut dyn Runtime, at: usize| args.get(at).map(|v| rt.to_text(v)).unwrap_or_default();
        let (text, link) = (part(rt, 0), part(rt, 1));
        Ok(Value::from(format!("\u{1b}]8;;{link}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")))
    }],
    static_props: &[Prop::get("Instance", PREFIX, |_, _| Ok(value()))],
    static_methods: methods![
        "static string MapForegroundColorToEscapeSequence(System.ConsoleColor foregroundColor)" => |_, _, args| Ok(Value::from(console_colour(args.first(), 30))),
        "static string MapBackgroundColorToEscapeSequence(System.ConsoleColor backgroundColor)" => |_, _, args| Ok(Value::from(console_colour(args.first(), 40))),
        "static string MapColorPairToEscapeSequence(System.ConsoleColor foregroundColor, System.ConsoleColor backgroundColor)" => |_, _, args| {
                let (f, b) = (console_colour(args.first(), 30), console_colour(args.get(1), 40));
                Ok(Value::from(format!("{};{}", f.trim_end_matches('m'), b.trim_start_matches("\u{1b}["))))
            },
    ],
    ..TypeTable::of(&STYLE)
};

/// ConsoleColor numbers in the order of the terminal's eight colours.
fn console_colour(value: Option<&Value>, base: i64) -> String {
    let number = value.and_then(|v| enums::number(v).or_else(|| v.as_int().map(i64::from))).unwrap_or(0);
    sequence(number, base)
}
/// The escape sequence of a ConsoleColor (0 to 15); `base` is 30 for the foreground, 40 for the background.
pub fn sequence(colour: i64, base: i64) -> String {
    const ORDER: [i64; 8] = [0, 4, 2, 6, 1, 5, 3, 7];
    let hue = ORDER[(colour & 7) as usize];
    // The terminal's white is the console's Gray, its bright black the DarkGray.
    let code = if colour >= 8 { base + 60 + hue } else { base + hue };
    format!("\u{1b}[{code}m")
}

static FORMATTING_TABLE: TypeTable = TypeTable {
    props: changeable! {
        FormatAccent FormatAccent, TableHeader TableHeader, CustomTableHeaderLabel CustomTableHeaderLabel,
        ErrorAccent ErrorAccent, Error Error, Warning Warning, Verbose Verbose, Debug Debug,
        FeedbackName FeedbackName, FeedbackText FeedbackText, FeedbackAction FeedbackAction,
    },
    ..TypeTable::of(&parts::FormattingData)
};

static PROGRESS_TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get_set(
            "Style",
            "string",
            |_, _| Ok(Value::str(&field(Field::Progress))),
            |rt, _, new| set(Field::Progress, rt, &new),
        ),
        Prop::get_set(
            "MaxWidth",
            "int",
            |_, _| Ok(Value::Int(STATE.with_borrow(|s| s.max_width))),
            |rt, _, new| {
                let width = rt.cast(&new, &types::INT32)?.as_int().unwrap_or(0);
                if width < 18 {
                    let text = "The MaxWidth for the Progress rendering must be at least 18 to render correctly.";
                    return Err(ErrorRecord::dotnet("System.ArgumentOutOfRangeException", text).into());
                }
                STATE.with_borrow_mut(|s| s.max_width = width);
                Ok(())
            },
        ),
        Prop::get_set(
            "View",
            PROGRESS_VIEW,
            |_, _| Ok(enums::of(PROGRESS_VIEW, STATE.with_borrow(|s| s.view))),
            |rt, _, new| {
                let view = enum_number(rt, &new, PROGRESS_VIEW)?;
                STATE.with_borrow_mut(|s| s.view = view);
                Ok(())
            },
        ),
        Prop::get_set(
            "UseOSCIndicator",
            "bool",
            |_, _| Ok(Value::Bool(STATE.with_borrow(|s| s.osc))),
            |_, _, new| {
                STATE.with_borrow_mut(|s| s.osc = dialtone_object::convert::to_bool(&new));
                Ok(())
            },
        ),
    ],
    ..TypeTable::of(&parts::ProgressConfiguration)
};

/// `FromRgb(r, g, b)`, `FromRgb(rgb)`: args, 38 or 48.
fn rgb(rt: &mut dyn Runtime, args: &[Value], code: u8) -> Res<Value> {
    let mut number = |v: &Value| -> Res<i64> {
        match rt.cast(v, &types::INT64)? {
            Value::Long(n) => Ok(n),
            _ => Ok(0),
        }
    };
    let (r, g, b) = match args {
        [one] => {
            let n = number(one)?;
            (n >> 16 & 255, n >> 8 & 255, n & 255)
        }
        [r, g, b] => (number(r)?, number(g)?, number(b)?),
        _ => (0, 0, 0),
    };
    Ok(Value::from(format!("\u{1b}[{code};2;{r};{g};{b}m")))
}

static FOREGROUND_TABLE: TypeTable = TypeTable {
    props: constants! {
        Black "30", BrightBlack "90", White "37", BrightWhite "97", Red "31", BrightRed "91", Magenta "35",
        BrightMagenta "95", Blue "34", BrightBlue "94", Cyan "36", BrightCyan "96", Green "32", BrightGreen "92",
        Yellow "33", BrightYellow "93",
    },
    methods: methods![
        "string FromRgb(byte red, byte green, byte blue)" => |rt, _, args| rgb(rt, args, 38),
        "string FromRgb(uint rgb)" => |rt, _, args| rgb(rt, args, 38),
        "string FromConsoleColor(System.ConsoleColor color)" => |_, _, args| Ok(Value::from(console_colour(args.first(), 30))),
    ],
    ..TypeTable::of(&parts::ForegroundColor)
};

static BACKGROUND_TABLE: TypeTable = TypeTable {
    props: constants! {
        Black "40", BrightBlack "100", White "47", BrightWhite "107", Red "41", BrightRed "101", Magenta "45",
        BrightMagenta "105", Blue "44", BrightBlue "104", Cyan "46", BrightCyan "106", Green "42", BrightGreen "102",
        Yellow "43", BrightYellow "103",
    },
    methods: methods![
        "string FromRgb(byte red, byte green, byte blue)" => |rt, _, args| rgb(rt, args, 48),
        "string FromRgb(uint rgb)" => |rt, _, args| rgb(rt, args, 48),
        "string FromConsoleColor(System.ConsoleColor color)" => |_, _, args| Ok(Value::from(console_colour(args.first(), 40))),
    ],
    ..TypeTable::of(&parts::BackgroundColor)
};

static FILE_TABLE: TypeTable = TypeTable {
    props: &[
        changeable!(@one Directory Directory),
        changeable!(@one SymbolicLink SymbolicLink),
        changeable!(@one Executable Executable),
        Prop::get(
            "Extension",
            "System.Management.Automation.PSStyle+FileInfoFormatting+FileExtensionDictionary",
            |_, _| Ok(extensions()),
        ),
    ],
    ..TypeTable::of(&parts::FileInfoFormatting)
};

/// The room's types: to be registered at start (`types::add_provider(&format::TYPES)`).
pub struct Types;
impl types::TypeProvider for Types {
    fn find(&self, name: &str) -> Option<TypeRef> {
        let is = |full: &str| {
            full.eq_ignore_ascii_case(name)
                || full.strip_prefix("System.").is_some_and(|n| n.eq_ignore_ascii_case(name))
        };
        TABLES.iter().map(|t| t.ty).find(|t| is(t.full_name))
    }
    fn table(&self, ty: TypeRef) -> Option<&'static TypeTable> {
        TABLES.iter().copied().find(|t| std::ptr::eq(t.ty, ty))
    }
}

static TABLES: [&TypeTable; 6] =
    [&STYLE_TABLE, &FORMATTING_TABLE, &PROGRESS_TABLE, &FOREGROUND_TABLE, &BACKGROUND_TABLE, &FILE_TABLE];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn console_colours() {
        assert_eq!(sequence(10, 30), "\u{1b}[92m"); // Green
        assert_eq!(sequence(4, 40), "\u{1b}[41m"); // DarkRed
        assert_eq!(decorated_name("a.zip", FileKind::Plain), "\u{1b}[31;1ma.zip\u{1b}[0m");
        assert!(std::ptr::eq(type_of(&value()), &STYLE));
    }
}

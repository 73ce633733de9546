//! What Format-* cmdlets are told: properties (names, script blocks, tables of keys), grouping, switches.
use crate::packet::Align;
use crate::property::Expression;
use compact_str::CompactString;
use dialtone_object::{ErrorCategory, ErrorRecord, PsString, Res, Runtime, TypeKind, Value};
use std::rc::Rc;

/// One element of -Property or -GroupBy.
pub struct Property {
    pub expression: Expression,
    pub label: Option<CompactString>,
    pub format: Option<PsString>,
    pub width: Option<i32>,
    pub align: Option<Align>,
    pub depth: Option<i32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expand {
    CoreOnly,
    EnumOnly,
    Both,
}

pub struct Parameters {
    pub properties: Vec<Rc<Property>>,
    pub group_by: Option<Rc<Property>>,
    pub view: Option<PsString>,
    /// -Force: formats what otherwise shows as plain text.
    pub force: bool,
    pub auto_size: Option<bool>,
    pub repeat_header: bool,
    pub hide_headers: Option<bool>,
    pub wrap: Option<bool>,
    /// -Column of Format-Wide.
    pub columns: Option<usize>,
    /// -Depth of Format-Custom.
    pub depth: i32,
    /// -ShowError: failing expressions are reported.
    pub show_error: bool,
    /// -DisplayError: failing expressions show as `#ERR`.
    pub display_error: bool,
    pub expand: Option<Expand>,
}

impl Default for Parameters {
    fn default() -> Parameters {
        Parameters {
            properties: Vec::new(),
            group_by: None,
            view: None,
            force: false,
            auto_size: None,
            repeat_header: false,
            hide_headers: None,
            wrap: None,
            columns: None,
            depth: 5,
            show_error: false,
            display_error: false,
            expand: None,
        }
    }
}

/// The keys that a table of a property may have, by cmdlet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keys {
    Table,
    List,
    Wide,
    Custom,
    GroupBy,
}

#[derive(Clone, Copy, PartialEq)]
enum Key {
    Expression,
    Format,
    Label,
    Width,
    Alignment,
    Depth,
}

impl Keys {
    fn allowed(self) -> &'static [Key] {
        use Key::*;
        match self {
            Keys::Table => &[Expression, Format, Label, Width, Alignment],
            Keys::List | Keys::GroupBy => &[Expression, Format, Label],
            Keys::Wide => &[Expression, Format],
            Keys::Custom => &[Expression, Depth],
        }
    }
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Key::Expression => "expression",
            Key::Format => "formatString",
            Key::Label => "label",
            Key::Width => "width",
            Key::Alignment => "alignment",
            Key::Depth => "depth",
        }
    }
    fn matches(self, text: &str) -> bool {
        starts(self.name(), text) || (self == Key::Label && starts("name", text))
    }
    fn allowed_types(self) -> &'static [&'static str] {
        match self {
            Key::Expression => &["System.String", "System.Management.Automation.ScriptBlock"],
            Key::Width | Key::Depth => &["System.Int32"],
            _ => &["System.String"],
        }
    }
}

/// A key may be shortened.
fn starts(name: &str, short: &str) -> bool {
    !short.is_empty() && name.get(..short.len()).is_some_and(|head| head.eq_ignore_ascii_case(short))
}

fn failure(id: &str, message: String) -> dialtone_object::Flow {
    let record = ErrorRecord::new(
        "System.NotSupportedException",
        "Specified method is not supported.",
        id,
        ErrorCategory::InvalidArgument,
    );
    *record.details.borrow_mut() = Some((message.into(), "".into()));
    record.into()
}

/// The error of a combination of parameters that exclude each other.
pub fn exclusive(id: &str, message: &str) -> ErrorRecord {
    let record = ErrorRecord::new(
        "System.IO.InvalidDataException",
        "Found invalid data while decoding.",
        id,
        ErrorCategory::InvalidArgument,
    );
    *record.details.borrow_mut() = Some((message.into(), "".into()));
    record
}

/// Reads the elements of a -Property argument.
pub fn properties(rt: &mut dyn Runtime, values: &[Value], keys: Keys) -> Res<Vec<Rc<Property>>> {
    values.iter().map(|v| property(rt, v, keys).map(Rc::new)).collect()
}

/// Reads one element.
pub fn property(rt: &mut dyn Runtime, value: &Value, keys: Keys) -> Res<Property> {
    let mut property = Property {
        expression: Expression::Name("".into()),
        label: None,
        format: None,
        width: None,
        align: None,
        depth: None,
    };
    match value.base() {
        Value::Dict(table) => {
            let mut seen = Vec::new();
            for (key, item) in table.pairs() {
                let Some(key) = key.as_str().cloned() else {
                    let kind = type_name(rt, &key, true);
                    return Err(match key.is_null() {
                        true => failure("DictionaryKeyNull", "The value of a key cannot be null.".into()),
                        false => failure(
                            "DictionaryKeyNonString",
                            format!("The {kind} key type is not valid. The key must be a string."),
                        ),
                    });
                };
                let found = match_key(&key, keys)?;
                if seen.contains(&found) {
                    let name = found.name();
                    return Err(failure(
                        "DictionaryKeyDuplicate",
                        format!("The duplicated key \"{key}\" conflicts with \"{name}\"."),
                    ));
                }
                seen.push(found);
                set(rt, &mut property, found, &key, &item)?;
            }
            if !seen.contains(&Key::Expression) {
                return Err(failure(
                    "DictionaryKeyMissingMandatoryEntry",
                    "A mandatory entry for expression is missing.".into(),
                ));
            }
        }
        Value::String(name) => property.expression = by_name(name, None)?,
        base if is_block(base) => property.expression = Expression::Block(value.clone()),
        Value::Null | Value::Void => {
            return Err(failure(
                "DictionaryKeyUnknownType",
                format!(
                    "The value of a parameter was null; one of the following types was expected: {}.",
                    type_list(Key::Expression)
                ),
            ));
        }
        _ => {
            let kind = type_name(rt, value, false);
            return Err(failure(
                "DictionaryKeyUnknownType",
                format!("Cannot convert {kind} to one of the following types {}.", type_list(Key::Expression)),
            ));
        }
    }
    Ok(property)
}

fn is_block(value: &Value) -> bool {
    matches!(value, Value::Object(o) if o.data().type_ref().kind == TypeKind::ScriptBlock)
}

fn type_list(key: Key) -> String {
    format!("{{{}}}", key.allowed_types().join(", "))
}

fn type_name(rt: &mut dyn Runtime, value: &Value, short: bool) -> String {
    let name = rt.type_names(value).first().map(|n| n.to_string()).unwrap_or_default();
    if short { name.rsplit('.').next().unwrap_or(&name).to_owned() } else { name }
}

fn match_key(key: &str, keys: Keys) -> Res<Key> {
    let mut found: Option<Key> = None;
    for candidate in keys.allowed().iter().copied().filter(|k| k.matches(key)) {
        if let Some(first) = found {
            let (a, b) = (first.name(), candidate.name());
            return Err(failure(
                "DictionaryKeyAmbiguous",
                format!("The {key} key is ambiguous; {a} and {b} conflict."),
            ));
        }
        found = Some(candidate);
    }
    found.ok_or_else(|| failure("DictionaryKeyIllegal", format!("The {key} key is not valid.")))
}

fn by_name(name: &PsString, key: Option<&str>) -> Res<Expression> {
    if name.is_empty() {
        return Err(match key {
            Some(key) => {
                failure("ExpressionEmptyString1", format!("The \"{key}\" key cannot have an empty string value."))
            }
            None => failure("ExpressionEmptyString2", "An empty string value is not allowed.".into()),
        });
    }
    Ok(Expression::Name(name.clone()))
}

fn set(rt: &mut dyn Runtime, property: &mut Property, key: Key, written: &str, value: &Value) -> Res<()> {
    if value.is_null() {
        return Err(failure("DictionaryKeyMissingValue", format!("The {written} key has no value.")));
    }
    let illegal = |rt: &mut dyn Runtime| {
        let kind = type_name(rt, value, false);
        let allowed = key.allowed_types();
        match allowed {
            [single] => failure(
                "DictionaryKeyIllegalValue2",
                format!("The \"{written}\" key has a type, {kind}, that is not valid; expected type is {single}."),
            ),
            _ => failure(
                "DictionaryKeyIllegalValue1",
                format!(
                    "The \"{written}\" key has a type, {kind}, that is not valid; expected types are {}.",
                    type_list(key)
                ),
            ),
        }
    };
    match (key, value.base()) {
        (Key::Expression, Value::String(name)) => property.expression = by_name(name, Some("expression"))?,
        (Key::Expression, base) if is_block(base) => property.expression = Expression::Block(value.clone()),
        (Key::Label, Value::String(text)) => property.label = Some(text.as_str().into()),
        (Key::Format, Value::String(text)) if text.is_empty() => {
            return Err(failure(
                "FormatStringEmpty",
                "Cannot have an empty formatting string for key \"formatString\".".into(),
            ));
        }
        (Key::Format, Value::String(text)) => property.format = Some(text.clone()),
        (Key::Alignment, Value::String(text)) => property.align = Some(alignment(text)?),
        (Key::Width, Value::Int(n)) if *n <= 0 => {
            return Err(failure(
                "WidthOutOfRange",
                format!("The value \"{n}\" for key \"width\" should be greater than 0."),
            ));
        }
        (Key::Width, Value::Int(n)) => property.width = Some(*n),
        (Key::Depth, Value::Int(n)) => property.depth = Some(*n),
        _ => return Err(illegal(rt)),
    }
    Ok(())
}

fn alignment(text: &str) -> Res<Align> {
    [("left", Align::Left), ("center", Align::Center), ("right", Align::Right)]
        .into_iter()
        .find(|(name, _)| starts(name, text))
        .map(|(_, align)| align)
        .ok_or_else(|| {
            failure(
                "AlignmentIllegalValue",
                format!(
                    "The value \"{text}\" for key \"alignment\" is not valid; valid values are {{left, center, right}}."
                ),
            )
        })
}

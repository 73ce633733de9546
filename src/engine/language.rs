//! `[System.Management.Automation.Language.Parser]` and what it gives: tokens, parse errors and extents as objects. The
//! tree's nodes are in `language_ast.rs`.
use crate::language_ast::AstObject;
use crate::machine::Engine;
use dialtone_object::*;
use dialtone_syntax::{Options, ParseError, Parsed, Source, Span, Token, TokenKind, TokenValue};
use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::OnceLock;

pub(crate) const NAMESPACE: &str = "System.Management.Automation.Language";

/// A type of the parser's namespace.
pub(crate) fn language_type(name: &str) -> TypeRef {
    types::find(&format!("{NAMESPACE}.{name}")).unwrap_or(&types::OBJECT)
}

pub(crate) fn language_enum(name: &str, number: i64) -> Value {
    enums::of(&format!("{NAMESPACE}.{name}"), number)
}

/// A place in a script.
#[derive(Clone)]
pub struct Extent {
    pub source: Rc<Source>,
    pub span: Span,
}

static EXTENT: TypeInfo = TypeInfo::new(
    "System.Management.Automation.Language.InternalScriptExtent",
    "System.Management.Automation.Language.InternalScriptExtent",
    types::TypeKind::Other,
    Some(&types::OBJECT),
)
.with_interfaces(&["System.Management.Automation.Language.IScriptExtent"]);

static POSITION: TypeInfo = TypeInfo::new(
    "System.Management.Automation.Language.InternalScriptPosition",
    "System.Management.Automation.Language.InternalScriptPosition",
    types::TypeKind::Other,
    Some(&types::OBJECT),
)
.with_interfaces(&["System.Management.Automation.Language.IScriptPosition"]);

impl Extent {
    pub fn value(source: &Rc<Source>, span: Span) -> Value {
        Value::object(Extent { source: source.clone(), span })
    }

    fn file(&self) -> Value {
        self.source.file.as_deref().map_or(Value::Null, Value::str)
    }

    fn position(&self, offset: u32) -> Value {
        Value::object(Position { source: self.source.clone(), offset })
    }
}

impl NetObject for Extent {
    fn type_ref(&self) -> TypeRef {
        &EXTENT
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.source.slice(self.span).into())
    }
}

struct Position {
    source: Rc<Source>,
    offset: u32,
}

impl NetObject for Position {
    fn type_ref(&self) -> TypeRef {
        &POSITION
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn number(n: u32) -> Value {
    Value::Int(n as i32)
}

fn extent(v: &Value) -> Option<&Extent> {
    v.get()
}

/// A property of an extent or another object of this file; `$null` for other values.
macro_rules! read {
    ($ty:ty, $get:expr) => {
        |_, v| {
            let get: fn(&$ty) -> Value = $get;
            Ok(v.get::<$ty>().map_or(Value::Null, get))
        }
    };
}

static EXTENT_PROPS: [Prop; 10] = [
    Prop::get("File", "string", read!(Extent, Extent::file)),
    Prop::get("StartScriptPosition", "System.Management.Automation.Language.IScriptPosition", |_, v| {
        Ok(extent(v).map_or(Value::Null, |e| e.position(e.span.start)))
    }),
    Prop::get("EndScriptPosition", "System.Management.Automation.Language.IScriptPosition", |_, v| {
        Ok(extent(v).map_or(Value::Null, |e| e.position(e.span.end)))
    }),
    Prop::get("StartLineNumber", "int", read!(Extent, |e| number(e.source.position(e.span.start).line))),
    Prop::get("StartColumnNumber", "int", read!(Extent, |e| number(e.source.position(e.span.start).column))),
    Prop::get("EndLineNumber", "int", read!(Extent, |e| number(e.source.position(e.span.end).line))),
    Prop::get("EndColumnNumber", "int", read!(Extent, |e| number(e.source.position(e.span.end).column))),
    Prop::get("Text", "string", read!(Extent, |e| Value::str(e.source.slice(e.span)))),
    Prop::get("StartOffset", "int", read!(Extent, |e| number(e.source.utf16_offset(e.span.start)))),
    Prop::get("EndOffset", "int", read!(Extent, |e| number(e.source.utf16_offset(e.span.end)))),
];

static POSITION_PROPS: [Prop; 5] = [
    Prop::get("File", "string", read!(Position, |p| p.source.file.as_deref().map_or(Value::Null, Value::str))),
    Prop::get("LineNumber", "int", read!(Position, |p| number(p.source.position(p.offset).line))),
    Prop::get("ColumnNumber", "int", read!(Position, |p| number(p.source.position(p.offset).column))),
    Prop::get("Line", "string", read!(Position, |p| Value::str(p.source.line_text(p.source.line_of(p.offset))))),
    Prop::get("Offset", "int", read!(Position, |p| number(p.source.utf16_offset(p.offset)))),
];

// ---- tokens ----

struct TokenObject {
    source: Rc<Source>,
    token: Token,
}

impl TokenObject {
    fn value(source: &Rc<Source>, token: &Token) -> Value {
        Value::object(TokenObject { source: source.clone(), token: token.clone() })
    }

    fn class(&self) -> &'static str {
        match (&self.token.value, self.token.kind) {
            (_, TokenKind::StringExpandable | TokenKind::HereStringExpandable) => "StringExpandableToken",
            (_, TokenKind::Generic) if !self.token.nested.is_empty() => "StringExpandableToken",
            (_, TokenKind::StringLiteral | TokenKind::HereStringLiteral | TokenKind::Generic) => "StringLiteralToken",
            (_, TokenKind::Label) => "LabelToken",
            (_, TokenKind::RedirectInStd) => "InputRedirectionToken",
            (TokenValue::Number(_), _) => "NumberToken",
            (TokenValue::Variable(_), _) => "VariableToken",
            (TokenValue::Parameter { .. }, _) => "ParameterToken",
            (TokenValue::FileRedirection { .. }, _) => "FileRedirectionToken",
            (TokenValue::Merging { .. }, _) => "MergingRedirectionToken",
            _ => "Token",
        }
    }

    fn text(&self) -> Value {
        Value::str(self.source.slice(self.token.span))
    }
}

impl NetObject for TokenObject {
    fn type_ref(&self) -> TypeRef {
        language_type(self.class())
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.source.slice(self.token.span).into())
    }
}

static TOKEN_PROPS: [Prop; 5] = [
    Prop::get("Text", "string", read!(TokenObject, TokenObject::text)),
    Prop::get(
        "TokenFlags",
        "System.Management.Automation.Language.TokenFlags",
        read!(TokenObject, |t| language_enum("TokenFlags", i64::from(t.token.flags.0))),
    ),
    Prop::get(
        "Kind",
        "System.Management.Automation.Language.TokenKind",
        read!(TokenObject, |t| language_enum("TokenKind", t.token.kind as i64)),
    ),
    Prop::get(
        "HasError",
        "bool",
        read!(TokenObject, |t| Value::Bool(t.token.flags.has(dialtone_syntax::TokenFlags::TOKEN_IN_ERROR))),
    ),
    Prop::get(
        "Extent",
        "System.Management.Automation.Language.IScriptExtent",
        read!(TokenObject, |t| Extent::value(&t.source, t.token.span)),
    ),
];

static VARIABLE_TOKEN_PROPS: [Prop; 2] = [
    Prop::get(
        "Name",
        "string",
        read!(TokenObject, |t| match &t.token.value {
            TokenValue::Variable(path) => Value::str(&path.name),
            _ => Value::Null,
        }),
    ),
    Prop::get(
        "VariablePath",
        "System.Management.Automation.VariablePath",
        read!(TokenObject, |t| {
            match &t.token.value {
                TokenValue::Variable(path) => crate::language_ast::variable_path(path),
                _ => Value::Null,
            }
        }),
    ),
];

static PARAMETER_TOKEN_PROPS: [Prop; 2] = [
    Prop::get(
        "ParameterName",
        "string",
        read!(TokenObject, |t| match &t.token.value {
            TokenValue::Parameter { name, .. } => Value::str(name),
            _ => Value::Null,
        }),
    ),
    Prop::get(
        "UsedColon",
        "bool",
        read!(TokenObject, |t| { Value::Bool(matches!(t.token.value, TokenValue::Parameter { colon: true, .. })) }),
    ),
];

static NUMBER_TOKEN_PROPS: [Prop; 1] = [Prop::get(
    "Value",
    "System.Object",
    read!(TokenObject, |t| match &t.token.value {
        TokenValue::Number(number) => dialtone_code::number(number),
        _ => Value::Null,
    }),
)];

static STRING_TOKEN_PROPS: [Prop; 1] = [Prop::get(
    "Value",
    "string",
    read!(TokenObject, |t| match &t.token.value {
        TokenValue::Text(text) => Value::str(text),
        _ => t.text(),
    }),
)];

static EXPANDABLE_TOKEN_PROPS: [Prop; 1] = [Prop::get(
    "NestedTokens",
    "System.Collections.ObjectModel.ReadOnlyCollection[System.Management.Automation.Language.Token]",
    read!(TokenObject, |t| match &t.token.nested[..] {
        [] => Value::Null,
        nested => Value::array(nested.iter().map(|token| TokenObject::value(&t.source, token)).collect()),
    }),
)];

static LABEL_TOKEN_PROPS: [Prop; 1] = [Prop::get(
    "LabelText",
    "string",
    read!(TokenObject, |t| match &t.token.value {
        TokenValue::Text(text) => Value::str(text),
        _ => Value::Null,
    }),
)];

// ---- errors ----

struct ErrorObject {
    source: Rc<Source>,
    error: ParseError,
}

impl NetObject for ErrorObject {
    fn type_ref(&self) -> TypeRef {
        language_type("ParseError")
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.error.message.as_str().into())
    }
}

static ERROR_PROPS: [Prop; 4] = [
    Prop::get(
        "Extent",
        "System.Management.Automation.Language.IScriptExtent",
        read!(ErrorObject, |e| Extent::value(&e.source, e.error.span)),
    ),
    Prop::get("ErrorId", "string", read!(ErrorObject, |e| Value::str(e.error.id))),
    Prop::get("Message", "string", read!(ErrorObject, |e| Value::str(&e.error.message))),
    Prop::get("IncompleteInput", "bool", read!(ErrorObject, |e| Value::Bool(e.error.incomplete_input))),
];

// ---- the parser ----

static PARSER_METHODS: [Overload; 3] = [
    Overload::new(
        "static System.Management.Automation.Language.ScriptBlockAst ParseFile(string fileName, [ref] System.Management.Automation.Language.Token[] tokens, [ref] System.Management.Automation.Language.ParseError[] errors)",
        parse_file,
    ),
    Overload::new(
        "static System.Management.Automation.Language.ScriptBlockAst ParseInput(string input, [ref] System.Management.Automation.Language.Token[] tokens, [ref] System.Management.Automation.Language.ParseError[] errors)",
        parse_input,
    ),
    Overload::new(
        "static System.Management.Automation.Language.ScriptBlockAst ParseInput(string input, string fileName, [ref] System.Management.Automation.Language.Token[] tokens, [ref] System.Management.Automation.Language.ParseError[] errors)",
        parse_input,
    ),
];

fn parse_input(rt: &mut dyn Runtime, _: &Value, args: &[Value]) -> Res<Value> {
    let [input, between @ .., tokens, errors] = args else { return Ok(Value::Null) };
    let input = rt.to_text(input);
    let file = between.first().filter(|file| !file.is_null()).map(|file| rt.to_text(file));
    let source = Source::new(file.map(|file| Rc::from(&*file)), &*input);
    give(rt, &source, tokens, errors)
}

fn parse_file(rt: &mut dyn Runtime, _: &Value, args: &[Value]) -> Res<Value> {
    let [file, tokens, errors] = args else { return Ok(Value::Null) };
    let file = rt.to_text(file);
    let path = rt.resolve_path(&file);
    match std::fs::read(&path) {
        Ok(bytes) => {
            let source = Source::new(Some(Rc::from(&*path)), dialtone_syntax::decode(&bytes));
            give(rt, &source, tokens, errors)
        }
        Err(error) => {
            let source = Source::new(None, "");
            let text = error.to_string();
            let message = format!("The file could not be read: {text}");
            let error = ParseError { id: "FileReadError", message, span: Span::default(), incomplete_input: false };
            let tree = AstObject::root(&dialtone_syntax::parse(&source).ast);
            rt.set_property(tokens, "Value", Value::array(Vec::new()))?;
            let error = Value::object(ErrorObject { source, error });
            rt.set_property(errors, "Value", Value::array(vec![error]))?;
            Ok(tree)
        }
    }
}

/// Parses and fills the two references.
fn give(rt: &mut dyn Runtime, source: &Rc<Source>, tokens: &Value, errors: &Value) -> Res<Value> {
    let parsed = match rt.as_any().downcast_ref::<Engine>() {
        Some(en) => {
            let exists = |script: Option<&str>, name: &str| en.using_module_file(script, name).is_some();
            dialtone_syntax::parse_with(source, &Options { save_tokens: true, module_exists: &exists })
        }
        None => dialtone_syntax::parse_with_tokens(source),
    };
    let Parsed { tokens: found, errors: wrong, .. } = &parsed;
    let list = found.iter().map(|token| TokenObject::value(source, token)).collect();
    rt.set_property(tokens, "Value", Value::array(list))?;
    let error = |error: &ParseError| Value::object(ErrorObject { source: source.clone(), error: error.clone() });
    rt.set_property(errors, "Value", Value::array(wrong.iter().map(error).collect()))?;
    Ok(AstObject::root(&parsed.ast))
}

// ---- registration ----

/// Registered at start.
pub struct Types;

impl types::TypeProvider for Types {
    fn find(&self, name: &str) -> Option<TypeRef> {
        [&EXTENT, &POSITION].into_iter().find(|t| t.full_name.eq_ignore_ascii_case(name))
    }
    fn table(&self, ty: TypeRef) -> Option<&'static TypeTable> {
        let name = ty.full_name.strip_prefix(NAMESPACE)?.strip_prefix('.')?;
        tables().get(name).copied()
    }
}

/// The tables by short name; the types are those of the .NET room's list, so they are found when first needed.
fn tables() -> &'static HashMap<&'static str, &'static TypeTable> {
    static TABLES: OnceLock<HashMap<&'static str, &'static TypeTable>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables: HashMap<&'static str, &'static TypeTable> = HashMap::new();
        let mut add = |name: &'static str, props: &'static [Prop]| {
            let table = TypeTable { props, ..TypeTable::of(language_type(name)) };
            tables.insert(name, Box::leak(Box::new(table)));
        };
        add("InternalScriptExtent", &EXTENT_PROPS);
        add("InternalScriptPosition", &POSITION_PROPS);
        add("Token", &TOKEN_PROPS);
        add("VariableToken", &VARIABLE_TOKEN_PROPS);
        add("ParameterToken", &PARAMETER_TOKEN_PROPS);
        add("NumberToken", &NUMBER_TOKEN_PROPS);
        add("StringToken", &STRING_TOKEN_PROPS);
        add("StringExpandableToken", &EXPANDABLE_TOKEN_PROPS);
        add("LabelToken", &LABEL_TOKEN_PROPS);
        add("ParseError", &ERROR_PROPS);
        let parser = TypeTable { static_methods: &PARSER_METHODS, ..TypeTable::of(language_type("Parser")) };
        tables.insert("Parser", Box::leak(Box::new(parser)));
        let ast = TypeTable {
            props: &crate::language_ast::PROPS,
            methods: &crate::language_ast::METHODS,
            ..TypeTable::of(language_type("Ast"))
        };
        tables.insert("Ast", Box::leak(Box::new(ast)));
        tables
    })
}

//! The engine's own errors: PowerShell's ids, texts and categories, one function an error.
use dialtone_object::ErrorCategory::*;
use dialtone_object::*;
use dialtone_syntax::{Parsed, Source, Span};
use std::rc::Rc;

const BINDING: &str = "System.Management.Automation.ParameterBindingException";
const BINDING_VALIDATION: &str = "System.Management.Automation.ParameterBindingValidationException";
const BINDING_TRANSFORM: &str = "System.Management.Automation.ParameterBindingArgumentTransformationException";

/// A place in a source as error texts show it.
pub fn position(source: &Rc<Source>, span: Span) -> Rc<ScriptPosition> {
    let (from, to) = (source.position(span.start), source.position(span.end));
    Rc::new(ScriptPosition {
        file: source.file.as_deref().map(PsString::from),
        line: from.line,
        column: from.column,
        end_line: to.line,
        end_column: to.column,
        line_text: source.line_text(from.line).into(),
        text: source.slice(span).into(),
        start: source.utf16_offset(span.start),
        end: source.utf16_offset(span.end),
    })
}

/// True for exceptions that only wrap what a method or script threw.
pub fn is_wrapper(e: &Exception) -> bool {
    matches!(
        e.ty.full_name,
        "System.Management.Automation.MethodInvocationException"
            | "System.Management.Automation.GetValueInvocationException"
            | "System.Management.Automation.SetValueInvocationException"
            | "System.Management.Automation.CmdletInvocationException"
            | "System.Management.Automation.ActionPreferenceStopException"
            | "System.Management.Automation.RuntimeException"
    )
}

pub fn unsupported(what: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.NotSupportedException",
        format!("Dialtone does not support {what}."),
        "NotSupported",
        NotImplemented,
    )
}

pub fn call_depth() -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.ScriptCallDepthException",
        "The script failed due to call depth overflow.",
        "CallDepthOverflow",
        InvalidOperation,
    )
    .with_target(Value::Int(0))
}

pub fn reentered() -> ErrorRecord {
    ErrorRecord::runtime("PipelineReentered", "A pipeline stage was called while it was running.", InvalidOperation)
}

pub fn parse(parsed: &Parsed, source: &Rc<Source>) -> ErrorRecord {
    let errors = &parsed.errors;
    let Some(first) = errors.first() else { return ErrorRecord::runtime("ParserError", "", ParserError) };
    let mut message = String::new();
    for (n, e) in errors.iter().take(10).enumerate() {
        if n > 0 {
            message.push_str("\n\n");
        }
        message.push_str(&position_message(&position(source, e.span)));
        message.push('\n');
        message.push_str(&e.message);
    }
    if errors.len() > 10 {
        message.push_str("\n\nNot all parse errors were reported.  Correct the reported errors and try again.");
    }
    let list: Vec<Value> = errors.iter().map(|e| parse_error_value(e, source)).collect();
    let elem = types::find("System.Management.Automation.Language.ParseError").unwrap_or(&types::OBJECT);
    let exception = Exception::named("System.Management.Automation.ParseException", message)
        .with("Errors", Value::Array(Rc::new(Array::typed(elem, list))));
    let record = ErrorRecord::from_exception(exception.into_value(), first.id, ParserError, Value::Null);
    let info = InvocationInfo { position: Some(position(source, first.span)), ..InvocationInfo::default() };
    *record.invocation.borrow_mut() = Some(Rc::new(info));
    record
}

fn parse_error_value(e: &dialtone_syntax::ParseError, source: &Rc<Source>) -> Value {
    let object = PSObject::from_pairs(vec![
        ("Extent".into(), crate::host_object::extent(&position(source, e.span))),
        ("ErrorId".into(), Value::str(e.id)),
        ("Message".into(), Value::str(&e.message)),
        ("IncompleteInput".into(), Value::Bool(e.incomplete_input)),
    ]);
    Value::Custom(Rc::new(object.with_type("System.Management.Automation.Language.ParseError")))
}

/// `At line:1 char:5` with the line and the mark under it.
pub fn position_message(p: &ScriptPosition) -> String {
    let place = match &p.file {
        Some(file) => format!("At {file}:{} char:{}", p.line, p.column),
        None => format!("At line:{} char:{}", p.line, p.column),
    };
    let width = if p.end_line == p.line {
        p.end_column.saturating_sub(p.column).max(1)
    } else {
        (p.line_text.len() as u32 + 1).saturating_sub(p.column).max(1)
    };
    let lead = " ".repeat(p.column.saturating_sub(1) as usize);
    format!("{place}\n+ {}\n+ {lead}{}", p.line_text, "~".repeat(width as usize))
}

pub fn command_not_found(name: &str) -> ErrorRecord {
    ErrorRecord::from_exception(
        Exception::named(
            "System.Management.Automation.CommandNotFoundException",
            format!(
                "The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and try again."
            ),
        )
        .with("CommandName", Value::str(name))
        .into_value(),
        "CommandNotFoundException",
        ObjectNotFound,
        Value::str(name),
    )
}

pub fn bad_expression(text: &str) -> ErrorRecord {
    ErrorRecord::runtime(
        "BadExpression",
        format!(
            "The expression after '{text}' in a pipeline element produced an object that was not valid. It must result in a command name, a script block, or a CommandInfo object."
        ),
        InvalidOperation,
    )
}

pub fn expression_in_pipeline() -> ErrorRecord {
    ErrorRecord::runtime(
        "ExpressionsMustBeFirstInPipeline",
        "Expressions are only allowed as the first element of a pipeline.",
        ParserError,
    )
}

pub fn type_not_found(name: &str) -> ErrorRecord {
    ErrorRecord::runtime("TypeNotFound", format!("Unable to find type [{name}]."), InvalidOperation)
        .with_target(Value::str(name))
}

pub fn variable_not_set(name: &str) -> ErrorRecord {
    ErrorRecord::runtime(
        "VariableIsUndefined",
        format!("The variable '${name}' cannot be retrieved because it has not been set."),
        InvalidOperation,
    )
    .with_target(Value::str(name))
}

pub fn property_not_found(name: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.PropertyNotFoundException",
        format!("The property '{name}' cannot be found on this object. Verify that the property exists."),
        "PropertyNotFoundStrict",
        NotSpecified,
    )
}

pub fn variable_not_writable(name: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.SessionStateUnauthorizedAccessException",
        format!("Cannot overwrite variable {name} because it is read-only or constant."),
        "VariableNotWritable",
        WriteError,
    )
    .with_target(Value::str(name))
}

pub fn drive_not_found(drive: &str) -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.DriveNotFoundException",
        format!("Cannot find drive. A drive with the name '{drive}' does not exist."),
        "DriveNotFound",
        ObjectNotFound,
    )
    .with_target(Value::str(drive))
}

pub fn invalid_left() -> ErrorRecord {
    ErrorRecord::runtime(
        "InvalidLeftHandSide",
        "The assignment expression is not valid. The input to an assignment operator must be an object that is able to accept assignments, such as a variable or a property.",
        ParserError,
    )
}

pub fn null_key() -> ErrorRecord {
    ErrorRecord::runtime("InvalidNullKey", "A null key is not allowed in a hash literal.", InvalidOperation)
}
pub fn duplicate_key(key: &str) -> ErrorRecord {
    ErrorRecord::runtime(
        "DuplicateKeyInHashLiteral",
        format!("Item has already been added. Key in dictionary: '{key}'  Key being added: '{key}'"),
        InvalidOperation,
    )
}
pub fn using_outside() -> ErrorRecord {
    ErrorRecord::runtime(
        "UsingWithoutInvokeCommand",
        "A Using variable cannot be retrieved. A Using variable can be used only with Invoke-Command, Start-Job, or InlineScript in the script workflow. When it is used with Invoke-Command, the Using variable is valid only if the script block is invoked on a remote computer.",
        InvalidOperation,
    )
}
pub fn collection_modified() -> ErrorRecord {
    ErrorRecord::new(
        "System.InvalidOperationException",
        "Collection was modified; enumeration operation may not execute.",
        "BadEnumeration",
        NotSpecified,
    )
}

/// An I/O failure on a path, in .NET's words.
pub fn file_open(path: &str, e: &std::io::Error) -> ErrorRecord {
    use std::io::ErrorKind as K;
    let parent_missing = std::path::Path::new(path).parent().is_some_and(|p| !p.as_os_str().is_empty() && !p.exists());
    let (ty, message) = match e.kind() {
        K::NotFound if parent_missing => {
            ("System.IO.DirectoryNotFoundException", format!("Could not find a part of the path '{path}'."))
        }
        K::NotFound => ("System.IO.FileNotFoundException", format!("Could not find file '{path}'.")),
        K::PermissionDenied | K::IsADirectory => {
            ("System.UnauthorizedAccessException", format!("Access to the path '{path}' is denied."))
        }
        _ => ("System.IO.IOException", e.to_string()),
    };
    ErrorRecord::new(ty, message, "FileOpenFailure", OpenError)
}

// ---- Parameter binding ----

fn binding(id: &str, message: String, category: ErrorCategory) -> ErrorRecord {
    named_binding(id, message, category, "")
}
/// As `binding`, with the exception's ParameterName.
fn named_binding(id: &str, message: String, category: ErrorCategory, name: &str) -> ErrorRecord {
    let exception = Exception::named(BINDING, message).with("ParameterName", Value::str(name));
    ErrorRecord::from_exception(exception.into_value(), id, category, Value::Null)
}

pub fn parameter_not_found(name: &str, near: Option<&str>) -> ErrorRecord {
    let message = format!("A parameter cannot be found that matches parameter name '{name}'.");
    let record = named_binding("NamedParameterNotFound", message, InvalidArgument, name);
    if let Some(near) = near {
        record.suggestion.replace(Some(format!("Did you mean -{near}?").into()));
    }
    record
}
pub fn ambiguous_parameter(name: &str, names: &[String]) -> ErrorRecord {
    let list: String = names.iter().map(|n| format!(" -{n}")).collect();
    named_binding(
        "AmbiguousParameter",
        format!(
            "Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include:{list}."
        ),
        InvalidArgument,
        name,
    )
}
pub fn missing_argument(name: &str, ty: TypeRef) -> ErrorRecord {
    let shown = ty.full_name;
    named_binding(
        "MissingArgument",
        format!("Missing an argument for parameter '{name}'. Specify a parameter of type '{shown}' and try again."),
        InvalidArgument,
        name,
    )
}
pub fn already_bound(name: &str) -> ErrorRecord {
    named_binding(
        "ParameterAlreadyBound",
        format!(
            "Cannot bind parameter because parameter '{name}' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\"."
        ),
        InvalidArgument,
        name,
    )
}
pub fn positional_not_found(text: &str) -> ErrorRecord {
    named_binding(
        "PositionalParameterNotFound",
        format!("A positional parameter cannot be found that accepts argument '{text}'."),
        InvalidArgument,
        text,
    )
}
pub fn ambiguous_set() -> ErrorRecord {
    binding(
        "AmbiguousParameterSet",
        "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be used together or an insufficient number of parameters were provided.".into(),
        InvalidArgument,
    )
}
pub fn missing_mandatory(names: &[&str]) -> ErrorRecord {
    let list: String = names.iter().map(|n| format!(" {n}")).collect();
    named_binding(
        "MissingMandatoryParameter",
        format!("Cannot process command because of one or more missing mandatory parameters:{list}."),
        InvalidArgument,
        &list,
    )
}
pub fn input_not_bound() -> ErrorRecord {
    binding(
        "InputObjectNotBound",
        "The input object cannot be bound to any parameters for the command either because the command does not take pipeline input or the input and its properties do not match any of the parameters that take pipeline input.".into(),
        InvalidArgument,
    )
}

/// The reason of a failed conversion.
fn cause(flow: &Flow) -> (PsString, Value) {
    match flow.error() {
        Some(e) => (e.text(), e.exception.clone()),
        None => ("".into(), Value::Null),
    }
}

/// An argument that does not become the parameter's type. Parameters of compiled cmdlets are bound (`compiled`), those
/// of functions are variables with a transformation; the texts differ.
pub fn argument_transformation(name: &str, ty: TypeRef, value: &Value, flow: Option<Flow>, compiled: bool) -> Flow {
    let (reason, inner) = match &flow {
        Some(flow) => cause(flow),
        None if ty.kind == TypeKind::String => ("Cannot convert value to type System.String.".into(), Value::Null),
        None => {
            let text = value.as_str().cloned().unwrap_or_default();
            (
                format!("Cannot convert value \"{text}\" to type \"{}\". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.", ty.full_name).into(),
                Value::Null,
            )
        }
    };
    if compiled {
        return not_bound(name, &reason, inner);
    }
    let message = format!("Cannot process argument transformation on parameter '{name}'. {reason}");
    let exception =
        Exception::named(BINDING_TRANSFORM, message).with_inner(inner).with("ParameterName", Value::str(name));
    ErrorRecord::from_exception(
        exception.into_value(),
        "ParameterArgumentTransformationError",
        InvalidData,
        Value::Null,
    )
    .into()
}
pub fn cannot_bind(name: &str, flow: Flow) -> Flow {
    let (reason, inner) = cause(&flow);
    not_bound(name, &reason, inner)
}
fn not_bound(name: &str, reason: &str, inner: Value) -> Flow {
    let message = format!("Cannot bind parameter '{name}'. {reason}");
    let exception = Exception::named(BINDING, message).with_inner(inner).with("ParameterName", Value::str(name));
    ErrorRecord::from_exception(exception.into_value(), "CannotConvertArgumentNoMessage", InvalidArgument, Value::Null)
        .into()
}

/// An assignment that a variable's type refuses.
pub fn transformation(flow: Flow) -> Flow {
    let Some(e) = flow.error() else { return flow };
    let exception = Exception::named("System.Management.Automation.ArgumentTransformationMetadataException", e.text())
        .with_inner(e.exception.clone());
    ErrorRecord::from_exception(exception.into_value(), "RuntimeException", MetadataError, Value::Null).into()
}

pub fn validation(name: &str, reason: String) -> Flow {
    let inner =
        Exception::named("System.Management.Automation.ValidationMetadataException", reason.as_str()).into_value();
    let exception =
        Exception::named(BINDING_VALIDATION, format!("Cannot validate argument on parameter '{name}'. {reason}"))
            .with_inner(inner)
            .with("ParameterName", Value::str(name));
    ErrorRecord::from_exception(exception.into_value(), "ParameterArgumentValidationError", InvalidData, Value::Null)
        .into()
}
fn validation_error(id: &str, message: String) -> ErrorRecord {
    ErrorRecord::new(BINDING_VALIDATION, message, id, InvalidData)
}
pub fn empty_string(name: &str) -> ErrorRecord {
    validation_error(
        "ParameterArgumentValidationErrorEmptyStringNotAllowed",
        format!("Cannot bind argument to parameter '{name}' because it is an empty string."),
    )
}
pub fn null_not_allowed(name: &str, _ty: TypeRef) -> ErrorRecord {
    validation_error(
        "ParameterArgumentValidationErrorNullNotAllowed",
        format!("Cannot bind argument to parameter '{name}' because it is null."),
    )
}
pub fn null_in_collection(name: &str) -> ErrorRecord {
    validation_error(
        "ParameterArgumentValidationErrorNullNotAllowed",
        format!("Cannot bind argument to parameter '{name}' because it is null."),
    )
}
pub fn empty_collection(name: &str) -> ErrorRecord {
    validation_error(
        "ParameterArgumentValidationErrorEmptyCollectionNotAllowed",
        format!("Cannot bind argument to parameter '{name}' because it is an empty collection."),
    )
}
pub fn variable_validation(name: &str, value: &Value, en: &mut crate::Engine) -> Flow {
    let text = en.to_text(value);
    ErrorRecord::new(
        "System.Management.Automation.ValidationMetadataException",
        format!(
            "The variable cannot be validated because the value {text} is not a valid value for the {name} variable."
        ),
        "ValidateSetFailure",
        MetadataError,
    )
    .into()
}

/// A script whose `#requires` lines are not met.
pub fn script_requires(script: &str, id: &str, message: String) -> Flow {
    let exception = Exception::named("System.Management.Automation.ScriptRequiresException", message)
        .with("CommandName", Value::str(script));
    ErrorRecord::from_exception(exception.into_value(), id, ResourceUnavailable, Value::str(script)).into()
}

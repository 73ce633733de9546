//! The error records of member access, each message once.
use crate::error::{ErrorCategory, ErrorRecord, Exception, Flow, FlowKind};
use crate::types::{self, TypeRef};
use crate::value::Value;
use std::rc::Rc;

const METHOD_EXCEPTION: &str = "System.Management.Automation.MethodException";

fn runtime(id: &str, message: String) -> Flow {
    ErrorRecord::runtime(id, message, ErrorCategory::InvalidOperation).into()
}
fn method(id: &str, message: String) -> Flow {
    ErrorRecord::new(METHOD_EXCEPTION, message, id, ErrorCategory::NotSpecified).into()
}

pub fn method_not_found(ty: TypeRef, name: &str) -> Flow {
    runtime(
        "MethodNotFound",
        format!("Method invocation failed because [{}] does not contain a method named '{name}'.", types::clr_name(ty)),
    )
}
pub fn method_on_null() -> Flow {
    runtime("InvokeMethodOnNull", "You cannot call a method on a null-valued expression.".into())
}
pub fn no_overload(name: &str, count: usize) -> Flow {
    method(
        "MethodCountCouldNotFindBest",
        format!("Cannot find an overload for \"{name}\" and the argument count: \"{count}\"."),
    )
}
pub fn ambiguous(name: &str, count: usize) -> Flow {
    method(
        "MethodCountCouldNotFindBest",
        format!("Multiple ambiguous overloads found for \"{name}\" and the argument count: \"{count}\"."),
    )
}
/// `place` is 1-based.
pub fn needs_ref(place: usize) -> Flow {
    method(
        "NonRefArgumentToRefParameterMsg",
        format!("Argument: '{place}' should be a System.Management.Automation.PSReference. Use [ref]."),
    )
}
/// An argument that cannot become the parameter's type; `cause` is the conversion's own failure.
pub fn argument_conversion(param: &str, shown: &str, name: &str, ty: &str, cause: &Flow) -> Flow {
    let Some(inner) = cause.error() else {
        return method("MethodArgumentConversionInvalidCastArgument", String::new());
    };
    let message = format!(
        "Cannot convert argument \"{param}\", with value: \"{shown}\", for \"{name}\" to type \"{ty}\": \"{}\"",
        inner.message()
    );
    let exception = Exception::named(METHOD_EXCEPTION, message).with_inner(inner.exception.clone());
    ErrorRecord::from_exception(
        exception.into_value(),
        "MethodArgumentConversionInvalidCastArgument",
        ErrorCategory::NotSpecified,
        Value::Null,
    )
    .into()
}

/// What a failure inside a method becomes: a MethodInvocationException around it. Control flow passes.
pub fn invocation(name: &str, count: usize, cause: Flow) -> Flow {
    let FlowKind::Error(inner) = &*cause.0 else { return cause };
    let message = format!("Exception calling \"{name}\" with \"{count}\" argument(s): \"{}\"", inner.message());
    wrapped("System.Management.Automation.MethodInvocationException", message, None, inner)
}
pub fn getting(name: &str, cause: Flow) -> Flow {
    let FlowKind::Error(inner) = &*cause.0 else { return cause };
    let message = format!("Exception getting \"{name}\": \"{}\"", inner.message());
    wrapped("System.Management.Automation.GetValueInvocationException", message, Some("ExceptionWhenGetting"), inner)
}
pub fn setting(name: &str, cause: Flow) -> Flow {
    let FlowKind::Error(inner) = &*cause.0 else { return cause };
    let message = format!("Exception setting \"{name}\": \"{}\"", inner.message());
    wrapped("System.Management.Automation.SetValueInvocationException", message, Some("ExceptionWhenSetting"), inner)
}
/// An exception type around another; without an id of its own the error is named after the inner exception.
fn wrapped(ty: &str, message: String, id: Option<&str>, inner: &Rc<ErrorRecord>) -> Flow {
    let id = id.map_or_else(|| inner.exception_type().name(), str::to_owned);
    inner.keep_in_exception();
    let exception = Exception::named(ty, message).with_inner(inner.exception.clone());
    ErrorRecord::from_exception(exception.into_value(), id, ErrorCategory::NotSpecified, Value::Null).into()
}

fn cannot_be_found(name: &str) -> String {
    format!("The property '{name}' cannot be found on this object. Verify that the property exists and can be set.")
}
pub fn set_on_null(name: &str) -> Flow {
    runtime("PropertyNotFound", cannot_be_found(name))
}
pub fn set_not_found(name: &str) -> Flow {
    runtime("PropertyAssignmentException", cannot_be_found(name))
}
/// A PSCustomObject without the property.
pub fn set_not_found_custom(name: &str) -> Flow {
    setting(name, set_not_found(name))
}
pub fn read_only(name: &str) -> Flow {
    runtime("PropertyAssignmentException", format!("'{name}' is a ReadOnly property."))
}

/// The failure of [`read_only`].
pub fn is_read_only(e: &Flow) -> bool {
    e.error().is_some_and(|r| r.id.borrow().as_str() == "PropertyAssignmentException")
}

pub fn null_array() -> Flow {
    runtime("NullArray", "Cannot index into a null array.".into())
}
pub fn null_index() -> Flow {
    runtime("NullArrayIndex", "Index operation failed; the array index evaluated to null.".into())
}
pub fn cannot_index(ty: TypeRef) -> Flow {
    runtime("CannotIndex", format!("Unable to index into an object of type \"{}\".", types::clr_name(ty)))
}
pub fn slice_assignment(shown: &str) -> Flow {
    runtime(
        "ArraySliceAssignmentFailed",
        format!("Array assignment to [{shown}] failed because assignment to slices is not supported."),
    )
}
/// A .NET exception that reaches the script as it is: named by its full type name.
pub fn bare(ty: &str, message: &str) -> Flow {
    ErrorRecord::new(ty, message, ty, ErrorCategory::OperationStopped).into()
}
pub fn out_of_bounds() -> Flow {
    bare("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
}
pub fn list_range() -> Flow {
    bare(
        "System.ArgumentOutOfRangeException",
        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
    )
}
pub fn ordered_range() -> Flow {
    bare(
        "System.ArgumentOutOfRangeException",
        "Specified argument was out of the range of valid values. (Parameter 'index')",
    )
}
pub fn needs_dimensions(given: usize, wanted: usize) -> Flow {
    runtime(
        "NeedMultidimensionalIndex",
        format!("You cannot index into a {wanted} dimensional array with index [{given}]."),
    )
}

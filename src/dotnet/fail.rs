//! The exceptions that .NET methods throw, by type.
use dialtone_object::error::ErrorCategory;
use dialtone_object::{ErrorRecord, Exception, Flow, Value};

fn dotnet(ty: &str, message: impl Into<String>) -> Flow {
    ErrorRecord::dotnet(ty, message.into()).into()
}
/// An exception with a ParamName.
fn with_param(ty: &str, message: &str, param: &str) -> Flow {
    let text = format!("{message} (Parameter '{param}')");
    let exception = Exception::named(ty, text).with("ParamName", Value::str(param));
    let short = ty.rsplit('.').next().unwrap_or(ty);
    ErrorRecord::from_exception(exception.into_value(), short, ErrorCategory::NotSpecified, Value::Null).into()
}

pub fn argument(message: impl Into<String>) -> Flow {
    dotnet("System.ArgumentException", message)
}
pub fn argument_of(message: &str, param: &str) -> Flow {
    with_param("System.ArgumentException", message, param)
}
pub fn argument_null(param: &str) -> Flow {
    with_param("System.ArgumentNullException", "Value cannot be null.", param)
}
pub fn out_of_range(message: &str, param: &str) -> Flow {
    with_param("System.ArgumentOutOfRangeException", message, param)
}
pub fn index_range() -> Flow {
    out_of_range("Index was out of range. Must be non-negative and less than the size of the collection.", "index")
}
pub fn out_of_bounds() -> Flow {
    dotnet("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
}
pub fn invalid_operation(message: impl Into<String>) -> Flow {
    dotnet("System.InvalidOperationException", message)
}
pub fn not_supported(message: impl Into<String>) -> Flow {
    dotnet("System.NotSupportedException", message)
}
pub fn format(message: impl Into<String>) -> Flow {
    dotnet("System.FormatException", message)
}
pub fn overflow(message: impl Into<String>) -> Flow {
    dotnet("System.OverflowException", message)
}
pub fn other(ty: &str, message: impl Into<String>) -> Flow {
    dotnet(ty, message)
}
/// An ArgumentOutOfRangeException that tells the value.
pub fn out_of_range_value(message: &str, param: &str, actual: &str) -> Flow {
    let text = format!("{message} (Parameter '{param}')\nActual value was {actual}.");
    let exception = Exception::named("System.ArgumentOutOfRangeException", text)
        .with("ParamName", Value::str(param))
        .with("ActualValue", Value::str(actual));
    ErrorRecord::from_exception(
        exception.into_value(),
        "ArgumentOutOfRangeException",
        ErrorCategory::NotSpecified,
        Value::Null,
    )
    .into()
}

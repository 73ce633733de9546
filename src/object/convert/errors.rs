//! The errors of conversion: a RuntimeException around PowerShell's invalid-cast exception around .NET's.
use crate::error::{ErrorCategory, ErrorRecord, Exception, Flow};
use crate::runtime::Runtime;
use crate::string::PsString;
use crate::text::{self, type_text};
use crate::types::{self, TypeKind, TypeRef};
use crate::value::Value;

/// `value.ToString()` in the current culture, as error texts quote values.
pub fn quoted(rt: &mut dyn Runtime, value: &Value) -> PsString {
    match value.base() {
        base @ (Value::Array(_) | Value::List(_) | Value::Dict(_)) => type_text(types::type_of(base)).into(),
        base => text::to_string(base).unwrap_or_else(|| rt.to_text(value)),
    }
}

fn invalid_cast(id: &str, message: String, inner: Option<(&str, &str)>) -> Flow {
    let mut cause = Exception::named("System.Management.Automation.PSInvalidCastException", &*message);
    if let Some((ty, text)) = inner {
        cause = cause.with_inner(Exception::named(ty, text).into_value());
    }
    let outer =
        Exception::named("System.Management.Automation.RuntimeException", &*message).with_inner(cause.into_value());
    ErrorRecord::from_exception(outer.into_value(), id, ErrorCategory::InvalidArgument, Value::Null).into()
}

/// `Cannot convert the "x" value of type "A" to type "B".`
pub fn no_conversion(rt: &mut dyn Runtime, value: &Value, ty: TypeRef) -> Flow {
    let message = format!(
        "Cannot convert the \"{}\" value of type \"{}\" to type \"{}\".",
        quoted(rt, value),
        type_text(types::type_of(value.base())),
        type_text(ty)
    );
    invalid_cast("ConvertToFinalInvalidCastException", message, None)
}

/// True for the error of [`no_conversion`].
pub fn no_rule(error: &Flow) -> bool {
    error.error().is_some_and(|e| &**e.id.borrow() == "ConvertToFinalInvalidCastException")
}

/// `Cannot convert value "x" to type "B". Error: "..."` with a given id and .NET exception.
pub fn failed(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, id: &str, inner: (&str, &str)) -> Flow {
    let message =
        format!("Cannot convert value \"{}\" to type \"{}\". Error: \"{}\"", quoted(rt, value), type_text(ty), inner.1);
    invalid_cast(id, message, Some(inner))
}

/// The failure of .NET's `Convert.ChangeType`.
pub fn overflow(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, message: &str) -> Flow {
    failed(rt, value, ty, "InvalidCastIConvertible", ("System.OverflowException", message))
}

/// `Invalid cast from 'DateTime' to 'Int32'.`; whole names when the target is no primitive.
pub fn not_convertible(rt: &mut dyn Runtime, value: &Value, ty: TypeRef) -> Flow {
    let from = types::type_of(value.base());
    let primitive = ty.is_number() || matches!(ty.kind, TypeKind::Char | TypeKind::Boolean | TypeKind::DateTime);
    let message = if primitive && !is_enum(from) {
        format!("Invalid cast from '{}' to '{}'.", from.name(), ty.name())
    } else {
        format!("Invalid cast from '{}' to '{}'.", from.full_name, qualified(ty))
    };
    failed(rt, value, ty, "InvalidCastIConvertible", ("System.InvalidCastException", &message))
}

/// `Type.FullName`: generic arguments with their assemblies.
pub fn qualified(ty: TypeRef) -> String {
    match ty.generic {
        Some((definition, args)) => {
            let args: Vec<_> = args.iter().map(|a| format!("[{}{CORE_LIB}]", qualified(a))).collect();
            format!("{}[{}]", definition.full_name, args.join(","))
        }
        None => type_text(ty),
    }
}
const CORE_LIB: &str = ", System.Private.CoreLib, Version=10.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e";

pub fn is_enum(ty: TypeRef) -> bool {
    ty.kind == TypeKind::Enum || ty.enum_info.get().is_some()
}

/// `Cannot convert null to type "System.DateTime".`
pub fn null_to_object(ty: TypeRef) -> Flow {
    invalid_cast("nullToObjectInvalidCast", format!("Cannot convert null to type \"{}\".", type_text(ty)), None)
}

pub fn bad_type_name(name: &str) -> Flow {
    invalid_cast(
        "InvalidCastFromStringToType",
        format!("Cannot convert the \"{name}\" value of type \"System.String\" to type \"System.Type\"."),
        None,
    )
}

fn enum_names(ty: TypeRef, by: &str) -> String {
    ty.enum_info
        .get()
        .map_or_else(String::new, |info| info.values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(by))
}

/// A number or null that is no value of the enum.
pub fn undefined_enum(rt: &mut dyn Runtime, value: &Value, ty: TypeRef, id: &str) -> Flow {
    let what = if value.is_null() { "null".to_owned() } else { format!("value \"{}\"", quoted(rt, value)) };
    let message = format!(
        "Cannot convert {what} to type \"{}\" due to enumeration values that are not valid. Specify one of the following enumeration values and try again. The possible enumeration values are \"{}\".",
        type_text(ty),
        enum_names(ty, ",")
    );
    invalid_cast(id, message, None)
}

/// A name that matches no name of the enum, or several.
pub fn bad_enum_name(rt: &mut dyn Runtime, value: &Value, name: &str, several: &[&str], ty: TypeRef) -> Flow {
    let message = if several.is_empty() {
        format!(
            "Unable to match the identifier name {name} to a valid enumerator name. Specify one of the following enumerator names and try again:\n{}",
            enum_names(ty, ", ")
        )
    } else {
        format!(
            "The identifier name {name} cannot be processed because it is either too similar or identical to the following enumerator names: {}. Use a more specific identifier name.",
            several.join(", ")
        )
    };
    failed(
        rt,
        value,
        ty,
        "SubstringDisambiguationEnumParseThrewAnException",
        ("System.Management.Automation.RuntimeException", &message),
    )
}

/// `Cannot create object of type "T". The property 'a' was not found ...`
pub fn object_creation(ty: TypeRef, reason: &str) -> Flow {
    invalid_cast("ObjectCreationError", format!("Cannot create object of type \"{}\". {reason}", type_text(ty)), None)
}

//! Validation attributes on parameters and variables.
use crate::errors;
use crate::machine::Engine;
use dialtone_object::*;

/// Checks a bound parameter value: null and emptiness rules, then the validation attributes.
pub fn check_parameter(en: &mut Engine, p: &ParamMeta, value: &Value) -> Res<()> {
    if p.sets.iter().any(|s| s.mandatory) {
        empty_rules(p, value)?;
    }
    for v in &p.validations {
        check(en, v, value, &p.name).map_err(|message| errors::validation(&p.name, message))?;
    }
    Ok(())
}

/// Mandatory parameters take neither null nor empty unless an Allow attribute says so.
fn empty_rules(p: &ParamMeta, value: &Value) -> Res<()> {
    match value.base() {
        Value::Null | Value::Void if !p.allow_null && !p.ty.is_value_type() => {
            if p.ty.kind == TypeKind::String {
                return if p.allow_empty_string { Ok(()) } else { Err(errors::empty_string(&p.name).into()) };
            }
            Err(errors::null_not_allowed(&p.name, p.ty).into())
        }
        Value::String(s) if s.is_empty() && !p.allow_empty_string && p.ty.kind == TypeKind::String => {
            Err(errors::empty_string(&p.name).into())
        }
        Value::Array(a) if p.ty.kind == TypeKind::Array => {
            let items = a.to_vec();
            if items.is_empty() && !p.allow_empty_collection {
                return Err(errors::empty_collection(&p.name).into());
            }
            let strings = p.ty.elem.is_some_and(|e| e.kind == TypeKind::String);
            for item in &items {
                match item {
                    Value::Null | Value::Void if !p.allow_null && p.ty.kind == TypeKind::Array => {
                        return Err(if strings {
                            errors::empty_string(&p.name)
                        } else {
                            errors::null_in_collection(&p.name)
                        }
                        .into());
                    }
                    Value::String(s) if strings && s.is_empty() && !p.allow_empty_string => {
                        return Err(errors::empty_string(&p.name).into());
                    }
                    _ => {}
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Checks an assignment to a variable with attributes.
pub fn check_variable(en: &mut Engine, v: &Validation, value: &Value, name: &str) -> Res<()> {
    check(en, v, value, name).map_err(|_| errors::variable_validation(name, value, en))
}

/// Checks a class property's new value.
pub fn check_property(en: &mut Engine, v: &Validation, value: &Value, name: &str) -> Res<()> {
    check(en, v, value, name).map_err(|message| {
        let inner = ErrorRecord::new(
            "System.Management.Automation.ValidationMetadataException",
            message,
            "ValidateFailure",
            ErrorCategory::MetadataError,
        );
        inner.into()
    })
}

/// The elements that element-wise validations look at.
fn elements(en: &mut Engine, value: &Value) -> Result<Vec<Value>, Flow> {
    match value.base() {
        Value::Array(a) => Ok(a.to_vec()),
        Value::List(l) => Ok(l.to_vec()),
        Value::Object(o) if o.data().is_enumerable() => en.enumerate(value),
        _ => Ok(vec![value.clone()]),
    }
}

/// One attribute; the error is PowerShell's message text.
fn check(en: &mut Engine, v: &Validation, value: &Value, name: &str) -> Result<(), String> {
    let all = |en: &mut Engine| elements(en, value).unwrap_or_default();
    match v {
        Validation::Set { values, ignore_case, message } => {
            for item in all(en) {
                let text = en.to_text(&item);
                let hit =
                    values.iter().any(|w| if *ignore_case { string::eq_ignore_case(w, &text) } else { **w == *text });
                if !hit {
                    let list = values.iter().map(|s| &**s).collect::<Vec<_>>().join(",");
                    return Err(match message {
                        Some(m) => m.replace("{0}", &text).replace("{1}", &list),
                        None => format!(
                            "The argument \"{text}\" does not belong to the set \"{list}\" specified by the ValidateSet attribute. Supply an argument that is in the set and then try the command again."
                        ),
                    });
                }
            }
            Ok(())
        }
        Validation::Pattern { pattern, message } => {
            for item in all(en) {
                let text = en.to_text(&item);
                let matched = operators::match_op(en, &Value::String(text.clone()), &Value::str(pattern), false, false);
                let hit = matched.map(|(v, _)| convert::to_bool(&v)).unwrap_or(false);
                if !hit {
                    return Err(match message {
                        Some(m) => m.replace("{0}", &text).replace("{1}", pattern),
                        None => format!(
                            "The argument \"{text}\" does not match the \"{pattern}\" pattern. Supply an argument that matches \"{pattern}\" and try the command again."
                        ),
                    });
                }
            }
            Ok(())
        }
        Validation::Range { min, max } => {
            for item in all(en) {
                range(en, &item, min, max)?;
            }
            Ok(())
        }
        Validation::RangeKind(kind) => {
            for item in all(en) {
                let number = en.cast(&item, &types::DOUBLE).ok();
                let Some(Value::Double(n)) = number else { continue };
                let (ok, what) = match kind.to_ascii_lowercase().as_str() {
                    "positive" => (n > 0.0, "greater than zero"),
                    "nonnegative" => (n >= 0.0, "greater than or equal to zero"),
                    "negative" => (n < 0.0, "less than zero"),
                    _ => (n <= 0.0, "less than or equal to zero"),
                };
                if !ok {
                    let text = en.to_text(&item);
                    return Err(format!(
                        "The argument \"{text}\" cannot be validated because its value is not {what}."
                    ));
                }
            }
            Ok(())
        }
        Validation::Length { min, max } => {
            for item in all(en) {
                let text = match item.base() {
                    Value::String(s) => s.clone(),
                    _ => return Err("The ValidateLength attribute cannot be applied to a parameter that is not a string or string[] parameter. Make the parameter a string or string[] parameter.".into()),
                };
                let n = text.len() as i32;
                if n < *min {
                    return Err(format!(
                        "The character length ({n}) of the argument is too short. Specify an argument with a length that is greater than or equal to \"{min}\", and then try the command again."
                    ));
                }
                if n > *max {
                    return Err(format!(
                        "The character length of the {n} argument is too long. Shorten the character length of the argument so it is fewer than or equal to \"{max}\" characters, and then try the command again."
                    ));
                }
            }
            Ok(())
        }
        Validation::Count { min, max } => {
            let n = all(en).len() as i32;
            if n < *min || n > *max {
                return Err(if min == max {
                    format!("The parameter requires exactly {min} value(s) - {n} value(s) were provided.")
                } else {
                    format!(
                        "The parameter requires at least {min} value(s) and no more than {max} value(s) - {n} value(s) were provided."
                    )
                });
            }
            Ok(())
        }
        Validation::NotNull if value.is_null() => {
            Err("The argument is null. Provide a valid value for the argument, and then try running the command again."
                .into())
        }
        Validation::NotNull => {
            if all(en).iter().any(Value::is_null) {
                return Err("The argument has a null value, or an element of the argument collection contains a null value. Provide a collection that does not contain any null values, and then try the command again.".into());
            }
            Ok(())
        }
        Validation::NotNullOrEmpty | Validation::NotNullOrWhiteSpace => not_empty(en, v, value),
        Validation::Script { block, message } => {
            let Some(block) = crate::function_meta::validation_block(en, *block) else { return Ok(()) };
            for item in all(en) {
                let result = en.call_block(&block, &[], Some(&item));
                match result {
                    Ok(v) if convert::to_bool(&v) => {}
                    Ok(_) => {
                        let text = en.to_text(&item);
                        let body = block
                            .get::<crate::function::ScriptBlock>()
                            .map_or(String::new(), |b| b.body_text().to_owned());
                        return Err(match message {
                            Some(m) => m.replace("{0}", &text).replace("{1}", &body),
                            None => format!(
                                "The \"{body}\" validation script for the argument with value \"{text}\" did not return a result of True. Determine why the validation script failed, and then try the command again."
                            ),
                        });
                    }
                    Err(flow) => return Err(flow.error().map_or_else(String::new, |e| e.text().to_string())),
                }
            }
            let _ = name;
            Ok(())
        }
        Validation::Drive(_) | Validation::UserDrive => Ok(()),
    }
}

fn not_empty(en: &mut Engine, v: &Validation, value: &Value) -> Result<(), String> {
    let white = matches!(v, Validation::NotNullOrWhiteSpace);
    let whole = value.base();
    let null_text =
        "The argument is null or empty. Provide an argument that is not null or empty, and then try the command again.";
    let null_white = "The argument is null, empty, or consists of only white-space characters. Provide an argument that contains non white-space characters, and then try the command again.";
    let text = if white { null_white } else { null_text };
    let blank = |s: &PsString| s.is_empty() || (white && s.trim().is_empty());
    match whole {
        Value::Null | Value::Void => return Err(text.into()),
        Value::String(s) if blank(s) => return Err(text.into()),
        Value::Dict(d) if d.is_empty() => return Err(NULL_ELEMENT.into()),
        Value::Array(_) | Value::List(_) => {
            let items = elements(en, value).unwrap_or_default();
            let bad = |item: &Value| match item.base() {
                Value::String(s) => blank(s),
                item => item.is_null(),
            };
            if items.is_empty() || items.iter().any(bad) {
                return Err(NULL_ELEMENT.into());
            }
        }
        Value::Object(_) => {
            let items = elements(en, value).unwrap_or_default();
            if items.iter().any(|item| matches!(item.base(), Value::String(s) if blank(s))) {
                return Err(NULL_ELEMENT.into());
            }
        }
        _ => {}
    }
    Ok(())
}

/// What a collection with an empty element is refused with.
const NULL_ELEMENT: &str = "The argument is null, empty, or an element of the argument collection contains a null value. Supply a collection that does not contain any null values and then try the command again.";

fn end_value(end: &meta::RangeEnd) -> Value {
    match end {
        meta::RangeEnd::Int(n) => i32::try_from(*n).map_or(Value::Long(*n), Value::Int),
        meta::RangeEnd::Double(n) => Value::Double(*n),
        meta::RangeEnd::Text(t) => Value::str(t),
    }
}

fn range(en: &mut Engine, item: &Value, min: &meta::RangeEnd, max: &meta::RangeEnd) -> Result<(), String> {
    let (low, high) = (end_value(min), end_value(max));
    let less = |en: &mut Engine, a: &Value, b: &Value| {
        operators::binary(en, BinaryOp::Lt(false), a, b).map(|v| convert::to_bool(&v)).unwrap_or(true)
    };
    let text = en.to_text(item);
    if less(en, item, &low) {
        let bound = en.to_text(&low);
        return Err(format!(
            "The {text} argument is less than the minimum allowed range of {bound}. Supply an argument that is greater than or equal to {bound} and then try the command again."
        ));
    }
    if less(en, &high, item) {
        let bound = en.to_text(&high);
        return Err(format!(
            "The {text} argument is greater than the maximum allowed range of {bound}. Supply an argument that is less than or equal to {bound} and then try the command again."
        ));
    }
    Ok(())
}

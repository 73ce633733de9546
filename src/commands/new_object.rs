//! New-Object.
use crate::get_member::dressed;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct NewObject;

fn argument_error(id: &str, message: String, category: ErrorCategory) -> ErrorRecord {
    ErrorRecord::new("System.Management.Automation.PSArgumentException", message, id, category)
}

impl Command for NewObject {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if let Some(name) = cx.args.text("ComObject") {
            return Err(cx.fail(ErrorRecord::new(
                "System.PlatformNotSupportedException",
                format!("Creating an instance of the COM component {name} is not supported on this platform."),
                "NoCOMClassIdentified",
                ErrorCategory::ResourceUnavailable,
            )));
        }
        let name = cx.args.text("TypeName").unwrap_or_default();
        let Some(ty) = self.find(cx, &name) else {
            let text = format!("Cannot find type [{name}]: verify that the assembly containing this type is loaded.");
            return Err(cx.fail(argument_error("TypeNotFound", text, ErrorCategory::InvalidType)));
        };
        let args = cx.args.list("ArgumentList");
        let made = self.make(cx, ty, &name, &args)?;
        let properties = cx.args.value("Property").cloned();
        if let Some(Value::Dict(d)) = properties.as_ref().map(Value::base) {
            for (key, value) in d.pairs() {
                let key = cx.en.to_text(&key);
                self.set(cx, &made, &key, value)?;
            }
        }
        cx.write(made)
    }
}

impl NewObject {
    fn find(&self, cx: &mut Cx, name: &str) -> Option<TypeRef> {
        if let Some(ty) = cx.en.type_by_text(name) {
            return Some(ty);
        }
        match cx.en.cast(&Value::str(name), &types::TYPE) {
            Ok(Value::Type(t)) => Some(t),
            _ => None,
        }
    }

    fn make(&self, cx: &mut Cx, ty: TypeRef, name: &str, args: &[Value]) -> Res<Value> {
        if matches!(ty.kind, TypeKind::PSObject | TypeKind::PSCustomObject) && args.is_empty() {
            return Ok(Value::Custom(Rc::new(PSObject::from_pairs(Vec::new()))));
        }
        if args.is_empty() && ty.is_value_type() {
            return Ok(access::default_value(ty));
        }
        cx.en.call_static(ty, "new", args).map_err(|flow| {
            let Some(record) = flow.error().cloned() else { return flow };
            if &**record.id.borrow() == "MethodCountCouldNotFindBest" {
                let text =
                    format!("A constructor was not found. Cannot find an appropriate constructor for type {name}.");
                return cx.fail(argument_error("CannotFindAppropriateCtor", text, ErrorCategory::ObjectNotFound));
            }
            if record.exception_type().full_name == "System.Management.Automation.MethodInvocationException" {
                *record.id.borrow_mut() = "ConstructorInvokedThrowException".into();
                record.category.set(ErrorCategory::InvalidOperation);
            }
            dressed(cx, flow)
        })
    }

    fn set(&self, cx: &mut Cx, object: &Value, name: &str, value: Value) -> Res<()> {
        if let Value::Custom(o) = object
            && types::type_of(object).kind != TypeKind::Other
        {
            o.add(name, value);
            return Ok(());
        }
        if access::get_member(cx.en, object, name)?.is_some() {
            return cx.en.set_property(object, name, value).map_err(|flow| dressed(cx, flow));
        }
        let text = format!(
            "The member \"{name}\" was not found for the specified {} object.",
            types::clr_name(types::type_of(object))
        );
        cx.error(ErrorRecord::new(
            "System.InvalidOperationException",
            text,
            "InvalidOperationException",
            ErrorCategory::InvalidOperation,
        ))
    }
}

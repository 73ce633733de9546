//! PSVariable objects and `[ref]`: a variable as a value.
use crate::machine::Engine;
use crate::scope::Variable;
use dialtone_object::*;
use std::any::Any;
use std::rc::Rc;

pub struct PSVariable(pub Rc<Variable>);

static TYPE: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSVariable",
    "System.Management.Automation.PSVariable",
    TypeKind::Other,
    Some(&types::OBJECT),
);

pub fn value(variable: Rc<Variable>) -> Value {
    Value::object(PSVariable(variable))
}

impl NetObject for PSVariable {
    fn type_ref(&self) -> TypeRef {
        &TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        ["Name", "Description", "Value", "Visibility", "Module", "ModuleName", "Options", "Attributes"]
            .map(PsString::from)
            .to_vec()
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let v = &self.0;
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "name" => Value::String(v.name.clone()),
            "value" => match v.getter {
                Some(getter) => match rt.as_any().downcast_mut::<Engine>() {
                    Some(en) => getter(en),
                    None => Value::Null,
                },
                None => v.value.borrow().clone(),
            },
            "description" => Value::String(v.description.borrow().clone()),
            "options" => crate::host_object::options_value(v.options.get()),
            "visibility" => Value::str("Public"),
            "module" => Value::Null,
            "modulename" => Value::str(""),
            "attributes" => Value::array(Vec::new()),
            _ => return None,
        }))
    }
    fn set_dynamic_property(&self, rt: &mut dyn Runtime, name: &str, value: &Value) -> Option<Res<()>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        match name.to_ascii_lowercase().as_str() {
            "value" => Some(en.store(&self.0, value.clone())),
            "description" => {
                let text = en.to_text(value);
                *self.0.description.borrow_mut() = text;
                Some(Ok(()))
            }
            _ => None,
        }
    }
}

/// `[ref]$x`: shares the variable.
pub struct Reference(pub Rc<Variable>);

pub const REFERENCE_NAME: &str = "System.Management.Automation.PSReference";
static REFERENCE: TypeInfo = TypeInfo::new(REFERENCE_NAME, "ref", TypeKind::Other, Some(&types::OBJECT));

pub fn reference(variable: Rc<Variable>) -> Value {
    Value::object(Reference(variable))
}

impl NetObject for Reference {
    fn type_ref(&self) -> TypeRef {
        &REFERENCE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        vec!["Value".into()]
    }
    fn dynamic_property(&self, _rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        name.eq_ignore_ascii_case("value").then(|| Ok(self.0.value.borrow().clone()))
    }
    fn set_dynamic_property(&self, rt: &mut dyn Runtime, name: &str, value: &Value) -> Option<Res<()>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        name.eq_ignore_ascii_case("value").then(|| en.store(&self.0, value.clone()))
    }
}

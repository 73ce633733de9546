//! `SwitchParameter`: the value of a `[switch]`.
use crate::member::NetObject;
use crate::string::PsString;
use crate::types::{self, TypeRef};
use crate::value::Value;
use std::any::Any;

pub struct SwitchParameter(pub bool);

impl SwitchParameter {
    pub fn value(present: bool) -> Value {
        Value::object(SwitchParameter(present))
    }
}

impl NetObject for SwitchParameter {
    fn type_ref(&self) -> TypeRef {
        &types::SWITCH
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(if self.0 { "True".into() } else { "False".into() })
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<SwitchParameter>().is_some_and(|o| o.0 == self.0)
    }
    fn hash_code(&self) -> Option<u64> {
        Some(u64::from(self.0))
    }
    fn truth(&self) -> bool {
        self.0
    }
}

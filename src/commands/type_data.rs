//! Update-TypeData, Get-TypeData, Remove-TypeData.
use crate::get_member::dressed;
use crate::{texts, wildcard};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::access::typedata::{self, TypeData};
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct UpdateTypeData;

impl Command for UpdateTypeData {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(name) = cx.args.text("TypeName") else { return Ok(()) };
        let member = self.member(cx)?;
        let set = |cx: &mut Cx, parameter: &str| -> Option<Rc<[PsString]>> {
            let list = texts(cx, parameter);
            (!list.is_empty()).then(|| list.into())
        };
        let display = set(cx, "DefaultDisplayPropertySet");
        let keys = set(cx, "DefaultKeyPropertySet");
        let serialized = set(cx, "PropertySerializationSet");
        let one = cx.args.text("DefaultDisplayProperty").filter(|t| !t.is_empty());
        let depth = cx.args.is_bound("SerializationDepth").then(|| cx.args.int("SerializationDepth")).flatten();
        let method = cx.args.text("SerializationMethod").filter(|t| !t.is_empty());
        let nothing = member.is_none()
            && display.is_none()
            && keys.is_none()
            && serialized.is_none()
            && one.is_none()
            && depth.is_none()
            && method.is_none();
        if nothing {
            let text = format!("No member is specified for the update on type \"{name}\".");
            return Err(cx.fail(ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "TypeDataEmpty",
                ErrorCategory::InvalidOperation,
            )));
        }
        let force = cx.args.switch("Force");
        if let Some((member_name, _)) = &member
            && !force
            && typedata::get(&name).is_some_and(|d| d.members.get(member_name).is_some())
        {
            let text = format!("Error in TypeData \"{name}\": The member {member_name} is already present.");
            return cx.error(ErrorRecord::new(
                "System.Management.Automation.RuntimeException",
                text,
                "TypesXmlUpdateException",
                ErrorCategory::InvalidOperation,
            ));
        }
        typedata::update(&name, |data: &mut TypeData| {
            if let Some((member_name, member)) = member {
                data.members.set(&member_name, member);
            }
            if let Some(set) = display {
                data.default_display_set = Some(set);
            }
            if let Some(set) = keys {
                data.default_key_set = Some(set);
            }
            if let Some(set) = serialized {
                data.serialization_set = Some(set);
            }
            if let Some(name) = one {
                data.default_display_property = Some(name);
            }
            if let Some(n) = depth {
                data.serialization_depth = Some(n as i32);
            }
            if let Some(name) = method {
                data.serialization_method = Some(name);
            }
        });
        Ok(())
    }
}

impl UpdateTypeData {
    fn member(&self, cx: &mut Cx) -> Res<Option<(PsString, Member)>> {
        let Some(name) = cx.args.text("MemberName") else { return Ok(None) };
        let kind = match cx.args.value("MemberType").map(Value::base) {
            Some(Value::Object(o)) => o.data().enum_number().unwrap_or(8),
            _ => 8,
        };
        let value = cx.args.get("Value").cloned().unwrap_or_default();
        let second = cx.args.value("SecondValue").cloned();
        let block = |cx: &mut Cx, v: &Value| cx.en.cast(v, &types::SCRIPT_BLOCK).map_err(|flow| dressed(cx, flow));
        let member = match kind {
            1 => Member::Alias(cx.en.to_text(&value), None),
            16 => {
                let get = if value.is_null() { Value::Null } else { block(cx, &value)? };
                let set = match second {
                    Some(second) => Some(block(cx, &second)?),
                    None => None,
                };
                Member::Script(get, set)
            }
            256 => Member::ScriptMethod(block(cx, &value)?),
            _ => Member::Note(value),
        };
        Ok(Some((name, member)))
    }
}

#[derive(Default)]
pub struct GetTypeData;

impl Command for GetTypeData {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let names = texts(cx, "TypeName");
        for data in typedata::all() {
            if !names.is_empty() && !wildcard::any(&names, &data.name) {
                continue;
            }
            let mut members = Dict::new(Comparer::IgnoreCase);
            for (name, _) in &data.members.list {
                members.insert(Value::String(name.clone()), Value::String(name.clone()));
            }
            let made = PSObject::from_pairs(vec![
                ("TypeName".into(), Value::String(data.name.clone())),
                ("Members".into(), Value::Dict(Rc::new(Dictionary::hashtable(members)))),
                ("DefaultDisplayProperty".into(), Value::from(data.default_display_property.clone())),
            ]);
            cx.write(Value::Custom(Rc::new(made.with_type("System.Management.Automation.Runspaces.TypeData"))))?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct RemoveTypeData;

impl Command for RemoveTypeData {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if let Some(name) = cx.args.text("TypeName")
            && !typedata::remove(&name)
        {
            let text = format!("Type \"{name}\" was not found.");
            return cx.error(ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "TypeDataNotFound",
                ErrorCategory::ObjectNotFound,
            ));
        }
        Ok(())
    }
}

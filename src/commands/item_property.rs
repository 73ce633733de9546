//! Get-ItemProperty, Get-ItemPropertyValue, Set-ItemProperty, New-ItemProperty, Remove-ItemProperty.
use crate::get_member::dressed;
use crate::path_commands::existing;
use crate::place::Area;
use crate::{get_item, texts, wildcard};
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct GetItemProperty;

impl Command for GetItemProperty {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let names = texts(cx, "Name");
        for place in existing(cx, true)? {
            let item = get_item::item_at(cx, &place);
            if names.is_empty() {
                cx.write(item)?;
                continue;
            }
            let made = PSObject::from_pairs(Vec::new());
            for (name, value) in cx.en.properties(&item) {
                let wanted = names.iter().any(|n| wildcard::matches(n, &name));
                if wanted || ["PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider"].contains(&name.as_str())
                {
                    made.add(&name, value);
                }
            }
            cx.write(Value::Custom(Rc::new(made)))?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct GetItemPropertyValue;

impl Command for GetItemPropertyValue {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let names = texts(cx, "Name");
        for place in existing(cx, true)? {
            let item = get_item::item_at(cx, &place);
            for name in &names {
                match access::get_member(cx.en, &item, name)? {
                    Some(value) => cx.write(value)?,
                    None => {
                        let text = format!("The property {name} does not exist or was not found.");
                        let error = ErrorRecord::new(
                            "System.IO.IOException",
                            text,
                            "System.IO.IOException",
                            ErrorCategory::NotSpecified,
                        );
                        cx.error(error)?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct SetItemProperty;

impl Command for SetItemProperty {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let name = cx.args.text("Name").unwrap_or_default();
        let value = cx.args.get("Value").cloned().unwrap_or_default();
        for place in existing(cx, true)? {
            let shown = cx.en.to_text(&value);
            if !cx
                .should_process(&format!("Item: {} Property: {name} Value: {shown}", place.shown()), "Set Property")?
            {
                continue;
            }
            let item = get_item::item_at(cx, &place);
            let known = access::get_member(cx.en, &item, &name)?.is_some();
            if !known || place.area != Area::File {
                let note = format!("{} {name}={shown}", types::type_of(&value).ps_name);
                let text = format!("The property {note} does not exist or was not found.");
                let error =
                    ErrorRecord::new("System.IO.IOException", text, "SetPropertyError", ErrorCategory::ReadError);
                cx.error(error.with_target(Value::from(note)))?;
                continue;
            }
            cx.en.set_property(&item, &name, value.clone()).map_err(|flow| dressed(cx, flow))?;
            if cx.args.switch("PassThru") {
                let made = PSObject::from_pairs(vec![(name.clone(), value.clone())]);
                cx.write(Value::Custom(Rc::new(made)))?;
            }
        }
        Ok(())
    }
}

/// New-ItemProperty and Remove-ItemProperty: files have none that could come or go.
#[derive(Default)]
pub struct ChangeItemProperty;

impl Command for ChangeItemProperty {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if existing(cx, true)?.is_empty() {
            return Ok(());
        }
        Err(cx.fail(ErrorRecord::new(
            "System.Management.Automation.PSNotSupportedException",
            "Provider operation stopped because the provider does not support this operation.",
            "NotSupported",
            ErrorCategory::NotImplemented,
        )))
    }
}

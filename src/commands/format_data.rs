//! Update-FormatData, Get-FormatData.
use crate::{file_system, place, wildcard};
use dialtone_engine::command::{Command, Cx};
use dialtone_format::{Kind, ps1xml, views};
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct UpdateFormatData;

impl Command for UpdateFormatData {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        for (parameter, in_front) in [("PrependPath", true), ("AppendPath", false)] {
            for path in cx.args.list(parameter) {
                let given = cx.en.to_text(&path);
                let path = place::locate(cx.en, &given).map_err(|e| cx.fail(e))?.path;
                if !cx.should_process(&format!("FileName: {path}"), "Update FormatData")? {
                    continue;
                }
                match read(&path) {
                    Ok(found) => views::add(found, in_front),
                    Err(error) => cx.error(error)?,
                }
            }
        }
        Ok(())
    }
}

fn read(path: &str) -> Result<Vec<views::View>, ErrorRecord> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| file_system::failure(&e, path, "FormatXmlUpdateException", ErrorCategory::InvalidOperation))?;
    ps1xml::views(text.trim_start_matches('\u{feff}')).map_err(|why| {
        let message = format!("There were errors in loading the format data file: \n{path} : {why}");
        ErrorRecord::runtime("FormatXmlUpdateException", message, ErrorCategory::InvalidOperation)
    })
}

#[derive(Default)]
pub struct GetFormatData;

impl Command for GetFormatData {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let patterns: Vec<PsString> = cx.args.list("TypeName").iter().map(|v| cx.en.to_text(v)).collect();
        for name in views::type_names() {
            if !patterns.is_empty() && !wildcard::any(&patterns, &name) {
                continue;
            }
            let definitions = views::views_of(&name).iter().map(|v| definition(v)).collect();
            let pairs = vec![
                ("TypeNames".into(), Value::array(vec![Value::str(&name)])),
                ("FormatViewDefinition".into(), Value::array(definitions)),
                ("TypeName".into(), Value::str(&name)),
            ];
            let object = PSObject::from_pairs(pairs).with_type("System.Management.Automation.ExtendedTypeDefinition");
            cx.write(Value::Custom(Rc::new(object)))?;
        }
        Ok(())
    }
}

fn definition(view: &views::View) -> Value {
    let control = match view.kind {
        Kind::Table => "System.Management.Automation.TableControl",
        Kind::List => "System.Management.Automation.ListControl",
        Kind::Wide => "System.Management.Automation.WideControl",
        Kind::Custom => "System.Management.Automation.CustomControl",
    };
    let control = PSObject::from_pairs(Vec::new()).with_type(control);
    let pairs = vec![("Name".into(), Value::str(&view.name)), ("Control".into(), Value::Custom(Rc::new(control)))];
    Value::Custom(Rc::new(PSObject::from_pairs(pairs).with_type("System.Management.Automation.FormatViewDefinition")))
}

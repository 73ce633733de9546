//! Get-Error.
use dialtone_engine::command::{Command, Cx};
use dialtone_object::error::ErrorObject;
use dialtone_object::*;
use std::rc::Rc;

#[derive(Default)]
pub struct GetError;

const RECORD: &str = "System.Management.Automation.ErrorRecord";
const EXCEPTION: &str = "System.Exception";

impl Command for GetError {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let errors: Vec<Value> = match cx.args.value("InputObject").cloned() {
            Some(input) => vec![input],
            None => {
                let newest = cx.args.int("Newest").and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
                cx.en.errors.to_vec().into_iter().take(newest).collect()
            }
        };
        let several = errors.len() > 1;
        for (index, error) in errors.into_iter().enumerate() {
            if let Some(detailed) = detailed(cx, &error, several.then_some(index)) {
                cx.write(detailed)?;
            }
        }
        Ok(())
    }
}

/// The error with the type name that Get-Error's view is for.
fn detailed(cx: &mut Cx, error: &Value, index: Option<usize>) -> Option<Value> {
    let replaced = if error.get::<ErrorObject>().is_some() {
        RECORD
    } else if error.get::<Exception>().is_some() {
        EXCEPTION
    } else {
        return None;
    };
    let mut names = vec![PsString::from(format!("{replaced}#PSExtendedError"))];
    names.extend(cx.en.type_names(error).into_iter().filter(|n| n.as_str() != replaced));
    let mut members = Members { type_names: Some(Rc::new(names)), ..Members::default() };
    if let Some(index) = index {
        members.set("PSErrorIndex", Member::Note(Value::Int(index as i32)));
    }
    // A wrapper of its own: the error itself keeps its names.
    let wrapped = Wrapped { base: error.base().clone(), members: std::cell::RefCell::new(Some(Box::new(members))) };
    Some(Value::Wrapped(Rc::new(wrapped)))
}

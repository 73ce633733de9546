//! Get-Location, Set-Location, Push-Location, Pop-Location.
use crate::path_commands::exists;
use crate::place::{self, Area, Place};
use crate::record::{self, Record};
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_object::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The PathInfo of a place.
pub fn path_info(en: &mut Engine, place: &Place) -> Value {
    let (drive, provider) = (crate::drives::drive_of(en, place), crate::drives::provider(en, place.area));
    let provider_path = Value::str(&place.path);
    Record::make(&record::PATH_INFO, vec![drive, provider, provider_path, Value::from(place.shown())])
}

pub fn here(en: &mut Engine) -> Place {
    place::locate(en, ".").unwrap_or_else(|_| Place::file("/"))
}

/// The stacks of locations that have names (-StackName).
#[derive(Default)]
struct Stacks(RefCell<HashMap<String, Vec<String>>>);

fn stacks(en: &mut Engine) -> Rc<Stacks> {
    let service = en.services.entry("commands.locations").or_insert_with(|| Rc::new(Stacks::default())).clone();
    service.downcast::<Stacks>().unwrap_or_default()
}

/// Works on the stack that -StackName names, the session's own without it.
fn with_stack<T>(cx: &mut Cx, work: impl FnOnce(&mut Vec<String>) -> T) -> T {
    let name = cx.args.text("StackName").filter(|n| !n.is_empty() && !n.eq_ignore_ascii_case("default"));
    match name {
        None => work(&mut cx.en.location_stack),
        Some(name) => {
            let stacks = stacks(cx.en);
            let mut all = stacks.0.borrow_mut();
            work(all.entry(name.to_lowercase()).or_default())
        }
    }
}

#[derive(Default)]
pub struct GetLocation;

impl Command for GetLocation {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        if cx.args.switch("Stack") || cx.args.is_bound("StackName") {
            let stack: Vec<Place> = with_stack(cx, |s| s.iter().rev().map(|l| Place::file(l.clone())).collect());
            let infos: Vec<Value> = stack.iter().map(|p| path_info(cx.en, p)).collect();
            let name = cx.args.text("StackName").map_or(Value::str("default"), Value::String);
            let made = Value::List(std::rc::Rc::new(List::array_list(infos)));
            access::attach(&made, "Name", Member::Note(name));
            return cx.write(made);
        }
        let place = here(cx.en);
        let info = path_info(cx.en, &place);
        cx.write(info)
    }
}

/// Makes a path the current location; the error when it is none.
fn go(cx: &mut Cx, text: &str, literal: bool) -> Result<Place, ErrorRecord> {
    let found = if literal { vec![place::locate(cx.en, text)?] } else { place::expand(cx.en, text, true)? };
    let [target] = found.as_slice() else {
        let id = if found.is_empty() { return Err(place::not_found(text)) } else { "PathMatchesMultiple" };
        return Err(ErrorRecord::new(
            "System.Management.Automation.PSArgumentException",
            format!(
                "Cannot set the location because path '{text}' resolved to multiple containers. You can only the set location to a single container at a time."
            ),
            id,
            ErrorCategory::InvalidArgument,
        ));
    };
    let mut target = target.clone();
    let folder = match target.area {
        Area::File => std::path::Path::new(&target.path).is_dir(),
        _ => target.path.is_empty(),
    };
    if !folder || !exists(cx, &target) {
        return Err(target.not_found());
    }
    if target.path.len() > 1 && target.area == Area::File {
        target.path = target.path.trim_end_matches('/').to_owned();
    }
    cx.en.location = target.shown();
    Ok(target)
}

#[derive(Default)]
pub struct SetLocation;

impl Command for SetLocation {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralPath");
        let name = if literal { "LiteralPath" } else { "Path" };
        if cx.args.is_bound("StackName") {
            return Ok(());
        }
        let text = match cx.args.text(name) {
            Some(text) if text.as_str() == "-" => match cx.en.location_stack.last().cloned() {
                Some(last) => last.into(),
                None => return Ok(()),
            },
            Some(text) if !text.is_empty() => text,
            _ => "~".into(),
        };
        match go(cx, &text, literal) {
            Ok(place) if cx.args.switch("PassThru") => {
                let info = path_info(cx.en, &place);
                cx.write(info)
            }
            Ok(_) => Ok(()),
            Err(error) => cx.error(error),
        }
    }
}

#[derive(Default)]
pub struct PushLocation;

impl Command for PushLocation {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralPath");
        let before = cx.en.location.clone();
        let text = cx.args.text(if literal { "LiteralPath" } else { "Path" });
        if let Some(text) = text {
            match go(cx, &text, literal) {
                Ok(place) if cx.args.switch("PassThru") => {
                    let info = path_info(cx.en, &place);
                    cx.write(info)?;
                }
                Ok(_) => {}
                Err(error) => return cx.error(error),
            }
        }
        with_stack(cx, |stack| stack.push(before));
        Ok(())
    }
}

#[derive(Default)]
pub struct PopLocation;

impl Command for PopLocation {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(last) = with_stack(cx, Vec::pop) else { return Ok(()) };
        cx.en.location = last;
        if cx.args.switch("PassThru") {
            let place = here(cx.en);
            let info = path_info(cx.en, &place);
            cx.write(info)?;
        }
        Ok(())
    }
}

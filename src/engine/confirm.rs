//! ShouldProcess, ShouldContinue, Inquire and prompts for missing parameters.
use crate::command::Invocation;
use crate::host::Choice;
use crate::machine::Engine;
use dialtone_code::names;
use dialtone_object::*;
use std::cell::Cell;
use std::rc::Rc;

thread_local! {
    /// "Yes to All" / "No to All" answers, by pipeline number.
    static ANSWERED: Cell<Option<(u64, bool)>> = const { Cell::new(None) };
}

fn choices(names: &[(&str, &str)]) -> Vec<Choice> {
    names.iter().map(|(l, h)| Choice { label: (*l).into(), help: (*h).into() }).collect()
}

const YES: (&str, &str) = ("&Yes", "Continue with only the next step of the operation.");
const YES_ALL: (&str, &str) = ("Yes to &All", "Continue with all the steps of the operation.");
const NO: (&str, &str) = ("&No", "Skip this operation and proceed with the next operation.");
const NO_ALL: (&str, &str) = ("No to A&ll", "Skip this operation and all subsequent operations.");
const SUSPEND: (&str, &str) =
    ("&Suspend", "Pause the current pipeline and return to the command prompt. Type \"exit\" to resume the pipeline.");

fn number(v: &Value) -> Option<i64> {
    match v.base() {
        Value::Object(o) => o.data().enum_number(),
        Value::Int(n) => Some(i64::from(*n)),
        _ => None,
    }
}

/// `ShouldProcess(target, action)`; `verbose` replaces the usual sentence.
pub fn should_process(
    en: &mut Engine,
    inv: &Rc<Invocation>,
    impact: u8,
    target: &str,
    action: &str,
    verbose: Option<&str>,
) -> Res<bool> {
    let sentence = match verbose {
        Some(text) => text.to_owned(),
        None if action.is_empty() => format!("Performing the operation \"{}\" on target \"{target}\".", inv.name),
        None => format!("Performing the operation \"{action}\" on target \"{target}\"."),
    };
    let what_if = match inv.common.what_if {
        Some(on) => on,
        None => {
            let v = en.lookup(names::WHAT_IF_PREFERENCE);
            convert::to_bool(&v)
        }
    };
    if what_if {
        let host = en.host.clone();
        let _ = host.write(&format!("What if: {sentence}\n"), None, None);
        return Ok(false);
    }
    let ask = match inv.common.confirm {
        Some(on) => on,
        None => {
            let preference = en.lookup(names::CONFIRM_PREFERENCE);
            let level = match preference.as_str() {
                Some(s) => match s.to_ascii_lowercase().as_str() {
                    "none" => Some(0),
                    "low" => Some(1),
                    "medium" => Some(2),
                    _ => Some(3),
                },
                None => number(&preference),
            };
            level.is_some_and(|l| l != 0 && i64::from(impact) >= l)
        }
    };
    if !ask {
        en.report(Stream::Verbose, Value::str(&sentence), Some(inv), &Default::default())?;
        return Ok(true);
    }
    let pipeline = inv.pipeline >> 16;
    if let Some((number, yes)) = ANSWERED.get()
        && number == pipeline
    {
        return Ok(yes);
    }
    if en.non_interactive {
        return Err(non_interactive().into());
    }
    let host = en.host.clone();
    let list = choices(&[YES, YES_ALL, NO, NO_ALL, SUSPEND]);
    let message = format!("Are you sure you want to perform this action?\n{sentence}");
    Ok(match host.choose(en, "Confirm", &message, &list, 0)? {
        0 => true,
        1 => {
            ANSWERED.set(Some((pipeline, true)));
            true
        }
        3 => {
            ANSWERED.set(Some((pipeline, false)));
            false
        }
        _ => false,
    })
}

pub fn should_continue(en: &mut Engine, query: &str, caption: &str) -> Res<bool> {
    if en.non_interactive {
        return Err(non_interactive().into());
    }
    let host = en.host.clone();
    let list = choices(&[YES, NO, SUSPEND]);
    Ok(host.choose(en, caption, query, &list, 0)? == 0)
}

/// Somebody would have to be asked, and nobody can be.
pub fn non_interactive() -> ErrorRecord {
    ErrorRecord::new(
        "System.Management.Automation.PSInvalidOperationException",
        "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
        "InvalidOperation",
        ErrorCategory::InvalidOperation,
    )
}

impl Engine {
    /// A preference of Inquire: goes on, or stops the command.
    pub fn inquire(&mut self, message: &str) -> Res<()> {
        if self.non_interactive {
            return Err(non_interactive().into());
        }
        let host = self.host.clone();
        let list = choices(&[
            ("&Yes", "Continue the current operation."),
            ("Yes to &All", "Continue with all the steps of the operation."),
            ("&Halt Command", "Stop this command."),
            SUSPEND,
        ]);
        match host.choose(self, "Confirm", &format!("{message}\nContinue with this operation?"), &list, 0)? {
            0 | 1 => Ok(()),
            _ => Err(ErrorRecord::new(
                "System.Management.Automation.ActionPreferenceStopException",
                "The running command stopped because the user selected the Stop option.",
                "ActionPreferenceStop",
                ErrorCategory::OperationStopped,
            )
            .into()),
        }
    }
}

/// Asks for a mandatory parameter's value.
pub fn ask_parameter(en: &mut Engine, p: &ParamMeta) -> Res<Value> {
    let host = en.host.clone();
    let secret = p.ty.full_name == "System.Security.SecureString";
    if p.ty.kind == TypeKind::Array {
        let mut items = Vec::new();
        loop {
            let prompt = format!("{}[{}]: ", p.name, items.len());
            match host.read_line(en, &prompt, secret)? {
                Some(line) if !line.is_empty() => items.push(Value::from(line)),
                _ => return Ok(Value::array(items)),
            }
        }
    }
    match host.read_line(en, &format!("{}: ", p.name), secret)? {
        Some(line) => Ok(Value::from(line)),
        None => Err(FlowKind::Stopped.into()),
    }
}

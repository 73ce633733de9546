//! The streams beside output: where records go (redirections, preference variables, the host) and how errors are
//! reported.
use crate::command::{ActionPreference, Invocation, Sink};
use crate::{Engine, names};
use dialtone_object::*;
use std::rc::Rc;

/// Where the streams of a running block go instead of the host. Handed down from the redirection to everything that
/// runs under it.
#[derive(Clone, Copy, Default)]
pub struct Redirects<'a> {
    pub error: Option<&'a dyn Sink>,
    pub warning: Option<&'a dyn Sink>,
    pub verbose: Option<&'a dyn Sink>,
    pub debug: Option<&'a dyn Sink>,
    pub information: Option<&'a dyn Sink>,
}

impl<'a> Redirects<'a> {
    pub fn of(&self, stream: Stream) -> Option<&'a dyn Sink> {
        match stream {
            Stream::Error => self.error,
            Stream::Warning => self.warning,
            Stream::Verbose => self.verbose,
            Stream::Debug => self.debug,
            Stream::Information => self.information,
            Stream::Output | Stream::Progress => None,
        }
    }
}

impl Engine {
    /// Reads a preference variable ($ErrorActionPreference ...).
    pub fn preference(&mut self, name: dialtone_code::Name) -> ActionPreference {
        use ActionPreference::*;
        let value = self.lookup(name);
        let number = match value.base() {
            Value::String(s) => return ActionPreference::from_name(s).unwrap_or(Continue),
            Value::Int(n) => Some(i64::from(*n)),
            Value::Object(o) => o.data().enum_number(),
            _ => None,
        };
        match number {
            Some(0) => SilentlyContinue,
            Some(1) => Stop,
            Some(3) => Inquire,
            Some(4) => Ignore,
            Some(5) => Suspend,
            Some(6) => Break,
            _ => Continue,
        }
    }

    /// Gives an error what only the command that raises it knows: invocation info, the id's second half.
    pub fn dress_error(&mut self, error: &Rc<ErrorRecord>, inv: &Rc<Invocation>) {
        if error.invocation.borrow().is_none() {
            *error.invocation.borrow_mut() = Some(inv.info.clone());
            let suffix = inv.error_suffix.as_str();
            let id = error.id.borrow().clone();
            if !suffix.is_empty() && !id.ends_with(&format!(",{suffix}")) {
                *error.id.borrow_mut() = format!("{id},{suffix}").into();
            }
            if error.activity.borrow().is_none() {
                *error.activity.borrow_mut() = Some(inv.name.clone());
            }
        }
        self.stamp_stack(error);
    }

    /// A non-terminating error: to the error stream, `$Error`, -ErrorVariable; terminating when ErrorAction says so.
    pub fn report_error(
        &mut self,
        error: Rc<ErrorRecord>,
        inv: Option<&Rc<Invocation>>,
        redirects: &Redirects,
    ) -> Res<()> {
        let mut preference = None;
        if let Some(inv) = inv {
            self.dress_error(&error, inv);
            preference = inv.common.error_action;
        }
        let preference = match preference {
            Some(p) => p,
            None => self.preference(names::ERROR_ACTION_PREFERENCE),
        };
        if preference == ActionPreference::Stop {
            return Err(self.stop_by_preference(error));
        }
        self.ok = false;
        if preference == ActionPreference::Ignore {
            return Ok(());
        }
        self.log_error(&error);
        if let Some(name) = inv.and_then(|i| i.common.error_variable.clone()) {
            self.append_variable(&name, error.to_value())?;
        }
        if preference == ActionPreference::SilentlyContinue {
            return Ok(());
        }
        if preference == ActionPreference::Inquire {
            self.inquire(&error.text())?;
        }
        match redirects.error {
            Some(sink) => sink.write(self, error.to_value()),
            None => self.host_error(&error),
        }
    }

    /// The terminating error that `-ErrorAction Stop` makes of a non-terminating one (the same record goes up).
    fn stop_by_preference(&mut self, error: Rc<ErrorRecord>) -> Flow {
        self.ok = false;
        error.thrown.set(true);
        FlowKind::Error(error).into()
    }

    /// Puts an error into `$Error`, newest first, once.
    pub fn log_error(&mut self, error: &Rc<ErrorRecord>) {
        if error.logged.replace(true) {
            return;
        }
        let mut list = self.errors.items.borrow_mut();
        list.insert(0, error.to_value());
        list.truncate(256);
    }

    /// A record of another stream: to its redirection, its variable, or the host, as its preference says.
    pub fn report(
        &mut self,
        stream: Stream,
        record: Value,
        inv: Option<&Rc<Invocation>>,
        redirects: &Redirects,
    ) -> Res<()> {
        let common = inv.map(|i| i.common.clone()).unwrap_or_default();
        let flag = |on: Option<bool>| {
            on.map(|on| if on { ActionPreference::Continue } else { ActionPreference::SilentlyContinue })
        };
        let (given, variable, name) = match stream {
            Stream::Warning => (common.warning_action, common.warning_variable, names::WARNING_PREFERENCE),
            Stream::Verbose => (flag(common.verbose), None, names::VERBOSE_PREFERENCE),
            Stream::Debug => (flag(common.debug), None, names::DEBUG_PREFERENCE),
            Stream::Progress => (common.progress_action, None, names::PROGRESS_PREFERENCE),
            _ => (common.information_action, common.information_variable, names::INFORMATION_PREFERENCE),
        };
        let preference = match given {
            Some(p) => p,
            None => self.preference(name),
        };
        let record = crate::records::wrap(self, stream, record, inv);
        if let Some(name) = variable {
            self.append_variable(&name, record.clone())?;
        }
        let shown = crate::records::always_shown(stream, &record);
        match preference {
            ActionPreference::Ignore => return Ok(()),
            ActionPreference::SilentlyContinue if !shown => {
                // A redirected information stream gets its records whatever the preference says.
                return match (stream, redirects.of(stream)) {
                    (Stream::Information, Some(sink)) => sink.write(self, record),
                    _ => Ok(()),
                };
            }
            ActionPreference::Stop => return Err(crate::records::stopped(stream, &record).into()),
            ActionPreference::Inquire => {
                let text = self.to_text(&record);
                self.inquire(&text)?;
            }
            _ => {}
        }
        match redirects.of(stream) {
            Some(sink) => sink.write(self, record),
            None => self.host_record(stream, &record),
        }
    }
}

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
    /// -ErrorVariable and its kin of the functions around.
    pub variables: Option<&'a Variables<'a>>,
}

/// The stream variables of a running function (`-ErrorVariable`, `-WarningVariable`, `-InformationVariable`): what
/// is reported inside it is added to them, also when an inner command has variables of its own.
pub struct Variables<'a> {
    pub inv: Rc<Invocation>,
    pub outer: Option<&'a Variables<'a>>,
}

impl Variables<'_> {
    /// Adds a record to the variable of its stream, here and further out.
    fn add(&self, en: &mut Engine, stream: Stream, record: &Value) -> Res<()> {
        let common = &self.inv.common;
        let name = match stream {
            Stream::Error => &common.error_variable,
            Stream::Warning => &common.warning_variable,
            Stream::Information => &common.information_variable,
            _ => &None,
        };
        if let Some(name) = name {
            en.append_in(&self.inv.scope, name, record.clone())?;
        }
        match self.outer {
            Some(outer) => outer.add(en, stream, record),
            None => Ok(()),
        }
    }
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

    /// The function or script whose code calls the running command, as Write-Error names it.
    pub fn caller_invocation(&self) -> Option<Rc<InvocationInfo>> {
        let at = self.stack.iter().rposition(|f| !f.name.is_empty())?;
        let frame = &self.stack[at];
        if let Some(info) = &frame.inv {
            return Some(info.clone());
        }
        let caller = at.checked_sub(1).and_then(|n| self.stack.get(n));
        Some(Rc::new(InvocationInfo {
            name: PsString::from(&*frame.name),
            position: caller.map(|c| crate::errors::position(&c.code.source, c.at)),
            ..InvocationInfo::default()
        }))
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
            // The pipeline of a command that reports an error has failed.
            self.failed = true;
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
        self.add_to_variables(Stream::Error, &error.to_value(), inv, redirects)?;
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

    /// Adds a record to the variables of the command that reports it and of the functions around.
    fn add_to_variables(
        &mut self,
        stream: Stream,
        record: &Value,
        inv: Option<&Rc<Invocation>>,
        redirects: &Redirects,
    ) -> Res<()> {
        let own = inv.filter(|i| redirects.variables.is_none_or(|v| !Rc::ptr_eq(&v.inv, i)));
        if let Some(inv) = own {
            Variables { inv: inv.clone(), outer: None }.add(self, stream, record)?;
        }
        match redirects.variables {
            Some(v) => v.add(self, stream, record),
            None => Ok(()),
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
        let (given, name) = match stream {
            Stream::Warning => (common.warning_action, names::WARNING_PREFERENCE),
            Stream::Verbose => (flag(common.verbose), names::VERBOSE_PREFERENCE),
            Stream::Debug => (flag(common.debug), names::DEBUG_PREFERENCE),
            Stream::Progress => (common.progress_action, names::PROGRESS_PREFERENCE),
            _ => (common.information_action, names::INFORMATION_PREFERENCE),
        };
        let preference = match given {
            Some(p) => p,
            None => self.preference(name),
        };
        let record = crate::records::wrap(self, stream, record, inv);
        if preference != ActionPreference::Ignore {
            self.add_to_variables(stream, &record, inv, redirects)?;
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

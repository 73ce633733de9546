//! Command lookup: aliases, functions, cmdlets, scripts, programs, in PowerShell's order.
use crate::command::Cmdlet;
use crate::errors;
use crate::function::{Alias, Function, ScriptBlock};
use crate::machine::Engine;
use crate::module::Module;
use dialtone_code::{Code, Name};
use dialtone_object::*;
use std::rc::Rc;

pub enum Target {
    Function(Rc<Function>, Rc<Code>),
    Cmdlet(Rc<Cmdlet>),
    /// Full path of a `.ps1`.
    Script(String),
    /// Full path of a program.
    Native(String),
    Block(Rc<ScriptBlock>),
}

impl Target {
    /// Files may come and go; the rest stays until the session's tables change.
    pub fn is_stable(&self) -> bool {
        matches!(self, Target::Function(..) | Target::Cmdlet(_))
    }
}

/// What a call site remembers.
pub struct CallSite {
    pub epoch: u32,
    pub module: Option<Rc<Module>>,
    pub target: Target,
}

impl Engine {
    pub fn find_alias(&self, name: Name) -> Option<Rc<Alias>> {
        let mut at = Some(self.scope.clone());
        while let Some(scope) = at {
            if let Some(alias) = scope.alias(name) {
                return Some(alias);
            }
            at = scope.parent();
        }
        None
    }

    /// A compiled-in command by name.
    pub fn find_cmdlet(&mut self, name: Name) -> Option<Rc<Cmdlet>> {
        if let Some(known) = self.cmdlets.get(&name) {
            return known.clone();
        }
        let text = name.text();
        let mut found = None;
        for at in 0..self.providers.len() {
            let provider = self.providers[at].clone();
            found = provider.find(self, &text);
            if found.is_some() {
                break;
            }
        }
        self.cmdlets.insert(name, found.clone());
        found
    }

    /// An alias that a provider brings (built-in aliases are looked up, not registered).
    fn builtin_alias(&mut self, text: &str) -> Option<String> {
        (0..self.providers.len()).find_map(|at| self.providers[at].clone().alias(text))
    }

    pub fn resolve_command(&mut self, text: &str, name: Name) -> Res<Target> {
        let mut name = name;
        let mut text: PsString = text.into();
        // Aliases may name aliases, but never in a circle longer than this.
        for _ in 0..32 {
            let next = match self.find_alias(name) {
                Some(alias) => Some(alias.definition.borrow().clone()),
                None => match self.find_function(name) {
                    Some(_) => None,
                    None => self.builtin_alias(&text).map(PsString::from),
                },
            };
            let Some(next) = next else { break };
            name = Name::new(&next);
            text = next;
        }
        if let Some(target) = self.lookup_target(&text, name)? {
            return Ok(target);
        }
        if let Some((module, short)) = text.rsplit_once('\\')
            && !module.is_empty()
            && let Some(target) = self.in_module(module, short)?
        {
            return Ok(target);
        }
        if let Some(target) = self.external(&text) {
            return Ok(target);
        }
        // `Get-` is implied: `date` finds Get-Date when nothing else is called so.
        if !text.contains(['-', '/', '\\', '.'])
            && let Some(target) = self.lookup_target(&format!("Get-{text}"), Name::new(&format!("Get-{text}")))?
        {
            return Ok(target);
        }
        let error = errors::command_not_found(&text);
        if let Some(near) = crate::suggest::command(self, &text) {
            error.suggestion.replace(Some(format!("Did you mean {near}?").into()));
        }
        Err(error.into())
    }

    fn lookup_target(&mut self, text: &str, name: Name) -> Res<Option<Target>> {
        if let Some(function) = self.find_function(name) {
            let code = function.code();
            return Ok(Some(Target::Function(function, code)));
        }
        // Functions that a provider brings as script text (cmdlets/*.psm1) become functions at their first use.
        for at in 0..self.providers.len() {
            let provider = self.providers[at].clone();
            if let Some(function) = provider.function(self, text)? {
                let code = function.code();
                return Ok(Some(Target::Function(function, code)));
            }
        }
        Ok(self.find_cmdlet(name).map(Target::Cmdlet))
    }

    fn in_module(&mut self, module: &str, short: &str) -> Res<Option<Target>> {
        if let Some(m) = self.modules.iter().find(|m| m.name.eq_ignore_ascii_case(module)).cloned()
            && let Some(function) = m.scope.function(Name::new(short))
        {
            let code = function.code();
            return Ok(Some(Target::Function(function, code)));
        }
        self.lookup_target(short, Name::new(short))
    }

    /// A script or program by path or through `$env:PATH`.
    pub fn external(&self, text: &str) -> Option<Target> {
        let kind = |path: String| {
            if path.to_ascii_lowercase().ends_with(".ps1") { Target::Script(path) } else { Target::Native(path) }
        };
        if text.contains('/') || text.contains('\\') || text.starts_with('~') {
            let full = self.resolve_path(text);
            let path = std::path::Path::new(&full);
            if path.is_file() {
                let runnable = full.to_ascii_lowercase().ends_with(".ps1") || crate::native::is_executable(path);
                return runnable.then(|| kind(full));
            }
            let script = format!("{full}.ps1");
            return std::path::Path::new(&script).is_file().then_some(Target::Script(script));
        }
        let search = crate::environment::get("PATH").unwrap_or_default();
        for dir in search.split(':').filter(|d| !d.is_empty()) {
            for name in [text.to_owned(), format!("{text}.ps1")] {
                let path = std::path::Path::new(dir).join(&name);
                let script = name.to_ascii_lowercase().ends_with(".ps1");
                if path.is_file() && (script || crate::native::is_executable(&path)) {
                    return Some(kind(path.to_string_lossy().into_owned()));
                }
            }
        }
        None
    }

    /// What `& $value` runs.
    pub fn resolve_value(&mut self, value: &Value) -> Res<Target> {
        if let Value::Object(o) = value.base()
            && let Some(block) = o.get::<ScriptBlock>()
        {
            let block = ScriptBlock { using: block.using.borrow().clone().into(), ..block.share() };
            return Ok(Target::Block(Rc::new(block)));
        }
        if let Some(info) = value.get::<crate::command_info::CommandInfo>() {
            return info.target(self);
        }
        match value.base() {
            Value::String(s) => {
                if s.is_empty() {
                    return Err(errors::bad_expression("&").into());
                }
                self.resolve_command(s, Name::new(s))
            }
            Value::Null | Value::Void => Err(errors::bad_expression("&").into()),
            _ => match self.get_property(value, "Name") {
                Ok(Value::String(name)) if value.get::<PSObject>().is_none() && !matches!(value, Value::Custom(_)) => {
                    self.resolve_command(&name, Name::new(&name))
                }
                _ => {
                    let text = self.to_text(value);
                    self.resolve_command(&text, Name::new(&text))
                }
            },
        }
    }

    /// Reads and compiles a script file.
    pub fn load_script(&mut self, path: &str) -> Res<Rc<Code>> {
        let bytes = std::fs::read(path).map_err(|e| Flow::from(errors::file_open(path, &e)))?;
        let text = dialtone_syntax::decode(&bytes);
        self.compile(&text, Some(path))
    }
}

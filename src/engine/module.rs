//! Modules: a session state of their own.
use crate::function::{Alias, ScriptBlock};
use crate::machine::{Engine, Frame};
use crate::pipeline::{Collector, NullSink};
use crate::scope::Scope;
use crate::scope::ScopeKind;
use crate::streams::Redirects;
use dialtone_code::{Layout, Name};
use dialtone_object::*;
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

pub struct Module {
    pub name: Rc<str>,
    /// Full path of the .psm1/.psd1, or empty for one made in memory.
    pub path: PsString,
    pub version: RefCell<PsString>,
    pub description: RefCell<PsString>,
    /// Top scope of its code.
    pub scope: Rc<Scope>,
    pub exports: RefCell<Exports>,
    /// Manifest data or `PrivateData`.
    pub data: RefCell<Value>,
}

/// What Export-ModuleMember named; none means "all functions".
#[derive(Default, Clone)]
pub struct Exports {
    pub explicit: bool,
    pub functions: Vec<PsString>,
    pub aliases: Vec<PsString>,
    pub variables: Vec<PsString>,
    pub cmdlets: Vec<PsString>,
    /// A manifest decides: patterns of FunctionsToExport and its kin.
    pub manifest: bool,
    pub function_filter: Option<Vec<PsString>>,
    pub alias_filter: Option<Vec<PsString>>,
    pub variable_filter: Option<Vec<PsString>>,
}

impl Engine {
    /// Loads a module file: `.psm1` and `.ps1` run in a session state of their own, `.psd1` names what to load.
    pub fn load_module(&mut self, path: &str, args: &[Value]) -> Res<Rc<Module>> {
        let lower = path.to_ascii_lowercase();
        if lower.ends_with(".psd1") {
            return self.load_manifest(path, args);
        }
        let code = self.load_script(path)?;
        let name = Path::new(path).file_stem().map_or_else(|| path.into(), |s| s.to_string_lossy().into_owned());
        let module = self.make_module(&name, path);
        self.run_module(&module, &code, args)?;
        Ok(module)
    }

    pub(crate) fn make_module(&mut self, name: &str, path: &str) -> Rc<Module> {
        let scope = Scope::new(ScopeKind::Module, Layout::empty(), Some(self.global.clone()));
        let module = Rc::new(Module {
            name: name.into(),
            path: path.into(),
            version: RefCell::new("0.0".into()),
            description: RefCell::new("".into()),
            scope: scope.clone(),
            exports: RefCell::new(Exports::default()),
            data: RefCell::new(Value::Null),
        });
        *scope.module.borrow_mut() = Some(module.clone());
        module
    }

    /// Runs a module's code in its own scope; its output is dropped unless it is a dynamic module's.
    fn run_module(&mut self, module: &Rc<Module>, code: &Rc<dialtone_code::Code>, args: &[Value]) -> Res<Vec<Value>> {
        let scope = module.scope.clone();
        let outer_scope = std::mem::replace(&mut self.scope, scope.clone());
        let outer_module = self.module.replace(module.clone());
        let collected = Collector::default();
        let result = self
            .define_types(code)
            .and_then(|()| self.bind_positional(code, &scope, args, &Redirects::default()))
            .and_then(|()| {
                let name: Rc<str> = module.name.clone();
                self.enter(code, &name, None, &scope)?;
                let frame = Frame {
                    scope: scope.clone(),
                    map: scope.map_for(&code.layout),
                    code,
                    redirects: Redirects::default(),
                    inv: None,
                    ret: None,
                };
                let result = self.run_blocks(&frame, code, None, &collected);
                self.leave();
                result
            });
        self.module = outer_module;
        self.scope = outer_scope;
        result.map(|()| collected.take())
    }

    /// `New-Module { }`: a module made in memory; gives it and what its block wrote.
    pub fn new_module(&mut self, name: &str, block: &ScriptBlock, args: &[Value]) -> Res<(Rc<Module>, Vec<Value>)> {
        let module = self.make_module(name, "");
        let code = block.code.clone();
        let output = self.run_module(&module, &code, args)?;
        Ok((module, output))
    }

    /// A `.psd1`: a hashtable of data; RootModule and NestedModules are loaded, FunctionsToExport filters.
    fn load_manifest(&mut self, path: &str, args: &[Value]) -> Res<Rc<Module>> {
        let data = self.data_file(path)?;
        let folder = Path::new(path).parent().map_or_else(String::new, |p| p.to_string_lossy().into_owned());
        let name = Path::new(path).file_stem().map_or_else(|| path.into(), |s| s.to_string_lossy().into_owned());
        let get = |en: &mut Engine, key: &str| en.get_property(&data, key);
        let mut root = get(self, "RootModule")?;
        if root.is_null() {
            root = get(self, "ModuleToProcess")?;
        }
        let module = self.make_module(&name, path);
        let version = get(self, "ModuleVersion")?;
        *module.version.borrow_mut() = self.to_text(&version);
        let description = get(self, "Description")?;
        *module.description.borrow_mut() = self.to_text(&description);
        *module.data.borrow_mut() = data.clone();
        let mut files: Vec<(String, bool)> = Vec::new();
        let nested = get(self, "NestedModules")?;
        for v in self.enumerate(&nested)? {
            let text = self.to_text(&v);
            if !text.is_empty() {
                files.push((text.to_string(), false));
            }
        }
        let scripts = get(self, "ScriptsToProcess")?;
        for v in self.enumerate(&scripts)? {
            let text = self.to_text(&v);
            if !text.is_empty() {
                let code = self.load_script(&format!("{folder}/{text}"))?;
                let scope = self.scope.clone();
                let frame = self.frame(&code, &scope, Redirects::default(), None);
                self.run_blocks(&frame, &code, None, &NullSink)?;
            }
        }
        if !root.is_null() {
            files.push((self.to_text(&root).to_string(), true));
        }
        for (file, own) in files {
            let full = format!("{folder}/{}", file.replace('\\', "/"));
            let full = if Path::new(&full).extension().is_none() { format!("{full}.psm1") } else { full };
            if own && !full.to_ascii_lowercase().ends_with(".psd1") {
                let code = self.load_script(&full)?;
                self.run_module(&module, &code, args)?;
            } else {
                let inner = self.load_module(&full, &[])?;
                let scope = module.scope.clone();
                self.export_into(&inner, &scope);
                let functions = self.exported_functions(&inner);
                module.exports.borrow_mut().functions.extend(functions);
            }
        }
        for (key, list) in [("FunctionsToExport", 0), ("AliasesToExport", 1), ("VariablesToExport", 2)] {
            let value = get(self, key)?;
            if value.is_null() {
                continue;
            }
            let mut patterns = Vec::new();
            for v in self.enumerate(&value)? {
                patterns.push(self.to_text(&v));
            }
            let mut exports = module.exports.borrow_mut();
            exports.manifest = true;
            match list {
                0 => exports.function_filter = Some(patterns),
                1 => exports.alias_filter = Some(patterns),
                _ => exports.variable_filter = Some(patterns),
            }
        }
        Ok(module)
    }

    /// Reads a `.psd1` as data.
    pub fn data_file(&mut self, path: &str) -> Res<Value> {
        let code = self.load_script(path)?;
        let scope = Scope::new(ScopeKind::Local, Layout::empty(), Some(self.global.clone()));
        let frame = self.frame(&code, &scope, Redirects::default(), None);
        let collected = Collector::default();
        self.run_block_once(&frame, &code, &collected)?;
        Ok(Value::from_results(collected.take()))
    }

    fn exported_functions(&mut self, module: &Rc<Module>) -> Vec<PsString> {
        let exports = module.exports.borrow().clone();
        let all: Vec<PsString> = module.scope.with_extra(|e| {
            e.map_or_else(Vec::new, |e| e.functions.values().map(|f| PsString::from(&*f.name)).collect())
        });
        let own: Vec<PsString> = if exports.explicit {
            all.into_iter().filter(|n| exports.functions.iter().any(|p| wildcard::is_match(p, n))).collect()
        } else {
            all
        };
        let mut own: Vec<PsString> = match &exports.function_filter {
            Some(filter) => own.into_iter().filter(|n| filter.iter().any(|p| wildcard::is_match(p, n))).collect(),
            None => own,
        };
        own.sort_by_key(|n| n.to_lowercase());
        own
    }

    /// Names a module shows: functions, aliases, variables.
    pub fn exported(&mut self, module: &Rc<Module>) -> (Vec<PsString>, Vec<PsString>, Vec<PsString>) {
        let functions = self.exported_functions(module);
        let exports = module.exports.borrow().clone();
        let listed = |patterns: &[PsString], filter: &Option<Vec<PsString>>, all: Vec<PsString>| -> Vec<PsString> {
            let mut found: Vec<PsString> = all
                .into_iter()
                .filter(|n| patterns.iter().any(|p| wildcard::is_match(p, n)))
                .filter(|n| filter.as_ref().is_none_or(|f| f.iter().any(|p| wildcard::is_match(p, n))))
                .collect();
            found.sort_by_key(|n| n.to_lowercase());
            found
        };
        let aliases: Vec<PsString> = module.scope.with_extra(|e| {
            e.map_or_else(Vec::new, |e| e.aliases.values().map(|a| PsString::from(&*a.name)).collect())
        });
        let every = ["*".into()];
        let alias_patterns: &[PsString] = if exports.explicit || !exports.manifest { &exports.aliases } else { &every };
        let aliases = listed(alias_patterns, &exports.alias_filter, aliases);
        let variables: Vec<PsString> = module.scope.names().iter().map(|n| PsString::from(&*n.text())).collect();
        let variables = listed(&exports.variables, &exports.variable_filter, variables);
        (functions, aliases, variables)
    }

    /// Puts what a module exports into a scope.
    pub fn export_into(&mut self, module: &Rc<Module>, scope: &Rc<Scope>) {
        self.export_prefixed(module, scope, "");
    }

    /// As [`Engine::export_into`], with `-Prefix` put before each noun.
    pub fn export_prefixed(&mut self, module: &Rc<Module>, scope: &Rc<Scope>, prefix: &str) {
        let (functions, aliases, variables) = self.exported(module);
        for name in functions {
            if let Some(f) = module.scope.function(Name::new(&name)) {
                let shown = if prefix.is_empty() { name.to_string() } else { prefixed(&name, prefix) };
                scope.extra_mut(|e| e.functions.insert(Name::new(&shown), f));
            }
        }
        for name in aliases {
            if let Some(a) = module.scope.alias(Name::new(&name)) {
                let shared = Alias {
                    name: a.name.clone(),
                    definition: RefCell::new(a.definition.borrow().clone()),
                    options: Cell::new(a.options.get()),
                    description: RefCell::new(a.description.borrow().clone()),
                    module: a.module.clone(),
                };
                scope.extra_mut(|e| e.aliases.insert(Name::new(&name), Rc::new(shared)));
            }
        }
        for name in variables {
            let key = Name::new(&name);
            let at = module.scope.slot(key);
            let variable = module.scope.variable(at, &name);
            scope.put(scope.slot(key), variable.into_slot());
        }
        self.bump();
    }

    /// Takes a module's functions and aliases out of the session.
    pub fn remove_module(&mut self, module: &Rc<Module>) {
        let own = |m: &Option<Rc<Module>>| m.as_ref().is_some_and(|m| Rc::ptr_eq(m, module));
        let mut at = Some(self.scope.clone());
        while let Some(scope) = at {
            scope.extra_mut(|e| {
                e.functions.retain(|_, f| !own(&f.module));
                e.aliases.retain(|_, a| !own(&a.module));
            });
            at = scope.parent();
        }
        self.modules.retain(|m| !Rc::ptr_eq(m, module));
        self.bump();
    }

    /// Export-ModuleMember inside a module's code.
    pub fn export_members(
        &mut self,
        functions: Vec<PsString>,
        aliases: Vec<PsString>,
        variables: Vec<PsString>,
    ) -> Res<()> {
        let Some(module) = self.module.clone() else {
            return Err(ErrorRecord::new(
                "System.InvalidOperationException",
                "The Export-ModuleMember cmdlet can only be called from inside a module.",
                "Modules_CanOnlyExecuteExportModuleMemberInsideAModule",
                ErrorCategory::PermissionDenied,
            )
            .into());
        };
        let mut exports = module.exports.borrow_mut();
        exports.explicit = true;
        exports.functions.extend(functions);
        exports.aliases.extend(aliases);
        exports.variables.extend(variables);
        Ok(())
    }

    /// The file a module name or path means: a path as it is, a name in `$env:PSModulePath`.
    pub fn find_module_file(&self, name: &str) -> Option<String> {
        let file_in = |dir: &Path, stem: &str| {
            ["psd1", "psm1"]
                .iter()
                .map(|e| dir.join(format!("{stem}.{e}")))
                .find(|p| p.is_file())
                .map(|p| p.to_string_lossy().into_owned())
        };
        if name.contains(['/', '\\'])
            || Path::new(&self.full_path(name)).extension().is_some_and(|e| e == "psm1" || e == "psd1" || e == "ps1")
        {
            let full = self.full_path(name);
            let path = Path::new(&full);
            if path.is_file() {
                return Some(full);
            }
            let stem = path.file_name()?.to_string_lossy().into_owned();
            if path.is_dir() {
                return file_in(path, &stem);
            }
            return ["psd1", "psm1", "ps1"].iter().map(|e| format!("{full}.{e}")).find(|p| Path::new(p).is_file());
        }
        let search = crate::environment::get("PSModulePath").unwrap_or_default();
        for dir in search.split(':').filter(|d| !d.is_empty()) {
            let folder = Path::new(dir).join(name);
            if let Some(file) = file_in(&folder, name) {
                return Some(file);
            }
            // A folder per version: the newest one.
            let mut versions: Vec<_> = std::fs::read_dir(&folder)
                .into_iter()
                .flatten()
                .flatten()
                .map(|e| e.path())
                .filter(|p| p.is_dir())
                .collect();
            versions.sort();
            if let Some(file) = versions.iter().rev().find_map(|v| file_in(v, name)) {
                return Some(file);
            }
        }
        None
    }

    /// Import-Module of a file: loads it unless it is loaded (or `force`), and exports into the current session state.
    pub fn import_module(
        &mut self,
        path: &str,
        args: &[Value],
        force: bool,
        global: bool,
        prefix: &str,
    ) -> Res<Rc<Module>> {
        let loaded = self.modules.iter().find(|m| m.path.as_str() == path).cloned();
        let module = match loaded {
            Some(m) if !force => m,
            old => {
                if let Some(old) = old {
                    self.remove_module(&old);
                }
                let m = self.load_module(path, args)?;
                self.modules.push(m.clone());
                m
            }
        };
        let target = if global { self.global.clone() } else { crate::vars::session_scope(self) };
        self.export_prefixed(&module, &target, prefix);
        Ok(module)
    }

    /// A module that a provider brings, as an object: its commands are found without it.
    pub fn provided_module(&mut self, name: &str) -> Option<Rc<Module>> {
        if let Some(loaded) = self.modules.iter().find(|m| m.path.is_empty() && m.name.eq_ignore_ascii_case(name)) {
            return Some(loaded.clone());
        }
        let known =
            |list: &'static [(&'static str, &'static str)]| list.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        let (name, version) = self.providers.iter().find_map(|provider| known(provider.modules()))?;
        let module = self.make_module(name, "");
        *module.version.borrow_mut() = (*version).into();
        Some(module)
    }

    /// A module without anything in it, for what only has to look like one.
    pub fn empty_module(&mut self, name: &str) -> Rc<Module> {
        self.make_module(name, "")
    }

    pub fn module_not_found(name: &str) -> ErrorRecord {
        ErrorRecord::new(
            "System.IO.FileNotFoundException",
            format!("The specified module '{name}' was not loaded because no valid module file was found in any module directory."),
            "Modules_ModuleNotFound",
            ErrorCategory::ResourceUnavailable,
        )
        .with_target(Value::str(name))
    }

    /// The file that `using module` means: a path is relative to the script.
    pub fn using_module_file(&self, script: Option<&str>, name: &str) -> Option<String> {
        match script.and_then(|script| Path::new(script).parent()) {
            Some(base) if name.starts_with('.') => self.find_module_file(&format!("{}/{name}", base.display())),
            _ => self.find_module_file(name),
        }
    }

    /// `using module`, `using namespace` and `using assembly` at the top of a script.
    pub(crate) fn apply_usings(&mut self, code: &dialtone_code::Code) -> Res<()> {
        for u in &code.usings {
            if u.kind != dialtone_syntax::UsingKind::Module {
                continue;
            }
            let Some(path) = self.using_module_file(code.source.file.as_deref(), &u.name) else {
                return Err(Engine::module_not_found(&u.name).into());
            };
            self.import_module(&path, &[], false, false, "")?;
        }
        Ok(())
    }
}

/// `Get-Thing` with prefix `My`: `Get-MyThing`.
fn prefixed(name: &str, prefix: &str) -> String {
    match name.split_once('-') {
        Some((verb, noun)) => format!("{verb}-{prefix}{noun}"),
        None => format!("{prefix}{name}"),
    }
}

//! Import-Module, Get-Module, Remove-Module, New-Module, Export-ModuleMember, Import-PowerShellDataFile.
use crate::get_member::dressed;
use crate::{texts, wildcard};
use dialtone_code::Name;
use dialtone_engine::Engine;
use dialtone_engine::command::{Command, Cx};
use dialtone_engine::module::Module;
use dialtone_engine::module_info::ModuleInfo;
use dialtone_object::*;
use std::rc::Rc;

fn info(module: &Rc<Module>) -> Value {
    Value::object(ModuleInfo(module.clone()))
}

/// Modules that are part of this program: importing them is allowed and does nothing.
fn is_builtin(cx: &mut Cx, name: &str) -> bool {
    let short = name.rsplit('/').next().unwrap_or(name);
    crate::metadata::MODULES.iter().any(|m| m.name.eq_ignore_ascii_case(short))
        || (0..cx.en.providers.len()).any(|at| {
            let provider = cx.en.providers[at].clone();
            let names: Vec<String> = provider.names().iter().map(|n| (*n).to_owned()).collect();
            names.iter().any(|n| provider.module_of(n).is_some_and(|m| m.eq_ignore_ascii_case(short)))
        })
}

#[derive(Default)]
pub struct ImportModule;

impl Command for ImportModule {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let mut targets: Vec<Value> = cx.args.list("Name");
        for parameter in ["FullyQualifiedName", "ModuleInfo", "Assembly"] {
            targets.extend(cx.args.list(parameter));
        }
        for target in targets {
            if let Some(module) = target.get::<ModuleInfo>() {
                let module = module.0.clone();
                self.export(cx, &module)?;
                continue;
            }
            let name = match target.base() {
                Value::Dict(d) => match d.get_str("ModuleName") {
                    Some(name) => cx.en.to_text(&name),
                    None => continue,
                },
                _ => cx.en.to_text(&target),
            };
            self.import(cx, &name)?;
        }
        Ok(())
    }
}

impl ImportModule {
    fn import(&self, cx: &mut Cx, name: &str) -> Res<()> {
        let Some(path) = cx.en.find_module_file(name) else {
            if let Some(module) = cx.en.provided_module(name) {
                if !cx.en.modules.iter().any(|m| Rc::ptr_eq(m, &module)) {
                    cx.en.modules.push(module.clone());
                }
                return if cx.args.switch("PassThru") { cx.write(info(&module)) } else { Ok(()) };
            }
            if is_builtin(cx, name) {
                return Ok(());
            }
            return cx.error(Engine::module_not_found(name));
        };
        let lower = path.to_ascii_lowercase();
        if ![".psm1", ".psd1", ".ps1"].iter().any(|e| lower.ends_with(e)) {
            return cx.error(Engine::module_not_found(name));
        }
        let args = cx.args.list("ArgumentList");
        let force = cx.args.switch("Force");
        let global =
            cx.args.switch("Global") || cx.args.text("Scope").is_some_and(|s| s.eq_ignore_ascii_case("global"));
        let prefix = cx.args.text("Prefix").unwrap_or_default();
        if self.selects(cx) {
            // What is chosen by name is put into the session state by hand.
            let loaded = cx.en.modules.iter().find(|m| *m.path == *path).cloned();
            let module = match loaded {
                Some(module) if !force => module,
                old => {
                    if let Some(old) = old {
                        cx.en.remove_module(&old);
                    }
                    let module = cx.en.load_module(&path, &args).map_err(|flow| dressed(cx, flow))?;
                    cx.en.modules.push(module.clone());
                    module
                }
            };
            return self.export(cx, &module);
        }
        let module = cx.en.import_module(&path, &args, force, global, &prefix).map_err(|flow| dressed(cx, flow))?;
        if cx.args.switch("PassThru") {
            cx.write(info(&module))?;
        }
        Ok(())
    }

    fn selects(&self, cx: &Cx) -> bool {
        ["Function", "Cmdlet", "Variable", "Alias"].iter().any(|n| cx.args.is_bound(n))
    }

    /// Exports what -Function, -Variable and -Alias choose (everything without them).
    fn export(&self, cx: &mut Cx, module: &Rc<Module>) -> Res<()> {
        let target = dialtone_engine::vars::session_scope(cx.en);
        if !self.selects(cx) {
            cx.en.export_into(module, &target);
        } else {
            let (functions, aliases, variables) = cx.en.exported(module);
            let (f, a, v) = (texts(cx, "Function"), texts(cx, "Alias"), texts(cx, "Variable"));
            for name in functions.iter().filter(|n| wildcard::any(&f, n)) {
                if let Some(function) = module.scope.function(Name::new(name)) {
                    target.extra_mut(|e| e.functions.insert(Name::new(name), function));
                }
            }
            for name in aliases.iter().filter(|n| wildcard::any(&a, n)) {
                if let Some(alias) = module.scope.alias(Name::new(name)) {
                    target.extra_mut(|e| e.aliases.insert(Name::new(name), alias));
                }
            }
            for name in variables.iter().filter(|n| wildcard::any(&v, n)) {
                let key = Name::new(name);
                let variable = module.scope.variable(module.scope.slot(key), name);
                target.put(target.slot(key), variable.into_slot());
            }
            cx.en.bump();
        }
        if cx.args.switch("PassThru") {
            cx.write(info(module))?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct GetModule;

impl Command for GetModule {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let names = texts(cx, "Name");
        let fits = |name: &str| names.is_empty() || wildcard::any(&names, name);
        if cx.args.switch("ListAvailable") {
            return self.available(cx, &names);
        }
        let mut found: Vec<Rc<Module>> = cx.en.modules.iter().filter(|m| fits(&m.name)).cloned().collect();
        found.sort_by_key(|m| m.name.to_lowercase());
        for module in found {
            cx.write(info(&module))?;
        }
        Ok(())
    }
}

impl GetModule {
    /// -ListAvailable: manifests in the module path.
    fn available(&self, cx: &mut Cx, names: &[PsString]) -> Res<()> {
        let provided: Vec<_> = cx.en.providers.iter().flat_map(|provider| provider.modules()).collect();
        for (name, _) in provided {
            if (names.is_empty() || wildcard::any(names, name))
                && let Some(module) = cx.en.provided_module(name)
            {
                cx.write(info(&module))?;
            }
        }
        let search = dialtone_engine::environment::get("PSModulePath").unwrap_or_default();
        for folder in search.split(':').filter(|d| !d.is_empty()) {
            for entry in crate::file_system::children(folder).unwrap_or_default() {
                let fits = names.is_empty() || wildcard::any(names, &entry.name);
                if !entry.is_folder || !fits {
                    continue;
                }
                if let Some(path) = cx.en.find_module_file(&format!("{folder}/{}", entry.name)) {
                    let made = PSObject::from_pairs(vec![
                        ("Name".into(), Value::from(entry.name)),
                        ("Path".into(), Value::from(path)),
                    ]);
                    cx.write(Value::Custom(Rc::new(made)))?;
                }
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct RemoveModule;

impl Command for RemoveModule {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let mut modules: Vec<Rc<Module>> = Vec::new();
        let mut names: Vec<PsString> = Vec::new();
        for parameter in ["Name", "FullyQualifiedName", "ModuleInfo"] {
            for target in cx.args.list(parameter) {
                match target.base() {
                    v if v.get::<ModuleInfo>().is_some() => modules.extend(v.get::<ModuleInfo>().map(|m| m.0.clone())),
                    Value::Dict(d) => names.extend(d.get_str("ModuleName").map(|n| cx.en.to_text(&n))),
                    other => names.push(cx.en.to_text(other)),
                }
            }
        }
        for name in names {
            let hits: Vec<Rc<Module>> =
                cx.en.modules.iter().filter(|m| wildcard::matches(&name, &m.name)).cloned().collect();
            if hits.is_empty() && !wildcard::has(&name) {
                let text = "No modules were removed. Verify that the specification of modules to remove is correct and those modules exist in the runspace.";
                return cx.error(ErrorRecord::new(
                    "System.InvalidOperationException",
                    text,
                    "Modules_NoModulesRemoved",
                    ErrorCategory::ResourceUnavailable,
                ));
            }
            modules.extend(hits);
        }
        for module in modules {
            if !cx.should_process(&format!("{} (Path: '{}')", module.name, module.path), "Remove-Module")? {
                continue;
            }
            let (functions, aliases, _) = cx.en.exported(&module);
            for name in functions {
                cx.verbose(&format!("Removing the imported \"{name}\" function."))?;
            }
            for name in aliases {
                cx.verbose(&format!("Removing the imported \"{name}\" alias."))?;
            }
            cx.en.remove_module(&module);
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct NewModule;

impl Command for NewModule {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(value) = cx.args.value("ScriptBlock").cloned() else { return Ok(()) };
        let Some(block) = Engine::block(&value).map(|b| b.share()) else { return Ok(()) };
        let name = cx.args.text("Name").unwrap_or_default();
        let args = cx.args.list("ArgumentList");
        let (module, output) = cx.en.new_module(&name, &block, &args)?;
        if cx.args.switch("ReturnResult") {
            for item in output {
                cx.write(item)?;
            }
            return Ok(());
        }
        if cx.args.switch("AsCustomObject") {
            let (functions, _, variables) = cx.en.exported(&module);
            let object = PSObject::from_pairs(Vec::new());
            for name in variables {
                let key = Name::new(&name);
                object.add(&name, cx.en.lookup_from(Some(module.scope.clone()), key).unwrap_or_default());
            }
            let object = Value::Custom(Rc::new(object));
            for name in functions {
                if let Some(f) = module.scope.function(Name::new(&name)) {
                    let block = dialtone_engine::function::ScriptBlock::new(f.code(), Some(module.clone()));
                    access::attach(&object, &name, Member::ScriptMethod(Value::object(block)));
                }
            }
            return cx.write(object);
        }
        let target = dialtone_engine::vars::session_scope(cx.en);
        cx.en.export_into(&module, &target);
        if !name.is_empty() {
            cx.en.modules.push(module.clone());
        }
        cx.write(info(&module))
    }
}

#[derive(Default)]
pub struct ExportModuleMember;

impl Command for ExportModuleMember {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let (functions, aliases, variables) = (texts(cx, "Function"), texts(cx, "Alias"), texts(cx, "Variable"));
        cx.en.export_members(functions, aliases, variables).map_err(|flow| dressed(cx, flow))
    }
}

#[derive(Default)]
pub struct ImportPowerShellDataFile;

impl Command for ImportPowerShellDataFile {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let literal = cx.args.is_bound("LiteralPath");
        for text in texts(cx, if literal { "LiteralPath" } else { "Path" }) {
            let full = cx.en.resolve_path(&text);
            if !std::path::Path::new(&full).is_file() {
                let message = format!("Cannot find path '{text}' because it does not exist.");
                let error = ErrorRecord::new(
                    "System.ArgumentException",
                    message,
                    "PathNotFound",
                    ErrorCategory::InvalidArgument,
                );
                cx.error(error.with_target(Value::String(text)))?;
                continue;
            }
            let data = cx.en.data_file(&full).map_err(|flow| dressed(cx, flow))?;
            cx.write(data)?;
        }
        Ok(())
    }
}

//! What the `#requires` lines of a script ask for, checked before the script runs.
use crate::errors;
use crate::machine::Engine;
use dialtone_code::Code;
use dialtone_object::*;
use dialtone_syntax::{RequiredModule, Requires};

/// The parts of a version text, missing ones as zero.
fn version(text: &str) -> [u32; 4] {
    let mut parts = [0; 4];
    for (to, part) in parts.iter_mut().zip(text.split('.')) {
        *to = part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
    }
    parts
}

/// True when a module of version `have` satisfies the specification.
fn satisfies(have: &str, want: &RequiredModule) -> bool {
    let have = version(have);
    let least = want.version.as_deref().is_none_or(|v| have >= version(v));
    let most = want.maximum_version.as_deref().is_none_or(|v| have <= version(v));
    least && most && want.required_version.as_deref().is_none_or(|v| have == version(v))
}

/// The modules of PowerShell's own cmdlets that are compiled in, which no file stands for, and their version.
const COMPILED_IN: [&str; 4] = [
    "Microsoft.PowerShell.Core",
    "Microsoft.PowerShell.Management",
    "Microsoft.PowerShell.Security",
    "Microsoft.PowerShell.Utility",
];
const COMPILED_IN_VERSION: &str = "7.0.0.0";

impl Engine {
    /// Fails with a ScriptRequiresException when a `#requires` line of the script is not met; loads required modules.
    pub(crate) fn check_requires(&mut self, code: &Code, script: &str) -> Res<()> {
        match &code.ast.requires {
            Some(requires) => self.meets(requires, script),
            None => Ok(()),
        }
    }

    fn meets(&mut self, requires: &Requires, script: &str) -> Res<()> {
        let begin = format!("The script '{script}' cannot be run because");
        if let Some(wanted) = requires.version.as_deref() {
            let table = self.lookup(dialtone_code::names::PS_VERSION_TABLE);
            let own = self.get_property(&table, "PSVersion")?;
            let own = self.to_text(&own);
            if version(wanted) > version(&own) {
                let message = format!(
                    "{begin} it contained a \"#requires\" statement for PowerShell {wanted}. The version of PowerShell that is required by the script does not match the currently running version of PowerShell {own}."
                );
                return Err(errors::script_requires(script, "ScriptRequiresUnmatchedPSVersion", message));
            }
        }
        let editions = &requires.editions;
        if !editions.is_empty() && !editions.iter().any(|e| e.eq_ignore_ascii_case("Core")) {
            let message = format!(
                "{begin} it contained a \"#requires\" statement for PowerShell editions '{}'. The edition of PowerShell that is required by the script does not match the currently running PowerShell Core edition.",
                editions.join(",")
            );
            return Err(errors::script_requires(script, "ScriptRequiresUnmatchedPSEdition", message));
        }
        for module in &requires.modules {
            if !self.required_module(module)? {
                let by = [
                    ("ModuleVersion", &module.version),
                    ("MaximumVersion", &module.maximum_version),
                    ("RequiredVersion", &module.required_version),
                ];
                let by: Vec<String> =
                    by.iter().filter_map(|(key, v)| Some(format!("{key} '{}'", v.as_deref()?))).collect();
                let with = if by.is_empty() { String::new() } else { format!(" with {}", by.join(", ")) };
                let message = format!(
                    "{begin} the following modules that are specified by the \"#requires\" statements of the script are missing: The module '{}' cannot be found{with}..",
                    module.name
                );
                return Err(errors::script_requires(script, "ScriptRequiresMissingModules", message));
            }
        }
        Ok(())
    }

    /// Finds a required module among the loaded and provided ones, or loads it.
    fn required_module(&mut self, wanted: &RequiredModule) -> Res<bool> {
        let loaded = |m: &std::rc::Rc<crate::module::Module>| {
            m.name.eq_ignore_ascii_case(&wanted.name) && satisfies(&m.version.borrow(), wanted)
        };
        if self.modules.iter().any(loaded) {
            return Ok(true);
        }
        if COMPILED_IN.iter().any(|name| name.eq_ignore_ascii_case(&wanted.name)) {
            return Ok(satisfies(COMPILED_IN_VERSION, wanted));
        }
        if let Some(provided) = self.provided_module(&wanted.name) {
            return Ok(satisfies(&provided.version.borrow(), wanted));
        }
        let Some(file) = self.find_module_file(&wanted.name) else { return Ok(false) };
        let module = self.import_module(&file, &[], false, true, "")?;
        Ok(satisfies(&module.version.borrow(), wanted))
    }
}

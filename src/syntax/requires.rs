//! `#requires` lines: each is read as a command named `requires`.

use crate::ast::*;
use crate::constants::{ConstantFor, is_constant, pure_expression};
use crate::errors::ErrorId;
use crate::grammar;
use crate::known_types::Resolver;
use crate::parser::Parser;
use crate::source::Span;
use std::rc::Rc;

impl Parser<'_> {
    pub fn script_requirements(&mut self, types: &Resolver) -> Option<Box<Requires>> {
        let lines = std::mem::take(&mut self.gathered.requires);
        if lines.is_empty() {
            return None;
        }
        let mut requires = Box::<Requires>::default();
        for line in lines {
            let Some(command) = self.requires_command(line) else { continue };
            let named = matches!(command.elements.first(), Some(CommandElement::Expression(Expr::String(name)))
                if name.value.eq_ignore_ascii_case("requires"));
            if !named {
                self.report(command.span, ErrorId::ScriptRequiresInvalidFormat, &[]);
            }
            let has_snapin = command.elements.iter().any(|element| {
                matches!(element, CommandElement::Parameter(parameter) if starts("pssnapin", &parameter.name))
            });
            let mut elements = command.elements.into_iter().skip(1).peekable();
            while let Some(element) = elements.next() {
                match element {
                    CommandElement::Parameter(mut parameter) => {
                        let argument = parameter.argument.take().or_else(|| match elements.next() {
                            Some(CommandElement::Expression(argument)) => Some(argument),
                            _ => None,
                        });
                        self.requirement(&mut requires, &parameter, argument, has_snapin, types);
                    }
                    CommandElement::Expression(other) => {
                        self.report(other.span(), ErrorId::ScriptRequiresInvalidFormat, &[]);
                    }
                }
            }
        }
        Some(requires)
    }

    /// The comment without its `#`, read as a command.
    fn requires_command(&mut self, line: Span) -> Option<Command> {
        let gathered = std::mem::take(&mut self.gathered);
        let text = self.source.slice(Span::new(line.start + 1, line.end));
        let mut inner = Parser::over(self.source, self.options, text, line.start + 1, None, gathered);
        inner.nested = true;
        let tokens = inner.gathered.tokens.take();
        let command = inner.command_rule();
        inner.gathered.tokens = tokens;
        self.gathered = inner.gathered;
        command
    }

    fn requirement(
        &mut self,
        requires: &mut Requires,
        parameter: &CommandParameter,
        argument: Option<Expr>,
        has_snapin: bool,
        types: &Resolver,
    ) {
        let name = &parameter.name;
        if starts("runasadministrator", name) {
            requires.run_as_administrator = true;
            if argument.is_some() {
                self.report(parameter.span, ErrorId::ParameterCannotHaveArgument, &[name]);
            }
            return;
        }
        let Some(argument) = argument else {
            self.report(parameter.span, ErrorId::ParameterRequiresArgument, &[name]);
            return;
        };
        let span = argument.span();
        if !is_constant(&argument, ConstantFor::Requires, types) {
            self.report(span, ErrorId::RequiresArgumentMustBeConstant, &[]);
            return;
        }
        let once = |p: &mut Self, seen: bool, name: &str| {
            if seen {
                p.report(parameter.span, ErrorId::ParameterAlreadyBound, &["", name]);
            }
            seen
        };
        if starts("shellid", name) {
            if !once(self, requires.shell_id.is_some(), "shellid") {
                requires.shell_id = self.required_string(&argument, "shellid");
            }
        } else if starts("pssnapin", name) {
            self.required_string(&argument, "pssnapin");
        } else if starts("psedition", name) {
            if !once(self, !requires.editions.is_empty(), "psedition") {
                for edition in elements(&argument) {
                    self.required_edition(requires, edition);
                }
            }
        } else if starts("version", name) {
            let text = match &argument {
                Expr::String(text) => text.value.clone(),
                _ => self.rc_text(span),
            };
            if !grammar::is_version(&text) {
                self.report(span, ErrorId::RequiresVersionInvalid, &[]);
            } else if !has_snapin {
                let other = requires.version.as_ref().is_some_and(|version| *version != text);
                if !once(self, other, "version") {
                    requires.version = Some(text);
                }
            }
        } else if starts("assembly", name) {
            for assembly in elements(&argument) {
                if let Some(assembly) = self.required_string(assembly, "assembly")
                    && !requires.assemblies.contains(&assembly)
                {
                    requires.assemblies.push(assembly);
                }
            }
        } else if starts("modules", name) {
            for module in elements(&argument) {
                match required_module(module) {
                    Ok(module) => requires.modules.push(module),
                    Err(message) => {
                        self.report(span, ErrorId::RequiresModuleInvalid, &[&message]);
                        return;
                    }
                }
            }
        } else {
            self.report(parameter.span, ErrorId::ScriptRequiresInvalidFormat, &[]);
        }
    }

    fn required_string(&mut self, argument: &Expr, name: &str) -> Option<Rc<str>> {
        match argument {
            Expr::String(text) => Some(text.value.clone()),
            _ => {
                self.report(argument.span(), ErrorId::RequiresInvalidStringArgument, &[name]);
                None
            }
        }
    }

    fn required_edition(&mut self, requires: &mut Requires, argument: &Expr) {
        let Some(edition) = self.required_string(argument, "psedition") else { return };
        if !["core", "desktop"].iter().any(|valid| edition.eq_ignore_ascii_case(valid)) {
            self.report(argument.span(), ErrorId::RequiresPSEditionInvalid, &["psedition"]);
        }
        if requires.editions.iter().any(|earlier| earlier.eq_ignore_ascii_case(&edition)) {
            self.report(argument.span(), ErrorId::RequiresPSEditionValueIsAlreadySpecified, &["psedition"]);
        } else {
            requires.editions.push(edition);
        }
    }
}

/// The parameter's name may be shortened.
fn starts(name: &str, given: &str) -> bool {
    name.get(..given.len()).is_some_and(|start| start.eq_ignore_ascii_case(given))
}

/// The elements of a list, or the one argument.
fn elements(argument: &Expr) -> &[Expr] {
    match argument {
        Expr::ArrayLiteral(list) => &list.elements,
        _ => std::slice::from_ref(argument),
    }
}

/// A module's name, or a table with its name and versions; or what is wrong with it.
fn required_module(argument: &Expr) -> Result<RequiredModule, String> {
    let table = match argument {
        Expr::String(name) => return Ok(RequiredModule { name: name.value.clone(), ..RequiredModule::default() }),
        Expr::Hashtable(table) => table,
        _ => return Err(String::new()),
    };
    let mut module = RequiredModule::default();
    let mut unknown: Vec<String> = Vec::new();
    for (key, value) in &table.pairs {
        let (Expr::String(key), Some(value)) = (key, pure_expression(value)) else { continue };
        let text: Rc<str> = match value {
            Expr::String(text) => text.value.clone(),
            Expr::Constant(number) => number.value.to_string().into(),
            _ => continue,
        };
        match key.value.to_lowercase().as_str() {
            "modulename" => module.name = text,
            "guid" => module.guid = Some(text),
            "moduleversion" => module.version = Some(text),
            "requiredversion" => module.required_version = Some(text),
            "maximumversion" => module.maximum_version = Some(text),
            _ => unknown.push(format!("'{}'", key.value)),
        }
    }
    if !unknown.is_empty() {
        let valid = "ModuleName, ModuleVersion, RequiredVersion, GUID";
        return Err(ErrorId::InvalidModuleSpecificationMember.message(&[valid, &unknown.join(", ")]));
    }
    if module.name.is_empty() {
        return Err(ErrorId::RequiredModuleMissingModuleName.message(&[]));
    }
    if module.version.is_none() && module.required_version.is_none() && module.maximum_version.is_none() {
        return Err(ErrorId::RequiredModuleMissingModuleVersion.message(&[]));
    }
    Ok(module)
}

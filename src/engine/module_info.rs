//! PSModuleInfo: a module as scripts see it.
use crate::command_info::CommandInfo;
use crate::machine::Engine;
use crate::module::Module;
use dialtone_code::Name;
use dialtone_object::*;
use std::any::Any;
use std::rc::Rc;

pub struct ModuleInfo(pub Rc<Module>);

static TYPE: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSModuleInfo",
    "System.Management.Automation.PSModuleInfo",
    TypeKind::Other,
    Some(&types::OBJECT),
);

/// The type by its name.
pub fn find(name: &str) -> Option<TypeRef> {
    TYPE.full_name.eq_ignore_ascii_case(name).then_some(&TYPE)
}

/// Names to objects, as ExportedFunctions and its kin are.
fn table(pairs: Vec<(PsString, Value)>) -> Value {
    let mut dict = Dict::new(Comparer::IgnoreCase);
    for (name, value) in pairs {
        dict.insert(Value::String(name), value);
    }
    let ty = types::generic(&types::DICTIONARY, &[&types::STRING, &types::OBJECT]);
    Value::Dict(Rc::new(Dictionary::of(DictKind::Generic, ty, dict)))
}

impl ModuleInfo {
    fn manifest(&self, key: &str) -> Option<Value> {
        match self.0.data.borrow().base() {
            Value::Dict(d) => d.get_str(key),
            _ => None,
        }
    }
    fn ps_data(&self, key: &str) -> Option<Value> {
        let private = self.manifest("PrivateData")?;
        let Value::Dict(d) = private.base() else { return None };
        match d.get_str("PSData")?.base() {
            Value::Dict(d) => d.get_str(key),
            _ => None,
        }
    }
    fn functions(&self, en: &mut Engine) -> Vec<(PsString, Value)> {
        let (names, ..) = en.exported(&self.0);
        let own = |n: &PsString| self.0.scope.function(Name::new(n)).map(|f| CommandInfo::Function(f).into_value());
        names.into_iter().map(|n| (n.clone(), own(&n).unwrap_or_default())).collect()
    }
    fn aliases(&self, en: &mut Engine) -> Vec<(PsString, Value)> {
        let (_, names, _) = en.exported(&self.0);
        let own = |n: &PsString| self.0.scope.alias(Name::new(n)).map(|a| CommandInfo::Alias(a).into_value());
        names.into_iter().map(|n| (n.clone(), own(&n).unwrap_or_default())).collect()
    }
    fn variables(&self, en: &mut Engine) -> Vec<(PsString, Value)> {
        let (.., names) = en.exported(&self.0);
        let scope = &self.0.scope;
        let own = |n: &PsString| crate::ps_variable::value(scope.variable(scope.slot(Name::new(n)), n));
        names.into_iter().map(|n| (n.clone(), own(&n))).collect()
    }
    fn is_manifest(&self) -> bool {
        self.0.path.to_ascii_lowercase().ends_with(".psd1")
    }
}

impl NetObject for ModuleInfo {
    fn type_ref(&self) -> TypeRef {
        &TYPE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some((&*self.0.name).into())
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<ModuleInfo>().is_some_and(|o| Rc::ptr_eq(&o.0, &self.0))
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        [
            "LogPipelineExecutionDetails",
            "Name",
            "Path",
            "Description",
            "Guid",
            "ModuleBase",
            "PrivateData",
            "Version",
            "ModuleType",
            "Author",
            "AccessMode",
            "CompanyName",
            "Tags",
            "ProjectUri",
            "ExportedFunctions",
            "ExportedCmdlets",
            "ExportedCommands",
            "ExportedVariables",
            "ExportedAliases",
            "RootModule",
            "Prefix",
        ]
        .map(PsString::from)
        .to_vec()
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let text = |key: &str| self.manifest(key).unwrap_or_else(|| Value::str(""));
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "name" => Value::str(&self.0.name),
            "path" => Value::String(self.0.path.clone()),
            "description" => match self.manifest("Description") {
                Some(text) => text,
                None => Value::String(self.0.description.borrow().clone()),
            },
            "version" => {
                let version = self.0.version.borrow().clone();
                crate::host_object::version(if version.is_empty() { "0.0" } else { &version })
            }
            "guid" => {
                let text = self.manifest("GUID").unwrap_or_else(|| Value::str("00000000-0000-0000-0000-000000000000"));
                match types::find("System.Guid") {
                    Some(ty) => return Some(en.cast(&text, ty)),
                    None => text,
                }
            }
            "modulebase" => {
                let path = self.0.path.as_str();
                Value::str(path.rsplit_once('/').map_or("", |(folder, _)| folder))
            }
            "moduletype" => {
                let root = self.manifest("RootModule").is_some();
                let kind = if self.is_manifest() && !root { 2 } else { 0 };
                crate::vars::enum_value("System.Management.Automation.ModuleType", kind)
            }
            "accessmode" => crate::vars::enum_value("System.Management.Automation.ModuleAccessMode", 0),
            "author" => text("Author"),
            "companyname" => text("CompanyName"),
            "copyright" => text("Copyright"),
            "rootmodule" => self.manifest("RootModule").unwrap_or_default(),
            "powershellversion" => self.manifest("PowerShellVersion").unwrap_or_default(),
            "prefix" => Value::str(""),
            "logpipelineexecutiondetails" => Value::Bool(false),
            "tags" => match self.ps_data("Tags") {
                Some(tags) => Value::array(en.enumerate(&tags).unwrap_or_default()),
                None => Value::array(Vec::new()),
            },
            "projecturi" => match (self.ps_data("ProjectUri"), types::find("System.Uri")) {
                (Some(uri), Some(ty)) => return Some(en.cast(&uri, ty)),
                _ => Value::Null,
            },
            "privatedata" => self.manifest("PrivateData").unwrap_or_default(),
            "exportedfunctions" => table(self.functions(en)),
            "exportedaliases" => table(self.aliases(en)),
            "exportedvariables" => table(self.variables(en)),
            "exportedcmdlets" => table(Vec::new()),
            "exportedcommands" => {
                let mut all = self.functions(en);
                all.extend(self.aliases(en));
                table(all)
            }
            _ => return None,
        }))
    }
}

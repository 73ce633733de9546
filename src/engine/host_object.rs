//! Objects the engine shows of itself: `$Host`, `$ExecutionContext`, `$PSCmdlet`, `$MyInvocation`, `$PSVersionTable`,
//! switch values, versions.
use crate::command::Invocation;
use crate::machine::Engine;
use crate::scope::Options;
use dialtone_object::*;
use std::any::Any;
use std::rc::Rc;

/// The PowerShell version this host stands in for.
pub const VERSION: &str = "7.6.9";

fn custom(type_name: &str, pairs: Vec<(&str, Value)>) -> Value {
    let pairs = pairs.into_iter().map(|(n, v)| (n.into(), v)).collect();
    Value::Custom(Rc::new(PSObject::from_pairs(pairs).with_type(type_name)))
}

/// A SwitchParameter value.
pub fn switch(on: bool) -> Value {
    dialtone_object::switch::SwitchParameter::value(on)
}

/// A System.Version (or its text while the type is not registered).
pub fn version(text: &str) -> Value {
    match types::find("System.Version").and_then(|t| t.members()).and_then(|t| t.cast) {
        Some(cast) => {
            let mut rt = NoRuntime;
            cast(&mut rt, &Value::str(text)).and_then(Result::ok).unwrap_or_else(|| Value::str(text))
        }
        None => Value::str(text),
    }
}

fn semantic_version(text: &str) -> Value {
    match types::find("System.Management.Automation.SemanticVersion").and_then(|t| t.members()).and_then(|t| t.cast) {
        Some(cast) => {
            let mut rt = NoRuntime;
            cast(&mut rt, &Value::str(text)).and_then(Result::ok).unwrap_or_else(|| Value::str(text))
        }
        None => version(text),
    }
}

pub fn version_table(_en: &mut Engine) -> Value {
    let mut dict = Dict::new(Comparer::IgnoreCase);
    let mut add = |k: &str, v: Value| {
        dict.insert(Value::str(k), v);
    };
    add("PSVersion", semantic_version(VERSION));
    add("PSEdition", Value::str("Core"));
    add("GitCommitId", Value::str(VERSION));
    add("OS", Value::from(os_text()));
    add("Platform", Value::str("Unix"));
    let compatible = ["1.0", "2.0", "3.0", "4.0", "5.0", "5.1", "6.0", "7.0"].map(version).to_vec();
    add(
        "PSCompatibleVersions",
        Value::Array(Rc::new(Array::typed(types::find("System.Version").unwrap_or(&types::OBJECT), compatible))),
    );
    add("PSRemotingProtocolVersion", version("2.4"));
    add("SerializationVersion", version("1.1.0.1"));
    add("WSManStackVersion", version("3.0"));
    Value::Dict(Rc::new(Dictionary::hashtable(dict)))
}

fn os_text() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|l| l.strip_prefix("PRETTY_NAME=")).map(|v| v.trim_matches('"').to_owned());
    name.unwrap_or_else(|| std::env::consts::OS.to_owned())
}

pub fn value(en: &mut Engine) -> Value {
    if let Some(kept) = en.services.get("host")
        && let Some(v) = kept.downcast_ref::<Value>()
    {
        return v.clone();
    }
    let (width, height) = en.host.size();
    let size = |w: usize, h: usize| {
        custom(
            "System.Management.Automation.Host.Size",
            vec![("Width", Value::Int(w as i32)), ("Height", Value::Int(h as i32))],
        )
    };
    let raw = custom(
        "System.Management.Automation.Internal.Host.InternalHostRawUserInterface",
        vec![
            ("ForegroundColor", crate::vars::enum_value("System.ConsoleColor", -1)),
            ("BackgroundColor", crate::vars::enum_value("System.ConsoleColor", -1)),
            ("BufferSize", size(width, height)),
            ("WindowSize", size(width, height)),
            ("MaxWindowSize", size(width, height)),
            ("MaxPhysicalWindowSize", size(width, height)),
            ("WindowTitle", Value::str("")),
        ],
    );
    let culture = |_: &mut Engine| Value::str("en-US");
    let ui = Value::object(HostUi { raw });
    let host = custom(
        "System.Management.Automation.Internal.Host.InternalHost",
        vec![
            ("Name", Value::str("ConsoleHost")),
            ("Version", semantic_or_version()),
            ("InstanceId", Value::str("00000000-0000-0000-0000-000000000000")),
            ("UI", ui),
            ("CurrentCulture", culture(en)),
            ("CurrentUICulture", culture(en)),
            ("PrivateData", Value::Custom(Rc::new(PSObject::from_pairs(Vec::new())))),
            ("DebuggerEnabled", Value::Bool(true)),
            ("IsRunspacePushed", Value::Bool(false)),
            ("Runspace", Value::Null),
        ],
    );
    en.services.insert("host", Rc::new(host.clone()));
    host
}

fn semantic_or_version() -> Value {
    version(VERSION)
}

/// `$Host.UI`
struct HostUi {
    raw: Value,
}
static HOST_UI: TypeInfo = TypeInfo::new(
    "System.Management.Automation.Internal.Host.InternalHostUserInterface",
    "System.Management.Automation.Internal.Host.InternalHostUserInterface",
    TypeKind::Other,
    Some(&types::OBJECT),
);
impl NetObject for HostUi {
    fn type_ref(&self) -> TypeRef {
        &HOST_UI
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_property(&self, _rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        match name.to_ascii_lowercase().as_str() {
            "rawui" => Some(Ok(self.raw.clone())),
            "supportsvirtualterminal" => Some(Ok(Value::Bool(true))),
            _ => None,
        }
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        vec!["RawUI".into(), "SupportsVirtualTerminal".into()]
    }
    fn invoke_method(&self, rt: &mut dyn Runtime, _this: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let host = en.host.clone();
        let last = args.last().map(|v| en.to_text(v)).unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "write" => {
                let _ = host.write(&last, None, None);
            }
            "writeline" => {
                let _ = host.write(&format!("{last}\n"), None, None);
            }
            "writeerrorline" | "writewarningline" | "writeverboseline" | "writedebugline" => {
                let stream = match name.to_ascii_lowercase().as_str() {
                    "writewarningline" => Stream::Warning,
                    "writeverboseline" => Stream::Verbose,
                    "writedebugline" => Stream::Debug,
                    _ => Stream::Error,
                };
                return Some(host.record(en, stream, &Value::String(last)).map(|()| Value::Void));
            }
            "readline" => {
                return Some(host.read_line(en, "", false).map(|l| l.map_or(Value::Null, Value::from)));
            }
            "promptforchoice" => return Some(prompt_for_choice(en, args)),
            _ => return None,
        }
        Some(Ok(Value::Void))
    }
}

fn prompt_for_choice(en: &mut Engine, args: &[Value]) -> Res<Value> {
    let [caption, message, choices, default, ..] = args else {
        return Err(access::errors::no_overload("PromptForChoice", args.len()));
    };
    if en.non_interactive {
        return Err(crate::confirm::non_interactive().into());
    }
    let mut list = Vec::new();
    for c in en.enumerate(choices)? {
        let label = match en.get_property(&c, "Label")? {
            Value::Null => en.to_text(&c),
            v => en.to_text(&v),
        };
        let help = en.get_property(&c, "HelpMessage")?;
        let help = en.to_text(&help);
        list.push(crate::host::Choice { label: label.to_string(), help: help.to_string() });
    }
    let default = match en.cast(default, &types::INT32)? {
        Value::Int(n) => n,
        _ => -1,
    };
    let (caption, message) = (en.to_text(caption), en.to_text(message));
    let host = en.host.clone();
    host.choose(en, &caption, &message, &list, default).map(Value::Int)
}

/// `$ExecutionContext`
pub fn execution_context(_en: &mut Engine) -> Value {
    custom(
        "System.Management.Automation.EngineIntrinsics",
        vec![
            ("SessionState", Value::object(SessionState)),
            ("InvokeCommand", Value::object(InvokeCommand)),
            ("Host", Value::Null),
        ],
    )
}

macro_rules! plain_type {
    ($id:ident, $name:literal) => {
        static $id: TypeInfo = TypeInfo::new($name, $name, TypeKind::Other, Some(&types::OBJECT));
    };
}
plain_type!(SESSION_STATE, "System.Management.Automation.SessionState");
plain_type!(INVOKE_COMMAND, "System.Management.Automation.CommandInvocationIntrinsics");
plain_type!(VARIABLES, "System.Management.Automation.PSVariableIntrinsics");
plain_type!(CMDLET, "System.Management.Automation.PSScriptCmdlet");

pub struct SessionState;
impl NetObject for SessionState {
    fn type_ref(&self) -> TypeRef {
        &SESSION_STATE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "psvariable" => Value::object(Variables),
            "invokecommand" => Value::object(InvokeCommand),
            "path" => Value::object(PathIntrinsics),
            "module" => Value::Null,
            "languagemode" => Value::str("FullLanguage"),
            "applications" | "scripts" => {
                let _ = en;
                Value::array(vec![Value::str("*")])
            }
            _ => return None,
        }))
    }
}

plain_type!(PATH_INTRINSICS, "System.Management.Automation.PathIntrinsics");
struct PathIntrinsics;
impl NetObject for PathIntrinsics {
    fn type_ref(&self) -> TypeRef {
        &PATH_INTRINSICS
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        match name.to_ascii_lowercase().as_str() {
            "currentlocation" | "currentfilesystemlocation" => Some(Ok(crate::location::path_info(en))),
            _ => None,
        }
    }
    fn invoke_method(&self, rt: &mut dyn Runtime, _this: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let first = args.first().map(|v| en.to_text(v))?;
        match name.to_ascii_lowercase().as_str() {
            "getunresolvedproviderpathfrompspath" => Some(Ok(Value::from(en.full_path(&first)))),
            _ => None,
        }
    }
}

struct Variables;
impl NetObject for Variables {
    fn type_ref(&self) -> TypeRef {
        &VARIABLES
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn invoke_method(&self, rt: &mut dyn Runtime, _this: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let key = args.first().map(|v| en.to_text(v))?;
        match name.to_ascii_lowercase().as_str() {
            "getvalue" => {
                let scope = en.scope.clone();
                let found = en.lookup_from(Some(scope), dialtone_code::Name::new(&key));
                Some(Ok(found.or_else(|| args.get(1).cloned()).unwrap_or_default()))
            }
            "get" => {
                let name = dialtone_code::Name::new(&key);
                if en.scope_with(name).is_none() {
                    return Some(Ok(Value::Null));
                }
                Some(Ok(crate::ps_variable::value(en.full_variable(name))))
            }
            "set" => {
                let v = args.get(1).cloned().unwrap_or_default();
                Some(en.set_variable(&key, v).map(|()| Value::Void))
            }
            "remove" => {
                en.scope.remove(dialtone_code::Name::new(&key));
                Some(Ok(Value::Void))
            }
            _ => None,
        }
    }
}

struct InvokeCommand;
impl NetObject for InvokeCommand {
    fn type_ref(&self) -> TypeRef {
        &INVOKE_COMMAND
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn invoke_method(&self, rt: &mut dyn Runtime, _this: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let first = args.first().map(|v| en.to_text(v))?;
        match name.to_ascii_lowercase().as_str() {
            "expandstring" => Some(en.expand_string(&first).map(Value::String)),
            "newscriptblock" => Some(en.script_block(&first)),
            "invokescript" => Some(en.script_block(&first).and_then(|b| en.call_block(&b, &args[1..], None))),
            "getcommand" => {
                Some(Ok(en.command_info(&first).map_or(Value::Null, crate::command_info::CommandInfo::into_value)))
            }
            _ => None,
        }
    }
}

/// `$PSCmdlet` of an advanced function.
pub fn cmdlet_value(inv: &Rc<Invocation>, meta: Option<(Rc<CommandMeta>, Option<usize>)>) -> Value {
    Value::object(ScriptCmdlet { inv: inv.clone(), meta })
}

struct ScriptCmdlet {
    inv: Rc<Invocation>,
    meta: Option<(Rc<CommandMeta>, Option<usize>)>,
}
impl NetObject for ScriptCmdlet {
    fn type_ref(&self) -> TypeRef {
        &CMDLET
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "parametersetname" => match &self.meta {
                Some((meta, Some(set))) => meta.sets.get(*set).map_or(Value::str(meta::ALL_SETS), |s| Value::str(s)),
                _ => Value::str(meta::ALL_SETS),
            },
            "myinvocation" => invocation_value(&self.inv.info),
            "sessionstate" => Value::object(SessionState),
            "invokecommand" => Value::object(InvokeCommand),
            "host" => value(en),
            "commandruntime" => Value::Null,
            _ => return None,
        }))
    }
    fn invoke_method(&self, rt: &mut dyn Runtime, _this: &Value, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let result = self.call(rt, name, args)?;
        if name.eq_ignore_ascii_case("ThrowTerminatingError") {
            return Some(result);
        }
        Some(result.map_err(|flow| match flow.error() {
            Some(e) if !e.thrown.get() => access::errors::invocation(name, args.len(), flow),
            _ => flow,
        }))
    }
}

impl ScriptCmdlet {
    fn call(&self, rt: &mut dyn Runtime, name: &str, args: &[Value]) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let impact = self.meta.as_ref().map_or(2, |(m, _)| m.confirm_impact);
        let text = |en: &mut Engine, at: usize| args.get(at).map(|v| en.to_text(v)).unwrap_or_default();
        let result = match (name.to_ascii_lowercase().as_str(), args.len()) {
            ("shouldprocess", 1) => {
                let target = text(en, 0);
                crate::confirm::should_process(en, &self.inv, impact, &target, "", None).map(Value::Bool)
            }
            ("shouldprocess", 2) => {
                let (target, action) = (text(en, 0), text(en, 1));
                crate::confirm::should_process(en, &self.inv, impact, &target, &action, None).map(Value::Bool)
            }
            ("shouldprocess", 3 | 4) => {
                let description = text(en, 0);
                crate::confirm::should_process(en, &self.inv, impact, "", "", Some(&description)).map(Value::Bool)
            }
            ("shouldcontinue", _) => {
                let (query, caption) = (text(en, 0), text(en, 1));
                crate::confirm::should_continue(en, &query, &caption).map(Value::Bool)
            }
            ("writeobject", _) => {
                return Some(Err(
                    crate::errors::unsupported("$PSCmdlet.WriteObject outside the pipeline thread").into()
                ));
            }
            ("writeerror", _) => match args.first().and_then(|v| v.get::<error::ErrorObject>()) {
                Some(e) => {
                    let record = e.0.clone();
                    en.failed = true;
                    en.report_error(record, Some(&self.inv), &Default::default()).map(|()| Value::Void)
                }
                None => return None,
            },
            ("throwterminatingerror", _) => match args.first().and_then(|v| v.get::<error::ErrorObject>()) {
                Some(e) => {
                    en.dress_error(&e.0, &self.inv);
                    e.0.escapes.set(true);
                    Err(e.0.clone().into())
                }
                None => return None,
            },
            ("writewarning", _) => {
                let t = text(en, 0);
                en.report(Stream::Warning, Value::String(t), Some(&self.inv), &Default::default()).map(|()| Value::Void)
            }
            ("writeverbose", _) => {
                let t = text(en, 0);
                en.report(Stream::Verbose, Value::String(t), Some(&self.inv), &Default::default()).map(|()| Value::Void)
            }
            ("writedebug", _) => {
                let t = text(en, 0);
                en.report(Stream::Debug, Value::String(t), Some(&self.inv), &Default::default()).map(|()| Value::Void)
            }
            ("getvariablevalue", _) => {
                let t = text(en, 0);
                Ok(en.lookup(dialtone_code::Name::new(&t)))
            }
            ("getunresolvedproviderpathfrompspath", _) => {
                let t = text(en, 0);
                Ok(Value::from(en.full_path(&t)))
            }
            _ => return None,
        };
        Some(result)
    }
}

static BOUND_PARAMETERS: TypeInfo = TypeInfo::new(
    "System.Management.Automation.PSBoundParametersDictionary",
    "System.Management.Automation.PSBoundParametersDictionary",
    TypeKind::Dictionary,
    Some(&types::OBJECT),
)
.with_generic(&types::DICTIONARY, &[&types::STRING, &types::OBJECT])
.with_interfaces(&[
    "System.Collections.IEnumerable",
    "System.Collections.ICollection",
    "System.Collections.IDictionary",
]);

/// `$PSBoundParameters`
pub fn bound_parameters(dict: Dict) -> Value {
    let ty = &BOUND_PARAMETERS;
    let mut table = Dictionary::of(DictKind::Generic, ty, dict);
    table.types = Some((&types::STRING, &types::OBJECT));
    Value::Dict(Rc::new(table))
}

/// An InvocationInfo as an object.
pub fn invocation_value(info: &Rc<InvocationInfo>) -> Value {
    Value::object(InvocationObject(info.clone()))
}

pub struct InvocationObject(pub Rc<InvocationInfo>);
plain_type!(INVOCATION, "System.Management.Automation.InvocationInfo");
impl NetObject for InvocationObject {
    fn type_ref(&self) -> TypeRef {
        &INVOCATION
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        [
            "MyCommand",
            "BoundParameters",
            "UnboundArguments",
            "ScriptLineNumber",
            "OffsetInLine",
            "HistoryId",
            "ScriptName",
            "Line",
            "Statement",
            "PositionMessage",
            "PSScriptRoot",
            "PSCommandPath",
            "InvocationName",
            "PipelineLength",
            "PipelinePosition",
            "ExpectingInput",
            "CommandOrigin",
            "DisplayScriptPosition",
        ]
        .map(PsString::from)
        .to_vec()
    }
    fn dynamic_property(&self, rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        let en = rt.as_any().downcast_mut::<Engine>()?;
        let info = &self.0;
        let p = info.position.as_ref();
        let file = || p.and_then(|p| p.file.clone());
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "mycommand" => match &info.command {
                Value::Null if !info.name.is_empty() => {
                    en.command_info(&info.name).map_or(Value::Null, crate::command_info::CommandInfo::into_value)
                }
                v => v.clone(),
            },
            "boundparameters" => match &info.bound {
                Value::Null => bound_parameters(Dict::new(Comparer::IgnoreCase)),
                v => v.clone(),
            },
            "unboundarguments" => Value::List(Rc::new(List::generic(&types::OBJECT, info.unbound.clone()))),
            "scriptlinenumber" => Value::Int(p.map_or(0, |p| p.line as i32)),
            "offsetinline" => Value::Int(p.map_or(0, |p| p.column as i32)),
            "historyid" => Value::Long(1),
            "scriptname" => file().map_or(Value::str(""), Value::String),
            "line" => p.map_or(Value::str(""), |p| Value::string(format!("{}\n", p.line_text))),
            "statement" => p.map_or(Value::str(""), |p| Value::String(p.text.clone())),
            "positionmessage" => p.map_or(Value::str(""), |p| Value::from(crate::errors::position_message(p))),
            "psscriptroot" => {
                let root = file().map(|f| f.rsplit_once('/').map_or("", |(d, _)| d).to_owned());
                root.map_or_else(|| Value::String(info.script_root.clone()), Value::from)
            }
            "pscommandpath" => file().map_or_else(|| Value::String(info.command_path.clone()), Value::String),
            "invocationname" => Value::String(info.name.clone()),
            "pipelinelength" => Value::Int(info.pipeline_length),
            "pipelineposition" => Value::Int(info.pipeline_position),
            "expectinginput" => Value::Bool(info.expecting_input),
            "commandorigin" => Value::str("Internal"),
            "displayscriptposition" => p.map_or(Value::Null, extent),
            _ => return None,
        }))
    }
}

/// An IScriptExtent of a position.
pub fn extent(p: &Rc<ScriptPosition>) -> Value {
    custom(
        "System.Management.Automation.Language.InternalScriptExtent",
        vec![
            ("File", p.file.clone().map_or(Value::Null, Value::String)),
            ("StartLineNumber", Value::Int(p.line as i32)),
            ("StartColumnNumber", Value::Int(p.column as i32)),
            ("EndLineNumber", Value::Int(p.end_line as i32)),
            ("EndColumnNumber", Value::Int(p.end_column as i32)),
            ("Text", Value::String(p.text.clone())),
            ("StartOffset", Value::Int(p.start as i32)),
            ("EndOffset", Value::Int(p.end as i32)),
        ],
    )
}

/// ScopedItemOptions of a function, alias or variable.
pub fn options_value(options: Options) -> Value {
    let mut n = 0;
    for (flag, bit) in [(Options::READ_ONLY, 1), (Options::CONSTANT, 2), (Options::PRIVATE, 4), (Options::ALL_SCOPE, 8)]
    {
        if options.has(flag) {
            n |= bit;
        }
    }
    crate::vars::enum_value("System.Management.Automation.ScopedItemOptions", n)
}

/// `$PSStyle`; the format room reads the rendering preference from it.
pub fn style(en: &mut Engine) -> Value {
    en.host.style()
}

/// For conversions that ask nothing of an engine.
struct NoRuntime;
impl Runtime for NoRuntime {
    fn call_block(&mut self, _: &Value, _: &[Value], _: Option<&Value>) -> Res<Value> {
        Ok(Value::Null)
    }
    fn get_property(&mut self, _: &Value, _: &str) -> Res<Value> {
        Ok(Value::Null)
    }
    fn set_property(&mut self, _: &Value, _: &str, _: Value) -> Res<()> {
        Ok(())
    }
    fn call_method(&mut self, _: &Value, _: &str, _: &[Value]) -> Res<Value> {
        Ok(Value::Null)
    }
    fn properties(&mut self, _: &Value) -> Vec<(PsString, Value)> {
        Vec::new()
    }
    fn cast(&mut self, v: &Value, ty: TypeRef) -> Res<Value> {
        convert::cast(self, v, ty)
    }
    fn to_text(&mut self, v: &Value) -> PsString {
        text::text_of(v).unwrap_or_default()
    }
    fn enumerate(&mut self, v: &Value) -> Res<Vec<Value>> {
        Ok(vec![v.clone()])
    }
    fn type_names(&mut self, _: &Value) -> Vec<PsString> {
        Vec::new()
    }
    fn location(&self) -> String {
        String::new()
    }
    fn resolve_path(&self, path: &str) -> String {
        path.to_owned()
    }
    fn variable(&mut self, _: &str) -> Option<Value> {
        None
    }
    fn write_stream(&mut self, _: Stream, _: Value) -> Res<()> {
        Ok(())
    }
    fn write_error(&mut self, _: Rc<ErrorRecord>) -> Res<()> {
        Ok(())
    }
    fn check_interrupt(&self) -> Res<()> {
        Ok(())
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

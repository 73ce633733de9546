//! Records of the streams: warning, verbose, debug and information records as objects.
use crate::command::Invocation;
use crate::machine::Engine;
use dialtone_object::*;
use std::any::Any;
use std::rc::Rc;

/// A WarningRecord, VerboseRecord or DebugRecord.
pub struct MessageRecord {
    pub stream: Stream,
    pub message: PsString,
    pub info: Option<Rc<InvocationInfo>>,
}

/// An InformationRecord. `host` is set when Write-Host made it.
pub struct InformationRecord {
    pub data: Value,
    pub source: PsString,
    pub tags: Vec<PsString>,
    pub time: u64,
    pub host: Option<HostMessage>,
}

/// What Write-Host writes.
pub struct HostMessage {
    pub text: PsString,
    pub no_newline: bool,
    pub foreground: Option<u8>,
    pub background: Option<u8>,
}

macro_rules! record_types {
    ($($id:ident $name:literal),* $(,)?) => {
        $(static $id: TypeInfo = TypeInfo::new($name, $name, TypeKind::Other, Some(&types::OBJECT));)*
        /// The types of the records, for type literals.
        pub(crate) static TYPES: &[TypeRef] = &[$(&$id),*];
    };
}
record_types! {
    WARNING "System.Management.Automation.WarningRecord",
    VERBOSE "System.Management.Automation.VerboseRecord",
    DEBUG "System.Management.Automation.DebugRecord",
    INFORMATION "System.Management.Automation.InformationRecord",
}

/// The types of the records by name.
pub fn find(name: &str) -> Option<TypeRef> {
    [&WARNING, &VERBOSE, &DEBUG, &INFORMATION]
        .into_iter()
        .find(|t| t.full_name.eq_ignore_ascii_case(name) || t.full_name["System.".len()..].eq_ignore_ascii_case(name))
}

impl NetObject for MessageRecord {
    fn type_ref(&self) -> TypeRef {
        match self.stream {
            Stream::Verbose => &VERBOSE,
            Stream::Debug => &DEBUG,
            _ => &WARNING,
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.message.clone())
    }
    fn dynamic_property(&self, _rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        match name.to_ascii_lowercase().as_str() {
            "message" => Some(Ok(Value::String(self.message.clone()))),
            "invocationinfo" => Some(Ok(self.info.as_ref().map_or(Value::Null, crate::host_object::invocation_value))),
            _ => None,
        }
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        vec!["Message".into(), "InvocationInfo".into()]
    }
}

impl NetObject for InformationRecord {
    fn type_ref(&self) -> TypeRef {
        &INFORMATION
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        if let Some(host) = &self.host {
            return Some(host.text.clone());
        }
        Some(text::text_of(&self.data).unwrap_or_else(|| types::type_of(&self.data).full_name.into()))
    }
    fn dynamic_property(&self, _rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "messagedata" => match &self.host {
                Some(host) => host_message(host),
                None => self.data.clone(),
            },
            "source" => Value::String(self.source.clone()),
            "timegenerated" => Value::DateTime(self.time),
            "tags" => Value::Array(Rc::new(Array::typed(
                &types::STRING,
                self.tags.iter().map(|t| Value::String(t.clone())).collect(),
            ))),
            _ => return None,
        }))
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        ["MessageData", "Source", "TimeGenerated", "Tags"].map(PsString::from).to_vec()
    }
}

fn host_message(host: &HostMessage) -> Value {
    let colour =
        |c: Option<u8>| c.map_or(Value::Null, |c| crate::vars::enum_value("System.ConsoleColor", i64::from(c)));
    let object = PSObject::from_pairs(vec![
        ("Message".into(), Value::String(host.text.clone())),
        ("NoNewLine".into(), Value::Bool(host.no_newline)),
        ("ForegroundColor".into(), colour(host.foreground)),
        ("BackgroundColor".into(), colour(host.background)),
    ])
    .with_type("System.Management.Automation.HostInformationMessage");
    Value::Custom(Rc::new(object))
}

/// A plain text becomes the record of its stream; records stay as they are.
pub fn wrap(_en: &mut Engine, stream: Stream, record: Value, inv: Option<&Rc<Invocation>>) -> Value {
    match (stream, &record) {
        (Stream::Warning | Stream::Verbose | Stream::Debug, Value::String(message)) => {
            Value::object(MessageRecord { stream, message: message.clone(), info: inv.map(|i| i.info.clone()) })
        }
        _ => record,
    }
}

/// Write-Host's records are shown whatever `$InformationPreference` says.
pub fn always_shown(stream: Stream, record: &Value) -> bool {
    stream == Stream::Information && record.get::<InformationRecord>().is_some_and(|r| r.host.is_some())
}

/// The terminating error of a stream whose preference is Stop.
pub fn stopped(stream: Stream, record: &Value) -> ErrorRecord {
    let text = match record {
        Value::Object(o) => o.data().text().unwrap_or_default(),
        Value::String(s) => s.clone(),
        _ => PsString::default(),
    };
    let (variable, id) = match stream {
        Stream::Warning => ("WarningPreference", "ActionPreferenceStop"),
        Stream::Verbose => ("VerbosePreference", "ActionPreferenceStop"),
        Stream::Debug => ("DebugPreference", "ActionPreferenceStop"),
        _ => ("InformationPreference", "ActionPreferenceStop"),
    };
    ErrorRecord::new(
        "System.Management.Automation.ActionPreferenceStopException",
        format!(
            "The running command stopped because the preference variable \"{variable}\" or common parameter is set to Stop: {text}"
        ),
        id,
        ErrorCategory::OperationStopped,
    )
}

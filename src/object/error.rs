//! Errors as scripts see them (ErrorRecord, exceptions, positions) and the non-local control flow of the machine.
use crate::member::NetObject;
use crate::string::PsString;
use crate::types::{self, TypeRef};
use crate::value::Value;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub type Res<T> = Result<T, Flow>;

/// Why execution leaves a construct.
pub enum FlowKind {
    /// A terminating error.
    Error(Rc<ErrorRecord>),
    /// `break` / `continue` that left the block it stands in, with its label.
    Break(Option<PsString>),
    Continue(Option<PsString>),
    /// `return` on its way out of nested compiled code.
    Return,
    /// `exit n`
    Exit(i32),
    /// A downstream command has all it needs: the pipeline of this number stops without an error.
    StopUpstream(u64),
    /// Ctrl-C or a stopped pipeline.
    Stopped,
}

/// Boxed so that results stay small.
pub struct Flow(pub Box<FlowKind>);

impl From<FlowKind> for Flow {
    fn from(kind: FlowKind) -> Self {
        Flow(Box::new(kind))
    }
}
impl From<ErrorRecord> for Flow {
    fn from(error: ErrorRecord) -> Self {
        FlowKind::Error(Rc::new(error)).into()
    }
}
impl From<Rc<ErrorRecord>> for Flow {
    fn from(error: Rc<ErrorRecord>) -> Self {
        FlowKind::Error(error).into()
    }
}
impl Flow {
    pub fn error(&self) -> Option<&Rc<ErrorRecord>> {
        match &*self.0 {
            FlowKind::Error(e) => Some(e),
            _ => None,
        }
    }
}
impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.0 {
            FlowKind::Error(e) => write!(f, "error {}: {}", e.id.borrow(), e.message()),
            FlowKind::Break(_) => f.write_str("break"),
            FlowKind::Continue(_) => f.write_str("continue"),
            FlowKind::Return => f.write_str("return"),
            FlowKind::Exit(n) => write!(f, "exit {n}"),
            FlowKind::StopUpstream(n) => write!(f, "stop pipeline {n}"),
            FlowKind::Stopped => f.write_str("stopped"),
        }
    }
}

macro_rules! categories {
    ($($name:ident)*) => {
        /// `System.Management.Automation.ErrorCategory`, in the order of its numbers.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum ErrorCategory { $($name),* }
        impl ErrorCategory {
            pub const ALL: &'static [ErrorCategory] = &[$(ErrorCategory::$name),*];
            pub fn name(self) -> &'static str {
                match self { $(ErrorCategory::$name => stringify!($name)),* }
            }
            pub fn from_name(name: &str) -> Option<ErrorCategory> {
                Self::ALL.iter().copied().find(|c| c.name().eq_ignore_ascii_case(name))
            }
        }
    };
}
categories! {
    NotSpecified OpenError CloseError DeviceError DeadlockDetected InvalidArgument InvalidData InvalidOperation
    InvalidResult InvalidType MetadataError NotImplemented NotInstalled ObjectNotFound OperationStopped
    OperationTimeout SyntaxError ParserError PermissionDenied ResourceBusy ResourceExists ResourceUnavailable
    ReadError WriteError FromStdErr SecurityError ProtocolError ConnectionError AuthenticationError LimitsExceeded
    QuotaExceeded NotEnabled
}

/// A place in a script: what error texts and InvocationInfo show.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptPosition {
    /// Full path of the script, none for code that is not from a file.
    pub file: Option<PsString>,
    /// 1-based.
    pub line: u32,
    /// 1-based, in UTF-16 units.
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// The whole text of the first line.
    pub line_text: PsString,
    /// The text of the extent.
    pub text: PsString,
    /// Offsets in UTF-16 units from the start of the script.
    pub start: u32,
    pub end: u32,
}

/// `$MyInvocation` / `$_.InvocationInfo`.
#[derive(Default, Clone)]
pub struct InvocationInfo {
    /// The command as a value (CommandInfo), null for none.
    pub command: Value,
    pub name: PsString,
    pub position: Option<Rc<ScriptPosition>>,
    pub bound: Value,
    pub unbound: Vec<Value>,
    pub pipeline_length: i32,
    pub pipeline_position: i32,
    pub expecting_input: bool,
    pub script_root: PsString,
    pub command_path: PsString,
}

/// A .NET exception object. Exceptions of script classes carry their own object in `this`.
pub struct Exception {
    pub ty: TypeRef,
    pub message: RefCell<PsString>,
    pub inner: RefCell<Value>,
    /// Properties beyond those of System.Exception, in order (ParamName, FileName, ErrorId, Response ...).
    pub extra: RefCell<Vec<(&'static str, Value)>>,
    /// `Data`, made when asked for.
    pub data: RefCell<Value>,
    /// The error record this exception has been wrapped in (RuntimeException.ErrorRecord).
    pub record: RefCell<Option<std::rc::Weak<ErrorRecord>>>,
    /// What that record said, for an exception that outlives it inside a wrapper.
    pub kept_record: RefCell<Option<Rc<ErrorRecord>>>,
    pub stack_trace: RefCell<PsString>,
    pub source: RefCell<Value>,
    pub hresult: Cell<i32>,
    /// Members of a script class that inherits from an exception type.
    pub own: std::cell::OnceCell<Box<dyn NetObject>>,
}

impl Exception {
    pub fn new(ty: TypeRef, message: impl Into<PsString>) -> Exception {
        Exception {
            ty,
            message: RefCell::new(message.into()),
            inner: RefCell::new(Value::Null),
            extra: RefCell::new(Vec::new()),
            data: RefCell::new(Value::Null),
            record: RefCell::new(None),
            kept_record: RefCell::new(None),
            stack_trace: RefCell::new("".into()),
            source: RefCell::new(Value::Null),
            hresult: Cell::new(0x8013_1500u32 as i32),
            own: std::cell::OnceCell::new(),
        }
    }
    /// By full type name; an unknown name is registered under System.SystemException.
    pub fn named(type_name: &str, message: impl Into<PsString>) -> Exception {
        Exception::new(exception_type(type_name), message)
    }
    pub fn with_inner(self, inner: Value) -> Exception {
        *self.inner.borrow_mut() = inner;
        self
    }
    pub fn with(self, name: &'static str, value: Value) -> Exception {
        self.extra.borrow_mut().push((name, value));
        self
    }
    pub fn into_value(self) -> Value {
        Value::object(self)
    }
}

/// The type of an exception by full name: from the type tables, else made on the spot (exception types are many and
/// most have nothing of their own).
pub fn exception_type(name: &str) -> TypeRef {
    use std::collections::HashMap;
    use std::sync::Mutex;
    static MADE: Mutex<Option<HashMap<String, TypeRef>>> = Mutex::new(None);
    if let Some(t) = types::find(name) {
        return t;
    }
    let mut made = MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    made.get_or_insert_default().entry(name.to_owned()).or_insert_with(|| {
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        types::leak_type(types::TypeInfo::new(name, name, types::TypeKind::Other, Some(&types::EXCEPTION)))
    })
}

impl NetObject for Exception {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn dynamic_property(&self, rt: &mut dyn crate::Runtime, name: &str) -> Option<Res<Value>> {
        if let Some(own) = self.own.get() {
            return own.dynamic_property(rt, name);
        }
        let extra = self.extra.borrow();
        extra.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| Ok(v.clone()))
    }
    fn set_dynamic_property(&self, rt: &mut dyn crate::Runtime, name: &str, value: &Value) -> Option<Res<()>> {
        self.own.get()?.set_dynamic_property(rt, name, value)
    }
    fn invoke_method(
        &self,
        rt: &mut dyn crate::Runtime,
        this: &Value,
        name: &str,
        args: &[Value],
    ) -> Option<Res<Value>> {
        self.own.get()?.invoke_method(rt, this, name, args)
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        match self.own.get() {
            Some(own) => own.dynamic_names(),
            None => self
                .extra
                .borrow()
                .iter()
                .map(|(n, _)| PsString::from(*n))
                .filter(|n| n.as_str() != "HelpLink")
                .collect(),
        }
    }
    fn text(&self) -> Option<PsString> {
        let mut text = format!("{}: {}", self.ty.full_name, self.message.borrow());
        if let Some(inner) = self.inner.borrow().get::<Exception>() {
            text.push_str(&format!(
                "\n ---> {}\n   --- End of inner exception stack trace ---",
                inner.text().unwrap_or_else(|| "".into())
            ));
        }
        Some(text.into())
    }
}

/// What a failure is to scripts. Fields that a script or an outer layer may still change are in cells.
pub struct ErrorRecord {
    /// The exception object ([`Exception`], or a script class that inherits from one).
    pub exception: Value,
    /// FullyQualifiedErrorId without the command's part; see `full_id`.
    pub id: RefCell<PsString>,
    pub category: Cell<ErrorCategory>,
    pub target: RefCell<Value>,
    /// CategoryInfo.Activity / Reason / TargetName / TargetType where they differ from the derived ones.
    pub activity: RefCell<Option<PsString>>,
    pub reason: RefCell<Option<PsString>>,
    pub target_name: RefCell<Option<PsString>>,
    pub target_type: RefCell<Option<PsString>>,
    /// ErrorDetails.Message, RecommendedAction
    pub details: RefCell<Option<(PsString, PsString)>>,
    pub invocation: RefCell<Option<Rc<InvocationInfo>>>,
    /// "Did you mean", shown at a terminal only.
    pub suggestion: RefCell<Option<PsString>>,
    pub stack: RefCell<PsString>,
    /// Already reported or rethrown: not added to `$Error` a second time.
    pub logged: Cell<bool>,
    /// Made by `throw` (matters to -ErrorAction).
    pub thrown: Cell<bool>,
    /// Made by `$PSCmdlet.ThrowTerminatingError`: leaves the function it was raised in before it ends a statement.
    pub escapes: Cell<bool>,
}

impl ErrorRecord {
    pub fn from_exception(
        exception: Value,
        id: impl Into<PsString>,
        category: ErrorCategory,
        target: Value,
    ) -> ErrorRecord {
        ErrorRecord {
            exception,
            id: RefCell::new(id.into()),
            category: Cell::new(category),
            target: RefCell::new(target),
            activity: RefCell::new(None),
            reason: RefCell::new(None),
            target_name: RefCell::new(None),
            target_type: RefCell::new(None),
            details: RefCell::new(None),
            invocation: RefCell::new(None),
            suggestion: RefCell::new(None),
            stack: RefCell::new("".into()),
            logged: Cell::new(false),
            thrown: Cell::new(false),
            escapes: Cell::new(false),
        }
    }
    /// `ErrorRecord::new("System.ArgumentException", "message", "ErrorId", category)`
    pub fn new(
        exception_type: &str,
        message: impl Into<PsString>,
        id: impl Into<PsString>,
        category: ErrorCategory,
    ) -> ErrorRecord {
        ErrorRecord::from_exception(Exception::named(exception_type, message).into_value(), id, category, Value::Null)
    }
    /// A `System.Management.Automation.RuntimeException`, the engine's usual one.
    pub fn runtime(id: &str, message: impl Into<PsString>, category: ErrorCategory) -> ErrorRecord {
        ErrorRecord::new("System.Management.Automation.RuntimeException", message, id, category)
    }
    /// A .NET exception thrown by a method; PowerShell wraps it in a MethodInvocationException (see `engine`).
    pub fn dotnet(exception_type: &str, message: impl Into<PsString>) -> ErrorRecord {
        let short = exception_type.rsplit('.').next().unwrap_or(exception_type).to_owned();
        ErrorRecord::new(exception_type, message, short, ErrorCategory::NotSpecified)
    }
    /// The same record around another exception (the one that was wrapped).
    pub fn with_exception(&self, exception: Value) -> ErrorRecord {
        ErrorRecord {
            exception,
            id: self.id.clone(),
            category: self.category.clone(),
            target: self.target.clone(),
            activity: self.activity.clone(),
            reason: self.reason.clone(),
            target_name: self.target_name.clone(),
            target_type: self.target_type.clone(),
            details: self.details.clone(),
            invocation: self.invocation.clone(),
            suggestion: self.suggestion.clone(),
            stack: self.stack.clone(),
            logged: self.logged.clone(),
            thrown: self.thrown.clone(),
            escapes: self.escapes.clone(),
        }
    }
    /// Called when the exception becomes the inner one of another: a RuntimeException goes on telling its record,
    /// in which a ParentContainsErrorRecordException stands for the exception itself (no cycle).
    pub fn keep_in_exception(&self) {
        let Some(exception) = self.exception.get::<Exception>() else { return };
        if !exception.ty.is_subclass_of(&types::RUNTIME_EXCEPTION) {
            return;
        }
        let stand_in = Exception::named(
            "System.Management.Automation.ParentContainsErrorRecordException",
            exception.message.borrow().clone(),
        );
        let id = self.id.borrow().clone();
        let record =
            ErrorRecord::from_exception(stand_in.into_value(), id, self.category.get(), self.target.borrow().clone());
        *record.invocation.borrow_mut() = self.invocation.borrow().clone();
        *exception.kept_record.borrow_mut() = Some(Rc::new(record));
    }
    pub fn with_target(self, target: Value) -> ErrorRecord {
        *self.target.borrow_mut() = target;
        self
    }
    /// The exception's message (not the details).
    pub fn message(&self) -> PsString {
        match self.exception.get::<Exception>() {
            Some(e) => e.message.borrow().clone(),
            None => "".into(),
        }
    }
    /// What `"$_"` shows: ErrorDetails if set, else the message.
    pub fn text(&self) -> PsString {
        match &*self.details.borrow() {
            Some((message, _)) => message.clone(),
            None => self.message(),
        }
    }
    pub fn exception_type(&self) -> TypeRef {
        match &self.exception {
            Value::Object(o) => o.data().type_ref(),
            _ => &types::EXCEPTION,
        }
    }
}

/// The ErrorRecord as an object that scripts hold: shares the record.
pub struct ErrorObject(pub Rc<ErrorRecord>);

impl NetObject for ErrorObject {
    fn type_ref(&self) -> TypeRef {
        &types::ERROR_RECORD
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.0.text())
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        other.as_any().downcast_ref::<ErrorObject>().is_some_and(|o| Rc::ptr_eq(&o.0, &self.0))
    }
}

impl ErrorRecord {
    pub fn to_value(self: &Rc<Self>) -> Value {
        Value::object(ErrorObject(self.clone()))
    }
}

/// The longest part of a script line that a position shows.
const SHOWN_LINE: usize = 69;

impl ScriptPosition {
    /// The line as error texts show it (tabs as four blanks, a long one cut around the error) and the marks below.
    pub fn source_and_marks(&self) -> (String, String) {
        let line: Vec<char> = self.line_text.trim_end().chars().collect();
        let start = (self.column.max(1) as usize - 1).min(line.len());
        let end_column = self.end_column.max(1) as usize;
        let length = if self.line == self.end_line && end_column <= line.len() + 1 {
            end_column.saturating_sub(start + 1)
        } else {
            line.len() - start
        };
        let expand = |part: &[char]| part.iter().collect::<String>().replace('\t', "    ");
        let before = expand(&line[..start]);
        let error = expand(&line[start..start + length]);
        let mut shown: Vec<char> = format!("{before}{error}{}", expand(&line[start + length..])).chars().collect();
        let (mut spaces, mut length) = (before.chars().count(), error.chars().count());
        let (mut cut_before, mut cut_after) = (false, false);
        if shown.len() > SHOWN_LINE {
            // Some of the text on both sides, as much as fits.
            let total_suffix = shown.len() - length - spaces;
            let (mut prefix, mut suffix) = (spaces.min(12), total_suffix.min(8));
            let mut candidate = prefix + length + suffix;
            if candidate >= SHOWN_LINE {
                if prefix + length >= SHOWN_LINE {
                    length = SHOWN_LINE - prefix;
                }
                cut_after = true;
            } else {
                prefix += (spaces - prefix).min(SHOWN_LINE - candidate);
                candidate = prefix + length + suffix;
                if candidate < SHOWN_LINE {
                    suffix += total_suffix.min(SHOWN_LINE - candidate);
                }
                cut_after = suffix < total_suffix;
            }
            cut_before = prefix < spaces;
            let from = (spaces - prefix).min(shown.len() - SHOWN_LINE);
            shown = shown[from..from + SHOWN_LINE].to_vec();
            spaces = spaces.min(prefix);
            length = length.min(SHOWN_LINE - spaces);
        }
        let (head, tail) = (if cut_before { "… " } else { "" }, if cut_after { " …" } else { "" });
        let text = format!("{head}{}{tail}", shown.into_iter().collect::<String>());
        (text, format!("{}{}", " ".repeat(spaces + if cut_before { 2 } else { 0 }), "~".repeat(length.max(1))))
    }

    /// `InvocationInfo.PositionMessage`.
    pub fn message(&self) -> String {
        let file = self.file.as_deref().unwrap_or("line");
        let (at, column) = (self.line, self.column);
        if self.line_text.trim_end().is_empty() {
            return format!("At {file}:{at} char:{column}\n+ ");
        }
        let (line, marks) = self.source_and_marks();
        format!("At {file}:{at} char:{column}\n+ {line}\n+ {marks}")
    }
}

//! What the rooms below may ask of the engine (`Runtime`), and the small services the evaluator shares: placing
//! errors, throwing, defining functions and aliases, static members.
use crate::command::Invocation;
use crate::errors;
use crate::function::{Alias, Body, Function, ScriptBlock};
use crate::machine::{Engine, Frame};
use crate::pipeline::Collector;
use crate::scope::{Options, Scope};
use crate::streams::Redirects;
use dialtone_code::*;
use dialtone_object::*;
use dialtone_syntax::{Span, VariableScope};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

impl Runtime for Engine {
    fn call_block(&mut self, block: &Value, args: &[Value], this: Option<&Value>) -> Res<Value> {
        let Some(b) = Engine::block(block) else {
            return Err(errors::bad_expression("&").into());
        };
        let shared = b.share();
        let collected = Collector::default();
        self.invoke_block(&shared, args, this, &collected, &Redirects::default())?;
        Ok(Value::from_results(collected.take()))
    }
    fn call_member_block(&mut self, block: &Value, args: &[Value], this: &Value) -> Res<Value> {
        let Some(b) = Engine::block(block) else { return Ok(Value::Null) };
        let shared = b.share();
        let parent = self.parent_scope(&shared.module);
        let home = self.new_scope(&shared.code.layout, &parent);
        home.put(layout::THIS_SLOT, this.clone());
        let shared = ScriptBlock { home: Some(home), ..shared };
        let collected = Collector::default();
        self.invoke_block(&shared, args, None, &collected, &Redirects::default())?;
        Ok(Value::from_results(collected.take()))
    }
    fn get_property(&mut self, value: &Value, name: &str) -> Res<Value> {
        access::get_property(self, value, name)
    }
    fn set_property(&mut self, value: &Value, name: &str, new: Value) -> Res<()> {
        access::set_property(self, value, name, new)
    }
    fn call_method(&mut self, value: &Value, name: &str, args: &[Value]) -> Res<Value> {
        access::invoke_method(self, value, name, args)
    }
    fn properties(&mut self, value: &Value) -> Vec<(PsString, Value)> {
        access::properties(self, value)
    }
    fn cast(&mut self, value: &Value, ty: TypeRef) -> Res<Value> {
        convert::cast(self, value, ty)
    }
    fn to_text(&mut self, value: &Value) -> PsString {
        self.text_of(value)
    }
    fn enumerate(&mut self, value: &Value) -> Res<Vec<Value>> {
        Ok(match value {
            Value::Array(a) => a.to_vec(),
            Value::List(l) => l.to_vec(),
            Value::Void | Value::Unset => Vec::new(),
            Value::Wrapped(w) => match &w.base {
                Value::Array(_) | Value::List(_) => return self.enumerate(&w.base),
                Value::Object(o) if o.data().is_enumerable() => return self.enumerate(&w.base),
                _ => vec![value.clone()],
            },
            Value::Object(o) if o.data().is_enumerable() => {
                let o = o.clone();
                match o.data().enumerate(self) {
                    Some(items) => items?,
                    None => vec![value.clone()],
                }
            }
            _ => vec![value.clone()],
        })
    }
    fn construct_class(&mut self, ty: TypeRef, args: &[Value]) -> Option<Res<Value>> {
        let class = self.class_of(ty)?;
        Some(self.construct_instance(&class, args))
    }
    fn class_constructors(&self, ty: TypeRef) -> Vec<Vec<TypeRef>> {
        let Some(class) = self.class_of(ty) else { return Vec::new() };
        class.constructors.iter().filter(|c| !c.is_static).map(|c| c.params.clone()).collect()
    }
    fn class_properties(&self, ty: TypeRef) -> Vec<(PsString, TypeRef)> {
        let Some(class) = self.class_of(ty) else { return Vec::new() };
        class.properties.iter().map(|p| (p.name.clone(), p.ty)).collect()
    }
    fn type_names(&mut self, value: &Value) -> Vec<PsString> {
        access::type_names(self, value)
    }
    fn location(&self) -> String {
        self.location.clone()
    }
    fn resolve_path(&self, path: &str) -> String {
        self.full_path(path)
    }
    fn variable(&mut self, name: &str) -> Option<Value> {
        let scope = self.scope.clone();
        self.lookup_from(Some(scope), Name::new(name))
    }
    fn write_stream(&mut self, stream: Stream, value: Value) -> Res<()> {
        self.report(stream, value, None, &Redirects::default())
    }
    fn write_error(&mut self, error: Rc<ErrorRecord>) -> Res<()> {
        self.report_error(error, None, &Redirects::default())
    }
    fn check_interrupt(&self) -> Res<()> {
        self.interrupted()
    }
    fn script_block(&mut self, text: &str) -> Res<Value> {
        Engine::script_block(self, text)
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

impl ScriptBlock {
    /// The same block again (blocks are values; this shares their code).
    pub fn share(&self) -> ScriptBlock {
        ScriptBlock {
            code: self.code.clone(),
            module: self.module.clone(),
            home: self.home.clone(),
            using: RefCell::new(self.using.borrow().clone()),
        }
    }
}

impl Engine {
    /// The text of what is no scalar: elements joined by `$OFS`, `@{a=1; b=2}` for custom objects, else ToString().
    fn collection_text(&mut self, value: &Value) -> PsString {
        self.depth += 1;
        let text = if self.depth > crate::machine::MAX_DEPTH {
            PsString::default()
        } else {
            self.collection_text_inner(value)
        };
        self.depth -= 1;
        text
    }

    fn collection_text_inner(&mut self, value: &Value) -> PsString {
        if let Some(Ok(text)) = self.instance_text(value) {
            return text;
        }
        if let Some(Ok(text)) = self.scripted_text(value) {
            return text;
        }
        match value.base() {
            Value::Custom(o) if o.is_empty() => PsString::default(),
            Value::Custom(o) => {
                let mut out = String::from("@{");
                for (n, (name, v)) in o.pairs().into_iter().enumerate() {
                    if n > 0 {
                        out.push_str("; ");
                    }
                    out.push_str(&name);
                    out.push('=');
                    out.push_str(&self.inner_text(&v));
                }
                out.push('}');
                out.into()
            }
            Value::Array(_) | Value::List(_) => self.joined(value),
            Value::Object(o) if o.data().is_enumerable() && o.data().text().is_none() => self.joined(value),
            other => types::type_of(other).full_name.into(),
        }
    }

    /// A property's value inside `@{...}`: collections show their type.
    fn inner_text(&mut self, value: &Value) -> PsString {
        match value.base() {
            Value::Array(_) | Value::List(_) => types::type_of(value).full_name.into(),
            // A custom object's own ToString() gives nothing.
            Value::Custom(_) => PsString::default(),
            _ => self.text_of(value),
        }
    }

    fn joined(&mut self, value: &Value) -> PsString {
        let separator = match self.lookup(names::OFS) {
            Value::Null => PsString::from(" "),
            v => self.text_of(&v),
        };
        let items = self.enumerate(value).unwrap_or_default();
        let mut out = compact_str::CompactString::default();
        for (n, item) in items.iter().enumerate() {
            if n > 0 {
                out.push_str(&separator);
            }
            match item.base() {
                // A collection inside is not opened.
                inner @ (Value::Array(_) | Value::List(_)) => out.push_str(&text::type_text(types::type_of(inner))),
                _ => self.push_text(&mut out, item),
            }
        }
        out.into()
    }

    /// ToString() that a script or type data gave the value; none when there is no such member.
    fn scripted_text(&mut self, value: &Value) -> Option<Res<PsString>> {
        let cell = access::instance_members(value)?;
        let own = cell.borrow().as_ref().is_some_and(|m| m.get("ToString").is_some());
        own.then(|| {
            let text = self.call_method(value, "ToString", &[])?;
            Ok(self.text_of(&text))
        })
    }

    /// PowerShell's text of any value.
    pub fn text_of(&mut self, value: &Value) -> PsString {
        if let Some(text) = text::text_of(value) {
            return text;
        }
        self.collection_text(value)
    }

    pub fn like(&mut self, pattern: &str, text: &str) -> bool {
        operators::binary(self, BinaryOp::Like(false), &Value::str(text), &Value::str(pattern))
            .is_ok_and(|v| convert::to_bool(&v))
    }

    /// Gives an error without a position the place of what ran.
    pub fn place_error(&mut self, f: &Frame, flow: Flow, span: Span) -> Flow {
        if let Some(error) = flow.error() {
            self.place(error, f.code, span);
        }
        flow
    }
    pub fn place_error_in(&mut self, code: &Code, flow: Flow, span: Span) -> Flow {
        if let Some(error) = flow.error() {
            self.place(error, code, span);
        }
        flow
    }
    fn place(&mut self, error: &Rc<ErrorRecord>, code: &Code, span: Span) {
        if error.invocation.borrow().is_some() {
            return;
        }
        let info = InvocationInfo { position: Some(errors::position(&code.source, span)), ..InvocationInfo::default() };
        *error.invocation.borrow_mut() = Some(Rc::new(info));
        self.stamp_stack(error);
    }

    /// The place of a command that was not found: its name alone.
    pub(crate) fn place_unknown_command(&mut self, f: &Frame, flow: Flow, span: Span, name: &str) -> Flow {
        if let Some(error) = flow.error()
            && error.invocation.borrow().is_none()
        {
            let source = &f.code.source;
            let length = if source.slice(span).starts_with(name) { name.len() as u32 } else { span.end - span.start };
            let position = errors::position(source, Span { start: span.start, end: span.start + length });
            let info = InvocationInfo { name: name.into(), position: Some(position), ..InvocationInfo::default() };
            *error.invocation.borrow_mut() = Some(Rc::new(info));
            self.stamp_stack(error);
        }
        flow
    }

    /// `ScriptStackTrace`, once.
    pub fn stamp_stack(&mut self, error: &Rc<ErrorRecord>) {
        if !error.stack.borrow().is_empty() {
            return;
        }
        *error.stack.borrow_mut() = self.stack_trace().into();
    }

    /// `$MyInvocation` of the code that runs: what Write-Error reports as the place of its error. The second part is
    /// the name that goes behind the error's id.
    pub fn running_invocation(&self) -> (Rc<InvocationInfo>, PsString) {
        let Some((frame, callers)) = self.stack.split_last() else { return Default::default() };
        let leaf = frame.name.rsplit('/').next().unwrap_or(&frame.name);
        if let Some(info) = &frame.inv {
            return (info.clone(), leaf.into());
        }
        let info = InvocationInfo {
            name: leaf.into(),
            position: callers.last().map(|caller| errors::position(&caller.code.source, caller.at)),
            ..InvocationInfo::default()
        };
        (Rc::new(info), leaf.into())
    }

    /// The full path of the script whose code runs; empty for code from no file.
    pub fn running_file(&self) -> String {
        self.stack.last().and_then(|frame| frame.code.source.file.as_deref()).unwrap_or_default().to_owned()
    }

    pub fn stack_trace(&self) -> String {
        let mut lines = Vec::new();
        for frame in self.stack.iter().rev() {
            let place = match &frame.code.source.file {
                Some(file) => file.to_string(),
                None => "<No file>".to_owned(),
            };
            let name = if frame.name.is_empty()
                || frame.code.ast.span == frame.code.source.whole() && frame.name.ends_with(".ps1")
            {
                "<ScriptBlock>"
            } else {
                &frame.name
            };
            lines.push(format!("at {name}, {place}: line {}", frame.code.source.line_of(frame.at.start)));
        }
        lines.join("\n")
    }

    /// An error that comes out of a command: gets the command's id and place if it has none.
    pub fn command_flow(&mut self, flow: Flow, inv: &Rc<Invocation>) -> Flow {
        if let Some(error) = flow.error() {
            self.dress_error(error, inv);
        }
        flow
    }

    /// `throw`
    pub fn throw(&mut self, f: &Frame, value: Option<&Expr>, span: Span) -> Flow {
        let value = match value {
            Some(e) => match self.eval(f, e) {
                Ok(v) => v,
                Err(flow) => return flow,
            },
            None => match self.caught.clone() {
                Some(error) => return error.into(),
                None => Value::str("ScriptHalted"),
            },
        };
        if let Some(e) = value.get::<error::ErrorObject>() {
            e.0.thrown.set(true);
            return e.0.clone().into();
        }
        let error = if value.get::<Exception>().is_some() || self.is_exception(&value) {
            let id = access::type_of(&value).full_name;
            let message = value.get::<Exception>().map(|e| e.message.borrow().clone());
            let id = message.map_or_else(|| PsString::from(id), |m| if m.is_empty() { id.into() } else { m });
            ErrorRecord::from_exception(value, id, ErrorCategory::OperationStopped, Value::Null)
        } else {
            let text = self.to_text(&value);
            let exception = Exception::named("System.Management.Automation.RuntimeException", text.clone());
            ErrorRecord::from_exception(exception.into_value(), text, ErrorCategory::OperationStopped, value)
        };
        error.thrown.set(true);
        let error = Rc::new(error);
        self.place(&error, f.code, span);
        error.into()
    }

    fn is_exception(&self, value: &Value) -> bool {
        matches!(value, Value::Object(o) if o.data().type_ref().is_subclass_of(&types::EXCEPTION))
    }

    /// A `function` statement.
    pub fn define_function(&mut self, code: &Rc<FunctionCode>) -> Res<()> {
        let scope = match code.scope {
            VariableScope::Global => self.global.clone(),
            VariableScope::Script => crate::vars::script_scope(&self.scope),
            _ => self.scope.clone(),
        };
        let function = Function {
            name: code.name.clone(),
            body: Body::Lazy(code.clone()),
            module: self.module.clone(),
            options: Cell::new(Options::NONE),
            description: RefCell::new("".into()),
            is_filter: code.kind == dialtone_syntax::FunctionKind::Filter,
            hidden: false,
        };
        self.put_function(&scope, code.key, function)
    }

    pub fn put_function(&mut self, scope: &Rc<Scope>, key: Name, function: Function) -> Res<()> {
        let held = scope.function(key);
        if let Some(old) = held {
            let options = old.options.get();
            if options.has(Options::READ_ONLY) || options.has(Options::CONSTANT) {
                return Err(ErrorRecord::new(
                    "System.Management.Automation.SessionStateUnauthorizedAccessException",
                    format!("Cannot write to function {} because it is read-only or constant.", old.name),
                    "FunctionNotWritable",
                    ErrorCategory::WriteError,
                )
                .with_target(Value::str(&old.name))
                .into());
            }
        }
        scope.extra_mut(|e| e.functions.insert(key, Rc::new(function)));
        self.bump();
        Ok(())
    }

    /// `$function:name = { }`
    pub fn set_function_value(&mut self, name: &str, value: &Value) -> Res<()> {
        let scope = self.scope.clone();
        let code = match Engine::block(value) {
            Some(block) => block.code.clone(),
            None => {
                let text = self.to_text(value);
                self.compile(&text, None)?
            }
        };
        let function = Function {
            name: name.into(),
            body: Body::Block(code),
            module: self.module.clone(),
            options: Cell::new(Options::NONE),
            description: RefCell::new("".into()),
            is_filter: false,
            hidden: false,
        };
        self.put_function(&scope, Name::new(name), function)
    }

    pub fn set_alias(&mut self, name: &str, definition: &str) {
        let alias = Alias {
            name: name.into(),
            definition: RefCell::new(definition.into()),
            options: Cell::new(Options::NONE),
            description: RefCell::new("".into()),
            module: self.module.clone(),
        };
        self.scope.clone().extra_mut(|e| e.aliases.insert(Name::new(name), Rc::new(alias)));
        self.bump();
    }

    pub fn static_property(&mut self, ty: TypeRef, name: &str) -> Res<Value> {
        if let Some(class) = self.class_of(ty)
            && let Some(v) = self.class_static(&class, name)
        {
            return Ok(v);
        }
        Ok(access::get_static(self, ty, name)?.unwrap_or_default())
    }
    pub fn set_static_property(&mut self, ty: TypeRef, name: &str, value: Value) -> Res<()> {
        if let Some(class) = self.class_of(ty)
            && let Some(result) = self.set_class_static(&class, name, value.clone())
        {
            return result;
        }
        access::set_static(self, ty, name, value)
    }
    pub fn call_static(&mut self, ty: TypeRef, name: &str, args: &[Value]) -> Res<Value> {
        if let Some(class) = self.class_of(ty) {
            if name.eq_ignore_ascii_case("new") {
                return self.construct_instance(&class, args);
            }
            if let Some(result) = self.call_class_static(&class, name, args) {
                return result;
            }
        }
        if name.eq_ignore_ascii_case("new") {
            return access::construct(self, ty, args);
        }
        access::invoke_static(self, ty, name, args)
    }

    /// `$x.$method()` where the member is a PSMethod or script block value; none when it is a name.
    pub fn invoke_member_value(&mut self, member: &Value, _target: &Value, args: &[Value]) -> Option<Res<Value>> {
        member.get::<ScriptBlock>()?;
        Some(self.call_block(member, args, None))
    }

    pub fn index_value(&mut self, target: &Value, args: &[Value], strict: u8) -> Res<Value> {
        let _ = strict;
        access::index(self, target, args)
    }

    /// Property access under strict mode.
    pub fn strict_property(&mut self, target: &Value, name: &str, level: u8) -> Res<Value> {
        if target.is_null() && level < 2 {
            return Ok(Value::Null);
        }
        match access::find_property(self, target, name)? {
            Some(v) => Ok(v),
            None if level < 2 && access::is_count(name) => Ok(Value::Int(1)),
            None if level < 2 => self.get_property(target, name),
            None => Err(errors::property_not_found(name).into()),
        }
    }

    /// A script block value from text.
    pub fn script_block(&mut self, text: &str) -> Res<Value> {
        let code = self.compile(text, None)?;
        Ok(Value::object(ScriptBlock::new(code, self.module.clone())))
    }

    /// `ExpandString`: the text as if between double quotes.
    pub fn expand_string(&mut self, text: &str) -> Res<PsString> {
        let quoted = format!("\"{}\"", text.replace('"', "`\""));
        let code = self.compile(&quoted, None)?;
        let scope = self.scope.clone();
        let frame = self.frame(&code, &scope, Redirects::default(), None);
        let collected = Collector::default();
        self.run_block_once(&frame, &code, &collected)?;
        let value = Value::from_results(collected.take());
        Ok(self.to_text(&value))
    }
}

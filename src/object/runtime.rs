//! `Runtime`: what compiled code below the engine (member tables, conversion, formatting) may ask of it.
use crate::error::{ErrorRecord, Res};
use crate::string::PsString;
use crate::types::TypeRef;
use crate::value::Value;
use std::any::Any;
use std::rc::Rc;

/// The streams beside output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    Output,
    Error,
    Warning,
    Verbose,
    Debug,
    Information,
    Progress,
}

pub trait Runtime {
    /// Calls a script block (or delegate) and gives all it wrote as one value (nothing, the item, or an array).
    /// `this` becomes `$_`/`$PSItem` when given.
    fn call_block(&mut self, block: &Value, args: &[Value], this: Option<&Value>) -> Res<Value>;
    /// Calls the script block of a script property or script method: `this` becomes `$this`.
    fn call_member_block(&mut self, block: &Value, args: &[Value], this: &Value) -> Res<Value> {
        self.call_block(block, args, Some(this))
    }
    /// A property by name as `$value.name` reads it (members of all kinds, dictionary keys, member enumeration).
    fn get_property(&mut self, value: &Value, name: &str) -> Res<Value>;
    fn set_property(&mut self, value: &Value, name: &str, new: Value) -> Res<()>;
    fn call_method(&mut self, value: &Value, name: &str, args: &[Value]) -> Res<Value>;
    /// Properties as the formatter, Select-Object and the exporters list them: name and value in order.
    fn properties(&mut self, value: &Value) -> Vec<(PsString, Value)>;
    /// Conversion by the language's rules.
    fn cast(&mut self, value: &Value, ty: TypeRef) -> Res<Value>;
    /// The text PowerShell makes of a value (`"$x"`): invariant culture, arrays joined by `$OFS`.
    fn to_text(&mut self, value: &Value) -> PsString;
    /// A pipeline object's elements: what enumeration of the value yields, or the value itself.
    fn enumerate(&mut self, value: &Value) -> Res<Vec<Value>>;
    /// `[type]::new(args)` for a class that a script defined; none where there are no script classes.
    fn construct_class(&mut self, _ty: TypeRef, _args: &[Value]) -> Option<Res<Value>> {
        None
    }
    /// Parameter types of the constructors of a script's class.
    fn class_constructors(&self, _ty: TypeRef) -> Vec<Vec<TypeRef>> {
        Vec::new()
    }
    /// Settable properties of a script's class with their types, in order.
    fn class_properties(&self, _ty: TypeRef) -> Vec<(PsString, TypeRef)> {
        Vec::new()
    }
    /// Names from `$x.PSTypeNames`, nearest first.
    fn type_names(&mut self, value: &Value) -> Vec<PsString>;
    /// The current location as a file system path.
    fn location(&self) -> String;
    /// The full path PowerShell means by a path text (relative to the location, `~`, drives).
    fn resolve_path(&self, path: &str) -> String;
    fn variable(&mut self, name: &str) -> Option<Value>;
    /// Writes to a stream other than output; error records go through `write_error`.
    fn write_stream(&mut self, stream: Stream, value: Value) -> Res<()>;
    fn write_error(&mut self, error: Rc<ErrorRecord>) -> Res<()>;
    /// An error flow when the user pressed Ctrl-C; called in long loops and waits.
    fn check_interrupt(&self) -> Res<()>;
    /// A script block made of a text.
    fn script_block(&mut self, text: &str) -> Res<Value> {
        Err(ErrorRecord::runtime("ScriptBlock", text, crate::ErrorCategory::NotImplemented).into())
    }
    /// The engine itself, for the few members that live there.
    fn as_any(&mut self) -> &mut dyn Any;
}

//! One metadata record per command: what the binder, Get-Command, Get-Help, completion and the docs read, whether the
//! command is Rust code, a script function or a TOML entry.
use crate::types::TypeRef;
use crate::value::Value;
use std::rc::Rc;

/// Index of the parameter set that stands for "all".
pub const ALL_SETS: &str = "__AllParameterSets";

/// One parameter's part in one parameter set.
#[derive(Clone, Debug)]
pub struct ParamSet {
    /// Bit of the set; `u64::MAX` for all sets.
    pub mask: u64,
    pub position: Option<i32>,
    pub mandatory: bool,
    pub pipeline: bool,
    pub by_name: bool,
    pub remaining: bool,
    pub help: Option<Rc<str>>,
}

/// A validation attribute.
#[derive(Clone, Debug)]
pub enum Validation {
    Set {
        values: Vec<Rc<str>>,
        ignore_case: bool,
        message: Option<Rc<str>>,
    },
    Range {
        min: RangeEnd,
        max: RangeEnd,
    },
    /// ValidateRange kinds: Positive, NonNegative, Negative, NonPositive
    RangeKind(Rc<str>),
    Pattern {
        pattern: Rc<str>,
        message: Option<Rc<str>>,
    },
    Length {
        min: i32,
        max: i32,
    },
    Count {
        min: i32,
        max: i32,
    },
    NotNull,
    NotNullOrEmpty,
    NotNullOrWhiteSpace,
    /// The script block as a value only the engine understands (index into the function's code).
    Script {
        block: usize,
        message: Option<Rc<str>>,
    },
    Drive(Vec<Rc<str>>),
    UserDrive,
}

#[derive(Clone, Debug)]
pub enum RangeEnd {
    Int(i64),
    Double(f64),
    Text(Rc<str>),
}

/// One parameter.
#[derive(Clone)]
pub struct ParamMeta {
    pub name: Rc<str>,
    pub aliases: Vec<Rc<str>>,
    pub ty: TypeRef,
    /// The type as signatures write it, where `ty` is only a stand-in (a type this host does not have, or one that
    /// arguments of other types are turned into).
    pub type_name: Option<Rc<str>>,
    pub sets: Vec<ParamSet>,
    pub validations: Vec<Validation>,
    pub allow_null: bool,
    pub allow_empty_string: bool,
    pub allow_empty_collection: bool,
    pub dont_show: bool,
    /// Default for a cmdlet that is not bound (compiled commands read it; functions have their own expressions).
    pub default: Option<Value>,
}

impl ParamMeta {
    pub fn new(name: &str, ty: TypeRef) -> ParamMeta {
        ParamMeta {
            name: name.into(),
            aliases: Vec::new(),
            ty,
            type_name: None,
            sets: Vec::new(),
            validations: Vec::new(),
            allow_null: false,
            allow_empty_string: false,
            allow_empty_collection: false,
            dont_show: false,
            default: None,
        }
    }
    pub fn is_switch(&self) -> bool {
        self.ty.kind == crate::TypeKind::Switch
    }
}

/// A command's signature.
#[derive(Clone)]
pub struct CommandMeta {
    pub name: Rc<str>,
    pub module: Rc<str>,
    pub params: Vec<ParamMeta>,
    /// Names of the parameter sets; bit n of a mask is set n. Empty when there is only `__AllParameterSets`.
    pub sets: Vec<Rc<str>>,
    pub default_set: Option<usize>,
    /// Advanced function or cmdlet: has the common parameters, rejects unknown arguments.
    pub advanced: bool,
    pub should_process: bool,
    /// None, Low, Medium, High as 0..=3
    pub confirm_impact: u8,
    pub positional_binding: bool,
    pub supports_paging: bool,
    pub output_types: Vec<Rc<str>>,
    /// One line.
    pub help: Rc<str>,
    /// .NET class name of a cmdlet: second half of FullyQualifiedErrorId.
    pub implementing_type: Rc<str>,
}

impl CommandMeta {
    pub fn new(name: &str) -> CommandMeta {
        CommandMeta {
            name: name.into(),
            module: "".into(),
            params: Vec::new(),
            sets: Vec::new(),
            default_set: None,
            advanced: true,
            should_process: false,
            confirm_impact: 2,
            positional_binding: true,
            supports_paging: false,
            output_types: Vec::new(),
            help: "".into(),
            implementing_type: "".into(),
        }
    }
    /// Place of a parameter by exact name or alias (any case).
    pub fn find(&self, name: &str) -> Option<usize> {
        self.params
            .iter()
            .position(|p| p.name.eq_ignore_ascii_case(name) || p.aliases.iter().any(|a| a.eq_ignore_ascii_case(name)))
    }
}

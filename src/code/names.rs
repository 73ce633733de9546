//! Names of variables, functions and commands as small numbers: equal names (whatever their case) are equal numbers.
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// An interned name. Interned names live until the process ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub u32);

#[derive(Default)]
struct Table {
    by_text: HashMap<String, u32>,
    /// Spelling of the first use.
    spelling: Vec<Rc<str>>,
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::new(Table::seeded());
}

macro_rules! known {
    ($($id:ident = $text:literal),* $(,)?) => {
        known!(@consts 0u32; $($id)*);
        const KNOWN: &[&str] = &[$($text),*];
    };
    (@consts $n:expr; $id:ident $($rest:ident)*) => {
        pub const $id: Name = Name($n);
        known!(@consts $n + 1; $($rest)*);
    };
    (@consts $n:expr;) => {};
}

known! {
    UNDERSCORE = "_",
    ARGS = "args",
    INPUT = "input",
    THIS = "this",
    PS_BOUND_PARAMETERS = "PSBoundParameters",
    MY_INVOCATION = "MyInvocation",
    PS_CMDLET = "PSCmdlet",
    PS_SCRIPT_ROOT = "PSScriptRoot",
    PS_COMMAND_PATH = "PSCommandPath",
    SWITCH = "switch",
    FOREACH = "foreach",
    MATCHES = "Matches",
    ERROR = "Error",
    QUESTION = "?",
    CARET = "^",
    DOLLAR = "$",
    LAST_EXIT_CODE = "LASTEXITCODE",
    PWD = "PWD",
    HOME = "HOME",
    HOST = "Host",
    PID = "PID",
    PROFILE = "PROFILE",
    OFS = "OFS",
    OUTPUT_ENCODING = "OutputEncoding",
    PS_VERSION_TABLE = "PSVersionTable",
    PS_HOME = "PSHOME",
    PS_CULTURE = "PSCulture",
    PS_UI_CULTURE = "PSUICulture",
    PS_EDITION = "PSEdition",
    PS_ITEM = "PSItem",
    PS_DEFAULT_PARAMETER_VALUES = "PSDefaultParameterValues",
    EXECUTION_CONTEXT = "ExecutionContext",
    SHELL_ID = "ShellId",
    STACK_TRACE = "StackTrace",
    IS_LINUX = "IsLinux",
    IS_MAC_OS = "IsMacOS",
    IS_WINDOWS = "IsWindows",
    IS_CORE_CLR = "IsCoreCLR",
    ENABLED_EXPERIMENTAL_FEATURES = "EnabledExperimentalFeatures",
    ERROR_ACTION_PREFERENCE = "ErrorActionPreference",
    WARNING_PREFERENCE = "WarningPreference",
    VERBOSE_PREFERENCE = "VerbosePreference",
    DEBUG_PREFERENCE = "DebugPreference",
    INFORMATION_PREFERENCE = "InformationPreference",
    PROGRESS_PREFERENCE = "ProgressPreference",
    CONFIRM_PREFERENCE = "ConfirmPreference",
    WHAT_IF_PREFERENCE = "WhatIfPreference",
    ERROR_VIEW = "ErrorView",
    FORMAT_ENUMERATION_LIMIT = "FormatEnumerationLimit",
    MAXIMUM_HISTORY_COUNT = "MaximumHistoryCount",
    PS_STYLE = "PSStyle",
    NESTED_PROMPT_LEVEL = "NestedPromptLevel",
    PS_NATIVE_ARGUMENT_PASSING = "PSNativeCommandArgumentPassing",
    PS_NATIVE_USE_ERROR_ACTION = "PSNativeCommandUseErrorActionPreference",
    TRUE = "true",
    FALSE = "false",
    NULL = "null",
    EVENT = "Event",
    SENDER = "Sender",
    EVENT_ARGS = "EventArgs",
}

fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { text.chars().map(dialtone_object::string::fold).collect() }
}

impl Table {
    fn seeded() -> Table {
        let mut table = Table::default();
        for text in KNOWN {
            table.intern(text);
        }
        // $PSItem is another name of $_.
        table.by_text.insert(fold("PSItem"), UNDERSCORE.0);
        table
    }
    fn intern(&mut self, text: &str) -> u32 {
        let folded = fold(text);
        if let Some(at) = self.by_text.get(&folded) {
            return *at;
        }
        let at = self.spelling.len() as u32;
        self.spelling.push(text.into());
        self.by_text.insert(folded, at);
        at
    }
}

impl Name {
    pub fn new(text: &str) -> Name {
        TABLE.with(|t| Name(t.borrow_mut().intern(text)))
    }
    /// The spelling of the first use.
    pub fn text(self) -> Rc<str> {
        TABLE.with(|t| t.borrow().spelling.get(self.0 as usize).cloned().unwrap_or_else(|| "".into()))
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "${}", self.text())
    }
}

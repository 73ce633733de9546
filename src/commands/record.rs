//! Objects that cmdlets return and that are no more than named values under a .NET type name (GroupInfo, MatchInfo ...).
use dialtone_object::*;
use std::any::Any;
use std::cell::RefCell;

/// The values of such an object, in the order of its type's properties.
pub struct Record {
    ty: TypeRef,
    values: RefCell<Vec<Value>>,
}

impl Record {
    pub fn make(ty: TypeRef, values: Vec<Value>) -> Value {
        Value::object(Record { ty, values: RefCell::new(values) })
    }
    pub fn value(&self, at: usize) -> Value {
        self.values.borrow().get(at).cloned().unwrap_or_default()
    }
    pub fn set(&self, at: usize, value: Value) {
        if let Some(slot) = self.values.borrow_mut().get_mut(at) {
            *slot = value;
        }
    }
}

impl NetObject for Record {
    fn type_ref(&self) -> TypeRef {
        self.ty
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    /// The records whose ToString() is one of their fields.
    fn text(&self) -> Option<PsString> {
        let at = match self.ty {
            ty if ty == &PROVIDER_INFO => 0,
            ty if ty == &DRIVE_INFO => 0,
            ty if ty == &PATH_INFO => 3,
            ty if ty == &MATCH_INFO => return Some(self.match_text(None)),
            _ => return None,
        };
        self.value(at).as_str().cloned()
    }
}

impl Record {
    /// A hit as Select-String shows it: the line, after the file and line number when it comes from a file, with its
    /// context lines around it.
    fn match_text(&self, folder: Option<&str>) -> PsString {
        let text = |at: usize| self.value(at).as_str().cloned().unwrap_or_default();
        let (line, path) = (text(2), text(4));
        let number = match self.value(1) {
            Value::ULong(n) => n,
            _ => 0,
        };
        let lines = |at: usize| -> Vec<Value> {
            match self.value(6).get::<Record>().map(|c| c.value(at)) {
                Some(Value::Array(a)) => a.to_vec(),
                _ => Vec::new(),
            }
        };
        let (before, after) = (lines(2), lines(3));
        let has_context = !self.value(6).is_null();
        let name = match folder {
            Some(folder) => self.relative_path(folder),
            None => path.as_str().to_owned(),
        };
        let shown = |mark: &str, at: u64, line: &str| {
            let place = if path.as_str() == "InputStream" { String::new() } else { format!("{name}:{at}:") };
            if has_context { format!("{mark}{place}{line}") } else { format!("{place}{line}") }
        };
        let mut out: Vec<String> = Vec::new();
        let first = number.saturating_sub(before.len() as u64);
        for (at, line) in before.iter().enumerate() {
            out.push(shown("  ", first + at as u64, line.as_str().map_or("", |l| l.as_str())));
        }
        out.push(shown("> ", number, &line));
        for (at, line) in after.iter().enumerate() {
            out.push(shown("  ", number + 1 + at as u64, line.as_str().map_or("", |l| l.as_str())));
        }
        out.join("\n").into()
    }
}

impl Record {
    /// A hit's file as seen from a folder.
    fn relative_path(&self, folder: &str) -> String {
        let path = self.value(4).as_str().cloned().unwrap_or_default();
        match path.strip_prefix(folder).and_then(|p| p.strip_prefix('/')) {
            Some(inner) => inner.to_owned(),
            None if path.starts_with('/') => crate::path_text::relative(&path, folder),
            None => path.as_str().to_owned(),
        }
    }
}

/// `MatchInfo.ToString(directory)`
fn match_string(rt: &mut dyn Runtime, v: &Value, args: &[Value]) -> Res<Value> {
    let folder = args.first().map(|a| rt.to_text(a));
    Ok(v.get::<Record>().map_or(Value::Null, |r| Value::String(r.match_text(folder.as_deref()))))
}

/// The field number `AT` of a record: the getter of its property.
pub fn field<const AT: usize>(_: &mut dyn Runtime, value: &Value) -> Res<Value> {
    Ok(value.get::<Record>().map(|r| r.value(AT)).unwrap_or_default())
}
pub fn set_field<const AT: usize>(_: &mut dyn Runtime, value: &Value, new: Value) -> Res<()> {
    if let Some(record) = value.get::<Record>() {
        record.set(AT, new);
    }
    Ok(())
}

/// Declares record types: `NAME TABLE "Full.Name" { 0 Count "int", 1 Group "..." }`. A `mut` field has a setter.
macro_rules! records {
    ($($id:ident $table:ident $full:literal : $base:path { $($at:literal $name:ident $ty:literal $($set:ident)?),* $(,)? } $(=> $methods:expr;)?)*) => {
        $(
            #[doc = $full]
            pub static $id: TypeInfo = TypeInfo::new($full, $full, TypeKind::Other, Some(&$base));
            static $table: TypeTable = TypeTable {
                props: &[$(records!(@prop $at $name $ty $($set)?)),*],
                $(methods: $methods,)?
                ..TypeTable::of(&$id)
            };
        )*
        static TABLES: &[&TypeTable] = &[$(&$table),*];
    };
    (@prop $at:literal $name:ident $ty:literal) => { Prop::get(stringify!($name), $ty, field::<$at>) };
    (@prop $at:literal $name:ident $ty:literal mutable) => {
        Prop::get_set(stringify!($name), $ty, field::<$at>, set_field::<$at>)
    };
}

/// What ConvertFrom-Json -AsHashtable makes: a hashtable in insertion order with case-sensitive keys.
pub static ORDERED_HASHTABLE: TypeInfo = TypeInfo::new(
    "System.Management.Automation.OrderedHashtable",
    "System.Management.Automation.OrderedHashtable",
    TypeKind::Hashtable,
    Some(&types::HASHTABLE),
);

/// Base of what Measure-Object returns.
pub static MEASURE_INFO_BASE: TypeInfo = TypeInfo::new(
    "Microsoft.PowerShell.Commands.MeasureInfo",
    "Microsoft.PowerShell.Commands.MeasureInfo",
    TypeKind::Other,
    Some(&types::OBJECT),
);

records! {
    GROUP_INFO GROUP_INFO_TABLE "Microsoft.PowerShell.Commands.GroupInfo" : types::OBJECT {
        3 Values "System.Collections.ArrayList",
        0 Count "int",
        2 Group "System.Collections.ObjectModel.Collection[psobject]",
        1 Name "string",
    }
    GROUP_INFO_NO_ELEMENT GROUP_INFO_NO_ELEMENT_TABLE "Microsoft.PowerShell.Commands.GroupInfoNoElement" : GROUP_INFO {
        3 Values "System.Collections.ArrayList",
        0 Count "int",
        2 Group "System.Collections.ObjectModel.Collection[psobject]",
        1 Name "string",
    }
    MEASURE_INFO MEASURE_INFO_TABLE "Microsoft.PowerShell.Commands.GenericMeasureInfo" : MEASURE_INFO_BASE {
        0 Count "int" mutable,
        1 Average "System.Nullable[double]" mutable,
        2 Sum "System.Nullable[double]" mutable,
        3 Maximum "System.Nullable[double]" mutable,
        4 Minimum "System.Nullable[double]" mutable,
        5 StandardDeviation "System.Nullable[double]" mutable,
        6 Property "string" mutable,
    }
    MEASURE_OBJECT_INFO MEASURE_OBJECT_INFO_TABLE "Microsoft.PowerShell.Commands.GenericObjectMeasureInfo" : MEASURE_INFO_BASE {
        0 Count "int" mutable,
        1 Average "System.Nullable[double]" mutable,
        2 Sum "System.Nullable[double]" mutable,
        3 Maximum "System.Object" mutable,
        4 Minimum "System.Object" mutable,
        5 StandardDeviation "System.Nullable[double]" mutable,
        6 Property "string" mutable,
    }
    TEXT_MEASURE_INFO TEXT_MEASURE_INFO_TABLE "Microsoft.PowerShell.Commands.TextMeasureInfo" : MEASURE_INFO_BASE {
        0 Lines "System.Nullable[int]" mutable,
        1 Words "System.Nullable[int]" mutable,
        2 Characters "System.Nullable[int]" mutable,
        3 Property "string" mutable,
    }
    PROGRESS_RECORD PROGRESS_RECORD_TABLE "System.Management.Automation.ProgressRecord" : types::OBJECT {
        0 ActivityId "int",
        1 ParentActivityId "int" mutable,
        2 Activity "string" mutable,
        3 StatusDescription "string" mutable,
        4 CurrentOperation "string" mutable,
        6 PercentComplete "int" mutable,
        5 SecondsRemaining "int" mutable,
        7 RecordType "System.Management.Automation.ProgressRecordType" mutable,
    }
    PROVIDER_INFO PROVIDER_INFO_TABLE "System.Management.Automation.ProviderInfo" : types::OBJECT {
        0 Name "string",
        1 Capabilities "System.Management.Automation.Provider.ProviderCapabilities",
        2 Home "string" mutable,
        3 ModuleName "string",
    }
    DRIVE_INFO DRIVE_INFO_TABLE "System.Management.Automation.PSDriveInfo" : types::OBJECT {
        3 CurrentLocation "string" mutable,
        0 Name "string",
        1 Provider "System.Management.Automation.ProviderInfo",
        2 Root "string",
        4 Description "string" mutable,
        5 DisplayRoot "string",
    }
    PATH_INFO PATH_INFO_TABLE "System.Management.Automation.PathInfo" : types::OBJECT {
        0 Drive "System.Management.Automation.PSDriveInfo",
        1 Provider "System.Management.Automation.ProviderInfo",
        2 ProviderPath "string",
        3 Path "string",
    }
    MATCH_INFO MATCH_INFO_TABLE "Microsoft.PowerShell.Commands.MatchInfo" : types::OBJECT {
        0 IgnoreCase "bool" mutable,
        1 LineNumber "ulong" mutable,
        2 Line "string" mutable,
        3 Filename "string",
        4 Path "string" mutable,
        5 Pattern "string" mutable,
        6 Context "Microsoft.PowerShell.Commands.MatchInfoContext" mutable,
        7 Matches "System.Text.RegularExpressions.Match[]" mutable,
    } => &[
        Overload::new("string RelativePath(string directory)", |rt, v, args| {
            let folder = args.first().map(|a| rt.to_text(a)).unwrap_or_default();
            Ok(v.get::<Record>().map_or(Value::Null, |r| Value::from(r.relative_path(&folder))))
        }),
        Overload::new("string ToEmphasizedString(string directory)", match_string),
        Overload::new("string ToString()", match_string),
        Overload::new("string ToString(string directory)", match_string),
    ];
    FILE_HASH_INFO FILE_HASH_INFO_TABLE "Microsoft.PowerShell.Commands.FileHashInfo" : types::OBJECT {
        0 Algorithm "string" mutable,
        1 Hash "string" mutable,
        2 Path "string" mutable,
    }
    MATCH_CONTEXT MATCH_CONTEXT_TABLE "Microsoft.PowerShell.Commands.MatchInfoContext" : types::OBJECT {
        0 PreContext "string[]" mutable,
        1 PostContext "string[]" mutable,
        2 DisplayPreContext "string[]" mutable,
        3 DisplayPostContext "string[]" mutable,
    }
    WEB_RESPONSE WEB_RESPONSE_TABLE "Microsoft.PowerShell.Commands.BasicHtmlWebResponseObject" : types::OBJECT {
        2 Content "string",
        7 InputFields "Microsoft.PowerShell.Commands.WebCmdletElementCollection",
        6 Links "Microsoft.PowerShell.Commands.WebCmdletElementCollection",
        5 Images "Microsoft.PowerShell.Commands.WebCmdletElementCollection",
        3 RawContent "string" mutable,
        0 StatusCode "int",
        1 StatusDescription "string",
        4 Headers "System.Collections.Generic.Dictionary[string,System.Collections.Generic.IEnumerable[string]]",
        8 RawContentLength "long",
        9 RelationLink "System.Collections.Generic.Dictionary[string,string]",
    }
    HTTP_REQUEST HTTP_REQUEST_TABLE "System.Net.Http.HttpRequestMessage" : types::OBJECT {
        0 RequestUri "uri" mutable,
    }
    PROCESS PROCESS_TABLE "System.Diagnostics.Process" : types::OBJECT {
        0 Id "int",
        1 ProcessName "string",
        1 Name "string",
        2 CPU "double",
        3 WorkingSet64 "long",
        3 WS "long",
        4 VirtualMemorySize64 "long",
        5 Path "string",
        6 CommandLine "string",
        7 SessionId "int",
        7 SI "int",
        8 HasExited "bool",
        9 ExitCode "int",
    }
    MEMBER_DEFINITION MEMBER_DEFINITION_TABLE "Microsoft.PowerShell.Commands.MemberDefinition" : types::OBJECT {
        0 TypeName "string",
        1 Name "string",
        2 MemberType "System.Management.Automation.PSMemberTypes",
        3 Definition "string",
    }
}

/// A record type by full name (any case), for type literals and conversions.
pub fn find(name: &str) -> Option<TypeRef> {
    TABLES.iter().map(|t| t.ty).find(|ty| ty.full_name.eq_ignore_ascii_case(name))
}
/// The member table of a record type.
pub fn table(ty: TypeRef) -> Option<&'static TypeTable> {
    TABLES.iter().copied().find(|t| t.ty == ty)
}

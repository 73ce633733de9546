//! Get-Member and Add-Member.
use crate::record::{self, Record};
use crate::{input, member_tools, texts, wildcard};
use dialtone_engine::command::{Command, Cx};
use dialtone_engine::vars::enum_value;
use dialtone_object::access::MemberEntry;
use dialtone_object::*;
use std::collections::HashSet;
use std::rc::Rc;

const MEMBER_TYPES: &str = "System.Management.Automation.PSMemberTypes";

#[derive(Default)]
pub struct GetMember {
    seen: HashSet<String>,
    any: bool,
}

impl Command for GetMember {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let Some(object) = input(cx).filter(|o| !o.is_null()) else { return Ok(()) };
        self.any = true;
        let is_static = cx.args.switch("Static");
        let type_name = match (is_static, object.base()) {
            (true, Value::Type(t)) => types::clr_name(t).into_owned(),
            (true, base) => types::clr_name(types::type_of(base)).into_owned(),
            _ => cx.en.type_names(&object).first().map(|n| n.as_str().to_owned()).unwrap_or_default(),
        };
        if !self.seen.insert(type_name.clone()) {
            return Ok(());
        }
        let wanted = match cx.args.value("MemberType").map(Value::base) {
            Some(Value::Object(o)) => o.data().enum_number().unwrap_or(-1),
            _ => -1,
        };
        let view = match cx.args.value("View").map(Value::base) {
            Some(Value::Object(o)) => o.data().enum_number().unwrap_or(3),
            _ => 3,
        };
        let names = texts(cx, "Name");
        let force = cx.args.switch("Force");
        let mut members: Vec<MemberEntry> = if is_static {
            let ty = match object.base() {
                Value::Type(t) => *t,
                base => types::type_of(base),
            };
            static_members(ty)
        } else {
            access::members(cx.en, &object)
        };
        members.retain(|m| {
            let extended =
                !matches!(m.kind, MemberKind::Property | MemberKind::Method | MemberKind::ParameterizedProperty);
            m.kind.number() & wanted != 0
                && (if extended { view & 1 != 0 } else { view & 2 != 0 })
                && (names.is_empty() || wildcard::any(&names, &m.name))
                && (force || !is_hidden(&m.name))
        });
        members.sort_by(|a, b| {
            // Properties after methods, as the numbers of their kinds say; by name within a kind.
            kind_order(a.kind).cmp(kind_order(b.kind)).then_with(|| collate::compare(&a.name, &b.name, false))
        });
        for m in members {
            let kind = enum_value(MEMBER_TYPES, m.kind.number());
            let fields = vec![Value::str(&type_name), Value::String(m.name), kind, Value::String(m.definition)];
            cx.write(Record::make(&record::MEMBER_DEFINITION, fields))?;
        }
        Ok(())
    }
    fn end(&mut self, cx: &mut Cx) -> Res<()> {
        if self.any {
            return Ok(());
        }
        let text = "You must specify an object for the Get-Member cmdlet.";
        cx.error(ErrorRecord::new(
            "System.InvalidOperationException",
            text,
            "NoObjectInGetMember",
            ErrorCategory::CloseError,
        ))
    }
}

/// The static members of a type and its bases.
fn static_members(ty: TypeRef) -> Vec<MemberEntry> {
    let mut found: Vec<MemberEntry> = Vec::new();
    for table in member::tables(ty) {
        for p in table.static_props {
            let accessors = if p.set.is_some() { "{get;set;}" } else { "{get;}" };
            let definition = format!("static {} {} {accessors}", p.ty, p.name).into();
            found.push(MemberEntry { name: p.name.into(), kind: MemberKind::Property, definition });
        }
        for o in table.static_methods {
            if found.iter().any(|m| &*m.name == o.name) {
                continue;
            }
            let all: Vec<String> = table.static_method(o.name).iter().map(|o| format!("static {}", o.sig)).collect();
            let definition = all.join(", ").into();
            found.push(MemberEntry { name: o.name.into(), kind: MemberKind::Method, definition });
        }
    }
    found
}

/// Accessor methods and the members of every PSObject show with -Force only.
fn is_hidden(name: &str) -> bool {
    ["get_", "set_", "add_", "remove_", "op_"].iter().any(|p| name.starts_with(p))
        || matches!(name, "psbase" | "psadapted" | "psextended" | "psobject" | "pstypenames")
}

/// The names of the kinds in the order in which Get-Member sorts them.
fn kind_order(kind: MemberKind) -> &'static str {
    use MemberKind::*;
    match kind {
        AliasProperty => "AliasProperty",
        CodeMethod => "CodeMethod",
        CodeProperty => "CodeProperty",
        Event => "Event",
        MemberSet => "MemberSet",
        Method => "Method",
        NoteProperty => "NoteProperty",
        ParameterizedProperty => "ParameterizedProperty",
        Property => "Property",
        PropertySet => "PropertySet",
        ScriptMethod => "ScriptMethod",
        ScriptProperty => "ScriptProperty",
    }
}

#[derive(Default)]
pub struct AddMember;

impl Command for AddMember {
    fn process(&mut self, cx: &mut Cx) -> Res<()> {
        let object = input(cx).unwrap_or_default();
        if object.is_null() {
            return Ok(());
        }
        let carrier = member_tools::carrier(&object);
        let force = cx.args.switch("Force");
        match cx.args.set_name().to_owned().as_str() {
            "NotePropertySingleMemberSet" => {
                let name = cx.args.text("NotePropertyName").unwrap_or_default();
                let value = cx.args.get("NotePropertyValue").cloned().unwrap_or_default();
                self.add(cx, &carrier, &name, Member::Note(value), force)?;
            }
            "NotePropertyMultiMemberSet" => {
                if let Some(Value::Dict(d)) = cx.args.get("NotePropertyMembers").map(|v| v.base().clone()) {
                    for (name, value) in d.pairs() {
                        let name = cx.en.to_text(&name);
                        self.add(cx, &carrier, &name, Member::Note(value), force)?;
                    }
                }
            }
            "TypeNameSet" => {}
            _ => {
                let name = cx.args.text("Name").unwrap_or_default();
                let Some(member) = self.member(cx)? else { return Ok(()) };
                self.add(cx, &carrier, &name, member, force)?;
            }
        }
        if let Some(name) = cx.args.text("TypeName").filter(|n| !n.is_empty()) {
            let own = cx.en.type_names(&carrier);
            member_tools::add_type_name(&carrier, &name, own);
        }
        if cx.args.switch("PassThru") || cx.args.set_name() == "TypeNameSet" && cx.args.switch("PassThru") {
            cx.write(carrier)?;
        }
        Ok(())
    }
}

impl AddMember {
    fn add(&self, cx: &mut Cx, carrier: &Value, name: &str, member: Member, force: bool) -> Res<()> {
        let known = member_tools::attached(carrier, name);
        if known.is_some() && !force {
            let text = format!(
                "Cannot add a member with the name \"{name}\" because a member with that name already exists. To overwrite the member anyway, add the Force parameter to your command."
            );
            let error = ErrorRecord::new(
                "System.InvalidOperationException",
                text,
                "MemberAlreadyExists",
                ErrorCategory::InvalidOperation,
            );
            return cx.error(error.with_target(carrier.clone()));
        }
        // A note in the place of another kind of member, or the other way round.
        if let (Value::Custom(o), true) = (carrier, known.is_some()) {
            if !matches!(member, Member::Note(_)) {
                o.remove(name);
            }
            if let Some(members) = o.members.borrow_mut().as_mut() {
                members.remove(name);
            }
        }
        access::attach(carrier, name, member);
        Ok(())
    }

    /// The member that -MemberType, -Value and -SecondValue describe.
    fn member(&self, cx: &mut Cx) -> Res<Option<Member>> {
        let kind = match cx.args.value("MemberType").map(Value::base) {
            Some(Value::Object(o)) => o.data().enum_number().unwrap_or(8),
            _ => 8,
        };
        let value = cx.args.get("Value").cloned().unwrap_or_default();
        let second = cx.args.value("SecondValue").cloned();
        let block = |cx: &mut Cx, v: &Value| cx.en.cast(v, &types::SCRIPT_BLOCK).map_err(|flow| dressed(cx, flow));
        Ok(Some(match kind {
            1 => {
                let target = cx.en.to_text(&value);
                let ty = match second {
                    Some(second) => cx.en.cast(&second, &types::TYPE).ok().and_then(|t| match t {
                        Value::Type(t) => Some(t),
                        _ => None,
                    }),
                    None => None,
                };
                Member::Alias(target, ty)
            }
            8 => Member::Note(value),
            16 => {
                let get = if value.is_null() { Value::Null } else { block(cx, &value)? };
                let set = match second {
                    Some(second) => Some(block(cx, &second)?),
                    None => None,
                };
                Member::Script(get, set)
            }
            256 => Member::ScriptMethod(block(cx, &value)?),
            32 => {
                let names: Rc<[PsString]> = cx.en.enumerate(&value)?.iter().map(|v| cx.en.to_text(v)).collect();
                Member::PropertySet(names)
            }
            1024 => Member::MemberSet(Rc::new(Members::default())),
            _ => {
                let text = "The value supplied is not valid, or the member type cannot be added with this cmdlet.";
                cx.error(ErrorRecord::new(
                    "System.InvalidOperationException",
                    text,
                    "CannotAddMemberType",
                    ErrorCategory::InvalidOperation,
                ))?;
                return Ok(None);
            }
        }))
    }
}

/// A flow's error with this command's name on it.
pub fn dressed(cx: &mut Cx, flow: Flow) -> Flow {
    if let Some(record) = flow.error().cloned() {
        cx.en.dress_error(&record, cx.inv);
    }
    flow
}

//! Property expressions of the object cmdlets (`Select-Object Name, @{n='x';e={...}}, v*`): reading them from arguments
//! and evaluating them on objects. The rules are those of PowerShell's PSPropertyExpression and MshParameter.
use crate::wildcard;
use dialtone_engine::Engine;
use dialtone_engine::command::Cx;
use dialtone_object::*;

/// What an expression reads.
#[derive(Clone)]
pub enum Source {
    Name(PsString),
    /// A name pattern: every property that matches.
    Pattern(PsString),
    Block(Value),
}

#[derive(Clone)]
pub struct Property {
    pub source: Source,
    /// The entries beside the expression, as given: `label`, `descending`, `width` ...
    pub entries: Vec<(&'static str, Value)>,
}

/// The value of one resolved property on one object.
pub struct Found {
    pub name: PsString,
    pub value: Value,
    pub exists: bool,
    /// The error of a script block.
    pub error: Option<Flow>,
}

impl Property {
    pub fn named(name: PsString) -> Property {
        let source = if wildcard::has(&name) { Source::Pattern(name) } else { Source::Name(name) };
        Property { source, entries: Vec::new() }
    }
    pub fn entry(&self, name: &str) -> Option<&Value> {
        self.entries.iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }
    /// The label given, if one was.
    pub fn label(&self, en: &mut Engine) -> Option<PsString> {
        let label = self.entry("label").or_else(|| self.entry("name"))?.clone();
        Some(en.to_text(&label))
    }
    /// As messages and default labels show the expression: the name, or the block's text.
    pub fn text(&self, en: &mut Engine) -> PsString {
        match &self.source {
            Source::Name(n) | Source::Pattern(n) => n.clone(),
            Source::Block(b) => en.to_text(b),
        }
    }

    /// Evaluates on an object: one result for a name or block, any number for a pattern.
    pub fn on(&self, en: &mut Engine, object: &Value) -> Res<Vec<Found>> {
        Ok(match &self.source {
            Source::Name(name) => vec![named_on(en, object, name)],
            Source::Pattern(pattern) => en
                .properties(object)
                .into_iter()
                .filter(|(name, _)| wildcard::matches(pattern, name))
                .map(|(name, value)| Found { name, value, exists: true, error: None })
                .collect(),
            Source::Block(block) => {
                let name = en.to_text(block);
                match en.call_block(block, &[], Some(object)) {
                    Ok(value) => vec![Found { name, value: value.or_null(), exists: true, error: None }],
                    Err(flow) if flow.error().is_some() => {
                        vec![Found { name, value: Value::Null, exists: false, error: Some(flow) }]
                    }
                    Err(flow) => return Err(flow),
                }
            }
        })
    }
}

fn named_on(en: &mut Engine, object: &Value, name: &PsString) -> Found {
    match find(en, object, name) {
        Ok(Some((name, value))) => Found { name, value: value.or_null(), exists: true, error: None },
        Ok(None) => Found { name: name.clone(), value: Value::Null, exists: false, error: None },
        Err(flow) => Found { name: name.clone(), value: Value::Null, exists: true, error: Some(flow) },
    }
}

/// A property by exact name (any case) with the name as the object spells it; none when the object has no such
/// property. Keys of dictionaries count.
pub fn find(en: &mut Engine, object: &Value, name: &str) -> Res<Option<(PsString, Value)>> {
    match object {
        Value::Custom(o) if o.members.borrow().as_ref().is_none_or(|m| m.list.is_empty()) => {
            let shape = o.shape();
            return Ok(shape.find(name).and_then(|at| Some((shape.names[at].clone(), o.value_at(at)?))));
        }
        Value::Dict(d) => {
            let found = d.dict.borrow().iter().find_map(|(k, v)| {
                let key = k.as_str()?;
                string::eq_ignore_case(key, name).then(|| (key.clone(), v.clone()))
            });
            if found.is_some() {
                return Ok(found);
            }
        }
        v if v.is_null() => return Ok(None),
        _ => {}
    }
    let Some(value) = access::get_member(en, object, name)? else { return Ok(None) };
    Ok(Some((spelled(object, name), value)))
}

/// A member's name as the object or its type spells it.
fn spelled(object: &Value, name: &str) -> PsString {
    let attached = access::instance_members(object).and_then(|cell| {
        let members = cell.borrow();
        members.as_ref()?.list.iter().map(|(n, _)| n).find(|n| string::eq_ignore_case(n, name)).cloned()
    });
    if let Some(found) = attached {
        return found;
    }
    if let Value::Custom(o) = object.base()
        && let Some(at) = o.shape().find(name)
    {
        return o.shape().names[at].clone();
    }
    if let Value::Object(o) = object.base()
        && let Some(found) = o.data().dynamic_names().into_iter().find(|n| string::eq_ignore_case(n, name))
    {
        return found;
    }
    member::tables(types::type_of(object)).find_map(|t| t.prop(name)).map_or_else(|| name.into(), |p| p.name.into())
}

/// Names with their meaning that an expression table of one cmdlet may have.
pub type Keys = &'static [&'static str];

/// Reads the values of a -Property parameter. `keys` are the entry names that the cmdlet knows, `expression` first.
/// `$null` values are left out.
pub fn parse(cx: &mut Cx, values: &[Value], keys: Keys) -> Res<Vec<Property>> {
    let mut all = Vec::with_capacity(values.len());
    for value in values {
        match value.base() {
            v if v.is_null() => {}
            Value::String(s) => all.push(Property::named(s.clone())),
            Value::Dict(d) => {
                let pairs = d.pairs();
                all.push(from_table(cx, &pairs, keys)?);
            }
            Value::Object(o) if o.data().type_ref().kind == TypeKind::ScriptBlock => {
                all.push(Property { source: Source::Block(value.base().clone()), entries: Vec::new() });
            }
            other => {
                let text = cx.en.to_text(other);
                all.push(Property::named(text));
            }
        }
    }
    Ok(all)
}

fn not_supported(id: &str, message: String) -> ErrorRecord {
    ErrorRecord::new("System.NotSupportedException", message, id, ErrorCategory::InvalidArgument)
}

fn from_table(cx: &mut Cx, pairs: &[(Value, Value)], keys: Keys) -> Res<Property> {
    let (mut source, mut entries) = (None, Vec::new());
    for (key, value) in pairs {
        let given = cx.en.to_text(key);
        // A key may be shortened as long as it fits one name only.
        let lower = given.to_lowercase();
        let fits: Vec<&'static str> = keys.iter().copied().filter(|k| k.starts_with(lower.as_str())).collect();
        let name = match fits.as_slice() {
            [one] => *one,
            [] => {
                return Err(cx.fail(not_supported("DictionaryKeyIllegal", format!("The {given} key is not valid."))));
            }
            many => match many.iter().find(|k| **k == lower) {
                Some(exact) => *exact,
                None => {
                    let text = format!("The {given} key is ambiguous; possible matches are {}.", many.join(", "));
                    return Err(cx.fail(not_supported("DictionaryKeyAmbiguous", text)));
                }
            },
        };
        if name != "expression" {
            entries.push((name, value.clone()));
            continue;
        }
        source = Some(match value.base() {
            Value::String(s) if s.is_empty() => {
                let text = format!("The {given} key has an empty string value.");
                return Err(cx.fail(not_supported("EmptyStringKeyValue", text)));
            }
            Value::String(s) if wildcard::has(s) => Source::Pattern(s.clone()),
            Value::String(s) => Source::Name(s.clone()),
            Value::Object(o) if o.data().type_ref().kind == TypeKind::ScriptBlock => {
                Source::Block(value.base().clone())
            }
            other => {
                let text = format!(
                    "The {given} key has a type, {}, that is not valid; expected types are {{System.String, System.Management.Automation.ScriptBlock}}.",
                    types::type_of(other).full_name
                );
                return Err(cx.fail(not_supported("DictionaryKeyIllegalValue1", text)));
            }
        });
    }
    match source {
        Some(source) => Ok(Property { source, entries }),
        None => Err(cx
            .fail(not_supported("DictionaryKeyMandatoryEntry", "A mandatory entry for expression is missing.".into()))),
    }
}

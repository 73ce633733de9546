//! Property expressions: names (with wildcards), script blocks, view columns; resolved against an object and evaluated.
use crate::computed;
use crate::views::Source;
use compact_str::CompactString;
use dialtone_object::string::eq_ignore_case;
use dialtone_object::{PsString, Res, Runtime, TypeKind, Value};

/// Where a value comes from.
#[derive(Clone)]
pub enum Expression {
    /// A property name or pattern as written.
    Name(PsString),
    /// A property that was found on an object; written as the object writes it.
    Resolved(PsString),
    Block(Value),
}

impl Expression {
    /// What stands for the expression in headers.
    pub fn text(&self, rt: &mut dyn Runtime) -> CompactString {
        match self {
            Expression::Name(n) | Expression::Resolved(n) => n.as_str().into(),
            Expression::Block(b) => rt.to_text(b).as_str().into(),
        }
    }
    pub fn has_wildcards(&self) -> bool {
        matches!(self, Expression::Name(n) if has_wildcards(n))
    }

    /// The properties of an object that the expression means.
    pub fn resolve(&self, rt: &mut dyn Runtime, object: &Value) -> Vec<Expression> {
        match self {
            Expression::Name(name) if has_wildcards(name) => {
                let names = property_names(rt, object);
                names.into_iter().filter(|n| like(rt, n, name)).map(Expression::Resolved).collect()
            }
            Expression::Name(name) => find_property(rt, object, name).into_iter().map(Expression::Resolved).collect(),
            other => vec![other.clone()],
        }
    }

    /// The value; none when the object has no such property.
    pub fn value(&self, rt: &mut dyn Runtime, object: &Value) -> Option<Res<Value>> {
        match self {
            Expression::Block(block) => Some(rt.call_block(block, &[], Some(object))),
            Expression::Resolved(name) => Some(property(rt, object, name)),
            Expression::Name(_) => match self.resolve(rt, object).into_iter().next()? {
                Expression::Resolved(name) => Some(property(rt, object, &name)),
                _ => None,
            },
        }
    }
}

pub fn has_wildcards(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

pub fn like(rt: &mut dyn Runtime, text: &str, pattern: &str) -> bool {
    let (text, pattern) = (Value::str(text), Value::str(pattern));
    dialtone_object::text_operators::like(rt, &text, &pattern, false, false)
        .is_ok_and(|v| matches!(v, Value::Bool(true)))
}

/// A custom object whose properties are all plain values: no members of other kinds.
pub fn plain_custom(object: &Value) -> Option<&dialtone_object::PSObject> {
    match object {
        Value::Custom(o) if o.members.borrow().as_ref().is_none_or(|m| m.list.is_empty()) => Some(o),
        _ => None,
    }
}

/// Property names in order, without repetitions; what `*` matches.
pub fn property_names(rt: &mut dyn Runtime, object: &Value) -> Vec<PsString> {
    if let Some(o) = plain_custom(object) {
        return o.shape().names.to_vec();
    }
    if let Some(keys) = table_keys(object) {
        return keys;
    }
    let mut names: Vec<PsString> = Vec::new();
    for (name, _) in rt.properties(object) {
        if !names.iter().any(|n| eq_ignore_case(n, &name)) {
            names.push(name);
        }
    }
    names
}

/// A hashtable's keys stand for properties.
fn table_keys(object: &Value) -> Option<Vec<PsString>> {
    match object.base() {
        Value::Dict(d) if d.ty.kind == TypeKind::Hashtable && !d.is_empty() => {
            Some(d.pairs().into_iter().filter_map(|(k, _)| k.as_str().cloned()).collect())
        }
        _ => None,
    }
}

/// The property of a name as the object writes it, if it has one.
fn find_property(rt: &mut dyn Runtime, object: &Value, name: &PsString) -> Option<PsString> {
    if let Some(o) = plain_custom(object) {
        let shape = o.shape();
        return shape.find(name).and_then(|at| shape.names.get(at).cloned());
    }
    if let Some(key) = table_keys(object).and_then(|keys| keys.into_iter().find(|k| eq_ignore_case(k, name))) {
        return Some(key);
    }
    let names = rt.properties(object);
    if let Some((found, _)) = names.into_iter().find(|(n, _)| eq_ignore_case(n, name)) {
        return Some(found);
    }
    // Hidden and standard members are not listed but can be read.
    rt.get_property(object, name).ok().filter(|v| !v.is_null()).map(|_| name.clone())
}

pub fn property(rt: &mut dyn Runtime, object: &Value, name: &str) -> Res<Value> {
    if let Some(o) = plain_custom(object) {
        return Ok(o.get(name).unwrap_or(Value::Null));
    }
    rt.get_property(object, name)
}

impl Source {
    /// The value of a view's column for an object.
    pub fn value(&self, rt: &mut dyn Runtime, object: &Value) -> Res<Value> {
        if let Some(name) = &self.property {
            // The property of a view may be missing; that shows as nothing.
            return Ok(property(rt, object, name).unwrap_or(Value::Null));
        }
        if let Some(code) = &self.script {
            let block = computed::block(rt, code)?;
            return rt.call_block(&block, &[], Some(object));
        }
        match &self.computes {
            Some(name) => computed::value(rt, name, object),
            None => Ok(object.clone()),
        }
    }
    pub fn label(&self) -> &str {
        self.property.as_deref().or(self.script.as_deref()).unwrap_or("")
    }
}

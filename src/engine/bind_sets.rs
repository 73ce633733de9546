//! The binder's second half: values into parameters, positions, parameter sets, pipeline objects.
use super::{ALL, ArgVal, Binding, Bound, mask_of, part};
use crate::command::{ActionPreference, Args, Invocation};
use crate::machine::Engine;
use crate::streams::Redirects;
use crate::{errors, validate};
use dialtone_code::names;
use dialtone_object::*;
use dialtone_syntax::Span;
use std::rc::Rc;

impl Binding<'_> {
    /// Converts, validates and stores a value.
    pub(super) fn set(&mut self, p: usize, value: Value, bare: Option<&PsString>) -> Res<()> {
        let param = &self.meta.params[p];
        let value = match (bare, &value) {
            // A number written as a bare word stays as written for a string.
            (Some(text), Value::Int(_) | Value::Long(_) | Value::Double(_) | Value::Decimal(_))
                if param.ty.kind == TypeKind::String =>
            {
                Value::String(text.clone())
            }
            _ => value,
        };
        let value = convert_argument(self.en, self.meta, param, value)?;
        validate::check_parameter(self.en, param, &value)?;
        self.args.values[p] = value;
        self.args.bound[p] = true;
        Ok(())
    }

    pub(super) fn common(&mut self, name: &'static str, value: Value) -> Res<()> {
        let text = |en: &mut Engine, v: &Value| en.to_text(v);
        let on = |v: &Value| Some(convert::to_bool(v));
        let c = &mut self.common;
        match name {
            "Verbose" => c.verbose = on(&value),
            "Debug" => c.debug = on(&value),
            "WhatIf" => c.what_if = on(&value),
            "Confirm" => c.confirm = on(&value),
            "ErrorAction" => c.error_action = Some(action(self.en, name, &value)?),
            "WarningAction" => c.warning_action = Some(action(self.en, name, &value)?),
            "InformationAction" => c.information_action = Some(action(self.en, name, &value)?),
            "ProgressAction" => c.progress_action = Some(action(self.en, name, &value)?),
            "ErrorVariable" => c.error_variable = Some(text(self.en, &value)),
            "WarningVariable" => c.warning_variable = Some(text(self.en, &value)),
            "InformationVariable" => c.information_variable = Some(text(self.en, &value)),
            "OutVariable" => c.out_variable = Some(text(self.en, &value)),
            "PipelineVariable" => c.pipeline_variable = Some(text(self.en, &value)),
            _ => match self.en.cast(&value, &types::INT32)? {
                Value::Int(n) => c.out_buffer = Some(n),
                _ => c.out_buffer = None,
            },
        }
        Ok(())
    }

    /// `$PSDefaultParameterValues` for what was not given by name.
    pub(super) fn default_values(&mut self) -> Res<()> {
        self.en.bind_at = Span::default();
        let table = self.en.lookup(names::PS_DEFAULT_PARAMETER_VALUES);
        let Value::Dict(table) = table.base() else { return Ok(()) };
        if table.is_empty() || !self.meta.advanced {
            return Ok(());
        }
        for (key, value) in table.pairs() {
            let key = self.en.to_text(&key);
            let Some((command, parameter)) = key.rsplit_once(':') else { continue };
            let name = self.meta.name.clone();
            if !self.en.like(command.trim_matches('\''), &name) {
                continue;
            }
            let value = match Engine::block(&value) {
                Some(_) => self.en.call_block(&value, &[], None)?,
                None => value,
            };
            match super::find_param(self.meta, parameter) {
                super::Found::Param(p) if !self.args.bound[p] && mask_of(&self.meta.params[p]) & self.valid != 0 => {
                    self.set(p, value, None)?;
                    self.valid &= mask_of(&self.meta.params[p]);
                }
                super::Found::Common(name) => self.common(name, value)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Binds what has no name by position; gives what found no place.
    pub(super) fn positional(&mut self, left: Vec<ArgVal>) -> Res<Vec<ArgVal>> {
        let mut queue: std::collections::VecDeque<ArgVal> = left.into();
        let mut rest = Vec::new();
        while let Some(a) = queue.pop_front() {
            if a.name.is_some() {
                rest.push(a);
                continue;
            }
            let Some(p) = self.next_position(&a)? else {
                rest.push(a);
                continue;
            };
            let value = a.value.clone().unwrap_or_default();
            self.en.bind_at = a.span;
            self.set(p, value, a.bare.as_ref())?;
            self.valid &= mask_of(&self.meta.params[p]);
        }
        self.remaining(rest)
    }

    /// The parameter that takes the next positional argument: the lowest free position of the valid sets; between
    /// several of one position the default set's, then the one that needs no conversion.
    fn next_position(&mut self, a: &ArgVal) -> Res<Option<usize>> {
        let mut lowest = i32::MAX;
        let mut hits: Vec<usize> = Vec::new();
        for (at, p) in self.meta.params.iter().enumerate() {
            if self.args.bound[at] {
                continue;
            }
            let position =
                p.sets.iter().filter(|s| s.mask & self.valid != 0 && !s.remaining).filter_map(|s| s.position).min();
            let Some(position) = position else { continue };
            match position.cmp(&lowest) {
                std::cmp::Ordering::Less => {
                    lowest = position;
                    hits = vec![at];
                }
                std::cmp::Ordering::Equal => hits.push(at),
                std::cmp::Ordering::Greater => {}
            }
        }
        if hits.len() <= 1 {
            return Ok(hits.pop());
        }
        let value = a.value.clone().unwrap_or_default();
        let default = self.meta.default_set.map_or(0, |d| 1u64 << d);
        let in_default = |p: &usize| mask_of(&self.meta.params[*p]) & default & self.valid != 0;
        // A value that a parameter's own checks refuse goes to the next one of the position (Add-Member's first).
        let mut exact: Vec<usize> = Vec::new();
        for p in &hits {
            let param = &self.meta.params[*p];
            if accepts_as_is(param.ty, &value) && crate::validate::check_parameter(self.en, param, &value).is_ok() {
                exact.push(*p);
            }
        }
        if let Some(p) = exact.iter().find(|p| in_default(p)).or(exact.first()) {
            return Ok(Some(*p));
        }
        let converts =
            |en: &mut Engine, p: usize| convert_argument(en, self.meta, &self.meta.params[p], value.clone()).is_ok();
        for p in &hits {
            if in_default(p) && converts(self.en, *p) {
                return Ok(Some(*p));
            }
        }
        for p in &hits {
            if !accepts_as_is(self.meta.params[*p].ty, &value) && converts(self.en, *p) {
                return Ok(Some(*p));
            }
        }
        Ok(hits.first().copied())
    }

    /// ValueFromRemainingArguments takes what is left over.
    fn remaining(&mut self, rest: Vec<ArgVal>) -> Res<Vec<ArgVal>> {
        if rest.is_empty() {
            return Ok(rest);
        }
        let taker =
            self.meta.params.iter().enumerate().find(|(at, p)| {
                !self.args.bound[*at] && p.sets.iter().any(|s| s.remaining && s.mask & self.valid != 0)
            });
        let Some((p, _)) = taker else { return Ok(rest) };
        let values = super::rest_of(rest);
        let value = match (&values[..], self.meta.params[p].ty.kind) {
            // One collection is taken as it is.
            ([one @ (Value::Array(_) | Value::List(_))], _) => one.clone(),
            (_, TypeKind::Object) => Value::List(Rc::new(List::generic(&types::OBJECT, values))),
            _ => Value::array(values),
        };
        self.set(p, value, None)?;
        self.valid &= mask_of(&self.meta.params[p]);
        Ok(Vec::new())
    }

    /// Chooses the parameter set, checks what is mandatory, and prepares pipeline binding.
    pub(super) fn finish(mut self, rest: Vec<ArgVal>, piped: bool) -> Res<Bound> {
        if self.meta.advanced && !rest.is_empty() {
            let first = &rest[0];
            let text = match (&first.name, &first.value) {
                (Some(name), _) => format!("-{name}").into(),
                (None, Some(v)) => self.en.to_text(v),
                _ => PsString::default(),
            };
            return Err(errors::positional_not_found(&text).into());
        }
        let waits =
            |p: &ParamMeta, set: u64| piped && p.sets.iter().any(|s| s.mask & set != 0 && (s.pipeline || s.by_name));
        let sets = self.meta.sets.len();
        if sets > 0 {
            let candidates: Vec<usize> = (0..sets.min(63)).filter(|s| self.valid & (1 << s) != 0).collect();
            let complete: Vec<usize> = candidates
                .iter()
                .copied()
                .filter(|s| {
                    self.meta.params.iter().enumerate().all(|(at, p)| {
                        self.args.bound[at] || !part(p, 1 << s).is_some_and(|x| x.mandatory) || waits(p, 1 << s)
                    })
                })
                .collect();
            let chosen = match (&candidates[..], &complete[..]) {
                ([only], _) => Some(*only),
                (_, [only]) if self.meta.default_set.is_none_or(|d| !candidates.contains(&d) || d == *only) => {
                    Some(*only)
                }
                _ => self.choose(&candidates, &complete, piped)?,
            };
            match chosen {
                Some(set) => {
                    self.args.set = Some(set);
                    // Pipeline binding may still move to another set, unless the arguments fixed it.
                    if candidates.len() == 1 || !piped {
                        self.valid = 1 << set;
                    }
                }
                None => {
                    if !piped {
                        return Err(errors::ambiguous_set().into());
                    }
                }
            }
        }
        let set_mask = self.args.set.map_or(ALL, |s| 1 << s);
        let missing: Vec<usize> = self
            .meta
            .params
            .iter()
            .enumerate()
            .filter(|(at, p)| {
                !self.args.bound[*at] && part(p, set_mask).is_some_and(|s| s.mandatory) && !waits(p, self.valid)
            })
            .map(|(at, _)| at)
            .collect();
        if !missing.is_empty() {
            self.ask(&missing)?;
        }
        let binder = PipelineBinder::new(&self.args, self.valid, piped);
        Ok(Bound { args: self.args, common: self.common, rest: super::rest_of(rest), binder })
    }

    /// Several sets are possible: the default one when it is among them; for a pipeline the object decides later.
    fn choose(&self, candidates: &[usize], complete: &[usize], piped: bool) -> Res<Option<usize>> {
        if let Some(d) = self.meta.default_set
            && candidates.contains(&d)
        {
            if complete.contains(&d) || complete.len() != 1 {
                return Ok(Some(d));
            }
            return Ok(Some(complete[0]));
        }
        if piped {
            return Ok(None);
        }
        match complete {
            [one] => Ok(Some(*one)),
            [] => Err(errors::ambiguous_set().into()),
            _ => Err(errors::ambiguous_set().into()),
        }
    }

    /// Mandatory parameters without a value: asked for at a prompt, an error otherwise.
    fn ask(&mut self, missing: &[usize]) -> Res<()> {
        let names: Vec<&str> = missing.iter().map(|p| &*self.meta.params[*p].name).collect();
        if self.en.non_interactive || !self.en.host.is_terminal() {
            return Err(errors::missing_mandatory(&names).into());
        }
        for p in missing {
            let value = crate::confirm::ask_parameter(self.en, &self.meta.params[*p])?;
            self.set(*p, value, None)?;
        }
        let _ = self.inv;
        Ok(())
    }
}

fn action(en: &mut Engine, name: &str, value: &Value) -> Res<ActionPreference> {
    if let Some(p) = value.as_str().and_then(|s| ActionPreference::from_name(s)) {
        return Ok(p);
    }
    let number = match value.base() {
        Value::Object(o) => o.data().enum_number(),
        Value::Int(n) => Some(i64::from(*n)),
        Value::Bool(_) | Value::Null => None,
        _ => None,
    };
    use ActionPreference::*;
    match number {
        Some(0) => Ok(SilentlyContinue),
        Some(1) => Ok(Stop),
        Some(2) => Ok(Continue),
        Some(3) => Ok(Inquire),
        Some(4) => Ok(Ignore),
        Some(5) => Ok(Suspend),
        Some(6) => Ok(Break),
        _ => {
            let ty = types::find("System.Management.Automation.ActionPreference").unwrap_or(&types::STRING);
            match en.cast(value, ty) {
                Ok(_) => Ok(Continue),
                Err(flow) => Err(errors::cannot_bind(name, flow)),
            }
        }
    }
}

/// True when a value already has the parameter's type (binding without coercion).
fn accepts_as_is(ty: TypeRef, value: &Value) -> bool {
    match ty.kind {
        TypeKind::Object | TypeKind::PSObject => true,
        TypeKind::Array => match value.base() {
            Value::Array(a) => {
                let elem = ty.elem.unwrap_or(&types::OBJECT);
                elem.kind == TypeKind::Object || std::ptr::eq(a.elem, elem)
            }
            // A scalar of the element type counts as an array of one.
            _ => ty.elem.is_some_and(|e| accepts_as_is(e, value)),
        },
        _ => !value.is_null() && access::type_of(value).is_subclass_of(ty),
    }
}

/// The argument in the parameter's type.
fn convert_argument(en: &mut Engine, meta: &CommandMeta, p: &ParamMeta, value: Value) -> Res<Value> {
    // Compiled cmdlets have a class; functions are called by their name.
    let compiled = meta.implementing_type.contains('.');
    let quick = match (p.ty.kind, &value) {
        (TypeKind::Object, Value::Void) => return Ok(Value::Null),
        (TypeKind::Object, _) => true,
        (TypeKind::PSObject, v) => !v.is_null(),
        (TypeKind::String, Value::String(_))
        | (TypeKind::Int32, Value::Int(_))
        | (TypeKind::Boolean, Value::Bool(_)) => true,
        (TypeKind::ScriptBlock, v) => Engine::block(v).is_some(),
        _ => false,
    };
    if quick {
        return Ok(value);
    }
    match (p.ty.kind, value.base()) {
        (TypeKind::Switch, Value::Bool(b)) => return Ok(crate::host_object::switch(*b)),
        (_, Value::Null | Value::Void) if !p.ty.is_value_type() && p.ty.kind != TypeKind::String => {
            return Ok(Value::Null);
        }
        // A collection does not become a string or number silently: the binder refuses what a cast would take.
        (TypeKind::String, Value::Array(_) | Value::List(_)) => {
            return Err(errors::argument_transformation(&p.name, p.ty, &value, None, compiled));
        }
        (TypeKind::Boolean, Value::String(_)) => {
            return Err(errors::argument_transformation(&p.name, p.ty, &value, None, compiled));
        }
        _ => {}
    }
    match en.cast(&value, p.ty) {
        Ok(v) => Ok(v),
        Err(flow) => Err(errors::argument_transformation(&p.name, p.ty, &value, Some(flow), compiled)),
    }
}

/// Binds pipeline objects to the parameters that take them.
#[derive(Default)]
pub struct PipelineBinder {
    /// Place, takes the object, takes a property of the parameter's name.
    takers: Vec<(usize, bool, bool)>,
    /// Sets still possible when the objects come.
    valid: u64,
    /// One parameter that takes any object whole: nothing to decide.
    simple: Option<usize>,
}

impl PipelineBinder {
    pub fn new(args: &Args, valid: u64, piped: bool) -> PipelineBinder {
        if !piped {
            return PipelineBinder { takers: Vec::new(), valid, simple: None };
        }
        let mut takers = Vec::new();
        for (at, p) in args.meta.params.iter().enumerate() {
            if args.bound[at] {
                continue;
            }
            let value = p.sets.iter().any(|s| s.mask & valid != 0 && s.pipeline);
            let name = p.sets.iter().any(|s| s.mask & valid != 0 && s.by_name);
            if value || name {
                takers.push((at, value, name));
            }
        }
        let any = |at: usize| {
            matches!(args.meta.params[at].ty.kind, TypeKind::Object | TypeKind::PSObject)
                && args.meta.params[at].validations.is_empty()
        };
        let simple = match &takers[..] {
            [(at, true, _)] if any(*at) => Some(*at),
            _ => None,
        };
        PipelineBinder { takers, valid, simple }
    }

    /// Places of the parameters that may change with each object.
    pub fn params(&self) -> impl Iterator<Item = usize> {
        self.takers.iter().map(|t| t.0)
    }

    /// A command that runs without input: is everything mandatory there?
    pub fn ready(&self, _args: &Args) -> bool {
        true
    }

    /// Binds one object; false when it fits no parameter (that was reported).
    pub fn bind(
        &self,
        en: &mut Engine,
        args: &mut Args,
        input: &Value,
        inv: &Rc<Invocation>,
        redirects: &Redirects,
    ) -> Res<bool> {
        if let Some(at) = self.simple {
            args.values[at] = input.clone();
            args.bound[at] = true;
            return Ok(true);
        }
        if self.takers.is_empty() {
            // Objects for a command that takes none: only an error when nothing of it is bound to the pipeline.
            if takes_pipeline(&args.meta) {
                return Ok(true);
            }
            self.refuse(en, input, inv, redirects)?;
            return Ok(false);
        }
        for (at, ..) in &self.takers {
            args.values[*at] = args.meta.params[*at].default.clone().unwrap_or(Value::Unset);
            args.bound[*at] = false;
        }
        let meta = args.meta.clone();
        let mut valid = self.valid;
        let mut bound = false;
        let mut failure: Option<Flow> = None;
        // The object itself without conversion, its properties, then both with conversion.
        for convert in [false, true] {
            for (at, by_value, _) in &self.takers {
                let p = &meta.params[*at];
                if !by_value || args.bound[*at] || part(p, valid).is_none_or(|s| !s.pipeline) || (convert && bound) {
                    continue;
                }
                if !convert && !accepts_as_is(p.ty, input) {
                    continue;
                }
                match self.take(en, args, *at, input.clone()) {
                    Ok(()) => {
                        valid &= mask_of(p);
                        bound = true;
                    }
                    Err(flow) => failure = failure.or(Some(flow)),
                }
            }
            for (at, _, by_name) in &self.takers {
                let p = &meta.params[*at];
                if !by_name || args.bound[*at] || part(p, valid).is_none_or(|s| !s.by_name) {
                    continue;
                }
                let Some(value) = named_property(en, input, p)? else { continue };
                if !convert && !accepts_as_is(p.ty, &value) {
                    continue;
                }
                match self.take(en, args, *at, value) {
                    Ok(()) => {
                        valid &= mask_of(p);
                        bound = true;
                        failure = None;
                    }
                    Err(flow) => return Err(flow),
                }
            }
        }
        if !bound {
            match failure {
                Some(flow) if flow.error().is_some() => self.report(en, flow, inv, redirects)?,
                _ => self.refuse(en, input, inv, redirects)?,
            }
            return Ok(false);
        }
        // The set follows the object.
        if !meta.sets.is_empty() && valid.count_ones() >= 1 {
            let default = meta.default_set.filter(|d| valid & (1 << d) != 0);
            let keep = args.set.filter(|s| valid & (1 << s) != 0);
            args.set = keep.or(default).or(Some(valid.trailing_zeros() as usize)).filter(|s| *s < meta.sets.len());
        }
        let set_mask = args.set.map_or(ALL, |s| 1 << s);
        let missing: Vec<&str> = meta
            .params
            .iter()
            .enumerate()
            .filter(|(at, p)| !args.bound[*at] && part(p, set_mask).is_some_and(|s| s.mandatory))
            .map(|(_, p)| &*p.name)
            .collect();
        if !missing.is_empty() {
            let flow = errors::missing_mandatory(&missing).into();
            self.report(en, flow, inv, redirects)?;
            return Ok(false);
        }
        Ok(true)
    }

    fn take(&self, en: &mut Engine, args: &mut Args, at: usize, value: Value) -> Res<()> {
        let meta = args.meta.clone();
        let value = convert_argument(en, &meta, &meta.params[at], value)?;
        validate::check_parameter(en, &meta.params[at], &value)?;
        args.values[at] = value;
        args.bound[at] = true;
        Ok(())
    }

    fn refuse(&self, en: &mut Engine, input: &Value, inv: &Rc<Invocation>, redirects: &Redirects) -> Res<()> {
        let error = errors::input_not_bound().with_target(input.clone());
        en.report_error(Rc::new(error), Some(inv), redirects)
    }
    fn report(&self, en: &mut Engine, flow: Flow, inv: &Rc<Invocation>, redirects: &Redirects) -> Res<()> {
        match flow.error().cloned() {
            Some(error) => en.report_error(error, Some(inv), redirects),
            None => Err(flow),
        }
    }
}

fn takes_pipeline(meta: &CommandMeta) -> bool {
    meta.params.iter().any(|p| p.sets.iter().any(|s| s.pipeline || s.by_name))
}

/// The object's property of the parameter's name or one of its aliases.
fn named_property(en: &mut Engine, input: &Value, p: &ParamMeta) -> Res<Option<Value>> {
    for name in std::iter::once(&p.name).chain(&p.aliases) {
        let found = match input {
            Value::Custom(o) if o.members.borrow().is_none() => o.get(name),
            // A dictionary's keys are not properties to the binder.
            Value::Dict(_) => None,
            _ => access::get_member(en, input, name)?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

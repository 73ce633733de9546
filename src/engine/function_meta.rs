//! Signatures of script functions: attributes to metadata.
use crate::machine::Engine;
use crate::scope::Constraint;
use dialtone_code::{AttributeCode, Code, Expr};
use dialtone_object::*;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    /// Script blocks of ValidateScript attributes, by number (metadata knows only the number).
    static BLOCKS: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

pub fn validation_block(_en: &mut Engine, at: usize) -> Option<Value> {
    BLOCKS.with(|b| b.borrow().get(at).cloned())
}

fn truthy(v: &Value) -> bool {
    convert::to_bool(v)
}

impl Engine {
    /// The signature of a block, made at its first bind.
    pub fn meta_of(&mut self, code: &Rc<Code>, name: &str) -> Res<Rc<CommandMeta>> {
        if let Some(meta) = code.params.meta.get() {
            return Ok(meta.clone());
        }
        let meta = Rc::new(self.make_meta(code, name)?);
        Ok(code.params.meta.get_or_init(|| meta).clone())
    }

    /// An attribute's argument: constants and what else can be evaluated without a scope of its own.
    fn attribute_value(&mut self, code: &Code, e: &Expr) -> Res<Value> {
        let scope = self.scope.clone();
        let frame = self.frame(code, &scope, Default::default(), None);
        self.eval(&frame, e)
    }

    fn make_meta(&mut self, code: &Rc<Code>, name: &str) -> Res<CommandMeta> {
        let mut meta = CommandMeta::new(name);
        meta.advanced = code.params.advanced;
        meta.implementing_type = name.into();
        let mut default_set: Option<PsString> = None;
        for a in &code.params.attributes {
            if !a.short_name().eq_ignore_ascii_case("CmdletBinding") {
                continue;
            }
            for (key, e) in &a.named {
                let v = self.attribute_value(code, e)?;
                match key.to_ascii_lowercase().as_str() {
                    "defaultparametersetname" => default_set = Some(self.to_text(&v)),
                    "supportsshouldprocess" => meta.should_process = truthy(&v),
                    "positionalbinding" => meta.positional_binding = truthy(&v),
                    "supportspaging" => meta.supports_paging = truthy(&v),
                    "confirmimpact" => {
                        let text = self.to_text(&v);
                        meta.confirm_impact = match text.to_ascii_lowercase().as_str() {
                            "none" => 0,
                            "low" => 1,
                            "high" => 3,
                            _ => 2,
                        };
                    }
                    _ => {}
                }
            }
        }
        let mut sets: Vec<PsString> = default_set.iter().cloned().collect();
        let mut explicit_position = false;
        let mut parts: Vec<Vec<(Option<PsString>, ParamSet)>> = Vec::new();
        for p in &code.params.list {
            let mut param = ParamMeta::new(&p.name, &types::OBJECT);
            // The innermost type wins: `[string[]][Alias('x')]$a`.
            if let Some(t) = p.types.last() {
                param.ty = self.resolve_type_in(&code.namespaces, t)?;
            }
            let mut own: Vec<(Option<PsString>, ParamSet)> = Vec::new();
            for a in &p.attributes {
                self.parameter_attribute(code, a, &mut param, &mut own)?;
            }
            if own.is_empty() {
                own.push((
                    None,
                    ParamSet {
                        mask: u64::MAX,
                        position: None,
                        mandatory: false,
                        pipeline: false,
                        by_name: false,
                        remaining: false,
                        help: None,
                    },
                ));
            }
            explicit_position |= own.iter().any(|(_, s)| s.position.is_some());
            for (set, _) in &own {
                if let Some(set) = set
                    && !sets.iter().any(|s| string::eq_ignore_case(s, set))
                {
                    sets.push(set.clone());
                }
            }
            parts.push(own);
            meta.params.push(param);
        }
        let named = parts.iter().flatten().any(|(s, _)| s.is_some()) || default_set.is_some();
        for (param, own) in meta.params.iter_mut().zip(parts) {
            param.sets = own
                .into_iter()
                .map(|(set, mut s)| {
                    s.mask = match set {
                        Some(set) if named => {
                            1 << sets.iter().position(|x| string::eq_ignore_case(x, &set)).unwrap_or(0)
                        }
                        _ => u64::MAX,
                    };
                    s
                })
                .collect();
        }
        if named {
            meta.sets = sets.iter().map(|s| Rc::from(s.as_str())).collect();
            meta.default_set = default_set.and_then(|d| sets.iter().position(|s| string::eq_ignore_case(s, &d)));
        }
        if meta.positional_binding && !explicit_position {
            let mut next = 0;
            for param in &mut meta.params {
                if param.is_switch() || param.sets.iter().any(|s| s.remaining) {
                    continue;
                }
                for s in &mut param.sets {
                    s.position = Some(next);
                }
                next += 1;
            }
        }
        if code.params.advanced && meta.supports_paging {
            for name in ["First", "Skip"] {
                meta.params.push(ParamMeta::new(name, &types::UINT64));
            }
            meta.params.push(ParamMeta::new("IncludeTotalCount", &types::SWITCH));
        }
        Ok(meta)
    }

    fn parameter_attribute(
        &mut self,
        code: &Rc<Code>,
        a: &AttributeCode,
        param: &mut ParamMeta,
        own: &mut Vec<(Option<PsString>, ParamSet)>,
    ) -> Res<()> {
        let mut texts = Vec::new();
        for e in &a.positional {
            texts.push(self.attribute_value(code, e)?);
        }
        let name = a.short_name().to_ascii_lowercase();
        match name.as_str() {
            "parameter" => {
                let mut set = None;
                let mut part = ParamSet {
                    mask: u64::MAX,
                    position: None,
                    mandatory: false,
                    pipeline: false,
                    by_name: false,
                    remaining: false,
                    help: None,
                };
                for (key, e) in &a.named {
                    let v = self.attribute_value(code, e)?;
                    match key.to_ascii_lowercase().as_str() {
                        "mandatory" => part.mandatory = truthy(&v),
                        "position" => {
                            if let Value::Int(n) = self.cast(&v, &types::INT32)? {
                                part.position = Some(n);
                            }
                        }
                        "valuefrompipeline" => part.pipeline = truthy(&v),
                        "valuefrompipelinebypropertyname" => part.by_name = truthy(&v),
                        "valuefromremainingarguments" => part.remaining = truthy(&v),
                        "parametersetname" => {
                            let text = self.to_text(&v);
                            if &*text != meta::ALL_SETS {
                                set = Some(text);
                            }
                        }
                        "helpmessage" => part.help = Some(Rc::from(self.to_text(&v).as_str())),
                        "dontshow" => param.dont_show = truthy(&v),
                        _ => {}
                    }
                }
                own.push((set, part));
            }
            "alias" => {
                for v in &texts {
                    for item in self.enumerate(v)? {
                        param.aliases.push(Rc::from(self.to_text(&item).as_str()));
                    }
                }
            }
            "allownull" => param.allow_null = true,
            "allowemptystring" => param.allow_empty_string = true,
            "allowemptycollection" => param.allow_empty_collection = true,
            _ => {
                if let Some(v) = self.validation_of(code, a, &name, &texts)? {
                    param.validations.push(v);
                }
            }
        }
        Ok(())
    }

    fn validation_of(
        &mut self,
        code: &Code,
        a: &AttributeCode,
        name: &str,
        texts: &[Value],
    ) -> Res<Option<Validation>> {
        let mut message = None;
        let mut ignore_case = true;
        for (key, e) in &a.named {
            let v = self.attribute_value(code, e)?;
            match key.to_ascii_lowercase().as_str() {
                "errormessage" => message = Some(Rc::from(self.to_text(&v).as_str())),
                "ignorecase" => ignore_case = truthy(&v),
                _ => {}
            }
        }
        let ints = |en: &mut Engine| -> Res<(i32, i32)> {
            let mut pair = [0, i32::MAX];
            for (slot, v) in pair.iter_mut().zip(texts) {
                if let Value::Int(n) = en.cast(v, &types::INT32)? {
                    *slot = n;
                }
            }
            Ok((pair[0], pair[1]))
        };
        Ok(Some(match name {
            "validateset" => {
                let mut values = Vec::new();
                for v in texts {
                    if let Value::Type(ty) = v {
                        values.extend(self.generated_values(ty)?);
                        continue;
                    }
                    for item in self.enumerate(v)? {
                        values.push(Rc::from(self.to_text(&item).as_str()));
                    }
                }
                Validation::Set { values, ignore_case, message }
            }
            "validatepattern" => {
                let pattern = texts.first().map(|v| self.to_text(v)).unwrap_or_default();
                Validation::Pattern { pattern: Rc::from(pattern.as_str()), message }
            }
            "validaterange" => match texts {
                [low, high] => Validation::Range { min: self.range_end(low), max: self.range_end(high) },
                [kind] => Validation::RangeKind(Rc::from(self.to_text(kind).as_str())),
                _ => return Ok(None),
            },
            "validatelength" => {
                let (min, max) = ints(self)?;
                Validation::Length { min, max }
            }
            "validatecount" => {
                let (min, max) = ints(self)?;
                Validation::Count { min, max }
            }
            "validatenotnull" => Validation::NotNull,
            "validatenotnullorempty" => Validation::NotNullOrEmpty,
            "validatenotnullorwhitespace" => Validation::NotNullOrWhiteSpace,
            "validatescript" => {
                let Some(block) = texts.first() else { return Ok(None) };
                let at = BLOCKS.with(|b| {
                    b.borrow_mut().push(block.clone());
                    b.borrow().len() - 1
                });
                Validation::Script { block: at, message }
            }
            _ => return Ok(None),
        }))
    }

    /// The validation an attribute stands for, if it is one.
    pub fn attribute_validation(&mut self, code: &Code, a: &AttributeCode) -> Res<Option<Validation>> {
        let mut values = Vec::new();
        for e in &a.positional {
            values.push(self.attribute_value(code, e)?);
        }
        let name = a.short_name().to_ascii_lowercase();
        self.validation_of(code, a, &name, &values)
    }

    fn range_end(&mut self, v: &Value) -> meta::RangeEnd {
        match v.base() {
            Value::Int(n) => meta::RangeEnd::Int(i64::from(*n)),
            Value::Long(n) => meta::RangeEnd::Int(*n),
            Value::Double(n) => meta::RangeEnd::Double(*n),
            other => meta::RangeEnd::Text(Rc::from(self.to_text(other).as_str())),
        }
    }

    /// `[ValidateSet([Generator])]`: the class's GetValidValues().
    fn generated_values(&mut self, ty: TypeRef) -> Res<Vec<Rc<str>>> {
        let object = self.call_static(ty, "new", &[])?;
        let values = self.call_method(&object, "GetValidValues", &[])?;
        let mut list = Vec::new();
        for v in self.enumerate(&values)? {
            list.push(Rc::from(self.to_text(&v).as_str()));
        }
        Ok(list)
    }

    /// The constraint an attribute on a variable makes.
    pub fn constraint_of(&mut self, f: &crate::machine::Frame, a: &AttributeCode) -> Res<Option<Constraint>> {
        let mut texts = Vec::new();
        for e in &a.positional {
            texts.push(self.eval(f, e)?);
        }
        let name = a.short_name().to_ascii_lowercase();
        Ok(self.validation_of(f.code, a, &name, &texts)?.map(|v| Constraint::Validation(Rc::new(v))))
    }
}

/// Parameters that a `dynamicparam` block returned (a RuntimeDefinedParameterDictionary).
pub fn runtime_parameters(en: &mut Engine, value: &Value) -> Res<Vec<ParamMeta>> {
    let mut list = Vec::new();
    let pairs = match value.base() {
        Value::Dict(d) => d.pairs(),
        _ => Vec::new(),
    };
    for (key, p) in pairs {
        let name = en.to_text(&key);
        let ty = match en.get_property(&p, "ParameterType")? {
            Value::Type(ty) => ty,
            _ => &types::OBJECT,
        };
        let mut param = ParamMeta::new(&name, ty);
        param.sets.push(ParamSet {
            mask: u64::MAX,
            position: None,
            mandatory: false,
            pipeline: false,
            by_name: false,
            remaining: false,
            help: None,
        });
        let attributes = en.get_property(&p, "Attributes")?;
        for a in en.enumerate(&attributes)? {
            if let Value::Bool(true) = en.get_property(&a, "Mandatory")? {
                param.sets[0].mandatory = true;
            }
            if let Value::Int(n) = en.get_property(&a, "Position")?
                && n >= 0
            {
                param.sets[0].position = Some(n);
            }
            let values = en.get_property(&a, "ValidValues")?;
            if !values.is_null() {
                let mut set = Vec::new();
                for v in en.enumerate(&values)? {
                    set.push(Rc::from(en.to_text(&v).as_str()));
                }
                param.validations.push(Validation::Set { values: set, ignore_case: true, message: None });
            }
        }
        list.push(param);
    }
    Ok(list)
}

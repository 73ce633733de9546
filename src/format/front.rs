//! The formatting half: takes objects, decides their shape by the first one, and gives packets. One `Front` is one
//! Format-* cmdlet (or the default formatter behind Out-*).
use crate::defaults;
use crate::generate::{Generator, all_columns, default_columns};
use crate::packet::{FormatObject, Packet, Payload, Start};
use crate::parameters::{Expand, Parameters};
use crate::text::{self, ENUMERATION_LIMIT};
use crate::views::{self, Kind};
use dialtone_object::{ErrorCategory, ErrorRecord, PsString, Res, Runtime, Value};
use std::collections::HashSet;
use std::rc::Rc;

/// Where packets go, one by one.
pub type Emit<'a> = &'a mut dyn FnMut(&mut dyn Runtime, Rc<Packet>) -> Res<()>;

/// Objects with so many properties show as a table, others as a list.
const PROPERTIES_FOR_TABLE: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Context {
    None,
    Document,
    Group,
}

pub struct Front {
    /// None: as the object asks (the default formatter).
    kind: Option<Kind>,
    parameters: Rc<Parameters>,
    generator: Option<Generator>,
    context: Context,
    limit: Option<i32>,
    /// .NET types known to have properties (by address).
    with_properties: HashSet<usize>,
}

impl Front {
    pub fn new(kind: Option<Kind>, parameters: Parameters) -> Front {
        Front {
            kind,
            parameters: Rc::new(parameters),
            generator: None,
            context: Context::None,
            limit: None,
            with_properties: HashSet::new(),
        }
    }

    /// Takes one object of the pipeline; collections are formatted element by element.
    pub fn process(&mut self, rt: &mut dyn Runtime, value: &Value, emit: Emit) -> Res<()> {
        if value.is_null() {
            return Ok(());
        }
        let limit = match rt.variable("FormatEnumerationLimit").as_ref().and_then(Value::as_int) {
            Some(limit) => limit,
            None => ENUMERATION_LIMIT,
        };
        // Read once per document, as a cmdlet does when it begins.
        self.limit.get_or_insert(limit);
        let expand = self.parameters.expand.unwrap_or(Expand::EnumOnly);
        let items = if expand == Expand::CoreOnly { None } else { text::elements(rt, value) };
        let Some(items) = items else { return self.object(rt, value, emit) };
        let items = items?;
        if expand == Expand::Both {
            self.comment(rt, "The following object supports IEnumerable:\n", emit)?;
            self.out_of_band(rt, value, emit)?;
            let text = match items.len() {
                0 => "The IEnumerable contains no objects.".to_owned(),
                1 => "The IEnumerable contains the following object:\n".to_owned(),
                n => format!("The IEnumerable contains the following {n} objects:\n"),
            };
            self.comment(rt, &text, emit)?;
        }
        for item in &items {
            // Null inside a collection shows as an empty text.
            let item = if item.is_null() { &Value::str("") } else { item };
            self.object(rt, item, emit)?;
        }
        Ok(())
    }

    /// Closes what is open.
    pub fn finish(&mut self, rt: &mut dyn Runtime, emit: Emit) -> Res<()> {
        if self.context == Context::Group {
            emit(rt, Rc::new(Packet::GroupEnd))?;
        }
        if self.context != Context::None {
            emit(rt, Rc::new(Packet::End))?;
        }
        self.context = Context::None;
        self.generator = None;
        self.limit = None;
        Ok(())
    }

    fn limit(&self) -> i32 {
        self.limit.unwrap_or(ENUMERATION_LIMIT)
    }

    fn object(&mut self, rt: &mut dyn Runtime, value: &Value, emit: Emit) -> Res<()> {
        if let Some(format) = value.get::<FormatObject>() {
            return emit(rt, format.0.clone());
        }
        // Format-* -Force formats what has a text of its own, too.
        let beside = self.kind.is_none() || !self.parameters.force;
        if beside && let Some(packet) = self.packet_beside(rt, value, false) {
            return emit(rt, packet);
        }
        if self.context == Context::None {
            let generator = self.choose(rt, value)?;
            let start = generator.start(rt, value);
            self.generator = Some(generator);
            emit(rt, Rc::new(Packet::Start(Rc::<Start>::new(start))))?;
            self.context = Context::Document;
        }
        let Some(generator) = &mut self.generator else { return Ok(()) };
        if beside && generator.has_view() {
            let names = rt.type_names(value);
            if !generator.applies(&names) && self.out_of_band(rt, value, emit)? {
                return Ok(());
            }
        }
        let Some(generator) = &mut self.generator else { return Ok(()) };
        let changed = generator.regroup(rt, value);
        if self.context == Context::Group && changed {
            emit(rt, Rc::new(Packet::out_of_band(Payload::Custom(Vec::new()))))?;
            emit(rt, Rc::new(Packet::GroupEnd))?;
            self.context = Context::Document;
        }
        if self.context == Context::Document {
            let start = generator.group_start(rt, value);
            emit(rt, Rc::new(Packet::GroupStart(start)))?;
            self.context = Context::Group;
        }
        let payload = generator.payload(rt, value);
        emit(rt, Rc::new(Packet::Entry { payload, out_of_band: false }))
    }

    /// Writes the object beside the document, whatever its type; false when it shows nothing.
    fn out_of_band(&mut self, rt: &mut dyn Runtime, value: &Value, emit: Emit) -> Res<bool> {
        match self.packet_beside(rt, value, true) {
            Some(packet) => emit(rt, packet).map(|()| true),
            None => Ok(false),
        }
    }

    fn comment(&mut self, rt: &mut dyn Runtime, text: &str, emit: Emit) -> Res<()> {
        emit(rt, Rc::new(Packet::out_of_band(Payload::Raw(text.into()))))
    }

    /// The entry of an object that stands outside of documents: plain text of scalars and objects without properties,
    /// types with an out-of-band view; with `any` every other object as a list of its properties.
    fn packet_beside(&mut self, rt: &mut dyn Runtime, value: &Value, any: bool) -> Option<Rc<Packet>> {
        let plain = defaults::is_plain_custom_type(value);
        let names: Vec<PsString> = match value {
            Value::String(_) | Value::Int(_) => Vec::new(),
            _ if plain => Vec::new(),
            _ => rt.type_names(value),
        };
        let view = if names.is_empty() { None } else { views::find_out_of_band(&names) };
        let payload = if let Some(view) = view {
            let parameters = Rc::new(Parameters::default());
            Generator::from_view(view, parameters, self.limit()).payload(rt, value)
        } else if defaults::is_scalar(rt, value) || !self.has_properties(rt, value) {
            Payload::Raw(text::scalar(rt, value, false).into())
        } else if any {
            let parameters = Rc::new(Parameters::default());
            Generator::from_properties(rt, Kind::List, value, parameters, self.limit()).payload(rt, value)
        } else {
            return None;
        };
        Some(Rc::new(Packet::out_of_band(payload)))
    }

    fn has_properties(&mut self, rt: &mut dyn Runtime, value: &Value) -> bool {
        match value {
            Value::Custom(o) if !o.is_empty() => return true,
            Value::DateTime(_) | Value::TimeSpan(_) | Value::Type(_) | Value::Dict(_) => return true,
            _ => {}
        }
        let ty = match value {
            Value::Object(o) => Some(std::ptr::from_ref(o.data().type_ref()).addr()),
            _ => None,
        };
        if ty.is_some_and(|t| self.with_properties.contains(&t)) {
            return true;
        }
        let found = !rt.properties(value).is_empty();
        if let (true, Some(t)) = (found, ty) {
            self.with_properties.insert(t);
        }
        found
    }

    /// Decides how the objects of a document look.
    fn choose(&mut self, rt: &mut dyn Runtime, value: &Value) -> Res<Generator> {
        let (limit, parameters) = (self.limit(), self.parameters.clone());
        let names = if defaults::is_plain_custom_type(value) { Vec::new() } else { rt.type_names(value) };
        let Some(kind) = self.kind else {
            if let Some(view) = views::find_view(&names, None, None) {
                return Ok(Generator::from_view(view, parameters, limit));
            }
            if let Some(kind) = views::preferred_shape(&names) {
                return Ok(Generator::from_properties(rt, kind, value, parameters, limit));
            }
            let mut count = default_columns(rt, value).len();
            if count == 0 {
                count = all_columns(rt, value).len();
            }
            let kind = if count <= PROPERTIES_FOR_TABLE { Kind::Table } else { Kind::List };
            return Ok(Generator::from_properties(rt, kind, value, parameters, limit));
        };
        if !parameters.properties.is_empty() {
            return Ok(Generator::from_properties(rt, kind, value, parameters, limit));
        }
        let name = parameters.view.as_deref().filter(|n| !n.is_empty()).map(str::to_owned);
        match (views::find_view(&names, Some(kind), name.as_deref()), name) {
            (Some(view), _) => Ok(Generator::from_view(view, parameters, limit)),
            (None, Some(name)) => Err(unknown_view(&name, kind, &names).into()),
            (None, None) => Ok(Generator::from_properties(rt, kind, value, parameters, limit)),
        }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Table => "Table",
        Kind::List => "List",
        Kind::Wide => "Wide",
        Kind::Custom => "Custom",
    }
}

fn unknown_view(name: &str, kind: Kind, types: &[PsString]) -> ErrorRecord {
    let type_name = types.first().map_or("", |n| n.as_str());
    let all = views::views_of(type_name);
    let valid: Vec<&str> = all.iter().filter(|v| v.kind == kind).map(|v| v.name.as_str()).collect();
    let of = kind_name(kind);
    let message = if valid.is_empty() {
        let others: Vec<String> = all
            .iter()
            .filter(|v| v.name.eq_ignore_ascii_case(name))
            .map(|v| format!("Format-{}", kind_name(v.kind)))
            .collect();
        if others.is_empty() {
            format!("The view name {name} cannot be found. There are no existing {of} views for {type_name} objects.")
        } else {
            format!(
                "The view name {name} cannot be found in the {of} formatting. Try using one of these other format \
                 cmdlets: {}",
                others.join(", ")
            )
        }
    } else {
        format!(
            "The view name {name} cannot be found. Specify one of the following {of} views and try again: {}.",
            valid.join(", ")
        )
    };
    let record = ErrorRecord::new(
        "System.Management.Automation.PipelineStoppedException",
        "The pipeline has been stopped.",
        "FormatViewNotFound",
        ErrorCategory::ObjectNotFound,
    );
    *record.details.borrow_mut() = Some((message.into(), "".into()));
    record
}

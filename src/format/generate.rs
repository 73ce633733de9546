//! From objects to entries: a generator holds what was decided for a document (view or properties, grouping) and makes
//! one entry of each object.
use crate::browse;
use crate::custom_view::custom_entries;
use crate::packet::{Align, Cell, Header, Node, Payload, Shape, Start};
use crate::parameters::{Parameters, Property};
use crate::property::{Expression, plain_custom, property_names};
use crate::text::{self, TextOptions};
use crate::views::{Entry, Item, Kind, Selector, Source, View};
use crate::{defaults, views};
use compact_str::{CompactString, format_compact};
use dialtone_object::access::{self, typedata};
use dialtone_object::{PsString, Res, Runtime, Value};
use std::rc::Rc;

/// Tables of all properties of an object show the first ten.
const TABLE_PROPERTIES: usize = 10;

/// A property to show: resolved expression and the parameter it came from.
#[derive(Clone)]
pub struct Column {
    pub expression: Expression,
    pub parameter: Option<Rc<Property>>,
}

pub struct Generator {
    kind: Kind,
    view: Option<Rc<View>>,
    parameters: Rc<Parameters>,
    /// Columns of a table made of properties.
    columns: Vec<Column>,
    grouping: Option<Grouping>,
    pub limit: i32,
    /// Shape of the last plain custom object and its properties: lists of many alike objects resolve them once.
    shape: Option<(Rc<dialtone_object::Shape>, Rc<[Column]>)>,
}

struct Grouping {
    expression: GroupExpression,
    label: Option<CompactString>,
    name: CompactString,
    /// None before the first object that has the property.
    current: Option<Value>,
}

enum GroupExpression {
    Parameter(Expression),
    View(Rc<View>),
}

impl Generator {
    pub fn from_view(view: Rc<View>, parameters: Rc<Parameters>, limit: i32) -> Generator {
        let mut made = Generator::new(view.kind, parameters, limit);
        if made.grouping.is_none() && view.group_by.is_some() {
            made.grouping = Some(Grouping {
                expression: GroupExpression::View(view.clone()),
                label: None,
                name: CompactString::default(),
                current: None,
            });
        }
        made.view = Some(view);
        made
    }

    pub fn from_properties(
        rt: &mut dyn Runtime,
        kind: Kind,
        object: &Value,
        parameters: Rc<Parameters>,
        limit: i32,
    ) -> Generator {
        let mut made = Generator::new(kind, parameters, limit);
        if kind == Kind::Table {
            made.columns = made.table_columns(rt, object);
        }
        made
    }

    fn new(kind: Kind, parameters: Rc<Parameters>, limit: i32) -> Generator {
        let grouping = parameters.group_by.as_ref().map(|p| Grouping {
            expression: GroupExpression::Parameter(p.expression.clone()),
            label: p.label.clone(),
            name: CompactString::default(),
            current: None,
        });
        Generator { kind, view: None, parameters, columns: Vec::new(), grouping, limit, shape: None }
    }

    /// Whether an object goes into the document (objects of other types stand beside it).
    pub fn applies(&self, names: &[PsString]) -> bool {
        self.view.as_ref().is_none_or(|v| views::applies(&v.types, names))
    }
    pub fn has_view(&self) -> bool {
        self.view.is_some()
    }

    pub fn start(&self, rt: &mut dyn Runtime, object: &Value) -> Start {
        let p = &self.parameters;
        let auto_size = p.auto_size.unwrap_or_else(|| self.view.as_ref().is_some_and(|v| v.auto_size));
        let shape = match self.kind {
            Kind::Table => Shape::Table {
                columns: match &self.view {
                    Some(view) => view_headers(rt, view, object),
                    None => self.columns.clone().iter().map(|c| property_header(rt, c, object)).collect(),
                },
                hide_header: p.hide_headers.unwrap_or_else(|| self.view.as_ref().is_some_and(|v| v.hide_headers)),
                repeat_header: p.repeat_header,
            },
            Kind::List => Shape::List,
            Kind::Wide => Shape::Wide { columns: if auto_size { 0 } else { p.columns.unwrap_or(0) } },
            Kind::Custom => Shape::Custom,
        };
        Start { shape, auto_size }
    }

    /// Takes the grouping value of an object; true when a new group begins.
    pub fn regroup(&mut self, rt: &mut dyn Runtime, object: &Value) -> bool {
        let Some(grouping) = &mut self.grouping else { return false };
        let (value, name) = match &grouping.expression {
            GroupExpression::Parameter(e) => {
                let Some(found) = e.resolve(rt, object).into_iter().next() else { return false };
                (found.value(rt, object), found.text(rt))
            }
            GroupExpression::View(view) => {
                let Some(by) = &view.group_by else { return false };
                let label = by.label.as_deref().unwrap_or_else(|| by.value.label());
                (Some(by.value.value(rt, object)), CompactString::from(label))
            }
        };
        let Some(Ok(value)) = value else { return false };
        let changed = match &grouping.current {
            Some(old) => !same_group(rt, old, &value),
            None => true,
        };
        grouping.current = Some(value.or_null());
        if changed {
            grouping.name = name;
        }
        changed
    }

    /// The header of a group.
    pub fn group_start(&mut self, rt: &mut dyn Runtime, first: &Value) -> Option<Vec<Node>> {
        let grouping = self.grouping.as_ref()?;
        let value = grouping.current.clone()?;
        let by = self.view.as_ref().and_then(|v| v.group_by.as_ref());
        if let (Some(control), GroupExpression::View(_)) = (by.and_then(|b| b.control.as_ref()), &grouping.expression) {
            let mut nodes = Vec::new();
            custom_entries(rt, control, first, self.limit, 0, &mut nodes);
            return Some(nodes);
        }
        let label = grouping.label.as_ref().unwrap_or(&grouping.name).clone();
        let text = text::display(rt, &value, TextOptions { limit: self.limit, table: false });
        Some(vec![Node::Text(format_compact!("   {label}: ")), Node::Text(text)])
    }

    pub fn payload(&mut self, rt: &mut dyn Runtime, object: &Value) -> Payload {
        match (self.view.clone(), self.kind) {
            (Some(view), Kind::Table) => self.view_row(rt, &view, object),
            (Some(view), Kind::List) => self.view_list(rt, &view, object),
            (Some(view), Kind::Wide) => {
                let entry = active_entry(rt, &view.entries, object);
                Payload::Wide(
                    entry.map_or_else(CompactString::default, |e| self.source_text(rt, &e.value, None, object)),
                )
            }
            (Some(view), Kind::Custom) => {
                let mut nodes = Vec::new();
                custom_entries(rt, &view.entries, object, self.limit, 0, &mut nodes);
                Payload::Custom(nodes)
            }
            (None, Kind::Table) => self.property_row(rt, object),
            (None, Kind::List) => self.property_list(rt, object),
            (None, Kind::Wide) => {
                let column = self.wide_column(rt, object);
                Payload::Wide(column.map_or_else(CompactString::default, |c| self.column_text(rt, &c, object, false)))
            }
            (None, Kind::Custom) => Payload::Custom(browse::object(rt, object, &self.parameters, self.limit)),
        }
    }

    // --- properties -------------------------------------------------------------------------------------------------

    fn table_columns(&self, rt: &mut dyn Runtime, object: &Value) -> Vec<Column> {
        if !self.parameters.properties.is_empty() {
            return expand(rt, &self.parameters.properties, object, true);
        }
        let mut columns = default_columns(rt, object);
        if columns.is_empty() {
            columns = all_columns(rt, object);
            columns.truncate(TABLE_PROPERTIES);
        }
        columns
    }

    fn list_columns(&mut self, rt: &mut dyn Runtime, object: &Value) -> Rc<[Column]> {
        let shape = plain_custom(object).filter(|o| o.members.borrow().is_none()).map(|o| o.shape());
        if let (Some(shape), Some((last, columns))) = (&shape, &self.shape)
            && Rc::ptr_eq(shape, last)
        {
            return columns.clone();
        }
        let columns = if self.parameters.properties.is_empty() {
            let columns = default_columns(rt, object);
            if columns.is_empty() { all_columns(rt, object) } else { columns }
        } else {
            expand(rt, &self.parameters.properties, object, false)
        };
        let columns: Rc<[Column]> = columns.into();
        self.shape = shape.map(|s| (s, columns.clone()));
        columns
    }

    fn wide_column(&mut self, rt: &mut dyn Runtime, object: &Value) -> Option<Column> {
        let columns = if !self.parameters.properties.is_empty() {
            expand(rt, &self.parameters.properties, object, false)
        } else if let Some(name) = defaults::display_name(rt, object) {
            vec![Column { expression: Expression::Resolved(name), parameter: None }]
        } else {
            let columns = default_columns(rt, object);
            if columns.is_empty() { all_columns(rt, object) } else { columns }
        };
        columns.into_iter().next()
    }

    fn property_row(&mut self, rt: &mut dyn Runtime, object: &Value) -> Payload {
        let columns = std::mem::take(&mut self.columns);
        let cells = columns
            .iter()
            .map(|c| Cell { text: self.column_text(rt, c, object, true), align: Align::Undefined })
            .collect();
        self.columns = columns;
        Payload::Row { cells, wrap: self.parameters.wrap.unwrap_or(false) }
    }

    fn property_list(&mut self, rt: &mut dyn Runtime, object: &Value) -> Payload {
        let columns = self.list_columns(rt, object);
        Payload::List(columns.iter().map(|c| (column_label(rt, c), self.column_text(rt, c, object, false))).collect())
    }

    fn column_text(&self, rt: &mut dyn Runtime, column: &Column, object: &Value, table: bool) -> CompactString {
        let format = column.parameter.as_ref().and_then(|p| p.format.as_deref());
        // A resolved name may be missing on later objects.
        let value = match (&column.expression, plain_custom(object)) {
            (Expression::Resolved(name), Some(o)) => o.get(name).map(Ok),
            (e, _) => e.value(rt, object),
        };
        self.value_text(rt, value.unwrap_or(Ok(Value::Null)), format, table)
    }

    fn source_text(
        &self,
        rt: &mut dyn Runtime,
        source: &Source,
        format: Option<&str>,
        object: &Value,
    ) -> CompactString {
        let value = source.value(rt, object);
        self.value_text(rt, value, format, false)
    }

    fn value_text(&self, rt: &mut dyn Runtime, value: Res<Value>, format: Option<&str>, table: bool) -> CompactString {
        let show_errors = self.parameters.display_error;
        let Ok(value) = value else {
            return CompactString::const_new(if show_errors { "#ERR" } else { "" });
        };
        match format {
            Some(format) => text::formatted(rt, &value, format)
                .unwrap_or_else(|| CompactString::const_new(if show_errors { "#FMTERR" } else { "" })),
            None => text::display(rt, &value, TextOptions { limit: self.limit, table }),
        }
    }

    // --- views ------------------------------------------------------------------------------------------------------

    fn view_row(&self, rt: &mut dyn Runtime, view: &View, object: &Value) -> Payload {
        let Some(row) = active_row(rt, view, object) else {
            return Payload::Row { cells: Vec::new(), wrap: false };
        };
        let cells = row
            .columns
            .iter()
            .map(|c| Cell {
                text: self.source_text(rt, &c.value, c.format.as_deref(), object),
                align: align(c.align.as_deref()),
            })
            .collect();
        Payload::Row { cells, wrap: self.parameters.wrap.unwrap_or(row.wrap) }
    }

    fn view_list(&self, rt: &mut dyn Runtime, view: &View, object: &Value) -> Payload {
        let Some(entry) = active_entry(rt, &view.entries, object) else { return Payload::List(Vec::new()) };
        let mut items = Vec::with_capacity(entry.items.len());
        for item in &entry.items {
            if !condition(rt, item, object) {
                continue;
            }
            let label = item.label.as_deref().unwrap_or_else(|| item.value.label());
            items.push((label.into(), self.source_text(rt, &item.value, item.format.as_deref(), object)));
        }
        Payload::List(items)
    }
}

pub fn default_columns(rt: &mut dyn Runtime, object: &Value) -> Vec<Column> {
    let names = defaults::display_properties(rt, object).unwrap_or_default();
    names.into_iter().map(|n| Column { expression: Expression::Name(n), parameter: None }).collect()
}

pub fn all_columns(rt: &mut dyn Runtime, object: &Value) -> Vec<Column> {
    let mut names = property_names(rt, object);
    if !matches!(object, Value::Custom(_)) {
        // The .NET type's own properties come before those that were added.
        let attached = access::instance_members(object).map(|m| m.borrow().clone());
        let attached = attached.flatten().map_or_else(Vec::new, |m| m.list);
        let added: Vec<PsString> = attached.into_iter().chain(typedata::members(object)).map(|(n, _)| n).collect();
        names.sort_by_key(|n| added.iter().any(|a| a.eq_ignore_ascii_case(n)));
    }
    names
        .into_iter()
        .filter(|n| n.as_str() != "PSShowComputerName")
        .map(|n| Column { expression: Expression::Resolved(n), parameter: None })
        .collect()
}

/// The properties that parameters mean on an object; tables keep plain names that it does not have.
pub fn expand(rt: &mut dyn Runtime, parameters: &[Rc<Property>], object: &Value, keep: bool) -> Vec<Column> {
    let mut columns = Vec::new();
    for parameter in parameters {
        let found = parameter.expression.resolve(rt, object);
        if found.is_empty() && keep && !parameter.expression.has_wildcards() {
            columns.push(Column { expression: parameter.expression.clone(), parameter: Some(parameter.clone()) });
        }
        columns.extend(found.into_iter().map(|expression| Column { expression, parameter: Some(parameter.clone()) }));
    }
    columns
}

fn column_label(rt: &mut dyn Runtime, column: &Column) -> CompactString {
    match column.parameter.as_ref().and_then(|p| p.label.clone()) {
        Some(label) => label,
        None => column.expression.text(rt),
    }
}

fn property_header(rt: &mut dyn Runtime, column: &Column, object: &Value) -> Header {
    let parameter = column.parameter.as_deref();
    let align = parameter.and_then(|p| p.align).unwrap_or_else(|| match column.expression.value(rt, object) {
        Some(Ok(value)) if defaults::is_number_like(rt, &value) => Align::Right,
        _ => Align::Left,
    });
    Header {
        label: column_label(rt, column),
        width: parameter.and_then(|p| p.width).unwrap_or(0),
        align,
        is_property: true,
    }
}

fn view_headers(rt: &mut dyn Runtime, view: &View, object: &Value) -> Vec<Header> {
    let Some(row) = active_row(rt, view, object) else { return Vec::new() };
    let names = std::cell::OnceCell::new();
    row.columns
        .iter()
        .enumerate()
        .map(|(k, column)| {
            let head = view.headers.get(k);
            let label = head.and_then(|h| h.label.as_deref());
            let is_property = label.is_none_or(|l| {
                names.get_or_init(|| property_names(rt, object)).iter().any(|n| n.eq_ignore_ascii_case(l))
            });
            let own = align(head.and_then(|h| h.align.as_deref()));
            Header {
                label: label.unwrap_or_else(|| column.value.label()).into(),
                width: head.map_or(0, |h| h.width),
                align: if own == Align::Undefined { align(column.align.as_deref()) } else { own },
                is_property,
            }
        })
        .collect()
}

fn align(name: Option<&str>) -> Align {
    match name {
        Some("Left") => Align::Left,
        Some("Center") => Align::Center,
        Some("Right") => Align::Right,
        _ => Align::Undefined,
    }
}

fn same_group(rt: &mut dyn Runtime, a: &Value, b: &Value) -> bool {
    if a.is_null() || b.is_null() {
        return a.is_null() && b.is_null();
    }
    match dialtone_object::compare::compare_values(rt, a, b, false) {
        Ok(order) => order.is_eq(),
        Err(_) => dialtone_object::string::eq_ignore_case(&rt.to_text(a), &rt.to_text(b)),
    }
}

/// The entry whose selector fits best; the one without a selector otherwise.
fn select<'a, T>(
    rt: &mut dyn Runtime,
    list: &'a [T],
    selector: fn(&T) -> Option<&Selector>,
    object: &Value,
) -> Option<&'a T> {
    if list.iter().all(|e| selector(e).is_none()) {
        return list.first();
    }
    let names = rt.type_names(object);
    let mut best: Option<(usize, &T)> = None;
    for entry in list {
        let Some(by) = selector(entry) else { continue };
        let at = names.iter().position(|n| {
            let n = n.strip_prefix("Deserialized.").unwrap_or(n);
            by.types.iter().any(|t| t.eq_ignore_ascii_case(n))
        });
        if let Some(at) = at
            && best.is_none_or(|(b, _)| at < b)
            && by.condition.as_ref().is_none_or(|c| condition_holds(rt, &c.value, object))
        {
            best = Some((at, entry));
        }
    }
    best.map(|(_, e)| e).or_else(|| list.iter().find(|e| selector(e).is_none()))
}

fn active_row<'a>(rt: &mut dyn Runtime, view: &'a View, object: &Value) -> Option<&'a crate::views::RowDef> {
    select(rt, &view.rows, |r| r.selected_by.as_ref(), object)
}
pub fn active_entry<'a>(rt: &mut dyn Runtime, entries: &'a [Entry], object: &Value) -> Option<&'a Entry> {
    select(rt, entries, |e| e.selected_by.as_ref(), object)
}

fn condition_holds(rt: &mut dyn Runtime, source: &Source, object: &Value) -> bool {
    source.value(rt, object).is_ok_and(|v| dialtone_object::convert::to_bool(&v))
}
pub fn condition(rt: &mut dyn Runtime, item: &Item, object: &Value) -> bool {
    item.condition.as_ref().is_none_or(|c| condition_holds(rt, &c.value, object))
}

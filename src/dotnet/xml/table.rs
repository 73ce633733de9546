//! The members of XmlDocument, XmlElement and the other nodes.
use super::node::{
    ATTRIBUTE, CDATA, CHARACTER, COMMENT, DECLARATION, DOCUMENT, Data, ELEMENT, INSTRUCTION, Kind, LINKED, NODE, Node,
    TEXT, Tree,
};
use super::{path, read, write};
use crate::args::Args;
use crate::collections::View;
use crate::{fail, overloads};
use dialtone_object::{ErrorCategory, ErrorRecord, Flow, Prop, Res, Runtime, TypeTable, Value, enums};

type Rt<'a> = &'a mut dyn Runtime;

pub static TABLES: &[&TypeTable] = &[
    &NODE_TABLE,
    &DOCUMENT_TABLE,
    &ELEMENT_TABLE,
    &ATTRIBUTE_TABLE,
    &DECLARATION_TABLE,
    &NAMES[0],
    &NAMES[1],
    &NAMES[2],
    &NAMES[3],
    &NAMES[4],
    &NAMES[5],
];
/// Types without members of their own.
static NAMES: [TypeTable; 6] = [
    TypeTable::of(&LINKED),
    TypeTable::of(&CHARACTER),
    TypeTable::of(&TEXT),
    TypeTable::of(&CDATA),
    TypeTable::of(&COMMENT),
    TypeTable::of(&INSTRUCTION),
];

fn me(v: &Value) -> Res<Node> {
    v.get::<Node>().cloned().ok_or_else(|| fail::argument_null("node"))
}
fn list(nodes: Vec<Node>, ty: &str) -> Value {
    View::value(ty, nodes.into_iter().map(Node::value).collect(), true)
}
fn opt(node: Option<Node>) -> Value {
    node.map(Node::value).unwrap_or_default()
}
fn load(rt: Rt, this: &Value, text: &str) -> Res<Value> {
    let _ = rt;
    let node = me(this)?;
    let fresh = read::document(text, false)?;
    let nodes = fresh.tree.0.take();
    *node.tree.0.borrow_mut() = nodes;
    Ok(Value::Void)
}
/// A text that is no document, as the cast tells it.
fn not_xml(text: &str, cause: &Flow) -> Flow {
    let message = cause.error().map(|e| e.message()).unwrap_or_default();
    ErrorRecord::runtime(
        "InvalidCastToXmlDocument",
        format!("Cannot convert value \"{text}\" to type \"System.Xml.XmlDocument\". Error: \"{message}\""),
        ErrorCategory::InvalidArgument,
    )
    .into()
}
fn new(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Node { tree: Tree::new(), id: 0 }.value())
}
fn load_xml(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    load(rt, this, &args.text(0))
}
fn load_file(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let path = crate::io::full_path(rt, &args.text(0));
    let data = crate::io::read_file(&path)?;
    let text = crate::text::encoding::detect(&data, crate::text::encoding::of(&[]));
    load(rt, this, &text)
}
fn save(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let node = me(this)?;
    let mut out = String::new();
    write::node(&mut out, &node, Some(0));
    if args.at(0).as_str().is_none() {
        rt.call_method(args.at(0), "Write", &[Value::string(out)])?;
        return Ok(Value::Void);
    }
    let path = crate::io::full_path(rt, &args.text(0));
    std::fs::write(&path, out).map_err(|e| crate::io::failure(&e, &path, false))?;
    Ok(Value::Void)
}
fn create(this: &Value, data: Data) -> Res<Value> {
    let node = me(this)?;
    Ok(node.at(node.tree.add(data)).value())
}
fn create_element(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    create(this, Data::new(Kind::Element, &args.text(0), ""))
}
fn create_attribute(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    create(this, Data::new(Kind::Attribute, &args.text(0), ""))
}
fn create_text(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    create(this, Data::new(Kind::Text, "#text", &args.text(0)))
}
fn create_cdata(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    create(this, Data::new(Kind::CData, "#cdata-section", &args.text(0)))
}
fn create_comment(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    create(this, Data::new(Kind::Comment, "#comment", &args.text(0)))
}
fn create_declaration(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let mut text = format!("version=\"{}\"", args.text(0));
    for (name, at) in [("encoding", 1), ("standalone", 2)] {
        if !args.text(at).is_empty() {
            text.push_str(&format!(" {name}=\"{}\"", args.text(at)));
        }
    }
    create(this, Data::new(Kind::Declaration, "xml", &text))
}
fn import_node(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let node = me(this)?;
    Ok(me(args.at(0))?.copy_to(&node.tree, args.flag(1)).value())
}
fn append_child(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (node, child) = (me(this)?, me(args.at(0))?);
    if !std::rc::Rc::ptr_eq(&node.tree, &child.tree) {
        return Err(fail::argument("The node to be inserted is from a different document context."));
    }
    node.insert(&child, None);
    Ok(args.at(0).clone())
}
/// The place of a reference child.
fn place(node: &Node, child: &Value) -> Res<Option<usize>> {
    match child.get::<Node>() {
        Some(child) => Ok(node.children().iter().position(|c| c.id == child.id)),
        None => Ok(None),
    }
}
fn insert_before(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let node = me(this)?;
    let at = place(&node, args.at(1))?;
    node.insert(&me(args.at(0))?, at);
    Ok(args.at(0).clone())
}
fn insert_after(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let node = me(this)?;
    let at = place(&node, args.at(1))?.map_or(0, |n| n + 1);
    node.insert(&me(args.at(0))?, Some(at));
    Ok(args.at(0).clone())
}
fn prepend_child(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    me(this)?.insert(&me(args.at(0))?, Some(0));
    Ok(args.at(0).clone())
}
fn remove_child(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    me(args.at(0))?.detach();
    Ok(args.at(0).clone())
}
fn replace_child(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let node = me(this)?;
    let at = place(&node, args.at(1))?;
    me(args.at(1))?.detach();
    node.insert(&me(args.at(0))?, at);
    Ok(args.at(1).clone())
}
fn remove_all(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    me(this)?.change(|d| {
        d.children.clear();
        d.attributes.clear();
    });
    Ok(Value::Void)
}
fn clone_node(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let node = me(this)?;
    if node.kind() == Kind::Document {
        let tree = Tree::new();
        *tree.0.borrow_mut() = node.tree.0.borrow().clone();
        return Ok(Node { tree, id: 0 }.value());
    }
    Ok(node.copy_to(&node.tree, args.flag(0) || args.is_empty()).value())
}
fn select_nodes(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(list(path::select(&me(this)?, &args.text(0)), "System.Xml.XPathNodeList"))
}
fn select_single(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(opt(path::select(&me(this)?, &args.text(0)).into_iter().next()))
}
fn by_tag(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(list(path::select(&me(this)?, &format!(".//{}", args.text(0))), "System.Xml.XmlElementList"))
}
fn get_attribute(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::string(me(this)?.attribute(&args.text(0)).map_or_else(String::new, |a| a.inner_text())))
}
fn has_attribute(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(me(this)?.attribute(&args.text(0)).is_some()))
}
fn set_attribute(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    me(this)?.set_attribute(&args.text(0), &args.text(1));
    Ok(Value::Void)
}
fn set_attribute_node(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let a = me(args.at(0))?;
    me(this)?.set_attribute(&a.name(), &a.inner_text());
    Ok(args.at(0).clone())
}
fn remove_attribute(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let node = me(this)?;
    if let Some(found) = node.attribute(&args.text(0)) {
        node.change(|d| d.attributes.retain(|id| *id != found.id));
    }
    Ok(Value::Void)
}
fn to_string(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let node = me(this)?;
    Ok(match node.kind() {
        Kind::Document => Value::str("#document"),
        _ => Value::string(node.name()),
    })
}
/// XmlNodeType numbers.
fn node_type(kind: Kind) -> i64 {
    match kind {
        Kind::Element => 1,
        Kind::Attribute => 2,
        Kind::Text => 3,
        Kind::CData => 4,
        Kind::Instruction => 7,
        Kind::Comment => 8,
        Kind::Document => 9,
        Kind::Declaration => 17,
    }
}
fn sibling(v: &Value, step: isize) -> Res<Value> {
    let node = me(v)?;
    let all = node.parent().map(|p| p.children()).unwrap_or_default();
    let at = all.iter().position(|c| c.id == node.id).and_then(|n| n.checked_add_signed(step));
    Ok(opt(at.and_then(|n| all.get(n).cloned())))
}
fn text_value(v: &Value) -> Res<Value> {
    let node = me(v)?;
    Ok(match node.kind() {
        Kind::Element | Kind::Document => Value::Null,
        _ => Value::string(node.inner_text()),
    })
}
const fn text(name: &'static str, get: dialtone_object::member::Getter) -> Prop {
    Prop::get(name, "string", get)
}
fn set_text(rt: &mut dyn Runtime, v: &Value, new: Value) -> Res<()> {
    let text = rt.to_text(&new);
    me(v)?.set_inner_text(&text);
    Ok(())
}

static NODE_TABLE: TypeTable = TypeTable {
    props: &[
        text("Name", |_, v| Ok(Value::string(me(v)?.name()))),
        text("LocalName", |_, v| Ok(Value::string(me(v)?.local_name()))),
        text("NamespaceURI", |_, v| {
            let node = me(v)?;
            let key = node.name().split_once(':').map_or("xmlns".to_owned(), |(p, _)| format!("xmlns:{p}"));
            let found = std::iter::successors(Some(node), Node::parent).find_map(|n| n.attribute(&key));
            Ok(Value::string(found.map_or_else(String::new, |a| a.inner_text())))
        }),
        text("Prefix", |_, v| Ok(Value::string(me(v)?.name().split_once(':').map_or("", |(p, _)| p).to_owned()))),
        Prop::get("NodeType", "System.Xml.XmlNodeType", |_, v| {
            Ok(enums::of("System.Xml.XmlNodeType", node_type(me(v)?.kind())))
        }),
        Prop::get("ParentNode", "System.Xml.XmlNode", |_, v| Ok(opt(me(v)?.parent()))),
        Prop::get("OwnerDocument", "System.Xml.XmlDocument", |_, v| {
            let node = me(v)?;
            Ok(if node.id == 0 { Value::Null } else { node.at(0).value() })
        }),
        Prop::get("Attributes", "System.Xml.XmlAttributeCollection", |_, v| {
            let node = me(v)?;
            Ok(match node.kind() {
                Kind::Element => list(node.attributes(), "System.Xml.XmlAttributeCollection"),
                _ => Value::Null,
            })
        }),
        Prop::get("ChildNodes", "System.Xml.XmlNodeList", |_, v| {
            Ok(list(me(v)?.children(), "System.Xml.XmlChildNodes"))
        }),
        Prop::get("HasChildNodes", "bool", |_, v| Ok(Value::Bool(!me(v)?.children().is_empty()))),
        Prop::get("FirstChild", "System.Xml.XmlNode", |_, v| Ok(opt(me(v)?.children().into_iter().next()))),
        Prop::get("LastChild", "System.Xml.XmlNode", |_, v| Ok(opt(me(v)?.children().pop()))),
        Prop::get("NextSibling", "System.Xml.XmlNode", |_, v| sibling(v, 1)),
        Prop::get("PreviousSibling", "System.Xml.XmlNode", |_, v| sibling(v, -1)),
        Prop::get_set("InnerText", "string", |_, v| Ok(Value::string(me(v)?.inner_text())), set_text),
        Prop::get_set(
            "InnerXml",
            "string",
            |_, v| Ok(Value::string(write::inner(&me(v)?))),
            |rt, v, new| {
                let (node, text) = (me(v)?, rt.to_text(&new));
                node.change(|d| d.children.clear());
                read::fill(&node, &text, true)
            },
        ),
        text("OuterXml", |_, v| Ok(Value::string(write::outer(&me(v)?)))),
        Prop::get_set("Value", "string", |_, v| text_value(v), set_text),
    ],
    methods: overloads! {
        append_child => "System.Xml.XmlNode AppendChild(System.Xml.XmlNode newChild)";
        clone_node => "System.Xml.XmlNode Clone()";
        clone_node => "System.Xml.XmlNode CloneNode(bool deep)";
        insert_after => "System.Xml.XmlNode InsertAfter(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)";
        insert_before => "System.Xml.XmlNode InsertBefore(System.Xml.XmlNode newChild, System.Xml.XmlNode refChild)";
        prepend_child => "System.Xml.XmlNode PrependChild(System.Xml.XmlNode newChild)";
        remove_all => "void RemoveAll()";
        remove_child => "System.Xml.XmlNode RemoveChild(System.Xml.XmlNode oldChild)";
        replace_child => "System.Xml.XmlNode ReplaceChild(System.Xml.XmlNode newChild, System.Xml.XmlNode oldChild)";
        select_nodes => "System.Xml.XmlNodeList SelectNodes(string xpath)"
            "System.Xml.XmlNodeList SelectNodes(string xpath, System.Object nsmgr)";
        select_single => "System.Xml.XmlNode SelectSingleNode(string xpath)"
            "System.Xml.XmlNode SelectSingleNode(string xpath, System.Object nsmgr)";
        to_string => "string ToString()";
    },
    ..TypeTable::of(&NODE)
};
static DOCUMENT_TABLE: TypeTable = TypeTable {
    cast: Some(|_, v| {
        v.as_str().map(|text| read::document(text, false).map(Node::value).map_err(|e| not_xml(text, &e)))
    }),
    ctors: overloads! { new => "xml new()"; },
    props: &[
        Prop::get("DocumentElement", "System.Xml.XmlElement", |_, v| Ok(opt(me(v)?.elements().into_iter().next()))),
        Prop::get_set("PreserveWhitespace", "bool", |_, _| Ok(Value::Bool(false)), |_, _, _| Ok(())),
    ],
    methods: overloads! {
        create_attribute => "System.Xml.XmlAttribute CreateAttribute(string name)";
        create_cdata => "System.Xml.XmlCDataSection CreateCDataSection(string data)";
        create_comment => "System.Xml.XmlComment CreateComment(string data)";
        create_element => "System.Xml.XmlElement CreateElement(string name)"
            "System.Xml.XmlElement CreateElement(string qualifiedName, string namespaceURI)";
        create_text => "System.Xml.XmlText CreateTextNode(string text)";
        create_declaration => "System.Xml.XmlDeclaration CreateXmlDeclaration(string version, string encoding, string standalone)";
        by_tag => "System.Xml.XmlNodeList GetElementsByTagName(string name)";
        import_node => "System.Xml.XmlNode ImportNode(System.Xml.XmlNode node, bool deep)";
        load_file => "void Load(string filename)";
        load_xml => "void LoadXml(string xml)";
        save => "void Save(string filename)" "void Save(System.Object writer)";
    },
    ..TypeTable::of(&DOCUMENT)
};
static ELEMENT_TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("HasAttributes", "bool", |_, v| Ok(Value::Bool(!me(v)?.attributes().is_empty()))),
        Prop::get("IsEmpty", "bool", |_, v| Ok(Value::Bool(me(v)?.children().is_empty()))),
    ],
    methods: overloads! {
        get_attribute => "string GetAttribute(string name)";
        by_tag => "System.Xml.XmlNodeList GetElementsByTagName(string name)";
        has_attribute => "bool HasAttribute(string name)";
        remove_attribute => "void RemoveAttribute(string name)";
        set_attribute => "void SetAttribute(string name, string value)";
        set_attribute_node => "System.Xml.XmlAttribute SetAttributeNode(System.Xml.XmlAttribute newAttr)";
    },
    ..TypeTable::of(&ELEMENT)
};
static ATTRIBUTE_TABLE: TypeTable = TypeTable {
    props: &[Prop::get("OwnerElement", "System.Xml.XmlElement", |_, v| Ok(opt(me(v)?.parent())))],
    ..TypeTable::of(&ATTRIBUTE)
};
static DECLARATION_TABLE: TypeTable =
    TypeTable { props: &[text("Version", |_, _| Ok(Value::str("1.0")))], ..TypeTable::of(&DECLARATION) };

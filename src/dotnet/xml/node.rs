//! The tree: nodes by number in one shared document, so that a node knows its parent without a cycle of counts.
use dialtone_object::{NetObject, PsString, Res, Runtime, TypeInfo, TypeKind, TypeRef, Value, types};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Document,
    Element,
    Attribute,
    Text,
    CData,
    Comment,
    Declaration,
    Instruction,
}
/// One node; `text` is the value of an attribute, text, comment, declaration or instruction.
#[derive(Clone)]
pub struct Data {
    pub kind: Kind,
    pub name: String,
    pub text: String,
    pub parent: Option<usize>,
    pub attributes: Vec<usize>,
    pub children: Vec<usize>,
}
/// All nodes of a document; number 0 is the document itself.
pub struct Tree(pub RefCell<Vec<Data>>);

/// A node as scripts hold it.
#[derive(Clone)]
pub struct Node {
    pub tree: Rc<Tree>,
    pub id: usize,
}

macro_rules! node_types {
    ($($id:ident $full:literal $ps:literal $base:expr;)*) => {
        $(pub static $id: TypeInfo = TypeInfo::new($full, $ps, TypeKind::Other, Some($base))
            .with_interfaces(&["System.Collections.IEnumerable", "System.ICloneable"]);)*
    };
}
node_types! {
    NODE "System.Xml.XmlNode" "System.Xml.XmlNode" &types::OBJECT;
    LINKED "System.Xml.XmlLinkedNode" "System.Xml.XmlLinkedNode" &NODE;
    CHARACTER "System.Xml.XmlCharacterData" "System.Xml.XmlCharacterData" &LINKED;
    DOCUMENT "System.Xml.XmlDocument" "xml" &NODE;
    ELEMENT "System.Xml.XmlElement" "System.Xml.XmlElement" &LINKED;
    ATTRIBUTE "System.Xml.XmlAttribute" "System.Xml.XmlAttribute" &NODE;
    TEXT "System.Xml.XmlText" "System.Xml.XmlText" &CHARACTER;
    CDATA "System.Xml.XmlCDataSection" "System.Xml.XmlCDataSection" &CHARACTER;
    COMMENT "System.Xml.XmlComment" "System.Xml.XmlComment" &CHARACTER;
    DECLARATION "System.Xml.XmlDeclaration" "System.Xml.XmlDeclaration" &LINKED;
    INSTRUCTION "System.Xml.XmlProcessingInstruction" "System.Xml.XmlProcessingInstruction" &LINKED;
}

impl Tree {
    pub fn new() -> Rc<Tree> {
        Rc::new(Tree(RefCell::new(vec![Data::new(Kind::Document, "#document", "")])))
    }
    pub fn add(&self, data: Data) -> usize {
        let mut all = self.0.borrow_mut();
        all.push(data);
        all.len() - 1
    }
}
impl Data {
    pub fn new(kind: Kind, name: &str, text: &str) -> Data {
        Data {
            kind,
            name: name.to_owned(),
            text: text.to_owned(),
            parent: None,
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }
}

impl Node {
    pub fn at(&self, id: usize) -> Node {
        Node { tree: self.tree.clone(), id }
    }
    pub fn value(self) -> Value {
        Value::object(self)
    }
    pub fn with<T>(&self, f: impl FnOnce(&Data) -> T) -> T {
        f(&self.tree.0.borrow()[self.id])
    }
    pub fn change<T>(&self, f: impl FnOnce(&mut Data) -> T) -> T {
        f(&mut self.tree.0.borrow_mut()[self.id])
    }
    pub fn kind(&self) -> Kind {
        self.with(|d| d.kind)
    }
    pub fn name(&self) -> String {
        self.with(|d| d.name.clone())
    }
    /// The name without its prefix.
    pub fn local_name(&self) -> String {
        let name = self.name();
        name.rsplit_once(':').map_or(name.clone(), |(_, local)| local.to_owned())
    }
    pub fn parent(&self) -> Option<Node> {
        self.with(|d| d.parent).map(|id| self.at(id))
    }
    pub fn children(&self) -> Vec<Node> {
        self.with(|d| d.children.clone()).into_iter().map(|id| self.at(id)).collect()
    }
    pub fn elements(&self) -> Vec<Node> {
        self.children().into_iter().filter(|n| n.kind() == Kind::Element).collect()
    }
    pub fn attributes(&self) -> Vec<Node> {
        self.with(|d| d.attributes.clone()).into_iter().map(|id| self.at(id)).collect()
    }
    pub fn attribute(&self, name: &str) -> Option<Node> {
        self.attributes().into_iter().find(|a| a.name() == name)
    }
    pub fn set_attribute(&self, name: &str, text: &str) {
        match self.attribute(name) {
            Some(found) => found.change(|d| text.clone_into(&mut d.text)),
            None => {
                let mut data = Data::new(Kind::Attribute, name, text);
                data.parent = Some(self.id);
                let id = self.tree.add(data);
                self.change(|d| d.attributes.push(id));
            }
        }
    }
    /// The text of the node and all below it.
    pub fn inner_text(&self) -> String {
        match self.kind() {
            Kind::Element | Kind::Document => {
                let inner = |n: &Node| !matches!(n.kind(), Kind::Comment | Kind::Declaration | Kind::Instruction);
                self.children().iter().filter(|n| inner(n)).map(Node::inner_text).collect()
            }
            _ => self.with(|d| d.text.clone()),
        }
    }
    pub fn set_inner_text(&self, text: &str) {
        if matches!(self.kind(), Kind::Element | Kind::Document) {
            self.change(|d| d.children.clear());
            if !text.is_empty() {
                self.append(Data::new(Kind::Text, "#text", text));
            }
        } else {
            self.change(|d| text.clone_into(&mut d.text));
        }
    }
    /// A new last child.
    pub fn append(&self, mut data: Data) -> Node {
        data.parent = Some(self.id);
        let id = self.tree.add(data);
        self.change(|d| d.children.push(id));
        self.at(id)
    }
    /// Takes the node out of its parent.
    pub fn detach(&self) {
        if let Some(parent) = self.parent() {
            parent.change(|d| d.children.retain(|id| *id != self.id));
            self.change(|d| d.parent = None);
        }
    }
    /// Puts a node of the same document among the children, before the place given.
    pub fn insert(&self, child: &Node, at: Option<usize>) {
        child.detach();
        child.change(|d| d.parent = Some(self.id));
        self.change(|d| {
            let at = at.unwrap_or(d.children.len()).min(d.children.len());
            d.children.insert(at, child.id);
        });
    }
    /// A copy in a tree, with what is below it when `deep`.
    pub fn copy_to(&self, tree: &Rc<Tree>, deep: bool) -> Node {
        let mut data = self.with(Clone::clone);
        (data.parent, data.children, data.attributes) = (None, Vec::new(), Vec::new());
        let made = Node { tree: tree.clone(), id: tree.add(data) };
        for a in self.attributes() {
            made.set_attribute(&a.name(), &a.inner_text());
        }
        if deep {
            for child in self.children() {
                let copy = child.copy_to(tree, true);
                made.insert(&copy, None);
            }
        }
        made
    }
    /// What PowerShell shows of an element under its name: its text when it has nothing else, else the element.
    fn simple(&self) -> Value {
        let (children, attributes) = (self.children(), self.attributes());
        if self.kind() == Kind::Attribute {
            return Value::string(self.inner_text());
        }
        match children.as_slice() {
            [] if attributes.is_empty() => Value::str(""),
            [only] if attributes.is_empty() && matches!(only.kind(), Kind::Text | Kind::CData) => {
                Value::string(only.inner_text())
            }
            _ => self.clone().value(),
        }
    }
}

impl NetObject for Node {
    fn type_ref(&self) -> TypeRef {
        match self.kind() {
            Kind::Document => &DOCUMENT,
            Kind::Element => &ELEMENT,
            Kind::Attribute => &ATTRIBUTE,
            Kind::Text => &TEXT,
            Kind::CData => &CDATA,
            Kind::Comment => &COMMENT,
            Kind::Declaration => &DECLARATION,
            Kind::Instruction => &INSTRUCTION,
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn equals(&self, other: &dyn NetObject) -> bool {
        let other = other.as_any().downcast_ref::<Node>();
        other.is_some_and(|o| Rc::ptr_eq(&o.tree, &self.tree) && o.id == self.id)
    }
    fn hash_code(&self) -> Option<u64> {
        Some(self.id as u64 ^ Rc::as_ptr(&self.tree).addr() as u64)
    }
    /// Attributes and child elements by name; several of one name are an array.
    fn dynamic_property(&self, _rt: &mut dyn Runtime, name: &str) -> Option<Res<Value>> {
        if !matches!(self.kind(), Kind::Element | Kind::Document) {
            return None;
        }
        let same = |n: &Node| n.name().eq_ignore_ascii_case(name) || n.local_name().eq_ignore_ascii_case(name);
        let mut found: Vec<Value> = self.attributes().iter().filter(|a| same(a)).map(Node::simple).collect();
        found.extend(self.elements().iter().filter(|e| same(e)).map(Node::simple));
        if found.is_empty() {
            let special = self.children().into_iter().find(|c| c.name().eq_ignore_ascii_case(name))?;
            return Some(Ok(match special.kind() {
                Kind::Declaration => Value::string(special.with(|d| d.text.clone())),
                _ => Value::string(special.inner_text()),
            }));
        }
        Some(Ok(if found.len() == 1 { found.pop().unwrap_or_default() } else { Value::array(found) }))
    }
    fn set_dynamic_property(&self, rt: &mut dyn Runtime, name: &str, value: &Value) -> Option<Res<()>> {
        if let Some(a) = self.attributes().into_iter().find(|a| a.name().eq_ignore_ascii_case(name)) {
            let text = rt.to_text(value);
            a.change(|d| text.as_str().clone_into(&mut d.text));
            return Some(Ok(()));
        }
        let element = self.elements().into_iter().find(|e| e.name().eq_ignore_ascii_case(name))?;
        let text = rt.to_text(value);
        element.set_inner_text(&text);
        Some(Ok(()))
    }
    fn dynamic_names(&self) -> Vec<PsString> {
        let mut names: Vec<PsString> = Vec::new();
        let specials = self
            .children()
            .into_iter()
            .filter(|c| matches!(c.kind(), Kind::Declaration | Kind::Text | Kind::CData | Kind::Comment));
        for n in self.attributes().iter().chain(&self.elements()).chain(&specials.collect::<Vec<_>>()) {
            let name = PsString::from(n.name());
            if !names.contains(&name) && matches!(self.kind(), Kind::Element | Kind::Document) {
                names.push(name);
            }
        }
        names
    }
}

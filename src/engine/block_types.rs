//! What scripts reach on script blocks: `[scriptblock]::Create`, Invoke, GetNewClosure and the like.
use crate::function::{Body, Function, ScriptBlock};
use crate::machine::Engine;
use crate::pipeline::Collector;
use crate::ps_variable::PSVariable;
use crate::scope::{Options, Variable};
use crate::streams::Redirects;
use dialtone_code::Name;
use dialtone_object::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Overloads in a static of their own: they hold cells, which a borrow in a static may not.
macro_rules! methods {
    ($($sig:literal => $call:expr),* $(,)?) => {{
        static ALL: [Overload; [$($sig),*].len()] = [$(Overload::new($sig, $call)),*];
        &ALL
    }};
}

/// The engine behind the trait and the block behind the value; nothing when either is missing.
fn with<T>(rt: &mut dyn Runtime, value: &Value, f: impl FnOnce(&mut Engine, &ScriptBlock) -> Res<T>) -> Res<Option<T>> {
    match (rt.as_any().downcast_mut::<Engine>(), value.get::<ScriptBlock>()) {
        (Some(en), Some(block)) => f(en, &block.share()).map(Some),
        _ => Ok(None),
    }
}

/// Arguments of a `params` parameter, which come as one array.
fn rest(args: &[Value]) -> Vec<Value> {
    match args {
        [Value::Array(all)] => all.to_vec(),
        other => other.to_vec(),
    }
}

fn collection(values: Vec<Value>) -> Value {
    Value::List(Rc::new(List::collection(&types::PSOBJECT, values)))
}

fn run(en: &mut Engine, block: &ScriptBlock, args: &[Value], this: Option<&Value>) -> Res<Vec<Value>> {
    let collected = Collector::default();
    en.invoke_block(block, args, this, &collected, &Redirects::default())?;
    Ok(collected.take())
}

/// A block in a module of its own that holds the variables of the caller's scope as they are now.
fn closure(en: &mut Engine, block: &ScriptBlock) -> Value {
    let module = en.make_module("__DynamicModule_closure", "");
    for name in en.scope.names() {
        let slot = en.scope.local(name);
        let value = match Variable::of(&slot) {
            Some(v) if v.options.get() != Options::NONE => continue,
            Some(v) => v.value.borrow().clone(),
            None => slot,
        };
        let at = module.scope.slot(name);
        module.scope.put(at, value);
    }
    Value::object(ScriptBlock { module: Some(module), home: None, ..block.share() })
}

/// Runs a block where functions and variables of the caller's choice are known.
fn with_context(en: &mut Engine, block: &ScriptBlock, args: &[Value]) -> Res<Value> {
    let parent = block.home.clone().unwrap_or_else(|| en.parent_scope(&block.module));
    let home = en.new_scope(&block.code.layout, &parent);
    if let Some(Value::Dict(functions)) = args.first().map(Value::base) {
        for (name, body) in functions.pairs() {
            let (name, Some(body)) = (en.to_text(&name), body.get::<ScriptBlock>()) else { continue };
            let function = Rc::new(Function {
                name: name.to_string().into(),
                body: Body::Block(body.code.clone()),
                module: body.module.clone(),
                options: Cell::new(Options::NONE),
                description: RefCell::default(),
                is_filter: false,
                hidden: false,
            });
            home.extra_mut(|e| e.functions.insert(Name::new(&name), function));
        }
    }
    let variables = match args.get(1) {
        Some(v) if !v.is_null() => en.enumerate(v)?,
        _ => Vec::new(),
    };
    let mut this = None;
    for variable in variables {
        let Some(PSVariable(v)) = variable.get::<PSVariable>() else { continue };
        let (name, value) = (v.name.clone(), v.value.borrow().clone());
        if &*name == "_" {
            this = Some(value.clone());
        }
        let at = home.slot(Name::new(&name));
        home.put(at, value);
    }
    let inner = ScriptBlock { home: Some(home), ..block.share() };
    run(en, &inner, &rest(args.get(2..).unwrap_or_default()), this.as_ref()).map(collection)
}

static TABLE: TypeTable = TypeTable {
    props: &[
        Prop::get("Ast", "System.Management.Automation.Language.Ast", |_, v| {
            let block = v.get::<ScriptBlock>();
            Ok(block.map_or(Value::Null, |b| crate::language_ast::AstObject::root(&b.code.ast)))
        }),
        Prop::get("Attributes", "System.Collections.Generic.List[System.Attribute]", |_, _| {
            Ok(Value::List(Rc::new(List::generic(&types::OBJECT, Vec::new()))))
        }),
        Prop::get("File", "string", |_, v| {
            Ok(match v.get::<ScriptBlock>().and_then(|b| b.code.source.file.as_deref()) {
                Some(path) => path.into(),
                None => Value::Null,
            })
        }),
        Prop::get("IsFilter", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("IsConfiguration", "bool", |_, _| Ok(Value::Bool(false))),
        Prop::get("Module", "psmoduleinfo", |_, v| {
            let module = v.get::<ScriptBlock>().and_then(|b| b.module.clone());
            Ok(module.map_or(Value::Null, |m| Value::object(crate::module_info::ModuleInfo(m))))
        }),
        Prop::get("DebuggerHidden", "bool", |_, _| Ok(Value::Bool(false))),
    ],
    methods: methods! {
        "System.Collections.ObjectModel.Collection[psobject] Invoke(Params System.Object[] args)" => |rt, v, args| {
            let results = with(rt, v, |en, block| run(en, block, &rest(args), None))?;
            Ok(collection(results.unwrap_or_default()))
        },
        "System.Object InvokeReturnAsIs(Params System.Object[] args)" => |rt, v, args| {
            let results = with(rt, v, |en, block| run(en, block, &rest(args), None))?;
            Ok(Value::from_results(results.unwrap_or_default()))
        },
        "System.Collections.ObjectModel.Collection[psobject] InvokeWithContext(System.Collections.IDictionary functionsToDefine, System.Collections.Generic.List[psvariable] variablesToDefine, Params System.Object[] args)" =>
            |rt, v, args| Ok(with(rt, v, |en, block| with_context(en, block, args))?.unwrap_or_default()),
        "scriptblock GetNewClosure()" => |rt, v, _| {
            Ok(with(rt, v, |en, block| Ok(closure(en, block)))?.unwrap_or_default())
        },
    },
    static_methods: methods! {
        "static scriptblock Create(string script)" => |rt, _, args| {
            let text = args.first().map(|a| rt.to_text(a)).unwrap_or_default();
            rt.script_block(&text)
        },
    },
    ..TypeTable::of(&types::SCRIPT_BLOCK)
};

/// Registered at start.
pub struct Types;
impl types::TypeProvider for Types {
    fn find(&self, _: &str) -> Option<TypeRef> {
        None
    }
    fn table(&self, ty: TypeRef) -> Option<&'static TypeTable> {
        std::ptr::eq(ty, &types::SCRIPT_BLOCK).then_some(&TABLE)
    }
}

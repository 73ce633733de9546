//! Hashtable, OrderedDictionary and the generic dictionaries: one set of functions over [`Dictionary`], one table per
//! class.
use super::{View, dictionary_entry, enumerator, key_value_pair};
use crate::args::{self, Args};
use crate::text::StringComparer;
use crate::{fail, overloads};
use dialtone_object::member::Getter;
use dialtone_object::{
    Comparer, Dict, DictKind, Dictionary, Flow, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value,
    access, types,
};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

const IDICTIONARY: &[&str] =
    &["System.Collections.IDictionary", "System.Collections.ICollection", "System.Collections.IEnumerable"];
macro_rules! dictionary_type {
    ($($id:ident $full:literal $ps:literal;)*) => {
        $(static $id: TypeInfo = TypeInfo::new($full, $ps, TypeKind::Dictionary, Some(&types::OBJECT))
            .with_interfaces(IDICTIONARY);)*
    };
}
dictionary_type! {
    SORTED_DICTIONARY_TYPE "System.Collections.Generic.SortedDictionary`2" "System.Collections.Generic.SortedDictionary";
    SORTED_LIST_OF_TYPE "System.Collections.Generic.SortedList`2" "System.Collections.Generic.SortedList";
    SORTED_LIST_TYPE "System.Collections.SortedList" "System.Collections.SortedList";
    CONCURRENT_TYPE "System.Collections.Concurrent.ConcurrentDictionary`2" "System.Collections.Concurrent.ConcurrentDictionary";
}

fn me(v: &Value) -> Res<&Rc<Dictionary>> {
    match v.base() {
        Value::Dict(d) => Ok(d),
        _ => Err(fail::argument_null("dictionary")),
    }
}
fn key_of(v: &Value) -> Res<Value> {
    match v.base() {
        k if k.is_null() => Err(fail::argument_null("key")),
        k => Ok(k.clone()),
    }
}
fn shown(v: &Value) -> String {
    dialtone_object::text::to_string(v).map(|t| t.to_string()).unwrap_or_default()
}

/// Makes a dictionary of the class; a dictionary or pairs to copy, and a comparer, may be among the arguments.
fn new(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let Value::Type(ty) = this else { return Err(fail::argument_null("type")) };
    let mut comparer = Comparer::Ordinal;
    for arg in args {
        if let Some(c) = arg.get::<StringComparer>() {
            comparer = if c.0.ignores_case() { Comparer::IgnoreCase } else { Comparer::Ordinal };
        }
    }
    let kind = match ty.full_name {
        "System.Collections.Hashtable" => DictKind::Hashtable,
        "System.Collections.Specialized.OrderedDictionary" => DictKind::Ordered,
        name if name.starts_with("System.Collections.SortedList") => DictKind::Sorted,
        name if name.starts_with("System.Collections.Generic.Sorted") => DictKind::Sorted,
        _ => DictKind::Generic,
    };
    let mut made = Dictionary::of(kind, ty, Dict::new(comparer));
    made.types = ty.generic.and_then(|(_, args)| Some((*args.first()?, *args.get(1)?)));
    let made = Value::Dict(Rc::new(made));
    for arg in args {
        let pairs: Vec<(Value, Value)> = match arg.base() {
            Value::Dict(d) => d.pairs(),
            Value::Array(_) | Value::List(_) => {
                let mut pairs = Vec::new();
                for pair in args::items(arg) {
                    pairs.push((rt.get_property(&pair, "Key")?, rt.get_property(&pair, "Value")?));
                }
                pairs
            }
            _ => Vec::new(),
        };
        for (key, value) in pairs {
            add(rt, &made, &[key, value])?;
        }
    }
    Ok(made)
}

fn add(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let key = key_of(args.at(0))?;
    let (key, value) = typed(rt, d, key, args.at(1).clone())?;
    let existing = d.dict.borrow().iter().find(|(k, _)| same_key(d, k, &key)).map(|(k, _)| k.clone());
    if d.dict.borrow().contains(&key) {
        let old = existing.unwrap_or_else(|| key.clone());
        return Err(duplicate(d, &old, &key, &value));
    }
    d.put(key, value);
    Ok(Value::Void)
}
fn same_key(d: &Dictionary, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) if d.dict.borrow().comparer() == Comparer::IgnoreCase => {
            dialtone_object::string::eq_ignore_case(a, b)
        }
        (a, b) => dialtone_object::value::equals(a, b),
    }
}
fn duplicate(d: &Dictionary, old: &Value, key: &Value, value: &Value) -> Flow {
    match (d.types, d.ty == types::generic(&SORTED_DICTIONARY_TYPE, d.ty.generic.map_or(&[][..], |(_, a)| a))) {
        (None, _) => fail::argument(format!(
            "Item has already been added. Key in dictionary: '{}'  Key being added: '{}'",
            shown(old),
            shown(key)
        )),
        (Some(_), true) => fail::argument(format!(
            "An item with the same key has already been added. Key: [{}, {}]",
            shown(key),
            shown(value)
        )),
        (Some(_), false) => {
            fail::argument(format!("An item with the same key has already been added. Key: {}", shown(key)))
        }
    }
}
/// Key and value as the dictionary's types.
fn typed(rt: Rt, d: &Dictionary, key: Value, value: Value) -> Res<(Value, Value)> {
    let value = value.or_null();
    Ok(match d.types {
        Some((k, v)) => (element(rt, k, key)?, element(rt, v, value)?),
        None => (key, value),
    })
}
pub fn element(rt: Rt, ty: TypeRef, v: Value) -> Res<Value> {
    match ty.kind {
        TypeKind::Object | TypeKind::PSObject => Ok(v),
        _ if v.is_null() && !ty.is_value_type() && ty.kind != TypeKind::String => Ok(Value::Null),
        _ if !v.is_null() && types::type_of(&v).is_subclass_of(ty) => Ok(v.into_base()),
        _ => rt.cast(&v, ty),
    }
}

fn clear(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    me(this)?.dict.borrow_mut().clear();
    Ok(Value::Void)
}
fn clone(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let mut dict = Dict::new(d.dict.borrow().comparer());
    for (key, value) in d.pairs() {
        dict.insert(key, value);
    }
    let mut copy = Dictionary::of(d.kind, d.ty, dict);
    copy.types = d.types;
    Ok(Value::Dict(Rc::new(copy)))
}
fn contains_key(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    Ok(Value::Bool(d.dict.borrow().contains(&key_of(args.at(0))?)))
}
fn contains_value(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let found = me(this)?.dict.borrow().iter().any(|(_, v)| dialtone_object::value::equals(v, args.at(0)));
    Ok(Value::Bool(found))
}
/// What the dictionary enumerates to.
pub fn entries(d: &Dictionary) -> Vec<Value> {
    d.pairs()
        .into_iter()
        .map(|(key, value)| match d.types {
            Some((k, v)) => key_value_pair(k, v, key, value),
            None => dictionary_entry(key, value),
        })
        .collect()
}
fn copy_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    super::array::copy_into(&entries(me(this)?), args.at(0), args.int(1))
}
fn get_enumerator(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let name = match d.kind {
        DictKind::Hashtable => "System.Collections.Hashtable+HashtableEnumerator",
        DictKind::Ordered => "System.Collections.Specialized.OrderedDictionary+OrderedDictionaryEnumerator",
        _ => "System.Collections.Generic.Dictionary`2+Enumerator",
    };
    Ok(enumerator(name, entries(d)))
}
fn remove(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    me(this)?.dict.borrow_mut().remove(&key_of(args.at(0))?);
    Ok(Value::Void)
}
fn remove_typed(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let removed = me(this)?.dict.borrow_mut().remove(&key_of(args.at(0))?);
    let found = removed.is_some();
    if args.has(1) {
        rt.set_property(args.at(1), "Value", removed.unwrap_or_default())?;
    }
    Ok(Value::Bool(found))
}
fn try_get_value(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let found = d.dict.borrow().get(&key_of(args.at(0))?).cloned();
    let any = found.is_some();
    let missing = d.types.map_or(Value::Null, |(_, v)| access::default_value(v));
    rt.set_property(args.at(1), "Value", found.unwrap_or(missing))?;
    Ok(Value::Bool(any))
}
fn try_add(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let (key, value) = typed(rt, d, key_of(args.at(0))?, args.at(1).clone())?;
    let free = !d.dict.borrow().contains(&key);
    if free {
        d.put(key, value);
    }
    Ok(Value::Bool(free))
}
fn get_or_add(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let key = key_of(args.at(0))?;
    if let Some(found) = d.dict.borrow().get(&key) {
        return Ok(found.clone());
    }
    let value = match types::type_of(args.at(1)).kind {
        TypeKind::ScriptBlock => super::call(rt, args.at(1), &key)?,
        _ => args.at(1).clone(),
    };
    let (key, value) = typed(rt, d, key, value)?;
    d.put(key, value.clone());
    Ok(value)
}
fn add_or_update(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let key = key_of(args.at(0))?;
    let old = d.dict.borrow().get(&key).cloned();
    let value = match old {
        Some(old) => rt.call_block(args.at(2), &[key.clone(), old], None)?,
        None if types::type_of(args.at(1)).kind == TypeKind::ScriptBlock => super::call(rt, args.at(1), &key)?,
        None => args.at(1).clone(),
    };
    let (key, value) = typed(rt, d, key, value)?;
    d.put(key, value.clone());
    Ok(value)
}
fn try_update(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let key = key_of(args.at(0))?;
    let same = d.dict.borrow().get(&key).is_some_and(|v| dialtone_object::value::equals(v, args.at(2)));
    if same {
        let (key, value) = typed(rt, d, key, args.at(1).clone())?;
        d.put(key, value);
    }
    Ok(Value::Bool(same))
}
fn to_array(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::array(entries(me(this)?)))
}
fn item(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    access::index(rt, this, args)
}
fn insert(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let at = usize::try_from(args.int(0)).ok().filter(|n| *n <= d.len());
    let Some(at) = at else {
        return Err(fail::out_of_range("Specified argument was out of the range of valid values.", "index"));
    };
    let key = key_of(args.at(1))?;
    if d.dict.borrow().contains(&key) {
        return Err(duplicate(d, &key, &key, args.at(2)));
    }
    d.dict.borrow_mut().insert_at(at, key, args.at(2).clone());
    Ok(Value::Void)
}
/// A position in an ordered or sorted dictionary.
fn place(d: &Dictionary, n: i32) -> Res<usize> {
    usize::try_from(n).ok().filter(|n| *n < d.len()).ok_or_else(fail::index_range)
}
fn remove_at(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let at = place(d, args.int(0))?;
    d.dict.borrow_mut().remove_at(at);
    Ok(Value::Void)
}
fn key_at(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let at = place(d, args.int(0))?;
    Ok(d.dict.borrow().at(at).map(|(k, _)| k.clone()).unwrap_or_default())
}
fn value_at(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let at = place(d, args.int(0))?;
    Ok(d.dict.borrow().at(at).map(|(_, v)| v.clone()).unwrap_or_default())
}
fn set_value_at(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let d = me(this)?;
    let at = place(d, args.int(0))?;
    d.dict.borrow_mut().set_at(at, args.at(1).clone());
    Ok(Value::Void)
}
fn index_of_key(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let found = me(this)?.dict.borrow().iter().position(|(k, _)| dialtone_object::value::equals(k, args.at(0)));
    Ok(Value::Int(found.map_or(-1, |n| n as i32)))
}
fn index_of_value(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let found = me(this)?.dict.borrow().iter().position(|(_, v)| dialtone_object::value::equals(v, args.at(0)));
    Ok(Value::Int(found.map_or(-1, |n| n as i32)))
}
/// Key and value of a pair argument.
fn pair(rt: Rt, v: &Value) -> Res<(Value, Value)> {
    Ok((rt.get_property(v, "Key")?, rt.get_property(v, "Value")?))
}
fn add_pair(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (key, value) = pair(rt, args.at(0))?;
    add(rt, this, &[key, value])
}
fn contains_pair(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (key, value) = pair(rt, args.at(0))?;
    let found = me(this)?.dict.borrow().get(&key).is_some_and(|v| dialtone_object::value::equals(v, &value));
    Ok(Value::Bool(found))
}
fn remove_pair(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let (key, _) = pair(rt, args.at(0))?;
    Ok(Value::Bool(me(this)?.dict.borrow_mut().remove(&key).is_some()))
}
fn nothing(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Void)
}
fn synchronized(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(args.at(0).clone())
}

/// The .NET class of `Keys` or `Values`, and whether it has an indexer.
fn view(v: &Value, part: &str, items: Vec<Value>) -> Res<Value> {
    let d = me(v)?;
    let name = match (d.kind, d.types) {
        (DictKind::Hashtable, _) => format!("System.Collections.Hashtable+{part}Collection"),
        (DictKind::Ordered, _) => {
            "System.Collections.Specialized.OrderedDictionary+OrderedDictionaryKeyValueCollection".into()
        }
        (DictKind::Sorted, None) => format!("System.Collections.SortedList+{part}List"),
        (_, Some((k, v))) => {
            let open = d.ty.generic.map_or(d.ty.full_name, |(t, _)| t.full_name);
            let indexed = open.contains("SortedList");
            return Ok(View::generic(&format!("{open}+{part}Collection"), &[k, v], items, indexed));
        }
        (DictKind::Generic, None) => format!("System.Collections.Hashtable+{part}Collection"),
    };
    let indexed = name.contains("SortedList");
    Ok(View::value(&name, items, indexed))
}
fn keys(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let items = me(v)?.dict.borrow().iter().map(|(k, _)| k.clone()).collect();
    view(v, "Key", items)
}
fn values(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let items = me(v)?.dict.borrow().iter().map(|(_, v)| v.clone()).collect();
    view(v, "Value", items)
}
fn count(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(Value::Int(me(v)?.len() as i32))
}
const fn no(name: &'static str) -> Prop {
    Prop::get(name, "bool", |_, _| Ok(Value::Bool(false)))
}
const ROOT: Getter = |_, v| Ok(v.clone());
fn comparer(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    use crate::text::Comparison;
    Ok(Value::object(StringComparer(match me(v)?.dict.borrow().comparer() {
        Comparer::IgnoreCase => Comparison::OrdinalIgnoreCase,
        Comparer::Ordinal => Comparison::Ordinal,
    })))
}

pub static HASHTABLE: TypeTable = TypeTable {
    ctors: overloads! {
        new => "hashtable new()" "hashtable new(int capacity)"
            "hashtable new(System.Collections.IEqualityComparer equalityComparer)"
            "hashtable new(int capacity, System.Collections.IEqualityComparer equalityComparer)"
            "hashtable new(System.Collections.IDictionary d)"
            "hashtable new(System.Collections.IDictionary d, System.Collections.IEqualityComparer equalityComparer)";
    },
    props: &[
        no("IsReadOnly"),
        no("IsFixedSize"),
        no("IsSynchronized"),
        Prop::get("Keys", "System.Collections.ICollection", keys),
        Prop::get("Values", "System.Collections.ICollection", values),
        Prop::get("SyncRoot", "System.Object", ROOT),
        Prop::get("Count", "int", count),
    ],
    methods: overloads! {
        add => "void Add(System.Object key, System.Object value)";
        clear => "void Clear()";
        clone => "System.Object Clone()";
        contains_key => "bool Contains(System.Object key)";
        contains_key => "bool ContainsKey(System.Object key)";
        contains_value => "bool ContainsValue(System.Object value)";
        copy_to => "void CopyTo(array array, int arrayIndex)";
        get_enumerator => "System.Collections.IDictionaryEnumerator GetEnumerator()";
        remove => "void Remove(System.Object key)";
        item => "System.Object Item(System.Object key) {get;set;}";
    },
    static_methods: overloads! { synchronized => "static hashtable Synchronized(hashtable table)"; },
    ..TypeTable::of(&types::HASHTABLE)
};

pub static ORDERED: TypeTable = TypeTable {
    ctors: overloads! {
        new => "ordered new()" "ordered new(int capacity)"
            "ordered new(System.Collections.IEqualityComparer comparer)"
            "ordered new(int capacity, System.Collections.IEqualityComparer comparer)";
    },
    props: &[
        Prop::get("Count", "int", count),
        no("IsReadOnly"),
        Prop::get("Keys", "System.Collections.ICollection", keys),
        Prop::get("Values", "System.Collections.ICollection", values),
        no("IsFixedSize"),
        Prop::get("SyncRoot", "System.Object", ROOT),
        no("IsSynchronized"),
    ],
    methods: overloads! {
        add => "void Add(System.Object key, System.Object value)";
        clear => "void Clear()";
        contains_key => "bool Contains(System.Object key)";
        copy_to => "void CopyTo(array array, int index)";
        get_enumerator => "System.Collections.IDictionaryEnumerator GetEnumerator()";
        insert => "void Insert(int index, System.Object key, System.Object value)";
        remove => "void Remove(System.Object key)";
        remove_at => "void RemoveAt(int index)";
        item => "System.Object Item(int index) {get;set;}" "System.Object Item(System.Object key) {get;set;}";
    },
    ..TypeTable::of(&types::ORDERED_DICTIONARY)
};

pub static DICTIONARY: TypeTable = TypeTable {
    ctors: overloads! { new => "System.Collections.Generic.Dictionary[TKey,TValue] new()" "System.Collections.Generic.Dictionary[TKey,TValue] new(int capacity)" "System.Collections.Generic.Dictionary[TKey,TValue] new(System.Collections.IEqualityComparer comparer)" "System.Collections.Generic.Dictionary[TKey,TValue] new(int capacity, System.Collections.IEqualityComparer comparer)" "System.Collections.Generic.Dictionary[TKey,TValue] new(System.Collections.IDictionary dictionary)" "System.Collections.Generic.Dictionary[TKey,TValue] new(System.Collections.IDictionary dictionary, System.Collections.IEqualityComparer comparer)" "System.Collections.Generic.Dictionary[TKey,TValue] new(System.Collections.Generic.IEnumerable[T] collection)"; },
    props: &[
        Prop::get("Comparer", "System.Collections.Generic.IEqualityComparer[TKey]", comparer),
        Prop::get("Count", "int", count),
        Prop::get("Keys", "System.Collections.Generic.ICollection[TKey]", keys),
        Prop::get("Values", "System.Collections.Generic.ICollection[TValue]", values),
        no("IsReadOnly"),
        no("IsFixedSize"),
        Prop::get("SyncRoot", "System.Object", ROOT),
        no("IsSynchronized"),
    ],
    methods: overloads! {
        add => "void Add(TKey key, TValue value)";
        clear => "void Clear()";
        contains_pair => "bool ICollection[KeyValuePair].Contains(System.Collections.Generic.KeyValuePair item)";
        contains_key => "bool ContainsKey(TKey key)";
        contains_value => "bool ContainsValue(TValue value)";
        get_enumerator => "System.Collections.IDictionaryEnumerator GetEnumerator()";
        remove_typed => "bool Remove(TKey key)" "bool Remove(TKey key, [ref] TValue value)";
        try_get_value => "bool TryGetValue(TKey key, [ref] TValue value)";
        item => "TValue Item(TKey key) {get;set;}";
        nothing => "void TrimExcess()";
        nothing => "int EnsureCapacity(int capacity)";
        try_add => "bool TryAdd(TKey key, TValue value)";
    },
    ..TypeTable::of(&types::DICTIONARY)
};

pub static SORTED_DICTIONARY: TypeTable = TypeTable {
    ctors: overloads! { new => "System.Collections.Generic.SortedDictionary[TKey,TValue] new()" "System.Collections.Generic.SortedDictionary[TKey,TValue] new(System.Collections.IDictionary dictionary)" "System.Collections.Generic.SortedDictionary[TKey,TValue] new(System.Collections.IDictionary dictionary, System.Collections.IComparer comparer)" "System.Collections.Generic.SortedDictionary[TKey,TValue] new(System.Collections.IComparer comparer)"; },
    props: &[
        Prop::get("Comparer", "System.Collections.Generic.IEqualityComparer[TKey]", comparer),
        Prop::get("Count", "int", count),
        Prop::get("Keys", "System.Collections.Generic.ICollection[TKey]", keys),
        Prop::get("Values", "System.Collections.Generic.ICollection[TValue]", values),
        no("IsReadOnly"),
        no("IsFixedSize"),
        Prop::get("SyncRoot", "System.Object", ROOT),
        no("IsSynchronized"),
    ],
    methods: overloads! {
        add => "void Add(TKey key, TValue value)";
        clear => "void Clear()";
        contains_pair => "bool ICollection[KeyValuePair].Contains(System.Collections.Generic.KeyValuePair item)";
        contains_key => "bool ContainsKey(TKey key)";
        contains_value => "bool ContainsValue(TValue value)";
        get_enumerator => "System.Collections.IDictionaryEnumerator GetEnumerator()";
        remove_typed => "bool Remove(TKey key)" ;
        try_get_value => "bool TryGetValue(TKey key, [ref] TValue value)";
        item => "TValue Item(TKey key) {get;set;}";
    },
    ..TypeTable::of(&SORTED_DICTIONARY_TYPE)
};

pub static SORTED_LIST_OF: TypeTable = TypeTable {
    ctors: overloads! { new => "System.Collections.Generic.SortedList[TKey,TValue] new()" "System.Collections.Generic.SortedList[TKey,TValue] new(int capacity)" "System.Collections.Generic.SortedList[TKey,TValue] new(System.Collections.IComparer comparer)" "System.Collections.Generic.SortedList[TKey,TValue] new(System.Collections.IDictionary dictionary)" "System.Collections.Generic.SortedList[TKey,TValue] new(System.Collections.IDictionary dictionary, System.Collections.IComparer comparer)"; },
    props: &[
        Prop::get("Comparer", "System.Collections.Generic.IEqualityComparer[TKey]", comparer),
        Prop::get("Count", "int", count),
        Prop::get("Capacity", "int", count),
        Prop::get("Keys", "System.Collections.Generic.ICollection[TKey]", keys),
        Prop::get("Values", "System.Collections.Generic.ICollection[TValue]", values),
        no("IsReadOnly"),
        no("IsFixedSize"),
        Prop::get("SyncRoot", "System.Object", ROOT),
        no("IsSynchronized"),
    ],
    methods: overloads! {
        add => "void Add(TKey key, TValue value)";
        clear => "void Clear()";
        contains_pair => "bool ICollection[KeyValuePair].Contains(System.Collections.Generic.KeyValuePair item)";
        contains_key => "bool ContainsKey(TKey key)";
        contains_value => "bool ContainsValue(TValue value)";
        get_enumerator => "System.Collections.IDictionaryEnumerator GetEnumerator()";
        remove_typed => "bool Remove(TKey key)" ;
        try_get_value => "bool TryGetValue(TKey key, [ref] TValue value)";
        item => "TValue Item(TKey key) {get;set;}";
        key_at => "TKey GetKeyAtIndex(int index)";
        value_at => "TValue GetValueAtIndex(int index)";
        index_of_key => "int IndexOfKey(TKey key)";
        index_of_value => "int IndexOfValue(TValue value)";
        remove_at => "void RemoveAt(int index)";
        set_value_at => "void SetValueAtIndex(int index, TValue value)";
        nothing => "void TrimExcess()";
    },
    ..TypeTable::of(&SORTED_LIST_OF_TYPE)
};

pub static SORTED_LIST: TypeTable = TypeTable {
    ctors: overloads! {
        new => "System.Collections.SortedList new()" "System.Collections.SortedList new(int initialCapacity)"
            "System.Collections.SortedList new(System.Collections.IComparer comparer)"
            "System.Collections.SortedList new(System.Collections.IDictionary d)";
    },
    props: &[
        Prop::get("Capacity", "int", count),
        Prop::get("Count", "int", count),
        Prop::get("Keys", "System.Collections.ICollection", keys),
        Prop::get("Values", "System.Collections.ICollection", values),
        no("IsReadOnly"),
        no("IsFixedSize"),
        no("IsSynchronized"),
        Prop::get("SyncRoot", "System.Object", ROOT),
    ],
    methods: overloads! {
        add => "void Add(System.Object key, System.Object value)";
        clear => "void Clear()";
        clone => "System.Object Clone()";
        contains_key => "bool Contains(System.Object key)";
        contains_key => "bool ContainsKey(System.Object key)";
        contains_value => "bool ContainsValue(System.Object value)";
        copy_to => "void CopyTo(array array, int arrayIndex)";
        value_at => "System.Object GetByIndex(int index)";
        get_enumerator => "System.Collections.IDictionaryEnumerator GetEnumerator()";
        key_at => "System.Object GetKey(int index)";
        index_of_key => "int IndexOfKey(System.Object key)";
        index_of_value => "int IndexOfValue(System.Object value)";
        remove => "void Remove(System.Object key)";
        remove_at => "void RemoveAt(int index)";
        set_value_at => "void SetByIndex(int index, System.Object value)";
        nothing => "void TrimToSize()";
        item => "System.Object Item(System.Object key) {get;set;}";
    },
    ..TypeTable::of(&SORTED_LIST_TYPE)
};

pub static CONCURRENT: TypeTable = TypeTable {
    ctors: overloads! { new => "System.Collections.Concurrent.ConcurrentDictionary[TKey,TValue] new()" "System.Collections.Concurrent.ConcurrentDictionary[TKey,TValue] new(System.Collections.IEqualityComparer comparer)" "System.Collections.Concurrent.ConcurrentDictionary[TKey,TValue] new(System.Collections.Generic.IEnumerable[T] collection)" "System.Collections.Concurrent.ConcurrentDictionary[TKey,TValue] new(System.Collections.Generic.IEnumerable[T] collection, System.Collections.IEqualityComparer comparer)" "System.Collections.Concurrent.ConcurrentDictionary[TKey,TValue] new(int concurrencyLevel, int capacity)"; },
    props: &[
        Prop::get("Comparer", "System.Collections.Generic.IEqualityComparer[TKey]", comparer),
        Prop::get("Count", "int", count),
        Prop::get("IsEmpty", "bool", |_, v| Ok(Value::Bool(me(v)?.is_empty()))),
        Prop::get("Keys", "System.Collections.Generic.ICollection[TKey]", keys),
        Prop::get("Values", "System.Collections.Generic.ICollection[TValue]", values),
        no("IsReadOnly"),
        no("IsFixedSize"),
        Prop::get("SyncRoot", "System.Object", ROOT),
        no("IsSynchronized"),
    ],
    methods: overloads! {
        add_pair => "void ICollection[KeyValuePair].Add(System.Collections.Generic.KeyValuePair item)";
        add_or_update => "TValue AddOrUpdate(TKey key, System.Func[TKey,TValue] addValueFactory, System.Func[TKey,TValue,TValue] updateValueFactory)"
            "TValue AddOrUpdate(TKey key, TValue addValue, System.Func[TKey,TValue,TValue] updateValueFactory)";
        clear => "void Clear()";
        contains_pair => "bool ICollection[KeyValuePair].Contains(System.Collections.Generic.KeyValuePair item)";
        contains_key => "bool ContainsKey(TKey key)";
        get_enumerator => "System.Collections.IDictionaryEnumerator GetEnumerator()";
        get_or_add => "TValue GetOrAdd(TKey key, System.Func[TKey,TValue] valueFactory)"
            "TValue GetOrAdd(TKey key, TValue value)";
        remove_pair => "bool ICollection[KeyValuePair].Remove(System.Collections.Generic.KeyValuePair item)";
        to_array => "System.Collections.Generic.KeyValuePair[] ToArray()";
        try_add => "bool TryAdd(TKey key, TValue value)";
        try_get_value => "bool TryGetValue(TKey key, [ref] TValue value)";
        remove_typed => "bool TryRemove(TKey key, [ref] TValue value)";
        try_update => "bool TryUpdate(TKey key, TValue newValue, TValue comparisonValue)";
        item => "TValue Item(TKey key) {get;set;}";
    },
    ..TypeTable::of(&CONCURRENT_TYPE)
};

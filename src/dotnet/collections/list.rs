//! ArrayList, `List<T>`, `Collection<T>` and their read-only kin: one set of functions over [`List`].
use super::{enumerator, sort};
use crate::args::{self, Args};
use crate::{fail, overloads};
use dialtone_object::access::TypeNames;
use dialtone_object::member::Getter;
use dialtone_object::{
    Array, List, ListKind, Prop, Res, Runtime, TypeInfo, TypeKind, TypeRef, TypeTable, Value, access, types, value,
};
use std::rc::Rc;

type Rt<'a> = &'a mut dyn Runtime;

macro_rules! list_type {
    ($($id:ident $full:literal $ps:literal;)*) => {
        $(static $id: TypeInfo = TypeInfo::new($full, $ps, TypeKind::Collection, Some(&types::OBJECT)).with_interfaces(&[
            "System.Collections.IList", "System.Collections.ICollection", "System.Collections.IEnumerable",
        ]);)*
    };
}
list_type! {
    READ_ONLY_TYPE "System.Collections.ObjectModel.ReadOnlyCollection`1" "System.Collections.ObjectModel.ReadOnlyCollection";
    OBSERVABLE_TYPE "System.Collections.ObjectModel.ObservableCollection`1" "System.Collections.ObjectModel.ObservableCollection";
}

fn me(v: &Value) -> Res<&Rc<List>> {
    match v.base() {
        Value::List(l) => Ok(l),
        _ => Err(fail::argument_null("list")),
    }
}
fn writable(v: &Value) -> Res<&Rc<List>> {
    let l = me(v)?;
    if l.read_only { Err(fail::not_supported("Collection is read-only.")) } else { Ok(l) }
}
/// The elements of any collection argument, as elements of the list.
fn elements(rt: Rt, l: &List, arg: &Value) -> Res<Vec<Value>> {
    let items = match arg.base() {
        v if v.is_null() => return Err(fail::argument_null("collection")),
        Value::Array(_) | Value::List(_) => args::items(arg),
        Value::Dict(d) => super::dictionary::entries(d),
        _ => rt.enumerate(arg)?,
    };
    if matches!(l.elem.kind, TypeKind::Object | TypeKind::PSObject) {
        return Ok(items);
    }
    items.into_iter().map(|v| super::dictionary::element(rt, l.elem, v)).collect()
}
fn new(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let Value::Type(ty) = this else { return Err(fail::argument_null("type")) };
    let elem = ty.generic.and_then(|(_, a)| a.first().copied()).unwrap_or(&types::OBJECT);
    let kind = match ty.kind {
        TypeKind::ArrayList => ListKind::ArrayList,
        TypeKind::List => ListKind::List,
        _ => ListKind::Collection,
    };
    let mut list = List::of(kind, ty, elem, Vec::new());
    list.read_only = ty.full_name.starts_with(READ_ONLY_TYPE.full_name);
    match args.at(0).base() {
        Value::Int(n) if *n < 0 => {
            return Err(fail::out_of_range_value(
                &format!("capacity ('{n}') must be a non-negative value."),
                "capacity",
                &n.to_string(),
            ));
        }
        Value::Int(_) | Value::Null => {}
        source => {
            let items = elements(rt, &list, source)?;
            *list.items.borrow_mut() = items;
        }
    }
    Ok(Value::List(Rc::new(list)))
}

/// `ArrayList.Add` gives the position.
fn add_position(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = writable(this)?;
    l.items.borrow_mut().push(args.at(0).clone().or_null());
    Ok(Value::Int(l.len() as i32 - 1))
}
fn add(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    // PSTypeNames is a Collection<string> of its own making.
    if let Some(names) = this.get::<TypeNames>() {
        names.change(|n| n.push(args.text(0)));
        return Ok(Value::Void);
    }
    writable(this)?.items.borrow_mut().push(args.at(0).clone().or_null());
    Ok(Value::Void)
}
fn add_range(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = writable(this)?;
    let items = elements(rt, l, args.at(0))?;
    l.items.borrow_mut().extend(items);
    Ok(Value::Void)
}
fn clear(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    if let Some(names) = this.get::<TypeNames>() {
        names.change(Vec::clear);
        return Ok(Value::Void);
    }
    writable(this)?.items.borrow_mut().clear();
    Ok(Value::Void)
}
/// The items of a list (or of PSTypeNames).
fn view(v: &Value) -> Res<Vec<Value>> {
    match v.get::<TypeNames>() {
        Some(names) => Ok(names.names().into_iter().map(Value::String).collect()),
        None => Ok(me(v)?.to_vec()),
    }
}
fn contains(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(match this.base() {
        Value::List(l) => super::position(&l.items.borrow(), args.at(0)).is_some(),
        _ => super::position(&view(this)?, args.at(0)).is_some(),
    }))
}
fn clone(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let l = me(this)?;
    Ok(Value::List(Rc::new(List::of(l.kind, l.ty, l.elem, l.to_vec()))))
}
fn copy_to(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let items = view(this)?;
    match args.len() {
        1 => super::array::copy_into(&items, args.at(0), 0),
        2 => super::array::copy_into(&items, args.at(0), args.int(1)),
        _ => {
            let (start, count) = (args.int(0).max(0) as usize, args.int(3).max(0) as usize);
            let part = items.get(start..start + count).ok_or_else(short)?;
            super::array::copy_into(part, args.at(1), args.int(2))
        }
    }
}
fn get_enumerator(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(enumerator("System.Collections.ArrayList+ArrayListEnumeratorSimple", view(this)?))
}
fn short() -> dialtone_object::Flow {
    fail::argument(
        "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.",
    )
}
/// The range that index and count mean.
fn range(len: usize, index: i32, count: i32) -> Res<std::ops::Range<usize>> {
    let negative = |n: i32, name: &str| -> Res<usize> {
        usize::try_from(n).map_err(|_| {
            fail::out_of_range_value(&format!("{name} ('{n}') must be a non-negative value."), name, &n.to_string())
        })
    };
    let (index, count) = (negative(index, "index")?, negative(count, "count")?);
    match index.checked_add(count).filter(|end| *end <= len) {
        Some(end) => Ok(index..end),
        None => Err(short()),
    }
}
fn like(l: &List, items: Vec<Value>) -> Value {
    Value::List(Rc::new(List::of(l.kind, l.ty, l.elem, items)))
}
fn get_range(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = me(this)?;
    let range = range(l.len(), args.int(0), args.int(1))?;
    let part = l.items.borrow()[range].to_vec();
    Ok(like(l, part))
}
fn index_of(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let items = view(this)?;
    let start = if args.has(1) { args.int(1) } else { 0 };
    let start = usize::try_from(start).ok().filter(|n| *n <= items.len()).ok_or_else(fail::index_range)?;
    let end = if args.has(2) { (start + args.int(2).max(0) as usize).min(items.len()) } else { items.len() };
    Ok(Value::Int(super::position(&items[start..end], args.at(0)).map_or(-1, |n| (n + start) as i32)))
}
fn last_index_of(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let items = view(this)?;
    let end = if args.has(1) { (args.int(1) + 1).clamp(0, items.len() as i32) as usize } else { items.len() };
    let found = items[..end].iter().rposition(|v| value::equals(v, args.at(0)));
    Ok(Value::Int(found.map_or(-1, |n| n as i32)))
}
fn position(l: &List, n: i32, limit: usize) -> Res<usize> {
    let _ = l;
    usize::try_from(n)
        .ok()
        .filter(|n| *n <= limit)
        .ok_or_else(|| fail::out_of_range("Index must be within the bounds of the List.", "index"))
}
fn insert(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    if let Some(names) = this.get::<TypeNames>() {
        names.change(|n| {
            let at = (args.int(0).max(0) as usize).min(n.len());
            n.insert(at, args.text(1));
        });
        return Ok(Value::Void);
    }
    let l = writable(this)?;
    let at = position(l, args.int(0), l.len())?;
    l.items.borrow_mut().insert(at, args.at(1).clone().or_null());
    Ok(Value::Void)
}
fn insert_range(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = writable(this)?;
    let at = position(l, args.int(0), l.len())?;
    let items = elements(rt, l, args.at(1))?;
    l.items.borrow_mut().splice(at..at, items);
    Ok(Value::Void)
}
/// Removes the first equal element; true when there was one.
fn take(this: &Value, args: &[Value]) -> Res<bool> {
    if let Some(names) = this.get::<TypeNames>() {
        let name = args.text(0);
        return Ok(names.change(|n| {
            let at = n.iter().position(|t| *t == name);
            at.map(|at| n.remove(at)).is_some()
        }));
    }
    let l = writable(this)?;
    let at = super::position(&l.items.borrow(), args.at(0));
    Ok(at.map(|at| l.items.borrow_mut().remove(at)).is_some())
}
fn remove(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    take(this, args).map(|_| Value::Void)
}
fn remove_found(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    take(this, args).map(Value::Bool)
}
fn remove_at(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    if let Some(names) = this.get::<TypeNames>() {
        let at = args.int(0).max(0) as usize;
        names.change(|n| (at < n.len()).then(|| n.remove(at)));
        return Ok(Value::Void);
    }
    let l = writable(this)?;
    let at = usize::try_from(args.int(0)).ok().filter(|n| *n < l.len()).ok_or_else(fail::index_range)?;
    l.items.borrow_mut().remove(at);
    Ok(Value::Void)
}
fn remove_range(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = writable(this)?;
    let range = range(l.len(), args.int(0), args.int(1))?;
    l.items.borrow_mut().drain(range);
    Ok(Value::Void)
}
fn reverse(_: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = writable(this)?;
    let range = if args.has(1) { range(l.len(), args.int(0), args.int(1))? } else { 0..l.len() };
    l.items.borrow_mut()[range].reverse();
    Ok(Value::Void)
}
fn set_range(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = writable(this)?;
    let items = elements(rt, l, args.at(1))?;
    let range = range(l.len(), args.int(0), items.len() as i32)?;
    l.items.borrow_mut()[range].clone_from_slice(&items);
    Ok(Value::Void)
}
fn sort_list(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = writable(this)?;
    let (range, comparer) = match args.len() {
        3 => (range(l.len(), args.int(0), args.int(1))?, args.at(2)),
        _ => (0..l.len(), args.at(0)),
    };
    let mut part = l.items.borrow()[range.clone()].to_vec();
    sort::sort(rt, &mut part, comparer)?;
    l.items.borrow_mut()[range].clone_from_slice(&part);
    Ok(Value::Void)
}
/// Binary search: the position, or the complement of the place where the value belongs.
pub fn search(rt: Rt, items: &[Value], wanted: &Value, comparer: &Value) -> Res<i32> {
    let (mut low, mut high) = (0, items.len());
    while low < high {
        let middle = (low + high) / 2;
        match sort::order(rt, comparer, &items[middle], wanted)? {
            std::cmp::Ordering::Equal => return Ok(middle as i32),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(!(low as i32))
}
fn binary_search(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let items = view(this)?;
    Ok(Value::Int(match args.len() {
        4 => search(rt, &items[range(items.len(), args.int(0), args.int(1))?], args.at(2), args.at(3))?,
        _ => search(rt, &items, args.at(0), args.at(1))?,
    }))
}
fn to_array(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = me(this)?;
    let elem: TypeRef = match args.at(0).base() {
        Value::Type(t) => t,
        _ => l.elem,
    };
    let mut items = l.to_vec();
    if elem != l.elem {
        items = items.into_iter().map(|v| super::dictionary::element(rt, elem, v)).collect::<Res<_>>()?;
    }
    Ok(Value::Array(Rc::new(Array::typed(elem, items))))
}
fn nothing(_: Rt, _: &Value, _: &[Value]) -> Res<Value> {
    Ok(Value::Void)
}
fn item(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let _ = rt;
    let items = view(this)?;
    usize::try_from(args.int(0)).ok().and_then(|n| items.get(n).cloned()).ok_or_else(fail::index_range)
}
fn as_read_only(_: Rt, this: &Value, _: &[Value]) -> Res<Value> {
    let l = me(this)?;
    let mut list = List::of(ListKind::Collection, types::generic(&READ_ONLY_TYPE, &[l.elem]), l.elem, l.to_vec());
    list.read_only = true;
    Ok(Value::List(Rc::new(list)))
}
fn read_only_static(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let l = me(args.at(0))?;
    let mut list = List::of(l.kind, l.ty, l.elem, l.to_vec());
    list.read_only = true;
    Ok(Value::List(Rc::new(list)))
}
fn repeat(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    let count = args.int(1).max(0) as usize;
    Ok(Value::List(Rc::new(List::array_list(vec![args.at(0).clone(); count]))))
}
fn same(_: Rt, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(args.at(0).clone())
}

/// The first position from `start` on for which the predicate holds.
fn first(rt: Rt, items: &[Value], test: &Value) -> Res<Option<usize>> {
    for (at, item) in items.iter().enumerate() {
        if super::test(rt, test, item)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}
fn exists(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(Value::Bool(first(rt, &view(this)?, args.at(0))?.is_some()))
}
fn find(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = me(this)?;
    let items = l.to_vec();
    let at = first(rt, &items, args.at(0))?;
    Ok(at.and_then(|at| items.get(at).cloned()).unwrap_or_else(|| access::default_value(l.elem)))
}
fn find_index(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let items = view(this)?;
    let start = if args.len() > 1 { args.int(0).clamp(0, items.len() as i32) as usize } else { 0 };
    let found = first(rt, &items[start..], args.at(args.len().saturating_sub(1)))?;
    Ok(Value::Int(found.map_or(-1, |n| (n + start) as i32)))
}
fn find_last(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = me(this)?;
    for item in l.to_vec().into_iter().rev() {
        if super::test(rt, args.at(0), &item)? {
            return Ok(item);
        }
    }
    Ok(access::default_value(l.elem))
}
fn find_all(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = me(this)?;
    let mut found = Vec::new();
    for item in l.to_vec() {
        if super::test(rt, args.at(0), &item)? {
            found.push(item);
        }
    }
    Ok(like(l, found))
}
fn remove_all(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let l = writable(this)?;
    let mut kept = Vec::new();
    for item in l.to_vec() {
        if !super::test(rt, args.at(0), &item)? {
            kept.push(item);
        }
    }
    let removed = l.len() - kept.len();
    *l.items.borrow_mut() = kept;
    Ok(Value::Int(removed as i32))
}
fn for_each(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    for item in view(this)? {
        super::call(rt, args.at(0), &item)?;
    }
    Ok(Value::Void)
}
fn true_for_all(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    for item in view(this)? {
        if !super::test(rt, args.at(0), &item)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}
fn convert_all(rt: Rt, this: &Value, args: &[Value]) -> Res<Value> {
    let mut out = Vec::new();
    for item in view(this)? {
        out.push(super::call(rt, args.at(0), &item)?);
    }
    Ok(Value::List(Rc::new(List::generic(&types::OBJECT, out))))
}

fn count(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(Value::Int(match v.base() {
        Value::List(l) => l.len() as i32,
        _ => view(v)?.len() as i32,
    }))
}
fn is_read_only(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    Ok(Value::Bool(matches!(v.base(), Value::List(l) if l.read_only)))
}
/// What .NET would have reserved: 4, then doubling.
fn capacity(_: &mut dyn Runtime, v: &Value) -> Res<Value> {
    let len = me(v)?.len();
    Ok(Value::Int(if len == 0 { 0 } else { len.next_power_of_two().max(4) as i32 }))
}
const ROOT: Getter = |_, v| Ok(v.clone());
const NO: Getter = |_, _| Ok(Value::Bool(false));

pub static ARRAY_LIST: TypeTable = TypeTable {
    ctors: overloads! {
        new => "System.Collections.ArrayList new()"
            "System.Collections.ArrayList new(int capacity)"
            "System.Collections.ArrayList new(System.Collections.ICollection c)";
    },
    props: &[
        Prop::get_set("Capacity", "int", capacity, |_, _, _| Ok(())),
        Prop::get("Count", "int", count),
        Prop::get("IsFixedSize", "bool", NO),
        Prop::get("IsReadOnly", "bool", is_read_only),
        Prop::get("IsSynchronized", "bool", NO),
        Prop::get("SyncRoot", "System.Object", ROOT),
    ],
    methods: overloads! {
        add_position => "int Add(System.Object value)";
        add_range => "void AddRange(System.Collections.ICollection c)";
        binary_search => "int BinarySearch(int index, int count, System.Object value, System.Collections.IComparer comparer)"
            "int BinarySearch(System.Object value)"
            "int BinarySearch(System.Object value, System.Collections.IComparer comparer)";
        clear => "void Clear()";
        clone => "System.Object Clone()";
        contains => "bool Contains(System.Object item)";
        copy_to => "void CopyTo(array array)" "void CopyTo(array array, int arrayIndex)"
            "void CopyTo(int index, array array, int arrayIndex, int count)";
        get_enumerator => "System.Collections.IEnumerator GetEnumerator()"
            "System.Collections.IEnumerator GetEnumerator(int index, int count)";
        get_range => "System.Collections.ArrayList GetRange(int index, int count)";
        index_of => "int IndexOf(System.Object value)" "int IndexOf(System.Object value, int startIndex)"
            "int IndexOf(System.Object value, int startIndex, int count)";
        insert => "void Insert(int index, System.Object value)";
        insert_range => "void InsertRange(int index, System.Collections.ICollection c)";
        last_index_of => "int LastIndexOf(System.Object value)" "int LastIndexOf(System.Object value, int startIndex)"
            "int LastIndexOf(System.Object value, int startIndex, int count)";
        remove => "void Remove(System.Object obj)";
        remove_at => "void RemoveAt(int index)";
        remove_range => "void RemoveRange(int index, int count)";
        reverse => "void Reverse()" "void Reverse(int index, int count)";
        set_range => "void SetRange(int index, System.Collections.ICollection c)";
        sort_list => "void Sort()" "void Sort(System.Collections.IComparer comparer)"
            "void Sort(int index, int count, System.Collections.IComparer comparer)";
        to_array => "System.Object[] ToArray()" "array ToArray(type type)";
        nothing => "void TrimToSize()";
        item => "System.Object Item(int index) {get;set;}";
    },
    static_methods: overloads! {
        same => "static System.Collections.ArrayList Adapter(System.Collections.IList list)";
        read_only_static => "static System.Collections.ArrayList ReadOnly(System.Collections.ArrayList list)";
        repeat => "static System.Collections.ArrayList Repeat(System.Object value, int count)";
        same => "static System.Collections.ArrayList Synchronized(System.Collections.ArrayList list)";
    },
    ..TypeTable::of(&types::ARRAY_LIST)
};

pub static LIST: TypeTable = TypeTable {
    ctors: overloads! {
        new => "System.Collections.Generic.List[T] new()"
            "System.Collections.Generic.List[T] new(int capacity)"
            "System.Collections.Generic.List[T] new(System.Collections.Generic.IEnumerable[T] collection)";
    },
    props: &[
        Prop::get_set("Capacity", "int", capacity, |_, _, _| Ok(())),
        Prop::get("Count", "int", count),
        Prop::get("IsReadOnly", "bool", is_read_only),
        Prop::get("IsFixedSize", "bool", NO),
        Prop::get("SyncRoot", "System.Object", ROOT),
        Prop::get("IsSynchronized", "bool", NO),
    ],
    methods: overloads! {
        add => "void Add(T item)";
        add_range => "void AddRange(System.Collections.Generic.IEnumerable[T] collection)";
        as_read_only => "System.Collections.ObjectModel.ReadOnlyCollection[T] AsReadOnly()";
        binary_search => "int BinarySearch(int index, int count, T item, System.Collections.Generic.IComparer[T] comparer)"
            "int BinarySearch(T item)"
            "int BinarySearch(T item, System.Collections.Generic.IComparer[T] comparer)";
        clear => "void Clear()";
        contains => "bool Contains(T item)";
        convert_all => "System.Collections.Generic.List[TOutput] ConvertAll(System.Converter[T,TOutput] converter)";
        copy_to => "void CopyTo(array array)" "void CopyTo(int index, array array, int arrayIndex, int count)"
            "void CopyTo(array array, int arrayIndex)";
        nothing => "int EnsureCapacity(int capacity)";
        exists => "bool Exists(System.Predicate[T] match)";
        find => "T Find(System.Predicate[T] match)";
        find_all => "System.Collections.Generic.List[T] FindAll(System.Predicate[T] match)";
        find_index => "int FindIndex(System.Predicate[T] match)"
            "int FindIndex(int startIndex, System.Predicate[T] match)"
            "int FindIndex(int startIndex, int count, System.Predicate[T] match)";
        find_last => "T FindLast(System.Predicate[T] match)";
        for_each => "void ForEach(System.Action[T] action)";
        get_enumerator => "System.Collections.Generic.List`1+Enumerator[T] GetEnumerator()";
        get_range => "System.Collections.Generic.List[T] GetRange(int index, int count)";
        index_of => "int IndexOf(T item)" "int IndexOf(T item, int index)" "int IndexOf(T item, int index, int count)";
        insert => "void Insert(int index, T item)";
        insert_range => "void InsertRange(int index, System.Collections.Generic.IEnumerable[T] collection)";
        last_index_of => "int LastIndexOf(T item)" "int LastIndexOf(T item, int index)"
            "int LastIndexOf(T item, int index, int count)";
        remove_found => "bool Remove(T item)";
        remove_all => "int RemoveAll(System.Predicate[T] match)";
        remove_at => "void RemoveAt(int index)";
        remove_range => "void RemoveRange(int index, int count)";
        reverse => "void Reverse()" "void Reverse(int index, int count)";
        get_range => "System.Collections.Generic.List[T] Slice(int start, int length)";
        sort_list => "void Sort()" "void Sort(System.Collections.Generic.IComparer[T] comparer)"
            "void Sort(int index, int count, System.Collections.Generic.IComparer[T] comparer)"
            "void Sort(System.Comparison[T] comparison)";
        to_array => "T[] ToArray()";
        nothing => "void TrimExcess()";
        true_for_all => "bool TrueForAll(System.Predicate[T] match)";
        item => "T Item(int index) {get;set;}";
    },
    ..TypeTable::of(&types::LIST)
};

const COLLECTION_PROPS: &[Prop] = &[
    Prop::get("Count", "int", count),
    Prop::get("IsReadOnly", "bool", is_read_only),
    Prop::get("IsFixedSize", "bool", NO),
    Prop::get("SyncRoot", "System.Object", ROOT),
    Prop::get("IsSynchronized", "bool", NO),
];
macro_rules! collection {
    ($id:ident, $ty:expr, $($ctor:literal)+) => {
        pub static $id: TypeTable = TypeTable {
            ctors: overloads! { new => $($ctor)+; },
            props: COLLECTION_PROPS,
            methods: overloads! {
                add => "void Add(T item)";
                clear => "void Clear()";
                contains => "bool Contains(T item)";
                copy_to => "void CopyTo(array array, int index)";
                get_enumerator => "System.Collections.Generic.IEnumerator[T] GetEnumerator()";
                index_of => "int IndexOf(T item)";
                insert => "void Insert(int index, T item)";
                remove_found => "bool Remove(T item)";
                remove_at => "void RemoveAt(int index)";
                item => "T Item(int index) {get;set;}";
            },
            ..TypeTable::of($ty)
        };
    };
}
collection!(COLLECTION, &types::COLLECTION, "System.Collections.ObjectModel.Collection[T] new()"
    "System.Collections.ObjectModel.Collection[T] new(System.Collections.Generic.IList[T] list)");
collection!(OBSERVABLE, &OBSERVABLE_TYPE, "System.Collections.ObjectModel.ObservableCollection[T] new()"
    "System.Collections.ObjectModel.ObservableCollection[T] new(System.Collections.Generic.IEnumerable[T] collection)");
collection!(
    READ_ONLY,
    &READ_ONLY_TYPE,
    "System.Collections.ObjectModel.ReadOnlyCollection[T] new(System.Collections.Generic.IList[T] list)"
);

//! The one dictionary: `Hashtable`, `OrderedDictionary` and `Dictionary<K,V>` over a hash index and a list in
//! insertion order. String keys compare by the table's comparer (`@{}` ignores case, `[hashtable]::new()` does not).
use crate::psobject::Members;
use crate::string::{eq_ignore_case, fold};
use crate::types::{self, TypeRef};
use crate::value::Value;
use hashbrown::HashTable;
use std::cell::RefCell;
use std::hash::Hasher;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparer {
    Ordinal,
    IgnoreCase,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DictKind {
    Hashtable,
    Ordered,
    /// `Dictionary<K,V>` and ConcurrentDictionary.
    Generic,
    /// SortedList, `SortedList<K,V>`, `SortedDictionary<K,V>`: [`Dictionary::put`] keeps the order of the keys.
    Sorted,
}

/// FNV-1a over 8-byte steps would do; FxHash-style mixing is short and good enough for keys that scripts choose.
#[derive(Default)]
struct Mix(u64);
impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

fn hash_text(text: &str, comparer: Comparer, h: &mut Mix) {
    if text.is_ascii() {
        let mut chunks = text.as_bytes().chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            if comparer == Comparer::IgnoreCase {
                word.make_ascii_uppercase();
            }
            h.write_u64(u64::from_le_bytes(word));
        }
        let mut word = [0; 8];
        let rest = chunks.remainder();
        word[..rest.len()].copy_from_slice(rest);
        if comparer == Comparer::IgnoreCase {
            word.make_ascii_uppercase();
        }
        h.write_u64(u64::from_le_bytes(word) ^ ((rest.len() as u64) << 56));
    } else {
        for c in text.chars() {
            h.write_u64(u64::from(u32::from(if comparer == Comparer::IgnoreCase { fold(c) } else { c })));
        }
    }
}

/// Address of the shared object behind a reference value.
fn address(value: &Value) -> u64 {
    use std::rc::Rc;
    (match value {
        Value::Array(r) => Rc::as_ptr(r).addr(),
        Value::List(r) => Rc::as_ptr(r).addr(),
        Value::Dict(r) => Rc::as_ptr(r).addr(),
        Value::Custom(r) => Rc::as_ptr(r).addr(),
        Value::Object(r) => Rc::as_ptr(r).addr(),
        Value::Type(t) => std::ptr::from_ref(*t).addr(),
        _ => 0,
    }) as u64
}

fn hash_key(key: &Value, comparer: Comparer) -> u64 {
    let mut h = Mix::default();
    match key.base() {
        Value::String(s) => hash_text(s, comparer, &mut h),
        Value::Bool(b) => h.write_u64(u64::from(*b)),
        Value::Char(c) => h.write_u64(u64::from(*c) | 1 << 40),
        Value::Int(n) => h.write_u64(*n as u64),
        Value::Long(n) => h.write_u64(*n as u64 ^ 1 << 41),
        Value::Double(n) => h.write_u64(n.to_bits()),
        Value::DateTime(n) => h.write_u64(n & 0x3FFF_FFFF_FFFF_FFFF),
        Value::TimeSpan(n) => h.write_u64(*n as u64),
        Value::Object(o) => match o.data().hash_code() {
            Some(code) => h.write_u64(code),
            None => h.write_u64(address(key.base())),
        },
        other => h.write_u64(address(other)),
    }
    h.finish()
}

/// Key equality: `Object.Equals`, strings by the comparer. An int and a long of the same number differ, as in .NET.
fn eq_key(a: &Value, b: &Value, comparer: Comparer) -> bool {
    match (a.base(), b.base()) {
        (Value::String(a), Value::String(b)) => {
            if comparer == Comparer::IgnoreCase {
                eq_ignore_case(a, b)
            } else {
                a == b
            }
        }
        (a, b) => crate::value::equals(a, b),
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        let mut values = self.entries.drain(..).flatten().map(|e| e.value).collect();
        crate::value::drop_deep(&mut values);
    }
}

struct Entry {
    hash: u64,
    key: Value,
    value: Value,
}

/// Keys to values in insertion order.
pub struct Dict {
    comparer: Comparer,
    index: HashTable<u32>,
    entries: Vec<Option<Entry>>,
    live: usize,
}

impl Dict {
    pub fn new(comparer: Comparer) -> Self {
        Dict { comparer, index: HashTable::new(), entries: Vec::new(), live: 0 }
    }
    pub fn comparer(&self) -> Comparer {
        self.comparer
    }
    pub fn len(&self) -> usize {
        self.live
    }
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    fn find(&self, key: &Value) -> Option<usize> {
        let hash = hash_key(key, self.comparer);
        self.find_hashed(hash, key)
    }
    fn find_hashed(&self, hash: u64, key: &Value) -> Option<usize> {
        self.index
            .find(hash, |at| {
                self.entries[*at as usize]
                    .as_ref()
                    .is_some_and(|e| e.hash == hash && eq_key(&e.key, key, self.comparer))
            })
            .map(|at| *at as usize)
    }

    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.entries[self.find(key)?].as_ref().map(|e| &e.value)
    }
    /// Lookup by text without making a key value.
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        let mut h = Mix::default();
        hash_text(key, self.comparer, &mut h);
        let hash = h.finish();
        let at = self.index.find(hash, |at| {
            self.entries[*at as usize].as_ref().is_some_and(|e| match e.key.base() {
                Value::String(s) if self.comparer == Comparer::IgnoreCase => eq_ignore_case(s, key),
                Value::String(s) => s.as_str() == key,
                _ => false,
            })
        })?;
        self.entries[*at as usize].as_ref().map(|e| &e.value)
    }
    pub fn get_mut(&mut self, key: &Value) -> Option<&mut Value> {
        let at = self.find(key)?;
        self.entries[at].as_mut().map(|e| &mut e.value)
    }
    pub fn contains(&self, key: &Value) -> bool {
        self.find(key).is_some()
    }

    /// Sets the value of a key; an existing key keeps its place and spelling. Returns the value that was there.
    pub fn insert(&mut self, key: Value, value: Value) -> Option<Value> {
        let hash = hash_key(&key, self.comparer);
        if let Some(at) = self.find_hashed(hash, &key) {
            return self.entries[at].as_mut().map(|e| std::mem::replace(&mut e.value, value));
        }
        let at = self.entries.len() as u32;
        self.entries.push(Some(Entry { hash, key, value }));
        self.live += 1;
        let entries = &self.entries;
        self.index.insert_unique(hash, at, |i| entries[*i as usize].as_ref().map_or(0, |e| e.hash));
        None
    }

    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let at = self.find(key)?;
        let hash = self.entries[at].as_ref()?.hash;
        if let Ok(slot) = self.index.find_entry(hash, |i| *i as usize == at) {
            slot.remove();
        }
        let entry = self.entries[at].take()?;
        self.live -= 1;
        if self.entries.len() > 32 && self.live * 2 < self.entries.len() {
            self.rebuild();
        }
        Some(entry.value)
    }

    fn rebuild(&mut self) {
        self.entries.retain(Option::is_some);
        self.index.clear();
        for at in 0..self.entries.len() {
            let hash = self.entries[at].as_ref().map_or(0, |e| e.hash);
            let entries = &self.entries;
            self.index.insert_unique(hash, at as u32, |i| entries[*i as usize].as_ref().map_or(0, |e| e.hash));
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.index.clear();
        self.live = 0;
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> {
        self.entries.iter().flatten().map(|e| (&e.key, &e.value))
    }

    /// The n-th pair in order (ordered dictionaries are indexed by position).
    pub fn at(&self, n: usize) -> Option<(&Value, &Value)> {
        if self.entries.len() == self.live {
            self.entries.get(n)?.as_ref().map(|e| (&e.key, &e.value))
        } else {
            self.iter().nth(n)
        }
    }
    pub fn set_at(&mut self, n: usize, value: Value) -> bool {
        match self.entries.iter_mut().flatten().nth(n) {
            Some(e) => {
                e.value = value;
                true
            }
            None => false,
        }
    }
    /// Puts a new pair at position `n` (OrderedDictionary.Insert).
    pub fn insert_at(&mut self, n: usize, key: Value, value: Value) {
        let hash = hash_key(&key, self.comparer);
        self.entries.retain(Option::is_some);
        self.entries.insert(n.min(self.live), Some(Entry { hash, key, value }));
        self.live += 1;
        self.rebuild();
    }
    pub fn remove_at(&mut self, n: usize) -> Option<Value> {
        let key = self.at(n)?.0.clone();
        self.remove(&key)
    }
}

/// The .NET object around a [`Dict`].
pub struct Dictionary {
    pub kind: DictKind,
    /// The class (Hashtable, OrderedDictionary, a closed Dictionary<K,V>).
    pub ty: TypeRef,
    /// Key and value types of a generic dictionary.
    pub types: Option<(TypeRef, TypeRef)>,
    pub dict: RefCell<Dict>,
    pub members: RefCell<Option<Box<Members>>>,
}

impl Dictionary {
    pub fn of(kind: DictKind, ty: TypeRef, dict: Dict) -> Self {
        Dictionary { kind, ty, types: None, dict: RefCell::new(dict), members: RefCell::new(None) }
    }
    /// What `@{}` makes.
    pub fn hashtable(dict: Dict) -> Self {
        Dictionary::of(DictKind::Hashtable, &types::HASHTABLE, dict)
    }
    /// What `[ordered]@{}` makes.
    pub fn ordered(dict: Dict) -> Self {
        Dictionary::of(DictKind::Ordered, &types::ORDERED_DICTIONARY, dict)
    }
    pub fn get_str(&self, key: &str) -> Option<Value> {
        self.dict.borrow().get_str(key).cloned()
    }
    /// Sets the value of a key; a new key of a sorted dictionary takes its place in the order.
    pub fn put(&self, key: Value, value: Value) {
        let mut dict = self.dict.borrow_mut();
        if self.kind != DictKind::Sorted || dict.contains(&key) {
            dict.insert(key, value);
            return;
        }
        let (mut low, mut high) = (0, dict.len());
        while low < high {
            let middle = (low + high) / 2;
            match dict.at(middle) {
                Some((k, _)) if crate::collate::natural_order(k, &key).is_some_and(std::cmp::Ordering::is_lt) => {
                    low = middle + 1;
                }
                _ => high = middle,
            }
        }
        dict.insert_at(low, key, value);
    }
    pub fn len(&self) -> usize {
        self.dict.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// A copy of the pairs, for walking while a script may change the table.
    pub fn pairs(&self) -> Vec<(Value, Value)> {
        self.dict.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

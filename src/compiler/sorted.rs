//! Maps and sets as sorted vectors.
//!
//! The passes count and mark variables, arrays, labels. Keys mostly come in order, which makes an insertion a push, and
//! there are few. A tree or a hash table would be written out anew for each pair of types, thousands of bytes of code
//! each; of these, keys of one representation share theirs.
//!
//! The names are those of the standard library, so that its documentation holds. Order is always that of the keys.

use std::borrow::Borrow;

/// Values by their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<K, V>(Vec<(K, V)>);

/// Keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Set<K>(Vec<K>);

/// A key's place: where it is, or where it would be. Not inlined, as each use would get its own search.
#[inline(never)]
fn place<T, K: Borrow<Q>, Q: Ord + ?Sized>(all: &[T], key: &Q, of: fn(&T) -> &K) -> Result<usize, usize> {
    let (mut low, mut high) = (0, all.len());
    // What comes in order is found without a search.
    let mut middle = high.saturating_sub(1);
    while low < high {
        match of(&all[middle]).borrow().cmp(key) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Equal => return Ok(middle),
            std::cmp::Ordering::Greater => high = middle,
        }
        middle = (low + high) / 2;
    }
    Err(low)
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Map<K, V> {
        Map(Vec::new())
    }
}

impl<K, V> Map<K, V> {
    /// Without any.
    pub const fn new() -> Map<K, V> {
        Map(Vec::new())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Keys and values.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + ExactSizeIterator {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Keys alone.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator {
        self.0.iter().map(|(key, _)| key)
    }

    /// Values alone.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.0.iter().map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The least key and its value.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.0.first().map(|(key, value)| (key, value))
    }

    /// Keeps what the test holds for.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keeps(key, value));
    }
}

impl<K: Ord, V> Map<K, V> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        place(&self.0, key, |(key, _)| key)
    }

    /// A key's value.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &self.0[at].1)
    }

    /// The same, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &mut self.0[at].1)
    }

    /// Whether it is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Puts a value there, and gives the one that was.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes a key and its value away.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| self.0.remove(at).1)
    }

    /// A key's place, to be filled if it is not.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { of: self, key }
    }
}

/// A key's place in a map.
pub struct Entry<'a, K, V> {
    of: &'a mut Map<K, V>,
    key: K,
}

impl<'a, K: Ord, V> Entry<'a, K, V> {
    /// The value, this one if there is none.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        let at = match self.of.place(&self.key) {
            Ok(at) => at,
            Err(at) => {
                self.of.0.insert(at, (self.key, make()));
                at
            }
        };
        &mut self.of.0[at].1
    }

    /// The same.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The same, with the usual value.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// Changes the value, if there is one.
    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Self {
        if let Ok(at) = self.of.place(&self.key) {
            change(&mut self.of.0[at].1);
        }
        self
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, more: I) {
        for (key, value) in more {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Map<K, V> {
        let mut out = Map::new();
        out.extend(all);
        out
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(all: [(K, V); N]) -> Map<K, V> {
        all.into_iter().collect()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

impl<K: Ord + Borrow<Q>, V, Q: Ord + ?Sized> std::ops::Index<&Q> for Map<K, V> {
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key is there")
    }
}

impl<K> Default for Set<K> {
    fn default() -> Set<K> {
        Set(Vec::new())
    }
}

impl<K> Set<K> {
    /// Without any.
    pub const fn new() -> Set<K> {
        Set(Vec::new())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, K> {
        self.0.iter()
    }

    /// The least.
    pub fn first(&self) -> Option<&K> {
        self.0.first()
    }

    /// The greatest.
    pub fn last(&self) -> Option<&K> {
        self.0.last()
    }

    /// Keeps what the test holds for.
    pub fn retain(&mut self, keeps: impl FnMut(&K) -> bool) {
        self.0.retain(keeps);
    }
}

impl<K: Ord> Set<K> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        place(&self.0, key, |key| key)
    }

    /// Whether it is there.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Puts it there; whether it was not.
    pub fn insert(&mut self, key: K) -> bool {
        let place = self.place(&key);
        if let Err(at) = place {
            self.0.insert(at, key);
        }
        place.is_err()
    }

    /// Takes it away; whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        if let Ok(at) = place {
            self.0.remove(at);
        }
        place.is_ok()
    }

    /// Those that the other has not.
    pub fn difference<'a>(&'a self, other: &'a Set<K>) -> impl Iterator<Item = &'a K> {
        self.iter().filter(|key| !other.contains(*key))
    }

    /// Those that the other has, too.
    pub fn intersection<'a>(&'a self, other: &'a Set<K>) -> impl Iterator<Item = &'a K> {
        self.iter().filter(|key| other.contains(*key))
    }

    /// Whether the other has all of them.
    pub fn is_subset(&self, other: &Set<K>) -> bool {
        self.iter().all(|key| other.contains(key))
    }

    /// Whether the other has none of them.
    pub fn is_disjoint(&self, other: &Set<K>) -> bool {
        !self.iter().any(|key| other.contains(key))
    }

    /// Those of both.
    pub fn union(&self, other: &Set<K>) -> Set<K>
    where
        K: Clone,
    {
        let mut out = self.clone();
        out.extend(other.iter().cloned());
        out
    }
}

impl<K: Ord> Extend<K> for Set<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, more: I) {
        for key in more {
            self.insert(key);
        }
    }
}

impl<'a, K: Ord + Copy + 'a> Extend<&'a K> for Set<K> {
    fn extend<I: IntoIterator<Item = &'a K>>(&mut self, more: I) {
        for key in more {
            self.insert(*key);
        }
    }
}

impl<K: Ord> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(all: I) -> Set<K> {
        let mut out = Set::new();
        out.extend(all);
        out
    }
}

impl<K: Ord, const N: usize> From<[K; N]> for Set<K> {
    fn from(all: [K; N]) -> Set<K> {
        all.into_iter().collect()
    }
}

impl<K> IntoIterator for Set<K> {
    type Item = K;
    type IntoIter = std::vec::IntoIter<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K> IntoIterator for &'a Set<K> {
    type Item = &'a K;
    type IntoIter = std::slice::Iter<'a, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Numbers below `most`, always the same.
    fn numbers(most: u32) -> impl Iterator<Item = u32> {
        let mut state = 1u32;
        std::iter::from_fn(move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((state >> 8) % most)
        })
    }

    #[test]
    fn does_as_the_standard_map_does() {
        let (mut ours, mut theirs) = (Map::new(), BTreeMap::new());
        let mut next = numbers(40);
        for _ in 0..2_000 {
            let (what, key, value) = (next.next().unwrap(), next.next().unwrap(), next.next().unwrap());
            match what % 4 {
                0 => assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                1 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                2 => assert_eq!(
                    ours.entry(key).or_insert(value),
                    theirs.entry(key).or_insert(value)
                ),
                _ => assert_eq!(ours.get(&key), theirs.get(&key)),
            }
            assert_eq!(ours.contains_key(&value), theirs.contains_key(&value));
            assert!(ours.iter().eq(theirs.iter()));
        }
    }

    #[test]
    fn does_as_the_standard_set_does() {
        let (mut ours, mut theirs) = (Set::new(), BTreeSet::new());
        let (mut next, other) = (numbers(40), numbers(40).take(9).collect::<Vec<_>>());
        let (others, of_theirs): (Set<u32>, BTreeSet<u32>) =
            (other.iter().copied().collect(), other.iter().copied().collect());
        for _ in 0..2_000 {
            let (what, key) = (next.next().unwrap(), next.next().unwrap());
            match what % 3 {
                0 => assert_eq!(ours.insert(key), theirs.insert(key)),
                1 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                _ => assert_eq!(ours.contains(&key), theirs.contains(&key)),
            }
            assert!(ours.iter().eq(theirs.iter()));
            assert!(ours.difference(&others).eq(theirs.difference(&of_theirs)));
            assert!(ours.intersection(&others).eq(theirs.intersection(&of_theirs)));
            assert!(ours.union(&others).iter().eq(theirs.union(&of_theirs)));
            assert_eq!(ours.is_subset(&others), theirs.is_subset(&of_theirs));
            assert_eq!(ours.is_disjoint(&others), theirs.is_disjoint(&of_theirs));
        }
    }
}

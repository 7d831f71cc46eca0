//! What is made of the same things in most frames, and costs something: it is kept until it is made of others.

use std::cell::RefCell;

/// What was made last, and of what.
#[derive(Debug, Clone)]
pub struct Kept<K, V>(RefCell<Option<(K, V)>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(RefCell::new(None))
    }
}

impl<K: PartialEq, V: Clone> Kept<K, V> {
    /// What `make` makes of `of`: as it was made last, where that was of the same.
    pub fn get(&self, of: K, make: impl FnOnce() -> V) -> V {
        let mut kept = self.0.borrow_mut();
        match &*kept {
            Some((before, made)) if *before == of => made.clone(),
            _ => kept.insert((of, make())).1.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_again_when_it_is_made_of_something_else_and_only_then() {
        let (kept, n_made) = (Kept::default(), std::cell::Cell::new(0));
        let double = |of: i32| {
            kept.get(of, || {
                n_made.set(n_made.get() + 1);
                2 * of
            })
        };
        assert_eq!([1, 1, 2, 2, 2, 1].map(double), [2, 2, 4, 4, 4, 2]);
        assert_eq!(n_made.get(), 3);
    }
}

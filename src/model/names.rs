//! Interned names: hosts, methods, session ids, content types, each held once.

use rustc_hash::FxHashMap;

use super::table::NO_ROW;

/// Names by number.
#[derive(Debug, Default)]
pub struct Names {
    numbers: FxHashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
}

impl Names {
    /// The number of `name`, the same for the same text.
    pub fn intern(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(NO_ROW);
        self.numbers.insert(name.into(), number);
        self.names.push(name.into());
        number
    }

    /// The name with this number.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&str> {
        self.names.get(number as usize).map(AsRef::as_ref)
    }

    /// All names by number.
    #[must_use]
    pub fn into_names(self) -> Vec<Box<str>> {
        self.names
    }

    /// The number of `name` if it is known.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }
}

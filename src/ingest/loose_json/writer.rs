//! Collects the strict text with the way back.

use std::ops::Range;

/// A text and where each of its bytes comes from.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: Vec<u8>,
    map: Vec<(u32, u64)>,
    /// The byte of the source that would go on with the last entry of the map.
    next: Option<usize>,
}

/// A state to come back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saved {
    len: usize,
    map_len: usize,
}

impl Writer {
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Adds bytes of the source as they are.
    pub fn copy(&mut self, source: &[u8], range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        if self.next != Some(range.start) {
            self.leads_to(range.start);
        }
        self.next = Some(range.end);
        self.text.extend_from_slice(&source[range]);
    }

    /// Adds bytes that stand for what is at `at` of the source.
    pub fn insert(&mut self, bytes: &[u8], at: usize) {
        self.leads_to(at);
        self.next = None;
        self.text.extend_from_slice(bytes);
    }

    fn leads_to(&mut self, at: usize) {
        // Beyond 4 GiB the last entry goes on.
        if let Ok(len) = u32::try_from(self.text.len()) {
            self.map.push((len, at as u64));
        }
    }

    /// Turns the byte at `at` into a space.
    pub fn blank(&mut self, at: usize) {
        if let Some(byte) = self.text.get_mut(at) {
            *byte = b' ';
        }
    }

    pub fn save(&self) -> Saved {
        Saved { len: self.text.len(), map_len: self.map.len() }
    }

    pub fn restore(&mut self, saved: Saved) {
        self.text.truncate(saved.len);
        self.map.truncate(saved.map_len);
        self.next = None;
    }

    pub fn finish(self) -> (Vec<u8>, Vec<(u32, u64)>) {
        (self.text, self.map)
    }
}

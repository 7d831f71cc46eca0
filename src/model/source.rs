//! The bytes of a capture, held once, and places in them.
//!
//! Everything else points into them by [`Span`]. Bytes that had to be decoded (base64, a
//! body rebuilt from its parts, loose JSON made strict) lie in the [`Arena`], each with the
//! way back to where it came from.

use std::sync::OnceLock;

/// A range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// Number of bytes.
    pub len: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`; cut at 4 GiB.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u64, len: u32::try_from(end.saturating_sub(start)).unwrap_or(u32::MAX) }
    }

    /// The byte after the last one.
    #[must_use]
    pub const fn end(self) -> u64 {
        self.start + self.len as u64
    }

    /// The part of `bytes` that it covers; what lies outside is left out.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        let end = usize::try_from(self.end()).unwrap_or(usize::MAX).min(bytes.len());
        let start = usize::try_from(self.start).unwrap_or(usize::MAX).min(end);
        &bytes[start..end]
    }
}

/// A place in a text file as editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPlace {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1, in characters (not bytes).
    pub column: u64,
}

/// The bytes of a capture as they lie on disk.
#[derive(Debug, Default)]
pub struct Source {
    bytes: Vec<u8>,
    checkpoints: OnceLock<Vec<TextPlace>>,
    hash: OnceLock<u128>,
}

/// A place is remembered every so many bytes.
const CHECKPOINT_BYTES: usize = 16 * 1024;

impl Source {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, checkpoints: OnceLock::new(), hash: OnceLock::new() }
    }

    /// All bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// XXH3 of all bytes, 128 bits; the first call reads them all.
    #[must_use]
    pub fn hash(&self) -> u128 {
        *self.hash.get_or_init(|| twox_hash::XxHash3_128::oneshot(&self.bytes))
    }

    /// Line and column of the byte at `offset`; the end of the file for what lies beyond it.
    ///
    /// The first call walks the bytes once, later ones look at 16 KiB at most.
    #[must_use]
    pub fn place(&self, offset: u64) -> TextPlace {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.bytes.len());
        let checkpoints = self.checkpoints.get_or_init(|| checkpoints(&self.bytes));
        let nearest = offset / CHECKPOINT_BYTES;
        let from = checkpoints.get(nearest).copied().unwrap_or(START);
        advance(from, &self.bytes[nearest * CHECKPOINT_BYTES..offset])
    }
}

const START: TextPlace = TextPlace { line: 1, column: 1 };

/// The place at every `CHECKPOINT_BYTES`th byte.
fn checkpoints(bytes: &[u8]) -> Vec<TextPlace> {
    let mut place = START;
    let mut places = Vec::with_capacity(bytes.len() / CHECKPOINT_BYTES + 1);
    for chunk in bytes.chunks(CHECKPOINT_BYTES) {
        places.push(place);
        place = advance(place, chunk);
    }
    places.push(place);
    places
}

/// Where one stands after walking over `bytes`.
fn advance(from: TextPlace, bytes: &[u8]) -> TextPlace {
    let (lines, last) = match memchr::memrchr(b'\n', bytes) {
        Some(at) => (memchr::memchr_iter(b'\n', bytes).count() as u64, &bytes[at + 1..]),
        None => (0, bytes),
    };
    // Continuation bytes of UTF-8 do not begin a character.
    let chars = last.iter().filter(|byte| (**byte as i8) >= -64).count() as u64;
    let column = if lines == 0 { from.column + chars } else { 1 + chars };
    TextPlace { line: from.line + lines, column }
}

/// Bytes that had to be decoded, each piece with the way back.
#[derive(Debug, Default)]
pub struct Arena {
    bytes: Vec<u8>,
    pieces: Vec<ArenaPiece>,
}

/// One decoded text in the arena.
#[derive(Debug)]
struct ArenaPiece {
    start: u64,
    origin: Span,
    /// From (offset in the piece) to (offset in the source), sorted; bytes between two entries run side by side.
    map: Vec<(u32, u64)>,
}

impl Arena {
    /// Adds a decoded text that came from `origin`. `map` leads from offsets in `text` to offsets in
    /// the source, sorted, one to one from each entry on; empty where there is no such relation (base64).
    pub fn add(&mut self, text: &[u8], origin: Span, map: Vec<(u32, u64)>) -> Span {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.pieces.push(ArenaPiece { start: start as u64, origin, map });
        Span::new(start, self.bytes.len())
    }

    /// Appends all pieces of `other` and returns by how much their offsets grew.
    pub fn append(&mut self, other: Arena) -> u64 {
        let by = self.bytes.len() as u64;
        self.bytes.extend_from_slice(&other.bytes);
        let moved = other.pieces.into_iter().map(|piece| ArenaPiece { start: piece.start + by, ..piece });
        self.pieces.extend(moved);
        by
    }

    /// All bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text in the source from which the byte at `offset` came, and whether single bytes have a place in it.
    #[must_use]
    pub fn origin_span(&self, offset: u64) -> Option<(Span, bool)> {
        let after = self.pieces.partition_point(|piece| piece.start <= offset);
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        Some((piece.origin, !piece.map.is_empty()))
    }

    /// The offset in the source from which the byte at `offset` came; the start of the encoded text
    /// where single bytes have no place of their own.
    #[must_use]
    pub fn origin(&self, offset: u64) -> Option<u64> {
        let after = self.pieces.partition_point(|piece| piece.start <= offset);
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        let inner = u32::try_from(offset - piece.start).ok()?;
        let after = piece.map.partition_point(|(from, _)| *from <= inner);
        match after.checked_sub(1).and_then(|index| piece.map.get(index)) {
            Some((from, to)) => Some((to + u64::from(inner - from)).min(piece.origin.end())),
            None => Some(piece.origin.start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let source = Source::new("ab\nçd\n\nx".as_bytes().to_vec());
        let place = |offset| {
            let place = source.place(offset);
            (place.line, place.column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(2), (1, 3));
        assert_eq!(place(3), (2, 1));
        assert_eq!(place(5), (2, 2), "ç has two bytes and one column");
        assert_eq!(place(7), (3, 1));
        assert_eq!(place(99), (4, 2));
    }

    #[test]
    fn places_beyond_checkpoints_agree_with_a_plain_count() {
        let text: String = (0..9000).map(|n| if n % 7 == 0 { "é\n" } else { "wörd " }).collect();
        let source = Source::new(text.clone().into_bytes());
        for offset in (0..text.len()).filter(|offset| text.is_char_boundary(*offset)).step_by(997) {
            let before = &text[..offset];
            let line = before.matches('\n').count() as u64 + 1;
            let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) as u64 + 1;
            assert_eq!(source.place(offset as u64), TextPlace { line, column }, "offset {offset}");
        }
    }

    #[test]
    fn decoded_bytes_lead_back_to_the_source() {
        let mut arena = Arena::default();
        arena.add(b"first", Span { start: 10, len: 8 }, Vec::new());
        let second = arena.add(b"abcdef", Span { start: 100, len: 20 }, vec![(0, 100), (3, 110)]);
        assert_eq!(arena.origin(0), Some(10));
        assert_eq!(arena.origin(second.start + 2), Some(102));
        assert_eq!(arena.origin(second.start + 4), Some(111));
        assert_eq!(arena.origin_span(0), Some((Span { start: 10, len: 8 }, false)));
        assert_eq!(arena.origin_span(second.start), Some((Span { start: 100, len: 20 }, true)));
    }
}

//! Reading a long array or many lines on all cores, with results in the order of the file.
//!
//! The bytes are cut at places that look like the start of an element. Each piece is read into a builder
//! of its own; a piece counts only if the one before it really ended where it began, else it is read
//! again from the right place. So the guess may be wrong, the result never is.

use std::ops::Range;

use rayon::prelude::{IntoParallelIterator as _, ParallelIterator as _};

use crate::model::json::Broken;
use crate::model::note::{IngestNote, NoteKind};
use crate::model::watch::Watch;

use super::builder::Builder;
use super::elements::{Elements, Start};

/// Reads the elements of an array.
pub trait ReadElement: Sync {
    /// Finds what looks like the start of an element at or after an offset.
    fn find_start(&self, text: &[u8], from: usize) -> Option<usize>;

    /// Reads the element that starts at `start` and returns where it ends.
    ///
    /// # Errors
    /// When it is damaged; then nothing was added.
    fn read(&self, builder: &mut Builder<'_>, start: usize) -> Result<usize, Broken>;

    /// True when a closing bracket with an object behind it can only be damage.
    fn doubts_ends(&self) -> bool {
        false
    }

    /// Reads what can be read of a damaged element, and says that it is.
    fn read_damaged(&self, builder: &mut Builder<'_>, range: Range<usize>, what: &'static str);
}

/// Bytes per piece.
const PIECE_BYTES: usize = 1 << 20;
/// Pieces that are read side by side while the rows of those before are joined; bounds the memory that is held twice.
const PIECES_AT_ONCE: usize = 8;

/// What one piece yielded.
struct Piece<'a> {
    start: usize,
    limit: usize,
    rows: Builder<'a>,
    /// Where the reading stopped: before the first element of the next piece, behind the array, or at
    /// damage, which is to be looked at in order.
    end: Elements<'a>,
}

/// Reads the array whose first element starts at `start` (behind the bracket) and returns where it ends.
pub fn read_array(
    builder: &mut Builder<'_>,
    start: usize,
    reader: &dyn ReadElement,
    watch: &dyn Watch,
) -> usize {
    let bytes = builder.bytes();
    let find_start = |text: &[u8], from: usize| reader.find_start(text, from);
    let mut elements = Elements::inside(bytes, start, &find_start).doubting_ends(reader.doubts_ends());
    let read_round = |from: usize| -> Vec<Piece<'_>> {
        let numbers = (0..PIECES_AT_ONCE).into_par_iter();
        numbers.filter_map(|number| read_piece(bytes, start, from + number * PIECE_BYTES, reader)).collect()
    };
    let (mut from, mut round) = (start, read_round(start));
    while !elements.ended() && from < bytes.len() && !watch.cancelled() {
        watch.progress(elements.at() as u64, bytes.len() as u64);
        from += PIECES_AT_ONCE * PIECE_BYTES;
        // The rows of one round are joined while those of the next are read.
        (round, ()) = rayon::join(
            || read_round(from),
            || {
                take_pieces(builder, &mut elements, round, reader);
                // Where no start was found.
                read_in_order(builder, &mut elements, from, reader);
            },
        );
    }
    if !watch.cancelled() {
        read_in_order(builder, &mut elements, usize::MAX, reader);
    }
    elements.at()
}

/// Joins the rows of pieces that were read side by side, and reads again what does not fit.
fn take_pieces(
    builder: &mut Builder<'_>,
    elements: &mut Elements<'_>,
    pieces: Vec<Piece<'_>>,
    reader: &dyn ReadElement,
) {
    for piece in pieces {
        if elements.ended() || elements.at() >= piece.limit {
            continue;
        }
        if piece.start == elements.at() && elements.stands_at_start() {
            builder.append(piece.rows);
            elements.continue_at(&piece.end);
        }
        read_in_order(builder, elements, piece.limit, reader);
    }
}

/// Reads on up to `limit`, damage and all.
fn read_in_order(
    builder: &mut Builder<'_>,
    elements: &mut Elements<'_>,
    limit: usize,
    reader: &dyn ReadElement,
) {
    while let Some(start) = elements.start_before(limit) {
        match start {
            Start::Comma(range) => note_comma(builder, &range),
            Start::At(at) => match reader.read(builder, at) {
                Ok(end) => elements.pass(end),
                Err(fault) => {
                    let (range, what) = elements.broken(fault);
                    reader.read_damaged(builder, range, what);
                }
            },
        }
    }
}

/// Reads the piece of the array from `first` on that begins at `begin`, up to its end or to damage.
fn read_piece<'a>(
    bytes: &'a [u8],
    first: usize,
    begin: usize,
    reader: &dyn ReadElement,
) -> Option<Piece<'a>> {
    let limit = begin + PIECE_BYTES;
    let start =
        if begin == first { first } else { reader.find_start(&bytes[..limit.min(bytes.len())], begin)? };
    let mut rows = Builder::new(bytes);
    // Damage is left to the reading in order, so nothing is searched for here.
    let mut elements = Elements::inside(bytes, start, &|_, _| None).doubting_ends(reader.doubts_ends());
    let end = loop {
        let before = elements.clone();
        match elements.start_before(limit) {
            Some(Start::At(at)) => match reader.read(&mut rows, at) {
                Ok(end) => elements.pass(end),
                Err(_) => break before,
            },
            Some(Start::Comma(_)) => break before,
            None => break elements,
        }
    };
    Some(Piece { start, limit, rows, end })
}

/// Says that a comma is too many or too few, or a bracket where one should be.
pub(super) fn note_comma(builder: &mut Builder<'_>, range: &Range<usize>) {
    let message = match builder.bytes().get(range.clone()) {
        Some(text) if text.contains(&b']') => "the array ends before its last element",
        _ => "a comma too many or too few in the array",
    };
    builder.note(IngestNote::at(NoteKind::JsonRepaired, message, Some(range.start as u64)));
}

/// Reads lines from byte `start` on: `read` gets the range of each that is not blank, without white space
/// around it.
pub fn read_lines(
    builder: &mut Builder<'_>,
    start: usize,
    watch: &dyn Watch,
    read: fn(&mut Builder<'_>, Range<usize>),
) {
    let read = |rows: &mut Builder<'_>, (): &mut (), line| read(rows, line);
    read_lines_with(builder, start, watch, read, |_, _, ()| {});
}

/// As [`read_lines`], where rows alone do not say all: `read` also fills what goes with the rows of a piece, and `join`
/// gets it in order, when these rows are in the builder, with the number of their first request there.
pub fn read_lines_with<'a, T: Default + Send>(
    builder: &mut Builder<'a>,
    start: usize,
    watch: &dyn Watch,
    read: impl Fn(&mut Builder<'a>, &mut T, Range<usize>) + Sync,
    mut join: impl FnMut(&mut Builder<'a>, u32, T),
) {
    let bytes = builder.bytes();
    let mut at = start;
    while at < bytes.len() && !watch.cancelled() {
        watch.progress(at as u64, bytes.len() as u64);
        let mut pieces = Vec::with_capacity(PIECES_AT_ONCE);
        while pieces.len() < PIECES_AT_ONCE && at < bytes.len() {
            let from = (at + PIECE_BYTES).min(bytes.len());
            let end = memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |line| from + line + 1);
            pieces.push(at..end);
            at = end;
        }
        let read_piece = |piece: Range<usize>| {
            let (mut rows, mut with) = (Builder::new(bytes), T::default());
            for line in lines(bytes, piece) {
                read(&mut rows, &mut with, line);
            }
            (rows, with)
        };
        let read: Vec<_> = pieces.into_par_iter().map(read_piece).collect();
        for (rows, with) in read {
            let first_exchange = builder.n_exchanges() as u32;
            builder.append(rows);
            join(builder, first_exchange, with);
        }
    }
}

/// The ranges of the lines in `piece` that are not blank, without white space around them.
pub(super) fn lines(bytes: &[u8], piece: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = piece.start;
    std::iter::from_fn(move || {
        while at < piece.end {
            let end = memchr::memchr(b'\n', &bytes[at..piece.end]).map_or(piece.end, |line| at + line);
            let line = &bytes[at..end];
            let start = at + (line.len() - line.trim_ascii_start().len());
            let range = start..start + line.trim_ascii().len();
            at = end + 1;
            if !range.is_empty() {
                return Some(range);
            }
        }
        None
    })
}

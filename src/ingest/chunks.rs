//! Reading a long array or many lines on all cores, with results in the order of the file.
//!
//! The bytes are cut at places that look like the start of an element. Each piece is read into a builder
//! of its own; a piece counts only if the one before it really ended where it began, else it is read
//! again from the right place. So the guess may be wrong, the result never is.

use std::ops::Range;

use rayon::prelude::{IntoParallelIterator as _, ParallelIterator as _};

use crate::model::watch::Watch;

use super::builder::Builder;
use super::elements::{Elements, FindStart, Step};

/// Reads a step of an array. An element that is damaged inside is refused, with the reason, and nothing added:
/// it comes again as a broken step.
pub type ReadStep = fn(&mut Builder<'_>, Step) -> Result<(), &'static str>;

/// Bytes per piece.
const PIECE_BYTES: usize = 1 << 20;
/// Pieces that are read side by side before their rows are joined; bounds the memory that is held twice.
const PIECES_AT_ONCE: usize = 16;

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
/// `read` gets each step with offsets in the source.
pub fn read_array(
    builder: &mut Builder<'_>,
    start: usize,
    find_start: FindStart,
    watch: &dyn Watch,
    read: ReadStep,
) -> usize {
    let bytes = builder.bytes();
    let mut elements = Elements::inside(bytes, start, find_start);
    while !elements.ended() && !watch.cancelled() {
        watch.progress(elements.at() as u64, bytes.len() as u64);
        for piece in read_pieces(bytes, elements.at(), find_start, read) {
            if elements.ended() || elements.at() >= piece.limit {
                continue;
            }
            if piece.start == elements.at() && elements.stands_at_start() {
                builder.append(piece.rows);
                elements = piece.end;
            }
            while let Some(step) = elements.next_before(piece.limit) {
                let element = if let Step::Element(range) = &step { Some(range.clone()) } else { None };
                if let (Err(what), Some(range)) = (read(builder, step), element) {
                    // A broken step is never refused.
                    read(builder, elements.damaged(range, what)).unwrap_or_default();
                }
            }
        }
    }
    elements.at()
}

fn read_pieces(bytes: &[u8], start: usize, find_start: FindStart, read: ReadStep) -> Vec<Piece<'_>> {
    let pieces = 0..PIECES_AT_ONCE;
    let pieces = pieces.into_par_iter().filter_map(|number| {
        let from = start + number * PIECE_BYTES;
        let limit = from + PIECE_BYTES;
        let start = if number == 0 { start } else { find_start(&bytes[..limit.min(bytes.len())], from)? };
        Some(read_piece(bytes, start, limit, find_start, read))
    });
    pieces.collect()
}

fn read_piece(bytes: &[u8], start: usize, limit: usize, find_start: FindStart, read: ReadStep) -> Piece<'_> {
    let mut rows = Builder::new(bytes);
    let mut elements = Elements::inside(bytes, start, find_start);
    let end = loop {
        let before = elements.clone();
        match elements.next_before(limit) {
            Some(Step::Element(range)) if read(&mut rows, Step::Element(range.clone())).is_ok() => {}
            Some(_) => break before,
            None => break elements,
        }
    };
    Piece { start, limit, rows, end }
}

/// Reads lines from byte `start` on: `read` gets the range of each that is not blank, without white space
/// around it.
pub fn read_lines(
    builder: &mut Builder<'_>,
    start: usize,
    watch: &dyn Watch,
    read: fn(&mut Builder<'_>, Range<usize>),
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
            let mut rows = Builder::new(bytes);
            for line in lines(bytes, piece) {
                read(&mut rows, line);
            }
            rows
        };
        let read: Vec<_> = pieces.into_par_iter().map(read_piece).collect();
        read.into_iter().for_each(|rows| builder.append(rows));
    }
}

/// The ranges of the lines in `piece` that are not blank, without white space around them.
fn lines(bytes: &[u8], piece: Range<usize>) -> impl Iterator<Item = Range<usize>> {
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

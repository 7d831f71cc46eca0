//! Events that are like an earlier one but for numbers and plain texts: told by comparing, without scanning them.
//!
//! A player sends the same few texts again and again, and only the clock, the playhead and some values in them change.
//! What stays the same, byte for byte, is the *skeleton* of an event; what may change are its *holes*. Whatever has
//! the skeleton of an event before it, and in each hole a value of the same type, has its shape as well.

use crate::model::table::EventFlags;

use super::payload::{Hole, HoleKind, Payload, PlainNumber, plain_text};

/// An event that was told by its skeleton.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its columns.
    pub payload: Payload,
    /// Number of its shape.
    pub shape: u32,
    /// Where it ends.
    pub end: usize,
}

/// The skeletons of the latest events, the more usual ones first.
#[derive(Debug, Default)]
pub struct Skeletons {
    recent: Vec<Skeleton>,
    /// The event that was looked for last has this skeleton, with these fractions, but its shape is not known.
    unsettled: Option<(usize, u64)>,
}

/// So many are remembered: more than the kinds of events in most captures, and few enough to try them all.
const MOST_SKELETONS: usize = 16;
/// An event with more holes has no skeleton.
const MOST_HOLES: usize = 64;
/// A longer event has no skeleton: it is not worth a copy.
const LONGEST_EVENT: usize = 4096;

/// One event, and what may be another value in the next.
#[derive(Debug)]
struct Skeleton {
    text: Vec<u8>,
    holes: Vec<Hole>,
    payload: Payload,
    /// By which of the holes hold a fraction, one bit each: the number of the shape.
    shapes: Vec<(u64, u32)>,
}

impl Skeletons {
    /// The event that `text` begins with, if it has a skeleton that is remembered.
    pub fn find(&mut self, text: &[u8]) -> Option<Known> {
        self.unsettled = None;
        let found =
            self.recent.iter().enumerate().find_map(|(at, skeleton)| Some((at, skeleton.fill(text)?)));
        let (at, (payload, fractions, end)) = found?;
        let Some((_, shape)) = self.recent[at].shapes.iter().find(|(known, _)| *known == fractions) else {
            self.unsettled = Some((at, fractions));
            return None;
        };
        let known = Known { payload, shape: *shape, end };
        // What is usual comes to stand in front.
        self.recent.swap(at, at.saturating_sub(1));
        Some(known)
    }

    /// Remembers an event that [`Self::find`] did not know: its text, its columns, its holes and its shape.
    pub fn remember(&mut self, text: &[u8], payload: Payload, holes: &[Hole], shape: u32) {
        if let Some((at, fractions)) = self.unsettled.take() {
            self.recent[at].shapes.push((fractions, shape));
            return;
        }
        // Of a key that stands twice the last value counts, and that need not be a hole.
        let ambiguous = payload.flags.has(EventFlags::DUPLICATE_KEY);
        if ambiguous || holes.len() > MOST_HOLES || text.len() > LONGEST_EVENT {
            return;
        }
        let skeleton =
            Skeleton { text: text.to_owned(), holes: holes.to_owned(), payload, shapes: Vec::new() };
        let Some((_, fractions, _)) = skeleton.fill(text) else { return };
        self.recent.truncate(MOST_SKELETONS - 1);
        self.recent.push(Skeleton { shapes: vec![(fractions, shape)], ..skeleton });
    }
}

impl Skeleton {
    /// The event that `text` begins with, if it has this skeleton: its columns, which of its holes hold a fraction,
    /// and where it ends.
    fn fill(&self, text: &[u8]) -> Option<(Payload, u64, usize)> {
        let (mut payload, mut fractions) = (self.payload, 0);
        let (mut at, mut from) = (0, 0);
        for (number, hole) in self.holes.iter().enumerate() {
            let bone = &self.text[from..hole.range.start];
            let rest = text.get(at..)?.strip_prefix(bone)?;
            at += bone.len();
            at += match hole.kind {
                HoleKind::Text => plain_text(rest)?,
                kind => {
                    let value = PlainNumber::at(rest)?;
                    fractions |= u64::from(!value.is_whole()) << number;
                    match kind {
                        HoleKind::Ts if !value.is_whole() => return None,
                        HoleKind::Ts => payload.ts = value.value() as i64,
                        HoleKind::Playhead => payload.playhead = value.value(),
                        HoleKind::Text | HoleKind::Number => {}
                    }
                    value.len
                }
            };
            from = hole.range.end;
        }
        let bone = &self.text[from..];
        text.get(at..)?.starts_with(bone).then_some((payload, fractions, at + bone.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::payload::{self, Notes};
    use super::*;

    /// Reads the texts one after the other, by skeleton where that can be, and says how many could; each must come out
    /// as it does from the scanner alone.
    #[track_caller]
    fn n_known<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> usize {
        let (mut skeletons, mut notes, mut shapes) = (Skeletons::default(), Notes::default(), Vec::new());
        let mut n_known = 0;
        for text in texts {
            let found = skeletons.find(text);
            let (read, end) = payload::read_first(text, &mut notes);
            let known = shapes.iter().position(|shape| *shape == notes.shape);
            let shape = known.unwrap_or_else(|| {
                shapes.push(notes.shape.clone());
                shapes.len() - 1
            });
            let shown = String::from_utf8_lossy(text);
            if let Some(found) = found {
                n_known += 1;
                let columns = |of: &Payload| (of.event_type, of.ts, of.playhead.to_bits(), of.flags);
                assert_eq!(columns(&found.payload), columns(&read), "{shown}");
                assert_eq!((Some(found.end), found.shape as usize), (end, shape), "{shown}");
            } else if let Some(end) = end {
                skeletons.remember(&text[..end], read, &notes.holes, shape as u32);
            }
        }
        n_known
    }

    const EVENT: &str = r#"{"eventType":"adStart","playerTime":{"playhead":1.5,"ts":1767600000251},"params":{"media.ad.id":"ad-9","media.ad.length":19,"n":-1,"authState":2}}"#;

    #[test]
    fn other_numbers_and_plain_texts_are_told_without_scanning() {
        let texts = [
            EVENT.to_owned(),
            EVENT.replace("1.5", "0.25").replace("1767600000251", "1767600000300"),
            EVENT.replace("ad-9", "").replace("19", "7"),
        ];
        assert_eq!(n_known(texts.iter().map(|text| text.as_bytes())), 2);
        // A fraction more or less is another shape of the same skeleton.
        let texts =
            [EVENT.to_owned(), EVENT.replace("1.5", "2"), EVENT.replace("1.5", "3.0"), EVENT.to_owned()];
        assert_eq!(n_known(texts.iter().map(|text| text.as_bytes())), 2);
    }

    #[test]
    fn whatever_else_differs_is_scanned() {
        for (from, to) in [
            ("adStart", "adSkip"),
            ("1767600000251", "1767600000251.5"),
            ("1767600000251", "1767600000251000000"),
            ("1.5", "-1.5"),
            ("1.5", "15e-1"),
            ("1.5", "01.5"),
            ("1.5", "1."),
            ("ad-9", "ad\\u0039"),
            ("ad-9", "{\"a\":1}"),
            ("ad-9", "{a=1}"),
            ("ad-9", "N/A"),
            ("ad-9", "é"),
            ("-1", "-2"),
            (":2}", ":3}"),
            ("media.ad.id", "media.ad.name"),
            ("}}", "} }"),
        ] {
            let other = EVENT.replace(from, to);
            assert_eq!(n_known([EVENT.as_bytes(), other.as_bytes()]), 0, "{other}");
        }
    }

    #[test]
    fn skeletons_say_what_the_scanner_says() {
        let mut random = fastrand::Rng::with_seed(11);
        let bytes = b"{}[]\",:\\.eE+-0195tfnu \n\x00\xC3\xA9a";
        let mutated = |random: &mut fastrand::Rng| {
            let mut text = EVENT.as_bytes().to_vec();
            for _ in 0..random.usize(0..4) {
                let at = random.usize(..text.len());
                match random.u8(..3) {
                    0 => text[at] = bytes[random.usize(..bytes.len())],
                    1 => text.insert(at, bytes[random.usize(..bytes.len())]),
                    _ => drop(text.remove(at)),
                }
            }
            text
        };
        let texts: Vec<Vec<u8>> = (0..50_000).map(|_| mutated(&mut random)).collect();
        assert!(n_known(texts.iter().map(Vec::as_slice)) > 10_000);
    }
}

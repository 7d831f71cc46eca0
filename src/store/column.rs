//! The columns of the event table: what each says of an event, for showing and for sorting.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::query::{Candidate, MEMBERS};
use crate::model::clock::TsMillis;
use crate::model::json;
use crate::model::parameter::Parameter;
use crate::model::table::Event;
use crate::rules::finding::Counts;

/// What a column says of each event.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Column {
    /// Its number in the session, by arrival.
    Number,
    /// Its `ts` on the time axis.
    Time,
    /// Its type.
    Type,
    /// Its playhead.
    Playhead,
    /// From the `ts` of the event before it.
    Gap,
    /// Findings about it.
    Findings,
    /// The status that its request was answered with.
    Status,
    /// Its `ts`, the time of day in UTC.
    Ts,
    /// When it arrived.
    Arrival,
    /// From its `ts` to its arrival.
    Delay,
    /// `media.qoe.bitrate`, as it was sent with it.
    Bitrate,
    /// The id of its session.
    Session,
    /// Bytes of its JSON text.
    Size,
    /// A member that players set.
    Member {
        /// One of [`MEMBERS`].
        member: String,
        /// Its key in there.
        key: String,
    },
}

/// The columns that every event has.
const KNOWN: [(Column, &str); 13] = [
    (Column::Number, "number"),
    (Column::Time, "time"),
    (Column::Type, "type"),
    (Column::Playhead, "playhead"),
    (Column::Gap, "gap"),
    (Column::Findings, "findings"),
    (Column::Status, "status"),
    (Column::Ts, "ts"),
    (Column::Arrival, "arrival"),
    (Column::Delay, "delay"),
    (Column::Bitrate, "bitrate"),
    (Column::Session, "session"),
    (Column::Size, "size"),
];

impl Column {
    /// The columns that every event has, in the order in which they are offered.
    pub fn known() -> impl Iterator<Item = Column> {
        KNOWN.iter().map(|(column, _)| column.clone())
    }

    /// The name of a column that every event has, `None` for a member.
    #[must_use]
    pub fn known_name(&self) -> Option<&'static str> {
        KNOWN.iter().find(|(column, _)| column == self).map(|(_, name)| *name)
    }

    /// The column of a member, as the filter writes it: `params."media.id"`, with or without the quotes. A key alone is
    /// looked for where the API has it, else in `params`. `None` for nothing.
    #[must_use]
    pub fn of_member(typed: &str) -> Option<Column> {
        let typed = typed.trim();
        let inside = MEMBERS.iter().find_map(|member| {
            Some((*member, typed.strip_prefix(member)?.strip_prefix('.')?.trim_matches(['"', '\''])))
        });
        let (member, key) = match inside {
            Some(found) => found,
            None => {
                let key = typed.trim_matches(['"', '\'']);
                let known = Parameter::known_anywhere(key).and_then(|known| known.section.member());
                let member = MEMBERS.iter().find(|member| Some(**member) == known);
                (member.copied().unwrap_or("params"), key)
            }
        };
        (!key.is_empty()).then(|| Column::Member { member: member.to_owned(), key: key.to_owned() })
    }

    /// What it says of an event, as far as that can be compared; `arrival` is the event's index by arrival.
    #[must_use]
    pub fn value<'a>(&self, candidate: &Candidate<'a>, arrival: u32) -> Cell<'a> {
        let event = candidate.event;
        let number = |value: Option<f64>| value.map_or(Cell::Nothing, Cell::Number);
        match self {
            Column::Number => Cell::Number(f64::from(arrival)),
            Column::Time | Column::Ts => number(event.ts().map(|ts| ts.0 as f64)),
            Column::Type => Cell::Text(event.type_name()),
            Column::Playhead => number(event.playhead().map(|playhead| playhead.0)),
            Column::Gap => number(candidate.gap_millis.map(|millis| millis as f64)),
            Column::Findings => number(graveness(candidate)),
            Column::Status => number(event.exchange().and_then(|exchange| exchange.status()).map(f64::from)),
            Column::Arrival => number(arrived_at(event).map(|at| at.0 as f64)),
            Column::Delay => number(delay_millis(event).map(|millis| millis as f64)),
            Column::Bitrate => number(bitrate(event)),
            Column::Session => session(event).map_or(Cell::Nothing, |sid| Cell::Text(Cow::Borrowed(sid))),
            Column::Size => Cell::Number(size_bytes(event) as f64),
            Column::Member { member, key } => member_value(event, member, key),
        }
    }
}

impl From<String> for Column {
    fn from(name: String) -> Column {
        let known = KNOWN.iter().find(|(_, known)| *known == name).map(|(column, _)| column.clone());
        // What another version of the program knows is as good as a key that no event has.
        let other = || Column::of_member(&name).unwrap_or(Column::Number);
        known.unwrap_or_else(other)
    }
}

impl From<Column> for String {
    fn from(column: Column) -> String {
        column.to_string()
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Column::Member { member, key } => write!(f, "{member}.\"{key}\""),
            known => f.write_str(known.known_name().unwrap_or_default()),
        }
    }
}

/// What a column says of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// A number.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// There is none.
    Nothing,
}

impl Cell<'_> {
    /// Numbers before texts by size, texts by their letters, nothing last whichever way.
    #[must_use]
    pub fn compare(&self, other: &Cell<'_>, descending: bool) -> Ordering {
        let forward = match (self, other) {
            (Cell::Nothing, Cell::Nothing) => Ordering::Equal,
            (Cell::Nothing, _) => return Ordering::Greater,
            (_, Cell::Nothing) => return Ordering::Less,
            (Cell::Number(a), Cell::Number(b)) => a.total_cmp(b),
            (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
            (Cell::Number(_), Cell::Text(_)) => Ordering::Less,
            (Cell::Text(_), Cell::Number(_)) => Ordering::Greater,
        };
        if descending { forward.reverse() } else { forward }
    }
}

/// An event with an error is graver than one with any number of warnings.
fn graveness(candidate: &Candidate<'_>) -> Option<f64> {
    let judged = candidate.judged?;
    let mut counts = Counts::default();
    let findings = judged.of_event(candidate.event.id).filter_map(|number| judged.finding(number));
    findings.for_each(|finding| counts += finding);
    let weights = [(counts.error, 1e12), (counts.warn, 1e6), (counts.info, 1.0)];
    Some(weights.into_iter().map(|(n, weight)| n as f64 * weight).sum())
}

/// When an event arrived.
#[must_use]
pub fn arrived_at(event: Event<'_>) -> Option<TsMillis> {
    event.received_at().map(|at| TsMillis(at.0.div_euclid(1000)))
}

/// From the `ts` of an event to its arrival, milliseconds; off by what the client's clock is off.
#[must_use]
pub fn delay_millis(event: Event<'_>) -> Option<i64> {
    Some(arrived_at(event)?.millis_since(event.ts()?))
}

/// The bitrate that was sent with an event, in the unit that was sent.
#[must_use]
pub fn bitrate(event: Event<'_>) -> Option<f64> {
    match member_value(event, "qoeData", "media.qoe.bitrate") {
        Cell::Number(bitrate) => Some(bitrate),
        _ => None,
    }
}

/// The id of the session of an event.
#[must_use]
pub fn session(event: Event<'_>) -> Option<&str> {
    event.capture.session(event.session()?)?.sid.as_deref()
}

/// Bytes of the JSON text of an event, as they lie in the capture.
#[must_use]
pub fn size_bytes(event: Event<'_>) -> u64 {
    u64::from(event.row().body.len)
}

/// The value of a member of an event; of a key that is there twice the last counts.
#[must_use]
pub fn member_value<'a>(event: Event<'a>, member: &str, key: &str) -> Cell<'a> {
    let mut found = Cell::Nothing;
    event.each_member(member, |known, value| {
        if json::key_is(known, key) {
            let text = || match json::string(value) {
                Some(text) => text,
                None => String::from_utf8_lossy(value).into_owned(),
            };
            found = match json::number(value) {
                Some(number) => Cell::Number(number),
                None => Cell::Text(Cow::Owned(text())),
            };
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_kept_by_its_name() {
        let member = Column::of_member("params.media.id").expect("a member");
        for column in Column::known().chain([member]) {
            let json = serde_json::to_string(&column).expect("it can be written");
            assert_eq!(serde_json::from_str::<Column>(&json).expect("it can be read"), column, "{json}");
        }
        assert_eq!(KNOWN.len(), Column::known().count());
    }

    #[test]
    fn a_member_is_named_as_in_the_filter_or_by_its_key_alone() {
        for (typed, written) in [
            ("params.\"media.id\"", "params.\"media.id\""),
            (" params.media.id ", "params.\"media.id\""),
            ("customMetadata.show", "customMetadata.\"show\""),
            ("media.id", "params.\"media.id\""),
            ("media.qoe.bitrate", "qoeData.\"media.qoe.bitrate\""),
            ("\"my key\"", "params.\"my key\""),
        ] {
            assert_eq!(Column::of_member(typed).expect(typed).to_string(), written);
        }
        for typed in ["", "  ", "params.", "\"\""] {
            assert_eq!(Column::of_member(typed), None, "{typed}");
        }
    }

    #[test]
    fn numbers_come_before_texts_and_nothing_comes_last_both_ways() {
        let text = |text: &'static str| Cell::Text(Cow::Borrowed(text));
        let sorted = |descending| {
            let mut cells = [text("b"), Cell::Nothing, Cell::Number(2.0), text("a"), Cell::Number(-1.0)];
            cells.sort_by(|a, b| a.compare(b, descending));
            cells
        };
        let forward = [Cell::Number(-1.0), Cell::Number(2.0), text("a"), text("b"), Cell::Nothing];
        assert_eq!(sorted(false), forward);
        let back = [text("b"), text("a"), Cell::Number(2.0), Cell::Number(-1.0), Cell::Nothing];
        assert_eq!(sorted(true), back);
    }
}

//! Two sessions side by side: what of their metadata, their order and their cadence differs.

mod align;
pub mod axis;
pub mod picture;

use serde::{Deserialize, Serialize};

use self::picture::{Parting, Picture, partings};
use super::drawing::drawing;
use super::inherited::{self, Entry};
use super::loaded::{CaptureId, LoadedCapture};
use crate::model::event_type::EventType;
use crate::model::id::{EventId, SessionId};
use crate::model::machine::Playback;
use crate::model::session::{Ending, Mode, Session};

/// More events of a session are not aligned: the work grows with the square of what differs.
pub const MAX_EVENTS: usize = 10_000;

/// By what events of two sessions are put side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Align {
    /// By type and the state that the session is in, in the order of each: what a viewer did, whenever.
    #[default]
    State,
    /// By type and the time since the session began.
    Time,
    /// By type and playhead.
    Playhead,
}

impl Align {
    /// All of them.
    pub const ALL: [Align; 3] = [Align::State, Align::Time, Align::Playhead];
}

/// Two sessions side by side.
#[derive(Debug)]
pub struct Comparison {
    /// The two.
    pub sides: [Side; 2],
    /// How their events are aligned.
    pub align: Align,
    /// What their starts say, the keys of the first one first.
    pub metadata: Vec<MetadataRow>,
    /// How many events of each type they have, the types of the first one first.
    pub types: Vec<TypeRow>,
    /// Their events side by side.
    pub rows: Vec<Row>,
    /// The rows that only one of them has, by number.
    pub differences: Vec<u32>,
    /// The same, those after each other as one.
    pub partings: Vec<Parting>,
    /// Their lanes over one another; `None` until the rules have spoken of both.
    pub picture: Option<Picture>,
    /// Number of events beyond [`MAX_EVENTS`], of both: they are not aligned.
    pub n_left_out: u64,
}

/// What is said of one session as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Its capture.
    pub capture: CaptureId,
    /// Its number there.
    pub session: SessionId,
    /// The numbering of the capture that the rows hold for.
    pub numbering: u32,
    /// How it was sent.
    pub mode: Mode,
    /// How it ended.
    pub ending: Ending,
    /// Number of its events.
    pub n_events: u64,
    /// Number of its requests.
    pub n_requests: u64,
    /// From the first to the last `ts`, seconds.
    pub duration_secs: f64,
    /// The farthest playhead, seconds.
    pub farthest_secs: Option<f64>,
    /// Pings of the main content.
    pub main_pings: Pings,
    /// Pings in ad breaks.
    pub ad_pings: Pings,
}

/// How often pings come. A gap is counted from one ping to the next with no other event between them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pings {
    /// Number of pings.
    pub n: u64,
    /// The shortest gap, seconds.
    pub shortest_secs: Option<f64>,
    /// The gap in the middle, seconds.
    pub median_secs: Option<f64>,
    /// The longest gap, seconds.
    pub longest_secs: Option<f64>,
}

/// One value of the starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataRow {
    /// The key as sent.
    pub key: String,
    /// True for a member of `customMetadata`.
    pub is_custom: bool,
    /// What each says.
    pub values: [Option<String>; 2],
}

impl MetadataRow {
    /// True when the two do not say the same.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.values[0] != self.values[1]
    }
}

/// How many events of a type there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeRow {
    /// The type; `None`: all that are none of the API.
    pub event_type: Option<EventType>,
    /// In each session.
    pub n: [u64; 2],
}

/// Events that stand side by side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// One of each, or of one of them only.
    pub events: [Option<EventId>; 2],
    /// When each happened after the beginning of its session, seconds.
    pub secs: [Option<f64>; 2],
    /// By how much its playhead is farther, seconds.
    pub farther_secs: Option<f64>,
}

impl Row {
    /// True when only one session has it.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.events.contains(&None)
    }

    /// By how much the second comes later after its session's beginning, seconds.
    #[must_use]
    pub fn later_secs(&self) -> Option<f64> {
        Some(self.secs[1]? - self.secs[0]?)
    }
}

/// An event as the comparison sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    event: EventId,
    event_type: Option<EventType>,
    /// Where the session stands after it; `None` until the rules have spoken.
    state: Option<(Playback, bool)>,
    secs: Option<f64>,
    playhead: Option<f64>,
}

impl Comparison {
    /// Compares two sessions; `None` when one of them is not there.
    #[must_use]
    pub fn of(sides: [(&LoadedCapture, SessionId); 2], align: Align) -> Option<Comparison> {
        let [first, second] = sides;
        let sessions = [first.0.capture.session(first.1)?, second.0.capture.session(second.1)?];
        let mut points = [points(first.0, sessions[0]), points(second.0, sessions[1])];
        let whole = [side(first.0, sessions[0], &points[0]), side(second.0, sessions[1], &points[1])];
        if points.iter().flatten().any(|point| point.state.is_none()) {
            // The rules have spoken of one of them only: no state is the same as none.
            points.iter_mut().flatten().for_each(|point| point.state = None);
        }
        let near = [cut(&points[0]), cut(&points[1])];
        let n_left_out = points.iter().map(|points| points.len().saturating_sub(MAX_EVENTS) as u64).sum();
        let rows = align::rows(near, align);
        let differences = (0..).zip(&rows).filter(|(_, row)| row.is_alone()).map(|(at, _)| at).collect();
        let partings = partings(&rows);
        let drawings = drawing(first.0, first.1).zip(drawing(second.0, second.1));
        let picture = drawings.map(|(one, other)| Picture::of([one, other], align, &rows, &partings));
        let said =
            [inherited::of_session(first.0, sessions[0]), inherited::of_session(second.0, sessions[1])];
        let metadata = metadata(said);
        Some(Comparison {
            sides: whole,
            align,
            metadata,
            types: types(&points),
            rows,
            differences,
            partings,
            picture,
            n_left_out,
        })
    }

    /// `media.id` of both, where they are not of one content.
    #[must_use]
    pub fn other_content(&self) -> Option<[&str; 2]> {
        let row = self.metadata.iter().find(|row| row.key == "media.id" && !row.is_custom)?;
        let ids = row.values[0].as_deref().zip(row.values[1].as_deref());
        ids.filter(|(one, other)| one != other).map(|(one, other)| [one, other])
    }

    /// The row of an event of a side.
    #[must_use]
    pub fn row_of(&self, side: usize, event: EventId) -> Option<u32> {
        let at = self.rows.iter().position(|row| row.events.get(side) == Some(&Some(event)))?;
        u32::try_from(at).ok()
    }
}

fn cut(points: &[Point]) -> &[Point] {
    &points[..points.len().min(MAX_EVENTS)]
}

/// The events of a session in the order in which it is judged.
fn points(loaded: &LoadedCapture, session: &Session) -> Vec<Point> {
    let lanes = loaded.judged.as_ref().and_then(|judged| judged.lanes(session.id));
    let times = loaded.places.times(session.id);
    let point = |position: u32| {
        let id = loaded.judged_event(session, position)?;
        let event = loaded.capture.event(id)?;
        let state = lanes.map(|lanes| lanes.after(position));
        Some(Point {
            event: id,
            event_type: event.event_type(),
            state: state.map(|state| (state.playback(), state.in_break())),
            secs: event.ts().and_then(|ts| times.secs(ts)),
            playhead: event.playhead().map(|playhead| playhead.0),
        })
    };
    let n_events = u32::try_from(session.len()).unwrap_or(u32::MAX);
    (0..n_events).filter_map(point).collect()
}

fn side(loaded: &LoadedCapture, session: &Session, points: &[Point]) -> Side {
    let pings = |in_break: bool| pings(points, in_break);
    Side {
        capture: loaded.id,
        session: session.id,
        numbering: loaded.numbering(),
        mode: session.mode,
        ending: session.ending,
        n_events: session.len() as u64,
        n_requests: session.exchanges.len() as u64,
        duration_secs: loaded.places.times(session.id).last_secs,
        farthest_secs: points.iter().filter_map(|point| point.playhead).max_by(f64::total_cmp),
        main_pings: pings(false),
        ad_pings: pings(true),
    }
}

fn pings(points: &[Point], in_break: bool) -> Pings {
    let is_ping = |point: &Point| {
        let there = point.state.is_some_and(|(_, here)| here);
        point.event_type == Some(EventType::Ping) && there == in_break
    };
    let gaps = points.windows(2).filter_map(|pair| match pair {
        [before, after] if is_ping(before) && is_ping(after) => Some(after.secs? - before.secs?),
        _ => None,
    });
    let mut gaps: Vec<f64> = gaps.collect();
    gaps.sort_by(f64::total_cmp);
    Pings {
        n: points.iter().filter(|point| is_ping(point)).count() as u64,
        shortest_secs: gaps.first().copied(),
        median_secs: gaps.get(gaps.len() / 2).copied(),
        longest_secs: gaps.last().copied(),
    }
}

fn metadata([first, second]: [Vec<Entry>; 2]) -> Vec<MetadataRow> {
    let mut rows: Vec<MetadataRow> = Vec::new();
    for entry in first {
        rows.push(MetadataRow {
            key: entry.key,
            is_custom: entry.is_custom,
            values: [Some(entry.value), None],
        });
    }
    for entry in second {
        let known = rows.iter_mut().find(|row| row.key == entry.key && row.is_custom == entry.is_custom);
        match known {
            Some(row) => row.values[1] = Some(entry.value),
            None => rows.push(MetadataRow {
                key: entry.key,
                is_custom: entry.is_custom,
                values: [None, Some(entry.value)],
            }),
        }
    }
    rows
}

fn types(points: &[Vec<Point>; 2]) -> Vec<TypeRow> {
    let mut rows: Vec<TypeRow> = Vec::new();
    for (side, points) in points.iter().enumerate() {
        for point in points {
            let at = rows.iter().position(|row| row.event_type == point.event_type).unwrap_or_else(|| {
                rows.push(TypeRow { event_type: point.event_type, n: [0; 2] });
                rows.len() - 1
            });
            rows[at].n[side] += 1;
        }
    }
    rows
}

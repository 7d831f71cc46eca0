//! A run of the collector as the window holds it. The design, riskiest first:
//!
//! 1. The journal on disk is the memory. The window holds a *working set* of whole sessions, at most
//!    [`MAX_HELD_BYTES`] of journal lines; a longer run costs no more than a long file of that size.
//! 2. The working set is an ordinary capture: it is read, put into sessions, and judged as a file would be, by the
//!    same code, so that live and later say the same, also where sessions are compared with one another.
//! 3. It is worked out anew when lines came: at most 20 times a second, and never sooner than four times what the
//!    last time took. So growth costs at most a fifth of a core, and what one line costs has a ceiling: that of a
//!    full working set, in the first minute and in the tenth hour.
//! 4. When it is full, sessions are *set aside*: those that are over first, then those silent for longest, never the
//!    one that is shown. Of such a one only a row for the list and the places of its lines in the journal stay.
//! 5. Lines that come for a session set aside are counted and their places kept, nothing else: constant cost.
//! 6. A session set aside that grew is judged by itself when nothing else is to be done; its lines are read from the
//!    journal and dropped again. One that is chosen is brought back into the working set.
//! 7. Sessions have a key that never changes, the number of their first request in the journal: numbers of sessions
//!    and events hold for one snapshot only, whoever remembers them looks them up by key in the next.
//! 8. An open session is judged so far: what needs its end waits for it, or for ten minutes of silence by the clock
//!    that is handed in, at which it is worked out anew although no line came.
//! 9. No clock and no file here: lines, their places and the time come in, whoever owns them.

mod aside;
mod line;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use aside::Aside;
pub use aside::AsideSession;
use line::Line;

use super::judged::Judged;
use super::places::Places;
use crate::ingest::{ingest, ingest_growing};
use crate::model::capture::Capture;
use crate::model::clock::ReceivedAt;
use crate::model::id::{ExchangeId, SessionId};
use crate::model::limits::SILENCE_TIMEOUT_SECS;
use crate::model::session::Session;
use crate::model::watch::Watch;
use crate::rules::context::Settings;
use crate::rules::run;
use crate::rules::selection::RuleSelection;

/// So many bytes of journal lines are held at most: some 20,000 requests.
pub const MAX_HELD_BYTES: usize = 24 << 20;
/// Silence that ends a session, microseconds.
const SILENCE_MICROS: i64 = SILENCE_TIMEOUT_SECS as i64 * 1_000_000;

/// Where a line lies in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinePlace {
    /// Which file of the run, from 0.
    pub file: u32,
    /// First byte.
    pub at: u64,
    /// Number of bytes, without the line end.
    pub len: u32,
}

/// How a run is looked at.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// What time it is.
    pub now: ReceivedAt,
    /// True while more may come.
    pub grows: bool,
    /// What is judged with.
    pub settings: &'a Settings,
    /// Which rules.
    pub selection: &'a RuleSelection,
    /// Asked whether to go on.
    pub watch: &'a dyn Watch,
}

/// How much came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Requests.
    pub requests: u64,
    /// Events.
    pub events: u64,
    /// Sessions.
    pub sessions: u64,
}

/// What a run has beside the working set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Growth {
    /// The keys of the sessions of the working set, by number.
    pub keys: Vec<u64>,
    /// Sessions set aside, by key.
    pub aside: Vec<Arc<AsideSession>>,
    /// How much came in all.
    pub tally: Tally,
    /// Raised when rows of the working set got other numbers.
    pub numbering: u32,
}

impl Growth {
    /// The key of a session of the working set.
    #[must_use]
    pub fn key(&self, session: SessionId) -> Option<u64> {
        self.keys.get(session.index()).copied()
    }

    /// The session of the working set with this key.
    #[must_use]
    pub fn session(&self, key: u64) -> Option<SessionId> {
        let at = self.keys.iter().position(|known| *known == key)?;
        u32::try_from(at).ok().map(SessionId)
    }
}

/// A run as it stands: shared, never changed.
#[derive(Debug, Clone)]
pub struct Grown {
    /// The working set.
    pub capture: Arc<Capture>,
    /// Where its events stand.
    pub places: Arc<Places>,
    /// What the rules say of it.
    pub judged: Arc<Judged>,
    /// What else there is.
    pub growth: Arc<Growth>,
}

/// Reads lines of the journal again: appends the text of one, false when it cannot be had.
pub type Fetch<'a> = &'a mut dyn FnMut(LinePlace, &mut Vec<u8>) -> bool;

/// A run of the collector that grows.
#[derive(Debug)]
pub struct Growing {
    name: String,
    max_held_bytes: usize,
    /// The lines of the working set, each with its line end.
    text: Vec<u8>,
    held: Vec<Held>,
    /// By key.
    aside: Vec<Aside>,
    key_of_sid: HashMap<String, u64>,
    /// Requests of sessions set aside that wait for their answer.
    unanswered: FxHashMap<u64, u64>,
    keep: Option<u64>,
    n_requests: u64,
    latest: Option<Grown>,
    has_more: bool,
    tally_changed: bool,
    n_caught_up: u64,
    numbering: u32,
    deadline: Option<ReceivedAt>,
}

/// A line of the working set.
#[derive(Debug, Clone, Copy)]
struct Held {
    place: LinePlace,
    /// Where it stands in the text.
    start: usize,
    number: Option<u64>,
    is_answer: bool,
}

impl Growing {
    /// A run of which nothing came yet. `max_held_bytes`: [`MAX_HELD_BYTES`].
    #[must_use]
    pub fn new(name: String, max_held_bytes: usize) -> Growing {
        Growing {
            name,
            max_held_bytes,
            text: Vec::new(),
            held: Vec::new(),
            aside: Vec::new(),
            key_of_sid: HashMap::new(),
            unanswered: FxHashMap::default(),
            keep: None,
            n_requests: 0,
            latest: None,
            has_more: false,
            tally_changed: false,
            n_caught_up: 0,
            numbering: 0,
            deadline: None,
        }
    }

    /// Takes the next line of the journal.
    pub fn take(&mut self, place: LinePlace, text: &[u8]) {
        self.tally_changed = true;
        let line = Line::of(text);
        let (number, owner, is_answer) = match &line {
            Line::Request { number, sid } => {
                self.n_requests += 1;
                let owner = sid.as_ref().and_then(|sid| self.key_of_sid.get(sid)).copied();
                if let Some(owner) = owner {
                    self.unanswered.insert(*number, owner);
                }
                (Some(*number), owner, false)
            }
            Line::Answer { number } => (Some(*number), self.unanswered.remove(number), true),
            Line::Other => (None, None, false),
        };
        if let Some(aside) = owner.and_then(|key| self.aside_mut(key)) {
            aside.take(place, !is_answer);
            return;
        }
        self.has_more = true;
        self.held.push(Held { place, start: self.text.len(), number, is_answer });
        self.text.extend_from_slice(text);
        self.text.push(b'\n');
    }

    /// True when the working set is to be worked out anew: lines came, or the silence of a session has lasted.
    #[must_use]
    pub fn is_due(&self, now: ReceivedAt) -> bool {
        self.has_more || self.deadline.is_some_and(|deadline| now >= deadline)
    }

    /// The session with this key is the last to be set aside.
    pub fn keep(&mut self, key: u64) {
        self.keep = Some(key);
    }

    /// Works the run out anew. Sets sessions aside when it has become too large.
    pub fn work_out(&mut self, look: Look<'_>) -> Grown {
        let mut grown = self.read_and_judge(look);
        if self.text.len() > self.max_held_bytes && self.set_aside(&grown) {
            grown = self.read_and_judge(look);
        }
        self.has_more = false;
        self.deadline = look.grows.then(|| deadline(&grown.capture)).flatten();
        self.recount(grown)
    }

    /// As the run was last worked out, with the sessions set aside and the counts of now; `None` when these have not
    /// changed since they were last told.
    pub fn recounted(&mut self) -> Option<Grown> {
        let latest = self.latest.clone().filter(|_| self.tally_changed)?;
        Some(self.recount(latest))
    }

    fn recount(&mut self, mut grown: Grown) -> Grown {
        self.tally_changed = false;
        let aside: Vec<Arc<AsideSession>> = self.aside.iter().map(|aside| Arc::clone(&aside.row)).collect();
        let tally = Tally {
            requests: self.n_requests,
            events: grown.capture.events.len() as u64 + aside.iter().map(|row| row.n_events).sum::<u64>(),
            sessions: (grown.capture.sessions.len() + aside.len()) as u64,
        };
        grown.growth =
            Arc::new(Growth { keys: grown.growth.keys.clone(), aside, tally, numbering: self.numbering });
        self.latest = Some(grown.clone());
        grown
    }

    /// True when no more is to be taken before the run was worked out.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.text.len() > self.max_held_bytes
    }

    /// True when lines were taken that were not worked out.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.has_more
    }

    /// Number of requests that came.
    #[must_use]
    pub fn n_requests(&self) -> u64 {
        self.n_requests
    }

    /// As the run was last worked out.
    #[must_use]
    pub fn latest(&self) -> Option<Grown> {
        self.latest.clone()
    }

    /// True when a session set aside is to be judged again: it grew, or was silent for as long as the back end waits.
    #[must_use]
    pub fn is_behind(&mut self, now: ReceivedAt) -> bool {
        self.n_behind(now) > 0
    }

    /// How many sessions set aside are to be judged again.
    #[must_use]
    pub fn n_behind(&mut self, now: ReceivedAt) -> usize {
        for aside in &mut self.aside {
            aside.note_silence(now);
        }
        self.aside.iter().filter(|aside| aside.row.is_behind).count()
    }

    /// Nothing more comes: sessions set aside that were judged so far are to be judged for good.
    pub fn nothing_more(&mut self) {
        self.aside.iter_mut().for_each(Aside::note_end);
    }

    /// Judges the session set aside that has waited longest; nothing when none waits.
    pub fn catch_up(&mut self, look: Look<'_>, fetch: Fetch<'_>) {
        let waiting = self.aside.iter().enumerate().filter(|(_, aside)| aside.row.is_behind);
        let Some((at, aside)) = waiting.min_by_key(|(_, aside)| aside.caught_up) else { return };
        let lines = head(&self.held).into_iter().chain(aside.lines.iter().copied());
        let mut text = Vec::new();
        for place in lines {
            if fetch(place, &mut text) {
                text.push(b'\n');
            }
        }
        let (capture, places, judged) = judge(&self.name, text, look);
        let (key, lines) = (aside.row.key, aside.lines.clone());
        self.n_caught_up += 1;
        self.tally_changed = true;
        let judged_anew = match capture.sessions.iter().max_by_key(|session| session.len()) {
            Some(session) => Aside::of(key, lines, &capture, &places, &judged, session),
            // The journal cannot be read: what was known stays.
            None => Aside {
                row: Arc::new(AsideSession { is_behind: false, so_far: false, ..(*aside.row).clone() }),
                ..aside.clone()
            },
        };
        self.aside[at] = Aside { caught_up: self.n_caught_up, ..judged_anew };
    }

    /// Brings a session set aside back into the working set; false when there is none with this key.
    pub fn bring_back(&mut self, key: u64, fetch: Fetch<'_>) -> bool {
        self.keep(key);
        let Some(at) = self.aside.iter().position(|aside| aside.row.key == key) else { return false };
        let aside = self.aside.remove(at);
        self.key_of_sid.retain(|_, owner| *owner != key);
        self.unanswered.retain(|_, owner| *owner != key);
        let mut fetched = Vec::new();
        let mut lines: Vec<(LinePlace, Range<usize>)> = Vec::with_capacity(aside.lines.len());
        for place in aside.lines {
            let start = fetched.len();
            if fetch(place, &mut fetched) {
                lines.push((place, start..fetched.len()));
            }
        }
        let (old, old_text) = (std::mem::take(&mut self.held), std::mem::take(&mut self.text));
        let mut old = old.into_iter().peekable();
        for (place, range) in lines {
            while let Some(held) = old.next_if(|held| held.place < place) {
                self.hold(held.place, &old_text[held.range()]);
            }
            self.hold(place, &fetched[range]);
        }
        self.numbering += 1;
        old.for_each(|held| self.hold(held.place, &old_text[held.range()]));
        self.has_more = true;
        true
    }

    /// Puts a line behind the others of the working set.
    fn hold(&mut self, place: LinePlace, text: &[u8]) {
        let (number, is_answer) = match Line::of(text) {
            Line::Request { number, .. } => (Some(number), false),
            Line::Answer { number } => (Some(number), true),
            Line::Other => (None, false),
        };
        self.held.push(Held { place, start: self.text.len(), number, is_answer });
        self.text.extend_from_slice(text);
        self.text.push(b'\n');
    }

    fn read_and_judge(&self, look: Look<'_>) -> Grown {
        let (capture, places, judged) = judge(&self.name, self.text.clone(), look);
        let keys = capture
            .sessions
            .iter()
            .map(|session| self.key_of(&capture, session).unwrap_or(u64::MAX))
            .collect();
        let growth = Arc::new(Growth { keys, ..Growth::default() });
        Grown { capture: Arc::new(capture), places: Arc::new(places), judged: Arc::new(judged), growth }
    }

    /// The number of the first request of a session.
    fn key_of(&self, capture: &Capture, session: &Session) -> Option<u64> {
        session.exchanges.iter().filter_map(|exchange| self.number_of(capture, *exchange)).min()
    }

    /// The number in the journal of a request of the working set.
    fn number_of(&self, capture: &Capture, exchange: ExchangeId) -> Option<u64> {
        let entry = capture.exchanges.get(exchange.index())?.entry;
        let after = self.held.partition_point(|held| held.start as u64 <= entry.start);
        self.held.get(after.checked_sub(1)?)?.number
    }

    /// Sets sessions aside until a quarter is free; false when there is none that may go.
    fn set_aside(&mut self, grown: &Grown) -> bool {
        let capture = &grown.capture;
        let mut owner: FxHashMap<u64, SessionId> = FxHashMap::default();
        for session in &capture.sessions {
            let numbers = session.exchanges.iter().filter_map(|id| self.number_of(capture, *id));
            owner.extend(numbers.map(|number| (number, session.id)));
        }
        let owner_of = |held: &Held| held.number.and_then(|number| owner.get(&number)).copied();
        let mut bytes = vec![0; capture.sessions.len()];
        for held in &self.held {
            if let Some(session) = owner_of(held) {
                bytes[session.index()] += held.place.len as usize + 1;
            }
        }
        let mut goes = vec![false; capture.sessions.len()];
        let mut left = self.text.len();
        for session in self.in_order_of_going(grown) {
            if left <= self.max_held_bytes / 4 * 3 {
                break;
            }
            left -= bytes[session.index()];
            goes[session.index()] = true;
        }
        if !goes.contains(&true) {
            return false;
        }
        let (old, old_text) = (std::mem::take(&mut self.held), std::mem::take(&mut self.text));
        let mut lines: Vec<Vec<LinePlace>> = vec![Vec::new(); capture.sessions.len()];
        let mut waiting: FxHashMap<u64, SessionId> = FxHashMap::default();
        for held in old {
            match owner_of(&held).filter(|session| goes[session.index()]) {
                Some(session) => {
                    lines[session.index()].push(held.place);
                    match held.number {
                        Some(number) if held.is_answer => drop(waiting.remove(&number)),
                        Some(number) => drop(waiting.insert(number, session)),
                        None => {}
                    }
                }
                None => self.hold(held.place, &old_text[held.range()]),
            }
        }
        let key = |session: SessionId| grown.growth.keys.get(session.index()).copied().unwrap_or(u64::MAX);
        self.unanswered.extend(waiting.into_iter().map(|(number, session)| (number, key(session))));
        for (session, lines) in
            capture.sessions.iter().zip(lines).filter(|(session, _)| goes[session.id.index()])
        {
            let key = key(session.id);
            if let Some(sid) = &session.sid {
                self.key_of_sid.insert(sid.clone(), key);
            }
            self.aside.push(Aside::of(key, lines, capture, &grown.places, &grown.judged, session));
        }
        self.aside.sort_by_key(|aside| aside.row.key);
        self.tally_changed = true;
        self.numbering += 1;
        true
    }

    /// Who is set aside first: who is over, then who has been silent for longest; never who is kept.
    fn in_order_of_going(&self, grown: &Grown) -> Vec<SessionId> {
        let capture = &grown.capture;
        let mut order: Vec<&Session> =
            (capture.sessions.iter()).filter(|session| grown.growth.key(session.id) != self.keep).collect();
        order.sort_by_key(|session| (capture.is_so_far(session), last_at(capture, session)));
        order.into_iter().map(|session| session.id).collect()
    }

    fn aside_mut(&mut self, key: u64) -> Option<&mut Aside> {
        let at = self.aside.binary_search_by_key(&key, |aside| aside.row.key).ok()?;
        self.aside.get_mut(at)
    }
}

impl Held {
    /// Where its text stands.
    fn range(&self) -> Range<usize> {
        self.start..self.start + self.place.len as usize
    }
}

/// The first line of a journal says what it is.
fn head(held: &[Held]) -> Option<LinePlace> {
    held.first().filter(|held| held.number.is_none()).map(|held| held.place)
}

/// Reads lines, puts them into sessions, lets the rules speak.
fn judge(name: &str, text: Vec<u8>, look: Look<'_>) -> (Capture, Places, Judged) {
    let capture = match look.grows {
        true => ingest_growing(name, text, look.now, look.watch),
        false => ingest(name, text, look.watch),
    };
    let judgement = run::judge(&capture, look.settings, look.selection, look.watch);
    let judged = Judged::of(&capture, judgement, look.settings.clone());
    let places = Places::of(&capture);
    (capture, places, judged)
}

/// When the latest request of a session arrived, microseconds since 1970.
fn last_at(capture: &Capture, session: &Session) -> i64 {
    let rows = session.exchanges.iter().filter_map(|id| capture.exchanges.get(id.index()));
    rows.map(|row| row.received_at).max().unwrap_or(i64::MIN)
}

/// When the next session that is still open will have been silent for as long as the back end waits.
fn deadline(capture: &Capture) -> Option<ReceivedAt> {
    let open = capture.sessions.iter().filter(|session| capture.is_so_far(session));
    let last = open.map(|session| last_at(capture, session)).min()?;
    Some(ReceivedAt(last.saturating_add(SILENCE_MICROS)))
}

//! Fixes: what would repair a finding, as edits of a draft. The capture itself is never changed.
//!
//! A rule that knows a repair names a function `fix` in its declaration; it is asked only when someone wants to see the
//! fix, so that judging costs nothing more. Events are named by their *key*: the index by arrival in the session as
//! captured; events that a fix inserts get the numbers after the last. Keys stay the same while a draft is edited.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::context::{Facts, SessionCx, Settings};
use super::finding::Finding;
use super::run::Judgement;
use super::verdict::Refusals;
use crate::model::capture::Capture;
use crate::model::clock::{PlayheadSecs, TsMillis};
use crate::model::event_type::EventType;
use crate::model::exchange::Exchange;
use crate::model::id::EventId;
use crate::model::session::Session;

/// How far a fix can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Certain: what was meant is beyond doubt, and nothing is made up.
    Safe,
    /// Proposed: a value or a moment is guessed; look at it before it is taken.
    Unsafe,
    /// For the eye: the session cannot be repaired afterwards, only the player.
    ShownOnly,
}

impl Applicability {
    /// The words of reports and the window.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::ShownOnly => "shown only",
        }
    }
}

/// One operation of a JSON Patch (RFC 6902) on one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum PatchOp {
    /// Sets a member, new or not. The object that holds it must be there.
    Add {
        /// JSON pointer.
        path: String,
        /// The value.
        value: Value,
    },
    /// Takes a member out.
    Remove {
        /// JSON pointer.
        path: String,
    },
    /// Sets a member that is there.
    Replace {
        /// JSON pointer.
        path: String,
        /// The new value.
        value: Value,
    },
    /// Takes a member out and sets it elsewhere.
    Move {
        /// JSON pointer to the old place.
        from: String,
        /// JSON pointer to the new place.
        path: String,
    },
}

/// On which side of another event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

/// One edit of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "kebab-case")]
pub enum Edit {
    /// Changes one event.
    Patch {
        /// Key of the event.
        event: u32,
        /// What is done to it, in order.
        patch: Vec<PatchOp>,
    },
    /// Puts a new event beside another: into the same batch, or as a request of its own.
    Insert {
        /// Key of the neighbor.
        beside: u32,
        /// On which side of it.
        side: Side,
        /// The new event.
        value: Value,
    },
    /// Takes an event out, with its request when that carries nothing else.
    Remove {
        /// Key of the event.
        event: u32,
    },
    /// Puts an event elsewhere.
    Move {
        /// Key of the event.
        event: u32,
        /// Key of its new neighbor.
        beside: u32,
        /// On which side of it.
        side: Side,
    },
    /// Sorts the events of a batch by `ts`; ties stay as they are.
    SortByTs {
        /// Key of an event of the batch.
        batch: u32,
    },
    /// Sends the body of a request as an array.
    Wrap {
        /// Key of an event of the request.
        event: u32,
    },
    /// Sends each event of a batch in a request of its own.
    Unwrap {
        /// Key of an event of the batch.
        batch: u32,
    },
    /// Begins another batch with an event of a batch.
    Cut {
        /// Key of the event.
        before: u32,
    },
    /// Sets the method of the request that carries an event.
    Method {
        /// Key of the event.
        event: u32,
        /// The method.
        method: String,
    },
    /// Sends the request that carries an event elsewhere.
    Path {
        /// Key of the event.
        event: u32,
        /// The new path, from `/api/v1` on.
        path: String,
    },
    /// Sets a header of the request that carries an event.
    Header {
        /// Key of the event.
        event: u32,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

/// What would repair a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, as an order: "Move `media.qoe.bitrate` to `qoeData`".
    pub title: String,
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// The edits, in order.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A certain repair.
    #[must_use]
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Option<Fix> {
        Some(Fix { title: title.into(), applicability: Applicability::Safe, edits })
    }

    /// A proposed repair.
    #[must_use]
    pub fn proposed(title: impl Into<String>, edits: Vec<Edit>) -> Option<Fix> {
        Some(Fix { title: title.into(), applicability: Applicability::Unsafe, edits })
    }

    /// A repair to look at.
    #[must_use]
    pub fn shown_only(title: impl Into<String>, edits: Vec<Edit>) -> Option<Fix> {
        Some(Fix { title: title.into(), applicability: Applicability::ShownOnly, edits })
    }
}

/// What the fix of a rule sees: a finding of it, and the session.
pub struct FixCx<'a> {
    /// The session, as it was judged.
    pub session: &'a SessionCx<'a>,
    /// The finding to repair.
    pub finding: &'a Finding,
    /// The key of each event.
    key_of: &'a dyn Fn(EventId) -> Option<u32>,
    /// The position of each event, worked out when the first fix asks.
    positions: &'a OnceCell<FxHashMap<EventId, u32>>,
}

/// What the rules know to repair the findings of a capture that are `wanted`: one entry for each finding of the
/// judgement. Costs nothing where none of their rules knows a repair.
#[must_use]
pub fn of_findings(
    capture: &Capture,
    judgement: &Judgement,
    settings: &Settings,
    wanted: impl Fn(&Finding) -> bool,
) -> Vec<Option<Fix>> {
    let mut known = vec![None; judgement.findings.len()];
    let mut by_session: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, finding) in judgement.findings.iter().enumerate() {
        if let Some(session) = finding.session.filter(|_| finding.rule.fix.is_some() && wanted(finding)) {
            by_session.entry(session.index()).or_default().push(number);
        }
    }
    if by_session.is_empty() {
        return known;
    }
    let refusals = Refusals::of(capture, &settings.policy);
    for (index, numbers) in by_session {
        let (Some(session), Some(lanes)) = (capture.sessions.get(index), judgement.lanes.get(index)) else {
            continue;
        };
        let cx =
            SessionCx { capture, session, lanes, settings, refusals: &refusals, facts: Facts::default() };
        let keys = OnceCell::new();
        let key_of = |event| keys.get_or_init(|| keys_of(session)).get(&event).copied();
        let findings: Vec<&Finding> =
            numbers.iter().filter_map(|number| judgement.findings.get(*number)).collect();
        for (number, fix) in numbers.iter().zip(fixes(&cx, &findings, &key_of)) {
            known[*number] = fix;
        }
    }
    known
}

/// The fixes of findings of one session, in their order. A rule that fails at it has none.
#[must_use]
pub fn fixes(
    session: &SessionCx<'_>,
    findings: &[&Finding],
    key_of: &dyn Fn(EventId) -> Option<u32>,
) -> Vec<Option<Fix>> {
    let positions = OnceCell::new();
    let fix_of = |finding: &&Finding| {
        let fix = finding.rule.fix?;
        let cx = FixCx { session, finding, key_of, positions: &positions };
        catch_unwind(AssertUnwindSafe(|| fix(&cx))).ok().flatten().filter(|fix| !fix.edits.is_empty())
    };
    findings.iter().map(fix_of).collect()
}

/// The keys of the events of a session as captured: their indices by arrival.
#[must_use]
pub fn keys_of(session: &Session) -> FxHashMap<EventId, u32> {
    session.by_arrival.iter().copied().zip(0..).collect()
}

impl<'a> FixCx<'a> {
    /// The key of an event.
    #[must_use]
    pub fn key(&self, event: EventId) -> Option<u32> {
        (self.key_of)(event)
    }

    /// The event that the finding is about.
    #[must_use]
    pub fn event(&self) -> Option<EventId> {
        self.finding.event
    }

    /// Its key.
    #[must_use]
    pub fn event_key(&self) -> Option<u32> {
        self.key(self.finding.event?)
    }

    /// The key of the first event of the request that the finding is about.
    #[must_use]
    pub fn first_of_request(&self) -> Option<u32> {
        let exchange = self.session.capture.exchange(self.finding.exchange?)?;
        self.key(exchange.events().next()?)
    }

    /// Where the finding is in its event.
    #[must_use]
    pub fn pointer(&self) -> Option<&'a str> {
        self.finding.pointer.as_deref()
    }

    /// The edits that `edit` gives for the requests of the session, each with the key of its first event.
    #[must_use]
    pub fn each_request(&self, edit: impl Fn(&Exchange<'_>, u32) -> Option<Edit>) -> Vec<Edit> {
        let exchanges = self.session.session.exchanges.iter();
        let with_events = exchanges.filter_map(|id| {
            let exchange = self.session.capture.exchange(*id)?;
            let first = self.key(exchange.events().next()?)?;
            edit(&exchange, first)
        });
        with_events.collect()
    }

    /// JSON of the event that the finding is about.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        self.session.capture.event(self.finding.event?)?.json()
    }

    /// The value that the finding is about.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        self.json()?.pointer(self.pointer()?).cloned()
    }

    /// The first related event of the finding.
    #[must_use]
    pub fn related(&self) -> Option<EventId> {
        self.finding.related.first().map(|related| related.event)
    }

    /// The position of an event in the judged order.
    #[must_use]
    pub fn position(&self, event: EventId) -> Option<u32> {
        let cx = self.session;
        let positions = || cx.lanes.in_judged_order(cx.session).zip(0..).collect();
        self.positions.get_or_init(positions).get(&event).copied()
    }

    /// The position of the event that the finding is about.
    #[must_use]
    pub fn at(&self) -> Option<u32> {
        self.position(self.event()?)
    }

    /// A patch of the event that the finding is about.
    #[must_use]
    pub fn patch(&self, patch: Vec<PatchOp>) -> Option<Vec<Edit>> {
        Some(vec![Edit::Patch { event: self.event_key()?, patch }])
    }

    /// The patch that sets the value that the finding is about.
    #[must_use]
    pub fn replace(&self, value: impl Into<Value>) -> Option<Vec<Edit>> {
        let path = self.pointer()?.to_owned();
        self.patch(vec![PatchOp::Replace { path, value: value.into() }])
    }

    /// The patch that takes out what the finding is about.
    #[must_use]
    pub fn remove_value(&self) -> Option<Vec<Edit>> {
        let path = self.pointer()?.to_owned();
        self.patch(vec![PatchOp::Remove { path }])
    }

    /// The edit that takes out the event that the finding is about.
    #[must_use]
    pub fn remove_event(&self) -> Option<Vec<Edit>> {
        Some(vec![Edit::Remove { event: self.event_key()? }])
    }

    /// The edits that take out the events at these positions.
    #[must_use]
    pub fn remove_all(&self, positions: impl Iterator<Item = u32>) -> Vec<Edit> {
        let keys = positions.filter_map(|at| self.key(self.session.id(at)?));
        keys.map(|event| Edit::Remove { event }).collect()
    }

    /// The edit that inserts an event without parameters beside another one.
    #[must_use]
    pub fn insert(&self, event_type: EventType, beside: EventId, side: Side) -> Option<Vec<Edit>> {
        Some(vec![self.insertion(event_type, None, beside, side)?])
    }

    /// The edit that inserts an event beside another one: with its playhead, and stamped between it and the next.
    #[must_use]
    pub fn insertion(
        &self,
        event_type: EventType,
        params: Option<Value>,
        beside: EventId,
        side: Side,
    ) -> Option<Edit> {
        let neighbor = self.session.capture.event(beside)?;
        let (ts, at) = (neighbor.ts()?.0, self.position(beside)?);
        // A millisecond apart where there is room, so that the order is beyond doubt; else the order of arrival says it.
        let ts = match side {
            Side::After if self.session.ts(at + 1).is_none_or(|next| next.0 > ts.saturating_add(1)) => {
                ts.saturating_add(1)
            }
            Side::Before
                if at
                    .checked_sub(1)
                    .and_then(|at| self.session.ts(at))
                    .is_none_or(|last| last.0 < ts - 1) =>
            {
                ts.saturating_sub(1)
            }
            _ => ts,
        };
        let value = new_event(event_type, params, TsMillis(ts), neighbor.playhead()?);
        Some(Edit::Insert { beside: self.key(beside)?, side, value })
    }

    /// The edit that inserts an event before another one, at a moment and playhead of its own.
    #[must_use]
    pub fn insertion_at(
        &self,
        event_type: EventType,
        before: EventId,
        ts: TsMillis,
        playhead: PlayheadSecs,
    ) -> Option<Edit> {
        let value = new_event(event_type, None, ts, playhead);
        Some(Edit::Insert { beside: self.key(before)?, side: Side::Before, value })
    }

    /// The edit that sets members of the event at a position: JSON pointers and values.
    #[must_use]
    pub fn set_at(&self, position: u32, values: impl IntoIterator<Item = (String, Value)>) -> Option<Edit> {
        let patch = values.into_iter().map(|(path, value)| PatchOp::Add { path, value }).collect();
        Some(Edit::Patch { event: self.key(self.session.id(position)?)?, patch })
    }

    /// The same patch for each event of the session for which `patch` gives one.
    #[must_use]
    pub fn patch_each(&self, patch: impl Fn(EventId) -> Option<Vec<PatchOp>>) -> Vec<Edit> {
        let events = self.session.session.by_arrival.iter();
        let edits =
            events.filter_map(|event| Some(Edit::Patch { event: self.key(*event)?, patch: patch(*event)? }));
        edits.collect()
    }
}

/// A new event: never more than what its type needs.
fn new_event(event_type: EventType, params: Option<Value>, ts: TsMillis, playhead: PlayheadSecs) -> Value {
    let mut event = json!({
        "playerTime": { "playhead": number(playhead.0), "ts": ts.0 },
        "eventType": event_type.name(),
    });
    if let Some(params) = params {
        event["params"] = params;
    }
    event
}

/// A number as players send it: a whole one without a fraction.
#[must_use]
pub fn number(value: f64) -> Value {
    let rounded = (value * 1000.0).round() / 1000.0;
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { json!(rounded as i64) } else { json!(rounded) }
}

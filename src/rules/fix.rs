//! Fixes: what would repair a finding, as edits of a draft. The capture itself is never changed.
//!
//! A rule that knows a repair names a function `fix` in its declaration; it is asked only when someone wants to see the
//! fix, so that judging costs nothing more. Events are named by their *key*: the index by arrival in the session as
//! captured; events that a fix inserts get the numbers after the last. Keys stay the same while a draft is edited.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::context::SessionCx;
use super::finding::Finding;
use crate::model::event_type::EventType;
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
}

/// The fixes of findings of one session, in their order. A rule that fails at it has none.
#[must_use]
pub fn fixes(
    session: &SessionCx<'_>,
    findings: &[&Finding],
    key_of: &dyn Fn(EventId) -> Option<u32>,
) -> Vec<Option<Fix>> {
    let fix_of = |finding: &&Finding| {
        let fix = finding.rule.fix?;
        let cx = FixCx { session, finding, key_of };
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
        (0..self.session.len()).find(|at| self.session.id(*at) == Some(event))
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

    /// The edit that inserts an event without parameters beside another one, stamped like it.
    #[must_use]
    pub fn insert(&self, event_type: EventType, beside: EventId, side: Side) -> Option<Vec<Edit>> {
        let neighbor = self.session.capture.event(beside)?;
        let (ts, playhead) = (neighbor.ts()?, neighbor.playhead()?);
        // The last event and the new one lie a millisecond apart, so that the order is beyond doubt.
        let ts = if side == Side::After { ts.0.saturating_add(1) } else { ts.0 };
        let value = serde_json::json!({
            "playerTime": { "playhead": playhead.0, "ts": ts },
            "eventType": event_type.name(),
        });
        Some(vec![Edit::Insert { beside: self.key(beside)?, side, value }])
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

//! Repairs that several rules of the family share.

use serde_json::Value;

use crate::model::clock::{PlayheadSecs, TsMillis};
use crate::model::event_type::EventType;
use crate::model::id::EventId;
use crate::rules::fix::{Edit, FixCx, PatchOp, number};

pub(super) const TS: &str = "/playerTime/ts";
pub(super) const PLAYHEAD: &str = "/playerTime/playhead";

/// So often clients ping, milliseconds: online, and in a session that is stored.
const PING_MILLIS: (i64, i64) = (10_000, 50_000);
/// More pings than this are not made up.
const MAX_PINGS: i64 = 1000;

/// The pings that are missing between two events: their playheads lie evenly between those of the two. Empty where
/// none fits, or where the two do not tell.
pub(super) fn pings_between(cx: &FixCx<'_>, from: u32, to: u32) -> Vec<Edit> {
    let session = cx.session;
    let every = if session.session.mode.is_downloaded() { PING_MILLIS.1 } else { PING_MILLIS.0 };
    let (Some(begin), Some(end)) = (session.ts(from), session.ts(to)) else { return Vec::new() };
    let (Some(first), Some(last), Some(to)) = (session.playhead(from), session.playhead(to), session.id(to))
    else {
        return Vec::new();
    };
    let span = end.0.saturating_sub(begin.0);
    let n_pings = (span - 1) / every;
    if n_pings > MAX_PINGS {
        return Vec::new();
    }
    let ping = |n: i64| {
        let share = (n * every) as f64 / span as f64;
        let playhead = PlayheadSecs(first.0 + (last.0 - first.0) * share);
        cx.insertion_at(EventType::Ping, to, TsMillis(begin.0 + n * every), playhead)
    };
    (1..=n_pings).filter_map(ping).collect()
}

/// "Insert 3 pings".
pub(super) fn insert_pings(n: usize) -> String {
    if n == 1 { "Insert a `ping`".to_owned() } else { format!("Insert {n} pings") }
}

/// The edits that set `ts` of the events for which `right` gives another one.
pub(super) fn restamp(cx: &FixCx<'_>, right: impl Fn(EventId, i64) -> Option<i64>) -> Vec<Edit> {
    cx.patch_each(|id| {
        let ts = cx.session.capture.event(id)?.ts()?.0;
        let value = right(id, ts).filter(|right| *right != ts)?;
        Some(vec![PatchOp::Replace { path: TS.to_owned(), value: value.into() }])
    })
}

/// The edits that set the playhead of the events for which `right` gives another one, seconds.
pub(super) fn reposition(cx: &FixCx<'_>, right: impl Fn(EventId, f64) -> Option<f64>) -> Vec<Edit> {
    cx.patch_each(|id| {
        let playhead = cx.session.capture.event(id)?.playhead()?.0;
        let value: Value = number(right(id, playhead).filter(|right| *right != playhead)?);
        Some(vec![PatchOp::Replace { path: PLAYHEAD.to_owned(), value }])
    })
}

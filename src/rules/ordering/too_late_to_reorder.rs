//! MC-O002.

use super::{late_events, n_between_text};
use crate::declare_rule;
use crate::metrics::reorder::{Fate, Late};
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Level};

declare_rule! {
    /// ## What it checks
    ///
    /// An event arrives more than 5 s, or more than 10 later-stamped events, after the first event that its `ts` should
    /// precede: the reorder window has passed that one on (D24: "a maximum of 10", or "more than 10" with
    /// the policy `reorder-count: more-than-ten`). From 1 s to 5 s it
    /// is a warning, since sorting may fail there. A run of events that all come too late is one finding.
    ///
    /// Only online sessions with recorded arrival times; events older than their `sessionStart` (O005) are left out.
    ///
    /// ## Why it matters
    ///
    /// The back end takes the event in the wrong order: an `adStart` after its `adComplete`, a `play` after the pause that
    /// ended it. Counts and times come out wrong although the player did everything right.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +15   pauseStart recv=+22     # error: too-late-to-reorder
    /// +16   play       recv=+16.1
    /// +20   ping       recv=+20.1
    /// +26   ping       recv=+26.1
    /// +30   bitrateChange recv=+32   # warn: too-late-to-reorder
    /// +30.5 ping       recv=+30.6
    /// +35   sessionEnd recv=+35.1
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0    sessionStart
    /// +0.1  play
    /// +10   ping
    /// +15   pauseStart
    /// +16   play
    /// +20   ping
    /// +26   ping
    /// +35   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-ctrl-order.md` (5 s or 10 events; "more than 1 s late" may fail). Seen in the field: FP28.
    pub static TOO_LATE_TO_REORDER = {
        code: "MC-O002",
        name: "too-late-to-reorder",
        summary: "An event arrives too late for the back end to sort it in",
        family: Ordering,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn too_late_to_reorder(cx: &SessionCx<'_>, run: &[Late]) -> Option<Report> {
    let first = run.first()?;
    let (name, time) = (cx.type_name(first.at), cx.at(first.at));
    let after = cx.type_name(first.overtaken_by);
    let between = match first.n_between {
        0 => String::new(),
        1 => ", as is 1 event in between".to_owned(),
        _ => format!(", as are {} in between", n_between_text(first)),
    };
    let others = match run.len() - 1 {
        0 => String::new(),
        n => format!("; {} after it came too late as well", counted(n, "event")),
    };
    let (level, cost) = match first.fate {
        Fate::Lost => (Level::Error, "it is taken in the wrong order"),
        _ => (Level::Warn, "sorting it in may fail"),
    };
    let message = format!(
        "`{name}` at {time} arrived {} s after `{after}`, which is stamped later{between}: {cost}{others}",
        number_text(first.secs),
    );
    let report = cx.report(first.at, message).level(level);
    let report = report.count(u32::try_from(run.len()).unwrap_or(u32::MAX));
    Some(report.related(cx.id(first.overtaken_by), "arrived first, though stamped later"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let late = late_events(cx);
    // One cause makes a run: events that arrive one after the other, all too late.
    for run in late.chunk_by(|a, b| a.arrival + 1 == b.arrival && a.fate == b.fate) {
        let is_late = run.first().is_some_and(|late| late.fate != Fate::Sorted);
        if is_late && let Some(report) = too_late_to_reorder(cx, run) {
            found.report(report);
        }
    }
}

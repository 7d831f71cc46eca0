//! MC-Q008.

use crate::declare_rule;
use crate::metrics::quality::Change;
use crate::model::table::EventFlags;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `media.qoe.timeToStart` is a number of milliseconds: a value from 1 to 49 looks like seconds. Told once for a
    /// session, at the first such value; 0 (not known yet) passes. With the policy `qoe-place: also-params`
    /// (D3) values in `params` count too.
    ///
    /// ## Why it matters
    ///
    /// The back end takes milliseconds and reports seconds: 2 s that are sent as `2` are shown as 0.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +2   play media.qoe.timeToStart=2   # info: time-to-start-in-seconds
    /// +12  ping
    /// +14  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +2   play media.qoe.timeToStart=2000
    /// +12  ping
    /// +14  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: samples of an SDK's reference set 2. Documented: `mc-api-req-params.md`, `time-to-start.md`
    /// (milliseconds).
    pub static TIME_TO_START_IN_SECONDS = {
        code: "MC-Q008",
        name: "time-to-start-in-seconds",
        summary: "A time to start that looks like seconds",
        family: Quality,
        level: Info,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// No player shows a picture so soon, milliseconds.
const LEAST_MILLIS: u64 = 50;

fn time_to_start_in_seconds(cx: &SessionCx<'_>, odd: Change) -> Report {
    let message = format!(
        "`media.qoe.timeToStart` is {} at {}: below {LEAST_MILLIS} ms, as if seconds were meant",
        odd.value,
        cx.at(odd.at),
    );
    cx.report(odd.at, message).pointer("/qoeData/media.qoe.timeToStart")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let is_odd = |change: &&Change| (1..LEAST_MILLIS).contains(&change.value);
    if let Some(odd) = cx.quality().time_to_start.iter().find(is_odd) {
        found.report(time_to_start_in_seconds(cx, *odd));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = cx.patch_each(|event| {
        let path = "/qoeData/media.qoe.timeToStart";
        let event =
            cx.session.capture.event(event).filter(|event| event.row().flags.has(EventFlags::QUALITY))?;
        let secs = event.json()?.pointer(path)?.as_u64().filter(|secs| (1..LEAST_MILLIS).contains(secs))?;
        Some(vec![PatchOp::Replace { path: path.to_owned(), value: (secs * 1000).into() }])
    });
    Fix::proposed("Convert the time to start to milliseconds", edits)
}

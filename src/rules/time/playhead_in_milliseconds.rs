//! MC-T008.

use super::length_of_the_pre_roll::pre_roll_of_length;
use super::mending::reposition;
use super::{place_text, ts_is_in_millis};
use crate::declare_rule;
use crate::metrics::drift::{InMillis, Step};
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `playerTime.playhead` counts seconds. The rule fires when it runs about a thousand times as fast as the clock
    /// (500 to 2000) on most steps while playing; or when it lies more than ten times above `media.length`, a
    /// thousandth of it fits, the steps do not say otherwise, and the length is not that of a pre-roll (T021). It is told once per session, and the other rules on
    /// playheads are silent then.
    ///
    /// ## Why it matters
    ///
    /// The session looks as if it jumped past its end at once: all progress markers and segments are set, percent
    /// viewed is nonsense. Most players give milliseconds: divide by 1000.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10  ping ph=10000      # error: playhead-in-milliseconds
    /// +20  ping ph=20000
    /// +30  ping ph=30000
    /// +35  sessionEnd ph=35000
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10  ping ph=10
    /// +20  ping ph=20
    /// +30  ping ph=30
    /// +35  sessionEnd ph=35
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-sessions-req.md` (seconds). That a playhead means milliseconds is concluded from its values.
    pub static PLAYHEAD_IN_MILLISECONDS = {
        code: "MC-T008",
        name: "playhead-in-milliseconds",
        summary: "The playhead counts milliseconds where seconds are asked",
        family: Time,
        level: Error,
        certainty: Advice,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn runs_thousandfold(cx: &SessionCx<'_>, step: &Step) -> Report {
    let message = format!(
        "the playhead moves {} in {} s of `ts` up to {}: it counts milliseconds, seconds are asked",
        number_text(step.moved),
        number_text(step.secs),
        place_text(cx, step.to),
    );
    cx.report(step.to, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(step.from), "the step begins here")
}

fn lies_far_above(cx: &SessionCx<'_>) -> Option<Report> {
    let highest = cx.drift().highest?;
    let length = cx.session.content.length_secs?;
    let message = format!(
        "the playhead of {} is {}, far above `media.length` {}; a thousandth of it fits: it counts milliseconds, \
         seconds are asked",
        place_text(cx, highest.at),
        number_text(highest.playhead),
        number_text(length),
    );
    Some(cx.report(highest.at, message).pointer("/playerTime/playhead"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !ts_is_in_millis(cx) {
        return;
    }
    let report = match cx.drift().in_millis {
        Some(InMillis::Slope(step)) => Some(runs_thousandfold(cx, &step)),
        // A length that is a pre-roll's is the fault (T021).
        Some(InMillis::AboveLength) if pre_roll_of_length(cx).is_none() => lies_far_above(cx),
        Some(InMillis::AboveLength) | None => None,
    };
    report.into_iter().for_each(|report| found.report(report));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let edits = reposition(cx, |_, playhead| Some(playhead / 1000.0));
    let title = "Send the playhead in seconds: a thousandth of it";
    match cx.session.drift().in_millis? {
        InMillis::Slope(_) => Fix::safe(title, edits),
        InMillis::AboveLength => Fix::proposed(title, edits),
    }
}

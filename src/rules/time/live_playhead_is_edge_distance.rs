//! MC-T023.

use super::live::{ToAndFro, to_and_fro};
use super::{clocks_compare, place_text};
use crate::declare_rule;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// While live content plays, its playhead goes on with the clock. The rule fires once per session when it moves to
    /// and fro by less than 1 s instead, over five events or more that lie at least 1 s apart: such a number is the
    /// distance to the live edge. `playhead-drift` is silent then.
    ///
    /// ## Why it matters
    ///
    /// The playhead does not move as far as the back end is concerned: time spent comes out too low, and a session
    /// whose playhead seems to stand is closed after 30 minutes. Send the second of the UTC day.
    ///
    /// ## Example
    ///
    /// ```session
    /// @live ph=5.2
    /// +0   sessionStart
    /// +0   play ph=5.2
    /// +10  ping ph=5.8
    /// +20  ping ph=5.1
    /// +30  ping ph=5.6
    /// +40  ping ph=5.3        # warn: live-playhead-is-edge-distance
    /// +45  sessionEnd ph=5.5
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @live
    /// +0   sessionStart
    /// +0   play
    /// +10..+40/10 ping
    /// +45  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed in the field: FP15. Documented: `mc-api-sessions-req.md` (the second of the UTC day).
    pub static LIVE_PLAYHEAD_IS_EDGE_DISTANCE = {
        code: "MC-T023",
        name: "live-playhead-is-edge-distance",
        summary: "The playhead of live content is the distance to the live edge",
        family: Time,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn live_playhead_is_edge_distance(cx: &SessionCx<'_>, shown: &ToAndFro) -> Report {
    let message = format!(
        "the playhead moves to and fro between {} s and {} s in {} s of play up to {}: it looks like the distance to \
         the live edge, the second of the UTC day is asked",
        number_text(shown.low),
        number_text(shown.high),
        number_text(shown.secs),
        place_text(cx, shown.shown_at),
    );
    cx.report(shown.shown_at, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(shown.from), "the playhead moves to and fro from here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if clocks_compare(cx)
        && let Some(shown) = to_and_fro(cx)
    {
        found.report(live_playhead_is_edge_distance(cx, &shown));
    }
}

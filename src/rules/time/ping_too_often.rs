//! MC-T015.

use super::ts_is_in_millis;
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::{SessionCx, counted, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Main content is pinged every 10 s. The rule fires once per session when the median gap from ping to ping, outside
    /// ad breaks, is below 8 s, over three gaps or more.
    ///
    /// ## Why it matters
    ///
    /// Reports do not get finer by it. Each ping is a request, and the back end bills or limits server calls; often
    /// two timers run, or the 1 s of ads goes on after them.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +5..+25/5 ping          # info: ping-too-often
    /// +30  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10..+40/10 ping
    /// +45  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ping.md`, `mc-api-sed-pings.md`.
    pub static PING_TOO_OFTEN = {
        code: "MC-T015",
        name: "ping-too-often",
        summary: "Main content is pinged more often than every 10 s",
        family: Time,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

/// So many gaps make a cadence.
const LEAST_GAPS: u32 = 3;

fn ping_too_often(cx: &SessionCx<'_>, median: f64, first: u32) -> Report {
    let message = format!(
        "the median gap between pings of main content is {} s over {}; 10 s are asked",
        number_text(median),
        counted(cx.cadence().n_ping_gaps as usize, "gap"),
    );
    cx.report(first, message)
}

/// The median gap, and the ping that ends the first short one.
fn median_gap(cx: &SessionCx<'_>) -> Option<(f64, u32)> {
    let (mut gaps, mut first, mut last) = (Vec::new(), None, None);
    for at in 0..cx.len() {
        let after = cx.after(at);
        if after.in_break() || after.in_stray_ad() || after.completed() || after.ended() {
            last = None;
        } else if cx.event_type(at) == Some(EventType::Ping)
            && let Some(ts) = cx.ts(at)
            && let Some(before) = last.replace(ts)
        {
            let secs = ts.secs_since(before);
            if secs < cx.settings.numbers.ping_too_often_secs {
                first.get_or_insert(at);
            }
            gaps.push(secs);
        }
    }
    let middle = gaps.len() / 2;
    let (_, median, _) = (!gaps.is_empty()).then(|| gaps.select_nth_unstable_by(middle, f64::total_cmp))?;
    Some((*median, first?))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let cadence = cx.cadence();
    let often = cadence.n_ping_gaps >= LEAST_GAPS && cadence.n_short_ping_gaps * 2 > cadence.n_ping_gaps;
    if often
        && ts_is_in_millis(cx)
        && let Some((median, first)) = median_gap(cx)
    {
        found.report(ping_too_often(cx, median, first));
    }
}

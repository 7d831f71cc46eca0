//! MC-T006.

use super::{clocks_compare, place_text, playhead_text};
use crate::declare_rule;
use crate::metrics::ads::BreakFacts;
use crate::metrics::drift::Stuck;
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// While main content plays, the playhead moves. The rule fires when three events or more, at least 1 s apart and
    /// over at least 10 s, carry the same playhead. The second `play` by which Adobe's SDKs mark the start of content may
    /// repeat the playhead once. A playhead that stays at one value again and again is told once; where it catches up
    /// with the clock afterwards, that is no jump. Silent in a break of which nothing but its start was sent (A004, A006),
    /// and before the first `play` on main content.
    ///
    /// ## Why it matters
    ///
    /// The back end counts a playhead that stands while playing as a stall: time spent stays behind what was watched, and
    /// a playhead that never moves gives a session of 0 s, which the back end closes after 30 minutes. Usually the
    /// player does not update the position that it reports, or stalls without `bufferStart`.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +20  ping ph=10
    /// +30  ping ph=10         # warn: playhead-stuck
    /// +40  ping ph=20
    /// +45  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +10.2 bufferStart
    /// +20  ping
    /// +30  play
    /// +40  ping
    /// +45  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `content-time-spent.md`, `mc-api-timeout.md`. Seen in the field: FP16.
    pub static PLAYHEAD_STUCK = {
        code: "MC-T006",
        name: "playhead-stuck",
        summary: "The playhead stands although the content plays",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn playhead_stuck(cx: &SessionCx<'_>, run: &[Stuck]) -> Option<Report> {
    let first = run.first()?;
    let more = match run.len() {
        1 => String::new(),
        2 => ", and once more later".to_owned(),
        n => format!(", and {} times more later", n - 1),
    };
    let message = format!(
        "the playhead stands at {} for {} s while playing, from {} to {}{more}: counted as a stall",
        playhead_text(first.playhead),
        number_text(first.secs),
        place_text(cx, first.from),
        place_text(cx, first.to),
    );
    let report = cx.report(first.shown_at, message).pointer("/playerTime/playhead");
    let report = report.count(u32::try_from(run.len()).unwrap_or(u32::MAX));
    Some(report.related(cx.id(first.from), "the first event with this playhead"))
}

/// True before the first `play` on main content (a `play` in a pre-roll starts none), and in a break of which nothing
/// but its start was sent (A004, A006).
fn is_explained(cx: &SessionCx<'_>, stuck: &Stuck) -> bool {
    let ads = cx.ads();
    let began = cx.session.begins_late || ads.first_main_play.is_some_and(|play| play < stuck.to);
    let last = ads.breaks.partition_point(|ad_break| ad_break.phase.start < stuck.to);
    let before = last.checked_sub(1).and_then(|last| ads.breaks.get(last));
    let is_lost = |ad_break: &BreakFacts| {
        let is_empty = !ad_break.phase.completed && ads.of_break(ad_break).is_empty();
        is_empty && ad_break.phase.start >= stuck.from
    };
    !ads.breaks.is_empty() && !began || before.is_some_and(is_lost)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !clocks_compare(cx) {
        return;
    }
    let stuck = cx.drift().stretches.iter().flat_map(|stretch| &stretch.stuck).copied();
    let stuck: Vec<Stuck> = stuck.filter(|stuck| !is_explained(cx, stuck)).collect();
    for run in stuck.chunk_by(|a, b| a.playhead == b.playhead) {
        playhead_stuck(cx, run).into_iter().for_each(|report| found.report(report));
    }
}

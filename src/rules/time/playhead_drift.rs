//! MC-T001.

use super::live::to_and_fro;
use super::{clocks_compare, place_text};
use crate::declare_rule;
use crate::metrics::drift::{Deviation, Step, Stretch};
use crate::rules::context::{SessionCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// While main content plays, `playhead` and `ts` pass at the same speed. In a stretch of play (no pause, buffer
    /// or break in it) they may differ by 2.5 s and 5 % of the time. The rule fires when they differ by more over the
    /// whole stretch; when most steps are off in one direction, at least three, or three in a row at one speed (then
    /// it names the speed); or when the playhead moves but falls behind the clock between two events. A lone jump is
    /// `jump-without-seek` or `seek-position-late`.
    ///
    /// Not judged: anything before the first `play`, and up to a second `play` within 2.5 s of a first one that still
    /// carried the playhead of the start (players open a session before they know where it resumes); the step from
    /// `adBreakComplete` to the next event; the midnight of live content; time across a hole without events; a playhead
    /// that stands (`playhead-stuck`); live content that sends the distance to the live edge
    /// (`live-playhead-is-edge-distance`).
    ///
    /// ## Why it matters
    ///
    /// Durations are taken from `ts`, progress markers and segments from `playhead`. When the two disagree, time spent
    /// does not fit what was watched: a session at double speed shows half the time spent that its progress suggests.
    /// Often the cause is a playhead that is read from the wrong object, or a stall without `bufferStart`.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=300 rate=1.5
    /// +0   sessionStart
    /// +0   play
    /// +10  ping            # warn: playhead-drift
    /// +20..+60/10 ping
    /// +65  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=300
    /// +0   sessionStart
    /// +0   play
    /// +10..+30/10 ping
    /// +34  bufferStart
    /// +38  play
    /// +48  ping
    /// +55  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-events-req.md`, `content-time-spent.md` (durations are of `ts`), `mc-api-timeline-1.md`. The
    /// exceptions are observed in Adobe's SDKs.
    pub static PLAYHEAD_DRIFT = {
        code: "MC-T001",
        name: "playhead-drift",
        summary: "While playing, the playhead does not pass at the speed of the clock",
        family: Time,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
    }
}

fn playback_speed(cx: &SessionCx<'_>, first: &Step, moved: f64, secs: f64, n_stretches: u32) -> Report {
    let more =
        if n_stretches > 1 { format!(", and so in {n_stretches} stretches of play") } else { String::new() };
    let message = format!(
        "while playing, the playhead moves {} s in {} s of `ts`{more}: playback runs at {} times the clock",
        number_text(moved),
        number_text(secs),
        ratio_text(moved, secs),
    );
    cx.report(first.to, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(first.from), "the step begins here")
}

fn falls_behind(cx: &SessionCx<'_>, step: &Step) -> Report {
    let message = format!(
        "{} is only {} s further in the content than {}, but {} s of `ts` have passed while playing",
        place_text(cx, step.to),
        number_text(step.moved),
        place_text(cx, step.from),
        number_text(step.secs),
    );
    cx.report(step.to, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(step.from), "the step begins here")
}

fn differs_over_all(cx: &SessionCx<'_>, stretch: &Stretch, moved: f64, secs: f64) -> Report {
    let message = format!(
        "from {} to {} the playhead moves {} s in {} s of `ts` while playing: {} times the clock",
        place_text(cx, stretch.start),
        place_text(cx, stretch.end),
        number_text(moved),
        number_text(secs),
        ratio_text(moved, secs),
    );
    let report = cx.report(stretch.end, message).pointer("/playerTime/playhead");
    report.related(cx.id(stretch.start), "the stretch of play begins here")
}

fn ratio_text(moved: f64, secs: f64) -> String {
    number_text((moved / secs * 100.0).round() / 100.0)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    if !clocks_compare(cx) {
        return;
    }
    let odd = cx.drift().stretches.iter().any(|stretch| stretch.deviation.is_some());
    if !odd || to_and_fro(cx).is_some() {
        return;
    }
    let mut speed: Option<(Step, f64, f64, u32)> = None;
    for stretch in &cx.drift().stretches {
        match stretch.deviation {
            Some(Deviation::Speed { moved, secs, first }) => {
                let sum = speed.get_or_insert((first, 0.0, 0.0, 0));
                (sum.1, sum.2, sum.3) = (sum.1 + moved, sum.2 + secs, sum.3 + 1);
            }
            Some(Deviation::Behind(step)) => found.report(falls_behind(cx, &step)),
            Some(Deviation::Whole { moved, secs }) => {
                found.report(differs_over_all(cx, stretch, moved, secs));
            }
            None => {}
        }
    }
    if let Some((first, moved, secs, n_stretches)) = speed {
        found.report(playback_speed(cx, &first, moved, secs, n_stretches));
    }
}

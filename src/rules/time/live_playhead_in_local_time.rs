//! MC-T022.

use super::live::{Playing, playing, to_and_fro};
use super::mending::reposition;
use super::{clocks_compare, place_text, playhead_text};
use crate::declare_rule;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::limits::SECONDS_OF_DAY;
use crate::rules::context::{SessionCx, clock_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The playhead of live content is the second of the day in UTC. The rule fires when it runs with the clock but
    /// differs from the UTC time of `ts` by whole quarter hours, give or take 60 s, steadily (within 10 s over three
    /// events of play): the offset of a time zone. Only content whose length is 0, absent, or 86,400 and more is judged:
    /// with another length the playhead may count from 0. A player that is on UTC at some time in the session knows it,
    /// and its offset is a viewer who went back.
    ///
    /// Silent after `live-playhead-not-second-of-day`. Where the client's clock is off (`ts-far-from-arrival`), the time
    /// of arrival is compared instead.
    ///
    /// ## Why it matters
    ///
    /// Concurrent viewers and segments of the day are shown hours away from when they were watched, and differently for
    /// each time zone. Local hours were taken where UTC is asked.
    ///
    /// ## Example
    ///
    /// ```session
    /// @live ph=50400
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +20  ping               # warn: live-playhead-in-local-time
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @live ph=43200
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +20  ping
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-sessions-req.md` (the second of the UTC day). Observed in the field: FP14.
    pub static LIVE_PLAYHEAD_IN_LOCAL_TIME = {
        code: "MC-T022",
        name: "live-playhead-in-local-time",
        summary: "The playhead of live content is hours away from UTC",
        family: Time,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// Time zones differ by whole multiples of this, seconds.
const ZONE_STEP_SECS: f64 = 900.0;
/// Offsets within so many seconds of each other are one …
const STEADY_SECS: f64 = 10.0;
/// … when so many events share it.
const STEADY_EVENTS: u32 = 3;
/// A playhead that begins below this counts from 0, seconds.
const FROM_ZERO_SECS: f64 = 60.0;

/// Events in a row whose playhead runs with the clock.
#[derive(Clone, Copy)]
struct Run {
    first: Playing,
    last: Playing,
    offset: f64,
    n_events: u32,
}

impl Run {
    /// The event belongs to the run: its offset is near, and nearer than the clock has moved.
    fn extend(&mut self, next: Playing, offset: f64) -> bool {
        let differs = around_midnight(offset - self.offset).abs();
        let secs = next.ts.secs_since(self.first.ts);
        let belongs = differs <= STEADY_SECS && differs <= (secs / 2.0).max(1.0);
        if belongs {
            self.last = next;
            self.n_events += 1;
        }
        belongs
    }

    fn is_steady(&self) -> bool {
        self.n_events >= STEADY_EVENTS && self.last.ts.secs_since(self.first.ts) >= STEADY_SECS
    }

    /// True when the playhead began near 0 and has gone on from there: no time of the day.
    fn counts_from_zero(&self, opened: Option<TsMillis>) -> bool {
        let since = opened.map_or(0.0, |opened| self.first.ts.secs_since(opened)).max(0.0);
        (0.0..since + FROM_ZERO_SECS).contains(&self.first.playhead)
    }
}

/// A difference of two times of the day, -43,200 to 43,200.
fn around_midnight(secs: f64) -> f64 {
    let half = SECONDS_OF_DAY / 2.0;
    (secs + half).rem_euclid(SECONDS_OF_DAY) - half
}

fn live_playhead_in_local_time(cx: &SessionCx<'_>, run: &Run) -> Report {
    let ahead = if run.offset > 0.0 { "ahead of" } else { "behind" };
    let message = format!(
        "the playhead of {} is {}, {} {ahead} the UTC time of the day, and it stays so while playing: it looks like \
         local time, UTC is asked",
        place_text(cx, run.last.at),
        playhead_text(run.last.playhead),
        clock_text(run.offset.abs()),
    );
    cx.report(run.last.at, message)
        .pointer("/playerTime/playhead")
        .related(cx.id(run.first.at), "the first event with this offset")
}

/// The first steady offset of a time zone, unless the player is on UTC at some time.
fn zone_run(cx: &SessionCx<'_>) -> Option<Run> {
    let tolerance = cx.settings.numbers.local_time_secs;
    let off = cx.delay().steady.map(|steady| steady.secs);
    let off = off.filter(|off| off.abs() > cx.settings.numbers.far_from_arrival_secs).unwrap_or_default();
    let mut open: Option<Run> = None;
    let mut zone: Option<Run> = None;
    // The end of a break may still carry the playhead of its start.
    let ends_break = |at: u32| cx.event_type(at) == Some(EventType::AdBreakComplete);
    for sample in playing(cx).filter(|sample| !ends_break(sample.at)) {
        let utc = sample.ts.0 as f64 / 1000.0 + off;
        let offset = around_midnight(sample.playhead - utc);
        if let Some(run) = &mut open
            && run.extend(sample, offset)
        {
            if !run.is_steady() {
                continue;
            }
            if run.offset.abs() <= tolerance {
                return None;
            }
            let from_zone = (run.offset / ZONE_STEP_SECS).round() * ZONE_STEP_SECS - run.offset;
            if zone.is_none() && from_zone.abs() <= tolerance {
                zone = Some(*run);
            }
            continue;
        }
        open = Some(Run { first: sample, last: sample, offset, n_events: 1 });
    }
    zone.filter(|run| !run.counts_from_zero(cx.ts(0)))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let content = &cx.session.content;
    let by_length = content.length_secs.is_none_or(|length| length <= 0.0 || length >= SECONDS_OF_DAY);
    // A playhead above a day is no time of the day: T009 speaks, or it counts from 0.
    let within_a_day = cx.drift().highest.is_some_and(|highest| highest.playhead < SECONDS_OF_DAY);
    let by_day = content.live && by_length && within_a_day;
    if !by_day || !clocks_compare(cx) || to_and_fro(cx).is_some() {
        return;
    }
    if let Some(run) = zone_run(cx) {
        found.report(live_playhead_in_local_time(cx, &run));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let offset = (zone_run(cx.session)?.offset / ZONE_STEP_SECS).round() * ZONE_STEP_SECS;
    let edits = reposition(cx, |_, playhead| {
        (playhead > 0.0).then(|| (playhead - offset).rem_euclid(SECONDS_OF_DAY))
    });
    let back = if offset > 0.0 { "back" } else { "ahead" };
    Fix::proposed(format!("Set the playhead {back} by {} to UTC", clock_text(offset.abs())), edits)
}

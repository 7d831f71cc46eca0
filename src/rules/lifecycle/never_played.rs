//! MC-L011.

use super::{first_main_play, has_unseen_events};
use crate::declare_rule;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::session::Ending;
use crate::rules::ads;
use crate::rules::context::{SessionCx, SessionsCx, number_text};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Level};
use crate::rules::transport::{start_was_refused, was_lost_to_a_fault};

declare_rule! {
    /// ## What it checks
    ///
    /// No `play` is sent outside ad breaks, although the playhead moves on by more than 1 s outside breaks or
    /// `sessionComplete` comes. When nothing moves either, the viewer left before the content began: that is info, and
    /// only said of a session whose end was seen. Live content moves with the clock, played or not, so its playhead alone
    /// proves nothing.
    ///
    /// Silent when the session opened twice (L016), when the content goes on after a pre-roll (A010), when its start was
    /// refused, when its `play` was sent before the session id was known (H014), and when the capture lacks events or
    /// holds some of an unknown type.
    ///
    /// ## Why it matters
    ///
    /// `sessionStart` only says that the viewer means to watch. Without a `play` there is no content start and no time
    /// spent, whatever the pings say; the session counts as a drop before start.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +10  ping ph=10       # warn: never-played
    /// +20  ping ph=20
    /// +25  sessionEnd ph=25
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   play
    /// +10  ping
    /// +20  ping
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `content-starts.md`, `mc-api-timeline-1.md` ("starting", not "playing"). Drop before start:
    /// `drops-before-start.md`.
    pub static NEVER_PLAYED = {
        code: "MC-L011",
        name: "never-played",
        summary: "No `play` on main content",
        family: Lifecycle,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        when: AtTheEnd,
        check: Check::Sessions(check),
        fix: fix,
    }
}

/// Where the playhead of main content goes on with the clock: the position at which it has exceeded the limit, and
/// how far it goes in all.
struct Movement {
    /// The first event that shows it to have moved, and the one before.
    begins: (u32, u32),
    at: u32,
    secs: f64,
}

fn never_played(cx: &SessionCx<'_>, movement: &Movement) -> Report {
    cx.report(
        movement.at,
        format!(
            "the playhead moves on by {} s, first at {}, but no `play` is sent on main content: no content start and \
             no time spent are counted",
            number_text(movement.secs),
            cx.at(movement.at),
        ),
    )
}

fn completed_without_play(cx: &SessionCx<'_>, at: u32) -> Report {
    cx.report(
        at,
        format!(
            "`sessionComplete` at {} comes without any `play` on main content: the content completes without a start",
            cx.at(at)
        ),
    )
}

fn dropped_before_start(cx: &SessionCx<'_>, last: u32) -> Report {
    let (name, time) = (cx.type_name(last), cx.at(last));
    cx.report(
        last,
        format!(
            "the session stops with `{name}` at {time} before anything played: it is a drop before start"
        ),
    )
    .level(Level::Info)
}

/// A playhead that moves faster than this many times the clock jumps: the client has learnt its position (N5).
const PACE: f64 = 2.0;
/// Players round the playhead: so much more says nothing, seconds.
const ROUNDING_SECS: f64 = 1.0;

/// How far the playhead goes on outside breaks.
fn movement(cx: &SessionCx<'_>) -> Option<Movement> {
    let (mut secs, mut at, mut begins, mut last) = (0.0, None, None, None);
    for here in 0..cx.len() {
        let Some((ts, playhead)) = cx.ts(here).zip(cx.playhead(here)) else { continue };
        let inside = cx.before(here).in_break() || cx.after(here).in_break();
        if let Some((last_at, last_ts, last_playhead)) = last
            && !inside
        {
            let (passed, moved) = (ts.secs_since(last_ts), playhead.0 - last_playhead);
            if moved > 0.0 && moved <= PACE * passed + ROUNDING_SECS {
                secs += moved;
                begins.get_or_insert((here, last_at));
            }
            if secs > cx.settings.numbers.never_played_move_secs {
                at.get_or_insert(here);
            }
        }
        last = Some((here, ts, playhead.0));
    }
    at.zip(begins).map(|(at, begins)| Movement { begins, at, secs })
}

fn check_session(cx: &SessionCx<'_>) -> Option<Report> {
    let of_unknown_type = || (0..cx.len()).any(|at| cx.event_type(at).is_none());
    let opens = cx.event_type(0) == Some(EventType::SessionStart);
    if !opens
        || first_main_play(cx).is_some()
        || has_unseen_events(cx)
        || start_was_refused(cx.capture, cx.session)
        || was_lost_to_a_fault(cx.capture, cx.session)
        || cx.was_sent_early(EventType::Play)
    {
        return None;
    }
    let completed = cx.lanes.contexts.partition_point(|context| !context.completed());
    let completed = u32::try_from(completed).ok().filter(|at| *at < cx.len());
    let last = cx.len().checked_sub(1)?;
    if of_unknown_type() {
        return None;
    }
    // After a pre-roll A010 says it.
    if ads::unannounced_content(cx).is_some() {
        return None;
    }
    match (movement(cx).filter(|_| !cx.session.content.live), completed) {
        (Some(movement), _) => Some(never_played(cx, &movement)),
        (None, Some(at)) => Some(completed_without_play(cx, at)),
        (None, None) if cx.session.ending == Ending::CutOff => None,
        (None, None) => Some(dropped_before_start(cx, last)),
    }
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    let lone = cx.sessions().zip(cx.viewings()).filter(|(_, viewing)| viewing.twin.is_none());
    for report in lone.filter_map(|(session, _)| check_session(&session)) {
        found.report(report);
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let session = cx.session;
    let edit = match movement(session).filter(|_| !session.session.content.live) {
        Some(Movement { begins: (here, last), .. }) => {
            let (from, to) = (session.playhead(last)?, session.playhead(here)?);
            // It was started when the playhead began to pass.
            let passed = ((to.0 - from.0) * 1000.0).round() as i64;
            let ts = session.ts(here)?.0.saturating_sub(passed).max(session.ts(last)?.0.saturating_add(1));
            cx.insertion_at(EventType::Play, session.id(here)?, TsMillis(ts), from)
        }
        None => None,
    };
    Fix::proposed("Insert `play` where the playhead begins to move", vec![edit?])
}

//! MC-X006.

use serde_json::json;

use crate::declare_rule;
use crate::metrics::lanes::PlaybackPhase;
use crate::model::event_type::EventType;
use crate::model::machine::Playback;
use crate::model::policy::StateSpelling;
use crate::model::session::Ending;
use crate::rules::context::{SessionCx, SessionsCx};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::lifecycle::{first_main_play, had_expired};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The session before, of the same media and viewer, timed out: the back end closed it, or the client itself ended it
    /// after 30 min of pause. Player states that were active then are not started again in this session. Names are compared
    /// without case (D10, policy `state-spelling`).
    ///
    /// Said when main content has begun to play: until then they may still come.
    ///
    /// ## Why it matters
    ///
    /// States belong to a session. A viewer who is in full screen before a long pause is in full screen after it, but for
    /// the reports only if `stateStart` is sent again, right after `sessionStart`. Otherwise state time is too short.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=3600
    /// +0    sessionStart
    /// +0    play
    /// +5    stateStart name=fullscreen
    /// +10   ping
    /// +20   pauseStart
    /// +30..+1820/10 ping
    /// +1820 sessionEnd
    ///
    /// @vod length=3600 at=+2000 ph=20 media.resume=true
    /// +0    sessionStart            # info: states-not-resent
    /// +0    play
    /// +10   ping
    /// +15   sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=3600
    /// +0    sessionStart
    /// +0    play
    /// +5    stateStart name=fullscreen
    /// +10   ping
    /// +20   pauseStart
    /// +30..+1820/10 ping
    /// +1820 sessionEnd
    ///
    /// @vod length=3600 at=+2000 ph=20 media.resume=true
    /// +0    sessionStart
    /// +0    stateStart name=fullscreen
    /// +0    play
    /// +10   ping
    /// +15   sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `player-state/overview.md` (long pause). The SDKs replay active states in a new session.
    pub static STATES_NOT_RESENT = {
        code: "MC-X006",
        name: "states-not-resent",
        summary: "Active player states are not started again after a time-out",
        family: States,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Sessions(check),
        fix: fix,
    }
}

fn states_not_resent(cx: &SessionCx<'_>, earlier: &SessionCx<'_>, lost: &[(&str, u32)]) -> Report {
    let names: Vec<String> = lost.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let (noun, verb) = if lost.len() == 1 { ("state", "was") } else { ("states", "were") };
    let message = format!(
        "player {noun} {} {verb} active when the session before timed out, but {verb} not started again",
        names.join(", "),
    );
    let report = cx.report(0, message);
    lost.iter().fold(report, |report, (_, start)| report.related(earlier.id(*start), "state started here"))
}

/// The session had timed out before `later` began, or the client closed it when it would have.
fn timed_out(cx: &SessionCx<'_>, later: &SessionCx<'_>) -> bool {
    if cx.session.ending == Ending::Completed {
        return false;
    }
    let end = cx.lanes.contexts.partition_point(|context| !context.ended());
    let end = u32::try_from(end).ok().filter(|end| cx.event_type(*end) == Some(EventType::SessionEnd));
    let then = end.and_then(|end| cx.ts(end)).or(later.ts(0));
    end.is_some_and(|end| idled_out(cx, end)) || then.is_some_and(|then| had_expired(cx, then))
}

/// The client ended the session after a pause so long that the SDKs do (N15), even if the playhead went on, as that of
/// live content may.
fn idled_out(cx: &SessionCx<'_>, end: u32) -> bool {
    let waits = |phase: &&PlaybackPhase| matches!(phase.playback, Playback::Paused | Playback::Buffering);
    let earlier = cx.lanes.playback.iter().rev().skip_while(|phase| phase.start >= end);
    let since = earlier.take_while(waits).last().and_then(|phase| cx.ts(phase.start));
    let limit_secs = cx.settings.numbers.still_playhead_timeout_mins * 60.0;
    since.zip(cx.ts(end)).is_some_and(|(since, end)| end.secs_since(since) >= limit_secs)
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    let exact = cx.settings.policy.state_spelling == StateSpelling::Exact;
    let same = |a: &str, b: &str| if exact { a == b } else { a.eq_ignore_ascii_case(b) };
    for (session, viewing) in cx.sessions().zip(cx.viewings()) {
        let Some(earlier) = viewing.before.and_then(|before| cx.session(before)) else { continue };
        let resent = |name: &str| session.lanes.player_states.iter().any(|phase| same(&phase.name, name));
        let active = earlier.lanes.player_states.iter().filter(|phase| phase.end.is_none());
        let lost: Vec<(&str, u32)> = active
            .filter(|phase| !resent(&phase.name))
            .map(|phase| (phase.name.as_str(), phase.start))
            .collect();
        let plays = || first_main_play(&session).is_some();
        if !lost.is_empty() && plays() && timed_out(&earlier, &session) {
            found.report(states_not_resent(&session, &earlier, &lost));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let starts = cx.finding.related.iter().filter_map(|related| cx.session.capture.event(related.event));
    let began = starts.flat_map(|start| start.state_changes()).filter(|change| change.begins);
    let mut edits = Vec::new();
    for name in
        began.map(|change| change.name).filter(|name| cx.finding.message.contains(&format!("\"{name}\"")))
    {
        let params = json!({ "media.state.name": name });
        edits.push(cx.insertion(EventType::StateStart, Some(params), cx.event()?, Side::After)?);
    }
    Fix::proposed("Start the player states again after the `sessionStart`", edits)
}

//! MC-X007.

use serde_json::json;

use super::is_spelled_otherwise;
use super::mending::odd_name;
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::model::session::Ending;
use crate::rules::context::{OddityCx, quoted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A player state is still active at the end of the session. Silent where the recording stops first, and
    /// for a state whose spelling changes (X005) when the policy `state-spelling` (D10) tells its spellings apart.
    ///
    /// ## Why it matters
    ///
    /// A state may outlive the session: the viewer closes a player that is in full screen. Then its time counts up to the
    /// end of the session. If every session ends so, the `stateEnd` is missing, and the time in the state is too long.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=mute     # info: state-never-ended
    /// +10  ping
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=mute
    /// +10  stateEnd name=mute
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed in sessions of Adobe's SDKs (FP49); the names: `player-state/overview.md`.
    pub static STATE_NEVER_ENDED = {
        code: "MC-X007",
        name: "state-never-ended",
        summary: "A player state is still active at the end of the session",
        family: States,
        level: Info,
        certainty: Observed,
        origin: Payload,
        when: AtTheEnd,
        check: Check::Oddity(&[OddityKind::StateNeverEnded], check),
        fix: fix,
    }
}

fn state_never_ended(cx: &OddityCx<'_>) -> Report {
    let (name, time) = (quoted(cx.odd.name.as_deref().unwrap_or_default()), cx.session.at(cx.odd.at));
    cx.report(format!("player state {name}, started at {time}, is still active at the end of the session"))
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    let name = cx.odd.name.as_deref().unwrap_or_default();
    if cx.session.session.ending != Ending::CutOff && !is_spelled_otherwise(cx.session, name) {
        found.report(state_never_ended(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let name = odd_name(cx, OddityKind::StateNeverEnded)?;
    let last = cx.session.id(cx.session.len().checked_sub(1)?)?;
    let is_end =
        |at| matches!(cx.session.event_type(at), Some(EventType::SessionEnd | EventType::SessionComplete));
    let side = if is_end(cx.session.len() - 1) { Side::Before } else { Side::After };
    let params = json!({ "media.state.name": name });
    let edit = cx.insertion(EventType::StateEnd, Some(params), last, side)?;
    Fix::proposed(format!("End player state {} with the session", quoted(name)), vec![edit])
}

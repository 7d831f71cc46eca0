//! MC-X002.

use super::mending::{odd_name, without_change};
use super::{is_spelled_otherwise, odd_beside_unread};
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::machine::{Oddity, OddityKind};
use crate::rules::context::{SessionCx, quoted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `stateEnd` (or `statesUpdate`) ends a player state that is not active. Silent for a state that may have begun before
    /// the recording, and for the end that belongs to a start that X001 or X003 has named or that has no name to be read
    /// (S004, S005, S007). Names are compared without
    /// letter case; with the policy `state-spelling: exact` (D10) by the letter, and a state whose spelling changes is
    /// left to X005.
    ///
    /// ## Why it matters
    ///
    /// The SDKs refuse such a call. There is nothing to end: the start was lost, or the end is sent twice.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  stateEnd name=mute     # warn: state-ended-while-inactive
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
    /// Observed: the mobile SDKs refuse it (FP49).
    pub static STATE_ENDED_WHILE_INACTIVE = {
        code: "MC-X002",
        name: "state-ended-while-inactive",
        summary: "A player state is ended while it is not active",
        family: States,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn state_ended_while_inactive(cx: &SessionCx<'_>, odd: &Oddity, name: &str) -> Report {
    let time = cx.at(odd.at);
    cx.report(odd.at, format!("player state \"{name}\" is ended at {time} although it is not active"))
}

/// True for the end of a player state whose start was sent before the session's id was known (H014).
fn began_early(cx: &SessionCx<'_>, odd: &Oddity) -> bool {
    let began = [EventType::StateStart, EventType::StatesUpdate].iter().any(|of| cx.was_sent_early(*of));
    let mut same = cx.lanes.player_states.iter().filter(|phase| Some(&phase.name) == odd.name.as_ref());
    began && same.all(|phase| phase.start > odd.at)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for odd in odd_beside_unread(cx, OddityKind::StateEndedWhileInactive, EventType::StateStart) {
        let name = odd.name.as_deref().unwrap_or_default();
        if !is_spelled_otherwise(cx, name) && !began_early(cx, odd) {
            found.report(state_ended_while_inactive(cx, odd, name));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let name = odd_name(cx, OddityKind::StateEndedWhileInactive)?;
    let title = format!("Remove the end of player state {}", quoted(name));
    Fix::proposed(title, without_change(cx, name, false)?)
}

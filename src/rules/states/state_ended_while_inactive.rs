//! MC-X002.

use super::is_spelled_otherwise;
use super::mending::{odd_name, without_change};
use crate::declare_rule;
use crate::model::machine::OddityKind;
use crate::rules::context::{OddityCx, quoted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// `stateEnd` (or `statesUpdate`) ends a player state that is not active. Silent for a state that may have begun before
    /// the recording, and for the end that belongs to a start that X001 or X003 has named. Names are compared without
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
        check: Check::Oddity(&[OddityKind::StateEndedWhileInactive], check),
        fix: fix,
    }
}

fn state_ended_while_inactive(cx: &OddityCx<'_>) -> Report {
    let (name, time) = (cx.odd.name.as_deref().unwrap_or_default(), cx.session.at(cx.odd.at));
    cx.report(format!("player state \"{name}\" is ended at {time} although it is not active"))
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    let name = cx.odd.name.as_deref().unwrap_or_default();
    if !is_spelled_otherwise(cx.session, name) {
        found.report(state_ended_while_inactive(cx));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let name = odd_name(cx, OddityKind::StateEndedWhileInactive)?;
    let title = format!("Remove the end of player state {}", quoted(name));
    Fix::proposed(title, without_change(cx, name, false)?)
}

//! MC-X003.

use crate::declare_rule;
use crate::model::limits::MAX_PLAYER_STATES;
use crate::model::machine::OddityKind;
use crate::rules::context::OddityCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A session keeps ten distinct player state names, active or not; each further name is reported once. One name may start
    /// and end as often as it likes. With the policy `state-spelling: exact` (D10) names that differ by letter case are
    /// two names, else one.
    ///
    /// ## Why it matters
    ///
    /// States beyond the tenth are discarded: they are in no report.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +1   stateStart name=a1
    /// +1.1 stateStart name=a2
    /// +1.2 stateStart name=a3
    /// +1.3 stateStart name=a4
    /// +1.4 stateStart name=a5
    /// +1.5 stateStart name=a6
    /// +1.6 stateStart name=a7
    /// +1.7 stateStart name=a8
    /// +1.8 stateStart name=a9
    /// +1.9 stateStart name=a10
    /// +2   stateStart name=a11    # error: too-many-states
    /// +3   stateEnd name=a11
    /// +10  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +1   stateStart name=a1
    /// +1.1 stateStart name=a2
    /// +1.2 stateStart name=a3
    /// +2   stateEnd name=a1
    /// +3   stateStart name=a1
    /// +10  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `player-state/overview.md`.
    pub static TOO_MANY_STATES = {
        code: "MC-X003",
        name: "too-many-states",
        summary: "More than ten distinct player states in a session",
        family: States,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Oddity(&[OddityKind::TooManyStates], check),
    }
}

fn too_many_states(cx: &OddityCx<'_>) -> Report {
    let (name, time) = (cx.odd.name.as_deref().unwrap_or_default(), cx.session.at(cx.odd.at));
    cx.report(format!(
        "player state \"{name}\" at {time} comes after {MAX_PLAYER_STATES} others of the session: it is discarded"
    ))
}

fn check(cx: &OddityCx<'_>, found: &mut Findings<'_>) {
    found.report(too_many_states(cx));
}

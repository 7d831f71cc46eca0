//! MC-X001.

use super::mending::{odd_name, without_change};
use super::odd_beside_unread;
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
    /// `stateStart` (or `statesUpdate`) starts a player state that is active. Names are compared without letter case, since
    /// the documents spell full screen in two ways (D10); with the policy `state-spelling: exact` they are two names.
    /// Silent after an end that has no name to be read (S004, S005, S007).
    ///
    /// ## Why it matters
    ///
    /// The SDKs refuse such a call. On the wire it may count as a second use of the state, or be dropped.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=fullscreen
    /// +10  stateStart name=fullscreen    # warn: state-started-twice
    /// +15  stateEnd name=fullscreen
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=fullscreen
    /// +10  stateEnd name=fullscreen
    /// +12  stateStart name=fullscreen
    /// +15  stateEnd name=fullscreen
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Observed: the mobile SDKs refuse it (FP49). The names: `player-state/overview.md`.
    pub static STATE_STARTED_TWICE = {
        code: "MC-X001",
        name: "state-started-twice",
        summary: "A player state is started while it is active",
        family: States,
        level: Warn,
        certainty: Observed,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn state_started_twice(cx: &SessionCx<'_>, odd: &Oddity) -> Report {
    let (name, time) = (odd.name.as_deref().unwrap_or_default(), cx.at(odd.at));
    let since = odd.related.map_or_else(String::new, |start| cx.at(start));
    cx.report(
        odd.at,
        format!("player state \"{name}\" is started at {time} although it is active since {since}"),
    )
    .related(odd.related.and_then(|start| cx.id(start)), "state started here")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for odd in odd_beside_unread(cx, OddityKind::StateStartedTwice, EventType::StateEnd) {
        found.report(state_started_twice(cx, odd));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let name = odd_name(cx, OddityKind::StateStartedTwice)?;
    let title = format!("Remove the second start of player state {}", quoted(name));
    Fix::proposed(title, without_change(cx, name, true)?)
}

//! MC-X005.

use super::first_spelling_of;
use super::mending::{named, rename};
use crate::declare_rule;
use crate::metrics::states::Spelling;
use crate::model::policy::StateSpelling;
use crate::rules::context::{SessionCx, quoted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// A session spells the name of a player state in two ways that differ by letter case only: one finding per further
    /// spelling, at its first use.
    ///
    /// The documents themselves spell full screen in two ways (D10). With the policy `state-spelling: case-insensitive`
    /// (the default) both are one state; with `exact` they are two, which begin, end and count apart.
    ///
    /// ## Why it matters
    ///
    /// The report keys are in lower case, so that both spellings meet there. But whoever pairs starts with ends by the
    /// letter sees one state that never ends and another that ends without a start, and each takes one of the ten names
    /// that a session may have.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=fullScreen
    /// +10  stateEnd name=fullscreen      # warn: state-spelling-mixed
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=fullScreen
    /// +10  stateEnd name=fullScreen
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `player-state/overview.md`, `full-screen-count.md` (lower-case keys); the two spellings: D10.
    pub static STATE_SPELLING_MIXED = {
        code: "MC-X005",
        name: "state-spelling-mixed",
        summary: "Names of player states that differ by letter case only",
        family: States,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn state_spelling_mixed(cx: &SessionCx<'_>, first: &Spelling, other: &Spelling) -> Report {
    let effect = match cx.settings.policy.state_spelling {
        StateSpelling::CaseInsensitive => "taken for one state",
        StateSpelling::Exact => "taken for two states",
    };
    let message = format!(
        "player state {} at {} was {} at {}: the names differ by letter case only, {effect}",
        quoted(&other.name),
        cx.at(other.first),
        quoted(&first.name),
        cx.at(first.first),
    );
    cx.report(other.first, message).related(cx.id(first.first), "the first spelling")
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let firsts = first_spelling_of(cx);
    for spelling in cx.state_names() {
        let first =
            firsts.get(&spelling.name.to_ascii_lowercase()).filter(|first| first.name != spelling.name);
        if let Some(first) = first {
            found.report(state_spelling_mixed(cx, first, spelling));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let at = cx.at()?;
    let here = cx.session.state_names().iter().filter(|spelling| spelling.first == at);
    let name = named(cx, here.map(|spelling| spelling.name.as_str()))?;
    let firsts = first_spelling_of(cx.session);
    let first = firsts.get(&name.to_ascii_lowercase())?.name.as_str();
    let title = format!("Spell player state {} as before, {}", quoted(name), quoted(first));
    Fix::safe(title, rename(cx, name, first))
}

//! MC-X004.

use std::collections::BTreeMap;

use super::mending::{odd_name, rename};
use crate::declare_rule;
use crate::model::limits::MAX_STATE_NAME_CHARS;
use crate::model::machine::OddityKind;
use crate::rules::context::{SessionCx, quoted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The name of a player state is 1 to 64 letters, digits, `_` and `.`. Each invalid name is reported once, at its
    /// first use, with the number of its uses.
    ///
    /// ## Why it matters
    ///
    /// The name becomes part of a report key: a state whose name cannot be one is in no report.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name="full screen"     # error: state-name-invalid
    /// +10  stateEnd name="full screen"
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=split_screen
    /// +10  stateEnd name=split_screen
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `player-state/overview.md`.
    pub static STATE_NAME_INVALID = {
        code: "MC-X004",
        name: "state-name-invalid",
        summary: "A player state's name is not 1–64 letters, digits, `_` and `.`",
        family: States,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn state_name_invalid(cx: &SessionCx<'_>, name: &str, at: u32, n_uses: u32) -> Report {
    let n_chars = name.chars().count();
    let why = match n_chars {
        0 => "is empty".to_owned(),
        n if n > MAX_STATE_NAME_CHARS => format!("has {n} characters"),
        _ => "has other characters".to_owned(),
    };
    let message = format!(
        "player state {} at {} {why}: a name is 1 to {MAX_STATE_NAME_CHARS} letters, digits, `_` and `.`",
        quoted(name),
        cx.at(at),
    );
    cx.report(at, message).count(n_uses)
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    // By name: its first use, and how many there are.
    let mut uses: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for odd in cx.lanes.odd(OddityKind::StateNameInvalid) {
        uses.entry(odd.name.as_deref().unwrap_or_default()).or_insert((odd.at, 0)).1 += 1;
    }
    for (name, (at, n_uses)) in uses {
        found.report(state_name_invalid(cx, name, at, n_uses));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let name = odd_name(cx, OddityKind::StateNameInvalid)?;
    let allowed =
        |char: char| if char.is_ascii_alphanumeric() || matches!(char, '_' | '.') { char } else { '_' };
    let right: String = name.chars().take(MAX_STATE_NAME_CHARS).map(allowed).collect();
    let title = format!("Rename player state {} to {}", quoted(name), quoted(&right));
    Fix::proposed(title, rename(cx, name, &right)).filter(|_| !right.is_empty())
}

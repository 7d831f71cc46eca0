//! MC-X008.

use rustc_hash::FxHashSet;

use super::first_spelling_of;
use super::mending::{named, rename};
use crate::declare_rule;
use crate::metrics::states::Spelling;
use crate::rules::context::{SessionCx, quoted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// The name of a player state equals a standard one (`closedCaptioning`, `mute`, `pictureInPicture`, `inFocus`, full
    /// screen) but for letter case. Full screen is named in either spelling, since the sources disagree (D10):
    /// the documents have `fullScreen` and `fullscreen`; the mobile SDKs send `fullscreen`, the JavaScript and Chromecast
    /// SDKs `fullScreen`. Whether the two are one state or not, this rule speaks once per name, and is silent where `state-spelling-mixed` names it.
    ///
    /// ## Why it matters
    ///
    /// Report keys are in lower case, so that spellings usually meet there. If a full-screen metric stays empty although
    /// the state was sent, the spelling is the first thing to compare between the platforms.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=fullscreen      # info: state-spelling-unusual
    /// +10  stateEnd name=fullscreen
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +5   stateStart name=pictureInPicture
    /// +10  stateEnd name=pictureInPicture
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `player-state/overview.md`, `full-screen-count.md` (D10). Who sends which: FP48.
    pub static STATE_SPELLING_UNUSUAL = {
        code: "MC-X008",
        name: "state-spelling-unusual",
        summary: "A standard player state in unusual letter case, or full screen in either spelling",
        family: States,
        level: Info,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

/// The standard names beside full screen. Source: `player-state/overview.md`.
const STANDARD: [&str; 4] = ["closedCaptioning", "mute", "pictureInPicture", "inFocus"];
/// Full screen in lower case.
const FULL_SCREEN: &str = "fullscreen";
/// Its two spellings, with who sends them (FP48).
const FULL_SCREENS: [(&str, &str); 2] =
    [("fullscreen", "the mobile SDKs"), ("fullScreen", "the JavaScript and Chromecast SDKs")];

fn state_spelling_unusual(cx: &SessionCx<'_>, spelling: &Spelling) -> Option<Report> {
    let (name, time) = (spelling.name.as_str(), cx.at(spelling.first));
    let usual = if name.eq_ignore_ascii_case(FULL_SCREEN) {
        let by = |(known, who)| format!("{who} send \"{known}\"");
        FULL_SCREENS.map(by).join(", ")
    } else {
        let standard = STANDARD.iter().find(|standard| standard.eq_ignore_ascii_case(name))?;
        if *standard == name {
            return None;
        }
        format!("the standard name is \"{standard}\"")
    };
    Some(cx.report(spelling.first, format!("player state {} at {time}: {usual}", quoted(name))))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let firsts = first_spelling_of(cx);
    let is_further = |spelling: &&Spelling| {
        firsts.get(&spelling.name.to_ascii_lowercase()).is_some_and(|first| first.name != spelling.name)
    };
    let mixed: FxHashSet<String> =
        cx.state_names().iter().filter(is_further).map(|other| other.name.to_ascii_lowercase()).collect();
    for spelling in cx.state_names() {
        if !mixed.contains(&spelling.name.to_ascii_lowercase())
            && let Some(report) = state_spelling_unusual(cx, spelling)
        {
            found.report(report);
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let at = cx.at()?;
    let here = cx.session.state_names().iter().filter(|spelling| spelling.first == at);
    let name = named(cx, here.map(|spelling| spelling.name.as_str()))?;
    // Of full screen both spellings are in use.
    let standard = STANDARD.iter().find(|standard| standard.eq_ignore_ascii_case(name))?;
    Fix::safe(
        format!("Spell player state {} as {}", quoted(name), quoted(standard)),
        rename(cx, name, standard),
    )
}

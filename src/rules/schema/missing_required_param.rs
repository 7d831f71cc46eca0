//! MC-S004.

use crate::declare_rule;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// The keys that the type requires are in `params`: eight for `sessionStart`, two for `adBreakStart`, four for
    /// `adStart`, three for `chapterStart`, one for `stateStart` and `stateEnd`. One finding for each key that is
    /// absent, at the object that lacks it (mostly `/params`); all of them are named, also when the recorded answer
    /// was 201. Silent when the key is there in a wrong spelling or place (S006, S007, S008), and for text that leaves
    /// something out (K008).
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400. Without its `sessionStart` the whole session is lost; in a batch one such
    /// event discards all.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart -media.channel   # error: missing-required-param
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.channel="news"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-req-params.md`, `mc-api-custom-meta.md` (the eight of `sessionStart`).
    pub static MISSING_REQUIRED_PARAM = {
        code: "MC-S004",
        name: "missing-required-param",
        summary: "A parameter that this event type requires is absent",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
    }
}

fn missing_required_param(cx: &EventCx<'_>, violation: &Violation, name: &str) -> Report {
    let name = super::quoted(name);
    let message = if violation.pointer == "/params" {
        format!("{name} is missing: `{}` requires it", cx.event.type_name())
    } else {
        format!("{name} is missing in {}", super::field(&violation.pointer))
    };
    cx.report(message).pointer(violation.pointer.as_str())
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if cx.is_elided() {
        return;
    }
    for violation in cx.violations {
        let ViolationKind::MissingParam { name } = &violation.kind else { continue };
        if !super::is_elsewhere(cx, name) {
            found.report(missing_required_param(cx, violation, name));
        }
    }
}

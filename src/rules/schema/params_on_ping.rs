//! MC-S010.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::quality;
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// A `ping` carries nothing in `params`. An empty `params` passes. What stands in it is not named again by S007
    /// and S008; quality values in it are Q001, unless the policy `qoe-place: also-params` (D3) has Q001 silent.
    ///
    /// ## Why it matters
    ///
    /// The page says not to send it; the server may refuse the ping with 400, and then the playhead of the last ten
    /// seconds is lost. By the schema set `documented` it is refused.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping params.media.name="The title"   # warn: params-on-ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.name="The title"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `ping.md` (no `params`).
    pub static PARAMS_ON_PING = {
        code: "MC-S010",
        name: "params-on-ping",
        summary: "A ping that carries parameters",
        family: Schema,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn params_on_ping(cx: &EventCx<'_>, n_params: usize) -> Report {
    let parameters = if n_params == 1 { "a parameter" } else { &format!("{n_params} parameters") };
    cx.report(format!("`ping` carries {parameters} in `params`, it should have none")).pointer("/params")
}

/// True for a key in the `params` of a ping: this rule says it for all of them.
pub(super) fn is_of_it(cx: &EventCx<'_>, violation: &Violation) -> bool {
    cx.event.event_type() == Some(EventType::Ping)
        && super::parent(&violation.pointer) == "/params"
        && matches!(violation.kind, ViolationKind::ParamNotAllowed { .. })
        && !quality::is_named(cx, violation)
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let n_params = cx.violations.iter().filter(|violation| is_of_it(cx, violation)).count();
    if n_params > 0 {
        found.report(params_on_ping(cx, n_params));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    Fix::safe("Take `params` out of the ping", cx.remove_value()?)
}

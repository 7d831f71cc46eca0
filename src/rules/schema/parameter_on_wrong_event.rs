//! MC-S008.

use crate::declare_rule;
use crate::model::json::pointer_tokens;
use crate::model::parameter::{Parameter, Section};
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::quality;
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// A key that the API knows stands on an event type that carries it, and in the right object: `media.ad.*` keys on
    /// ad events, keys of `params` not in `qoeData`. Leans on D4: the newest error page shows `media.errorId` inside
    /// `params` of `error`, where it passes. Silent on `ping` (S010), and for `media.qoe.*` inside `params`, which is
    /// Q001 (D3).
    ///
    /// ## Why it matters
    ///
    /// By the published schema the request is refused with 400.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart params.media.ad.podPosition=1   # error: parameter-on-wrong-event
    /// +0   adStart
    /// +10  adComplete
    /// +10  adBreakComplete
    /// +10  play
    /// +15  play params.media.name="The title"           # error: parameter-on-wrong-event
    /// +20  ping
    /// +22  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0   adBreakStart
    /// +0   adStart media.ad.podPosition=1
    /// +10  adComplete
    /// +10  adBreakComplete
    /// +10  play
    /// +15  play
    /// +20  ping
    /// +22  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-req-params.md` (which event carries which key).
    pub static PARAMETER_ON_WRONG_EVENT = {
        code: "MC-S008",
        name: "parameter-on-wrong-event",
        summary: "A known key on an event type or in an object that does not carry it",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn parameter_on_wrong_event(cx: &EventCx<'_>, violation: &Violation, known: &Parameter) -> Report {
    let key = known.key;
    let stands_in = super::parent(&violation.pointer).trim_start_matches('/');
    let message = match known.section.member() {
        Some(member) if member != stands_in => {
            format!("`{key}` stands in `{stands_in}`, it belongs into `{member}`")
        }
        _ => {
            let types: Vec<String> =
                known.carried_by.iter().map(|event_type| format!("`{event_type}`")).collect();
            format!("`{}` does not carry `{key}`: it belongs to {}", cx.event.type_name(), types.join(", "))
        }
    };
    cx.report(message).pointer(violation.pointer.as_str())
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    for violation in cx.violations {
        let ViolationKind::ParamNotAllowed { name } = &violation.kind else { continue };
        let Some(known) = Parameter::known_anywhere(name) else { continue };
        let named_elsewhere =
            quality::is_in_params(violation) || super::params_on_ping::is_of_it(cx, violation);
        if !named_elsewhere {
            found.report(parameter_on_wrong_event(cx, violation, known));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (pointer, json) = (cx.pointer()?, cx.json()?);
    let known = Parameter::known_anywhere(&pointer_tokens(pointer).pop()?)?;
    let event_type = cx.session.capture.event(cx.event()?)?.event_type()?;
    let (key, member) = (known.key, known.section.member()?);
    let path = format!("/{member}/{key}");
    if super::parent(pointer) != format!("/{member}")
        && (known.section == Section::QoeData || known.is_accepted_on(event_type))
        && json.pointer(&path).is_none()
    {
        let edits = cx.patch(vec![PatchOp::Move { from: pointer.to_owned(), path }])?;
        return Fix::proposed(format!("Move `{key}` into `{member}`"), edits);
    }
    Fix::proposed(format!("Leave out `{key}`"), cx.remove_value()?)
}

//! MC-Q001.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::parameter::{Parameter, Section};
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// Quality values (`media.qoe.*`) stand in `qoeData`, not in `params`. One finding for an event, whatever it has
    /// there. The sources disagree (D3): the published schema and the page about sending quality of experience have
    /// them in `qoeData`, and so do all SDKs; the newer variable pages show them inside `params` of `bitrateChange`.
    /// With the other reading (`qoe-place` = `also-params`, profile `lenient`) the rule is silent, and the values count
    /// there; the verdict of the schema set stays.
    ///
    /// ## Why it matters
    ///
    /// By the published schema `params` takes no other keys than its own: the request is refused with 400. Should the
    /// back end take it, the values are not read, and the report shows no bitrate, no dropped frames and no errors.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   bitrateChange -qoeData params.media.qoe.bitrate=800   # error: qoe-in-params
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   bitrateChange qoe.media.qoe.bitrate=800
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-sending-qoe.md`, `bitrate-change.md` (events), the schema sample in
    /// `mc-api-validate-reqs.md`. Otherwise: the pages of `variables/quality`.
    pub static QOE_IN_PARAMS = {
        code: "MC-Q001",
        name: "qoe-in-params",
        summary: "Quality values inside params",
        family: Quality,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn qoe_in_params(cx: &EventCx<'_>, first: &Violation, keys: &[String]) -> Report {
    let stand = if keys.len() == 1 { "stands" } else { "stand" };
    let of = cx.event.event_type().map_or("an event", EventType::name);
    let message =
        format!("{} {stand} in `params` of `{of}`: quality values belong into `qoeData`", keys.join(", "));
    cx.report(message).pointer(first.pointer.as_str())
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let named = || cx.violations.iter().filter(|violation| super::is_named(cx, violation));
    let Some(first) = named().next() else { return };
    let keys: Vec<String> = named()
        .filter_map(|violation| match &violation.kind {
            ViolationKind::ParamNotAllowed { name } => Some(format!("`{name}`")),
            _ => None,
        })
        .collect();
    found.report(qoe_in_params(cx, first, &keys));
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let json = cx.json()?;
    let params = json.get("params")?.as_object()?;
    let there = json.get("qoeData");
    let keys: Vec<&str> = params
        .keys()
        .filter_map(|key| Parameter::find(Section::QoeData, key).map(|known| known.key))
        .collect();
    let mut patch: Vec<PatchOp> = super::make_qoe_data(&json).into_iter().collect();
    for key in &keys {
        let from = format!("/params/{key}");
        patch.push(match there.and_then(|there| there.get(key)) {
            None => PatchOp::Move { from, path: format!("/qoeData/{key}") },
            // what stands in the right place already counts
            Some(_) => PatchOp::Remove { path: from },
        });
    }
    let needs_params = cx.session.capture.event(cx.event()?)?.event_type().is_some_and(needs_params);
    if keys.len() == params.len() && !needs_params {
        patch.push(PatchOp::Remove { path: "/params".to_owned() });
    }
    Fix::safe("Move the quality values to `qoeData`", cx.patch(patch)?)
}

/// True for types that must have `params`.
fn needs_params(event_type: EventType) -> bool {
    Parameter::find(Section::Root, "params").is_some_and(|params| params.required_for.contains(&event_type))
}

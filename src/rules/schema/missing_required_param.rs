//! MC-S004.

use crate::declare_rule;
use crate::model::parameter;
use crate::rules::ads::free_pod_index;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp, number};
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
        fix: fix,
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

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let event = cx.session.capture.event(cx.event()?)?;
    let (event_type, json) = (event.event_type()?, cx.json()?);
    let mut edits = Vec::new();
    let mut told = Vec::new();
    let absent = |key: &&str| json.pointer(&format!("/params/{key}")).is_none();
    // Where something is missing that nothing tells, the event cannot be mended.
    for key in parameter::required_params(event_type).filter(absent) {
        let value = match key {
            "media.ad.podIndex" => free_pod_index(cx.session).into(),
            "media.ad.podSecond" | "media.chapter.offset" => number(event.playhead()?.0),
            "media.ad.podPosition" => pod_position(cx)?.into(),
            _ => return None,
        };
        told.push(format!("`{key}` {value}"));
        edits.push(PatchOp::Add { path: format!("/params/{key}"), value });
    }
    Fix::proposed(format!("Add {}", told.join(" and ")), cx.patch(edits)?)
}

/// The place of an ad in its break, from 1.
fn pod_position(cx: &FixCx<'_>) -> Option<usize> {
    let (ads, at) = (&cx.session.lanes.ads, cx.at()?);
    let ad_break = ads.iter().find(|ad| ad.start == at)?.ad_break?;
    Some(ads.iter().filter(|ad| ad.ad_break == Some(ad_break) && ad.start <= at).count())
}

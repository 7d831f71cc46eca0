//! MC-S007.

use serde_json::Value;

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::json::pointer_token;
use crate::model::json::pointer_tokens;
use crate::model::parameter::Parameter;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// Every key in `params` and `qoeData` is one that some event type knows. Own keys belong into `customMetadata`.
    /// A misspelled key is named with the one that was meant; that this one is missing then is not said again (S004).
    /// Silent on `ping` (S010), and for a key that another type knows (S008).
    ///
    /// ## Why it matters
    ///
    /// The schemas allow no additional keys: the request is refused with 400.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart params.media.nmae="The title"   # error: unknown-parameter
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart media.name="The title" meta.campaign="spring"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `additionalProperties: false` in `params` and `qoeData` of the schema sample in
    /// `mc-api-validate-reqs.md`; the keys: `mc-api-req-params.md`, the variable pages, swagger, Adobe's SDKs.
    pub static UNKNOWN_PARAMETER = {
        code: "MC-S007",
        name: "unknown-parameter",
        summary: "A key in params or qoeData that no event type knows",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn unknown_parameter(cx: &EventCx<'_>, violation: &Violation, name: &str, meant: Option<&str>) -> Report {
    let key = super::quoted(name);
    let parent = super::parent(&violation.pointer);
    let is_object = super::value_at(cx, violation).is_some_and(Value::is_object);
    let message = if !matches!(parent, "/params" | "/qoeData") {
        format!("{key} is no member of an entry of {}", super::field(super::parent(parent)))
    } else if is_object && !name.contains('.') {
        format!("{key} is no parameter of the API: keys are flat and dotted, such as `{name}.id`")
    } else if let Some(near) = meant {
        let missing = if is_missing(cx, near) { ", which is missing" } else { "" };
        format!("{key} is no parameter of the API: did you mean `{near}`{missing}?")
    } else {
        format!("{key} is no parameter of the API: own keys belong into `customMetadata`")
    };
    cx.report(message).pointer(violation.pointer.as_str())
}

fn is_missing(cx: &EventCx<'_>, key: &str) -> bool {
    let lacks = |violation: &Violation| matches!(&violation.kind, ViolationKind::MissingParam { name } if name == key);
    cx.violations.iter().any(lacks) && !cx.is_elided()
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    for (violation, meant) in super::with_meant(cx) {
        let ViolationKind::ParamNotAllowed { name } = &violation.kind else { continue };
        if Parameter::known_anywhere(name).is_none() && !super::params_on_ping::is_of_it(cx, violation) {
            found.report(unknown_parameter(cx, violation, name, meant));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (pointer, json) = (cx.pointer()?, cx.json()?);
    let (parent, name) = (super::parent(pointer), pointer_tokens(pointer).pop()?);
    let event_type = cx.session.capture.event(cx.event()?)?.event_type();
    let quoted = super::quoted(&name);
    let move_to = |path: String| cx.patch(vec![PatchOp::Move { from: pointer.to_owned(), path }]);
    let is_param = matches!(parent, "/params" | "/qoeData");
    let near = super::nearest_param(event_type, &name).filter(|_| is_param);
    let right = near.and_then(|near| {
        let member = Parameter::known_anywhere(near)?.section.member()?;
        Some((near, format!("/{member}/{near}"))).filter(|(_, path)| json.pointer(path).is_none())
    });
    if let Some((near, path)) = right {
        let (title, edits) = (format!("Rename {quoted} to `{near}`"), move_to(path)?);
        return if near.eq_ignore_ascii_case(&name) {
            Fix::safe(title, edits)
        } else {
            Fix::proposed(title, edits)
        };
    }
    let path = format!("/customMetadata/{}", pointer_token(&name));
    let carries = event_type.is_some_and(|event_type| METADATA_TYPES.contains(&event_type));
    let is_own = near.is_none() && is_param && cx.value()?.is_string() && json.pointer(&path).is_none();
    if is_own && carries {
        Fix::proposed(format!("Move {quoted} into `customMetadata`"), move_to(path)?)
    } else {
        Fix::proposed(format!("Leave out {quoted}"), cx.remove_value()?)
    }
}

/// The types that carry metadata.
const METADATA_TYPES: [EventType; 3] = [EventType::SessionStart, EventType::AdStart, EventType::ChapterStart];

//! MC-Q007.

use serde_json::Value;

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::json;
use crate::model::policy::{ErrorId, SchemaSet};
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::{Check, Level, Wants};
use crate::rules::{quality, schema};

declare_rule! {
    /// ## What it checks
    ///
    /// `error` carries an id that is not empty. The sources disagree where (D4): swagger, the developer pages and all
    /// SDKs have it in `qoeData` as `media.qoe.errorID`, the newest error page in `params` as `media.errorId`. By default
    /// both count; an id in the second place alone is told as info, since no SDK sends it there. With one of the other
    /// readings (`error-id` = `qoe-data` or `params`) an id in the other place counts as missing. By the schema set
    /// `published-2018`, which knows neither key, the rule is silent. Silent when the id is there in another spelling,
    /// type or object (Q001, S005, S007, S008), and for text that leaves something out (K008).
    ///
    /// ## Why it matters
    ///
    /// The back end counts the error, but without an id it is in no list of error ids: nobody learns which error the
    /// viewers met.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   error -qoeData   # warn: error-without-id
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
    /// +5   error qoe.media.qoe.errorID="decoder-3" qoe.media.qoe.errorSource="player"
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: swagger and the developer pages (`qoeData`), `error.md` (`params`). Observed: what Adobe's SDKs send.
    pub static ERROR_WITHOUT_ID = {
        code: "MC-Q007",
        name: "error-without-id",
        summary: "An error that does not say which",
        family: Quality,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::Error]), check),
        fix: fix,
    }
}

const OF_QOE_DATA: &str = "media.qoe.errorID";
const OF_PARAMS: &str = "media.errorId";

fn error_without_id(cx: &EventCx<'_>, is_empty: bool) -> Report {
    let how = if is_empty { "has an empty id" } else { "has no id" };
    cx.report(format!("`error` {how}: set `{OF_QOE_DATA}` in `qoeData`")).pointer("/qoeData")
}

fn id_in_params_only(cx: &EventCx<'_>) -> Report {
    let message = format!(
        "`error` has its id in `params` as `{OF_PARAMS}` only: the documents disagree, and all SDKs send \
         `{OF_QOE_DATA}` in `qoeData`"
    );
    let report = cx.report(message).pointer(format!("/params/{OF_PARAMS}"));
    match cx.settings.policy.error_id {
        ErrorId::Both => report.level(Level::Info),
        ErrorId::QoeData | ErrorId::Params => report,
    }
}

fn id_in_qoe_data_only(cx: &EventCx<'_>) -> Report {
    let message = format!(
        "`error` has its id in `qoeData` as `{OF_QOE_DATA}` only: by the chosen reading of the documents `{OF_PARAMS}` in \
         `params` counts"
    );
    cx.report(message).pointer(format!("/qoeData/{OF_QOE_DATA}"))
}

fn is_empty(id: &Value) -> bool {
    id.as_str().is_some_and(|id| id.trim().is_empty())
}

/// True when a plain id stands where Adobe's SDKs send it: told without building the tree, which a healthy event never
/// needs.
fn has_plain_id(cx: &EventCx<'_>) -> bool {
    let mut has_id = false;
    cx.event.each_member("qoeData", |key, value| {
        if json::key_is(key, OF_QOE_DATA) {
            has_id = matches!(value, [b'"', first, ..] if first.is_ascii_alphanumeric());
        }
    });
    has_id
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if cx.settings.policy.error_id != ErrorId::Params && has_plain_id(cx) {
        return;
    }
    let is_elsewhere = || schema::is_elsewhere(cx, OF_QOE_DATA) || schema::is_elsewhere(cx, OF_PARAMS);
    let is_known = cx.settings.policy.schema_set != SchemaSet::Published2018;
    if !is_known || quality::is_unknown(cx) || is_elsewhere() {
        return;
    }
    let in_qoe_data = quality::value(cx, OF_QOE_DATA);
    let in_params = cx.json().and_then(|json| json.get("params")?.get(OF_PARAMS));
    let is_in_qoe_data = in_qoe_data.is_some_and(|id| !is_empty(id));
    let of_params_alone = cx.settings.policy.error_id == ErrorId::Params;
    if is_in_qoe_data && !of_params_alone {
        return;
    }
    match in_params {
        Some(id) if id.is_string() && !is_empty(id) && of_params_alone => {}
        Some(id) if id.is_string() && !is_empty(id) => found.report(id_in_params_only(cx)),
        // of another type: S005
        Some(id) if !id.is_string() => {}
        _ if is_in_qoe_data => found.report(id_in_qoe_data_only(cx)),
        _ => found.report(error_without_id(cx, in_qoe_data.or(in_params).is_some())),
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let json = cx.json()?;
    let id = json.get("params")?.get(OF_PARAMS).filter(|id| id.is_string() && !is_empty(id))?;
    let mut patch: Vec<PatchOp> = quality::make_qoe_data(&json).into_iter().collect();
    patch.push(PatchOp::Add { path: format!("/qoeData/{OF_QOE_DATA}"), value: id.clone() });
    Fix::safe("Copy the id to `qoeData`", cx.patch(patch)?)
}

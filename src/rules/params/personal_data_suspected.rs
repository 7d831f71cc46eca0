//! MC-P012.

use serde_json::Value;

use super::personal_data;
use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::json::{pointer_token, pointer_tokens};
use crate::model::table::EventFlags;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Wants};
use crate::rules::schema;

declare_rule! {
    /// ## What it checks
    ///
    /// Two looks. Values of `customMetadata` that contain an e-mail address, or are a phone number as a whole: one that
    /// begins with `+` and a country code, or is written as `(555) 555-0100` or `555-555-0100`. And values of `params`,
    /// those in `visitor.customerIDs` included, that are an e-mail address as a whole. Ids, dates, durations and plain
    /// numbers pass, and so do phone numbers in other forms. The message never quotes the value.
    ///
    /// ## Why it matters
    ///
    /// What is sent is kept for long, seen by everybody with access to the reports, and hard to remove. Most contracts
    /// and laws ask for a hashed or internal id instead.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart meta.user="viewer@example.com"   # info: personal-data-suspected
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart meta.user="8f14e45fceea167a"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: a form that looks like personal data may be something else, hence info only.
    pub static PERSONAL_DATA_SUSPECTED = {
        code: "MC-P012",
        name: "personal-data-suspected",
        summary: "A value that looks like an e-mail address or phone number",
        family: Params,
        level: Info,
        certainty: Advice,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart, EventType::AdStart, EventType::ChapterStart]), check),
        fix: fix,
    }
}

fn personal_data_suspected(cx: &EventCx<'_>, pointer: &str, is: &str) -> Report {
    let mut tokens = pointer_tokens(pointer).into_iter();
    let member = tokens.next().unwrap_or_default();
    let key = tokens.collect::<Vec<_>>().join("/");
    let message = format!("{} in `{member}` has the form of {is}", schema::quoted(&key));
    cx.report(message).pointer(pointer)
}

/// Calls `visit` with every text in `value`, and the pointer to it.
fn each_text(pointer: &str, value: &Value, visit: &mut impl FnMut(&str, &str)) {
    let mut inner =
        |token: &str, value| each_text(&format!("{pointer}/{}", pointer_token(token)), value, visit);
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| inner(key, value)),
        Value::Array(items) => {
            (0..).zip(items).for_each(|(index, value): (u32, _)| inner(&index.to_string(), value))
        }
        Value::String(text) => visit(pointer, text),
        _ => {}
    }
}

/// A phone number has at least so many digits.
const LEAST_DIGITS: usize = 7;

/// True when some text may be personal: told without building the tree, which a healthy event never needs.
fn may_have_some(cx: &EventCx<'_>) -> bool {
    let mut found = cx.event.may_hold(b'@');
    if !found && cx.event.row().flags.has(EventFlags::METADATA) {
        cx.event.each_member("customMetadata", |_, value| {
            found |= value.iter().filter(|byte| byte.is_ascii_digit()).count() >= LEAST_DIGITS;
        });
    }
    found
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if !may_have_some(cx) {
        return;
    }
    let Some(json) = cx.json().filter(|_| !cx.is_elided()) else { return };
    if let Some(custom) = json.get("customMetadata") {
        each_text("/customMetadata", custom, &mut |pointer, text| {
            if personal_data::has_email(text) {
                found.report(personal_data_suspected(cx, pointer, "an e-mail address"));
            } else if personal_data::is_phone(text) {
                found.report(personal_data_suspected(cx, pointer, "a phone number"));
            }
        });
    }
    if let Some(params) = json.get("params") {
        each_text("/params", params, &mut |pointer, text| {
            if personal_data::is_email(text.trim()) {
                found.report(personal_data_suspected(cx, pointer, "an e-mail address"));
            }
        });
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    // in `params` it may be what tells the viewer from others
    cx.pointer().filter(|pointer| pointer.starts_with("/customMetadata/"))?;
    Fix::proposed("Leave the value out", cx.remove_value()?)
}

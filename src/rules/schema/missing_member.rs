//! MC-S003.

use serde_json::Value;

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::exchange::Endpoint;
use crate::model::parameter;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp, number};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// `eventType` and `playerTime` are in every event, `playhead` and `ts` in every `playerTime`, and `params` in
    /// those types that need it. One finding for each that is absent, at the object that lacks it. Silent when the
    /// member is there under a wrong name (S006, S015), and for text that leaves something out (K008).
    ///
    /// ## Why it matters
    ///
    /// The request is refused with 400, the event is lost; in a batch all events are.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   adBreakStart
    /// +5   adStart -params   # error: missing-member
    /// +15  adComplete
    /// +15  adBreakComplete
    /// +15  play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +5   adBreakStart
    /// +5   adStart
    /// +15  adComplete
    /// +15  adBreakComplete
    /// +15  play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: the schema sample in `mc-api-validate-reqs.md`, the tables of `mc-api-req-params.md`.
    pub static MISSING_MEMBER = {
        code: "MC-S003",
        name: "missing-member",
        summary: "A member that every such event needs is absent",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn missing_member(cx: &EventCx<'_>, violation: &Violation, name: &str) -> Report {
    let field = super::field(&format!("{}/{name}", violation.pointer));
    let message = match cx.event.event_type() {
        Some(event_type) if name == "params" => {
            let keys: Vec<String> =
                parameter::required_params(event_type).map(|key| format!("`{key}`")).collect();
            let with = if keys.is_empty() { String::new() } else { format!(" with {}", keys.join(", ")) };
            format!("{field} is missing: `{event_type}` needs it{with}")
        }
        _ => format!("{field} is missing: every event needs it"),
    };
    cx.report(message).pointer(violation.pointer.as_str())
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if cx.is_elided() {
        return;
    }
    let renamed = super::renamed_keys(cx.violations);
    for violation in cx.violations {
        let ViolationKind::MissingMember { name } = &violation.kind else { continue };
        if !super::is_renaming(&renamed, violation) && !super::is_elsewhere(cx, name) {
            found.report(missing_member(cx, violation, name));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let json = cx.json()?;
    match cx.pointer()? {
        "/playerTime" => fix_player_time(cx, &json),
        "" if json.get("playerTime").is_none() => fix_player_time(cx, &json),
        "" if json.get("eventType").is_none() => {
            let opens = cx.session.capture.event(cx.event()?)?.exchange()?.endpoint() == Endpoint::Sessions;
            let start = EventType::SessionStart.name();
            let patch = vec![PatchOp::Add { path: "/eventType".to_owned(), value: start.into() }];
            Fix::proposed(format!("Send it as `{start}`"), cx.patch(patch)?).filter(|_| opens)
        }
        _ => None,
    }
}

/// What the event lacks of `playerTime`, as the event has it that arrived before it.
fn fix_player_time(cx: &FixCx<'_>, json: &Value) -> Option<Fix> {
    let before = cx.event_key()?.checked_sub(1)?;
    let before = cx.session.capture.event(*cx.session.session.by_arrival.get(before as usize)?)?;
    let (ts, playhead) = (before.ts()?.0.saturating_add(1), number(before.playhead()?.0));
    let mut lacks = vec![("ts", Value::from(ts)), ("playhead", playhead)];
    lacks.retain(|(key, _)| json.pointer(&format!("/playerTime/{key}")).is_none());
    let told: Vec<String> = lacks.iter().map(|(key, value)| format!("`{key}` {value}")).collect();
    let add = |(key, value)| PatchOp::Add { path: format!("/playerTime/{key}"), value };
    let edits = cx.patch(lacks.into_iter().map(add).collect())?;
    Fix::proposed(format!("Add {} from the event before", told.join(" and ")), edits)
}

//! MC-H007.

use serde_json::Value;

use crate::declare_rule;
use crate::model::id::EventId;
use crate::model::json::pointer_token;
use crate::rules::context::ExchangeCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// No request was answered 400. One finding per refused request, with what the server said; where its message names
    /// a field (by JSON pointer or by key) or an element of a batch, the finding stands there.
    ///
    /// ## Why it matters
    ///
    /// What was refused is not collected: an event is lost, with its `sessionStart` the whole session, with a batch
    /// everything in it.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping status=400 answer='{"message":"Request had improper format."}'   # error: refused
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-validate-reqs.md`, swagger (400, with a `message`).
    pub static REFUSED = {
        code: "MC-H007",
        name: "refused",
        summary: "The server answered 400",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        check: Check::Exchange(check),
    }
}

/// Longer messages of servers are cut.
const MAX_MESSAGE_CHARS: usize = 300;

fn refused(cx: &ExchangeCx<'_>, said: Option<&str>) -> Report {
    let what = match cx.exchange.row().n_events {
        0 => "this request",
        1 => "this event",
        _ => "this batch",
    };
    let message = match said {
        Some(said) => format!("the server refused {what} with 400: {}", said.trim_end_matches('.')),
        None => format!("the server refused {what} with 400, without saying why"),
    };
    cx.report(message)
}

fn check(cx: &ExchangeCx<'_>, found: &mut Findings<'_>) {
    let is_answer = cx.exchange.row().status == 400 && !super::is_injected(&cx.exchange);
    if !is_answer || cx.exchange.method() == "OPTIONS" {
        return;
    }
    let answer = cx.exchange.answer_body();
    let said = message_of(&answer);
    let mut report = refused(cx, said.as_deref());
    if let Some(said) = said {
        let (element, rest) = element_named(&said);
        let event = match element {
            Some(index) => cx.exchange.events().nth(index),
            None => cx.exchange.events().next().filter(|_| cx.exchange.row().n_events == 1),
        };
        if let Some(event) = event {
            report = report.event(Some(event));
            if let Some(pointer) = field_named(cx, event, rest) {
                report = report.pointer(pointer);
            }
        }
    }
    found.report(report);
}

/// What the server said: a member of the answer's object, or its text.
fn message_of(answer: &str) -> Option<String> {
    let from_json = serde_json::from_str::<Value>(answer).ok().and_then(|json| {
        let known = ["message", "detail", "error", "title"];
        known.iter().find_map(|member| Some(json.get(*member)?.as_str()?.to_owned()))
    });
    let text = from_json.unwrap_or_else(|| answer.trim().to_owned());
    let short: String = text.chars().take(MAX_MESSAGE_CHARS).collect();
    (!short.is_empty()).then_some(short)
}

/// The element of a batch that the message names, and the message from the place after its number on:
/// `/2/eventType: …`, `[2].eventType …`, `event 2: …`.
fn element_named(said: &str) -> (Option<usize>, &str) {
    let lead = ["/", "$[", "[", "element ", "event ", "index ", "item "];
    for (at, _) in said.char_indices() {
        let here = &said[at..];
        let Some(rest) = lead.iter().find_map(|word| here.strip_prefix(word)) else { continue };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let Ok(index) = rest[..digits].parse() {
            return (Some(index), rest[digits..].trim_start_matches(']'));
        }
    }
    (None, said)
}

/// The field that the message names: by JSON pointer, by a key that the schema complains about, or by a key of
/// the event.
fn field_named(cx: &ExchangeCx<'_>, event: EventId, said: &str) -> Option<String> {
    let event = cx.exchange.capture.event(event)?;
    let json = event.json()?;
    if let Some(pointer) = pointer_in(said, &json) {
        return Some(pointer);
    }
    let violations = cx.refusals.violations(&event);
    let complaint = violations.iter().find(|violation| names(said, key_of(violation)));
    complaint.map(|violation| violation.pointer.clone()).or_else(|| key_in(said, &json))
}

/// The first JSON pointer in the message that leads to something in the event, or into an object of it.
fn pointer_in(said: &str, json: &Value) -> Option<String> {
    let ends = |char: char| char.is_whitespace() || matches!(char, ':' | ',' | ';' | '"' | '\'' | '`' | ')');
    let candidates = said.match_indices('/').map(|(at, _)| {
        let rest = &said[at..];
        rest[..rest.find(ends).unwrap_or(rest.len())].trim_end_matches('.')
    });
    let leads = |pointer: &&str| {
        let parent = pointer.rfind('/').map_or("", |at| &pointer[..at]);
        pointer.len() > 1
            && (json.pointer(pointer).is_some() || !parent.is_empty() && json.pointer(parent).is_some())
    };
    candidates.into_iter().find(leads).map(str::to_owned)
}

fn key_of(violation: &Violation) -> &str {
    match &violation.kind {
        ViolationKind::MissingMember { name }
        | ViolationKind::MissingParam { name }
        | ViolationKind::UnknownMember { name }
        | ViolationKind::ParamNotAllowed { name } => name,
        ViolationKind::CustomValueNotText { key } | ViolationKind::CustomKeyInvalid { key } => key,
        _ => violation.pointer.rsplit('/').next().unwrap_or_default(),
    }
}

/// The longest key of the event that the message names.
fn key_in(said: &str, json: &Value) -> Option<String> {
    let members = json.as_object()?.iter().flat_map(|(member, value)| {
        let inner = value.as_object().into_iter().flatten();
        let inner =
            inner.map(move |(key, _)| (key, format!("/{}/{}", pointer_token(member), pointer_token(key))));
        std::iter::once((member, format!("/{}", pointer_token(member)))).chain(inner)
    });
    let named = members.filter(|(key, _)| names(said, key));
    named.max_by_key(|(key, _)| key.len()).map(|(_, pointer)| pointer)
}

/// True when the key stands in the message as a word of its own.
fn names(said: &str, key: &str) -> bool {
    let joins = |char: char| char.is_alphanumeric() || char == '_';
    !key.is_empty()
        && said.match_indices(key).any(|(at, _)| {
            let (before, after) = (&said[..at], &said[at + key.len()..]);
            let continues = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(joins));
            !before.ends_with(|char| joins(char) || char == '.') && !after.starts_with(joins) && !continues
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_element_of_a_batch_is_found_in_what_servers_say() {
        for (said, index) in [
            ("/2/eventType: `pong` is no event type", Some(2)),
            ("$[13].params invalid", Some(13)),
            ("event 4: bad", Some(4)),
            ("Request had improper format.", None),
            ("media.id missing / 3", None),
        ] {
            assert_eq!(element_named(said).0, index, "{said}");
        }
    }

    #[test]
    fn a_field_is_found_by_pointer_or_by_key() {
        let json = json!({"eventType": "play", "playerTime": {"ts": 1}, "params": {"media.id": "x", "media.id2": 1}});
        assert_eq!(pointer_in("at /params/media.id: bad", &json).as_deref(), Some("/params/media.id"));
        assert_eq!(
            pointer_in("/playerTime/playhead: missing", &json).as_deref(),
            Some("/playerTime/playhead")
        );
        assert_eq!(pointer_in("see /docs/errors", &json), None);
        assert_eq!(key_in("field media.id2 is wrong", &json).as_deref(), Some("/params/media.id2"));
        assert_eq!(key_in("'ts' must be…", &json).as_deref(), Some("/playerTime/ts"));
        assert_eq!(key_in("attempts", &json), None);
        assert_eq!(key_in("media.identity", &json), None);
    }

    #[test]
    fn what_the_server_said_is_taken_from_json_or_text() {
        assert_eq!(message_of(r#"{"message":"no"}"#).as_deref(), Some("no"));
        assert_eq!(message_of(" plain ").as_deref(), Some("plain"));
        assert_eq!(message_of(""), None);
    }
}

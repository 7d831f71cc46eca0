//! SARIF 2.1.0 (OASIS): what code scanning and its viewers read.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::shown::Shown;
use super::words::section;
use super::{Group, NumberedInput, Report, place};
use crate::model::capture::Capture;
use crate::model::table::{BodyKind, Event};
use crate::rules::finding::{Finding, Related, Severity};
use crate::rules::fix::{Edit, Fix, PatchOp};
use crate::rules::rule::{Level, Rule, page_text};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name of our fingerprint; the number rises when what goes into it changes.
const FINGERPRINT: &str = "playtraceFinding/v1";

/// Writes the report, indented, with a line break at the end.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut shown = Shown::new(report.redaction);
    let fired = report.judged().flat_map(|input| report.shown(input.judged));
    let rules: BTreeMap<&str, &Rule> = fired.map(|finding| (finding.rule.meta.code, finding.rule)).collect();
    let indices: FxHashMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": "Playtrace",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.values().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
        } },
        "invocations": [invocation(report, &mut shown)],
        "artifacts": artifacts(report),
        "columnKind": "unicodeCodePoints",
    });
    let (mut results, mut sessions) = (Vec::new(), Vec::new());
    for input in report.judged() {
        for group in report.groups(&input) {
            sessions.extend(session(&input, &group, &mut shown));
            let mut seen = FxHashMap::default();
            for finding in &group.findings {
                let mut result = result(&input, finding, &mut shown);
                result["ruleIndex"] = json!(indices.get(finding.rule.meta.code));
                result["partialFingerprints"] =
                    json!({ FINGERPRINT: fingerprint(&input, finding, &mut seen) });
                results.push(result);
            }
        }
    }
    run["results"] = Value::Array(results);
    run["properties"] = json!({ "sessions": sessions });
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// What a rule is.
fn descriptor(rule: &Rule) -> Value {
    let (meta, page) = (&rule.meta, page_text(rule));
    let mut properties =
        json!({ "family": meta.family.name(), "since": meta.since, "tags": [meta.family.name()] });
    if let Some(certainty) = meta.certainty {
        properties["certainty"] = json!(certainty);
    }
    let level = match meta.level {
        Level::Off => json!({ "enabled": false, "level": "none" }),
        Level::Info => json!({ "level": "note" }),
        Level::Warn => json!({ "level": "warning" }),
        Level::Error => json!({ "level": "error" }),
    };
    json!({
        "id": meta.code,
        "name": meta.name,
        "shortDescription": { "text": meta.summary },
        "fullDescription": { "text": section(rule, "What it checks") },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": level,
        "properties": properties,
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warn => "warning",
        Severity::Error => "error",
    }
}

/// How the run went: inputs that could not be read, and rules that failed inside.
fn invocation(report: &Report, shown: &mut Shown) -> Value {
    let mut notifications = Vec::new();
    let mut notify = |index: usize, path: &str, text: String| {
        notifications.push(json!({
            "level": "error",
            "message": { "text": message(&text) },
            "locations": [{ "physicalLocation": { "artifactLocation": artifact_location(path, index) } }],
        }));
    };
    for (index, input) in report.inputs.iter().enumerate() {
        match &input.outcome {
            Err(reason) => notify(index, &input.path, format!("not read: {}", shown.text(reason))),
            Ok(judged) => {
                if !judged.holds_something() {
                    notify(index, &input.path, "nothing of this API in it".to_owned());
                }
                judged
                    .judgement
                    .internal
                    .iter()
                    .for_each(|text| notify(index, &input.path, shown.text(text)));
            }
        }
    }
    json!({ "executionSuccessful": notifications.is_empty(), "toolExecutionNotifications": notifications })
}

fn artifacts(report: &Report) -> Vec<Value> {
    let artifact = |input: &super::Input| {
        let role = if input.path == "-" { "standardStream" } else { "analysisTarget" };
        let mut artifact = json!({ "location": { "uri": uri(&input.path) }, "roles": [role] });
        if let Ok(judged) = &input.outcome {
            artifact["length"] = json!(judged.capture.source.bytes().len());
            artifact["properties"] = json!({ "format": judged.capture.format.name() });
        }
        artifact
    };
    report.inputs.iter().map(artifact).collect()
}

/// What the JSON report says of a session, in short.
fn session(input: &NumberedInput<'_>, group: &Group<'_>, shown: &mut Shown) -> Option<Value> {
    let numbered = group.session.as_ref()?;
    Some(json!({
        "id": numbered.number,
        "input": input.number,
        "sid": numbered.session.sid.as_deref().map(|sid| shown.sid(sid)),
        "mode": numbered.session.mode.name(),
        "ending": numbered.session.ending.name(),
        "verdict": numbered.verdict.name(),
    }))
}

fn result(input: &NumberedInput<'_>, finding: &Finding, shown: &mut Shown) -> Value {
    let capture = &input.judged.capture;
    let related = finding.related.iter().zip(1..);
    let related: Vec<Value> =
        related.filter_map(|(related, id)| related_location(input, finding, related, id, shown)).collect();
    let event = finding.event.and_then(|event| capture.event(event));
    let mut location = location(input, place::range(capture, finding));
    if let Some(name) = logical_name(input, event.as_ref(), finding) {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "member" }]);
    }
    let mut result = json!({
        "ruleId": finding.rule.meta.code,
        "level": level(finding.severity),
        "message": { "text": message(&shown.message(input.number, capture, finding)) },
        "locations": [location],
        "occurrenceCount": finding.count,
    });
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    if let Some(fix) = input.judged.fix_of(finding).and_then(|fix| replacement(input, finding, fix, shown)) {
        result["fixes"] = json!([fix]);
    }
    result
}

/// A fix that replaces the value that the finding is about, as text of the file. Other fixes are edits of a session,
/// which a file cannot show.
fn replacement(input: &NumberedInput<'_>, finding: &Finding, fix: &Fix, shown: &mut Shown) -> Option<Value> {
    let capture = &input.judged.capture;
    let [Edit::Patch { event: key, patch }] = &fix.edits[..] else { return None };
    let [PatchOp::Replace { path, value }] = &patch[..] else { return None };
    let event = capture.event(finding.event?)?;
    let is_of_finding = Some(path.as_str()) == finding.pointer.as_deref()
        && place::index_in_session(capture, finding.session?, event.id) == usize::try_from(*key).ok();
    let is_masked = shown.fix_edits(input.number, capture, finding, fix) != json!(fix.edits);
    if !is_of_finding || is_masked {
        return None;
    }
    let text = match event.row().body.kind {
        BodyKind::Raw => value.to_string(),
        BodyKind::Escaped => {
            let quoted = json!(value.to_string()).to_string();
            quoted.get(1..quoted.len() - 1)?.to_owned()
        }
        BodyKind::Decoded => return None,
    };
    let physical = location(input, place::range(capture, finding).filter(|range| !range.is_empty()));
    let physical = &physical["physicalLocation"];
    let replacement = json!({
        "deletedRegion": physical.get("region")?,
        "insertedContent": { "text": text },
    });
    Some(json!({
        "description": { "text": message(&shown.fix_title(input.number, capture, finding, fix)) },
        "artifactChanges": [{
            "artifactLocation": physical["artifactLocation"],
            "replacements": [replacement],
        }],
    }))
}

fn related_location(
    input: &NumberedInput<'_>,
    finding: &Finding,
    related: &Related,
    id: u32,
    shown: &mut Shown,
) -> Option<Value> {
    let capture = &input.judged.capture;
    let event = capture.event(related.event)?;
    let mut location = location(input, place::event_range(&event, ""));
    location["id"] = json!(id);
    location["message"] = json!({ "text": message(&shown.label(input.number, capture, finding, related)) });
    Some(location)
}

fn location(input: &NumberedInput<'_>, range: Option<Range<u64>>) -> Value {
    // Artifacts are listed in the order of the inputs.
    let index = usize::try_from(input.number - 1).unwrap_or_default();
    let mut physical = json!({ "artifactLocation": artifact_location(input.path, index) });
    if let Some(range) = range {
        physical["region"] = region(&input.judged.capture, &range);
    }
    json!({ "physicalLocation": physical })
}

fn region(capture: &Capture, range: &Range<u64>) -> Value {
    let start = capture.source.place(range.start);
    let mut region = json!({ "startLine": start.line, "startColumn": start.column });
    if !range.is_empty() {
        let end = capture.source.place(range.end);
        region["endLine"] = json!(end.line);
        region["endColumn"] = json!(end.column);
    }
    region
}

/// `session 1/event 4/playerTime/ts`.
fn logical_name(input: &NumberedInput<'_>, event: Option<&Event<'_>>, finding: &Finding) -> Option<String> {
    let session = finding.session?;
    let mut name = format!("session {}", input.first_session + u64::from(session.0));
    if let Some(event) = event
        && let Some(index) = place::index_in_session(&input.judged.capture, session, event.id)
    {
        name.push_str(&format!("/event {index}{}", place::pointer(finding)));
    }
    Some(name)
}

/// The same for the same finding in every run, whatever its message says: of which rule, in which session and event
/// of the input, at which field; equal ones are numbered.
fn fingerprint(input: &NumberedInput<'_>, finding: &Finding, seen: &mut FxHashMap<String, u32>) -> String {
    let index = finding
        .session
        .zip(finding.event)
        .and_then(|(session, event)| place::index_in_session(&input.judged.capture, session, event));
    let text = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let key = [
        finding.rule.meta.code.to_owned(),
        text(finding.session.map(|session| u64::from(session.0))),
        text(index.map(|index| index as u64)),
        text(finding.exchange.filter(|_| index.is_none()).map(|exchange| u64::from(exchange.0))),
        place::pointer(finding).to_owned(),
    ]
    .join("\n");
    let n = seen.entry(key.clone()).or_default();
    *n += 1;
    format!("{:016x}", hash(&format!("{key}\n{n}")))
}

/// FNV-1a, 64 bits: small, and the same for ever.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// A sentence as a message: braces are placeholders and `[…](…)` is a link unless written so.
fn message(text: &str) -> String {
    place::printable(text).replace('{', "{{").replace('}', "}}").replace("](", "] (")
}

fn artifact_location(path: &str, index: usize) -> Value {
    json!({ "uri": uri(path), "index": index })
}

/// A path as a URI: relative as it was given, absolute ones as `file:`.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let has_drive = cfg!(windows) && path.as_bytes().get(1) == Some(&b':');
    let mut uri = match path.as_bytes().first() {
        Some(b'/') => "file://".to_owned(),
        _ if has_drive => "file:///".to_owned(),
        _ => String::new(),
    };
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris_relative_where_they_were() {
        assert_eq!(uri("a b/ü:1.har"), "a%20b/%C3%BC%3A1.har");
        assert_eq!(uri("../x#y?z%.har"), "../x%23y%3Fz%25.har");
        #[cfg(not(windows))]
        assert_eq!(uri("/tmp/a\\b"), "file:///tmp/a%5Cb");
    }

    #[test]
    fn a_payload_makes_no_link_and_no_placeholder() {
        assert_eq!(message("`{0}` is [y](z)"), "`{{0}}` is [y] (z)");
    }
}

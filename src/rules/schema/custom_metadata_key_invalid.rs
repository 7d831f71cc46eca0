//! MC-S012.

use crate::declare_rule;
use crate::model::json::pointer_tokens;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// Keys in `customMetadata` consist of letters (A to Z), digits, `_` and `.`. Values may hold anything.
    ///
    /// ## Why it matters
    ///
    /// By the published schema the request is refused with 400; Adobe's mobile SDKs drop such a key silently.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart json:/customMetadata={"page-name":"home"}   # error: custom-metadata-key-invalid
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart meta.page_name="Émission à l’affiche"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: the pattern in the schema sample of `mc-api-validate-reqs.md`.
    pub static CUSTOM_METADATA_KEY_INVALID = {
        code: "MC-S012",
        name: "custom-metadata-key-invalid",
        summary: "A customMetadata key with characters other than letters, digits, `.` and `_`",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn key_invalid(cx: &EventCx<'_>, violation: &Violation, key: &str) -> Report {
    let holds = match key.chars().find(|char| !is_allowed(*char)) {
        Some(' ') => "a space".to_owned(),
        Some(char) => format!("`{}`", char.escape_debug()),
        None => "nothing".to_owned(),
    };
    let key = super::quoted(key);
    let message = format!(
        "the `customMetadata` key {key} holds {holds}: only letters, digits, `_` and `.` may be in it"
    );
    cx.report(message).pointer(violation.pointer.as_str())
}

fn is_allowed(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '.')
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    for violation in cx.violations {
        if let ViolationKind::CustomKeyInvalid { key } = &violation.kind {
            found.report(key_invalid(cx, violation, key));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let pointer = cx.pointer()?;
    let key = pointer_tokens(pointer).pop()?;
    let right: String = key.chars().map(|char| if is_allowed(char) { char } else { '_' }).collect();
    let path = format!("{}/{right}", super::parent(pointer));
    if right.is_empty() || cx.json()?.pointer(&path).is_some() {
        return None;
    }
    let edits = cx.patch(vec![PatchOp::Move { from: pointer.to_owned(), path }])?;
    Fix::proposed(format!("Rename the key {} to `{right}`", super::quoted(&key)), edits)
}

//! MC-S006.

use crate::declare_rule;
use crate::model::json::{pointer_token, pointer_tokens};
use crate::model::parameter::{Parameter, Section};
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx, PatchOp};
use crate::rules::rule::{Check, Wants};
use crate::schema::{Violation, ViolationKind};

declare_rule! {
    /// ## What it checks
    ///
    /// An event has no other members than `eventType`, `playerTime`, `params`, `qoeData` and `customMetadata`, and
    /// `playerTime` none but `playhead` and `ts`, in this spelling. A misspelled member is named with the one that
    /// was meant; that this one is missing then is not said again (S003).
    ///
    /// ## Why it matters
    ///
    /// The schemas allow no additional members: the request is refused with 400, however right it looks.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping json:/playerTime/buffer=3    # error: unknown-member
    /// +12  ping json:/trackId="a1"           # error: unknown-member
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +15  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `additionalProperties: false` at the top level and in `playerTime` of the schema sample in
    /// `mc-api-validate-reqs.md`.
    pub static UNKNOWN_MEMBER = {
        code: "MC-S006",
        name: "unknown-member",
        summary: "A member at top level or in playerTime that the schema does not know",
        family: Schema,
        level: Error,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Violations, check),
        fix: fix,
    }
}

fn unknown_member(cx: &EventCx<'_>, violation: &Violation, name: &str, meant: Option<&str>) -> Report {
    let parent = super::parent(&violation.pointer);
    let of = match super::field(parent) {
        _ if parent.is_empty() => "an event".to_owned(),
        field => field,
    };
    let advice = match (belongs_into(name, parent), meant) {
        (Some(section), _) => format!("it belongs into `{section}`"),
        (None, Some(near)) if is_missing(cx, parent, near) => {
            format!("did you mean `{near}`, which is missing?")
        }
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => "the schema allows no others".to_owned(),
    };
    cx.report(format!("{} is no member of {of}: {advice}", super::quoted(name)))
        .pointer(violation.pointer.as_str())
}

/// The object that a known key belongs into, when it is not the one it stands in.
fn belongs_into(name: &str, parent: &str) -> Option<&'static str> {
    let in_time = Parameter::find(Section::PlayerTime, name).filter(|_| parent.is_empty());
    in_time.or_else(|| Parameter::known_anywhere(name))?.section.member()
}

fn is_missing(cx: &EventCx<'_>, parent: &str, member: &str) -> bool {
    cx.violations.iter().any(|violation| {
        violation.pointer == parent
            && matches!(&violation.kind, ViolationKind::MissingMember { name } if name == member)
    })
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let renamed = super::renamed_keys(cx.violations);
    for (violation, meant) in super::with_meant(cx) {
        let ViolationKind::UnknownMember { name } = &violation.kind else { continue };
        if !super::is_renaming(&renamed, violation) {
            found.report(unknown_member(cx, violation, name, meant));
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let (pointer, json) = (cx.pointer()?, cx.json()?);
    let parent = super::parent(pointer);
    let name = pointer_tokens(pointer).pop()?;
    let move_to = |path: String| cx.patch(vec![PatchOp::Move { from: pointer.to_owned(), path }]);
    let is_free = |path: &str| json.pointer(path).is_none();
    let quoted = super::quoted(&name);
    if let Some(section) = belongs_into(&name, parent) {
        let path = format!("/{section}/{}", pointer_token(&name));
        return Fix::proposed(format!("Move {quoted} into `{section}`"), move_to(path.clone())?)
            .filter(|_| is_free(&path));
    }
    match super::nearest_member(parent, &name) {
        Some(near) if is_free(&format!("{parent}/{near}")) => {
            let (title, edits) =
                (format!("Rename {quoted} to `{near}`"), move_to(format!("{parent}/{near}"))?);
            if near.eq_ignore_ascii_case(&name) {
                Fix::safe(title, edits)
            } else {
                Fix::proposed(title, edits)
            }
        }
        _ => Fix::proposed(format!("Leave out {quoted}"), cx.remove_value()?),
    }
}

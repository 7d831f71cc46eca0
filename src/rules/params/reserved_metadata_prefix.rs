//! MC-P006.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::model::json::pointer_token;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Level, Wants};
use crate::rules::schema;

declare_rule! {
    /// ## What it checks
    ///
    /// No key of `customMetadata` begins with `a.`, which is reserved, or equals a key of the same event's `params`. Any other
    /// key that begins with `media.` is told as info. Silent on events that carry no metadata (P007); whether
    /// `sessionStart` is one of them (D23) says the policy `metadata-types`.
    ///
    /// ## Why it matters
    ///
    /// Custom keys share the name space of the standard ones on their way into Analytics: such a key may overwrite the
    /// standard value, and the report shows the custom one in its place.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart meta.media.channel="web"   # warn: reserved-metadata-prefix
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart meta.site.channel="web"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-custom-meta.md` (avoid `media.`, `a.` is reserved).
    pub static RESERVED_METADATA_PREFIX = {
        code: "MC-P006",
        name: "reserved-metadata-prefix",
        summary: "A custom key that may overwrite a standard one",
        family: Params,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Event(Wants::Shapes(&[EventType::SessionStart, EventType::AdStart, EventType::ChapterStart]), check),
    }
}

fn reserved_metadata_prefix(cx: &EventCx<'_>, key: &str, is_in_params: bool) -> Report {
    let name = schema::quoted(key);
    let (why, level) = if key.starts_with("a.") {
        ("begins with `a.`, which is reserved", Level::Warn)
    } else if is_in_params {
        ("is a key of `params` too: it may overwrite that value", Level::Warn)
    } else {
        ("begins with `media.`: it may overwrite a standard value", Level::Info)
    };
    let pointer = format!("/customMetadata/{}", pointer_token(key));
    cx.report(format!("{name} in `customMetadata` {why}")).level(level).pointer(pointer)
}

/// True when some key may be reserved: told without building the tree, which a healthy event never needs.
fn may_have_one(cx: &EventCx<'_>) -> bool {
    let mut found = false;
    cx.event.each_member("customMetadata", |key, _| {
        found |= key.starts_with(b"a.") || key.starts_with(b"media.") || key.contains(&b'\\');
        if !found {
            cx.event.each_param(|param, _| found |= param == key || param.contains(&b'\\'));
        }
    });
    found
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    let Some(event_type) = cx.event.event_type() else { return };
    if !super::carries_metadata(event_type, &cx.settings.policy) {
        return;
    }
    if !may_have_one(cx) {
        return;
    }
    let params = super::member(cx, "params");
    for key in super::member(cx, "customMetadata").into_iter().flat_map(|custom| custom.keys()) {
        let is_in_params = params.is_some_and(|params| params.contains_key(key));
        if is_in_params || key.starts_with("a.") || key.starts_with("media.") {
            found.report(reserved_metadata_prefix(cx, key, is_in_params));
        }
    }
}

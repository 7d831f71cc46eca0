//! Faults of quality and of what reports need (families Q and P).

use playtrace::model::event_type::EventType::*;
use serde_json::{Value, json};

use super::mutation::{At, Draft, Mutation, breaks};

/// The faults of the families.
pub const TABLE: &[Mutation] = &[
    breaks("MC-Q001", "quality stands in params", |draft| {
        let place = draft.place(|at| at.is(BitrateChange))?;
        let event = draft.event(place);
        event.params = std::mem::take(&mut event.qoe_data);
        Some(())
    }),
    breaks("MC-Q002", "the bitrate is in bits", |draft| {
        quality(draft, "media.qoe.bitrate", json!(3_200_000), |_| true)
    }),
    breaks("MC-Q003", "dropped frames begin again", |draft| {
        quality(draft, "media.qoe.droppedFrames", json!(0), |at| {
            at.session.events[..at.index].iter().any(|event| {
                event.qoe_data.get("media.qoe.droppedFrames").is_some_and(|n| n.as_i64() > Some(0))
            })
        })
    }),
    breaks("MC-Q004", "the time to start grows", |draft| {
        quality(draft, "media.qoe.timeToStart", json!(9999), |at| {
            at.before().played && at.session.events[..at.index].iter().any(|event| !event.qoe_data.is_empty())
        })
    }),
    breaks("MC-Q005", "a bitrate change without a bitrate", |draft| {
        let place = draft.place(|at| at.is(BitrateChange))?;
        draft.event(place).qoe_data.shift_remove("media.qoe.bitrate").map(drop)
    }),
    breaks("MC-Q006", "a bitrate change to the same", |draft| {
        let place = draft.place(|at| at.is(BitrateChange) && at.gap_after() > 500)?;
        let quality = draft.event(place).qoe_data.clone();
        draft.add(place, 400, BitrateChange).qoe_data = quality;
        Some(())
    }),
    breaks("MC-Q007", "an error without id", |draft| {
        let place = draft.place(|at| at.is(Error))?;
        draft.event(place).qoe_data.shift_remove("media.qoe.errorID").map(drop)
    }),
    breaks("MC-Q008", "the time to start is in seconds", |draft| {
        draft.place(|at| at.is(BitrateChange))?;
        for event in draft.viewing.sessions.iter_mut().flat_map(|session| &mut session.events) {
            if let Some(value) = event.qoe_data.get_mut("media.qoe.timeToStart") {
                *value = json!(2);
            }
        }
        Some(())
    }),
    breaks("MC-P001", "nobody watches", |draft| {
        let place = draft.place(|at| at.index == 0)?;
        let params = &mut draft.event(place).params;
        params.shift_remove("visitor.marketingCloudUserId");
        params.shift_remove("appInstallationId");
        Some(())
    }),
    breaks("MC-P002", "no stream type", |draft| {
        let place = draft.place(|at| at.index == 0)?;
        draft.event(place).params.shift_remove("media.streamType").map(drop)
    }),
    breaks("MC-P003", "a content type of one's own", |draft| {
        start(draft, "media.contentType", json!("movie"), |at| !at.of_day())
    }),
    breaks("MC-P004", "a length of 0", |draft| start(draft, "media.length", json!(0), |at| !at.of_day())),
    breaks("MC-P005", "an empty media id", |draft| start(draft, "media.id", json!(""), |_| true)),
    breaks("MC-P006", "metadata that begins with a.", |draft| metadata(draft, "a.plan", "premium")),
    breaks("MC-P006", "metadata that hides a parameter", |draft| metadata(draft, "media.name", "Other name")),
    breaks("MC-P007", "metadata on play", |draft| {
        let place = draft.place(|at| at.is(Play))?;
        draft.event(place).custom_metadata.insert("plan".to_owned(), json!("premium"));
        Some(())
    }),
    breaks("MC-P008", "a visitor id on stored data", |draft| {
        start(draft, "analytics.visitorId", json!("visitor-4711"), |at| at.batch())
    }),
    breaks("MC-P009", "a tracking server with a scheme", |draft| {
        start(draft, "analytics.trackingServer", json!("https://metrics.example.com/b"), |_| true)
    }),
    breaks("MC-P010", "an organisation that is none", |draft| {
        start(draft, "visitor.marketingCloudOrgId", json!("0123456789ABCDEF"), |_| true)
    }),
    breaks("MC-P011", "a report suite with a space", |draft| {
        start(draft, "analytics.reportSuite", json!("garden suite"), |_| true)
    }),
    breaks("MC-P012", "an address in metadata", |draft| metadata(draft, "user", "somebody@example.com")),
    breaks("MC-P013", "another suite on the same device", |draft| {
        let place = draft.place(|at| at.index == 0 && at.event().params.contains_key("appInstallationId"))?;
        let last = draft.viewing.sessions.len() - 1;
        if last == 0 {
            return None;
        }
        draft
            .event((place.0.max(last), 0))
            .params
            .insert("analytics.reportSuite".to_owned(), json!("othersuite"));
        Some(())
    }),
    breaks("MC-P014", "a placeholder for the channel", |draft| {
        start(draft, "media.channel", json!("Unknown"), |_| true)
    }),
    breaks("MC-P014", "a placeholder for an ad", |draft| {
        let place = draft.place(|at| at.is(AdStart))?;
        draft.set(place, "media.ad.id", "N/A");
        Some(())
    }),
];

fn quality(draft: &mut Draft, key: &str, value: Value, wanted: impl Fn(At<'_>) -> bool) -> Option<()> {
    let place =
        draft.place(|at| at.event().qoe_data.get(key).is_some_and(|old| *old != value) && wanted(at))?;
    draft.event(place).qoe_data.insert(key.to_owned(), value);
    Some(())
}

fn start(draft: &mut Draft, key: &str, value: Value, wanted: impl Fn(At<'_>) -> bool) -> Option<()> {
    let place = draft.place(|at| at.index == 0 && wanted(at))?;
    draft.set(place, key, value);
    Some(())
}

fn metadata(draft: &mut Draft, key: &str, value: &str) -> Option<()> {
    let place = draft.place(|at| at.index == 0)?;
    draft.event(place).custom_metadata.insert(key.to_owned(), json!(value));
    Some(())
}

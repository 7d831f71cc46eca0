//! What holds at an event without standing in it: the metadata of its session, chapter and ad.
//!
//! Only the start of a session, a chapter and an ad has metadata; later events inherit it on the server
//! (Media Collection API, "params" and "customMetadata").

use serde_json::Value;

use super::loaded::LoadedCapture;
use crate::model::event_type::EventType;
use crate::model::id::EventId;
use crate::model::parameter::{Parameter, Section};
use crate::model::session::Session;
use crate::model::table::Event;

/// Whose metadata it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The session.
    Session,
    /// The chapter that is open.
    Chapter,
    /// The ad that is open.
    Ad,
}

/// The metadata that one start gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Inherited {
    /// Whose it is.
    pub owner: Owner,
    /// The event that it stands in.
    pub from: EventId,
    /// The values, in the order in which they were sent.
    pub values: Vec<Entry>,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key as sent.
    pub key: String,
    /// The value as JSON; a text without its quotes.
    pub value: String,
    /// What is known of it.
    pub parameter: Option<&'static Parameter>,
    /// True for a member of `customMetadata`.
    pub is_custom: bool,
}

/// What an event inherits, the session's first; without what stands in the event itself.
#[must_use]
pub fn inherited(loaded: &LoadedCapture, event: Event<'_>) -> Vec<Inherited> {
    let Some(session) = event.session().and_then(|session| loaded.capture.session(session)) else {
        return Vec::new();
    };
    let Some(position) = loaded.judged_position(event.id) else { return Vec::new() };
    let starts = starts(loaded, session, position);
    let starts = starts.into_iter().filter(|(_, from)| *from != event.id);
    starts.filter_map(|(owner, from)| of_start(loaded, owner, from)).collect()
}

/// What the start of a session says; nothing where there is none.
#[must_use]
pub fn of_session(loaded: &LoadedCapture, session: &Session) -> Vec<Entry> {
    let start = session_start(loaded, session).and_then(|from| of_start(loaded, Owner::Session, from));
    start.map(|start| start.values).unwrap_or_default()
}

fn session_start(loaded: &LoadedCapture, session: &Session) -> Option<EventId> {
    let first = loaded.judged_event(session, 0)?;
    let event_type = loaded.capture.event(first)?.event_type();
    (event_type == Some(EventType::SessionStart)).then_some(first)
}

/// The starts whose metadata holds at a position of the judged order.
fn starts(loaded: &LoadedCapture, session: &Session, position: u32) -> Vec<(Owner, EventId)> {
    let first = session_start(loaded, session);
    let mut starts: Vec<_> = first.map(|id| (Owner::Session, id)).into_iter().collect();
    let Some(lanes) = loaded.judged.as_ref().and_then(|judged| judged.lanes(session.id)) else {
        return starts;
    };
    let holds = |start: u32, end: Option<u32>| start <= position && end.is_none_or(|end| position <= end);
    let chapter = lanes.chapters.iter().rev().find(|chapter| holds(chapter.start, chapter.end));
    let ad = lanes.ads.iter().rev().find(|ad| holds(ad.start, ad.end));
    let open = [(Owner::Chapter, chapter.map(|it| it.start)), (Owner::Ad, ad.map(|it| it.start))];
    for (owner, start) in open {
        starts.extend(start.and_then(|at| Some((owner, loaded.judged_event(session, at)?))));
    }
    starts
}

fn of_start(loaded: &LoadedCapture, owner: Owner, from: EventId) -> Option<Inherited> {
    let json = loaded.capture.event(from)?.json()?;
    let members = |section: &str| json.get(section).and_then(Value::as_object).into_iter().flatten();
    let entry = |(key, value): (&String, &Value), is_custom: bool| Entry {
        key: key.clone(),
        value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        parameter: (!is_custom).then(|| Parameter::find(Section::Params, key)).flatten(),
        is_custom,
    };
    let params = members("params").map(|member| entry(member, false));
    let custom = members("customMetadata").map(|member| entry(member, true));
    Some(Inherited { owner, from, values: params.chain(custom).collect() })
}

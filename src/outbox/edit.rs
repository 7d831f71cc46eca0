//! Edits of a draft. All bytes that no edit names stay as they were captured.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::draft::{Draft, DraftRequest, events_in};
use super::json_text::{self, event_places};
use super::path::SESSIONS;
use crate::model::clock::ReceivedAt;
use crate::model::event_type::EventType;
use crate::model::json;
use crate::rules::fix::{Edit, PatchOp, Side};

/// Why an edit cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// No event has the key.
    #[error("the draft has no event {0}")]
    NoEvent(u32),
    /// The event has nothing there.
    #[error("event {event} has no place `{pointer}`")]
    NoPlace {
        /// Key of the event.
        event: u32,
        /// JSON pointer.
        pointer: String,
    },
    /// A batch cannot be taken apart.
    #[error("event {0} is not part of a batch")]
    NoBatch(u32),
}

/// The draft with these edits made, in order.
///
/// # Errors
/// The first edit that cannot be made; the draft given stays as it was.
pub fn apply(draft: &Draft, edits: &[Edit]) -> Result<Draft, EditError> {
    let mut open = Open::of(draft);
    for edit in edits {
        open.apply(edit)?;
    }
    Ok(open.close(draft))
}

/// A draft taken apart, so that a million edits cost a million times one.
struct Open<'d> {
    requests: Vec<OpenRequest<'d>>,
    /// Where each event is: request and place in it. Empty when it has to be made anew.
    places: FxHashMap<u32, (usize, usize)>,
    next_key: u32,
    sid: Option<&'d str>,
    bare: bool,
}

struct OpenRequest<'d> {
    /// Where the body comes from.
    like: &'d DraftRequest,
    received_at: Option<ReceivedAt>,
    method: Cow<'d, str>,
    path: Cow<'d, str>,
    headers: Cow<'d, [(String, String)]>,
    is_array: bool,
    events: Vec<OpenEvent<'d>>,
    /// True when events came, went or changed places; else only their texts are replaced.
    rearranged: bool,
    changed: bool,
}

struct OpenEvent<'d> {
    key: u32,
    text: Cow<'d, str>,
}

impl<'d> Open<'d> {
    fn of(draft: &'d Draft) -> Open<'d> {
        let requests = draft.requests.iter().map(|request| {
            let text = request.text().unwrap_or_default();
            let events = request.events.iter().map(|event| OpenEvent {
                key: event.index,
                text: Cow::Borrowed(text.get(event.span.clone()).unwrap_or_default()),
            });
            OpenRequest {
                like: request,
                received_at: request.received_at,
                method: Cow::Borrowed(&request.method),
                path: Cow::Borrowed(&request.path_and_query),
                headers: Cow::Borrowed(&request.headers),
                is_array: text.trim_start().starts_with('['),
                events: events.collect(),
                rearranged: false,
                changed: false,
            }
        });
        Open {
            requests: requests.collect(),
            places: FxHashMap::default(),
            next_key: draft.next_key,
            sid: draft.sid.as_deref(),
            bare: draft.bare,
        }
    }

    fn apply(&mut self, edit: &Edit) -> Result<(), EditError> {
        match edit {
            Edit::Patch { event, patch } => {
                let (request, at) = self.place(*event)?;
                let request = &mut self.requests[request];
                let text = &mut request.events[at].text;
                for op in patch {
                    let no_place =
                        || EditError::NoPlace { event: *event, pointer: pointer_of(op).to_owned() };
                    *text = Cow::Owned(patched(text, op).ok_or_else(no_place)?);
                }
                request.changed = true;
            }
            Edit::Insert { beside, side, value } => {
                let event = OpenEvent { key: self.next_key, text: Cow::Owned(value.to_string()) };
                self.put(event, *beside, *side)?;
                self.next_key = self.next_key.saturating_add(1);
            }
            Edit::Remove { event } => drop(self.take(*event)?),
            Edit::Move { event, beside, side } => {
                self.place(*beside)?;
                if event != beside {
                    let taken = self.take(*event)?;
                    self.put(taken, *beside, *side)?;
                }
            }
            Edit::SortByTs { batch } => {
                let (request, _) = self.batch(*batch)?;
                let request = &mut self.requests[request];
                // What has no ts stays behind the event that it came after.
                let mut latest = i64::MIN;
                let mut keyed: Vec<(i64, OpenEvent<'d>)> = (request.events.drain(..))
                    .map(|event| {
                        latest = event_places(&event.text).ts.map_or(latest, |ts| ts.value);
                        (latest, event)
                    })
                    .collect();
                keyed.sort_by_key(|(ts, _)| *ts);
                request.events = keyed.into_iter().map(|(_, event)| event).collect();
                request.rearranged = true;
                self.places.clear();
            }
            Edit::Wrap { event } => {
                let (request, _) = self.place(*event)?;
                let request = &mut self.requests[request];
                request.rearranged |= !request.is_array;
                request.is_array = true;
            }
            Edit::Unwrap { batch } => {
                let at = self.batch(*batch)?.0;
                let mut whole = self.requests.remove(at);
                let events = std::mem::take(&mut whole.events);
                let alone = events.into_iter().map(|event| whole.with(vec![event], false));
                self.requests.splice(at..at, alone.collect::<Vec<_>>());
                self.places.clear();
            }
            Edit::Cut { before } => {
                let (at, event) = self.batch(*before)?;
                if event > 0 {
                    let request = &mut self.requests[at];
                    let rest = request.events.split_off(event);
                    request.rearranged = true;
                    let rest = request.with(rest, true);
                    self.requests.insert(at + 1, rest);
                    self.places.clear();
                }
            }
            Edit::Method { event, method } => {
                let (request, _) = self.place(*event)?;
                self.requests[request].method = Cow::Owned(method.clone());
            }
            Edit::Path { event, path } => {
                let (request, _) = self.place(*event)?;
                self.requests[request].path = Cow::Owned(path.clone());
            }
            Edit::Header { event, name, value } => {
                let (request, _) = self.place(*event)?;
                let headers = self.requests[request].headers.to_mut();
                headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                headers.push((name.clone(), value.clone()));
            }
        }
        Ok(())
    }

    /// Where an event is.
    fn place(&mut self, key: u32) -> Result<(usize, usize), EditError> {
        if self.places.is_empty() {
            for (request, open) in self.requests.iter().enumerate() {
                let keys = open.events.iter().enumerate();
                self.places.extend(keys.map(|(at, event)| (event.key, (request, at))));
            }
        }
        self.places.get(&key).copied().ok_or(EditError::NoEvent(key))
    }

    /// Where an event of a batch is.
    fn batch(&mut self, key: u32) -> Result<(usize, usize), EditError> {
        let place = self.place(key)?;
        if self.requests[place.0].is_array { Ok(place) } else { Err(EditError::NoBatch(key)) }
    }

    /// Takes an event out, and its request when it carries nothing else.
    fn take(&mut self, key: u32) -> Result<OpenEvent<'d>, EditError> {
        let (at, event) = self.place(key)?;
        let request = &mut self.requests[at];
        let taken = request.events.remove(event);
        request.rearranged = true;
        if request.events.is_empty() {
            self.requests.remove(at);
        }
        self.places.clear();
        Ok(taken)
    }

    /// Puts an event beside another: into its batch, else into a request of its own.
    fn put(&mut self, event: OpenEvent<'d>, beside: u32, side: Side) -> Result<(), EditError> {
        let (at, neighbor) = self.place(beside)?;
        let after = usize::from(side == Side::After);
        self.places.clear();
        let request = &mut self.requests[at];
        if request.is_array {
            request.events.insert(neighbor + after, event);
            request.rearranged = true;
            return Ok(());
        }
        let path = self.path_of(at, &event);
        let (like, received_at) = (self.requests[at].like, self.arrival_of(at, neighbor, &event));
        let new = OpenRequest {
            like,
            received_at,
            method: Cow::Borrowed(&like.method),
            path,
            headers: Cow::Borrowed(&like.headers),
            is_array: false,
            events: vec![event],
            rearranged: true,
            changed: true,
        };
        self.requests.insert(at + after, new);
        Ok(())
    }

    /// When a new request beside another arrives: as long before or after it as they are stamped.
    fn arrival_of(&self, beside: usize, neighbor: usize, event: &OpenEvent<'_>) -> Option<ReceivedAt> {
        let beside = &self.requests[beside];
        let received_at = beside.received_at?;
        let ts = |event: &OpenEvent<'_>| event_places(&event.text).ts.map(|ts| ts.value);
        let millis = beside.events.get(neighbor).and_then(ts).zip(ts(event));
        let micros = millis.map_or(0, |(theirs, ours)| ours.saturating_sub(theirs).saturating_mul(1000));
        Some(ReceivedAt(received_at.0.saturating_add(micros)))
    }

    /// Where a new request beside another goes.
    fn path_of(&self, beside: usize, event: &OpenEvent<'_>) -> Cow<'d, str> {
        if self.bare {
            return Cow::Borrowed("");
        }
        if event_places(&event.text).event_type.as_deref() == Some(EventType::SessionStart.name()) {
            return Cow::Borrowed(SESSIONS);
        }
        let neighbor = &self.requests[beside].path;
        let is_events = |path: &str| path.split('?').next().is_some_and(|path| path.ends_with("/events"));
        let known = || self.requests.iter().find(|request| is_events(&request.path));
        if is_events(neighbor) {
            neighbor.clone()
        } else if let Some(request) = known() {
            request.path.clone()
        } else {
            Cow::Owned(format!("{SESSIONS}/{}/events", self.sid.unwrap_or("0")))
        }
    }

    fn close(self, draft: &Draft) -> Draft {
        let requests = self.requests.into_iter().map(OpenRequest::close).collect();
        Draft {
            session: draft.session,
            mode: draft.mode,
            sid: draft.sid.clone(),
            bare: draft.bare,
            requests,
            next_key: self.next_key,
        }
    }
}

impl<'d> OpenRequest<'d> {
    /// A request of the same kind with other events.
    fn with(&self, events: Vec<OpenEvent<'d>>, is_array: bool) -> OpenRequest<'d> {
        OpenRequest {
            like: self.like,
            received_at: self.received_at,
            method: self.method.clone(),
            path: self.path.clone(),
            headers: self.headers.clone(),
            is_array,
            events,
            rearranged: true,
            changed: true,
        }
    }

    fn close(self) -> DraftRequest {
        let body = self.body();
        let text = body.as_deref().and_then(|body| std::str::from_utf8(body).ok()).unwrap_or_default();
        let events = if self.changed || self.rearranged {
            events_in(text, &mut self.events.iter().map(|event| event.key))
        } else {
            self.like.events.clone()
        };
        DraftRequest {
            method: self.method.into_owned(),
            path_and_query: self.path.into_owned(),
            headers: self.headers.into_owned(),
            received_at: self.received_at,
            body,
            events,
        }
    }

    fn body(&self) -> Option<Vec<u8>> {
        if self.rearranged {
            let texts: Vec<&str> = self.events.iter().map(|event| &*event.text).collect();
            let joined = texts.join(",");
            return Some(if self.is_array { format!("[{joined}]") } else { joined }.into_bytes());
        }
        let text = self.like.text().filter(|_| self.changed);
        let Some(text) = text else { return self.like.body.clone() };
        let mut body = String::with_capacity(text.len());
        let mut copied = 0;
        for (event, captured) in self.events.iter().zip(&self.like.events) {
            body.push_str(text.get(copied..captured.span.start).unwrap_or_default());
            body.push_str(&event.text);
            copied = captured.span.end;
        }
        body.push_str(text.get(copied..).unwrap_or_default());
        Some(body.into_bytes())
    }
}

fn pointer_of(op: &PatchOp) -> &str {
    match op {
        PatchOp::Add { path, .. } | PatchOp::Remove { path } | PatchOp::Replace { path, .. } => path,
        PatchOp::Move { from, .. } => from,
    }
}

/// The text of an event after one operation; `None` when it has no such place.
fn patched(text: &str, op: &PatchOp) -> Option<String> {
    match op {
        PatchOp::Add { path, value } => added(text, path, &value.to_string()),
        PatchOp::Remove { path } => removed(text, path),
        PatchOp::Replace { path, value } => {
            json_text::find(text, path)?;
            added(text, path, &value.to_string())
        }
        PatchOp::Move { from, path } => {
            let value = text.get(json_text::find(text, from)?)?.to_owned();
            added(&removed(text, from)?, path, &value)
        }
    }
}

/// Sets the value at a pointer. A section (`params`, `qoeData`) that is not there yet is made.
fn added(text: &str, pointer: &str, value: &str) -> Option<String> {
    if let Some(span) = json_text::find(text, pointer) {
        return Some(spliced(text, span, value));
    }
    let (parent, key) = pointer.rsplit_once('/')?;
    let key = json::unescaped(key);
    let member = format!("{}:{value}", Value::String(key));
    let Some(object) = json_text::find(text, parent) else {
        return added(text, parent, &format!("{{{member}}}"));
    };
    let inside = text.get(object.clone())?;
    let members = json_text::members(inside)?;
    let (at, member) = match members.last() {
        Some(last) => (object.start + last.value_span.end, format!(",{member}")),
        None => (object.start + 1, member),
    };
    Some(spliced(text, at..at, &member))
}

/// Takes out the member or element at a pointer, every time that it is there.
fn removed(text: &str, pointer: &str) -> Option<String> {
    json_text::find(text, pointer)?;
    let (parent, key) = pointer.rsplit_once('/')?;
    let key = json::unescaped(key);
    let mut text = text.to_owned();
    loop {
        let object = json_text::find(&text, parent)?;
        let members = json_text::members(text.get(object.clone())?)?;
        let Some(at) = members.iter().position(|member| member.key == key) else { return Some(text) };
        let cut = json_text::member_cut(&members, at)?;
        text.replace_range(object.start + cut.start..object.start + cut.end, "");
    }
}

fn spliced(text: &str, span: std::ops::Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..span.start], &text[span.end..])
}

#[cfg(test)]
mod tests {
    use super::super::draft::{CapturedRequest, Content, SessionForSending};
    use super::*;
    use crate::model::session::Mode;
    use serde_json::json;

    #[track_caller]
    fn check_patch(event: &str, patch: Value, expected: Option<&str>) {
        let ops: Vec<PatchOp> = serde_json::from_value(patch).expect("a JSON Patch");
        let mut text = Some(event.to_owned());
        for op in &ops {
            text = text.and_then(|text| patched(&text, op));
        }
        assert_eq!(text.as_deref(), expected);
    }

    #[test]
    fn a_patch_changes_what_it_names_and_no_other_byte() {
        check_patch(
            r#"{ "a" : 1.50 , "b" : {"c" : "x"} }"#,
            json!([{"op": "replace", "path": "/b/c", "value": "y"}]),
            Some(r#"{ "a" : 1.50 , "b" : {"c" : "y"} }"#),
        );
        check_patch(r#"{"a":1}"#, json!([{"op": "replace", "path": "/b", "value": 1}]), None);
        check_patch(
            r#"{"params":{"x":"5"}}"#,
            json!([{"op": "move", "from": "/params/x", "path": "/qoeData/x"}]),
            Some(r#"{"params":{},"qoeData":{"x":"5"}}"#),
        );
        check_patch(r#"{"k":1, "l":2,"k":3}"#, json!([{"op": "remove", "path": "/k"}]), Some(r#"{"l":2}"#));
        check_patch(r#"{}"#, json!([{"op": "add", "path": "/a~1b", "value": [1]}]), Some(r#"{"a/b":[1]}"#));
        check_patch(r#"{"a":3}"#, json!([{"op": "add", "path": "/a/b", "value": 1}]), None);
        check_patch("no json", json!([{"op": "remove", "path": "/a"}]), None);
    }

    fn event(event_type: &str, ts: i64) -> String {
        format!(r#"{{"eventType":"{event_type}","playerTime":{{"playhead":0,"ts":{ts}}}}}"#)
    }

    fn draft(bodies: &[(&str, String)]) -> Draft {
        let requests = bodies.iter().map(|(path, body)| CapturedRequest {
            method: "POST".to_owned(),
            path_and_query: (*path).to_owned(),
            headers: vec![("Content-Type".to_owned(), "text/plain".to_owned())],
            received_at: None,
            body: Some(body.clone().into_bytes()),
        });
        Draft::new(SessionForSending {
            number: 1,
            mode: Mode::Online,
            sid: Some("s1".to_owned()),
            content: Content::Requests(requests.collect()),
        })
    }

    fn batch(order: &[(&str, i64)]) -> Draft {
        let events: Vec<String> = order.iter().map(|(event_type, ts)| event(event_type, *ts)).collect();
        draft(&[("/api/v1/downloaded", format!("[{}]\n", events.join(" , ")))])
    }

    fn online() -> Draft {
        draft(&[
            ("/api/v1/sessions", event("sessionStart", 1)),
            ("/api/v1/sessions/s1/events", event("play", 2)),
        ])
    }

    /// Keys and types of all events, request by request.
    fn shown(draft: &Draft) -> Vec<String> {
        let of_request = |request: &DraftRequest| {
            let events = request.events.iter();
            let events: Vec<String> = events
                .map(|event| format!("{} {}", event.index, event.places.event_type.as_deref().unwrap_or("?")))
                .collect();
            format!("{}: {}", request.path_and_query, events.join(", "))
        };
        draft.requests.iter().map(of_request).collect()
    }

    #[test]
    fn a_batch_is_sorted_and_keeps_the_keys_of_its_events() {
        let edits = [Edit::SortByTs { batch: 0 }, Edit::Remove { event: 2 }];
        let sorted =
            apply(&batch(&[("sessionStart", 1), ("ping", 30), ("bitrateChange", 5), ("play", 20)]), &edits);
        assert_eq!(shown(&sorted.expect("can be")), ["/api/v1/downloaded: 0 sessionStart, 3 play, 1 ping"]);
        assert_eq!(apply(&online(), &[Edit::SortByTs { batch: 0 }]).map(drop), Err(EditError::NoBatch(0)));
    }

    #[test]
    fn an_event_that_is_inserted_online_is_a_request_of_its_own_to_the_events_path() {
        let value: Value = serde_json::from_str(&event("adBreakStart", 2)).expect("JSON");
        let edits = [
            Edit::Insert { beside: 0, side: Side::After, value },
            Edit::Move { event: 1, beside: 2, side: Side::Before },
        ];
        let edited = apply(&online(), &edits).expect("can be");
        let expected = [
            "/api/v1/sessions: 0 sessionStart",
            "/api/v1/sessions/s1/events: 1 play",
            "/api/v1/sessions/s1/events: 2 adBreakStart",
        ];
        assert_eq!(shown(&edited), expected);
        assert_eq!(edited.next_key, 3);
    }

    #[test]
    fn an_object_becomes_a_batch_that_takes_the_other_events() {
        let edits = [Edit::Wrap { event: 0 }, Edit::Move { event: 1, beside: 0, side: Side::After }];
        let wrapped = apply(&online(), &edits).expect("can be");
        assert_eq!(shown(&wrapped), ["/api/v1/sessions: 0 sessionStart, 1 play"]);
        let body = wrapped.requests[0].text().expect("text");
        assert_eq!(body, format!("[{},{}]", event("sessionStart", 1), event("play", 2)));
    }

    #[test]
    fn a_batch_is_taken_apart_event_by_event_or_cut_in_two() {
        let whole = batch(&[("sessionStart", 1), ("play", 2), ("sessionStart", 3), ("play", 4)]);
        let cut = apply(&whole, &[Edit::Cut { before: 2 }, Edit::Cut { before: 0 }]).expect("can be");
        let expected =
            ["/api/v1/downloaded: 0 sessionStart, 1 play", "/api/v1/downloaded: 2 sessionStart, 3 play"];
        assert_eq!(shown(&cut), expected);
        let apart = apply(&whole, &[Edit::Unwrap { batch: 3 }]).expect("can be");
        assert_eq!(shown(&apart).len(), 4);
        assert_eq!(apart.requests[1].text(), Some(&*event("play", 2)));
        let no_batch = |edit| apply(&online(), &[edit]).map(drop);
        assert_eq!(no_batch(Edit::Unwrap { batch: 1 }), Err(EditError::NoBatch(1)));
        assert_eq!(no_batch(Edit::Cut { before: 1 }), Err(EditError::NoBatch(1)));
    }

    #[test]
    fn the_method_of_a_request_is_set() {
        let edited =
            apply(&online(), &[Edit::Method { event: 1, method: "PUT".to_owned() }]).expect("can be");
        assert_eq!([&edited.requests[0].method, &edited.requests[1].method], ["POST", "PUT"]);
    }

    #[test]
    fn an_inserted_event_arrives_as_far_from_its_neighbor_as_it_is_stamped() {
        let mut draft = online();
        draft.requests[1].received_at = Some(ReceivedAt(9_000_000));
        let value: Value = serde_json::from_str(&event("ping", 2_002)).expect("JSON");
        let edited = apply(&draft, &[Edit::Insert { beside: 1, side: Side::After, value }]).expect("can be");
        assert_eq!(edited.requests[2].received_at, Some(ReceivedAt(11_000_000)));
    }

    #[test]
    fn path_and_header_of_a_request_are_set_and_its_body_stays() {
        let edits = [
            Edit::Path { event: 0, path: "/api/v1/downloaded".to_owned() },
            Edit::Header { event: 0, name: "content-type".to_owned(), value: "application/json".to_owned() },
        ];
        let before = draft(&[("/api/v1/sessions", format!("[ {} ]", event("sessionStart", 1)))]);
        let after = apply(&before, &edits).expect("can be");
        assert_eq!(after.requests[0].body, before.requests[0].body);
        assert_eq!(shown(&after), ["/api/v1/downloaded: 0 sessionStart"]);
        assert_eq!(after.requests[0].headers, [("content-type".to_owned(), "application/json".to_owned())]);
    }

    #[test]
    fn an_edit_of_what_is_not_there_leaves_the_draft_alone() {
        let draft = online();
        assert_eq!(apply(&draft, &[Edit::Remove { event: 9 }]).map(drop), Err(EditError::NoEvent(9)));
        let patch = vec![PatchOp::Remove { path: "/params".to_owned() }];
        let error = apply(&draft, &[Edit::Patch { event: 1, patch }]).map(drop);
        assert_eq!(error, Err(EditError::NoPlace { event: 1, pointer: "/params".to_owned() }));
    }
}

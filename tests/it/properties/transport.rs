//! Faults of requests and batches (families H and B).

use playtrace::model::event_type::EventType::*;
use playtrace::player::capture::{PlayedBody, PlayedRequest};
use playtrace::player::viewing::{Delivery, PlayedEvent};
use serde_json::{Value, json};

use super::mutation::{At, Draft, Mutation, breaks, carried, is_batch};

/// The faults of the families.
pub const TABLE: &[Mutation] = &[
    breaks("MC-H001", "PUT instead of POST", |draft| {
        of_event(draft)?.method = "PUT";
        Some(())
    }),
    breaks("MC-H002", "the path lacks sessions", |draft| {
        let request = of_event(draft)?;
        request.url = request.url.replace("/sessions/", "/");
        Some(())
    }),
    breaks("MC-H003", "sent as plain text", |draft| {
        let index = draft.request(is_post)?;
        draft.requests()?[index].content_type = "text/plain;charset=UTF-8";
        Some(())
    }),
    breaks("MC-H004", "the host of the old protocol", |draft| {
        every(draft, |request| request.url = request.url.replace(".hb-api.", ".hb."))
    }),
    breaks("MC-H005", "without encryption", |draft| {
        every(draft, |request| request.url = request.url.replace("https:", "http:"))
    }),
    breaks("MC-H006", "the player forgets its id", |draft| {
        let first = draft.request(|request| carried(request) == Some("ping"))?;
        let completes = |request: &PlayedRequest| carried(request) == Some("sessionComplete");
        if draft.requests()?[..first].iter().any(completes) {
            return None;
        }
        let requests = draft.requests()?;
        let url = requests[first].url.clone();
        let other = format!("https://garden.hb-api.omtrdc.net/api/v1/sessions/{}/events", "5".repeat(64));
        // requests overtake one another: what was sent later counts
        let since = sent_at(&requests[first]);
        redirect(requests, &url, &other, |request| sent_at(request) >= since);
        Some(())
    }),
    breaks("MC-H007", "an event is refused", |draft| {
        of_event(draft)?.status = 400;
        Some(())
    }),
    breaks("MC-H008", "the server fails", |draft| {
        of_event(draft)?.status = 503;
        Some(())
    }),
    breaks("MC-H009", "sending on to a closed session", |draft| {
        if draft.viewing.sessions.len() > 1 {
            return None;
        }
        let first = draft.request(|request| carried(request) == Some("ping") && request.status == 204)?;
        let url = draft.requests()?[first].url.clone();
        let mut n = 0;
        for request in draft
            .requests()?
            .iter_mut()
            .skip(first)
            .filter(|request| request.url == url && request.method == "POST")
        {
            request.status = 404;
            n += 1;
        }
        (n > 3).then_some(())
    }),
    breaks("MC-H010", "an event is refused without a reason", |draft| {
        of_event(draft)?.status = 400;
        Some(())
    }),
    breaks("MC-H011", "an array to events", |draft| {
        let request = of_event(draft)?;
        let PlayedBody::Json(body) = &mut request.body else { return None };
        *body = Value::Array(vec![body.take()]);
        Some(())
    }),
    breaks("MC-H012", "a start to events, refused", |draft| {
        let place = draft
            .place(|at| at.online() && at.index > 0 && at.after().plays_main() && at.gap_after() > 10)?;
        let start = draft.event((place.0, 0)).clone();
        let event = draft.add(place, 1, SessionStart);
        (event.params, event.status) = (start.params, 400);
        Some(())
    }),
    breaks("MC-H013", "a ping to sessions", |draft| {
        let request = of_event(draft)?;
        request.url = "https://garden.hb-api.omtrdc.net/api/v1/sessions".to_owned();
        Some(())
    }),
    breaks("MC-H014", "sent before the id is known", |draft| {
        let place = archived(draft, |at| {
            at.online()
                && at.index == 0
                && at.gap_after() < 2000
                && matches!(at.later(), [first, ..] if matches!(first.event_type, Play | BufferStart | AdBreakStart))
        })?;
        draft.event(place).answered_after_millis = 3000;
        let start = draft.event(place).received_at;
        for event in &mut draft.events(place.0)[1..] {
            event.received_at = event.received_at.max(start + 3010);
        }
        let style = draft.viewing.style;
        let second = draft.event((place.0, 1)).body(style);
        let index = draft.request(|request| request.body == PlayedBody::Json(second.clone()))?;
        let requests = draft.requests()?;
        let request = &mut requests[index];
        (request.received_at, request.status) = (start + 800, 404);
        let (url, since) = (request.url.clone(), sent_at(request));
        let undefined = "https://garden.hb-api.omtrdc.net/api/v1/sessions/undefined/events";
        let body = request.body.clone();
        redirect(requests, &url, undefined, |request| sent_at(request) == since && request.body == body);
        Some(())
    }),
    breaks("MC-H016", "two requests at once", |draft| {
        let place = archived(draft, |at| {
            at.online() && at.index > 0 && at.later().len() > 1 && at.gap_after() > 0 && at.gap_after() < 3000
        })?;
        let next = draft.event((place.0, place.1 + 1)).received_at;
        let event = draft.event(place);
        event.answered_after_millis = (next - event.received_at).max(0) + 900;
        Some(())
    }),
    breaks("MC-H017", "an answer that takes seven seconds", |draft| {
        let place = archived(draft, |at| at.online() && at.is(Ping))?;
        draft.event(place).answered_after_millis = 7000;
        Some(())
    }),
    breaks("MC-O012", "queued events are stamped when they are sent", |draft| {
        let place = archived(draft, |at| {
            let queue = at.later().get(..3).unwrap_or_default();
            let types: Vec<_> = queue.iter().map(|event| event.event_type).collect();
            let differ =
                types.len() == 3 && types[0] != types[1] && types[1] != types[2] && types[0] != types[2];
            let room = at.later().get(3).is_some_and(|next| next.ts.0 > at.event().ts.0 + 5000);
            let short = queue.last().is_some_and(|last| last.ts.0 < at.event().ts.0 + 2500);
            at.online() && at.index == 0 && differ && room && short
        })?;
        draft.event(place).answered_after_millis = 3500;
        let start = draft.event(place).clone();
        let playhead = draft.event((place.0, 3)).playhead;
        for (n, event) in (0..).zip(&mut draft.events(place.0)[1..4]) {
            (event.ts.0, event.playhead) = (start.ts.0 + 3520, playhead);
            event.received_at = start.received_at + 3600 + n * 100;
        }
        Some(())
    }),
    breaks("MC-H015", "a request is repeated", |draft| {
        let index = draft.request(is_harmless)?;
        let mut again = draft.requests()?[index].clone();
        again.received_at += 400;
        draft.requests()?.insert(index + 1, again);
        Some(())
    }),
    breaks("MC-H018", "the answer has no Location", |draft| {
        let index = draft
            .request(|request| carried(request) == Some("sessionStart") && request.location.is_some())?;
        draft.requests()?[index].location = None;
        Some(())
    }),
    breaks("MC-H019", "an event is redirected", |draft| {
        let request = of_event(draft)?;
        request.status = 302;
        request.location = Some("https://other.hb-api.omtrdc.net/".to_owned());
        Some(())
    }),
    breaks("MC-H020", "a preflight is refused", |draft| {
        let index = draft.request(|request| carried(request) == Some("sessionEnd") && is_post(request))?;
        let request = &mut draft.requests()?[index];
        (request.method, request.body, request.status) = ("OPTIONS", PlayedBody::Empty, 403);
        request.received_at += 3000;
        Some(())
    }),
    breaks("MC-H023", "a hit of the old protocol", |draft| {
        let requests = draft.requests()?;
        let mut hit = requests.last()?.clone();
        hit.url =
            "https://garden.hb.omtrdc.net/?s:event:type=play&l:event:playhead=3&s:asset:video_id=garden"
                .to_owned();
        (hit.method, hit.body, hit.status, hit.location) = ("GET", PlayedBody::Empty, 204, None);
        *requests = vec![hit];
        Some(())
    }),
    breaks("MC-H021", "the device was offline", |draft| {
        let place = draft.place(|at| {
            let queue = at.later().get(..5).unwrap_or_default();
            let apart = queue.windows(2).all(|pair| pair[1].ts.0 - pair[0].ts.0 > 2000);
            let lasts = queue.last().map_or(0, |last| last.ts.0 - at.event().ts.0);
            let on_time = |event: &PlayedEvent| (event.received_at - event.ts.0).abs() < 900;
            let all_on_time = at.session.events.iter().all(on_time);
            at.online() && at.index > 2 && apart && (25_000..55_000).contains(&lasts) && all_on_time
        })?;
        let events = &mut draft.events(place.0)[place.1..];
        let back = events[5].ts.0 + 900;
        for (n, event) in (0..).zip(events.iter_mut()) {
            event.received_at = event.received_at.max(back + n * 20);
        }
        Some(())
    }),
    breaks("MC-H022", "a beacon that never left", |draft| {
        let index = draft.request(|request| carried(request) == Some("sessionEnd") && is_post(request))?;
        let request = &mut draft.requests()?[index];
        (request.method, request.body, request.status) = ("OPTIONS", PlayedBody::Empty, 204);
        request.received_at += 3000;
        Some(())
    }),
    breaks("MC-H024", "the start is refused three times", |draft| {
        let index = draft.request(|request| carried(request) == Some("sessionStart"))?;
        let requests = draft.requests()?;
        let mut start = requests[index].clone();
        (start.status, start.location) = (400, None);
        let starts = (0..3).map(|n| {
            let mut again = start.clone();
            again.received_at += n * 10_000;
            again
        });
        *requests = starts.collect();
        Some(())
    }),
    breaks("MC-B001", "a batch without its start", |draft| {
        let place = draft.place(|at| at.batch() && at.index == 0 && !at.later().is_empty())?;
        draft.remove(place);
        Some(())
    }),
    breaks("MC-B002", "an array to sessions without the flag", |draft| {
        let place = draft.place(|at| at.batch() && at.index == 0)?;
        let Delivery::Batch { legacy, .. } = &mut draft.viewing.sessions[place.0].delivery else {
            return None;
        };
        *legacy = true;
        draft.event(place).params.shift_remove("media.downloaded");
        Some(())
    }),
    breaks("MC-B003", "a live session that is flagged as stored", |draft| {
        let place = draft.place(|at| at.online() && at.index == 0)?;
        draft.set(place, "media.downloaded", true);
        Some(())
    }),
    breaks("MC-B004", "the deprecated path", |draft| {
        let place = draft
            .place(|at| at.batch() && at.index == 0 && !at.event().params.contains_key("media.downloaded"))?;
        let Delivery::Batch { legacy, .. } = &mut draft.viewing.sessions[place.0].delivery else {
            return None;
        };
        *legacy = true;
        draft.set(place, "media.downloaded", true);
        Some(())
    }),
    breaks("MC-B005", "two sessions in one batch", |draft| {
        let place = draft.place(|at| at.batch() && at.index == 0)?;
        let mut again = draft.events(place.0).clone();
        let after = again.last()?.ts.0 - again.first()?.ts.0 + 60_000;
        again.iter_mut().for_each(|event| event.ts.0 += after);
        draft.events(place.0).extend(again);
        if let Delivery::Batch { received_at, .. } = &mut draft.viewing.sessions[place.0].delivery {
            *received_at += after;
        }
        Some(())
    }),
    breaks("MC-B006", "a batch without its end", |draft| {
        let place = draft.place(|at| at.batch() && at.index == 0)?;
        draft.events(place.0).retain(|event| !matches!(event.event_type, SessionEnd | SessionComplete));
        Some(())
    }),
    breaks("MC-B008", "a batch that ends after it arrived", |draft| received(draft, -60_000)),
    breaks("MC-B009", "an empty batch", |draft| {
        let index = draft.request(is_batch)?;
        draft.requests()?[index].body = PlayedBody::Json(json!([]));
        Some(())
    }),
    breaks("MC-B010", "one bad element voids a batch", |draft| {
        let index = draft.request(is_batch)?;
        let PlayedBody::Json(body) = &mut draft.requests()?[index].body else { return None };
        body[0]["params"]["media.channel"] = json!(5);
        Some(())
    }),
    breaks("MC-B011", "a single event to downloaded", |draft| {
        let index = draft.request(|request| is_batch(request) && request.url.ends_with("downloaded"))?;
        let PlayedBody::Json(body) = &mut draft.requests()?[index].body else { return None };
        *body = body[0].take();
        Some(())
    }),
    breaks("MC-B012", "a batch of last year", |draft| received(draft, 100 * 86_400_000)),
    breaks("MC-B013", "stored sessions", |draft| received(draft, 20_000)),
];

/// A place in a capture that is written as an archive: only that has the times of answers.
fn archived(draft: &mut Draft, wanted: impl Fn(At<'_>) -> bool) -> Option<(usize, usize)> {
    let archive = draft.viewing.style.archive;
    draft.place(wanted).filter(|_| archive)
}

/// `ts` of the event that a request carries.
fn sent_at(request: &PlayedRequest) -> f64 {
    match &request.body {
        PlayedBody::Json(body) => body["playerTime"]["ts"].as_f64().unwrap_or(0.0),
        PlayedBody::Empty | PlayedBody::Text(_) => 0.0,
    }
}

/// Some of what goes to one address goes to another. A browser asks for that one too, and for the first only if
/// something is left there.
fn redirect(
    requests: &mut Vec<PlayedRequest>,
    from: &str,
    to: &str,
    concerned: impl Fn(&PlayedRequest) -> bool,
) {
    let moves = |request: &PlayedRequest| request.url == from && is_post(request) && concerned(request);
    let Some(first) = requests.iter().position(moves) else { return };
    let moved = requests.iter_mut().filter(|request| moves(request));
    moved.for_each(|request| to.clone_into(&mut request.url));
    let asks = |request: &PlayedRequest| request.url == from && request.method == "OPTIONS";
    let Some(asked) = requests.iter().position(asks) else { return };
    let again = PlayedRequest {
        received_at: requests[first].received_at,
        url: to.to_owned(),
        ..requests[asked].clone()
    };
    requests.insert(first, again);
    if !requests.iter().any(|request| request.url == from && is_post(request)) {
        requests.retain(|request| !asks(request));
    }
}

fn is_post(request: &PlayedRequest) -> bool {
    request.method == "POST"
}

/// A request with an event that changes nothing in its session.
fn is_harmless(request: &PlayedRequest) -> bool {
    is_post(request) && matches!(carried(request), Some("ping" | "error" | "bitrateChange"))
}

fn of_event(draft: &mut Draft) -> Option<&mut PlayedRequest> {
    let index = draft.request(is_harmless)?;
    draft.requests()?.get_mut(index)
}

fn every(draft: &mut Draft, change: impl Fn(&mut PlayedRequest)) -> Option<()> {
    draft.requests()?.iter_mut().for_each(change);
    Some(())
}

/// The batch arrives so long after its last event.
fn received(draft: &mut Draft, millis: i64) -> Option<()> {
    let place = draft.place(|at| at.batch() && at.index == 0)?;
    let last = draft.events(place.0).last()?.ts.0;
    if let Delivery::Batch { received_at, .. } = &mut draft.viewing.sessions[place.0].delivery {
        *received_at = last + millis;
    }
    Some(())
}

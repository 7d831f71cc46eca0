//! The plan: draft and options → timed sends. Pure, and shown before anything is sent.
//!
//! Bodies go out as they are but for the digits of `ts`; only turning a batch into an online
//! session also drops `media.downloaded`, which a live session may not carry.

use super::draft::{Draft, DraftEvent, DraftRequest};
use super::json_text::{self, TsPlace};
use super::path::{SESSIONS, SendPath, api_path, with_sid_slot};
use super::refusal::Refusal;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::session::Mode;

/// In which form a session is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum SendMode {
    /// Methods, paths and bodies as captured.
    #[default]
    AsCaptured,
    /// `sessionStart` to `/sessions`, every other event to `/sessions/{sid}/events`.
    Online,
    /// One array to `/downloaded`.
    Downloaded,
}

/// What becomes of `ts`. A shift is the same for all events, so gaps are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum TsMode {
    /// As captured.
    #[default]
    AsCaptured,
    /// The `ts` of the first event becomes the moment of sending.
    Now,
    /// The `ts` of the last event becomes the moment of sending.
    EndsNow,
}

/// When the requests go out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pacing {
    /// With the gaps of the capture (of `ts` where a request has no arrival of its own).
    AsCaptured {
        /// How many times faster; 1 is as captured, always above 0.
        speed: f64,
        /// No wait is longer than this, in seconds, after `speed` was applied.
        max_gap_secs: Option<f64>,
    },
    /// Each as soon as the one before was answered.
    AtOnce,
}

/// How a draft is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The form.
    pub mode: SendMode,
    /// What becomes of `ts`.
    pub ts: TsMode,
    /// When the requests go out.
    pub pacing: Pacing,
    /// Headers to add; one with the name of a captured header replaces it.
    pub headers: Vec<(String, String)>,
}

/// One request that will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedSend {
    /// Milliseconds after the first request of the plan, at the earliest.
    pub at_millis: u64,
    /// Method, such as `POST`.
    pub method: String,
    /// Path and query, to be put behind the base address of the target.
    pub path: SendPath,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// The events in it: zero-based indices in the session, by arrival.
    pub events: Vec<u32>,
    /// True when the answer hands out the id that later requests need.
    pub opens_session: bool,
}

/// What will be sent of one session, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The number that `check` gives the session, from 1.
    pub session: u32,
    /// The requests.
    pub sends: Vec<PlannedSend>,
}

/// Plans a draft. `now` is the moment of sending.
///
/// # Errors
/// In words: why this draft may not be sent with these options.
pub fn plan(draft: &Draft, options: &Options, now: TsMillis) -> Result<Plan, Refusal> {
    refuse_incomplete(draft)?;
    let form = form(draft, options.mode)?;
    let rewrites = form != Form::AsCaptured || options.ts != TsMode::AsCaptured;
    if let Some(at) = draft.requests.iter().position(|request| request.events.is_empty())
        && rewrites
    {
        return Err(Refusal::NotJson { request: at + 1 });
    }
    let shift = shift_millis(draft, options.ts, now)?;
    let units = match form {
        Form::AsCaptured => as_captured(draft, shift),
        Form::Online => online(draft, shift)?,
        Form::Downloaded => vec![downloaded(draft, shift)?],
    };
    let offsets = offsets_millis(&units, options.pacing);
    let sends = units
        .into_iter()
        .zip(offsets)
        .map(|(unit, at_millis)| PlannedSend {
            at_millis,
            method: unit.method,
            path: unit.path,
            headers: headers(unit.captured, &options.headers),
            body: unit.body,
            events: unit.events,
            opens_session: unit.opens_session,
        })
        .collect();
    Ok(Plan { session: draft.session, sends })
}

/// The form after "as captured" was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    AsCaptured,
    Online,
    Downloaded,
}

/// A request before it has its time.
struct Unit<'d> {
    method: String,
    path: SendPath,
    body: Vec<u8>,
    events: Vec<u32>,
    opens_session: bool,
    /// The request whose headers it takes over.
    captured: Option<&'d DraftRequest>,
    /// Arrival and `ts` of what it carries, microseconds: what pacing may go by.
    received_micros: Option<i64>,
    ts_micros: Option<i64>,
}

fn refuse_incomplete(draft: &Draft) -> Result<(), Refusal> {
    if draft.requests.is_empty() {
        return Err(Refusal::Empty);
    }
    match draft.requests.iter().position(|request| request.body.as_ref().is_none_or(Vec::is_empty)) {
        Some(at) => Err(Refusal::BodyMissing { request: at + 1 }),
        None => Ok(()),
    }
}

fn form(draft: &Draft, mode: SendMode) -> Result<Form, Refusal> {
    match (mode, draft.mode) {
        (SendMode::Online, _) => Ok(Form::Online),
        (SendMode::Downloaded, _) => Ok(Form::Downloaded),
        (SendMode::AsCaptured, _) if !draft.bare => Ok(Form::AsCaptured),
        (SendMode::AsCaptured, Mode::Online) => Ok(Form::Online),
        (SendMode::AsCaptured, Mode::Downloaded | Mode::LegacyDownloaded) => Ok(Form::Downloaded),
        (SendMode::AsCaptured, Mode::Unknown) => Err(Refusal::ModeUnknown),
    }
}

/// How far every `ts` moves. First and last are those in order of sending: an event whose clock
/// is broken in the middle of a session must not move the others.
fn shift_millis(draft: &Draft, mode: TsMode, now: TsMillis) -> Result<i64, Refusal> {
    let mut stamps = draft.requests.iter().flat_map(|r| &r.events).filter_map(ts_value);
    let anchor = match mode {
        TsMode::AsCaptured => return Ok(0),
        TsMode::Now => stamps.next(),
        TsMode::EndsNow => stamps.next_back(),
    };
    anchor.map(|ts| now.millis_since(TsMillis(ts))).ok_or(Refusal::NoTs)
}

fn ts_value(event: &DraftEvent) -> Option<i64> {
    event.places.ts.as_ref().map(|ts: &TsPlace| ts.value)
}

fn opens_session(event: &DraftEvent) -> bool {
    event.places.event_type.as_deref() == Some(EventType::SessionStart.name())
}

/// One unit per captured request, its body as it is but for `ts`.
fn as_captured(draft: &Draft, shift: i64) -> Vec<Unit<'_>> {
    let mut opened = false;
    let mut units = Vec::new();
    for request in &draft.requests {
        let path = api_path(&request.path_and_query);
        let opens_session = path.split('?').next() == Some(SESSIONS);
        units.push(Unit {
            method: request.method.clone(),
            path: if opened { with_sid_slot(path, draft.sid.as_deref()) } else { SendPath::Fixed(path) },
            body: body_as_captured(request, shift),
            events: request.events.iter().map(|event| event.index).collect(),
            opens_session,
            captured: Some(request),
            received_micros: request.received_at.map(|at| at.0),
            ts_micros: request.events.iter().find_map(ts_value).map(micros),
        });
        opened |= opens_session;
    }
    units
}

/// One unit per event.
fn online(draft: &Draft, shift: i64) -> Result<Vec<Unit<'_>>, Refusal> {
    require_start(draft)?;
    let from_batch = draft.mode.is_downloaded();
    let mut units = Vec::new();
    for request in &draft.requests {
        let text = request.text().unwrap_or_default();
        for event in &request.events {
            let opens_session = opens_session(event);
            let mut body = moved(text, event, shift);
            if opens_session && from_batch {
                body = json_text::without_param(&body, "media.downloaded");
            }
            let path = if opens_session {
                SendPath::Fixed(SESSIONS.to_owned())
            } else {
                SendPath::WithSid { before: format!("{SESSIONS}/"), after: "/events".to_owned() }
            };
            units.push(Unit {
                method: "POST".to_owned(),
                path,
                body: body.into_bytes(),
                events: vec![event.index],
                opens_session,
                captured: Some(request),
                // A batch arrived at one moment: its events are paced by `ts`.
                received_micros: request.received_at.map(|at| at.0).filter(|_| request.events.len() == 1),
                ts_micros: ts_value(event).map(micros),
            });
        }
    }
    Ok(units)
}

/// One unit for the whole session. A body that already is the whole array stays as it is.
fn downloaded(draft: &Draft, shift: i64) -> Result<Unit<'_>, Refusal> {
    require_start(draft)?;
    let body = match draft.requests.as_slice() {
        [request] if request.text().is_some_and(|text| text.trim_start().starts_with('[')) => {
            body_as_captured(request, shift)
        }
        requests => {
            let events: Vec<String> = requests
                .iter()
                .flat_map(|request| {
                    let text = request.text().unwrap_or_default();
                    request.events.iter().map(move |event| moved(text, event, shift))
                })
                .collect();
            format!("[{}]", events.join(",")).into_bytes()
        }
    };
    Ok(Unit {
        method: "POST".to_owned(),
        path: SendPath::Fixed("/api/v1/downloaded".to_owned()),
        body,
        events: draft.events().map(|(event, _)| event.index).collect(),
        opens_session: false,
        captured: draft.requests.first(),
        received_micros: None,
        ts_micros: None,
    })
}

fn require_start(draft: &Draft) -> Result<(), Refusal> {
    let first = draft.requests.iter().flat_map(|request| &request.events).next();
    if first.is_some_and(opens_session) { Ok(()) } else { Err(Refusal::NoSessionStart) }
}

/// The text of an event with its `ts` moved.
fn moved(body: &str, event: &DraftEvent, shift: i64) -> String {
    let text = body.get(event.span.clone()).unwrap_or_default();
    json_text::with_ts_moved(text, event.places.ts.as_ref(), shift)
}

/// The whole body, every byte as captured but for `ts`.
fn body_as_captured(request: &DraftRequest, shift: i64) -> Vec<u8> {
    let (Some(text), true) = (request.text(), shift != 0) else {
        return request.body.clone().unwrap_or_default();
    };
    let mut body = String::with_capacity(text.len());
    let mut copied = 0;
    for event in &request.events {
        body.push_str(text.get(copied..event.span.start).unwrap_or_default());
        body.push_str(&moved(text, event, shift));
        copied = event.span.end;
    }
    body.push_str(text.get(copied..).unwrap_or_default());
    body.into_bytes()
}

fn micros(millis: i64) -> i64 {
    millis.saturating_mul(1000)
}

/// When each unit goes out, milliseconds after the first. Goes by arrival when every unit has
/// one, else by `ts`; what came earlier than the one before it does not wait.
fn offsets_millis(units: &[Unit<'_>], pacing: Pacing) -> Vec<u64> {
    let Pacing::AsCaptured { speed, max_gap_secs } = pacing else { return vec![0; units.len()] };
    let by_arrival = units.iter().all(|unit| unit.received_micros.is_some());
    let mut latest: Option<i64> = None;
    let mut offset_secs = 0.0;
    let mut offsets = Vec::with_capacity(units.len());
    for unit in units {
        let time = if by_arrival { unit.received_micros } else { unit.ts_micros };
        if let Some(time) = time {
            let gap = time.saturating_sub(latest.unwrap_or(time)).max(0) as f64 / 1e6 / speed;
            offset_secs += max_gap_secs.map_or(gap, |most| gap.min(most));
            latest = Some(latest.map_or(time, |latest| latest.max(time)));
        }
        offsets.push((offset_secs * 1000.0).round() as u64);
    }
    offsets
}

/// Captured headers that are sent again: what the body is, and who says it. The others belong to
/// the captured connection, or are nobody else's business (cookies).
const KEPT_HEADERS: [&str; 2] = ["content-type", "user-agent"];

fn headers(captured: Option<&DraftRequest>, extra: &[(String, String)]) -> Vec<(String, String)> {
    let replaced = |name: &str| extra.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    let mut headers: Vec<(String, String)> = captured
        .map(|request| request.headers.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|(name, _)| KEPT_HEADERS.iter().any(|kept| name.eq_ignore_ascii_case(kept)))
        .filter(|(name, _)| !replaced(name))
        .cloned()
        .collect();
    let bare = captured.is_none_or(|request| request.headers.is_empty());
    if bare && !replaced("content-type") {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    }
    headers.extend(extra.iter().cloned());
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::clock::ReceivedAt;
    use crate::outbox::draft::{CapturedRequest, Content, SessionForSending};

    const AS_IS: Options = Options {
        mode: SendMode::AsCaptured,
        ts: TsMode::AsCaptured,
        pacing: Pacing::AtOnce,
        headers: Vec::new(),
    };

    fn request(path: &str, received_at_millis: i64, body: &str) -> CapturedRequest {
        CapturedRequest {
            method: "POST".to_owned(),
            path_and_query: path.to_owned(),
            headers: vec![
                ("content-type".to_owned(), "text/plain".to_owned()),
                ("Cookie".to_owned(), "secret".to_owned()),
                ("Host".to_owned(), "old.example".to_owned()),
            ],
            received_at: Some(ReceivedAt::from_millis(received_at_millis)),
            body: Some(body.as_bytes().to_vec()),
        }
    }

    fn draft(mode: Mode, content: Content) -> Draft {
        Draft::new(SessionForSending { number: 1, mode, sid: Some("old".to_owned()), content })
    }

    fn online_draft() -> Draft {
        let events = "/va/api/v1/sessions/old/events";
        draft(
            Mode::Online,
            Content::Requests(vec![
                request("/va/api/v1/sessions", 0, r#"{"eventType":"sessionStart","playerTime":{"ts":1000}}"#),
                request(events, 2000, r#"{"eventType": "play","playerTime":{"ts": 1500 }}"#),
                request(&format!("{events}?x=1"), 1900, r#"{"eventType":"ping","playerTime":{"ts":9000}}"#),
                request(events, 12_000, r#"{"eventType":"sessionEnd","playerTime":{"ts":9500}}"#),
            ]),
        )
    }

    const BATCH: &str = concat!(
        "[ {\"eventType\":\"sessionStart\",\"playerTime\":{\"ts\":1000},",
        "\"params\":{\"media.id\":\"m\",\"media.downloaded\":true}},\n",
        " {\"eventType\":\"play\",\"playerTime\":{\"ts\":3000}} ]"
    );

    fn batch_draft(path: &str) -> Draft {
        let mode = if path.ends_with("sessions") { Mode::LegacyDownloaded } else { Mode::Downloaded };
        draft(mode, Content::Requests(vec![request(path, 50_000, BATCH)]))
    }

    #[track_caller]
    fn planned(draft: &Draft, options: &Options) -> Vec<PlannedSend> {
        plan(draft, options, TsMillis(100_000)).expect("a plan").sends
    }

    fn body(send: &PlannedSend) -> &str {
        std::str::from_utf8(&send.body).expect("text")
    }

    fn paths(sends: &[PlannedSend]) -> Vec<String> {
        sends.iter().map(|send| send.path.to_string()).collect()
    }

    #[test]
    fn as_captured_keeps_methods_paths_and_bodies_but_for_the_id() {
        let draft = online_draft();
        let sends = planned(&draft, &AS_IS);
        assert_eq!(
            paths(&sends),
            [
                "/api/v1/sessions",
                "/api/v1/sessions/{sid}/events",
                "/api/v1/sessions/{sid}/events?x=1",
                "/api/v1/sessions/{sid}/events"
            ]
        );
        for (send, request) in sends.iter().zip(&draft.requests) {
            assert_eq!(Some(&send.body), request.body.as_ref());
        }
        assert_eq!(sends.iter().map(|s| s.opens_session).collect::<Vec<_>>(), [true, false, false, false]);
    }

    #[test]
    fn a_session_whose_start_is_not_in_the_capture_keeps_its_id() {
        let mut draft = online_draft();
        draft.requests.remove(0);
        assert_eq!(paths(&planned(&draft, &AS_IS))[0], "/api/v1/sessions/old/events");
        let online = Options { mode: SendMode::Online, ..AS_IS };
        assert_eq!(plan(&draft, &online, TsMillis(0)), Err(Refusal::NoSessionStart));
    }

    #[test]
    fn ts_moves_by_the_same_for_all_and_nothing_else_changes() {
        let table = [
            (TsMode::Now, [100_000, 100_500, 108_000, 108_500]),
            (TsMode::EndsNow, [91_500, 92_000, 99_500, 100_000]),
        ];
        for (ts, expected) in table {
            let sends = planned(&online_draft(), &Options { ts, ..AS_IS });
            let bodies: Vec<&str> = sends.iter().map(body).collect();
            let [start, play, ping, end] = expected;
            assert_eq!(
                bodies,
                [
                    format!(r#"{{"eventType":"sessionStart","playerTime":{{"ts":{start}}}}}"#),
                    format!(r#"{{"eventType": "play","playerTime":{{"ts": {play} }}}}"#),
                    format!(r#"{{"eventType":"ping","playerTime":{{"ts":{ping}}}}}"#),
                    format!(r#"{{"eventType":"sessionEnd","playerTime":{{"ts":{end}}}}}"#),
                ]
            );
        }
        let sends = planned(&batch_draft("/api/v1/downloaded"), &Options { ts: TsMode::EndsNow, ..AS_IS });
        assert_eq!(body(&sends[0]), BATCH.replace("1000", "98000").replace("3000", "100000"));
    }

    #[test]
    fn pacing_goes_by_arrival_with_speed_and_longest_gap() {
        let table = [
            (Pacing::AtOnce, [0, 0, 0, 0]),
            (Pacing::AsCaptured { speed: 1.0, max_gap_secs: None }, [0, 2000, 2000, 12_000]),
            (Pacing::AsCaptured { speed: 4.0, max_gap_secs: None }, [0, 500, 500, 3000]),
            (Pacing::AsCaptured { speed: 2.0, max_gap_secs: Some(3.0) }, [0, 1000, 1000, 4000]),
        ];
        for (pacing, expected) in table {
            let sends = planned(&online_draft(), &Options { pacing, ..AS_IS });
            assert_eq!(sends.iter().map(|s| s.at_millis).collect::<Vec<_>>(), expected, "{pacing:?}");
        }
    }

    #[test]
    fn a_batch_that_goes_online_is_paced_by_ts_and_loses_the_flag() {
        let pacing = Pacing::AsCaptured { speed: 1.0, max_gap_secs: None };
        let options = Options { mode: SendMode::Online, pacing, ..AS_IS };
        let sends = planned(&batch_draft("/api/v1/downloaded"), &options);
        assert_eq!(paths(&sends), ["/api/v1/sessions", "/api/v1/sessions/{sid}/events"]);
        assert_eq!(
            body(&sends[0]),
            r#"{"eventType":"sessionStart","playerTime":{"ts":1000},"params":{"media.id":"m"}}"#
        );
        assert_eq!(body(&sends[1]), r#"{"eventType":"play","playerTime":{"ts":3000}}"#);
        assert_eq!((sends[0].at_millis, sends[1].at_millis), (0, 2000));
        assert_eq!((sends[0].events.as_slice(), sends[1].events.as_slice()), (&[0][..], &[1][..]));
    }

    #[test]
    fn a_batch_stays_where_it_was_sent_unless_converted() {
        let sends = planned(&batch_draft("/api/v1/sessions"), &AS_IS);
        assert_eq!((paths(&sends), body(&sends[0])), (vec!["/api/v1/sessions".to_owned()], BATCH));
        let options = Options { mode: SendMode::Downloaded, ..AS_IS };
        let sends = planned(&batch_draft("/api/v1/sessions"), &options);
        assert_eq!((paths(&sends), body(&sends[0])), (vec!["/api/v1/downloaded".to_owned()], BATCH));
    }

    #[test]
    fn an_online_session_becomes_one_array() {
        let draft = online_draft();
        let sends = planned(&draft, &Options { mode: SendMode::Downloaded, ..AS_IS });
        let texts: Vec<&str> = draft.events().map(|(_, text)| text).collect();
        assert_eq!(sends.len(), 1);
        assert_eq!(body(&sends[0]), format!("[{}]", texts.join(",")));
        assert_eq!(sends[0].events, [0, 1, 2, 3]);
    }

    #[test]
    fn bare_events_are_sent_as_their_mode_says() {
        let content = || Content::Events(vec![br#"{"eventType":"sessionStart"}"#.to_vec(), b"{}".to_vec()]);
        assert_eq!(planned(&draft(Mode::Online, content()), &AS_IS).len(), 2);
        assert_eq!(planned(&draft(Mode::Downloaded, content()), &AS_IS).len(), 1);
        let unknown = draft(Mode::Unknown, content());
        assert_eq!(plan(&unknown, &AS_IS, TsMillis(0)), Err(Refusal::ModeUnknown));
        assert_eq!(planned(&unknown, &Options { mode: SendMode::Downloaded, ..AS_IS }).len(), 1);
    }

    #[test]
    fn what_is_no_json_goes_as_captured_or_not_at_all() {
        let mut broken = online_draft();
        broken.requests[1].body = Some(b"{\"eventType\":".to_vec());
        broken.requests[1].events.clear();
        assert_eq!(body(&planned(&broken, &AS_IS)[1]), "{\"eventType\":");
        let refused = Err(Refusal::NotJson { request: 2 });
        assert_eq!(plan(&broken, &Options { ts: TsMode::Now, ..AS_IS }, TsMillis(0)), refused);
        assert_eq!(plan(&broken, &Options { mode: SendMode::Downloaded, ..AS_IS }, TsMillis(0)), refused);
    }

    #[test]
    fn what_cannot_be_sent_is_refused_in_words() {
        let empty = draft(Mode::Online, Content::Requests(Vec::new()));
        assert_eq!(plan(&empty, &AS_IS, TsMillis(0)), Err(Refusal::Empty));
        let mut missing = online_draft();
        missing.requests[2].body = None;
        assert_eq!(plan(&missing, &AS_IS, TsMillis(0)), Err(Refusal::BodyMissing { request: 3 }));
        let content = Content::Requests(vec![request("/api/v1/sessions", 0, r#"{"eventType":"play"}"#)]);
        let options = Options { ts: TsMode::Now, ..AS_IS };
        assert_eq!(plan(&draft(Mode::Online, content), &options, TsMillis(0)), Err(Refusal::NoTs));
    }

    #[test]
    fn of_the_captured_headers_only_those_about_the_body_and_the_player_are_sent() {
        let sends = planned(&online_draft(), &AS_IS);
        assert_eq!(sends[0].headers, [("content-type".to_owned(), "text/plain".to_owned())]);
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        let sends = planned(&online_draft(), &Options { headers: headers.clone(), ..AS_IS });
        assert_eq!(sends[0].headers, headers);
    }

    #[test]
    fn a_preflight_is_not_sent_again() {
        let mut preflight = request("/api/v1/sessions", 0, "");
        preflight.method = "OPTIONS".to_owned();
        let start = request("/api/v1/sessions", 1, r#"{"eventType":"sessionStart"}"#);
        let sends = planned(&draft(Mode::Online, Content::Requests(vec![preflight, start])), &AS_IS);
        assert_eq!(sends.len(), 1);
    }
}

//! The plan: draft and options → timed sends. Pure, and shown before anything is sent.
//!
//! Bodies go out as they are but for the digits of `ts`; only turning a batch into an online
//! session also drops `media.downloaded`, which a live session may not carry.

use super::draft::{Draft, DraftEvent, DraftRequest};
use super::json_text::{self, TsPlace};
use super::refusal::Refusal;
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::session::Mode;

/// In which form a session is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

/// The path of a planned request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendPath {
    /// Known before anything is sent.
    Fixed(String),
    /// Around the id that the target hands out in `Location`.
    WithSid {
        /// What stands before the id.
        before: String,
        /// What stands after it.
        after: String,
    },
}

impl SendPath {
    /// The path with this id in its place.
    #[must_use]
    pub fn with_sid(&self, sid: &str) -> String {
        match self {
            SendPath::Fixed(path) => path.clone(),
            SendPath::WithSid { before, after } => format!("{before}{sid}{after}"),
        }
    }
}

impl std::fmt::Display for SendPath {
    /// An id that is not known yet is shown as `{sid}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.with_sid("{sid}"))
    }
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
        (SendMode::AsCaptured, Mode::Downloaded | Mode::LegacyDownloaded) => {
            Ok(Form::Downloaded)
        }
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
        TsMode::EndsNow => stamps.last(),
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

const SESSIONS: &str = "/api/v1/sessions";

/// The path from `/api/v1` on: what stands before belonged to the captured host.
fn api_path(path_and_query: &str) -> String {
    let path = path_and_query.split('?').next().unwrap_or_default();
    let start = path.find("/api/v1").unwrap_or(0);
    path_and_query[start..].to_owned()
}

/// Makes room for the new id: where the captured id stands, else behind `sessions/`.
fn with_sid_slot(path: String, captured: Option<&str>) -> SendPath {
    let known = captured.filter(|sid| !sid.is_empty()).and_then(|sid| {
        let at = path.find(&format!("/{sid}"))? + 1;
        let after = &path[at + sid.len()..];
        (after.is_empty() || after.starts_with(['/', '?'])).then_some((at, at + sid.len()))
    });
    let found = known.or_else(|| {
        let start = path.find("/sessions/")? + "/sessions/".len();
        let len = path[start..].find(['/', '?']).unwrap_or(path.len() - start);
        (len > 0).then_some((start, start + len))
    });
    match found {
        Some((start, end)) => {
            SendPath::WithSid { before: path[..start].to_owned(), after: path[end..].to_owned() }
        }
        None => SendPath::Fixed(path),
    }
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

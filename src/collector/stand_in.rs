//! The stand-in: what the API would answer, as a pure function of the sessions it knows, the
//! policy, the request and the time. Sequence faults get a success answer, as on the real
//! collection layer.

use super::judge::{Asked, EventFacts, Faults, Judged, Request, judge};
use crate::model::clock::ReceivedAt;
use crate::model::event_type::EventType;
use crate::model::limits::{SILENCE_TIMEOUT_SECS, STILL_PLAYHEAD_TIMEOUT_SECS};
use crate::model::policy::{AfterClose, AfterComplete, Policy};
use crate::schema;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};

/// So many sessions are known at a time; the oldest is forgotten, and its id is then unknown.
const MAX_SESSIONS: usize = 100_000;

/// The headers of every answer: what browser players need to read it (`mc-api-quick-start.md`).
pub const CORS_HEADERS: [(&str, &str); 4] = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "OPTIONS,POST,PUT"),
    ("Access-Control-Allow-Headers", "Content-Type"),
    ("Access-Control-Expose-Headers", "Location"),
];

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Names and values, in order.
    pub headers: Vec<(&'static str, String)>,
    /// Body; empty on success.
    pub body: Vec<u8>,
    /// How many events the request held.
    pub n_events: usize,
    /// The first thing that was wrong, in words.
    pub first_fault: Option<String>,
}

/// What the stand-in knows of a session.
#[derive(Debug, Clone)]
struct OpenSession {
    last_event_at: ReceivedAt,
    playhead: Option<f64>,
    playhead_moved_at: ReceivedAt,
    closed: bool,
}

/// The sessions that were opened.
#[derive(Debug)]
pub struct StandInState {
    sessions: BTreeMap<String, OpenSession>,
    by_age: VecDeque<String>,
    /// What the next id is made from.
    seed: u64,
}

impl StandInState {
    /// No sessions. Ids follow from `seed`: take another one for each run, so that an id of an
    /// earlier run is unknown.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { sessions: BTreeMap::new(), by_age: VecDeque::new(), seed }
    }

    /// 64 lowercase hexadecimal characters, as in the samples of `mc-api-sessions-req.md`.
    fn next_sid(&mut self) -> String {
        (0..4).map(|_| format!("{:016x}", split_mix(&mut self.seed))).collect()
    }

    fn open(&mut self, session: OpenSession) -> String {
        let sid = self.next_sid();
        if self.by_age.len() >= MAX_SESSIONS
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.sessions.remove(&oldest);
        }
        self.by_age.push_back(sid.clone());
        self.sessions.insert(sid.clone(), session);
        sid
    }
}

/// One step of the SplitMix64 generator: spreads a counter over all bits.
fn split_mix(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The answer to a request that arrived at `now`.
pub fn answer(state: &mut StandInState, policy: &Policy, request: &Request<'_>, now: ReceivedAt) -> Answer {
    conclude(state, policy, judge(policy, request), now)
}

/// The answer to a request that was judged already. Quick, whatever the size of the body was.
pub fn conclude(state: &mut StandInState, policy: &Policy, judged: Judged, now: ReceivedAt) -> Answer {
    let answer = match judged.asked {
        Asked::Options => success(204, Vec::new()),
        Asked::Schema(Some(event_type)) => {
            let content_type = ("Content-Type", "application/json".to_owned());
            Answer { body: schema::text(event_type).as_bytes().to_vec(), ..success(200, vec![content_type]) }
        }
        Asked::Schema(None) => error(404, "There is no such event type"),
        Asked::Start(event) => created(state.open(opened(event, now, false))),
        Asked::Batch => created(state.open(opened(EventFacts::default(), now, true))),
        Asked::Event { sid, event } => event_answer(state, policy, &sid, event, now),
        Asked::Invalid(faults) => refused(&faults),
        Asked::WrongMethod(methods) => {
            let mut answer = error(405, "This path does not have this method");
            answer.headers.push(("Allow", methods.to_owned()));
            answer
        }
        Asked::UnknownPath => error(404, "There is no such path"),
    };
    Answer { n_events: judged.n_events, ..answer }
}

fn opened(event: EventFacts, now: ReceivedAt, closed: bool) -> OpenSession {
    OpenSession { last_event_at: now, playhead: event.playhead, playhead_moved_at: now, closed }
}

/// E2: an unknown id counts before a closed one, and both before what is wrong with the body.
fn event_answer(
    state: &mut StandInState,
    policy: &Policy,
    sid: &str,
    event: Result<EventFacts, Faults>,
    now: ReceivedAt,
) -> Answer {
    let Some(session) = state.sessions.get_mut(sid) else {
        return error(404, "There is no session with this id");
    };
    session.closed |= now.secs_since(session.last_event_at) >= SILENCE_TIMEOUT_SECS
        || now.secs_since(session.playhead_moved_at) >= STILL_PLAYHEAD_TIMEOUT_SECS;
    if session.closed {
        return match policy.after_close {
            AfterClose::Gone => error(410, "The session is closed"),
            AfterClose::SilentDrop => success(204, Vec::new()),
        };
    }
    let event = match event {
        Ok(event) => event,
        Err(faults) => return refused(&faults),
    };
    session.last_event_at = now;
    if event.playhead.is_some() && event.playhead != session.playhead {
        session.playhead = event.playhead;
        session.playhead_moved_at = now;
    }
    session.closed = match event.event_type {
        Some(EventType::SessionEnd) => true,
        Some(EventType::SessionComplete) => policy.after_complete == AfterComplete::Closes,
        _ => false,
    };
    success(204, Vec::new())
}

fn created(sid: String) -> Answer {
    let content_type = ("Content-Type", "application/octet-stream".to_owned());
    success(201, vec![content_type, ("Location", format!("/api/v1/sessions/{sid}"))])
}

fn success(status: u16, more_headers: Vec<(&'static str, String)>) -> Answer {
    let mut headers: Vec<_> = CORS_HEADERS.map(|(name, value)| (name, value.to_owned())).into();
    headers.extend(more_headers);
    Answer { status, headers, body: Vec::new(), n_events: 0, first_fault: None }
}

/// An error with a message for people, as swagger's error object has it.
#[must_use]
pub fn error(status: u16, message: &str) -> Answer {
    let body = json!({ "message": message }).to_string().into_bytes();
    let content_type = ("Content-Type", "application/json".to_owned());
    Answer { body, first_fault: Some(message.to_owned()), ..success(status, vec![content_type]) }
}

/// 400, naming each fault.
fn refused(faults: &Faults) -> Answer {
    let mut message = faults.named.join("; ");
    if faults.more > 0 {
        message.push_str(&format!("; and {} more", faults.more));
    }
    let first_fault = faults.named.first().cloned();
    Answer { first_fault, ..error(400, &message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::DownloadedFlag;

    const START: &str = r#"{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":1000},"params":{
        "analytics.trackingServer":"t","analytics.reportSuite":"r","visitor.marketingCloudOrgId":"o",
        "media.id":"m","media.length":60,"media.contentType":"vod","media.playerName":"p","media.channel":"c"}}"#;

    fn start_with(flag: &str) -> String {
        START.replace("\"params\":{", &format!("\"params\":{{\"media.downloaded\":{flag},"))
    }

    fn event(event_type: &str, playhead: f64) -> String {
        format!(r#"{{"eventType":"{event_type}","playerTime":{{"playhead":{playhead},"ts":2000}}}}"#)
    }

    /// A stand-in on a clock that tests drive.
    struct Bench {
        state: StandInState,
        policy: Policy,
        now_secs: i64,
    }

    impl Bench {
        fn new(policy: Policy) -> Self {
            Self { state: StandInState::new(7), policy, now_secs: 1_000_000 }
        }

        fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
            let request = Request { method, path, body: body.as_bytes() };
            answer(&mut self.state, &self.policy, &request, ReceivedAt(self.now_secs * 1_000_000))
        }

        fn post(&mut self, path: &str, body: &str) -> Answer {
            self.ask("POST", path, body)
        }

        #[track_caller]
        fn open(&mut self) -> String {
            let answer = self.post("/api/v1/sessions", START);
            assert_eq!(answer.status, 201, "{:?}", answer.first_fault);
            sid_of(&answer)
        }

        fn send(&mut self, sid: &str, body: &str) -> u16 {
            self.post(&format!("/api/v1/sessions/{sid}/events"), body).status
        }
    }

    fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
        answer.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    fn sid_of(answer: &Answer) -> String {
        let location = header(answer, "Location").expect("a Location");
        location.strip_prefix("/api/v1/sessions/").expect("the exact path").to_owned()
    }

    fn message(answer: &Answer) -> String {
        let body: serde_json::Value = serde_json::from_slice(&answer.body).expect("a JSON error");
        body["message"].as_str().expect("a message").to_owned()
    }

    #[test]
    fn a_start_is_answered_201_with_an_exact_location() {
        let mut bench = Bench::new(Policy::default());
        let answer = bench.post("/api/v1/sessions", START);
        let sid = sid_of(&answer);
        assert_eq!((answer.status, answer.body.len(), answer.n_events), (201, 0, 1));
        assert_eq!(header(&answer, "Content-Type"), Some("application/octet-stream"));
        assert!(sid.len() == 64 && sid.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{sid}");
        assert_ne!(sid, bench.open(), "each start opens a session of its own");
    }

    #[test]
    fn an_event_of_an_open_session_is_answered_204_whatever_came_before() {
        let mut bench = Bench::new(Policy::default());
        let sid = bench.open();
        for (event_type, playhead) in [("adComplete", 0.0), ("ping", 50.0), ("play", 1.0), ("ping", 0.0)] {
            assert_eq!(bench.send(&sid, &event(event_type, playhead)), 204);
        }
        let answer = bench.post(&format!("/api/v1/sessions/{sid}/events"), &event("ping", 1.0));
        assert_eq!((answer.body.len(), header(&answer, "Content-Type")), (0, None));
    }

    #[test]
    fn every_answer_carries_the_cors_headers() {
        let mut bench = Bench::new(Policy::default());
        let sid = bench.open();
        let events = format!("/api/v1/sessions/{sid}/events");
        let table = [
            ("OPTIONS", "/api/v1/sessions", "", 204),
            ("OPTIONS", &events, "", 204),
            ("POST", "/api/v1/sessions", START, 201),
            ("POST", &events, "{", 400),
            ("POST", "/api/v1/sessions/none/events", "{}", 404),
            ("GET", &events, "", 405),
            ("GET", "/api/v1/schemas/ping", "", 200),
            ("GET", "/api/v1/schemas/seekStart", "", 404),
            ("POST", "/api/v1/schemas/ping", "", 405),
            ("DELETE", "/api/v1/sessions", "", 405),
            ("PUT", "/api/v1/downloaded", "[]", 405),
            ("POST", "/", START, 404),
            ("POST", "/api/v1/abc/events", "{}", 404),
            ("POST", "/api/v2/sessions", START, 404),
        ];
        for (method, path, body, status) in table {
            let answer = bench.ask(method, path, body);
            assert_eq!(answer.status, status, "{method} {path}");
            for (name, value) in CORS_HEADERS {
                assert_eq!(header(&answer, name), Some(value), "{method} {path}");
            }
        }
    }

    #[test]
    fn each_fault_is_named_by_its_pointer() {
        let mut bench = Bench::new(Policy::default());
        let sid = bench.open();
        let events = format!("/api/v1/sessions/{sid}/events");
        let faulty = r#"{"eventType":"ping","playerTime":{"playhead":"1","ts":2.5},"extra":1}"#;
        let message_text = message(&bench.post(&events, faulty));
        for pointer in
            ["/playerTime/playhead: must be a number", "/playerTime/ts: must be an integer", "/extra: "]
        {
            assert!(message_text.contains(pointer), "{message_text}");
        }
        let batch = format!("[{},{},{}]", start_with("true"), event("ping", 1.0), event("pong", 2.0));
        let answer = bench.post("/api/v1/downloaded", &batch);
        assert_eq!((answer.status, answer.n_events), (400, 3));
        assert_eq!(message(&answer), "/2/eventType: `pong` is no event type");
    }

    #[test]
    fn a_body_with_many_faults_names_a_hundred_and_counts_the_rest() {
        let mut bench = Bench::new(Policy::default());
        let batch = format!("[{},{}]", START, vec!["1"; 150].join(","));
        let answer = bench.post("/api/v1/downloaded", &batch);
        assert!(message(&answer).ends_with("; /100: must be an object; and 50 more"), "{}", message(&answer));
    }

    #[test]
    fn which_endpoint_takes_what() {
        let (ping, live) = (event("ping", 1.0), start_with("false"));
        let array = |first: &str| format!("[{first},{ping}]");
        let down = start_with("true");
        let table = [
            ("sessions", live.clone(), 201),
            ("sessions", down.clone(), 400),
            ("sessions", ping.clone(), 400),
            ("sessions", array(START), 400),
            ("sessions", array(&live), 400),
            ("sessions", array(&down), 201),
            ("sessions", "[]".to_owned(), 400),
            ("sessions", String::new(), 400),
            ("sessions", "7".to_owned(), 400),
            ("downloaded", array(START), 201),
            ("downloaded", array(&live), 201),
            ("downloaded", array(&down), 201),
            ("downloaded", array(&ping), 400),
            ("downloaded", "[]".to_owned(), 400),
            ("downloaded", START.to_owned(), 400),
            ("downloaded", "[1]".to_owned(), 400),
        ];
        let mut bench = Bench::new(Policy::default());
        for (endpoint, body, status) in table {
            let answer = bench.post(&format!("/api/v1/{endpoint}"), &body);
            assert_eq!(answer.status, status, "{endpoint} {body}: {:?}", answer.first_fault);
        }
        let sid = bench.open();
        assert_eq!(bench.send(&sid, START), 400, "a start is no event of a session");
        assert_eq!(bench.send(&sid, &format!("[{ping}]")), 400, "no array of events");
    }

    #[test]
    fn the_flag_of_a_batch_follows_the_policy() {
        let policy = Policy { downloaded_flag: DownloadedFlag::Required, ..Policy::default() };
        let mut bench = Bench::new(policy);
        assert_eq!(bench.post("/api/v1/downloaded", &format!("[{START}]")).status, 400);
        assert_eq!(bench.post("/api/v1/downloaded", &format!("[{}]", start_with("true"))).status, 201);
    }

    #[test]
    fn a_prefix_before_the_api_is_accepted_and_not_in_the_location() {
        let mut bench = Bench::new(Policy::default());
        let sid = sid_of(&bench.post("/va/x/api/v1/sessions", START));
        let answer = bench.post(&format!("/va/x/api/v1/sessions/{sid}/events"), &event("play", 0.0));
        assert_eq!(answer.status, 204);
    }

    #[test]
    fn a_closed_session_is_gone_or_drops_silently_by_policy() {
        for (after_close, status) in [(AfterClose::Gone, 410), (AfterClose::SilentDrop, 204)] {
            let mut bench = Bench::new(Policy { after_close, ..Policy::default() });
            let sid = bench.open();
            assert_eq!(bench.send(&sid, &event("sessionEnd", 9.0)), 204);
            assert_eq!(bench.send(&sid, &event("ping", 10.0)), status);
            let batch = sid_of(&bench.post("/api/v1/downloaded", &format!("[{START}]")));
            assert_eq!(bench.send(&batch, &event("ping", 1.0)), status, "a batch cannot be extended");
        }
    }

    #[test]
    fn a_completed_session_stays_open_or_closes_by_policy() {
        for (after_complete, status) in [(AfterComplete::StaysOpen, 204), (AfterComplete::Closes, 410)] {
            let mut bench = Bench::new(Policy { after_complete, ..Policy::default() });
            let sid = bench.open();
            assert_eq!(bench.send(&sid, &event("sessionComplete", 60.0)), 204);
            assert_eq!(bench.send(&sid, &event("sessionEnd", 60.0)), status);
        }
    }

    #[test]
    fn ten_silent_minutes_close_a_session() {
        let mut bench = Bench::new(Policy::default());
        let sid = bench.open();
        bench.now_secs += 599;
        assert_eq!(bench.send(&sid, &event("ping", 1.0)), 204);
        bench.now_secs += 600;
        assert_eq!(bench.send(&sid, &event("ping", 2.0)), 410);
        assert_eq!(bench.send(&sid, &event("ping", 3.0)), 410, "it stays closed");
    }

    #[test]
    fn thirty_minutes_with_a_still_playhead_close_a_session_that_pings() {
        let mut bench = Bench::new(Policy::default());
        let sid = bench.open();
        assert_eq!(bench.send(&sid, &event("pauseStart", 5.0)), 204);
        for _ in 0..17 {
            bench.now_secs += 100;
            assert_eq!(bench.send(&sid, &event("ping", 5.0)), 204);
        }
        bench.now_secs += 99;
        assert_eq!(bench.send(&sid, &event("ping", 5.0)), 204);
        bench.now_secs += 1;
        assert_eq!(bench.send(&sid, &event("ping", 5.0)), 410);
    }

    #[test]
    fn a_refused_event_does_not_keep_a_session_alive() {
        let mut bench = Bench::new(Policy::default());
        let sid = bench.open();
        bench.now_secs += 599;
        assert_eq!(bench.send(&sid, "{}"), 400);
        bench.now_secs += 1;
        assert_eq!(bench.send(&sid, &event("ping", 1.0)), 410);
    }

    #[test]
    fn the_schema_of_each_event_type_is_served() {
        let mut bench = Bench::new(Policy::default());
        for event_type in EventType::ALL {
            let answer = bench.ask("GET", &format!("/api/v1/schemas/{event_type}"), "");
            assert_eq!(answer.body, schema::text(event_type).as_bytes());
        }
    }
}

//! The stand-in by the sections of the spec.

use super::*;
use crate::model::policy::{DownloadedFlag, SchemaSet};

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

/// Section 2: what the API has, and what each is answered. Each row asks a stand-in of its own with one open session.
#[test]
fn every_operation_and_every_other_method_and_path() {
    let batch = format!("[{START}]");
    let legacy = format!("[{}]", start_with("true"));
    let ping = event("ping", 1.0);
    let table: &[(&str, &str, &str, u16)] = &[
        ("POST", "/api/v1/sessions", START, 201),
        ("POST", "/api/v1/sessions/", START, 201),
        ("POST", "/api/v1/sessions/{sid}/events", &ping, 204),
        ("GET", "/api/v1/schemas/ping", "", 200),
        ("POST", "/api/v1/downloaded", &batch, 201),
        ("POST", "/api/v1/sessions", &legacy, 201),
        ("OPTIONS", "/api/v1/sessions", "", 204),
        ("OPTIONS", "/api/v1/sessions/{sid}/events", "", 204),
        ("OPTIONS", "/api/v1/downloaded", "", 204),
        ("OPTIONS", "/anything", "", 204),
        // a first-party host may carry a prefix
        ("POST", "/va/api/v1/sessions", START, 201),
        ("POST", "/a/b.c/api/v1/sessions/{sid}/events", &ping, 204),
        // no operation is described for these
        ("PUT", "/api/v1/sessions", START, 405),
        ("GET", "/api/v1/sessions", "", 405),
        ("DELETE", "/api/v1/sessions/{sid}/events", "", 405),
        ("post", "/api/v1/sessions", START, 405),
        ("PUT", "/api/v1/downloaded", &batch, 405),
        ("POST", "/api/v1/schemas/ping", "", 405),
        ("HEAD", "/api/v1/schemas/ping", "", 405),
        ("GET", "/api/v1/schemas/seekStart", "", 404),
        ("GET", "/api/v1/schemas/Ping", "", 404),
        ("GET", "/api/v1/schemas", "", 404),
        ("GET", "/api/v1/sessions/{sid}", "", 404),
        ("POST", "/", START, 404),
        ("POST", "", START, 404),
        ("POST", "/api/v2/sessions", START, 404),
        ("POST", "/sessions", START, 404),
        ("POST", "/API/v1/sessions", START, 404),
        // what MC-H002 names is no path of the API here either
        ("POST", "//api/v1/sessions", START, 404),
        ("POST", "/api/v1//sessions", START, 404),
        ("POST", "/api/v1/{sid}/events", &ping, 404),
        ("POST", "/api/v1/sessions/events", &ping, 404),
        ("POST", "/api/v1/sessions//events", &ping, 404),
        ("POST", "/api/v1/sessions/{sid}/events/ping", &ping, 404),
    ];
    for (method, path, body, status) in table {
        let mut bench = Bench::new(Policy::default());
        let sid = bench.open();
        let answer = bench.ask(method, &path.replace("{sid}", &sid), body);
        assert_eq!(answer.status, *status, "{method} {path}: {:?}", answer.first_fault);
        assert_eq!(header(&answer, "Allow").is_some(), *status == 405, "{method} {path}");
    }
}

#[test]
fn a_path_that_one_sample_has_wrong_is_told_the_right_one() {
    let mut bench = Bench::new(Policy::default());
    let sid = bench.open();
    let answer = bench.post(&format!("/api/v1/{sid}/events"), &event("ping", 1.0));
    assert_eq!(message(&answer), "There is no such path: events go to /api/v1/sessions/{sid}/events");
}

/// Section 2.3: the samples' headers, all of them and no other.
#[test]
fn the_headers_of_each_success_are_those_of_the_samples() {
    let mut bench = Bench::new(Policy::default());
    let names = |answer: &Answer| answer.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let cors = CORS_HEADERS.map(|(name, _)| name);
    let start = bench.post("/api/v1/sessions", START);
    assert_eq!(names(&start), [&cors[..], &["Content-Type", "Location"]].concat());
    let sid = sid_of(&start);
    assert_eq!(names(&bench.post(&format!("/api/v1/sessions/{sid}/events"), &event("play", 0.0))), cors);
    assert_eq!(names(&bench.ask("OPTIONS", "/api/v1/sessions", "")), cors);
    let schema = bench.ask("GET", "/api/v1/schemas/play", "");
    assert_eq!(header(&schema, "Content-Type"), Some("application/json"));
}

/// Section 2.4: each SDK's way to take the id out of the answer.
#[test]
fn the_location_is_read_alike_by_every_sdk() {
    let mut bench = Bench::new(Policy::default());
    for (path, body) in [
        ("/api/v1/sessions", START.to_owned()),
        ("/va/api/v1/sessions", START.to_owned()),
        ("/api/v1/downloaded", format!("[{START}]")),
    ] {
        let answer = bench.post(path, &body);
        let location = header(&answer, "Location").expect("a Location");
        // JavaScript: split at slashes, index 4
        let by_index = location.split('/').nth(4).expect("an id");
        // mobile: a pattern on /api/<x>/sessions/<id>
        let (before, by_pattern) = location.split_once("/sessions/").expect("the pattern");
        assert_eq!((before, by_pattern, by_index), ("/api/v1", by_index, by_pattern));
        assert_eq!(crate::ingest::endpoint::location_sid(location), Some(by_index));
    }
}

/// Section 3: the envelope. Each row is a body for E2, with its status by the set `documented`.
#[test]
fn the_envelope_is_held_to_its_types() {
    let table = [
        (r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2}}"#, 204),
        (r#"{"eventType":"ping","playerTime":{"playhead":1.5,"ts":2.0}}"#, 204),
        (r#"{"eventType":"play","playerTime":{"playhead":1,"ts":2},"params":{}}"#, 204),
        (r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2},"qoeData":{"media.qoe.bitrate":1}}"#, 204),
        (r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2.5}}"#, 400),
        (r#"{"eventType":"ping","playerTime":{"playhead":"1","ts":2}}"#, 400),
        (r#"{"eventType":"ping","playerTime":{"playhead":null,"ts":2}}"#, 400),
        (r#"{"eventType":"ping","playerTime":{"playhead":1}}"#, 400),
        (r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2,"x":3}}"#, 400),
        (r#"{"eventType":"ping"}"#, 400),
        (r#"{"playerTime":{"playhead":1,"ts":2}}"#, 400),
        (r#"{"eventType":"seekStart","playerTime":{"playhead":1,"ts":2}}"#, 400),
        (r#"{"eventType":1,"playerTime":{"playhead":1,"ts":2}}"#, 400),
        (r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2},"extra":1}"#, 400),
        (
            r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2},"qoeData":{"media.qoe.bitrate":"1"}}"#,
            400,
        ),
        (r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2},"params":{"media.id":"m"}}"#, 400),
        (r#"{"eventType":"play","playerTime":{"playhead":1,"ts":2},"customMetadata":{"a b":"c"}}"#, 400),
        (r#"{"eventType":"play","playerTime":{"playhead":1,"ts":2},"customMetadata":{"a":1}}"#, 400),
        (r#"{"eventType":"adStart","playerTime":{"playhead":1,"ts":2}}"#, 400),
        (
            r#"{"eventType":"stateStart","playerTime":{"playhead":1,"ts":2},"params":{"media.state.name":"mute"}}"#,
            204,
        ),
        ("[]", 400),
        ("7", 400),
        ("null", 400),
        ("", 400),
        ("{", 400),
        ("{}{}", 400),
        ("\u{feff}{}", 400),
    ];
    for (body, status) in table {
        let mut bench = Bench::new(Policy::default());
        let sid = bench.open();
        assert_eq!(bench.send(&sid, body), status, "{body}");
    }
}

/// Section 4: each of the parameters that a start must have.
#[test]
fn a_start_needs_each_of_its_eight_parameters() {
    let required = [
        "analytics.trackingServer",
        "analytics.reportSuite",
        "visitor.marketingCloudOrgId",
        "media.id",
        "media.length",
        "media.contentType",
        "media.playerName",
        "media.channel",
    ];
    for name in required {
        let mut start: Value = serde_json::from_str(START).expect("JSON");
        start["params"].as_object_mut().expect("an object").remove(name);
        let mut bench = Bench::new(Policy::default());
        let answer = bench.post("/api/v1/sessions", &start.to_string());
        assert_eq!((answer.status, message(&answer)), (400, format!("/params: `{name}` is missing")));
    }
    let mut bench = Bench::new(Policy::default());
    let unwanted = "analytics.enableSSL";
    let start =
        START.replace("\"params\":{", &format!("\"params\":{{\"{unwanted}\":true,\"media.resume\":true,"));
    assert_eq!(bench.post("/api/v1/sessions", &start).status, 201, "what SDKs add (section 23)");
}

/// Section 7.1: `message` first, then members of our own.
#[test]
fn an_error_names_its_faults_in_words_and_as_data() {
    let mut bench = Bench::new(Policy::default());
    let answer = bench.post("/api/v1/sessions", r#"{"eventType":"sessionStart","playerTime":{"ts":1}}"#);
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let members: Vec<&String> = body.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["message", "faults"]);
    assert_eq!(
        body["faults"],
        json!([
            { "pointer": "", "reason": "`params` is missing" },
            { "pointer": "/playerTime", "reason": "`playhead` is missing" },
        ])
    );
    assert_eq!(message(&answer), "the body: `params` is missing; /playerTime: `playhead` is missing");
    assert_eq!(header(&answer, "Content-Type"), Some("application/json"));
}

/// Section 7.2: of several reasons to refuse, which one is told.
#[test]
fn an_unknown_id_counts_before_a_closed_one_and_that_before_the_body() {
    let mut bench = Bench::new(Policy::default());
    let sid = bench.open();
    assert_eq!(bench.send("0", "{"), 404);
    assert_eq!(bench.send(&sid, "{"), 400);
    assert_eq!(bench.send(&sid, &event("sessionEnd", 1.0)), 204);
    assert_eq!(bench.send(&sid, "{"), 410);
}

/// Section 9: every reason to close, in the words of the answer.
#[test]
fn a_closed_session_is_told_why() {
    let closes = Policy { after_complete: AfterComplete::Closes, ..Policy::default() };
    let table: [(Policy, &[&str], i64, &str); 6] = [
        (Policy::default(), &["sessionEnd"], 0, "it was ended"),
        (Policy::default(), &["play"], 600, "no event came for 10 minutes"),
        (Policy::default(), &["sessionComplete"], 600, "it was completed, then no event came for 10 minutes"),
        (Policy::default(), &["sessionComplete", "sessionEnd"], 0, "it was completed, then ended"),
        (closes, &["sessionComplete"], 0, "it was completed"),
        (Policy::default(), &[], 1800, "no event came for 10 minutes"),
    ];
    for (policy, sent, wait_secs, reason) in table {
        let mut bench = Bench::new(policy);
        let sid = bench.open();
        for event_type in sent {
            assert_eq!(bench.send(&sid, &event(event_type, 9.0)), 204);
        }
        bench.now_secs += wait_secs;
        let answer = bench.post(&format!("/api/v1/sessions/{sid}/events"), &event("ping", 10.0));
        assert_eq!((answer.status, message(&answer)), (410, format!("The session is closed: {reason}")));
    }
}

#[test]
fn an_injected_fault_closes_or_forgets_a_session_for_good() {
    let mut bench = Bench::new(Policy::default());
    let (closed, forgotten, other) = (bench.open(), bench.open(), bench.open());
    bench.state.close(&closed);
    bench.state.forget(&forgotten);
    for _ in 0..2 {
        assert_eq!(bench.send(&closed, &event("ping", 1.0)), 410);
        assert_eq!(bench.send(&forgotten, &event("ping", 1.0)), 404);
        assert_eq!(bench.send(&other, &event("ping", 1.0)), 204);
    }
}

#[test]
fn of_too_many_sessions_the_closed_ones_are_forgotten_first() {
    let mut bench = Bench::new(Policy::default());
    bench.state.max_sessions = 3;
    let sids: Vec<String> = (0..3).map(|_| bench.open()).collect();
    assert_eq!(bench.send(&sids[1], &event("sessionEnd", 1.0)), 204);
    bench.open();
    let answered: Vec<u16> = sids.iter().map(|sid| bench.send(sid, &event("ping", 1.0))).collect();
    assert_eq!(answered, [204, 404, 204]);
    // none is closed now: the memory is bounded all the same
    for _ in 0..200 {
        bench.open();
        assert!(bench.state.sessions.len() <= 3 && bench.state.by_age.len() <= 3);
    }
}

/// Section 26: what each schema set takes, refuses and serves.
#[test]
fn the_schema_set_of_the_policy_decides_what_is_refused_and_served() {
    let with_error_key = r#"{"eventType":"error","playerTime":{"playhead":1,"ts":2},
        "qoeData":{"media.qoe.errorID":"x","media.qoe.errorSource":"player"}}"#;
    let chapter = r#"{"eventType":"chapterComplete","playerTime":{"playhead":1,"ts":2}}"#;
    let unknown_key = r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2},"extra":1}"#;
    let table = [
        (SchemaSet::Documented, [204, 204, 400], [200, 200]),
        (SchemaSet::Published2018, [400, 400, 400], [200, 404]),
        (SchemaSet::Open, [204, 204, 204], [200, 200]),
    ];
    for (schema_set, taken, served) in table {
        let mut bench = Bench::new(Policy { schema_set, ..Policy::default() });
        let sid = bench.open();
        let answered = [with_error_key, chapter, unknown_key].map(|body| bench.send(&sid, body));
        assert_eq!(answered, taken, "{schema_set:?}");
        let schemas =
            ["error", "chapterComplete"].map(|name| bench.ask("GET", &format!("/api/v1/schemas/{name}"), ""));
        assert_eq!(schemas.each_ref().map(|answer| answer.status), served, "{schema_set:?}");
        let schema: Value = serde_json::from_slice(&schemas[0].body).expect("JSON");
        let validator = jsonschema::draft4::new(&schema).expect("a schema");
        let event: Value = serde_json::from_str(with_error_key).expect("JSON");
        assert_eq!(validator.is_valid(&event), taken[0] == 204, "what is served says the same");
        assert!(schema["title"].as_str().is_some_and(|title| title.contains("Playtrace")));
    }
}

#[test]
fn with_the_open_set_batches_pass_as_their_verdict_says() {
    let ping = event("ping", 1.0);
    let table = [
        ("downloaded", START.to_owned(), 201),
        ("downloaded", format!("[{ping}]"), 201),
        ("downloaded", "[]".to_owned(), 201),
        ("downloaded", "[1]".to_owned(), 400),
        ("sessions", format!("[{START}]"), 201),
        ("sessions", start_with("true"), 201),
        ("sessions", ping.clone(), 400),
        ("sessions", "7".to_owned(), 400),
    ];
    for (endpoint, body, status) in table {
        let mut bench = Bench::new(Policy { schema_set: SchemaSet::Open, ..Policy::default() });
        assert_eq!(bench.post(&format!("/api/v1/{endpoint}"), &body).status, status, "{endpoint} {body}");
    }
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
fn a_body_with_many_faults_names_a_thousand_and_counts_the_rest() {
    let mut bench = Bench::new(Policy::default());
    let batch = format!("[{},{}]", START, vec!["1"; 1050].join(","));
    let answer = bench.post("/api/v1/downloaded", &batch);
    assert!(message(&answer).ends_with("; /1000: must be an object; and 50 more"), "{}", message(&answer));
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

//! Which request gets which fault, and what becomes of its answer.

use super::*;
use crate::collector::judge::{Request, judge};
use crate::model::exchange::Endpoint;

#[track_caller]
fn faults(words: &[&str]) -> Faults {
    let specs: Vec<FaultSpec> = words.iter().map(|words| words.parse().expect(words)).collect();
    Faults::new(&specs)
}

const START: RequestFacts<'static> = RequestFacts {
    operation: Some(Operation::Of(Endpoint::Sessions)),
    event_type: Some(EventType::SessionStart),
    sid: None,
    opens: true,
};

fn of(sid: &str, event_type: EventType) -> RequestFacts<'_> {
    let operation = Some(Operation::Of(Endpoint::Events));
    RequestFacts { operation, event_type: Some(event_type), sid: Some(sid), opens: false }
}

fn ping(sid: &str) -> RequestFacts<'_> {
    of(sid, EventType::Ping)
}

/// Which of `n` equal requests get something, from 1.
fn turns(words: &str, n: usize) -> Vec<usize> {
    let mut faults = faults(&[words]);
    (1..=n).filter(|_| faults.decide(&ping("a")).is_some()).collect()
}

#[test]
fn of_equal_requests_the_counts_choose() {
    for (words, expected) in [
        ("half", &[1, 2, 3, 4, 5, 6, 7, 8][..]),
        ("half@count=2", &[1, 2]),
        ("half@after=3", &[4, 5, 6, 7, 8]),
        ("half@every=3", &[3, 6]),
        ("half@after=1,every=3", &[4, 7]),
        ("half@after=3,count=2", &[4, 5]),
        ("half@every=2,count=2", &[2, 4]),
        ("half@share=1,count=1", &[1]),
        ("half@event=play", &[]),
        ("half@endpoint=sessions", &[]),
        ("no-location", &[]),
        ("slow-session=1", &[]),
    ] {
        assert_eq!(turns(words, 8), expected, "{words}");
    }
}

#[test]
fn a_share_is_drawn_by_its_seed_alone() {
    let first = turns("half@share=0.1,seed=7", 10_000);
    assert_eq!(first, turns("half@share=0.1,seed=7", 10_000));
    assert_ne!(first, turns("half@share=0.1,seed=8", 10_000));
    assert!((850..1150).contains(&first.len()), "{}", first.len());
    let mut two = faults(&["delay=1@share=0.5", "half@share=0.5"]);
    let n_both = (0..1000)
        .filter_map(|_| two.decide(&ping("a")))
        .filter(|injection| injection.delay_millis > 0 && injection.answer.is_some())
        .count();
    assert!((180..320).contains(&n_both), "equal seeds draw apart: {n_both}");
}

#[test]
fn only_requests_that_carry_events_get_a_fault_unless_it_names_others() {
    let policy = Policy::default();
    for (method, path, by_default, named) in [
        ("POST", "/api/v1/sessions", true, "endpoint=sessions"),
        ("POST", "/api/v1/sessions/x/events", true, "endpoint=events"),
        ("POST", "/api/v1/downloaded", true, "endpoint=downloaded"),
        ("GET", "/api/v1/schemas/ping", false, "endpoint=schemas"),
        ("OPTIONS", "/api/v1/sessions", false, "endpoint=preflight"),
        ("OPTIONS", "/other", false, ""),
        ("GET", "/api/v1/sessions", false, ""),
        ("POST", "/favicon.ico", false, ""),
    ] {
        let judged = judge(&policy, &Request { method, path, body: b"{}" });
        let facts = RequestFacts::of(&judged);
        assert_eq!(faults(&["status=500"]).decide(&facts).is_some(), by_default, "{method} {path}");
        for endpoint in ["sessions", "events", "downloaded", "schemas", "preflight"] {
            let wanted = format!("endpoint={endpoint}");
            let decided = faults(&[&format!("status=500@{wanted}")]).decide(&facts).is_some();
            assert_eq!(decided, wanted == named, "{method} {path} {wanted}");
        }
    }
}

#[test]
fn the_type_of_an_event_counts_also_when_it_is_refused() {
    let body = br#"{"eventType":"ping","playerTime":{}}"#;
    let request = Request { method: "POST", path: "/api/v1/sessions/x/events", body };
    let judged = judge(&Policy::default(), &request);
    assert!(faults(&["half@event=ping"]).decide(&RequestFacts::of(&judged)).is_some());
}

#[test]
fn a_session_is_meant_by_number_or_by_id() {
    let mut by_number = faults(&["half@session=2"]);
    assert!(by_number.decide(&START).is_none());
    by_number.opened("a");
    assert!(by_number.decide(&START).is_some(), "the start of the second belongs to it");
    assert!(by_number.decide(&START).is_some(), "and so does another attempt");
    by_number.opened("b");
    assert!(by_number.decide(&START).is_none());
    by_number.opened("c");
    let meant = ["a", "b", "c", "d"].map(|sid| by_number.decide(&ping(sid)).is_some());
    assert_eq!(meant, [false, true, false, false]);
    let mut by_id = faults(&["half@session=abc"]);
    assert!(by_id.decide(&ping("abc")).is_some() && by_id.decide(&ping("x")).is_none());
    assert!(by_id.decide(&START).is_none());
}

#[test]
fn of_two_faults_of_a_kind_the_first_counts_and_others_join() {
    let mut all = faults(&["delay=5@count=1", "delay=7", "status=500", "drop", "skew=9"]);
    let first = all.decide(&ping("a")).expect("due");
    assert_eq!(first.mark(), "delay=5@count=1 status=500 skew=9");
    let second = all.decide(&ping("a")).expect("due");
    assert_eq!(second.mark(), "delay=7 status=500 skew=9");
    assert_eq!((second.delay_millis, second.skew_millis), (7, 9));
    assert_eq!(second.answer, Some(AnswerFault::Status(500)));
}

const START_BODY: &str = r#"{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":1000},"params":{
    "analytics.trackingServer":"t","analytics.reportSuite":"r","visitor.marketingCloudOrgId":"o",
    "media.id":"m","media.length":60,"media.contentType":"vod","media.playerName":"p","media.channel":"c"}}"#;

/// A stand-in with faults.
struct Bench {
    state: StandInState,
    faults: Faults,
    now_secs: i64,
}

impl Bench {
    fn new(words: &[&str]) -> Self {
        Self { state: StandInState::new(7), faults: faults(words), now_secs: 1_000_000 }
    }

    fn post(&mut self, path: &str, body: &str) -> (Answer, Sending) {
        let policy = Policy::default();
        let judged = judge(&policy, &Request { method: "POST", path, body: body.as_bytes() });
        let injection = self.faults.decide(&RequestFacts::of(&judged)).unwrap_or_default();
        let now = ReceivedAt(self.now_secs * 1_000_000);
        (conclude_with(&mut self.state, &policy, judged, now, &injection), injection.sending())
    }

    fn open(&mut self) -> (String, u16) {
        let answer = self.post("/api/v1/sessions", START_BODY).0;
        let sid =
            header(&answer, "Location").map(|location| location["/api/v1/sessions/".len()..].to_owned());
        (sid.unwrap_or_default(), answer.status)
    }

    fn ping(&mut self, sid: &str) -> (u16, Sending) {
        let body = r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2000}}"#;
        let (answer, sending) = self.post(&format!("/api/v1/sessions/{sid}/events"), body);
        assert_eq!(answer.n_events, 1);
        (answer.status, sending)
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_session_that_was_said_to_be_gone_stays_gone() {
    for (words, after) in [("status=410@event=ping,count=1", 410), ("status=404@event=ping,count=1", 404)] {
        let mut bench = Bench::new(&[words]);
        let sid = bench.open().0;
        assert_eq!(bench.ping(&sid).0, after);
        assert_eq!(bench.ping(&sid).0, after, "now by the stand-in itself");
        assert_eq!(bench.open().1, 201);
    }
    let mut bench = Bench::new(&["status=500@event=ping,count=1", "status=400@event=ping,after=1,count=1"]);
    let sid = bench.open().0;
    assert_eq!([500, 400, 204].map(|_| bench.ping(&sid).0), [500, 400, 204]);
}

#[test]
fn a_refused_start_opens_nothing_and_says_why() {
    let mut bench = Bench::new(&["status=500@endpoint=sessions,count=2"]);
    let answer = bench.post("/api/v1/sessions", START_BODY).0;
    assert_eq!((answer.status, header(&answer, "Location")), (500, None));
    assert_eq!(header(&answer, "Access-Control-Allow-Origin"), Some("*"));
    let body = String::from_utf8(answer.body).expect("text");
    assert_eq!(
        body,
        r#"{"message":"Playtrace was asked to inject this: status=500@endpoint=sessions,count=2"}"#
    );
    assert_eq!([(); 2].map(|()| bench.open().1), [500, 201]);
}

#[test]
fn a_dropped_request_was_taken_or_not_as_asked() {
    for (words, then) in [("drop@event=sessionEnd", 204), ("drop=after@event=sessionEnd", 410)] {
        let mut bench = Bench::new(&[words]);
        let sid = bench.open().0;
        let end = r#"{"eventType":"sessionEnd","playerTime":{"playhead":1,"ts":2000}}"#;
        let sending = bench.post(&format!("/api/v1/sessions/{sid}/events"), end).1;
        assert_eq!(sending, Sending::Nothing);
        assert_eq!(bench.ping(&sid), (then, Sending::Whole), "{words}");
    }
}

#[test]
fn half_an_answer_and_one_without_location_come_of_a_request_that_was_taken() {
    let mut bench = Bench::new(&["half@event=ping", "no-location@session=2"]);
    let sid = bench.open().0;
    assert_eq!(bench.ping(&sid), (204, Sending::Half));
    bench.faults.opened(&sid);
    assert_eq!(bench.open(), (String::new(), 201));
}

#[test]
fn a_skewed_clock_shows_in_the_date_and_closes_sessions() {
    let mut bench = Bench::new(&["skew=600000@after=1"]);
    let (first, _) = bench.post("/api/v1/sessions", START_BODY);
    assert_eq!(header(&first, "Date"), None, "the server's own clock");
    let location = header(&first, "Location").expect("a Location").to_owned();
    let ping = r#"{"eventType":"ping","playerTime":{"playhead":1,"ts":2000}}"#;
    let (late, _) = bench.post(&format!("{location}/events"), ping);
    assert_eq!(late.status, 410, "ten minutes have passed by that clock");
    assert_eq!(header(&late, "Date"), Some("Mon, 12 Jan 1970 13:56:40 GMT"));
}

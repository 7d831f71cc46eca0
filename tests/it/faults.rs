//! Faults on demand, on real sockets.

use crate::support::network::{CollectProcess, DEADLINE, START, client, event, playtrace, running_collector};
use playtrace::collector::forward::Forward;
use playtrace::collector::recorder::{Answered, Arrived, Kept, Recorded, Recorder, Recording};
use playtrace::collector::upstream::{Patience, Upstream};
use playtrace::collector::{Collector, CollectorConfig, Mode};
use playtrace::model::fault::FaultSpec;
use playtrace::model::policy::Policy;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Keeps what arrives, and counts it before it is answered.
#[derive(Default)]
struct Counting {
    recording: Recording,
    n_arrived: AtomicUsize,
}

impl Recorder for Counting {
    fn arrived(&self, arrived: Arrived) -> u64 {
        self.n_arrived.fetch_add(1, Ordering::SeqCst);
        self.recording.arrived(arrived)
    }

    fn answered(&self, number: u64, answered: Answered) -> Kept {
        self.recording.answered(number, answered)
    }
}

fn specs(words: &[&str]) -> Vec<FaultSpec> {
    words.iter().map(|words| words.parse().expect(words)).collect()
}

async fn collector(words: &[&str]) -> (Collector, Arc<Counting>) {
    let recorder = Arc::new(Counting::default());
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = CollectorConfig { faults: specs(words), ..CollectorConfig::new(address, Policy::default()) };
    (Collector::start(config, recorder.clone()).await.expect("a free port"), recorder)
}

/// Everything that comes back to a request of HTTP/1.1, until the other side closes.
fn raw(address: SocketAddr, path: &str, body: &str, last: bool) -> String {
    let mut socket = TcpStream::connect(address).expect("a connection");
    socket.set_read_timeout(Some(DEADLINE)).expect("a time");
    let close = if last { "Connection: close\r\n" } else { "" };
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{close}Content-Length: {}\r\n\r\n", body.len());
    socket.write_all((head + body).as_bytes()).expect("sent");
    let mut answer = Vec::new();
    // A cut may also be seen as a reset; what came before counts.
    drop(socket.read_to_end(&mut answer));
    String::from_utf8(answer).expect("text")
}

async fn post(base: &str, path: &str, body: &str) -> Result<reqwest::Response, reqwest::Error> {
    client().post(format!("{base}{path}")).body(body.to_owned()).send().await
}

#[track_caller]
fn only(recorder: &Counting) -> Recorded {
    let mut recorded = recorder.recording.take();
    assert_eq!(recorded.len(), 1, "{recorded:?}");
    recorded.remove(0)
}

async fn wait_until(mut reached: impl FnMut() -> bool) {
    let until = Instant::now() + DEADLINE;
    while !reached() {
        assert!(Instant::now() < until, "it did not happen in time");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_connection_gives_no_answer_and_is_recorded() {
    for words in ["drop@count=1", "drop=after@count=1"] {
        let (collector, recorder) = collector(&[words]).await;
        assert_eq!(raw(collector.address(), "/api/v1/sessions", START, false), "");
        let Recorded { arrived, answered } = only(&recorder);
        assert_eq!(&arrived.body[..], START.as_bytes());
        assert_eq!((answered.status, answered.fault.as_deref()), (None, Some(words)));
        assert_eq!((answered.headers.len(), answered.body.len(), answered.n_events), (0, 0, 1));
        assert!(raw(collector.address(), "/api/v1/sessions", START, true).starts_with("HTTP/1.1 201 "));
        assert_eq!(only(&recorder).answered.fault, None);
        assert_eq!(collector.traffic().n_broken, 0, "the player broke nothing");
        collector.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_an_answer_is_the_first_half_of_its_bytes() {
    let (collector, recorder) = collector(&["half@every=2"]).await;
    for (path, body) in
        [("/api/v1/sessions", START), ("/api/v1/sessions", "{}"), ("/api/v1/downloaded", "[]")]
    {
        let whole = raw(collector.address(), path, body, true);
        let half = raw(collector.address(), path, body, true);
        // Ids and dates differ, lengths do not.
        assert_eq!(half.len(), whole.len() / 2, "{half}\n{whole}");
        assert!(half.starts_with("HTTP/1.1 ") && whole.starts_with(&half[..12]));
        let recorded = recorder.recording.take();
        let marks = recorded.iter().map(|one| (one.answered.body_cut, one.answered.fault.as_deref()));
        assert_eq!(marks.collect::<Vec<_>>(), [(false, None), (true, Some("half@every=2"))]);
        assert_eq!(recorded[0].answered.status, recorded[1].answered.status);
    }
    assert_eq!(collector.traffic().n_broken, 0);
    collector.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_or_dropped_stream_of_http_2_leaves_the_others_alone() {
    let (collector, _) = collector(&["half@event=ping", "drop@event=pauseStart"]).await;
    let client = reqwest::Client::builder().no_proxy().http2_prior_knowledge().tls_certs_only([]);
    let client = client.timeout(DEADLINE).build().expect("a client");
    let url = format!("{}/api/v1/sessions", collector.base_url());
    let start = client.post(&url).body(START).send().await.expect("an answer");
    let sid =
        start.headers()["location"].to_str().expect("text").rsplit('/').next().expect("an id").to_owned();
    let events = format!("{url}/{sid}/events");
    let send = |event_type| client.post(&events).body(event(event_type, 1)).send();
    for event_type in ["ping", "pauseStart"] {
        let failed = match send(event_type).await {
            Ok(answer) => answer.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(failed, "{event_type}");
        assert_eq!(send("play").await.expect("an answer").status(), 204);
    }
    assert_eq!(collector.traffic().n_accepted, 1, "all of it on one connection");
    collector.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delayed_answer_delays_nobody_else_and_ends_with_the_collector() {
    let (collector, recorder) =
        collector(&["delay=3600000@event=ping", "slow-session=3600000@session=2"]).await;
    let base = collector.base_url();
    let start = post(&base, "/api/v1/sessions", START).await.expect("an answer");
    let events = start.headers()["location"].to_str().expect("text").to_owned() + "/events";
    let delayed = [(events.clone(), event("ping", 1)), ("/api/v1/sessions".to_owned(), START.to_owned())];
    let delayed = delayed.map(|(path, body)| {
        let base = base.clone();
        tokio::spawn(async move { post(&base, &path, &body).await })
    });
    wait_until(|| recorder.n_arrived.load(Ordering::SeqCst) == 3).await;
    assert_eq!(post(&base, &events, &event("play", 2)).await.expect("an answer").status(), 204);
    assert_eq!(recorder.recording.take().len(), 2, "the start and the play");
    assert!(delayed.iter().all(|delayed| !delayed.is_finished()));
    let began = Instant::now();
    collector.stop().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let mut statuses = Vec::new();
    for delayed in delayed {
        statuses.push(delayed.await.expect("no panic").expect("an answer").status().as_u16());
    }
    assert_eq!(statuses, [204, 201]);
    let mut marks: Vec<_> =
        recorder.recording.take().into_iter().filter_map(|one| one.answered.fault).collect();
    marks.sort();
    assert_eq!(marks, ["delay=3600000@event=ping", "slow-session=3600000@session=2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_delay_is_at_least_as_long_as_asked_and_recorded_as_that() {
    let (collector, recorder) = collector(&["delay=40"]).await;
    let began = Instant::now();
    assert_eq!(
        post(&collector.base_url(), "/api/v1/sessions", START).await.expect("an answer").status(),
        201
    );
    assert!(began.elapsed() >= Duration::from_millis(40));
    let Recorded { arrived, answered } = only(&recorder);
    assert!(answered.at.secs_since(arrived.received_at) >= 0.04);
    collector.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_are_set_and_taken_back_while_the_collector_runs() {
    let (collector, recorder) = collector(&[]).await;
    let base = collector.base_url();
    let status =
        async |path: &str, body: &str| post(&base, path, body).await.expect("an answer").status().as_u16();
    assert_eq!(status("/api/v1/sessions", START).await, 201);
    collector.set_faults(&specs(&["status=500@count=1", "no-location@session=1"]));
    assert_eq!(status("/api/v1/sessions", START).await, 500);
    let lost = post(&base, "/api/v1/sessions", START).await.expect("an answer");
    assert_eq!((lost.status().as_u16(), lost.headers().get("location")), (201, None));
    collector.set_faults(&[]);
    assert_eq!(status("/api/v1/sessions", START).await, 201);
    collector.set_faults(&specs(&["skew=-86400000"]));
    let answer = post(&base, "/api/v1/sessions", START).await.expect("an answer");
    let dates: Vec<_> = answer.headers().get_all("date").iter().collect();
    assert_eq!(dates.len(), 1, "the wrong one alone");
    let marks: Vec<_> = recorder.recording.take().into_iter().map(|one| one.answered.fault).collect();
    let mark = |words: &str| Some(words.to_owned());
    assert_eq!(
        marks,
        [None, mark("status=500@count=1"), mark("no-location@session=1"), None, mark("skew=-86400000")]
    );
    collector.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_requests_that_are_passed_on_are_between_player_and_collector() {
    let (behind, taken) = running_collector().await;
    let upstream = Upstream::new(Vec::new(), Patience::default()).expect("the system's roots");
    let forward = Forward::new(&behind.base_url(), upstream).expect("an address");
    let recorder = Arc::new(Counting::default());
    let words = ["status=503@event=ping", "drop=after@event=play", "no-location@session=2"];
    let config = CollectorConfig {
        mode: Mode::Forward(forward),
        faults: specs(&words),
        ..CollectorConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), Policy::default())
    };
    let collector = Collector::start(config, recorder.clone()).await.expect("a free port");
    let base = collector.base_url();
    let start = post(&base, "/api/v1/sessions", START).await.expect("an answer");
    let events = start.headers()["location"].to_str().expect("text").to_owned() + "/events";
    assert_eq!(post(&base, &events, &event("ping", 1)).await.expect("an answer").status(), 503);
    assert_eq!(raw(collector.address(), &events, &event("play", 2), false), "");
    let second = post(&base, "/api/v1/sessions", START).await.expect("an answer");
    assert_eq!((second.status().as_u16(), second.headers().get("location")), (201, None));
    collector.stop().await;
    behind.stop().await;
    let of = |one: &Recorded| {
        let has_location = one.answered.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("location"));
        (one.answered.status, has_location, one.answered.fault.clone())
    };
    let mark = |place: usize| Some(words[place].to_owned());
    assert_eq!(
        recorder.recording.take().iter().map(of).collect::<Vec<_>>(),
        [
            (Some(201), true, None),
            (Some(503), false, mark(0)),
            (None, false, mark(1)),
            (Some(201), false, mark(2))
        ],
        "as the player got it"
    );
    assert_eq!(
        taken.take().iter().map(of).collect::<Vec<_>>(),
        [(Some(201), true, None), (Some(204), false, None), (Some(201), true, None)],
        "no ping, and answers without a fault"
    );
}

#[tokio::test]
async fn the_command_takes_faults_from_its_line_and_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.toml");
    std::fs::write(&file, "[[fault]]\nstatus = 410\nevent = \"ping\"\n").expect("written");
    let file = file.to_str().expect("UTF-8");
    let process =
        CollectProcess::start(&["--fault", "status=503@endpoint=sessions,count=1", "--faults", file]);
    let status = async |path: &str, body: &str| post(&process.base, path, body).await.expect("an answer");
    assert_eq!(status("/api/v1/sessions", START).await.status(), 503);
    let start = status("/api/v1/sessions", START).await;
    assert_eq!(start.status(), 201);
    let events = start.headers()["location"].to_str().expect("text").to_owned() + "/events";
    assert_eq!(status(&events, &event("ping", 1)).await.status(), 410);
    let log = String::from_utf8(process.terminate().stderr).expect("text");
    assert!(
        log.contains("503, 1 event, ") && log.contains("injected status=503@endpoint=sessions,count=1"),
        "{log}"
    );
}

#[test]
fn a_fault_that_cannot_be_is_an_error_of_usage_that_says_what_may_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.toml");
    std::fs::write(&file, "[[fault]]\nstatus = 200\n\n[[falt]]\n").expect("written");
    let file = file.to_str().expect("UTF-8");
    for (arguments, told) in [
        (["--fault", "stauts=404"], "there is no fault `stauts`, did you mean `status`?".to_owned()),
        (["--fault", "half@event=pign"], "there is no event type `pign`, did you mean `ping`?".to_owned()),
        (["--faults", file], format!("error: {file}:2:10: `status` must be from 400 to 599, not `200`")),
        (["--faults", file], format!("error: {file}:4:3: there is no key `falt`, did you mean `fault`?")),
        (["--faults", "/no/such/file"], "error: /no/such/file: ".to_owned()),
    ] {
        let output = playtrace(&[&["collect", "--listen", "127.0.0.1:0"][..], &arguments].concat());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{errors}");
        assert!(errors.contains(&told), "{told}: {errors}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_opens_no_session_meets_the_fault_again_unless_it_is_counted() {
    let starts = async |words: &[&str]| {
        let (collector, _) = collector(words).await;
        let mut opened = Vec::new();
        for _ in 0..3 {
            let answer = post(&collector.base_url(), "/api/v1/sessions", START).await.expect("an answer");
            opened.push(answer.headers().contains_key("location"));
        }
        collector.stop().await;
        opened
    };
    for fault in ["no-location", "status=503"] {
        assert_eq!(starts(&[&format!("{fault}@session=2")]).await, [true, false, false], "{fault}");
        assert_eq!(starts(&[&format!("{fault}@session=2,count=1")]).await, [true, false, true], "{fault}");
    }
    let help = String::from_utf8(playtrace(&["collect", "--help"]).stdout).expect("text");
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in
        ["is tried again and meets the fault again", "with count=1 the next try of the player succeeds"]
    {
        assert!(help.contains(words), "{words}: {help}");
    }
}

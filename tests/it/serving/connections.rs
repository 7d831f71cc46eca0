//! Many connections, idle ones, slow ones, old ones: none of them stops a normal player.

use crate::support::network::{CollectProcess, DEADLINE, START, client, event, playtrace};
use crate::support::raw::{post, running_with};
use playtrace::collector::limits::{Limits, descriptors};
use playtrace::collector::recorder::{Answered, Arrived, Kept, Recorder};
use playtrace::collector::{Collector, CollectorConfig};
use playtrace::model::policy::Policy;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// No connection is too old, too slow or idle for too long: only their number counts.
fn patient(connections: usize) -> Limits {
    let long = Duration::from_secs(3600);
    Limits {
        connections,
        head_time: long,
        idle_time: long,
        stall_time: long,
        body_time: long,
        ..Limits::default()
    }
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("a connection")
}

/// Sends a start and reads the head of its answer; the connection stays open.
async fn start_on(stream: &mut TcpStream) -> u16 {
    stream.write_all(&post("", START.as_bytes())).await.expect("sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        let n_read = tokio::time::timeout(DEADLINE, stream.read(&mut byte)).await.expect("in time");
        assert_eq!(n_read.expect("open"), 1, "an answer");
        answer.extend_from_slice(&byte);
    }
    String::from_utf8_lossy(&answer[9..12]).parse().expect("a status")
}

/// True when the other side has closed it.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let read = tokio::time::timeout(DEADLINE, stream.read(&mut [0])).await.expect("in time");
    matches!(read, Ok(0) | Err(_))
}

async fn until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < deadline, "it did not happen in time");
        tokio::task::yield_now().await;
    }
}

/// A whole session of a normal player, in less than the deadline.
async fn a_player_gets_its_answers(base: &str) {
    let client = client();
    let start = client.post(format!("{base}/api/v1/sessions")).body(START).send().await.expect("an answer");
    assert_eq!(start.status(), 201);
    let location = start.headers()["location"].to_str().expect("text");
    for secs in 1..50 {
        let ping = client.post(format!("{base}{location}/events")).body(event("ping", secs));
        assert_eq!(ping.send().await.expect("an answer").status(), 204);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_and_slow_writers_do_not_stop_a_normal_player() {
    let full = std::env::var("PLAYTRACE_TESTS").is_ok_and(|form| form == "full");
    let (n_idle, n_slow) = if full { (5000, 1000) } else { (100, 100) };
    // The collector is a process of its own: each side needs a descriptor for each connection.
    assert!(descriptors().is_none_or(|most| most > n_idle + n_slow), "too few open files are allowed");
    let process = CollectProcess::start(&[]);
    let address: SocketAddr =
        process.base.strip_prefix("http://").expect("plain").parse().expect("an address");
    let mut idle = Vec::new();
    for n in 0..n_idle {
        let mut stream = connect(address).await;
        if n % 10 == 0 {
            assert_eq!(start_on(&mut stream).await, 201);
        }
        idle.push(stream);
    }
    let request = post("", START.as_bytes());
    let (head, body) = request.split_at(request.len() - START.len());
    let mut slow = Vec::new();
    for n in 0..n_slow {
        let mut stream = connect(address).await;
        // Half of them are in the middle of the head, the others in the middle of the body.
        let begun = if n % 2 == 0 { head[..20].to_vec() } else { [head, &body[..20]].concat() };
        stream.write_all(&begun).await.expect("sent");
        slow.push((stream, request[begun.len()..].to_vec()));
    }
    let from = Instant::now();
    a_player_gets_its_answers(&process.base).await;
    assert!(from.elapsed() < DEADLINE);
    for (stream, rest) in &mut slow[..20] {
        stream.write_all(rest).await.expect("still open");
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.expect("an answer");
        assert_eq!(&status, b"HTTP/1.1 201", "slow ones are answered in the end");
    }
    assert_eq!(start_on(idle.last_mut().expect("there are some")).await, 201, "idle ones are still open");
    let from = Instant::now();
    assert_eq!(process.terminate_unread().status.code(), Some(0));
    assert!(from.elapsed() < Duration::from_secs(2), "{:?}", from.elapsed());
}

#[tokio::test]
async fn when_all_places_are_taken_the_longest_idle_connection_makes_room() {
    let (collector, _) = running_with(patient(4)).await;
    let mut taken = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(collector.address()).await;
        assert_eq!(start_on(&mut stream).await, 201);
        taken.push(stream);
    }
    // The first is used again: now the second has waited longest.
    assert_eq!(start_on(&mut taken[0]).await, 201);
    let mut newest = connect(collector.address()).await;
    assert_eq!(start_on(&mut newest).await, 201);
    assert!(is_closed(&mut taken[1]).await);
    for kept in [0, 2, 3] {
        assert_eq!(start_on(&mut taken[kept]).await, 201);
    }
    let traffic = collector.traffic();
    assert_eq!((traffic.n_accepted, traffic.n_displaced), (5, 1));
    collector.stop().await;
}

/// Sends the head of a start and half its body, and comes back when the other side reads that body.
async fn begin_body(stream: &mut TcpStream) {
    let request = post("Expect: 100-continue\r\n", START.as_bytes());
    stream.write_all(&request[..request.len() - 100]).await.expect("sent");
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.expect("an interim answer");
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
}

#[tokio::test]
async fn slow_writers_make_room_after_idle_connections_and_are_recorded_as_cut() {
    let (collector, recording) = running_with(patient(2)).await;
    let mut slow = connect(collector.address()).await;
    begin_body(&mut slow).await;
    let mut idle = connect(collector.address()).await;
    assert_eq!(start_on(&mut idle).await, 201);
    let mut third = connect(collector.address()).await;
    assert_eq!(start_on(&mut third).await, 201);
    assert!(is_closed(&mut idle).await, "the idle one first, although the slow one has waited longer");
    drop(third);
    until(|| collector.traffic().n_open == 1).await;
    let mut also_slow = connect(collector.address()).await;
    begin_body(&mut also_slow).await;
    let mut last = connect(collector.address()).await;
    assert_eq!(start_on(&mut last).await, 201);
    assert!(is_closed(&mut slow).await, "of slow ones that which has waited longest");
    until(|| recording.take().iter().any(|one| one.arrived.body_cut)).await;
    collector.stop().await;
}

/// Lets answers out one by one.
struct Gate {
    open: Arc<Semaphore>,
}

impl Recorder for Gate {
    fn arrived(&self, _: Arrived) -> u64 {
        0
    }

    fn answered(&self, _: u64, _: Answered) -> Kept {
        let open = Arc::clone(&self.open);
        Box::pin(async move {
            open.acquire().await.expect("never closed").forget();
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_connection_that_is_being_answered_is_never_closed_for_another() {
    let open = Arc::new(Semaphore::new(0));
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = CollectorConfig { limits: patient(2), ..CollectorConfig::new(listen, Policy::default()) };
    let collector =
        Collector::start(config, Arc::new(Gate { open: Arc::clone(&open) })).await.expect("a free port");
    let address = collector.address();
    let asking = |_| {
        tokio::spawn(async move {
            let mut stream = connect(address).await;
            (start_on(&mut stream).await, stream)
        })
    };
    let busy: Vec<_> = (0..2).map(asking).collect();
    until(|| collector.traffic().n_open == 2).await;
    let waiting = asking(2);
    open.add_permits(3);
    // Each keeps its connection: the third gets its place when one of the others has been answered.
    let mut kept = Vec::new();
    for asked in busy.into_iter().chain([waiting]) {
        let (status, stream) = asked.await.expect("no panic");
        assert_eq!(status, 201);
        kept.push(stream);
    }
    collector.stop().await;
}

#[tokio::test]
async fn idle_connections_are_closed_in_time_and_others_are_not() {
    let idle_time = Duration::from_millis(300);
    let (collector, _) = running_with(Limits { idle_time, ..patient(100) }).await;
    let mut silent = connect(collector.address()).await;
    let mut used = connect(collector.address()).await;
    assert_eq!(start_on(&mut used).await, 201);
    let mut sending = connect(collector.address()).await;
    begin_body(&mut sending).await;
    assert!(is_closed(&mut silent).await && is_closed(&mut used).await);
    sending.write_all(&START.as_bytes()[START.len() - 100..]).await.expect("still open");
    let mut status = [0; 12];
    sending.read_exact(&mut status).await.expect("an answer");
    assert_eq!(&status, b"HTTP/1.1 201");
    assert!(collector.traffic().n_overdue >= 2);
    collector.stop().await;
}

#[tokio::test]
async fn an_old_connection_ends_with_an_answer_and_loses_nothing() {
    let (collector, _) = running_with(Limits { connection_time: Duration::ZERO, ..Limits::default() }).await;
    let mut stream = connect(collector.address()).await;
    stream.write_all(&post("", START.as_bytes())).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("a clean end");
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 201") && answer.contains("connection: close"), "{answer}");
    collector.stop().await;
}

#[tokio::test]
async fn an_old_connection_of_http2_ends_between_requests() {
    let (collector, _) = running_with(Limits { connection_time: Duration::ZERO, ..patient(100) }).await;
    let builder = reqwest::Client::builder().no_proxy().http2_prior_knowledge();
    let client = builder.tls_certs_only([]).build().expect("a client");
    for _ in 0..3 {
        let start = client.post(format!("{}/api/v1/sessions", collector.base_url())).body(START);
        assert_eq!(start.send().await.expect("an answer").status(), 201);
        until(|| collector.traffic().n_open == 0).await;
    }
    collector.stop().await;
}

#[tokio::test]
async fn bodies_that_are_too_much_together_are_refused_and_the_rest_goes_on() {
    let limits = Limits { all_bodies_bytes: 100_000, ..patient(100) };
    let (collector, _) = running_with(limits).await;
    let request = post("", &vec![b' '; 90_000]);
    let mut large = connect(collector.address()).await;
    large.write_all(&request[..request.len() - 9]).await.expect("sent");
    // Until the first one's bytes have arrived, others find room.
    let deadline = Instant::now() + DEADLINE;
    loop {
        let url = format!("{}/api/v1/sessions", collector.base_url());
        let other = client().post(url).body(vec![b' '; 90_000]).send().await.expect("an answer");
        if other.status() == 503 {
            break;
        }
        assert!(Instant::now() < deadline, "{}", other.status());
    }
    a_player_gets_its_answers(&collector.base_url()).await;
    collector.stop().await;
}

#[test]
fn the_help_states_every_limit() {
    let help = String::from_utf8(playtrace(&["collect", "--help"]).stdout).expect("text");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&help).contains(&words(&Limits::default().in_words())), "{help}");
}

#[cfg(unix)]
#[test]
fn where_fewer_open_files_are_allowed_the_command_says_so() {
    let program = env!("CARGO_BIN_EXE_playtrace");
    let script = format!("ulimit -n 300; '{program}' collect --listen 127.0.0.1:0 & echo $!; wait");
    let mut shell = std::process::Command::new("sh")
        .args(["-c", &script])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut lines = BufReader::new(shell.stdout.take().expect("piped")).lines();
    let id = lines.next().expect("an id").expect("text");
    assert!(lines.next().expect("an address").expect("text").starts_with("http://"));
    assert!(std::process::Command::new("kill").arg(id).status().expect("kill runs").success());
    let said = BufReader::new(shell.stderr.take().expect("piped")).lines();
    let said = said.map(|line| line.expect("text")).find(|line| line.contains("open files"));
    assert_eq!(said.as_deref(), Some("note: the limit of open files allows 172 connections"));
    assert!(shell.wait().expect("it ends").success());
}

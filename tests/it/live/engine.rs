//! The live window's outside for real: sockets on loopback, a journal on disk, threads.

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::effect::{Effect, Effects};
use playtrace::app::live::{LiveForm, LiveMode, LiveOrder, Phase};
use playtrace::app::port::Port as _;
use playtrace::engine::Engine;
use playtrace::model::capture::Format;
use playtrace::model::collecting::{Choice, Refused};
use playtrace::store::growing::{MAX_HELD_BYTES, Tally};

use crate::support::network::{DEADLINE, START, client, event};

/// A state with a real outside.
struct Desk {
    state: State,
    engine: Engine,
    wakes: Receiver<()>,
    journal: PathBuf,
    waiting: VecDeque<Effect>,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// With a collector on a free port.
    fn collecting() -> Desk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let journal = folder.path().join("run.jsonl");
        let mut desk = Desk::at("127.0.0.1:0", &journal, folder);
        desk.wants(Command::StartCollector);
        desk.wait("the start", |state| matches!(state.live.phase, Phase::Running(_)));
        desk
    }

    fn at(listen: &str, journal: &Path, folder: tempfile::TempDir) -> Desk {
        let (woken, wakes) = sync_channel(1);
        let waker = Arc::new(move || {
            woken.try_send(()).ok();
        });
        let engine = Engine::start(waker).expect("threads can be started");
        let mut state = State::default();
        state.prefs.live = LiveForm {
            listen: listen.to_owned(),
            journal: journal.display().to_string(),
            ..LiveForm::default()
        };
        Desk { state, engine, wakes, waiting: VecDeque::new(), journal: journal.to_owned(), _folder: folder }
    }

    fn wants(&mut self, command: Command) {
        let effects = self.state.apply(command);
        self.submit(effects);
    }

    fn submit(&mut self, effects: Effects) {
        self.waiting.extend(effects);
        // What finds no room waits, as in the window.
        while let Some(effect) = self.waiting.pop_front() {
            if let Err(refused) = self.engine.submit(effect) {
                self.waiting.push_front(refused);
                break;
            }
        }
    }

    #[track_caller]
    fn wait(&mut self, what: &str, until: impl Fn(&State) -> bool) {
        while !until(&self.state) {
            self.submit(Effects::none());
            match self.engine.poll() {
                Some(update) => {
                    let effects = self.state.absorb(update);
                    self.submit(effects);
                }
                None => {
                    let woken = self.wakes.recv_timeout(DEADLINE);
                    assert!(woken.is_ok(), "{what} did not come; {:?}", self.state.live);
                }
            }
        }
    }

    fn base_url(&self) -> String {
        self.state.live.running().expect("it runs").base_url.clone()
    }

    fn address(&self) -> SocketAddr {
        self.state.live.running().expect("it runs").address
    }

    #[track_caller]
    fn refused(&mut self) -> Refused {
        self.wait("the refusal", |state| state.live.refused.is_some());
        self.state.live.refused.clone().expect("it was waited for")
    }

    fn stop(&mut self) {
        self.wants(Command::StopCollector);
        self.wait("the end", |state| state.live.phase == Phase::Off && state.live.settling.is_empty());
    }
}

fn tally(state: &State) -> Tally {
    let growth = state.captures.first().and_then(|loaded| loaded.growth.as_ref());
    growth.map_or_else(Tally::default, |growth| growth.tally)
}

/// Sends sessions side by side, each with so many events, and asserts that every request is answered.
fn send(base: &str, n_sessions: usize, n_pings: i64) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let client = client();
        let senders = (0..n_sessions).map(|_| {
            let (client, base) = (client.clone(), base.to_owned());
            tokio::spawn(async move {
                let post = async |path: &str, body: String| {
                    let sent =
                        client.post(format!("{base}{path}")).header("content-type", "application/json");
                    sent.body(body).send().await.expect("it is answered")
                };
                let opened = post("/api/v1/sessions", START.to_owned()).await;
                let location = opened.headers().get("location").expect("a session").to_str().expect("text");
                let events = format!("{location}/events");
                let path = events.find("/api/").map_or(events.clone(), |at| events[at..].to_owned());
                for n in 1..=n_pings {
                    let answer = post(&path, self::event("ping", n * 10)).await;
                    assert_eq!(answer.status(), 204, "event {n}");
                }
            })
        });
        for sender in senders.collect::<Vec<_>>() {
            sender.await.expect("nothing failed");
        }
    });
}

#[test]
fn what_players_send_comes_in_order_and_the_stop_gives_the_port_back() {
    let mut desk = Desk::collecting();
    let base = desk.base_url();
    let sending = std::thread::spawn(move || send(&base, 2, 60));
    desk.wait("the requests", |state| tally(state).requests == 122);
    sending.join().expect("all was answered");
    desk.wait("the drawing", |state| state.drawing.is_some());
    let loaded = &desk.state.captures[0];
    assert_eq!(loaded.capture.sessions.len(), 2);
    for session in &loaded.capture.sessions {
        assert!(loaded.capture.is_so_far(session));
        let playheads: Vec<f64> = (session.by_arrival.iter())
            .filter_map(|id| loaded.capture.event(*id)?.playhead().map(|playhead| playhead.0))
            .collect();
        assert_eq!(playheads, (0..=60).map(|n| f64::from(n) * 10.0).collect::<Vec<_>>());
    }
    let address = desk.address();
    desk.stop();
    assert!(TcpListener::bind(address).is_ok(), "the port is free");
    let loaded = desk.state.captures[0].clone();
    assert_eq!((loaded.path.as_ref(), loaded.capture.format), (Some(&desk.journal), Format::Journal));
    let on_disk = std::fs::read(&desk.journal).expect("the journal is there");
    assert!(loaded.capture.source.bytes() == on_disk, "what is shown is the journal");
}

#[test]
fn a_window_that_does_not_look_changes_no_answer_and_misses_nothing() {
    let mut desk = Desk::collecting();
    let base = desk.base_url();
    // Nobody polls: were anything to wait for the window, these would never be answered.
    send(&base, 4, 100);
    let waiting = std::iter::from_fn(|| desk.engine.poll()).count();
    assert!(waiting <= 2, "of snapshots only the newest lies there, not {waiting}");
    send(&base, 1, 10);
    desk.wait("all of it", |state| tally(state).requests == 4 * 101 + 11);
    desk.stop();
    assert_eq!(desk.state.captures[0].capture.events.len(), 4 * 101 + 11);
}

#[test]
fn faults_of_the_window_are_injected_until_they_are_taken_back() {
    let mut desk = Desk::collecting();
    let sessions = format!("{}/api/v1/sessions", desk.base_url());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let client = client();
    let status = || {
        let sent = client.post(&sessions).header("content-type", "application/json").body(START);
        runtime.block_on(async { sent.send().await.expect("it is answered").status().as_u16() })
    };
    for (faults, wanted) in [("status=503", 503), ("", 201)] {
        desk.wants(Command::EditLive(LiveForm {
            faults: faults.to_owned(),
            ..desk.state.prefs.live.clone()
        }));
        assert!((0..1000).any(|_| status() == wanted), "{faults:?} takes hold");
    }
    desk.stop();
}

#[test]
fn a_port_that_is_taken_and_a_journal_that_cannot_be_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let listen = taken.local_addr().expect("it listens").to_string();
    let journal = folder.path().join("run.jsonl");
    let mut desk = Desk::at(&listen, &journal, folder);
    desk.wants(Command::StartCollector);
    let refused = desk.refused();
    assert_eq!(refused.about, Some(Choice::Listen));
    assert!(refused.why.to_string().contains(&listen), "{refused}");
    let nowhere = desk.journal.with_file_name("no folder").join("run.jsonl");
    desk.state.prefs.live.journal = nowhere.display().to_string();
    desk.wants(Command::StartCollector);
    let refused = desk.refused();
    assert_eq!(refused.about, Some(Choice::Journal));
    assert!(refused.why.to_string().contains("no folder"), "{refused}");
    desk.state.prefs.live.mode = LiveMode::Proxy;
    desk.state.prefs.live.opened = "no/host".to_owned();
    desk.wants(Command::StartCollector);
    let refused = desk.refused();
    assert_eq!(refused.about, Some(Choice::Opened));
    assert_eq!(desk.state.live.phase, Phase::Off);
}

#[test]
fn the_end_of_the_program_gives_the_port_back() {
    let desk = Desk::collecting();
    let (base, address) = (desk.base_url(), desk.address());
    send(&base, 1, 5);
    let journal = desk.journal.clone();
    let folder = desk._folder;
    drop(desk.engine);
    assert!(TcpListener::bind(address).is_ok(), "the port is free");
    let text = std::fs::read_to_string(&journal).expect("the journal is there");
    assert_eq!(text.lines().filter(|line| line.starts_with("{\"answer\"")).count(), 6);
    drop(folder);
}

/// Kilobytes of memory that this process holds.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// The full form is for `cargo test --release`: a debug build is too slow to show so many events within the deadline.
#[test]
fn day_long_sessions_at_speed_are_held_in_bounded_memory() {
    let full = std::env::var_os("PLAYTRACE_TESTS").is_some_and(|form| form == "full");
    let (n_sessions, n_pings) = if full { (100, 8999) } else { (4, 499) };
    let mut desk = Desk::collecting();
    let base = desk.base_url();
    let before = resident_kib();
    let sending = std::thread::spawn(move || send(&base, n_sessions, n_pings));
    let n_requests = n_sessions as u64 * (n_pings as u64 + 1);
    let began = std::time::Instant::now();
    let mut most = 0;
    let mut told = 0;
    while tally(&desk.state).requests < n_requests && !(sending.is_finished() && told > 600) {
        desk.wakes.recv_timeout(DEADLINE).expect("something comes");
        while let Some(update) = desk.engine.poll() {
            let effects = desk.state.absorb(update);
            desk.submit(effects);
        }
        told += usize::from(sending.is_finished());
        most = most.max(resident_kib());
        let held = desk.state.captures.first().map_or(0, |loaded| loaded.capture.source.bytes().len());
        assert!(held <= MAX_HELD_BYTES + (2 << 20), "{held} bytes are held");
    }
    sending.join().expect("all was answered");
    assert_eq!(tally(&desk.state).requests, n_requests);
    assert_eq!(tally(&desk.state).sessions, n_sessions as u64);
    println!(
        "{n_requests} requests in {:?}, {} MiB more than before",
        began.elapsed(),
        (most - before) >> 10
    );
    assert!(most < before + (600 << 10), "{most} KiB, {before} KiB before");
}

#[test]
fn the_demo_shows_live_traffic_and_stops_with_its_player() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("run.jsonl");
    let mut desk = Desk::at("127.0.0.1:0", &journal, folder);
    desk.state.prefs.live.mode = LiveMode::Forward;
    let mut effects = Effects::none();
    for effect in desk.state.apply(Command::PlayDemo) {
        effects.push(match effect {
            Effect::StartCollector { order, judging } => {
                // Beside the test, not among the user's own.
                let order = LiveOrder { journal: Some(journal.clone()), ..(*order).clone() };
                Effect::StartCollector { order: Arc::new(order), judging }
            }
            other => other,
        });
    }
    desk.submit(effects);
    desk.wait("live traffic", |state| tally(state).sessions >= 4 && tally(state).requests >= 20);
    let address = desk.address();
    let began = std::time::Instant::now();
    desk.wants(Command::StopCollector);
    desk.wait("the port", |state| state.live.phase == Phase::Off);
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(TcpListener::bind(address).is_ok(), "the port is free");
    desk.wait("the last word", |state| state.live.settling.is_empty());
    let loaded = &desk.state.captures[0];
    assert!(loaded.capture.sessions.iter().all(|session| !loaded.capture.is_so_far(session)));
    // The player has ended what it played.
    let n_ended = |text: &str| text.matches("sessionEnd").count() + text.matches("sessionComplete").count();
    let on_disk = std::fs::read_to_string(&journal).expect("the journal is there");
    assert!(n_ended(&on_disk) >= 3, "{} ends", n_ended(&on_disk));
}

#[test]
fn the_window_passes_on_to_a_real_collector_as_the_command_line_does() {
    let mut real = Desk::collecting();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("passed.jsonl");
    let mut desk = Desk::at("127.0.0.1:0", &journal, folder);
    desk.state.prefs.live.mode = LiveMode::Forward;
    desk.state.prefs.live.forward = real.base_url();
    desk.wants(Command::StartCollector);
    desk.wait("the start", |state| matches!(state.live.phase, Phase::Running(_)));
    let base = desk.base_url();
    send(&base, 1, 3);
    desk.wait("the requests", |state| tally(state).requests == 4);
    real.wait("the same requests", |state| tally(state).requests == 4);
    let sid = |desk: &Desk| desk.state.captures[0].capture.sessions[0].sid.clone();
    assert!(sid(&desk).is_some() && sid(&desk) == sid(&real), "its answers go back unchanged");
    desk.stop();
    real.stop();
}

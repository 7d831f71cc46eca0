//! The window's outside for real: threads, files, and a stand-in on loopback.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::effect::Effects;
use playtrace::app::mending::Ignore;
use playtrace::app::port::Port as _;
use playtrace::app::sending::SendForm;
use playtrace::app::update::Update;
use playtrace::engine::Engine;
use playtrace::files;
use playtrace::model::id::SessionId;
use playtrace::model::source::Source;
use playtrace::outbox::plan::SendMode;
use playtrace::store::filter::EventFilter;
use playtrace::store::project::{CaptureName, Project};
use tempfile::TempDir;

use crate::support::network::{DEADLINE, running_collector};
use crate::support::window::{faulty_session, long_session};

/// A state with a real outside.
struct Desk {
    state: State,
    engine: Engine,
    /// One message whenever the window would be woken.
    wakes: Receiver<()>,
    /// Short names of what has happened, in order.
    happened: Vec<&'static str>,
}

impl Desk {
    fn new() -> Desk {
        let (woken, wakes) = sync_channel(1);
        // One wake that waits to be seen is enough.
        let waker = Arc::new(move || {
            woken.try_send(()).ok();
        });
        let engine = Engine::start(waker).expect("threads can be started");
        Desk { state: State::default(), engine, wakes, happened: Vec::new() }
    }

    fn wants(&mut self, command: Command) {
        let effects = self.state.apply(command);
        self.submit(effects);
    }

    fn submit(&mut self, effects: Effects) {
        for effect in effects {
            self.engine.submit(effect).expect("there is room");
        }
    }

    #[track_caller]
    fn wait(&mut self, what: &str, until: impl Fn(&State) -> bool) {
        self.wait_until(what, |desk| until(&desk.state));
    }

    #[track_caller]
    fn wait_until(&mut self, what: &str, until: impl Fn(&Desk) -> bool) {
        while !until(self) {
            match self.engine.poll() {
                Some(update) => {
                    self.happened.push(name(&update));
                    let effects = self.state.absorb(update);
                    self.submit(effects);
                }
                None => {
                    let woken = self.wakes.recv_timeout(DEADLINE);
                    assert!(woken.is_ok(), "{what} did not come; happened: {:?}", self.happened);
                }
            }
        }
    }
}

fn name(update: &Update) -> &'static str {
    match update {
        Update::Opened { .. } => "opened",
        Update::NotOpened { .. } => "not-opened",
        Update::Judged { .. } => "judged",
        Update::Filtered { .. } => "filtered",
        Update::Delivered { .. } => "delivered",
        Update::Sent { .. } => "sent",
        Update::ProjectSaved { .. } | Update::NamedSaved { .. } => "project-saved",
        _ => "other",
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

#[test]
fn files_are_read_judged_and_filtered_on_threads_that_wake_the_window() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "faulty.json", &faulty_session());
    let mut desk = Desk::new();
    desk.wants(Command::Open(vec![path, folder.path().join("missing.json")]));
    desk.wait("the judgement", |state| state.captures.iter().any(|loaded| loaded.judged.is_some()));
    desk.wait("the notice", |state| !state.notices.is_empty());
    assert_eq!(desk.state.notices[0].key, "not-read");
    let of_file: Vec<_> = desk.happened.iter().filter(|name| ["opened", "judged"].contains(name)).collect();
    assert_eq!(of_file, [&"opened", &"judged"], "the capture is there before the judgement");
    desk.wants(Command::SetFilter(EventFilter { text: "ping".to_owned(), ..EventFilter::default() }));
    desk.wait("the filter", |state| state.filtered.is_some());
    assert_eq!(desk.state.n_table_rows(), 3);
}

#[test]
fn the_configuration_beside_a_capture_is_judged_with_and_a_broken_one_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "faulty.json", &faulty_session());
    let mut totals = Vec::new();
    for (config, notice) in [
        ("ignore = [\"S\", \"A\", \"T\", \"L\"]", "config-used"),
        ("[schemas]\nall = \"no.json\"", "config-broken"),
    ] {
        write(folder.path(), "playtrace.toml", config.as_bytes());
        let mut desk = Desk::new();
        desk.wants(Command::Open(vec![path.clone()]));
        desk.wait("the judgement", |state| state.captures.iter().any(|loaded| loaded.judged.is_some()));
        assert_eq!(desk.state.notices[0].key, notice);
        totals.push(desk.state.captures[0].judged.as_ref().map(|judged| judged.total().error));
    }
    assert!(totals[0] < totals[1], "the families are ignored, then judged without: {totals:?}");
}

#[test]
fn what_is_drawn_keeps_to_the_numbers_of_the_configuration() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "faulty.json", &faulty_session());
    write(folder.path(), "playtrace.toml", b"[rules.playhead-drift]\ntolerance-secs = 77");
    let mut desk = Desk::new();
    desk.wants(Command::Open(vec![path]));
    desk.wait("the drawing", |state| state.drawing.is_some());
    let tolerance = desk.state.drawing.as_ref().map(|drawing| drawing.tolerance.secs);
    assert_eq!(tolerance, Some(77.0));
}

#[test]
fn a_job_that_is_cancelled_before_it_begins_stops() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = write(folder.path(), "long.json", &long_session(20_000));
    let second = write(folder.path(), "faulty.json", &faulty_session());
    let mut desk = Desk::new();
    desk.wants(Command::Open(vec![first, second]));
    let waiting = desk.state.jobs[1].id;
    desk.wants(Command::Cancel(waiting));
    desk.wait("the end of all jobs", |state| state.jobs.is_empty());
    assert_eq!(desk.state.captures.len(), 1, "only the first was opened");
    assert_eq!(desk.state.notices[0].key, "open-stopped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_sent_to_a_stand_in_and_every_answer_comes_back() {
    let (collector, _recording) = running_collector().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "long.json", &long_session(30));
    let mut desk = Desk::new();
    desk.wants(Command::Open(vec![path]));
    desk.wait("the capture", |state| state.shown.is_some());
    let form = SendForm {
        target: format!("http://{}", collector.address()),
        mode: SendMode::Online,
        ..SendForm::default()
    };
    desk.wants(Command::EditSending(form));
    desk.wants(Command::Send);
    desk.wait("the results", |state| state.sending.results.len() == 30 && state.sending.job.is_none());
    let statuses: Vec<_> =
        desk.state.sending.results.iter().map(|result| result.answer.clone().ok()).collect();
    assert_eq!(statuses[0], Some(201));
    assert!(statuses[1..].iter().all(|status| *status == Some(204)), "{statuses:?}");
    assert!(desk.state.sending.results[5].url.contains("/sessions/"), "the new id is in the path");
}

#[test]
fn paths_can_be_typed_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().to_str().expect("a plain path");
    std::fs::create_dir(folder.path().join("Captures")).expect("made");
    write(folder.path(), "capture.har", b"{}");
    write(folder.path(), ".capture.swp", b"{}");
    let found = files::begin_like(&format!("{root}/cap"));
    let expected = [(format!("{root}/Captures/"), true), (format!("{root}/capture.har"), false)];
    assert_eq!(found, expected);
    assert_eq!(files::begin_like(&format!("{root}/.cap")).len(), 1, "hidden files only when asked for");
    assert!(files::begin_like("/nowhere/at/all/").is_empty());
}

/// Names the capture whose project the test saves again and again until it is killed.
const CHILD: &str = "PLAYTRACE_SAVES_PROJECT_OF";
/// What the project that has a name is called.
const NAMED: &str = "named.playtrace.json";

/// Decides without end, and says after each decision that it was saved: beside the capture, or in a project by name.
fn decide_until_killed(path: &Path, by_name: bool) {
    let mut desk = Desk::new();
    desk.wants(Command::Open(vec![path.to_owned()]));
    desk.wait("the judgement", |state| state.captures.iter().any(|loaded| loaded.judged.is_some()));
    if by_name {
        let place = Some(path.with_file_name(NAMED));
        let effects = desk.state.absorb(Update::ProjectPlacePicked { place, at_once: false });
        desk.submit(effects);
        desk.wait("the project", |state| state.named.is_some());
        desk.happened.clear();
    }
    let capture = desk.state.captures[0].id;
    for n in 1.. {
        let reason = n.to_string();
        desk.wants(Command::Ignore { capture, what: Ignore::Session(SessionId(0)), reason });
        let saved = |desk: &Desk| desk.happened.iter().filter(|name| **name == "project-saved").count();
        desk.wait_until("the file", |desk| saved(desk) >= n);
        println!("saved {n}");
    }
}

/// Runs this test in a program of its own until it has said some times that something was saved, and kills it. Gives
/// what was said last, the capture and its folder.
fn killed_while_deciding(test: &str, wanted: usize) -> (u32, PathBuf, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "faulty.json", &faulty_session());
    let mut child = Process::new(std::env::current_exe().expect("this test"))
        .args([test, "--exact", "--nocapture"])
        .env(CHILD, &path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("can be started");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let saved = lines
        .map_while(Result::ok)
        .filter_map(|line| line.rsplit_once("saved ")?.1.parse::<u32>().ok())
        .nth(wanted - 1)
        .expect("it goes on until it is killed");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    (saved, path, folder)
}

/// How often the program is killed, each time after so many decisions.
fn kills() -> impl Iterator<Item = usize> {
    let full = std::env::var_os("PLAYTRACE_TESTS").is_some_and(|form| form == "full");
    let mut random = fastrand::Rng::with_seed(11);
    (0..if full { 100 } else { 4 }).map(move |_| random.usize(1..30))
}

#[track_caller]
fn assert_kept(project: &Project, saved: u32) {
    let kept: u32 = project.ignored[0].reason.parse().expect("a number");
    assert!(kept >= saved, "{kept} is kept, {saved} was said to be saved");
}

#[test]
fn what_was_decided_is_there_and_whole_after_the_program_was_killed() {
    if let Some(path) = std::env::var_os(CHILD) {
        return decide_until_killed(Path::new(&path), false);
    }
    let test = "engine::what_was_decided_is_there_and_whole_after_the_program_was_killed";
    for wanted in kills() {
        let (saved, path, _folder) = killed_while_deciding(test, wanted);
        let bytes = files::read_project(&path).expect("can be read").expect("it is there");
        let found = CaptureName::of("", &Source::new(faulty_session()));
        assert_kept(&Project::load(&bytes, &found).expect("it is whole"), saved);
    }
}

#[test]
fn a_project_by_name_is_there_and_whole_after_the_program_was_killed() {
    if let Some(path) = std::env::var_os(CHILD) {
        return decide_until_killed(Path::new(&path), true);
    }
    let test = "engine::a_project_by_name_is_there_and_whole_after_the_program_was_killed";
    for wanted in kills() {
        let (saved, path, _folder) = killed_while_deciding(test, wanted);
        let found =
            files::project::at(&path.with_file_name(NAMED)).expect("it is there").expect("it is whole");
        assert_kept(&found.named.expect("it has a name").captures[0], saved);
    }
}

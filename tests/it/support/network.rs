//! Clients, collectors and processes on loopback.

use playtrace::collector::recorder::Recording;
use playtrace::collector::{Collector, CollectorConfig};
use playtrace::model::policy::Policy;
use std::io::Read as _;
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// Nothing here takes longer than this, on a slow machine either.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A `sessionStart` that the set `documented` accepts.
pub const START: &str = concat!(
    r#"{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":1000},"params":{"#,
    r#""analytics.trackingServer":"t","analytics.reportSuite":"r","visitor.marketingCloudOrgId":"o","#,
    r#""media.id":"m","media.length":60,"media.contentType":"vod","media.playerName":"p","media.channel":"c"}}"#
);

/// An event without params, with the playhead and the `ts` (in seconds after that of the start).
pub fn event(event_type: &str, secs: i64) -> String {
    let ts = 1000 + secs * 1000;
    format!(r#"{{"eventType":"{event_type}","playerTime":{{"playhead":{secs},"ts":{ts}}}}}"#)
}

/// A plain HTTP client that follows nothing and uses no proxy.
pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.tls_certs_only([]).timeout(DEADLINE).build().expect("a client for plain HTTP")
}

/// A collector on a free port, with what it records.
pub async fn running_collector() -> (Collector, Arc<Recording>) {
    let recording = Arc::new(Recording::default());
    let config = CollectorConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), Policy::default());
    let collector = Collector::start(config, recording.clone()).await.expect("a free port");
    (collector, recording)
}

/// Runs `playtrace` to its end.
#[track_caller]
pub fn playtrace(arguments: &[&str]) -> Output {
    playtrace_with(arguments, &[])
}

/// Runs `playtrace` to its end, with these variables in its environment.
#[track_caller]
pub fn playtrace_with(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = command(arguments);
    command.envs(variables.iter().copied()).stderr(Stdio::piped());
    output_of(command.spawn().expect("playtrace starts"))
}

/// Starts `playtrace`, waits for `n_lines` on standard output, sends Ctrl-C and waits for its end.
/// The output is what came after those lines.
#[track_caller]
pub fn playtrace_interrupted(arguments: &[&str], n_lines: usize) -> Output {
    let mut child = command(arguments).stderr(Stdio::piped()).spawn().expect("playtrace starts");
    for _ in 0..n_lines {
        read_line(&mut child);
    }
    signal("-INT", &child.id().to_string());
    output_of(child)
}

/// A process that was told to stop.
pub struct Stopped {
    /// What it said.
    pub output: Output,
    /// From Ctrl-C to its end.
    pub took: Duration,
}

/// Starts `playtrace`, sends Ctrl-C as soon as `condition` holds and waits for its end.
#[track_caller]
pub fn playtrace_stopped_when(arguments: &[&str], mut condition: impl FnMut() -> bool) -> Stopped {
    let child = command(arguments).stderr(Stdio::piped()).spawn().expect("playtrace starts");
    let started = Instant::now();
    while !condition() && started.elapsed() < DEADLINE {
        std::thread::yield_now();
    }
    let stopped = Instant::now();
    signal("-INT", &child.id().to_string());
    let output = output_of(child);
    Stopped { output, took: stopped.elapsed() }
}

/// Reads a line of standard output byte by byte: what follows it stays in the pipe.
#[track_caller]
fn read_line(child: &mut Child) -> String {
    let stdout = child.stdout.as_mut().expect("piped");
    let (mut line, mut byte) = (Vec::new(), [0]);
    while byte != *b"\n" {
        stdout.read_exact(&mut byte).expect("a line");
        line.push(byte[0]);
    }
    String::from_utf8(line).expect("text").trim_end().to_owned()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playtrace"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// What every collector of a test begins with.
const COLLECT: &[&str] = &["collect", "--listen", "127.0.0.1:0"];

/// A collector that a shell starts after it has set a limit.
#[cfg(unix)]
fn limited(limit: &str, arguments: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{limit}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_playtrace")]);
    shell.args(COLLECT).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    shell
}

/// Waits for the end of a process; one that does not end in time is killed and fails the test.
#[track_caller]
fn output_of(child: Child) -> Output {
    let id = child.id().to_string();
    let (send, ended) = mpsc::channel();
    std::thread::spawn(move || drop(send.send(child.wait_with_output())));
    let output = ended.recv_timeout(DEADLINE);
    if output.is_err() {
        signal("-KILL", &id);
    }
    output.expect("it ends in time").expect("its output")
}

#[track_caller]
fn signal(name: &str, id: &str) {
    assert!(Command::new("kill").args([name, id]).status().expect("kill runs").success());
}

/// A running `playtrace collect`; killed if a test fails.
pub struct CollectProcess {
    child: Option<Child>,
    /// The user's data folder, where certificates and journals go that have no place of their own.
    pub data: tempfile::TempDir,
    /// Its base address, as printed.
    pub base: String,
}

impl CollectProcess {
    /// Starts it on a free port and waits for its first line.
    #[track_caller]
    pub fn start(arguments: &[&str]) -> Self {
        Self::spawned(command(&[COLLECT, arguments].concat()))
    }

    /// The same, after a shell has set a limit.
    #[cfg(unix)]
    #[track_caller]
    pub fn limited(limit: &str, arguments: &[&str]) -> Self {
        Self::spawned(limited(limit, arguments))
    }

    /// Starts it as `limited` does, but it is expected to end by itself.
    #[cfg(unix)]
    #[track_caller]
    pub fn refused(limit: &str, arguments: &[&str]) -> Output {
        output_of(limited(limit, arguments).stderr(Stdio::piped()).spawn().expect("a shell starts"))
    }

    #[track_caller]
    fn spawned(mut command: Command) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let command = command.env("XDG_DATA_HOME", data.path()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("playtrace starts");
        let base = read_line(&mut child);
        Self { child: Some(child), data, base }
    }

    /// Sends TERM and waits for its end.
    #[track_caller]
    pub fn terminate(mut self) -> Output {
        let child = self.child.take().expect("it runs until here");
        signal("-TERM", &child.id().to_string());
        output_of(child)
    }

    /// Kills it at once: it gets no chance to do anything more.
    #[track_caller]
    pub fn kill(mut self) {
        let mut child = self.child.take().expect("it runs until here");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// The same, while nobody reads its log.
    #[track_caller]
    pub fn terminate_unread(self) -> Output {
        self.end_unread("-TERM")
    }

    /// Sends a signal and waits for its end, while nobody reads its log.
    #[track_caller]
    pub fn end_unread(mut self, name: &str) -> Output {
        let mut child = self.child.take().expect("it runs until here");
        let unread = child.stderr.take();
        signal(name, &child.id().to_string());
        let output = output_of(child);
        drop(unread);
        output
    }
}

impl Drop for CollectProcess {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

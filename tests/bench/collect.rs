//! How many events a second `playtrace collect` journals and answers, against a bare axum handler that answers 204, by
//! the same clients in the same run: how long answers take, and whether memory grows.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::report;

/// Connections at a time, each with a player that waits for every answer.
const CONNECTIONS: [usize; 3] = [8, 32, 64];
/// How long each measurement takes; the last one of a full run.
const SHORT: Duration = Duration::from_secs(4);
const LONG: Duration = Duration::from_secs(120);
/// Before it, so long is not measured: connections are opened, code and files become warm.
const WARM_UP: Duration = Duration::from_secs(1);

const START: &str = concat!(
    r#"{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":1600000000000},"params":{"#,
    r#""analytics.trackingServer":"t","analytics.reportSuite":"r","visitor.marketingCloudOrgId":"o","#,
    r#""media.id":"m","media.length":60,"media.contentType":"vod","media.playerName":"p","media.channel":"c"}}"#
);
const PING: &str = concat!(
    r#"{"playerTime":{"playhead":12.5,"ts":1600000012500},"eventType":"ping","#,
    r#""qoeData":{"media.qoe.bitrate":3000,"media.qoe.framesPerSecond":24,"media.qoe.droppedFrames":2}}"#
);

/// A server in a process of its own; killed when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("a server")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("piped")?).read_line(&mut line)?;
        let address = line.trim().trim_start_matches("http://").to_owned();
        ensure!(!address.is_empty(), "the server did not start");
        Ok(Self { child, address })
    }

    fn bare() -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare");
        Self::start(command)
    }

    fn collector(journal: &Path, sync: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_playtrace"));
        command.args(["collect", "--listen", "127.0.0.1:0", "--sync", sync, "--journal-limit", "100G"]);
        command.arg("--journal").arg(journal);
        Self::start(command)
    }

    /// Resident memory now, bytes.
    fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The reference: answers 204 to everything, until it is killed.
pub fn bare() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        report(&listener.local_addr()?.to_string())?;
        let router = axum::Router::new().fallback(async || axum::http::StatusCode::NO_CONTENT);
        Ok(axum::serve(listener, router).await?)
    })
}

/// Prints a line for each number of connections and each way to sync; in full the last for two minutes.
pub fn measure(full: bool) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    report("connections  sync      bare/s   collect/s   ratio   p50 ms   p99 ms   max ms   memory MB")?;
    for n_connections in CONNECTIONS {
        for sync in ["always", "os"] {
            let is_long = full && n_connections == 64;
            let time = if is_long { LONG } else { SHORT };
            let reference = load(&Server::bare()?, n_connections, SHORT)?;
            let collector = Server::collector(&folder.path().join(format!("{n_connections}{sync}")), sync)?;
            let warm = load(&collector, n_connections, WARM_UP)?;
            ensure!(warm.n_answers() > 0, "nothing was answered");
            let before = collector.memory()?;
            let measured = load(&collector, n_connections, time)?;
            report(&format!(
                "{n_connections:>11}  {sync:<6}  {:>8.0}  {:>10.0}  {:>6.2}  {:>7.2}  {:>7.2}  {:>7.2}   {} to {}",
                reference.per_second(),
                measured.per_second(),
                measured.per_second() / reference.per_second(),
                measured.quantile(0.5),
                measured.quantile(0.99),
                measured.quantile(1.0),
                before / 1_000_000,
                collector.memory()? / 1_000_000,
            ))?;
        }
    }
    Ok(())
}

/// What clients saw.
struct Load {
    /// How long each answer took, sorted.
    latencies: Vec<Duration>,
    time: Duration,
}

impl Load {
    fn n_answers(&self) -> usize {
        self.latencies.len()
    }

    fn per_second(&self) -> f64 {
        self.n_answers() as f64 / self.time.as_secs_f64()
    }

    /// Milliseconds.
    fn quantile(&self, share: f64) -> f64 {
        let index = ((self.n_answers() as f64 * share) as usize).min(self.n_answers().saturating_sub(1));
        self.latencies.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }
}

/// Players on as many connections, all in one thread, for so long.
fn load(server: &Server, n_connections: usize, time: Duration) -> anyhow::Result<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut players = tokio::task::JoinSet::new();
        let from = Instant::now();
        for _ in 0..n_connections {
            players.spawn(play(server.address.clone(), from + time));
        }
        let mut latencies = Vec::new();
        while let Some(played) = players.join_next().await {
            latencies.append(&mut played??);
        }
        let time = from.elapsed();
        latencies.sort_unstable();
        Ok(Load { latencies, time })
    })
}

/// One player: a start, then pings until the time is up.
async fn play(address: String, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let request = |path: &str, body: &str| {
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let mut answer = Vec::new();
    ask(&mut stream, &request("/api/v1/sessions", START), &mut answer).await?;
    let head = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    // The reference opens no session.
    let location =
        head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or("/api/v1/sessions/none");
    let ping = request(&format!("{location}/events"), PING);
    let mut latencies = Vec::new();
    loop {
        let from = Instant::now();
        if from >= until {
            return Ok(latencies);
        }
        ask(&mut stream, &ping, &mut answer).await?;
        ensure!(answer.starts_with(b"HTTP/1.1 204"), "{}", String::from_utf8_lossy(&answer));
        latencies.push(from.elapsed());
    }
}

/// Sends a request, and reads an answer that has no body.
async fn ask(stream: &mut TcpStream, request: &str, answer: &mut Vec<u8>) -> anyhow::Result<()> {
    stream.write_all(request.as_bytes()).await?;
    answer.clear();
    while !answer.ends_with(b"\r\n\r\n") {
        ensure!(stream.read_buf(answer).await? > 0, "the server hung up");
    }
    Ok(())
}

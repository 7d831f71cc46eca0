//! The end: within two seconds, whatever is open; nothing that was acknowledged is lost; the port is free.

use crate::support::network::{CollectProcess, START, client, running_collector};
use crate::support::raw::post;
use playtrace::collector::recorder::Recorded;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// A stop takes no longer.
const MOST: Duration = Duration::from_secs(2);

/// Connections that do nothing, that send slowly, and that never read.
fn burdens(address: SocketAddr) -> Vec<TcpStream> {
    let request = post("", START.as_bytes());
    let begun: [&[u8]; 5] =
        [b"", b"POST", &request[..60], &request[..request.len() - 9], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"];
    let many = b"GET /api/v1/schemas/sessionStart HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500);
    begun
        .iter()
        .copied()
        .chain([many.as_slice()])
        .map(|bytes| {
            let mut stream = TcpStream::connect(address).expect("a connection");
            stream.write_all(bytes).expect("sent");
            stream
        })
        .collect()
}

/// Players that have each been answered once and go on until they get no more answers; each says how many were 201.
async fn players(base: &str, n_players: usize) -> tokio::task::JoinSet<usize> {
    let mut players = tokio::task::JoinSet::new();
    for _ in 0..n_players {
        let (client, url) = (client(), format!("{base}/api/v1/sessions"));
        assert_eq!(client.post(&url).body(START).send().await.expect("an answer").status(), 201);
        players.spawn(async move {
            let mut n_acknowledged = 1;
            while let Ok(answer) = client.post(&url).body(START).send().await {
                n_acknowledged += usize::from(answer.status() == 201);
            }
            n_acknowledged
        });
    }
    players
}

fn n_created(recorded: &[Recorded]) -> usize {
    recorded.iter().filter(|one| one.answered.status == Some(201)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_takes_less_than_two_seconds_and_loses_nothing_acknowledged() {
    let (collector, recording) = running_collector().await;
    let address = collector.address();
    let open = burdens(address);
    let players = players(&collector.base_url(), 8).await;
    let mut recorded = Vec::new();
    // The connection that never reads has been answered many times before the players have.
    while n_created(&recorded) < 100 {
        recorded.append(&mut recording.take());
        tokio::task::yield_now().await;
    }
    let from = Instant::now();
    collector.stop().await;
    assert!(from.elapsed() < MOST, "{:?}", from.elapsed());
    assert!(TcpListener::bind(address).is_ok(), "the port is free");
    let n_acknowledged: usize = players.join_all().await.into_iter().sum();
    recorded.append(&mut recording.take());
    let n_kept = n_created(&recorded);
    assert!(n_kept >= n_acknowledged, "{n_kept} of {n_acknowledged}");
    let cut: Vec<_> = recorded.iter().filter(|one| one.arrived.body_cut).collect();
    assert_eq!(cut.len(), 1, "the body that was still arriving is recorded as cut");
    assert_eq!(cut[0].answered.status, Some(503));
    for mut stream in open {
        let mut rest = Vec::new();
        // Ended or reset: closed either way.
        drop(stream.set_read_timeout(Some(MOST)));
        let ended = stream.read_to_end(&mut rest);
        assert!(!ended.is_err_and(|why| why.kind() == std::io::ErrorKind::WouldBlock), "still open");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_and_term_end_the_command_alike_under_load() {
    for signal in ["-INT", "-TERM"] {
        let process = CollectProcess::start(&[]);
        let address: SocketAddr =
            process.base.strip_prefix("http://").expect("plain").parse().expect("an address");
        let open = burdens(address);
        // With their answers the connections above are open on the other side.
        let players = players(&process.base, 4).await;
        let from = Instant::now();
        let output = process.end_unread(signal);
        assert!(from.elapsed() < MOST, "{signal}: {:?}", from.elapsed());
        assert_eq!(output.status.code(), Some(0), "{signal}");
        assert!(TcpListener::bind(address).is_ok(), "{signal}: the port is free");
        players.join_all().await;
        drop(open);
    }
}

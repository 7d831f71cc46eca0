//! A page under headless Chromium.

use super::Job;
use super::setup::Setup;
use crate::support::network::DEADLINE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};

/// By which means the page sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Fetch,
    Xhr,
    Blob,
    Beacon,
}

impl How {
    pub const ALL: [How; 4] = [How::Fetch, How::Xhr, How::Blob, How::Beacon];

    /// True when the browser asks before it sends.
    pub fn asks(self) -> bool {
        self != How::Beacon
    }

    /// Leaves only what can be sent by these means.
    pub fn adapt(self, jobs: &mut Vec<Job>) {
        match self {
            How::Fetch | How::Xhr => {}
            // The type of a blob is written in lower case.
            How::Blob => jobs.retain(|job| !job.content_type.contains("UTF-8")),
            // Of a beacon nobody sees the answer: each opens a session. What needs a preflight does not leave at all.
            How::Beacon => {
                jobs.retain(|job| job.path == super::SESSIONS);
                jobs.truncate(1);
                jobs[0].content_type = "text/plain";
                jobs.push(jobs[0].clone());
            }
        }
    }
}

/// Opens the page and waits until it has sent all.
#[track_caller]
pub fn send(setup: &Setup, how: How, jobs: &[Job]) {
    let list = jobs
        .iter()
        .map(|job| json!({"path": job.path, "type": job.content_type, "body": STANDARD.encode(&job.body)}));
    let all = json!({"base": setup.base, "how": format!("{how:?}"), "jobs": list.collect::<Vec<_>>()});
    let page = PAGE.replace("ALL", &all.to_string());
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    // Of another name than the collector: a proxy lets it through and records nothing of it.
    let page_url = format!("http://localhost:{}/", listener.local_addr().expect("bound").port());
    let (done, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            serve(&stream, &page, &done);
        }
    });
    let mut command = Command::new("chromium");
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg("--ignore-certificate-errors")
        .arg(format!("--user-data-dir={}", setup.folder.path().join("profile").display()))
        // Only what the page sends is meant to come through.
        .arg("--proxy-bypass-list=<-loopback>")
        .arg(match setup.proxy() {
            Some(proxy) => format!("--proxy-server={proxy}"),
            None => "--no-proxy-server".to_owned(),
        })
        .arg(page_url);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child =
        child.unwrap_or_else(|why| panic!("`chromium` is needed for the full form of the tests: {why}"));
    let said = told.recv_timeout(DEADLINE * 2);
    if how == How::Beacon && said.is_ok() {
        // The page is done when the beacons are handed over, not when they are sent.
        setup.wait_for(jobs.len());
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(said.expect("the page says that it is done"), "done", "{how:?}");
}

/// Hands out the page, or takes what it says at its end.
fn serve(stream: &TcpStream, page: &str, done: &Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let (status, text) = match head.split(' ').nth(1) {
        Some("/") => ("200 OK", page),
        Some("/done") => ("204 No Content", ""),
        _ => ("404 Not Found", ""),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    drop((&*stream).write_all(answer.as_bytes()));
    if head.starts_with("POST /done ") {
        drop(done.send(String::from_utf8_lossy(&body).into_owned()));
    }
}

const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><script>
const all = ALL;
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const ways = {
  async Fetch(url, job) {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": job.type }, body: bytes(job.body) });
    return answer.headers.get("Location");
  },
  async Blob(url, job) {
    const body = new Blob([bytes(job.body)], { type: job.type });
    return (await fetch(url, { method: "POST", body })).headers.get("Location");
  },
  Xhr(url, job) {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.setRequestHeader("Content-Type", job.type);
      request.onload = () => done(request.getResponseHeader("Location"));
      request.onerror = () => failed(new Error("no answer"));
      request.send(bytes(job.body));
    });
  },
  async Beacon(url, job) {
    if (!navigator.sendBeacon(url, new Blob([bytes(job.body)], { type: job.type }))) throw new Error("not queued");
  },
};
(async () => {
  let said = "done";
  try {
    let sid = "";
    for (const job of all.jobs) {
      const location = await ways[all.how](all.base + job.path.replace("{sid}", sid), job);
      if (location) sid = location.split("/").pop();
    }
  } catch (error) { said = String(error); }
  await fetch("/done", { method: "POST", body: said });
})();
</script>"#;

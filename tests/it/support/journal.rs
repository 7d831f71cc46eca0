//! Journals: written by hand, and read by a few lines that know nothing of the program's own reader.

use bytes::Bytes;
use playtrace::collector::journal::{Journal, JournalConfig, SyncMode};
use playtrace::collector::recorder::{AnswerBy, Answered, Arrived, RecordError, Recorder as _, Scheme, Via};
use playtrace::model::clock::ReceivedAt;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A request with its answer, as they stand in a journal.
#[derive(Debug, Clone)]
pub struct Journaled {
    /// The line of the request.
    pub request: Value,
    /// The line of its answer; null without one.
    pub answer: Value,
}

impl Journaled {
    /// The request's body as text.
    pub fn body(&self) -> Option<&str> {
        self.request["body"].as_str()
    }

    /// The request's target.
    pub fn target(&self) -> &str {
        self.request["target"].as_str().expect("every request has a target")
    }

    /// A header of the answer.
    pub fn answer_header(&self, name: &str) -> Option<&str> {
        let headers = self.answer["headers"].as_array()?;
        headers.iter().find(|pair| pair[0].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)))?[1]
            .as_str()
    }
}

/// All lines of a journal whose checksums are right, in order, and the number of all others.
pub fn lines(bytes: &[u8]) -> (Vec<Value>, usize) {
    let mut n_wrong = 0;
    let mut whole = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice::<Value>(line) {
            Ok(value) if value["sum"] == sum(line) => whole.push(value),
            _ => n_wrong += 1,
        }
    }
    (whole, n_wrong)
}

fn sum(line: &[u8]) -> String {
    format!("{:016x}", twox_hash::XxHash3_64::oneshot(&line[..line.len().saturating_sub(26)]))
}

/// All requests of a journal by their numbers, with their answers. Every line must be whole.
#[track_caller]
pub fn requests(path: &Path) -> Vec<Journaled> {
    let (lines, n_wrong) = lines(&std::fs::read(path).expect("the journal"));
    assert_eq!(n_wrong, 0, "every line is whole");
    joined(&lines)
}

/// The same of lines that were read.
pub fn joined(lines: &[Value]) -> Vec<Journaled> {
    let mut found: Vec<Journaled> = Vec::new();
    for line in lines {
        if !line["request"].is_null() {
            found.push(Journaled { request: line.clone(), answer: Value::Null });
        }
        if !line["answer"].is_null() {
            let of = found.iter_mut().rev().find(|one| one.request["request"] == line["answer"]);
            of.expect("a request before its answer").answer = line.clone();
        }
    }
    found
}

/// A journal in a folder of its own.
pub struct Bench {
    /// The folder.
    pub folder: tempfile::TempDir,
    /// The journal's first file.
    pub path: PathBuf,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    /// None is there yet.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("journal.jsonl");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        Self { folder, path, runtime }
    }

    /// Opens it with the usual limits; the disk is not waited for.
    #[track_caller]
    pub fn open(&self) -> Journal {
        let config = JournalConfig { sync: SyncMode::Os, ..JournalConfig::new(self.path.clone()) };
        Journal::open(&config, |_| {}).expect("it can be written")
    }

    /// Keeps a request, and its answer if there is one.
    pub fn keep(
        &self,
        journal: &Journal,
        arrived: Arrived,
        answered: Option<Answered>,
    ) -> Result<(), RecordError> {
        let number = journal.arrived(arrived);
        answered.map_or(Ok(()), |answered| self.runtime.block_on(journal.answered(number, answered)))
    }
}

/// When requests of tests arrive.
const NOW: ReceivedAt = ReceivedAt(1_792_000_000_123_456);

/// A request without a body.
pub fn arrived() -> Arrived {
    Arrived {
        received_at: NOW,
        scheme: Scheme::Http,
        method: "POST".to_owned(),
        target: "/".to_owned(),
        http_version: "HTTP/1.1".to_owned(),
        headers: vec![("host".to_owned(), b"127.0.0.1:8787".to_vec())],
        body: Bytes::new(),
        body_cut: false,
        via: Via::StandIn,
    }
}

/// An answer that says yes, two milliseconds later.
pub fn answered() -> Answered {
    Answered {
        at: ReceivedAt(NOW.0 + 2000),
        status: Some(204),
        headers: Vec::new(),
        body: Bytes::new(),
        body_cut: false,
        by: AnswerBy::StandIn,
        fault: None,
        failure: None,
        n_events: 0,
        first_fault: None,
    }
}

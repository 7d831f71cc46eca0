//! Journals read by a few lines that know nothing of the program's own reader.

use serde_json::Value;
use std::path::Path;

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

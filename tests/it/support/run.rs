//! A run of the collector without the collector: journal lines out of nothing, and what grows of them.

use playtrace::ingest::journal::{OPENING, seal};
use playtrace::model::clock::ReceivedAt;
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::selection::RuleSelection;
use playtrace::store::growing::{Growing, Grown, LinePlace, Look};

/// When the first request arrives: second 0 of the sessions of [`crate::support::window`].
pub const START_MICROS: i64 = 1_704_196_800_000_000;

/// Lines of a journal.
#[derive(Debug, Default)]
pub struct JournalText {
    pub text: Vec<u8>,
    number: u64,
}

impl JournalText {
    /// One whose first line says what it is.
    pub fn new() -> JournalText {
        let mut journal = JournalText::default();
        let start = String::from_utf8_lossy(OPENING).into_owned() + r#","version":1,"next":1"#;
        journal.put(&start);
        journal
    }

    fn put(&mut self, line: &str) {
        let start = self.text.len();
        self.text.extend_from_slice(line.as_bytes());
        seal(&mut self.text, start);
    }

    /// A request without its answer, so many seconds after the start; gives its number.
    pub fn request(&mut self, at_secs: f64, target: &str, body: &str) -> u64 {
        self.number += 1;
        let (number, at) = (self.number, stamp(at_secs));
        let body = serde_json::to_string(body).expect("text");
        self.put(&format!(
            r#"{{"request":{number},"at":"{at}","via":"stand-in","scheme":"http","method":"POST","target":"{target}","http":"HTTP/1.1","headers":[["host","127.0.0.1:8787"],["content-type","application/json"]],"body":{body}"#
        ));
        number
    }

    /// The answer to a request.
    pub fn answer(&mut self, number: u64, at_secs: f64, status: u16, location: Option<&str>) {
        let at = stamp(at_secs);
        let location = location.map_or(String::new(), |location| format!(r#"["Location","{location}"]"#));
        self.put(&format!(
            r#"{{"answer":{number},"at":"{at}","by":"stand-in","status":{status},"headers":[{location}]"#
        ));
    }

    /// A session is opened; gives the number of the request.
    pub fn open(&mut self, at_secs: f64, sid: &str, start: &str) -> u64 {
        let number = self.request(at_secs, "/api/v1/sessions", start);
        self.answer(number, at_secs, 201, Some(&format!("/api/v1/sessions/{sid}")));
        number
    }

    /// An event of an open session.
    pub fn event(&mut self, at_secs: f64, sid: &str, event: &str) {
        let number = self.request(at_secs, &format!("/api/v1/sessions/{sid}/events"), event);
        self.answer(number, at_secs, 204, None);
    }
}

fn stamp(at_secs: f64) -> String {
    let micros = START_MICROS + (at_secs * 1e6) as i64;
    let stamp = jiff::Timestamp::from_microsecond(micros).expect("within the calendar");
    format!("{stamp:.6}")
}

/// A run that follows a [`JournalText`].
#[derive(Debug)]
pub struct Follower {
    pub growing: Growing,
    at: usize,
}

impl Follower {
    pub fn new(max_held_bytes: usize) -> Follower {
        Follower { growing: Growing::new("run".to_owned(), max_held_bytes), at: 0 }
    }

    /// Takes the lines that came.
    pub fn read(&mut self, journal: &JournalText) {
        while let Some(len) = journal.text[self.at..].iter().position(|byte| *byte == b'\n') {
            let place = LinePlace { file: 0, at: self.at as u64, len: len as u32 };
            self.growing.take(place, &journal.text[self.at..self.at + len]);
            self.at += len + 1;
        }
    }

    /// Takes what came and works it out, so many seconds after the start.
    pub fn look(&mut self, journal: &JournalText, at_secs: f64) -> Grown {
        self.read(journal);
        with_look(at_secs, true, |look| self.growing.work_out(look))
    }

    /// Nothing more comes.
    pub fn end(&mut self, journal: &JournalText, at_secs: f64) -> Grown {
        self.read(journal);
        with_look(at_secs, false, |look| self.growing.work_out(look))
    }

    /// Judges sessions set aside until none waits.
    pub fn catch_up(&mut self, journal: &JournalText, at_secs: f64) -> usize {
        self.judge_aside(journal, at_secs, true)
    }

    /// Nothing more comes: judges sessions set aside for good.
    pub fn end_aside(&mut self, journal: &JournalText, at_secs: f64) -> usize {
        self.growing.nothing_more();
        self.judge_aside(journal, at_secs, false)
    }

    fn judge_aside(&mut self, journal: &JournalText, at_secs: f64, grows: bool) -> usize {
        let mut n = 0;
        while self.growing.is_behind(now(at_secs)) {
            with_look(at_secs, grows, |look| self.growing.catch_up(look, &mut fetch(journal)));
            n += 1;
        }
        n
    }

    /// Brings a session back.
    pub fn bring_back(&mut self, journal: &JournalText, key: u64) -> bool {
        self.growing.bring_back(key, &mut fetch(journal))
    }
}

/// So many seconds after the start.
pub fn now(at_secs: f64) -> ReceivedAt {
    ReceivedAt(START_MICROS + (at_secs * 1e6) as i64)
}

fn with_look<T>(at_secs: f64, grows: bool, act: impl FnOnce(Look<'_>) -> T) -> T {
    let (settings, selection) = (Settings::default(), RuleSelection::default());
    act(Look { now: now(at_secs), grows, settings: &settings, selection: &selection, watch: &Unwatched })
}

fn fetch(journal: &JournalText) -> impl FnMut(LinePlace, &mut Vec<u8>) -> bool {
    |place, text| {
        let range = place.at as usize..place.at as usize + place.len as usize;
        text.extend_from_slice(&journal.text[range]);
        true
    }
}

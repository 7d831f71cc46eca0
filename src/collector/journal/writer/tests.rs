//! The writer on a disk that fails when it is told to.

use super::super::JournalNotice;
use super::*;
use crate::collector::recorder::{AnswerBy, Scheme, Via};
use bytes::Bytes;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

/// What a test can look at and break.
#[derive(Default)]
struct Platter {
    bytes: Vec<u8>,
    /// So much was synced.
    n_synced: usize,
    /// So many bytes are taken before writing fails.
    room: Option<usize>,
    sync_fails: bool,
    truncate_fails: bool,
    /// No write takes more than this.
    most_at_once: Option<usize>,
}

#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Platter>>);

impl Fake {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().expect("no test panics with it")
    }

    fn text(&self) -> String {
        String::from_utf8(self.platter().bytes.clone()).expect("journals are text")
    }

    /// True when all that stands was synced.
    fn is_synced(&self) -> bool {
        let platter = self.platter();
        platter.n_synced == platter.bytes.len()
    }

    /// What each line is: its first member, and how it was answered.
    fn lines(&self) -> Vec<String> {
        let text = self.text();
        let lines = text.lines().map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            match (&value["playtrace"], &value["request"], &value["answer"], &value["gap"]) {
                (serde_json::Value::String(_), ..) => format!("start {}", value["next"]),
                (_, serde_json::Value::Number(number), ..) => format!("request {number}"),
                (_, _, serde_json::Value::Number(number), _) => {
                    format!("answer {number} {}", value["status"])
                }
                (.., serde_json::Value::Number(number)) => format!("gap {number}"),
                _ => format!("cut {line}"),
            }
        });
        lines.collect()
    }
}

impl Disk for Fake {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut platter = self.platter();
        let most = platter.most_at_once.unwrap_or(usize::MAX).min(platter.room.unwrap_or(usize::MAX));
        let n = bytes.len().min(most);
        if n == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        platter.bytes.extend_from_slice(&bytes[..n]);
        platter.room = platter.room.map(|room| room - n);
        Ok(n)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut platter = self.platter();
        if platter.sync_fails {
            return Err(io::Error::other("input/output error"));
        }
        platter.n_synced = platter.bytes.len();
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let mut platter = self.platter();
        if platter.truncate_fails {
            return Err(io::Error::other("input/output error"));
        }
        platter.bytes.truncate(len as usize);
        Ok(())
    }
}

/// Has these files and no more.
struct Files(Vec<Fake>);

impl Shelf for Files {
    fn next(&mut self, _notice: &dyn Fn(JournalNotice)) -> io::Result<Option<Box<dyn Disk>>> {
        if self.0.is_empty() { Ok(None) } else { Ok(Some(Box::new(self.0.remove(0)))) }
    }

    fn path(&self) -> &Path {
        Path::new("journal")
    }
}

struct Bench {
    writer: Writer,
    disk: Fake,
    notices: Arc<Mutex<Vec<String>>>,
}

const NOW: ReceivedAt = ReceivedAt(1_792_000_000_000_000);

impl Bench {
    fn new() -> Self {
        Self::with(u64::MAX / 2, Vec::new(), "")
    }

    fn with(limit_bytes: u64, more: Vec<Fake>, before: &str) -> Self {
        let disk = Fake::default();
        disk.platter().bytes = before.as_bytes().to_vec();
        let torn = !before.is_empty() && !before.ends_with('\n');
        let opened = Opened { disk: Box::new(disk.clone()), len: before.len() as u64, torn, next: 1 };
        let config = JournalConfig { limit_bytes, ..JournalConfig::new(PathBuf::from("journal")) };
        let progress = watch::Sender::new(Progress { path: Arc::from(Path::new("")), n_bytes: 0 });
        let notices = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&notices);
        let notice = move |notice: JournalNotice| {
            heard.lock().expect("no test panics with it").push(notice.to_string())
        };
        let writer = Writer::new(&config, Box::new(Files(more)), opened, progress, Box::new(notice));
        let mut bench = Self { writer, disk, notices };
        bench.writer.begin(NOW).expect("the disk works");
        bench
    }

    /// Writes a batch: requests as positive numbers, answers as negative ones. What the waiting players are told.
    fn write(&mut self, numbers: &[i64]) -> Vec<Result<(), RecordError>> {
        let mut waiting = Vec::new();
        let items = numbers.iter().map(|number| match u64::try_from(*number) {
            Ok(number) => Item::Request(number, arrived()),
            Err(_) => {
                let (done, told) = oneshot::channel();
                waiting.push(told);
                Item::Answer(number.unsigned_abs(), answered(), done)
            }
        });
        let items = items.collect();
        self.writer.write(items, NOW);
        waiting.into_iter().map(|mut told| told.try_recv().expect("everybody is told")).collect()
    }

    fn notices(&self) -> Vec<String> {
        std::mem::take(&mut *self.notices.lock().expect("no test panics with it"))
    }
}

fn arrived() -> Arrived {
    Arrived {
        received_at: NOW,
        scheme: Scheme::Http,
        method: "POST".to_owned(),
        target: "/api/v1/sessions".to_owned(),
        http_version: "HTTP/1.1".to_owned(),
        headers: Vec::new(),
        body: Bytes::from_static(b"{}"),
        body_cut: false,
        via: Via::StandIn,
    }
}

fn answered() -> Answered {
    Answered {
        at: NOW,
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

fn full() -> Result<(), RecordError> {
    Err(RecordError::Unwritten(io::Error::from(io::ErrorKind::StorageFull).to_string()))
}

#[test]
fn all_that_wait_share_one_sync_and_nobody_is_told_before_it() {
    let mut bench = Bench::new();
    bench.disk.platter().most_at_once = Some(7);
    assert_eq!(bench.write(&[1, 2, -2, 3, -1]), [Ok(()), Ok(())]);
    assert_eq!(
        bench.disk.lines(),
        ["start 1", "request 1", "request 2", "answer 2 204", "request 3", "answer 1 204"]
    );
    assert!(bench.disk.is_synced());
    assert_eq!(bench.write(&[4]), []);
    assert!(!bench.disk.is_synced(), "nobody waits for a request alone");
    assert_eq!(bench.write(&[-4]), [Ok(())]);
    assert!(bench.disk.is_synced());
}

#[test]
fn what_does_not_fit_is_taken_back_and_the_player_is_told() {
    let mut bench = Bench::new();
    assert_eq!(bench.write(&[1]), []);
    let before = bench.disk.text();
    for room in 0..300 {
        bench.disk.platter().room = Some(room);
        assert_eq!(bench.write(&[2, -2, 3, -1]), [full(), full()], "{room}");
        assert_eq!(bench.disk.text(), before, "{room}");
        // Its request is not in the journal, so its answer cannot be.
        assert_eq!(bench.write(&[-3]), [full()]);
        bench = Bench::new();
        assert_eq!(bench.write(&[1]), []);
    }
}

#[test]
fn when_the_disk_has_room_again_the_journal_says_what_it_lacks() {
    let mut bench = Bench::new();
    assert_eq!(bench.write(&[1]), []);
    bench.disk.platter().room = Some(50);
    assert_eq!(bench.write(&[-1, 2]), [full()]);
    assert_eq!(bench.write(&[-2, 3, -3]), [full(), full()]);
    bench.disk.platter().room = None;
    assert_eq!(bench.write(&[4, -4]), [Ok(())]);
    assert_eq!(
        bench.disk.lines(),
        ["start 1", "request 1", "answer 1 503", "gap 2", "request 4", "answer 4 204"]
    );
    assert_eq!(bench.write(&[5, -5]), [Ok(())]);
    assert_eq!(bench.disk.lines().len(), 8, "it is said once");
    let notices = bench.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].starts_with("the journal cannot be written, players get 503: "), "{notices:?}");
    for number in 6..24 {
        assert_eq!(bench.write(&[number, -number]), [Ok(())]);
    }
    assert_eq!(bench.notices(), ["the journal can be written again; 3 requests were refused"]);
}

#[test]
fn an_error_when_syncing_is_never_an_acknowledgement() {
    let mut bench = Bench::new();
    let before = bench.disk.text();
    bench.disk.platter().sync_fails = true;
    let failed = Err(RecordError::Unwritten("input/output error".to_owned()));
    assert_eq!(bench.write(&[1, -1]), [failed]);
    assert_eq!(bench.disk.text(), before);
    bench.disk.platter().sync_fails = false;
    assert_eq!(bench.write(&[2, -2]), [Ok(())]);
    assert_eq!(bench.disk.lines()[1..], ["gap 1", "request 2", "answer 2 204"]);
}

#[test]
fn a_piece_that_cannot_be_taken_back_does_not_spoil_the_next_line() {
    let mut bench = Bench::new();
    assert_eq!(bench.write(&[1]), []);
    {
        let mut platter = bench.disk.platter();
        (platter.room, platter.truncate_fails) = (Some(30), true);
    }
    assert_eq!(bench.write(&[-1, 2, -2]), [full(), full()]);
    bench.disk.platter().room = None;
    assert_eq!(bench.write(&[3, -3]), [Ok(())]);
    let lines = bench.disk.lines();
    assert!(lines[2].starts_with("cut {\"answer\":1,"), "{lines:?}");
    assert_eq!(lines[3..], ["answer 1 503", "gap 1", "request 3", "answer 3 204"]);
}

#[test]
fn a_cut_last_line_gets_its_end_and_nothing_else() {
    let bench = Bench::with(u64::MAX / 2, Vec::new(), "{\"request\":7,\"at");
    assert!(
        bench.disk.text().starts_with("{\"request\":7,\"at\n{\"playtrace\":\"journal\""),
        "{}",
        bench.disk.text()
    );
}

#[test]
fn the_next_file_begins_when_nothing_waits() {
    let next = Fake::default();
    let mut bench = Bench::with(u64::MAX / 2, vec![next.clone()], "");
    // Over the limit, but a request waits: its answer belongs into the same file.
    assert_eq!(bench.write(&[1, 2, 3, 4, 5, -1, -2, -3, -4]), [Ok(()), Ok(()), Ok(()), Ok(())]);
    bench.writer.limit_bytes = 100;
    assert_eq!(bench.write(&[-5]), [Ok(())]);
    assert_eq!(next.text(), "");
    assert_eq!(bench.write(&[6, -6]), [Ok(())]);
    assert_eq!(next.lines(), ["start 6", "request 6", "answer 6 204"]);
    assert!(next.is_synced());
}

#[test]
fn what_was_not_synced_is_when_the_next_file_begins() {
    let next = Fake::default();
    let mut bench = Bench::with(u64::MAX / 2, vec![next.clone()], "");
    assert_eq!(bench.write(&[1]), []);
    bench.writer.limit_bytes = 100;
    bench.writer.len += SLACK_BYTES;
    assert_eq!(bench.write(&[-1]), [Ok(())]);
    assert!(bench.disk.is_synced());
    assert_eq!(next.lines(), ["start 2", "answer 1 204"], "it is over by more than it may be");
}

#[test]
fn a_full_journal_takes_answers_but_no_more_requests() {
    let mut bench = Bench::new();
    assert_eq!(bench.write(&[1]), []);
    bench.writer.limit_bytes = 100;
    bench.writer.len += SLACK_BYTES;
    let refused = Err(RecordError::Full);
    assert_eq!(bench.write(&[2, -1, -2]), [Ok(()), refused.clone()]);
    assert_eq!(bench.write(&[3, -3]), [refused]);
    assert_eq!(bench.disk.lines(), ["start 1", "request 1", "answer 1 204"]);
    assert_eq!(bench.notices(), ["all files of the journal are full, players get 503: journal"]);
}

//! The journal on a real disk and by real processes: killed, out of room, refused, continued, rotated.

use crate::support::journal::{Bench, Journaled, answered, arrived, joined, lines, requests};
use crate::support::network::{CollectProcess, DEADLINE, START, playtrace};
use playtrace::collector::journal::{Journal, JournalConfig, JournalError};
use playtrace::collector::recorder::{Arrived, RecordError};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Players that send at the same time.
const CONNECTIONS: usize = 8;

/// What a player knows of a request: its body and the answer.
struct Acknowledged {
    body: String,
    status: u16,
    location: String,
}

/// Sends starts of sessions, one after the other, until the connection breaks or an answer is no 201.
fn play(base: &str, name: &str, acknowledged: &SyncSender<Acknowledged>) -> std::io::Result<()> {
    let address = base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(DEADLINE))?;
    for n in 0.. {
        let body = START.replace("\"m\"", &format!("\"{name}-{n}\""));
        let head = format!(
            "POST /api/v1/sessions HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        socket.write_all(format!("{head}{body}").as_bytes())?;
        let (status, location) = read_answer(&mut socket)?;
        let sent = acknowledged.send(Acknowledged { body, status, location });
        if status != 201 || sent.is_err() {
            break;
        }
    }
    Ok(())
}

/// Status and `Location` of an answer.
fn read_answer(socket: &mut TcpStream) -> std::io::Result<(u16, String)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length = header("content-length:").map_or(0, |length| length.parse().expect("a number"));
    socket.read_exact(&mut vec![0; length])?;
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    Ok((status, header("location:").unwrap_or_default().to_owned()))
}

/// Starts players against a collector; what they are told comes through the channel, until all have ended.
fn players(base: &str, run: usize) -> Receiver<Acknowledged> {
    let (send, acknowledged) = sync_channel(1000);
    for player in 0..CONNECTIONS {
        let (base, name, send) = (base.to_owned(), format!("{run}-{player}"), send.clone());
        // A broken connection is what these tests are about.
        std::thread::spawn(move || drop(play(&base, &name, &send)));
    }
    acknowledged
}

/// Requests of a journal by their bodies.
fn by_body(found: Vec<Journaled>) -> BTreeMap<String, Journaled> {
    found.into_iter().map(|one| (one.body().expect("text").to_owned(), one)).collect()
}

#[track_caller]
fn assert_kept(journaled: &BTreeMap<String, Journaled>, acknowledged: &[Acknowledged], words: &str) {
    for one in acknowledged {
        let kept = journaled.get(&one.body).unwrap_or_else(|| panic!("{words}: lost {}", one.body));
        assert_eq!(kept.answer["status"], one.status, "{words}: {}", one.body);
        assert_eq!(kept.answer_header("location").unwrap_or_default(), one.location, "{words}: {}", one.body);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

#[test]
fn killed_at_any_moment_it_has_all_that_it_acknowledged_and_goes_on() {
    let full = std::env::var_os("PLAYTRACE_TESTS").is_some_and(|form| form == "full");
    let n_kills = if full { 200 } else { 10 };
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("journal.jsonl");
    let mut acknowledged = Vec::new();
    let mut before = Vec::new();
    for run in 0..n_kills {
        let process = CollectProcess::start(&["--journal", text(&path)]);
        let told = players(&process.base, run);
        for _ in 0..random.usize(1..150) {
            acknowledged.push(told.recv_timeout(DEADLINE).expect("it answers"));
        }
        process.kill();
        acknowledged.extend(told);
        let after = std::fs::read(&path).expect("the journal");
        assert!(after.starts_with(&before), "seed {seed}: what was written is never changed");
        before = after;
    }
    let last = CollectProcess::start(&["--journal", text(&path)]);
    assert_eq!(last.terminate().status.code(), Some(0));

    let bytes = std::fs::read(&path).expect("the journal");
    let (lines, n_wrong) = lines(&bytes);
    assert!(n_wrong <= n_kills, "seed {seed}: {n_wrong} lines are cut");
    let numbers: Vec<u64> = lines.iter().filter_map(|line| line["request"].as_u64()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "seed {seed}: numbers rise through all runs");
    assert_eq!(lines.iter().filter(|line| line["playtrace"] == "journal").count(), n_kills + 1);
    assert!(acknowledged.iter().all(|one| one.status == 201));
    assert_kept(&by_body(joined(&lines)), &acknowledged, &format!("seed {seed}"));
    let read = playtrace::ingest::ingest("journal", bytes, &playtrace::model::watch::Unwatched);
    assert_eq!(read.exchanges.len(), numbers.len(), "seed {seed}: our own reader finds them all");
}

/// The shell limits the size of files that the collector may write, in units of 512 or 1024 bytes.
#[cfg(unix)]
#[test]
fn out_of_room_nothing_is_acknowledged_that_is_not_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("journal.jsonl");
    let process = CollectProcess::limited("ulimit -f 200", &["--journal", text(&path)]);
    let told: Vec<Acknowledged> = players(&process.base, 0).into_iter().collect();
    let (refused, kept): (Vec<_>, Vec<_>) = told.into_iter().partition(|one| one.status == 503);
    assert!(kept.len() > 10 && !refused.is_empty(), "{} kept, {} refused", kept.len(), refused.len());
    // It still answers, and still says no, as soon as not even a small piece fits.
    let all_refused = (1..20).any(|run| players(&process.base, run).into_iter().all(|one| one.status == 503));
    assert!(all_refused);
    let output = process.terminate();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let log = String::from_utf8_lossy(&output.stderr);
    let n_told = log.matches("the journal cannot be written, players get 503: ").count();
    assert!((1..=3).contains(&n_told), "not at every request: {log}");
    assert!(log.contains("POST /api/v1/sessions 503, not recorded"), "{log}");

    let journaled = by_body(requests(&path));
    assert_kept(&journaled, &kept, "out of room");
    for one in &refused {
        let answer = journaled.get(&one.body).map(|journaled| &journaled.answer);
        let is_503 = |answer: &Value| answer.is_null() || answer["status"] == 503;
        assert!(answer.is_none_or(is_503), "{answer:?}: the player was told 503");
    }

    // With room again the next run goes on and says nothing of a damage.
    let next = CollectProcess::start(&["--journal", text(&path)]);
    let more: Vec<_> = players(&next.base, 99).into_iter().take(20).collect();
    next.terminate();
    assert_kept(&by_body(requests(&path)), &more, "with room again");
}

#[track_caller]
fn assert_refused(path: &Path, words: &str) {
    let output = playtrace(&["collect", "--listen", "127.0.0.1:0", "--journal", text(path)]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{error}");
    assert!(error.contains(words), "{error}");
    assert!(error.trim_end().ends_with(text(path)), "the path comes last: {error}");
}

#[test]
fn where_no_journal_can_be_written_nothing_starts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_refused(folder.path(), "it is no regular file");
    assert_refused(&folder.path().join("gone/journal.jsonl"), "No such file or directory");
    let other = folder.path().join("other.jsonl");
    for content in ["{\"log\":{}}", "text\n", "{\"playtrace\":\"project\"}\n"] {
        std::fs::write(&other, content).expect("written");
        assert_refused(&other, "there is a file that is no journal");
        assert_eq!(std::fs::read_to_string(&other).expect("there"), content);
    }
    let mut later = b"{\"playtrace\":\"journal\",\"version\":9,\"next\":1".to_vec();
    playtrace::ingest::journal::seal(&mut later, 0);
    std::fs::write(&other, later).expect("written");
    assert_refused(&other, "version 9");
}

#[cfg(target_os = "linux")]
#[test]
fn in_a_folder_that_is_closed_nothing_starts() {
    use std::os::unix::fs::PermissionsExt as _;
    assert_refused(Path::new("/dev/full"), "it is no regular file");
    assert_refused(Path::new("/proc/journal.jsonl"), "cannot write the journal");
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).expect("it is ours");
    // Nothing is closed to root.
    if std::fs::write(folder.path().join("probe"), "").is_err() {
        assert_refused(&folder.path().join("journal.jsonl"), "Permission denied");
    }
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}

#[cfg(unix)]
#[test]
fn without_room_for_the_first_line_nothing_starts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("journal.jsonl");
    let output = CollectProcess::refused("ulimit -f 0", &["--journal", text(&path)]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("cannot write the journal: File too large"), "{error}");
}

#[test]
fn two_collectors_never_write_the_same_journal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("journal.jsonl");
    let process = CollectProcess::start(&["--journal", text(&path)]);
    let before = std::fs::read(&path).expect("the journal");
    assert_refused(&path, "another collector writes this journal");
    assert_eq!(std::fs::read(&path).expect("the journal"), before);
    process.terminate();
    assert_eq!(CollectProcess::start(&["--journal", text(&path)]).terminate().status.code(), Some(0));
}

#[test]
fn a_journal_of_its_own_is_named_and_can_be_checked_while_it_grows() {
    let process = CollectProcess::start(&[]);
    let folder = process.data.path().join("playtrace/captures");
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("it was made").map(|file| file.expect("a file").path()).collect();
    let told = players(&process.base, 0);
    let first = told.recv_timeout(DEADLINE).expect("it answers");
    let output = playtrace(&["check", "--format", "json", text(&files[0])]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report["inputs"][0]["format"], "journal");
    let sid = first.location.rsplit('/').next().expect("an id");
    assert!(report["sessions"].as_array().expect("an array").iter().any(|session| session["sid"] == sid));
    drop(told);
    let log = process.terminate();
    let log = String::from_utf8_lossy(&log.stderr).into_owned();
    assert_eq!(log.lines().next(), Some(&*format!("journal: {}", text(&files[0]))));
}

#[test]
fn a_cut_at_any_byte_is_left_as_it_is_and_the_journal_goes_on() {
    let bench = Bench::new();
    let journal = bench.open();
    for _ in 0..3 {
        bench.keep(&journal, arrived(), Some(answered())).expect("there is room");
    }
    journal.close();
    let whole = std::fs::read(&bench.path).expect("the journal");
    for at in (0..whole.len()).step_by(13) {
        std::fs::write(&bench.path, &whole[..at]).expect("written");
        let journal = bench.open();
        bench.keep(&journal, arrived(), Some(answered())).expect("there is room");
        journal.close();
        let after = std::fs::read(&bench.path).expect("the journal");
        assert!(after.starts_with(&whole[..at]), "cut at {at}");
        let cut = at > 0 && !whole[..at].ends_with(b"\n");
        assert!(!cut || after[at] == b'\n', "cut at {at}");
        let (lines, n_wrong) = lines(&after);
        // A line that lacks nothing but its end is whole.
        let expected = usize::from(cut && whole[at] != b'\n');
        assert_eq!(n_wrong, expected, "cut at {at}");
        let (whole_before, _) = self::lines(&whole[..at]);
        let highest = whole_before.iter().filter_map(|line| line["request"].as_u64()).max().unwrap_or(0);
        let last = lines.iter().filter_map(|line| line["request"].as_u64()).next_back();
        assert_eq!(last, Some(highest + 1), "cut at {at}");
    }
}

fn large() -> Arrived {
    Arrived { body: vec![b'x'; 30_000].into(), ..arrived() }
}

fn small_files(bench: &Bench, drops_oldest: bool) -> JournalConfig {
    let limits =
        JournalConfig { limit_bytes: 64 << 10, max_files: 3, ..JournalConfig::new(bench.path.clone()) };
    JournalConfig { drops_oldest, ..limits }
}

fn names(bench: &Bench) -> Vec<String> {
    let files = std::fs::read_dir(bench.folder.path()).expect("it is there");
    let mut names: Vec<_> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_full_journal_goes_on_in_a_next_file_and_refuses_when_all_are_full() {
    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("journal.notes.jsonl"), "other").expect("written");
    let config = small_files(&bench, false);
    let (send, notices) = sync_channel(10);
    let journal =
        Journal::open(&config, move |notice| send.send(notice.to_string()).expect("room")).expect("opens");
    for number in 1..=9 {
        assert_eq!(bench.keep(&journal, large(), Some(answered())), Ok(()), "{number}");
    }
    assert_eq!(bench.keep(&journal, large(), Some(answered())), Err(RecordError::Full));
    assert_eq!(names(&bench), ["journal.2.jsonl", "journal.3.jsonl", "journal.jsonl", "journal.notes.jsonl"]);
    assert_eq!(journal.progress().borrow().path.as_ref(), bench.folder.path().join("journal.3.jsonl"));
    drop(journal);
    let notices: Vec<String> = notices.into_iter().collect();
    assert_eq!(notices.len(), 3, "{notices:?}");
    assert!(notices[2].starts_with("all files of the journal are full"), "{notices:?}");
    let numbers = |name: &str| -> Vec<u64> {
        let journaled = requests(&bench.folder.path().join(name));
        journaled.iter().map(|one| one.request["request"].as_u64().expect("a number")).collect()
    };
    let all = [numbers("journal.jsonl"), numbers("journal.2.jsonl"), numbers("journal.3.jsonl")];
    assert_eq!(all, [vec![1, 2, 3], vec![4, 5, 6], vec![7, 8, 9]]);
    let full = Journal::open(&config, |_| {});
    assert!(matches!(full, Err(JournalError::Full { max_files: 3, .. })), "{full:?}");
}

#[test]
fn the_oldest_file_goes_only_when_that_was_asked_for() {
    let bench = Bench::new();
    let config = small_files(&bench, true);
    for run in 0..4 {
        let journal = Journal::open(&config, |_| {}).expect("opens");
        for _ in 0..4 {
            assert_eq!(bench.keep(&journal, large(), Some(answered())), Ok(()), "{run}");
        }
    }
    assert_eq!(names(&bench), ["journal.4.jsonl", "journal.5.jsonl", "journal.6.jsonl"]);
    let last = requests(&bench.folder.path().join("journal.6.jsonl"));
    assert_eq!(last.last().map(|one| &one.request["request"]), Some(&16.into()));
}

#[test]
fn after_the_end_nothing_is_acknowledged() {
    let bench = Bench::new();
    let journal = bench.open();
    journal.close();
    assert_eq!(bench.keep(&journal, arrived(), Some(answered())), Err(RecordError::Ended));
}

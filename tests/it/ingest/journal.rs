//! Journals of the collector: read whole, cut, changed and continued.

use super::{note_codes, read, start, summary};
use crate::support::journal::{Bench, answered, arrived};
use playtrace::collector::recorder::{Answered, Arrived};
use playtrace::ingest::journal::seal;
use playtrace::model::capture::Capture;
use playtrace::model::exchange::ExchangeFlags;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journal/v1").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn post(path: &str, body: impl Into<Vec<u8>>) -> Arrived {
    Arrived { target: path.to_owned(), body: body.into().into(), ..arrived() }
}

fn created() -> Answered {
    let headers = vec![("Location".to_owned(), b"/api/v1/sessions/abc".to_vec())];
    Answered { status: Some(201), headers, ..answered() }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).expect("writes to memory");
    packer.finish().expect("writes to memory")
}

const EVENTS: &str = "/api/v1/sessions/abc/events";

/// Everything that a line can hold.
fn everything() -> Vec<(Arrived, Option<Answered>)> {
    let event = super::event("play", 2, 0.0);
    let mut packed = post(EVENTS, gzip(super::event("ping", 3, 1.0).as_bytes()));
    packed.headers.push(("content-encoding".to_owned(), b"gzip".to_vec()));
    packed.headers.push(("x-bytes".to_owned(), vec![0xFF, b'a', 0x80]));
    let mut cut = post(EVENTS, &event.as_bytes()[..20]);
    (cut.body_cut, cut.received_at.0) = (true, cut.received_at.0 + 1);
    let refused = Answered {
        status: Some(400),
        body: b"{\"message\":\"The body broke off\"}"[..].into(),
        ..answered()
    };
    let dropped = Answered { status: None, fault: Some("drop@count=1".to_owned()), ..answered() };
    let failure = "connection refused".to_owned();
    let unreached = Answered { status: Some(502), failure: Some(failure), ..answered() };
    vec![
        (post("/api/v1/sessions", start(1, r#","media.name":"\u00e9\"\\é\u0000 😀""#)), Some(created())),
        (post(EVENTS, event.as_str()), Some(answered())),
        (packed, Some(answered())),
        (cut, Some(refused)),
        (post(EVENTS, event.as_str()), Some(dropped)),
        (post(EVENTS, event.as_str()), Some(unreached)),
        (post(EVENTS, &b"\xff\x00"[..]), Some(answered())),
        (post(EVENTS, ""), Some(answered())),
        (post(EVENTS, event.as_str()), None),
    ]
}

fn journal_of(exchanges: Vec<(Arrived, Option<Answered>)>) -> Vec<u8> {
    let bench = Bench::new();
    let journal = bench.open();
    for (arrived, answered) in exchanges {
        bench.keep(&journal, arrived, answered).expect("there is room");
    }
    journal.close();
    std::fs::read(&bench.path).expect("the journal")
}

#[track_caller]
fn check_everything(capture: &Capture) {
    assert_eq!(summary(capture), "journal 9/7 | online cut-off 6 abc");
    let exchanges: Vec<_> = capture.all_exchanges().collect();
    let statuses: Vec<_> = exchanges.iter().map(|one| one.row().status).collect();
    assert_eq!(statuses, [201, 204, 204, 400, -1, 502, 204, 204, 0]);
    assert_eq!(exchanges[0].host(), Some("127.0.0.1:8787"));
    assert_eq!(exchanges[0].answer_headers(), [("Location".to_owned(), "/api/v1/sessions/abc".to_owned())]);
    assert_eq!(exchanges[0].row().answered_after_millis, 2);
    assert_eq!(exchanges[3].answer_body(), r#"{"message":"The body broke off"}"#);
    assert_eq!(exchanges[4].fault().as_deref(), Some("drop@count=1"));
    assert!(exchanges[4].row().flags.has(ExchangeFlags::ANSWER_INJECTED));
    assert_eq!((exchanges[5].fault(), exchanges[5].failure().as_deref()), (None, Some("connection refused")));
    assert!(exchanges[5].row().flags.has(ExchangeFlags::COLLECTOR_FAILED));
    assert_eq!((exchanges[8].status(), exchanges[8].answer_body()), (None, String::new()));
    assert_eq!(exchanges[8].answer_headers(), []);
}

#[test]
fn everything_that_a_line_can_hold_is_read() {
    let capture = read(journal_of(everything()));
    check_everything(&capture);
    let mut codes = note_codes(&capture);
    codes.sort_unstable();
    assert_eq!(codes, ["MC-K002", "MC-K003", "MC-K006"]);
}

#[test]
fn codings_in_two_headers_are_undone_in_their_order() {
    let body = super::event("ping", 3, 1.0);
    let packed = gzip(&ruzstd::encoding::compress_to_vec(
        body.as_bytes(),
        ruzstd::encoding::CompressionLevel::Fastest,
    ));
    let coding = |name: &str| ("content-encoding".to_owned(), name.as_bytes().to_vec());
    for headers in [vec![coding("zstd"), coding("gzip")], vec![coding("zstd, gzip")]] {
        let mut request = post(EVENTS, packed.clone());
        request.headers.extend(headers);
        let capture = read(journal_of(vec![(request, Some(answered()))]));
        assert_eq!((capture.events.len(), capture.all_exchanges().count()), (1, 1));
    }
}

/// The bytes of version 1 are there for ever: whoever keeps a journal can read it with any later program.
#[test]
fn version_1_stays_readable() {
    let capture = read(fixture("everything.jsonl"));
    check_everything(&capture);

    let continued = read(fixture("continued.jsonl"));
    assert_eq!(summary(&continued), "journal 3/3 | online cut-off 3 abc");
    let mut messages: Vec<_> = continued.notes.iter().map(|note| note.message.as_str()).collect();
    messages.sort_unstable();
    assert_eq!(
        messages,
        [
            "2 requests were refused, since they could not be kept: no storage space",
            "79 bytes could not be read: the line is cut or changed: its checksum is wrong",
            "the capture stops before the end of this session",
            "the request of an answer is not in this file: damaged, or in the file before",
        ]
    );
    assert_eq!(continued.all_exchanges().map(|one| one.row().status).collect::<Vec<_>>(), [201, 204, 503]);
}

/// Requests and answers without the times at which runs began.
fn without_starts(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).expect("journals are text");
    text.lines().filter(|line| !line.starts_with("{\"playtrace\"")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_is_written_today_is_version_1_byte_for_byte() {
    let written = journal_of(everything());
    assert_eq!(without_starts(&written), without_starts(&fixture("everything.jsonl")));
}

#[test]
fn any_bytes_come_back_as_they_were() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let pieces: [&[u8]; 9] =
        [b"\"", b"\\", b"\n", b"\0", b"\xff", "é".as_bytes(), b"\\u0041", b",\"sum\":\"", b"abc"];
    let body = |random: &mut fastrand::Rng| -> Vec<u8> {
        (0..random.usize(..12)).flat_map(|_| pieces[random.usize(..pieces.len())]).copied().collect()
    };
    let bodies: Vec<_> = (0..256).map(|_| body(&mut random)).collect();
    let bytes =
        journal_of(bodies.iter().map(|body| (post(EVENTS, body.as_slice()), Some(answered()))).collect());
    let capture = read(bytes);
    let read_back: Vec<_> = capture
        .all_exchanges()
        .map(|one| one.body_text().map_or(Vec::new(), |text| text.into_owned()))
        .collect();
    assert_eq!(read_back, bodies, "seed {seed}");
}

/// A line for each request that is whole in the capture: its number and body.
fn bodies(capture: &Capture) -> Vec<Vec<u8>> {
    capture.all_exchanges().map(|one| one.entry_bytes().to_vec()).collect()
}

/// Where each request's line ends, with its bytes.
fn request_lines(bytes: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut at = 0;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
        at += line.len();
        (at, line.trim_ascii_end().to_vec())
    });
    lines.filter(|(_, line)| line.starts_with(b"{\"request\"")).collect()
}

#[test]
fn a_journal_cut_at_any_byte_keeps_every_request_before_the_cut() {
    let whole = fixture("everything.jsonl");
    let lines = request_lines(&whole);
    for at in 0..whole.len() {
        let found = bodies(&read(&whole[..at]));
        // A line is whole without its end, too.
        let expected: Vec<_> =
            lines.iter().filter(|(end, _)| *end <= at + 1).map(|(_, line)| line.clone()).collect();
        assert_eq!(found, expected, "cut at {at}");
    }
}

#[test]
fn a_flipped_bit_costs_at_most_the_line_that_it_is_in() {
    let whole = fixture("everything.jsonl");
    let lines = request_lines(&whole);
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << random.u8(..8);
        let capture = read(changed);
        let found = bodies(&capture);
        let lost: Vec<_> = lines.iter().filter(|(_, line)| !found.contains(line)).collect();
        let ends: Vec<_> = lost.iter().map(|(end, _)| end).collect();
        let hit = |(end, line): &&(usize, Vec<u8>)| (end - line.len() - 1..*end - 1).contains(&at);
        assert!(
            lost.len() <= 1 && lost.iter().all(hit),
            "seed {seed}, flipped at {at}: lost the lines that end at {ends:?}"
        );
        let in_a_line = whole[at] != b'\n';
        let told = capture.notes.iter().any(|note| note.kind.code() == "MC-K004");
        assert!(told || !in_a_line, "seed {seed}, flipped at {at}");
    }
}

#[test]
fn a_journal_of_a_later_version_is_said_to_be_one() {
    let mut later = b"{\"playtrace\":\"journal\",\"version\":2,\"next\":1".to_vec();
    seal(&mut later, 0);
    later.extend_from_slice(&fixture("everything.jsonl"));
    let capture = read(later);
    assert_eq!((capture.format.name(), capture.exchanges.len()), ("journal", 0));
    assert_eq!(capture.notes[0].message, "the journal is of version 2, this program reads version 1");
}

#[test]
fn every_line_passes_the_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/journal-v1.json");
    let schema = serde_json::from_slice(&std::fs::read(path).expect("the schema")).expect("JSON");
    let schema = jsonschema::draft202012::new(&schema).expect("a draft 2020-12 schema");
    for name in ["everything.jsonl", "continued.jsonl"] {
        let (lines, n_wrong) = crate::support::journal::lines(&fixture(name));
        assert_eq!(n_wrong, usize::from(name == "continued.jsonl"));
        for line in lines {
            assert!(schema.is_valid(&line), "{line}");
        }
    }
    let wrong = serde_json::json!({ "request": 1, "answer": 1, "sum": "0123456789abcdef" });
    assert!(!schema.is_valid(&wrong));
}

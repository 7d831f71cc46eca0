//! Captures in other formats: what is written is read again as what it was.

use crate::support::examples::{Judged, judged};
use crate::support::journal::{Bench, answered, arrived};
use crate::support::network::{CollectProcess, playtrace};
use playtrace::collector::recorder::{Answered, Arrived};
use playtrace::convert::{Form, Options, Written, refuse, write};
use playtrace::ingest::ingest;
use playtrace::model::capture::Capture;
use playtrace::model::exchange::{Endpoint, Exchange};
use playtrace::model::policy::Profile;
use playtrace::model::watch::Unwatched;
use playtrace::player::capture::PlayedCapture;
use playtrace::player::viewing::Viewing;
use playtrace::redact::{Known, Redaction};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// All recordings of the fixtures, with their names.
fn recordings() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
    let mut files: Vec<PathBuf> = ["clients", "documents", "sdk-tests"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("it is there"))
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        (name, std::fs::read(path).expect("it can be read"))
    };
    files.into_iter().map(read).collect()
}

/// Recordings and generated viewings.
pub fn captures() -> Vec<(String, Vec<u8>)> {
    let mut all = recordings();
    all.extend((0..24).map(|seed| {
        let viewing = Viewing::of_seed(seed);
        (format!("seed {seed}"), PlayedCapture::of(&viewing).write(viewing.style))
    }));
    all
}

fn read(bytes: &[u8]) -> Capture {
    ingest("capture", bytes.to_vec(), &Unwatched)
}

#[track_caller]
fn converted(capture: &Capture, form: Form, redaction: Redaction) -> (Vec<u8>, Written) {
    let mut out = Vec::new();
    let options = Options { form, redaction, sessions: Vec::new() };
    let written = write(capture, &options, &mut out).expect("memory takes it");
    (out, written)
}

fn is_archivable(capture: &Capture) -> bool {
    let options = Options { form: Form::Har, redaction: Redaction::Nothing, sessions: Vec::new() };
    refuse(capture, &options).is_ok()
}

/// Everything about a request that an archive holds.
#[derive(Debug, PartialEq)]
struct Told {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    arrival: Option<i64>,
    status: Option<u16>,
    answered_after_millis: Option<i32>,
    answer_headers: Vec<(String, String)>,
    answer: String,
    sids: [Option<String>; 2],
}

fn told(exchange: &Exchange<'_>) -> Told {
    let url = exchange.url();
    let path = url
        .split_once("://")
        .map_or(url.as_str(), |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let answered = exchange.status().is_some();
    Told {
        method: exchange.method().to_owned(),
        path: path.trim_start_matches('/').to_owned(),
        headers: exchange.request_headers(),
        body: exchange.body_text().map(|body| body.into_owned()),
        arrival: exchange.received_at().map(|at| at.0),
        status: exchange.status(),
        // An archive has no word for a duration that is not known.
        answered_after_millis: answered.then_some(exchange.row().answered_after_millis.max(0)),
        answer_headers: exchange.answer_headers(),
        answer: exchange.answer_body(),
        sids: [exchange.path_sid(), exchange.location_sid()].map(|sid| sid.map(str::to_owned)),
    }
}

/// Events of each session, as values.
fn events(capture: &Capture) -> Vec<Vec<Value>> {
    let of = |session: &playtrace::model::session::Session| {
        session.by_arrival.iter().filter_map(|id| capture.event(*id)?.json()).collect()
    };
    capture.sessions.iter().map(of).collect()
}

#[test]
fn an_archive_is_read_as_the_requests_and_events_that_were_captured() {
    let mut n_archives = 0;
    for (name, bytes) in captures() {
        let before = read(&bytes);
        if !is_archivable(&before) {
            continue;
        }
        n_archives += 1;
        let (har, written) = converted(&before, Form::Har, Redaction::Nothing);
        let after = read(&har);
        assert_eq!(after.format.name(), "har", "{name}");
        let kept = before.all_exchanges().filter(|exchange| exchange.endpoint() != Endpoint::Foreign);
        let kept: Vec<Told> = kept.map(|exchange| told(&exchange)).collect();
        let read: Vec<Told> = after.all_exchanges().map(|exchange| told(&exchange)).collect();
        assert_eq!(kept, read, "{name}");
        assert_eq!(events(&before), events(&after), "{name}");
        assert_eq!(
            (written.requests as usize, written.events as usize),
            (read.len(), after.events.len()),
            "{name}"
        );
    }
    assert!(n_archives > 36, "{n_archives}");
}

#[test]
fn the_journal_of_a_collector_becomes_an_archive_with_its_faults() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let collect = CollectProcess::start(&["--journal", &path("got.jsonl")]);
    let play = ["simulate", "--to", &collect.base, "--sessions", "4", "--speed", "max", "--browser"];
    assert_eq!(playtrace(&play).status.code(), Some(0));
    assert_eq!(collect.terminate().status.code(), Some(0));
    let output = playtrace(&["convert", &path("got.jsonl"), &path("got.har"), "--no-redact"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let [journal, archive] =
        ["got.jsonl", "got.har"].map(|name| read(&std::fs::read(path(name)).expect("it is there")));
    assert_eq!(journal.format.name(), "journal");
    let all = |capture: &Capture| capture.all_exchanges().map(|exchange| told(&exchange)).collect::<Vec<_>>();
    for (recorded, read) in all(&journal).iter().zip(&all(&archive)) {
        assert_eq!(recorded, read);
    }
    assert_eq!(all(&journal).len(), all(&archive).len());
    assert_eq!(events(&journal), events(&archive));
    let har = String::from_utf8_lossy(archive.source.bytes());
    assert!(har.contains(r#""url":"http://127.0.0.1:"#) && har.contains(r#""httpVersion":"HTTP/1.1""#));
}

#[test]
fn bodies_that_are_no_text_and_requests_without_a_host_come_back_as_they_were() {
    let bytes = [b"\xff{\x00\"", &b"\r\n\x80"[..]].concat();
    let packed = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
    let entry = serde_json::json!({
        "request": {
            "method": "POST", "url": "/api/v1/sessions/x/events", "headers": [{"name": "Content-Type", "value": "a/b"}],
            "postData": {"mimeType": "a/b", "text": packed, "encoding": "base64"},
        },
        "response": {"status": 400, "headers": [], "content": {"text": "no"}},
        "startedDateTime": "",
    });
    let record = serde_json::json!({"log": {"version": "1.2", "entries": [entry]}});
    let before = read(record.to_string().as_bytes());
    let (har, _) = converted(&before, Form::Har, Redaction::Nothing);
    let after = read(&har);
    let all = |capture: &Capture| capture.all_exchanges().map(|exchange| told(&exchange)).collect::<Vec<_>>();
    assert_eq!(all(&before), all(&after));
    assert_eq!(all(&after)[0].body.as_deref(), Some(bytes.as_slice()));
    assert_eq!(after.all_exchanges().next().and_then(|exchange| exchange.host()), Some("unknown.invalid"));
}

#[test]
fn answers_that_are_no_text_are_written_unpacked_or_in_base64_and_left_out_where_they_cannot_be_masked() {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(b"{\"message\":\"packed\"}").expect("writes to memory");
    let packed = packer.finish().expect("writes to memory");
    let binary = b"visitor\xff\x00".to_vec();
    let bench = Bench::new();
    let journal = bench.open();
    let coding = |name: &str| ("content-encoding".to_owned(), name.as_bytes().to_vec());
    for (headers, body) in [(vec![coding("identity"), coding("gzip")], packed), (Vec::new(), binary.clone())]
    {
        let target = "/api/v1/sessions/x/events".to_owned();
        let request = Arrived { target, body: binary.clone().into(), ..arrived() };
        let answer = Answered { status: Some(400), headers, body: body.into(), ..answered() };
        bench.keep(&journal, request, Some(answer)).expect("there is room");
    }
    journal.close();
    let before = read(&std::fs::read(&bench.path).expect("the journal"));
    let entries = |har: &[u8]| serde_json::from_slice::<Value>(har).expect("JSON")["log"]["entries"].clone();
    let in_base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &binary);

    let (har, _) = converted(&before, Form::Har, Redaction::Nothing);
    let whole = entries(&har);
    assert_eq!(whole[0]["response"]["content"]["text"], "{\"message\":\"packed\"}");
    assert_eq!(whole[0]["response"]["content"]["encoding"], Value::Null);
    assert_eq!(whole[1]["response"]["content"]["text"], in_base64);
    assert_eq!(whole[1]["response"]["content"]["encoding"], "base64");
    assert_eq!(whole[1]["response"]["content"]["size"], binary.len());
    assert_eq!(whole[1]["request"]["postData"]["text"], in_base64);
    let (again, _) = converted(&read(&har), Form::Har, Redaction::Nothing);
    assert_eq!(entries(&again), whole, "an archive of an archive");

    for redaction in [Redaction::Values, Redaction::All] {
        let (har, _) = converted(&before, Form::Har, redaction);
        assert!(!String::from_utf8_lossy(&har).contains(&in_base64));
        let masked = entries(&har);
        assert_eq!(masked[0]["response"]["content"]["text"], "{\"message\":\"packed\"}");
        for part in [&masked[1]["response"]["content"], &masked[1]["request"]["postData"]] {
            assert!(part["comment"].as_str().is_some_and(|words| words.starts_with("left out: ")), "{part}");
        }
        assert_eq!(masked[1]["request"]["bodySize"], binary.len());
    }
}

#[test]
fn an_injected_fault_stays_one() {
    let notation = "@vod\n+0 sessionStart status=500 fault=status=500\n+5 sessionStart\n+6 play\n\
                    +16 ping answered=3 fault=delay=3000\n+20 sessionEnd\n";
    let before = judged("notation", notation.as_bytes(), Profile::Default);
    let (har, _) = converted(&before.capture, Form::Har, Redaction::All);
    assert_eq!(said(&before), said(&judged("har", &har, Profile::Default)));
    let (again, _) = converted(&read(&har), Form::Har, Redaction::All);
    assert_eq!(String::from_utf8_lossy(&har), String::from_utf8_lossy(&again), "an archive of an archive");
    let unmarked = String::from_utf8_lossy(&har).replace("_fault", "_other").into_bytes();
    assert_ne!(said(&before), said(&judged("har", &unmarked, Profile::Default)));
}

/// What the rules say, without the values: those may be masked.
fn said(judged: &Judged) -> Vec<String> {
    // A placeholder in the place of an identifying value is masked as any other.
    let kept =
        judged.judgement.findings.iter().filter(|finding| finding.rule.meta.name != "placeholder-value");
    let findings = kept.map(|finding| {
        let session = finding.session.map(|session| session.0);
        format!("{:?} {} {:?}", session, finding.rule.meta.name, finding.severity)
    });
    let mut all: Vec<String> = findings.collect();
    all.sort();
    all.extend(judged.judgement.verdicts.iter().map(|verdict| verdict.name().to_owned()));
    all
}

#[test]
fn a_masked_archive_is_judged_as_the_capture_was() {
    for (name, bytes) in captures() {
        let before = judged(&name, &bytes, Profile::Default);
        // What is damaged is written whole or not at all: the capture rules have nothing more to say.
        if !is_archivable(&before.capture) || !before.capture.notes.is_empty() || name.starts_with("mitm") {
            continue;
        }
        let (har, _) = converted(&before.capture, Form::Har, Redaction::All);
        let after = judged(&name, &har, Profile::Default);
        assert_eq!(said(&before), said(&after), "{name}");
    }
}

#[test]
fn nothing_identifying_is_left_in_what_is_handed_on() {
    for (name, bytes) in captures() {
        let capture = read(&bytes);
        let mut known = Known::default();
        for session in &capture.sessions {
            known.add_sid(session.sid.as_deref());
            session
                .by_arrival
                .iter()
                .filter_map(|id| capture.event(*id))
                .for_each(|event| known.add_event(&event));
        }
        for form in [Form::Har, Form::Ndjson, Form::Json] {
            let (out, _) = converted(&capture, form, Redaction::All);
            let text = String::from_utf8(out).expect("text");
            let secrets = known.values.iter().chain(&known.sids).filter(|secret| secret.len() > 7);
            let left: Vec<&String> = secrets.filter(|secret| text.contains(secret.as_str())).collect();
            assert!(left.is_empty(), "{name} as {form:?}: {left:?}");
        }
    }
}

/// Members that HAR 1.2 requires of each object, with the type of each.
const REQUIRED: [(&str, &[(&str, char)]); 9] = [
    ("log", &[("version", 's'), ("creator", 'o'), ("entries", 'a')]),
    ("creator", &[("name", 's'), ("version", 's')]),
    (
        "entry",
        &[
            ("startedDateTime", 's'),
            ("time", 'n'),
            ("request", 'o'),
            ("response", 'o'),
            ("cache", 'o'),
            ("timings", 'o'),
        ],
    ),
    (
        "request",
        &[
            ("method", 's'),
            ("url", 's'),
            ("httpVersion", 's'),
            ("cookies", 'a'),
            ("headers", 'a'),
            ("queryString", 'a'),
            ("headersSize", 'n'),
            ("bodySize", 'n'),
        ],
    ),
    (
        "response",
        &[
            ("status", 'n'),
            ("statusText", 's'),
            ("httpVersion", 's'),
            ("cookies", 'a'),
            ("headers", 'a'),
            ("content", 'o'),
            ("redirectURL", 's'),
            ("headersSize", 'n'),
            ("bodySize", 'n'),
        ],
    ),
    ("content", &[("size", 'n'), ("mimeType", 's')]),
    ("timings", &[("send", 'n'), ("wait", 'n'), ("receive", 'n')]),
    ("pair", &[("name", 's'), ("value", 's')]),
    ("postData", &[("mimeType", 's'), ("text", 's')]),
];

#[track_caller]
fn assert_whole(object: &Value, kind: &str, place: &str) {
    let (_, members) = REQUIRED.iter().find(|(known, _)| *known == kind).expect("it is in the table");
    for (name, wanted) in *members {
        let found = match &object[*name] {
            Value::String(_) => 's',
            Value::Number(_) => 'n',
            Value::Object(_) => 'o',
            Value::Array(_) => 'a',
            _ => '-',
        };
        assert_eq!(found, *wanted, "{place}: {name} of {kind}");
    }
}

#[test]
fn an_archive_has_all_that_its_format_requires() {
    for (name, bytes) in captures() {
        let capture = read(&bytes);
        if !is_archivable(&capture) {
            continue;
        }
        for redaction in [Redaction::Nothing, Redaction::All] {
            let (har, _) = converted(&capture, Form::Har, redaction);
            let har: Value = serde_json::from_slice(&har).expect("JSON");
            let log = &har["log"];
            assert_whole(log, "log", &name);
            assert_eq!(log["version"], "1.2");
            assert_whole(&log["creator"], "creator", &name);
            for entry in log["entries"].as_array().expect("a list") {
                assert_entry(entry, &name);
            }
        }
    }
}

#[track_caller]
fn assert_entry(entry: &Value, name: &str) {
    assert_whole(entry, "entry", name);
    let (request, response) = (&entry["request"], &entry["response"]);
    assert_whole(request, "request", name);
    assert_whole(response, "response", name);
    assert_whole(&response["content"], "content", name);
    assert_whole(&entry["timings"], "timings", name);
    for list in [&request["headers"], &request["queryString"], &response["headers"]] {
        list.as_array().expect("a list").iter().for_each(|pair| assert_whole(pair, "pair", name));
    }
    if request.get("postData").is_some() {
        assert_whole(&request["postData"], "postData", name);
    }
    let date = entry["startedDateTime"].as_str().expect("text");
    assert!(date.parse::<jiff::Timestamp>().is_ok(), "{name}: {date}");
    assert!(entry["time"].as_f64().is_some_and(|time| time >= 0.0), "{name}");
    let url = request["url"].as_str().expect("text");
    assert!(url::Url::parse(url).is_ok_and(|url| url.has_host()), "{name}: {url}");
}

#[test]
fn events_alone_are_read_as_the_sessions_that_they_were() {
    for (name, bytes) in captures() {
        let before = read(&bytes);
        let kept: Vec<Vec<Value>> = events(&before);
        for form in [Form::Ndjson, Form::Json] {
            let (out, written) = converted(&before, form, Redaction::Nothing);
            let after = read(&out);
            let all = |sessions: &[Vec<Value>]| sessions.iter().flatten().cloned().collect::<Vec<_>>();
            assert_eq!(all(&kept), all(&events(&after)), "{name} as {form:?}");
            assert_eq!(written.events as usize, after.events.len(), "{name} as {form:?}");
        }
        let (lines, _) = converted(&before, Form::Ndjson, Redaction::Nothing);
        assert_eq!(
            lines.iter().filter(|byte| **byte == b'\n').count(),
            kept.iter().flatten().count(),
            "{name}"
        );
    }
}

#[test]
fn the_command_writes_by_the_name_of_the_file_and_says_what() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let input = format!("{}/tests/fixtures/captures/clients/theo-lag.har", env!("CARGO_MANIFEST_DIR"));
    for (name, said) in [
        ("a.har", "a.har: 7 requests, 7 events; identifying values are masked, --no-redact keeps them\n"),
        ("a.ndjson", "a.ndjson: 7 events; identifying"),
        ("a.json", "a.json: 7 events; identifying"),
    ] {
        let output = playtrace(&["convert", &input, &path(name)]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
        assert_eq!(read(&std::fs::read(path(name)).expect("written")).events.len(), 7);
    }
    let output = playtrace(&["convert", &input, "-", "--format", "ndjson", "--session", "2", "--no-redact"]);
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 5);
    let refusals: [(&[&str], i32, &str); 5] = [
        (&[&input, &path("a.txt")], 2, "does not say the format"),
        (&[&input, &path("a.har"), "--session", "3"], 2, "there is no session 3: the capture has 2"),
        (&[&path("a.json"), &path("b.har")], 2, "an archive holds requests"),
        (&[&path("a.json"), &path("a.json")], 2, "never written over"),
        (&[&path("missing"), &path("b.har")], 3, "cannot read"),
    ];
    for (arguments, code, said) in refusals {
        let output = playtrace(&[&["convert"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
    }
    assert!(!Path::new(&path("b.har")).exists());
}

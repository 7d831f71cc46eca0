//! Faults on demand from end to end, whichever way the player comes: `collect` injects and marks them, `check` blames
//! nobody for them, and without the marks it would.

use crate::support::journal::requests;
use crate::support::network::{CollectProcess, DEADLINE, client, playtrace};
use crate::support::trust::{new_authority, server_config};
use playtrace::collector::recorder::Recording;
use playtrace::collector::{Collector, CollectorConfig};
use playtrace::ingest::journal::seal;
use playtrace::model::policy::Policy;
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// What is played.
const SCENE: &str = "@vod length=600
+0 sessionStart
+1 play
+11 ping
+16 pauseStart
+20 play
+21 ping
+31 ping
+32 sessionEnd
";

/// The same for a player without a script: seconds, type, playhead.
const EVENTS: &[(i64, &str, i64)] = &[
    (1, "play", 0),
    (11, "ping", 10),
    (16, "pauseStart", 15),
    (20, "play", 15),
    (21, "ping", 16),
    (31, "ping", 26),
    (32, "sessionEnd", 27),
];

/// What a session begins with, but for its `ts`.
const START: &str = concat!(
    r#"{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":TS},"params":{"analytics.trackingServer":"#,
    r#""metrics.example.com","analytics.reportSuite":"examplesuite","visitor.marketingCloudOrgId":"#,
    r#""0123456789ABCDEF01234567@AdobeOrg","visitor.marketingCloudUserId":"60527231337442986113254188072231110981","#,
    r#""media.id":"content-1","media.length":600,"media.contentType":"vod","media.streamType":"video","#,
    r#""media.playerName":"example-player","media.channel":"example-channel"}}"#
);

/// A fault, and a rule that would say something if it had come by itself; none where a player that knows what to do
/// makes good what was lost.
const FAULTS: &[(&str, Option<&str>)] = &[
    ("delay=400@event=play,count=1", Some("slow-answer")),
    ("slow-session=400", Some("slow-answer")),
    ("status=500@event=ping,count=1", Some("server-error")),
    ("status=503@endpoint=sessions,count=1", Some("server-error")),
    ("status=400@event=pauseStart", Some("refused")),
    ("status=404@event=ping,after=1,count=1", None),
    ("status=410@event=pauseStart,count=1", None),
    ("drop@event=ping,count=1", Some("server-error")),
    ("drop=after@endpoint=sessions,count=1", Some("server-error")),
    ("half@endpoint=sessions,count=1", None),
    ("no-location@count=1", Some("location-missing")),
    ("skew=3600000@event=ping,count=1", None),
];

/// Answers are slow from a quarter of a second on: nobody wants to wait for five.
const CONFIG: &str = "[rules.slow-answer]\nlimit-secs = 0.25\n";

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A folder with the files that the commands read.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("playtrace.toml"), CONFIG).expect("written");
        std::fs::write(folder.path().join("scene.session"), SCENE).expect("written");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The rules that `check` names, but for remarks on what the capture lacks.
#[track_caller]
fn named(journal: &Path) -> BTreeSet<String> {
    let output = playtrace(&["check", text(journal), "--format", "json", "--fail-on", "never"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    let told =
        findings.iter().filter(|finding| !finding["code"].as_str().expect("a code").starts_with("MC-K"));
    told.map(|finding| finding["name"].as_str().expect("a name").to_owned()).collect()
}

/// The same journal without its marks.
fn unmarked(journal: &Path) -> PathBuf {
    let mut text = Vec::new();
    for line in std::fs::read(journal).expect("the journal").split(|byte| *byte == b'\n') {
        let Ok(Value::Object(mut members)) = serde_json::from_slice(line) else { continue };
        members.shift_remove("sum");
        members.shift_remove("fault");
        let start = text.len();
        text.extend_from_slice(
            serde_json::to_string(&members).expect("JSON").trim_end_matches('}').as_bytes(),
        );
        seal(&mut text, start);
    }
    let path = journal.with_extension("unmarked.jsonl");
    std::fs::write(&path, text).expect("written");
    path
}

/// What is wrong with what was recorded while this fault was injected.
#[track_caller]
fn faulty(way: &str, journal: &Path, (fault, rule): (&str, Option<&str>)) -> Vec<String> {
    let mut wrong = Vec::new();
    let marks: BTreeSet<String> =
        requests(journal).iter().filter_map(|one| one.answer["fault"].as_str().map(str::to_owned)).collect();
    if !marks.iter().eq([fault]) {
        wrong.push(format!("{way}: {fault} is marked as {marks:?}"));
    }
    let blamed = named(journal);
    if !blamed.is_empty() {
        wrong.push(format!("{way}: {fault} is taken for {blamed:?}"));
    }
    let unmarked = named(&unmarked(journal));
    if let Some(rule) = rule.filter(|rule| !unmarked.contains(*rule)) {
        wrong.push(format!("{way}: {fault} without its mark is no {rule} but {unmarked:?}"));
    }
    wrong
}

#[track_caller]
fn stopped(collect: CollectProcess) {
    let output = collect.terminate();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_collect_injected_is_blamed_on_nobody() {
    let place = Place::new();
    let mut wrong = Vec::new();
    let (script, ca) = (place.path("scene.session"), place.path("ca.pem"));
    for (number, case) in FAULTS.iter().enumerate() {
        for way in ["plain", "tls"] {
            let journal = place.path(&format!("{number}-{way}.jsonl"));
            let mut arguments = vec!["--journal", text(&journal), "--fault", case.0];
            arguments.extend((way == "tls").then_some("--tls"));
            let collect = CollectProcess::start(&arguments);
            let mut play =
                vec!["simulate", "--to", &collect.base, "--script", text(&script), "--speed", "max"];
            if way == "tls" {
                std::fs::write(&ca, certificate(&collect).await).expect("written");
                play.extend(["--ca", text(&ca)]);
            }
            let output = playtrace(&play);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
            stopped(collect);
            wrong.extend(faulty(way, &journal, *case));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The certificate that devices of this collector have to trust.
async fn certificate(collect: &CollectProcess) -> Vec<u8> {
    let page = collect.base.replace("https:", "http:") + "/certificate.pem";
    let answer = client().get(page).send().await.expect("a page");
    answer.bytes().await.expect("a certificate").to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_injected_is_blamed_on_nobody() {
    let place = Place::new();
    let outside = new_authority();
    let upstream_ca = place.path("outside.pem");
    std::fs::write(&upstream_ca, outside.certificate_pem()).expect("written");
    let mut wrong = Vec::new();
    for (number, case) in FAULTS.iter().enumerate() {
        for way in ["proxy", "proxy with TLS"] {
            let mut config = CollectorConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), Policy::default());
            if way != "proxy" {
                config.tls = Some(Arc::new(server_config(&outside, &["http/1.1"])));
            }
            let taken = Arc::new(Recording::default());
            let server = Collector::start(config, taken.clone()).await.expect("a free port");
            let journal = place.path(&format!("{number}-{way}.jsonl"));
            let arguments = [
                ["--journal", text(&journal)],
                ["--fault", case.0],
                ["--upstream-ca", text(&upstream_ca)],
                ["--open-host", "127.0.0.1"],
            ];
            let collect = CollectProcess::start(&[&["--proxy"][..], arguments.as_flattened()].concat());
            let root = reqwest::Certificate::from_pem(&certificate(&collect).await).expect("a certificate");
            let player = Player::new(&server.base_url(), &collect.base, root);
            player.play().await;
            stopped(collect);
            server.stop().await;
            let marks: Vec<_> = taken.take().into_iter().filter_map(|one| one.answered.fault).collect();
            assert_eq!(marks, Vec::<String>::new(), "the server behind knows nothing of it");
            wrong.extend(faulty(way, &journal, *case));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A player behind a proxy: tries a start three times, drops what is refused or not answered, and stops where its
/// session is gone.
struct Player {
    client: reqwest::Client,
    base: String,
    began_millis: u128,
}

impl Player {
    fn new(base: &str, proxy: &str, root: reqwest::Certificate) -> Self {
        let proxy = reqwest::Proxy::all(proxy).expect("an address");
        let builder = reqwest::Client::builder().no_proxy().proxy(proxy).tls_certs_only([root]);
        let began_millis = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
        let client = builder.timeout(DEADLINE).build().expect("a client");
        Self { client, base: base.to_owned(), began_millis }
    }

    async fn play(&self) {
        let mut location = None;
        let start = START.replace("TS", &self.began_millis.to_string());
        for _ in 0..3 {
            if let Some((201, Some(there))) = self.post("/api/v1/sessions", start.clone()).await {
                location = Some(there);
                break;
            }
        }
        let events = location.expect("a session within three tries") + "/events";
        for (secs, event_type, playhead) in EVENTS {
            let ts = self.began_millis + u128::from(secs.unsigned_abs()) * 1000;
            let event = format!(
                r#"{{"eventType":"{event_type}","playerTime":{{"playhead":{playhead},"ts":{ts}}},"params":{{}}}}"#
            );
            if let Some((404 | 410, _)) = self.post(&events, event).await {
                return;
            }
        }
    }

    /// Status and `Location` of a whole answer.
    async fn post(&self, path: &str, body: String) -> Option<(u16, Option<String>)> {
        let request =
            self.client.post(format!("{}{path}", self.base)).header("Content-Type", "application/json");
        let answer = request.body(body).send().await.ok()?;
        let location = answer.headers().get("location").map(|there| there.to_str().expect("text").to_owned());
        let status = answer.status().as_u16();
        answer.bytes().await.ok()?;
        Some((status, location))
    }
}

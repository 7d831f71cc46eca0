//! Reading captures.

use playtrace::ingest::ingest;
use playtrace::model::capture::Capture;
use playtrace::model::watch::Unwatched;

fn read(bytes: &[u8]) -> Capture {
    ingest("test", bytes.to_vec(), &Unwatched)
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/captures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `format exchanges events: mode ending events sid, …`, as the golden table has it.
fn summary(capture: &Capture) -> String {
    let sessions = capture.sessions.iter().map(|session| {
        let sid = session.sid.as_deref().map_or("-", |sid| &sid[..sid.len().min(6)]);
        format!("{} {} {} {sid}", session.mode.name(), session.ending.name(), session.len())
    });
    let sessions: Vec<_> = sessions.collect();
    let (format, exchanges, events) = (capture.format.name(), capture.exchanges.len(), capture.events.len());
    format!("{format} {exchanges} {events}: {}", sessions.join(", "))
}

#[test]
fn request_records_become_sessions() {
    for name in ["clients/js310-vod-full-virt.json", "clients/android312-dlfull.json"] {
        println!("{}", summary(&read(&fixture(name))));
    }
    println!("{}", summary(&read(br#"{"eventType":"play","playerTime":{"ts":1,"playhead":2}}"#)));
    println!(
        "{}",
        summary(&read(
            br#"[{"eventType":"play","playerTime":{"ts":1,"playhead":2}},{"eventType":"sessionStart"}]"#
        ))
    );
}

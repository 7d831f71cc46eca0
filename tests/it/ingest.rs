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
fn every_sample_is_read_as_it_should_be() {
    let mut names: Vec<_> = ["clients", "documents", "sdk-tests"]
        .iter()
        .flat_map(|d| {
            let dir = format!("{}/tests/fixtures/captures/{d}", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_dir(dir)
                .expect("dir")
                .map(move |e| format!("{d}/{}", e.expect("e").file_name().to_string_lossy()))
        })
        .collect();
    names.sort();
    for name in names {
        let capture = read(&fixture(&name));
        println!("{name} = {}", summary(&capture));
        for note in &capture.notes {
            println!("    {} {} {:?}", note.kind.code(), note.message, note.offset);
        }
    }
}

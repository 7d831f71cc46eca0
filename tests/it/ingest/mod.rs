//! Reading captures: bytes in, sessions out.

mod damage;
mod formats;
mod generated;
mod har;
mod journal;
mod samples;
mod sessions;

use playtrace::ingest::ingest;
use playtrace::model::capture::Capture;
use playtrace::model::id::EventId;
use playtrace::model::table::Event;
use playtrace::model::watch::Unwatched;

/// Folders of samples under `tests/fixtures/captures`.
const SAMPLE_FOLDERS: [&str; 3] = ["clients", "documents", "sdk-tests"];

#[track_caller]
fn read(bytes: impl Into<Vec<u8>>) -> Capture {
    let bytes = bytes.into();
    let capture = ingest("test", bytes.clone(), &Unwatched);
    assert_eq!(capture.source.bytes(), bytes, "captured bytes are never changed");
    capture
}

fn samples_folder(folder: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures").join(folder)
}

/// All samples as `folder/file`, sorted, with their bytes.
fn samples() -> Vec<(String, Vec<u8>)> {
    let files = SAMPLE_FOLDERS.iter().flat_map(|folder| {
        let files = std::fs::read_dir(samples_folder(folder)).expect("the samples are there");
        files.map(move |file| (*folder, file.expect("a file").file_name()))
    });
    let mut names: Vec<_> =
        files.map(|(folder, file)| format!("{folder}/{}", file.to_string_lossy())).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), sample(&name))).collect()
}

#[track_caller]
fn sample(name: &str) -> Vec<u8> {
    std::fs::read(samples_folder(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn events(capture: &Capture) -> impl Iterator<Item = Event<'_>> {
    (0..).map_while(|row| capture.event(EventId(row)))
}

/// `format exchanges/events | mode ending events sid attempts | …`
fn summary(capture: &Capture) -> String {
    let mut summary =
        format!("{} {}/{}", capture.format.name(), capture.exchanges.len(), capture.events.len());
    for session in &capture.sessions {
        let sid = session.sid.as_deref().map_or("-", |sid| &sid[..sid.len().min(6)]);
        let (mode, ending, len) = (session.mode.name(), session.ending.name(), session.len());
        summary += &format!(" | {mode} {ending} {len} {sid}");
        if session.attempts > 1 {
            summary += &format!(" {} attempts", session.attempts);
        }
        if session.begins_late {
            summary += " late";
        }
        if session.guessed {
            summary += " guessed";
        }
    }
    summary
}

/// Codes of all notes, in order.
fn note_codes(capture: &Capture) -> Vec<&'static str> {
    capture.notes.iter().map(|note| note.kind.code()).collect()
}

/// A `sessionStart` as JSON text.
fn start(ts: i64, more: &str) -> String {
    format!(
        r#"{{"eventType":"sessionStart","playerTime":{{"ts":{ts},"playhead":0}},"params":{{"media.id":"m"{more}}}}}"#
    )
}

/// An event as JSON text.
fn event(kind: &str, ts: i64, playhead: f64) -> String {
    format!(r#"{{"eventType":"{kind}","playerTime":{{"ts":{ts},"playhead":{playhead}}}}}"#)
}

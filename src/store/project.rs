//! The project file: what somebody has decided about a capture. Versioned JSON, `<capture>.playtrace.json`.
//!
//! Works on bytes; [`crate::files`] reads and writes them. Members that this version does not know are kept.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::loaded::LoadedCapture;
use crate::model::capture::Capture;
use crate::model::id::{ExchangeId, SessionId};
use crate::model::reason::Reason;
use crate::model::source::Source;
use crate::rules::finding::Finding;
use crate::rules::fix::{Edit, Fix};
use crate::rules::registry;
use crate::rules::selection::Exception;

/// The version that is written.
pub const PROJECT_VERSION: u32 = 1;

/// The end of the names of project files.
pub const PROJECT_ENDING: &str = ".playtrace.json";

/// What somebody has decided about a capture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Version of the format.
    pub version: u32,
    /// The capture that it is about.
    pub capture: CaptureName,
    /// What is not to be heard of, in order of decision.
    #[serde(default)]
    pub ignored: Vec<Ignored>,
    /// Changes of sessions that have not been sent yet.
    #[serde(default)]
    pub drafts: Vec<SavedDraft>,
    /// Places on the time axes of sessions, by session and `ts`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<SavedMark>,
    /// What other versions keep here.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// Which capture: by name and content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureName {
    /// Its path when the project was saved.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// XXH3 of its bytes, 128 bits, in hexadecimal digits.
    pub xxh3: String,
}

impl CaptureName {
    /// Names a capture; the first time for a source all its bytes are read.
    #[must_use]
    pub fn of(path: &str, source: &Source) -> CaptureName {
        let xxh3 = format!("{:032x}", source.hash());
        CaptureName { path: path.to_owned(), bytes: source.bytes().len() as u64, xxh3 }
    }

    /// True when both have the same content.
    #[must_use]
    pub fn is_of(&self, other: &CaptureName) -> bool {
        (self.bytes, &self.xxh3) == (other.bytes, &other.xxh3)
    }
}

/// Something that is not to be heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// What.
    #[serde(flatten)]
    pub what: What,
    /// Why, in the words of whoever decided.
    pub reason: String,
}

/// What is not to be heard of. Numbers are those of the JSON report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ignore", rename_all = "kebab-case")]
pub enum What {
    /// A rule.
    Rule {
        /// Its code.
        code: String,
    },
    /// A session.
    Session {
        /// Its number, from 1.
        session: u32,
    },
    /// The findings of a rule at one place.
    Finding {
        /// Code of the rule.
        code: String,
        /// Number of the session, from 1.
        session: Option<u32>,
        /// Number of the request, where the finding has no event.
        exchange: Option<u32>,
        /// Index of the event in the session, by arrival.
        event: Option<u32>,
        /// JSON pointer in the event.
        pointer: Option<String>,
        /// What the finding said, for people.
        message: String,
    },
}

/// Changes of one session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedDraft {
    /// Number of the session, from 1.
    pub session: u32,
    /// The fixes that were taken, in order.
    pub fixes: Vec<TakenFix>,
}

/// A place on the time axis of a session that somebody marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedMark {
    /// Number of the session, from 1.
    pub session: u32,
    /// Where, by the client's clock.
    pub ts: i64,
    /// What was noted there; empty: nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A fix that was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenFix {
    /// Code of the rule that it repairs.
    pub code: String,
    /// The fix.
    #[serde(flatten)]
    pub fix: Fix,
}

/// Why a project file is not used. The file itself is left alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProjectError {
    /// It is no project file.
    #[error("it is no project file: {0}")]
    NotAProject(String),
    /// It was written by a later version of the program.
    #[error("it has version {0} of the format, this program knows up to {PROJECT_VERSION}")]
    TooNew(u32),
    /// It is about another content.
    #[error("it was made for another content of the capture ({expected_bytes} bytes, not {found_bytes})")]
    OtherContent {
        /// Size of the capture that it was made for.
        expected_bytes: u64,
        /// Size of this one.
        found_bytes: u64,
    },
}

impl ProjectError {
    /// The reason for who opened it.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let english = self.to_string();
        match self {
            ProjectError::NotAProject(why) => {
                Reason::new("why.project-none", [("why", why.clone())], english)
            }
            ProjectError::TooNew(version) => {
                let values = [("version", version.to_string()), ("known", PROJECT_VERSION.to_string())];
                Reason::new("why.project-too-new", values, english)
            }
            ProjectError::OtherContent { expected_bytes, found_bytes } => {
                let values = [("expected", expected_bytes.to_string()), ("found", found_bytes.to_string())];
                Reason::new("why.project-other-content", values, english)
            }
        }
    }
}

impl Project {
    /// An empty project for a capture.
    #[must_use]
    pub fn new(capture: CaptureName) -> Project {
        Project { version: PROJECT_VERSION, capture, ..Project::default() }
    }

    /// Reads a project file for the capture that `found` names.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn load(bytes: &[u8], found: &CaptureName) -> Result<Project, ProjectError> {
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| ProjectError::NotAProject(error.to_string()))?;
        let project = Project::of_json(value)?;
        if !project.capture.is_of(found) {
            let (expected_bytes, found_bytes) = (project.capture.bytes, found.bytes);
            return Err(ProjectError::OtherContent { expected_bytes, found_bytes });
        }
        Ok(project)
    }

    /// What a project file says, whatever its capture is now.
    pub(super) fn of_json(value: Value) -> Result<Project, ProjectError> {
        check_version(&value)?;
        let mut project: Project =
            serde_json::from_value(value).map_err(|error| ProjectError::NotAProject(error.to_string()))?;
        // Somebody may have written them by hand; of two at one place the first counts.
        project.marks.sort_by_key(|mark| (mark.session, mark.ts));
        project.marks.dedup_by_key(|mark| (mark.session, mark.ts));
        Ok(project)
    }

    /// The bytes to write.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        written(self)
    }

    /// True when somebody has decided something.
    #[must_use]
    pub fn has_decisions(&self) -> bool {
        !(self.ignored.is_empty() && self.drafts.is_empty() && self.marks.is_empty())
    }

    /// Codes of the rules that are not to be heard of.
    pub fn ignored_rules(&self) -> impl Iterator<Item = &'static str> {
        self.ignored.iter().filter_map(|ignored| match &ignored.what {
            What::Rule { code } => registry::find(code).map(|rule| rule.meta.code),
            _ => None,
        })
    }

    /// The single findings and sessions that are not to be heard of.
    #[must_use]
    pub fn exceptions(&self, capture: &Capture) -> Vec<Exception> {
        self.ignored.iter().filter_map(|ignored| ignored.what.exception(capture)).collect()
    }

    /// The edits of the draft of a session, in order.
    #[must_use]
    pub fn edits(&self, session: SessionId) -> Vec<Edit> {
        let fixes = self.draft(session).into_iter().flat_map(|draft| &draft.fixes);
        fixes.flat_map(|taken| taken.fix.edits.iter().cloned()).collect()
    }

    /// The draft of a session, when something was changed in it.
    #[must_use]
    pub fn draft(&self, session: SessionId) -> Option<&SavedDraft> {
        let number = session_number(session);
        self.drafts.iter().find(|draft| draft.session == number && !draft.fixes.is_empty())
    }

    /// The marks of a session, by `ts`.
    #[must_use]
    pub fn marks_of(&self, session: SessionId) -> &[SavedMark] {
        let number = session_number(session);
        let from = self.marks.partition_point(|mark| mark.session < number);
        let to = self.marks.partition_point(|mark| mark.session <= number);
        self.marks.get(from..to).unwrap_or_default()
    }

    /// Marks a place of a session with a note, which may be empty; what was noted there before is gone.
    pub fn put_mark(&mut self, session: SessionId, ts: i64, note: String) {
        let mark = SavedMark { session: session_number(session), ts, note };
        match self.find_mark(&mark) {
            Ok(at) => self.marks[at] = mark,
            Err(at) => self.marks.insert(at, mark),
        }
    }

    /// Takes the mark at a place of a session away.
    pub fn remove_mark(&mut self, session: SessionId, ts: i64) {
        let mark = SavedMark { session: session_number(session), ts, note: String::new() };
        if let Ok(at) = self.find_mark(&mark) {
            self.marks.remove(at);
        }
    }

    fn find_mark(&self, mark: &SavedMark) -> Result<usize, usize> {
        self.marks.binary_search_by_key(&(mark.session, mark.ts), |known| (known.session, known.ts))
    }

    /// Adds fixes to the draft of a session.
    pub fn take(&mut self, session: SessionId, fixes: impl IntoIterator<Item = TakenFix>) {
        let number = session_number(session);
        match self.drafts.iter_mut().find(|draft| draft.session == number) {
            Some(draft) => draft.fixes.extend(fixes),
            None => {
                self.drafts.push(SavedDraft { session: number, fixes: fixes.into_iter().collect() });
            }
        }
    }

    /// Takes the latest fix of a session back, or all of them.
    pub fn take_back(&mut self, session: SessionId, all: bool) {
        let number = session_number(session);
        for draft in self.drafts.iter_mut().filter(|draft| draft.session == number) {
            let keep = if all { 0 } else { draft.fixes.len().saturating_sub(1) };
            draft.fixes.truncate(keep);
        }
        self.drafts.retain(|draft| !draft.fixes.is_empty());
    }
}

/// The bytes of a project file.
pub(super) fn written(project: &impl Serialize) -> Vec<u8> {
    // Plain data with string keys: nothing in it can fail to be written.
    let mut bytes = serde_json::to_vec_pretty(project).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Only what this program knows to read is read.
pub(super) fn check_version(value: &Value) -> Result<(), ProjectError> {
    let version = value.get("version").and_then(Value::as_u64).unwrap_or_default();
    match u32::try_from(version).unwrap_or(u32::MAX) {
        0 => Err(ProjectError::NotAProject("`version` is missing".to_owned())),
        1..=PROJECT_VERSION => Ok(()),
        newer => Err(ProjectError::TooNew(newer)),
    }
}

fn session_number(session: SessionId) -> u32 {
    session.0.saturating_add(1)
}

impl What {
    /// The findings of a rule at the place of one of them.
    #[must_use]
    pub fn finding(loaded: &LoadedCapture, finding: &Finding) -> What {
        What::Finding {
            code: finding.rule.meta.code.to_owned(),
            session: finding.session.map(session_number),
            exchange: finding.exchange.filter(|_| finding.event.is_none()).map(|exchange| exchange.0),
            event: finding.event.and_then(|event| loaded.places.arrival(event)),
            pointer: finding.pointer.clone(),
            message: finding.message.clone(),
        }
    }

    /// A session.
    #[must_use]
    pub fn session(session: SessionId) -> What {
        What::Session { session: session_number(session) }
    }

    fn exception(&self, capture: &Capture) -> Option<Exception> {
        let session_id = |number: u32| Some(SessionId(number.checked_sub(1)?));
        match self {
            What::Rule { .. } => None,
            What::Session { session } => Some(Exception::Session(session_id(*session)?)),
            What::Finding { code, session, exchange, event, pointer, .. } => {
                let session = session.and_then(session_id);
                let event = match event {
                    Some(index) => Some(*capture.session(session?)?.by_arrival.get(*index as usize)?),
                    None => None,
                };
                Some(Exception::Finding {
                    code: registry::find(code)?.meta.code,
                    session,
                    exchange: exchange.map(ExchangeId),
                    event,
                    pointer: pointer.clone(),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fix::Applicability;
    use serde_json::json;

    fn name() -> CaptureName {
        CaptureName::of("a.har", &Source::new(b"content".to_vec()))
    }

    fn project() -> Project {
        let mut project = Project::new(name());
        project.ignored = vec![
            Ignored { what: What::Rule { code: "MC-O003".to_owned() }, reason: "ties of our SDK".to_owned() },
            Ignored { what: What::session(SessionId(2)), reason: "a bot".to_owned() },
        ];
        let fix = Fix {
            title: "Take it out".to_owned(),
            applicability: Applicability::Safe,
            edits: vec![Edit::Remove { event: 3 }],
        };
        project.put_mark(SessionId(1), 1_704_196_800_000, "here it begins".to_owned());
        project.take(SessionId(0), [TakenFix { code: "MC-A017".to_owned(), fix }]);
        project
    }

    #[test]
    fn what_is_saved_is_what_is_loaded() {
        let project = project();
        assert_eq!(Project::load(&project.save(), &name()), Ok(project));
    }

    #[test]
    fn members_of_other_versions_are_kept() {
        let mut value: Value = serde_json::from_slice(&project().save()).expect("JSON");
        value["later"] = json!([{ "at": 3 }]);
        let loaded = Project::load(value.to_string().as_bytes(), &name()).expect("a project");
        let saved: Value = serde_json::from_slice(&loaded.save()).expect("JSON");
        assert_eq!(saved["later"], json!([{ "at": 3 }]));
    }

    #[test]
    fn marks_are_kept_by_session_and_time_and_files_without_them_are_read() {
        let mut project = Project::new(name());
        assert!(!String::from_utf8_lossy(&project.save()).contains("marks"), "an empty list is not written");
        for (session, ts) in [(1, 20), (0, 30), (1, 10), (0, 10), (2, 5)] {
            project.put_mark(SessionId(session), ts, format!("{session} at {ts}"));
        }
        project.put_mark(SessionId(1), 20, "again".to_owned());
        let of = |project: &Project, session| -> Vec<(i64, String)> {
            project.marks_of(SessionId(session)).iter().map(|mark| (mark.ts, mark.note.clone())).collect()
        };
        assert_eq!(of(&project, 1), [(10, "1 at 10".to_owned()), (20, "again".to_owned())]);
        project.remove_mark(SessionId(1), 10);
        project.remove_mark(SessionId(1), 11);
        assert_eq!((of(&project, 1).len(), of(&project, 0).len(), of(&project, 9).len()), (1, 2, 0));
        assert_eq!(Project::load(&project.save(), &name()), Ok(project));
    }

    #[test]
    fn marks_written_by_hand_are_put_in_order() {
        let mut value: Value = serde_json::from_slice(&Project::new(name()).save()).expect("JSON");
        value["marks"] = json!([
            { "session": 2, "ts": 5 }, { "session": 1, "ts": 9, "note": "x" }, { "session": 1, "ts": 3 },
            { "session": 1, "ts": 9, "note": "y" }
        ]);
        let project = Project::load(value.to_string().as_bytes(), &name()).expect("a project");
        let found: Vec<_> = project.marks.iter().map(|mark| (mark.session, mark.ts, &*mark.note)).collect();
        assert_eq!(found, [(1, 3, ""), (1, 9, "x"), (2, 5, "")]);
    }

    #[test]
    fn a_file_that_cannot_be_used_says_why() {
        let refusal = |bytes: &[u8], name: &CaptureName| {
            Project::load(bytes, name).expect_err("should be refused").to_string()
        };
        assert!(refusal(b"{", &name()).starts_with("it is no project file: EOF"));
        assert!(refusal(b"{}", &name()).contains("`version` is missing"));
        assert!(refusal(br#"{"version": 99}"#, &name()).contains("version 99"));
        let other = CaptureName::of("a.har", &Source::new(b"changed since".to_vec()));
        assert!(refusal(&project().save(), &other).contains("another content"));
    }

    #[test]
    fn fixes_are_taken_back_one_by_one_or_all_at_once() {
        let mut project = project();
        let fix = project.drafts[0].fixes[0].clone();
        project.take(SessionId(0), [fix.clone(), fix]);
        assert_eq!(project.edits(SessionId(0)).len(), 3);
        project.take_back(SessionId(0), false);
        assert_eq!(project.edits(SessionId(0)).len(), 2);
        project.take_back(SessionId(0), true);
        assert!(project.draft(SessionId(0)).is_none() && project.drafts.is_empty());
    }
}

//! A project that was saved by name: what somebody has decided about several captures, in one file of their own.
//!
//! Each capture's part is what the project file beside it would say. Works on bytes and paths as [`super::project`] does.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::project::{CaptureName, PROJECT_VERSION, Project, ProjectError, check_version, written};

/// What somebody has decided about several captures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NamedProject {
    /// Version of the format; the first member, by which a project file is known.
    pub version: u32,
    /// What was decided about each capture. A path is that of the file, or relative to the folder of the project.
    pub captures: Vec<Project>,
    /// What other versions keep here.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// What a project file is.
#[derive(Debug, Clone, PartialEq)]
pub enum ProjectFile {
    /// That of one capture, which lies beside it.
    Beside(Box<Project>),
    /// One that was saved by name.
    Named(NamedProject),
}

/// Recognizes a project file by its content; `None` for all else. The beginning of the file is enough to tell that it
/// is none ([`begins_like_one`]).
///
/// # Errors
/// Why a project file cannot be used.
#[must_use]
pub fn project_file(bytes: &[u8]) -> Option<Result<ProjectFile, ProjectError>> {
    if !begins_like_one(bytes) {
        return None;
    }
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let is_name = |value: &Value| value.get("capture").is_some_and(|name| name.get("xxh3").is_some());
    if is_name(&value) {
        return Some(Project::of_json(value).map(|project| ProjectFile::Beside(Box::new(project))));
    }
    let captures = value.get("captures")?.as_array()?;
    let is_project = !captures.is_empty() && captures.iter().all(is_name);
    is_project.then(|| NamedProject::of_json(value).map(ProjectFile::Named))
}

/// True when an object begins with its version: large captures of other formats are not read for this.
#[must_use]
pub fn begins_like_one(bytes: &[u8]) -> bool {
    let object = bytes.trim_ascii_start().strip_prefix(b"{");
    object.is_some_and(|members| members.trim_ascii_start().starts_with(b"\"version\""))
}

impl NamedProject {
    fn of_json(mut value: Value) -> Result<NamedProject, ProjectError> {
        check_version(&value)?;
        let parts = value.get_mut("captures").and_then(Value::as_array_mut).map(std::mem::take);
        let captures = parts.into_iter().flatten().map(Project::of_json).collect::<Result<_, _>>()?;
        let project: NamedProject =
            serde_json::from_value(value).map_err(|error| ProjectError::NotAProject(error.to_string()))?;
        Ok(NamedProject { captures, ..project })
    }

    /// The bytes to write.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        written(self)
    }

    /// Which part each of these captures has: that of the same content, of several the one with the same path. No
    /// part is that of two captures.
    #[must_use]
    pub fn parts(&self, names: &[CaptureName]) -> Vec<Option<usize>> {
        let mut found = vec![None; names.len()];
        for with_path in [true, false] {
            for (at, name) in names.iter().enumerate().filter(|(_, name)| !name.xxh3.is_empty()) {
                let is_it = |(part, project): &(usize, &Project)| {
                    project.capture.is_of(name)
                        && (!with_path || project.capture.path == name.path)
                        && !found.contains(&Some(*part))
                };
                if found[at].is_none() {
                    found[at] = self.captures.iter().enumerate().find(is_it).map(|(part, _)| part);
                }
            }
        }
        found
    }

    /// Puts in what was decided about captures, each with its name; what has no part yet gets one if it `joins`.
    pub fn put(&mut self, decided: Vec<(CaptureName, Project)>, joins: bool) {
        self.version = PROJECT_VERSION;
        let names: Vec<CaptureName> = decided.iter().map(|(name, _)| name.clone()).collect();
        for ((capture, project), part) in decided.into_iter().zip(self.parts(&names)) {
            let project = Project { version: PROJECT_VERSION, capture, ..project };
            match part.and_then(|part| self.captures.get_mut(part)) {
                Some(known) => *known = project,
                None if joins => self.captures.push(project),
                None => {}
            }
        }
    }

    /// The files of its captures, each once, in order.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in self.captures.iter().map(|part| PathBuf::from(&part.capture.path)) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    /// As it is read in this folder: every path leads to its file from anywhere.
    #[must_use]
    pub fn read_in(mut self, folder: &Path) -> NamedProject {
        for part in &mut self.captures {
            part.capture.path = folder.join(&part.capture.path).display().to_string();
        }
        self
    }

    /// As it is written into this folder: what lies in it or below moves with it.
    #[must_use]
    pub fn written_in(mut self, folder: &Path) -> NamedProject {
        for part in &mut self.captures {
            if let Ok(inside) = Path::new(&part.capture.path).strip_prefix(folder) {
                part.capture.path = inside.display().to_string();
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::SessionId;
    use crate::model::source::Source;

    fn name(path: &str, content: &str) -> CaptureName {
        CaptureName::of(path, &Source::new(content.as_bytes().to_vec()))
    }

    fn marked(note: &str) -> Project {
        let mut project = Project::default();
        project.put_mark(SessionId(0), 5, note.to_owned());
        project
    }

    fn notes(project: &NamedProject) -> Vec<(&str, &str)> {
        let parts = project.captures.iter();
        parts.map(|part| (&*part.capture.path, &*part.marks[0].note)).collect()
    }

    fn two() -> NamedProject {
        let mut project = NamedProject::default();
        let decided = vec![(name("/x/a.har", "a"), marked("of a")), (name("/y/b.har", "b"), marked("of b"))];
        project.put(decided, true);
        project
    }

    #[track_caller]
    fn recognized(bytes: &[u8]) -> Result<ProjectFile, ProjectError> {
        project_file(bytes).expect("it is a project file")
    }

    #[test]
    fn what_is_saved_is_what_is_read_and_members_of_other_versions_are_kept() {
        let mut value: Value = serde_json::from_slice(&two().save()).expect("JSON");
        value["later"] = Value::from("x");
        value["captures"][1]["colour"] = Value::from("red");
        let read = recognized(value.to_string().as_bytes());
        let Ok(ProjectFile::Named(project)) = read else { panic!("{read:?}") };
        assert_eq!(notes(&project), notes(&two()));
        let saved: Value = serde_json::from_slice(&project.save()).expect("JSON");
        assert_eq!(saved, value);
    }

    #[test]
    fn a_project_file_is_known_by_its_content_and_one_of_a_later_version_is_refused() {
        let beside = Project { capture: name("a.har", "a"), version: PROJECT_VERSION, ..marked("x") };
        assert_eq!(recognized(&beside.save()), Ok(ProjectFile::Beside(Box::new(beside.clone()))));
        let newer = Project { version: PROJECT_VERSION + 1, ..beside };
        assert_eq!(recognized(&newer.save()), Err(ProjectError::TooNew(PROJECT_VERSION + 1)));
        let newer = NamedProject { version: 9, ..two() };
        assert_eq!(recognized(&newer.save()), Err(ProjectError::TooNew(9)));
        let others: [&[u8]; 6] = [
            b"",
            b"{",
            br#"{"log":{}}"#,
            br#"{"version":1,"inputs":[]}"#,
            br#"{"version":1,"captures":[]}"#,
            br#"{"version":1,"captures":[{"eventType":"play"}]}"#,
        ];
        for other in others {
            assert!(project_file(other).is_none(), "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn a_part_is_found_by_content_wherever_the_file_lies_and_belongs_to_one_capture() {
        let mut project = two();
        // A copy of `a` does not take its part, whichever comes first.
        let names = [name("/z/copy.har", "a"), name("/x/a.har", "a"), name("/x/b.har", "changed")];
        assert_eq!(project.parts(&names), [None, Some(0), None]);
        assert_eq!(project.parts(&names[..1]), [Some(0)], "it was moved");
        let decided = |joins: bool, project: &mut NamedProject| {
            let names = names.iter().cloned();
            project.put(names.map(|name| (name, marked("new"))).collect(), joins);
        };
        decided(false, &mut project);
        assert_eq!(notes(&project), [("/x/a.har", "new"), ("/y/b.har", "of b")]);
        decided(true, &mut project);
        assert_eq!(project.captures.len(), 4);
    }

    #[test]
    fn captures_in_the_folder_of_the_project_move_with_it() {
        let written = two().written_in(Path::new("/x"));
        assert_eq!(notes(&written), [("a.har", "of a"), ("/y/b.har", "of b")]);
        let read = written.read_in(Path::new("/elsewhere"));
        assert_eq!(read.paths(), [Path::new("/elsewhere/a.har"), Path::new("/y/b.har")]);
    }
}

//! Project files: which captures they are about, and writing those that have a name.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf, absolute};

use super::{is_same, keep_other, project_places, write_by_rename, write_new};
use crate::store::named_project::{NamedProject, ProjectFile, begins_like_one, project_file};
use crate::store::project::{PROJECT_ENDING, ProjectError};

/// So much of a file tells whether it can be one of a project.
const HEAD_BYTES: u64 = 4096;

/// What a project file leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Led {
    /// What was decided, with the files of the captures; `None` where it is kept beside its capture.
    pub named: Option<NamedProject>,
    /// The files of the captures.
    pub captures: Vec<PathBuf>,
}

/// The project file at a path; `None` when something else is there, or nothing that can be read.
///
/// # Errors
/// Why it cannot be used.
#[must_use]
pub fn at(place: &Path) -> Option<Result<Led, ProjectError>> {
    let mut head = Vec::new();
    File::open(place).ok()?.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
    if !begins_like_one(&head) {
        return None;
    }
    of(place, &super::read(place).ok()?)
}

/// As [`at`], of a file whose bytes have been read.
///
/// # Errors
/// Why it cannot be used.
#[must_use]
pub fn of(place: &Path, bytes: &[u8]) -> Option<Result<Led, ProjectError>> {
    Some(project_file(bytes)?.map(|file| led(place, file)))
}

fn led(place: &Path, file: ProjectFile) -> Led {
    let place = absolute(place).unwrap_or_else(|_| place.to_owned());
    let named = match file {
        ProjectFile::Named(project) => project,
        ProjectFile::Beside(project) => {
            // A folder that was moved takes the capture with it, but not its path in the file.
            let name = place.to_string_lossy();
            let beside = name.strip_suffix(PROJECT_ENDING).map(PathBuf::from).filter(|path| path.exists());
            let capture = beside.unwrap_or_else(|| PathBuf::from(&project.capture.path));
            if project_places(&capture).iter().any(|known| is_same(known, &place)) {
                return Led { named: None, captures: vec![capture] };
            }
            NamedProject { version: project.version, captures: vec![*project], ..NamedProject::default() }
        }
    };
    let named = named.read_in(place.parent().unwrap_or(Path::new("")));
    Led { captures: named.paths(), named: Some(named) }
}

/// Writes a project where it has been before; a file there that is no project is kept under another name.
///
/// # Errors
/// When it cannot be written; what was there is then as it was.
pub fn write(place: &Path, project: NamedProject) -> io::Result<()> {
    keep_other(place, |there| project_file(there).is_some())?;
    let bytes = bytes(place, project);
    write_by_rename(place, |out| out.write_all(&bytes))
}

/// Writes a project to a new place, where something may be that `may` be replaced.
///
/// # Errors
/// When it cannot be written, or something is there that may not be replaced.
pub fn write_first(place: &Path, project: NamedProject, may_replace: bool) -> io::Result<()> {
    match may_replace {
        true => write(place, project),
        false => write_new(place, &bytes(place, project)),
    }
}

fn bytes(place: &Path, mut project: NamedProject) -> Vec<u8> {
    for part in &mut project.captures {
        if let Ok(whole) = absolute(&part.capture.path) {
            part.capture.path = whole.display().to_string();
        }
    }
    let folder = absolute(place).ok();
    match folder.as_deref().and_then(Path::parent) {
        Some(folder) => project.written_in(folder).save(),
        None => project.save(),
    }
}

//! Projects that have a name: read with where their captures lie, and written.

use std::io::ErrorKind;
use std::path::{Path, PathBuf, absolute};

use crate::app::command::JobId;
use crate::app::named::{Named, NamedFailure, NamedSaving};
use crate::app::update::{OpenError, Update};
use crate::files::{self, project::Led};
use crate::store::named_project::NamedProject;

/// What a project file leads to; `None` when these are not the bytes of one.
pub(super) fn open(job: JobId, place: &Path, bytes: &[u8]) -> Option<Update> {
    let Led { named, captures } = match files::project::of(place, bytes)? {
        Ok(led) => led,
        Err(error) => {
            let name = place.display().to_string();
            let error = OpenError::Project { name, why: error.reason() };
            return Some(Update::NotOpened { job, error });
        }
    };
    let (captures, missing) = captures.into_iter().partition(|path| path.exists());
    let named = named.map(|project| Box::new(Named { place: whole(place), project }));
    Some(Update::ProjectOpened { job, named, captures, missing })
}

/// Writes a project that has a name.
pub(super) fn save(place: PathBuf, project: NamedProject, why: NamedSaving) -> Update {
    // Whoever typed a name alone is told the folder, too.
    let place = whole(&place);
    match write(&place, project.clone(), &why) {
        Ok(()) => Update::NamedSaved { named: Box::new(Named { place, project }), why },
        Err(failure) => Update::NamedNotSaved { place, why, failure },
    }
}

fn write(place: &Path, project: NamedProject, why: &NamedSaving) -> Result<(), NamedFailure> {
    let written = match why {
        NamedSaving::New { captures, .. } if captures.iter().any(|it| files::is_same(it, place)) => {
            return Err(NamedFailure::IsCapture);
        }
        NamedSaving::New { may_replace, .. } => files::project::write_first(place, project, *may_replace),
        NamedSaving::Decided | NamedSaving::Asked => files::project::write(place, project),
    };
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => NamedFailure::Exists,
        _ => NamedFailure::Failed(error.to_string()),
    })
}

fn whole(place: &Path) -> PathBuf {
    absolute(place).unwrap_or_else(|_| place.to_owned())
}

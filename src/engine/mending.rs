//! Fixes tried on drafts, and project files read and written.

use std::path::Path;
use std::sync::Arc;

use crate::app::mending::{FixAnswer, Judging, NotFixed};
use crate::app::update::Update;
use crate::config::Config;
use crate::files;
use crate::model::capture::Capture;
use crate::model::id::SessionId;
use crate::model::reason::Reason;
use crate::model::watch::Watch;
use crate::outbox::draft::Draft;
use crate::outbox::edit::apply;
use crate::outbox::from_capture::session_for_sending;
use crate::outbox::repair::{self, Judge, NotOffered};
use crate::rules::context::Settings;
use crate::rules::finding::Finding;
use crate::rules::fix::{Applicability, Edit, of_findings};
use crate::rules::selection::RuleSelection;
use crate::store::loaded::LoadedCapture;
use crate::store::project::{CaptureName, PROJECT_VERSION, Project, TakenFix};

/// What a capture is judged with.
pub(super) fn settings(loaded: &LoadedCapture, judging: &Judging) -> (Settings, RuleSelection) {
    settings_of(&loaded.config, judging)
}

/// What is judged with by this configuration.
pub(super) fn settings_of(config: &Config, judging: &Judging) -> (Settings, RuleSelection) {
    let (settings, mut selection) = config.judging(judging.profile);
    selection.window().ignore_codes(&judging.ignored);
    selection.except(judging.exceptions.iter().cloned());
    (settings, selection)
}

/// Tries the fix of a finding on the draft of its session.
pub(super) fn try_fix(
    loaded: &LoadedCapture,
    session: SessionId,
    finding: u32,
    edits: &[Edit],
    judging: &Judging,
    watch: &dyn Watch,
) -> FixAnswer {
    let (settings, selection) = settings(loaded, judging);
    let judge = Judge { settings: &settings, selection: &selection, watch };
    let judged = loaded.judged.as_ref().and_then(|judged| Some((judged, judged.finding(finding)?)));
    let Some((judged, found)) = judged else { return FixAnswer::NoFix };
    let is_it = |other: &Finding| std::ptr::eq(other, found);
    let fixes = of_findings(&loaded.capture, judged.judgement(), &settings, is_it);
    let Some(fix) = fixes.into_iter().flatten().next() else { return FixAnswer::NoFix };
    if fix.applicability == Applicability::ShownOnly {
        return FixAnswer::ShownOnly(fix);
    }
    if fix.edits.iter().all(|edit| edits.contains(edit)) {
        return FixAnswer::Taken(fix);
    }
    let offered = draft(loaded, session, edits)
        .and_then(|draft| repair::offer(&draft, found.rule.meta.code, &fix, judge));
    match offered {
        Ok(offer) => FixAnswer::Offer(Arc::new(offer)),
        Err(why) => FixAnswer::NotOffered { fix, why },
    }
}

/// Looks for all safe fixes of a session.
///
/// # Errors
/// Why its draft cannot be judged.
pub(super) fn fix_all_safe(
    loaded: &LoadedCapture,
    session: SessionId,
    edits: &[Edit],
    judging: &Judging,
    watch: &dyn Watch,
) -> Result<Vec<TakenFix>, NotFixed> {
    let (settings, selection) = settings(loaded, judging);
    let judge = Judge { settings: &settings, selection: &selection, watch };
    let mended = draft(loaded, session, edits).and_then(|draft| repair::fix_all_safe(&draft, judge));
    let mended = mended.map_err(NotFixed::Draft)?;
    Ok(mended.taken.into_iter().map(|(code, fix)| TakenFix { code: code.to_owned(), fix }).collect())
}

fn draft(loaded: &LoadedCapture, session: SessionId, edits: &[Edit]) -> Result<Draft, NotOffered> {
    let session = loaded.capture.session(session).ok_or(NotOffered::Unreadable)?;
    let draft = Draft::new(session_for_sending(&loaded.capture, session));
    Ok(apply(&draft, edits)?)
}

/// Reads the project file of a capture; `None` when there is none.
pub(super) fn load_project(path: &Path, capture: &Capture) -> Option<Result<Box<Project>, Box<Reason>>> {
    let bytes = match files::read_project(path) {
        Ok(bytes) => bytes?,
        Err(error) => return Some(Err(Box::new(Reason::of_system(&error)))),
    };
    let found = CaptureName::of(&path.display().to_string(), &capture.source);
    Some(Project::load(&bytes, &found).map(Box::new).map_err(|error| Box::new(error.reason())))
}

/// Writes the project file of a capture.
pub(super) fn save_project(loaded: &LoadedCapture, mut project: Project, asked: bool) -> Update {
    let capture = loaded.id;
    let (Some(path), Some(name)) = (&loaded.path, loaded.content_name()) else {
        return Update::ProjectSaved { capture, place: None, asked };
    };
    project.version = PROJECT_VERSION;
    project.capture = name;
    let is_ours = |old: &[u8]| Project::load(old, &project.capture).is_ok();
    match files::write_project(path, &project.save(), is_ours) {
        Ok(place) => Update::ProjectSaved { capture, place: Some(place), asked },
        Err(error) => {
            let name = path.display().to_string();
            Update::ProjectNotSaved { capture, name, why: error.to_string() }
        }
    }
}

//! What the threads do: an effect in, an update out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{mending, pictures, projects};
use crate::app::command::JobId;
use crate::app::effect::Effect;
use crate::app::mending::{FixAnswer, Judging, NotFixed};
use crate::app::named::NamedFailure;
use crate::app::picture::PictureFailure;
use crate::app::update::{FolderEntry, OpenError, Update, Work};
use crate::convert::copying::copied;
use crate::files;
use crate::ingest;
use crate::model::clock::TsMillis;
use crate::model::id::{EventId, SessionId};
use crate::model::limits::MAX_FILE_BYTES;
use crate::model::watch::Watch;
use crate::outbox::conversion::Conversion;
use crate::outbox::draft::Draft;
use crate::outbox::edit::apply;
use crate::outbox::from_capture::session_for_sending;
use crate::outbox::plan::{Options, Plan, plan};
use crate::outbox::refusal::Refusal;
use crate::redact::Redaction;
use crate::rules::fix::Edit;
use crate::rules::run;
use crate::store::comparison::Comparison;
use crate::store::drawing::drawing;
use crate::store::filter::filter;
use crate::store::judged::Judged;
use crate::store::loaded::LoadedCapture;
use crate::store::places::Places;
use crate::store::range::aggregates;
use crate::store::search::search;
use crate::store::session_rows::SessionRows;
use crate::store::sort::sorted;
use crate::store::story::story;

/// As [`carry_out`]; a panic inside becomes the update that the work failed.
#[must_use]
pub fn carry_out_guarded(effect: Effect, watch: &dyn Watch) -> Option<Update> {
    let failed = failure(&effect);
    match guarded(|| carry_out(effect, watch)) {
        Ok(Some(update)) => Some(update),
        Ok(None) => failed.map(|failed| failed("what it is about is not there".to_owned())),
        Err(why) => failed.map(|failed| failed(why)),
    }
}

/// Runs something.
///
/// # Errors
/// What it said when it panicked.
pub(super) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        tracing::error!(said, "a job failed inside");
        said.to_owned()
    })
}

/// The effects that are carried out elsewhere, as a pattern: both matches below stay complete.
macro_rules! work_of_others {
    () => {
        Effect::PickFiles
            | Effect::PickPlace { .. }
            | Effect::PickProjectPlace { .. }
            | Effect::DrawPicture(_)
            | Effect::Send { .. }
            | Effect::StartCollector { .. }
            | Effect::StopCollector
            | Effect::KeepSession { .. }
            | Effect::InjectFaults { .. }
            | Effect::JudgeRun { .. }
            | Effect::StopFinding { .. }
            | Effect::PutOnClipboard { .. }
            | Effect::TakeFromClipboard
            | Effect::Cancel { .. }
            | Effect::Quit
    };
}

type Failed = Box<dyn FnOnce(String) -> Update>;

/// What to say when the work for an effect fails inside; `None` for effects that [`carry_out`] leaves alone.
fn failure(effect: &Effect) -> Option<Failed> {
    let not_opened = |job: JobId, name: String| -> Failed {
        Box::new(move |why| Update::NotOpened { job, error: OpenError::Internal { name, why } })
    };
    let of = |work: Work| -> Failed { Box::new(move |why| Update::WorkFailed { work, why }) };
    Some(match effect {
        Effect::Open { job, path } => not_opened(*job, path.display().to_string()),
        Effect::OpenBytes { job, name, .. } => not_opened(*job, name.clone()),
        Effect::Judge { job, .. } => of(Work::Judge(*job)),
        Effect::ListSessions { .. } => of(Work::Sessions),
        Effect::ListFolder { .. } => of(Work::Folder),
        Effect::Filter { revision, .. } => of(Work::Filter(*revision)),
        Effect::Find { revision, .. } => of(Work::Search(*revision)),
        Effect::Copy { .. } => of(Work::Copy),
        Effect::Draw { revision, .. } => of(Work::Drawing(*revision)),
        Effect::Aggregate { revision, .. } => of(Work::Measure(*revision)),
        Effect::Tell { revision, .. } => of(Work::Story(*revision)),
        Effect::TryFix { revision, .. } => {
            let revision = *revision;
            Box::new(move |why| Update::FixTried { revision, answer: FixAnswer::Failed(why) })
        }
        Effect::FixAllSafe { .. } => {
            Box::new(|why| Update::FixedAllSafe { outcome: Err(NotFixed::Inside(why)) })
        }
        Effect::WritePicture { place, .. } => {
            let place = place.path.clone();
            Box::new(move |why| {
                let failure = PictureFailure::Failed(why);
                Update::PictureNotSaved { place, failure }
            })
        }
        Effect::SaveProject { loaded, .. } => {
            let (capture, name) = (loaded.id, loaded.capture.name.clone());
            Box::new(move |why| Update::ProjectNotSaved { capture, name, why })
        }
        Effect::SaveNamed { place, why, .. } => {
            let (place, saving) = (place.clone(), why.clone());
            Box::new(move |why| {
                let failure = NamedFailure::Failed(why);
                Update::NamedNotSaved { place, why: saving, failure }
            })
        }
        Effect::Plan { job, .. } => {
            let job = *job;
            Box::new(move |why| Update::Refused { job, why: Refusal::Inside(why) })
        }
        Effect::Compare { revision, .. } => {
            let revision = *revision;
            Box::new(move |_| Update::Compared { revision, comparison: None })
        }
        Effect::Convert { revision, .. } => {
            let revision = *revision;
            Box::new(move |why| Update::Converted { revision, conversion: Err(Refusal::Inside(why)) })
        }
        work_of_others!() => return None,
    })
}

/// Carries out an effect that needs no thread of its own; `None` for the others.
#[must_use]
pub fn carry_out(effect: Effect, watch: &dyn Watch) -> Option<Update> {
    Some(match effect {
        Effect::Open { job, .. } | Effect::OpenBytes { job, .. } | Effect::Judge { job, .. }
            if watch.cancelled() =>
        {
            Update::Stopped { job }
        }
        Effect::Open { job, path } => match read(&path) {
            Ok(bytes) => open(job, &path.display().to_string(), Some(&path), bytes, watch),
            Err(error) => Update::NotOpened { job, error },
        },
        Effect::OpenBytes { job, name, bytes } => open(job, &name, None, bytes, watch),
        Effect::Judge { job, loaded, judging } => judge(job, &loaded, &judging, watch),
        Effect::TryFix { revision, loaded, session, finding, edits, judging } => {
            let answer = mending::try_fix(&loaded, session, finding, &edits, &judging, watch);
            Update::FixTried { revision, answer }
        }
        Effect::FixAllSafe { loaded, session, edits, judging } => {
            let outcome = mending::fix_all_safe(&loaded, session, &edits, &judging, watch);
            Update::FixedAllSafe { outcome }
        }
        Effect::SaveProject { loaded, project, asked } => mending::save_project(&loaded, *project, asked),
        Effect::ListSessions { revision, captures, text } => {
            Update::SessionsListed { revision, rows: Arc::new(SessionRows::of(&captures, &text)) }
        }
        Effect::ListFolder { typed } => {
            let entries = files::begin_like(&typed).into_iter();
            let entries = entries.map(|(path, is_folder)| FolderEntry { path, is_folder }).collect();
            Update::Folder { typed, entries }
        }
        Effect::Filter { revision, loaded, session, passing, order, sort } => {
            let session = loaded.capture.session(session)?;
            let mut rows = filter(&loaded, session, &passing, order, watch);
            if let Some(sort) = sort {
                rows = sorted(&loaded, session, order, rows, &sort, watch);
            }
            Update::Filtered { revision, rows: Arc::new(rows) }
        }
        Effect::Copy { loaded, session, rows, form, masked } => {
            let session = loaded.capture.session(session)?;
            let arrivals = (0..rows.len(session)).filter_map(|row| rows.arrival(session, row));
            let chosen: Vec<EventId> =
                arrivals.filter_map(|arrival| session.by_arrival.get(arrival as usize).copied()).collect();
            let redaction = if masked { Redaction::All } else { Redaction::Nothing };
            Update::Copied {
                form,
                masked,
                copied: copied(&loaded.capture, session, &chosen, form, redaction),
            }
        }
        Effect::Find { revision, loaded, session, query, rows } => {
            let session = loaded.capture.session(session)?;
            Update::Found { revision, hits: Arc::new(search(&loaded, session, &rows, &query, watch)) }
        }
        Effect::Draw { revision, loaded, session } => {
            Update::Drawn { revision, drawing: Arc::new(drawing(&loaded, session)?) }
        }
        Effect::Aggregate { revision, loaded, drawing, from, to } => {
            let aggregates = Arc::new(aggregates(&loaded, &drawing, from, to));
            Update::Aggregated { revision, aggregates }
        }
        Effect::Tell { revision, loaded, session } => {
            Update::Told { revision, captions: story(&loaded, session)?.into() }
        }
        Effect::Compare { revision, sides: [first, second], align } => {
            let comparison = Comparison::of([(&*first.0, first.1), (&*second.0, second.1)], align);
            Update::Compared { revision, comparison: comparison.map(Arc::new) }
        }
        Effect::Convert { revision, loaded, session } => {
            let conversion = loaded.capture.session(session).ok_or(Refusal::Empty).and_then(|session| {
                Conversion::of(&Draft::new(session_for_sending(&loaded.capture, session)))
            });
            Update::Converted { revision, conversion: conversion.map(Arc::new) }
        }
        Effect::Plan { job, loaded, session, edits, options } => {
            match plan_session(&loaded, session, &edits, &options, now()) {
                Ok(plan) => Update::Planned { job, plan: Arc::new(plan) },
                Err(why) => Update::Refused { job, why },
            }
        }
        Effect::WritePicture { maker, place } => pictures::write(&maker, place),
        Effect::SaveNamed { place, project, why } => projects::save(place, *project, why),
        work_of_others!() => return None,
    })
}

/// Plans how a session is sent again.
///
/// # Errors
/// Why it may not be sent so.
pub fn plan_session(
    loaded: &LoadedCapture,
    session: SessionId,
    edits: &[Edit],
    options: &Options,
    now: TsMillis,
) -> Result<Plan, Refusal> {
    let session = loaded.capture.session(session).ok_or(Refusal::Empty)?;
    let draft = Draft::new(session_for_sending(&loaded.capture, session));
    if edits.is_empty() {
        return plan(&draft, options, now);
    }
    let edited = apply(&draft, edits).map_err(|error| Refusal::EditsDoNotFit(error.to_string()))?;
    plan(&edited, options, now)
}

#[expect(clippy::disallowed_methods, reason = "the outside knows what time it is")]
pub(super) fn now() -> TsMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TsMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn read(path: &Path) -> Result<Vec<u8>, OpenError> {
    let name = path.display().to_string();
    files::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::FileTooLarge => OpenError::TooLarge { name, limit_bytes: MAX_FILE_BYTES },
        _ => OpenError::NotRead { name, why: error.to_string() },
    })
}

fn open(job: JobId, name: &str, path: Option<&Path>, bytes: Vec<u8>, watch: &dyn Watch) -> Update {
    if let Some(update) = path.and_then(|path| projects::open(job, path, &bytes)) {
        return update;
    }
    let capture = ingest::ingest(name, bytes, watch);
    if watch.cancelled() {
        return Update::Stopped { job };
    }
    // Lines are counted here once, so that no frame has to.
    let end = capture.source.place(u64::MAX);
    // So is the content, by which a project knows it.
    let content = capture.source.hash();
    tracing::debug!(lines = end.line, events = capture.events.len(), content = %format_args!("{content:032x}"), "read");
    let places = Places::of(&capture);
    let project = path.and_then(|path| mending::load_project(path, &capture));
    let config = path.map_or(Ok(None), |path| files::config_beside(Some(path)));
    Update::Opened { job, capture: Arc::new(capture), places: Arc::new(places), project, config }
}

fn judge(job: JobId, loaded: &LoadedCapture, judging: &Judging, watch: &dyn Watch) -> Update {
    let (settings, selection) = mending::settings(loaded, judging);
    let judgement = run::judge(&loaded.capture, &settings, &selection, watch);
    if watch.cancelled() {
        return Update::Stopped { job };
    }
    Update::Judged { job, judged: Arc::new(Judged::of(&loaded.capture, judgement, settings)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::watch::Unwatched;

    #[test]
    fn a_panic_inside_becomes_the_update_that_the_work_failed() {
        /// Fails whenever it is asked.
        #[derive(Debug)]
        struct Bad;
        impl Watch for Bad {
            fn progress(&self, _done: u64, _total: u64) {
                panic!("no progress");
            }
            fn cancelled(&self) -> bool {
                panic!("no answer");
            }
        }
        let opens = || Effect::OpenBytes { job: JobId(1), name: "a".to_owned(), bytes: b"[]".to_vec() };
        let failed = carry_out_guarded(opens(), &Bad);
        let is_told = |update: &Update| matches!(update, Update::NotOpened { job: JobId(1), error: OpenError::Internal { why, .. } } if why == "no answer");
        assert!(failed.as_ref().is_some_and(is_told), "{failed:?}");
        assert!(matches!(carry_out_guarded(opens(), &Unwatched), Some(Update::Opened { .. })));
        assert!(carry_out_guarded(Effect::PickFiles, &Bad).is_none(), "that is the work of others");
        assert_eq!(guarded(|| panic!("{}", 7)), Err::<(), _>("7".to_owned()));
    }
}

//! What has happened outside.

use core::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::command::JobId;
use super::live::QrModules;
use super::mending::{FixAnswer, NotFixed};
use super::named::{Named, NamedFailure, NamedSaving};
use super::picture::PictureFailure;
use super::sending::SendResult;
use super::zone::Zone;
use crate::config::Beside;
use crate::convert::copying::{Copied, CopyForm};
use crate::metrics::drawing::Drawing;
use crate::model::capture::Capture;
use crate::model::collecting::Refused;
use crate::model::reason::Reason;
use crate::outbox::conversion::Conversion;
use crate::outbox::plan::Plan;
use crate::outbox::refusal::Refusal;
use crate::store::comparison::Comparison;
use crate::store::growing::Grown;
use crate::store::judged::Judged;
use crate::store::loaded::CaptureId;
use crate::store::places::Places;
use crate::store::project::{Project, TakenFix};
use crate::store::range::Aggregates;
use crate::store::session_rows::SessionRows;
use crate::store::story::Caption;

/// Something that happened outside; [`super::State::absorb`] takes it in.
#[derive(Debug)]
pub enum Update {
    /// Files were chosen in the dialog.
    Picked {
        /// The files; none when the dialog was left, or could not be shown.
        paths: Vec<PathBuf>,
        /// True when no dialog can have been seen.
        at_once: bool,
    },
    /// A place for a picture was chosen in the dialog.
    PlacePicked {
        /// The file; `None` when the dialog was left, or could not be shown.
        place: Option<PathBuf>,
        /// True when no dialog can have been seen.
        at_once: bool,
    },
    /// A picture was written.
    PictureSaved {
        /// The file.
        place: PathBuf,
    },
    /// A picture was not written.
    PictureNotSaved {
        /// The file.
        place: PathBuf,
        /// Why.
        failure: PictureFailure,
    },
    /// What begins like the typed path.
    Folder {
        /// What was typed.
        typed: String,
        /// What there is, sorted.
        entries: Vec<FolderEntry>,
    },
    /// A job has come so far.
    Progress {
        /// The job.
        job: JobId,
        /// Units done.
        done: u64,
        /// Units in all; 0 when that is unknown.
        total: u64,
    },
    /// A file was read and taken apart.
    Opened {
        /// The job.
        job: JobId,
        /// What was read.
        capture: Arc<Capture>,
        /// Where each event stands.
        places: Arc<Places>,
        /// What the project file beside it says, or why it is of no use; `None`: there is none.
        project: Option<Result<Box<Project>, Box<Reason>>>,
        /// The configuration beside the file with its path, or what is wrong with it; `None` when there is none.
        config: Beside,
    },
    /// A file was not read.
    NotOpened {
        /// The job.
        job: JobId,
        /// Why.
        error: OpenError,
    },
    /// The rules have spoken.
    Judged {
        /// The job.
        job: JobId,
        /// What they say.
        judged: Arc<Judged>,
    },
    /// Work failed inside; what waits for it waits no more.
    WorkFailed {
        /// Which.
        work: Work,
        /// What it said.
        why: String,
    },
    /// A job ended without a result.
    Stopped {
        /// The job.
        job: JobId,
    },
    /// Sessions were listed.
    SessionsListed {
        /// Which wish it answers.
        revision: u64,
        /// The list.
        rows: Arc<SessionRows>,
    },
    /// Events were filtered.
    Filtered {
        /// Which wish it answers.
        revision: u64,
        /// Indices by arrival.
        rows: Arc<Vec<u32>>,
    },
    /// So many events were looked at for a filter.
    FilterProgress {
        /// Which wish it is about.
        revision: u64,
        /// Events looked at.
        done: u64,
        /// Events of the session.
        total: u64,
    },
    /// Events were made into a text.
    Copied {
        /// As what.
        form: CopyForm,
        /// True when identifying values are masked.
        masked: bool,
        /// The text.
        copied: Copied,
    },
    /// The rows of the event table were looked through.
    Found {
        /// Which wish it answers.
        revision: u64,
        /// The rows with a hit, from top to bottom.
        hits: Arc<Vec<u32>>,
    },
    /// So many rows were looked at for a search.
    FindProgress {
        /// Which wish it is about.
        revision: u64,
        /// Rows looked at.
        done: u64,
        /// Rows of the table.
        total: u64,
    },
    /// A session can be drawn.
    Drawn {
        /// Which wish it answers.
        revision: u64,
        /// What is drawn.
        drawing: Arc<Drawing>,
    },
    /// What happened in a range of time was counted.
    Aggregated {
        /// Which wish it answers.
        revision: u64,
        /// What there is.
        aggregates: Arc<Aggregates>,
    },
    /// A session was told as a story.
    Told {
        /// Which wish it answers.
        revision: u64,
        /// The captions in the order of time.
        captions: Arc<[Caption]>,
    },
    /// Two sessions were compared.
    Compared {
        /// Which wish it answers.
        revision: u64,
        /// What differs; `None` when one of them is not there.
        comparison: Option<Arc<Comparison>>,
    },
    /// A session was converted to be looked at.
    Converted {
        /// Which wish it answers.
        revision: u64,
        /// What it becomes, or why it cannot be converted.
        conversion: Result<Arc<Conversion>, Refusal>,
    },
    /// A fix was tried.
    FixTried {
        /// Which wish it answers.
        revision: u64,
        /// What became of it.
        answer: FixAnswer,
    },
    /// All safe fixes of a session were looked for.
    FixedAllSafe {
        /// The fixes, or why there are none.
        outcome: Result<Vec<TakenFix>, NotFixed>,
    },
    /// A project file was read.
    ProjectOpened {
        /// The job.
        job: JobId,
        /// The project, where it has a name; else what was decided is found beside its capture.
        named: Option<Box<Named>>,
        /// The captures that are there.
        captures: Vec<PathBuf>,
        /// Those that are not.
        missing: Vec<PathBuf>,
    },
    /// A place for a project was chosen in the dialog.
    ProjectPlacePicked {
        /// The file; `None` when the dialog was left, or could not be shown.
        place: Option<PathBuf>,
        /// True when no dialog can have been seen.
        at_once: bool,
    },
    /// A project that has a name was written.
    NamedSaved {
        /// The project as it was written.
        named: Box<Named>,
        /// Why it was written.
        why: NamedSaving,
    },
    /// A project that has a name was not written.
    NamedNotSaved {
        /// The file.
        place: PathBuf,
        /// Why it was to be written.
        why: NamedSaving,
        /// What is in the way.
        failure: NamedFailure,
    },
    /// A project file was written.
    ProjectSaved {
        /// The capture.
        capture: CaptureId,
        /// Where; `None` when it has no place.
        place: Option<PathBuf>,
        /// True when the user asked for it.
        asked: bool,
    },
    /// A project file was not written.
    ProjectNotSaved {
        /// The capture.
        capture: CaptureId,
        /// The file.
        name: String,
        /// What the system says.
        why: String,
    },
    /// A plan was made.
    Planned {
        /// The job.
        job: JobId,
        /// What will be sent.
        plan: Arc<Plan>,
    },
    /// Nothing is sent.
    Refused {
        /// The job.
        job: JobId,
        /// The reason.
        why: Refusal,
    },
    /// Requests were sent.
    Delivered {
        /// The job.
        job: JobId,
        /// What came of them, in order.
        results: Vec<SendResult>,
    },
    /// All is sent that will be.
    Sent {
        /// The job.
        job: JobId,
    },
    /// The collector listens.
    CollectorStarted {
        /// Where.
        address: SocketAddr,
        /// The base address for players.
        base_url: String,
        /// The journal.
        journal: PathBuf,
        /// The page for devices, where they need one.
        device_page: Option<String>,
        /// That page, or the base address, for a device to photograph; `None` where no other machine can reach it.
        qr: Option<Arc<QrModules>>,
    },
    /// The collector could not be started.
    CollectorFailed {
        /// The reason.
        refused: Refused,
    },
    /// A run grew, or more of it is judged.
    Grew {
        /// The run.
        run: JobId,
        /// As it stands now.
        grown: Box<Grown>,
        /// Requests in the latest second.
        per_second: u64,
    },
    /// The journal cannot be written, or can be again.
    JournalTrouble {
        /// Why players are refused; `None`: they are no more.
        why: Option<Reason>,
    },
    /// The collector listens no more: its port is free, the journal is written.
    CollectorStopped {
        /// The run.
        run: JobId,
    },
    /// The time zone of where the window is.
    Zone(Zone),
    /// All of a run is judged; nothing more comes of it.
    RunSettled {
        /// The run.
        run: JobId,
    },
}

/// Work that may fail inside, with the wish that it answers where one can be overtaken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The rules of a job.
    Judge(JobId),
    /// Rows of the session list.
    Sessions,
    /// What begins like a path.
    Folder,
    /// Rows of the event table.
    Filter(u64),
    /// Hits of the search.
    Search(u64),
    /// Copied events.
    Copy,
    /// What timeline and plot draw.
    Drawing(u64),
    /// What happened in the measured range.
    Measure(u64),
    /// The captions of a story.
    Story(u64),
}

impl Work {
    /// The word of its text.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Work::Judge(_) => "judge",
            Work::Sessions => "sessions",
            Work::Folder => "folder",
            Work::Filter(_) => "filter",
            Work::Search(_) => "search",
            Work::Copy => "copy",
            Work::Drawing(_) => "drawing",
            Work::Measure(_) => "measure",
            Work::Story(_) => "story",
        }
    }
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// What to type for it: the whole path, folders with a slash at the end.
    pub path: String,
    /// True for a folder.
    pub is_folder: bool,
}

/// Why a file could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The system says no.
    #[error("{name} could not be read: {why}")]
    NotRead {
        /// The file.
        name: String,
        /// What the system says.
        why: String,
    },
    /// It is larger than can be opened.
    #[error("{name} is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The file.
        name: String,
        /// The limit.
        limit_bytes: u64,
    },
    /// It is a project that cannot be used.
    #[error("{name} is a project that cannot be used: {why}")]
    Project {
        /// The file.
        name: String,
        /// Why.
        why: Reason,
    },
    /// Reading it failed inside.
    #[error("{name} made the reader fail: {why}")]
    Internal {
        /// The file.
        name: String,
        /// What the reader said.
        why: String,
    },
}

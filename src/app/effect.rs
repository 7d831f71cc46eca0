//! What the outside is asked to do.

use std::path::PathBuf;
use std::sync::Arc;

use super::command::JobId;
use super::live::LiveOrder;
use super::mending::Judging;
use super::named::NamedSaving;
use super::picture::{PictureJob, PictureMaker, PicturePlace};
use crate::convert::copying::CopyForm;
use crate::metrics::drawing::Drawing;
use crate::model::fault::FaultSpec;
use crate::model::id::SessionId;
use crate::outbox::plan::Options;
use crate::outbox::target::Target;
use crate::rules::fix::Edit;
use crate::store::comparison::Align;
use crate::store::filter::{Order, Passing};
use crate::store::loaded::LoadedCapture;
use crate::store::named_project::NamedProject;
use crate::store::picture::PictureForm;
use crate::store::project::Project;
use crate::store::query::Query;
use crate::store::sort::Sort;
use crate::store::table_rows::TableRows;

/// One request to the outside. Every one is answered by an `Update` unless it says otherwise, `Cancel` by that of its job.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Show the dialog of the system.
    PickFiles,
    /// Show the dialog of the system for the place of a picture.
    PickPlace {
        /// What to call the file unless the user says otherwise.
        name: String,
        /// The forms that it can have.
        forms: &'static [PictureForm],
    },
    /// Draw a picture: the window itself does, and has it written.
    DrawPicture(Box<PictureJob>),
    /// Make a picture and write it.
    WritePicture {
        /// Makes it.
        maker: PictureMaker,
        /// Where it goes.
        place: PicturePlace,
    },
    /// List what begins like this path.
    ListFolder {
        /// What was typed.
        typed: String,
    },
    /// Read and take apart a file.
    Open {
        /// The job.
        job: JobId,
        /// The file.
        path: PathBuf,
    },
    /// Take apart bytes that are at hand.
    OpenBytes {
        /// The job.
        job: JobId,
        /// What to call them.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Let the rules speak.
    Judge {
        /// The job.
        job: JobId,
        /// What to judge.
        loaded: Arc<LoadedCapture>,
        /// How.
        judging: Judging,
    },
    /// Try the fix of a finding on the draft of its session.
    TryFix {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
        /// The finding.
        finding: u32,
        /// What was changed in the session before.
        edits: Vec<Edit>,
        /// How the draft is judged.
        judging: Judging,
    },
    /// Look for all safe fixes of a session.
    FixAllSafe {
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
        /// What was changed in the session before.
        edits: Vec<Edit>,
        /// How the draft is judged.
        judging: Judging,
    },
    /// Write the project file of a capture.
    SaveProject {
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// What to write.
        project: Box<Project>,
        /// True when the user asks for it and is to hear where it was written.
        asked: bool,
    },
    /// Write a project that has a name.
    SaveNamed {
        /// The file.
        place: PathBuf,
        /// What to write.
        project: Box<NamedProject>,
        /// Why.
        why: NamedSaving,
    },
    /// Show the dialog of the system for the place of a project.
    PickProjectPlace {
        /// What to call the file unless the user says otherwise.
        name: String,
    },
    /// List sessions.
    ListSessions {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// All captures.
        captures: Vec<Arc<LoadedCapture>>,
        /// Text that must stand in the name or id; empty: any.
        text: String,
    },
    /// Filter and sort the events of a session.
    Filter {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
        /// What passes.
        passing: Passing,
        /// In which order.
        order: Order,
        /// By which column instead.
        sort: Option<Sort>,
    },
    /// Make events into a text.
    Copy {
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
        /// Which of its events, in which order.
        rows: TableRows,
        /// As what.
        form: CopyForm,
        /// True when identifying values are masked.
        masked: bool,
    },
    /// Put a text on the clipboard: the window does so itself. Not answered.
    PutOnClipboard {
        /// The text.
        text: String,
    },
    /// Open the text on the clipboard: the window reads it itself. Not answered.
    TakeFromClipboard,
    /// Look through the rows of the event table.
    Find {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
        /// What to look for.
        query: Query,
        /// Where.
        rows: TableRows,
    },
    /// Look no further; not answered.
    StopFinding {
        /// The wish after those that are not wanted any more.
        revision: u64,
    },
    /// Work out what timeline and plot draw of a judged session.
    Draw {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
    },
    /// Count what happened in a range of time.
    Aggregate {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// What is drawn of the session.
        drawing: Arc<Drawing>,
        /// Left end, seconds since the session's origin.
        from: f64,
        /// Right end.
        to: f64,
    },
    /// Tell a judged session as a story.
    Tell {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
    },
    /// Compare two sessions.
    Compare {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// The two, each with its capture.
        sides: [(Arc<LoadedCapture>, SessionId); 2],
        /// By what events are put side by side.
        align: Align,
    },
    /// Convert a session between online and downloaded, to be looked at.
    Convert {
        /// Answers to older wishes are dropped.
        revision: u64,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
    },
    /// Plan how a session is sent again.
    Plan {
        /// The job.
        job: JobId,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
        /// What was changed in it before.
        edits: Vec<Edit>,
        /// How.
        options: Options,
    },
    /// Plan and send.
    Send {
        /// The job.
        job: JobId,
        /// The capture.
        loaded: Arc<LoadedCapture>,
        /// The session.
        session: SessionId,
        /// What was changed in it before.
        edits: Vec<Edit>,
        /// How.
        options: Options,
        /// Where to.
        target: Box<Target>,
    },
    /// Start the collector and tell what comes.
    StartCollector {
        /// How it runs.
        order: Arc<LiveOrder>,
        /// How what comes is judged.
        judging: Judging,
    },
    /// Stop it; what came until then is told first.
    StopCollector,
    /// Hold this session of the run, also when it was set aside.
    KeepSession {
        /// Its key.
        key: u64,
    },
    /// Let the collector inject these faults from now on, in place of those before.
    InjectFaults {
        /// The faults.
        specs: Vec<FaultSpec>,
    },
    /// Judge the run in another way from now on.
    JudgeRun {
        /// How.
        judging: Judging,
    },
    /// Stop a job.
    Cancel {
        /// The job.
        job: JobId,
    },
    /// Close the window.
    Quit,
}

/// What a command or an update asks of the outside; must be handed on.
#[must_use = "effects do nothing until they are submitted to the port"]
#[derive(Debug, Default)]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// One.
    pub fn one(effect: Effect) -> Self {
        Self(vec![effect])
    }

    /// Adds one.
    pub fn push(&mut self, effect: Effect) {
        self.0.push(effect);
    }

    /// Adds those of another.
    pub fn append(&mut self, other: Effects) {
        self.0.extend(other.0);
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

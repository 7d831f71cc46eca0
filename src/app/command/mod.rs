//! What someone wants: the commands, and the tables of those that menus, keys and tooltips offer.
//!
//! An area of its own has its own enum and its own table: a variant here, a line in [`rows::TABLES`].

pub mod compare;
pub mod copy;
mod detail;
pub mod find;
pub mod history;
pub mod lanes;
pub mod look;
pub mod marking;
pub mod marks;
pub mod palette;
pub mod picture;
pub mod project;
pub mod rows;
pub mod saved_filter;
pub mod scale;
pub mod shortcut;
pub mod story;
pub mod table;
pub mod time;
pub mod traces;
pub mod walk;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use self::history::HistoryCommand;
use self::palette::PaletteCommand;
use self::picture::PictureSubject;
use self::scale::ScaleCommand;
use self::walk::WalkCommand;
use super::item::{Hover, Item};
use super::live::LiveForm;
use super::mending::Ignore;
use super::prefs::{BottomTab, DetailTab, Language, Pane, ThemeChoice};
use super::sending::SendForm;
use crate::model::policy::Profile;
use crate::rules::finding::Severity;
use crate::store::filter::{EventFilter, Order};
use crate::store::finding_rows::{GroupKey, Grouping};
use crate::store::loaded::CaptureId;
use copy::CopyCommand;
use find::FindCommand;
use look::LookCommand;
use marking::MarkingCommand;
use marks::MarkCommand;
use project::ProjectCommand;
use saved_filter::SavedFilterCommand;
use story::StoryCommand;
use table::TableCommand;
use traces::TraceCommand;

/// A wish; [`super::State::apply`] turns it into changes of the state and effects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Ask for files to open.
    ChooseFiles,
    /// Open these files; the first is shown.
    Open(Vec<PathBuf>),
    /// Open a text that was pasted or dropped.
    OpenText {
        /// What to call it.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Open the text on the clipboard.
    Paste,
    /// Open the demo session with this number, or all of them.
    OpenDemo(Option<usize>),
    /// Close a capture.
    Close(CaptureId),
    /// Close the capture that is shown.
    CloseShown,
    /// Stop a job.
    Cancel(JobId),
    /// Edit the path field.
    EditPath(String),
    /// Open what the path field says.
    AcceptPath,
    /// Close the path field.
    ClosePathField,

    /// Select something.
    Select(Item),
    /// Select nothing but the shown session.
    ClearSelection,
    /// Select the next or previous one.
    Step(Step, Direction),
    /// The pointer is over this place now.
    SetHover(Option<Hover>),

    /// Show this range of time, seconds since the session's origin.
    ShowRange {
        /// Left end.
        from: f64,
        /// Right end.
        to: f64,
    },
    /// Zoom about a place; a factor above 1 comes nearer.
    Zoom {
        /// How much nearer.
        factor: f64,
        /// The place that stays, seconds.
        at: f64,
    },
    /// Move the visible range by so many seconds of the axis.
    Pan {
        /// How far.
        by_secs: f64,
    },
    /// Zoom about the selected event, or the middle.
    ZoomMiddle(Direction),
    /// Move by a fifth of what is seen.
    PanStep(Direction),
    /// Show the whole session.
    FitAll,
    /// Show the surroundings of the selected event.
    FitSelection,

    /// Filter the event table.
    SetFilter(EventFilter),
    /// Order the event table.
    SetOrder(Order),
    /// Filter the session list.
    SetSessionFilter(String),
    /// Show or hide findings of a severity.
    ToggleSeverity(Severity),
    /// Group the listed findings.
    GroupFindings(Grouping),
    /// Open or close a group of findings.
    ToggleGroup(GroupKey),
    /// List the findings of the whole capture, or of the shown session.
    ToggleScope,
    /// Show this page of the detail.
    ShowDetail(DetailTab),
    /// Show this page below.
    ShowBottom(BottomTab),
    /// Show or hide a part of the window.
    TogglePane(Pane),
    /// Choose a theme.
    SetTheme(ThemeChoice),
    /// Choose the language of the texts.
    SetLanguage(Language),
    /// Arrange the lanes of the timeline.
    Lane(lanes::LaneCommand),
    /// Show times otherwise.
    Time(time::TimeCommand),
    /// Let single letters act as keys, or not.
    ToggleLetterKeys,
    /// Put the cursor into the filter of the events.
    FocusFilter,
    /// Show or hide the list of keys.
    ToggleHelp,
    /// Show or hide the page about the program.
    ToggleAbout,

    /// Judge by this profile; `None`: by the one of the configuration.
    SetProfile(Option<Profile>),
    /// Do not hear of something any more.
    Ignore {
        /// The capture.
        capture: CaptureId,
        /// What.
        what: Ignore,
        /// Why.
        reason: String,
    },
    /// Hear again of what was ignored.
    HearAgain {
        /// The capture.
        capture: CaptureId,
        /// Its place in the list of the project.
        number: usize,
    },
    /// Try the fix of a finding.
    ShowFix(CaptureId, u32),
    /// Look at no fix any more.
    HideFix,
    /// Take the fix that is looked at into the draft.
    TakeFix,
    /// Take all safe fixes of the shown session.
    FixAllSafe,
    /// Take back the latest fix of the shown session, or all of them.
    TakeBack {
        /// True: all of them.
        all: bool,
    },

    /// Change how a session is sent again.
    EditSending(SendForm),
    /// Plan without sending.
    DryRun,
    /// Send the shown session.
    Send,
    /// Show what sending it would do, and send once that has been seen.
    Resend,
    /// Stop sending.
    StopSending,

    /// Change how the collector is to run.
    EditLive(LiveForm),
    /// Start the collector.
    StartCollector,
    /// Start one of the window's own, with a simulated player that sends to it.
    PlayDemo,
    /// Stop it.
    StopCollector,
    /// Start it, or stop it when it runs.
    ToggleCollector,
    /// Answer the question that is asked.
    Answer(bool),
    /// Show the newest as it comes, or stay where one is.
    Follow(bool),
    /// Show a session that was set aside, by its key.
    BringBack(CaptureId, u64),

    /// Change how the window looks.
    Look(LookCommand),
    /// Tell the shown session as a story.
    Story(StoryCommand),
    /// Of the traces below the plot.
    Trace(TraceCommand),
    /// Of marks and notes on the time axis.
    Mark(MarkCommand),
    /// Of what is measured on the time axis.
    Marking(MarkingCommand),
    /// Of the command palette.
    Palette(PaletteCommand),
    /// Of the ways back and forth.
    History(HistoryCommand),
    /// Of walks along lanes and silences.
    Walk(WalkCommand),
    /// Of filters that have a name.
    SavedFilter(SavedFilterCommand),
    /// Copy events.
    Copy(CopyCommand),
    /// Of the columns of the event table.
    Table(TableCommand),
    /// Of the search in the event table.
    Find(FindCommand),
    /// Of the scale.
    Scale(ScaleCommand),
    /// Of projects.
    Project(ProjectCommand),
    /// Ask where a picture of this is to be written.
    SavePicture(PictureSubject),

    /// Compare two sessions.
    Compare(compare::CompareCommand),

    /// Take a notice away.
    DismissNotice(u32),
    /// Take all notices away.
    DismissNotices,
    /// Leave the program.
    Quit,
}

/// Number of a job that runs outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId(pub u32);

/// What can be walked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The listed findings.
    Finding,
    /// The errors among them.
    Error,
    /// The rows of the event table.
    Event,
    /// The rows of the session list.
    Session,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// Next, later, nearer.
    Forward,
    /// Previous, earlier, farther.
    Back,
}

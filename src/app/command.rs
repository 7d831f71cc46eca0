//! What someone wants: the commands, and the table of those that menus, keys and tooltips offer.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

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
    /// Move the visible range by so many seconds.
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

    /// Take a notice away.
    DismissNotice(u32),
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

/// A key with its modifiers. The name of the key is that of the toolkit: `O`, `F8`, `Escape`, `Slash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shortcut {
    /// With Ctrl (Command on a Mac).
    pub ctrl: bool,
    /// With Shift.
    pub shift: bool,
    /// The key.
    pub key: &'static str,
}

impl Shortcut {
    /// True when it is a plain key that text fields need: it rests while one has the focus.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let is_function_key = self.key.len() > 1 && self.key.starts_with('F');
        !self.ctrl && !is_function_key
    }

    /// True when it is a single letter or digit, which the user may turn off.
    #[must_use]
    pub fn is_letter(&self) -> bool {
        self.is_plain() && self.key.len() == 1
    }
}

/// Where a command is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Opening and closing.
    File,
    /// Walking through what is shown.
    Go,
    /// What is shown and how.
    View,
    /// Capturing.
    Capture,
    /// Sending again.
    Send,
    /// Help.
    Help,
}

/// A command that menus and keys offer.
#[derive(Debug, Clone, Copy)]
pub struct CommandRow {
    /// Key of its texts: `command.NAME` and `command.NAME.tip`.
    pub name: &'static str,
    /// Where it is listed.
    pub group: Group,
    /// Its keys.
    pub shortcut: Option<Shortcut>,
    /// The command.
    pub make: fn() -> Command,
}

const fn key(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut { ctrl: false, shift: false, key })
}

const fn shift(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut { ctrl: false, shift: true, key })
}

const fn ctrl(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut { ctrl: true, shift: false, key })
}

const fn row(
    name: &'static str,
    group: Group,
    shortcut: Option<Shortcut>,
    make: fn() -> Command,
) -> CommandRow {
    CommandRow { name, group, shortcut, make }
}

use Direction::{Back, Forward};

/// Every command that can be given without saying more, in the order of the menus.
pub static COMMANDS: &[CommandRow] = &[
    row("open", Group::File, ctrl("O"), || Command::ChooseFiles),
    row("demo", Group::File, None, || Command::OpenDemo(None)),
    row("close", Group::File, ctrl("W"), || Command::CloseShown),
    row("quit", Group::File, ctrl("Q"), || Command::Quit),
    row("next-finding", Group::Go, key("F8"), || Command::Step(Step::Finding, Forward)),
    row("previous-finding", Group::Go, shift("F8"), || Command::Step(Step::Finding, Back)),
    row("next-error", Group::Go, key("E"), || Command::Step(Step::Error, Forward)),
    row("previous-error", Group::Go, shift("E"), || Command::Step(Step::Error, Back)),
    row("next-event", Group::Go, key("J"), || Command::Step(Step::Event, Forward)),
    row("previous-event", Group::Go, key("K"), || Command::Step(Step::Event, Back)),
    row("next-session", Group::Go, key("PageDown"), || Command::Step(Step::Session, Forward)),
    row("previous-session", Group::Go, key("PageUp"), || Command::Step(Step::Session, Back)),
    row("find", Group::Go, ctrl("F"), || Command::FocusFilter),
    row("clear", Group::Go, key("Escape"), || Command::ClearSelection),
    row("fit-all", Group::View, key("0"), || Command::FitAll),
    row("fit-selection", Group::View, key("F"), || Command::FitSelection),
    row("zoom-in", Group::View, key("W"), || Command::ZoomMiddle(Forward)),
    row("zoom-out", Group::View, key("S"), || Command::ZoomMiddle(Back)),
    row("pan-left", Group::View, key("A"), || Command::PanStep(Back)),
    row("pan-right", Group::View, key("D"), || Command::PanStep(Forward)),
    row("toggle-sessions", Group::View, None, || Command::TogglePane(Pane::Sessions)),
    row("toggle-detail", Group::View, None, || Command::TogglePane(Pane::Detail)),
    row("toggle-findings", Group::View, None, || Command::TogglePane(Pane::Bottom)),
    row("toggle-timeline", Group::View, None, || Command::TogglePane(Pane::Timeline)),
    row("toggle-plot", Group::View, None, || Command::TogglePane(Pane::Plot)),
    row("language-english", Group::View, None, || Command::SetLanguage(Language::English)),
    row("language-french", Group::View, None, || Command::SetLanguage(Language::French)),
    row("collector", Group::Capture, ctrl("L"), || Command::ToggleCollector),
    row("play-demo", Group::Capture, None, || Command::PlayDemo),
    row("follow", Group::Capture, key("L"), || Command::Follow(true)),
    row("capture-panel", Group::Capture, shift("L"), || Command::ShowBottom(BottomTab::Capture)),
    row("fix-all-safe", Group::Send, None, || Command::FixAllSafe),
    row("take-back", Group::Send, None, || Command::TakeBack { all: false }),
    row("send-panel", Group::Send, ctrl("Enter"), || Command::ShowBottom(BottomTab::Outbox)),
    row("dry-run", Group::Send, None, || Command::DryRun),
    row("stop-sending", Group::Send, None, || Command::StopSending),
    row("keys", Group::Help, shift("Questionmark"), || Command::ToggleHelp),
    row("about", Group::Help, None, || Command::ToggleAbout),
];

/// The row of a command by its name.
#[must_use]
pub fn named(name: &str) -> Option<&'static CommandRow> {
    COMMANDS.iter().find(|row| row.name == name)
}

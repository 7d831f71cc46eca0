//! The commands that can be given without saying more: menus, keys, tooltips and the palette offer them.

use super::shortcut::Shortcut;
use super::{Command, Direction, Step};
use crate::app::prefs::{BottomTab, Language, Pane};
use crate::model::policy::Profile;
use crate::rules::finding::Severity;
use crate::store::finding_rows::Grouping;

/// Where a command is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Opening and closing.
    File,
    /// Walking through what is shown.
    Go,
    /// What is shown and how.
    View,
    /// Measuring on the time axis.
    Measure,
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
    /// Its keys, the one that is shown first.
    pub keys: &'static [Shortcut],
    /// The command.
    pub make: fn() -> Command,
}

/// A row of a table.
#[must_use]
pub const fn row(
    name: &'static str,
    group: Group,
    keys: &'static [Shortcut],
    make: fn() -> Command,
) -> CommandRow {
    CommandRow { name, group, keys, make }
}

use Direction::{Back, Forward};

/// The tables of all areas, in the order of the menus.
pub static TABLES: &[&[CommandRow]] = &[
    GENERAL,
    super::project::ROWS,
    super::compare::ROWS,
    super::picture::ROWS,
    super::detail::ROWS,
    super::copy::ROWS,
    super::find::ROWS,
    super::table::ROWS,
    super::saved_filter::ROWS,
    super::walk::ROWS,
    super::history::ROWS,
    super::scale::ROWS,
    super::look::ROWS,
    super::story::ROWS,
    super::traces::ROWS,
    super::marking::ROWS,
    super::marks::ROWS,
    super::palette::ROWS,
    super::time::ROWS,
    super::lanes::ROWS,
];

/// Every command that can be given without saying more.
pub fn commands() -> impl Iterator<Item = &'static CommandRow> {
    TABLES.iter().copied().flatten()
}

/// What belongs to no area of its own.
static GENERAL: &[CommandRow] = &[
    row("open", Group::File, &[Shortcut::ctrl("O")], || Command::ChooseFiles),
    row("open-path", Group::File, &[], || Command::EditPath(String::new())),
    row("paste", Group::File, &[Shortcut::ctrl("V")], || Command::Paste),
    row("demo", Group::File, &[], || Command::OpenDemo(None)),
    row("close", Group::File, &[Shortcut::ctrl("W")], || Command::CloseShown),
    row("quit", Group::File, &[Shortcut::ctrl("Q")], || Command::Quit),
    row("next-finding", Group::Go, &[Shortcut::key("F8")], || Command::Step(Step::Finding, Forward)),
    row("previous-finding", Group::Go, &[Shortcut::shift("F8")], || Command::Step(Step::Finding, Back)),
    row("next-error", Group::Go, &[Shortcut::key("E")], || Command::Step(Step::Error, Forward)),
    row("previous-error", Group::Go, &[Shortcut::shift("E")], || Command::Step(Step::Error, Back)),
    row("next-event", Group::Go, &[Shortcut::key("J"), Shortcut::key("ArrowDown")], || {
        Command::Step(Step::Event, Forward)
    }),
    row("previous-event", Group::Go, &[Shortcut::key("K"), Shortcut::key("ArrowUp")], || {
        Command::Step(Step::Event, Back)
    }),
    row("next-session", Group::Go, &[Shortcut::key("PageDown")], || Command::Step(Step::Session, Forward)),
    row("previous-session", Group::Go, &[Shortcut::key("PageUp")], || Command::Step(Step::Session, Back)),
    row("filter", Group::Go, &[Shortcut::ctrl_shift("F")], || Command::FocusFilter),
    row("clear", Group::Go, &[Shortcut::key("Escape")], || Command::ClearSelection),
    row("fit-all", Group::View, &[Shortcut::key("0")], || Command::FitAll),
    row("fit-selection", Group::View, &[Shortcut::key("F")], || Command::FitSelection),
    row("zoom-in", Group::View, &[Shortcut::physical("W")], || Command::ZoomMiddle(Forward)),
    row("zoom-out", Group::View, &[Shortcut::physical("S")], || Command::ZoomMiddle(Back)),
    row("pan-left", Group::View, &[Shortcut::physical("A")], || Command::PanStep(Back)),
    row("pan-right", Group::View, &[Shortcut::physical("D")], || Command::PanStep(Forward)),
    row("toggle-sessions", Group::View, &[], || Command::TogglePane(Pane::Sessions)),
    row("toggle-detail", Group::View, &[], || Command::TogglePane(Pane::Detail)),
    row("toggle-findings", Group::View, &[], || Command::TogglePane(Pane::Bottom)),
    row("toggle-timeline", Group::View, &[], || Command::TogglePane(Pane::Timeline)),
    row("toggle-plot", Group::View, &[], || Command::TogglePane(Pane::Plot)),
    row("language-english", Group::View, &[], || Command::SetLanguage(Language::English)),
    row("language-french", Group::View, &[], || Command::SetLanguage(Language::French)),
    row("letter-keys", Group::View, &[], || Command::ToggleLetterKeys),
    row("findings-panel", Group::View, &[], || Command::ShowBottom(BottomTab::Findings)),
    row("findings-errors", Group::View, &[], || Command::ToggleSeverity(Severity::Error)),
    row("findings-warnings", Group::View, &[], || Command::ToggleSeverity(Severity::Warn)),
    row("findings-remarks", Group::View, &[], || Command::ToggleSeverity(Severity::Info)),
    row("findings-by-severity", Group::View, &[], || Command::GroupFindings(Grouping::Severity)),
    row("findings-by-rule", Group::View, &[], || Command::GroupFindings(Grouping::Rule)),
    row("findings-by-session", Group::View, &[], || Command::GroupFindings(Grouping::Session)),
    row("findings-whole", Group::View, &[], || Command::ToggleScope),
    row("profile-configured", Group::View, &[], || Command::SetProfile(None)),
    row("profile-default", Group::View, &[], || Command::SetProfile(Some(Profile::Default))),
    row("profile-strict", Group::View, &[], || Command::SetProfile(Some(Profile::Strict))),
    row("profile-lenient", Group::View, &[], || Command::SetProfile(Some(Profile::Lenient))),
    row("collector", Group::Capture, &[Shortcut::ctrl("L")], || Command::ToggleCollector),
    row("play-demo", Group::Capture, &[], || Command::PlayDemo),
    row("follow", Group::Capture, &[Shortcut::key("L")], || Command::Follow(true)),
    row("follow-pause", Group::Capture, &[], || Command::Follow(false)),
    row("capture-panel", Group::Capture, &[Shortcut::shift("L")], || Command::ShowBottom(BottomTab::Capture)),
    row("fix-all-safe", Group::Send, &[], || Command::FixAllSafe),
    row("take-back", Group::Send, &[], || Command::TakeBack { all: false }),
    row("take-back-all", Group::Send, &[], || Command::TakeBack { all: true }),
    row("send-panel", Group::Send, &[], || Command::ShowBottom(BottomTab::Outbox)),
    row("resend", Group::Send, &[Shortcut::ctrl("Enter")], || Command::Resend),
    row("dry-run", Group::Send, &[], || Command::DryRun),
    row("stop-sending", Group::Send, &[], || Command::StopSending),
    row("dismiss-notices", Group::Help, &[], || Command::DismissNotices),
    row("keys", Group::Help, &[Shortcut::key("Questionmark")], || Command::ToggleHelp),
    row("about", Group::Help, &[], || Command::ToggleAbout),
];

/// The row of a command by its name.
#[must_use]
pub fn named(name: &str) -> Option<&'static CommandRow> {
    commands().find(|row| row.name == name)
}

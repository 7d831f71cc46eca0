//! What is kept from one run to the next: how the window looks, and which files were opened.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::lane_prefs::LanePrefs;
use super::live::LiveForm;
use super::saved_filters::SavedFilter;
use super::sending::SendForm;
use super::table_prefs::TablePrefs;
use crate::metrics::drawing::Trace;
pub use crate::model::language::Language;
use crate::model::policy::Profile;
use crate::rules::finding::Severity;
use crate::store::filter::Order;
use crate::store::finding_rows::Grouping;

/// So many recent files are remembered.
pub const MAX_RECENT: usize = 10;

/// Which theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// That of the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Colors for those who need others than most do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ThemeVariant {
    /// The usual ones.
    #[default]
    Plain,
    /// Text and lines stand out more: at least 7:1.
    HighContrast,
    /// Nothing is told by red against green.
    ColorBlind,
}

impl ThemeVariant {
    /// All of them, in the order of menus.
    pub const ALL: [ThemeVariant; 3] =
        [ThemeVariant::Plain, ThemeVariant::HighContrast, ThemeVariant::ColorBlind];
}

/// How the times of a session are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum AxisClock {
    /// Since its origin.
    #[default]
    Elapsed,
    /// In UTC.
    Utc,
    /// In the time of where the window is.
    Local,
}

impl AxisClock {
    /// The next one around the circle.
    #[must_use]
    pub const fn next(self) -> AxisClock {
        match self {
            AxisClock::Elapsed => AxisClock::Utc,
            AxisClock::Utc => AxisClock::Local,
            AxisClock::Local => AxisClock::Elapsed,
        }
    }
}

/// Pages of the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DetailTab {
    /// The event as a tree.
    #[default]
    Tree,
    /// The lines of the capture around it.
    Raw,
    /// What it inherits, and how it differs from the one of its type before.
    Context,
    /// Request and response.
    Exchange,
    /// The schema that it was held to.
    Schema,
}

/// Pages of the panel below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum BottomTab {
    /// Findings.
    #[default]
    Findings,
    /// Sending again.
    Outbox,
    /// The collector.
    Capture,
    /// What is measured on the time axis.
    Measure,
    /// The marks on it.
    Marks,
}

/// Parts of the window that can be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pane {
    /// The session list.
    Sessions,
    /// The detail.
    Detail,
    /// Findings and outbox.
    Bottom,
    /// The timeline.
    Timeline,
    /// The clock plot.
    Plot,
}

/// What is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewPrefs {
    /// Theme.
    pub theme: ThemeChoice,
    /// Variant of the theme.
    pub variant: ThemeVariant,
    /// Language of the texts.
    pub language: Language,
    /// How times are written.
    pub clock: AxisClock,
    /// True when long silences are cut short on every axis of time.
    pub cuts_silences: bool,
    /// How the lanes of the timeline are arranged.
    pub lanes: LanePrefs,
    /// Page of the detail.
    pub detail: DetailTab,
    /// Page below.
    pub bottom: BottomTab,
    /// Order of the event table.
    pub order: Order,
    /// Filters of the event table that have a name.
    pub saved_filters: Vec<SavedFilter>,
    /// Columns of the event table.
    pub table: TablePrefs,
    /// Severities that are listed, by [`Severity`] as number.
    pub severities: [bool; 3],
    /// True when findings of the whole capture are listed, not only those of the session.
    pub whole_capture: bool,
    /// How findings are grouped.
    pub grouping: Grouping,
    /// Hidden parts of the window.
    pub hidden: Vec<Pane>,
    /// Traces below the plot that are not shown.
    pub hidden_traces: Vec<Trace>,
    /// True when single letters act as keys.
    pub letter_keys: bool,
    /// Files, the latest first.
    pub recent: Vec<PathBuf>,
    /// Names of commands run from the palette, the latest first.
    pub recent_commands: Vec<String>,
    /// How large everything is drawn: 1 is as the system has it. Kept within [`scale::SCALES`](super::scale::SCALES).
    pub scale: f32,
    /// The profile that captures are judged by; `None`: the one of the configuration.
    pub profile: Option<Profile>,
    /// How sessions are sent again; an allowed host is never kept.
    pub sending: SendForm,
    /// How the collector is to run.
    pub live: LiveForm,
}

impl Default for ViewPrefs {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            variant: ThemeVariant::default(),
            language: Language::default(),
            clock: AxisClock::default(),
            cuts_silences: false,
            lanes: LanePrefs::default(),
            detail: DetailTab::default(),
            bottom: BottomTab::default(),
            order: Order::default(),
            saved_filters: Vec::new(),
            table: TablePrefs::default(),
            severities: [true; 3],
            whole_capture: false,
            grouping: Grouping::default(),
            hidden: Vec::new(),
            hidden_traces: Vec::new(),
            letter_keys: true,
            recent: Vec::new(),
            recent_commands: Vec::new(),
            scale: 1.0,
            profile: None,
            sending: SendForm::default(),
            live: LiveForm::default(),
        }
    }
}

impl ViewPrefs {
    /// True when findings of this severity are listed.
    #[must_use]
    pub fn lists(&self, severity: Severity) -> bool {
        self.severities.get(severity as usize).copied().unwrap_or(true)
    }

    /// True when this part of the window is shown.
    #[must_use]
    pub fn shows(&self, pane: Pane) -> bool {
        !self.hidden.contains(&pane)
    }

    /// Shows a trace below the plot, or hides it.
    pub(super) fn toggle_trace(&mut self, trace: Trace) {
        toggle(&mut self.hidden_traces, trace);
    }

    /// Puts a file on top of the recent ones.
    pub(super) fn remember(&mut self, path: PathBuf) {
        put_first(&mut self.recent, path, MAX_RECENT);
    }
}

/// Takes an item out of a list, or puts it to its end.
pub(super) fn toggle<T: PartialEq>(list: &mut Vec<T>, item: T) {
    match list.iter().position(|known| *known == item) {
        Some(at) => drop(list.remove(at)),
        None => list.push(item),
    }
}

/// Puts an item to the front of a list of the latest `most`, in which it stands once.
pub(super) fn put_first<T: PartialEq>(latest: &mut Vec<T>, item: T, most: usize) {
    latest.retain(|known| *known != item);
    latest.insert(0, item);
    latest.truncate(most);
}

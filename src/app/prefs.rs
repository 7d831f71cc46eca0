//! What is kept from one run to the next: how the window looks, and which files were opened.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::live::LiveForm;
use super::sending::SendForm;
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

/// Pages of the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DetailTab {
    /// The event as a tree.
    #[default]
    Tree,
    /// The lines of the capture around it.
    Raw,
    /// Request and response.
    Exchange,
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
    /// Page of the detail.
    pub detail: DetailTab,
    /// Page below.
    pub bottom: BottomTab,
    /// Order of the event table.
    pub order: Order,
    /// Severities that are listed, by [`Severity`] as number.
    pub severities: [bool; 3],
    /// True when findings of the whole capture are listed, not only those of the session.
    pub whole_capture: bool,
    /// How findings are grouped.
    pub grouping: Grouping,
    /// Hidden parts of the window.
    pub hidden: Vec<Pane>,
    /// True when single letters act as keys.
    pub letter_keys: bool,
    /// Files, the latest first.
    pub recent: Vec<PathBuf>,
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
            detail: DetailTab::default(),
            bottom: BottomTab::default(),
            order: Order::default(),
            severities: [true; 3],
            whole_capture: false,
            grouping: Grouping::default(),
            hidden: Vec::new(),
            letter_keys: true,
            recent: Vec::new(),
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

    /// Puts a file on top of the recent ones.
    pub(super) fn remember(&mut self, path: PathBuf) {
        self.recent.retain(|known| *known != path);
        self.recent.insert(0, path);
        self.recent.truncate(MAX_RECENT);
    }
}

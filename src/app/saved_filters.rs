//! Filters of the event table that were given a name; they are kept with the preferences.

use serde::{Deserialize, Serialize};

use super::State;
use super::command::saved_filter::SavedFilterCommand;
use super::effect::Effects;
use super::notice::NoticeKind;
use crate::store::filter::EventFilter;

/// No more than this are kept: menus must stay short enough to be read.
pub const MAX_SAVED: usize = 50;

/// A filter with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFilter {
    /// Its name, unlike that of any other.
    pub name: String,
    /// What it lets pass.
    pub filter: EventFilter,
}

impl State {
    pub(super) fn apply_saved_filter(&mut self, command: SavedFilterCommand) -> Effects {
        let before = self.prefs.saved_filters.clone();
        match command {
            SavedFilterCommand::Save(name) => self.save_filter(name.trim()),
            SavedFilterCommand::Use(name) => {
                let saved = self.prefs.saved_filters.iter().find(|saved| saved.name == name);
                let filter = saved.map(|saved| saved.filter.clone());
                return filter.map_or_else(Effects::none, |filter| self.set_filter(filter));
            }
            SavedFilterCommand::Delete(name) => self.prefs.saved_filters.retain(|saved| saved.name != name),
            SavedFilterCommand::ToggleList => self.saved_filters_open = !self.saved_filters_open,
        }
        self.remember_saved_filters(before);
        Effects::none()
    }

    /// The filter that is typed takes the place of one with the same name.
    fn save_filter(&mut self, name: &str) {
        if name.is_empty() || self.filter.is_empty() {
            return;
        }
        let saved = SavedFilter { name: name.to_owned(), filter: self.filter.clone() };
        let all = &mut self.prefs.saved_filters;
        if let Some(known) = all.iter_mut().find(|known| known.name == name) {
            *known = saved;
        } else if all.len() < MAX_SAVED {
            all.push(saved);
        } else {
            let values = vec![("name", saved.name), ("most", MAX_SAVED.to_string())];
            self.notify(NoticeKind::Problem, "filters-full", values);
        }
    }
}

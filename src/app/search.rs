//! Searching the event table. The rows stay as they are; which of them are hits is worked out outside.

use std::sync::Arc;

use super::State;
use super::command::Direction;
use super::command::find::FindCommand;
use super::effect::{Effect, Effects};
use super::item::Item;
use crate::model::id::SessionId;
use crate::store::loaded::LoadedCapture;
use crate::store::query::Query;
use crate::store::query::parse::{QueryError, parse};
use crate::store::table_rows::TableRows;

/// The search, and what it has found.
#[derive(Debug, Default)]
pub struct Search {
    /// True while its field is shown.
    pub is_open: bool,
    /// What was typed.
    pub text: String,
    /// What of it means nothing; what was found before then stays.
    pub error: Option<QueryError>,
    /// The latest text that was understood.
    pub query: Query,
    /// The rows of the table with a hit, from top to bottom; `None` until they are known.
    pub hits: Option<Arc<Vec<u32>>>,
    /// True while rows are looked through.
    pub running: bool,
    /// How far that has come: rows looked at, and all; `None` until it is told.
    pub progress: Option<(u64, u64)>,
    /// Raised each time the field is to get the focus.
    pub focus: u64,
    revision: u64,
    /// What was looked through last, or is being looked through.
    looked_through: Option<Place>,
    /// The rows that the hits are among.
    found_in: Option<Place>,
    /// The user said stop: nothing is looked for until another text is typed.
    is_stopped: bool,
    /// A hit was asked for before any was known.
    wanted: Option<Direction>,
}

/// Where was searched.
#[derive(Debug, Clone)]
struct Place {
    loaded: Arc<LoadedCapture>,
    session: SessionId,
    rows: TableRows,
}

impl Place {
    /// True when its rows are the first of another place's: what is known of them holds there.
    fn goes_on_in(&self, other: &Place) -> bool {
        if self.loaded.id != other.loaded.id || self.session != other.session {
            return false;
        }
        if Arc::ptr_eq(&self.loaded, &other.loaded) && self.rows.is_same(&other.rows) {
            return true;
        }
        let sessions =
            self.loaded.capture.session(self.session).zip(other.loaded.capture.session(other.session));
        sessions.is_some_and(|(before, after)| {
            (0..self.rows.len(before))
                .all(|row| self.rows.arrival(before, row) == other.rows.arrival(after, row))
        })
    }
}

impl Search {
    /// True when a row of the table is a hit.
    #[must_use]
    pub fn is_hit(&self, row: usize) -> bool {
        let is_among =
            |hits: &Arc<Vec<u32>>| u32::try_from(row).is_ok_and(|row| hits.binary_search(&row).is_ok());
        self.hits.as_ref().is_some_and(is_among)
    }

    /// What was found is of no use any more; what runs is not wanted any more.
    fn forget(&mut self) -> Effects {
        self.hits = None;
        self.progress = None;
        self.looked_through = None;
        self.found_in = None;
        self.wanted = None;
        self.revision += 1;
        if std::mem::take(&mut self.running) {
            Effects::one(Effect::StopFinding { revision: self.revision })
        } else {
            Effects::none()
        }
    }
}

impl State {
    pub(super) fn apply_find(&mut self, command: FindCommand) -> Effects {
        match command {
            FindCommand::Open => {
                self.search.is_open = true;
                self.search.focus += 1;
            }
            FindCommand::For(text) => return self.search_for(text),
            FindCommand::Hit(direction) => return self.select_hit(direction),
            FindCommand::Stop if self.search.running => {
                self.search.is_stopped = true;
                return self.search.forget();
            }
            FindCommand::Stop => {}
            FindCommand::Close => {
                let effects = self.search.forget();
                self.search =
                    Search { focus: self.search.focus, revision: self.search.revision, ..Search::default() };
                return effects;
            }
        }
        Effects::none()
    }

    fn search_for(&mut self, text: String) -> Effects {
        self.search.is_open = true;
        let query = parse(&text);
        self.search.text = text;
        match query {
            // Another space, a mistake or the way back from one: the hits are there.
            Ok(query) if query == self.search.query && !self.search.is_stopped => self.search.error = None,
            Ok(query) => {
                self.search.query = query;
                self.search.error = None;
                self.search.is_stopped = false;
                return self.search.forget();
            }
            Err(error) => self.search.error = Some(error),
        }
        Effects::none()
    }

    /// Looks for hits anew when the table shows other rows than those that were looked through. Of a capture that grows
    /// what is being looked through comes first.
    pub(super) fn search_again(&mut self) -> Effects {
        if self.search.query.is_empty() || self.search.is_stopped {
            return Effects::none();
        }
        let Some((loaded, session)) = self.shown_session() else { return self.search.forget() };
        let (loaded, session) = (Arc::clone(loaded), session.id);
        let rows = self.table_rows();
        let here = Place { loaded: Arc::clone(&loaded), session, rows: rows.clone() };
        if let Some(before) = self.search.found_in.take() {
            if before.goes_on_in(&here) {
                self.search.found_in = Some(here.clone());
            } else {
                self.search.hits = None;
            }
        }
        if let Some(place) = &self.search.looked_through {
            let is_here = place.loaded.id == loaded.id && place.session == session;
            let is_same = is_here && Arc::ptr_eq(&place.loaded, &loaded) && place.rows.is_same(&rows);
            let has_grown = is_here
                && !Arc::ptr_eq(&place.loaded, &loaded)
                && place.rows.order == rows.order
                && self.search.running;
            if is_same || has_grown {
                return Effects::none();
            }
            // While a capture grows the marks stay until the new ones are known.
            if !is_here || Arc::ptr_eq(&place.loaded, &loaded) {
                self.search.hits = None;
            }
        }
        self.search.revision += 1;
        self.search.running = true;
        self.search.progress = None;
        self.search.looked_through = Some(here);
        let (revision, query) = (self.search.revision, self.search.query.clone());
        Effects::one(Effect::Find { revision, loaded, session, query, rows })
    }

    pub(super) fn found(&mut self, revision: u64, hits: Arc<Vec<u32>>) -> Effects {
        if revision != self.search.revision || !self.search.running {
            return Effects::none();
        }
        self.search.running = false;
        self.search.hits = Some(hits);
        self.search.found_in.clone_from(&self.search.looked_through);
        // The table may show other rows by now.
        let mut effects = self.search_again();
        if let Some(direction) = self.search.wanted.take_if(|_| self.search.hits.is_some()) {
            effects.append(self.select_hit(direction));
        }
        effects
    }

    /// The rows could not be looked through: nothing is looked for until another text is typed.
    pub(super) fn not_found(&mut self, revision: u64) -> Effects {
        if revision != self.search.revision {
            return Effects::none();
        }
        self.search.running = false;
        self.search.is_stopped = true;
        self.search.forget()
    }

    pub(super) fn find_progress(&mut self, revision: u64, done: u64, total: u64) {
        if revision == self.search.revision && self.search.running {
            self.search.progress = Some((done, total));
        }
    }

    fn select_hit(&mut self, direction: Direction) -> Effects {
        let Some((capture, _)) = self.shown else { return Effects::none() };
        let Some(hits) = self.search.hits.clone() else {
            self.search.wanted = (!self.search.query.is_empty()).then_some(direction);
            return Effects::none();
        };
        let row = self.searched_row();
        let next = match direction {
            Direction::Forward => {
                let at = row.map_or(0, |row| hits.partition_point(|hit| *hit <= row));
                hits.get(at).or(hits.first())
            }
            Direction::Back => {
                let at = row.map_or(hits.len(), |row| hits.partition_point(|hit| *hit < row));
                at.checked_sub(1).and_then(|at| hits.get(at)).or(hits.last())
            }
        };
        let Some((_, event)) = next.and_then(|row| self.table_row(*row as usize)) else {
            return Effects::none();
        };
        self.live.following = false;
        self.select(Item::Event(capture, event))
    }

    /// The selected row, as hits are numbered.
    fn searched_row(&self) -> Option<u32> {
        self.selected_table_row().and_then(|row| u32::try_from(row).ok())
    }

    /// Which hit the selected row is, from 1, when it is one; and how many there are.
    #[must_use]
    pub fn hit_place(&self) -> Option<(Option<usize>, usize)> {
        let hits = self.search.hits.as_ref()?;
        let row = self.searched_row();
        Some((row.and_then(|row| hits.binary_search(&row).ok()).map(|at| at + 1), hits.len()))
    }
}

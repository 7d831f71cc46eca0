//! Walking from one finding, event or session to the next.

use std::sync::Arc;

use super::State;
use super::command::{Command, Direction, Step};
use super::effect::Effects;
use super::item::Item;
use crate::rules::finding::Severity;
use crate::store::filter::Order;
use crate::store::session_rows::SessionRow;
use crate::store::sort::row_of;

impl State {
    /// Selects the next or previous one; from the last it goes on with the first.
    pub(super) fn step(&mut self, step: Step, direction: Direction) -> Effects {
        if step == Step::Session {
            return self.step_session(direction);
        }
        let next = match step {
            Step::Finding => self.next_finding(direction, |_| true),
            Step::Error => self.next_finding(direction, |severity| severity == Severity::Error),
            Step::Event => self.next_event(direction),
            Step::Session => None,
        };
        next.map_or_else(Effects::none, |item| self.select(item))
    }

    fn next_finding(&self, direction: Direction, wanted: impl Fn(Severity) -> bool) -> Option<Item> {
        let (loaded, list) = self.listed_findings()?;
        let judged = loaded.judged.as_ref()?;
        let is_wanted = |number: u32| judged.finding(number).is_some_and(|found| wanted(found.severity));
        let current = match self.selection {
            Some(Item::Finding(capture, number)) if capture == loaded.id => Some(number),
            _ => None,
        };
        if let Some(grouped) = &self.finding_rows {
            let order: Vec<u32> = grouped.order().iter().copied().filter(|n| is_wanted(*n)).collect();
            let row = order.iter().position(|number| Some(*number) == current);
            let next = *order.get(wrapped(row, order.len(), direction))?;
            return Some(Item::Finding(loaded.id, next));
        }
        // Gravest first: what is wanted comes before what is not.
        let n_wanted = partition_point(list.len(), |row| list.get(row).is_some_and(is_wanted));
        if n_wanted == 0 {
            return None;
        }
        let row = current.and_then(|number| list.row_of(number)).filter(|row| *row < n_wanted);
        Some(Item::Finding(loaded.id, list.get(wrapped(row, n_wanted, direction))?))
    }

    fn next_event(&self, direction: Direction) -> Option<Item> {
        let n_rows = self.n_table_rows();
        let (capture, _) = self.shown?;
        let current = self.selected_table_row();
        let row = match (current, direction) {
            (None, _) => 0,
            (Some(row), Direction::Forward) => (row + 1).min(n_rows.checked_sub(1)?),
            (Some(row), Direction::Back) => row.saturating_sub(1),
        };
        Some(Item::Event(capture, self.table_row(row)?.1))
    }

    /// The row of the event table in which the selected event stands.
    #[must_use]
    pub fn selected_table_row(&self) -> Option<usize> {
        let (capture, event) = self.selected_event()?;
        let (loaded, _) = self.shown_session().filter(|(loaded, _)| loaded.id == capture)?;
        let arrival = loaded.places.arrival(event)?;
        let position = loaded.places.position(event)?;
        if let (Some(rows), Some(sort)) = (&self.filtered, &self.prefs.table.sort) {
            let (_, session) = self.shown_session()?;
            return row_of(loaded, session, self.prefs.order, rows, sort, arrival);
        }
        match (&self.filtered, self.prefs.order) {
            (None, Order::Arrival) => Some(arrival as usize),
            (None, Order::Ts) => Some(position as usize),
            (Some(rows), Order::Arrival) => rows.binary_search(&arrival).ok(),
            (Some(rows), Order::Ts) => {
                let (_, session) = self.shown_session()?;
                let position_of = |arrival: u32| {
                    let id = session.by_arrival.get(arrival as usize)?;
                    loaded.places.position(*id)
                };
                rows.binary_search_by_key(&Some(position), |arrival| position_of(*arrival)).ok()
            }
        }
    }

    fn step_session(&mut self, direction: Direction) -> Effects {
        let rows = Arc::clone(&self.session_rows);
        let mut row = self.shown.and_then(|(capture, session)| rows.row_of(capture, session));
        // Two heads may stand side by side where the filter leaves a capture empty.
        for _ in 0..rows.len() {
            let next = wrapped(row, rows.len(), direction);
            match rows.get(next) {
                Some(SessionRow::Session(capture, session)) => {
                    return self.select(Item::Session(capture, session));
                }
                Some(SessionRow::Aside(capture, at)) => {
                    let growth = self.capture(capture).and_then(|loaded| loaded.growth.clone());
                    let key = growth.and_then(|growth| Some(growth.aside.get(at)?.key));
                    return key
                        .map_or_else(Effects::none, |key| self.apply(Command::BringBack(capture, key)));
                }
                _ => row = Some(next),
            }
        }
        Effects::none()
    }
}

/// How many of the first `n` rows pass; all that pass come before all that do not.
fn partition_point(n: usize, passes: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if passes(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The row after or before `current` of `n`, around the end.
fn wrapped(current: Option<usize>, n: usize, direction: Direction) -> usize {
    match (current, direction) {
        (None, Direction::Forward) => 0,
        (Some(row), Direction::Forward) => (row + 1) % n.max(1),
        (None | Some(0), Direction::Back) => n.saturating_sub(1),
        (Some(row), Direction::Back) => row - 1,
    }
}

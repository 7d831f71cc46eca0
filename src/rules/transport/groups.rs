//! Requests with the same fault, put together: one finding for each group.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::model::capture::Capture;
use crate::model::exchange::{Exchange, ExchangeRow};
use crate::model::id::SessionId;
use crate::rules::context::SessionCx;
use crate::rules::finding::Report;

/// Requests of one session (or of none) with the same fault.
pub(super) struct Group<'a, K> {
    /// What they have in common.
    pub key: K,
    /// The first of them, in order of the file.
    pub first: Exchange<'a>,
    /// How many there are.
    pub n_requests: u32,
}

impl<K> Group<'_, K> {
    /// A report at the first of them that counts them all.
    pub fn report(&self, message: impl Into<String>) -> Report {
        let event = (self.first.row().n_events == 1).then(|| self.first.events().next()).flatten();
        Report::new(message)
            .exchange(Some(self.first.id))
            .session(self.first.session())
            .event(event)
            .count(self.n_requests)
    }

    /// `; 1 more request does so`, `; 3 more requests do so` for all but the first, nothing when it is alone.
    pub fn others(&self, does_so: &str, do_so: &str) -> String {
        match self.n_requests {
            0 | 1 => String::new(),
            2 => format!("; 1 more request {does_so}"),
            n => format!("; {} more requests {do_so}", n - 1),
        }
    }
}

/// The requests of the API to which `key` gives a key, by session and key, in order of the file.
pub(super) fn groups<'a, K: Copy + Eq + Hash>(
    capture: &'a Capture,
    key: impl Fn(&Exchange<'a>) -> Option<K>,
) -> Vec<Group<'a, K>> {
    let mut groups: Vec<Group<'a, K>> = Vec::new();
    let mut numbers: FxHashMap<(Option<SessionId>, K), usize> = FxHashMap::default();
    for first in capture.all_exchanges().filter(|exchange| exchange.endpoint().is_of_this_api()) {
        let Some(key) = key(&first) else { continue };
        let number = *numbers.entry((first.session(), key)).or_insert(groups.len());
        match groups.get_mut(number) {
            Some(group) => group.n_requests += 1,
            None => groups.push(Group { key, first, n_requests: 1 }),
        }
    }
    groups
}

/// The requests of a session that carry events, by a column, in order of arrival.
pub(super) fn by_column<'a>(cx: &SessionCx<'a>, column: impl Fn(&ExchangeRow) -> u32) -> Vec<Group<'a, u32>> {
    let mut groups: Vec<Group<'a, u32>> = Vec::new();
    let mut numbers: FxHashMap<u32, usize> = FxHashMap::default();
    let mut last = None::<(u32, usize)>;
    for exchange in cx.session.exchanges.iter().filter_map(|id| cx.capture.exchange(*id)) {
        if exchange.row().n_events == 0 {
            continue;
        }
        let key = column(exchange.row());
        // Mostly all requests of a session are alike.
        let number = match last {
            Some((last, number)) if last == key => number,
            _ => *numbers.entry(key).or_insert(groups.len()),
        };
        last = Some((key, number));
        match groups.get_mut(number) {
            Some(group) => group.n_requests += 1,
            None => groups.push(Group { key, first: exchange, n_requests: 1 }),
        }
    }
    groups
}

//! Which lanes of the timeline are pinned and collapsed, and in which order they stand.

use serde::{Deserialize, Serialize};

use super::command::Direction;
use super::prefs::toggle;
use crate::metrics::drawing::Lane;

/// How lanes are arranged, by [`LaneKind::name`](crate::metrics::drawing::LaneKind::name). Lanes that are not named
/// stand where the drawing has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LanePrefs {
    /// Names in their order, once somebody has moved a lane.
    pub order: Vec<String>,
    /// Those that stand on top and are not scrolled.
    pub pinned: Vec<String>,
    /// Those that are drawn low, without names.
    pub collapsed: Vec<String>,
}

/// A lane in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrangedLane {
    /// Its index among the lanes of the drawing.
    pub lane: usize,
    /// It stands on top and is not scrolled.
    pub is_pinned: bool,
    /// It is drawn low.
    pub is_collapsed: bool,
}

impl LanePrefs {
    /// The lanes from top to bottom: first the pinned ones.
    #[must_use]
    pub fn arranged(&self, lanes: &[Lane]) -> Vec<ArrangedLane> {
        let mut names: Vec<String> = lanes.iter().map(|lane| lane.kind.name().into_owned()).collect();
        self.sort(&mut names);
        let arrange = |name: &String| {
            let lane = lanes.iter().position(|lane| lane.kind.name() == name.as_str())?;
            let (is_pinned, is_collapsed) = (self.pinned.contains(name), self.collapsed.contains(name));
            Some(ArrangedLane { lane, is_pinned, is_collapsed })
        };
        let mut arranged: Vec<_> = names.iter().filter_map(arrange).collect();
        arranged.sort_by_key(|lane| !lane.is_pinned);
        arranged
    }

    /// Brings names into the chosen order; one that has no place yet stays behind the one before it.
    fn sort(&self, names: &mut [String]) {
        let mut place = 0;
        let place_of = |name: &String| {
            place = self.order.iter().position(|known| known == name).map_or(place, |found| found + 1);
            place
        };
        let places: Vec<usize> = names.iter().map(place_of).collect();
        let mut placed: Vec<_> = places.into_iter().zip(names.iter().cloned()).collect();
        placed.sort_by_key(|(place, _)| *place);
        for (name, (_, sorted)) in names.iter_mut().zip(placed) {
            *name = sorted;
        }
    }

    /// Pins a lane, or lets it go.
    pub fn toggle_pinned(&mut self, name: &str) {
        toggle(&mut self.pinned, name.to_owned());
    }

    /// Collapses a lane, or opens it.
    pub fn toggle_collapsed(&mut self, name: &str) {
        toggle(&mut self.collapsed, name.to_owned());
    }

    /// Moves a lane past its neighbor among those that are drawn; a pinned one among the pinned.
    pub fn shift(&mut self, lanes: &[Lane], name: &str, direction: Direction) {
        let arranged = self.arranged(lanes);
        let name_of = |at: &ArrangedLane| lanes.get(at.lane).map(|lane| lane.kind.name().into_owned());
        let mut names: Vec<String> = arranged.iter().filter_map(name_of).collect();
        let Some(from) = names.iter().position(|known| known == name) else { return };
        let to = match direction {
            Direction::Forward => from + 1,
            Direction::Back => from.wrapping_sub(1),
        };
        let is_pinned = |at: usize| arranged.get(at).map(|lane| lane.is_pinned);
        if is_pinned(to).is_some() && is_pinned(to) == is_pinned(from) {
            names.swap(from, to);
            let unseen = self.order.iter().filter(|known| !names.contains(known)).cloned();
            let unseen: Vec<String> = unseen.collect();
            names.extend(unseen);
            self.order = names;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::drawing::LaneKind;
    use crate::metrics::pyramid::PhaseRow;

    fn lanes() -> Vec<Lane> {
        let kinds = [LaneKind::Findings, LaneKind::Playback, LaneKind::Ads, LaneKind::Pings];
        kinds.map(|kind| Lane { kind, row: PhaseRow::default() }).to_vec()
    }

    #[track_caller]
    fn assert_order(prefs: &LanePrefs, expected: &[usize]) {
        let found: Vec<usize> = prefs.arranged(&lanes()).iter().map(|lane| lane.lane).collect();
        assert_eq!(found, expected, "{prefs:?}");
    }

    #[test]
    fn a_lane_moves_past_its_neighbor_and_not_past_the_edge() {
        let mut prefs = LanePrefs::default();
        assert_order(&prefs, &[0, 1, 2, 3]);
        prefs.shift(&lanes(), "pings", Direction::Back);
        assert_order(&prefs, &[0, 1, 3, 2]);
        prefs.shift(&lanes(), "ads", Direction::Forward);
        assert_order(&prefs, &[0, 1, 3, 2]);
        prefs.shift(&lanes(), "findings", Direction::Forward);
        assert_order(&prefs, &[1, 0, 3, 2]);
        prefs.shift(&lanes(), "no such lane", Direction::Forward);
        assert_order(&prefs, &[1, 0, 3, 2]);
    }

    #[test]
    fn pinned_lanes_stand_on_top_and_move_among_themselves() {
        let mut prefs = LanePrefs::default();
        prefs.toggle_pinned("ads");
        prefs.toggle_pinned("pings");
        assert_order(&prefs, &[2, 3, 0, 1]);
        prefs.shift(&lanes(), "pings", Direction::Forward);
        assert_order(&prefs, &[2, 3, 0, 1]);
        prefs.shift(&lanes(), "pings", Direction::Back);
        assert_order(&prefs, &[3, 2, 0, 1]);
        prefs.toggle_pinned("ads");
        assert_eq!(prefs.arranged(&lanes()).iter().filter(|lane| lane.is_pinned).count(), 1);
    }

    #[test]
    fn a_lane_that_was_never_moved_stays_behind_the_one_before_it() {
        let prefs =
            LanePrefs { order: vec!["ads".to_owned(), "findings".to_owned()], ..LanePrefs::default() };
        // Playback is not named: it follows the findings, as in the drawing.
        assert_order(&prefs, &[2, 3, 0, 1]);
    }

    #[test]
    fn the_order_of_lanes_that_a_session_lacks_is_kept() {
        let order = vec!["bitrate".to_owned(), "pings".to_owned()];
        let mut prefs = LanePrefs { order, ..LanePrefs::default() };
        prefs.shift(&lanes(), "ads", Direction::Back);
        assert!(prefs.order.contains(&"bitrate".to_owned()), "{prefs:?}");
    }
}

//! Which lanes of the timeline are pinned and collapsed, and in which order they stand.

use serde::{Deserialize, Serialize};

use super::command::Direction;
use super::lane_tree::{LaneRow, Node, nodes};
use super::prefs::toggle;
use crate::metrics::drawing::Lane;

/// How lanes are arranged, by [`LaneKind::name`](crate::metrics::drawing::LaneKind::name) and
/// [`Heading::name`](super::lane_tree::Heading::name). Lanes that are not named stand where the drawing has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LanePrefs {
    /// Names in their order, once somebody has moved a lane; it counts among those that stand under the same lane.
    pub order: Vec<String>,
    /// Those that stand on top and are not scrolled, with what stands under them.
    pub pinned: Vec<String>,
    /// Those that are drawn low, without names; one with lanes under it is drawn with all of these in one strip.
    pub collapsed: Vec<String>,
}

/// A row in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrangedLane {
    /// What it is.
    pub row: LaneRow,
    /// Its name among lanes.
    pub name: String,
    /// How many rows it stands under.
    pub depth: u8,
    /// It stands on top and is not scrolled, alone or with what it stands under.
    pub is_pinned: bool,
    /// It is collapsed.
    pub is_collapsed: bool,
    /// The lanes that stand under it, by index; collapsed, they have no rows of their own.
    pub below: Vec<usize>,
}

impl ArrangedLane {
    /// True when lanes stand under it in one strip.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        self.is_collapsed && !self.below.is_empty()
    }

    /// True when it is drawn low, without its name.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.is_collapsed && self.below.is_empty()
    }
}

/// The lanes that are arranged.
struct Forest<'a> {
    prefs: &'a LanePrefs,
    nodes: Vec<Node>,
}

impl LanePrefs {
    /// The rows from top to bottom: first the pinned ones.
    #[must_use]
    pub fn arranged(&self, lanes: &[Lane]) -> Vec<ArrangedLane> {
        let forest = Forest { prefs: self, nodes: nodes(lanes) };
        let mut arranged = Vec::new();
        for is_pinned in [true, false] {
            forest.arrange(&forest.roots(is_pinned), is_pinned, 0, &mut arranged);
        }
        arranged
    }

    /// Pins a lane, or lets it go.
    pub fn toggle_pinned(&mut self, name: &str) {
        toggle(&mut self.pinned, name.to_owned());
    }

    /// Collapses a lane, or opens it.
    pub fn toggle_collapsed(&mut self, name: &str) {
        toggle(&mut self.collapsed, name.to_owned());
    }

    /// Moves a lane past its neighbor among those that stand under the same one; a pinned one among the pinned.
    pub fn shift(&mut self, lanes: &[Lane], name: &str, direction: Direction) {
        let siblings = Forest { prefs: self, nodes: nodes(lanes) }.siblings(name);
        let Some(from) = siblings.iter().position(|known| known == name) else { return };
        match direction {
            Direction::Back if from > 0 => {
                let before = siblings.get(from - 1).cloned();
                self.place(lanes, name, before.as_deref());
            }
            Direction::Forward => {
                let before = siblings.get(from + 2).cloned();
                self.place(lanes, name, before.as_deref());
            }
            Direction::Back => {}
        }
    }

    /// Puts a lane before another one that stands under the same lane; `None`: behind all of these.
    pub fn place(&mut self, lanes: &[Lane], name: &str, before: Option<&str>) {
        let mut siblings = Forest { prefs: self, nodes: nodes(lanes) }.siblings(name);
        let knows = |wanted: &str| siblings.iter().any(|known| known == wanted);
        if !knows(name) || before.is_some_and(|before| before == name || !knows(before)) {
            return;
        }
        // Also those that have no rows of their own.
        let open = LanePrefs { collapsed: Vec::new(), ..self.clone() };
        let all: Vec<String> = open.arranged(lanes).into_iter().map(|row| row.name).collect();
        let places: Vec<usize> =
            (0..all.len()).filter(|at| all.get(*at).is_some_and(|known| knows(known))).collect();
        siblings.retain(|known| known != name);
        let to = before.and_then(|before| siblings.iter().position(|known| known == before));
        siblings.insert(to.unwrap_or(siblings.len()), name.to_owned());
        let unseen: Vec<String> = self.order.iter().filter(|known| !all.contains(known)).cloned().collect();
        self.order = all;
        for (at, sibling) in places.into_iter().zip(siblings) {
            if let Some(place) = self.order.get_mut(at) {
                *place = sibling;
            }
        }
        self.order.extend(unseen);
    }
}

impl Forest<'_> {
    fn is_named(names: &[String], node: &Node) -> bool {
        names.contains(&node.name)
    }

    /// True for a lane that is pinned itself and not with one that it stands under.
    fn is_root_of_pinned(&self, node: &Node) -> bool {
        let above = std::iter::successors(node.parent, |at| self.nodes.get(*at)?.parent)
            .filter_map(|at| self.nodes.get(at));
        let is_pinned = |node: &Node| Self::is_named(&self.prefs.pinned, node);
        is_pinned(node) && !above.into_iter().any(is_pinned)
    }

    fn roots(&self, of_pinned: bool) -> Vec<usize> {
        self.in_order(|node| match self.is_root_of_pinned(node) {
            true => of_pinned,
            false => !of_pinned && node.parent.is_none(),
        })
    }

    fn children(&self, parent: usize) -> Vec<usize> {
        self.in_order(|node| node.parent == Some(parent) && !self.is_root_of_pinned(node))
    }

    /// Some nodes in the chosen order; one that has no place yet stays behind the one before it.
    fn in_order(&self, wanted: impl Fn(&Node) -> bool) -> Vec<usize> {
        let mut place = 0;
        let chosen = self.nodes.iter().enumerate().filter(|(_, node)| wanted(node));
        let mut placed: Vec<(usize, usize)> = chosen
            .map(|(at, node)| {
                let known = self.prefs.order.iter().position(|known| *known == node.name);
                place = known.map_or(place, |found| found + 1);
                (place, at)
            })
            .collect();
        placed.sort_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, at)| at).collect()
    }

    fn arrange(&self, siblings: &[usize], is_pinned: bool, depth: u8, arranged: &mut Vec<ArrangedLane>) {
        for at in siblings {
            let Some(node) = self.nodes.get(*at) else { continue };
            let mut below = Vec::new();
            self.lanes_below(*at, &mut below);
            // What stood under it may all be pinned.
            if below.is_empty() && matches!(node.row, LaneRow::Heading(_)) {
                continue;
            }
            let is_collapsed = Self::is_named(&self.prefs.collapsed, node);
            let name = node.name.clone();
            arranged.push(ArrangedLane { row: node.row, name, depth, is_pinned, is_collapsed, below });
            if !is_collapsed {
                self.arrange(&self.children(*at), is_pinned, depth + 1, arranged);
            }
        }
    }

    fn lanes_below(&self, at: usize, lanes: &mut Vec<usize>) {
        for child in self.children(at) {
            if let Some(Node { row: LaneRow::Lane(lane), .. }) = self.nodes.get(child) {
                lanes.push(*lane);
            }
            self.lanes_below(child, lanes);
        }
    }

    /// The lanes among which one can be moved, in their order.
    fn siblings(&self, name: &str) -> Vec<String> {
        let Some(node) = self.nodes.iter().find(|node| node.name == name) else { return Vec::new() };
        let siblings = match node.parent {
            _ if self.is_root_of_pinned(node) => self.roots(true),
            None => self.roots(false),
            Some(parent) => self.children(parent),
        };
        siblings.into_iter().filter_map(|at| Some(self.nodes.get(at)?.name.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::drawing::LaneKind;
    use crate::metrics::pyramid::PhaseRow;

    fn lanes() -> Vec<Lane> {
        let kinds = [LaneKind::Findings, LaneKind::Playback, LaneKind::Network, LaneKind::Pings];
        kinds.map(|kind| Lane { kind, row: PhaseRow::default() }).to_vec()
    }

    #[track_caller]
    fn assert_order(prefs: &LanePrefs, expected: &[usize]) {
        let found: Vec<LaneRow> = prefs.arranged(&lanes()).iter().map(|lane| lane.row).collect();
        let expected: Vec<LaneRow> = expected.iter().map(|lane| LaneRow::Lane(*lane)).collect();
        assert_eq!(found, expected, "{prefs:?}");
    }

    #[test]
    fn a_lane_moves_past_its_neighbor_and_not_past_the_edge() {
        let mut prefs = LanePrefs::default();
        assert_order(&prefs, &[0, 1, 2, 3]);
        prefs.shift(&lanes(), "pings", Direction::Back);
        assert_order(&prefs, &[0, 1, 3, 2]);
        prefs.shift(&lanes(), "network", Direction::Forward);
        assert_order(&prefs, &[0, 1, 3, 2]);
        prefs.shift(&lanes(), "findings", Direction::Forward);
        assert_order(&prefs, &[1, 0, 3, 2]);
        prefs.shift(&lanes(), "no such lane", Direction::Forward);
        assert_order(&prefs, &[1, 0, 3, 2]);
    }

    #[test]
    fn pinned_lanes_stand_on_top_and_move_among_themselves() {
        let mut prefs = LanePrefs::default();
        prefs.toggle_pinned("network");
        prefs.toggle_pinned("pings");
        assert_order(&prefs, &[2, 3, 0, 1]);
        prefs.shift(&lanes(), "pings", Direction::Forward);
        assert_order(&prefs, &[2, 3, 0, 1]);
        prefs.shift(&lanes(), "pings", Direction::Back);
        assert_order(&prefs, &[3, 2, 0, 1]);
        prefs.toggle_pinned("network");
        assert_eq!(prefs.arranged(&lanes()).iter().filter(|lane| lane.is_pinned).count(), 1);
    }

    #[test]
    fn a_lane_that_was_never_moved_stays_behind_the_one_before_it() {
        let prefs =
            LanePrefs { order: vec!["network".to_owned(), "findings".to_owned()], ..LanePrefs::default() };
        // Playback is not named: it follows the findings, as in the drawing.
        assert_order(&prefs, &[2, 3, 0, 1]);
    }

    #[test]
    fn the_order_of_lanes_that_a_session_lacks_is_kept() {
        let order = vec!["bitrate".to_owned(), "pings".to_owned()];
        let mut prefs = LanePrefs { order, ..LanePrefs::default() };
        prefs.shift(&lanes(), "network", Direction::Back);
        assert!(prefs.order.contains(&"bitrate".to_owned()), "{prefs:?}");
    }

    /// Playback over breaks over ads, and over chapters; two states and the bitrate under a heading; the pings.
    fn nested() -> Vec<Lane> {
        use LaneKind as L;
        let state = |name: &str| L::PlayerState(name.to_owned());
        let kinds = [L::Playback, L::AdBreaks, L::Ads, L::Chapters, state("mute"), L::Bitrate, L::Pings];
        kinds.map(|kind| Lane { kind, row: PhaseRow::default() }).to_vec()
    }

    /// The rows as an outline.
    fn outline(prefs: &LanePrefs) -> String {
        let row = |row: &ArrangedLane| {
            let state = if row.is_folded() { format!(" ({})", row.below.len()) } else { String::new() };
            let pin = if row.is_pinned { "*" } else { "" };
            format!("{}{pin}{}{state}", ">".repeat(row.depth.into()), row.name)
        };
        prefs.arranged(&nested()).iter().map(row).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn lanes_stand_under_others_and_a_folded_one_holds_all_that_stands_under_it() {
        let mut prefs = LanePrefs::default();
        let open = "playback >ad-breaks >>ads >chapters player >state mute >bitrate pings";
        assert_eq!(outline(&prefs), open);
        prefs.toggle_collapsed("playback");
        prefs.toggle_collapsed("player");
        assert_eq!(outline(&prefs), "playback (3) player (2) pings");
        assert_eq!(prefs.arranged(&nested())[0].below, [1, 2, 3]);
        prefs.toggle_collapsed("playback");
        prefs.toggle_collapsed("player");
        assert_eq!(outline(&prefs), open);
    }

    #[test]
    fn a_lane_moves_with_all_that_stands_under_it_and_only_among_its_siblings() {
        let mut prefs = LanePrefs::default();
        prefs.shift(&nested(), "player", Direction::Back);
        assert_eq!(outline(&prefs), "player >state mute >bitrate playback >ad-breaks >>ads >chapters pings");
        prefs.shift(&nested(), "chapters", Direction::Back);
        prefs.shift(&nested(), "chapters", Direction::Back);
        prefs.shift(&nested(), "ads", Direction::Forward);
        assert_eq!(outline(&prefs), "player >state mute >bitrate playback >chapters >ad-breaks >>ads pings");
        prefs.place(&nested(), "pings", Some("player"));
        prefs.place(&nested(), "state mute", None);
        prefs.place(&nested(), "bitrate", Some("ads"));
        assert_eq!(outline(&prefs), "pings player >bitrate >state mute playback >chapters >ad-breaks >>ads");
    }

    #[test]
    fn what_is_folded_keeps_its_order_while_others_move() {
        let mut prefs = LanePrefs::default();
        prefs.shift(&nested(), "chapters", Direction::Back);
        prefs.toggle_collapsed("playback");
        prefs.shift(&nested(), "playback", Direction::Forward);
        prefs.toggle_collapsed("playback");
        assert_eq!(outline(&prefs), "player >state mute >bitrate playback >chapters >ad-breaks >>ads pings");
    }

    #[test]
    fn a_pinned_lane_takes_along_what_stands_under_it_and_leaves_what_it_stands_under() {
        let mut prefs = LanePrefs::default();
        prefs.toggle_pinned("ad-breaks");
        prefs.toggle_pinned("ads");
        let pinned = "*ad-breaks >*ads playback >chapters player >state mute >bitrate pings";
        assert_eq!(outline(&prefs), pinned);
        prefs.toggle_pinned("state mute");
        prefs.toggle_pinned("bitrate");
        prefs.shift(&nested(), "bitrate", Direction::Back);
        assert_eq!(outline(&prefs), "*ad-breaks >*ads *bitrate *state mute playback >chapters pings");
    }

    #[test]
    fn preferences_of_before_lanes_were_nested_are_read() {
        let kept =
            r#"{"order":["pings","ads","playback","ad-breaks"],"pinned":["pings"],"collapsed":["chapters"]}"#;
        let prefs: LanePrefs = serde_json::from_str(kept).expect("they are read");
        assert_eq!(outline(&prefs), "*pings playback >ad-breaks >>ads >chapters player >state mute >bitrate");
        assert!(prefs.arranged(&nested()).iter().any(|row| row.name == "chapters" && row.is_low()));
    }
}

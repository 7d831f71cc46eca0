//! Which lane of the timeline stands under which.

use crate::metrics::drawing::{Lane, LaneKind};

/// A row over lanes that is none itself. It is there when two lanes or more stand under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// Player states and bitrate.
    Player,
    /// What was used up of the time for which the back end waits.
    Budgets,
}

impl Heading {
    /// Its name among those of lanes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Heading::Player => "player",
            Heading::Budgets => "budgets",
        }
    }

    const fn over(kind: &LaneKind) -> Option<Heading> {
        use LaneKind as L;
        match kind {
            L::PlayerState(_) | L::OtherStates | L::Bitrate => Some(Heading::Player),
            L::Silence | L::StillPlayhead => Some(Heading::Budgets),
            _ => None,
        }
    }
}

/// What a row of the timeline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneRow {
    /// A lane by its index in the drawing.
    Lane(usize),
    /// A row over lanes.
    Heading(Heading),
}

/// A row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub name: String,
    pub row: LaneRow,
    /// Index of the node that it stands under.
    pub parent: Option<usize>,
}

/// The lanes of a drawing as a tree, each behind the one that it stands under.
pub(super) fn nodes(lanes: &[Lane]) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::with_capacity(lanes.len());
    for (at, lane) in lanes.iter().enumerate() {
        let heading = Heading::over(&lane.kind).filter(|heading| {
            lanes.iter().filter(|other| Heading::over(&other.kind) == Some(*heading)).count() > 1
        });
        let known = |nodes: &[Node], name: &str| nodes.iter().position(|node| node.name == name);
        let parent = match heading {
            None => parents(&lane.kind).iter().find_map(|name| known(&nodes, name)),
            Some(heading) => known(&nodes, heading.name()).or_else(|| {
                let row = LaneRow::Heading(heading);
                nodes.push(Node { name: heading.name().to_owned(), row, parent: None });
                nodes.len().checked_sub(1)
            }),
        };
        nodes.push(Node { name: lane.kind.name().into_owned(), row: LaneRow::Lane(at), parent });
    }
    nodes
}

/// The lanes that one may stand under, the nearest first: a session need not have all of them.
const fn parents(kind: &LaneKind) -> &'static [&'static str] {
    match kind {
        LaneKind::AdBreaks | LaneKind::Chapters => &["playback"],
        LaneKind::Ads => &["ad-breaks", "playback"],
        LaneKind::Pings => &["events"],
        LaneKind::PingGaps => &["pings", "events"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::pyramid::PhaseRow;

    fn tree(kinds: &[LaneKind]) -> Vec<(String, Option<String>)> {
        let lane = |kind: &LaneKind| Lane { kind: kind.clone(), row: PhaseRow::default() };
        let nodes = nodes(&kinds.iter().map(lane).collect::<Vec<_>>());
        let name = |at: usize| nodes[at].name.clone();
        nodes.iter().map(|node| (node.name.clone(), node.parent.map(name))).collect()
    }

    #[test]
    fn an_ad_stands_under_its_break_and_what_is_missed_under_the_pings() {
        use LaneKind as L;
        let kinds =
            [L::Findings, L::Playback, L::AdBreaks, L::Ads, L::Chapters, L::Events, L::Pings, L::PingGaps];
        let tree = tree(&kinds);
        let parent =
            |name: &str| tree.iter().find(|(known, _)| known == name).and_then(|(_, up)| up.as_deref());
        for (name, expected) in [
            ("findings", None),
            ("playback", None),
            ("ad-breaks", Some("playback")),
            ("ads", Some("ad-breaks")),
            ("chapters", Some("playback")),
            ("pings", Some("events")),
            ("ping-gaps", Some("pings")),
        ] {
            assert_eq!(parent(name), expected, "{name}");
        }
    }

    #[test]
    fn what_has_lost_its_parent_stands_under_the_next_one() {
        use LaneKind as L;
        let found = tree(&[L::Playback, L::Ads, L::PingGaps]);
        let parents: Vec<_> = found.iter().map(|(_, parent)| parent.as_deref()).collect();
        assert_eq!(parents, [None, Some("playback"), None]);
    }

    #[test]
    fn a_heading_stands_over_two_lanes_or_more() {
        use LaneKind as L;
        let found = tree(&[L::PlayerState("mute".to_owned()), L::Bitrate, L::Silence]);
        let expected = [
            ("player", None),
            ("state mute", Some("player")),
            ("bitrate", Some("player")),
            ("silence", None),
        ];
        let found: Vec<_> = found.iter().map(|(name, parent)| (name.as_str(), parent.as_deref())).collect();
        assert_eq!(found, expected);
    }
}

//! Names of lanes that stay the same from session to session: preferences know lanes by them.

use std::borrow::Cow;

use super::LaneKind;

impl LaneKind {
    /// The name; that of a player state holds the state's own.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            LaneKind::PlayerState(name) => return Cow::Owned(format!("state {name}")),
            LaneKind::Findings => "findings",
            LaneKind::Playback => "playback",
            LaneKind::Events => "events",
            LaneKind::AdBreaks => "ad-breaks",
            LaneKind::Ads => "ads",
            LaneKind::Chapters => "chapters",
            LaneKind::OtherStates => "other-states",
            LaneKind::Bitrate => "bitrate",
            LaneKind::Pings => "pings",
            LaneKind::PingGaps => "ping-gaps",
            LaneKind::Network => "network",
            LaneKind::Silence => "silence",
            LaneKind::StillPlayhead => "still-playhead",
            LaneKind::Reorder => "reorder",
        })
    }
}

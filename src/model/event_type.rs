//! The event types of the API: one enum, one table.
//!
//! 20 names: the 15 of the first documents, plus chapter and state events and `statesUpdate`
//! (`player-state/overview.md`). Source of the facts: swagger, `events-req`, the event pages.

use serde::{Deserialize, Serialize};

/// What an event does to the session, coarsely: for lanes, colours and statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventGroup {
    /// Opens, completes or ends the session.
    Session,
    /// Moves the playback state, or keeps it alive.
    Playback,
    /// Ad breaks and ads.
    Ad,
    /// Chapters.
    Chapter,
    /// Player states such as `fullScreen`.
    PlayerState,
    /// Bitrate and errors.
    Quality,
}

macro_rules! event_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $group:ident, $in_2018:literal, $needs_params:literal, $metadata:literal;)*) => {
        /// One of the 20 event types of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum EventType { $($(#[$doc])* $variant,)* }

        impl EventType {
            /// All types, in the order of the documentation.
            pub const ALL: [EventType; 20] = [$(EventType::$variant,)*];

            /// The API's spelling, as in `eventType`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(EventType::$variant => $name,)* }
            }

            /// The type with this exact spelling.
            #[must_use]
            pub fn from_name(name: &str) -> Option<EventType> {
                match name { $($name => Some(EventType::$variant),)* _ => None }
            }

            /// The group that it belongs to.
            #[must_use]
            pub const fn group(self) -> EventGroup {
                match self { $(EventType::$variant => EventGroup::$group,)* }
            }

            /// True when the schema sample of 2018 lists the name (14 names).
            #[must_use]
            pub const fn in_schema_2018(self) -> bool {
                match self { $(EventType::$variant => $in_2018,)* }
            }

            /// True when `params` must be there.
            #[must_use]
            pub const fn requires_params(self) -> bool {
                match self { $(EventType::$variant => $needs_params,)* }
            }

            /// True when `customMetadata` has a meaning on it (D23).
            #[must_use]
            pub const fn carries_metadata(self) -> bool {
                match self { $(EventType::$variant => $metadata,)* }
            }
        }
    };
}

event_types! {
    /// Opens a session; the only type that `POST …/sessions` takes.
    SessionStart = "sessionStart", Session, true, true, true;
    /// Playback runs (also: ends a pause, a buffer, a seek).
    Play = "play", Playback, true, false, false;
    /// Keeps the session alive and carries the playhead.
    Ping = "ping", Playback, true, false, false;
    /// Playback is paused.
    PauseStart = "pauseStart", Playback, true, false, false;
    /// Playback waits for data.
    BufferStart = "bufferStart", Playback, true, false, false;
    /// The bitrate changed; the new one is in `qoeData`.
    BitrateChange = "bitrateChange", Quality, true, false, false;
    /// An error; does not close the session.
    Error = "error", Quality, true, false, false;
    /// The content was played to its end.
    SessionComplete = "sessionComplete", Session, true, false, false;
    /// Closes the session for good.
    SessionEnd = "sessionEnd", Session, true, false, false;
    /// Opens an ad break.
    AdBreakStart = "adBreakStart", Ad, true, true, false;
    /// Closes an ad break.
    AdBreakComplete = "adBreakComplete", Ad, true, false, false;
    /// Starts an ad of the open break.
    AdStart = "adStart", Ad, true, true, true;
    /// The ad was played to its end.
    AdComplete = "adComplete", Ad, true, false, false;
    /// The ad was left early.
    AdSkip = "adSkip", Ad, true, false, false;
    /// Opens a chapter.
    ChapterStart = "chapterStart", Chapter, false, true, true;
    /// The chapter was played to its end.
    ChapterComplete = "chapterComplete", Chapter, false, false, false;
    /// The chapter was left early.
    ChapterSkip = "chapterSkip", Chapter, false, false, false;
    /// A player state begins.
    StateStart = "stateStart", PlayerState, false, true, false;
    /// A player state ends.
    StateEnd = "stateEnd", PlayerState, false, true, false;
    /// Several player states begin or end at once (`player-state/overview.md` only).
    StatesUpdate = "statesUpdate", PlayerState, false, true, false;
}

impl EventType {
    /// Names that player code uses but that never go on the wire, with what to send instead.
    /// Source: `dev-doc:events.md`, `mc-api-timeline-3.md`, the 2017 sample player.
    pub const NOT_ON_THE_WIRE: [(&'static str, &'static str); 12] = [
        ("adBreakSkip", "adBreakComplete"),
        ("bufferComplete", "play"),
        ("bufferEnd", "play"),
        ("contentComplete", "sessionComplete"),
        ("pause", "pauseStart"),
        ("pauseComplete", "play"),
        ("pauseEnd", "play"),
        ("resume", "play"),
        ("seekComplete", "play"),
        ("seekEnd", "play"),
        ("seekStart", "pauseStart"),
        ("statesStart", "statesUpdate"),
    ];

    /// From the number that the tables keep, `None` for one that is no type.
    #[must_use]
    pub fn from_code(code: u8) -> Option<EventType> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

impl std::fmt::Display for EventType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

//! Where a session stands after an event, in one byte.

/// Playback state of main content or of the ad that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Playback {
    /// The viewer intends to play; nothing has played yet.
    #[default]
    Starting,
    /// Playing.
    Playing,
    /// Paused (also: seeking, by the SDKs).
    Paused,
    /// Waiting for data.
    Buffering,
}

/// Where a session stands after an event, in one byte: what lanes, plots and time rules need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Context(pub(super) u8);

impl Context {
    pub(super) const IN_BREAK: u8 = 1 << 2;
    pub(super) const IN_AD: u8 = 1 << 3;
    pub(super) const STRAY_AD: u8 = 1 << 4;
    pub(super) const IN_CHAPTER: u8 = 1 << 5;
    pub(super) const COMPLETED: u8 = 1 << 6;
    pub(super) const ENDED: u8 = 1 << 7;

    /// The playback state.
    #[must_use]
    pub const fn playback(self) -> Playback {
        match self.0 & 3 {
            0 => Playback::Starting,
            1 => Playback::Playing,
            2 => Playback::Paused,
            _ => Playback::Buffering,
        }
    }

    /// Between `adBreakStart` and `adBreakComplete`.
    #[must_use]
    pub const fn in_break(self) -> bool {
        self.0 & Self::IN_BREAK != 0
    }

    /// An ad of a break is open.
    #[must_use]
    pub const fn in_ad(self) -> bool {
        self.0 & Self::IN_AD != 0
    }

    /// Between an `adStart` outside a break (A001) and the end of that ad: the back end counts
    /// it as content, so time rules stay silent.
    #[must_use]
    pub const fn in_stray_ad(self) -> bool {
        self.0 & Self::STRAY_AD != 0
    }

    /// A chapter is open.
    #[must_use]
    pub const fn in_chapter(self) -> bool {
        self.0 & Self::IN_CHAPTER != 0
    }

    /// `sessionComplete` has come.
    #[must_use]
    pub const fn completed(self) -> bool {
        self.0 & Self::COMPLETED != 0
    }

    /// `sessionEnd` has come.
    #[must_use]
    pub const fn ended(self) -> bool {
        self.0 & Self::ENDED != 0
    }

    /// Main content is playing: outside breaks and stray ads, not completed, not ended.
    #[must_use]
    pub const fn plays_main(self) -> bool {
        let outside = Self::IN_BREAK | Self::STRAY_AD | Self::COMPLETED | Self::ENDED;
        self.0 & outside == 0 && matches!(self.playback(), Playback::Playing)
    }
}

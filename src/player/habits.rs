//! Habits of Adobe's own clients that are normal, each a switch: rows N1–N22 of `field-problems.md` section 1.

macro_rules! habits {
    ($($(#[doc = $doc:literal])+ $habit:ident = $row:literal, one in $rarity:literal;)*) => {
        /// A habit of Adobe's clients.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Habit { $($(#[doc = $doc])+ $habit,)* }

        impl Habit {
            /// All, in the order of the rows.
            pub const ALL: &[Habit] = &[$(Habit::$habit,)*];

            /// Its row in `field-problems.md`.
            #[must_use]
            pub const fn row(self) -> &'static str {
                match self { $(Habit::$habit => $row,)* }
            }

            /// One viewing in so many has it.
            pub(super) const fn rarity(self) -> u64 {
                match self { $(Habit::$habit => $rarity,)* }
            }
        }
    };
}

habits! {
    /// Events of one tick share a `ts`.
    TiedStamps = "N1", one in 2;
    /// `play` again when content has run for a second.
    PlayAgain = "N2", one in 2;
    /// The playback state is said again after `adStart` and `adBreakComplete`.
    StateSaidAgain = "N3", one in 2;
    /// A seek is `pauseStart` … `play` with another playhead.
    SeekAsPause = "N4", one in 2;
    /// The session opens at 0, the first `play` brings the position.
    PositionAtPlay = "N5", one in 2;
    /// Pings before the first `play` and before the first ad of a break.
    EarlyPings = "N6", one in 2;
    /// The ping timer restarts with each playback event and ticks coarsely.
    RestartingPings = "N7", one in 2;
    /// Pings in ads every 10 s (otherwise every second).
    SlowAdPings = "N8", one in 2;
    /// Pings of a downloaded session every 50 s.
    SlowStoredPings = "N9", one in 2;
    /// The batch goes to `/api/v1/sessions`, with `media.downloaded: true`.
    LegacyBatch = "N10", one in 2;
    /// `media.downloaded: false` and `media.resume: false` are written out.
    FlagsWrittenOut = "N11", one in 2;
    /// Parameters that the table of the documents lacks.
    ExtraParameters = "N12", one in 2;
    /// `podIndex` from 1, without `podFriendlyName`.
    PodsFromOne = "N13", one in 2;
    /// The batch ends in a `sessionEnd` with stamp and playhead of the event before.
    EndAppended = "N14", one in 2;
    /// The client ends the session after 30 minutes of pause, and opens another at the next `play`.
    IdleRestart = "N15", one in 24;
    /// The client ends the session after 24 hours, and opens another at the same moment.
    DayRestart = "N16", one in 96;
    /// The second of the day falls back to 0 at midnight UTC.
    MidnightWrap = "N17", one in 4;
    /// Preflights among the requests.
    Preflights = "N18", one in 2;
    /// `statesUpdate` with several player states.
    StatesUpdate = "N19", one in 2;
    /// Any Unicode in values of custom metadata.
    UnicodeMetadata = "N20", one in 2;
    /// Slashes written as `\/`, whole numbers without a point, long fractions.
    OddNumbers = "N21", one in 2;
    /// The SDK closes what is open before `sessionEnd` and before a seek leaves a chapter.
    ClosesWhatIsOpen = "N22", one in 2;
}

/// A set of habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Habits(u32);

impl Habits {
    /// Every habit with its own chance.
    pub(super) fn drawn(random: &mut super::random::Random) -> Habits {
        let mut habits = Habits::default();
        for habit in Habit::ALL {
            if random.one_in(habit.rarity()) {
                habits.add(*habit);
            }
        }
        habits
    }

    /// Adds one.
    pub(super) fn add(&mut self, habit: Habit) {
        self.0 |= 1 << habit as u8;
    }

    /// Takes one away.
    pub(super) fn remove(&mut self, habit: Habit) {
        self.0 &= !(1 << habit as u8);
    }

    /// True when it is among them.
    #[must_use]
    pub const fn has(self, habit: Habit) -> bool {
        self.0 & (1 << habit as u8) != 0
    }
}

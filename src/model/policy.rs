//! Policy: one documented switch per disagreement between the sources.
//!
//! Only those of D1–D24 that both readings can be followed on (not D11, D15, D20–D22).
//! Rules, metrics and the stand-in take the policy, never a literal. [`SWITCHES`] is the one table of them: the
//! configuration reads it, `playtrace explain D14` prints it, and a test compares it with the pages of the rules.

use serde::{Deserialize, Serialize};

/// What is known of one reading of a disputed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Its name in the configuration.
    pub name: &'static str,
    /// What it takes to be true.
    pub meaning: &'static str,
    /// Who says so.
    pub source: &'static str,
}

macro_rules! readings {
    ($($(#[$doc:meta])* $name:ident {
        $(#[doc = $meaning:literal] $variant:ident $word:literal, said by $source:literal;)*
    })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $name { $(#[doc = $meaning] $variant),* }

            impl $name {
                /// All readings, the default first.
                pub const ALL: &'static [$name] = &[$($name::$variant),*];

                /// What is known of them, in the same order.
                pub const READINGS: &'static [Reading] = &[
                    $(Reading { name: $word, meaning: $meaning.trim_ascii(), source: $source }),*
                ];

                /// The name in the configuration.
                #[must_use]
                pub const fn name(self) -> &'static str {
                    match self { $($name::$variant => $word),* }
                }

                /// The reading with this name.
                #[must_use]
                pub fn from_name(name: &str) -> Option<Self> {
                    Self::ALL.iter().copied().find(|reading| reading.name() == name)
                }
            }

            impl Default for $name {
                fn default() -> Self {
                    Self::ALL[0]
                }
            }
        )*
    };
}

readings! {
    /// D1: the unit of `media.qoe.bitrate`.
    BitrateUnit {
        /// kbit/s
        Kilobits "kilobits", said by "`bitrate.md`, `average-bitrate.md`, the XDM descriptions";
        /// bit/s
        Bits "bits", said by "`mc-api-req-params.md`, the API's swagger description";
    }
    /// D2: how often an ad is pinged.
    AdPing {
        /// Anything from 1 s to 10 s: the SDKs ping ads every 10 s, or every 1 s where their option is set
        OneToTenSecs "one-to-ten-secs", said by "`mc-api-sed-pings.md`, Adobe's SDKs";
        /// Every second
        OneSec "one-sec", said by "`ping.md`";
    }
    /// D3: where QoE values may stand.
    QoePlace {
        /// In `qoeData` only
        QoeDataOnly "qoe-data-only", said by "`mc-api-sending-qoe.md`, the schema sample of 2018";
        /// Also in `params`
        AlsoParams "also-params", said by "the pages of the quality variables";
    }
    /// D4: which spellings of the error id count.
    ErrorId {
        /// `media.qoe.errorID` in `qoeData` and `media.errorId` in `params`
        Both "both", said by "all sources together";
        /// `media.qoe.errorID` in `qoeData` alone
        QoeData "qoe-data", said by "swagger, the developer pages, Adobe's SDKs";
        /// `media.errorId` in `params` alone
        Params "params", said by "`error.md`";
    }
    /// D5: what `sessionComplete` does.
    AfterComplete {
        /// The session stays open until it expires, and trailing events still count
        StaysOpen "stays-open", said by "`session-complete.md`";
        /// It closes the session
        Closes "closes", said by "Adobe's SDKs, older pages";
    }
    /// D6: what happens to an event after the session was closed.
    AfterClose {
        /// It is refused with 410
        Gone "gone", said by "`mc-api-events-req.md`";
        /// It is dropped silently with 204
        SilentDrop "silent-drop", said by "`session-end.md`, `mc-api-timeout.md`";
    }
    /// D7 and D8: the first number of `podPosition` and `podIndex`.
    IndexBase {
        /// 0 or 1, but not both in one session
        Either "either", said by "all sources together";
        /// From 0
        Zero "zero", said by "`ad-in-pod-position.md`, `ad-start.md`; for `podIndex` the timelines";
        /// From 1
        One "one", said by "`mc-api-req-params.md`, Adobe's SDKs; for `podIndex` the sample of `ad-break-start.md`";
    }
    /// D9: `media.downloaded` on `POST …/downloaded`.
    DownloadedFlag {
        /// True, false or absent
        NotNeeded "not-needed", said by "the end of `track-downloaded-content.md`";
        /// It must be true
        Required "required", said by "the upper part of the same page";
    }
    /// D10: the spelling of full screen.
    StateSpelling {
        /// `fullScreen` and `fullscreen` are one name: compared without case
        CaseInsensitive "case-insensitive", said by "the documents, which use both";
        /// They are two names
        Exact "exact", said by "each page by itself";
    }
    /// D12: `media.streamType`.
    StreamType {
        /// Optional, with a warning when it is missing
        Advised "advised", said by "`mc-api-req-params.md`, the developer pages";
        /// Required
        Required "required", said by "`stream-type.md`";
    }
    /// D13: the largest playhead of recorded content.
    PlayheadBound {
        /// Up to the length
        UpToLength "up-to-length", said by "the sample of `session-complete.md`";
        /// Below the length
        BelowLength "below-length", said by "`mc-api-sessions-req.md`";
    }
    /// D14: equal `ts` on consecutive events.
    EqualTs {
        /// Worth knowing, no fault
        Tolerated "tolerated", said by "Adobe's own SDKs, which send them";
        /// Never allowed
        Forbidden "forbidden", said by "`mc-api-ctrl-order.md`";
    }
    /// D16: whether a resumed session counts as a media start.
    ResumeStart {
        /// A media start as any other, and a resume beside it
        CountsBoth "counts-both", said by "`media-starts.md`";
        /// A resume "rather than" a media start
        ResumeOnly "resume-only", said by "`session-start.md`";
    }
    /// D17: progress markers that a jump passes over.
    ProgressJump {
        /// All are set at once: a jump from 5 % to 60 % sets 10, 25 and 50
        SetAll "set-all", said by "`progress-markers.md`, the formula and the example";
        /// They stay unset; later ones can still be set
        Skipped "skipped", said by "the same sentence of `progress-markers.md`, older tables, the XDM descriptions";
    }
    /// D18: the length of a content segment.
    SegmentSize {
        /// 5 minutes
        FiveMinutes "five-minutes", said by "`content-segment.md`";
        /// 10 minutes
        TenMinutes "ten-minutes", said by "an older page";
        /// 1 minute
        OneMinute "one-minute", said by "the sample of `reporting-schema.md`";
    }
    /// D19: where the 10 s of content pings are counted from.
    PingAnchor {
        /// The session's start or the last playback event: both are seen
        Either "either", said by "all sources together";
        /// The last playback event
        Playback "playback", said by "`mc-api-sed-pings.md`, Adobe's SDKs";
        /// The session's start
        SessionStart "session-start", said by "the timelines, the Media Edge API";
    }
    /// D23: which types carry `customMetadata`.
    MetadataTypes {
        /// `sessionStart`, `adStart`, `chapterStart`
        Three "three", said by "`mc-api-overview.md`";
        /// `adStart` and `chapterStart`
        EventsOnly "events-only", said by "`mc-api-events-req.md`";
    }
    /// D24: how many events the reorder window holds.
    ReorderCount {
        /// At most 10
        Ten "ten", said by "`mc-api-ctrl-order.md`, one sentence";
        /// More than 10
        MoreThanTen "more-than-ten", said by "`mc-api-ctrl-order.md`, another sentence";
    }
    /// Which requests the API refuses: the schema set (`schema` compiles it).
    SchemaSet {
        /// The files in `schemas/`: what the documentation says today
        Documented "documented", said by "the documentation of today";
        /// The published sample of 2018: 14 event names, no error keys
        Published2018 "published-2018", said by "`mc-api-validate-reqs.md`";
        /// Everything well-formed passes
        Open "open", said by "nobody: it keeps the schemas out";
    }
}

/// One disputed point: what may be chosen, and what that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Switch {
    /// The number of the disagreement, `D14`.
    pub number: &'static str,
    /// Its name in the configuration.
    pub name: &'static str,
    /// What the sources disagree on.
    pub question: &'static str,
    /// What may be chosen, the default first.
    pub readings: &'static [Reading],
    /// Names of the rules that it moves.
    pub rules: &'static [&'static str],
    /// What else it moves, in words: metrics, answers of the stand-in.
    pub others: &'static [&'static str],
}

impl Switch {
    /// The switch with this number or name, letter case aside.
    #[must_use]
    pub fn find(word: &str) -> Option<&'static Switch> {
        let is_it = |switch: &&Switch| {
            switch.number.eq_ignore_ascii_case(word) || switch.name.eq_ignore_ascii_case(word)
        };
        SWITCHES.iter().find(is_it)
    }

    /// The switches that move a rule.
    pub fn of_rule(rule: &str) -> impl Iterator<Item = &'static Switch> {
        SWITCHES.iter().filter(move |switch| switch.rules.contains(&rule))
    }
}

macro_rules! switches {
    ($($number:literal $field:ident $name:literal: $type:ident, $question:literal,
        rules [$($rule:literal),*], others [$($other:literal),*];)*) => {
        /// One choice per disagreement; the default is what `media-collection-api.md` section 22 and `metrics.md` suggest.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Policy {
            /// What the API refuses.
            pub schema_set: SchemaSet,
            $(#[doc = concat!($number, ": ", $question, ".")] pub $field: $type,)*
        }

        /// Every switch, by number.
        pub const SWITCHES: &[Switch] = &[$(Switch {
            number: $number,
            name: $name,
            question: $question,
            readings: $type::READINGS,
            rules: &[$($rule),*],
            others: &[$($other),*],
        }),*];

        impl Policy {
            /// The name of the reading that is chosen, `None` when there is no such switch.
            #[must_use]
            pub fn chosen(&self, switch: &str) -> Option<&'static str> {
                match switch {
                    $($name => Some(self.$field.name()),)*
                    _ => None,
                }
            }

            /// Chooses a reading; false when there is no such switch or reading.
            #[must_use]
            pub fn choose(&mut self, switch: &str, reading: &str) -> bool {
                match switch {
                    $($name => $type::from_name(reading).map(|reading| self.$field = reading).is_some(),)*
                    _ => false,
                }
            }
        }
    };
}

switches! {
    "D1" bitrate_unit "bitrate-unit": BitrateUnit, "The unit of `media.qoe.bitrate`",
        rules ["bitrate-unit-suspect"], others ["the buckets of the average bitrate"];
    "D2" ad_ping "ad-ping": AdPing, "How often an ad is pinged",
        rules ["ad-ping-cadence-mixed"], others [];
    "D3" qoe_place "qoe-place": QoePlace, "Where QoE values may stand",
        rules ["params-on-ping", "qoe-in-params", "bitrate-unit-suspect", "dropped-frames-fell",
            "time-to-start-changed", "bitrate-change-without-change", "time-to-start-in-seconds"], others ["the average bitrate and the dropped frames"];
    "D4" error_id "error-id": ErrorId, "Which spelling of the error id counts",
        rules ["error-without-id"], others ["the number of errors"];
    "D5" after_complete "after-complete": AfterComplete, "What `sessionComplete` does to the session",
        rules ["event-after-session-complete"], others ["the stand-in's answer to events after it"];
    "D6" after_close "after-close": AfterClose, "What happens to an event after the session was closed",
        rules ["event-after-session-end"], others ["the stand-in's answer to it"];
    "D7" pod_position_base "pod-position-base": IndexBase, "The first `media.ad.podPosition` of a break",
        rules ["pod-position-not-rising"], others [];
    "D8" pod_index_base "pod-index-base": IndexBase, "The first `media.ad.podIndex` of a session",
        rules ["pod-index-implausible", "pod-index-repeated"], others [];
    "D9" downloaded_flag "downloaded-flag": DownloadedFlag, "Whether `media.downloaded` is needed on `/downloaded`",
        rules ["verdict-differs", "downloaded-flag-missing"],
        others ["the verdict of a session that came as a batch", "the stand-in's answer to a batch"];
    "D10" state_spelling "state-spelling": StateSpelling, "Whether letter case tells names of player states apart",
        rules ["state-started-twice", "state-ended-while-inactive", "too-many-states", "state-spelling-mixed",
            "state-never-ended", "states-not-resent"],
        others ["the lanes of the player states"];
    "D12" stream_type "stream-type": StreamType, "Whether `media.streamType` is required",
        rules ["stream-type-missing"], others [];
    "D13" playhead_bound "playhead-bound": PlayheadBound, "The largest playhead of recorded content",
        rules ["playhead-past-length"], others [];
    "D14" equal_ts "equal-ts": EqualTs, "Whether consecutive events may share a `ts`",
        rules ["equal-ts"], others [];
    "D16" resume_start "resume-start": ResumeStart, "Whether a resumed session counts as a media start",
        rules [], others ["media starts and resumes"];
    "D17" progress_jump "progress-jump": ProgressJump, "Whether a jump sets the progress markers that it passes over",
        rules [], others ["the progress markers (10, 25, 50, 75, 95 %)"];
    "D18" segment_size "segment-size": SegmentSize, "The length of a content segment",
        rules [], others ["the content segment"];
    "D19" ping_anchor "ping-anchor": PingAnchor, "What the 10 s of content pings are counted from",
        rules ["no-pings"], others [];
    "D23" metadata_types "metadata-types": MetadataTypes, "Which event types carry `customMetadata`",
        rules ["reserved-metadata-prefix", "metadata-on-other-event"], others [];
    "D24" reorder_count "reorder-count": ReorderCount, "How many events the reorder window holds",
        rules ["arrived-out-of-order", "too-late-to-reorder"], others ["the reorder view"];
}

/// A named bundle of schema set, policy and selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// What Adobe's own clients and back end live with.
    #[default]
    Default,
    /// The documents by the letter.
    Strict,
    /// Only what loses data.
    Lenient,
}

impl Profile {
    /// All profiles, the default first.
    pub const ALL: [Profile; 3] = [Profile::Default, Profile::Strict, Profile::Lenient];

    /// The name on the command line and in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Default => "default",
            Profile::Strict => "strict",
            Profile::Lenient => "lenient",
        }
    }

    /// The profile with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Profile> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    /// The policy of the profile.
    #[must_use]
    pub fn policy(self) -> Policy {
        let default = Policy::default();
        match self {
            Profile::Default => default,
            Profile::Strict => Policy {
                ad_ping: AdPing::OneSec,
                state_spelling: StateSpelling::Exact,
                stream_type: StreamType::Required,
                playhead_bound: PlayheadBound::BelowLength,
                equal_ts: EqualTs::Forbidden,
                ..default
            },
            Profile::Lenient => {
                Policy { schema_set: SchemaSet::Open, qoe_place: QoePlace::AlsoParams, ..default }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reading_of_every_switch_can_be_chosen_by_name_and_the_first_is_the_default() {
        for switch in SWITCHES {
            let mut policy = Policy::default();
            assert_eq!(policy.chosen(switch.name), Some(switch.readings[0].name), "{}", switch.name);
            for reading in switch.readings {
                assert!(policy.choose(switch.name, reading.name), "{} {}", switch.name, reading.name);
                assert_eq!(policy.chosen(switch.name), Some(reading.name));
            }
            assert!(!policy.choose(switch.name, "no-such-reading"));
        }
        assert!(!Policy::default().choose("schema-set", "open"), "a schema set is no reading");
    }

    #[test]
    fn the_switches_are_the_disagreements_that_both_readings_can_be_followed_on() {
        let numbers: Vec<String> = SWITCHES.iter().map(|switch| switch.number.to_owned()).collect();
        let expected = (1..=24).filter(|number| ![11, 15, 20, 21, 22].contains(number));
        assert_eq!(numbers, expected.map(|number| format!("D{number}")).collect::<Vec<_>>());
        for switch in SWITCHES {
            assert!(switch.readings.len() >= 2 && switch.rules.len() + switch.others.len() > 0, "{switch:?}");
            let kebab = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            assert!(kebab(switch.name) && switch.readings.iter().all(|reading| kebab(reading.name)));
        }
    }

    #[test]
    fn strict_takes_the_documents_by_the_letter_and_lenient_opens_the_schemas() {
        let (strict, lenient) = (Profile::Strict.policy(), Profile::Lenient.policy());
        let by_the_letter = [
            ("ad-ping", "one-sec"),
            ("state-spelling", "exact"),
            ("stream-type", "required"),
            ("playhead-bound", "below-length"),
            ("equal-ts", "forbidden"),
        ];
        for switch in SWITCHES {
            let expected = by_the_letter.iter().find(|(name, _)| *name == switch.name);
            let expected = expected.map_or(switch.readings[0].name, |(_, reading)| *reading);
            assert_eq!(strict.chosen(switch.name), Some(expected));
        }
        let sets = Profile::ALL.map(|profile| profile.policy().schema_set.name());
        assert_eq!(sets, ["documented", "documented", "open"]);
        assert_eq!(lenient.qoe_place, QoePlace::AlsoParams);
    }
}

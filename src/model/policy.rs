//! Policy: one documented switch per disagreement between the sources.
//!
//! Only those of D1–D24 that both readings can be followed on (not D11, D15, D20–D22).
//! Rules, metrics and the stand-in take the policy, never a literal.

use serde::{Deserialize, Serialize};

macro_rules! readings {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
            #[serde(rename_all = "kebab-case")]
            pub enum $name { $($(#[$vdoc])* $variant),* }
        )*
    };
}

readings! {
    /// D1: the unit of `media.qoe.bitrate`.
    BitrateUnit {
        /// kbit/s: `bitrate.md`, `average-bitrate.md`, XDM.
        Kilobits,
        /// bit/s: `mc-api-req-params.md`, swagger.
        Bits,
    }
    /// D2: how often an ad is pinged.
    AdPing {
        /// Anything from 1 s to 10 s: the SDKs' default is 10 s, 1 s is their option.
        OneToTenSecs,
        /// 1 s: `ping.md`.
        OneSec,
    }
    /// D3 and D4: where QoE values and error ids may stand.
    QoePlace {
        /// In `qoeData` only: schema sample of 2018.
        QoeDataOnly,
        /// Also in `params`: `variables/quality`.
        AlsoParams,
    }
    /// D4: which spellings of the error id count.
    ErrorId {
        /// `qoeData` `media.qoe.errorID` and `params` `media.errorId`.
        Both,
        /// `qoeData` `media.qoe.errorID` alone: swagger, the SDKs.
        QoeData,
    }
    /// D5: what `sessionComplete` does.
    AfterComplete {
        /// The session stays open until it expires: `session-complete.md`.
        StaysOpen,
        /// It closes the session: the SDKs, older pages.
        Closes,
    }
    /// D6: what happens to an event after the session was closed.
    AfterClose {
        /// Refused with 410: `mc-api-events-req.md`.
        Gone,
        /// Dropped silently with 204: `session-end.md`, `mc-api-timeout.md`.
        SilentDrop,
    }
    /// D7 and D8: the first number of `podPosition` and `podIndex`.
    IndexBase {
        /// 0 or 1, but not both in one session.
        Either,
        /// From 0.
        Zero,
        /// From 1.
        One,
    }
    /// D9: `media.downloaded` on `POST …/downloaded`.
    DownloadedFlag {
        /// True, false or absent: end of `track-downloaded-content.md`.
        NotNeeded,
        /// Must be true: upper part of the same page.
        Required,
    }
    /// D10: the spelling of full screen.
    StateSpelling {
        /// Compared without case.
        CaseInsensitive,
        /// `fullScreen` and `fullscreen` are two names.
        Exact,
    }
    /// D12: `media.streamType`.
    StreamType {
        /// Optional, with a warning when it is missing: `mc-api-req-params.md`.
        Advised,
        /// Required: `stream-type.md`.
        Required,
    }
    /// D13: the largest playhead of recorded content.
    PlayheadBound {
        /// Up to the length: the sample of `session-complete.md`.
        UpToLength,
        /// Below the length: `mc-api-sessions-req.md`.
        BelowLength,
    }
    /// D14: equal `ts` on consecutive events.
    EqualTs {
        /// Worth knowing: Adobe's own SDKs do it.
        Tolerated,
        /// Never: `mc-api-ctrl-order.md`.
        Forbidden,
    }
    /// D16: whether a resumed session counts as a media start.
    ResumeStart {
        /// A media start as any other: `media-starts.md`.
        CountsBoth,
        /// A resume "rather than" a media start: `session-start.md`.
        ResumeOnly,
    }
    /// D17: progress markers that a jump passes over.
    ProgressJump {
        /// Not counted.
        Skipped,
        /// All set at once.
        SetAll,
    }
    /// D18: the length of a content segment.
    SegmentSize {
        /// 5 minutes: `content-segment.md`.
        FiveMinutes,
        /// 10 minutes: an older page.
        TenMinutes,
    }
    /// D19: where the 10 s of content pings are counted from.
    PingAnchor {
        /// The session's start or the last playback event: both are seen.
        Either,
        /// The last playback event.
        Playback,
        /// The session's start.
        SessionStart,
    }
    /// D23: which types carry `customMetadata`.
    MetadataTypes {
        /// `sessionStart`, `adStart`, `chapterStart`: `mc-api-overview.md`.
        Three,
        /// `adStart` and `chapterStart` on the events endpoint: `mc-api-events-req.md`.
        EventsOnly,
    }
    /// D24: how many events the reorder window holds.
    ReorderCount {
        /// At most 10.
        Ten,
        /// More than 10.
        MoreThanTen,
    }
    /// Which requests the API refuses: the schema set (`schema::SchemaSet` compiles it).
    SchemaSet {
        /// The files in `schemas/`: what the documentation says today.
        Documented,
        /// The published sample of 2018: 14 event names, no error keys.
        Published2018,
        /// Everything well-formed passes.
        Open,
    }
}

/// One choice per disagreement; the default is what `media-collection-api.md` section 22 suggests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// What the API refuses.
    pub schema_set: SchemaSet,
    /// D1.
    pub bitrate_unit: BitrateUnit,
    /// D2.
    pub ad_ping: AdPing,
    /// D3.
    pub qoe_place: QoePlace,
    /// D4.
    pub error_id: ErrorId,
    /// D5.
    pub after_complete: AfterComplete,
    /// D6.
    pub after_close: AfterClose,
    /// D7.
    pub pod_position_base: IndexBase,
    /// D8.
    pub pod_index_base: IndexBase,
    /// D9.
    pub downloaded_flag: DownloadedFlag,
    /// D10.
    pub state_spelling: StateSpelling,
    /// D12.
    pub stream_type: StreamType,
    /// D13.
    pub playhead_bound: PlayheadBound,
    /// D14.
    pub equal_ts: EqualTs,
    /// D16.
    pub resume_start: ResumeStart,
    /// D17.
    pub progress_jump: ProgressJump,
    /// D18.
    pub segment_size: SegmentSize,
    /// D19.
    pub ping_anchor: PingAnchor,
    /// D23.
    pub metadata_types: MetadataTypes,
    /// D24.
    pub reorder_count: ReorderCount,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            schema_set: SchemaSet::Documented,
            bitrate_unit: BitrateUnit::Kilobits,
            ad_ping: AdPing::OneToTenSecs,
            qoe_place: QoePlace::QoeDataOnly,
            error_id: ErrorId::Both,
            after_complete: AfterComplete::StaysOpen,
            after_close: AfterClose::Gone,
            pod_position_base: IndexBase::Either,
            pod_index_base: IndexBase::Either,
            downloaded_flag: DownloadedFlag::NotNeeded,
            state_spelling: StateSpelling::CaseInsensitive,
            stream_type: StreamType::Advised,
            playhead_bound: PlayheadBound::UpToLength,
            equal_ts: EqualTs::Tolerated,
            resume_start: ResumeStart::CountsBoth,
            progress_jump: ProgressJump::Skipped,
            segment_size: SegmentSize::FiveMinutes,
            ping_anchor: PingAnchor::Either,
            metadata_types: MetadataTypes::Three,
            reorder_count: ReorderCount::Ten,
        }
    }
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

//! The parameters of the API: one table of every known key.
//!
//! 82 keys from the request tables, the variable pages, swagger, the developer pages and Adobe's
//! SDKs. The files in `schemas/events` say the same in another form; `tests/it/schemas.rs` reads
//! both apart and compares them.

use serde_json::Value;

use super::event_type::EventType;
use super::event_type::EventType::{
    AdBreakStart, AdStart, ChapterStart, Error, SessionStart, StateEnd, StateStart, StatesUpdate,
};

use ValueType::{
    Boolean, Integer, IntegerOrNull, LenientInteger, Number, Object, ObjectArray, String, TextObject,
};

/// Where a key stands in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// A member of the event itself.
    Root,
    /// In `playerTime`.
    PlayerTime,
    /// In `params`; keys are flat, dots are part of them.
    Params,
    /// In `qoeData`; keys are flat.
    QoeData,
}

impl Section {
    /// The member that holds the section, `None` for the event itself.
    #[must_use]
    pub const fn member(self) -> Option<&'static str> {
        match self {
            Section::Root => None,
            Section::PlayerTime => Some("playerTime"),
            Section::Params => Some("params"),
            Section::QoeData => Some("qoeData"),
        }
    }
}

/// The JSON type that the API asks for. It converts nothing: `"1"` is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Text.
    String,
    /// A number with or without a fraction.
    Number,
    /// A whole number; `1.0` is one, since JavaScript cannot tell it from `1`.
    Integer,
    /// A whole number, or `null` for "unknown".
    IntegerOrNull,
    /// Documented as a whole number, but Adobe's own SDK tests send fractions: they pass.
    LenientInteger,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// An object whose values are all text.
    TextObject,
    /// An array of objects.
    ObjectArray,
}

impl ValueType {
    /// The type in words, for messages: "a string", "an integer".
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            ValueType::String => "a string",
            ValueType::Number | ValueType::LenientInteger => "a number",
            ValueType::Integer => "an integer",
            ValueType::IntegerOrNull => "an integer or null",
            ValueType::Boolean => "true or false",
            ValueType::Object => "an object",
            ValueType::TextObject => "an object of strings",
            ValueType::ObjectArray => "an array of objects",
        }
    }

    /// True when the value is of this type (its own members are not looked at).
    #[must_use]
    pub fn fits(self, value: &Value) -> bool {
        match self {
            ValueType::String => value.is_string(),
            ValueType::Number | ValueType::LenientInteger => value.is_number(),
            ValueType::Integer => is_whole(value),
            ValueType::IntegerOrNull => value.is_null() || is_whole(value),
            ValueType::Boolean => value.is_boolean(),
            ValueType::Object | ValueType::TextObject => value.is_object(),
            ValueType::ObjectArray => value.is_array(),
        }
    }
}

/// True for a number without a fraction, however it is written.
fn is_whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// One known key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// The key as it stands in its object: `media.id`, `playhead`.
    pub key: &'static str,
    /// The object that it stands in.
    pub section: Section,
    /// The type of its value.
    pub value: ValueType,
    /// What it says, in one sentence.
    pub meaning: &'static str,
    /// The name of the dimension or metric that it feeds in Adobe's reports.
    pub report_name: Option<&'static str>,
    /// The unit of a number, as documented.
    pub unit: Option<&'static str>,
    /// The event types that the documents give it to.
    pub carried_by: &'static [EventType],
    /// Further types on which Adobe's own samples show it.
    pub also_accepted_on: &'static [EventType],
    /// The types that must have it (for a `params` key: in their `params`).
    pub required_for: &'static [EventType],
    /// The smallest sensible value. A reading of the prose: no published schema has a bound.
    pub min: Option<f64>,
}

impl Parameter {
    /// The parameter with this key in this section.
    #[must_use]
    pub fn find(section: Section, key: &str) -> Option<&'static Parameter> {
        PARAMETERS.iter().find(|parameter| parameter.section == section && parameter.key == key)
    }

    /// The parameter that belongs at a JSON pointer in an event.
    #[must_use]
    pub fn at_pointer(pointer: &str) -> Option<&'static Parameter> {
        let (parent, key) = pointer.rsplit_once('/')?;
        let section = match parent {
            "" => Section::Root,
            "/playerTime" => Section::PlayerTime,
            "/params" => Section::Params,
            "/qoeData" => Section::QoeData,
            _ => return None,
        };
        Self::find(section, &super::json::unescaped(key))
    }

    /// The `params` or `qoeData` key with this name, wherever it belongs.
    #[must_use]
    pub fn known_anywhere(key: &str) -> Option<&'static Parameter> {
        Self::find(Section::Params, key).or_else(|| Self::find(Section::QoeData, key))
    }

    /// True when an event of this type may have it.
    #[must_use]
    pub fn is_accepted_on(&self, event_type: EventType) -> bool {
        self.carried_by.contains(&event_type) || self.also_accepted_on.contains(&event_type)
    }

    const fn new(section: Section, on: &'static [EventType], key: &'static str, value: ValueType) -> Self {
        Parameter {
            key,
            section,
            value,
            meaning: "",
            report_name: None,
            unit: None,
            carried_by: on,
            also_accepted_on: &[],
            required_for: &[],
            min: None,
        }
    }

    const fn means(mut self, meaning: &'static str) -> Self {
        self.meaning = meaning;
        self
    }

    /// Required wherever it is carried.
    const fn required(mut self) -> Self {
        self.required_for = self.carried_by;
        self
    }

    const fn reported_as(mut self, name: &'static str) -> Self {
        self.report_name = Some(name);
        self
    }

    const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    const fn not_negative(mut self) -> Self {
        self.min = Some(0.0);
        self
    }
}

/// True when the value of this `params` key tells one viewer or device from another: reports quote none of them.
#[must_use]
pub fn is_identifying(key: &str) -> bool {
    let of_visitor = key.starts_with("visitor.") && key != "visitor.marketingCloudOrgId";
    of_visitor || matches!(key, "analytics.visitorId" | "analytics.aid" | "appInstallationId")
}

/// The keys that `params` of this type must have, in the order of the documentation.
pub fn required_params(event_type: EventType) -> impl Iterator<Item = &'static str> {
    PARAMETERS
        .iter()
        .filter(move |parameter| {
            parameter.section == Section::Params && parameter.required_for.contains(&event_type)
        })
        .map(|parameter| parameter.key)
}

/// The parameters that `params` of this type may have, in the order of the documentation.
pub fn accepted_on(event_type: EventType) -> impl Iterator<Item = &'static Parameter> {
    PARAMETERS
        .iter()
        .filter(move |parameter| parameter.section == Section::Params && parameter.is_accepted_on(event_type))
}

const EVERY: &[EventType] = &EventType::ALL;

const fn root(key: &'static str, value: ValueType) -> Parameter {
    Parameter::new(Section::Root, EVERY, key, value)
}

const fn time(key: &'static str, value: ValueType) -> Parameter {
    Parameter::new(Section::PlayerTime, EVERY, key, value)
}

const fn start(key: &'static str, value: ValueType) -> Parameter {
    Parameter::new(Section::Params, &[SessionStart], key, value)
}

const fn ad_break(key: &'static str, value: ValueType) -> Parameter {
    Parameter::new(Section::Params, &[AdBreakStart], key, value)
}

const fn ad(key: &'static str, value: ValueType) -> Parameter {
    Parameter::new(Section::Params, &[AdStart], key, value)
}

const fn chapter(key: &'static str, value: ValueType) -> Parameter {
    Parameter::new(Section::Params, &[ChapterStart], key, value)
}

const fn states(key: &'static str) -> Parameter {
    Parameter::new(Section::Params, &[StatesUpdate], key, ObjectArray)
}

const fn error(key: &'static str) -> Parameter {
    Parameter::new(Section::Params, &[Error], key, String)
}

const fn qoe(key: &'static str, value: ValueType) -> Parameter {
    Parameter::new(Section::QoeData, EVERY, key, value)
}

/// Every known key, in the order of the documentation.
pub static PARAMETERS: [Parameter; 82] = [
    root("eventType", String).means("Names what happened.").required(),
    root("playerTime", Object).means("Holds the two times of the event, and nothing else.").required(),
    time("playhead", Number)
        .means("Position in the content (live: second of the UTC day); stands still during ads.")
        .required()
        .unit("s")
        .not_negative(),
    time("ts", Integer)
        .means("The client's clock when it happened; orders the events and gives all durations.")
        .required()
        .unit("ms since Unix epoch, UTC"),
    Parameter {
        required_for: &[
            SessionStart,
            AdBreakStart,
            AdStart,
            ChapterStart,
            StateStart,
            StateEnd,
            StatesUpdate,
        ],
        ..root("params", Object).means("Holds what is particular to the event type, flat, with dotted keys.")
    },
    root("qoeData", Object).means("Holds the quality values of the moment; allowed on every event."),
    Parameter::new(Section::Root, &[SessionStart, AdStart, ChapterStart], "customMetadata", TextObject)
        .means("Holds the customer's own keys; has a meaning on starts of sessions, ads and chapters."),
    start("analytics.trackingServer", String).means("Host name of the Analytics tracking server.").required(),
    start("analytics.reportSuite", String)
        .means("Id of the report suite that the session goes to.")
        .required(),
    start("analytics.enableSSL", Boolean).means("Whether the resulting Analytics calls go over https."),
    start("analytics.visitorId", String).means("The customer's own visitor id (VID)."),
    start("analytics.aid", String).means("The older Analytics visitor id (AID)."),
    start("analytics.optOutServerSideForwarding", Boolean)
        .means("True when the viewer declined that data goes on to other Adobe products."),
    start("analytics.optOutShare", Boolean)
        .means("True when the viewer declined that data is shared between publishers."),
    start("visitor.marketingCloudOrgId", String)
        .means("Id of the organization at Adobe; samples end in @AdobeOrg.")
        .required(),
    start("visitor.marketingCloudUserId", String)
        .means("Experience Cloud id of the viewer (ECID); optional, but needed to join data."),
    start("visitor.aamLocationHint", IntegerOrNull)
        .means("Region number of Audience Manager; null when it is not known."),
    start("visitor.customerIDs", Object)
        .means("The customer's own ids by name, each with an id and a log-in state."),
    start("appInstallationId", String)
        .means("Id of this installation of the app; lets the back end make an ECID when none is sent."),
    start("media.id", String)
        .means("Unique id of the content; without one the session is missing from reports.")
        .required()
        .reported_as("Content"),
    start("media.name", String)
        .means("Readable title of the content.")
        .reported_as("Content name (variable)"),
    start("media.length", Number)
        .means("Duration of the content; 86400 for live content of unknown length.")
        .required()
        .reported_as("Content length (variable)")
        .unit("s")
        .not_negative(),
    start("media.contentType", String)
        .means("How the content is delivered: vod, live, linear, podcast, song and so on; open list.")
        .required()
        .reported_as("Content type"),
    start("media.streamType", String).means("Whether it is video or audio.").reported_as("Stream type"),
    start("media.playerName", String)
        .means("Name of the player.")
        .required()
        .reported_as("Content player name"),
    start("media.channel", String)
        .means("Channel or property that the content is shown on.")
        .required()
        .reported_as("Content channel"),
    start("media.resume", Boolean)
        .means("True when playback goes on from an earlier session.")
        .reported_as("Content resumes"),
    start("media.sdkVersion", String).means("Version of the app or player.").reported_as("App version"),
    start("media.libraryVersion", String)
        .means("Version of the library that sends the events; set by the SDKs."),
    start("media.downloaded", Boolean)
        .means("True when downloaded content was played off line and is sent in one batch.")
        .reported_as("Media downloaded"),
    start("media.show", String).means("Name of the show or series.").reported_as("Show"),
    start("media.season", String).means("Season, as text: 1 and 01 are two seasons.").reported_as("Season"),
    start("media.episode", String).means("Episode, as text.").reported_as("Episode"),
    start("media.assetId", String)
        .means("Id of the asset in the publisher's own systems.")
        .reported_as("Asset ID"),
    start("media.genre", String).means("Genre; several are separated by commas.").reported_as("Genre"),
    start("media.firstAirDate", String)
        .means("Date of the first broadcast; YYYY-MM-DD is advised.")
        .reported_as("First air date"),
    start("media.firstDigitalDate", String)
        .means("Date of the first digital release; YYYY-MM-DD is advised.")
        .reported_as("First digital date"),
    start("media.rating", String).means("Age or parental rating.").reported_as("Content rating"),
    start("media.originator", String).means("Maker of the content.").reported_as("Originator"),
    start("media.network", String).means("Network that broadcasts the content.").reported_as("Network"),
    start("media.showType", String)
        .means("Kind of show as a digit in a string: 0 full episode, 1 preview, 2 clip, 3 other.")
        .reported_as("Show type"),
    start("media.adLoad", String).means("Which set of ads was loaded.").reported_as("Ad loads"),
    start("media.pass.mvpd", String)
        .means("Television provider that the viewer logged in with.")
        .reported_as("MVPD"),
    start("media.pass.auth", String)
        .means("TRUE, as text, when the viewer was authorized; absent otherwise.")
        .reported_as("Authorized"),
    start("media.dayPart", String).means("Part of the day of the broadcast.").reported_as("Day part"),
    start("media.feed", String).means("Kind of feed, such as East or West.").reported_as("Media feed type"),
    start("media.streamFormat", String)
        .means("Format of the stream, such as HD.")
        .reported_as("Stream format"),
    start("media.artist", String).means("Performer of the recording.").reported_as("Artist"),
    start("media.album", String).means("Album of the recording.").reported_as("Album"),
    start("media.label", String).means("Record label.").reported_as("Label"),
    start("media.author", String).means("Author of the audiobook or podcast.").reported_as("Author"),
    start("media.station", String).means("Radio station.").reported_as("Station"),
    start("media.publisher", String).means("Publisher of the audio content.").reported_as("Publisher"),
    Parameter {
        also_accepted_on: &[AdStart],
        ..ad_break("media.ad.podFriendlyName", String)
            .means("Readable name of the ad break.")
            .reported_as("Pod name")
    },
    ad_break("media.ad.podIndex", Integer)
        .means("Number of the ad break in the content, from 0 or 1.")
        .required()
        .not_negative(),
    ad_break("media.ad.podSecond", Number)
        .means("Position of the break in the content; 0 before the content.")
        .required()
        .reported_as("Pod position")
        .unit("s into the content")
        .not_negative(),
    ad("media.ad.id", String)
        .means("Id of the ad; with an empty one the ad is missing from ad reports.")
        .required()
        .reported_as("Ad"),
    ad("media.ad.name", String).means("Readable name of the ad.").reported_as("Ad name (variable)"),
    ad("media.ad.length", Number)
        .means("Duration of the ad.")
        .required()
        .reported_as("Ad length (variable)")
        .unit("s")
        .not_negative(),
    ad("media.ad.podPosition", Integer)
        .means("Number of the ad in its break, from 0 or 1.")
        .required()
        .reported_as("Ad in pod position")
        .not_negative(),
    ad("media.ad.playerName", String)
        .means("Name of the player that shows the ad.")
        .required()
        .reported_as("Ad player name"),
    ad("media.ad.advertiser", String).means("Company or brand that is advertised.").reported_as("Advertiser"),
    ad("media.ad.campaignId", String).means("Id of the campaign.").reported_as("Campaign ID"),
    ad("media.ad.creativeId", String).means("Id of the creative.").reported_as("Creative ID"),
    ad("media.ad.siteId", String).means("Id of the site that shows the ad.").reported_as("Site ID"),
    ad("media.ad.creativeURL", String).means("Address of the creative.").reported_as("Creative URL"),
    ad("media.ad.placementId", String).means("Id of the placement.").reported_as("Placement ID"),
    chapter("media.chapter.friendlyName", String)
        .means("Readable name of the chapter.")
        .reported_as("Chapter name"),
    chapter("media.chapter.index", Integer)
        .means("Number of the chapter in the content, usually from 1.")
        .required()
        .reported_as("Chapter position")
        .not_negative(),
    chapter("media.chapter.offset", Number)
        .means("Position of the chapter's start in the content.")
        .required()
        .reported_as("Chapter offset")
        .unit("s")
        .not_negative(),
    chapter("media.chapter.length", Number)
        .means("Duration of the chapter.")
        .required()
        .reported_as("Chapter length")
        .unit("s")
        .not_negative(),
    Parameter::new(Section::Params, &[StateStart, StateEnd], "media.state.name", String)
        .means("Name of the player state, such as fullScreen; at most 10 names a session.")
        .required()
        .reported_as("Streams impacted by X, X counts, X total duration"),
    states("statesStart").means("Player states that begin."),
    states("statesEnd").means("Player states that end."),
    qoe("media.qoe.bitrate", Integer)
        .means("Bitrate of the moment; the sources disagree on the unit.")
        .reported_as("Average bitrate")
        .unit("bps or kbps (sources disagree)")
        .not_negative(),
    qoe("media.qoe.droppedFrames", Integer)
        .means("Frames dropped since the session began.")
        .reported_as("Dropped frames")
        .unit("frames, running total of the session")
        .not_negative(),
    qoe("media.qoe.framesPerSecond", LenientInteger)
        .means("Frame rate of the moment.")
        .unit("frames/s")
        .not_negative(),
    qoe("media.qoe.timeToStart", Integer)
        .means("Time from the wish to play to the first frame.")
        .reported_as("Time to start")
        .unit("ms (reported in s)")
        .not_negative(),
    qoe("media.qoe.errorID", String)
        .means("Id of the error, as the SDKs send it.")
        .reported_as("Player SDK error IDs / External error IDs"),
    qoe("media.qoe.errorSource", String).means("Who raised the error: player or external."),
    error("media.errorId").means("Id of the error in the spelling of the 2026 error page; no SDK sends it."),
    error("media.errorSource").means("Who raised the error, in the spelling of the 2026 error page."),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_found_in_its_own_section_only() {
        assert!(Parameter::find(Section::Params, "media.id").is_some());
        assert!(Parameter::find(Section::QoeData, "media.id").is_none());
        assert_eq!(Parameter::known_anywhere("media.qoe.bitrate").map(|p| p.section), Some(Section::QoeData));
        assert!(Parameter::known_anywhere("playhead").is_none());
    }

    #[test]
    fn no_key_stands_twice_in_a_section_and_each_has_a_sentence() {
        for (row, parameter) in PARAMETERS.iter().enumerate() {
            let (section, key) = (parameter.section, parameter.key);
            assert!(PARAMETERS[..row].iter().all(|p| (p.section, p.key) != (section, key)), "{key}");
            assert!(parameter.meaning.ends_with('.') && parameter.meaning.len() > 10, "{key}");
        }
    }

    #[test]
    fn whole_numbers_are_told_from_fractions_and_nothing_is_converted() {
        assert!(Integer.fits(&json!(1.0)) && Integer.fits(&json!(-3)) && Integer.fits(&json!(u64::MAX)));
        assert!(!Integer.fits(&json!(1.5)) && !Integer.fits(&json!("1")) && !Integer.fits(&json!(null)));
        assert!(IntegerOrNull.fits(&json!(null)));
        assert!(LenientInteger.fits(&json!(23.5)) && !LenientInteger.fits(&json!("23.5")));
    }
}

//! The header line of the notation: what is watched, how it is sent, and what holds for the whole session.

use serde_json::Value;

use super::line::{Fault, Line, Word};
use super::request;

/// What is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Vod,
    Live,
    Audio,
}

/// How the session is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A request per event.
    Online,
    /// One array to `/api/v1/downloaded`.
    Batch,
    /// One array to `/api/v1/sessions`.
    Legacy,
    /// Events without requests.
    Bare,
}

impl Delivery {
    /// True when all events are sent in one array.
    pub(super) fn is_batch(self) -> bool {
        matches!(self, Delivery::Batch | Delivery::Legacy)
    }
}

/// One header line, read.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub content: Content,
    pub delivery: Delivery,
    /// The capture stops before the session does.
    pub is_open: bool,
    /// The capture begins after the session did.
    pub starts_late: bool,
    /// Id that the answer gives.
    pub sid: String,
    /// The moment of `+0`, milliseconds since 1970.
    pub base_millis: f64,
    /// How far the client's clock is ahead, seconds.
    pub skew_secs: f64,
    /// Media seconds per second.
    pub rate: f64,
    /// Playhead at `+0`.
    pub playhead: f64,
    /// Scheme and host of the requests.
    pub origin: String,
    /// Words that set parameters of the `sessionStart`.
    pub start_words: Vec<Word>,
    /// Words that set something of each request.
    pub request_words: Vec<Word>,
}

/// Noon of 2024-01-02 UTC: the `+0` of the first session.
pub(super) const FIRST_BASE_MILLIS: f64 = 1_704_196_800_000.0;
/// Later sessions begin so long after the last moment of the one before.
pub(super) const BETWEEN_SESSIONS_SECS: f64 = 3600.0;

const EXPECTED_FLAG: &str = "expected @vod, @live, @audio, @batch, @legacy, @bare, @open or @starts-late";

impl Scene {
    /// The scene of a header line. `first_base_millis` is the `+0` of the text's first session, `default_base`
    /// the `+0` of this one unless `at=` or `base=` says otherwise, `number` counts sessions from 0.
    pub fn read(
        line: &Line,
        number: usize,
        first_base: Option<f64>,
        default_base: f64,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let mut scene = Scene {
            content: Content::Vod,
            delivery: Delivery::Online,
            is_open: false,
            starts_late: false,
            sid: format!("5e55104e{:08x}", number + 1),
            base_millis: default_base,
            skew_secs: 0.0,
            rate: 1.0,
            playhead: f64::NAN,
            origin: "https://example.hb-api.omtrdc.net".to_owned(),
            start_words: Vec::new(),
            request_words: Vec::new(),
        };
        for word in &line.words {
            let understood = match word.name.strip_prefix('@') {
                Some(flag) => scene.flag(flag),
                None => scene.setting(word, first_base),
            };
            if let Err(expected) = understood {
                faults.push(Fault::new(word.range.start, expected));
            }
        }
        if scene.playhead.is_nan() {
            scene.playhead = scene.default_playhead();
        }
        scene
    }

    fn flag(&mut self, flag: &str) -> Result<(), &'static str> {
        match flag {
            "vod" => self.content = Content::Vod,
            "live" => self.content = Content::Live,
            "audio" => self.content = Content::Audio,
            "batch" => self.delivery = Delivery::Batch,
            "legacy" => self.delivery = Delivery::Legacy,
            "bare" => self.delivery = Delivery::Bare,
            "open" => self.is_open = true,
            "starts-late" => self.starts_late = true,
            _ => return Err(EXPECTED_FLAG),
        }
        Ok(())
    }

    fn setting(&mut self, word: &Word, first_base: Option<f64>) -> Result<(), &'static str> {
        let secs = || word.seconds().ok_or("expected a number of seconds");
        match word.name.as_str() {
            "sid" => self.sid = word.text(),
            "host" => self.origin = origin(&word.text()),
            "at" => self.base_millis = first_base.unwrap_or(self.base_millis) + secs()? * 1000.0,
            "base" => {
                let millis = word.value.as_ref().and_then(Value::as_f64);
                self.base_millis =
                    millis.filter(|m| m.abs() < 1e15).ok_or("expected milliseconds since 1970")?;
            }
            "skew" => self.skew_secs = secs()?,
            "rate" => self.rate = secs()?,
            "ph" => self.playhead = secs()?,
            name if request::is_request_word(name) => self.request_words.push(word.clone()),
            _ => self.start_words.push(word.clone()),
        }
        Ok(())
    }

    /// Recorded content begins at 0, live content at the second of the UTC day.
    fn default_playhead(&self) -> f64 {
        match self.content {
            Content::Live => (self.base_millis / 1000.0).rem_euclid(super::playback::DAY_SECS),
            Content::Vod | Content::Audio => 0.0,
        }
    }
}

/// Scheme and host; `https` unless the word has a scheme of its own.
fn origin(host: &str) -> String {
    if host.contains("://") { host.to_owned() } else { format!("https://{host}") }
}

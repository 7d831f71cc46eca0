//! What a `sessionStart` says of viewer, player and content.

use serde_json::{Map, Value, json};

use super::habits::Habit;
use super::stage::{Counting, Stage, params};

/// What does not change from one session of a viewing to the next.
pub(super) struct Identity {
    params: Map<String, Value>,
    metadata: Map<String, Value>,
}

impl Identity {
    /// Draws somebody who watches something.
    pub fn drawn(stage: &mut Stage) -> Identity {
        let number = stage.random.between(1, 99_999);
        let live = stage.counting != Counting::FromZero;
        let audio = stage.random.one_in(3);
        let content_type = match (live, audio, stage.random.coin()) {
            (true, _, true) => "live",
            (true, _, false) => "linear",
            (false, true, true) => "podcast",
            (false, true, false) => "audiobook",
            (false, false, _) => "vod",
        };
        let mut all = params([
            ("analytics.trackingServer", json!("metrics.example.com")),
            ("analytics.reportSuite", json!("gardensuite")),
            ("visitor.marketingCloudOrgId", json!("0123456789ABCDEF01234567@AdobeOrg")),
            ("media.id", json!(format!("garden-{number}"))),
            ("media.name", json!(format!("Garden {number}"))),
            ("media.length", json!(0)),
            ("media.contentType", json!(content_type)),
            ("media.streamType", json!(if audio { "audio" } else { "video" })),
            ("media.playerName", json!("Garden player")),
            ("media.channel", json!("garden/channel")),
        ]);
        if stage.random.one_in(4) {
            all.insert("appInstallationId".to_owned(), json!(format!("install-{number}")));
        } else {
            let id = "60527231337442986113254188072231110981";
            all.insert("visitor.marketingCloudUserId".to_owned(), json!(id));
        }
        if stage.has(Habit::ExtraParameters) {
            stage.used.add(Habit::ExtraParameters);
            extra(&mut all, audio);
        }
        Identity { params: all, metadata: metadata(stage) }
    }

    /// `params` of a session.
    pub fn params(&self, stage: &mut Stage, resumes: bool, legacy_batch: bool) -> Map<String, Value> {
        let mut all = self.params.clone();
        let flags = stage.has(Habit::FlagsWrittenOut) && !stage.downloaded;
        if flags {
            stage.used.add(Habit::FlagsWrittenOut);
            all.insert("media.downloaded".to_owned(), json!(false));
        }
        if resumes || flags {
            all.insert("media.resume".to_owned(), json!(resumes));
        }
        if legacy_batch {
            all.insert("media.downloaded".to_owned(), json!(true));
        }
        all
    }

    /// `customMetadata` of a session.
    pub fn metadata(&self) -> Map<String, Value> {
        self.metadata.clone()
    }
}

/// Keys that Adobe's SDKs send although the table of the documents lacks them (N12).
fn extra(all: &mut Map<String, Value>, audio: bool) {
    let more = params([
        ("analytics.enableSSL", json!(true)),
        ("analytics.aid", json!("2F8E1A5B05031A2C-4000012C2001F1B2")),
        ("visitor.aamLocationHint", json!(6)),
        ("visitor.customerIDs", json!({"crm": {"id": "crm-7", "authState": 1}})),
        ("media.sdkVersion", json!("player 7.4.2")),
        ("media.libraryVersion", json!("garden-3.1.0")),
    ]);
    all.extend(more);
    let about = if audio {
        params([("media.artist", json!("Larks")), ("media.station", json!("Garden FM"))])
    } else {
        params([
            ("media.show", json!("Growing")),
            ("media.season", json!("2")),
            ("media.episode", json!("7")),
        ])
    };
    all.extend(about);
}

fn metadata(stage: &mut Stage) -> Map<String, Value> {
    let mut all = Map::new();
    if stage.has(Habit::UnicodeMetadata) {
        stage.used.add(Habit::UnicodeMetadata);
        all.insert("garden.motto".to_owned(), json!("Über alles wächst Gras 🌱/草"));
    }
    if stage.random.coin() {
        all.insert("isUserLoggedIn".to_owned(), json!("false"));
    }
    all
}

//! The demo sessions that come with the program, in the session notation.

/// One demo session.
#[derive(Debug, Clone, Copy)]
pub struct Demo {
    /// Its name, as that of a capture.
    pub name: &'static str,
    /// What it shows, in one line.
    pub summary: &'static str,
    /// Its text.
    pub bytes: &'static [u8],
}

/// So many times faster than real time the demo sessions are played: minutes become seconds.
pub const DEMO_SPEED: f64 = 10.0;

/// All demo sessions, in the order in which they are offered.
pub static DEMOS: &[Demo] = &[
    Demo {
        name: "demo/episode-with-ads.session",
        summary: "A film episode with two ad breaks and chapters, as it should be",
        bytes: include_bytes!("../../assets/demo/episode-with-ads.session"),
    },
    Demo {
        name: "demo/events-out-of-order.session",
        summary: "A player whose events overtake each other and whose playhead jumps",
        bytes: include_bytes!("../../assets/demo/events-out-of-order.session"),
    },
    Demo {
        name: "demo/offline-viewing-refused.session",
        summary: "A downloaded session that the API refuses as a whole",
        bytes: include_bytes!("../../assets/demo/offline-viewing-refused.session"),
    },
    Demo {
        name: "demo/live-match.session",
        summary: "A live stream with buffering, a bitrate change and player states",
        bytes: include_bytes!("../../assets/demo/live-match.session"),
    },
];

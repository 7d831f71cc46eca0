//! Numbers of the API, each with the page that states it, and the limits of our own readers.

/// Pings on main content: every 10 s. Source: `ping.md`, `mc-api-sed-pings.md`.
pub const PING_INTERVAL_SECS: f64 = 10.0;
/// Pings in ads, by the older pages: every 1 s. Source: `ping.md` (D2: `mc-api-sed-pings.md` says 10 s).
pub const AD_PING_INTERVAL_SECS: f64 = 1.0;
/// Ping spacing of the mobile SDKs in downloaded sessions. Source: observed, AEP Media for iOS and Android.
pub const DOWNLOADED_PING_INTERVAL_SECS: f64 = 50.0;
/// Without any event for so long the back end closes the session. Source: `mc-api-timeout.md`.
pub const SILENCE_TIMEOUT_SECS: f64 = 600.0;
/// With a playhead that stands still for so long the back end closes the session. Source: `mc-api-timeout.md`.
pub const STILL_PLAYHEAD_TIMEOUT_SECS: f64 = 1800.0;
/// The back end holds events until so many have come to sort them by `ts`. Source: `mc-api-ctrl-order.md` (D24).
pub const REORDER_WINDOW_EVENTS: usize = 10;
/// Two consecutive events should lie at least so far apart. Source: `mc-api-ctrl-order.md` (D14).
pub const MIN_TS_STEP_MILLIS: i64 = 1;
/// Distinct player state names per session; later ones are discarded. Source: `player-state/overview.md`.
pub const MAX_PLAYER_STATES: usize = 10;
/// Longest name of a player state. Source: `player-state/overview.md`.
pub const MAX_STATE_NAME_CHARS: usize = 64;
/// Seconds of a day: the playhead of live content lies below. Source: `mc-api-sessions-req.md`.
pub const SECONDS_OF_DAY: f64 = 86_400.0;
/// 2000-01-01 UTC in milliseconds: an earlier `ts` is taken for a broken clock or a wrong unit.
pub const YEAR_2000_MILLIS: i64 = 946_684_800_000;
/// 2100-01-01 UTC in milliseconds: a larger `ts` is taken for a wrong unit.
pub const YEAR_2100_MILLIS: i64 = 4_102_444_800_000;

/// Largest file that is opened, bytes.
pub const MAX_FILE_BYTES: u64 = 8 << 30;
/// Largest decompressed size of one body or file, bytes.
pub const MAX_UNPACKED_BYTES: u64 = 8 << 30;
/// Largest ratio of decompressed to packed size.
pub const MAX_UNPACK_RATIO: u64 = 200;
/// Deepest nesting of JSON that is read.
pub const MAX_JSON_DEPTH: usize = 128;
/// A rule keeps so many findings per session; the rest are counted in the last of them.
pub const MAX_FINDINGS_PER_RULE: usize = 1000;

//! What a simulated player plays: sessions out of a seed or a script, as plans. Pure.
//!
//! `ts` begins at the moment of playing and goes on at media speed, however fast the requests go out: a session that is
//! sent ten times faster says the same of itself as one in real time.

use super::draft::Draft;
use super::from_capture::session_for_sending;
use super::path::{SESSIONS, SendPath};
use super::plan::{self, Options, Pacing, Plan, PlannedSend, SendMode, TsMode};
use super::refusal::Refusal;
use crate::ingest;
use crate::ingest::notation;
use crate::model::capture::Capture;
use crate::model::clock::TsMillis;
use crate::model::session::{Mode, Session};
use crate::model::watch::Unwatched;
use crate::player::viewing::{Delivery, PlayedSession, Style, Viewing, Wish};

/// What one run of the player plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// A viewing out of a seed: its sessions are played one after the other.
    Drawn {
        /// Decides everything but the clock.
        seed: u64,
        /// At least so long, in one session; otherwise as long as the seed decides. Milliseconds.
        lasts_millis: Option<i64>,
        /// Event by event, never as a batch.
        online: bool,
    },
    /// A text in the session notation: its sessions are played side by side.
    Scripted(std::sync::Arc<str>),
}

/// One session to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// How it is sent.
    pub mode: Mode,
    /// It begins so many milliseconds after the run does.
    pub begins_millis: u64,
    /// Its requests, or why it cannot be played.
    pub plan: Result<Plan, Refusal>,
}

/// The sessions of a role that begins `now`. `speed`: so many times faster than real time; `None`: at once.
#[must_use]
pub fn parts(role: &Role, now: TsMillis, speed: Option<f64>) -> Vec<Part> {
    match role {
        Role::Drawn { seed, lasts_millis, online } => {
            let wish = Wish { begins_at: Some(now), lasts_millis: *lasts_millis, online: *online };
            drawn(*seed, wish, now, speed)
        }
        Role::Scripted(text) => scripted(text, now, speed),
    }
}

/// True for a text that can be a script.
#[must_use]
pub fn is_script(text: &str) -> bool {
    notation::is_notation(text.as_bytes())
}

fn drawn(seed: u64, wish: Wish, now: TsMillis, speed: Option<f64>) -> Vec<Part> {
    let mut viewing = Viewing::wished(seed, wish);
    let stamps = || viewing.sessions.iter().flat_map(|session| &session.events).map(|event| event.ts);
    // What was watched without a network is over when it is sent.
    if viewing.sessions.iter().any(|session| matches!(session.delivery, Delivery::Batch { .. })) {
        let lasted = stamps().max().map_or(0, |last| last.millis_since(now));
        let begins_at = Some(TsMillis(now.0 - lasted));
        viewing = Viewing::wished(seed, Wish { begins_at, ..wish });
    }
    let style = viewing.style;
    let sessions = (1..).zip(&viewing.sessions);
    sessions.map(|(number, session)| part_of_viewing(number, session, style, now, speed)).collect()
}

fn part_of_viewing(
    number: u32,
    session: &PlayedSession,
    style: Style,
    now: TsMillis,
    speed: Option<f64>,
) -> Part {
    let first = session.events.first().map_or(now, |event| event.ts);
    let texts = session.events.iter().map(|event| event.text(style));
    let (mode, path) = match session.delivery {
        Delivery::Batch { legacy: true, .. } => (Mode::LegacyDownloaded, SESSIONS),
        Delivery::Batch { legacy: false, .. } => (Mode::Downloaded, "/api/v1/downloaded"),
        Delivery::Online | Delivery::Bare => (Mode::Online, SESSIONS),
    };
    let sends = if mode == Mode::Online {
        let online = (0..).zip(session.events.iter().zip(texts)).map(|(index, (event, text))| {
            let path = match index {
                0 => SendPath::Fixed(SESSIONS.to_owned()),
                _ => SendPath::WithSid { before: format!("{SESSIONS}/"), after: "/events".to_owned() },
            };
            send(path, text, vec![index], paced(event.ts.millis_since(first), speed))
        });
        online.collect()
    } else {
        let body = format!("[{}]", texts.collect::<Vec<_>>().join(","));
        let events = (0..session.events.len() as u32).collect();
        vec![send(SendPath::Fixed(path.to_owned()), body, events, 0)]
    };
    let begins_millis = if mode == Mode::Online { paced(first.millis_since(now), speed) } else { 0 };
    Part { mode, begins_millis, plan: Ok(Plan { session: number, sends }) }
}

fn send(path: SendPath, body: String, events: Vec<u32>, at_millis: u64) -> PlannedSend {
    PlannedSend {
        at_millis,
        method: "POST".to_owned(),
        opens_session: path == SendPath::Fixed(SESSIONS.to_owned()),
        path,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.into_bytes(),
        events,
    }
}

/// Milliseconds of the player as milliseconds of the sender.
fn paced(millis: i64, speed: Option<f64>) -> u64 {
    speed.map_or(0, |speed| (millis.max(0) as f64 / speed).round() as u64)
}

fn scripted(text: &str, now: TsMillis, speed: Option<f64>) -> Vec<Part> {
    let capture = ingest::ingest("script", begun_at(text, now).into_bytes(), &Unwatched);
    let pacing = match speed {
        Some(speed) => Pacing::AsCaptured { speed, max_gap_secs: None },
        None => Pacing::AtOnce,
    };
    let options = Options { mode: SendMode::AsCaptured, ts: TsMode::AsCaptured, pacing, headers: Vec::new() };
    let part = |session: &Session| {
        let begins_millis = first_arrival(&capture, session).map_or(0, |first| first.millis_since(now));
        let draft = Draft::new(session_for_sending(&capture, session));
        // Without requests nothing says how they were sent: as a player does.
        let mode = if draft.bare && draft.mode == Mode::Unknown { SendMode::Online } else { options.mode };
        Part {
            mode: if mode == SendMode::Online { Mode::Online } else { draft.mode },
            begins_millis: paced(begins_millis, speed),
            plan: plan::plan(&draft, &Options { mode, ..options.clone() }, now),
        }
    };
    capture.sessions.iter().map(part).collect()
}

fn first_arrival(capture: &Capture, session: &Session) -> Option<TsMillis> {
    let exchanges = session.exchanges.iter().filter_map(|id| capture.exchange(*id));
    let arrivals = exchanges.filter_map(|exchange| exchange.received_at());
    arrivals.min().map(|first| TsMillis(first.0.div_euclid(1000)))
}

/// The script with `+0` of its sessions now: of all that do not say `base=` or `at=` themselves.
fn begun_at(script: &str, now: TsMillis) -> String {
    let mut begun = String::with_capacity(script.len() + 64);
    for line in script.split_inclusive('\n') {
        let words = line.trim_start();
        let says = |word: &str| words.split_whitespace().any(|other| other.starts_with(word));
        if words.starts_with('@') && !says("base=") && !says("at=") {
            let end = words.find(char::is_whitespace).unwrap_or(words.len());
            begun.push_str(&format!("{} base={}{}", &words[..end], now.0, &words[end..]));
        } else {
            begun.push_str(line);
        }
    }
    begun
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: TsMillis = TsMillis(1_790_000_000_000);

    fn plans(parts: &[Part]) -> Vec<&Plan> {
        parts.iter().map(|part| part.plan.as_ref().expect("it can be played")).collect()
    }

    /// Seconds when each request goes out.
    fn secs(plan: &Plan) -> Vec<f64> {
        plan.sends.iter().map(|send| send.at_millis as f64 / 1000.0).collect()
    }

    fn ts(send: &PlannedSend) -> i64 {
        let event: serde_json::Value = serde_json::from_slice(&send.body).expect("JSON");
        event["playerTime"]["ts"].as_i64().expect("a stamp")
    }

    #[test]
    fn a_script_begins_now_and_keeps_its_gaps() {
        let script = "@vod length=60  # a comment\n+0 sessionStart\n+0.5 play\n+10.5 ping type=text/plain\n\n\
                      @live at=+60\n+0 sessionStart\n+5 sessionEnd\n";
        let parts = parts(&Role::Scripted(script.into()), NOW, Some(2.0));
        let plans = plans(&parts);
        assert_eq!((parts[0].begins_millis, parts[1].begins_millis), (0, 30_000));
        assert_eq!(secs(plans[0]), [0.0, 0.25, 5.25]);
        assert_eq!(ts(&plans[0].sends[2]), NOW.0 + 10_500, "at media speed");
        assert_eq!(plans[0].sends[2].headers, [("Content-Type".to_owned(), "text/plain".to_owned())]);
        assert_eq!(ts(&plans[1].sends[0]), NOW.0 + 60_000);
        let body = String::from_utf8(plans[1].sends[0].body.clone()).expect("text");
        let second_of_day = (NOW.0 / 1000 + 60) % 86_400;
        assert!(body.contains(&format!("\"playhead\":{second_of_day}")), "{body}");
    }

    #[test]
    fn words_of_a_script_about_its_clock_stay() {
        let script = "@vod base=1704196800000\n+0 sessionStart\n@vod skew=+90\n+0 sessionStart\n@bare\n+0 sessionStart\n";
        let parts = parts(&Role::Scripted(script.into()), NOW, None);
        let stamps: Vec<i64> = plans(&parts).iter().map(|plan| ts(&plan.sends[0])).collect();
        assert_eq!(stamps, [1_704_196_800_000, NOW.0 + 90_000, NOW.0]);
    }

    #[test]
    fn a_seed_decides_everything_but_the_clock() {
        for seed in 0..200 {
            let role = Role::Drawn { seed, lasts_millis: None, online: false };
            let [first, second] =
                [NOW, TsMillis(NOW.0 + 7 * 86_400_000)].map(|now| parts(&role, now, Some(1.0)));
            let shown = |parts: &[Part], now: TsMillis| {
                let bodies = plans(parts).into_iter().flat_map(|plan| &plan.sends).map(|send| {
                    let text = String::from_utf8(send.body.clone()).expect("text");
                    let stamps = text.split("\"ts\":").skip(1).map(|rest| {
                        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                        rest[..end].parse::<i64>().expect("a stamp")
                    });
                    let stamps: Vec<i64> = stamps.map(|ts| ts - now.0).collect();
                    let mut rest = text;
                    stamps.iter().for_each(|ts| rest = rest.replacen(&(ts + now.0).to_string(), "", 1));
                    (rest, stamps, send.at_millis, send.path.clone())
                });
                bodies.collect::<Vec<_>>()
            };
            // Whole days apart even the second of the day is the same.
            assert_eq!(shown(&first, NOW), shown(&second, TsMillis(NOW.0 + 7 * 86_400_000)), "seed {seed}");
        }
    }

    #[test]
    fn what_was_downloaded_is_over_when_it_is_sent() {
        let batches = (0..60)
            .flat_map(|seed| parts(&Role::Drawn { seed, lasts_millis: None, online: false }, NOW, Some(1.0)));
        let mut n_batches = 0;
        for part in batches.filter(|part| part.mode.is_downloaded()) {
            n_batches += 1;
            let plan = part.plan.expect("it can be played");
            let events: Vec<serde_json::Value> = serde_json::from_slice(&plan.sends[0].body).expect("JSON");
            let last = events.last().and_then(|event| event["playerTime"]["ts"].as_i64()).expect("a stamp");
            assert!(last <= NOW.0, "{last}");
            assert_eq!((part.begins_millis, plan.sends.len()), (0, 1));
        }
        assert!(n_batches > 5, "{n_batches}");
    }

    #[test]
    fn a_wished_length_is_one_session_of_about_that_length() {
        let day = 86_000_000;
        for seed in 0..4 {
            let online = seed % 2 == 0;
            let parts = parts(&Role::Drawn { seed, lasts_millis: Some(day), online }, NOW, None);
            let [part] = parts.as_slice() else { panic!("seed {seed}: one session") };
            let plan = part.plan.as_ref().expect("it can be played");
            assert!(part.mode == Mode::Online || !online, "seed {seed}");
            let n_events: usize = plan.sends.iter().map(|send| send.events.len()).sum();
            // stored sessions ping every 50 s
            let fewest = if part.mode.is_downloaded() { 1700 } else { 8000 };
            assert!((fewest..14_000).contains(&n_events), "seed {seed}: {n_events} events");
        }
    }
}

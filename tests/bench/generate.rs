//! Captures of any size, the same for the same seed: correct sessions that use everything the API has
//! (ads, chapters, pauses, buffers, seeks, player states, bitrate, errors).

use std::io::{self, Write};

use fastrand::Rng;
use playtrace::ingest::journal::seal;

/// Events per session in the archive.
pub const SESSION_EVENTS: usize = 400;
/// Sessions that run side by side in the archive.
const SESSIONS_AT_ONCE: usize = 50;
/// When the first event happens: 2026-01-05 08:00 UTC.
const FIRST_TS: i64 = 1_767_600_000_000;
/// From one ping to the next, on content and in ads.
const PING_MILLIS: i64 = 10_000;
/// No scene has more events than this.
const LONGEST_SCENE: usize = 60;

/// Writes one downloaded session as a bare array.
///
/// # Errors
/// Those of `out`.
pub fn batch(n_events: usize, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let events = Player::new(seed, FIRST_TS, true).play(n_events);
    for (index, event) in events.iter().enumerate() {
        out.write_all(if index == 0 { b"[" } else { b",\n" })?;
        out.write_all(event.json.as_bytes())?;
    }
    out.write_all(b"]\n")
}

/// Writes an HTTP archive of online sessions, interleaved, a request per event.
///
/// # Errors
/// Those of `out`.
pub fn har(n_events: usize, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let head = r#"{"log":{"version":"1.2","creator":{"name":"playtrace-bench","version":"1"},"entries":["#;
    out.write_all(head.as_bytes())?;
    let mut separator: &[u8] = b"\n";
    online(n_events, seed, |send| {
        out.write_all(std::mem::replace(&mut separator, b",\n"))?;
        send.write(out)
    })?;
    out.write_all(b"\n]}}\n")
}

/// Writes the same requests as a journal.
///
/// # Errors
/// Those of `out`.
pub fn journal(n_events: usize, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut number = 0;
    let line = |text: String, out: &mut dyn Write| {
        let mut line = text.into_bytes();
        seal(&mut line, 0);
        out.write_all(&line)
    };
    let started = r#""started":"2026-01-05T08:00:00.000000Z","program":"bench","next":1"#;
    line(format!(r#"{{"playtrace":"journal","version":1,{started}"#), out)?;
    online(n_events, seed, |send| {
        number += 1;
        let [request, answer] = send.journaled(number);
        line(request, out)?;
        line(answer, out)
    })
}

/// The requests of online sessions, interleaved, in order of time.
fn online(n_events: usize, seed: u64, mut each: impl FnMut(&Send) -> io::Result<()>) -> io::Result<()> {
    let mut random = Rng::with_seed(seed);
    let (mut written, mut from) = (0, FIRST_TS);
    while written < n_events {
        let mut sends = Vec::new();
        for _ in 0..SESSIONS_AT_ONCE.min((n_events - written).div_ceil(SESSION_EVENTS)) {
            let len = SESSION_EVENTS.min(n_events - written);
            let begin = from + random.i64(0..600_000);
            let sid: String =
                (0..40).map(|_| char::from_digit(random.u32(0..16), 16).unwrap_or('0')).collect();
            let events = Player::new(random.u64(..), begin, false).play(len);
            let latency = random.i64(15..80);
            sends.extend(events.into_iter().enumerate().map(|(index, event)| Send {
                at: event.ts + latency,
                sid: sid.clone(),
                opens: index == 0,
                json: event.json,
            }));
            written += len;
        }
        sends.sort_by_key(|send| send.at);
        from = sends.last().map_or(from, |send| send.at);
        sends.iter().try_for_each(&mut each)?;
    }
    Ok(())
}

/// A request.
struct Send {
    at: i64,
    sid: String,
    opens: bool,
    json: String,
}

impl Send {
    /// The lines of request and answer, without their checksums.
    fn journaled(&self, number: u64) -> [String; 2] {
        let time = |millis| jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
        let (at, answered_at) = (time(self.at), time(self.at + 41));
        let path = if self.opens { String::new() } else { format!("/{}/events", self.sid) };
        let body = self.json.replace('"', "\\\"");
        let len = self.json.len();
        let (status, headers) = if self.opens {
            (201, format!(r#"["location","/api/v1/sessions/{}"]"#, self.sid))
        } else {
            (204, String::new())
        };
        let request = format!(
            concat!(
                r#"{{"request":{},"at":"{:.6}","via":"stand-in","scheme":"http","method":"POST","#,
                r#""target":"/api/v1/sessions{}","http":"HTTP/1.1","headers":[["host","127.0.0.1:8787"],"#,
                r#"["content-type","application/json"],["content-length","{}"]],"body":"{}""#
            ),
            number, at, path, len, body
        );
        let answer = format!(
            r#"{{"answer":{number},"at":"{answered_at:.6}","by":"stand-in","status":{status},"headers":[{headers}]"#
        );
        [request, answer]
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let at = jiff::Timestamp::from_millisecond(self.at).unwrap_or_default();
        let path = if self.opens { String::new() } else { format!("/{}/events", self.sid) };
        let body = self.json.replace('"', "\\\"");
        let len = self.json.len();
        let (status, text, location) = if self.opens {
            let location = format!(r#"{{"name":"Location","value":"/api/v1/sessions/{}"}}"#, self.sid);
            (201, "Created", location)
        } else {
            (204, "No Content", String::new())
        };
        write!(
            out,
            concat!(
                r#"{{"startedDateTime":"{}","time":41,"request":{{"method":"POST","#,
                r#""url":"https://acme.hb-api.omtrdc.net/api/v1/sessions{}","httpVersion":"h2","cookies":[],"#,
                r#""headers":[{{"name":"Content-Type","value":"application/json"}}],"#,
                r#""queryString":[],"headersSize":-1,"bodySize":{},"#,
                r#""postData":{{"mimeType":"application/json","text":"{}"}}}},"#,
                r#""response":{{"status":{},"statusText":"{}","httpVersion":"h2","cookies":[],"headers":[{}],"#,
                r#""content":{{"size":0,"mimeType":""}},"redirectURL":"","headersSize":-1,"bodySize":0}},"#,
                r#""cache":{{}},"timings":{{"send":0,"wait":41,"receive":0}}}}"#
            ),
            at, path, len, body, status, text, location
        )
    }
}

/// One event with its stamp.
struct Event {
    ts: i64,
    json: String,
}

/// A player that plays recorded content and reports it.
struct Player {
    random: Rng,
    downloaded: bool,
    events: Vec<Event>,
    ts: i64,
    /// Milliseconds into the content.
    playhead: i64,
    /// When the last event happened from which the ping timer counts.
    timer: i64,
    bitrate: u32,
    dropped_frames: u32,
    breaks: u32,
    chapters: u32,
    full_screen: bool,
}

impl Player {
    fn new(seed: u64, ts: i64, downloaded: bool) -> Self {
        Self {
            random: Rng::with_seed(seed),
            downloaded,
            events: Vec::new(),
            ts,
            playhead: 0,
            timer: ts,
            bitrate: 3200,
            dropped_frames: 0,
            breaks: 0,
            chapters: 0,
            full_screen: false,
        }
    }

    /// Plays until exactly `n_events` were sent; the last one completes the session.
    fn play(mut self, n_events: usize) -> Vec<Event> {
        let begin = self.ts;
        self.send("sessionStart", "");
        self.wait(250);
        if n_events > LONGEST_SCENE {
            self.ad_break();
        } else if n_events > 2 {
            self.send_and_restart("play", "");
        }
        while self.events.len() + LONGEST_SCENE < n_events {
            self.scene();
        }
        while self.events.len() + 1 < n_events {
            self.watch(PING_MILLIS);
        }
        self.wait_playing(1000);
        if n_events > 1 {
            self.send("sessionComplete", "");
        }
        let start = self.session_start(begin);
        self.events[0] = Event { ts: begin, json: start };
        self.events.truncate(n_events);
        self.events
    }

    /// The start, when it is known how long the content is.
    fn session_start(&mut self, ts: i64) -> String {
        let id = self.random.u32(..);
        // A length that is no whole number of thousands: milliseconds would be.
        let length = self.playhead as f64 / 1000.0 + 0.25;
        let downloaded = if self.downloaded { r#""media.downloaded":true,"# } else { "" };
        format!(
            concat!(
                r#"{{"eventType":"sessionStart","playerTime":{{"playhead":0,"ts":{}}},"params":{{"#,
                r#""analytics.trackingServer":"metrics.example.com","analytics.reportSuite":"bench","#,
                r#""analytics.enableSSL":true,"visitor.marketingCloudOrgId":"0123456789ABCDEF01234567@AdobeOrg","#,
                r#""visitor.marketingCloudUserId":"60527231337442986113254188072231110981","#,
                r#""media.id":"film-{:08x}","media.name":"Film {:08x}","media.length":{},"#,
                r#""media.contentType":"vod","media.streamType":"video","media.playerName":"bench player","#,
                r#""media.channel":"bench","media.sdkVersion":"1.0",{}"media.resume":false}},"#,
                r#""customMetadata":{{"plan":"premium","loggedIn":"true"}}}}"#
            ),
            ts, id, id, length, downloaded
        )
    }

    /// Something that happens to a viewer.
    fn scene(&mut self) {
        match self.random.u32(0..100) {
            0..5 => self.ad_break(),
            5..9 => self.chapter(),
            9..15 => self.pause(),
            15..20 => self.buffer(),
            20..24 => self.seek(),
            24..28 => self.state(),
            28..34 => self.bitrate_change(),
            34..36 => self.error(),
            _ => {
                let pings = self.random.i64(1..6);
                self.watch(pings * PING_MILLIS);
            }
        }
    }

    fn ad_break(&mut self) {
        let second = self.playhead / 1000;
        self.breaks += 1;
        let index = self.breaks;
        let params = format!(
            r#","params":{{"media.ad.podFriendlyName":"break {index}","media.ad.podIndex":{index},"media.ad.podSecond":{second}}}"#
        );
        self.send("adBreakStart", &params);
        for position in 1..=self.random.u32(1..4) {
            self.wait(1);
            self.ad(position);
        }
        self.wait(1);
        self.send("adBreakComplete", "");
        self.wait(1);
        self.send_and_restart("play", "");
    }

    fn ad(&mut self, position: u32) {
        let seconds = self.random.i64(6..31);
        let id = self.random.u32(0..1000);
        let params = format!(
            concat!(
                r#","params":{{"media.ad.id":"ad-{id}","media.ad.name":"Ad {id}","media.ad.length":{seconds},"#,
                r#""media.ad.podPosition":{position},"media.ad.playerName":"bench player","media.ad.advertiser":"ACME"}},"#,
                r#""customMetadata":{{"affiliate":"north"}}"#
            ),
            id = id,
            seconds = seconds,
            position = position
        );
        self.send("adStart", &params);
        self.wait(1);
        self.send_and_restart("play", "");
        let skipped = self.random.u32(0..8) == 0;
        let shown = if skipped { 5000 } else { seconds * 1000 };
        self.idle(shown);
        self.send(if skipped { "adSkip" } else { "adComplete" }, "");
    }

    fn chapter(&mut self) {
        let (offset, length) = (self.playhead as f64 / 1000.0, self.random.i64(2..9) * 10);
        self.chapters += 1;
        let index = self.chapters;
        let params = format!(
            concat!(
                r#","params":{{"media.chapter.friendlyName":"Chapter {index}","media.chapter.index":{index},"#,
                r#""media.chapter.length":{length},"media.chapter.offset":{offset}}},"#,
                r#""customMetadata":{{"segmentType":"scene"}}"#
            ),
            index = index,
            length = length,
            offset = offset
        );
        self.wait_playing(1);
        self.send("chapterStart", &params);
        self.watch(length * 1000 - 1);
        self.wait_playing(1);
        self.send("chapterComplete", "");
        self.wait_playing(1);
    }

    fn pause(&mut self) {
        self.wait_playing(700);
        self.send_and_restart("pauseStart", "");
        let millis = self.random.i64(1000..45_000);
        self.idle(millis);
        self.send_and_restart("play", "");
    }

    fn buffer(&mut self) {
        self.wait_playing(400);
        self.send_and_restart("bufferStart", "");
        let millis = self.random.i64(200..6000);
        self.idle(millis);
        self.send_and_restart("play", "");
    }

    fn seek(&mut self) {
        self.wait_playing(300);
        self.send_and_restart("pauseStart", "");
        self.wait(350);
        self.playhead += self.random.i64(20_000..300_000);
        self.send_and_restart("play", "");
    }

    fn state(&mut self) {
        self.wait_playing(600);
        let kind = if self.full_screen { "stateEnd" } else { "stateStart" };
        self.full_screen = !self.full_screen;
        self.send(kind, r#","params":{"media.state.name":"fullScreen"}"#);
        self.wait_playing(1);
    }

    fn bitrate_change(&mut self) {
        self.wait_playing(500);
        self.bitrate = if self.bitrate == 3200 { 5800 } else { 3200 };
        self.dropped_frames += self.random.u32(0..5);
        let (bitrate, dropped) = (self.bitrate, self.dropped_frames);
        let quality = format!(
            r#","qoeData":{{"media.qoe.bitrate":{bitrate},"media.qoe.droppedFrames":{dropped},"media.qoe.framesPerSecond":25,"media.qoe.timeToStart":250}}"#
        );
        self.send("bitrateChange", &quality);
        self.wait_playing(1);
    }

    fn error(&mut self) {
        self.wait_playing(200);
        self.send("error", r#","qoeData":{"media.qoe.errorID":"E-17","media.qoe.errorSource":"player"}"#);
        self.wait_playing(1);
    }

    /// Plays content for so long, with the pings that fall due.
    fn watch(&mut self, millis: i64) {
        self.pass(millis, true);
    }

    /// Lets time pass without content, with the pings that fall due.
    fn idle(&mut self, millis: i64) {
        self.pass(millis, false);
    }

    fn pass(&mut self, millis: i64, playing: bool) {
        let end = self.ts + millis;
        while self.timer + PING_MILLIS <= end {
            let step = (self.timer + PING_MILLIS - self.ts).max(1);
            self.advance(step, playing);
            self.send_and_restart("ping", "");
        }
        self.advance(end - self.ts, playing);
    }

    /// Plays content for a moment; a ping may fall due and come late by as much.
    fn wait_playing(&mut self, millis: i64) {
        self.watch(millis);
    }

    fn wait(&mut self, millis: i64) {
        self.ts += millis;
    }

    fn advance(&mut self, millis: i64, playing: bool) {
        self.ts += millis.max(0);
        self.playhead += if playing { millis.max(0) } else { 0 };
    }

    fn send_and_restart(&mut self, kind: &str, more: &str) {
        self.send(kind, more);
        self.timer = self.ts;
    }

    fn send(&mut self, kind: &str, more: &str) {
        // Two events never share a stamp.
        if self.events.last().is_some_and(|last| last.ts >= self.ts) {
            self.ts += 1;
        }
        let (ts, playhead) = (self.ts, self.playhead as f64 / 1000.0);
        let json =
            format!(r#"{{"eventType":"{kind}","playerTime":{{"playhead":{playhead},"ts":{ts}}}{more}}}"#);
        self.events.push(Event { ts, json });
    }
}

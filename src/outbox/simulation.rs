//! A player: sends the sessions of roles as a client does, in real time or faster.
//!
//! Inside a session one request follows the other; what happens while one is under way waits its turn. Faults are
//! answered as Adobe's SDKs and the documentation do (`media-collection-api.md` sections 2.4 and 7): a start that brings
//! no session is tried three times, another session is opened in place of one that is lost (404, 410), everything else
//! that is refused or gets no answer is dropped.

use super::part::{self, Part, Role};
use super::plan::{Plan, PlannedSend};
use super::refusal::Refusal;
use super::resumption;
use super::sender::{Delivery, Outcome, Sender, due_before};
use crate::model::clock::TsMillis;
use crate::model::reason::Reason;
use crate::model::session::Mode;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// So long a player waits for an answer, as the SDKs do.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// So often a start is tried.
const MAX_STARTS: u32 = 3;
/// From one try to the next, milliseconds of the player.
const RETRY_MILLIS: f64 = 5000.0;
/// So many sessions are opened in place of lost ones.
const MAX_REOPENED: u32 = 5;
/// What a player that is told to stop may still take.
const STOP_GRACE: Duration = Duration::from_millis(1800);
/// So many of the requests that failed are kept.
const MAX_TROUBLES: usize = 10;
/// The page of a browser's player.
const ORIGIN: &str = "https://player.example";

/// How the player goes about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Manner {
    /// So many times faster than real time; `None`: each request as soon as the one before was answered.
    pub speed: Option<f64>,
    /// Asks before it sends, as a browser does on a page of another origin.
    pub browser: bool,
    /// When it is told to stop it is simply gone; otherwise it ends its sessions.
    pub vanishes: bool,
}

/// A request that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The event type, or what else it was.
    pub what: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The message of the answer.
    pub message: String,
}

/// What became of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Number of the run, from 1.
    pub run: u32,
    /// Number of the session in its run, from 1.
    pub session: u32,
    /// How it was sent.
    pub mode: Mode,
    /// Why it could not be played.
    pub refusal: Option<Refusal>,
    /// The ids that the target gave, more than one where a session was lost.
    pub sids: Vec<String>,
    /// Requests that were sent, preflights aside.
    pub requests: u64,
    /// Requests that were answered 2xx.
    pub accepted: u64,
    /// Requests that were answered otherwise.
    pub refused: u64,
    /// Requests without an answer.
    pub unanswered: u64,
    /// Requests that were not sent, because there was no session or the player was stopped.
    pub not_sent: u64,
    /// True when it was stopped before its end.
    pub stopped: bool,
    /// The first requests that did not succeed.
    pub troubles: Vec<Trouble>,
}

/// Plays roles, at most `at_once` at the same time, and reports each session when it is over. Stops as soon as `stop` is
/// true: within two seconds everything has ended.
pub async fn simulate(
    sender: Arc<Sender>,
    roles: impl IntoIterator<Item = Role>,
    at_once: usize,
    manner: Manner,
    stop: watch::Receiver<bool>,
    mut report: impl FnMut(Played),
) {
    let mut roles = (1..).zip(roles);
    let mut running: JoinSet<Vec<Played>> = JoinSet::new();
    loop {
        while running.len() < at_once.max(1)
            && !*stop.borrow()
            && let Some((run, role)) = roles.next()
        {
            let player = Player { sender: Arc::clone(&sender), manner, stop: stop.clone() };
            running.spawn(player.run(run, role));
        }
        match running.join_next().await {
            // A run that failed has nothing to report.
            Some(ended) => ended.into_iter().flatten().for_each(&mut report),
            None => return,
        }
    }
}

/// One run of a role.
#[derive(Clone)]
struct Player {
    sender: Arc<Sender>,
    manner: Manner,
    stop: watch::Receiver<bool>,
}

impl Player {
    async fn run(self, run: u32, role: Role) -> Vec<Played> {
        let (now, started) = (now(), started());
        let speed = self.manner.speed;
        let side_by_side = matches!(role, Role::Scripted(_));
        // A day takes a while to make up: not on the threads that send.
        let parts = tokio::task::spawn_blocking(move || part::parts(&role, now, speed));
        let mut sessions = JoinSet::new();
        let mut played = Vec::new();
        for (session, part) in (1..).zip(parts.await.unwrap_or_default()) {
            let playing = Playing::new(self.clone(), run, session, started, &part);
            if side_by_side {
                sessions.spawn(playing.play(part));
            } else {
                played.push(playing.play(part).await);
            }
        }
        while let Some(ended) = sessions.join_next().await {
            played.extend(ended);
        }
        // What had not begun when the player was stopped never was.
        played.retain(|played| !played.stopped || played.requests > 0);
        played.sort_by_key(|played| played.session);
        played
    }
}

#[expect(clippy::disallowed_methods, reason = "a player stamps what it sends by its clock")]
fn now() -> TsMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TsMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn started() -> Instant {
    Instant::now()
}

/// What follows from an answer, or from none.
#[derive(Debug, PartialEq, Eq)]
enum Reaction {
    /// The next request.
    GoOn,
    /// The same request, after a while.
    Again,
    /// Another session in place of this one, then the same request.
    Reopen,
    /// Nothing more can be sent: there is no session.
    GiveUp,
}

fn reaction(send: &PlannedSend, delivery: &Delivery, n_starts: u32, n_reopened: u32) -> Reaction {
    let is_lost = matches!(delivery.outcome, Outcome::Answered(404 | 410));
    let is_start = send.opens_session || is_array(send);
    let may_pass = match delivery.outcome {
        Outcome::Failed(_) | Outcome::Answered(500..) => true,
        // A batch needs no id.
        Outcome::Answered(_) => {
            delivery.outcome.is_success() && send.opens_session && delivery.sid.is_none() && !is_array(send)
        }
        Outcome::NotSent(_) => false,
    };
    match () {
        () if is_start && may_pass && n_starts < MAX_STARTS => Reaction::Again,
        () if send.opens_session && delivery.sid.is_none() => Reaction::GiveUp,
        () if is_lost && !is_start && n_reopened < MAX_REOPENED => Reaction::Reopen,
        () if is_lost && !is_start => Reaction::GiveUp,
        () => Reaction::GoOn,
    }
}

fn is_array(send: &PlannedSend) -> bool {
    send.body.trim_ascii_start().starts_with(b"[")
}

/// A session that is being played.
struct Playing {
    player: Player,
    /// When the session begins.
    begins: Instant,
    sid: Option<String>,
    /// Paths that a browser has asked about and may send to.
    asked: BTreeSet<String>,
    played: Played,
}

impl Playing {
    fn new(player: Player, run: u32, session: u32, started: Instant, part: &Part) -> Self {
        let played = Played {
            run,
            session,
            mode: part.mode,
            refusal: part.plan.as_ref().err().cloned(),
            sids: Vec::new(),
            requests: 0,
            accepted: 0,
            refused: 0,
            unanswered: 0,
            not_sent: 0,
            stopped: false,
            troubles: Vec::new(),
        };
        let begins = started + Duration::from_millis(part.begins_millis);
        Self { player, begins, sid: None, asked: BTreeSet::new(), played }
    }

    async fn play(mut self, part: Part) -> Played {
        let Ok(Plan { mut sends, .. }) = part.plan else { return self.played };
        let (mut next, mut n_starts, mut n_reopened) = (0, 1, 0);
        while let Some(send) = sends.get(next) {
            let due = self.begins + Duration::from_millis(send.at_millis);
            if !due_before(due, &mut self.player.stop).await {
                self.leave(&sends[..next]).await;
                break;
            }
            let delivery = self.deliver(send).await;
            match reaction(send, &delivery, n_starts, n_reopened) {
                Reaction::GoOn => (next, n_starts) = (next + 1, 1),
                Reaction::Again => {
                    n_starts += 1;
                    let wait = self.player.manner.speed.map_or(0.0, |speed| RETRY_MILLIS / speed);
                    let again = Instant::now() + Duration::from_millis(wait.round() as u64);
                    // When it is stopped the loop says so.
                    let (true | false) = due_before(again, &mut self.player.stop).await;
                }
                Reaction::Reopen => {
                    let Some(again) = resumption::reopening(&sends[..next], send) else {
                        next += 1;
                        continue;
                    };
                    (self.sid, n_reopened) = (None, n_reopened + 1);
                    sends.splice(next..next, again);
                }
                Reaction::GiveUp => {
                    next += 1;
                    break;
                }
            }
        }
        self.played.not_sent = sends.len().saturating_sub(next) as u64;
        self.played
    }

    /// Sends one request, after a preflight where a browser makes one, and counts what came of it.
    async fn deliver(&mut self, send: &PlannedSend) -> Delivery {
        let path = send.path.with_sid(self.sid.as_deref().unwrap_or("{sid}"));
        let mut asks = self.player.manner.browser && !self.asked.contains(&path);
        let mut send = send.clone();
        let mut delivery = self.blank_delivery();
        if self.player.manner.browser {
            send.headers.push(("Origin".to_owned(), ORIGIN.to_owned()));
        }
        if asks {
            self.hand_over(&preflight(&send), &path, &mut delivery).await;
            asks = !delivery.outcome.is_success();
        }
        if !asks {
            self.asked.insert(path.clone());
            delivery = self.blank_delivery();
            self.hand_over(&send, &path, &mut delivery).await;
        }
        self.played.requests += 1;
        match &delivery.outcome {
            outcome if outcome.is_success() => self.played.accepted += 1,
            Outcome::Answered(_) => self.played.refused += 1,
            Outcome::Failed(_) | Outcome::NotSent(_) => self.played.unanswered += 1,
        }
        if !delivery.outcome.is_success() && self.played.troubles.len() < MAX_TROUBLES {
            let what = if asks { "preflight".to_owned() } else { carries(&send) };
            let (outcome, message) = (delivery.outcome.clone(), delivery.message());
            self.played.troubles.push(Trouble { what, outcome, message });
        }
        if asks {
            // The page learns no more than that nothing was sent.
            delivery.outcome =
                Outcome::Failed(Reason::new("why.no-preflight", [], "the preflight was refused"));
        }
        if send.opens_session && delivery.sid.is_some() {
            self.sid.clone_from(&delivery.sid);
            self.played.sids.extend(delivery.sid.clone());
        }
        delivery
    }

    fn blank_delivery(&self) -> Delivery {
        Delivery {
            session: self.played.session,
            index: 0,
            url: String::new(),
            outcome: Outcome::NotSent(stopped()),
            answer: Vec::new(),
            took_millis: 0,
            sid: None,
        }
    }

    /// Gives a request to the sender; when the player is stopped, the answer may take a moment more.
    async fn hand_over(&mut self, send: &PlannedSend, path: &str, delivery: &mut Delivery) {
        let Player { sender, stop, .. } = &mut self.player;
        let given_up = async {
            if stop.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(STOP_GRACE / 2).await;
        };
        tokio::select! {
            () = sender.deliver(send, path, delivery) => return,
            () = given_up => {}
        }
        delivery.outcome = Outcome::Failed(stopped());
    }

    /// Ends the session where it stands, as far as there is one.
    async fn leave(&mut self, sent: &[PlannedSend]) {
        self.played.stopped = true;
        if self.sid.is_none() || self.player.manner.vanishes {
            return;
        }
        let last = sent.last().map_or(0, |send| send.at_millis);
        let since = self.begins.elapsed().saturating_sub(Duration::from_millis(last));
        let after_millis = self.player.manner.speed.map_or(1.0, |speed| since.as_millis() as f64 * speed);
        if let Some(end) = resumption::ending(sent, after_millis.max(1.0) as i64) {
            self.deliver(&end).await;
        }
    }
}

fn stopped() -> Reason {
    Reason::new("why.stopped", [], "stopped before the answer came")
}

/// What a browser asks before it sends JSON to another origin.
fn preflight(send: &PlannedSend) -> PlannedSend {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    PlannedSend {
        at_millis: send.at_millis,
        method: "OPTIONS".to_owned(),
        path: send.path.clone(),
        headers: vec![
            header("Origin", ORIGIN),
            header("Access-Control-Request-Method", &send.method),
            header("Access-Control-Request-Headers", "content-type"),
        ],
        body: Vec::new(),
        events: Vec::new(),
        opens_session: false,
    }
}

/// What a request carries, in words.
fn carries(send: &PlannedSend) -> String {
    let event = serde_json::from_slice::<serde_json::Value>(&send.body).ok();
    match event.as_ref().and_then(|event| event.get("eventType")?.as_str()) {
        Some(event_type) => event_type.to_owned(),
        None if is_array(send) => "batch".to_owned(),
        None => send.path.to_string(),
    }
}

//! The connections that are open: what each waits for, which of them have waited too long, and
//! which has to go when there are too many.

use super::limits::Limits;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// While there is no room for a new connection, it is looked for this often.
const ROOM_INTERVAL: Duration = Duration::from_millis(10);

/// So much of a head is kept until it is a request.
const HEAD_START_BYTES: usize = 64;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its body is arriving: we wait for the client.
    Reading,
    /// It is being answered: the client waits for us.
    Answering,
    /// The answer is on its way: we wait for the client again.
    Writing,
}

/// One connection, as seen from outside.
#[derive(Debug)]
pub struct Connection {
    opened_at: Instant,
    /// Told when the connection has to be closed at once.
    pub close: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Requests under way, by stage.
    n_reading: usize,
    n_answering: usize,
    n_writing: usize,
    /// Since when the client has been waited for.
    waiting_since: Instant,
    /// When the first byte of a head arrived that is not whole yet.
    head_since: Option<Instant>,
    /// How that head begins.
    head_start: Vec<u8>,
    /// When a byte came or went last.
    moved_at: Instant,
    /// HTTP/2: bytes outside requests are frames of the connection, not heads.
    multiplexed: bool,
    /// Two ends talk through it: only that nothing moves tells that they have left.
    is_tunnel: bool,
    /// The next answer is cut in the middle.
    is_cut: bool,
}

impl Connection {
    fn new(now: Instant) -> Self {
        let state = State {
            n_reading: 0,
            n_answering: 0,
            n_writing: 0,
            waiting_since: now,
            head_since: None,
            head_start: Vec::new(),
            moved_at: now,
            multiplexed: false,
            is_tunnel: false,
            is_cut: false,
        };
        Self { opened_at: now, close: Notify::new(), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These bytes came in; `preface` when they begin HTTP/2.
    pub fn bytes_came(&self, now: Instant, bytes: &[u8], preface: bool) {
        let mut state = self.state();
        state.moved_at = now;
        state.multiplexed |= preface;
        if state.n_under_way() == 0 && !state.multiplexed {
            state.head_since.get_or_insert(now);
            let room = HEAD_START_BYTES - state.head_start.len();
            state.head_start.extend(bytes.iter().take(room));
        }
    }

    /// How the head begins that has not become a request; empty when there is none.
    #[must_use]
    pub fn head_start(&self) -> Vec<u8> {
        self.state().head_start.clone()
    }

    /// True when the answer that goes out next has to be cut in the middle.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.state().is_cut
    }

    /// Bytes went out.
    pub fn bytes_went(&self, now: Instant) {
        self.state().moved_at = now;
    }

    /// It has left HTTP: bytes pass through it.
    pub fn become_tunnel(&self) {
        self.state().is_tunnel = true;
    }

    /// A head has arrived.
    #[must_use]
    pub fn request(self: &Arc<Self>, now: Instant) -> UnderWay {
        let mut state = self.state();
        state.head_since = None;
        state.head_start.clear();
        state.waiting_since = now;
        state.n_reading += 1;
        drop(state);
        UnderWay { connection: Arc::clone(self), stage: Stage::Reading }
    }

    /// True when no request is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.state().n_under_way() == 0
    }

    /// True when it has lived its time.
    #[must_use]
    pub fn is_old(&self, limits: &Limits, now: Instant) -> bool {
        now.duration_since(self.opened_at) >= limits.connection_time
    }

    /// True when its client was waited for too long. Bodies have limits of their own.
    fn is_overdue(&self, limits: &Limits, now: Instant) -> bool {
        let state = self.state();
        let past = |since: Instant, limit: Duration| now.saturating_duration_since(since) >= limit;
        if state.is_tunnel {
            past(state.moved_at, limits.tunnel_time)
        } else if state.n_under_way() == 0 {
            // HTTP/1.1 says it with the last answer.
            let is_old = state.multiplexed && past(self.opened_at, limits.connection_time);
            is_old
                || past(state.waiting_since, limits.idle_time)
                || state.head_since.is_some_and(|since| past(since, limits.head_time))
        } else {
            state.n_under_way() == state.n_writing && past(state.moved_at, limits.stall_time)
        }
    }

    /// How dispensable it is: idle ones before those that are sending, and the longest waiting
    /// first; `None` while a client waits for an answer.
    fn dispensable(&self) -> Option<(bool, Instant)> {
        let state = self.state();
        (state.n_answering == 0).then(|| (state.n_under_way() > 0, state.waiting_since))
    }
}

impl State {
    fn n_under_way(&self) -> usize {
        self.n_reading + self.n_answering + self.n_writing
    }

    fn count(&mut self, stage: Stage) -> &mut usize {
        match stage {
            Stage::Reading => &mut self.n_reading,
            Stage::Answering => &mut self.n_answering,
            Stage::Writing => &mut self.n_writing,
        }
    }
}

/// A request on its connection, until it is answered.
#[derive(Debug)]
pub struct UnderWay {
    connection: Arc<Connection>,
    stage: Stage,
}

impl UnderWay {
    /// Its answer is cut in the middle, and the connection ends there.
    pub fn cut(&self) {
        self.connection.state().is_cut = true;
    }

    /// The request has come to this stage.
    pub fn enter(&mut self, stage: Stage) {
        let mut state = self.connection.state();
        *state.count(self.stage) -= 1;
        *state.count(stage) += 1;
        drop(state);
        self.stage = stage;
    }
}

impl Drop for UnderWay {
    #[expect(clippy::disallowed_methods, reason = "limits of time need a clock")]
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.connection.state();
        *state.count(self.stage) -= 1;
        state.waiting_since = now;
    }
}

/// What has become of connections, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Open now.
    pub n_open: usize,
    /// Accepted so far.
    pub n_accepted: u64,
    /// Closed because their client kept us waiting.
    pub n_overdue: u64,
    /// Closed to make room for others.
    pub n_displaced: u64,
    /// Ended because what came was not HTTP, or broke off.
    pub n_broken: u64,
    /// Began like TLS although this port has none.
    pub n_unexpected_tls: u64,
}

/// All open connections.
#[derive(Debug)]
pub struct Connections {
    most: usize,
    open: Mutex<Open>,
    /// Told when one has closed.
    closed: Notify,
}

#[derive(Debug, Default)]
struct Open {
    by_number: BTreeMap<u64, Arc<Connection>>,
    traffic: Traffic,
}

impl Connections {
    /// None yet; never more than `most`.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), open: Mutex::default(), closed: Notify::new() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there may be.
    #[must_use]
    pub fn most(&self) -> usize {
        self.most
    }

    /// The counts so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let open = self.open();
        Traffic { n_open: open.by_number.len(), ..open.traffic }
    }

    /// Counts something.
    pub fn count(&self, change: impl FnOnce(&mut Traffic)) {
        change(&mut self.open().traffic);
    }

    /// Takes in a connection. When there is no room, the most dispensable one is closed; when all
    /// are being answered, this waits: the new client sees a slow answer, never a wrong one.
    pub async fn admit(self: &Arc<Self>, now: Instant) -> Admitted {
        loop {
            let closed = self.closed.notified();
            if let Some(admitted) = self.try_admit(now) {
                return admitted;
            }
            // One that is answered now may become dispensable without closing.
            drop(tokio::time::timeout(ROOM_INTERVAL, closed).await);
        }
    }

    fn try_admit(self: &Arc<Self>, now: Instant) -> Option<Admitted> {
        let mut open = self.open();
        if open.by_number.len() >= self.most {
            drop(open);
            self.displace();
            return None;
        }
        open.traffic.n_accepted += 1;
        let number = open.traffic.n_accepted;
        let connection = Arc::new(Connection::new(now));
        open.by_number.insert(number, Arc::clone(&connection));
        Some(Admitted { connections: Arc::clone(self), number, connection })
    }

    /// Closes the most dispensable connection.
    pub fn displace(&self) {
        let mut open = self.open();
        let candidates =
            open.by_number.values().filter_map(|connection| Some((connection.dispensable()?, connection)));
        if let Some((_, connection)) = candidates.min_by_key(|(rank, _)| *rank) {
            connection.close.notify_one();
            open.traffic.n_displaced += 1;
        }
    }

    /// Closes all whose clients kept us waiting for too long.
    pub fn close_overdue(&self, limits: &Limits, now: Instant) {
        let mut open = self.open();
        let overdue = open.by_number.values().filter(|connection| connection.is_overdue(limits, now));
        let n_overdue = overdue.map(|connection| connection.close.notify_one()).count();
        open.traffic.n_overdue += n_overdue as u64;
    }
}

/// A place among the open connections; given back when dropped.
#[derive(Debug)]
pub struct Admitted {
    connections: Arc<Connections>,
    number: u64,
    /// The connection that has the place.
    pub connection: Arc<Connection>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.connections.open().by_number.remove(&self.number);
        self.connections.closed.notify_one();
    }
}

//! Follows the journal of a running collector and tells the window how the run grows, at the window's pace: while
//! a snapshot has not been taken, nothing is read and nothing worked out. The journal keeps it all.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::collecting::JournalLines;
use super::jobs::JobWatch;
use super::mending;
use super::slot::Slot;
use super::work;
use crate::app::command::JobId;
use crate::app::mending::Judging;
use crate::app::update::Update;
use crate::config::Config;
use crate::model::clock::ReceivedAt;
use crate::model::watch::{Unwatched, Watch as _};
use crate::store::growing::{Growing, Grown, Look, MAX_HELD_BYTES};

/// The journal is looked at so often, and told of no more often.
const TICK: Duration = Duration::from_millis(50);
/// After working the run out it rests so many times as long as that took.
const REST: u32 = 4;
/// One time in so many, sessions set aside are judged first although lines came.
const CATCH_UP_EVERY: u64 = 4;
/// The number of requests in a second is counted over so long.
const RATE_OVER: Duration = Duration::from_secs(1);

/// What the gatherer is asked.
#[derive(Debug)]
pub(super) enum Ask {
    /// Hold this session.
    Keep(u64),
    /// Judge in this way.
    Judge(Judging),
    /// Nothing more is written: tell the rest and end.
    End,
}

/// Follows a journal.
pub(super) struct Gatherer {
    growing: Growing,
    lines: JournalLines,
    judging: Judging,
    slot: Arc<Slot>,
    watch: JobWatch,
    run: JobId,
    rate: Rate,
    turns: u64,
    told_rate: u64,
}

impl Gatherer {
    /// `watch`: what is told how far the judging at the end is, and asked whether to go on with it.
    pub(super) fn new(
        (run, watch): (JobId, JobWatch),
        name: String,
        lines: JournalLines,
        judging: Judging,
        slot: Arc<Slot>,
    ) -> Gatherer {
        let growing = Growing::new(name, MAX_HELD_BYTES);
        let rate = Rate::default();
        Gatherer { growing, lines, judging, slot, watch, run, rate, turns: 0, told_rate: 0 }
    }

    /// Runs until it is told to end.
    pub(super) fn run(mut self, asks: &Receiver<Ask>, pool: &rayon::ThreadPool) {
        let mut rests_until = now();
        let mut is_wanted = false;
        loop {
            match asks.recv_timeout(TICK) {
                Ok(Ask::Keep(key)) => {
                    let lines = &mut self.lines;
                    is_wanted |= self.growing.bring_back(key, &mut |place, text| lines.fetch(place, text));
                }
                Ok(Ask::Judge(judging)) => {
                    self.judging = judging;
                    is_wanted = true;
                }
                Ok(Ask::End) => return pool.install(|| self.end()),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            // What was not taken is enough for a window that does not look.
            if !self.slot.is_empty() && !is_wanted {
                continue;
            }
            if now() < rests_until && !is_wanted {
                continue;
            }
            let began = now();
            pool.install(|| self.turn(is_wanted));
            is_wanted = false;
            let took = now().duration_since(began);
            rests_until = now() + took * REST;
        }
    }

    /// Reads what came, and tells it.
    fn turn(&mut self, is_wanted: bool) {
        self.turns += 1;
        self.read();
        let at = received_at();
        let is_due = is_wanted || self.growing.is_due(at);
        let catches_up = self.growing.is_behind(at) && (!is_due || self.turns.is_multiple_of(CATCH_UP_EVERY));
        let only_catches_up = catches_up && !is_wanted;
        if only_catches_up {
            self.catch_up(at, true);
        }
        let grown =
            if is_due && !only_catches_up { Some(self.work_out(at, true)) } else { self.growing.recounted() };
        let per_second = self.rate.of(self.growing.n_requests());
        let grown = grown.or_else(|| self.growing.latest().filter(|_| per_second != self.told_rate));
        if let Some(grown) = grown {
            self.told_rate = per_second;
            self.slot.put(Update::Grew { run: self.run, grown: Box::new(grown), per_second });
        }
    }

    /// Takes lines until there are no more, or the working set is full; true in the second case.
    fn read(&mut self) -> bool {
        let growing = &mut self.growing;
        while !growing.is_full() {
            match self.lines.read(|place, text| growing.take(place, text)) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(error) => {
                    tracing::warn!(%error, "the journal cannot be read");
                    return false;
                }
            }
        }
        true
    }

    fn work_out(&mut self, now: ReceivedAt, grows: bool) -> Grown {
        let (settings, selection) = mending::settings_of(&Config::default(), &self.judging);
        let look = Look { now, grows, settings: &settings, selection: &selection, watch: &Unwatched };
        self.growing.work_out(look)
    }

    fn catch_up(&mut self, now: ReceivedAt, grows: bool) {
        let (settings, selection) = mending::settings_of(&Config::default(), &self.judging);
        let look = Look { now, grows, settings: &settings, selection: &selection, watch: &Unwatched };
        let lines = &mut self.lines;
        self.growing.catch_up(look, &mut |place, text| lines.fetch(place, text));
    }

    /// All that is in the journal, judged as a whole file would be.
    fn end(mut self) {
        loop {
            let is_full = self.read();
            if !is_full {
                break;
            }
            self.work_out(received_at(), true);
        }
        let grown = self.work_out(received_at(), false);
        let run = self.run;
        self.growing.nothing_more();
        let n_all = self.growing.n_behind(received_at());
        // What is held can be looked at while the rest is judged.
        if n_all > 0 {
            self.slot.put(Update::Grew { run, grown: Box::new(grown.clone()), per_second: 0 });
        }
        for n_left in (1..=n_all).rev() {
            if self.watch.cancelled() {
                break;
            }
            self.watch.progress((n_all - n_left) as u64, n_all as u64);
            self.catch_up(received_at(), false);
        }
        let grown = self.growing.recounted().unwrap_or(grown);
        self.slot.put(Update::Grew { run, grown: Box::new(grown), per_second: 0 });
        self.slot.put(Update::RunSettled { run });
        self.watch.end();
    }
}

/// How many came in the latest second.
#[derive(Debug, Default)]
struct Rate {
    since: Option<(Instant, u64)>,
    latest: u64,
}

impl Rate {
    fn of(&mut self, n: u64) -> u64 {
        let at = now();
        match self.since {
            Some((since, before)) => {
                let passed = at.duration_since(since);
                if passed >= RATE_OVER {
                    self.latest = ((n - before) as f64 / passed.as_secs_f64()).round() as u64;
                    self.since = Some((at, n));
                }
            }
            None => self.since = Some((at, n)),
        }
        self.latest
    }
}

#[expect(clippy::disallowed_methods, reason = "paces the work")]
fn now() -> Instant {
    Instant::now()
}

fn received_at() -> ReceivedAt {
    ReceivedAt(work::now().0.saturating_mul(1000))
}

//! The CPU part of a frame of the whole window, without painting it: shapes and triangles, in milliseconds.
//!
//! What is asked: a 95th percentile under 8 ms with a million events, and at most 1.5 times that of 10,000.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eframe::egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2,
};
use playtrace::app::command::{Command, JobId};
use playtrace::app::effect::Effect;
use playtrace::app::port::Port;
use playtrace::app::prefs::ViewPrefs;
use playtrace::app::update::Update;
use playtrace::engine::work::carry_out;
use playtrace::model::clock::{ReceivedAt, TsMillis};
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::selection::RuleSelection;
use playtrace::store::filter::EventFilter;
use playtrace::store::growing::{Growing, LinePlace, Look, MAX_HELD_BYTES};
use playtrace::ui::app::InspectorApp;

use crate::{SEED, generate, report};

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// What is asked of every scene, milliseconds.
const ASKED_MILLIS: f64 = 8.0;
/// What is asked from the smallest to the largest.
const ASKED_RATIO: f64 = 1.5;
const WINDOW: Rect = Rect { min: Pos2::ZERO, max: pos2(1280.0, 800.0) };
/// So many events are seen in the scenes that are near: the same picture of captures of any size.
const NEAR_EVENTS: f64 = 1_000.0;
/// Frames before the first turn: fonts and text are laid out for the first time.
const WARM_UP: usize = 30;
/// Captures of all sizes take turns, so that a machine that is slower for a while is slower for all of them.
const TURNS: usize = 10;
/// Measured frames per scene and turn.
const FRAMES: usize = 30;
/// Between two frames of a window other threads and programs use the processor, and its caches hold what is theirs:
/// so much, bytes.
const OF_OTHERS: usize = 32 << 20;
/// Frames before those of a turn: the memory of the others was used last.
const WARM_UP_OF_TURN: usize = 5;
/// It takes so many frames to come from all events to the near ones.
const ZOOM_FRAMES: usize = 100;
/// From one frame to the next, seconds.
const FRAME_SECS: f64 = 1.0 / 60.0;
/// In the scenes in which something comes from outside the frame, it comes once in so many frames.
const COMES_EVERY: usize = 10;
/// A growing capture gets so many lines each time: a request and its answer are two.
const GROWS_BY_LINES: usize = 20;

/// How much of the session is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    All,
    /// As many times more than near as all is more than that.
    Middle,
    /// [`NEAR_EVENTS`].
    Near,
}

/// What happens while frames are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Motion {
    /// Nothing moves.
    Rests,
    /// The pointer moves over timeline and plot.
    Hovers,
    /// The range moves.
    Pans,
    /// The visible range shrinks about the middle from all to what is near, and grows again.
    Zooms,
    /// The event table scrolls.
    Scrolls,
    /// Another filter is typed, and its rows come.
    Filters,
    /// Events arrive at a collector, and the newest is followed.
    Grows,
}

const MOTIONS: [(Motion, &[Seen]); 7] = [
    (Motion::Rests, &[Seen::All, Seen::Middle, Seen::Near]),
    (Motion::Hovers, &[Seen::All, Seen::Middle, Seen::Near]),
    (Motion::Pans, &[Seen::Middle, Seen::Near]),
    (Motion::Zooms, &[Seen::All]),
    (Motion::Scrolls, &[Seen::All, Seen::Middle, Seen::Near]),
    (Motion::Filters, &[Seen::All, Seen::Middle, Seen::Near]),
    (Motion::Grows, &[Seen::All]),
];

/// Typed one after the other.
const FILTERS: [&str; 4] = ["", "type:ping", "finding:error", "gap>5"];

/// When a frame comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As in a window: so many a second, and the processor rests before each.
    Screen,
    /// As soon as what the one before asked for is done. A frame after a pause of 10 ms costs 0.3 ms more than one after
    /// none, in a capture of any size, and here only large captures make pauses: as long as their filter takes.
    Rush,
}

/// Measures all scenes over all sizes.
///
/// # Errors
/// Those of standard output.
pub fn measure(pace: Pace) -> anyhow::Result<()> {
    let scenes = || MOTIONS.iter().flat_map(|(motion, seen)| seen.iter().map(|seen| (*motion, *seen)));
    let mut windows = Vec::new();
    for size in SIZES {
        let mut bytes = Vec::new();
        generate::batch(size, SEED, &mut bytes)?;
        windows.push((Window::open(bytes, size), Window::collecting(size)?));
    }
    let mut results = Vec::new();
    for (motion, seen) in scenes() {
        let of_scene = |(open, collecting)| if motion == Motion::Grows { collecting } else { open };
        let mut windows: Vec<&mut Window> = windows.iter_mut().map(|(a, b)| of_scene((a, b))).collect();
        results.push(percentiles_95(&mut windows, motion, seen, pace));
    }
    report(&format!(
        "{:<16}{:>10}{:>10}{:>10}{:>8}   (95th percentile, ms)",
        "scene", "10,000", "100,000", "1,000,000", "ratio"
    ))?;
    for ((motion, seen), millis) in scenes().zip(results) {
        let [small, middle, large] = millis[..] else { continue };
        let name = format!("{motion:?} {seen:?}");
        let most = millis.iter().copied().fold(0.0, f64::max);
        let asked =
            if most > ASKED_MILLIS || large / small > ASKED_RATIO { "  more than is asked" } else { "" };
        report(&format!("{name:<16}{small:>10.2}{middle:>10.2}{large:>10.2}{:>8.2}{asked}", large / small))?;
    }
    Ok(())
}

/// The 95th percentile of a frame of each window, in milliseconds.
fn percentiles_95(windows: &mut [&mut Window], motion: Motion, seen: Seen, pace: Pace) -> Vec<f64> {
    let mut millis: Vec<Vec<f64>> = windows.iter().map(|_| Vec::new()).collect();
    windows.iter_mut().for_each(|window| window.look(motion, seen));
    let mut of_others = vec![0_u8; OF_OTHERS];
    let mut due = now();
    let mut step = |window: &mut Window| {
        of_others.iter_mut().step_by(64).for_each(|byte| *byte = byte.wrapping_add(1));
        std::hint::black_box(&of_others);
        if pace == Pace::Screen {
            std::thread::sleep(due.saturating_duration_since(now()));
            due = now() + Duration::from_secs_f64(FRAME_SECS);
        }
        window.step(motion)
    };
    for turn in 0..TURNS {
        for (window, millis) in windows.iter_mut().zip(&mut millis) {
            let n_before = if turn == 0 { WARM_UP } else { WARM_UP_OF_TURN };
            (0..n_before).for_each(|_| _ = step(window));
            millis.extend((0..FRAMES).map(|_| step(window)));
        }
    }
    let percentile = |mut millis: Vec<f64>| {
        millis.sort_by(f64::total_cmp);
        millis[millis.len() * 95 / 100]
    };
    millis.into_iter().map(percentile).collect()
}

/// The outside of the window: carries out what is asked for between two frames, as another thread would.
#[derive(Clone, Default)]
struct Outside(Rc<RefCell<OutsideState>>);

#[derive(Default)]
struct OutsideState {
    asked: Vec<Effect>,
    updates: VecDeque<Update>,
}

impl Outside {
    fn carry_out(&self) {
        let mut state = self.0.borrow_mut();
        let asked = std::mem::take(&mut state.asked);
        let work =
            || asked.into_iter().filter_map(|effect| carry_out(effect, &Unwatched)).collect::<Vec<_>>();
        // On another thread, so that the next frame finds its own memory as it left it.
        let updates = std::thread::scope(|scope| scope.spawn(work).join());
        state.updates.extend(updates.unwrap_or_default());
    }

    fn happen(&self, update: Update) {
        self.0.borrow_mut().updates.push_back(update);
    }
}

impl Port for Outside {
    fn submit(&mut self, effect: Effect) -> Result<(), Effect> {
        self.0.borrow_mut().asked.push(effect);
        Ok(())
    }

    fn poll(&mut self) -> Option<Update> {
        self.0.borrow_mut().updates.pop_front()
    }

    fn now(&self) -> TsMillis {
        TsMillis(0)
    }
}

/// A run of the collector without the collector.
struct Run {
    /// The window's number of the run.
    job: JobId,
    growing: Growing,
    /// A journal, and how much of it has been read.
    journal: Vec<u8>,
    at: usize,
    settings: Settings,
}

impl Run {
    /// The run as it is after so many more lines.
    fn grow(&mut self, n_lines: usize) -> Update {
        for _ in 0..n_lines {
            let rest = self.journal.get(self.at..).unwrap_or_default();
            let Some(len) = rest.iter().position(|byte| *byte == b'\n') else { break };
            let place = LinePlace { file: 0, at: self.at as u64, len: len as u32 };
            self.growing.take(place, &rest[..len]);
            self.at += len + 1;
        }
        let selection = RuleSelection::default();
        let now = ReceivedAt(i64::MAX / 2);
        let look =
            Look { now, grows: true, settings: &self.settings, selection: &selection, watch: &Unwatched };
        Update::Grew { run: self.job, grown: Box::new(self.growing.work_out(look)), per_second: 60 }
    }
}

struct Window {
    ctx: Context,
    app: InspectorApp,
    outside: Outside,
    run: Option<Run>,
    n_events: usize,
    /// Frames of this scene so far.
    n_steps: usize,
    secs: f64,
}

impl Window {
    fn new(n_events: usize, first: Option<Command>) -> Window {
        let (ctx, outside) = (Context::default(), Outside::default());
        let app = InspectorApp::new(&ctx, ViewPrefs::default(), Box::new(outside.clone()), first);
        Window { ctx, app, outside, run: None, n_events, n_steps: 0, secs: 0.0 }
    }

    fn open(bytes: Vec<u8>, n_events: usize) -> Window {
        let open = Command::OpenText { name: "batch".to_owned(), bytes };
        let mut window = Window::new(n_events, Some(open));
        window.wait_for_drawing();
        window
    }

    /// A window whose collector has got so many events.
    fn collecting(n_events: usize) -> anyhow::Result<Window> {
        let n_frames = WARM_UP + TURNS * (FRAMES + WARM_UP_OF_TURN);
        let n_more = n_frames / COMES_EVERY * GROWS_BY_LINES;
        let mut lines = Vec::new();
        generate::journal(n_events + n_more, SEED, &mut lines)?;
        let growing = Growing::new("run".to_owned(), MAX_HELD_BYTES);
        let address = SocketAddr::from(([127, 0, 0, 1], 8787));
        let base_url = format!("http://{address}");
        let mut window = Window::new(n_events, Some(Command::StartCollector));
        let journal = PathBuf::from("run.jsonl");
        // The collector is asked for in the first frame.
        window.frame(Vec::new());
        window.outside.happen(Update::CollectorStarted {
            address,
            base_url,
            journal,
            device_page: None,
            qr: None,
        });
        window.frame(Vec::new());
        let running = window.app.state().live.running();
        let job =
            running.map(|running| running.order.job).ok_or_else(|| anyhow::anyhow!("the window collects"))?;
        let mut run = Run { job, growing, journal: lines, at: 0, settings: Settings::default() };
        window.outside.happen(run.grow(2 * n_events));
        window.run = Some(run);
        window.wait_for_drawing();
        Ok(window)
    }

    fn wait_for_drawing(&mut self) {
        while self.app.state().drawing.is_none() {
            self.frame(Vec::new());
            self.outside.carry_out();
        }
    }

    /// How many times more all events are than the near ones.
    fn nearer(&self) -> f64 {
        self.n_events as f64 / NEAR_EVENTS
    }

    /// Before a scene: everything passes, and so much is seen.
    fn look(&mut self, motion: Motion, seen: Seen) {
        self.app.push(Command::SetFilter(EventFilter::default()));
        self.n_steps = 0;
        if motion != Motion::Grows {
            self.app.push(Command::FitAll);
            let factor = match seen {
                Seen::All => 1.0,
                Seen::Middle => self.nearer().sqrt(),
                Seen::Near => self.nearer(),
            };
            let view = self.app.state().time_view;
            self.app.push(Command::Zoom { factor, at: (view.full_from + view.full_to) / 2.0 });
        }
    }

    /// One frame of a scene, in milliseconds.
    fn step(&mut self, motion: Motion) -> f64 {
        let (frame, view) = (self.n_steps, self.app.state().time_view);
        self.n_steps += 1;
        let mut events = Vec::new();
        match motion {
            Motion::Rests => {}
            Motion::Hovers => {
                let x = 400.0 + (frame % 300) as f32;
                events
                    .push(Event::PointerMoved(pos2(x, if frame.is_multiple_of(2) { 150.0 } else { 350.0 })));
            }
            Motion::Pans => {
                let by_secs = if frame % 100 < 50 { 0.01 } else { -0.01 } * view.width();
                self.app.push(Command::Pan { by_secs });
            }
            Motion::Zooms => {
                let step = self.nearer().powf(1.0 / ZOOM_FRAMES as f64);
                let factor = if (frame / ZOOM_FRAMES).is_multiple_of(2) { step } else { 1.0 / step };
                self.app.push(Command::Zoom { factor, at: (view.from + view.to) / 2.0 });
            }
            Motion::Scrolls => {
                events.push(Event::PointerMoved(pos2(600.0, 560.0)));
                events.push(Event::MouseWheel {
                    unit: MouseWheelUnit::Point,
                    delta: vec2(0.0, -120.0),
                    phase: TouchPhase::Move,
                    source: MouseWheelSource::Wheel,
                    modifiers: Modifiers::NONE,
                });
            }
            Motion::Filters if frame.is_multiple_of(COMES_EVERY) => {
                let text = FILTERS[frame / COMES_EVERY % FILTERS.len()].to_owned();
                self.app.push(Command::SetFilter(EventFilter { text, ..EventFilter::default() }));
            }
            Motion::Grows if frame.is_multiple_of(COMES_EVERY) => {
                let grown = self.run.as_mut().map(|run| run.grow(GROWS_BY_LINES));
                grown.into_iter().for_each(|grown| self.outside.happen(grown));
            }
            Motion::Filters | Motion::Grows => {}
        }
        let millis = self.frame(events);
        self.outside.carry_out();
        millis
    }

    fn frame(&mut self, events: Vec<Event>) -> f64 {
        self.secs += FRAME_SECS;
        let input =
            RawInput { screen_rect: Some(WINDOW), time: Some(self.secs), events, ..RawInput::default() };
        let begin = now();
        self.app.turn(&self.ctx);
        let mut output = self.ctx.run_ui(input, |ui| self.app.root_ui(ui));
        let shapes = std::mem::take(&mut output.shapes);
        let triangles = self.ctx.tessellate(shapes, output.pixels_per_point);
        let millis = begin.elapsed().as_secs_f64() * 1000.0;
        assert!(!triangles.is_empty(), "the window draws something");
        output.drop_without_applying_deltas();
        millis
    }
}

#[expect(clippy::disallowed_methods, reason = "measuring needs a clock")]
fn now() -> Instant {
    Instant::now()
}

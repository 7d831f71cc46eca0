//! The CPU part of a frame of the whole window, without painting it: shapes and triangles, in milliseconds.
//!
//! What is asked: a 95th percentile under 8 ms with a million events, and at most 1.5 times that of 10,000.

use std::collections::VecDeque;
use std::time::Instant;

use eframe::egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2,
};
use playtrace::app::command::Command;
use playtrace::app::effect::Effect;
use playtrace::app::port::Port;
use playtrace::app::prefs::ViewPrefs;
use playtrace::app::update::Update;
use playtrace::engine::work::carry_out;
use playtrace::model::clock::TsMillis;
use playtrace::model::watch::Unwatched;
use playtrace::ui::app::InspectorApp;

use crate::{SEED, generate, report};

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const WINDOW: Rect = Rect { min: Pos2::ZERO, max: pos2(1280.0, 800.0) };
/// So many events are seen in the scenes that are near: the same picture of captures of any size.
const NEAR_EVENTS: f64 = 1_000.0;
/// Frames before the measured ones: fonts and text are laid out for the first time.
const WARM_UP: usize = 30;
/// Measured frames per scene.
const FRAMES: usize = 300;
/// From one frame to the next, seconds.
const FRAME_SECS: f64 = 1.0 / 60.0;

/// What happens while frames are measured.
#[derive(Debug, Clone, Copy)]
enum Scene {
    /// All is seen, nothing moves.
    All,
    /// Some events are seen, nothing moves.
    Near,
    /// All is seen, the pointer moves over timeline and plot.
    Hover,
    /// Some events are seen, and the range moves.
    Pan,
    /// The visible range grows and shrinks about the middle.
    Zoom,
    /// The event table scrolls.
    Scroll,
}

const SCENES: [Scene; 6] = [Scene::All, Scene::Near, Scene::Hover, Scene::Pan, Scene::Zoom, Scene::Scroll];

/// Measures all scenes over all sizes.
///
/// # Errors
/// Those of standard output.
pub fn measure() -> anyhow::Result<()> {
    let mut results = Vec::new();
    for size in SIZES {
        let mut bytes = Vec::new();
        generate::batch(size, SEED, &mut bytes)?;
        let mut window = Window::open(bytes, size);
        for scene in SCENES {
            results.push((scene, size, window.percentile_95(scene)));
        }
    }
    report(&format!(
        "{:<8}{:>10}{:>10}{:>10}{:>8}   (95th percentile, ms)",
        "scene", "10,000", "100,000", "1,000,000", "ratio"
    ))?;
    for scene in SCENES {
        let of = |size| {
            let found = results.iter().find(|(known, at, _)| *known as u8 == scene as u8 && *at == size);
            found.map_or(f64::NAN, |(_, _, millis)| *millis)
        };
        let [small, middle, large] = SIZES.map(of);
        let name = format!("{scene:?}");
        report(&format!("{name:<8}{small:>10.2}{middle:>10.2}{large:>10.2}{:>8.2}", large / small))?;
    }
    Ok(())
}

/// Carries everything out at once, in the thread of the window.
#[derive(Default)]
struct AtOnce {
    updates: VecDeque<Update>,
}

impl Port for AtOnce {
    fn submit(&mut self, effect: Effect) -> Result<(), Effect> {
        self.updates.extend(carry_out(effect, &Unwatched));
        Ok(())
    }

    fn poll(&mut self) -> Option<Update> {
        self.updates.pop_front()
    }

    fn now(&self) -> TsMillis {
        TsMillis(0)
    }
}

struct Window {
    ctx: Context,
    app: InspectorApp,
    n_events: usize,
    secs: f64,
}

impl Window {
    fn open(bytes: Vec<u8>, n_events: usize) -> Window {
        let ctx = Context::default();
        let open = Command::OpenText { name: "batch".to_owned(), bytes };
        let app = InspectorApp::new(&ctx, ViewPrefs::default(), Box::<AtOnce>::default(), Some(open));
        let mut window = Window { ctx, app, n_events, secs: 0.0 };
        while window.app.state().drawing.is_none() {
            window.frame(Vec::new());
        }
        window
    }

    fn percentile_95(&mut self, scene: Scene) -> f64 {
        self.app.push(Command::FitAll);
        if matches!(scene, Scene::Near | Scene::Pan) {
            let view = self.app.state().time_view;
            let factor = self.n_events as f64 / NEAR_EVENTS;
            self.app.push(Command::Zoom { factor, at: (view.full_from + view.full_to) / 2.0 });
        }
        let mut millis: Vec<f64> = (0..WARM_UP + FRAMES).map(|frame| self.step(scene, frame)).collect();
        millis.drain(..WARM_UP);
        millis.sort_by(f64::total_cmp);
        millis[FRAMES * 95 / 100]
    }

    /// One frame of a scene, in milliseconds.
    fn step(&mut self, scene: Scene, frame: usize) -> f64 {
        let view = self.app.state().time_view;
        let mut events = Vec::new();
        match scene {
            Scene::All | Scene::Near => {}
            Scene::Hover => {
                let x = 400.0 + (frame % 300) as f32;
                events
                    .push(Event::PointerMoved(pos2(x, if frame.is_multiple_of(2) { 150.0 } else { 350.0 })));
            }
            Scene::Pan => {
                let by_secs = if frame % 100 < 50 { 0.01 } else { -0.01 } * view.width();
                self.app.push(Command::Pan { by_secs });
            }
            Scene::Zoom => {
                let factor = if frame % 200 < 100 { 1.1 } else { 1.0 / 1.1 };
                self.app.push(Command::Zoom { factor, at: (view.from + view.to) / 2.0 });
            }
            Scene::Scroll => {
                events.push(Event::PointerMoved(pos2(600.0, 560.0)));
                events.push(Event::MouseWheel {
                    unit: MouseWheelUnit::Point,
                    delta: vec2(0.0, -120.0),
                    phase: TouchPhase::Move,
                    source: MouseWheelSource::Wheel,
                    modifiers: Modifiers::NONE,
                });
            }
        }
        self.frame(events)
    }

    fn frame(&mut self, events: Vec<Event>) -> f64 {
        self.secs += FRAME_SECS;
        let input =
            RawInput { screen_rect: Some(WINDOW), time: Some(self.secs), events, ..RawInput::default() };
        let begin = now();
        self.app.turn(&self.ctx);
        let output = self.ctx.run_ui(input, |ui| self.app.root_ui(ui));
        let triangles = self.ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
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

//! The window's outside in tests: one that only records, and one that does everything at once.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use egui_kittest::Harness;
use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::effect::{Effect, Effects};
use playtrace::app::port::Port;
use playtrace::app::prefs::ViewPrefs;
use playtrace::app::update::Update;
use playtrace::engine::work;
use playtrace::ingest::ingest;
use playtrace::model::capture::Capture;
use playtrace::model::clock::TsMillis;
use playtrace::model::watch::Unwatched;
use playtrace::store::places::Places;
use playtrace::ui::app::InspectorApp;

/// Records what is asked for, and plays back what a test says has happened.
#[derive(Debug, Clone, Default)]
pub struct FakePort {
    /// What was asked for, in order.
    pub asked: Rc<RefCell<Vec<Effect>>>,
    /// What happens next.
    pub happens: Rc<RefCell<VecDeque<Update>>>,
    /// True: there is no room for anything.
    pub full: Rc<RefCell<bool>>,
}

impl Port for FakePort {
    fn submit(&mut self, effect: Effect) -> Result<(), Effect> {
        if *self.full.borrow() {
            return Err(effect);
        }
        self.asked.borrow_mut().push(effect);
        Ok(())
    }

    fn poll(&mut self) -> Option<Update> {
        self.happens.borrow_mut().pop_front()
    }

    fn now(&self) -> TsMillis {
        TsMillis(1_704_196_800_000)
    }
}

/// Carries out at once whatever needs no thread, and records the rest.
#[derive(Debug, Clone, Default)]
pub struct InlinePort {
    /// What was asked for and not carried out, in order.
    pub left: Rc<RefCell<Vec<Effect>>>,
    done: Rc<RefCell<VecDeque<Update>>>,
}

impl InlinePort {
    /// Lets something happen outside.
    pub fn happen(&self, update: Update) {
        self.done.borrow_mut().push_back(update);
    }
}

impl Port for InlinePort {
    fn submit(&mut self, effect: Effect) -> Result<(), Effect> {
        match work::carry_out_guarded(effect.clone(), &Unwatched) {
            Some(update) => self.done.borrow_mut().push_back(update),
            None => self.left.borrow_mut().push(effect),
        }
        Ok(())
    }

    fn poll(&mut self) -> Option<Update> {
        self.done.borrow_mut().pop_front()
    }

    fn now(&self) -> TsMillis {
        TsMillis(1_704_196_800_000)
    }
}

/// A state with everything that it asks for carried out at once, but for what needs a thread.
#[derive(Debug, Default)]
pub struct Desk {
    pub state: State,
    pub port: InlinePort,
}

impl Desk {
    /// Wants something, and lets happen what follows.
    pub fn wants(&mut self, command: Command) {
        let effects = self.state.apply(command);
        self.submit(effects);
        while let Some(update) = self.port.poll() {
            let effects = self.state.absorb(update);
            self.submit(effects);
        }
    }

    fn submit(&mut self, effects: Effects) {
        for effect in effects {
            self.port.submit(effect).expect("the inline port has room");
        }
    }

    /// With a session that has faults of each severity.
    pub fn with_faulty_session() -> Desk {
        let mut desk = Desk::default();
        desk.wants(Command::OpenText { name: "faulty.json".to_owned(), bytes: faulty_session() });
        desk
    }
}

/// Second 0 of all sessions made here.
const START_MILLIS: i64 = 1_704_196_800_000;

/// The JSON text of an event; `rest` follows after `playerTime`.
pub fn event(event_type: &str, after_millis: i64, playhead: f64, rest: &str) -> String {
    let ts = START_MILLIS + after_millis;
    let comma = if rest.is_empty() { "" } else { "," };
    format!(r#"{{"eventType":"{event_type}","playerTime":{{"playhead":{playhead},"ts":{ts}}}{comma}{rest}}}"#)
}

/// A correct `sessionStart`.
pub fn session_start(name: &str) -> String {
    let params = format!(
        r#""params":{{"analytics.trackingServer":"track.example.com","analytics.reportSuite":"suite",
"visitor.marketingCloudOrgId":"1234567890ABCDEF7F000101@AdobeOrg","media.id":"{name}","media.name":"{name}",
"media.length":60,"media.contentType":"vod","media.playerName":"player","media.channel":"channel"}}"#
    );
    event("sessionStart", 0, 0.0, &params.replace('\n', ""))
}

/// A session with errors, warnings and remarks: a wrong type, an ad outside a break, a playhead that jumps.
pub fn faulty_session() -> Vec<u8> {
    let ad = r#""params":{"media.ad.id":77,"media.ad.length":15,"media.ad.podPosition":1,"media.ad.playerName":"p"}"#;
    let events = [
        session_start("Faulty film"),
        event("play", 500, 0.0, ""),
        event("ping", 10_500, 10.0, ""),
        event("adStart", 15_000, 14.5, ad),
        event("adComplete", 20_000, 14.5, ""),
        event("play", 20_100, 14.5, ""),
        event("ping", 30_100, 50.0, ""),
        event("ping", 25_000, 19.5, ""),
        event("sessionEnd", 40_000, 34.5, ""),
    ];
    format!("[{}]", events.join(",\n")).into_bytes()
}

/// A session of `n` events: a start, pings every ten seconds.
pub fn long_session(n: usize) -> Vec<u8> {
    let mut text = String::with_capacity(n * 90);
    text.push('[');
    text.push_str(&session_start("Long film"));
    for at in 1..n {
        let secs = at as i64 * 10;
        text.push_str(",\n");
        text.push_str(&event("ping", secs * 1000, secs as f64, ""));
    }
    text.push(']');
    text.into_bytes()
}

/// Bytes as a read capture, with the places of its events.
pub fn read(name: &str, bytes: Vec<u8>) -> (Arc<Capture>, Arc<Places>) {
    let capture = ingest(name, bytes, &Unwatched);
    let places = Places::of(&capture);
    (Arc::new(capture), Arc::new(places))
}

/// A window whose outside does everything at once.
pub fn window() -> (Harness<'static, InspectorApp>, InlinePort) {
    let port = InlinePort::default();
    (window_of([1280.0, 800.0], ViewPrefs::default(), port.clone()), port)
}

/// A window of a size in points, with preferences and an outside of its own.
pub fn window_of(
    size: [f32; 2],
    prefs: ViewPrefs,
    outside: impl Port + 'static,
) -> Harness<'static, InspectorApp> {
    let build = move |cc: &mut eframe::CreationContext<'static>| {
        InspectorApp::new(&cc.egui_ctx, prefs, Box::new(outside), None)
    };
    Harness::builder().with_size(size).with_max_steps(24).build_eframe(build)
}

/// A window that shows a session with faults.
pub fn faulty_window() -> (Harness<'static, InspectorApp>, InlinePort) {
    let (mut harness, port) = window();
    open(&mut harness, "faulty.json", faulty_session());
    (harness, port)
}

/// Opens bytes as if they were pasted.
pub fn open(harness: &mut Harness<'static, InspectorApp>, name: &str, bytes: Vec<u8>) {
    harness.state().push(Command::OpenText { name: name.to_owned(), bytes });
    harness.run();
}

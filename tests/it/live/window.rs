//! The live window by its accessible names: no display, no socket.

use eframe::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::effect::Effect;
use playtrace::app::live::{LiveForm, LiveMode};
use playtrace::app::prefs::{BottomTab, ViewPrefs};
use playtrace::app::update::Update;
use playtrace::model::collecting::{Choice, Refused};
use playtrace::model::reason::Reason;
use playtrace::store::growing::MAX_HELD_BYTES;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use super::{RUN, grew, started, started_at};
use crate::support::run::{Follower, JournalText};
use crate::support::window::{InlinePort, event, session_start, window_of};

/// A window with its outside.
struct Window {
    harness: Harness<'static, InspectorApp>,
    port: InlinePort,
    journal: JournalText,
    follower: Follower,
}

impl Window {
    fn new() -> Window {
        let port = InlinePort::default();
        let harness = window_of([1440.0, 900.0], ViewPrefs::default(), port.clone());
        let mut window =
            Window { harness, port, journal: JournalText::new(), follower: Follower::new(MAX_HELD_BYTES) };
        window.harness.run();
        window
    }

    /// A window in which the collector was started.
    fn collecting() -> Window {
        let mut window = Window::new();
        window.click("welcome.collect");
        window.happen(started());
        window
    }

    fn click(&mut self, key: &str) {
        self.harness.get_by_label(text(key)).click();
        self.harness.run();
    }

    fn happen(&mut self, update: Update) {
        self.port.happen(update);
        self.harness.run();
    }

    fn asked(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.port.left.borrow().iter().filter(|effect| wanted(effect)).count()
    }

    fn session(&mut self, sid: &str, n_pings: u32) {
        self.journal.open(0.0, sid, &session_start(sid));
        self.journal.event(0.5, sid, &event("play", 500, 0.0, ""));
        self.pings(sid, 1..=n_pings);
    }

    fn pings(&mut self, sid: &str, numbers: std::ops::RangeInclusive<u32>) {
        for n in numbers {
            let secs = f64::from(n) * 10.0;
            self.journal.event(secs, sid, &event("ping", (secs * 1000.0) as i64 + 500, secs, ""));
        }
    }

    fn grow(&mut self) {
        let grown = self.follower.look(&self.journal, 100.0);
        self.happen(grew(grown));
    }

    #[track_caller]
    fn sees(&self, words: &str) {
        assert!(self.harness.query_all_by_label_contains(words).next().is_some(), "{words} is not seen");
    }

    #[track_caller]
    fn sees_no(&self, words: &str) {
        assert!(self.harness.query_all_by_label_contains(words).next().is_none(), "{words} is seen");
    }
}

#[test]
fn the_collector_is_started_from_the_welcome_page_and_shows_what_comes() {
    let mut window = Window::new();
    window.click("welcome.collect");
    assert_eq!(window.asked(|effect| matches!(effect, Effect::StartCollector { .. })), 1);
    window.sees(text("capture.starting"));
    window.happen(started());
    window.sees(text("middle.waiting"));
    window.sees("http://127.0.0.1:8787");
    window.sees("0 requests");
    window.sees_no("QR code");
    window.session("First film", 3);
    window.grow();
    window.sees("5 requests · 5 events · 1 session · 7 a second");
    window.sees("/captures/run.jsonl");
    // Verdict, name and number of events of the row in the list.
    window.sees("so far: First film, 5 events");
    window.harness.get_by_label("Event 4");
    let drawn = |window: &Window| {
        let drawing = window.harness.state().state().drawing.clone().expect("it is drawn");
        drawing.playhead.points().len()
    };
    assert_eq!(drawn(&window), 5);
    window.pings("First film", 4..=9);
    window.grow();
    window.sees("so far: First film, 11 events");
    assert_eq!(drawn(&window), 11, "lanes and plot have grown");
    window.harness.get_by_label("Event 10");
}

#[test]
fn following_stops_where_one_looks_around_and_goes_on_when_asked() {
    let mut window = Window::collecting();
    window.session("a", 200);
    window.grow();
    window.harness.get_by_label(text("follow.on"));
    window.harness.get_by_label("Event 201");
    window.harness.state().push(Command::Pan { by_secs: -5.0 });
    window.harness.run();
    window.harness.get_by_label(text("follow.resume"));
    window.session("b", 3);
    window.grow();
    window.sees("202 of 202");
    window.click("follow.resume");
    window.harness.get_by_label(text("follow.on"));
    window.sees("5 of 5");
    // The wheel over the table looks around, too.
    let over_table = window.harness.get_by_label("Event 2").rect().center();
    window.harness.event(egui::Event::PointerMoved(over_table));
    window.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        source: egui::MouseWheelSource::Wheel,
        delta: egui::vec2(0.0, 40.0),
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
    });
    window.harness.run();
    window.harness.get_by_label(text("follow.resume"));
}

#[test]
fn stopping_ends_the_so_far_and_gives_the_start_back() {
    let mut window = Window::collecting();
    window.session("a", 3);
    window.grow();
    window.sees("so far");
    window.click("capture.stop");
    assert_eq!(window.asked(|effect| matches!(effect, Effect::StopCollector)), 1);
    window.sees(text("capture.stopping"));
    window.happen(Update::CollectorStopped { run: RUN });
    window.sees("127.0.0.1:8787 is free again");
    window.happen(Update::Progress { job: RUN, done: 2, total: 5 });
    window.sees(text("capture.settling"));
    window.harness.get_by_label(text("capture.start"));
    let last = window.follower.end(&window.journal, 60.0);
    window.happen(grew(last));
    window.happen(Update::RunSettled { run: RUN });
    window.sees_no("is free again");
    window.sees_no(text("capture.settling"));
    window.sees_no("so far");
    window.sees_no(text("follow.resume"));
    window.harness.get_by_label(text("capture.start"));
}

#[test]
fn a_port_that_is_taken_is_told_where_it_was_asked_for() {
    let mut window = Window::new();
    window.click("welcome.collect");
    let values = [("address", "127.0.0.1:8787".to_owned()), ("why", "Address already in use".to_owned())];
    let why = Reason::new("why.listen", values, "");
    window.happen(Update::CollectorFailed { refused: Refused::of(Choice::Listen, why) });
    window.sees("Cannot listen on 127.0.0.1:8787: Address already in use");
    window.harness.get_by_label(text("capture.start"));
}

#[test]
fn a_journal_that_cannot_be_written_is_told_in_panel_and_bar_until_it_can_be() {
    let mut window = Window::collecting();
    let failing = Reason::new("why.journal-failing", [("why", "no space left".to_owned())], "");
    let why = "The journal cannot be written, players get 503: no space left";
    window.happen(Update::JournalTrouble { why: Some(failing) });
    window.sees(why);
    window.sees(text("status.trouble"));
    window.happen(Update::JournalTrouble { why: None });
    window.sees_no(why);
    window.sees_no(text("status.trouble"));
}

#[test]
fn an_address_beyond_this_machine_is_asked_about_and_shown() {
    let mut window = Window::new();
    let form = LiveForm { listen: "0.0.0.0:8787".to_owned(), ..LiveForm::default() };
    window.harness.state().push(Command::EditLive(form));
    window.harness.run();
    window.click("welcome.collect");
    window.sees("0.0.0.0:8787 every machine");
    window.click("question.no");
    assert_eq!(window.asked(|effect| matches!(effect, Effect::StartCollector { .. })), 0);
    window.click("capture.start");
    window.click("question.expose.yes");
    assert_eq!(window.asked(|effect| matches!(effect, Effect::StartCollector { .. })), 1);
    window.happen(started_at("0.0.0.0:8787".parse().expect("an address")));
    window.sees(text("capture.exposed"));
    window.sees("reachable from other machines");
    window.harness.get_by_label("QR code of http://0.0.0.0:8787");
}

#[test]
fn leaving_while_a_collector_runs_is_asked_about() {
    let mut window = Window::collecting();
    window.harness.state().push(Command::Quit);
    window.harness.run();
    window.sees(text("question.quit.title"));
    window.click("question.quit.yes");
    assert_eq!(window.asked(|effect| matches!(effect, Effect::StopCollector)), 1);
}

#[test]
fn a_session_set_aside_keeps_its_row_and_a_click_brings_it_back() {
    let mut window = Window::collecting();
    for sid in ["One", "Two", "Three"] {
        window.session(sid, 10);
    }
    window.follower = Follower::new(window.journal.text.len() * 2 / 3);
    window.grow();
    window.sees("One, 12 events · online · 1 min 00 s · set aside");
    window.sees("3 sessions · 36 events · 36 requests");
    let row = window.harness.get_all_by_label_contains(": One, 12 events").next().expect("it has a row");
    row.click();
    window.harness.run();
    let kept = window.asked(|effect| matches!(effect, Effect::KeepSession { key: 1 }));
    assert_eq!(kept, 1);
    assert!(window.follower.bring_back(&window.journal, 1));
    window.grow();
    let shown = window.harness.state().state().shown_session().and_then(|(_, session)| session.sid.clone());
    assert_eq!(shown.as_deref(), Some("One"));
}

#[test]
fn each_mode_asks_for_what_it_needs_and_an_error_stands_at_its_field() {
    let mut window = Window::new();
    window.harness.state().push(Command::ShowBottom(BottomTab::Capture));
    window.harness.run();
    window.sees(text("capture.mode.stand-in.what"));
    window.sees_no(text("capture.forward"));
    window.click("capture.mode.proxy");
    window.sees(text("capture.opened"));
    window.sees(text("capture.opened.none"));
    window.click("capture.mode.forward");
    window.sees(text("capture.mode.forward.what"));
    window.sees_no(text("capture.opened"));
    window.harness.get_by_label(text("capture.forward")).focus();
    window.harness.run();
    window.harness.get_by_label(text("capture.forward")).type_text("example.com");
    window.harness.run();
    window.click("capture.start");
    let form = &window.harness.state().state().prefs.live;
    assert_eq!((form.mode, form.forward.as_str()), (LiveMode::Forward, "example.com"));
    let no_server = Reason::new("why.no-server", [("url", "example.com".to_owned())], "");
    let why = "“example.com” is no address of a server";
    window.happen(Update::CollectorFailed { refused: Refused::of(Choice::Forward, no_server) });
    let place = |window: &Window, words: &str| window.harness.get_by_label_contains(words).rect().top();
    let (at, below) = (place(&window, why), window.harness.get_by_label(text("capture.listen")).rect().top());
    assert!(place(&window, "Forward to") < at && at < below, "beside its field");
    // What is changed may be right.
    window.harness.get_by_label(text("capture.tls")).click();
    window.harness.run();
    window.sees_no(why);
}

#[test]
fn an_address_beyond_this_machine_is_named_before_the_start() {
    let mut window = Window::new();
    window.harness.state().push(Command::ShowBottom(BottomTab::Capture));
    window.harness.run();
    window.sees_no(text("capture.listen.exposed"));
    let field = window.harness.get_by_label(text("capture.listen"));
    field.focus();
    window.harness.run();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.harness.run();
    window.harness.get_by_label(text("capture.listen")).type_text("0.0.0.0:8787");
    window.harness.run();
    window.sees(text("capture.listen.exposed"));
}

#[test]
fn the_demo_is_started_from_the_empty_window_and_says_what_it_is() {
    let mut window = Window::new();
    window.click("welcome.play");
    let demos =
        window.asked(|effect| matches!(effect, Effect::StartCollector { order, .. } if order.is_demo));
    assert_eq!(demos, 1);
    window.happen(started());
    window.sees("A simulated player sends");
    window.click("capture.stop");
    assert_eq!(window.asked(|effect| matches!(effect, Effect::StopCollector)), 1);
}

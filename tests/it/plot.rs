//! Timeline and clock plot in a window without a screen: what they say, and what wheel, drag and clicks do.

use std::sync::Arc;

use eframe::egui::{
    Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase, Ui, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::command::time::TimeCommand;
use playtrace::app::effect::Effects;
use playtrace::app::item::Item;
use playtrace::app::lane_prefs::LanePrefs;
use playtrace::app::prefs::ThemeVariant;
use playtrace::engine::work::carry_out;
use playtrace::metrics::drawing::{Anomaly, AnomalyKind, Drawing, LaneKind};
use playtrace::model::event_type::EventType;
use playtrace::model::watch::Unwatched;
use playtrace::ui::clock_plot::{self, ClockPlot};
use playtrace::ui::cx::{AppCx, CommandQueue, SessionCx};
use playtrace::ui::theme;
use playtrace::ui::timeline::layout::{LaneBox, Layout, TimeScale, lay_out_arranged};
use playtrace::ui::timeline::{GUTTER, Timeline, overview, paint};

/// A break with an ad, a chapter, a jump at 110 s and a pause: 51 events as a bare array.
fn session() -> String {
    let mut events = Vec::new();
    let mut event = |secs: u32, event_type: &str, playhead: u32, params: serde_json::Value| {
        let player_time =
            serde_json::json!({ "playhead": playhead, "ts": 1_704_196_800_000_u64 + u64::from(secs) * 1000 });
        events.push(
            serde_json::json!({ "eventType": event_type, "playerTime": player_time, "params": params }),
        );
    };
    let none = || serde_json::json!({});
    event(0, "sessionStart", 0, serde_json::json!({ "media.id": "m", "media.length": 300 }));
    event(
        0,
        "adBreakStart",
        0,
        serde_json::json!({ "media.ad.podFriendlyName": "Before", "media.ad.podIndex": 0 }),
    );
    event(0, "adStart", 0, serde_json::json!({ "media.ad.name": "Coffee", "media.ad.id": "a" }));
    (1..20).for_each(|secs| event(secs, "ping", 0, none()));
    event(20, "adComplete", 0, none());
    event(20, "adBreakComplete", 0, none());
    event(20, "chapterStart", 0, serde_json::json!({ "media.chapter.friendlyName": "One" }));
    event(20, "play", 0, none());
    (30..=100).step_by(10).for_each(|secs| event(secs, "ping", secs - 20, none()));
    (110..=150).step_by(10).for_each(|secs| event(secs, "ping", secs + 80, none()));
    event(155, "pauseStart", 235, none());
    (165..=195).step_by(10).for_each(|secs| event(secs, "ping", 235, none()));
    event(200, "play", 235, none());
    (210..=240).step_by(10).for_each(|secs| event(secs, "ping", secs + 35, none()));
    event(250, "chapterComplete", 285, none());
    event(250, "sessionEnd", 285, none());
    serde_json::Value::from(events).to_string()
}

/// The two views one above the other, with a state of their own.
#[derive(Default)]
struct Bench {
    state: State,
    commands: CommandQueue,
    timeline: Timeline,
    plot: ClockPlot,
}

const WIDTH: f32 = 892.0;
/// A frame: short enough for double clicks.
const STEP_SECS: f32 = 0.05;
/// So many frames between two clicks that are no double click, or until the wheel has come to rest.
const PAUSE: usize = 30;
const TIMELINE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(WIDTH, 300.0) };
const PLOT: Rect = Rect { min: pos2(0.0, 300.0), max: pos2(WIDTH, 600.0) };

impl Bench {
    fn apply(&mut self, command: Command) {
        let effects = self.state.apply(command);
        self.carry_out(effects);
    }

    /// What the threads of the window do, at once.
    fn carry_out(&mut self, effects: Effects) {
        for effect in effects {
            if let Some(update) = carry_out(effect, &Unwatched) {
                let effects = self.state.absorb(update);
                self.carry_out(effects);
            }
        }
    }

    fn ui(&mut self, ui: &mut Ui) {
        let app = AppCx {
            state: &self.state,
            commands: &self.commands,
            tokens: theme::tokens(ui.theme(), ThemeVariant::Plain),
        };
        match SessionCx::new(app) {
            Some(cx) => {
                let at = |rect| eframe::egui::UiBuilder::new().max_rect(rect);
                ui.scope_builder(at(TIMELINE), |ui| self.timeline.ui(ui, &cx));
                ui.scope_builder(at(PLOT), |ui| self.plot.ui(ui, &cx));
            }
            None => {
                ui.label("no session");
            }
        }
        self.state.hover = self.commands.take_hover();
        for command in self.commands.take() {
            self.apply(command);
        }
    }

    fn drawing(&self) -> &Drawing {
        self.state.drawing.as_ref().expect("the session is drawn")
    }

    fn selected_type(&self) -> Option<EventType> {
        let (capture, event) = self.state.selected_event()?;
        self.state.capture(capture)?.capture.event(event)?.event_type()
    }

    fn scale(&self) -> TimeScale {
        let view = self.state.time_view;
        TimeScale {
            axis: Arc::clone(&self.state.axis),
            from: view.from,
            to: view.to,
            left: GUTTER,
            width: WIDTH - GUTTER,
        }
    }
}

fn shown(text: &str) -> Harness<'static, Bench> {
    let mut bench = Bench::default();
    bench.apply(Command::OpenText { name: "test".to_owned(), bytes: text.as_bytes().to_vec() });
    let mut harness = Harness::builder()
        .with_size(vec2(WIDTH, 600.0))
        .with_step_dt(STEP_SECS)
        .with_context_setup(theme::install)
        .build_ui_state(|ui, bench: &mut Bench| bench.ui(ui), bench);
    harness.run();
    harness
}

fn click(harness: &mut Harness<'_, Bench>, pos: Pos2) {
    harness.hover_at(pos);
    harness.run();
    for pressed in [true, false] {
        let modifiers = Modifiers::NONE;
        harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
        harness.step();
    }
    harness.run();
}

fn double_click(harness: &mut Harness<'_, Bench>, pos: Pos2) {
    harness.hover_at(pos);
    harness.run();
    for pressed in [true, false, true, false] {
        let modifiers = Modifiers::NONE;
        harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
        harness.step();
    }
    harness.run();
}

fn wheel(harness: &mut Harness<'_, Bench>, at: Pos2, delta: f32, modifiers: Modifiers) {
    harness.hover_at(at);
    harness.run();
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, delta),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers,
    };
    harness.event_modifiers(wheel, modifiers);
    harness.run_steps(PAUSE);
}

fn drag(harness: &mut Harness<'_, Bench>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    harness.hover_at(from.lerp(to, 0.5));
    harness.run();
    harness.hover_at(to);
    harness.run();
    harness.drop_at(to);
    harness.run();
}

/// The middle of a lane, and the place of a time on it.
#[track_caller]
fn on_lane(bench: &Bench, kind: &LaneKind, secs: f64) -> Pos2 {
    let scale = bench.scale();
    let top = overview::HEIGHT + paint::ruler_height() + 2.0;
    let lanes = &bench.drawing().lanes;
    let arranged = LanePrefs::default().arranged(lanes);
    let layout = lay_out_arranged(lanes, &arranged, &scale, TIMELINE.height() - top, &Layout::default());
    let is_wanted = |lane: &&LaneBox| lanes[lane.lane].kind == *kind;
    let lane = layout.lanes.iter().find(is_wanted).expect("the lane is there");
    pos2(scale.x(secs), top + lane.top + lane.height / 2.0)
}

/// The first finding that is named in the plot.
#[track_caller]
fn first_finding(drawing: &Drawing) -> Anomaly {
    let is_finding = |found: &&Anomaly| matches!(found.kind, AnomalyKind::Finding(_));
    *drawing.anomalies.iter().find(is_finding).expect("a finding is named")
}

#[test]
fn each_view_says_in_one_line_what_it_shows() {
    let harness = shown(&session());
    harness.get_by_label_contains("Timeline: 51 events, 1 ad break, 1 ad, 1 chapter");
    harness.get_by_label_contains("Clock plot: 51 points, playhead 00:00.0 to");
    harness.get_by_label_contains("Overview of the session");
    assert!(harness.query_by_label_contains("2 findings about the clocks").is_some());
}

#[test]
fn without_a_drawing_the_views_say_that_it_is_being_worked_out() {
    let mut harness = shown(&session());
    harness.state_mut().state.drawing = None;
    harness.run();
    assert_eq!(harness.get_all_by_label("Working out the timeline…").count(), 2);
}

#[test]
fn a_click_on_a_phase_selects_the_event_that_begins_it() {
    let mut harness = shown(&session());
    for (kind, secs, expected) in [
        (LaneKind::Ads, 10.0, EventType::AdStart),
        (LaneKind::AdBreaks, 10.0, EventType::AdBreakStart),
        (LaneKind::Chapters, 100.0, EventType::ChapterStart),
        (LaneKind::Playback, 180.0, EventType::PauseStart),
        (LaneKind::Pings, 130.0, EventType::Ping),
    ] {
        let place = on_lane(harness.state(), &kind, secs);
        click(&mut harness, place);
        assert_eq!(harness.state().selected_type(), Some(expected), "{kind:?} at {secs}");
        // Apart enough to be no double click.
        harness.run_steps(PAUSE);
    }
}

/// Two minutes of pings, an hour of nothing, an ad and pings again.
fn session_with_a_silence() -> String {
    let event = |secs: u32, event_type: &str, playhead: u32| {
        let ts = 1_704_196_800_000_u64 + u64::from(secs) * 1000;
        let params = if event_type == "adStart" { r#","params":{"media.ad.id":"a"}"# } else { "" };
        format!(r#"{{"eventType":"{event_type}","playerTime":{{"playhead":{playhead},"ts":{ts}}}{params}}}"#)
    };
    let mut events = vec![event(0, "sessionStart", 0), event(0, "play", 0)];
    events.extend((1..12).map(|n| event(n * 10, "ping", n * 10)));
    events.push(event(120, "pauseStart", 120));
    events.push(event(3_720, "adBreakStart", 120));
    events.push(event(3_720, "adStart", 120));
    events.push(event(3_740, "adComplete", 120));
    events.push(event(3_740, "adBreakComplete", 120));
    events.push(event(3_740, "play", 120));
    events.extend((375..380).map(|n| event(n * 10, "ping", n * 10 - 3_620)));
    events.push(event(3_800, "sessionEnd", 180));
    format!("[{}]", events.join(","))
}

#[test]
fn behind_a_cut_clicks_hovering_and_zoom_mean_what_is_drawn_there() {
    let mut harness = shown(&session_with_a_silence());
    harness.state_mut().apply(Command::Time(TimeCommand::CutSilences));
    harness.run();
    let [cut] = harness.state().state.axis.cuts() else { panic!("one cut") };
    assert_eq!((cut.start, cut.end), (120.0, 3_720.0));
    let scale = harness.state().scale();
    let (before, after) = (scale.x(cut.start), scale.x(cut.end));
    assert!(after - before > 4.0 && after - before < 0.06 * scale.width, "{before} to {after}");
    assert!(
        (scale.secs(after + 50.0) - 3_720.0 - 50.0 * scale.secs_per_point()).abs() < scale.secs_per_point()
    );
    for (kind, secs, expected) in [
        (LaneKind::Ads, 3_730.0, EventType::AdStart),
        (LaneKind::Playback, 3_780.0, EventType::Play),
        (LaneKind::Playback, 2_000.0, EventType::PauseStart),
        (LaneKind::Pings, 60.0, EventType::Ping),
        (LaneKind::Pings, 3_770.0, EventType::Ping),
    ] {
        let place = on_lane(harness.state(), &kind, secs);
        click(&mut harness, place);
        assert_eq!(harness.state().selected_type(), Some(expected), "{kind:?} at {secs}");
        harness.run_steps(PAUSE);
    }
    harness.hover_at(pos2(scale.x(3_770.0), PLOT.center().y));
    harness.run();
    let hovered = harness.state().state.hover.and_then(|hover| hover.secs).expect("it is over the plot");
    assert!((hovered - 3_770.0).abs() < scale.secs_per_point(), "{hovered}");
    harness.get_by_label_contains("1 silence cut short");
    let place = on_lane(harness.state(), &LaneKind::Ads, 3_730.0);
    double_click(&mut harness, place);
    let (from, to) = harness.state().state.seen_secs();
    let seen_in_cut = harness.state().state.axis.to_axis(3_720.0) - harness.state().state.time_view.from;
    assert!(to > 3_740.0 && to < 3_750.0 && seen_in_cut < 5.0 && from < 3_720.0, "{from} to {to}");
}

#[test]
fn a_click_on_a_mark_selects_its_finding_in_both_views() {
    let mut harness = shown(&session());
    let found = first_finding(harness.state().drawing());
    let scale = harness.state().scale();
    let place = on_lane(harness.state(), &LaneKind::Findings, found.time);
    click(&mut harness, place);
    assert!(matches!(harness.state().state.selection, Some(Item::Finding(..))));
    harness.run_steps(PAUSE);
    let jump = first_finding(harness.state().drawing());
    let (low, high) = playtrace::ui::clock_plot::series::picture(
        harness.state().drawing(),
        &scale.columns(800),
        &Default::default(),
    )
    .playheads;
    // The legend stands above the line.
    let high = high + (high - low) * f64::from(clock_plot::paint::LEGEND_HEIGHT / PLOT.height());
    let share = (jump.playhead.expect("a ping has one") - low) / (high - low);
    let plot = harness.get_by_label_contains("Clock plot").rect();
    let place = pos2(scale.x(jump.time), plot.bottom() - share as f32 * plot.height());
    click(&mut harness, place);
    let Some(Item::Finding(_, number)) = harness.state().state.selection else {
        panic!("nothing is selected")
    };
    assert!(matches!(jump.kind, AnomalyKind::Finding(mark) if mark.number == number), "{jump:?}");
}

#[test]
fn both_time_axes_stand_under_each_other() {
    let harness = shown(&session());
    let plot = harness.get_by_label_contains("Clock plot").rect();
    assert!((plot.left() - GUTTER).abs() < 1.0 && (plot.right() - WIDTH).abs() < 1.0, "{plot:?}");
}

#[test]
fn the_wheel_zooms_and_keeps_the_time_under_the_pointer() {
    let mut harness = shown(&session());
    for (y, delta) in [(150.0, 200.0), (450.0, 200.0), (150.0, -60.0)] {
        let pointer = pos2(500.0, y);
        let before = harness.state().scale();
        wheel(&mut harness, pointer, delta, Modifiers::NONE);
        let after = harness.state().scale();
        let factor = (before.to - before.from) / (after.to - after.from);
        assert!(if delta > 0.0 { factor > 1.5 } else { factor < 0.9 }, "{factor}");
        let moved = (after.secs(pointer.x) - before.secs(pointer.x)).abs();
        assert!(moved < 0.01, "the time under the pointer moved by {moved} s");
    }
}

#[test]
fn shift_and_wheel_pans_and_so_does_a_drag() {
    let mut harness = shown(&session());
    wheel(&mut harness, pos2(500.0, 150.0), 300.0, Modifiers::NONE);
    let before = harness.state().scale();
    wheel(&mut harness, pos2(500.0, 150.0), -100.0, Modifiers::SHIFT);
    let panned = harness.state().scale();
    assert!(
        panned.from > before.from && ((panned.to - panned.from) - (before.to - before.from)).abs() < 1e-6
    );
    for y in [150.0, 450.0] {
        let before = harness.state().scale();
        drag(&mut harness, pos2(500.0, y), pos2(560.0, y));
        let after = harness.state().scale();
        assert!(
            (before.secs(500.0) - after.secs(560.0)).abs() < 0.01 * (after.to - after.from),
            "what was taken stays in the hand"
        );
    }
}

#[test]
fn a_double_click_zooms_to_a_phase_and_on_empty_shows_all() {
    let mut harness = shown(&session());
    let all = harness.state().scale();
    let place = on_lane(harness.state(), &LaneKind::Ads, 10.0);
    double_click(&mut harness, place);
    let zoomed = harness.state().scale();
    assert!(zoomed.to - zoomed.from < 30.0 && zoomed.from < 1.0 && zoomed.to > 20.0, "{zoomed:?}");
    harness.run_steps(PAUSE);
    double_click(&mut harness, pos2(500.0, 290.0));
    assert_eq!(harness.state().scale(), all);
}

#[test]
fn the_range_in_the_overview_can_be_moved_and_its_edges_too() {
    let mut harness = shown(&session());
    let all = harness.state().scale();
    let y = overview::HEIGHT / 2.0;
    drag(&mut harness, pos2(all.right() - 1.0, y), pos2(all.x(125.0), y));
    let half = harness.state().scale();
    assert!((half.to - 125.0).abs() < 1.0 && half.from == all.from, "{half:?}");
    drag(&mut harness, pos2(all.x(60.0), y), pos2(all.x(100.0), y));
    let moved = harness.state().scale();
    assert!(
        (moved.from - half.from - 40.0).abs() < 1.0 && (moved.to - half.to - 40.0).abs() < 1.0,
        "{moved:?}"
    );
}

#[test]
fn hovering_one_view_draws_the_same_time_in_both() {
    let mut harness = shown(&session());
    let at = harness.state().scale().secs(400.0);
    for y in [150.0, 450.0] {
        harness.hover_at(pos2(400.0, y));
        harness.run();
        let hover = harness.state().state.hover.expect("the pointer is over a view");
        assert!((hover.secs.expect("a time") - at).abs() < 1e-6);
    }
    harness.hover_at(on_lane(harness.state(), &LaneKind::Ads, 10.0));
    harness.run();
    let event = harness.state().state.hover.and_then(|hover| hover.event);
    assert_eq!(event.map(|event| event.0), Some(2), "the ad's start");
}

#[test]
fn resting_on_a_phase_says_what_it_is() {
    let mut harness = shown(&session());
    let place = on_lane(harness.state(), &LaneKind::Ads, 10.0);
    harness.hover_at(place);
    harness.run_steps(PAUSE);
    harness.get_by_label("Coffee");
    harness.get_by_label("00:00.0 to 00:20.0 (20.0 s)");
    harness.get_by_label("Completed");
}

#[test]
fn a_session_of_one_event_or_without_clocks_draws() {
    for text in [
        r#"[{"eventType":"sessionStart","playerTime":{"playhead":0,"ts":1704196800000}}]"#,
        r#"[{"eventType":"sessionStart","playerTime":{"playhead":"x","ts":"y"}},{"eventType":"ping","playerTime":{}}]"#,
        r#"[{"eventType":"sessionStart","playerTime":{"playhead":1e300,"ts":-9e18}},{"eventType":"play","playerTime":{"playhead":-1e15,"ts":9e18}}]"#,
    ] {
        let mut harness = shown(text);
        harness.get_by_label_contains("Timeline: ");
        wheel(&mut harness, pos2(500.0, 150.0), 300.0, Modifiers::NONE);
        wheel(&mut harness, pos2(500.0, 450.0), -300.0, Modifiers::NONE);
        drag(&mut harness, pos2(500.0, 150.0), pos2(300.0, 150.0));
    }
}

/// A ping that the window sorts in, one that it loses, and a break whose first two events share a `ts` and came the
/// wrong way round.
const OUT_OF_ORDER: &str = "\
@vod length=300
+0    sessionStart
+0.1  play
+10   ping
+15   pauseStart       recv=+15
+14.5 bitrateChange    recv=+15.6
+20   play
+30   ping
+39   ping             recv=+49
+40   bitrateChange    recv=+40
+50   ping
+60   adStart          recv=+60
+60   adBreakStart     recv=+60.1
+70   adComplete
+70   adBreakComplete
";

/// The place of the line of an event on the reorder lane: its middle.
#[track_caller]
fn on_line(bench: &Bench, position: u32) -> Pos2 {
    let lines = bench.drawing().orders.crossings.all();
    let line = lines.iter().find(|line| line.item == position).expect("the event has a line");
    on_lane(bench, &LaneKind::Reorder, line.lower.midpoint(line.upper))
}

#[test]
fn what_is_out_of_order_is_counted_in_words() {
    let harness = shown(OUT_OF_ORDER);
    harness.get_by_label_contains("2 events out of order, 1 lost to the reorder window");
    harness.get_by_label_contains("2 events in ties that cannot be decided");
    let in_order = shown(&session());
    assert!(in_order.query_by_label_contains("out of order").is_none());
    assert!(in_order.state().drawing().lane(&LaneKind::Reorder).is_none());
}

#[test]
fn a_line_of_the_reorder_lane_says_what_becomes_of_its_event_and_a_click_selects_it() {
    let mut harness = shown(OUT_OF_ORDER);
    for (position, words) in [
        (3, "Arrived 600 ms after pauseStart #3, which it should precede; the window sorts it in"),
        (7, "Arrived 9.0 s after bitrateChange #7, which it should precede; the window had passed that on"),
    ] {
        let place = on_line(harness.state(), position);
        harness.hover_at(place);
        harness.run_steps(PAUSE);
        harness.get_by_label_contains(words);
        click(&mut harness, place);
        let expected = harness.state().drawing().events[position as usize];
        let selected = harness.state().state.selected_event().map(|(_, event)| event);
        assert_eq!(selected, Some(expected), "{words}");
        harness.run_steps(PAUSE);
    }
    let tied = on_line(harness.state(), 10);
    harness.hover_at(tied);
    harness.run_steps(PAUSE);
    harness.get_by_label_contains("Shares its ts with 1 other");
}

#[test]
fn the_name_of_the_reorder_lane_explains_it() {
    let mut harness = shown(OUT_OF_ORDER);
    let place = on_lane(harness.state(), &LaneKind::Reorder, 0.0);
    harness.hover_at(pos2(GUTTER / 2.0, place.y));
    harness.run_steps(PAUSE);
    harness.get_by_label("Upper edge: when events arrived, as in the lane of requests");
    harness.get_by_label("The reorder window holds events for 5 s, or until 10 have come");
    harness.get_by_label("Lost: what it should precede had been passed on: 1");
    harness.get_by_label("Late, sorted in by the window: 1");
}

/// A bitrate that changes, a ping that is 4 s late, four that never come, and a pause of eleven minutes.
fn watched_session() -> String {
    let mut events = Vec::new();
    let mut event = |secs: u32, event_type: &str, quality: serde_json::Value| {
        let ts = 1_704_196_800_000_u64 + u64::from(secs) * 1000;
        let mut event = serde_json::json!({
            "eventType": event_type, "playerTime": { "playhead": secs.min(84), "ts": ts }
        });
        if quality.is_object() {
            event["qoeData"] = quality;
        }
        events.push(event);
    };
    let bitrate = |value: u32| serde_json::json!({ "media.qoe.bitrate": value });
    event(0, "sessionStart", serde_json::Value::Null);
    event(0, "play", serde_json::Value::Null);
    event(10, "bitrateChange", bitrate(4_500_000));
    event(20, "ping", serde_json::Value::Null);
    event(34, "ping", serde_json::Value::Null);
    event(40, "bitrateChange", bitrate(900_000));
    event(84, "pauseStart", serde_json::Value::Null);
    event(744, "play", serde_json::Value::Null);
    serde_json::Value::from(events).to_string()
}

#[test]
fn bitrate_late_and_missing_pings_and_a_used_budget_are_said_at_the_pointer() {
    let mut harness = shown(&watched_session());
    harness.state_mut().apply(Command::ShowRange { from: 0.0, to: 100.0 });
    harness.run();
    for (kind, secs, expected) in [
        (LaneKind::Bitrate, 25.0, "4,500,000"),
        (LaneKind::Bitrate, 60.0, "900,000"),
        (LaneKind::PingGaps, 32.0, "4.0 s after it was due"),
        (LaneKind::PingGaps, 70.0, "4 pings missing"),
        (LaneKind::Silence, 90.0, "100 % of the time-out"),
        (LaneKind::StillPlayhead, 90.0, "37 % of the time-out"),
    ] {
        let place = on_lane(harness.state(), &kind, secs);
        harness.hover_at(place);
        harness.run_steps(PAUSE);
        assert!(harness.query_by_label(expected).is_some(), "{kind:?} at {secs}: {expected}");
    }
    harness.state_mut().apply(Command::FitAll);
    harness.run();
    let place = on_lane(harness.state(), &LaneKind::Silence, 720.0);
    harness.hover_at(place);
    harness.run_steps(PAUSE);
    harness.get_by_label("Past the time-out");
    click(&mut harness, place);
    assert_eq!(harness.state().selected_type(), Some(EventType::PauseStart));
}

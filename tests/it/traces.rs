//! The traces below the clock plot: their values, and what the window shows of them.

use eframe::egui::accesskit::Toggled;
use eframe::egui::{Rect, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::command::Command;
use playtrace::app::command::traces::TraceCommand;
use playtrace::app::prefs::{Language, ViewPrefs};
use playtrace::metrics::drawing::Trace;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::{Desk, long_session, open, window};

/// A seek at 30 s, a late request, a bitrate and dropped frames that change.
const SESSION: &str = "\
@vod length=300
+0    sessionStart
+0    play
+10   ping
+20   ping             recv=+24
+25   bitrateChange    qoe.media.qoe.bitrate=1800 qoe.media.qoe.droppedFrames=3
+30   ping             ph=130
+40   ping             ph=140
+60   ping             ph=160 qoe.media.qoe.bitrate=900 qoe.media.qoe.droppedFrames=12
+70   sessionEnd       ph=170
";

type Window = Harness<'static, InspectorApp>;

fn shown(bytes: &[u8]) -> Window {
    let (mut harness, _) = window();
    harness.set_size(eframe::egui::vec2(1280.0, 1400.0));
    open(&mut harness, "test", bytes.to_vec());
    harness
}

/// The values of a trace, rounded to tenths, as (seconds, value).
fn values(desk: &Desk, trace: Trace) -> Vec<(f64, f64)> {
    let drawing = desk.state.drawing.as_ref().expect("the session is drawn");
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    let points = drawing.traces.series(trace).points();
    points.iter().map(|point| (tenths(point.time), tenths(point.value))).collect()
}

fn row(harness: &Window, key: &str) -> Rect {
    harness.get_by_label_contains(&format!("{} below the plot", text(key))).rect()
}

#[test]
fn each_trace_has_the_values_of_its_events() {
    let mut desk = Desk::default();
    desk.wants(Command::OpenText { name: "test".to_owned(), bytes: SESSION.as_bytes().to_vec() });
    let residual = values(&desk, Trace::Residual);
    assert!(residual.contains(&(20.0, 0.0)) && residual.contains(&(30.0, 100.0)), "{residual:?}");
    assert!(residual.contains(&(40.0, 0.0)), "after the seek the line begins anew: {residual:?}");
    let gaps = [(20.0, 10.0), (30.0, 10.0), (40.0, 10.0), (60.0, 20.0)];
    assert_eq!(values(&desk, Trace::PingGap), gaps);
    let delays = values(&desk, Trace::Delay);
    let late: Vec<_> = delays.iter().filter(|(_, delay)| *delay > 1.0).collect();
    assert_eq!(late, [&(20.0, 4.0)], "{delays:?}");
    let bitrates = [(25.0, 1800.0), (60.0, 1800.0), (60.0, 900.0), (70.0, 900.0)];
    assert_eq!(values(&desk, Trace::Bitrate), bitrates, "it stands, and steps");
    let dropped = [(25.0, 3.0), (60.0, 3.0), (60.0, 12.0), (70.0, 12.0)];
    assert_eq!(values(&desk, Trace::DroppedFrames), dropped);
}

#[test]
fn the_rows_stand_below_the_plot_on_its_axis_and_say_their_range() {
    let harness = shown(SESSION.as_bytes());
    let plot = harness.get_by_label_contains("Clock plot").rect();
    let mut above = plot;
    for (key, range) in [
        ("trace.residual", "0.0 s to 100.0 s"),
        ("trace.ping-gap", "10.0 s to 20.0 s"),
        ("trace.delay", "s to 4.0 s"),
        ("trace.bitrate", "900 to 1,800"),
        ("trace.dropped", "3 to 12"),
    ] {
        let name = format!("{} below the plot", text(key));
        let node = harness.get_by_label_contains(&name);
        let label = node.accesskit_node().label().unwrap_or_default();
        assert!(label.contains(range), "{label}");
        let rect = node.rect();
        assert!((rect.right() - plot.right()).abs() < 1.0, "one axis: {rect:?} and {plot:?}");
        assert!(rect.top() >= above.bottom() - 1.0, "{key} stands below what is before it");
        above = rect;
    }
}

#[test]
fn hovering_says_the_values_in_all_rows_and_a_click_selects_the_event() {
    let mut harness = shown(SESSION.as_bytes());
    let (view, plot) =
        (harness.state().state().time_view, harness.get_by_label_contains("Clock plot").rect());
    let x = plot.left() + ((30.0 - view.from) / view.width()) as f32 * plot.width();
    let gaps = row(&harness, "trace.ping-gap");
    harness.hover_at(pos2(x, gaps.center().y));
    harness.run();
    harness.get_by_label_contains("Difference below the plot: 0.0 s to 100.0 s; 100.0 s at 00:30.0");
    harness.get_by_label_contains("Bitrate below the plot: 900 to 1,800; 1,800 at 00:30.0");
    harness.drag_at(pos2(x, gaps.center().y));
    harness.step();
    harness.drop_at(pos2(x, gaps.center().y));
    harness.run();
    assert_eq!(harness.state().state().selected_event().map(|(_, event)| event.0), Some(5));
    // A wheel over a row zooms all views.
    harness.hover_at(pos2(x, gaps.center().y));
    harness.run();
    harness.event(eframe::egui::Event::Zoom(2.0));
    harness.run();
    assert!(harness.state().state().time_view.width() < view.width() * 0.6);
}

#[test]
fn a_trace_is_hidden_and_shown_by_its_command_and_the_menu_and_that_is_kept() {
    let mut harness = shown(SESSION.as_bytes());
    harness.state().push(Command::Trace(TraceCommand::Toggle(Trace::Delay)));
    harness.run();
    assert!(harness.query_by_label_contains("Arrival delay below the plot").is_none());
    let kept = serde_json::to_string(&harness.state().state().prefs).expect("preferences are plain data");
    let read: ViewPrefs = serde_json::from_str(&kept).expect("they are read again");
    assert_eq!(read.hidden_traces, [Trace::Delay]);
    harness.get_by_label(text("menu.view")).click();
    harness.run();
    harness.get_by_label_contains(text("menu.traces")).click();
    harness.run();
    let tick = harness.get_by_role_and_label(eframe::egui::accesskit::Role::CheckBox, text("trace.delay"));
    assert_eq!(tick.accesskit_node().toggled(), Some(Toggled::False));
    tick.click();
    harness.run();
    row(&harness, "trace.delay");
}

#[test]
fn in_a_small_window_the_plot_keeps_its_room_and_in_the_story_there_are_no_traces() {
    let mut harness = shown(SESSION.as_bytes());
    harness.set_size(eframe::egui::vec2(1024.0, 640.0));
    harness.run();
    let plot = harness.get_by_label_contains("Clock plot").rect();
    assert!(plot.height() > 40.0, "{plot:?}");
    harness.state().push(Command::Story(playtrace::app::command::story::StoryCommand::Toggle));
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("Ping gap below the plot").is_none());
}

#[test]
fn a_session_without_such_values_has_no_row_for_them_and_french_has_names() {
    let mut harness = shown(&long_session(10));
    assert!(harness.query_by_label_contains("Bitrate below the plot").is_none());
    row(&harness, "trace.ping-gap");
    harness.state().push(Command::SetLanguage(Language::French));
    harness.run();
    harness.get_by_label_contains("Entre pings sous la courbe");
}

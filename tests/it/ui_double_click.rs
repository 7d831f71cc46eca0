//! Double clicks in the views of time: what lies there large, or all of it.

use eframe::egui::{Event, Modifiers, PointerButton, Pos2, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::command::marks::MarkCommand;
use playtrace::app::item::Item;
use playtrace::app::time_view::TimeView;
use playtrace::model::id::EventId;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::{faulty_window, open, window};

type Window = Harness<'static, InspectorApp>;

/// With a bitrate at 25 s that changes at 60 s.
const SESSION: &str = "\
@vod length=300
+0    sessionStart
+0    play
+10   ping
+20   ping
+25   bitrateChange    qoe.media.qoe.bitrate=1800
+30   ping
+40   ping
+60   ping             qoe.media.qoe.bitrate=900
+70   sessionEnd
";

fn seen(harness: &Window) -> TimeView {
    harness.state().state().time_view
}

/// The axis that all views share.
fn axis(harness: &Window) -> Rect {
    harness.get_by_label_contains("Clock plot").rect()
}

fn place(harness: &Window, secs: f64, y: f32) -> Pos2 {
    let (view, axis) = (seen(harness), axis(harness));
    pos2(axis.left() + ((secs - view.from) / view.width()) as f32 * axis.width(), y)
}

/// Clicks twice at a place, quickly.
pub fn double_click(harness: &mut Window, pos: Pos2) {
    harness.hover_at(pos);
    harness.run();
    let modifiers = Modifiers::NONE;
    let button = |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers };
    // In one frame: a frame of the test is longer than a double click may take.
    harness.input_mut().events.extend([true, false, true, false].map(button));
    harness.step();
    harness.run();
}

#[track_caller]
fn is_around(view: TimeView, secs: f64, before: TimeView) {
    assert!(view.width() < before.width() * 0.8, "{view:?} is nearer than {before:?}");
    assert!((view.from..=view.to).contains(&secs), "{secs} is in {view:?}");
}

#[test]
fn on_the_ruler_it_shows_all_and_on_the_flag_of_a_mark_its_place() {
    let (mut harness, _) = faulty_window();
    let y = harness.get_by_label(text("timeline.ruler")).rect().center().y;
    harness.state().push(Command::ShowRange { from: 5.0, to: 25.0 });
    harness.run();
    let near = seen(&harness);
    let empty = place(&harness, 20.0, y);
    double_click(&mut harness, empty);
    let whole = seen(&harness);
    assert!(whole.shows_all() && near.width() < whole.width(), "{whole:?}");
    let (capture, _) = harness.state().state().shown.expect("a session is shown");
    harness.remove_cursor();
    harness.run();
    harness.state().push(Command::Select(Item::Event(capture, EventId(2))));
    harness.run();
    harness.state().push(Command::Mark(MarkCommand::Toggle));
    harness.run();
    let flag = place(&harness, 10.5, y) + vec2(2.0, 0.0);
    double_click(&mut harness, flag);
    is_around(seen(&harness), 10.5, whole);
}

#[test]
fn on_a_point_of_a_trace_it_shows_its_place_and_elsewhere_all() {
    let (mut harness, _) = window();
    harness.set_size(vec2(1280.0, 1400.0));
    open(&mut harness, "test", SESSION.as_bytes().to_vec());
    let whole = seen(&harness);
    let name = format!("{} below the plot", text("trace.bitrate"));
    let y = harness.get_by_label_contains(&name).rect().center().y;
    let point = place(&harness, 25.0, y) + vec2(2.0, 0.0);
    double_click(&mut harness, point);
    is_around(seen(&harness), 25.0, whole);
    harness.state().push(Command::ShowRange { from: 30.0, to: 50.0 });
    harness.run();
    let empty = place(&harness, 45.0, y);
    double_click(&mut harness, empty);
    assert!(seen(&harness).shows_all());
}

#[test]
fn in_plot_and_overview_it_shows_all() {
    let (mut harness, _) = faulty_window();
    let overview = harness.get_by_label_contains("Overview of the session").rect();
    let plot = axis(&harness);
    for at in [overview.center(), plot.left_top() + vec2(30.0, 20.0)] {
        harness.state().push(Command::ShowRange { from: 5.0, to: 9.0 });
        harness.run();
        assert!(!seen(&harness).shows_all());
        double_click(&mut harness, at);
        assert!(seen(&harness).shows_all(), "{at:?} {:?}", seen(&harness));
    }
}

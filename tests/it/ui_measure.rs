//! Measuring in the window: cursors, ranges and what is said of them.

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::prefs::{BottomTab, Language};
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::faulty_window;

type Window = Harness<'static, InspectorApp>;

/// The axis of the plot, which stands under those of the timeline.
fn axis(harness: &Window) -> Rect {
    harness.get_by_label_contains("Clock plot").rect()
}

/// Where a time stands in a view.
fn place(harness: &Window, secs: f64, y: f32) -> Pos2 {
    let (view, axis) = (harness.state().state().time_view, axis(harness));
    pos2(axis.left() + ((secs - view.from) / view.width()) as f32 * axis.width(), y)
}

fn press(harness: &mut Window, pos: Pos2, pressed: bool, modifiers: Modifiers) {
    let event = Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers };
    harness.event_modifiers(event, modifiers);
    // A frame: a long press is no click.
    harness.step();
}

fn drag(harness: &mut Window, from: Pos2, to: Pos2, modifiers: Modifiers) {
    harness.hover_at(from);
    harness.run();
    press(harness, from, true, modifiers);
    for pos in [from.lerp(to, 0.5), to] {
        harness.event_modifiers(Event::PointerMoved(pos), modifiers);
        harness.run();
    }
    press(harness, to, false, modifiers);
    harness.run();
}

#[track_caller]
fn assert_near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 0.02), "{found:?} is not {expected}");
}

#[test]
fn shift_and_drag_measures_a_range_in_timeline_and_plot_and_moves_nothing() {
    let (mut harness, _) = faulty_window();
    let view = harness.state().state().time_view;
    let lanes = harness.get_by_label_contains("Timeline: ").rect();
    for (y, from, to) in [(lanes.center().y, 10.6, 20.0), (axis(&harness).center().y, 30.0, 15.1)] {
        harness.state().push(Command::ShowBottom(BottomTab::Findings));
        harness.run();
        let (start, end) = (place(&harness, from, y), place(&harness, to, y));
        drag(&mut harness, start, end, Modifiers::SHIFT);
        let range = harness.state().state().marking.range.expect("a range is measured");
        // The ends snap to events.
        let nearest = |secs: f64| [10.5, 15.0, 20.0, 30.1].into_iter().find(|time| (time - secs).abs() < 0.2);
        assert_near(Some(range.from), nearest(from.min(to)).expect("an event"));
        assert_near(Some(range.to), nearest(from.max(to)).expect("an event"));
        assert_eq!(harness.state().state().prefs.bottom, BottomTab::Measure, "it is shown");
        assert_eq!(harness.state().state().time_view, view, "and the view stays");
    }
}

#[test]
fn a_click_on_the_ruler_puts_cursors_which_can_be_dragged_and_the_status_bar_says_what_lies_between() {
    let (mut harness, _) = faulty_window();
    let ruler = harness.get_by_label(text("timeline.ruler")).rect();
    let y = ruler.center().y;
    for (secs, modifiers) in [(0.5, Modifiers::NONE), (10.6, Modifiers::SHIFT)] {
        let at = place(&harness, secs, y);
        harness.hover_at(at);
        harness.run();
        press(&mut harness, at, true, modifiers);
        press(&mut harness, at, false, modifiers);
        harness.run();
    }
    let marking = &harness.state().state().marking;
    assert_eq!((marking.a, marking.b), (Some(0.5), Some(10.5)), "they snap");
    harness.get_by_label("A to B: Δts 10.000 s · Δplayhead 10.000 s · ratio 1.000");
    let (from, to) = (place(&harness, 10.5, y), place(&harness, 20.0, y));
    drag(&mut harness, from, to, Modifiers::NONE);
    assert_near(harness.state().state().marking.b, 20.0);
    harness.get_by_label_contains("Δplayhead 14.500 s · ratio 0.744");
    // Elsewhere a drag moves the view.
    assert_eq!(harness.state().state().marking.a, Some(0.5));
}

#[test]
fn the_keys_measure_and_the_panel_says_what_there_is() {
    let (mut harness, _) = faulty_window();
    for (row, key, modifiers) in [("Event 1", Key::C, Modifiers::NONE), ("Event 2", Key::C, Modifiers::SHIFT)]
    {
        harness.get_by_label(row).hover();
        harness.run();
        harness.key_press_modifiers(modifiers, key);
        harness.run();
    }
    harness.key_press_modifiers(Modifiers::SHIFT, Key::R);
    harness.run();
    harness.get_by_label("+00:00.500 · playhead 0.000");
    harness.get_by_label("+00:10.500 · playhead 10.000");
    harness.get_by_label("+00:00.500 to +00:10.500 (10.000 s)");
    harness.remove_cursor();
    for _ in 0..4 {
        harness.key_press(Key::J);
        harness.run();
    }
    harness.key_press(Key::R);
    harness.run();
    harness.get_by_label("+00:15.000 to +00:20.000 (5.000 s)");
    harness.get_by_label("wrong-json-type ×1").click();
    harness.run();
    let selection = harness.state().state().selection;
    assert!(matches!(selection, Some(playtrace::app::item::Item::Finding(..))), "{selection:?}");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().state().marking.is_shown());
    harness.get_by_label_contains("Shift+drag in timeline or plot measures a range, R that of the selection");
    harness.get_by_label_contains("C and Shift+C put cursors A and B");
}

#[test]
fn the_panel_is_there_in_french_and_without_a_session_says_so() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::SetLanguage(Language::French));
    harness.state().push(Command::ShowBottom(BottomTab::Measure));
    harness.run();
    harness.get_by_label_contains("Maj+glisser dans la chronologie ou la courbe mesure un intervalle");
    assert!(harness.query_all_by_label(text("below.measure")).next().is_some());
}

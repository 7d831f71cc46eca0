//! The event table in the window: its filter field.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;

use crate::support::window::faulty_window;

#[test]
fn keys_are_offered_below_the_filter_and_taken_with_enter() {
    let (mut harness, _port) = faulty_window();
    harness.state().push(Command::FocusFilter);
    harness.run();
    assert!(harness.query_by_label("type:").is_some(), "keys are offered in the empty field");
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().state().filter.text, "type:");
    harness.event(eframe::egui::Event::Text("pi".to_owned()));
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let state = harness.state().state();
    assert_eq!(state.filter.text, "type:ping");
    assert_eq!(state.n_table_rows(), 3);
}

#[test]
fn an_offer_is_taken_with_a_click() {
    let (mut harness, _port) = faulty_window();
    harness.state().push(Command::FocusFilter);
    harness.run();
    harness.get_by_label("finding:").click();
    harness.run();
    harness.run();
    assert_eq!(harness.state().state().filter.text, "finding:");
}

#[test]
fn what_means_nothing_is_explained_below_the_field_and_the_table_stays() {
    let (mut harness, _port) = faulty_window();
    harness.state().push(Command::FocusFilter);
    harness.run();
    harness.event(eframe::egui::Event::Text("tpye:ping".to_owned()));
    harness.run();
    let told = "Character 1: “tpye” is no key; text with : = < > goes in quotes. Did you mean “type”?";
    assert!(harness.query_by_label(told).is_some(), "place and words");
    assert_eq!(harness.state().state().n_table_rows(), 9);
}

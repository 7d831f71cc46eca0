//! The event table in the window: filter and search.

use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::command::find::FindCommand;
use playtrace::app::effect::Effect;
use playtrace::app::prefs::{Pane, ViewPrefs};
use playtrace::app::update::Update;
use playtrace::ui::app::InspectorApp;

use crate::support::window::{FakePort, faulty_session, faulty_window, read};

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
    harness.event(Event::Text("pi".to_owned()));
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
    harness.event(Event::Text("tpye:ping".to_owned()));
    harness.run();
    let told = "Character 1: “tpye” is no key; text with : = < > goes in quotes. Did you mean “type”?";
    assert!(harness.query_by_label(told).is_some(), "place and words");
    assert_eq!(harness.state().state().n_table_rows(), 9);
}

fn type_text(harness: &mut Harness<'static, InspectorApp>, words: &str) {
    harness.event(Event::Text(words.to_owned()));
    harness.run();
}

/// The event that is selected, by its number.
fn selected(harness: &Harness<'static, InspectorApp>) -> Option<u32> {
    harness.state().state().selected_event().map(|(_, event)| event.0)
}

#[test]
fn a_search_marks_its_hits_counts_them_and_leaves_all_rows() {
    let (mut harness, _port) = faulty_window();
    // Only rows that find room are drawn.
    harness.state().push(Command::TogglePane(Pane::Plot));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run();
    type_text(&mut harness, "type:ping");
    harness.get_by_label("3 hits");
    for hit in [2, 6, 7] {
        harness.get_by_label(&format!("Event {hit}, found"));
    }
    harness.get_by_label("Event 3");
    assert_eq!(harness.state().state().n_table_rows(), 9, "it is no filter");
    for (shift, event, place) in [
        (false, 2, "1 of 3"),
        (false, 6, "2 of 3"),
        (false, 7, "3 of 3"),
        (false, 2, "1 of 3"),
        (true, 7, "3 of 3"),
        (true, 6, "2 of 3"),
    ] {
        let modifiers = if shift { Modifiers::SHIFT } else { Modifiers::NONE };
        harness.key_press_modifiers(modifiers, Key::Enter);
        harness.run();
        assert_eq!(selected(&harness), Some(event), "the field keeps the focus");
        harness.get_by_label(place);
    }
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().state().search.is_open);
    harness.get_by_label("Event 2");
    harness.key_press(Key::J);
    harness.run();
    assert_eq!(selected(&harness), Some(7), "letters are keys again, and the selection stayed");
}

#[test]
fn hits_are_walked_without_the_field_and_by_its_buttons() {
    let (mut harness, _port) = faulty_window();
    harness.key_press(Key::Slash);
    harness.run();
    type_text(&mut harness, "adStart");
    harness.key_press(Key::Tab);
    harness.run();
    harness.get_by_label("Next hit of the search (F3)").click();
    harness.run();
    assert_eq!(selected(&harness), Some(3));
    harness.state().push(Command::Find(FindCommand::For("-type:ping".to_owned())));
    harness.run();
    harness.get_by_label("3 of 6").click();
    harness.key_press(Key::F3);
    harness.run();
    assert_eq!(selected(&harness), Some(4));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F3);
    harness.run();
    assert_eq!(selected(&harness), Some(3));
    harness.get_by_label("Close the search").click();
    harness.run();
    assert!(harness.query_by_label("3 of 6").is_none());
}

#[test]
fn a_search_for_what_means_nothing_is_explained_and_one_without_hits_says_so() {
    let (mut harness, _port) = faulty_window();
    harness.key_press(Key::Slash);
    harness.run();
    type_text(&mut harness, "tpye:ping");
    let told = "Character 1: “tpye” is no key; text with : = < > goes in quotes. Did you mean “type”?";
    harness.get_by_label(told);
    harness.state().push(Command::Find(FindCommand::For("nowhere at all".to_owned())));
    harness.run();
    harness.get_by_label("Nothing found");
}

#[test]
fn how_far_a_search_has_come_is_shown_and_it_can_be_stopped() {
    let port = FakePort::default();
    let outside = port.clone();
    let build = move |cc: &mut eframe::CreationContext<'static>| {
        InspectorApp::new(&cc.egui_ctx, ViewPrefs::default(), Box::new(outside), None)
    };
    let mut harness: Harness<'static, InspectorApp> =
        Harness::builder().with_size([1280.0, 800.0]).with_max_steps(24).build_eframe(build);
    harness.state().push(Command::OpenText { name: "faulty.json".to_owned(), bytes: faulty_session() });
    harness.run();
    let job = harness.state().state().jobs[0].id;
    let (capture, places) = read("faulty.json", faulty_session());
    let opened = Update::Opened { job, capture, places, project: None, config: Ok(None) };
    port.happens.borrow_mut().push_back(opened);
    harness.run();
    harness.state().push(Command::Find(FindCommand::For("ping".to_owned())));
    harness.run_steps(2);
    harness.get_by_label("Searching…");
    let revision = port.asked.borrow().iter().rev().find_map(|effect| match effect {
        Effect::Find { revision, .. } => Some(*revision),
        _ => None,
    });
    let revision = revision.expect("it is searched outside");
    let progress = Update::FindProgress { revision, done: 40, total: 100 };
    port.happens.borrow_mut().push_back(progress);
    harness.run_steps(3);
    harness.get_by_label("Searching, 40 %");
    harness.get_by_label("Stop").click();
    harness.run_steps(3);
    let stopped = port.asked.borrow().iter().any(|effect| match effect {
        Effect::StopFinding { revision: next } => *next > revision,
        _ => false,
    });
    assert!(stopped, "the outside is told");
    port.happens.borrow_mut().push_back(Update::Found { revision, hits: [2].into() });
    harness.run_steps(3);
    let search = &harness.state().state().search;
    assert!(search.hits.is_none() && !search.running, "what comes late is dropped");
}

//! Two sessions side by side: which are chosen, what differs, how one leaves.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::compare::Page;
use playtrace::app::item::Item;
use playtrace::model::event_type::EventType;
use playtrace::model::id::SessionId;
use playtrace::store::comparison::{Align, Comparison, MAX_EVENTS};
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{fill, text};

use crate::support::window::{Desk, event, long_session, open, session_start, window};

/// A film that is played without a break; its pings come so many milliseconds apart.
fn film(name: &str, gap_millis: i64) -> Vec<u8> {
    let mut events = vec![session_start(name), event("play", 500, 0.0, "")];
    for at in 1..=3 {
        let millis = at * gap_millis;
        events.push(event("ping", 500 + millis, millis as f64 / 1000.0, ""));
    }
    events.push(event("sessionEnd", 40_000, 39.5, ""));
    format!("[{}]", events.join(",\n")).into_bytes()
}

/// As [`film`], with a buffering in it.
fn stalled_film() -> Vec<u8> {
    let events = [
        session_start("Stalled"),
        event("play", 500, 0.0, ""),
        event("ping", 10_500, 10.0, ""),
        event("bufferStart", 15_500, 15.0, ""),
        event("play", 20_500, 15.0, ""),
        event("ping", 30_500, 25.0, r#""customMetadata":{"late":"yes"}"#),
        event("sessionEnd", 45_000, 39.5, ""),
    ];
    format!("[{}]", events.join(",\n")).into_bytes()
}

fn desk(captures: &[(&str, Vec<u8>)]) -> Desk {
    let mut desk = Desk::default();
    for (name, bytes) in captures {
        desk.wants(Command::OpenText { name: (*name).to_owned(), bytes: bytes.clone() });
    }
    desk
}

fn toggle(desk: &mut Desk) {
    desk.wants(Command::Compare(CompareCommand::Toggle));
}

#[track_caller]
fn comparison(state: &State) -> &Comparison {
    state.compare.comparison.as_deref().expect("two sessions are compared")
}

#[test]
fn the_shown_session_is_compared_with_the_only_other_one() {
    let mut desk = desk(&[("one.json", film("One", 10_000)), ("two.json", stalled_film())]);
    toggle(&mut desk);
    let found = comparison(&desk.state);
    assert_eq!(found.sides[1].capture, desk.state.captures[1].id, "the second is the shown one");
    assert_eq!(found.align, Align::State);
    assert_eq!((found.rows.len(), found.differences.len()), (8, 3), "{:?}", found.rows);
    let count =
        |event_type| found.types.iter().find(|row| row.event_type == Some(event_type)).map(|row| row.n);
    assert_eq!(count(EventType::Ping), Some([3, 2]));
    assert_eq!(count(EventType::BufferStart), Some([0, 1]));
    let named = |key: &str| found.metadata.iter().find(|row| row.key == key).expect("the key is there");
    assert!(named("media.name").differs());
    assert!(!named("media.length").differs());
    assert_eq!(named("media.name").values, [Some("One".to_owned()), Some("Stalled".to_owned())]);
    toggle(&mut desk);
    assert_eq!(desk.state.compare.pair, None);
}

#[test]
fn the_gaps_between_pings_are_measured_on_each_side() {
    let mut desk = desk(&[("one.json", film("One", 10_000)), ("two.json", film("Two", 9_000))]);
    toggle(&mut desk);
    let gaps = |side: usize| {
        let pings = comparison(&desk.state).sides[side].main_pings;
        (pings.n, pings.shortest_secs, pings.median_secs, pings.longest_secs)
    };
    assert_eq!(gaps(0), (3, Some(10.0), Some(10.0), Some(10.0)));
    assert_eq!(gaps(1), (3, Some(9.0), Some(9.0), Some(9.0)));
    assert_eq!(comparison(&desk.state).sides[0].ad_pings.n, 0);
}

#[test]
fn without_a_choice_among_several_one_is_told_how_to_choose() {
    let mut desk = desk(&[
        ("one.json", film("One", 10_000)),
        ("two.json", stalled_film()),
        ("three.json", film("Three", 1_000)),
    ]);
    toggle(&mut desk);
    assert_eq!(desk.state.compare.pair, None);
    assert_eq!(desk.state.notices.last().map(|notice| notice.key), Some("compare-choose"));
    let first = (desk.state.captures[0].id, SessionId(0));
    desk.wants(Command::Compare(CompareCommand::Choose(first.0, first.1)));
    toggle(&mut desk);
    assert_eq!(desk.state.compare.pair.map(|pair| pair[0]), Some(first));
}

#[test]
fn a_session_is_chosen_by_the_keyboard_before_one_goes_on_to_another() {
    let mut desk = desk(&[
        ("one.json", film("One", 10_000)),
        ("two.json", stalled_film()),
        ("three.json", film("Three", 1_000)),
    ]);
    desk.wants(Command::Compare(CompareCommand::ChooseShown));
    desk.wants(Command::Select(Item::Session(desk.state.captures[0].id, SessionId(0))));
    toggle(&mut desk);
    let found = comparison(&desk.state);
    assert_eq!(found.sides[0].capture, desk.state.captures[2].id);
    assert_eq!(found.sides[1].capture, desk.state.captures[0].id);
}

#[test]
fn who_goes_to_another_session_or_closes_one_leaves_the_comparison() {
    let mut desk = desk(&[("one.json", film("One", 10_000)), ("two.json", stalled_film())]);
    let ids: Vec<_> = desk.state.captures.iter().map(|loaded| loaded.id).collect();
    toggle(&mut desk);
    let event = comparison(&desk.state).rows[1].events[0].expect("both play");
    desk.wants(Command::Select(Item::Event(ids[0], event)));
    assert!(desk.state.compare.pair.is_some(), "an event of the comparison is looked at in it");
    desk.wants(Command::Select(Item::Session(ids[0], SessionId(0))));
    assert_eq!(desk.state.compare.pair, None);
    toggle(&mut desk);
    assert!(desk.state.compare.pair.is_some());
    desk.wants(Command::Close(ids[1]));
    assert_eq!((desk.state.compare.pair, desk.state.compare.with), (None, None));
}

#[test]
fn of_very_long_sessions_only_the_beginning_is_aligned_and_the_rest_is_counted() {
    let n = MAX_EVENTS + 5;
    let mut desk = desk(&[("one.json", long_session(n)), ("two.json", long_session(n))]);
    for align in Align::ALL {
        desk.wants(Command::Compare(CompareCommand::Align(align)));
        if desk.state.compare.pair.is_none() {
            toggle(&mut desk);
        }
        let found = comparison(&desk.state);
        assert_eq!((found.align, found.rows.len(), found.n_left_out), (align, MAX_EVENTS, 10));
        assert!(found.differences.is_empty(), "{align:?}");
    }
}

/// A window with two sessions, the second shown.
fn two_sessions() -> Harness<'static, InspectorApp> {
    let (mut harness, _) = window();
    open(&mut harness, "one.json", film("One", 10_000));
    open(&mut harness, "two.json", stalled_film());
    harness
}

#[test]
fn ctrl_click_chooses_and_ctrl_d_compares() {
    let mut harness = two_sessions();
    let first = harness.state().state().captures[0].id;
    let row = harness
        .get_all_by_role(Role::ListBoxOption)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.contains("One, 6 events")));
    row.expect("the session is listed").click_modifiers(Modifiers::COMMAND);
    harness.run();
    let state = harness.state().state();
    assert_eq!(state.compare.with, Some((first, SessionId(0))));
    assert_ne!(state.shown.map(|(capture, _)| capture), Some(first), "the shown one stays");
    harness.get_by_label_contains(text("compare.chosen"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    harness.get_by_label(text("compare.title"));
    harness.get_by_label(&fill("compare.counts", &[("both", "5"), ("first", "1"), ("second", "2")]));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run();
    assert!(harness.query_by_label(text("compare.title")).is_none());
}

#[test]
fn each_page_of_the_comparison_shows_what_differs() {
    let mut harness = two_sessions();
    harness.state().push(Command::Compare(CompareCommand::Toggle));
    harness.run();
    harness.get_by_role_and_label(Role::Button, "+00:15.500  bufferStart").click();
    harness.run();
    assert_eq!(harness.state().state().selected_event().map(|(_, event)| event.0), Some(3));
    harness.get_by_label(text("compare.differences-only")).click();
    harness.run();
    assert!(harness.query_by_label("+00:10.500  ping").is_none(), "it is on both sides");
    harness.get_by_label("+00:15.500  bufferStart");
    harness.state().push(Command::Compare(CompareCommand::Show(Page::Metadata)));
    harness.run();
    assert_eq!(harness.get_all_by_label("Stalled").count(), 3, "in the list, as id and as name");
    assert!(harness.query_by_label("media.length").is_none(), "it is the same on both sides");
    harness.state().push(Command::Compare(CompareCommand::Show(Page::Cadence)));
    harness.run();
    harness.get_by_label("3, gaps 10.0 / 10.0 / 10.0 s (shortest / middle / longest)");
    assert!(harness.get_all_by_label("bufferStart").count() > 1, "in the table, and in the detail");
    harness.get_by_label(text("compare.leave")).click();
    harness.run();
    assert!(harness.query_by_label(text("compare.title")).is_none());
}

//! What is measured on the time axis: without a window.

use playtrace::app::command::Command;
use playtrace::app::command::marking::MarkingCommand;
use playtrace::app::effect::Effect;
use playtrace::app::item::{Hover, Item};
use playtrace::app::marking::{Cursor, TimeRange};
use playtrace::app::prefs::BottomTab;
use playtrace::app::update::Update;
use playtrace::model::event_type::EventType;
use playtrace::model::id::{EventId, SessionId};

use crate::playbook::names;
use crate::support::window::{Desk, long_session};

fn wants(desk: &mut Desk, command: MarkingCommand) {
    desk.wants(Command::Marking(command));
}

fn select(desk: &mut Desk, number: u32) {
    let id = desk.state.captures[0].id;
    desk.wants(Command::Select(Item::Event(id, EventId(number))));
}

fn point_at(desk: &mut Desk, secs: f64) {
    desk.wants(Command::SetHover(Some(Hover { secs: Some(secs), event: None })));
}

#[track_caller]
fn assert_range(desk: &Desk, from: f64, to: f64) {
    let found = desk.state.marking.range.expect("a range is chosen");
    assert!((found.from - from).abs() < 1e-9 && (found.to - to).abs() < 1e-9, "{found:?}");
}

#[test]
fn a_cursor_goes_to_the_pointer_or_the_selected_event_and_snaps_to_what_is_near() {
    let mut desk = Desk::with_faulty_session();
    point_at(&mut desk, 10.4);
    wants(&mut desk, MarkingCommand::CursorHere(Cursor::A));
    assert_eq!(desk.state.marking.a, Some(10.5), "the ping is near");
    point_at(&mut desk, 12.3);
    wants(&mut desk, MarkingCommand::CursorHere(Cursor::A));
    assert_eq!(desk.state.marking.a, Some(12.3), "nothing is near");
    desk.wants(Command::SetHover(None));
    select(&mut desk, 3);
    wants(&mut desk, MarkingCommand::CursorHere(Cursor::B));
    assert_eq!(desk.state.marking.b, Some(15.0));
    // Nearer, what was near is so no more.
    desk.wants(Command::ShowRange { from: 10.0, to: 11.0 });
    wants(&mut desk, MarkingCommand::SetCursor(Cursor::A, 10.4));
    assert_eq!(desk.state.marking.a, Some(10.4));
    wants(&mut desk, MarkingCommand::SetCursor(Cursor::A, f64::NAN));
    assert_eq!(desk.state.marking.a, Some(10.4));
}

#[test]
fn a_cursor_without_a_place_says_what_to_do() {
    let mut desk = Desk::with_faulty_session();
    wants(&mut desk, MarkingCommand::CursorHere(Cursor::A));
    assert_eq!(desk.state.marking.a, None);
    assert_eq!(desk.state.notices[0].key, "point-first");
    wants(&mut desk, MarkingCommand::RangeOfCursors);
    assert_eq!(desk.state.notices[1].key, "no-cursors");
}

#[test]
fn the_range_of_the_selection_is_what_it_begins_or_spans() {
    let mut desk = Desk::with_faulty_session();
    wants(&mut desk, MarkingCommand::RangeOfSelection);
    assert_range(&desk, 0.0, 40.0);
    assert_eq!(desk.state.prefs.bottom, BottomTab::Measure);
    // A ping begins nothing: until the next event.
    select(&mut desk, 2);
    wants(&mut desk, MarkingCommand::RangeOfSelection);
    assert_range(&desk, 10.5, 15.0);
    select(&mut desk, 3);
    wants(&mut desk, MarkingCommand::RangeOfSelection);
    assert_range(&desk, 15.0, 20.0);
    let id = desk.state.captures[0].id;
    let judged = desk.state.captures[0].judged.as_ref().expect("judged");
    let related = judged.findings().iter().position(|found| {
        found.event.is_some() && found.related.iter().any(|related| Some(related.event) != found.event)
    });
    let number = related.expect("a finding has another place") as u32;
    desk.wants(Command::Select(Item::Finding(id, number)));
    wants(&mut desk, MarkingCommand::RangeOfSelection);
    let range = desk.state.marking.range.expect("a range is chosen");
    assert!(range.to > range.from, "{range:?}");
}

#[test]
fn a_range_counts_events_clocks_types_and_findings() {
    let mut desk = Desk::with_faulty_session();
    wants(&mut desk, MarkingCommand::SetRange { from: 25.0, to: 10.5 });
    let found = desk.state.marking.aggregates.as_ref().expect("it is counted");
    let totals = &found.totals;
    assert_eq!((totals.from, totals.to, totals.n_events), (10.5, 25.0, 5));
    let types = [(EventType::Ping, 2), (EventType::Play, 1), (EventType::AdStart, 1)];
    for (event_type, count) in types {
        assert!(totals.types.contains(&(Some(event_type), count)), "{:?}", totals.types);
    }
    let clocks = totals.clocks.expect("they have playheads");
    assert_eq!((clocks.ts_secs, clocks.playhead_secs), (14.5, Some(9.5)));
    assert!(found.counts.error > 0, "{:?}", found.counts);
    assert!(found.rules.iter().any(|rule| rule.name == "wrong-json-type" && rule.count == 1));
    let sum: u64 = found.rules.iter().map(|rule| rule.count).sum();
    assert_eq!(sum, found.counts.error + found.counts.warn + found.counts.info);
}

#[test]
fn the_range_between_the_cursors_is_chosen_and_can_be_zoomed_to() {
    let mut desk = Desk::with_faulty_session();
    wants(&mut desk, MarkingCommand::SetCursor(Cursor::A, 30.1));
    wants(&mut desk, MarkingCommand::SetCursor(Cursor::B, 10.5));
    wants(&mut desk, MarkingCommand::RangeOfCursors);
    assert_range(&desk, 10.5, 30.1);
    wants(&mut desk, MarkingCommand::ZoomToRange);
    let view = desk.state.time_view;
    assert!(view.from > 8.0 && view.from < 10.5 && view.to > 30.1 && view.to < 33.0, "{view:?}");
}

#[test]
fn escape_takes_cursors_and_range_away_before_the_selection_and_another_session_has_none() {
    let mut desk = Desk::with_faulty_session();
    select(&mut desk, 3);
    wants(&mut desk, MarkingCommand::RangeOfSelection);
    wants(&mut desk, MarkingCommand::CursorHere(Cursor::A));
    desk.wants(Command::ClearSelection);
    assert!(!desk.state.marking.is_shown() && desk.state.marking.aggregates.is_none());
    assert_eq!(desk.state.selected_event().map(|(_, event)| event.0), Some(3), "it stays");
    desk.wants(Command::ClearSelection);
    assert_eq!(desk.state.selected_event(), None);
    wants(&mut desk, MarkingCommand::SetCursor(Cursor::A, 10.5));
    desk.wants(Command::OpenText { name: "long.json".to_owned(), bytes: long_session(20) });
    assert!(!desk.state.marking.is_shown());
}

#[test]
fn while_a_range_is_counted_no_other_is_asked_for_and_then_only_the_latest() {
    let mut desk = Desk::with_faulty_session();
    let set = |to| Command::Marking(MarkingCommand::SetRange { from: 10.5, to });
    let mut asked: Vec<Effect> = desk.state.apply(set(20.0)).into_iter().collect();
    for to in [25.0, 30.1] {
        assert!(names(desk.state.apply(set(to))).is_empty(), "it waits");
    }
    let Some(Effect::Aggregate { revision, loaded, drawing, from, to }) = asked.pop() else {
        panic!("it is to be counted")
    };
    let found = playtrace::store::range::aggregates(&loaded, &drawing, from, to);
    let next = desk.state.absorb(Update::Aggregated { revision, aggregates: found.into() });
    let next: Vec<Effect> = next.into_iter().collect();
    assert!(matches!(next[..], [Effect::Aggregate { to, .. }] if to == 30.1), "{next:?}");
    // What comes after the range is gone does nothing.
    desk.wants(Command::Marking(MarkingCommand::Clear));
    let found = playtrace::store::range::aggregates(&loaded, &drawing, from, to);
    drop(names(desk.state.absorb(Update::Aggregated { revision: revision + 1, aggregates: found.into() })));
    assert!(desk.state.marking.aggregates.is_none());
}

#[test]
fn a_range_is_counted_anew_when_the_session_is_judged_anew() {
    let mut desk = Desk::with_faulty_session();
    wants(&mut desk, MarkingCommand::SetRange { from: 0.0, to: 40.0 });
    assert_eq!(desk.state.marking.range, Some(TimeRange { from: 0.0, to: 40.0 }));
    assert!(desk.state.marking.aggregates.as_ref().is_some_and(|found| found.counts.error > 0));
    let capture = desk.state.captures[0].id;
    let what = playtrace::app::mending::Ignore::Session(SessionId(0));
    desk.wants(Command::Ignore { capture, what, reason: String::new() });
    let found = desk.state.marking.aggregates.as_ref().expect("it is counted");
    assert!(found.rules.is_empty() && found.totals.n_events == 9, "{found:?}");
}

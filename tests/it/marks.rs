//! Marks and notes: kept in the project, taken back, walked, and shown in the window.

use std::path::Path;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::history::HistoryCommand;
use playtrace::app::command::marks::MarkCommand;
use playtrace::app::command::{Command, Direction};
use playtrace::app::item::{Hover, Item};
use playtrace::app::marks::MAX_NOTE_CHARS;
use playtrace::app::prefs::BottomTab;
use playtrace::model::clock::TsMillis;
use playtrace::model::id::EventId;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::{Desk, faulty_session, faulty_window, long_session};

/// Second 0 of the faulty session.
const START: i64 = 1_704_196_800_000;

fn wants(desk: &mut Desk, command: MarkCommand) {
    desk.wants(Command::Mark(command));
}

fn point_at(desk: &mut Desk, secs: f64) {
    desk.wants(Command::SetHover(Some(Hover { secs: Some(secs), event: None })));
}

fn select(desk: &mut Desk, number: u32) {
    let id = desk.state.captures[0].id;
    desk.wants(Command::Select(Item::Event(id, EventId(number))));
}

fn note(desk: &mut Desk, words: &str) {
    wants(desk, MarkCommand::Note);
    wants(desk, MarkCommand::Type(words.to_owned()));
    wants(desk, MarkCommand::AcceptNote);
}

/// The marks of the shown session: milliseconds from its start, and notes.
fn marks(desk: &Desk) -> Vec<(i64, &str)> {
    desk.state.marks().iter().map(|mark| (mark.ts - START, mark.note.as_str())).collect()
}

fn opened(path: &Path) -> Desk {
    let mut desk = Desk::default();
    desk.wants(Command::Open(vec![path.to_owned()]));
    assert_eq!(desk.state.captures.len(), 1, "{:?}", desk.state.notices);
    desk
}

#[test]
fn what_was_marked_is_on_disk_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("faulty.json");
    std::fs::write(&path, faulty_session()).expect("it can be written");
    let mut desk = opened(&path);
    select(&mut desk, 2);
    wants(&mut desk, MarkCommand::Toggle);
    assert_eq!(marks(&opened(&path)), [(10_500, "")], "another program sees it");
    point_at(&mut desk, 15.05);
    note(&mut desk, "  the ad is outside a break ");
    // Nothing is said to the program before it is gone.
    drop(desk);
    let mut desk = opened(&path);
    assert_eq!(marks(&desk), [(10_500, ""), (15_000, "the ad is outside a break")]);
    wants(&mut desk, MarkCommand::Remove(TsMillis(START + 10_500)));
    assert_eq!(marks(&opened(&path)), [(15_000, "the ad is outside a break")]);
}

#[test]
fn a_mark_is_set_and_taken_away_by_the_same_command_and_notes_are_edited_or_left() {
    let mut desk = Desk::with_faulty_session();
    point_at(&mut desk, 12.3);
    wants(&mut desk, MarkCommand::Toggle);
    assert_eq!(marks(&desk), [(12_300, "")], "nothing is near");
    point_at(&mut desk, 12.4);
    wants(&mut desk, MarkCommand::Toggle);
    assert_eq!(marks(&desk), [], "the mark itself is near");
    note(&mut desk, "first");
    wants(&mut desk, MarkCommand::NoteOf(TsMillis(START + 12_400)));
    assert_eq!(desk.state.marks_view.note.as_ref().map(|field| field.typed.as_str()), Some("first"));
    wants(&mut desk, MarkCommand::Type("second".to_owned()));
    wants(&mut desk, MarkCommand::CloseNote);
    assert_eq!(marks(&desk), [(12_400, "first")]);
    note(&mut desk, &"é".repeat(MAX_NOTE_CHARS + 1));
    assert_eq!(marks(&desk)[0].1.chars().count(), MAX_NOTE_CHARS);
    desk.wants(Command::SetHover(None));
    desk.wants(Command::ClearSelection);
    wants(&mut desk, MarkCommand::Note);
    assert!(desk.state.marks_view.note.is_none(), "there is no place for it");
}

#[test]
fn undo_and_redo_cover_marks_and_notes_and_leave_the_rest() {
    let mut desk = Desk::with_faulty_session();
    let capture = desk.state.captures[0].id;
    desk.wants(Command::FixAllSafe);
    let drafts = desk.state.projects[&capture].drafts.clone();
    assert!(!drafts.is_empty());
    point_at(&mut desk, 12.3);
    note(&mut desk, "one");
    point_at(&mut desk, 25.0);
    wants(&mut desk, MarkCommand::Toggle);
    let go = |desk: &mut Desk, command| desk.wants(Command::History(command));
    go(&mut desk, HistoryCommand::Undo);
    assert_eq!(marks(&desk), [(12_300, "one")]);
    go(&mut desk, HistoryCommand::Undo);
    assert_eq!(marks(&desk), []);
    go(&mut desk, HistoryCommand::Redo);
    go(&mut desk, HistoryCommand::Redo);
    assert_eq!(marks(&desk), [(12_300, "one"), (25_000, "")]);
    assert_eq!(desk.state.projects[&capture].drafts, drafts);
    assert_eq!(desk.state.notices.last().map(|notice| notice.key), Some("marks-redone"));
}

#[test]
fn one_walks_from_mark_to_mark_and_around_and_an_event_that_is_marked_is_selected() {
    let mut desk = Desk::with_faulty_session();
    for secs in [10.5, 12.3, 30.1] {
        point_at(&mut desk, secs);
        wants(&mut desk, MarkCommand::Toggle);
    }
    desk.wants(Command::SetHover(None));
    desk.wants(Command::ShowRange { from: 0.0, to: 2.0 });
    let at = |desk: &Desk| desk.state.marks_view.at.map(|ts| ts.0 - START);
    for (direction, expected) in [
        (Direction::Forward, 10_500),
        (Direction::Forward, 12_300),
        (Direction::Forward, 30_100),
        (Direction::Forward, 10_500),
        (Direction::Back, 30_100),
    ] {
        wants(&mut desk, MarkCommand::Step(direction));
        assert_eq!(at(&desk), Some(expected));
        let view = desk.state.time_view;
        assert!((view.from..=view.to).contains(&(expected as f64 / 1000.0)), "{expected} is seen: {view:?}");
    }
    assert_eq!(desk.state.selected_event().map(|(_, event)| event.0), Some(6));
    // From the selection, once something else is selected.
    select(&mut desk, 2);
    wants(&mut desk, MarkCommand::Step(Direction::Forward));
    assert_eq!(at(&desk), Some(12_300));
    desk.wants(Command::OpenText { name: "long.json".to_owned(), bytes: long_session(5) });
    assert_eq!(marks(&desk), [], "marks are of a session");
    wants(&mut desk, MarkCommand::Step(Direction::Forward));
    assert_eq!(desk.state.notices.last().map(|notice| notice.key), Some("no-marks"));
}

type Window = Harness<'static, InspectorApp>;

fn hover(harness: &mut Window, row: &str) {
    harness.get_by_label(row).hover();
    harness.run();
}

#[test]
fn keys_mark_and_note_the_table_shows_it_and_the_list_leads_there() {
    let (mut harness, _) = faulty_window();
    hover(&mut harness, "Event 1");
    harness.key_press(Key::M);
    harness.run();
    harness.get_by_label("Event 1, marked");
    hover(&mut harness, "Event 2");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::M);
    harness.run();
    harness
        .get_by_role_and_label(Role::TextInput, text("marks.note"))
        .type_text("look here, R and M are letters");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.state().state().marks_view.note.is_none(), "it is kept");
    harness.get_by_label("Event 2, marked: look here, R and M are letters");
    harness.state().push(Command::ShowBottom(BottomTab::Marks));
    harness.run();
    harness.get_by_label_contains(text("marks.no-place"));
    harness.get_by_label("Mark at +00:00.500: no note");
    harness.get_by_label("Mark at +00:10.500: look here, R and M are letters").click();
    harness.run();
    assert_eq!(harness.state().state().selected_event().map(|(_, event)| event.0), Some(2));
    harness.get_by_label("Edit the note at +00:00.500").click();
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().state().marks_view.note.is_none(), "Escape leaves it");
    harness.get_by_label("Remove the mark at +00:00.500").click();
    harness.run();
    assert!(harness.query_by_label("Event 1, marked").is_none());
    assert_eq!(harness.state().state().marks().len(), 1);
}

#[test]
fn without_marks_the_list_says_which_keys_make_them() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::ShowBottom(BottomTab::Marks));
    harness.run();
    harness.get_by_label_contains("No mark yet: M marks where the pointer is or the selected event, Shift+M");
}

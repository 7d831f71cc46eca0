//! The ways back and forth, and walking off the lists: without a window.

use playtrace::app::command::history::HistoryCommand::{self, Back, Forward, Redo, Undo};
use playtrace::app::command::lanes::LaneCommand;
use playtrace::app::command::rows::named;
use playtrace::app::command::saved_filter::SavedFilterCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::command::time::TimeCommand;
use playtrace::app::command::traces::TraceCommand;
use playtrace::app::command::walk::WalkCommand;
use playtrace::app::command::{Command, Direction};
use playtrace::app::item::Item;
use playtrace::app::mending::Ignore;
use playtrace::app::notice::NoticeKind;
use playtrace::app::prefs::{BottomTab, DetailTab, Pane};
use playtrace::metrics::drawing::Trace;
use playtrace::model::id::{EventId, SessionId};
use playtrace::rules::finding::Severity;
use playtrace::store::column::Column;
use playtrace::store::filter::{EventFilter, Order};
use playtrace::store::finding_rows::Grouping;

use crate::support::window::{Desk, event, faulty_session, long_session, session_start};

fn go(desk: &mut Desk, command: HistoryCommand) {
    desk.wants(Command::History(command));
}

fn select(desk: &mut Desk, number: u32) {
    let id = desk.state.captures[0].id;
    desk.wants(Command::Select(Item::Event(id, EventId(number))));
}

#[track_caller]
fn assert_at(desk: &Desk, number: Option<u32>) {
    assert_eq!(desk.state.selected_event().map(|(_, event)| event.0), number);
}

#[test]
fn one_goes_back_to_where_one_was_and_forth_again() {
    let mut desk = Desk::with_faulty_session();
    let whole = desk.state.time_view;
    select(&mut desk, 1);
    select(&mut desk, 3);
    // A gesture of the wheel is one place however many turns it has.
    for _ in 0..5 {
        desk.wants(Command::Zoom { factor: 1.2, at: 15.0 });
    }
    go(&mut desk, Back);
    assert_eq!(desk.state.time_view, whole);
    assert_at(&desk, Some(3));
    go(&mut desk, Back);
    assert_at(&desk, Some(1));
    go(&mut desk, Forward);
    go(&mut desk, Forward);
    assert!(desk.state.time_view.width() < whole.width());
    // Who goes elsewhere has no way forth any more.
    go(&mut desk, Back);
    select(&mut desk, 5);
    go(&mut desk, Forward);
    assert_at(&desk, Some(5));
}

#[test]
fn going_back_leads_to_the_session_that_was_shown_unless_it_is_closed() {
    let mut desk = Desk::with_faulty_session();
    select(&mut desk, 3);
    desk.wants(Command::OpenText { name: "long.json".to_owned(), bytes: long_session(20) });
    let (first, second) = (desk.state.captures[0].id, desk.state.captures[1].id);
    assert_eq!(desk.state.shown, Some((second, SessionId(0))));
    go(&mut desk, Back);
    assert_eq!(desk.state.shown, Some((first, SessionId(0))));
    assert_at(&desk, Some(3));
    assert!(desk.state.drawing.is_some(), "what is shown is drawn");
    go(&mut desk, Forward);
    desk.wants(Command::Close(first));
    for command in [Back, Undo, Forward, Redo, Back] {
        go(&mut desk, command);
        assert_eq!(desk.state.shown, Some((second, SessionId(0))));
    }
}

#[test]
fn what_was_typed_into_the_filter_is_one_step() {
    let mut desk = Desk::with_faulty_session();
    for typed in ["p", "pi", "pin", "ping"] {
        desk.wants(Command::SetFilter(EventFilter { text: typed.to_owned(), ..EventFilter::default() }));
    }
    assert_eq!(desk.state.n_table_rows(), 3);
    desk.wants(Command::TogglePane(Pane::Plot));
    go(&mut desk, Undo);
    assert!(desk.state.prefs.shows(Pane::Plot));
    go(&mut desk, Undo);
    assert!(desk.state.filter.is_empty());
    assert_eq!(desk.state.n_table_rows(), 9);
    go(&mut desk, Redo);
    assert_eq!((desk.state.filter.text.as_str(), desk.state.n_table_rows()), ("ping", 3));
    go(&mut desk, Redo);
    assert!(!desk.state.prefs.shows(Pane::Plot));
}

#[test]
fn a_change_of_the_draft_is_undone_and_done_again() {
    let mut desk = Desk::with_faulty_session();
    let id = desk.state.captures[0].id;
    desk.wants(Command::FixAllSafe);
    let n_fixes = |desk: &Desk| {
        let draft = desk.state.projects.get(&id).and_then(|project| project.draft(SessionId(0)));
        draft.map_or(0, |draft| draft.fixes.len())
    };
    let taken = n_fixes(&desk);
    assert!(taken > 0, "something is safe");
    desk.wants(Command::TakeBack { all: true });
    assert_eq!(n_fixes(&desk), 0);
    go(&mut desk, Undo);
    assert_eq!(n_fixes(&desk), taken, "taking back was a change, too");
    go(&mut desk, Undo);
    assert_eq!(n_fixes(&desk), 0);
    go(&mut desk, Redo);
    assert_eq!(n_fixes(&desk), taken);
    let told: Vec<&str> = desk.state.notices.iter().map(|notice| notice.key).collect();
    assert!(told.contains(&"decisions-undone") && told.contains(&"decisions-redone"), "{told:?}");
}

#[test]
fn ignoring_is_undone_and_the_finding_is_heard_of_again() {
    let mut desk = Desk::with_faulty_session();
    let capture = desk.state.captures[0].id;
    let n_listed = |desk: &Desk| desk.state.listed_findings().expect("judged").1.len();
    let before = n_listed(&desk);
    desk.wants(Command::Ignore { capture, what: Ignore::RuleOf(0), reason: String::new() });
    assert!(n_listed(&desk) < before);
    go(&mut desk, Undo);
    assert_eq!(n_listed(&desk), before);
    go(&mut desk, Redo);
    assert!(n_listed(&desk) < before);
}

#[test]
fn saved_filters_have_steps_of_their_own() {
    let mut desk = Desk::with_faulty_session();
    let saved = |name: &str| Command::SavedFilter(SavedFilterCommand::Save(name.to_owned()));
    let names = |desk: &Desk| -> Vec<String> {
        desk.state.prefs.saved_filters.iter().map(|saved| saved.name.clone()).collect()
    };
    desk.wants(Command::SetFilter(EventFilter { text: "ping".to_owned(), ..EventFilter::default() }));
    desk.wants(saved("a"));
    desk.wants(Command::TogglePane(Pane::Plot));
    desk.wants(saved("b"));
    desk.wants(Command::SavedFilter(SavedFilterCommand::Delete("a".to_owned())));
    for (expected, shows_plot) in
        [(vec!["a", "b"], false), (vec!["a"], false), (vec!["a"], true), (vec![], true)]
    {
        go(&mut desk, Undo);
        assert_eq!((names(&desk), desk.state.prefs.shows(Pane::Plot)), (to_owned(&expected), shows_plot));
    }
    assert_eq!(desk.state.filter.text, "ping", "the filter itself is a step before");
    for expected in [vec!["a"], vec!["a"], vec!["a", "b"], vec!["b"]] {
        go(&mut desk, Redo);
        assert_eq!(names(&desk), to_owned(&expected));
    }
    // What a saved filter does is a change of the look.
    desk.wants(Command::SetFilter(EventFilter::default()));
    desk.wants(Command::SavedFilter(SavedFilterCommand::Use("b".to_owned())));
    assert_eq!(desk.state.n_table_rows(), 3);
    go(&mut desk, Undo);
    assert_eq!((desk.state.n_table_rows(), names(&desk)), (9, vec!["b".to_owned()]));
}

fn to_owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_change_of_how_something_is_looked_at_is_undone_and_done_again() {
    let lane = || "ads".to_owned();
    let changes = [
        Command::ToggleSeverity(Severity::Warn),
        Command::GroupFindings(Grouping::Rule),
        Command::ToggleScope,
        Command::ShowDetail(DetailTab::Raw),
        Command::ShowBottom(BottomTab::Marks),
        Command::TogglePane(Pane::Timeline),
        Command::SetOrder(Order::Ts),
        Command::SetSessionFilter("nothing".to_owned()),
        Command::Table(TableCommand::Toggle(Column::Type)),
        Command::Lane(LaneCommand::Pin(lane())),
        Command::Lane(LaneCommand::Collapse(lane())),
        Command::Trace(TraceCommand::Toggle(Trace::Bitrate)),
        Command::Time(TimeCommand::SwitchClock),
        Command::Time(TimeCommand::CutSilences),
        Command::ZoomMiddle(Direction::Forward),
        Command::ShowRange { from: 5.0, to: 15.0 },
    ];
    let look = |desk: &Desk| {
        let state = &desk.state;
        // To the nanosecond: the way through seconds and back rounds.
        let seen = [state.time_view.from, state.time_view.to].map(|secs| (secs * 1e9).round());
        (state.prefs.clone(), seen, state.session_filter.clone(), state.n_table_rows())
    };
    for change in changes {
        let mut desk = Desk::with_faulty_session();
        let before = look(&desk);
        desk.wants(change.clone());
        let after = look(&desk);
        assert_ne!(after, before, "{change:?} changes something");
        go(&mut desk, Undo);
        assert_eq!(look(&desk), before, "{change:?} is undone");
        go(&mut desk, Redo);
        assert_eq!(look(&desk), after, "{change:?} is done again");
    }
}

#[test]
fn without_a_past_nothing_happens() {
    let mut desk = Desk::default();
    for command in [Back, Forward, Undo, Redo] {
        go(&mut desk, command);
    }
    assert!(desk.state.notices.is_empty() && desk.state.shown.is_none());
}

fn walk(desk: &mut Desk, command: WalkCommand) {
    desk.wants(Command::Walk(command));
}

#[test]
fn a_lane_is_walked_in_the_order_of_time_and_back_again() {
    let mut desk = Desk::with_faulty_session();
    // Pings, in time: 2, 7 (which arrived last), 6.
    select(&mut desk, 2);
    for (direction, at) in [
        (Direction::Forward, 7),
        (Direction::Forward, 6),
        (Direction::Forward, 6),
        (Direction::Back, 7),
        (Direction::Back, 2),
        (Direction::Back, 2),
    ] {
        walk(&mut desk, WalkCommand::InLane(direction));
        assert_at(&desk, Some(at));
    }
    // Nothing selected: the first event that is seen, and on along the events. A play is in the lane of playback as
    // well, but this one is walked.
    desk.wants(Command::ClearSelection);
    for at in [0, 1, 3, 4, 5, 8] {
        walk(&mut desk, WalkCommand::InLane(Direction::Forward));
        assert_at(&desk, Some(at));
    }
    // Come to from elsewhere it is walked along the playback.
    select(&mut desk, 1);
    walk(&mut desk, WalkCommand::InLane(Direction::Back));
    walk(&mut desk, WalkCommand::InLane(Direction::Forward));
    assert_at(&desk, Some(1));
}

#[test]
fn the_lane_of_findings_is_walked_when_one_is_selected() {
    let mut desk = Desk::with_faulty_session();
    let id = desk.state.captures[0].id;
    desk.wants(Command::Select(Item::Finding(id, 0)));
    walk(&mut desk, WalkCommand::InLane(Direction::Forward));
    let forth = desk.state.selection;
    walk(&mut desk, WalkCommand::InLane(Direction::Back));
    let back = desk.state.selection;
    for selection in [forth, back] {
        assert!(matches!(selection, Some(Item::Finding(..))), "{selection:?}");
    }
}

#[test]
fn the_next_of_the_session_is_selected_also_where_the_table_hides_it() {
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::SetFilter(EventFilter { text: "ping".to_owned(), ..EventFilter::default() }));
    select(&mut desk, 0);
    walk(&mut desk, WalkCommand::InSession(Direction::Forward));
    assert_at(&desk, Some(1));
    walk(&mut desk, WalkCommand::InSession(Direction::Back));
    walk(&mut desk, WalkCommand::InSession(Direction::Back));
    assert_at(&desk, Some(0));
}

#[test]
fn silences_are_walked_and_shown_whole_and_the_last_one_is_said() {
    let mut desk = Desk::default();
    let secs = [10, 20, 100, 110, 400, 410];
    let pings = secs.map(|secs| event("ping", secs * 1000, secs as f64, ""));
    let bytes = format!("[{},\n{}]", session_start("Silent film"), pings.join(",\n")).into_bytes();
    desk.wants(Command::OpenText { name: "silent.json".to_owned(), bytes });
    walk(&mut desk, WalkCommand::Silence(Direction::Forward));
    assert_at(&desk, Some(3));
    let view = desk.state.time_view;
    assert!(view.from < 20.0 && view.to > 100.0 && view.width() < 100.0, "{view:?}");
    walk(&mut desk, WalkCommand::Silence(Direction::Forward));
    assert_at(&desk, Some(5));
    assert!(desk.state.notices.is_empty());
    walk(&mut desk, WalkCommand::Silence(Direction::Forward));
    assert_at(&desk, Some(5));
    assert_eq!(desk.state.notices[0].key, "no-silence");
    walk(&mut desk, WalkCommand::Silence(Direction::Back));
    assert_at(&desk, Some(3));
}

#[test]
fn saving_says_where_and_what_has_no_file_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("film.json");
    std::fs::write(&path, faulty_session()).expect("written");
    let save = || (named("save-project").expect("it is a command").make)();
    let mut desk = Desk::default();
    desk.wants(save());
    assert!(desk.state.notices.is_empty(), "nothing is open");
    desk.wants(Command::Open(vec![path]));
    desk.wants(save());
    let notice = desk.state.notices.last().expect("it is said");
    assert_eq!((notice.key, notice.kind), ("project-saved", NoticeKind::Remark));
    let place = folder.path().join("film.json.playtrace.json");
    assert_eq!(notice.values[0].1, place.display().to_string());
    assert!(place.exists());
    let mut pasted = Desk::with_faulty_session();
    pasted.wants(save());
    assert_eq!(pasted.state.notices[0].key, "project-no-place");
}

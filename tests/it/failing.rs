//! Work that fails inside, and what finds no room: both are told, and nothing waits.

use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::command::copy::CopyCommand;
use playtrace::app::command::find::FindCommand;
use playtrace::app::command::marking::MarkingCommand;
use playtrace::app::command::marks::MarkCommand;
use playtrace::app::command::saved_filter::SavedFilterCommand;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::effect::Effect;
use playtrace::app::item::Item;
use playtrace::app::marks::MAX_NOTE_CHARS;
use playtrace::app::saved_filters::MAX_SAVED;
use playtrace::app::table_prefs::MAX_COLUMNS;
use playtrace::app::update::{Update, Work};
use playtrace::convert::copying::CopyForm;
use playtrace::engine::work;
use playtrace::model::id::{EventId, SessionId};
use playtrace::model::policy::Profile;
use playtrace::model::watch::Unwatched;
use playtrace::store::column::Column;
use playtrace::store::filter::EventFilter;

use crate::playbook::name;
use crate::support::window::Desk;

#[test]
fn work_that_fails_inside_is_told_and_nothing_waits_for_it() {
    let mut desk = Desk::with_faulty_session();
    let capture = desk.state.captures[0].id;
    // Each is about a session that is not there.
    let fail = |state: &mut State, command: Command| -> Vec<&'static str> {
        state.notices.clear();
        let mut failed = Vec::new();
        let mut waiting: Vec<Effect> = state.apply(command).into_iter().collect();
        while let Some(mut effect) = waiting.pop() {
            let name = name(&effect);
            let update = match &mut effect {
                Effect::Filter { session, .. }
                | Effect::Find { session, .. }
                | Effect::Draw { session, .. }
                | Effect::Tell { session, .. }
                | Effect::Copy { session, .. } => {
                    *session = SessionId(99);
                    work::carry_out_guarded(effect, &Unwatched)
                }
                Effect::Aggregate { revision, .. } => {
                    let work = Work::Measure(*revision);
                    Some(Update::WorkFailed { work, why: "no".to_owned() })
                }
                Effect::Judge { .. } => {
                    waiting.extend(state.absorb(work::carry_out(effect, &Unwatched).expect("judged")));
                    continue;
                }
                _ => continue,
            };
            failed.push(name);
            waiting.extend(state.absorb(update.expect("it is answered")));
        }
        let told = state.notices.iter().filter(|notice| notice.key == "work-failed").count();
        assert!(told > 0 || failed.is_empty(), "{failed:?} is told");
        failed
    };
    let state = &mut desk.state;
    let filter = EventFilter { text: "ping".to_owned(), ..EventFilter::default() };
    assert_eq!(fail(state, Command::SetFilter(filter)), ["filter"]);
    assert!(!state.filtering && state.n_table_rows() == 9, "the table is as it was");
    assert_eq!(fail(state, Command::Find(FindCommand::For("ping".to_owned()))), ["find"]);
    assert!(!state.search.running && state.search.hits.is_none());
    drop(state.apply(Command::Select(Item::Event(capture, EventId(1)))));
    assert_eq!(
        fail(state, Command::Copy(CopyCommand { form: CopyForm::Json, all: false, masked: false })),
        ["copy"]
    );
    let range = MarkingCommand::SetRange { from: 1.0, to: 20.0 };
    assert_eq!(fail(state, Command::Marking(range)), ["aggregate"]);
    assert!(state.marking.failed && state.marking.aggregates.is_none());
    assert_eq!(fail(state, Command::Story(StoryCommand::Toggle)), ["tell"]);
    assert!(!state.story.is_open());
    let failed = fail(state, Command::SetProfile(Some(Profile::Strict)));
    assert!(failed.contains(&"draw") && state.drawing_failed, "{failed:?}");
    // Each is done when it is wanted again.
    desk.wants(Command::SetProfile(None));
    assert!(!desk.state.drawing_failed);
    desk.wants(Command::Marking(MarkingCommand::SetRange { from: 1.0, to: 22.0 }));
    assert!(!desk.state.marking.failed && desk.state.marking.aggregates.is_some());
    desk.wants(Command::Find(FindCommand::For("play".to_owned())));
    assert!(desk.state.search.hits.is_some());
    assert_eq!(desk.state.shown, Some((capture, SessionId(0))));
}

#[test]
fn what_finds_no_room_any_more_is_said() {
    let mut desk = Desk::with_faulty_session();
    let told = |desk: &mut Desk| -> Vec<&'static str> {
        let keys = desk.state.notices.iter().map(|notice| notice.key).collect();
        desk.state.notices.clear();
        keys
    };
    desk.wants(Command::SetFilter(EventFilter { text: "ping".to_owned(), ..EventFilter::default() }));
    told(&mut desk);
    for n in 0..MAX_SAVED {
        desk.wants(Command::SavedFilter(SavedFilterCommand::Save(format!("filter {n}"))));
    }
    desk.wants(Command::SavedFilter(SavedFilterCommand::Save("filter 3".to_owned())));
    assert!(told(&mut desk).is_empty(), "it takes the place of the one of that name");
    desk.wants(Command::SavedFilter(SavedFilterCommand::Save("one more".to_owned())));
    assert_eq!(told(&mut desk), ["filters-full"]);
    let column = |n: usize| Column::of_member(&format!("params.key{n}")).expect("a key");
    let free = MAX_COLUMNS - desk.state.prefs.table.columns.len();
    for n in 0..free {
        desk.wants(Command::Table(TableCommand::Toggle(column(n))));
    }
    assert!(told(&mut desk).is_empty());
    desk.wants(Command::Table(TableCommand::Toggle(column(free))));
    assert_eq!(told(&mut desk), ["columns-full"]);
    desk.wants(Command::Table(TableCommand::Toggle(column(0))));
    assert!(told(&mut desk).is_empty(), "one that is shown is taken away");
    let event = Item::Event(desk.state.captures[0].id, EventId(1));
    desk.wants(Command::Select(event));
    for (chars, keys) in [(MAX_NOTE_CHARS, &[][..]), (MAX_NOTE_CHARS + 1, &["note-cut"])] {
        desk.wants(Command::Mark(MarkCommand::Note));
        desk.wants(Command::Mark(MarkCommand::Type("é".repeat(chars))));
        desk.wants(Command::Mark(MarkCommand::AcceptNote));
        assert_eq!(told(&mut desk), keys);
    }
}

//! Commands and updates in, effects and state out.

use std::net::SocketAddr;
use std::sync::Arc;

use playtrace::app::State;
use playtrace::app::command::Command;
use playtrace::app::command::find::FindCommand;
use playtrace::app::command::history::HistoryCommand;
use playtrace::app::command::marking::MarkingCommand;
use playtrace::app::command::marks::MarkCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::effect::Effect;
use playtrace::app::item::Item;
use playtrace::app::live::{LiveForm, LiveMode, Phase, Question};
use playtrace::app::mending::Ignore;
use playtrace::app::prefs::BottomTab;
use playtrace::app::update::Update;
use playtrace::engine::work;
use playtrace::model::clock::TsMillis;
use playtrace::model::collecting::{Choice, Pass, Refused};
use playtrace::model::id::{EventId, SessionId};
use playtrace::model::policy::Profile;
use playtrace::model::reason::Reason;
use playtrace::model::watch::Unwatched;
use playtrace::store::column::Column;
use playtrace::store::growing::MAX_HELD_BYTES;
use playtrace::store::project::What;
use playtrace::store::session_rows::SessionRow;
use playtrace::store::sort::Sort;

use super::{ADDRESS, RUN, grew, grew_in, started, started_at};
use crate::playbook::names;
use crate::support::run::{Follower, JournalText};
use crate::support::window::{event, session_start};

/// A state whose collector runs, with the journal that it reads.
struct Scene {
    state: State,
    journal: JournalText,
    follower: Follower,
}

impl Scene {
    fn new() -> Scene {
        Scene::holding(MAX_HELD_BYTES)
    }

    fn holding(max_held_bytes: usize) -> Scene {
        let mut state = State::default();
        assert_eq!(names(state.apply(Command::StartCollector)), ["start-collector"]);
        drop(state.absorb(started()));
        Scene { state, journal: JournalText::new(), follower: Follower::new(max_held_bytes) }
    }

    /// Four sessions, and no room for more.
    fn full_of_four() -> Scene {
        let fill = |scene: &mut Scene| ["a", "b", "c", "d"].map(|sid| scene.session(sid, 20));
        let mut probe = Scene::new();
        fill(&mut probe);
        let mut scene = Scene::holding(probe.journal.text.len());
        fill(&mut scene);
        scene.grow();
        scene
    }

    /// A session with so many pings.
    fn session(&mut self, sid: &str, n_pings: u32) {
        self.journal.open(0.0, sid, &session_start(sid));
        self.journal.event(0.5, sid, &event("play", 500, 0.0, ""));
        self.pings(sid, 1..=n_pings);
    }

    fn pings(&mut self, sid: &str, numbers: std::ops::RangeInclusive<u32>) {
        for n in numbers {
            let secs = f64::from(n) * 10.0;
            self.journal.event(secs, sid, &event("ping", (secs * 1000.0) as i64 + 500, secs, ""));
        }
    }

    /// The window hears of what came.
    fn grow(&mut self) -> Vec<&'static str> {
        let grown = self.follower.look(&self.journal, 100.0);
        names(self.state.absorb(grew(grown)))
    }

    /// Wants something, and lets happen what follows.
    fn carry_out(&mut self, command: Command) {
        let mut waiting: Vec<Effect> = self.state.apply(command).into_iter().collect();
        while let Some(effect) = waiting.pop() {
            if let Some(update) = work::carry_out(effect, &Unwatched) {
                waiting.extend(self.state.absorb(update));
            }
        }
    }

    fn shown_sid(&self) -> Option<String> {
        self.state.shown_session().and_then(|(_, session)| session.sid.clone())
    }
}

#[test]
fn a_collector_is_asked_for_once_and_the_reason_why_it_does_not_start_is_told() {
    let mut state = State::default();
    let form = LiveForm { listen: "nowhere".to_owned(), ..LiveForm::default() };
    drop(state.apply(Command::EditLive(form)));
    assert!(names(state.apply(Command::StartCollector)).is_empty());
    let problem = state.live.refused.clone().expect("it is told");
    assert_eq!(problem.about, Some(Choice::Listen));
    let problem = problem.why.to_string();
    assert!(problem.contains("nowhere") && problem.contains("127.0.0.1:8787"), "{problem}");
    assert_eq!(state.prefs.bottom, BottomTab::Capture, "where it is told");
    drop(state.apply(Command::EditLive(LiveForm::default())));
    assert_eq!(state.live.refused, None, "the old reason is gone");
    drop(state.apply(Command::SetProfile(Some(Profile::Strict))));
    let asked: Vec<Effect> = state.apply(Command::StartCollector).into_iter().collect();
    let [Effect::StartCollector { order, judging }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((order.choices.listen, order.choices.profile), (SocketAddr::from(ADDRESS), Profile::Strict));
    assert_eq!((order.journal.as_ref(), judging.profile), (None, Some(Profile::Strict)));
    assert!(names(state.apply(Command::StartCollector)).is_empty(), "it is on its way");
    let refused = Refused::of(Choice::Listen, Reason::of_system(&"the port is taken"));
    drop(state.absorb(Update::CollectorFailed { refused: refused.clone() }));
    assert_eq!(state.live.phase, Phase::Off);
    assert_eq!(state.live.refused, Some(refused));
    assert!(state.captures.is_empty());
}

#[test]
fn other_machines_are_let_in_only_after_a_yes_and_asked_about_once() {
    let mut state = State::default();
    let form = LiveForm { listen: "0.0.0.0:8787".to_owned(), ..LiveForm::default() };
    drop(state.apply(Command::EditLive(form)));
    assert!(names(state.apply(Command::StartCollector)).is_empty());
    let address: SocketAddr = "0.0.0.0:8787".parse().expect("an address");
    assert_eq!(state.live.question, Some(Question::Expose(address)));
    assert!(names(state.apply(Command::Answer(false))).is_empty());
    assert_eq!((state.live.question, &state.live.phase), (None, &Phase::Off));
    drop(state.apply(Command::StartCollector));
    assert_eq!(names(state.apply(Command::Answer(true))), ["start-collector"]);
    drop(state.absorb(started_at(address)));
    drop(state.apply(Command::StopCollector));
    drop(state.absorb(Update::CollectorStopped { run: RUN }));
    assert_eq!(names(state.apply(Command::StartCollector)), ["start-collector"], "not asked again");
}

#[test]
fn faults_are_injected_while_it_runs_and_what_is_wrong_with_one_is_said() {
    let form = |faults: &str| LiveForm { faults: faults.to_owned(), ..LiveForm::default() };
    let mut state = State::default();
    assert!(names(state.apply(Command::EditLive(form("explode")))).is_empty());
    assert!(state.live.fault_problem.clone().is_some_and(|why| why.to_string().contains("explode")));
    assert!(names(state.apply(Command::StartCollector)).is_empty(), "not without what was asked for");
    assert!(names(state.apply(Command::EditLive(form("drop  status=404@event=ping")))).is_empty());
    assert_eq!(state.live.fault_problem, None);
    let asked: Vec<Effect> = state.apply(Command::StartCollector).into_iter().collect();
    let [Effect::StartCollector { order, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(order.choices.faults.len(), 2);
    drop(state.absorb(started()));
    assert!(names(state.apply(Command::EditLive(form("drop nothing")))).is_empty());
    assert_eq!(state.live.faults.len(), 2, "those before go on");
    assert_eq!(names(state.apply(Command::EditLive(form("")))), ["inject-faults"]);
    assert!(state.live.faults.is_empty());
}

#[test]
fn what_comes_is_shown_as_it_comes_the_newest_session_first() {
    let mut scene = Scene::new();
    scene.session("a", 2);
    let asked = scene.grow();
    assert!(asked.contains(&"draw") && asked.contains(&"sessions"), "{asked:?}");
    assert_eq!((scene.shown_sid().as_deref(), scene.state.n_table_rows()), (Some("a"), 4));
    scene.pings("a", 3..=5);
    scene.grow();
    assert_eq!(scene.state.n_table_rows(), 7);
    assert!(scene.state.time_view.to >= 50.5, "{:?}", scene.state.time_view);
    scene.session("b", 1);
    scene.grow();
    assert_eq!(scene.shown_sid().as_deref(), Some("b"), "the newest");
    let tally = scene.state.captures[0].growth.as_ref().expect("it grows").tally;
    assert_eq!((tally.requests, tally.sessions, scene.state.live.per_second), (10, 2, 7));
}

#[test]
fn panning_selecting_and_stepping_stay_where_they_are_until_one_resumes() {
    let mut scene = Scene::new();
    scene.session("a", 5);
    scene.grow();
    let id = scene.state.captures[0].id;
    let ways = [
        Command::Pan { by_secs: -1.0 },
        Command::ShowRange { from: 0.0, to: 5.0 },
        Command::Select(Item::Event(id, EventId(1))),
        Command::Zoom { factor: 4.0, at: 0.0 },
        Command::Marking(MarkingCommand::SetRange { from: 0.0, to: 5.0 }),
        Command::Mark(MarkCommand::NoteOf(TsMillis(1_704_196_800_000))),
    ];
    for (n, way) in (6..).zip(ways) {
        assert!(scene.state.follows(), "{way:?}");
        drop(scene.state.apply(way.clone()));
        assert!(!scene.state.follows(), "{way:?}");
        let view = scene.state.time_view;
        scene.session(&format!("new {n}"), 1);
        scene.pings("a", n..=n);
        scene.grow();
        assert_eq!(scene.shown_sid().as_deref(), Some("a"), "{way:?}");
        assert_eq!((view.from, view.to), (scene.state.time_view.from, scene.state.time_view.to), "{way:?}");
        assert!(scene.state.time_view.full_to > view.full_to, "there is more to pan to");
        drop(scene.state.apply(Command::Follow(true)));
        assert_eq!(scene.shown_sid(), Some(format!("new {n}")), "{way:?}");
        drop(scene.state.apply(Command::Select(Item::Session(id, SessionId(0)))));
        drop(scene.state.apply(Command::FitAll));
        scene.state.live.following = true;
    }
}

#[test]
fn a_narrow_view_that_follows_keeps_its_width_and_its_end_at_the_newest() {
    let mut scene = Scene::new();
    scene.session("a", 60);
    scene.grow();
    drop(scene.state.apply(Command::Zoom { factor: 8.0, at: 600.5 }));
    let width = scene.state.time_view.width();
    assert!(scene.state.follows(), "the newest is still seen");
    scene.pings("a", 61..=70);
    scene.grow();
    let view = scene.state.time_view;
    assert!((view.width() - width).abs() < 1e-6 && view.from < 700.5 && view.to >= 700.5, "{view:?}");
}

#[test]
fn what_is_selected_stays_selected_when_sessions_before_it_are_set_aside() {
    let mut scene = Scene::full_of_four();
    let id = scene.state.captures[0].id;
    let loaded = Arc::clone(&scene.state.captures[0]);
    let session =
        loaded.capture.sessions.iter().find(|it| it.sid.as_deref() == Some("c")).expect("c is there");
    let selected = session.by_arrival[7];
    let asked = names(scene.state.apply(Command::Select(Item::Event(id, selected))));
    assert!(asked.contains(&"keep-session"), "the engine knows what is looked at: {asked:?}");
    let key = loaded.growth.as_ref().and_then(|growth| growth.key(session.id)).expect("it has a key");
    scene.follower.growing.keep(key);
    scene.session("e", 20);
    let asked = scene.grow();
    let now = Arc::clone(&scene.state.captures[0]);
    let growth = now.growth.as_ref().expect("it grows");
    assert!(!growth.aside.is_empty() && growth.numbering > 0, "something went");
    assert!(asked.contains(&"sessions"), "{asked:?}");
    assert_eq!(scene.shown_sid().as_deref(), Some("c"));
    let Some(Item::Event(_, moved)) = scene.state.selection else { panic!("{:?}", scene.state.selection) };
    let text = |loaded: &playtrace::store::loaded::LoadedCapture, event| {
        loaded.capture.event(event).expect("it is there").text().into_owned()
    };
    assert_ne!(moved, selected, "it has another number");
    assert!(text(&now, moved) == text(&loaded, selected), "it is the same event");
    // The list shows all of them as they were opened.
    let rows = work::carry_out(
        Effect::ListSessions { revision: 1, captures: scene.state.captures.clone(), text: String::new() },
        &Unwatched,
    );
    let Some(Update::SessionsListed { rows, .. }) = rows else { panic!("sessions are listed") };
    assert_eq!(rows.n_sessions(), 5);
    let sids: Vec<Option<String>> = (0..rows.len())
        .filter_map(|row| match rows.get(row)? {
            SessionRow::Session(_, session) => Some(now.capture.session(session)?.sid.clone()),
            SessionRow::Aside(_, at) => Some(growth.aside.get(at)?.sid.clone()),
            SessionRow::Capture(_) => None,
        })
        .collect();
    assert_eq!(sids, ["a", "b", "c", "d", "e"].map(|sid| Some(sid.to_owned())));
    // One that was set aside is shown when it has come back.
    let aside = growth.aside[0].clone();
    let asked = names(scene.state.apply(Command::BringBack(id, aside.key)));
    assert_eq!(asked, ["keep-session"]);
    assert!(scene.follower.bring_back(&scene.journal, aside.key));
    scene.grow();
    assert_eq!(scene.shown_sid(), aside.sid);
}

#[test]
fn what_was_decided_about_a_session_stays_with_it_when_others_are_set_aside_and_when_it_is() {
    let mut scene = Scene::full_of_four();
    let id = scene.state.captures[0].id;
    let first_of = |scene: &Scene, sid: &str| {
        let capture = &scene.state.captures[0].capture;
        let session = capture.sessions.iter().find(|it| it.sid.as_deref() == Some(sid)).expect("it is there");
        Item::Event(id, session.by_arrival[1])
    };
    for sid in ["a", "c"] {
        let event = first_of(&scene, sid);
        drop(scene.state.apply(Command::Select(event)));
        drop(scene.state.apply(Command::Mark(MarkCommand::Note)));
        drop(scene.state.apply(Command::Mark(MarkCommand::Type(format!("of {sid}")))));
        drop(scene.state.apply(Command::Mark(MarkCommand::AcceptNote)));
    }
    let session = scene.state.shown.expect("c is shown").1;
    let ignore = Command::Ignore { capture: id, what: Ignore::Session(session), reason: String::new() };
    assert_eq!(names(scene.state.apply(ignore)), ["judge-run"]);
    let key = scene.state.captures[0].growth.as_ref().and_then(|growth| growth.key(session));
    scene.follower.growing.keep(key.expect("it has a key"));
    scene.session("e", 20);
    let asked = scene.grow();
    let notes =
        |scene: &Scene| -> Vec<String> { scene.state.marks().iter().map(|mark| mark.note.clone()).collect() };
    let ignored = |scene: &Scene| scene.state.projects[&id].ignored.clone();
    assert_ne!(scene.state.shown, Some((id, session)), "it has another number");
    assert_eq!((scene.shown_sid().as_deref(), notes(&scene)), (Some("c"), vec!["of c".to_owned()]));
    let now = scene.state.shown.expect("c is shown").1;
    assert_eq!(ignored(&scene)[0].what, What::session(now));
    assert!(asked.contains(&"judge-run"), "the rules hear of the number: {asked:?}");
    // What is undone and done again goes by the numbers of now.
    drop(scene.state.apply(Command::History(HistoryCommand::Undo)));
    drop(scene.state.apply(Command::History(HistoryCommand::Undo)));
    assert_eq!(notes(&scene), Vec::<String>::new());
    drop(scene.state.apply(Command::History(HistoryCommand::Redo)));
    assert_eq!(notes(&scene), ["of c"]);
    drop(scene.state.apply(Command::History(HistoryCommand::Redo)));
    assert_eq!(ignored(&scene)[0].what, What::session(now));
    // Who goes back comes to the session that was set aside only when it has come back, and finds its note.
    assert!(scene.follower.bring_back(&scene.journal, 1));
    scene.grow();
    let event = first_of(&scene, "a");
    drop(scene.state.apply(Command::Select(event)));
    assert_eq!((scene.shown_sid().as_deref(), notes(&scene)), (Some("a"), vec!["of a".to_owned()]));
    drop(scene.state.apply(Command::History(HistoryCommand::Back)));
    assert_eq!((scene.shown_sid().as_deref(), notes(&scene)), (Some("c"), vec!["of c".to_owned()]));
}

#[test]
fn hits_are_never_shown_on_other_rows_than_theirs_while_a_sorted_table_grows() {
    let mut scene = Scene::new();
    scene.session("a", 5);
    scene.grow();
    let sort = Sort { column: Column::Number, descending: true };
    scene.carry_out(Command::Table(TableCommand::Sort(Some(sort))));
    scene.carry_out(Command::Find(FindCommand::For("type:play".to_owned())));
    assert_eq!(scene.state.search.hits.as_deref(), Some(&vec![5]));
    let hits_are_right = |scene: &Scene, when: &str| {
        for row in 0..scene.state.n_table_rows() {
            let (_, event) = scene.state.table_row(row).expect("a row");
            let event = scene.state.captures[0].capture.event(event).expect("it is there");
            let is_play = event.type_name() == "play";
            assert!(is_play || !scene.state.search.is_hit(row), "row {row} {when}");
        }
    };
    let mut waiting = Vec::new();
    for at in [6, 9] {
        scene.pings("a", at..=at + 2);
        let grown = scene.follower.look(&scene.journal, 100.0);
        waiting.extend(scene.state.absorb(grew(grown)));
        hits_are_right(&scene, "when it has grown");
    }
    // The rows come before the hits, then the hits among rows that are not shown any more, and so on.
    while let Some(effect) = (!waiting.is_empty()).then(|| waiting.remove(0)) {
        let name = format!("{effect:?}");
        if let Some(update) = work::carry_out(effect, &Unwatched) {
            waiting.extend(scene.state.absorb(update));
        }
        hits_are_right(&scene, name.get(..20).unwrap_or(&name));
    }
    let hits = scene.state.search.hits.clone().expect("all is known in the end");
    assert_eq!(&hits[..], [11], "the second of thirteen, from below");
}

#[test]
fn a_drawing_that_is_slow_is_asked_for_once_more_not_at_each_growth() {
    let mut scene = Scene::new();
    scene.session("a", 3);
    let first = scene.grow();
    let mut asked = Vec::new();
    for n in 4..=20 {
        scene.pings("a", n..=n);
        asked.extend(scene.grow());
    }
    assert!(first.contains(&"draw") && !asked.contains(&"draw"), "{asked:?}");
    let (loaded, session) = scene.state.shown_session().expect("shown");
    let draw = Effect::Draw { revision: 1, loaded: Arc::clone(loaded), session: session.id };
    let Some(Update::Drawn { drawing, .. }) = work::carry_out(draw, &Unwatched) else { panic!("drawn") };
    let mut asked = Vec::new();
    for revision in 0..10 {
        asked.extend(names(scene.state.absorb(Update::Drawn { revision, drawing: Arc::clone(&drawing) })));
    }
    assert_eq!(asked, ["draw"], "what came meanwhile is drawn");
    assert!(scene.state.drawing.is_some());
}

#[test]
fn a_capture_that_grows_is_not_closed_and_leaving_asks_first() {
    let mut scene = Scene::new();
    scene.session("a", 2);
    scene.grow();
    drop(scene.state.apply(Command::CloseShown));
    assert_eq!(scene.state.captures.len(), 1);
    assert_eq!(scene.state.notices[0].key, "still-collecting");
    assert!(scene.state.would_lose());
    assert!(names(scene.state.apply(Command::Quit)).is_empty());
    assert_eq!(scene.state.live.question, Some(Question::Quit));
    assert!(names(scene.state.apply(Command::Answer(false))).is_empty());
    drop(scene.state.apply(Command::Quit));
    assert_eq!(names(scene.state.apply(Command::Answer(true))), ["stop-collector", "quit"]);
    assert!(!scene.state.would_lose());
    assert_eq!(names(State::default().apply(Command::Quit)), ["quit"], "nothing runs: nothing is asked");
}

#[test]
fn after_the_stop_the_run_is_a_capture_like_any_other() {
    let mut scene = Scene::new();
    scene.session("a", 2);
    scene.grow();
    let id = scene.state.captures[0].id;
    assert_eq!(names(scene.state.apply(Command::SetProfile(Some(Profile::Strict)))), ["judge-run"]);
    assert_eq!(names(scene.state.apply(Command::ToggleCollector)), ["stop-collector"]);
    assert!(names(scene.state.apply(Command::StopCollector)).is_empty(), "once");
    drop(scene.state.absorb(Update::CollectorStopped { run: RUN }));
    let last = scene.follower.end(&scene.journal, 30.0);
    drop(scene.state.absorb(grew(last)));
    drop(scene.state.absorb(Update::RunSettled { run: RUN }));
    let loaded = &scene.state.captures[0];
    assert!(!loaded.capture.is_so_far(&loaded.capture.sessions[0]));
    assert_eq!(loaded.path.as_deref(), Some(std::path::Path::new("/captures/run.jsonl")));
    assert_eq!(scene.state.prefs.recent.len(), 1);
    assert!(!scene.state.follows() && scene.state.live.phase == Phase::Off);
    assert_eq!(names(scene.state.apply(Command::SetProfile(None))), ["judge"]);
    drop(scene.state.apply(Command::Close(id)));
    assert!(scene.state.captures.is_empty());
    // What comes too late does nothing.
    let late = scene.follower.end(&scene.journal, 30.0);
    assert!(names(scene.state.absorb(grew(late))).is_empty());
}

#[test]
fn the_form_says_what_the_command_line_can() {
    let form = LiveForm {
        mode: LiveMode::Forward,
        forward: " https://collector.example.com ".to_owned(),
        opened: "a.example.com, *.example.org".to_owned(),
        trusted: "/certificates/own.pem".to_owned(),
        tls: true,
        journal: "/captures/a.jsonl".to_owned(),
        ..LiveForm::default()
    };
    let order = |form: LiveForm| {
        let mut state = State::default();
        drop(state.apply(Command::EditLive(form)));
        let mut asked = state.apply(Command::StartCollector).into_iter();
        let Some(Effect::StartCollector { order, .. }) = asked.next() else { panic!("it is asked for") };
        order
    };
    let trusted = Some("/certificates/own.pem".into());
    let forward = order(form.clone());
    let to = "https://collector.example.com".to_owned();
    assert_eq!(forward.choices.pass, Pass::Forward { to, trusted: trusted.clone() });
    assert!(forward.choices.tls && !forward.is_demo);
    assert_eq!(forward.journal.as_deref(), Some(std::path::Path::new("/captures/a.jsonl")));
    let opened = vec!["a.example.com".to_owned(), "*.example.org".to_owned()];
    let proxy = order(LiveForm { mode: LiveMode::Proxy, ..form.clone() });
    assert_eq!(proxy.choices.pass, Pass::Proxy { opened, trusted });
    let stand_in = order(LiveForm { mode: LiveMode::StandIn, ..form });
    assert_eq!(stand_in.choices.pass, Pass::StandIn);
}

#[test]
fn marks_that_were_made_while_it_ran_are_written_as_soon_as_the_run_has_a_place() {
    let mut scene = Scene::new();
    scene.session("a", 2);
    scene.grow();
    drop(scene.state.apply(Command::Mark(MarkCommand::NoteOf(TsMillis(1_704_196_800_000)))));
    drop(scene.state.apply(Command::Mark(MarkCommand::Type("it hangs".to_owned()))));
    drop(scene.state.apply(Command::Mark(MarkCommand::AcceptNote)));
    drop(scene.state.apply(Command::StopCollector));
    drop(scene.state.absorb(Update::CollectorStopped { run: RUN }));
    let last = scene.follower.end(&scene.journal, 30.0);
    drop(scene.state.absorb(grew(last)));
    let mut asked = scene.state.absorb(Update::RunSettled { run: RUN }).into_iter();
    let note = asked.find_map(|effect| match effect {
        Effect::SaveProject { project, .. } => project.marks.first().map(|mark| mark.note.clone()),
        _ => None,
    });
    assert_eq!(note.as_deref(), Some("it hangs"));
}

#[test]
fn what_is_left_to_judge_after_the_stop_is_a_job_and_another_collector_can_start() {
    let mut scene = Scene::new();
    scene.session("a", 2);
    scene.grow();
    let first = scene.state.captures[0].id;
    drop(scene.state.apply(Command::StopCollector));
    drop(scene.state.absorb(Update::CollectorStopped { run: RUN }));
    assert_eq!(scene.state.live.phase, Phase::Off, "the port is free");
    assert!(!scene.state.would_lose(), "nothing would be lost");
    drop(scene.state.absorb(Update::Progress { job: RUN, done: 3, total: 7 }));
    assert_eq!((scene.state.jobs[0].done, scene.state.jobs[0].total), (3, 7));
    assert_eq!(names(scene.state.apply(Command::StartCollector)), ["start-collector"]);
    drop(scene.state.absorb(started()));
    assert_eq!(scene.state.captures.len(), 2);
    // What comes of the one before is its own.
    let last = scene.follower.end(&scene.journal, 30.0);
    drop(scene.state.absorb(grew_in(RUN, last)));
    let n_sessions = |at: usize| scene.state.captures[at].capture.sessions.len();
    assert_eq!((n_sessions(0), n_sessions(1)), (1, 0));
    drop(scene.state.apply(Command::SetProfile(Some(Profile::Strict))));
    let asked = names(scene.state.absorb(Update::RunSettled { run: RUN }));
    assert_eq!(asked, ["cancel", "judge"], "in the way that was chosen since");
    assert!(scene.state.live.settling.is_empty() && scene.state.captures[0].id == first);
    assert!(matches!(scene.state.live.phase, Phase::Running(_)), "the other one goes on");
}

#[test]
fn a_run_that_is_closed_is_not_judged_to_its_end() {
    let mut scene = Scene::new();
    scene.session("a", 2);
    scene.grow();
    let id = scene.state.captures[0].id;
    drop(scene.state.apply(Command::StopCollector));
    drop(scene.state.absorb(Update::CollectorStopped { run: RUN }));
    assert!(names(scene.state.apply(Command::Close(id))).contains(&"cancel"));
    assert!(names(scene.state.absorb(Update::RunSettled { run: RUN })).is_empty());
    assert!(scene.state.jobs.is_empty() && scene.state.captures.is_empty());
}

#[test]
fn the_demo_has_a_collector_of_its_own_and_changes_nothing_of_the_form() {
    let mut state = State::default();
    let form = LiveForm {
        listen: "0.0.0.0:8787".to_owned(),
        mode: LiveMode::Forward,
        faults: "drop".to_owned(),
        journal: "/captures/a.jsonl".to_owned(),
        ..LiveForm::default()
    };
    drop(state.apply(Command::EditLive(form.clone())));
    let asked: Vec<Effect> = state.apply(Command::PlayDemo).into_iter().collect();
    let [Effect::StartCollector { order, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(order.is_demo && order.choices.listen.ip().is_loopback() && order.choices.listen.port() == 0);
    assert_eq!((&order.choices.pass, &order.journal), (&Pass::StandIn, &None));
    assert_eq!(order.choices.faults.len(), 1, "as the field says");
    assert_eq!(state.prefs.live, form);
    assert_eq!(state.prefs.bottom, BottomTab::Capture, "where it is stopped");
    assert!(names(state.apply(Command::PlayDemo)).is_empty(), "once");
    drop(state.absorb(started()));
    assert_eq!(names(state.apply(Command::StopCollector)), ["stop-collector"]);
}

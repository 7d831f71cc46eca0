//! The program without window and outside: commands and updates in, effects and state out.

use std::path::PathBuf;
use std::sync::Arc;

use playtrace::app::State;
use playtrace::app::command::find::FindCommand;
use playtrace::app::command::rows::{CommandRow, commands};
use playtrace::app::command::{Command, Direction, JobId, Step};
use playtrace::app::effect::{Effect, Effects};
use playtrace::app::item::{Hover, Item};
use playtrace::app::port::Port as _;
use playtrace::app::prefs::{BottomTab, MAX_RECENT, ThemeChoice, ViewPrefs};
use playtrace::app::sending::{SendForm, SendResult};
use playtrace::app::update::{OpenError, Update};
use playtrace::config::{self, BrokenConfig, WhyBroken};
use playtrace::model::id::{EventId, ExchangeId, SessionId};
use playtrace::model::policy::Profile;
use playtrace::outbox::refusal::Refusal;
use playtrace::rules::finding::Severity;
use playtrace::store::filter::{EventFilter, Order};
use playtrace::store::judged::GRAVEST_FIRST;
use playtrace::store::loaded::CaptureId;

use crate::support::window::{Desk, FakePort, faulty_session, long_session, read, session_start};

/// Short names of effects, for comparing what was asked for.
pub fn names(effects: Effects) -> Vec<&'static str> {
    effects.into_iter().map(|effect| name(&effect)).collect()
}

/// The short name of an effect.
pub fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::PickFiles => "pick",
        Effect::PickPlace { .. } => "pick-place",
        Effect::DrawPicture(_) => "draw-picture",
        Effect::WritePicture { .. } => "write-picture",
        Effect::ListFolder { .. } => "folder",
        Effect::Open { .. } => "open",
        Effect::OpenBytes { .. } => "open-bytes",
        Effect::Judge { .. } => "judge",
        Effect::TryFix { .. } => "try-fix",
        Effect::FixAllSafe { .. } => "fix-all-safe",
        Effect::SaveProject { .. } => "save-project",
        Effect::SaveNamed { .. } => "save-named",
        Effect::PickProjectPlace { .. } => "pick-project-place",
        Effect::Find { .. } => "find",
        Effect::Copy { .. } => "copy",
        Effect::PutOnClipboard { .. } => "put-on-clipboard",
        Effect::TakeFromClipboard => "take-from-clipboard",
        Effect::StopFinding { .. } => "stop-finding",
        Effect::ListSessions { .. } => "sessions",
        Effect::Filter { .. } => "filter",
        Effect::Draw { .. } => "draw",
        Effect::Compare { .. } => "compare",
        Effect::Aggregate { .. } => "aggregate",
        Effect::Convert { .. } => "convert",
        Effect::Tell { .. } => "tell",
        Effect::Plan { .. } => "plan",
        Effect::Send { .. } => "send",
        Effect::StartCollector { .. } => "start-collector",
        Effect::StopCollector => "stop-collector",
        Effect::KeepSession { .. } => "keep-session",
        Effect::InjectFaults { .. } => "inject-faults",
        Effect::JudgeRun { .. } => "judge-run",
        Effect::Cancel { .. } => "cancel",
        Effect::Quit => "quit",
    }
}

#[track_caller]
pub fn selected_finding(state: &State) -> u32 {
    match state.selection {
        Some(Item::Finding(_, number)) => number,
        other => panic!("a finding should be selected, not {other:?}"),
    }
}

#[test]
fn a_capture_is_shown_before_the_rules_have_spoken() {
    let mut state = State::default();
    let asked = state.apply(Command::Open(vec![PathBuf::from("a.json")]));
    assert_eq!(names(asked), ["open"]);
    let (capture, places) = read("a.json", faulty_session());
    let asked = names(state.absorb(Update::Opened {
        job: state.jobs[0].id,
        capture,
        places,
        project: None,
        config: Ok(None),
    }));
    assert!(asked.contains(&"judge") && asked.contains(&"sessions"), "{asked:?}");
    assert_eq!(state.n_table_rows(), 9, "the table is there");
    assert!(state.listed_findings().is_none(), "the findings are not");
    assert_eq!(state.prefs.recent, [PathBuf::from("a.json")]);
}

#[test]
fn a_configuration_beside_the_capture_is_named_and_a_broken_one_is_left_out() {
    let beside = PathBuf::from("playtrace.toml");
    let strict = config::read(b"profile = \"strict\"").finish(&[]).expect("nothing is wrong with it");
    let errors = config::read(b"profil = 1\nno = 1").finish(&[]).expect_err("two keys are unknown");
    let broken = BrokenConfig { path: beside.clone(), why: WhyBroken::Errors(errors) };
    for (config, key, profile) in [
        (Ok(Some((beside, Arc::new(strict)))), "config-used", Some(Profile::Strict)),
        (Err(broken), "config-broken", None),
    ] {
        let mut state = State::default();
        drop(names(state.apply(Command::Open(vec![PathBuf::from("a.json")]))));
        let (capture, places) = read("a.json", faulty_session());
        let job = state.jobs[0].id;
        let asked = names(state.absorb(Update::Opened { job, capture, places, project: None, config }));
        assert!(asked.contains(&"judge"), "{asked:?}");
        assert_eq!(state.notices.iter().map(|notice| notice.key).collect::<Vec<_>>(), [key]);
        assert_eq!(state.captures[0].config.profile(), profile);
    }
}

#[test]
fn answers_that_nobody_waits_for_do_nothing() {
    let mut state = State::default();
    let (capture, places) = read("a.json", faulty_session());
    let unknown = JobId(99);
    let error = OpenError::NotRead { name: "x".to_owned(), why: "y".to_owned() };
    let late = [
        Update::Opened { job: unknown, capture, places, project: None, config: Ok(None) },
        Update::NotOpened { job: unknown, error },
        Update::Stopped { job: unknown },
        Update::Judged { job: unknown, judged: Arc::default() },
        Update::Filtered { revision: 7, rows: Arc::new(vec![1, 2]) },
        Update::SessionsListed { revision: 7, rows: Arc::default() },
        Update::Refused { job: unknown, why: Refusal::Empty },
        Update::Sent { job: unknown },
        Update::Progress { job: unknown, done: 1, total: 2 },
        Update::Folder { typed: "a".to_owned(), entries: Vec::new() },
    ];
    for update in late {
        assert!(names(state.absorb(update)).is_empty());
    }
    assert!(state.captures.is_empty() && state.notices.is_empty() && state.filtered.is_none());
}

#[test]
fn commands_about_things_that_are_not_there_do_nothing() {
    let mut state = State::default();
    let nowhere = CaptureId(5);
    let items = [
        Item::Capture(nowhere),
        Item::Session(nowhere, SessionId(1)),
        Item::Event(nowhere, EventId(1)),
        Item::Exchange(nowhere, ExchangeId(1)),
        Item::Finding(nowhere, 1),
    ];
    for item in items {
        assert!(names(state.apply(Command::Select(item))).is_empty());
    }
    assert_eq!(state.selection, None);
    let always = ["open", "open-path", "paste", "demo", "quit", "collector", "play-demo", "picture-window"];
    for row in commands().filter(|row| !always.contains(&row.name)) {
        let asked = names(state.apply((row.make)()));
        assert!(asked.is_empty() || asked == ["sessions"], "{}: {asked:?}", row.name);
    }
    // In a capture that is there, but not that far.
    let mut desk = Desk::with_faulty_session();
    let id = desk.state.captures[0].id;
    for item in [Item::Event(id, EventId(10_000)), Item::Finding(id, 10_000), Item::Session(id, SessionId(9))]
    {
        desk.wants(Command::Select(item));
        assert_eq!(desk.state.selected_event(), None);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_said_once_and_leaves_the_recent_files() {
    let missing = PathBuf::from("/nowhere/at/all.har");
    let prefs = ViewPrefs { recent: vec![missing.clone()], ..ViewPrefs::default() };
    let mut desk = Desk { state: State::new(prefs), ..Desk::default() };
    desk.wants(Command::Open(vec![missing.clone()]));
    desk.wants(Command::Open(vec![missing]));
    assert_eq!(desk.state.notices.len(), 1);
    let notice = &desk.state.notices[0];
    assert_eq!(notice.key, "not-read");
    assert_eq!(notice.values[0], ("name", "/nowhere/at/all.har".to_owned()));
    assert!(desk.state.prefs.recent.is_empty() && desk.state.jobs.is_empty());
    let id = notice.id;
    desk.wants(Command::DismissNotice(id));
    assert!(desk.state.notices.is_empty());
}

#[test]
fn a_capture_without_anything_of_the_api_says_so_and_stays_open() {
    let mut desk = Desk::default();
    desk.wants(Command::OpenText { name: "other".to_owned(), bytes: b"{\"a\":1}".to_vec() });
    assert_eq!(desk.state.notices[0].key, "nothing-found");
    assert_eq!(desk.state.captures.len(), 1);
    assert_eq!(desk.state.shown, None);
}

#[test]
fn the_path_field_opens_by_itself_only_when_no_dialog_was_seen() {
    let mut state = State::default();
    assert_eq!(names(state.apply(Command::ChooseFiles)), ["pick"]);
    assert!(names(state.absorb(Update::Picked { paths: Vec::new(), at_once: false })).is_empty());
    assert_eq!(state.path_field, None, "the dialog was left");
    assert_eq!(names(state.absorb(Update::Picked { paths: Vec::new(), at_once: true })), ["folder"]);
    assert!(state.path_field.is_some());
    assert_eq!(names(state.apply(Command::EditPath("/tmp/a.har".to_owned()))), ["folder"]);
    assert_eq!(names(state.apply(Command::AcceptPath)), ["open"]);
    assert_eq!(state.path_field, None);
}

#[test]
fn findings_are_walked_gravest_first_and_around_the_end() {
    let mut desk = Desk::with_faulty_session();
    let (loaded, list) = desk.state.listed_findings().expect("judged");
    let judged = Arc::clone(loaded.judged.as_ref().expect("judged"));
    let numbers: Vec<u32> = (0..list.len()).filter_map(|row| list.get(row)).collect();
    assert!(numbers.len() >= 3, "{:?}", judged.findings());
    let ranks: Vec<_> = numbers.iter().map(|number| judged.findings()[*number as usize].severity).collect();
    assert!(ranks.is_sorted_by(|a, b| a >= b), "{ranks:?}");
    for number in numbers.iter().chain(numbers.first()) {
        desk.wants(Command::Step(Step::Finding, Direction::Forward));
        assert_eq!(selected_finding(&desk.state), *number);
    }
    desk.wants(Command::Step(Step::Finding, Direction::Back));
    assert_eq!(Some(&selected_finding(&desk.state)), numbers.last());
    let n_errors = ranks.iter().filter(|severity| **severity == Severity::Error).count();
    assert!(n_errors >= 1 && n_errors < numbers.len(), "{ranks:?}");
    for at in 0..=n_errors {
        desk.wants(Command::Step(Step::Error, Direction::Forward));
        assert_eq!(selected_finding(&desk.state), numbers[at % n_errors]);
    }
}

#[test]
fn a_hidden_severity_is_neither_listed_nor_walked() {
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::ToggleSeverity(Severity::Error));
    let (loaded, list) = desk.state.listed_findings().expect("judged");
    let judged = loaded.judged.as_ref().expect("judged");
    let wanted = judged.findings().iter().filter(|finding| finding.severity != Severity::Error).count();
    assert_eq!(list.len(), wanted);
    desk.wants(Command::Step(Step::Error, Direction::Forward));
    assert_eq!(desk.state.selected_event(), None, "there is no error to go to");
}

#[test]
fn selecting_a_finding_selects_its_event_and_shows_its_time() {
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::ShowRange { from: 0.0, to: 1.0 });
    let loaded = Arc::clone(&desk.state.captures[0]);
    let judged = loaded.judged.as_ref().expect("judged");
    let number = judged.findings().iter().position(|finding| finding.event == Some(EventId(3)));
    let number = u32::try_from(number.expect("the ad has a finding")).expect("small");
    desk.wants(Command::Select(Item::Finding(loaded.id, number)));
    assert_eq!(desk.state.selected_event(), Some((loaded.id, EventId(3))));
    assert_eq!(desk.state.selected_table_row(), Some(3));
    let view = desk.state.time_view;
    assert!(view.from <= 15.0 && 15.0 <= view.to, "{view:?}");
}

#[test]
fn the_table_can_be_ordered_by_ts_and_filtered() {
    let mut desk = Desk::with_faulty_session();
    let row = |desk: &Desk, row| desk.state.table_row(row).map(|(arrival, _)| arrival);
    assert_eq!((row(&desk, 6), row(&desk, 7)), (Some(6), Some(7)));
    desk.wants(Command::SetOrder(Order::Ts));
    assert_eq!((row(&desk, 6), row(&desk, 7)), (Some(7), Some(6)), "event 7 has the earlier ts");
    let id = desk.state.captures[0].id;
    desk.wants(Command::Select(Item::Event(id, EventId(7))));
    assert_eq!(desk.state.selected_table_row(), Some(6));
    desk.wants(Command::SetFilter(EventFilter { text: "PING".to_owned(), ..EventFilter::default() }));
    assert_eq!(desk.state.n_table_rows(), 3);
    assert_eq!((row(&desk, 1), row(&desk, 2), row(&desk, 3)), (Some(7), Some(6), None));
    assert_eq!(desk.state.selected_table_row(), Some(1));
    desk.wants(Command::SetFilter(EventFilter { problems_only: true, ..EventFilter::default() }));
    assert!((1..9).contains(&desk.state.n_table_rows()));
    desk.wants(Command::SetFilter(EventFilter::default()));
    assert_eq!(desk.state.n_table_rows(), 9);
}

#[test]
fn only_the_answer_to_the_newest_filter_counts() {
    let mut desk = Desk::with_faulty_session();
    let filter = |text: &str| EventFilter { text: text.to_owned(), ..EventFilter::default() };
    let revision = |effects: Effects| {
        effects.into_iter().find_map(|effect| match effect {
            Effect::Filter { revision, .. } => Some(revision),
            _ => None,
        })
    };
    let first = revision(desk.state.apply(Command::SetFilter(filter("a")))).expect("a filter is asked for");
    let second = revision(desk.state.apply(Command::SetFilter(filter("ad")))).expect("a filter is asked for");
    assert!(
        names(desk.state.absorb(Update::Filtered { revision: first, rows: Arc::new(vec![1]) })).is_empty()
    );
    assert!(desk.state.filtered.is_none() && desk.state.filtering);
    assert!(
        names(desk.state.absorb(Update::Filtered { revision: second, rows: Arc::new(vec![3]) })).is_empty()
    );
    assert_eq!(desk.state.filtered.as_deref(), Some(&vec![3]));
    assert!(!desk.state.filtering);
}

#[test]
fn a_search_follows_what_the_table_shows() {
    let mut desk = Desk::with_faulty_session();
    let hits = |desk: &Desk| desk.state.search.hits.as_ref().map(|hits| hits.to_vec());
    desk.wants(Command::Find(FindCommand::For("PING".to_owned())));
    assert_eq!(hits(&desk), Some(vec![2, 6, 7]));
    desk.wants(Command::SetFilter(EventFilter { text: "-type:play".to_owned(), ..EventFilter::default() }));
    assert_eq!(hits(&desk), Some(vec![1, 4, 5]), "hits are rows of the table");
    desk.wants(Command::Find(FindCommand::Hit(Direction::Back)));
    assert_eq!(desk.state.selected_event().map(|(_, event)| event.0), Some(7));
    assert_eq!(desk.state.hit_place(), Some((Some(3), 3)));
    desk.wants(Command::SetOrder(Order::Ts));
    assert_eq!(desk.state.hit_place(), Some((Some(2), 3)), "event 7 has the earlier ts");
    desk.wants(Command::Find(FindCommand::For("finding:error".to_owned())));
    assert!(hits(&desk).is_some_and(|hits| !hits.is_empty()), "what the rules say can be searched for");
    desk.wants(Command::Find(FindCommand::Close));
    assert_eq!(hits(&desk), None);
    desk.wants(Command::Find(FindCommand::Hit(Direction::Forward)));
    assert_eq!(desk.state.selected_event().map(|(_, event)| event.0), Some(7), "there is nothing to go to");
}

#[test]
fn a_hit_that_is_asked_for_before_it_is_known_is_selected_when_it_is() {
    let mut desk = Desk::with_faulty_session();
    let mut effects = desk.state.apply(Command::Find(FindCommand::For("adComplete".to_owned())));
    effects.append(desk.state.apply(Command::Find(FindCommand::Hit(Direction::Forward))));
    let revision = effects.into_iter().find_map(|effect| match effect {
        Effect::Find { revision, .. } => Some(revision),
        _ => None,
    });
    let revision = revision.expect("it is searched");
    assert!(names(desk.state.absorb(Update::Found { revision, hits: Arc::new(vec![4]) })).is_empty());
    assert_eq!(desk.state.selected_event().map(|(_, event)| event.0), Some(4));
}

#[test]
fn events_are_walked_in_the_order_of_the_table() {
    let mut desk = Desk::with_faulty_session();
    let mut walked = Vec::new();
    for _ in 0..10 {
        desk.wants(Command::Step(Step::Event, Direction::Forward));
        walked.extend(desk.state.selected_event().map(|(_, event)| event.0));
    }
    assert_eq!(walked, [0, 1, 2, 3, 4, 5, 6, 7, 8, 8]);
    desk.wants(Command::Step(Step::Event, Direction::Back));
    assert_eq!(desk.state.selected_event().map(|(_, event)| event.0), Some(7));
}

#[test]
fn closing_what_is_shown_shows_what_is_left() {
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::OpenText { name: "long.json".to_owned(), bytes: long_session(5) });
    let [first, second] = [desk.state.captures[0].id, desk.state.captures[1].id];
    assert_eq!(desk.state.shown, Some((second, SessionId(0))), "what was opened last is shown");
    assert_eq!(desk.state.session_rows.len(), 4);
    desk.wants(Command::CloseShown);
    assert_eq!(desk.state.shown, Some((first, SessionId(0))));
    assert_eq!(desk.state.session_rows.len(), 2);
    desk.wants(Command::CloseShown);
    assert!(desk.state.shown.is_none() && desk.state.captures.is_empty() && desk.state.selection.is_none());
}

#[test]
fn a_file_that_is_opened_again_takes_the_place_of_the_older_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.json");
    let mut desk = Desk::default();
    for n_events in [3, 4] {
        std::fs::write(&path, long_session(n_events)).expect("written");
        desk.wants(Command::Open(vec![path.clone()]));
        assert_eq!(desk.state.captures.len(), 1);
        assert_eq!(desk.state.n_table_rows(), n_events);
    }
}

#[test]
fn sessions_are_filtered_by_what_they_show() {
    let mut desk = Desk::default();
    let text = format!("[{}]\n[{}]", session_start("Blue"), session_start("Red"));
    desk.wants(Command::OpenText { name: "two".to_owned(), bytes: text.into_bytes() });
    assert_eq!(desk.state.session_rows.len(), 3);
    desk.wants(Command::SetSessionFilter("rED".to_owned()));
    assert_eq!(desk.state.session_rows.len(), 2, "{:?}", desk.state.session_rows);
    desk.wants(Command::SetSessionFilter("green".to_owned()));
    assert_eq!(desk.state.session_rows.len(), 1, "the head of the capture stays");
}

#[test]
fn what_finds_no_room_waits() {
    let mut state = State::default();
    let mut port = FakePort::default();
    *port.full.borrow_mut() = true;
    for effect in state.apply(Command::ChooseFiles) {
        let effect = port.submit(effect).expect_err("full");
        state.keep_waiting(effect);
    }
    assert_eq!(state.n_waiting(), 1);
    assert_eq!(names(state.take_waiting()), ["pick"]);
    assert_eq!(state.n_waiting(), 0);
}

#[test]
fn a_job_that_is_cancelled_says_so() {
    let mut state = State::default();
    let asked = state.apply(Command::Open(vec![PathBuf::from("big.har")]));
    assert_eq!(names(asked), ["open"]);
    let job = state.jobs[0].id;
    assert!(names(state.absorb(Update::Progress { job, done: 3, total: 9 })).is_empty());
    assert_eq!((state.jobs[0].done, state.jobs[0].total), (3, 9));
    assert_eq!(names(state.apply(Command::Cancel(job))), ["cancel"]);
    assert!(names(state.absorb(Update::Stopped { job })).is_empty());
    assert!(state.jobs.is_empty());
    assert_eq!(state.notices[0].key, "open-stopped");
}

fn form(target: &str) -> SendForm {
    SendForm { target: target.to_owned(), ..SendForm::default() }
}

#[test]
fn nothing_is_sent_to_a_host_that_was_not_allowed() {
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::EditSending(form("https://collector.example.com")));
    desk.wants(Command::Send);
    assert!(desk.port.left.borrow().is_empty());
    let refusal = desk.state.sending.refusal.clone().expect("refused");
    assert_eq!(refusal, Refusal::HostNotAllowed { host: "collector.example.com".to_owned() });
    let allowed =
        SendForm { allow_host: "collector.example.com".to_owned(), ..form("https://collector.example.com") };
    desk.wants(Command::EditSending(allowed));
    desk.wants(Command::Send);
    assert_eq!(desk.port.left.borrow().iter().map(name).collect::<Vec<_>>(), ["send"]);
    assert_eq!(desk.state.sending.refusal, None);
}

#[test]
fn a_dry_run_plans_for_any_host_and_sends_nothing() {
    let mut desk = Desk::with_faulty_session();
    let online =
        SendForm { mode: playtrace::outbox::plan::SendMode::Online, ..form("https://collector.example.com") };
    desk.wants(Command::EditSending(online));
    desk.wants(Command::DryRun);
    assert!(desk.port.left.borrow().is_empty(), "nothing that sends was asked for");
    let plan = desk.state.sending.plan.as_ref().expect("a plan");
    assert_eq!(plan.sends.len(), 9);
    assert!(desk.state.sending.job.is_none() && desk.state.jobs.is_empty());
}

#[test]
fn results_are_taken_in_as_they_come_and_one_sending_runs_at_a_time() {
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::Send);
    desk.wants(Command::Send);
    assert_eq!(desk.port.left.borrow().len(), 1);
    let job = desk.state.sending.job.expect("it runs");
    let result = SendResult {
        index: 0,
        url: "http://127.0.0.1:8787/api/v1/downloaded".to_owned(),
        answer: Ok(400),
        message: "no".to_owned(),
        took_millis: 3,
    };
    assert!(!result.is_success());
    assert!(names(desk.state.absorb(Update::Delivered { job, results: vec![result] })).is_empty());
    assert_eq!(names(desk.state.apply(Command::StopSending)), ["cancel"]);
    assert!(names(desk.state.absorb(Update::Sent { job })).is_empty());
    assert_eq!(desk.state.sending.results.len(), 1, "what came back stays to be read");
    assert_eq!(desk.state.sending.job, None);
}

#[test]
fn hovering_and_zooming_ask_for_nothing() {
    let mut desk = Desk::with_faulty_session();
    let commands = [
        Command::SetHover(Some(Hover { secs: Some(3.0), event: None })),
        Command::Zoom { factor: 2.0, at: 5.0 },
        Command::Pan { by_secs: 1.0 },
        Command::FitAll,
        Command::FitSelection,
        Command::SetTheme(ThemeChoice::Light),
        Command::ShowBottom(BottomTab::Outbox),
    ];
    for command in commands {
        assert!(names(desk.state.apply(command)).is_empty());
    }
    assert!(desk.state.time_view.shows_all());
}

#[test]
fn preferences_survive_and_an_allowed_host_does_not() {
    let mut prefs = ViewPrefs { theme: ThemeChoice::Dark, whole_capture: true, ..ViewPrefs::default() };
    prefs.sending.allow_host = "collector.example.com".to_owned();
    let text = serde_json::to_string(&prefs).expect("written");
    assert!(!text.contains("collector.example.com"));
    let kept: ViewPrefs = serde_json::from_str(&text).expect("read");
    assert_eq!(kept.theme, ThemeChoice::Dark);
    let older: ViewPrefs =
        serde_json::from_str(r#"{"theme":"Light"}"#).expect("missing fields are filled in");
    assert_eq!(older, ViewPrefs { theme: ThemeChoice::Light, ..ViewPrefs::default() });
}

#[test]
fn only_the_last_files_are_remembered_each_once() {
    let mut state = State::default();
    for n in (0..MAX_RECENT + 5).chain([7]) {
        let asked = state.apply(Command::Open(vec![PathBuf::from(format!("{n}.json"))]));
        assert_eq!(names(asked), ["open"]);
        let (capture, places) = read("x", long_session(2));
        let job = state.jobs.iter().rev().find(|job| job.id.0 > 0).map(|job| job.id).expect("it runs");
        drop(names(state.absorb(Update::Opened { job, capture, places, project: None, config: Ok(None) })));
    }
    assert_eq!(state.prefs.recent.len(), MAX_RECENT);
    assert_eq!(state.prefs.recent[0], PathBuf::from("7.json"));
}

#[test]
fn no_two_commands_have_the_same_keys() {
    let rows: Vec<&CommandRow> = commands().collect();
    for (at, row) in rows.iter().enumerate() {
        for other in &rows[at + 1..] {
            assert_ne!(row.name, other.name);
            let clash = row.keys.iter().any(|key| other.keys.iter().any(|known| known.clashes_with(key)));
            assert!(!clash, "{} and {} have the same keys", row.name, other.name);
        }
    }
}

#[test]
fn commands_can_be_written_down_and_read_again() {
    for row in commands() {
        let command = (row.make)();
        let text = serde_json::to_string(&command).expect("written");
        assert_eq!(serde_json::from_str::<Command>(&text).expect("read"), command);
    }
}

#[test]
fn counts_of_a_session_are_those_of_its_findings() {
    let desk = Desk::with_faulty_session();
    let judged = desk.state.captures[0].judged.as_ref().expect("judged");
    let mut by_hand = [0; 3];
    for finding in judged.findings().iter().filter(|finding| finding.session == Some(SessionId(0))) {
        by_hand[finding.severity as usize] += u64::from(finding.count);
    }
    for severity in GRAVEST_FIRST {
        assert_eq!(judged.counts(SessionId(0)).of(severity), by_hand[severity as usize]);
    }
}

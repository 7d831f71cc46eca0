//! Projects: saved by name over several captures, opened again, and what leaving the program would lose.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use playtrace::app::PathPurpose;
use playtrace::app::command::Command;
use playtrace::app::command::marks::MarkCommand;
use playtrace::app::command::project::ProjectCommand;
use playtrace::app::effect::Effect;
use playtrace::app::item::Item;
use playtrace::app::live::Question;
use playtrace::app::mending::Ignore;
use playtrace::app::named::Named;
use playtrace::app::notice::NoticeKind;
use playtrace::app::update::Update;
use playtrace::files;
use playtrace::model::id::{EventId, SessionId};
use serde_json::Value;
use tempfile::TempDir;

use crate::playbook::names;
use crate::support::window::{Desk, faulty_session, long_session};

/// A folder with two captures.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        folder.write("a.json", &faulty_session());
        folder.write("b.json", &long_session(20));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("it can be written");
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("it is there")
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).expect("JSON")
    }

    /// Both captures open, with a mark in the first, saved as `both.playtrace.json`.
    fn with_project(&self) -> Desk {
        let mut desk = opened(&[self.path("a.json"), self.path("b.json")]);
        mark(&mut desk, 0, 2, "before");
        save_as(&mut desk, &self.path("both"), false);
        assert!(keys(&desk).contains(&"project-saved"), "{:?}", desk.state.notices);
        desk
    }
}

fn opened(paths: &[PathBuf]) -> Desk {
    let mut desk = Desk::default();
    desk.wants(Command::Open(paths.to_vec()));
    desk
}

fn save_as(desk: &mut Desk, place: &Path, at_once: bool) {
    desk.wants(Command::Project(ProjectCommand::SaveAs));
    let asked = desk.port.left.borrow_mut().pop();
    assert!(matches!(asked, Some(Effect::PickProjectPlace { .. })), "{asked:?}");
    let place = (!at_once).then(|| place.to_owned());
    desk.port.happen(Update::ProjectPlacePicked { place, at_once });
    desk.wants(Command::SetHover(None));
}

/// Notes something at an event of the capture with this number.
fn mark(desk: &mut Desk, capture: usize, event: u32, words: &str) {
    let id = desk.state.captures[capture].id;
    desk.wants(Command::Select(Item::Event(id, EventId(event))));
    desk.wants(Command::Mark(MarkCommand::Note));
    desk.wants(Command::Mark(MarkCommand::Type(words.to_owned())));
    desk.wants(Command::Mark(MarkCommand::AcceptNote));
}

/// What is noted about each open capture, by its short name.
fn notes(desk: &Desk) -> Vec<(String, Vec<String>)> {
    let of = |id| desk.state.projects.get(&id).into_iter().flat_map(|project| &project.marks);
    let captures = desk.state.captures.iter();
    captures
        .map(|loaded| {
            let notes = of(loaded.id).map(|mark| mark.note.clone()).collect();
            (loaded.short_name().to_owned(), notes)
        })
        .collect()
}

fn expected(notes: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let words = |of: &[&str]| of.iter().map(|note| (*note).to_owned()).collect();
    notes.iter().map(|(name, of)| ((*name).to_owned(), words(of))).collect()
}

fn keys(desk: &Desk) -> Vec<&'static str> {
    desk.state.notices.iter().map(|notice| notice.key).collect()
}

#[test]
fn a_project_saved_by_name_opens_its_captures_with_what_was_decided_and_takes_what_is_decided_on() {
    let folder = Folder::new();
    let mut desk = folder.with_project();
    let place = folder.path("both.playtrace.json");
    assert_eq!(desk.state.named.as_ref().map(|named| &named.place), Some(&place));
    let aside = folder.text("a.json.playtrace.json");
    mark(&mut desk, 1, 3, "afterwards");
    let captures = desk.state.captures[0].id;
    desk.wants(Command::Ignore {
        capture: captures,
        what: Ignore::Session(SessionId(0)),
        reason: "why".to_owned(),
    });
    drop(desk);
    assert_eq!(folder.text("a.json.playtrace.json"), aside, "what is decided goes into one file");
    assert!(!folder.path("b.json.playtrace.json").exists());
    let desk = opened(std::slice::from_ref(&place));
    assert_eq!(notes(&desk), expected(&[("a.json", &["before"]), ("b.json", &["afterwards"])]));
    assert_eq!(desk.state.projects[&desk.state.captures[0].id].ignored[0].reason, "why");
    assert_eq!(desk.state.shown, Some((desk.state.captures[0].id, SessionId(0))), "the first is shown");
    assert_eq!(desk.state.prefs.recent[2], place, "it is among the recent files");
    assert!(desk.state.notices.is_empty(), "{:?}", desk.state.notices);
}

#[test]
fn a_folder_that_is_moved_takes_project_and_captures_with_it_and_members_of_others_are_kept() {
    let folder = Folder::new();
    drop(folder.with_project());
    let mut saved = folder.json("both.playtrace.json");
    assert_eq!(saved["captures"][0]["capture"]["path"], "a.json", "relative to the project");
    saved["later"] = Value::from("kept");
    folder.write("both.playtrace.json", saved.to_string().as_bytes());
    let moved = folder.path("moved");
    std::fs::create_dir(&moved).expect("a folder");
    for name in ["a.json", "b.json", "both.playtrace.json"] {
        std::fs::rename(folder.path(name), moved.join(name)).expect("it is moved");
    }
    let mut desk = opened(&[moved.join("both.playtrace.json")]);
    mark(&mut desk, 1, 3, "there");
    assert_eq!(notes(&desk), expected(&[("a.json", &["before"]), ("b.json", &["there"])]));
    let saved = folder.json("moved/both.playtrace.json");
    assert_eq!(
        (&saved["later"], saved["captures"].as_array().map(Vec::len)),
        (&Value::from("kept"), Some(2))
    );
}

#[test]
fn captures_that_are_missing_or_changed_are_named_and_what_was_decided_about_them_is_kept() {
    let folder = Folder::new();
    let mut desk = folder.with_project();
    mark(&mut desk, 1, 3, "of b");
    drop(desk);
    folder.write("a.json", &long_session(7));
    std::fs::remove_file(folder.path("a.json.playtrace.json")).expect("its first mark was kept beside it");
    std::fs::remove_file(folder.path("b.json")).expect("it is there");
    let mut desk = opened(&[folder.path("both.playtrace.json")]);
    assert_eq!(keys(&desk), ["project-captures-missing", "project-capture-changed"]);
    assert_eq!(desk.state.notices[0].values[0].1, folder.path("b.json").display().to_string());
    assert_eq!(desk.state.notices[1].values[0].1, "a.json");
    assert!(desk.state.notices.iter().all(|notice| notice.kind == NoticeKind::Problem));
    assert_eq!(notes(&desk), expected(&[("a.json", &[])]));
    // What is decided about the changed one is kept beside it, until the user saves the project.
    mark(&mut desk, 0, 2, "of the new a");
    let n_parts = || folder.json("both.playtrace.json")["captures"].as_array().map(Vec::len);
    assert_eq!(n_parts(), Some(2));
    desk.wants(Command::Project(ProjectCommand::Save));
    assert_eq!(n_parts(), Some(3));
    folder.write("a.json", &faulty_session());
    folder.write("b.json", &long_session(20));
    let desk = opened(&[folder.path("both.playtrace.json")]);
    assert_eq!(notes(&desk), expected(&[("a.json", &["before"]), ("b.json", &["of b"])]));
    assert!(desk.state.notices.is_empty(), "{:?}", desk.state.notices);
}

#[test]
fn a_project_without_any_of_its_captures_is_said_and_nothing_is_open() {
    let folder = Folder::new();
    drop(folder.with_project());
    for name in ["a.json", "b.json"] {
        std::fs::remove_file(folder.path(name)).expect("it is there");
    }
    let desk = opened(&[folder.path("both.playtrace.json")]);
    assert_eq!(keys(&desk), ["project-captures-missing"]);
    assert!(desk.state.captures.is_empty() && desk.state.named.is_none() && desk.state.jobs.is_empty());
}

#[test]
fn a_project_of_a_later_version_is_refused_and_left_alone() {
    let folder = Folder::new();
    drop(folder.with_project());
    let newer = folder.text("both.playtrace.json").replacen("\"version\": 1", "\"version\": 7", 1);
    folder.write("both.playtrace.json", newer.as_bytes());
    let desk = opened(&[folder.path("both.playtrace.json")]);
    assert_eq!(keys(&desk), ["project-not-read"]);
    assert!(desk.state.notices[0].values.contains(&("version", "7".to_owned())));
    assert_eq!(folder.text("both.playtrace.json"), newer);
}

#[test]
fn opening_another_project_closes_the_captures_of_the_one_before_and_no_others() {
    let folder = Folder::new();
    let mut desk = folder.with_project();
    folder.write("c.json", &long_session(5));
    folder.write("d.json", &long_session(6));
    let mut other = opened(&[folder.path("c.json")]);
    save_as(&mut other, &folder.path("other"), false);
    desk.wants(Command::Open(vec![folder.path("d.json")]));
    desk.wants(Command::Open(vec![folder.path("other.playtrace.json")]));
    assert_eq!(notes(&desk), expected(&[("d.json", &[]), ("c.json", &[])]));
    // Nothing is decided about `d` in the project, and all of it beside its file.
    mark(&mut desk, 0, 2, "of d");
    assert!(folder.text("d.json.playtrace.json").contains("of d"));
    assert!(!folder.text("other.playtrace.json").contains("of d"));
    while let Some(loaded) = desk.state.captures.first() {
        let id = loaded.id;
        desk.wants(Command::Close(id));
    }
    assert_eq!(desk.state.named, None, "without captures there is no project");
    assert_eq!(opened(&[folder.path("both.playtrace.json")]).state.captures.len(), 2, "it is whole");
}

#[test]
fn a_capture_that_is_opened_again_or_closed_keeps_its_part_of_the_project() {
    let folder = Folder::new();
    let mut desk = folder.with_project();
    desk.wants(Command::Open(vec![folder.path("a.json")]));
    assert_eq!(notes(&desk), expected(&[("b.json", &[]), ("a.json", &["before"])]));
    mark(&mut desk, 1, 4, "again");
    let id = desk.state.captures[1].id;
    desk.wants(Command::Close(id));
    mark(&mut desk, 0, 3, "of b");
    let desk = opened(&[folder.path("both.playtrace.json")]);
    assert_eq!(notes(&desk), expected(&[("a.json", &["before", "again"]), ("b.json", &["of b"])]));
}

#[test]
fn undo_reaches_the_project_file() {
    let folder = Folder::new();
    let mut desk = folder.with_project();
    mark(&mut desk, 1, 3, "a mistake");
    assert!(folder.text("both.playtrace.json").contains("a mistake"));
    desk.wants(Command::History(playtrace::app::command::history::HistoryCommand::Undo));
    assert!(!folder.text("both.playtrace.json").contains("a mistake"));
}

#[test]
fn a_project_takes_no_place_of_a_capture_or_another_file_unless_the_dialog_has_asked() {
    let folder = Folder::new();
    let mut desk = opened(&[folder.path("a.json")]);
    save_as(&mut desk, &folder.path("a.json"), false);
    assert_eq!(keys(&desk), ["project-is-capture"]);
    assert_eq!(folder.text("a.json").as_bytes(), faulty_session());
    folder.write("mine.txt", b"mine");
    save_as(&mut desk, Path::new(""), true);
    let field = desk.state.path_field.clone().expect("a field asks where no dialog comes up");
    assert_eq!((field.typed.as_str(), field.purpose), ("project.playtrace.json", PathPurpose::Project));
    desk.wants(Command::EditPath(folder.path("mine.txt").display().to_string()));
    desk.wants(Command::AcceptPath);
    assert_eq!(keys(&desk), ["project-is-capture", "project-exists"]);
    assert_eq!(folder.text("mine.txt"), "mine");
    assert_eq!(desk.state.named, None);
    save_as(&mut desk, &folder.path("mine.txt"), false);
    assert!(desk.state.named.is_some(), "the dialog has asked");
    assert_eq!(folder.text("mine.txt.old"), "mine", "and what is no project is kept all the same");
}

#[test]
fn what_lies_in_no_file_is_named_and_nothing_at_all_is_said() {
    let folder = Folder::new();
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::Project(ProjectCommand::SaveAs));
    assert_eq!(keys(&desk), ["project-of-nothing"]);
    desk.wants(Command::Open(vec![folder.path("a.json")]));
    save_as(&mut desk, &folder.path("p"), false);
    let notice = desk.state.notices.last().expect("it is said");
    assert_eq!((notice.key, notice.values[0].1.as_str()), ("project-without", "faulty.json"));
}

#[test]
fn the_project_file_of_one_capture_opens_the_capture() {
    let folder = Folder::new();
    let mut desk = opened(&[folder.path("a.json")]);
    mark(&mut desk, 0, 2, "beside");
    let desk = opened(&[folder.path("a.json.playtrace.json")]);
    assert_eq!(notes(&desk), expected(&[("a.json", &["beside"])]));
    assert_eq!(desk.state.named, None, "what is decided on stays beside the capture");
    // A copy elsewhere is a project of its own.
    std::fs::copy(folder.path("a.json.playtrace.json"), folder.path("copy.playtrace.json")).expect("copied");
    let mut desk = opened(&[folder.path("copy.playtrace.json")]);
    mark(&mut desk, 0, 3, "in the copy");
    assert!(folder.text("copy.playtrace.json").contains("in the copy"));
    assert!(!folder.text("a.json.playtrace.json").contains("in the copy"));
}

/// Set where the data folder is one of the test's own.
const OWN_DATA: &str = "PLAYTRACE_TEST_HAS_OWN_DATA";

#[test]
fn where_no_file_can_lie_beside_the_capture_its_project_lies_in_the_data_folder() {
    let folder = Folder::new();
    if std::env::var_os(OWN_DATA).is_none() {
        let test = "projects::where_no_file_can_lie_beside_the_capture_its_project_lies_in_the_data_folder";
        let mut child = Process::new(std::env::current_exe().expect("this test"));
        child.args([test, "--exact"]).env(OWN_DATA, "").env("XDG_DATA_HOME", folder.path("data"));
        assert!(child.status().expect("can be started").success());
        return;
    }
    // With the ending the name would be longer than file systems take.
    let name = "x".repeat(250);
    folder.write(&name, &faulty_session());
    let mut desk = opened(&[folder.path(&name)]);
    mark(&mut desk, 0, 2, "elsewhere");
    desk.wants(Command::Project(ProjectCommand::Save));
    let notice = desk.state.notices.last().expect("it is said");
    assert_eq!(notice.key, "project-saved");
    let place = PathBuf::from(&notice.values[0].1);
    let found = opened(&[folder.path(&name)]);
    let by_file = opened(std::slice::from_ref(&place));
    assert!(place.exists() && !place.starts_with(folder.0.path()), "{}", place.display());
    assert_eq!(notes(&found)[0].1, ["elsewhere"]);
    assert_eq!((notes(&by_file), by_file.state.named), (notes(&found), None));
}

/// Leaves the window; true when it goes at once.
fn leaves(desk: &mut Desk) -> bool {
    desk.wants(Command::Quit);
    matches!(desk.port.left.borrow_mut().pop(), Some(Effect::Quit))
}

#[test]
fn leaving_asks_when_what_was_decided_is_kept_nowhere() {
    let folder = Folder::new();
    let mut desk = opened(&[folder.path("a.json")]);
    mark(&mut desk, 0, 2, "on disk");
    assert!(leaves(&mut desk), "it is on disk");
    let mut desk = Desk::with_faulty_session();
    assert!(leaves(&mut desk), "nothing was decided");
    let id = desk.state.captures[0].id;
    desk.wants(Command::FixAllSafe);
    assert!(desk.state.would_lose() && !leaves(&mut desk));
    assert_eq!(desk.state.live.question, Some(Question::Quit));
    desk.wants(Command::Answer(false));
    assert_eq!(desk.state.live.question, None);
    assert!(!leaves(&mut desk), "it is asked each time");
    desk.wants(Command::Answer(true));
    assert!(matches!(desk.port.left.borrow_mut().pop(), Some(Effect::Quit)));
    let mut desk = Desk::with_faulty_session();
    desk.wants(Command::FixAllSafe);
    desk.wants(Command::Close(id));
    assert!(leaves(&mut desk), "what was closed is not asked about");
}

#[test]
fn leaving_waits_for_what_is_being_written_and_asks_when_that_fails() {
    let folder = Folder::new();
    let mut desk = folder.with_project();
    let id = desk.state.captures[0].id;
    let decide = |desk: &mut Desk| {
        let what = Ignore::Session(SessionId(0));
        let effects = desk.state.apply(Command::Ignore { capture: id, what, reason: String::new() });
        assert!(names(effects).contains(&"save-named"));
        assert!(names(desk.state.apply(Command::Quit)).is_empty() && desk.state.must_stay());
    };
    let named = |desk: &Desk| Box::new(desk.state.named.clone().expect("it is open"));
    let why = playtrace::app::named::NamedSaving::Decided;
    decide(&mut desk);
    let written = Update::NamedSaved { named: named(&desk), why: why.clone() };
    assert_eq!(names(desk.state.absorb(written)), ["quit"]);
    assert!(!desk.state.must_stay());
    desk.wants(Command::HearAgain { capture: id, number: 0 });
    decide(&mut desk);
    let Named { place, .. } = *named(&desk);
    let failure = playtrace::app::named::NamedFailure::Failed("the disk is full".to_owned());
    drop(names(desk.state.absorb(Update::NamedNotSaved { place, why, failure })));
    assert_eq!(desk.state.live.question, Some(Question::Quit));
    assert_eq!(keys(&desk).last(), Some(&"project-not-saved"));
    desk.wants(Command::Answer(false));
    desk.wants(Command::Project(ProjectCommand::Save));
    assert!(leaves(&mut desk), "it was saved at last");
}

#[test]
fn a_project_file_is_read_without_its_window() {
    let folder = Folder::new();
    drop(folder.with_project());
    let found = files::project::at(&folder.path("both.playtrace.json")).expect("a project").expect("of ours");
    assert_eq!(found.captures, [folder.path("a.json"), folder.path("b.json")]);
    assert!(files::project::at(&folder.path("a.json")).is_none());
    assert!(files::project::at(&folder.path("nothing")).is_none());
}

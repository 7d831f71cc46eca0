//! Projects in the window: saved by a path, named in the status bar; closing the window asks first.

use eframe::egui::{ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::command::project::ProjectCommand;
use playtrace::app::update::Update;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{fill, text};

use crate::support::window::{faulty_session, faulty_window, window};

type Window = Harness<'static, InspectorApp>;

/// What the window tells its system in one frame; `closes`: after its X was clicked.
fn told(harness: &mut Window, closes: bool) -> Vec<ViewportCommand> {
    let root = |harness: &mut Window| {
        harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.clear()
    };
    root(harness);
    if closes {
        let info = harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
        info.events.push(ViewportEvent::Close);
    }
    harness.step();
    root(harness);
    harness
        .output()
        .viewport_output
        .get(&ViewportId::ROOT)
        .map(|told| told.commands.clone())
        .unwrap_or_default()
}

#[test]
fn closing_the_window_asks_when_what_was_decided_is_kept_nowhere() {
    let (mut harness, _) = faulty_window();
    assert!(!told(&mut harness, true).contains(&ViewportCommand::CancelClose), "nothing would be lost");
    harness.state().push(Command::FixAllSafe);
    harness.run();
    assert!(told(&mut harness, true).contains(&ViewportCommand::CancelClose));
    harness.run();
    harness.get_by_label(text("question.quit.unsaved.title"));
    harness.get_by_label(&fill("question.quit.unsaved", &[("names", "faulty.json")]));
    harness.get_by_label(text("question.no")).click();
    harness.run();
    assert!(harness.query_by_label(text("question.quit.unsaved.title")).is_none());
    assert!(told(&mut harness, true).contains(&ViewportCommand::CancelClose), "it is asked each time");
    harness.run();
    harness.get_by_label(text("question.quit.unsaved.yes")).click();
    let told: Vec<_> = (0..4).flat_map(|_| told(&mut harness, false)).collect();
    assert!(told.contains(&ViewportCommand::Close), "{told:?}");
}

#[test]
fn a_project_is_saved_by_a_typed_path_and_named_in_the_status_bar() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.json");
    std::fs::write(&path, faulty_session()).expect("it can be written");
    let (mut harness, port) = window();
    harness.state().push(Command::Open(vec![path]));
    harness.run();
    harness.state().push(Command::Project(ProjectCommand::SaveAs));
    harness.run();
    port.happen(Update::ProjectPlacePicked { place: None, at_once: true });
    harness.run();
    harness.get_by_label(text("path.project.title"));
    harness.state().push(Command::EditPath(folder.path().join("release").display().to_string()));
    harness.run();
    harness.get_by_label(text("path.save")).click();
    harness.run();
    assert!(folder.path().join("release.playtrace.json").exists());
    harness.get_by_label(&fill("status.project", &[("name", "release.playtrace.json")]));
}

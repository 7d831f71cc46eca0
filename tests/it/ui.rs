//! The window by its accessible names: no display, no GPU.

use std::path::{Path, PathBuf};

use eframe::egui::accesskit::{Role, Toggled};
use eframe::egui::{self, Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::command::Command;
use playtrace::app::command::rows::commands;
use playtrace::app::effect::Effect;
use playtrace::app::item::Item;
use playtrace::app::prefs::{ThemeChoice, ViewPrefs};
use playtrace::app::update::Update;
use playtrace::model::id::EventId;
use playtrace::store::demo::DEMOS;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::{
    FakePort, faulty_session, faulty_window, long_session, open, window, window_of,
};

fn selected_event(harness: &Harness<'static, InspectorApp>) -> Option<u32> {
    harness.state().state().selected_event().map(|(_, event)| event.0)
}

#[test]
fn an_empty_window_says_what_to_do_and_opens_the_demo_sessions() {
    let (mut harness, _) = window();
    harness.run();
    harness.get_by_label(text("welcome.title"));
    harness.get_by_label_contains("drop files");
    for demo in DEMOS {
        harness.get_by_label(demo.summary);
    }
    harness.get_by_role_and_label(Role::Link, text("command.demo.tip")).click();
    harness.run();
    assert!(harness.query_by_label(text("welcome.title")).is_none());
    let judged = harness.state().state().captures.iter().filter(|loaded| loaded.judged.is_some()).count();
    assert_eq!(judged, DEMOS.len());
    for verdict in ["Accepted: ", "Reports will be wrong: ", "Rejected: "] {
        assert!(harness.query_all_by_label_contains(verdict).next().is_some(), "{verdict}");
    }
}

#[test]
fn the_demo_session_that_was_clicked_is_the_one_that_opens() {
    for demo in DEMOS {
        let (mut harness, _) = window();
        harness.run();
        harness.get_by_label(demo.summary).click();
        harness.run();
        let captures = &harness.state().state().captures;
        assert_eq!(captures.len(), 1);
        assert_eq!(captures[0].capture.name, demo.name);
        assert!(harness.state().state().notices.is_empty(), "{}", demo.name);
        assert!(captures[0].capture.notes.is_empty(), "{}: {:?}", demo.name, captures[0].capture.notes);
    }
}

#[test]
fn a_row_of_the_table_selects_its_event_in_detail_and_everywhere() {
    let (mut harness, _) = faulty_window();
    harness.get_by_label("Event 3").click();
    harness.run();
    assert_eq!(selected_event(&harness), Some(3));
    harness.get_by_role_and_label(Role::TreeItem, "media.ad.id: 77");
    harness.get_by_role_and_label(Role::TreeItem, "eventType: \"adStart\"");
}

#[test]
fn a_finding_selects_its_event_and_explains_itself() {
    let (mut harness, _) = faulty_window();
    let row = harness
        .get_all_by_role(Role::ListBoxOption)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with("Error MC-S005")));
    row.expect("a wrong type is found").click();
    harness.run();
    assert_eq!(selected_event(&harness), Some(3));
    harness.get_by_label("wrong-json-type");
    harness.get_by_label("What it checks");
    harness.get_by_label("Why it matters");
}

#[test]
fn f8_and_e_walk_the_findings() {
    let (mut harness, _) = faulty_window();
    harness.key_press(Key::F8);
    harness.run();
    let all = harness.state().state().listed_findings().expect("judged").1.len();
    harness.get_by_label(&format!("1 of {all}"));
    harness.key_press(Key::F8);
    harness.run();
    harness.get_by_label(&format!("2 of {all}"));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F8);
    harness.run();
    harness.get_by_label(&format!("1 of {all}"));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F8);
    harness.run();
    harness.get_by_label(&format!("{all} of {all}"));
    harness.key_press(Key::E);
    harness.run();
    harness.get_by_label(&format!("1 of {all}"));
}

#[test]
fn keys_walk_events_and_rest_while_a_field_has_the_focus() {
    let (mut harness, _) = faulty_window();
    harness.key_press(Key::J);
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(selected_event(&harness), Some(1));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run();
    harness.key_press(Key::J);
    harness.run();
    assert_eq!(selected_event(&harness), Some(1), "the field has the focus");
}

#[test]
fn the_filter_of_the_table_shows_how_many_pass() {
    let (mut harness, _) = faulty_window();
    harness.get_by_label("9 of 9");
    let field = harness.get_by(|node| node.placeholder() == Some(text("events.filter")));
    field.focus();
    field.type_text("ping");
    harness.run();
    harness.get_by_label("3 of 9");
    harness.get_by_label(text("events.problems")).click();
    harness.run();
    assert!(harness.state().state().filter.problems_only);
}

#[test]
fn the_theme_is_switched_by_a_button() {
    let (mut harness, _) = faulty_window();
    assert_eq!(harness.ctx.theme(), Theme::Dark);
    harness.get_by_label(text("toolbar.to-light")).click();
    harness.run();
    assert_eq!(harness.state().state().prefs.theme, ThemeChoice::Light);
    assert_eq!(harness.ctx.theme(), Theme::Light);
    harness.get_by_label(text("toolbar.to-dark")).click();
    harness.run();
    assert_eq!(harness.ctx.theme(), Theme::Dark);
}

#[test]
fn a_file_that_cannot_be_read_is_said_with_what_to_do() {
    let (mut harness, _) = window();
    harness.state().push(Command::Open(vec![PathBuf::from("/nowhere/at/all.har")]));
    harness.run();
    harness.get_by_label_contains("/nowhere/at/all.har could not be read");
    harness.get_by_label(text("notice.not-read.do"));
    harness.get_by_label(text("notice.dismiss")).click();
    harness.run();
    assert!(harness.query_by_label(text("notice.dismiss")).is_none());
}

#[test]
fn the_outbox_refuses_a_host_that_was_not_allowed() {
    let (mut harness, port) = faulty_window();
    harness.get_by_label(text("below.outbox")).click();
    harness.run();
    let target = harness.get_by_role_and_label(Role::TextInput, text("outbox.target"));
    target.focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness
        .get_by_role_and_label(Role::TextInput, text("outbox.target"))
        .type_text("https://far.example.com");
    harness.run();
    harness.get_by_role_and_label(Role::Button, text("outbox.send")).click();
    harness.run();
    harness.get_by_label_contains("The host far.example.com was not allowed");
    assert!(port.left.borrow().is_empty());
}

#[test]
fn a_dry_run_lists_every_request() {
    let (mut harness, port) = faulty_window();
    let mut form = harness.state().state().prefs.sending.clone();
    form.mode = playtrace::outbox::plan::SendMode::Downloaded;
    harness.state().push(Command::EditSending(form));
    harness.get_by_label(text("below.outbox")).click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, text("outbox.dry-run")).click();
    harness.run();
    harness.get_by_label("1 request planned, nothing sent");
    harness.get_by_label_contains("POST /api/v1/downloaded · 9 events");
    assert!(port.left.borrow().is_empty());
}

#[test]
fn raw_text_and_request_can_be_seen() {
    let (mut harness, _) = faulty_window();
    harness.get_by_label("Event 1").click();
    harness.run();
    harness.get_by_label(text("detail.raw")).click();
    harness.run();
    harness.get_by_label_contains("line 2, column 1 of faulty.json");
    harness.get_by_label(text("detail.request")).click();
    harness.run();
    harness.get_by_label(text("detail.no-request"));
}

#[test]
fn without_a_dialog_the_path_field_opens_and_opens_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.json");
    std::fs::write(&path, faulty_session()).expect("written");
    let port = FakePort::default();
    let mut harness = window_of([1024.0, 640.0], ViewPrefs::default(), port.clone());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run();
    assert!(matches!(port.asked.borrow()[..], [Effect::PickFiles]));
    port.happens.borrow_mut().push_back(Update::Picked { paths: Vec::new(), at_once: true });
    harness.run();
    harness.get_by_label(text("path.title"));
    let field = harness.get_by(|node| node.placeholder() == Some(text("path.name")));
    field.type_text(path.to_str().expect("a plain path"));
    harness.run();
    harness.get_by_role_and_label(Role::Button, text("path.open")).click();
    harness.run();
    let asked = port.asked.borrow();
    let opened = asked.iter().find_map(|effect| match effect {
        Effect::Open { path, .. } => Some(path.clone()),
        _ => None,
    });
    assert_eq!(opened, Some(path));
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window opens files by their path".to_owned())
    }
}

#[test]
fn dropped_files_and_pasted_text_are_opened() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("dropped.json");
    std::fs::write(&path, faulty_session()).expect("written");
    let (mut harness, _) = window();
    harness.run();
    harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path)));
    harness.run();
    assert_eq!(harness.state().state().captures.len(), 1);
    let pasted = String::from_utf8(long_session(3)).expect("JSON is text");
    harness.event(egui::Event::Paste(pasted));
    harness.run();
    let names: Vec<_> =
        harness.state().state().captures.iter().map(|loaded| loaded.short_name().to_owned()).collect();
    assert_eq!(names, ["dropped.json", text("app.pasted")]);
}

#[test]
fn a_table_of_a_hundred_thousand_events_draws_only_what_is_seen() {
    let full = std::env::var("PLAYTRACE_TESTS").is_ok_and(|value| value == "full");
    let n_events: u32 = if full { 1_000_000 } else { 100_000 };
    let (mut harness, _) = window();
    open(&mut harness, "long.json", long_session(n_events as usize));
    let n_rows = |harness: &Harness<'static, InspectorApp>| {
        let rows = harness.query_all_by_role(Role::Row);
        rows.filter(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with("Event ")))
            .count()
    };
    assert!((4..60).contains(&n_rows(&harness)), "{}", n_rows(&harness));
    let id = harness.state().state().captures[0].id;
    for event in [n_events - 1, n_events / 2, 0] {
        harness.state().push(Command::Select(Item::Event(id, EventId(event))));
        harness.run();
        harness.get_by_label(&format!("Event {event}"));
        assert!(n_rows(&harness) < 60);
    }
}

#[test]
fn every_pane_can_be_hidden_and_the_smallest_window_shows_all() {
    let (mut harness, _) = faulty_window();
    harness.set_size(egui::vec2(1024.0, 640.0));
    harness.run();
    harness.get_by_label("Event 0");
    harness.get_by_label(text("sessions.title"));
    for name in ["toggle-sessions", "toggle-detail", "toggle-findings", "toggle-timeline", "toggle-plot"] {
        harness.get_by_label(text("menu.view")).click();
        harness.run();
        let words = text(&format!("command.{name}"));
        let node = harness.get_by_role_and_label(Role::CheckBox, words);
        assert_eq!(node.accesskit_node().toggled(), Some(Toggled::True));
        node.click();
        harness.run();
        harness.key_press(Key::Escape);
        harness.run();
    }
    assert_eq!(harness.state().state().prefs.hidden.len(), 5);
    assert!(harness.query_by_label(text("sessions.title")).is_none());
    harness.get_by_label("Event 0");
}

#[test]
fn every_command_is_in_a_menu_with_its_texts() {
    for row in commands() {
        for key in [format!("command.{}", row.name), format!("command.{}.tip", row.name)] {
            assert_ne!(text(&key), "(no text)", "{key}");
        }
    }
    let (mut harness, _) = faulty_window();
    for (menu, command) in [("menu.go", "next-finding"), ("menu.send", "dry-run"), ("menu.help", "about")] {
        harness.get_by_label(text(menu)).click();
        harness.run();
        let words = text(&format!("command.{command}"));
        assert!(harness.query_all_by_label_contains(words).next().is_some(), "{words}");
        harness.key_press(Key::Escape);
        harness.run();
    }
}

#[test]
fn keys_and_about_can_be_read() {
    let (mut harness, _) = faulty_window();
    harness.state().push(Command::ToggleHelp);
    harness.run();
    harness.get_by_label(text("help.title"));
    harness.get_by_label(text("help.close")).click();
    harness.run();
    assert!(!harness.state().state().help_open);
    harness.state().push(Command::ToggleAbout);
    harness.run();
    harness.get_by_label(text("about.adobe"));
}

/// Clicks the first row of the findings whose words begin so.
#[track_caller]
fn click_finding(harness: &mut Harness<'static, InspectorApp>, begins: &str) {
    let row = harness
        .get_all_by_role(Role::ListBoxOption)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with(begins)));
    row.expect("it is listed").click();
    harness.run();
}

fn is_listed(harness: &Harness<'static, InspectorApp>, code: &str) -> bool {
    let rows = harness.query_all_by_role(Role::ListBoxOption);
    rows.filter_map(|node| node.accesskit_node().label()).any(|label| label.contains(code))
}

#[test]
fn findings_are_grouped_by_rule_and_groups_close() {
    let (mut harness, _) = faulty_window();
    harness.get_by_role_and_label(Role::ComboBox, text("findings.grouping")).click();
    harness.run();
    harness.get_by_label(text("findings.by-rule")).click();
    harness.run();
    let head = "MC-S005 wrong-json-type, 1 finding";
    harness.get_by_role_and_label(Role::TreeItem, head).click();
    harness.run();
    assert!(!is_listed(&harness, "MC-S005"), "its group is closed");
    // Walking there opens it again.
    for _ in 0..40 {
        harness.key_press(Key::F8);
        harness.run();
        if is_listed(&harness, "MC-S005") {
            return;
        }
    }
    panic!("F8 never came to the closed group");
}

#[test]
fn a_finding_is_ignored_with_a_reason_and_heard_of_again() {
    let (mut harness, _) = faulty_window();
    click_finding(&mut harness, "Error MC-S005");
    harness.get_by_label(text("ignore.button")).click();
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, text("ignore.reason"));
    field.focus();
    field.type_text("known");
    harness.run();
    harness.get_by_label(text("ignore.finding")).click();
    harness.run();
    assert!(!is_listed(&harness, "MC-S005"));
    let project = harness.state().state().projects.values().next().expect("something was decided").clone();
    assert_eq!(project.ignored[0].reason, "known");
    harness.get_by_label("Ignored: 1").click();
    harness.run();
    harness.get_by_label_contains("Hear of MC-S005").click();
    harness.run();
    assert!(is_listed(&harness, "MC-S005"));
}

#[test]
fn a_fix_shows_the_lines_that_it_changes_and_goes_into_the_draft() {
    let (mut harness, _) = faulty_window();
    click_finding(&mut harness, "Error MC-S005");
    harness.get_by_role_and_label(Role::Button, text("fix.show")).click();
    harness.run();
    harness.get_by_label("Send media.ad.id as text");
    harness.get_by_label(text("fix.safe"));
    harness.get_by_label("-     \"media.ad.id\": 77");
    harness.get_by_label("+     \"media.ad.id\": \"77\"");
    harness.get_by_role_and_label(Role::Button, text("fix.take")).click();
    harness.run();
    harness.get_by_label(text("below.outbox")).click();
    harness.run();
    harness.get_by_label("Changed: 1 fix taken");
    harness.get_by_role_and_label(Role::Button, text("command.take-back")).click();
    harness.run();
    assert!(harness.query_by_label("Changed: 1 fix taken").is_none());
}

#[test]
fn another_profile_is_chosen_in_the_toolbar() {
    let (mut harness, _) = faulty_window();
    harness.get_by_role_and_label(Role::ComboBox, text("profile.label")).click();
    harness.run();
    harness.get_by_label(text("profile.lenient")).click();
    harness.run();
    assert_eq!(harness.state().state().prefs.profile, Some(playtrace::model::policy::Profile::Lenient));
    assert!(!is_listed(&harness, "Warning "), "only what loses data is left");
}

#[test]
fn the_places_that_explain_the_selected_finding_are_lit_in_the_table() {
    let (mut harness, _) = faulty_window();
    let (number, event, message) = {
        let judged = harness.state().state().captures[0].judged.clone().expect("judged");
        let related = (0..).zip(judged.findings()).find_map(|(number, finding)| {
            let related = finding.related.first()?;
            Some((number, related.event.0, related.message.clone()))
        });
        related.expect("a finding has a related place")
    };
    let words = format!("Event {event}: {message}");
    assert!(harness.query_by_label(&words).is_none(), "nothing is selected yet");
    let capture = harness.state().state().captures[0].id;
    harness.state().push(Command::Select(Item::Finding(capture, number)));
    harness.run();
    harness.get_by_label(&words);
}

#[test]
fn letters_act_while_a_button_has_the_focus_and_rest_in_a_text_field() {
    let (mut harness, _) = faulty_window();
    harness.get_by_label(text("command.open")).focus();
    harness.run();
    harness.key_press(Key::J);
    harness.run();
    assert_eq!(selected_event(&harness), Some(0), "a letter");
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(selected_event(&harness), Some(0), "the arrows are the button's");
    harness.key_press(Key::Slash);
    harness.run();
    harness.key_press(Key::J);
    harness.run();
    assert_eq!(selected_event(&harness), Some(0), "the letter is for the field");
}

#[test]
fn zoom_and_pan_go_by_the_place_of_the_key_not_by_its_letter() {
    let (mut harness, _) = faulty_window();
    let before = harness.state().state().time_view;
    // The key right of Tab is Q of a German, A of a French keyboard: `physical_key` says where it is.
    let press = |harness: &Harness<'static, InspectorApp>, key, physical_key| {
        let modifiers = Modifiers::NONE;
        harness.event(egui::Event::Key { key, physical_key, pressed: true, repeat: false, modifiers });
    };
    press(&harness, Key::W, Some(Key::Z));
    harness.run();
    assert_eq!(harness.state().state().time_view, before, "a W that lies elsewhere");
    press(&harness, Key::Z, Some(Key::W));
    harness.run();
    let after = harness.state().state().time_view;
    assert!(after.to - after.from < before.to - before.from, "nearer");
}

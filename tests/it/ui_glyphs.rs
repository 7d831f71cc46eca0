//! Characters that no font here has: a box stands for them, and the pointer tells which they are.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::item::Item;
use playtrace::app::prefs::{DetailTab, Language, ViewPrefs};
use playtrace::model::id::EventId;
use playtrace::ui::app::InspectorApp;

use crate::support::window::{InlinePort, event, session_start};

/// A window without fonts of the system, which shows a film with this name.
fn window(name: &str) -> Harness<'static, InspectorApp> {
    let build = |cc: &mut eframe::CreationContext<'static>| {
        InspectorApp::new(&cc.egui_ctx, ViewPrefs::default(), Box::<InlinePort>::default(), None)
    };
    let builder = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(24).allow_missing_glyphs();
    let mut harness: Harness<'static, InspectorApp> = builder.build_eframe(build);
    let events = [session_start(name), event("sessionEnd", 9_000, 9.0, "")];
    let bytes = format!("[{}]", events.join(",")).into_bytes();
    harness.state().push(Command::OpenText { name: "film.json".to_owned(), bytes });
    harness.run();
    harness
}

#[track_caller]
fn hover_tells(harness: &mut Harness<'static, InspectorApp>, label: &str, codes: &str) {
    let node = harness.query_all_by_label_contains(label).next().expect("it is drawn");
    let at = node.rect().left_center() + eframe::egui::vec2(6.0, 0.0);
    harness.hover_at(at);
    harness.run_steps(8);
    assert!(harness.query_all_by_label_contains(codes).next().is_some(), "{label}");
    harness.hover_at(eframe::egui::pos2(640.0, 2.0));
    harness.run_steps(4);
    assert!(harness.query_all_by_label_contains(codes).next().is_none(), "{label}: only on hover");
}

#[test]
fn the_pointer_tells_the_code_points_of_boxes_in_list_and_detail() {
    let mut harness = window("電影 🎬 Café");
    // The list's entry, the detail's heading, and a fact of the session.
    let codes = "these 3 characters: U+96FB, U+5F71, U+1F3AC";
    hover_tells(&mut harness, ": 電影 🎬 Café, ", codes);
    harness.state().push(Command::SetLanguage(Language::French));
    harness.run();
    hover_tells(&mut harness, ": 電影 🎬 Café, ", "ces 3 caractères\u{a0}: U+96FB");
}

#[test]
fn the_pointer_tells_the_code_points_of_boxes_in_tree_and_raw_text() {
    let mut harness = window("한국 film");
    let id = harness.state().state().captures[0].id;
    harness.state().push(Command::Select(Item::Event(id, EventId(0))));
    harness.run();
    hover_tells(&mut harness, "media.name: ", "these 2 characters: U+D55C, U+AD6D");
    harness.state().push(Command::ShowDetail(DetailTab::Raw));
    harness.run();
    hover_tells(&mut harness, "한국", "U+D55C, U+AD6D");
}

#[test]
fn what_has_its_letters_has_no_such_tip() {
    let mut harness = window("Fête d’été à Zürich · Ελλάς · Київ");
    let node = harness.query_all_by_label_contains("Zürich").next().expect("it is drawn");
    harness.hover_at(node.rect().left_center() + eframe::egui::vec2(6.0, 0.0));
    harness.run_steps(8);
    assert!(harness.query_all_by_label_contains("U+").next().is_none());
}

//! The story in the window.

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::command::story::StoryCommand;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::story::words;
use playtrace::ui::text::text;

use crate::silent::capture;
use crate::support::window::{open, window};

const PRE_ROLL: &str = "clients/theo-b035ef3-predur.har";

fn theo_window() -> Harness<'static, InspectorApp> {
    let (mut harness, _) = window();
    open(&mut harness, "theo.har", capture(PRE_ROLL));
    harness
}

#[track_caller]
fn shows_caption(harness: &Harness<'static, InspectorApp>) {
    let caption = harness.state().state().story.caption().expect("a caption is shown");
    harness.get_by_label(&words(caption));
}

#[test]
fn the_story_shows_its_captions_and_hides_what_a_stakeholder_needs_not() {
    let mut harness = theo_window();
    harness.get_by_label("Event 0");
    harness.get_by_role_and_label(Role::Button, text("below.findings"));
    harness.get_by_label(text("session.mode"));
    harness.get_by_role_and_label(Role::Button, text("command.story")).click();
    harness.run();
    assert!(harness.query_by_label("Event 0").is_none(), "no table");
    assert!(harness.query_by_label(text("below.findings")).is_none(), "no findings");
    assert!(harness.query_by_label(text("session.mode")).is_none(), "no detail");
    shows_caption(&harness);
    let n_captions = harness.state().state().story.n_captions();
    harness.get_by_label(&format!("1 of {n_captions}"));
    for _ in 1..n_captions {
        harness.get_by_label_contains(text("command.story-next.tip")).click();
        harness.run();
        shows_caption(&harness);
    }
    harness.key_press(Key::ArrowLeft);
    harness.run();
    harness.get_by_label(&format!("{} of {n_captions}", n_captions - 1));
    harness.get_by_role_and_label(Role::Button, text("story.leave")).click();
    harness.run();
    harness.get_by_label("Event 0");
}

#[test]
fn space_plays_while_the_timeline_has_the_focus_and_presses_the_button_that_has_it() {
    let mut harness = theo_window();
    harness.get_by_label_contains("Timeline: ").focus();
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.run_steps(4);
    assert!(harness.state().state().story.playing);
    harness.key_press(Key::Escape);
    harness.run();
    harness.get_by_role_and_label(Role::Button, text("command.story")).focus();
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.run_steps(4);
    let story = &harness.state().state().story;
    assert!(story.is_open() && !story.playing, "the button opens it");
}

#[test]
fn space_plays_the_story_its_line_moves_and_escape_leaves_it() {
    let mut harness = theo_window();
    let scale = harness.ctx.zoom_factor();
    harness.key_press(Key::Space);
    harness.run_steps(4);
    assert!(harness.state().state().story.playing);
    assert!(harness.ctx.zoom_factor() > scale, "on a scale for presentations");
    harness.state().push(Command::Story(StoryCommand::SetSpeed(60.0)));
    harness.run_steps(180);
    let state = harness.state().state();
    assert!(state.story.at > 3, "{}", state.story.at);
    let hover = state.hover.and_then(|hover| hover.secs).expect("the line is drawn");
    let frame = 0.25 * state.story.speed;
    assert!((hover - state.story.secs).abs() <= frame, "{hover} {}", state.story.secs);
    harness.key_press(Key::Space);
    harness.run_steps(4);
    assert!(!harness.state().state().story.playing);
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().state().story.is_open());
    assert_eq!(harness.ctx.zoom_factor(), scale);
    harness.get_by_label("Event 0");
}

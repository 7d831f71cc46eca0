//! Sending again by its key: nothing goes out before its plan was on the screen.

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::State;
use playtrace::app::command::{Command, Direction, Step};
use playtrace::app::effect::Effect;
use playtrace::app::prefs::BottomTab;
use playtrace::app::sending::SendForm;
use playtrace::outbox::plan::SendMode;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::{Desk, InlinePort, faulty_session, faulty_window};

fn n_sent(port: &InlinePort) -> usize {
    port.left.borrow().iter().filter(|effect| matches!(effect, Effect::Send { .. })).count()
}

/// Bare events can only be sent as one payload: it is not known where they were sent.
fn as_payload(state: &State) -> Command {
    Command::EditSending(SendForm { mode: SendMode::Downloaded, ..state.prefs.sending.clone() })
}

fn payload_window() -> (Harness<'static, InspectorApp>, InlinePort) {
    let (mut harness, port) = faulty_window();
    harness.state().push(as_payload(harness.state().state()));
    harness.run();
    (harness, port)
}

fn payload_desk() -> Desk {
    let mut desk = Desk::with_faulty_session();
    desk.wants(as_payload(&desk.state));
    desk
}

fn press(harness: &mut Harness<'static, InspectorApp>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run();
}

#[test]
fn the_first_press_shows_the_plan_beside_the_button_and_the_second_sends() {
    let (mut harness, port) = payload_window();
    press(&mut harness);
    let state = harness.state().state();
    assert_eq!(state.prefs.bottom, BottomTab::Outbox);
    assert!(state.sending.plan.is_some() && state.sending.dry_run);
    assert_eq!(n_sent(&port), 0);
    let button = harness.get_by_role_and_label(Role::Button, text("outbox.send"));
    assert!(button.accesskit_node().is_focused(), "Enter confirms");
    press(&mut harness);
    assert_eq!(n_sent(&port), 1);
    press(&mut harness);
    assert_eq!(n_sent(&port), 1, "it is under way");
}

#[test]
fn enter_on_the_button_that_has_the_focus_sends() {
    let (mut harness, port) = payload_window();
    press(&mut harness);
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(n_sent(&port), 1);
}

#[test]
fn a_key_that_is_held_down_sends_nothing() {
    let (mut harness, port) = payload_window();
    // The first press is one, the others come while the key is down.
    for _ in 0..6 {
        let (key, modifiers) = (Key::Enter, Modifiers::COMMAND | Modifiers::CTRL);
        harness.event(Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers });
        harness.run();
    }
    assert!(harness.state().state().sending.plan.is_some(), "it was planned");
    assert_eq!(n_sent(&port), 0);
}

#[test]
fn a_host_that_was_not_allowed_gets_nothing_however_often_one_presses() {
    let mut desk = payload_desk();
    let mut form = desk.state.prefs.sending.clone();
    form.target = "https://far.example.com".to_owned();
    desk.wants(Command::EditSending(form));
    let mut n_refused = 0;
    for _ in 0..6 {
        desk.wants(Command::Resend);
        n_refused += u32::from(desk.state.sending.refusal.is_some());
    }
    assert_eq!(n_sent(&desk.port), 0);
    assert_eq!(n_refused, 3, "every second press says why");
}

#[test]
fn a_plan_of_something_else_is_shown_anew_and_not_sent() {
    let mut desk = payload_desk();
    desk.wants(Command::Resend);
    desk.wants(Command::OpenText { name: "other.json".to_owned(), bytes: faulty_session() });
    desk.wants(Command::Resend);
    assert_eq!(n_sent(&desk.port), 0, "another session");
    desk.wants(Command::FixAllSafe);
    desk.wants(Command::Resend);
    assert_eq!(n_sent(&desk.port), 0, "another draft");
    desk.wants(Command::ShowBottom(BottomTab::Findings));
    desk.wants(Command::Resend);
    assert_eq!(n_sent(&desk.port), 0, "the plan was not seen");
    desk.wants(Command::Step(Step::Event, Direction::Forward));
    desk.wants(Command::Resend);
    assert_eq!(n_sent(&desk.port), 1, "it is the plan that was shown");
}

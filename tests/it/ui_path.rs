//! How far it is from the empty window to a fault, by a hand that counts what it does.

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Event, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use playtrace::app::effect::Effect;
use playtrace::app::update::Update;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::text;

use crate::support::window::{InlinePort, window};

const PRE_ROLL: &str = "clients/theo-b035ef3-predur.har";

/// A hand that counts what it does.
struct Hand {
    harness: Harness<'static, InspectorApp>,
    port: InlinePort,
    n_actions: usize,
}

impl Hand {
    fn acted(&mut self) {
        self.n_actions += 1;
        self.harness.run();
    }

    fn finding(&self, code: &str) -> Option<egui::Rect> {
        let rows = self.harness.query_all_by_role(Role::ListBoxOption);
        let mut rows =
            rows.filter(|node| node.accesskit_node().label().is_some_and(|label| label.contains(code)));
        rows.next().map(|node| node.rect())
    }

    /// Turns the wheel until a row can be seen: one action, however many notches.
    fn scroll_to(
        &mut self,
        code: &str,
        at: egui::Pos2,
        is_seen: impl Fn(&egui::Rect) -> bool,
    ) -> Option<egui::Rect> {
        self.n_actions += 1;
        self.harness.event(Event::PointerMoved(at));
        for _ in 0..40 {
            if let Some(row) = self.finding(code).filter(&is_seen) {
                return Some(row);
            }
            self.harness.event(Event::MouseWheel {
                unit: egui::MouseWheelUnit::Point,
                delta: Vec2::new(0.0, -22.0),
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            });
            self.harness.run();
        }
        None
    }
}

#[test]
fn from_the_empty_window_to_the_length_of_the_pre_roll_it_takes_five_actions() {
    let (mut harness, port) = window();
    harness.set_size(Vec2::new(1024.0, 640.0));
    harness.run();
    let mut hand = Hand { harness, port, n_actions: 0 };
    let open = hand.harness.query_all_by_role_and_label(Role::Button, text("command.open")).next();
    open.expect("the toolbar has it").click();
    hand.acted();
    assert!(matches!(hand.port.left.borrow()[..], [Effect::PickFiles]));
    // No dialog can be shown here: the field for a path takes its place.
    hand.port.happen(Update::Picked { paths: Vec::new(), at_once: true });
    hand.harness.run();
    let path = format!("{}/tests/fixtures/captures/{PRE_ROLL}", env!("CARGO_MANIFEST_DIR"));
    hand.harness.get_by(|node| node.placeholder() == Some(text("path.name"))).type_text(&path);
    hand.acted();
    hand.harness.get_by_role_and_label(Role::Button, text("path.open")).click();
    hand.acted();
    let first = hand.finding("MC-S005").expect("the gravest finding stands first");
    let (top, bottom) = (first.top(), 640.0 - 24.0);
    let is_seen = |rect: &egui::Rect| rect.top() >= top - 1.0 && rect.bottom() <= bottom;
    let row = match hand.finding("MC-T021").filter(is_seen) {
        Some(row) => row,
        None => hand.scroll_to("MC-T021", first.center(), is_seen).expect("the list was scrolled to it"),
    };
    let pos = row.center();
    hand.harness.event(Event::PointerMoved(pos));
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
        hand.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
    }
    hand.acted();
    assert!(hand.n_actions <= 5, "{} actions", hand.n_actions);
    hand.harness.get_by_label("length-of-the-pre-roll");
    let state = hand.harness.state().state();
    let event =
        state.selected_event().and_then(|(id, event)| state.capture(id)?.capture.event(event)?.event_type());
    assert_eq!(event.map(|event| event.name()), Some("sessionStart"));
}

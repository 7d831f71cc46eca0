//! Keys that are pressed faster than frames are drawn: each is heard by what the one before it opened or closed.

use std::mem::take;

use eframe::egui::{Context, Event, Key, Plugin, RawInput, Ui};

use super::shortcuts::is_pressed;
use crate::app::command::rows::commands;

/// Keeps back what was pressed after a key that may open or close something, until that has had a frame to be drawn and
/// to take the focus.
#[derive(Debug, Default)]
pub struct KeyOrder {
    held: Vec<Event>,
    /// The frame before this one ended with such a key.
    settles: bool,
}

impl Plugin for KeyOrder {
    fn debug_name(&self) -> &'static str {
        "key_order"
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        let mut events = take(&mut self.held);
        events.append(&mut input.events);
        let last = if take(&mut self.settles) { Some(0) } else { end_of_frame(&events) };
        if let Some(n_heard) = last {
            self.settles = n_heard > 0;
            self.held = events.split_off(n_heard);
        }
        input.events = events;
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        if self.settles || !self.held.is_empty() {
            ui.ctx().request_repaint();
        }
    }
}

/// How many of the events are heard before something may open or close; `None` when nothing does.
fn end_of_frame(events: &[Event]) -> Option<usize> {
    events.iter().position(may_change_the_listener).map(|at| at + 1)
}

/// Letters stay together, for they may be a text; so do the presses of a key that is held down.
fn may_change_the_listener(event: &Event) -> bool {
    if !matches!(event, Event::Key { pressed: true, repeat: false, .. }) {
        return false;
    }
    let closes = matches!(event, Event::Key { key: Key::Escape | Key::Enter, .. });
    let mut keys = commands().flat_map(|row| row.keys);
    closes || keys.any(|key| (!key.is_plain() || key.is_sign()) && is_pressed(key, event))
}

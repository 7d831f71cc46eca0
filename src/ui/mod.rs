//! The window. The only place that names the toolkit; draws [`crate::app::State`] and pushes commands.
//!
//! | Module | Holds |
//! |---|---|
//! | [`app`] | the window itself, and the layout of its panels |
//! | [`cx`] | what views may see, and the queue of what they want |
//! | [`theme`], [`text`] | every color, size and text |
//! | [`axis_times`] | how times of a session are written |
//! | [`shortcuts`] | keys → commands; [`key_order`]: those that come faster than frames |
//! | [`command_palette`] | every command by its name; [`fuzzy`]: what fits a few letters |
//! | [`panels`] | the panels |
//! | [`toasts`] | messages of the program over them |
//! | [`timeline`], [`clock_plot`] | the shown session over time; [`time_input`]: wheel and drag in both,
//! | | [`overlay`]: cursors and range over both |
//! | [`story`] | the shown session told in captions |
//! | [`picture`] | what they draw as a file, without a window |
//! | [`widgets`] | small parts that several views use |

pub mod app;
pub mod axis_times;
pub mod clock_plot;
pub mod command_palette;
pub mod cx;
pub mod fuzzy;
pub mod key_order;
pub mod overlay;
pub mod palette_choices;
pub mod panels;
pub mod picture;
pub mod shortcuts;
pub mod story;
pub mod text;
pub mod theme;
pub mod time_input;
pub mod timeline;
pub mod toasts;
pub mod widgets;

use std::sync::Arc;

use eframe::egui::ViewportBuilder;

use crate::app::command::Command;
use crate::app::port::{Port, Waker};
use crate::app::prefs::{Language, ViewPrefs};
use app::InspectorApp;

/// Why no window can be shown.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WindowError(String);

/// Opens the window, does `first`, and runs until it is closed. Until another one is chosen it speaks `language`.
/// `start` starts the outside; it gets what wakes the window.
///
/// # Errors
/// When there is no display, no driver, or the outside cannot be started: why, in words.
pub fn run<E: std::fmt::Display>(
    language: Language,
    first: Option<Command>,
    start: impl FnOnce(Waker) -> Result<Box<dyn Port>, E>,
) -> Result<(), WindowError> {
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_app_id("playtrace")
            .with_title(text::text("app.name"))
            .with_inner_size([1440.0, 900.0])
            .with_min_inner_size([800.0, 500.0]),
        ..Default::default()
    };
    let create = move |cc: &eframe::CreationContext<'_>| {
        let ctx = cc.egui_ctx.clone();
        let waker: Waker = Arc::new(move || ctx.request_repaint());
        let port = start(waker).map_err(|error| error.to_string())?;
        let kept = cc.storage.and_then(|storage| eframe::get_value::<ViewPrefs>(storage, eframe::APP_KEY));
        let prefs = kept.unwrap_or_else(|| ViewPrefs { language, ..ViewPrefs::default() });
        let app = InspectorApp::new(&cc.egui_ctx, prefs, port, first);
        let app: Box<dyn eframe::App> = Box::new(app);
        Ok(app)
    };
    eframe::run_native("playtrace", options, Box::new(create))
        .map_err(|error| WindowError(reason(&error.to_string())))
}

/// What the toolkit says, without the place in its sources that it puts before.
fn reason(words: &str) -> String {
    let after_place = words.split_once(".rs:").and_then(|(_, rest)| rest.split_once(": "));
    after_place.map_or(words, |(_, reason)| reason).trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_does_not_name_places_in_sources() {
        let words = "winit EventLoopError: os error at /a/b/mod.rs:765: DISPLAY is not set.";
        assert_eq!(reason(words), "DISPLAY is not set");
        assert_eq!(reason("no driver: none found"), "no driver: none found");
    }
}

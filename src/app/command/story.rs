//! The commands of the story, and their table.

use serde::{Deserialize, Serialize};

use super::Command;
use super::rows::{CommandRow, Group, row};
use super::shortcut::Shortcut;

/// A wish about the story of the shown session.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum StoryCommand {
    /// Open the story, or leave it.
    Toggle,
    /// Play or pause; opens the story when it is not open.
    PlayOrPause,
    /// Go to the next caption.
    Next,
    /// Go back to the previous caption.
    Previous,
    /// Play faster by a step.
    Faster,
    /// Play slower by a step.
    Slower,
    /// Play so many times faster than it happened.
    SetSpeed(f64),
    /// So many seconds have passed for the one who looks on.
    Tick {
        /// Seconds since the last frame.
        secs: f64,
    },
}

/// The commands that can be given without saying more.
pub static ROWS: &[CommandRow] = &[
    row("story", Group::View, &[], || Command::Story(StoryCommand::Toggle)),
    row("story-play", Group::View, &[Shortcut::key("Space")], || Command::Story(StoryCommand::PlayOrPause)),
    row("story-next", Group::View, &[Shortcut::key("ArrowRight")], || Command::Story(StoryCommand::Next)),
    row("story-previous", Group::View, &[Shortcut::key("ArrowLeft")], || {
        Command::Story(StoryCommand::Previous)
    }),
    row("story-faster", Group::View, &[], || Command::Story(StoryCommand::Faster)),
    row("story-slower", Group::View, &[], || Command::Story(StoryCommand::Slower)),
];

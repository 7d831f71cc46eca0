//! The configuration, `playtrace.toml`: profile, selection, severities, numbers, policy, own schemas and tracking plan.
//!
//! Pure: bytes in, configuration or errors out. The own schemas that a file names are read by the caller:
//! [`read`] says which, [`Unfinished::finish`] takes what they hold.
//!
//! ```toml
//! profile = "strict"
//! ignore = ["equal-ts"]
//!
//! [rules.ping-late]
//! level = "error"
//! limit-secs = 12
//!
//! [policy]
//! after-close = "silent-drop"
//!
//! [schemas]
//! sessionStart = "schemas/start.json"
//!
//! [tracking-plan.sessionStart.metadata]
//! season = { required = true, pattern = "S[0-9]{2}" }
//! ```

pub mod faults;
mod plan;
mod read;
mod reader;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::numbers::NumberInfo;
use crate::model::policy::{Profile, SchemaSet};
use crate::rules::context::Settings;
use crate::rules::selection::{Choice, RuleSelection};
use crate::schema::user::UserSchemas;

pub use read::{Unfinished, read};

/// The name of the file that is looked for beside a capture.
pub const FILE_NAME: &str = "playtrace.toml";

/// Where the configuration of a capture may lie: in its folder; of what is no file, in the current one.
#[must_use]
pub fn beside(capture: Option<&Path>) -> PathBuf {
    capture.and_then(Path::parent).unwrap_or(Path::new("")).join(FILE_NAME)
}

/// One thing that is wrong with a configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ConfigError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// One sentence without a full stop.
    pub message: String,
}

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines().join("\n"))]
pub struct BrokenConfig {
    /// The file.
    pub path: PathBuf,
    /// All that is wrong.
    pub why: WhyBroken,
}

/// What lies beside a capture: a configuration with its path, nothing, or a broken one.
pub type Beside = Result<Option<(PathBuf, Arc<Config>)>, BrokenConfig>;

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyBroken {
    /// It cannot be read; what the system says.
    Unread(String),
    /// Its errors, in order.
    Errors(Vec<ConfigError>),
}

impl BrokenConfig {
    /// A line for each error: the file, the place, what is wrong.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let path = self.path.display();
        match &self.why {
            WhyBroken::Unread(why) => vec![format!("{path}: {why}")],
            WhyBroken::Errors(errors) => errors.iter().map(|error| format!("{path}:{error}")).collect(),
        }
    }
}

/// What a file says; the default is that of an empty one.
#[derive(Debug, Clone, Default)]
pub struct Config {
    profile: Option<Profile>,
    schema_set: Option<SchemaSet>,
    /// Names of switches and readings.
    policy: Vec<(&'static str, &'static str)>,
    numbers: Vec<(&'static NumberInfo, f64)>,
    choice: Choice,
    user: Option<Arc<UserSchemas>>,
}

impl Config {
    /// The profile that the file asks for.
    #[must_use]
    pub fn profile(&self) -> Option<Profile> {
        self.profile
    }

    /// What to judge with. A `profile` given here beats that of the file; what else the file says holds in any profile.
    #[must_use]
    pub fn judging(&self, profile: Option<Profile>) -> (Settings, RuleSelection) {
        let profile = profile.or(self.profile).unwrap_or_default();
        let mut settings = Settings::of_profile(profile);
        if let Some(schema_set) = self.schema_set {
            settings.policy.schema_set = schema_set;
        }
        for (switch, reading) in &self.policy {
            let known = settings.policy.choose(switch, reading);
            debug_assert!(known, "the reader takes names from the table: {switch} {reading}");
        }
        for (number, value) in &self.numbers {
            if let Some(place) = settings.numbers.get_mut(number.rule, number.key) {
                *place = *value;
            }
        }
        settings.user.clone_from(&self.user);
        let mut selection = RuleSelection::of_profile(profile);
        selection.file().clone_from(&self.choice);
        (settings, selection)
    }
}

#[cfg(test)]
mod tests;

//! The page of a policy switch: which sources disagree, what may be chosen, and what that moves.

use serde::Serialize;

use crate::model::policy::{Profile, Reading, Switch};
use crate::rules::registry;

/// The page as text.
pub(super) fn page(switch: &Switch) -> String {
    let mut out = format!("# {} {}\n\n{}\n\n", switch.number, switch.name, switch.question);
    out.push_str("The sources disagree. The readings:\n\n");
    for reading in switch.readings {
        let taken = profiles_that_take(switch, reading).join(", ");
        let taken = if taken.is_empty() { taken } else { format!(" (profile {taken})") };
        out.push_str(&format!(
            "- `{}`{taken}: {}. Source: {}\n",
            reading.name, reading.meaning, reading.source
        ));
    }
    let other = switch.readings.last().map_or("", |reading| reading.name);
    out.push_str("\nTo choose one, whatever the profile, in `playtrace.toml`:\n\n");
    out.push_str(&format!("    [policy]\n    {} = \"{other}\"\n\nIt moves:\n\n", switch.name));
    for rule in switch.rules {
        let code = registry::find(rule).map_or("", |rule| rule.meta.code);
        out.push_str(&format!("- the rule {code} `{rule}`\n"));
    }
    for other in switch.others {
        out.push_str(&format!("- {other}\n"));
    }
    out
}

/// The names of the profiles that take a reading.
fn profiles_that_take(switch: &Switch, reading: &Reading) -> Vec<&'static str> {
    let takes = |profile: &Profile| profile.policy().chosen(switch.name) == Some(reading.name);
    Profile::ALL.into_iter().filter(takes).map(Profile::name).collect()
}

/// The page as data.
#[derive(Serialize)]
pub(super) struct SwitchOut {
    number: &'static str,
    name: &'static str,
    question: &'static str,
    readings: Vec<ReadingOut>,
    rules: &'static [&'static str],
    others: &'static [&'static str],
    page: String,
}

#[derive(Serialize)]
struct ReadingOut {
    #[serde(flatten)]
    reading: &'static Reading,
    profiles: Vec<&'static str>,
}

impl SwitchOut {
    pub(super) fn of(switch: &'static Switch) -> SwitchOut {
        let out = |reading| ReadingOut { reading, profiles: profiles_that_take(switch, reading) };
        SwitchOut {
            number: switch.number,
            name: switch.name,
            question: switch.question,
            readings: switch.readings.iter().map(out).collect(),
            rules: switch.rules,
            others: switch.others,
            page: page(switch),
        }
    }
}

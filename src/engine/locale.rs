//! What the system says of its user's language and time zone.

use jiff::tz::TimeZone;

use crate::app::prefs::Language;
use crate::app::zone::Zone;

/// The variables that name the language of messages, the stronger first (POSIX, environment variables).
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The language of the system's locale: what a window that was never told otherwise speaks.
#[must_use]
pub fn language() -> Language {
    of_variables(|name| std::env::var(name).ok())
}

/// The first variable that is set and not empty decides.
fn of_variables(value: impl Fn(&str) -> Option<String>) -> Language {
    let locale = VARIABLES.iter().filter_map(|name| value(name)).find(|value| !value.is_empty());
    Language::of_locale(&locale.unwrap_or_default())
}

/// The time zone of the system; UTC where it does not say.
pub(super) fn zone() -> Zone {
    Zone(TimeZone::try_system().unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stronger_variable_decides_and_an_empty_one_says_nothing() {
        let table: [(&[(&str, &str)], Language); 5] = [
            (&[], Language::English),
            (&[("LANG", "fr_FR.UTF-8")], Language::French),
            (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "fr_FR.UTF-8")], Language::French),
            (&[("LANG", "fr_FR.UTF-8"), ("LC_MESSAGES", "C")], Language::English),
            (&[("LANG", "fr_FR.UTF-8"), ("LC_ALL", "")], Language::French),
        ];
        for (set, expected) in table {
            let value =
                |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
            assert_eq!(of_variables(value), expected, "{set:?}");
        }
    }
}

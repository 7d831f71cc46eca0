//! The languages in which the window and pictures speak.

use serde::{Deserialize, Serialize};

/// The language of the window's texts. Rule pages, messages of findings and reports are English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// The language of a locale as POSIX writes it (`fr_CA.UTF-8`, `fr`, `C`); English for all that have no texts here.
    #[must_use]
    pub fn of_locale(locale: &str) -> Language {
        let end = locale.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(locale.len());
        if locale[..end].eq_ignore_ascii_case("fr") { Language::French } else { Language::English }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language_before_its_country() {
        for locale in ["fr", "fr_FR.UTF-8", "fr_CA", "FR", "fr@euro", "fr-BE"] {
            assert_eq!(Language::of_locale(locale), Language::French, "{locale}");
        }
        for locale in ["", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "frr_DE", "de_CH.UTF-8", "日本語"] {
            assert_eq!(Language::of_locale(locale), Language::English, "{locale}");
        }
    }
}

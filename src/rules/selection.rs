//! Selection: rule → level, and where that was chosen.

use super::finding::Finding;
use super::registry;
use super::rule::{Certainty, Family, Level, Rule};
use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::model::policy::Profile;

/// Who chose a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChosenBy {
    /// The rule's own level.
    Rule,
    /// The profile.
    Profile,
    /// The command line.
    CommandLine,
}

/// What a user wrote that names no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{given}`{}", .suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default())]
pub struct UnknownRule {
    /// What was written.
    pub given: String,
    /// What may have been meant.
    pub suggestion: Option<&'static str>,
}

/// Findings of one capture that somebody does not want to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exception {
    /// All of this session.
    Session(SessionId),
    /// Those of a rule at one place.
    Finding {
        /// Code of the rule.
        code: &'static str,
        /// The session.
        session: Option<SessionId>,
        /// The request, where the finding has no event.
        exchange: Option<ExchangeId>,
        /// The event.
        event: Option<EventId>,
        /// JSON pointer in the event.
        pointer: Option<String>,
    },
}

impl Exception {
    /// The exception for a finding, and for those of its rule at the same place.
    #[must_use]
    pub fn of(finding: &Finding) -> Exception {
        Exception::Finding {
            code: finding.rule.meta.code,
            session: finding.session,
            exchange: finding.exchange.filter(|_| finding.event.is_none()),
            event: finding.event,
            pointer: finding.pointer.clone(),
        }
    }
}

/// Which rules speak, and how loudly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSelection {
    profile: Profile,
    /// Codes that alone are wanted; empty: all.
    selected: Vec<&'static str>,
    ignored: Vec<&'static str>,
    exceptions: Vec<Exception>,
}

impl RuleSelection {
    /// The selection of a profile.
    #[must_use]
    pub fn of_profile(profile: Profile) -> Self {
        Self { profile, ..Self::default() }
    }

    /// Only these rules: codes (`MC-A001` or `A001`), names or family letters.
    ///
    /// # Errors
    /// The first word that names no rule.
    pub fn select(&mut self, words: &[String]) -> Result<(), UnknownRule> {
        for word in words {
            self.selected.extend(rules_named(word)?);
        }
        Ok(())
    }

    /// Not these rules.
    ///
    /// # Errors
    /// The first word that names no rule.
    pub fn ignore(&mut self, words: &[String]) -> Result<(), UnknownRule> {
        for word in words {
            self.ignored.extend(rules_named(word)?);
        }
        Ok(())
    }

    /// Not the rules with these codes.
    pub fn ignore_codes(&mut self, codes: &[&'static str]) {
        self.ignored.extend(codes);
    }

    /// Not these findings.
    pub fn except(&mut self, exceptions: impl IntoIterator<Item = Exception>) {
        self.exceptions.extend(exceptions);
    }

    /// True when an exception was made for the finding.
    #[must_use]
    pub fn excepts(&self, finding: &Finding) -> bool {
        self.exceptions.iter().any(|exception| match exception {
            Exception::Session(session) => finding.session == Some(*session),
            Exception::Finding { code, .. } => {
                finding.rule.meta.code == *code && Exception::of(finding) == *exception
            }
        })
    }

    /// True when the rule is off whatever it reports.
    #[must_use]
    pub fn is_off(&self, rule: &Rule) -> bool {
        let code = rule.meta.code;
        let unselected = !self.selected.is_empty() && !self.selected.contains(&code);
        unselected || self.ignored.contains(&code) || self.profile == Profile::Lenient && !loses_data(rule)
    }

    /// The level of a report of `rule`: its own word ("info when …"), else the profile's, else the rule's.
    #[must_use]
    pub fn grade(&self, rule: &Rule, own_word: Option<Level>) -> Level {
        if self.is_off(rule) {
            return Level::Off;
        }
        let strict = rule.meta.strict_level.filter(|_| self.profile == Profile::Strict);
        strict.or(own_word).unwrap_or(rule.meta.level)
    }

    /// Who chose the level of `rule`.
    #[must_use]
    pub fn chosen_by(&self, rule: &Rule) -> ChosenBy {
        let code = rule.meta.code;
        if self.selected.contains(&code) || self.ignored.contains(&code) {
            ChosenBy::CommandLine
        } else if self.is_off(rule) || self.profile == Profile::Strict && rule.meta.strict_level.is_some() {
            ChosenBy::Profile
        } else {
            ChosenBy::Rule
        }
    }
}

/// What the profile `lenient` keeps: errors that are no advice, and the remarks about the capture.
fn loses_data(rule: &Rule) -> bool {
    rule.meta.family == Family::Capture
        || rule.meta.level == Level::Error && rule.meta.certainty != Some(Certainty::Advice)
}

fn rules_named(word: &str) -> Result<Vec<&'static str>, UnknownRule> {
    let mut letters = word.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && let Some(family) = Family::from_letter(letter)
    {
        return Ok(super::all()
            .filter(|rule| rule.meta.family == family)
            .map(|rule| rule.meta.code)
            .collect());
    }
    match registry::find(word) {
        Some(rule) => Ok(vec![rule.meta.code]),
        None => Err(UnknownRule { given: word.to_owned(), suggestion: registry::suggest(word) }),
    }
}

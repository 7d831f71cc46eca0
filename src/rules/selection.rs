//! Selection: rule → level, and where that was chosen.

use super::finding::Finding;
use super::registry;
use super::rule::{Certainty, Family, Level, Rule};
use super::schema::USER_SCHEMA_VIOLATION;
use crate::model::id::{EventId, ExchangeId, SessionId};
use crate::model::policy::Profile;

/// Who chose a level. Of several the last in this order decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChosenBy {
    /// The rule's own level.
    Rule,
    /// The profile.
    Profile,
    /// The configuration file.
    ConfigFile,
    /// The command line.
    CommandLine,
    /// The window.
    Window,
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
    file: Choice,
    command_line: Choice,
    window: Choice,
    exceptions: Vec<Exception>,
}

/// What one of several wants: the file, the command line or the window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Codes that alone are wanted; empty: all.
    selected: Vec<&'static str>,
    ignored: Vec<&'static str>,
    /// Levels by code, for whatever the rule reports.
    levels: Vec<(&'static str, Level)>,
}

impl Choice {
    /// Only these rules: codes (`MC-A001` or `A001`), names or family letters. What the profile leaves out stays out.
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

    /// This level for everything that the rule reports, also where the profile leaves it out.
    pub fn set_level(&mut self, rule: &Rule, level: Level) {
        self.levels.retain(|(code, _)| *code != rule.meta.code);
        self.levels.push((rule.meta.code, level));
    }

    /// True when it does not want to hear the rule.
    fn silences(&self, code: &str) -> bool {
        self.ignored.contains(&code) || !self.selected.is_empty() && !self.selected.contains(&code)
    }

    fn level_of(&self, code: &str) -> Option<Level> {
        self.levels.iter().find(|(known, _)| *known == code).map(|(_, level)| *level)
    }
}

/// What was chosen for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    /// The levels that it reports.
    ItsOwn,
    /// This level, whatever it reports.
    Level(Level),
}

impl RuleSelection {
    /// The selection of a profile.
    #[must_use]
    pub fn of_profile(profile: Profile) -> Self {
        Self { profile, ..Self::default() }
    }

    /// The profile that it begins with.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// What the configuration file wants.
    pub fn file(&mut self) -> &mut Choice {
        &mut self.file
    }

    /// What the command line wants; it beats the file.
    pub fn command_line(&mut self) -> &mut Choice {
        &mut self.command_line
    }

    /// What the window wants; it beats all.
    pub fn window(&mut self) -> &mut Choice {
        &mut self.window
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
        self.chosen(rule).1 == Chosen::Level(Level::Off)
    }

    /// The level of a report of `rule`: what was chosen for it, else its own word ("info when …"), else its level.
    #[must_use]
    pub fn grade(&self, rule: &Rule, own_word: Option<Level>) -> Level {
        match self.chosen(rule).1 {
            Chosen::Level(level) => level,
            Chosen::ItsOwn => own_word.unwrap_or(rule.meta.level),
        }
    }

    /// Who chose the level of `rule`.
    #[must_use]
    pub fn chosen_by(&self, rule: &Rule) -> ChosenBy {
        self.chosen(rule).0
    }

    fn chosen(&self, rule: &Rule) -> (ChosenBy, Chosen) {
        let code = rule.meta.code;
        let of_profile = self.of_the_profile(rule);
        let (mut by, mut chosen) = of_profile;
        let choices = [
            (ChosenBy::ConfigFile, &self.file),
            (ChosenBy::CommandLine, &self.command_line),
            (ChosenBy::Window, &self.window),
        ];
        for (who, choice) in choices {
            let is_silenced = chosen == Chosen::Level(Level::Off) && by > ChosenBy::Profile;
            if choice.silences(code) {
                (by, chosen) = (who, Chosen::Level(Level::Off));
            } else if let Some(level) = choice.level_of(code) {
                (by, chosen) = (who, Chosen::Level(level));
            } else if choice.selected.contains(&code) {
                // whoever names a rule takes back what another silenced before
                (by, chosen) = (who, if is_silenced { of_profile.1 } else { chosen });
            }
        }
        (by, chosen)
    }

    fn of_the_profile(&self, rule: &Rule) -> (ChosenBy, Chosen) {
        match (self.profile, rule.meta.strict_level) {
            (Profile::Strict, Some(level)) => (ChosenBy::Profile, Chosen::Level(level)),
            (Profile::Lenient, _) if !loses_data(rule) => (ChosenBy::Profile, Chosen::Level(Level::Off)),
            _ => (ChosenBy::Rule, Chosen::ItsOwn),
        }
    }
}

/// What the profile `lenient` keeps: errors that are no advice, and the remarks about the capture. What the user's own
/// schema or plan refuses is kept as well: whoever writes one means it.
fn loses_data(rule: &Rule) -> bool {
    rule.meta.family == Family::Capture
        || rule.meta.code == USER_SCHEMA_VIOLATION.meta.code
        || rule.meta.level == Level::Error && rule.meta.certainty != Some(Certainty::Advice)
}

/// The codes of the rules that a word names: a code (`MC-A001` or `A001`), a name or a family letter.
///
/// # Errors
/// When it names none.
pub fn rules_named(word: &str) -> Result<Vec<&'static str>, UnknownRule> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str) -> &'static Rule {
        registry::find(name).expect("a rule of this name")
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_command_line_beats_the_file_and_the_file_the_profile() {
        let late = rule("ping-late");
        let mut selection = RuleSelection::of_profile(Profile::Lenient);
        assert_eq!((selection.chosen_by(late), selection.is_off(late)), (ChosenBy::Profile, true));
        selection.file().set_level(late, Level::Error);
        assert_eq!(selection.chosen_by(late), ChosenBy::ConfigFile);
        assert_eq!(selection.grade(late, Some(Level::Info)), Level::Error, "whatever the rule reports");
        selection.command_line().ignore(&words(&["T"])).expect("a family");
        assert_eq!((selection.chosen_by(late), selection.is_off(late)), (ChosenBy::CommandLine, true));
        selection.window().set_level(late, Level::Info);
        assert_eq!((selection.chosen_by(late), selection.grade(late, None)), (ChosenBy::Window, Level::Info));
        assert_eq!(selection.chosen_by(rule("ad-outside-break")), ChosenBy::Rule);
    }

    #[test]
    fn naming_a_rule_takes_back_what_the_file_silenced_but_not_what_the_profile_leaves_out() {
        let (late, stray) = (rule("ping-late"), rule("ad-outside-break"));
        for profile in [Profile::Default, Profile::Lenient] {
            let mut selection = RuleSelection::of_profile(profile);
            selection.file().ignore(&words(&["A001", "ping-late"])).expect("rules");
            selection.command_line().select(&words(&["A001", "ping-late"])).expect("rules");
            assert!(!selection.is_off(stray));
            assert_eq!(selection.is_off(late), profile == Profile::Lenient);
            assert!(selection.is_off(rule("equal-ts")), "not selected");
        }
    }

    #[test]
    fn a_selection_keeps_the_level_that_the_file_gave() {
        let late = rule("ping-late");
        let mut selection = RuleSelection::default();
        selection.file().set_level(late, Level::Error);
        selection.command_line().select(&words(&["T"])).expect("a family");
        assert_eq!(
            (selection.grade(late, None), selection.chosen_by(late)),
            (Level::Error, ChosenBy::CommandLine)
        );
    }

    #[test]
    fn an_unknown_word_is_named_with_what_may_have_been_meant() {
        let error = Choice::default().select(&words(&["A", "ping-lat"])).expect_err("no such rule");
        assert_eq!(error.to_string(), "there is no rule `ping-lat`, did you mean `ping-late`?");
    }
}

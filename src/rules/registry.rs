//! Looking rules up by code and name.

use super::rule::Rule;
use crate::model::spelling;

/// The rule with this code (`MC-A001`, `A001`, letter case aside) or name.
#[must_use]
pub fn find(word: &str) -> Option<&'static Rule> {
    let upper = word.to_ascii_uppercase();
    let bare = upper.strip_prefix("MC-").unwrap_or(&upper);
    let is_it = |rule: &&Rule| rule.meta.code.strip_prefix("MC-") == Some(bare) || rule.meta.name == word;
    super::all().find(is_it)
}

/// The name or code that comes nearest to `word`.
#[must_use]
pub fn suggest(word: &str) -> Option<&'static str> {
    let names = super::all().map(|rule| rule.meta.name);
    let codes = super::all().map(|rule| rule.meta.code);
    spelling::nearest(word, names.chain(codes))
}

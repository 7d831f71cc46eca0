//! The lint engine: the list of all rules, by family.
//!
//! Read [`rule`] for what a rule is, [`context`] for what a check may see, [`finding`] for what it says, and
//! [`run`] for how rules are called. One folder per family, one file per rule.

pub mod context;
pub mod finding;
pub mod fix;
pub mod registry;
pub mod rule;
pub mod run;
pub mod selection;
pub mod verdict;
pub mod viewings;

pub mod ads;
pub mod batch;
pub mod capture;
pub mod chapters;
pub mod lifecycle;
pub mod ordering;
pub mod params;
pub mod quality;
pub mod schema;
pub mod states;
pub mod time;
pub mod transport;

use rule::Rule;

/// All rules, by family in the order of the catalogue.
pub static ALL: &[&[&Rule]] = &[
    schema::RULES,
    lifecycle::RULES,
    ordering::RULES,
    time::RULES,
    ads::RULES,
    chapters::RULES,
    states::RULES,
    quality::RULES,
    params::RULES,
    transport::RULES,
    batch::RULES,
    capture::RULES,
];

/// Every rule once, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Rule> + Clone {
    ALL.iter().flat_map(|family| family.iter().copied())
}

//! What a rule is: its facts, its page and its check.

use serde::{Deserialize, Serialize};

use super::context::{CaptureCx, EventCx, ExchangeCx, OddityCx, SessionCx, SessionsCx};
use super::finding::{Findings, Origin};
use super::fix::{Fix, FixCx};
use crate::model::event_type::EventType;
use crate::model::machine::OddityKind;
use crate::model::table::EventFlags;

/// The family of a rule: its letter, and what it looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// S: one event against its JSON Schema.
    Schema,
    /// L: start, end, time-outs.
    Lifecycle,
    /// O: arrival against `ts`.
    Ordering,
    /// T: playhead against `ts`, ping cadence.
    Time,
    /// A: ads and breaks.
    Ads,
    /// C: chapters.
    Chapters,
    /// X: player states.
    States,
    /// Q: quality.
    Quality,
    /// P: parameters that reports need.
    Params,
    /// H: transport.
    Transport,
    /// B: downloaded content.
    Batch,
    /// K: limits of the capture.
    Capture,
}

impl Family {
    /// All families in the order of the catalogue.
    pub const ALL: [Family; 12] = [
        Family::Schema,
        Family::Lifecycle,
        Family::Ordering,
        Family::Time,
        Family::Ads,
        Family::Chapters,
        Family::States,
        Family::Quality,
        Family::Params,
        Family::Transport,
        Family::Batch,
        Family::Capture,
    ];

    /// The letter in its codes.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Family::Schema => 'S',
            Family::Lifecycle => 'L',
            Family::Ordering => 'O',
            Family::Time => 'T',
            Family::Ads => 'A',
            Family::Chapters => 'C',
            Family::States => 'X',
            Family::Quality => 'Q',
            Family::Params => 'P',
            Family::Transport => 'H',
            Family::Batch => 'B',
            Family::Capture => 'K',
        }
    }

    /// The folder of its rules, and its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Family::Schema => "schema",
            Family::Lifecycle => "lifecycle",
            Family::Ordering => "ordering",
            Family::Time => "time",
            Family::Ads => "ads",
            Family::Chapters => "chapters",
            Family::States => "states",
            Family::Quality => "quality",
            Family::Params => "params",
            Family::Transport => "transport",
            Family::Batch => "batch",
            Family::Capture => "capture",
        }
    }

    /// The family with this letter.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Family> {
        Self::ALL.into_iter().find(|family| family.letter() == letter.to_ascii_uppercase())
    }
}

/// What a rule proposes, and what a selection may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Off,
    /// Worth knowing.
    Info,
    /// Reports may be wrong or poorer.
    Warn,
    /// Data is refused, lost or wrong.
    Error,
}

impl Level {
    /// All levels, the quietest first.
    pub const ALL: [Level; 4] = [Level::Off, Level::Info, Level::Warn, Level::Error];

    /// The word in the configuration and in texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }

    /// The level with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Level> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// How sure we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// In the API's documentation.
    Documented,
    /// Seen in Adobe's SDKs or back end.
    Observed,
    /// Good practice.
    Advice,
}

/// How a rule is called, and on what.
///
/// A rule names what it wants, so that a healthy event costs a look-up and not a call of every rule.
pub enum Check {
    /// On events of which something was met while reading or judging their shape.
    Event(Wants, fn(&EventCx<'_>, &mut Findings)),
    /// On each odd step of these kinds.
    Oddity(&'static [OddityKind], fn(&OddityCx<'_>, &mut Findings)),
    /// On each request of the API (not on foreign ones).
    Exchange(fn(&ExchangeCx<'_>, &mut Findings)),
    /// Once per session.
    Session(fn(&SessionCx<'_>, &mut Findings)),
    /// Once, over all sessions: what one says of another.
    Sessions(fn(&SessionsCx<'_>, &mut Findings)),
    /// Once per capture.
    Capture(fn(&CaptureCx<'_>, &mut Findings)),
}

/// Which events a rule wants to see.
pub enum Wants {
    /// Events that the schema set `documented` refuses, whatever set was chosen.
    Violations,
    /// Events with any of these flags.
    Flags(EventFlags),
    /// Events of these types.
    Types(&'static [EventType]),
    /// Events of these types, by a rule that looks at their shape alone: it is asked once for each shape of which it has
    /// nothing to say.
    Shapes(&'static [EventType]),
    /// Events of the types that the user's own schemas or tracking plan speak of.
    UserSchemas,
}

/// When a rule can say something of a session that is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// As soon as its events are there.
    AtOnce,
    /// It needs the end of the session.
    AtTheEnd,
}

/// The facts of a rule.
pub struct RuleMeta {
    /// `MC-` + family letter + three digits, for ever.
    pub code: &'static str,
    /// Kebab-case, names the problem.
    pub name: &'static str,
    /// One line without a full stop.
    pub summary: &'static str,
    /// Its page: Markdown with the five headings.
    pub docs: &'static str,
    /// Its family.
    pub family: Family,
    /// Level in the profile `default`.
    pub level: Level,
    /// Level in the profile `strict` where it differs.
    pub strict_level: Option<Level>,
    /// How sure we are; `None` in family K.
    pub certainty: Option<Certainty>,
    /// What its findings speak of.
    pub origin: Origin,
    /// When it can speak.
    pub when: When,
    /// Names of rules that by its nature come with it.
    pub companions: &'static [&'static str],
    /// Version in which it appeared.
    pub since: &'static str,
    /// Source file, for `explain`.
    pub file: &'static str,
}

/// A rule: its facts and its check.
pub struct Rule {
    /// The facts.
    pub meta: RuleMeta,
    /// The check.
    pub check: Check,
    /// What would repair a finding of it, where that can be told.
    pub fix: Option<FixFn>,
}

/// Says what would repair a finding of a rule.
pub type FixFn = fn(&FixCx<'_>) -> Option<Fix>;

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.meta.code, self.meta.name)
    }
}

/// Declares a rule: its doc comments are its page.
///
/// ```text
/// declare_rule! {
///     /// ## What it checks
///     /// …
///     pub static AD_OUTSIDE_BREAK = {
///         code: "MC-A001",
///         name: "ad-outside-break",
///         summary: "An ad event outside an ad break",
///         family: Ads,
///         level: Error,
///         certainty: Documented,
///         origin: Payload,
///         check: Check::Oddity(&[OddityKind::AdOutsideBreak], check),
///     }
/// }
/// ```
/// After `origin` may follow, in this order: `strict: Warn,` `when: AtTheEnd,` `companions: ["other-rule"],`; after
/// `check` may follow `fix: fix,`.
/// Family K has `certainty: None`.
#[macro_export]
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])+
        pub static $ident:ident = {
            code: $code:literal,
            name: $name:literal,
            summary: $summary:literal,
            family: $family:ident,
            level: $level:ident,
            certainty: $certainty:ident,
            origin: $origin:ident,
            $(strict: $strict:ident,)?
            $(when: $when:ident,)?
            $(companions: [$($companion:literal),*],)?
            check: $check:expr,
            $(fix: $fix:expr,)?
        }
    ) => {
        $(#[doc = $doc])+
        pub static $ident: $crate::rules::rule::Rule = $crate::rules::rule::Rule {
            meta: $crate::rules::rule::RuleMeta {
                code: $code,
                name: $name,
                summary: $summary,
                docs: concat!($($doc, "\n"),+),
                family: $crate::rules::rule::Family::$family,
                level: $crate::rules::rule::Level::$level,
                strict_level: $crate::declare_rule!(@strict $($strict)?),
                certainty: $crate::declare_rule!(@certainty $certainty),
                origin: $crate::rules::finding::Origin::$origin,
                when: $crate::declare_rule!(@when $($when)?),
                companions: &[$($($companion),*)?],
                since: "0.1.0",
                file: file!(),
            },
            check: $check,
            fix: $crate::declare_rule!(@fix $($fix)?),
        };
    };
    (@fix) => { None };
    (@fix $fix:expr) => { Some($fix) };
    (@strict) => { None };
    (@strict $level:ident) => { Some($crate::rules::rule::Level::$level) };
    (@certainty None) => { None };
    (@certainty $certainty:ident) => { Some($crate::rules::rule::Certainty::$certainty) };
    (@when) => { $crate::rules::rule::When::AtOnce };
    (@when $when:ident) => { $crate::rules::rule::When::$when };
}

/// The page of a rule as Markdown: its doc comment without the space that each line begins with.
#[must_use]
pub fn page_text(rule: &Rule) -> String {
    rule.meta.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect()
}

//! Fixes at work: the draft is judged again before a fix is offered, and all safe ones can be taken at once.
//!
//! A draft is judged as if it had been sent and taken: every request with the answer that the API gives to what it
//! accepts. What the capture says of answers and arrival is not at stake here; what the player sent is.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::draft::{Draft, DraftRequest};
use super::edit::{EditError, apply};
use super::path::api_path;
use crate::ingest::ingest;
use crate::model::capture::Capture;
use crate::model::id::EventId;
use crate::model::watch::Watch;
use crate::rules::context::{Facts, SessionCx, Settings};
use crate::rules::finding::{Counts, Severity};
use crate::rules::fix::{Applicability, Fix, fixes};
use crate::rules::registry;
use crate::rules::rule::{Check, Rule, When};
use crate::rules::run::{Judgement, judge};
use crate::rules::selection::RuleSelection;
use crate::rules::verdict::Refusals;

/// So often all safe fixes are looked for anew: one may uncover another.
const MAX_ROUNDS: usize = 8;
/// So many fixes are tried one by one when all at once make things worse.
const MAX_SINGLE_TRIES: usize = 64;

/// What drafts are judged with.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    /// Policy, profile, numbers.
    pub settings: &'a Settings,
    /// Which rules speak.
    pub selection: &'a RuleSelection,
    /// Progress and cancel.
    pub watch: &'a dyn Watch,
}

/// Why a fix is not offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// It does not fit the draft (any more).
    #[error("the fix does not fit the draft any more: {0}")]
    DoesNotFit(#[from] EditError),
    /// The draft cannot be judged.
    #[error("the draft cannot be judged: a body of it is missing or no text")]
    Unreadable,
    /// It is still there.
    #[error("with this fix `{0}` is still there")]
    StillThere(&'static str),
    /// It makes something else worse.
    #[error("with this fix `{0}` would come instead")]
    Worse(&'static str),
}

/// A fix with what it comes to.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The fix.
    pub fix: Fix,
    /// The draft with it.
    pub draft: Draft,
    /// What it changes, event by event.
    pub changes: Vec<Change>,
    /// Findings of the draft without it.
    pub before: Counts,
    /// Findings of the draft with it.
    pub after: Counts,
}

/// One event before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its key.
    pub event: u32,
    /// Its text before; `None` when it is new.
    pub before: Option<String>,
    /// Its text after; `None` when it was taken out.
    pub after: Option<String>,
}

/// All safe fixes of a session, taken.
#[derive(Debug, Clone)]
pub struct Mended {
    /// The draft with them.
    pub draft: Draft,
    /// Code of the rule and fix, in the order in which they were taken.
    pub taken: Vec<(&'static str, Fix)>,
    /// Findings of the draft before.
    pub before: Counts,
    /// Findings of the draft after.
    pub after: Counts,
}

/// Tries a fix of a finding of `rule` on the draft.
///
/// # Errors
/// Why it should not be offered.
pub fn offer(draft: &Draft, rule: &'static str, fix: &Fix, judge: Judge<'_>) -> Result<Offer, NotOffered> {
    let edited = apply(draft, &fix.edits)?;
    let before = Tally::of(&judged(draft, judge).ok_or(NotOffered::Unreadable)?.judgement);
    let after = Tally::of(&judged(&edited, judge).ok_or(NotOffered::Unreadable)?.judgement);
    let is_seen = before.all.contains_key(rule) || !looks_beyond(rule);
    if is_seen && after.all.get(rule) >= before.all.get(rule) {
        return Err(NotOffered::StillThere(rule));
    }
    if let Some(worse) = after.worse_than(&before) {
        return Err(NotOffered::Worse(worse));
    }
    let changes = changes(draft, &edited);
    Ok(Offer { fix: fix.clone(), draft: edited, changes, before: before.counts, after: after.counts })
}

/// True for a rule that sees more than the session: other sessions, or that nothing came after it. Of that the draft
/// of one session shows nothing.
fn looks_beyond(rule: &str) -> bool {
    let looks = |rule: &Rule| matches!(rule.check, Check::Sessions(_)) || rule.meta.when == When::AtTheEnd;
    registry::find(rule).is_some_and(looks)
}

/// Takes every safe fix that makes nothing worse, round by round until none is left.
///
/// # Errors
/// When the draft cannot be judged.
pub fn fix_all_safe(draft: &Draft, judge: Judge<'_>) -> Result<Mended, NotOffered> {
    let mut current = judged(draft, judge).ok_or(NotOffered::Unreadable)?;
    let mut tally = Tally::of(&current.judgement);
    let mut mended =
        Mended { draft: draft.clone(), taken: Vec::new(), before: tally.counts, after: tally.counts };
    let mut refused: Vec<Fix> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let mut wanted = current.safe_fixes(&mended.draft, judge.settings);
        wanted.retain(|(_, fix)| !refused.contains(fix));
        if wanted.is_empty() || judge.watch.cancelled() {
            break;
        }
        let together: Vec<_> = wanted.iter().flat_map(|(_, fix)| fix.edits.clone()).collect();
        let (taken, next) = match attempt(&mended.draft, &together, &tally, judge) {
            Some(next) => (wanted, Some(next)),
            None => one_by_one(&mended.draft, wanted, &tally, judge, &mut refused),
        };
        mended.taken.extend(taken);
        match next {
            Some((draft, judged, after)) => (mended.draft, current, tally) = (draft, judged, after),
            None => break,
        }
    }
    mended.after = tally.counts;
    Ok(mended)
}

type Attempt = (Draft, Judged, Tally);
type Named = (&'static str, Fix);

/// The draft with these edits, unless something becomes worse or nothing better.
fn attempt(
    draft: &Draft,
    edits: &[crate::rules::fix::Edit],
    before: &Tally,
    judge: Judge<'_>,
) -> Option<Attempt> {
    let edited = apply(draft, edits).ok()?;
    let judged = judged(&edited, judge)?;
    let after = Tally::of(&judged.judgement);
    let better = after.worse_than(before).is_none() && after.all != before.all;
    better.then_some((edited, judged, after))
}

/// Takes the fixes that help, each by itself; the others are remembered as refused.
fn one_by_one(
    draft: &Draft,
    wanted: Vec<Named>,
    before: &Tally,
    judge: Judge<'_>,
    refused: &mut Vec<Fix>,
) -> (Vec<Named>, Option<Attempt>) {
    let mut taken = Vec::new();
    let mut best: Option<Attempt> = None;
    for (n, (rule, fix)) in wanted.into_iter().enumerate() {
        if n >= MAX_SINGLE_TRIES || judge.watch.cancelled() {
            break;
        }
        let (base, tally) = best.as_ref().map_or((draft, before), |(draft, _, tally)| (draft, tally));
        match attempt(base, &fix.edits, tally, judge) {
            Some(next) => {
                best = Some(next);
                taken.push((rule, fix));
            }
            None => refused.push(fix),
        }
    }
    (taken, best)
}

/// A draft as the rules see it.
struct Judged {
    capture: Capture,
    judgement: Judgement,
}

impl Judged {
    /// The safe fixes of all findings, each once.
    fn safe_fixes(&self, draft: &Draft, settings: &Settings) -> Vec<Named> {
        let refusals = Refusals::of(&self.capture, &settings.policy);
        let keys: FxHashMap<EventId, u32> =
            (0..).map(EventId).zip(draft.events().map(|(event, _)| event.index)).collect();
        let mut safe: Vec<Named> = Vec::new();
        for (session, lanes) in self.capture.sessions.iter().zip(&self.judgement.lanes) {
            let cx = SessionCx {
                capture: &self.capture,
                session,
                lanes,
                settings,
                refusals: &refusals,
                facts: Facts::default(),
            };
            let of_session =
                self.judgement.findings.iter().filter(|finding| finding.session == Some(session.id));
            let of_session: Vec<_> = of_session.collect();
            for (finding, fix) in
                of_session.iter().zip(fixes(&cx, &of_session, &|event| keys.get(&event).copied()))
            {
                let is_new = |fix: &Fix| {
                    fix.applicability == Applicability::Safe && safe.iter().all(|(_, f)| f != fix)
                };
                safe.extend(fix.filter(is_new).map(|fix| (finding.rule.meta.code, fix)));
            }
        }
        safe
    }
}

/// Findings of a judgement by code.
struct Tally {
    all: BTreeMap<&'static str, u64>,
    above_info: BTreeMap<&'static str, u64>,
    counts: Counts,
}

impl Tally {
    fn of(judgement: &Judgement) -> Tally {
        let mut tally = Tally {
            all: BTreeMap::new(),
            above_info: BTreeMap::new(),
            counts: Counts::sum(judgement.findings.iter()),
        };
        for finding in &judgement.findings {
            let code = finding.rule.meta.code;
            *tally.all.entry(code).or_default() += u64::from(finding.count);
            if finding.severity > Severity::Info {
                *tally.above_info.entry(code).or_default() += u64::from(finding.count);
            }
        }
        tally
    }

    /// The first rule that speaks above info more often than before.
    fn worse_than(&self, before: &Tally) -> Option<&'static str> {
        let known = |code: &&'static str| before.above_info.get(code).copied().unwrap_or_default();
        self.above_info.iter().find(|(code, n)| **n > known(code)).map(|(code, _)| *code)
    }
}

fn judged(draft: &Draft, with: Judge<'_>) -> Option<Judged> {
    let capture = ingest("draft", as_capture(draft)?, with.watch);
    // Keys are told by place: every event of the draft has to be read.
    if capture.events.len() != draft.events().count() {
        return None;
    }
    let judgement = judge(&capture, with.settings, with.selection, with.watch);
    Some(Judged { capture, judgement })
}

/// The draft as a capture: bare events as they were found, requests as an array of request records, each with the
/// answer of an API that takes it. `None` when a body is missing or no text.
fn as_capture(draft: &Draft) -> Option<Vec<u8>> {
    if draft.bare {
        let texts: Vec<&str> = draft.events().map(|(_, text)| text).collect();
        return Some(format!("[{}]", texts.join(",")).into_bytes());
    }
    let sid = draft.sid.as_deref().filter(|sid| !sid.is_empty()).unwrap_or("0");
    let records: Option<Vec<Value>> = draft.requests.iter().map(|request| record(request, sid)).collect();
    serde_json::to_vec(&records?).ok()
}

fn record(request: &DraftRequest, sid: &str) -> Option<Value> {
    let headers: Vec<Value> =
        request.headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let path = api_path(&request.path_and_query);
    let is_start =
        path.split('?').next().is_some_and(|path| path.trim_end_matches('/').ends_with("/sessions"));
    let is_batch = path.contains("/downloaded");
    let response = if is_start {
        json!({ "status": 201, "headers": [{ "name": "Location", "value": format!("/api/v1/sessions/{sid}") }] })
    } else {
        json!({ "status": if is_batch { 201 } else { 204 }, "headers": [] })
    };
    Some(json!({
        "arrivalMs": request.received_at.map(|at| at.0.div_euclid(1000)),
        "method": request.method,
        "url": format!("http://127.0.0.1{path}"),
        "headers": headers,
        "body": request.text()?,
        "response": response,
    }))
}

/// What differs between two drafts, by key.
#[must_use]
pub fn changes(before: &Draft, after: &Draft) -> Vec<Change> {
    let texts = |draft| -> BTreeMap<u32, String> {
        Draft::events(draft).map(|(event, text)| (event.index, text.to_owned())).collect()
    };
    let (mut old, new) = (texts(before), texts(after));
    let mut changes: Vec<Change> = Vec::new();
    for (event, text) in new {
        let earlier = old.remove(&event);
        if earlier.as_ref() != Some(&text) {
            changes.push(Change { event, before: earlier, after: Some(text) });
        }
    }
    changes.extend(old.into_iter().map(|(event, text)| Change { event, before: Some(text), after: None }));
    changes.sort_by_key(|change| change.event);
    changes
}

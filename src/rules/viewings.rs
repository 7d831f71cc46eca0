//! What the sessions of a capture are to one another: whose they are, and which follows which.
//!
//! Sessions of one media and one viewer are put in order of their start. Two whose events overlap for longer than a
//! few seconds are two viewers. Computed once, for all rules that compare sessions.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::context::{SessionCx, SessionsCx};
use super::transport::{openings, was_lost_to_a_fault};
use crate::model::clock::TsMillis;
use crate::model::event_type::EventType;
use crate::model::session::{Ending, Session};

/// Looking for the session before goes no further back than this many of the same media and viewer.
const MAX_ASKED: usize = 64;
/// A session that a race left nearly empty has no more events than these after its start. Source: FP39.
const MAX_EVENTS_OF_EMPTY: usize = 2;

/// One session among the others.
#[derive(Debug, Clone, Default)]
pub struct Viewing {
    /// What its `sessionStart` says of app, viewer and suite.
    pub identity: Identity,
    /// Number of the latest session before it of the same media and viewer, unless it is its twin.
    pub before: Option<usize>,
    /// Number of the session that was started by the same wish to play (L016).
    pub twin: Option<usize>,
    /// True when an earlier session of the capture has the same media, whoever watched.
    pub is_repeated: bool,
    span: Option<Span>,
}

/// From the start of a session to its last event, by the client's clock.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: TsMillis,
    end: TsMillis,
}

impl Viewing {
    /// Seconds from the last event of `earlier` to the start of this session.
    #[must_use]
    pub fn secs_after(&self, earlier: &Viewing) -> Option<f64> {
        Some(self.span?.start.secs_since(earlier.span?.end))
    }

    /// The `ts` of the start.
    #[must_use]
    pub fn start(&self) -> Option<TsMillis> {
        Some(self.span?.start)
    }
}

/// What a `sessionStart` says of app, viewer and suite. Not for messages: all but the suite tells viewers apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// `appInstallationId`.
    pub installation: Option<String>,
    /// `visitor.marketingCloudUserId`.
    pub cloud_user: Option<String>,
    /// `analytics.visitorId`.
    pub visitor: Option<String>,
    /// `analytics.aid`.
    pub analytics: Option<String>,
    /// `analytics.reportSuite`.
    pub suite: Option<String>,
}

impl Identity {
    fn of(start: &Value) -> Identity {
        let params = &start["params"];
        let text = |key: &str| params[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        Identity {
            installation: text("appInstallationId"),
            cloud_user: text("visitor.marketingCloudUserId"),
            visitor: text("analytics.visitorId"),
            analytics: text("analytics.aid"),
            suite: text("analytics.reportSuite"),
        }
    }

    /// What tells this viewer from others, the steadiest first.
    fn viewer(&self) -> Option<&str> {
        let ids = [&self.installation, &self.cloud_user, &self.visitor, &self.analytics];
        ids.into_iter().find_map(Option::as_deref)
    }
}

/// Looks at all sessions of a capture; one entry for each, in their order.
#[must_use]
pub fn viewings(cx: &SessionsCx<'_>) -> Vec<Viewing> {
    let mut all: Vec<Viewing> = cx.sessions().map(|session| viewing(&session)).collect();
    for group in groups(cx, &mut all) {
        for (number, later) in group.iter().enumerate() {
            relate(cx, &mut all, group.get(..number).unwrap_or_default(), *later);
        }
    }
    all
}

fn viewing(cx: &SessionCx<'_>) -> Viewing {
    let is_start = cx.event_type(0) == Some(EventType::SessionStart);
    let Some(start) = cx.event(0).filter(|_| is_start) else { return Viewing::default() };
    let last = (0..cx.len()).rev().find_map(|at| cx.ts(at));
    let span = start.ts().zip(last).map(|(start, last)| Span { start, end: start.max(last) });
    let identity = start.json().map(|json| Identity::of(&json)).unwrap_or_default();
    Viewing { identity, span, ..Viewing::default() }
}

/// Sessions of one media and one viewer, by their start. A session that the API did not open is left out.
fn groups(cx: &SessionsCx<'_>, all: &mut [Viewing]) -> Vec<Vec<usize>> {
    let mut starts: Vec<(TsMillis, usize)> = (all.iter().enumerate())
        .filter(|(number, _)| cx.capture.sessions.get(*number).is_some_and(|it| was_opened(cx, it)))
        .filter_map(|(number, viewing)| Some((viewing.start()?, number)))
        .collect();
    starts.sort_unstable();
    let mut medias: FxHashMap<&str, ()> = FxHashMap::default();
    let mut numbers: FxHashMap<(&str, Option<String>), usize> = FxHashMap::default();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (_, number) in starts {
        let media = cx.capture.sessions.get(number).and_then(|session| session.content.media_id.as_deref());
        let Some((media, viewing)) = media.filter(|id| !id.is_empty()).zip(all.get_mut(number)) else {
            continue;
        };
        viewing.is_repeated = medias.insert(media, ()).is_some();
        let viewer = viewing.identity.viewer().map(str::to_owned);
        let group = *numbers.entry((media, viewer)).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(number);
    }
    groups
}

/// False when every answer to its start was a refusal, or none came, or a fault was injected into it.
fn was_opened(cx: &SessionsCx<'_>, session: &Session) -> bool {
    if was_lost_to_a_fault(cx.capture, session) {
        return false;
    }
    let mut failed = false;
    for exchange in openings(cx.capture, session) {
        match exchange.row().status {
            200..300 => return true,
            0 => {}
            _ => failed = true,
        }
    }
    !failed
}

/// Finds what `later` is to those of its group that started before it.
fn relate(cx: &SessionsCx<'_>, all: &mut [Viewing], earlier: &[usize], later: usize) {
    let overlap_secs = cx.settings.numbers.two_viewers_overlap_secs;
    let twin_secs = cx.settings.numbers.started_twice_within_secs;
    for number in earlier.iter().rev().take(MAX_ASKED) {
        let Some((a, b)) = all[*number].span.zip(all[later].span) else { continue };
        if a.end.min(b.end).secs_since(b.start) > overlap_secs {
            continue;
        }
        let free = all[*number].twin.is_none();
        if free && b.start.secs_since(a.start) <= twin_secs && is_race(cx, *number, later, b.start) {
            all[*number].twin = Some(later);
            all[later].twin = Some(*number);
            // Before both came what came before the first.
            all[later].before = all[*number].before;
        } else {
            all[later].before = Some(*number);
        }
        return;
    }
}

/// One of the two has next to no events, and the first was not ended before the second began. A repeated body is
/// a retry (H015).
fn is_race(cx: &SessionsCx<'_>, first: usize, second: usize, second_start: TsMillis) -> bool {
    let Some((a, b)) = cx.session(first).zip(cx.session(second)) else { return false };
    let is_empty = |cx: &SessionCx<'_>| cx.session.len() <= 1 + MAX_EVENTS_OF_EMPTY;
    let online = |cx: &SessionCx<'_>| !cx.session.mode.is_downloaded();
    let over = matches!(a.session.ending, Ending::Completed | Ending::Ended)
        && a.len().checked_sub(1).and_then(|last| a.ts(last)).is_some_and(|last| last <= second_start);
    let text = |cx: &SessionCx<'_>| cx.event(0).map(|start| start.text().into_owned());
    (is_empty(&a) || is_empty(&b)) && online(&a) && online(&b) && !over && text(&a) != text(&b)
}

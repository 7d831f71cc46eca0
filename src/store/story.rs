//! What a session tells to someone who was not there: captions in the order of time, of what was watched and of
//! what the reports will get wrong. Pure; the words are the window's, by the [`Topic`] of a caption.

use super::judged::{GRAVEST_FIRST, Judged, Scope};
use super::loaded::LoadedCapture;
use crate::metrics::ads::{AdFacts, Ads, BreakFacts, first_main_play};
use crate::metrics::chapters::{ChapterFacts, chapters};
use crate::metrics::lanes::{AdBreak, AdOutcome, Lanes, PlaybackPhase, StatePhase};
use crate::model::capture::Capture;
use crate::model::id::{EventId, SessionId};
use crate::model::machine::Playback;
use crate::model::session::{Ending, Mode, Session};
use crate::model::table::Event;
use crate::rules::finding::{Finding, Severity};
use crate::rules::rule::Family;
use crate::rules::verdict::Verdict;

/// Shorter pauses, stalls and jumps are not told, seconds.
const MIN_TOLD_SECS: f64 = 2.0;
/// So many pauses, stalls and jumps of a session are told, the longest; as many ads, chapters and states, the first.
const MAX_OF_A_KIND: usize = 24;

/// What a caption speaks of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Topic {
    /// What happens, by the key of its words.
    Scene(&'static str),
    /// What is wrong.
    Fault {
        /// Name of the rule that says so.
        rule: &'static str,
        /// Its family.
        family: Family,
        /// How grave it is.
        severity: Severity,
    },
}

/// A value in the words of a caption.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// As it was sent.
    Words(String),
    /// A length or a place, seconds.
    Secs(f64),
    /// A share, 1 for all of it.
    Share(f64),
    /// A number of things.
    Count(u64),
}

/// One sentence or two of the story.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// When, seconds since the session's origin on the client's clock.
    pub secs: f64,
    /// Of what.
    pub topic: Topic,
    /// The values in its words, by name.
    pub values: Vec<(&'static str, Value)>,
    /// The event that it begins with.
    pub event: Option<EventId>,
    /// Its place among captions of the same time.
    rank: Rank,
}

/// What comes first of what happens at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Scene,
    Fault,
    End,
    FaultOfAll,
    Verdict,
}

/// The story of a session; linear in its events. `None` until the rules have spoken.
#[must_use]
pub fn story(loaded: &LoadedCapture, session: SessionId) -> Option<Vec<Caption>> {
    let judged = loaded.judged.as_deref()?;
    let times = loaded.places.times(session);
    let teller = Teller {
        loaded,
        judged,
        capture: &loaded.capture,
        session: loaded.capture.session(session)?,
        lanes: judged.lanes(session)?,
        last_secs: times.last_secs,
    };
    let mut captions = teller.opening();
    captions.extend(teller.ads());
    captions.extend(teller.playback());
    captions.extend(teller.chapters());
    captions.extend(teller.states());
    captions.extend(teller.faults());
    captions.extend(teller.ending());
    // What a wrong length does comes right after the length.
    let place = |caption: &Caption| (caption.rank, !is_of_the_length(caption));
    captions.sort_by(|a, b| a.secs.total_cmp(&b.secs).then_with(|| place(a).cmp(&place(b))));
    Some(captions)
}

struct Teller<'a> {
    loaded: &'a LoadedCapture,
    judged: &'a Judged,
    capture: &'a Capture,
    session: &'a Session,
    lanes: &'a Lanes,
    last_secs: f64,
}

type Values = Vec<(&'static str, Value)>;

impl<'a> Teller<'a> {
    fn event(&self, position: u32) -> Option<Event<'a>> {
        self.capture.event(self.lanes.judged(self.session, position)?)
    }

    /// When an event happened; an event without a usable `ts` stands at the start.
    fn secs_of(&self, event: EventId) -> f64 {
        let ts = self.capture.event(event).and_then(|event| event.ts());
        let secs = ts.and_then(|ts| self.loaded.places.times(self.session.id).secs(ts));
        secs.filter(|secs| secs.is_finite()).map_or(0.0, |secs| secs.clamp(0.0, self.last_secs))
    }

    fn secs(&self, position: u32) -> f64 {
        self.lanes.judged(self.session, position).map_or(0.0, |event| self.secs_of(event))
    }

    fn playhead(&self, position: u32) -> Option<f64> {
        self.event(position)?.playhead().map(|playhead| playhead.0).filter(|secs| secs.is_finite())
    }

    fn scene(&self, position: u32, key: &'static str, values: Values) -> Caption {
        Caption {
            secs: self.secs(position),
            topic: Topic::Scene(key),
            values,
            event: self.lanes.judged(self.session, position),
            rank: Rank::Scene,
        }
    }

    /// Who opens what, and what the player says of it.
    fn opening(&self) -> Vec<Caption> {
        let content = &self.session.content;
        let mut captions = Vec::new();
        if self.session.begins_late {
            captions.push(self.scene(0, "story.begins-late", Vec::new()));
        }
        let name = content.media_name.as_ref().or(content.media_id.as_ref());
        let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let player = self.event(0).and_then(|event| event.text_param("media.playerName"));
        let player = player.filter(|player| !player.trim().is_empty());
        captions.push(match (name, player) {
            (Some(name), Some(player)) => {
                let values = vec![("name", Value::Words(name)), ("player", Value::Words(player))];
                self.scene(0, "story.opened", values)
            }
            (Some(name), None) => self.scene(0, "story.opened.somewhere", vec![("name", Value::Words(name))]),
            (None, _) => self.scene(0, "story.opened.unnamed", Vec::new()),
        });
        if matches!(self.session.mode, Mode::Downloaded | Mode::LegacyDownloaded) {
            captions.push(self.scene(0, "story.offline", Vec::new()));
        }
        match self.length() {
            _ if content.live => captions.push(self.scene(0, "story.live", Vec::new())),
            Some(length) => {
                captions.push(self.scene(0, "story.length", vec![("length", Value::Secs(length))]))
            }
            None if self.session.begins_late => {}
            None => captions.push(self.scene(0, "story.length.none", Vec::new())),
        }
        captions
    }

    /// The length of the content as the player says it, seconds.
    fn length(&self) -> Option<f64> {
        self.session.content.length_secs.filter(|length| length.is_finite() && *length > 0.0)
    }

    fn ads(&self) -> Vec<Caption> {
        let ads = Ads::of(self.capture, self.session, self.lanes);
        let mut captions = Vec::new();
        for ad_break in ads.breaks.iter().filter(|known| !known.is_copy).take(MAX_OF_A_KIND) {
            captions.push(self.ad_break(ad_break));
            let shown = ads.of_break(ad_break).iter().filter(|ad| !ad.is_copy).take(MAX_OF_A_KIND);
            captions.extend((1..).zip(shown).map(|(number, ad)| self.ad(number, ad)));
        }
        captions.extend((1..).zip(ads.astray().take(MAX_OF_A_KIND)).map(|(number, ad)| self.ad(number, ad)));
        captions
    }

    fn ad_break(&self, ad_break: &BreakFacts) -> Caption {
        let start = ad_break.phase.start;
        match ad_break.playhead.filter(|_| !ad_break.is_pre_roll && !self.session.content.live) {
            Some(at) => self.scene(start, "story.break.at", vec![("at", Value::Secs(at))]),
            None if ad_break.is_pre_roll => self.scene(start, "story.break.first", Vec::new()),
            None => self.scene(start, "story.break", Vec::new()),
        }
    }

    fn ad(&self, number: u64, ad: &AdFacts) -> Caption {
        let number = ("number", Value::Count(number));
        let played = ad.played_secs.filter(|secs| *secs >= 0.0).map(|secs| ("secs", Value::Secs(secs)));
        match (ad.phase.outcome, played) {
            (AdOutcome::Completed, Some(secs)) => {
                self.scene(ad.phase.start, "story.ad.completed", vec![number, secs])
            }
            (AdOutcome::Skipped, Some(secs)) => {
                self.scene(ad.phase.start, "story.ad.skipped", vec![number, secs])
            }
            _ => self.scene(ad.phase.start, "story.ad", vec![number]),
        }
    }

    /// When the content plays, stands and jumps.
    fn playback(&self) -> Vec<Caption> {
        let content = |phase: &&PlaybackPhase| !self.lanes.after(phase.start).in_break();
        let phases: Vec<&PlaybackPhase> = self.lanes.playback.iter().filter(content).collect();
        let mut captions = Vec::new();
        if let Some(first) = first_main_play(self.capture, self.session, self.lanes) {
            captions.push(self.scene(first, "story.plays", Vec::new()));
        }
        let first = captions.first().map_or(f64::INFINITY, |caption| caption.secs);
        let goes_on = |ad_break: &&AdBreak| {
            ad_break.end.is_some_and(|end| self.secs(end) > first && !self.is_over(end))
        };
        let ends = self.lanes.breaks.iter().filter(goes_on).take(MAX_OF_A_KIND);
        let ends: Vec<Caption> = (ends.filter_map(|ad_break| ad_break.end))
            .map(|end| self.scene(end, "story.goes-on", Vec::new()))
            .collect();
        captions.extend(ends);
        captions.extend(self.longest(&phases, Playback::Paused, "story.pause"));
        captions.extend(self.longest(&phases, Playback::Buffering, "story.stall"));
        captions.extend(self.jumps(&phases));
        captions
    }

    /// True when nothing of weight comes after a position.
    fn is_over(&self, position: u32) -> bool {
        self.last_secs - self.secs(position) < MIN_TOLD_SECS
    }

    /// The longest phases of a kind that end.
    fn longest(&self, phases: &[&PlaybackPhase], kind: Playback, key: &'static str) -> Vec<Caption> {
        let of_kind = phases.iter().filter(|phase| phase.playback == kind);
        let ended = of_kind.filter_map(|phase| Some((phase.start, phase.end?)));
        let timed = ended.map(|(start, end)| (start, self.secs(end) - self.secs(start)));
        let mut told: Vec<(u32, f64)> = timed.filter(|(_, secs)| *secs >= MIN_TOLD_SECS).collect();
        told.sort_by(|a, b| b.1.total_cmp(&a.1));
        told.truncate(MAX_OF_A_KIND);
        let caption = |(start, secs)| self.scene(start, key, vec![("secs", Value::Secs(secs))]);
        told.into_iter().map(caption).collect()
    }

    /// The widest jumps of the playhead while the content stood: the viewer looked for another place.
    fn jumps(&self, phases: &[&PlaybackPhase]) -> Vec<Caption> {
        let stands =
            |phase: &&&PlaybackPhase| matches!(phase.playback, Playback::Paused | Playback::Buffering);
        let jump = |phase: &&PlaybackPhase| {
            let (end, from) = (phase.end?, self.playhead(phase.start)?);
            let to = self.playhead(end).filter(|_| !self.lanes.after(end).in_break())?;
            ((to - from).abs() >= MIN_TOLD_SECS).then_some((end, from, to))
        };
        let mut told: Vec<(u32, f64, f64)> = phases.iter().filter(stands).filter_map(jump).collect();
        told.sort_by(|a, b| (b.2 - b.1).abs().total_cmp(&(a.2 - a.1).abs()));
        told.truncate(MAX_OF_A_KIND);
        let caption = |(end, from, to): (u32, f64, f64)| {
            let key = if to > from { "story.jump.forward" } else { "story.jump.back" };
            self.scene(end, key, vec![("from", Value::Secs(from)), ("to", Value::Secs(to))])
        };
        told.into_iter().map(caption).collect()
    }

    fn chapters(&self) -> Vec<Caption> {
        let found = chapters(self.capture, self.session, self.lanes);
        let caption = |(number, chapter): (u64, ChapterFacts)| match chapter.name {
            Some(name) => {
                self.scene(chapter.phase.start, "story.chapter", vec![("name", Value::Words(name))])
            }
            None => {
                let number = vec![("number", Value::Count(number))];
                self.scene(chapter.phase.start, "story.chapter.unnamed", number)
            }
        };
        (1..).zip(found).take(MAX_OF_A_KIND).map(caption).collect()
    }

    fn states(&self) -> Vec<Caption> {
        let caption = |state: &StatePhase| {
            self.scene(state.start, "story.state", vec![("name", Value::Words(state.name.clone()))])
        };
        self.lanes.player_states.iter().take(MAX_OF_A_KIND).map(caption).collect()
    }

    /// What is wrong: one caption a rule, where it speaks first.
    fn faults(&self) -> Vec<Caption> {
        let list = self.judged.list(Scope::Session(self.session.id), |severity| severity > Severity::Info);
        let findings = (0..list.len()).filter_map(|row| self.judged.finding(list.get(row)?));
        let mut told: Vec<(Caption, u64)> = Vec::new();
        for finding in findings {
            let same = |known: &&mut (Caption, u64)| matches!(known.0.topic, Topic::Fault { rule, .. } if rule == finding.rule.meta.name);
            match told.iter_mut().find(same) {
                Some((caption, count)) => {
                    let (secs, event, rank) = self.place(finding);
                    if rank == Rank::Fault && (caption.rank != Rank::Fault || secs < caption.secs) {
                        (caption.secs, caption.event, caption.rank) = (secs, event, rank);
                    }
                    *count += u64::from(finding.count);
                }
                None => told.push((self.fault(finding), u64::from(finding.count))),
            }
        }
        let counted = |(mut caption, count): (Caption, u64)| {
            caption.values.push(("n", Value::Count(count)));
            caption
        };
        told.into_iter().map(counted).collect()
    }

    fn fault(&self, finding: &Finding) -> Caption {
        let (secs, event, rank) = self.place(finding);
        let meta = &finding.rule.meta;
        let topic = Topic::Fault { rule: meta.name, family: meta.family, severity: finding.severity };
        let values = self.length().map(|length| ("length", Value::Secs(length))).into_iter().collect();
        Caption { secs, topic, values, event, rank }
    }

    /// Where a finding is told: at its event, or at the end when it is about the whole.
    fn place(&self, finding: &Finding) -> (f64, Option<EventId>, Rank) {
        let carried = || self.capture.exchange(finding.exchange?)?.events().next();
        match finding.event.or_else(carried) {
            Some(event) => (self.secs_of(event), Some(event), Rank::Fault),
            None => (self.last_secs, None, Rank::FaultOfAll),
        }
    }

    /// How it ends, and what the reports make of it.
    fn ending(&self) -> Vec<Caption> {
        let key = match self.session.ending {
            Ending::Completed => "story.end.completed",
            Ending::Ended => "story.end.ended",
            Ending::TimedOut => "story.end.timed-out",
            Ending::Open => "story.end.open",
            Ending::CutOff => "story.end.cut-off",
        };
        let mut captions = vec![self.closing(key, Vec::new(), Rank::End)];
        captions.extend(self.share());
        let verdict = match self.judged.verdict(self.session.id) {
            Some(Verdict::Accepted) => "story.verdict.accepted",
            Some(Verdict::Degraded) => "story.verdict.degraded",
            Some(Verdict::Rejected) => "story.verdict.rejected",
            None => return captions,
        };
        captions.push(self.closing(verdict, Vec::new(), Rank::Verdict));
        captions
    }

    fn closing(&self, key: &'static str, values: Values, rank: Rank) -> Caption {
        Caption { secs: self.last_secs, topic: Topic::Scene(key), values, event: None, rank }
    }

    /// How much of the content the reports will show as seen; said to be wrong where the length is.
    fn share(&self) -> Option<Caption> {
        let length = self.length().filter(|_| !self.session.content.live)?;
        let position = |at: &u32| !self.lanes.after(*at).in_break();
        let n_events = u32::try_from(self.session.len()).unwrap_or(u32::MAX);
        let playheads = (0..n_events).filter(position).filter_map(|at| self.playhead(at));
        let reached = playheads.fold(0.0_f64, f64::max);
        let list = self.judged.list(Scope::Session(self.session.id), |severity| severity >= GRAVEST_FIRST[1]);
        let codes = (0..list.len()).filter_map(|row| self.judged.finding(list.get(row)?));
        let wrong_length =
            codes.map(|finding| finding.rule.meta.name).find(|name| OF_THE_LENGTH.contains(name));
        let key = match wrong_length {
            Some("length-of-the-pre-roll") => "story.share.pre-roll",
            Some(_) => "story.share.wrong",
            None => "story.share",
        };
        let values = vec![
            ("reached", Value::Secs(reached)),
            ("length", Value::Secs(length)),
            ("share", Value::Share(reached / length)),
        ];
        Some(self.closing(key, values, Rank::End))
    }
}

/// Rules that say that the length of the content, or the playhead, is not what it should be.
const OF_THE_LENGTH: [&str; 4] =
    ["length-of-the-pre-roll", "length-in-milliseconds", "playhead-in-milliseconds", "playhead-past-length"];

fn is_of_the_length(caption: &Caption) -> bool {
    matches!(caption.topic, Topic::Fault { rule, .. } if OF_THE_LENGTH.contains(&rule))
}

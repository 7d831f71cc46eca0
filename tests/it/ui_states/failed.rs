//! Panels in which something failed: what, and what to do.

use std::path::PathBuf;

use playtrace::app::command::Command;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::compare::Page;
use playtrace::app::effect::Effect;
use playtrace::app::mending::FixAnswer;
use playtrace::app::prefs::{BottomTab, DetailTab};
use playtrace::app::update::Update;
use playtrace::model::collecting::{Choice, Refused};
use playtrace::model::reason::Reason;

use super::Shows::Failed;
use super::scene::{NOTHING, comparing, headless, judging, none, trying};
use super::{Case, case};

/// What is walked.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "welcome",
            Failed,
            none,
            |at| at.wants(Command::Open(vec![PathBuf::from("/nowhere/at/all.har")])),
            &["notice.not-read", "=/nowhere/at/all.har", "notice.not-read.do", "welcome.title"],
        ),
        case(
            "timeline",
            Failed,
            judging,
            |at| {
                at.opens_faulty();
                at.judging_stops();
            },
            &["waiting.not-judged"],
        ),
        case(
            "clock plot",
            Failed,
            judging,
            |at| {
                at.opens_faulty();
                at.wants(Command::TogglePane(playtrace::app::prefs::Pane::Timeline));
                at.judging_stops();
            },
            &["waiting.not-judged"],
        ),
        case(
            "filter",
            Failed,
            none,
            |at| {
                at.opens_faulty();
                at.filters("finding:eror");
            },
            &["query.unknown-finding", "query.meant"],
        ),
        case(
            "search",
            Failed,
            none,
            |at| {
                at.opens_faulty();
                at.searches("ts>soon");
            },
            &["query.no-time"],
        ),
        case(
            "schema",
            Failed,
            judging,
            |at| {
                at.selects(1);
                at.wants(Command::ShowDetail(DetailTab::Schema));
                at.judging_stops();
            },
            &["waiting.not-judged"],
        ),
        case(
            "findings",
            Failed,
            judging,
            |at| {
                at.opens_faulty();
                at.judging_stops();
            },
            &["findings.stopped", "findings.judge", "notice.judging-stopped", "notice.judging-stopped.do"],
        ),
        case(
            "fix",
            Failed,
            trying,
            |at| {
                at.looks_at_fix();
                let revision = at.asked(|effect| match effect {
                    Effect::TryFix { revision, .. } => Some(*revision),
                    _ => None,
                });
                let answer = FixAnswer::Failed("the draft is of another session".to_owned());
                at.happens(Update::FixTried { revision, answer });
            },
            &["=The fix could not be tried: the draft is of another session", "fix.hide"],
        ),
        case(
            "comparison",
            Failed,
            comparing,
            |at| {
                at.compares(Page::Order);
                let revision = at.asked(|effect| match effect {
                    Effect::Compare { revision, .. } => Some(*revision),
                    _ => None,
                });
                at.happens(Update::Compared { revision, comparison: None });
            },
            &["compare.failed", "compare.again"],
        ),
        case(
            "conversion",
            Failed,
            none,
            |at| {
                at.opens("headless.json", headless());
                at.wants(Command::Compare(CompareCommand::Show(Page::Conversion)));
            },
            &["compare.not-converted", "refusal.no-session-start"],
        ),
        case(
            "send",
            Failed,
            none,
            |at| {
                at.opens_faulty();
                at.shows_below(BottomTab::Outbox);
                let mut form = at.window.state().state().prefs.sending.clone();
                form.target = "https://far.example.com".to_owned();
                at.wants(Command::EditSending(form));
                at.wants(Command::Send);
            },
            &["refusal.host-not-allowed", "=far.example.com", "outbox.send"],
        ),
        case(
            "collect",
            Failed,
            none,
            |at| {
                at.wants(Command::StartCollector);
                let refused = Refused::of(Choice::Listen, Reason::of_system(&"the port is in use"));
                at.happens(Update::CollectorFailed { refused });
            },
            &["=the port is in use", "capture.start"],
        ),
        case(
            "collect",
            Failed,
            none,
            |at| {
                at.collector_starts();
                at.happens(Update::JournalTrouble { why: Some(Reason::of_system(&"the disk is full")) });
            },
            &["=the disk is full", "status.trouble"],
        ),
        case(
            "story",
            Failed,
            judging,
            |at| {
                at.opens_faulty();
                at.wants(Command::Story(StoryCommand::Toggle));
            },
            &["notice.story-not-judged", "notice.story-not-judged.do"],
        ),
        case(
            "messages",
            Failed,
            none,
            |at| at.opens("none.txt", NOTHING),
            &["notice.nothing-found", "notice.nothing-found.do", "notice.dismiss"],
        ),
    ]
}

//! Panels that wait for something: for what, and how to stop it.

use playtrace::app::command::Command;
use playtrace::app::command::marking::MarkingCommand;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::compare::Page;
use playtrace::app::effect::Effect;
use playtrace::app::prefs::{BottomTab, DetailTab};
use playtrace::app::update::Update;

use super::Shows::Waits;
use super::scene::{
    Scene, comparing, converting, counting, drawing, filtering, finding, judging, none, planning, reading,
    telling, trying,
};
use super::{Case, case};

/// What is walked.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case("welcome", Waits, reading, Scene::opens_faulty, &["job.open", "job.cancel", "welcome.title"]),
        case(
            "session list",
            Waits,
            judging,
            Scene::opens_faulty,
            &["verdict.pending", "job.judge", "job.cancel"],
        ),
        case("middle", Waits, none, Scene::collector_starts, &["middle.waiting", "middle.waiting.do"]),
        case("timeline", Waits, drawing, Scene::opens_faulty, &["timeline.waiting"]),
        case("clock plot", Waits, judging, Scene::opens_faulty, &["timeline.waiting", "job.cancel"]),
        case(
            "event table",
            Waits,
            filtering,
            |at| {
                at.opens_faulty();
                at.filters("ping");
                let revision = at.asked(|effect| match effect {
                    Effect::Filter { revision, .. } => Some(*revision),
                    _ => None,
                });
                at.happens(Update::FilterProgress { revision, done: 1, total: 4 });
            },
            &["events.filtering.at"],
        ),
        case(
            "search",
            Waits,
            finding,
            |at| {
                at.opens_faulty();
                at.searches("ping");
            },
            &["search.running", "search.stop"],
        ),
        case("detail", Waits, judging, Scene::opens_faulty, &["verdict.pending"]),
        case(
            "schema",
            Waits,
            judging,
            |at| {
                at.selects(1);
                at.wants(Command::ShowDetail(DetailTab::Schema));
            },
            &["schema.not-judged"],
        ),
        case("findings", Waits, judging, Scene::opens_faulty, &["findings.pending", "job.cancel"]),
        case("fix", Waits, trying, Scene::looks_at_fix, &["fix.trying", "fix.hide"]),
        case(
            "measure",
            Waits,
            counting,
            |at| {
                at.opens_faulty();
                at.shows_below(BottomTab::Measure);
                at.wants(Command::Marking(MarkingCommand::SetRange { from: 1.0, to: 20.0 }));
            },
            &["measure.counting", "measure.clear"],
        ),
        case(
            "comparison",
            Waits,
            comparing,
            |at| at.compares(Page::Order),
            &["compare.working", "compare.leave"],
        ),
        case("comparison", Waits, judging, |at| at.compares(Page::Lanes), &["compare.lanes.waiting"]),
        case("conversion", Waits, converting, |at| at.compares(Page::Conversion), &["compare.converting"]),
        case(
            "send",
            Waits,
            planning,
            |at| {
                at.opens_faulty();
                at.shows_below(BottomTab::Outbox);
                at.wants(Command::DryRun);
            },
            &["outbox.stop", "job.send", "job.cancel"],
        ),
        case("collect", Waits, none, |at| at.wants(Command::StartCollector), &["capture.starting"]),
        case(
            "collect",
            Waits,
            none,
            |at| {
                at.collector_starts();
                at.wants(Command::StopCollector);
            },
            &["capture.stopping"],
        ),
        case(
            "story",
            Waits,
            telling,
            |at| {
                at.opens_faulty();
                at.wants(Command::Story(StoryCommand::Toggle));
            },
            &["story.waiting", "story.leave"],
        ),
    ]
}

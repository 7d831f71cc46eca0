//! Panels that show what they are for.

use std::path::PathBuf;

use eframe::egui::Key;
use playtrace::app::command::Command;
use playtrace::app::command::look::LookCommand;
use playtrace::app::command::marking::MarkingCommand;
use playtrace::app::command::marks::MarkCommand;
use playtrace::app::command::palette::PaletteCommand;
use playtrace::app::command::saved_filter::SavedFilterCommand;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::compare::Page;
use playtrace::app::item::Item;
use playtrace::app::prefs::{BottomTab, DetailTab};
use playtrace::model::id::EventId;

use super::Shows::Full;
use super::scene::{DEMO_WITHOUT_FAULT, Scene, none};
use super::{Case, case};

/// What is walked.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "welcome",
            Full,
            none,
            |at| {
                let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/live-match.session");
                at.wants(Command::Open(vec![PathBuf::from(path)]));
                at.wants(Command::CloseShown);
            },
            &["welcome.recent", "=live-match.session"],
        ),
        case(
            "session list",
            Full,
            none,
            Scene::opens_faulty,
            &["verdict.degraded", "=Faulty film", "sessions.filter"],
        ),
        case(
            "timeline",
            Full,
            none,
            Scene::opens_faulty,
            &["timeline.summary", "timeline.ruler", "overview.summary"],
        ),
        case("clock plot", Full, none, Scene::opens_faulty, &["plot.summary"]),
        case("traces", Full, none, Scene::opens_faulty, &["trace.summary"]),
        case(
            "event table",
            Full,
            none,
            Scene::opens_faulty,
            &["events.shown", "=Event 0", "events.problems"],
        ),
        case(
            "search",
            Full,
            none,
            |at| {
                at.opens_faulty();
                at.searches("ping");
            },
            &["search.hits.many"],
        ),
        case(
            "saved filters",
            Full,
            none,
            |at| {
                at.opens_faulty();
                at.filters("ping");
                at.wants(Command::SavedFilter(SavedFilterCommand::Save("Pings".to_owned())));
                at.wants(Command::SavedFilter(SavedFilterCommand::ToggleList));
            },
            &["saved.delete", "=Pings", "saved.name"],
        ),
        case(
            "columns",
            Full,
            none,
            |at| {
                at.opens_faulty();
                at.wants(Command::Table(TableCommand::ToggleColumns));
            },
            &["columns.title", "columns.hide", "columns.width", "columns.show", "columns.member"],
        ),
        case(
            "detail",
            Full,
            none,
            |at| at.selects(1),
            &["detail.fields", "detail.ts", "=eventType: \"play\""],
        ),
        case(
            "detail",
            Full,
            none,
            Scene::opens_faulty,
            &["session.mode", "detail.hint", "verdict.degraded.words"],
        ),
        case(
            "raw",
            Full,
            none,
            |at| {
                at.selects(1);
                at.wants(Command::ShowDetail(DetailTab::Raw));
            },
            &["raw.at", "raw.copy"],
        ),
        case(
            "request",
            Full,
            none,
            |at| {
                at.opens("demo.session", DEMO_WITHOUT_FAULT);
                let capture = at.window.state().state().captures[0].id;
                at.wants(Command::Select(Item::Event(capture, EventId(1))));
                at.wants(Command::ShowDetail(DetailTab::Exchange));
            },
            &["request.number", "answer.title", "request.body"],
        ),
        case(
            "schema",
            Full,
            none,
            |at| {
                at.selects(1);
                at.wants(Command::ShowDetail(DetailTab::Schema));
            },
            &["schema.set", "=documented", "raw.copy"],
        ),
        case(
            "context",
            Full,
            none,
            |at| {
                at.selects(6);
                at.wants(Command::ShowDetail(DetailTab::Context));
            },
            &["context.previous", "context.event", "context.session"],
        ),
        case(
            "findings",
            Full,
            none,
            Scene::opens_faulty,
            &["findings.place", "=Error MC-S005", "findings.whole"],
        ),
        case(
            "explanation",
            Full,
            none,
            |at| {
                at.selects_fixable();
            },
            &["=What it checks", "=wrong-json-type", "fix.show", "ignore.button"],
        ),
        case("fix", Full, none, Scene::looks_at_fix, &["fix.safe", "fix.take", "fix.event", "fix.comes-to"]),
        case(
            "marks",
            Full,
            none,
            |at| {
                at.selects(2);
                at.wants(Command::Mark(MarkCommand::Toggle));
                at.shows_below(BottomTab::Marks);
            },
            &["marks.row", "marks.edit.of", "marks.remove.of", "marks.no-note"],
        ),
        case(
            "measure",
            Full,
            none,
            |at| {
                at.opens_faulty();
                at.shows_below(BottomTab::Measure);
                at.wants(Command::Marking(MarkingCommand::SetRange { from: 1.0, to: 20.0 }));
            },
            &["measure.from-to", "measure.events", "measure.ratio", "count.findings.many"],
        ),
        case("comparison", Full, none, |at| at.compares(Page::Order), &["compare.counts", "compare.swap"]),
        case(
            "comparison",
            Full,
            none,
            |at| at.compares(Page::Lanes),
            &["compare.lanes.summary", "compare.never"],
        ),
        case("comparison", Full, none, |at| at.compares(Page::Metadata), &["compare.what", "=media.name"]),
        case(
            "comparison",
            Full,
            none,
            |at| at.compares(Page::Cadence),
            &["session.ending", "compare.main-pings"],
        ),
        case(
            "conversion",
            Full,
            none,
            |at| at.compares(Page::Conversion),
            &["compare.summary", "compare.as-it-is", "compare.converted"],
        ),
        case(
            "send",
            Full,
            none,
            |at| {
                at.opens_faulty();
                at.shows_below(BottomTab::Outbox);
                let mut form = at.window.state().state().prefs.sending.clone();
                form.mode = playtrace::outbox::plan::SendMode::Downloaded;
                at.wants(Command::EditSending(form));
                at.wants(Command::DryRun);
            },
            &["outbox.planned", "=POST /api/v1/downloaded"],
        ),
        case(
            "collect",
            Full,
            none,
            |at| {
                at.collector_starts();
                at.shows_below(BottomTab::Capture);
            },
            &["capture.address", "=http://127.0.0.1:8787", "capture.stop", "status.collecting"],
        ),
        case(
            "story",
            Full,
            none,
            |at| {
                at.opens_faulty();
                at.wants(Command::Story(StoryCommand::Toggle));
            },
            &["story.scene", "story.opened", "story.play", "story.of", "timeline.summary", "plot.summary"],
        ),
        case(
            "dialogs",
            Full,
            none,
            |at| at.wants(Command::Look(LookCommand::ToggleSettings)),
            &[
                "settings.title",
                "menu.language",
                "command.theme-dark",
                "command.variant-high-contrast",
                "command.letter-keys",
            ],
        ),
        case("dialogs", Full, none, |at| at.wants(Command::ToggleHelp), &["help.title", "command.open.tip"]),
        case(
            "dialogs",
            Full,
            none,
            |at| at.wants(Command::ToggleAbout),
            &["about.what", "about.adobe", "help.close"],
        ),
        case(
            "dialogs",
            Full,
            none,
            |at| at.wants(Command::Palette(PaletteCommand::Toggle)),
            &["palette.hint", "command.open"],
        ),
        case(
            "dialogs",
            Full,
            none,
            |at| {
                at.collector_starts();
                at.wants(Command::Quit);
            },
            &["question.quit.title", "question.quit", "question.quit.yes", "question.no"],
        ),
        case(
            "dialogs",
            Full,
            none,
            |at| {
                at.selects(2);
                at.window.key_press_modifiers(eframe::egui::Modifiers::SHIFT, Key::M);
                at.window.run_steps(4);
            },
            &["marks.note", "marks.note.at", "marks.note.hint", "marks.note.keep"],
        ),
        case(
            "messages",
            Full,
            none,
            |at| {
                at.opens_faulty();
                at.wants(Command::Project(playtrace::app::command::project::ProjectCommand::Save));
            },
            &["notice.project-no-place", "notice.project-no-place.do", "notice.dismiss"],
        ),
    ]
}

//! Panels with nothing to show: what they are for, and what to do.

use playtrace::app::command::Command;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::palette::PaletteCommand;
use playtrace::app::command::saved_filter::SavedFilterCommand;
use playtrace::app::compare::Page;
use playtrace::app::item::Item;
use playtrace::app::mending::Ignore;
use playtrace::app::prefs::{BottomTab, DetailTab};
use playtrace::model::id::{EventId, SessionId};

use super::Shows::Empty;
use super::scene::{NOTHING, Scene, bare, headless, none, strange};
use super::{Case, case};

/// What is walked.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "welcome",
            Empty,
            none,
            |_| {},
            &[
                "welcome.title",
                "welcome.what",
                "command.open",
                "welcome.or",
                "welcome.collect",
                "welcome.play",
                "welcome.demo",
                "status.nothing",
            ],
        ),
        case(
            "session list",
            Empty,
            none,
            |at| at.opens("none.txt", NOTHING),
            &["sessions.title", "sessions.none"],
        ),
        case(
            "session list",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                at.wants(Command::SetSessionFilter("zzz".to_owned()));
            },
            &["sessions.none-pass", "events.clear", "=zzz"],
        ),
        case(
            "middle",
            Empty,
            none,
            |at| at.opens("none.txt", NOTHING),
            &["middle.no-session", "middle.no-session.do"],
        ),
        case("clock plot", Empty, none, |at| at.opens("bare.json", bare()), &["plot.empty"]),
        case(
            "event table",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                at.filters("zzz");
            },
            &["events.none", "events.clear", "events.shown"],
        ),
        case(
            "search",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                at.searches("zzz");
            },
            &["search.none", "search.hint", "search.close"],
        ),
        case(
            "saved filters",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                at.wants(Command::SavedFilter(SavedFilterCommand::ToggleList));
            },
            &["saved.title", "saved.none", "saved.nothing"],
        ),
        case("detail", Empty, none, |at| at.opens("none.txt", NOTHING), &["detail.nothing"]),
        case(
            "request",
            Empty,
            none,
            |at| {
                at.selects(1);
                at.wants(Command::ShowDetail(DetailTab::Exchange));
            },
            &["detail.no-request"],
        ),
        case(
            "schema",
            Empty,
            none,
            |at| {
                at.opens("strange.json", strange());
                let capture = at.window.state().state().captures[0].id;
                at.wants(Command::Select(Item::Event(capture, EventId(1))));
                at.wants(Command::ShowDetail(DetailTab::Schema));
            },
            &["schema.unknown-type"],
        ),
        case(
            "context",
            Empty,
            none,
            |at| {
                at.opens("headless.json", headless());
                let capture = at.window.state().state().captures[0].id;
                at.wants(Command::Select(Item::Event(capture, EventId(0))));
                at.wants(Command::ShowDetail(DetailTab::Context));
            },
            &["context.first", "context.none"],
        ),
        case(
            "findings",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                let capture = at.window.state().state().captures[0].id;
                let what = Ignore::Session(SessionId(0));
                at.wants(Command::Ignore { capture, what, reason: String::new() });
            },
            &["findings.none"],
        ),
        case(
            "findings",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                for severity in playtrace::store::judged::GRAVEST_FIRST {
                    at.wants(Command::ToggleSeverity(severity));
                }
            },
            &["findings.none-listed"],
        ),
        case("explanation", Empty, none, Scene::opens_faulty, &["explain.none"]),
        case(
            "marks",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                at.shows_below(BottomTab::Marks);
            },
            &["marks.none", "marks.no-place"],
        ),
        case(
            "marks",
            Empty,
            none,
            |at| {
                at.opens("none.txt", NOTHING);
                at.shows_below(BottomTab::Marks);
            },
            &["marks.no-session"],
        ),
        case(
            "measure",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                at.shows_below(BottomTab::Measure);
            },
            &["measure.cursors.hint", "measure.range.hint"],
        ),
        case(
            "measure",
            Empty,
            none,
            |at| {
                at.opens("none.txt", NOTHING);
                at.shows_below(BottomTab::Measure);
            },
            &["measure.no-session"],
        ),
        case(
            "comparison",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                at.wants(Command::Compare(CompareCommand::Toggle));
            },
            &["compare.no-other", "compare.no-other.do", "compare.leave"],
        ),
        case(
            "comparison",
            Empty,
            none,
            |at| {
                at.opens("one.json", headless());
                at.opens("two.json", headless());
                at.wants(Command::Compare(CompareCommand::Show(Page::Metadata)));
            },
            &["compare.no-start"],
        ),
        case(
            "send",
            Empty,
            none,
            |at| {
                at.opens_faulty();
                at.shows_below(BottomTab::Outbox);
            },
            &["outbox.no-plan", "outbox.untouched", "outbox.send", "outbox.dry-run"],
        ),
        case(
            "send",
            Empty,
            none,
            |at| {
                at.opens("none.txt", NOTHING);
                at.shows_below(BottomTab::Outbox);
            },
            &["outbox.no-session"],
        ),
        case(
            "collect",
            Empty,
            none,
            |at| at.shows_below(BottomTab::Capture),
            &["capture.off", "capture.start", "capture.mode.stand-in.what", "capture.promise"],
        ),
        case(
            "dialogs",
            Empty,
            none,
            |at| {
                at.wants(Command::Palette(PaletteCommand::Toggle));
                at.window.event(eframe::egui::Event::Text("zzzz".to_owned()));
                at.window.run_steps(4);
            },
            &["palette.nothing"],
        ),
        case(
            "dialogs",
            Empty,
            none,
            |at| at.wants(Command::EditPath(String::new())),
            &["path.title", "path.hint", "path.name", "path.open", "path.cancel"],
        ),
    ]
}

//! Every panel in each of its states: what a user reads there while it is empty, waits, has failed or is full.

mod empty;
mod failed;
mod full;
mod scene;
mod waiting;

use egui_kittest::kittest::NodeT as _;
use playtrace::app::command::Command;
use playtrace::app::effect::Effect;
use playtrace::app::prefs::BottomTab;
use playtrace::app::update::Update;
use playtrace::ui::text::text;

use self::Shows::{Empty, Failed, Full, Waits};
use self::scene::{Scene, judging, planning};

/// What a panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// Nothing is there: what the panel is for, and what to do.
    Empty,
    /// It is being worked out.
    Waits,
    /// It could not be done: what, and what to do.
    Failed,
    /// What it is for.
    Full,
}

/// A panel in one of its states.
struct Case {
    panel: &'static str,
    shows: Shows,
    /// Which wishes get no answer.
    holds: fn(&Effect) -> bool,
    reach: fn(&mut Scene),
    /// Keys of the texts that are to be read there; after `=` words that are no text of the table.
    says: &'static [&'static str],
}

const fn case(
    panel: &'static str,
    shows: Shows,
    holds: fn(&Effect) -> bool,
    reach: fn(&mut Scene),
    says: &'static [&'static str],
) -> Case {
    Case { panel, shows, holds, reach, says }
}

/// All panels, and the states that each can be in.
const PANELS: [(&str, &[Shows]); 28] = [
    ("welcome", &[Empty, Waits, Failed, Full]),
    ("session list", &[Empty, Waits, Full]),
    ("middle", &[Empty, Waits]),
    ("timeline", &[Waits, Failed, Full]),
    ("clock plot", &[Empty, Waits, Failed, Full]),
    ("traces", &[Full]),
    ("event table", &[Empty, Waits, Full]),
    ("filter", &[Failed]),
    ("search", &[Empty, Waits, Failed, Full]),
    ("saved filters", &[Empty, Full]),
    ("columns", &[Full]),
    ("detail", &[Empty, Waits, Full]),
    ("raw", &[Full]),
    ("request", &[Empty, Full]),
    ("schema", &[Empty, Waits, Failed, Full]),
    ("context", &[Empty, Full]),
    ("findings", &[Empty, Waits, Failed, Full]),
    ("explanation", &[Empty, Full]),
    ("fix", &[Waits, Failed, Full]),
    ("marks", &[Empty, Full]),
    ("measure", &[Empty, Waits, Full]),
    ("comparison", &[Empty, Waits, Failed, Full]),
    ("conversion", &[Waits, Failed, Full]),
    ("send", &[Empty, Waits, Failed, Full]),
    ("collect", &[Empty, Waits, Failed, Full]),
    ("story", &[Waits, Failed, Full]),
    ("dialogs", &[Empty, Full]),
    ("messages", &[Failed, Full]),
];

#[track_caller]
fn says_it(cases: Vec<Case>) {
    let mut silent = Vec::new();
    for case in cases {
        let mut scene = Scene::new(case.holds);
        (case.reach)(&mut scene);
        for said in case.says {
            let words = said.strip_prefix('=').unwrap_or_else(|| text(said));
            assert_ne!(words, "(no text)", "{said} is no text");
            if !scene.reads(words) {
                silent.push(format!("{} ({:?}): {said}", case.panel, case.shows));
            }
        }
    }
    assert!(silent.is_empty(), "not to be read: {silent:#?}");
}

#[test]
fn an_empty_panel_says_what_it_is_for_and_what_to_do() {
    says_it(empty::cases());
}

#[test]
fn a_panel_that_waits_says_for_what_and_can_be_told_to_stop() {
    says_it(waiting::cases());
}

#[test]
fn a_panel_that_failed_says_what_and_what_to_do() {
    says_it(failed::cases());
}

#[test]
fn a_full_panel_shows_what_it_is_for() {
    says_it(full::cases());
}

#[test]
fn every_panel_is_walked_in_every_state_that_it_can_be_in() {
    let cases: Vec<Case> =
        [empty::cases(), waiting::cases(), failed::cases(), full::cases()].into_iter().flatten().collect();
    for case in &cases {
        let known = PANELS.iter().any(|(panel, states)| *panel == case.panel && states.contains(&case.shows));
        assert!(known, "{} {:?} is not among the panels", case.panel, case.shows);
    }
    for (panel, states) in PANELS {
        for shows in states {
            let walked = cases.iter().any(|case| case.panel == panel && case.shows == *shows);
            assert!(walked, "{panel} {shows:?} is not walked");
        }
    }
}

#[test]
fn judging_that_was_stopped_is_taken_up_again() {
    let mut scene = Scene::new(judging);
    scene.opens_faulty();
    scene.judging_stops();
    let n_asked = scene.outside.left.borrow().len();
    let button = scene
        .window
        .root()
        .children_recursive()
        .find(|node| node.accesskit_node().label().as_deref() == Some(text("findings.judge")));
    button.expect("it is offered").click();
    scene.window.run_steps(4);
    assert!(scene.outside.left.borrow().len() > n_asked, "the rules are asked again");
    assert!(scene.reads(text("findings.pending")));
}

#[test]
fn a_send_that_fails_inside_is_said_and_ends() {
    let mut scene = Scene::new(planning);
    scene.opens_faulty();
    scene.shows_below(BottomTab::Outbox);
    scene.wants(Command::DryRun);
    let job = scene.job_of_sending();
    let why = playtrace::outbox::refusal::Refusal::Inside("a panic".to_owned());
    scene.happens(Update::Refused { job, why });
    assert!(scene.reads(text("refusal.inside")) && scene.reads("a panic"));
    assert!(scene.window.state().state().sending.job.is_none());
}

//! The story of a session: its captions alone say what was watched and what the reports will get wrong.

use playtrace::app::command::Command;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::prefs::Language;
use playtrace::rules;
use playtrace::rules::rule::Level;
use playtrace::store::story::{Caption, Topic};
use playtrace::ui::story::words;
use playtrace::ui::text::{speak, text_in};

use crate::silent::capture;
use crate::support::window::Desk;

/// The pre-roll whose length was sent as that of the content.
const PRE_ROLL: &str = "clients/theo-b035ef3-predur.har";

fn desk(bytes: Vec<u8>) -> Desk {
    let mut desk = Desk::default();
    desk.wants(Command::OpenText { name: "capture".to_owned(), bytes });
    desk.wants(Command::Story(StoryCommand::Toggle));
    desk
}

fn captions(desk: &Desk) -> &[Caption] {
    desk.state.story.captions.as_deref().expect("the story is told")
}

/// The words of all captions of the first session.
fn told(bytes: Vec<u8>, language: Language) -> Vec<String> {
    let desk = desk(bytes);
    speak(language);
    let told = captions(&desk).iter().map(words).collect();
    speak(Language::English);
    told
}

#[test]
fn the_captions_say_that_the_length_of_the_pre_roll_was_sent_as_the_contents_and_what_reports_then_show() {
    let told = told(capture(PRE_ROLL), Language::English);
    let expected = [
        "A viewer opens “Théo clip” in the player THEOplayer",
        "The player says that it is 15\u{a0}s long",
        "The length of the ad before the content, 15\u{a0}s, was sent as the length of the content. The reports will \
         measure progress by it: they will show the content as nearly or wholly seen after a few seconds, whatever \
         was really watched",
        "Before the content there are ads",
        "Ad 1 is shown to its end: 5\u{a0}s",
        "The content begins to play",
        "The player reports that the content was seen to its end",
        "The viewer came to 12\u{a0}s of the content. The reports will set that against 15\u{a0}s, the length of the \
         ads, and show 80\u{a0}% of the content as seen: a wrong number, for how long the content really is was \
         never sent",
        "In short: the session is taken, but the reports will be wrong",
    ];
    let mut left = told.iter();
    for words in expected {
        assert!(left.any(|told| told == words), "in this order: {words}\n{told:#?}");
    }
}

#[test]
fn the_story_is_told_in_french() {
    let told = told(capture(PRE_ROLL), Language::French);
    let expected = [
        "Un spectateur ouvre «\u{a0}Théo clip\u{a0}» dans le lecteur THEOplayer",
        "La durée de la publicité qui précède, 15\u{a0}s, a été envoyée comme celle du contenu. Les rapports \
         mesureront la progression avec elle\u{a0}: ils montreront le contenu comme presque ou entièrement vu au \
         bout de quelques secondes, quoi qu’on ait vraiment regardé",
        "Avant le contenu, il y a de la publicité",
        "En bref\u{a0}: la session est acceptée, mais les rapports seront faux",
    ];
    let mut left = told.iter();
    for words in expected {
        assert!(left.any(|told| told == words), "in this order: {words}\n{told:#?}");
    }
}

#[test]
fn pauses_jumps_skipped_ads_and_the_end_are_told() {
    let session = "@vod length=600 media.name=\"Film\"
+0   sessionStart
+0   play
+10  ping
+20  pauseStart ph=20
+50  play ph=300
+60  ping ph=310
+62  adBreakStart ph=312 podIndex=1 podSecond=312
+62  adStart ph=312 length=15
+65  adSkip ph=312
+65  adBreakComplete ph=312
+65  play ph=312
+75  ping ph=322
+80  sessionEnd ph=327
";
    let told = told(session.as_bytes().to_vec(), Language::English);
    for words in [
        "The viewer pauses for 30\u{a0}s",
        "The viewer jumps forward, from 20\u{a0}s to 5\u{a0}min\u{a0}00\u{a0}s",
        "The content is interrupted by ads, at 5\u{a0}min\u{a0}12\u{a0}s",
        "Ad 1 is skipped after 3\u{a0}s",
        "The ads are over, the content goes on",
        "The viewer leaves before the end",
    ] {
        assert!(told.iter().any(|told| told == words), "{words}\n{told:#?}");
    }
}

#[test]
fn no_caption_of_any_capture_shows_a_hole_or_a_key() {
    let names = ["clients/theo-vod.har", "clients/theo-lag.har", "clients/js310-live-audio-virt.har"];
    let more =
        ["clients/android312-dlfull.json", "clients/cc303-vod.har", "clients/js310-expire404-virt.har"];
    for name in names.into_iter().chain(more).chain([PRE_ROLL]) {
        for language in [Language::English, Language::French] {
            let told = told(capture(name), language);
            assert!(told.len() > 2, "{name}");
            for words in told {
                assert!(!words.contains(['{', '}']) && !words.contains("(no text)"), "{name}: {words}");
            }
        }
    }
}

#[test]
fn captions_are_in_the_order_of_time_and_tell_each_rule_once() {
    let desk = desk(capture(PRE_ROLL));
    let captions = captions(&desk);
    assert!(captions.is_sorted_by(|a, b| a.secs <= b.secs));
    let mut rules: Vec<&str> = Vec::new();
    for caption in captions {
        if let Topic::Fault { rule, .. } = caption.topic {
            assert!(!rules.contains(&rule), "{rule}");
            rules.push(rule);
        }
    }
    assert_eq!(rules.len(), 7, "P014 speaks twice and is told once: {rules:?}");
}

#[test]
fn every_rule_that_warns_has_words_of_its_own_or_of_its_family() {
    for rule in rules::all().filter(|rule| rule.meta.level >= Level::Warn) {
        let own = format!("story.rule.{}", rule.meta.name);
        let family = format!("story.family.{}", rule.meta.family.name());
        for language in [Language::English, Language::French] {
            let words = text_in(language, &own).or(text_in(language, &family));
            assert!(words.is_some(), "{}", rule.meta.name);
        }
    }
}

#[test]
fn every_text_for_a_rule_is_for_one_that_there_is() {
    for (key, ..) in playtrace::ui::text::rows() {
        if let Some(name) = key.strip_prefix("story.rule.") {
            assert!(rules::all().any(|rule| rule.meta.name == name), "{key}");
        }
    }
}

#[test]
fn the_story_waits_until_a_caption_could_be_read_and_plays_faster_when_asked() {
    let mut desk = desk(capture(PRE_ROLL));
    desk.wants(Command::Story(StoryCommand::Tick { secs: 0.5 }));
    assert_eq!(desk.state.story.at, 0, "it does not play yet");
    desk.wants(Command::Story(StoryCommand::PlayOrPause));
    let tick = |desk: &mut Desk, n: usize| {
        (0..n).for_each(|_| desk.wants(Command::Story(StoryCommand::Tick { secs: 0.25 })));
    };
    tick(&mut desk, 11);
    assert_eq!(desk.state.story.at, 0, "2.75 s do not suffice");
    tick(&mut desk, 1);
    assert_eq!(desk.state.story.at, 1);
    let at_play = captions(&desk).iter().position(|caption| caption.topic == Topic::Scene("story.plays"));
    let at_play = at_play.expect("the content plays");
    while desk.state.story.at < at_play {
        desk.wants(Command::Story(StoryCommand::Next));
    }
    let secs = desk.state.story.secs;
    tick(&mut desk, 4);
    assert!((desk.state.story.secs - secs - 1.0).abs() < 1e-6, "real time");
    desk.wants(Command::Story(StoryCommand::SetSpeed(4.0)));
    tick(&mut desk, 4);
    assert!((desk.state.story.secs - secs - 5.0).abs() < 1e-6, "four times faster");
    desk.wants(Command::Story(StoryCommand::SetSpeed(1e9)));
    assert_eq!(desk.state.story.speed, 60.0);
    let mut ticks = 0;
    while desk.state.story.playing {
        tick(&mut desk, 1);
        ticks += 1;
        assert!(ticks < 1000, "it comes to its end");
    }
    assert_eq!(desk.state.story.at + 1, captions(&desk).len());
    desk.wants(Command::Story(StoryCommand::PlayOrPause));
    assert_eq!((desk.state.story.at, desk.state.story.playing), (0, true), "from the beginning");
}

#[test]
fn the_line_of_the_story_stays_in_view() {
    let mut desk = desk(capture(PRE_ROLL));
    desk.wants(Command::ShowRange { from: 0.0, to: 1.0 });
    let last = captions(&desk).last().expect("captions").secs;
    for _ in 0..captions(&desk).len() {
        desk.wants(Command::Story(StoryCommand::Next));
    }
    let view = desk.state.time_view;
    assert!((view.from..=view.to).contains(&last) && view.width() < 2.0, "{view:?}");
}

#[test]
fn escape_leaves_the_story_and_what_is_shown_no_more_is_not_told() {
    let mut first = desk(capture(PRE_ROLL));
    let selection = first.state.selection;
    first.wants(Command::ClearSelection);
    assert!(!first.state.story.is_open());
    assert_eq!(first.state.selection, selection, "nothing else was cleared");
    let mut second = desk(capture(PRE_ROLL));
    second.wants(Command::CloseShown);
    assert!(!second.state.story.is_open());
    second.wants(Command::Story(StoryCommand::PlayOrPause));
    assert!(!second.state.story.is_open(), "nothing is open");
}

//! The pages of the rules: complete, and true when their examples are run.

use playtrace::config::Config;
use playtrace::rules;
use playtrace::rules::rule::Rule;

use crate::support::examples::{Block, assert_none, blocks, run};

const HEADINGS: [&str; 5] = ["What it checks", "Why it matters", "Example", "Instead", "Source"];

fn examples(rule: &Rule) -> Vec<Block> {
    blocks(rule.meta.name, rule.meta.docs)
}

#[test]
fn every_page_has_the_five_headings_in_order_each_with_text() {
    for rule in rules::all() {
        let sections: Vec<&str> = rule.meta.docs.split("\n ## ").collect();
        let first = sections[0].trim_start().trim_start_matches("## ");
        let sections = std::iter::once(first).chain(sections[1..].iter().copied());
        let (titles, texts): (Vec<&str>, Vec<&str>) =
            sections.map(|section| section.split_once('\n').unwrap_or((section, ""))).unzip();
        let titles: Vec<&str> = titles.into_iter().map(str::trim).collect();
        assert_eq!(titles, HEADINGS, "{}", rule.meta.name);
        for (title, text) in titles.iter().zip(texts) {
            assert!(!text.trim().is_empty(), "{}: nothing under {title}", rule.meta.name);
        }
    }
}

#[test]
fn every_page_shows_the_rule_fire_under_example_and_silent_under_instead() {
    for rule in rules::all() {
        let name = rule.meta.name;
        let examples = examples(rule);
        let names_it = |block: &Block| {
            let listed = |items: &Vec<(String, String)>| items.iter().any(|(_, rule)| rule == name);
            block.items.as_ref().map_or_else(|| block.text.contains(name), listed)
        };
        let under =
            |heading: &str| examples.iter().filter(|block| block.heading == heading).collect::<Vec<_>>();
        assert!(under("Example").iter().any(|block| names_it(block)), "{name}: no firing example");
        assert!(!under("Instead").is_empty(), "{name}: no silent example");
        assert!(!under("Instead").iter().any(|block| names_it(block)), "{name}: fires under Instead");
    }
}

#[test]
fn every_example_shows_what_its_comments_say_and_nothing_else_above_info() {
    let outcomes: Vec<_> = rules::all().flat_map(examples).map(|block| run(&block)).collect();
    assert_none(&outcomes);
}

#[test]
fn the_session_of_the_readme_shows_what_its_comments_say() {
    let readme = include_str!("../../README.md");
    let mut examples = blocks("README.md", readme);
    // The other blocks are commands, and a configuration that could be read: it belongs to no session.
    examples.retain(|block| block.text.starts_with('@'));
    examples.iter_mut().for_each(|block| block.config = Config::default());
    assert!(!examples.is_empty(), "the README shows the notation");
    let outcomes: Vec<_> = examples.iter().map(run).collect();
    assert_none(&outcomes);
}

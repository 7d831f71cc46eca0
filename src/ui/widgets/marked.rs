//! Text in which the words of a search are marked.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Color32, FontId};

use crate::store::query::needle::Needle;
use crate::ui::theme::Tokens;

/// Lays out a text; the words lie on a ground of their own, in plain text color so that they can be read there.
#[must_use]
pub fn marked(text: &str, words: &[&str], font: FontId, color: Color32, tokens: &Tokens) -> LayoutJob {
    let plain = TextFormat::simple(font, color);
    let hit = TextFormat { color: tokens.text, background: tokens.warn_fill, ..plain.clone() };
    let mut job = LayoutJob::default();
    for (part, is_hit) in parts(text, words) {
        job.append(part, 0.0, if is_hit { hit.clone() } else { plain.clone() });
    }
    job
}

/// The text in pieces; true for those that are one of the words, ASCII letter case aside.
fn parts<'a>(text: &'a str, words: &[&str]) -> Vec<(&'a str, bool)> {
    let needles: Vec<Needle> =
        words.iter().filter(|word| !word.is_empty()).copied().map(Needle::from).collect();
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let hits = needles
            .iter()
            .filter_map(|needle| Some((needle.find_in(rest.as_bytes())?, needle.as_str().len())));
        // Of words that begin at one place the longest; the needle is whole characters, so that the cuts are.
        let next = hits.min_by_key(|(at, len)| (*at, usize::MAX - len));
        let cut = next
            .and_then(|(at, len)| Some((rest.get(..at)?, rest.get(at..at + len)?, rest.get(at + len..)?)));
        let Some((before, hit, after)) = cut else { break };
        parts.push((before, false));
        parts.push((hit, true));
        rest = after;
    }
    parts.push((rest, false));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_out_wherever_they_stand() {
        type Case<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, bool)]);
        let table: [Case<'_>; 6] = [
            ("ping", &["PI"], &[("pi", true), ("ng", false)]),
            ("a-b-a", &["a"], &[("a", true), ("-b-", false), ("a", true)]),
            ("stateStart", &["start", "state"], &[("state", true), ("Start", true)]),
            ("adStart", &["ad", "adstart"], &[("adStart", true)]),
            ("Élan", &["élan", ""], &[("Élan", false)]),
            ("日本", &["本"], &[("日", false), ("本", true)]),
        ];
        for (text, words, wanted) in table {
            assert_eq!(parts(text, words), wanted, "{text} {words:?}");
        }
    }
}

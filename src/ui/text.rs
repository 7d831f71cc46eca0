//! Every text of the window, by key. English; another language is another column of this table.

/// The text of a key; a visible mark for a key that has none (a test keeps the table whole).
#[must_use]
pub fn text(key: &str) -> &'static str {
    TEXTS.binary_search_by(|(known, _)| (*known).cmp(key)).map_or("(no text)", |at| TEXTS[at].1)
}

/// The text of a key with `{name}` replaced by values.
#[must_use]
pub fn fill(key: &str, values: &[(&str, &str)]) -> String {
    let mut filled = text(key).to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

/// The text for a number of things: `KEY.one` for 1, else `KEY.many`, with `{n}` replaced by the number.
#[must_use]
pub fn counted(key: &str, n: u64) -> String {
    let form = if n == 1 { "one" } else { "many" };
    fill(&format!("{key}.{form}"), &[("n", &grouped(n))])
}

/// A whole number with its digits in groups of three.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Sorted by key.
static TEXTS: &[(&str, &str)] = &[
    ("app.name", "Playtrace"),
    ("overview.summary", "Overview of the session; visible range {from} to {to}"),
    ("plot.axis.elapsed", "elapsed by ts"),
    ("plot.axis.playhead", "playhead"),
    ("plot.empty", "No event has both a ts and a playhead, so there is nothing to plot"),
    ("plot.expected", "expected, with tolerance"),
    ("plot.n-findings.many", "{n} findings about the clocks"),
    ("plot.n-findings.one", "{n} finding about the clocks"),
    ("plot.n-points.many", "{n} points"),
    ("plot.n-points.one", "{n} point"),
    ("plot.read-out", "{at} · playhead {playhead} · after {event}"),
    ("plot.read-out.expected", "\nexpected {expected} · difference {difference} s"),
    ("plot.summary", "Clock plot: {points}, playhead {from} to {to}, {findings}"),
    ("timeline.ad", "ad"),
    ("timeline.answer", "Answered with {status}"),
    ("timeline.at", "At {at}"),
    ("timeline.break", "ad break"),
    ("timeline.chapter", "chapter"),
    ("timeline.completed", "Completed"),
    ("timeline.empty", "This session has no events"),
    ("timeline.from-to", "{from} to {to} ({secs} s)"),
    ("timeline.lane.ads", "Ads"),
    ("timeline.lane.breaks", "Ad breaks"),
    ("timeline.lane.chapters", "Chapters"),
    ("timeline.lane.events", "Events"),
    ("timeline.lane.findings", "Findings"),
    ("timeline.lane.network", "Requests"),
    ("timeline.lane.pings", "Pings"),
    ("timeline.lane.playback", "Playback"),
    ("timeline.lane.states", "Other states"),
    ("timeline.left-open", "Its end was never sent"),
    ("timeline.merged.hint", "Double-click to zoom in"),
    ("timeline.merged.many", "{n} here"),
    ("timeline.merged.one", "{n} here"),
    ("timeline.n-ads.many", "{n} ads"),
    ("timeline.n-ads.one", "{n} ad"),
    ("timeline.n-breaks.many", "{n} ad breaks"),
    ("timeline.n-breaks.one", "{n} ad break"),
    ("timeline.n-chapters.many", "{n} chapters"),
    ("timeline.n-chapters.one", "{n} chapter"),
    ("timeline.n-events.many", "{n} events"),
    ("timeline.n-events.one", "{n} event"),
    ("timeline.n-findings.many", "{n} findings"),
    ("timeline.n-findings.one", "{n} finding"),
    ("timeline.n-states.many", "{n} player states"),
    ("timeline.n-states.one", "{n} player state"),
    ("timeline.no-answer", "No answer was recorded"),
    ("timeline.playback.break", "ad break"),
    ("timeline.playback.buffering", "buffering"),
    ("timeline.playback.paused", "paused"),
    ("timeline.playback.playing", "playing"),
    ("timeline.playback.starting", "starting"),
    ("timeline.ruler", "Ruler: elapsed time by ts"),
    ("timeline.skipped", "Left early"),
    ("timeline.state", "state"),
    ("timeline.summary", "Timeline: {what}, visible {from} to {to}"),
    ("timeline.waiting", "Working out the timeline…"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_each_key_once() {
        for pair in TEXTS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
        }
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let table = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        for (n, text) in table {
            assert_eq!(grouped(n), text);
        }
    }
}

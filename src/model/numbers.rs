//! The numbers of the rules: one table of every limit and tolerance that a user may set.
//!
//! A rule or metric takes its numbers from [`Numbers`], never a literal; the configuration sets them by rule and key
//! (`[rules.ping-late]` `limit-secs = 12`). Numbers of the API itself, which nobody may set, are in
//! [`super::limits`]. Source of the defaults: the rule's own page.

use serde::Serialize;

/// What is known of one number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NumberInfo {
    /// The rule that it belongs to, by name.
    pub rule: &'static str,
    /// Its key in the configuration; ends in the unit.
    pub key: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Its value unless set.
    pub default: f64,
    /// The largest value that makes sense; the smallest is 0.
    pub max: f64,
}

macro_rules! numbers {
    ($(#[doc = $meaning:literal] $field:ident: $rule:literal $key:literal = $default:literal, up to $max:literal;)*) => {
        /// The numbers of all rules.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Numbers {
            $(#[doc = $meaning] pub $field: f64,)*
        }

        impl Default for Numbers {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        /// Every number, by family and code of its rule.
        pub const NUMBERS: &[NumberInfo] = &[
            $(NumberInfo { rule: $rule, key: $key, meaning: $meaning.trim_ascii_start(), default: $default, max: $max },)*
        ];

        impl Numbers {
            /// The number of a rule, `None` when it has none of this key.
            #[must_use]
            pub fn get(&self, rule: &str, key: &str) -> Option<f64> {
                match (rule, key) {
                    $(($rule, $key) => Some(self.$field),)*
                    _ => None,
                }
            }

            /// The place of a rule's number, `None` when it has none of this key.
            pub fn get_mut(&mut self, rule: &str, key: &str) -> Option<&mut f64> {
                match (rule, key) {
                    $(($rule, $key) => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

numbers! {
    /// Two sessions whose events overlap for longer are two viewers.
    two_viewers_overlap_secs: "session-restarted-on-return" "two-viewers-overlap-secs" = 5.0, up to 3600.0;
    /// Without any event for so long the back end closes the session.
    silence_timeout_mins: "event-after-silence-timeout" "timeout-mins" = 10.0, up to 1440.0;
    /// With a playhead that stands still for so long the back end closes the session.
    still_playhead_timeout_mins: "event-after-still-playhead-timeout" "timeout-mins" = 30.0, up to 1440.0;
    /// A `sessionEnd` so soon past the limit is the client's own.
    still_playhead_end_grace_mins: "event-after-still-playhead-timeout" "end-grace-mins" = 1.0, up to 60.0;
    /// A playhead within this share of the length stands at the end.
    at_the_end_percent: "ended-at-the-end-without-complete" "within-percent" = 5.0, up to 100.0;
    /// A completion below this share of the length is far from the end.
    completed_at_least_percent: "completed-far-from-the-end" "at-least-percent" = 90.0, up to 100.0;
    /// A session may exceed 24 h by so much.
    over_24_hours_grace_mins: "session-over-24-hours" "grace-mins" = 1.0, up to 1440.0;
    /// A return within so long belongs to the session before.
    restarted_within_mins: "session-restarted-on-return" "within-mins" = 30.0, up to 1440.0;
    /// The playhead may move so far without a `play`.
    never_played_move_secs: "never-played" "playhead-secs" = 1.0, up to 600.0;
    /// From this ping after the completion on it is a timer that was not cleared.
    pings_after_complete: "event-after-session-complete" "warn-from-ping" = 3.0, up to 1000.0;
    /// A silence above this share of a time-out is near it.
    timeout_near_percent: "timeout-near" "at-percent" = 80.0, up to 100.0;
    /// A start above this playhead resumes.
    resume_above_secs: "resume-flag-missing" "playhead-secs" = 5.0, up to 3600.0;
    /// Two starts of one media within so long are one view.
    started_twice_within_secs: "session-started-twice" "within-secs" = 5.0, up to 600.0;
    /// An event so late can no longer be sorted in.
    too_late_secs: "too-late-to-reorder" "error-from-secs" = 5.0, up to 600.0;
    /// From so late on sorting may fail.
    may_be_too_late_secs: "too-late-to-reorder" "warn-from-secs" = 1.0, up to 600.0;
    /// The playhead may go on by so much after a pause that no `play` ends …
    never_resumed_secs: "never-resumed" "tolerance-secs" = 2.5, up to 600.0;
    /// … and by this share of the time that has passed.
    never_resumed_percent: "never-resumed" "tolerance-percent" = 5.0, up to 100.0;
    /// A 201 that takes longer makes a player queue.
    stamped_when_sent_answer_secs: "stamped-when-sent" "answer-secs" = 1.0, up to 600.0;
    /// Playhead and clock may differ by so much …
    drift_secs: "playhead-drift" "tolerance-secs" = 2.5, up to 600.0;
    /// … and this share of the time that has passed.
    drift_percent: "playhead-drift" "tolerance-percent" = 5.0, up to 100.0;
    /// A second `play` so soon after the first may bring the real position (N2).
    second_play_secs: "playhead-drift" "second-play-secs" = 2.5, up to 60.0;
    /// The playhead may go on by so much in a pause.
    moves_in_pause_secs: "playhead-moves-in-pause" "tolerance-secs" = 1.0, up to 600.0;
    /// Events so close to the closing `play` share its tick.
    same_tick_millis: "playhead-moves-in-pause" "same-tick-millis" = 250.0, up to 10000.0;
    /// The playhead may go on by so much while buffering.
    moves_in_buffer_secs: "playhead-moves-in-buffer" "tolerance-secs" = 1.0, up to 600.0;
    /// The playhead may move so far in a break.
    moves_in_ad_secs: "playhead-moves-in-ad" "tolerance-secs" = 1.0, up to 600.0;
    /// A playhead that falls by more has jumped back.
    fall_secs: "jump-without-seek" "fall-secs" = 1.0, up to 600.0;
    /// A playhead that stands for so long while playing is stuck.
    stuck_secs: "playhead-stuck" "at-least-secs" = 10.0, up to 3600.0;
    /// A playhead less far above the length is taken for a rounded length.
    past_length_secs: "playhead-past-length" "tolerance-secs" = 1.0, up to 3600.0;
    /// `ts` and arrival may differ by so much.
    far_from_arrival_secs: "ts-far-from-arrival" "tolerance-secs" = 60.0, up to 86400.0;
    /// A larger step of arrival minus `ts` is a clock that was set.
    clock_jump_secs: "clock-jump" "step-secs" = 10.0, up to 86400.0;
    /// A longer gap between two events is a hole in the pings.
    ping_limit_secs: "ping-late" "limit-secs" = 11.5, up to 600.0;
    /// The same in a downloaded session.
    downloaded_ping_limit_secs: "ping-late" "downloaded-limit-secs" = 55.0, up to 600.0;
    /// Pings of main content whose median gap is shorter come too often.
    ping_too_often_secs: "ping-too-often" "median-below-secs" = 8.0, up to 600.0;
    /// In `strict`, ad pings that are slower are too slow.
    ad_ping_slow_secs: "ad-ping-cadence-mixed" "strict-limit-secs" = 2.5, up to 600.0;
    /// So much play of main content in one piece needs a ping.
    unpinged_secs: "no-pings" "played-secs" = 30.0, up to 3600.0;
    /// The same in a downloaded session.
    downloaded_unpinged_secs: "no-pings" "downloaded-played-secs" = 60.0, up to 3600.0;
    /// A longer pause needs a ping.
    silent_pause_secs: "no-pings-in-pause" "limit-secs" = 60.0, up to 3600.0;
    /// A session should play within so long of its start.
    start_delay_secs: "content-start-delayed" "limit-secs" = 30.0, up to 3600.0;
    /// A length within so much of a pre-roll's is taken for it.
    length_of_pre_roll_secs: "length-of-the-pre-roll" "within-secs" = 0.5, up to 60.0;
    /// A live playhead may differ from a whole number of quarter hours by so much.
    local_time_secs: "live-playhead-in-local-time" "tolerance-secs" = 60.0, up to 450.0;
    /// A longer wait between two ads of a break is a gap.
    gap_between_ads_millis: "gap-between-ads" "limit-millis" = 250.0, up to 60000.0;
    /// A `play` so little before a break at playhead 0 stands before a pre-roll.
    pre_roll_secs: "play-before-pre-roll" "playhead-secs" = 2.0, up to 60.0;
    /// The playhead may move so far after a pre-roll without a `play`.
    no_play_after_pre_roll_secs: "no-play-after-pre-roll" "playhead-secs" = 1.0, up to 600.0;
    /// `media.ad.podSecond` and playhead may differ by so much.
    pod_second_secs: "pod-second-mismatch" "tolerance-secs" = 2.0, up to 600.0;
    /// Breaks of one index whose seconds differ by less are one break watched twice.
    pod_index_secs: "pod-index-repeated" "apart-secs" = 2.0, up to 600.0;
    /// The time of an ad and its length may differ by so much …
    ad_duration_secs: "ad-duration-mismatch" "tolerance-secs" = 2.0, up to 600.0;
    /// … and this share of the length.
    ad_duration_percent: "ad-duration-mismatch" "tolerance-percent" = 10.0, up to 100.0;
    /// `media.chapter.offset` and playhead may differ by so much.
    chapter_offset_secs: "chapter-offset-mismatch" "tolerance-secs" = 2.0, up to 600.0;
    /// Requests that overlap by less overlap within the resolution of the recording.
    overlap_millis: "overlapping-requests" "from-millis" = 2.0, up to 10000.0;
    /// An answer that takes longer makes SDKs give up.
    slow_answer_secs: "slow-answer" "limit-secs" = 5.0, up to 600.0;
    /// Events that arrive so long after their `ts` were queued.
    delivered_late_secs: "delivered-late" "from-secs" = 5.0, up to 86400.0;
    /// A last `ts` so much later than its arrival lies in the future.
    future_secs: "batch-from-the-future" "tolerance-secs" = 5.0, up to 86400.0;
    /// A silence in a batch that is longer is noted.
    batch_silence_mins: "long-silence-in-batch" "limit-mins" = 10.0, up to 1440.0;
    /// Older batches cannot complete visits any more.
    very_old_days: "batch-very-old" "limit-days" = 92.0, up to 36500.0;
}

impl Numbers {
    /// The numbers of one rule.
    pub fn of_rule(rule: &str) -> impl Iterator<Item = &'static NumberInfo> {
        NUMBERS.iter().filter(move |number| number.rule == rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_found_by_rule_and_key_and_its_key_names_its_unit() {
        const UNITS: [&str; 7] = ["-secs", "-mins", "-millis", "-percent", "-days", "-ping", "-hours"];
        let mut numbers = Numbers::default();
        for (n, number) in NUMBERS.iter().enumerate() {
            assert_eq!(numbers.get(number.rule, number.key), Some(number.default), "{number:?}");
            assert!(UNITS.iter().any(|unit| number.key.ends_with(unit)), "{number:?}");
            assert!(number.default <= number.max, "{number:?}");
            let place = numbers.get_mut(number.rule, number.key).expect("it was there");
            *place = f64::from(u32::try_from(n).expect("few numbers"));
        }
        let values: Vec<Option<f64>> =
            NUMBERS.iter().map(|number| numbers.get(number.rule, number.key)).collect();
        let expected: Vec<Option<f64>> = (0..NUMBERS.len()).map(|n| Some(n as f64)).collect();
        assert_eq!(values, expected, "no two share a place");
    }
}

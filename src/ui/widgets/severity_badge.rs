//! Severities and verdicts: always an icon and a word or a number, never a color alone.

use eframe::egui::{RichText, Ui};

use super::icon::{Icon, icon};
use crate::rules::finding::Counts;
use crate::rules::finding::Severity;
use crate::rules::verdict::Verdict;
use crate::store::judged::GRAVEST_FIRST;
use crate::ui::text::{counted, grouped, text};
use crate::ui::theme::Tokens;

/// The icon of a severity.
#[must_use]
pub const fn severity_icon(severity: Severity) -> Icon {
    match severity {
        Severity::Error => Icon::Error,
        Severity::Warn => Icon::Warn,
        Severity::Info => Icon::Info,
    }
}

/// The icon of a verdict.
#[must_use]
pub const fn verdict_icon(verdict: Option<Verdict>) -> Icon {
    match verdict {
        Some(Verdict::Accepted) => Icon::Good,
        Some(Verdict::Degraded) => Icon::Warn,
        Some(Verdict::Rejected) => Icon::Error,
        None => Icon::Pending,
    }
}

/// The word of a severity.
#[must_use]
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => text("severity.error"),
        Severity::Warn => text("severity.warn"),
        Severity::Info => text("severity.info"),
    }
}

/// The word of a verdict.
#[must_use]
pub fn verdict_word(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Accepted) => text("verdict.accepted"),
        Some(Verdict::Degraded) => text("verdict.degraded"),
        Some(Verdict::Rejected) => text("verdict.rejected"),
        None => text("verdict.pending"),
    }
}

/// A verdict in a few words.
#[must_use]
pub fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => text("verdict.accepted.words"),
        Verdict::Degraded => text("verdict.degraded.words"),
        Verdict::Rejected => text("verdict.rejected.words"),
    }
}

/// "2 errors" and the like.
#[must_use]
pub fn counted_severity(severity: Severity, n: u64) -> String {
    match severity {
        Severity::Error => counted("count.errors", n),
        Severity::Warn => counted("count.warnings", n),
        Severity::Info => counted("count.remarks", n),
    }
}

/// Icon and word of a severity.
pub fn severity_ui(ui: &mut Ui, tokens: &Tokens, severity: Severity) {
    let color = tokens.severity(severity);
    icon(ui, severity_icon(severity), color, "");
    ui.label(RichText::new(severity_word(severity)).color(color));
}

/// Icon and number for each severity that occurs; nothing without findings.
pub fn counts_ui(ui: &mut Ui, tokens: &Tokens, counts: Counts) {
    for severity in GRAVEST_FIRST {
        let n = counts.of(severity);
        if n == 0 {
            continue;
        }
        let color = tokens.severity(severity);
        let name = counted_severity(severity, n);
        icon(ui, severity_icon(severity), color, &name).on_hover_text(&name);
        ui.add_space(-ui.spacing().item_spacing.x / 2.0);
        ui.label(RichText::new(grouped(n)).small().color(color)).on_hover_text(name);
    }
}

//! The little Markdown that rule pages use: headings, lists, code, quotes, emphasis, links as text.

use eframe::egui::{self, Color32, RichText, TextFormat, TextStyle, Ui, text::LayoutJob};

use crate::ui::theme::Tokens;

/// Shows a page.
pub fn markdown_ui(ui: &mut Ui, tokens: &Tokens, page: &str) {
    let mut paragraph = String::new();
    let mut code: Option<String> = None;
    for line in page.lines() {
        // Doc comments keep the blank behind their slashes.
        let line = line.strip_prefix(' ').unwrap_or(line);
        if line.trim_start().starts_with("```") {
            flush(ui, tokens, &mut paragraph);
            match code.take() {
                Some(text) => code_ui(ui, tokens, &text),
                None => code = Some(String::new()),
            }
        } else if let Some(text) = &mut code {
            text.push_str(line);
            text.push('\n');
        } else if let Some(heading) = line.strip_prefix('#') {
            flush(ui, tokens, &mut paragraph);
            ui.add_space(4.0);
            ui.label(RichText::new(heading.trim_start_matches('#').trim()).strong().color(tokens.text));
        } else if let Some(item) =
            line.trim_start().strip_prefix("- ").or(line.trim_start().strip_prefix("* "))
        {
            flush(ui, tokens, &mut paragraph);
            paragraph.push_str("• ");
            paragraph.push_str(item);
        } else if line.trim().is_empty() {
            flush(ui, tokens, &mut paragraph);
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    flush(ui, tokens, &mut paragraph);
    if let Some(text) = code {
        code_ui(ui, tokens, &text);
    }
}

fn flush(ui: &mut Ui, tokens: &Tokens, paragraph: &mut String) {
    if !paragraph.is_empty() {
        ui.label(self::paragraph(ui, tokens, paragraph));
        paragraph.clear();
    }
}

fn code_ui(ui: &mut Ui, tokens: &Tokens, text: &str) {
    egui::Frame::new().fill(tokens.background).inner_margin(6).corner_radius(4).show(ui, |ui| {
        ui.label(RichText::new(text.trim_end()).monospace().color(tokens.text));
    });
}

/// A sentence in which code stands between backquotes: shown in its own font. Everything else stays as it is.
/// `behind` lies under code.
#[must_use]
pub fn sentence(ui: &Ui, tokens: &Tokens, text: &str, behind: Color32) -> LayoutJob {
    job(ui, tokens, text, behind, str::to_owned)
}

/// A paragraph of Markdown: code as in a sentence; `**strong**`, `*weak*` and `[text](address)` lose their marks.
fn paragraph(ui: &Ui, tokens: &Tokens, text: &str) -> LayoutJob {
    job(ui, tokens, text, tokens.background, without_marks)
}

fn job(ui: &Ui, tokens: &Tokens, text: &str, behind: Color32, plain: impl Fn(&str) -> String) -> LayoutJob {
    let body = TextStyle::Body.resolve(ui.style());
    let mono = TextStyle::Monospace.resolve(ui.style());
    let mut job = LayoutJob::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, is_code, after) = next_piece(rest);
        let format = |font_id| TextFormat { font_id, color: tokens.text, ..Default::default() };
        if is_code {
            job.append(piece, 0.0, TextFormat { background: behind, ..format(mono.clone()) });
        } else {
            job.append(&plain(piece), 0.0, format(body.clone()));
        }
        rest = after;
    }
    job
}

/// The text up to the next backquote, or the code up to the closing one.
fn next_piece(text: &str) -> (&str, bool, &str) {
    if let Some(code) = text.strip_prefix('`')
        && let Some(end) = code.find('`')
    {
        return (&code[..end], true, &code[end + 1..]);
    }
    let begin = usize::from(text.starts_with('`'));
    let end = text[begin..].find('`').map_or(text.len(), |at| begin + at);
    (&text[..end], false, &text[end..])
}

fn without_marks(piece: &str) -> String {
    let mut text = piece.replace("**", "").replace('*', "");
    while let Some(open) = text.find("](")
        && let Some(start) = text[..open].rfind('[')
        && let Some(end) = text[open..].find(')')
    {
        let label = text[start + 1..open].to_owned();
        text.replace_range(start..=open + end, &label);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_code_stays() {
        assert_eq!(next_piece("a `b` c"), ("a ", false, "`b` c"));
        assert_eq!(next_piece("`b` c"), ("b", true, " c"));
        assert_eq!(next_piece("`open"), ("`open", false, ""));
        assert_eq!(without_marks("see [the page](x.md) **now**"), "see the page now");
    }
}

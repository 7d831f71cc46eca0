//! Hides what is identifying in texts that were drawn: they are laid out once more with masks in its place.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::epaint::{ClippedShape, TextShape};
use eframe::egui::text::{LayoutJob, LayoutSection};
use eframe::egui::{Context, Shape};

use crate::model::capture::Capture;
use crate::model::id::EventId;
use crate::redact::{Hidden, Known, Redaction, Redactor};
use crate::ui::widgets::identifying::is_signed;

/// What stands at the end of a text that was cut.
const CUT: char = '…';
/// So many letters of a value that was cut give it away.
const MIN_BEGINNING: usize = 4;

/// What is masked.
#[derive(Debug)]
pub struct Masking {
    redactor: Redactor,
    known: Known,
}

impl Masking {
    /// Masks as much as `redaction` says, wherever what is known from `captures` stands.
    pub fn new<'a>(redaction: Redaction, captures: impl IntoIterator<Item = &'a Capture>) -> Masking {
        let mut known = Known::default();
        if redaction != Redaction::Nothing {
            for capture in captures {
                let ids = (0..capture.events.len() as u32).map(EventId);
                ids.filter_map(|id| capture.event(id)).for_each(|event| known.add_event(&event));
                capture.sessions.iter().for_each(|session| known.add_sid(session.sid.as_deref()));
                capture.all_exchanges().for_each(|exchange| known.add_headers(&exchange));
            }
        }
        Masking { redactor: Redactor::new(redaction), known }
    }

    /// A text as it may be shown.
    pub fn text(&mut self, text: &str) -> String {
        self.redactor.text(text, &self.known).into_owned()
    }

    /// Masks the texts among shapes.
    pub(super) fn mask(&mut self, ctx: &Context, shapes: &mut [ClippedShape]) {
        each_text(shapes, &mut |text| self.mask_text(ctx, text, false));
    }

    /// Sets all texts among shapes with the letters of this context, masked.
    pub(super) fn set_anew(&mut self, ctx: &Context, shapes: &mut [ClippedShape]) {
        each_text(shapes, &mut |text| self.mask_text(ctx, text, true));
    }

    fn mask_text(&mut self, ctx: &Context, shape: &mut TextShape, always: bool) {
        let text = shape.galley.text();
        let mut hidden = self.signed(&shape.galley.job);
        let is_apart =
            |hidden: &[Hidden], it: &Hidden| !hidden.iter().any(|known| meet(&known.range, &it.range));
        for found in self.redactor.hidden(text.as_bytes(), 0..text.len(), &self.known) {
            if is_apart(&hidden, &found) {
                hidden.push(found);
            }
        }
        hidden.extend(self.cut_value(text).filter(|cut| is_apart(&hidden, cut)));
        hidden.sort_by_key(|it| it.range.start);
        if always || !hidden.is_empty() {
            let job = masked(&shape.galley.job, &hidden);
            shape.galley = ctx.fonts_mut(|fonts| fonts.layout_job(job));
        }
    }

    /// What bears the sign of identifying texts; sections of one value are hidden as one.
    fn signed(&mut self, job: &LayoutJob) -> Vec<Hidden> {
        if !self.redactor.is_on() {
            return Vec::new();
        }
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for section in job.sections.iter().filter(|section| is_signed(&section.format)) {
            let range = section.byte_range.start.0..section.byte_range.end.0;
            match ranges.last_mut().filter(|last| last.end == range.start) {
                Some(last) => last.end = range.end,
                None => ranges.push(range),
            }
        }
        let of = |range: Range<usize>| {
            let mask = self.redactor.visitor(job.text.get(range.clone())?);
            Some(Hidden { range, mask })
        };
        ranges.into_iter().filter_map(of).collect()
    }

    /// The beginning of a value before the mark of a cut.
    fn cut_value(&mut self, text: &str) -> Option<Hidden> {
        let shown = text.strip_suffix(CUT)?;
        let begins = |value: &String| {
            let ends = value.char_indices().map(|(at, letter)| at + letter.len_utf8()).rev();
            ends.into_iter()
                .find(|end| value.get(..*end).is_some_and(|beginning| shown.ends_with(beginning)))
                .filter(|end| value.get(..*end).is_some_and(|it| it.chars().count() >= MIN_BEGINNING))
        };
        let (value, sid) = match self.known.values.iter().find_map(|value| Some((value, begins(value)?))) {
            Some(found) => (found, false),
            None => (self.known.sids.iter().find_map(|sid| Some((sid, begins(sid)?)))?, true),
        };
        let range = shown.len() - value.1..shown.len();
        let whole = value.0.clone();
        let mask = if sid { self.redactor.sid(&whole) } else { self.redactor.visitor(&whole) };
        (mask != whole).then_some(Hidden { range, mask })
    }
}

fn meet(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn each_text(shapes: &mut [ClippedShape], each: &mut impl FnMut(&mut TextShape)) {
    shapes.iter_mut().for_each(|clipped| each_text_of(&mut clipped.shape, each));
}

fn each_text_of(shape: &mut Shape, each: &mut impl FnMut(&mut TextShape)) {
    match shape {
        Shape::Text(text) => each(text),
        Shape::Vec(shapes) => shapes.iter_mut().for_each(|shape| each_text_of(shape, each)),
        _ => {}
    }
}

/// The job with masks in place of what is hidden; each mask looks like what it hides.
fn masked(job: &Arc<LayoutJob>, hidden: &[Hidden]) -> LayoutJob {
    let mut new = LayoutJob { text: String::new(), sections: Vec::new(), ..LayoutJob::clone(job) };
    for section in &job.sections {
        let (begin, start, end) = (new.text.len(), section.byte_range.start.0, section.byte_range.end.0);
        let mut at = start;
        for Hidden { range, mask } in hidden.iter().filter(|it| it.range.end > start && it.range.start < end)
        {
            new.text.push_str(job.text.get(at..range.start).unwrap_or_default());
            if range.start >= start {
                new.text.push_str(mask);
            }
            at = range.end.min(end);
        }
        new.text.push_str(job.text.get(at..end).unwrap_or_default());
        let byte_range = begin.into()..new.text.len().into();
        new.sections.push(LayoutSection { byte_range, ..section.clone() });
    }
    new
}

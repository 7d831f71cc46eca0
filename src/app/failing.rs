//! Work that failed inside: nothing waits for it any more, and the user is told what failed and what to do.

use super::State;
use super::effect::Effects;
use super::notice::NoticeKind;
use super::update::Work;

impl State {
    pub(super) fn work_failed(&mut self, work: Work, why: String) -> Effects {
        self.notify(NoticeKind::Problem, "work-failed", vec![("work", work.name().to_owned()), ("why", why)]);
        match work {
            Work::Judge(job) => drop(self.end_job(job)),
            Work::Filter(revision) if revision == self.filter_revision => {
                self.filtering = false;
                self.filter_progress = None;
                if std::mem::take(&mut self.filter_is_old) {
                    return self.refilter();
                }
            }
            Work::Search(revision) => return self.not_found(revision),
            Work::Drawing(revision) if revision == self.drawing_revision => {
                self.drawing_awaited = false;
                if std::mem::take(&mut self.drawing_is_old) {
                    return self.redraw();
                }
                self.drawing_failed = true;
            }
            Work::Measure(revision) => return self.not_aggregated(revision),
            Work::Story(revision) => self.not_told(revision),
            Work::Filter(_) | Work::Drawing(_) | Work::Sessions | Work::Folder | Work::Copy => {}
        }
        Effects::none()
    }
}

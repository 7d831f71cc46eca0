//! What commands about the event table do.

use super::State;
use super::command::table::TableCommand;
use super::effect::Effects;
use super::notice::NoticeKind;
use super::table_prefs::{MAX_COLUMNS, TablePrefs};
use crate::store::column::Column;
use crate::store::filter::EventFilter;
use crate::store::sort::Sort;

impl State {
    pub(super) fn apply_table(&mut self, command: TableCommand) -> Effects {
        match command {
            TableCommand::Sort(sort) => return self.sort_by(sort),
            TableCommand::Toggle(column) => {
                if !self.prefs.table.shows(&column) && !self.prefs.table.has_room() {
                    let values = vec![("most", MAX_COLUMNS.to_string())];
                    self.notify(NoticeKind::Problem, "columns-full", values);
                }
                self.prefs.table.toggle(column);
            }
            TableCommand::Put(column, at) => self.prefs.table.put(&column, at),
            TableCommand::Resize(column, width) => self.prefs.table.resize(&column, width),
            TableCommand::Usual => self.prefs.table.columns = TablePrefs::default().columns,
            TableCommand::ToggleProblems => {
                let problems_only = !self.filter.problems_only;
                return self.set_filter(EventFilter { problems_only, ..self.filter.clone() });
            }
            TableCommand::ClearFilter => return self.set_filter(EventFilter::default()),
            TableCommand::ToggleColumns => self.columns_open = !self.columns_open,
        }
        Effects::none()
    }

    pub(super) fn sort_by(&mut self, sort: Option<Sort>) -> Effects {
        if self.prefs.table.sort == sort {
            return Effects::none();
        }
        self.prefs.table.sort = sort;
        self.refilter()
    }

    /// True when the table shows other rows than all of them by arrival or `ts`.
    pub(super) fn chooses_rows(&self) -> bool {
        !self.passing.is_empty() || self.prefs.table.sort.is_some()
    }

    /// True when the rows hang on what the rules say.
    pub(super) fn rows_need_findings(&self) -> bool {
        self.passing.asks_for_findings() || self.prefs.table.sorted_by(&Column::Findings).is_some()
    }
}

//! How the event table is laid out: kept from one run to the next.

use serde::{Deserialize, Serialize};

use crate::store::column::Column;
use crate::store::sort::Sort;

/// The least width of a column, points.
pub const LEAST_WIDTH: f32 = 36.0;
/// The greatest.
pub const GREATEST_WIDTH: f32 = 1000.0;
/// No more columns than these: each costs time in every frame.
pub const MAX_COLUMNS: usize = 40;

/// A column that is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownColumn {
    /// Which.
    pub column: Column,
    /// Its width in points.
    pub width: f32,
}

impl ShownColumn {
    /// A column in its usual width.
    #[must_use]
    pub fn usual(column: Column) -> ShownColumn {
        let width = match column {
            // Those that are shown at first fit beside the other panels of a window 1280 points wide.
            Column::Number => 40.0,
            Column::Status => 52.0,
            Column::Gap => 64.0,
            Column::Size => 70.0,
            Column::Findings => 72.0,
            Column::Playhead => 74.0,
            Column::Delay | Column::Bitrate => 84.0,
            Column::Time => 92.0,
            Column::Ts | Column::Arrival => 94.0,
            Column::Type => 130.0,
            Column::Session | Column::Member { .. } => 150.0,
        };
        ShownColumn { column, width }
    }
}

/// Columns from left to right, and what the rows are sorted by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TablePrefs {
    /// The columns that are shown.
    pub columns: Vec<ShownColumn>,
    /// What rows are sorted by; `None`: by arrival or `ts`.
    pub sort: Option<Sort>,
}

impl Default for TablePrefs {
    fn default() -> Self {
        let usual = [
            Column::Number,
            Column::Time,
            Column::Type,
            Column::Playhead,
            Column::Gap,
            Column::Findings,
            Column::Status,
            Column::Ts,
        ];
        Self { columns: usual.into_iter().map(ShownColumn::usual).collect(), sort: None }
    }
}

impl TablePrefs {
    /// True when the column is shown.
    #[must_use]
    pub fn shows(&self, column: &Column) -> bool {
        self.columns.iter().any(|shown| shown.column == *column)
    }

    /// The way in which rows are sorted by this column, `None` when they are not: true is descending.
    #[must_use]
    pub fn sorted_by(&self, column: &Column) -> Option<bool> {
        self.sort.as_ref().filter(|sort| sort.column == *column).map(|sort| sort.descending)
    }

    /// True when there is room for one more column.
    #[must_use]
    pub(super) fn has_room(&self) -> bool {
        self.columns.len() < MAX_COLUMNS
    }

    /// Shows a column at the right end while there is room, or takes it away; the last one stays.
    pub(super) fn toggle(&mut self, column: Column) {
        if !self.shows(&column) {
            if self.has_room() {
                self.columns.push(ShownColumn::usual(column));
            }
        } else if self.columns.len() > 1 {
            self.columns.retain(|shown| shown.column != column);
        }
    }

    /// Puts a column where another one stands, which makes room.
    pub(super) fn put(&mut self, column: &Column, at: usize) {
        if let Some(from) = self.columns.iter().position(|shown| shown.column == *column) {
            let shown = self.columns.remove(from);
            self.columns.insert(at.min(self.columns.len()), shown);
        }
    }

    /// Gives a column another width.
    pub(super) fn resize(&mut self, column: &Column, width: f32) {
        if let Some(shown) = self.columns.iter_mut().find(|shown| shown.column == *column) {
            shown.width =
                if width.is_finite() { width.clamp(LEAST_WIDTH, GREATEST_WIDTH) } else { LEAST_WIDTH };
        }
    }

    /// What a click on the head of a column sorts by next: upwards, downwards, not at all.
    #[must_use]
    pub fn next_sort(&self, column: &Column) -> Option<Sort> {
        let descending = match self.sorted_by(column) {
            None => false,
            Some(false) => true,
            Some(true) => return None,
        };
        Some(Sort { column: column.clone(), descending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(prefs: &TablePrefs) -> Vec<String> {
        prefs.columns.iter().map(|shown| shown.column.to_string()).collect()
    }

    #[test]
    fn columns_are_chosen_moved_and_resized_and_the_last_one_stays() {
        let mut prefs = TablePrefs::default();
        prefs.toggle(Column::Ts);
        prefs.toggle(Column::Delay);
        prefs.put(&Column::Delay, 0);
        prefs.put(&Column::Type, 99);
        assert_eq!(
            names(&prefs),
            ["delay", "number", "time", "playhead", "gap", "findings", "status", "type"]
        );
        prefs.resize(&Column::Delay, 120.0);
        prefs.resize(&Column::Gap, -5.0);
        prefs.resize(&Column::Time, f32::NAN);
        let widths: Vec<f32> = prefs.columns.iter().map(|shown| shown.width).collect();
        assert_eq!((widths[0], widths[4], widths[2]), (120.0, LEAST_WIDTH, LEAST_WIDTH));
        for shown in prefs.columns.clone() {
            prefs.toggle(shown.column);
        }
        assert_eq!(names(&prefs), ["type"]);
    }

    #[test]
    fn a_click_sorts_up_then_down_then_not_at_all() {
        let mut prefs = TablePrefs::default();
        let mut ways = Vec::new();
        for column in [Column::Gap, Column::Gap, Column::Gap, Column::Gap, Column::Type] {
            prefs.sort = prefs.next_sort(&column);
            ways.push(prefs.sort.as_ref().map(|sort| (sort.column.to_string(), sort.descending)));
        }
        let gap = |descending| Some(("gap".to_owned(), descending));
        assert_eq!(ways, [gap(false), gap(true), None, gap(false), Some(("type".to_owned(), false))]);
    }

    #[test]
    fn what_other_versions_kept_is_read() {
        let read = |json: &str| serde_json::from_str::<TablePrefs>(json).expect("it is read");
        assert_eq!(read("{}"), TablePrefs::default());
        let later = read(r#"{"columns":[{"column":"not-yet-known","width":50.0}],"more":1}"#);
        assert_eq!(names(&later), ["params.\"not-yet-known\""]);
    }
}

//! The pages of the detail.

use super::Command;
use super::rows::{CommandRow, Group, row};
use crate::app::prefs::DetailTab;

pub(super) static ROWS: &[CommandRow] = &[
    row("detail-fields", Group::View, &[], || Command::ShowDetail(DetailTab::Tree)),
    row("detail-raw", Group::View, &[], || Command::ShowDetail(DetailTab::Raw)),
    row("detail-context", Group::View, &[], || Command::ShowDetail(DetailTab::Context)),
    row("detail-request", Group::View, &[], || Command::ShowDetail(DetailTab::Exchange)),
    row("detail-schema", Group::View, &[], || Command::ShowDetail(DetailTab::Schema)),
];

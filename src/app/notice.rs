//! Messages of the program to its user; never findings.

use crate::model::reason::Reason;

/// How a notice is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something could not be done.
    Problem,
    /// Something worth knowing.
    Remark,
}

/// One message: the key of its text and the values that belong into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: u32,
    /// How it is meant.
    pub kind: NoticeKind,
    /// Key of what happened: `notice.KEY`; `notice.KEY.do` says what to do.
    pub key: &'static str,
    /// Values by name.
    pub values: Vec<(&'static str, String)>,
}

/// Values of a notice whose words say `{reason}`: what that names stands in the same words.
pub(super) fn with_reason(
    mut values: Vec<(&'static str, String)>,
    why: Reason,
) -> Vec<(&'static str, String)> {
    values.push(("reason", why.key.to_owned()));
    values.extend(why.values);
    values
}

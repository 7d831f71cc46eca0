//! Messages of the program to its user; never findings.

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

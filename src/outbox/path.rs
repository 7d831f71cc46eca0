//! Paths of planned requests, with room for the id that the target hands out.

/// The path of a planned request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendPath {
    /// Known before anything is sent.
    Fixed(String),
    /// Around the id that the target hands out in `Location`.
    WithSid {
        /// What stands before the id.
        before: String,
        /// What stands after it.
        after: String,
    },
}

impl SendPath {
    /// The path with this id in its place.
    #[must_use]
    pub fn with_sid(&self, sid: &str) -> String {
        match self {
            SendPath::Fixed(path) => path.clone(),
            SendPath::WithSid { before, after } => format!("{before}{sid}{after}"),
        }
    }
}

impl std::fmt::Display for SendPath {
    /// An id that is not known yet is shown as `{sid}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.with_sid("{sid}"))
    }
}

/// Where sessions are opened.
pub const SESSIONS: &str = "/api/v1/sessions";

/// The path from `/api/v1` on: what stands before belonged to the captured host.
#[must_use]
pub fn api_path(path_and_query: &str) -> String {
    let path = path_and_query.split('?').next().unwrap_or_default();
    let start = path.find("/api/v1").unwrap_or(0);
    path_and_query[start..].to_owned()
}

/// Makes room for the new id: behind `sessions/`, else where the captured id stands (one page of
/// the documentation, and so some players, leave `sessions/` out).
#[must_use]
pub fn with_sid_slot(path: String, captured: Option<&str>) -> SendPath {
    let behind_sessions = path.find("/sessions/").and_then(|at| {
        let start = at + "/sessions/".len();
        let len = path[start..].find(['/', '?']).unwrap_or(path.len() - start);
        (len > 0).then_some((start, start + len))
    });
    let found = behind_sessions.or_else(|| {
        let sid = captured.filter(|sid| !sid.is_empty())?;
        let start = path.find(&format!("/{sid}"))? + 1;
        let after = &path[start + sid.len()..];
        (after.is_empty() || after.starts_with(['/', '?'])).then_some((start, start + sid.len()))
    });
    match found {
        Some((start, end)) => {
            SendPath::WithSid { before: path[..start].to_owned(), after: path[end..].to_owned() }
        }
        None => SendPath::Fixed(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_the_path_keeps_its_shape() {
        let path = with_sid_slot("/api/v1/old/events".to_owned(), Some("old"));
        assert_eq!(path.with_sid("new"), "/api/v1/new/events");
        let path = with_sid_slot("/api/v1/sessions/older/events".to_owned(), Some("old"));
        assert_eq!(path.with_sid("new"), "/api/v1/sessions/new/events");
        let path = with_sid_slot("/api/v1/downloaded".to_owned(), Some("old"));
        assert_eq!(path, SendPath::Fixed("/api/v1/downloaded".to_owned()));
    }
}

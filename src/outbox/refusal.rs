//! Why a draft may not be sent, in words.

/// The reason why nothing of a draft is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No address was given.
    #[error("no target: give the address to send to, such as http://127.0.0.1:8787")]
    NoTarget,
    /// The address cannot be read.
    #[error("`{address}` is no address: {why}")]
    BadTarget {
        /// What was given.
        address: String,
        /// What the parser says.
        why: String,
    },
    /// Another scheme than `http` or `https`.
    #[error("the target must begin with http:// or https://, not `{scheme}:`")]
    NotHttp {
        /// What the address begins with.
        scheme: String,
    },
    /// The address holds a user name or a password.
    #[error("the target holds a user name or a password: give an `Authorization` header instead")]
    Credentials,
    /// The host is not loopback and was not allowed.
    #[error(
        "host `{host}` was not allowed: only this machine is free, any other host must be allowed by name"
    )]
    HostNotAllowed {
        /// The host of the address.
        host: String,
    },
    /// There is nothing to send.
    #[error("there is no event to send")]
    Empty,
    /// The capture does not have the body of a request.
    #[error("the capture lacks the body of request {request}")]
    BodyMissing {
        /// Number of the request in the draft, from 1.
        request: usize,
    },
    /// A body is no JSON, so that the wanted change cannot be made.
    #[error("request {request} is not JSON, it can only be sent as captured with `ts` as captured")]
    NotJson {
        /// Number of the request in the draft, from 1.
        request: usize,
    },
    /// The draft does not begin with `sessionStart`, which the mode needs.
    #[error("the first event is not sessionStart: no session can be opened with it")]
    NoSessionStart,
    /// `ts` should be moved, but no event has one.
    #[error("no event has a `ts` that can be moved")]
    NoTs,
    /// What was changed in the draft does not fit the session.
    #[error("the changes of the draft do not fit: {0}")]
    EditsDoNotFit(String),
    /// Bare events: it is unknown how they were sent.
    #[error("the capture does not say how these events were sent: choose online or downloaded")]
    ModeUnknown,
    /// Planning or sending did not work inside.
    #[error("nothing can be sent: {0}")]
    Inside(String),
}

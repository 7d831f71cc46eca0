//! Our own ids: sequential row numbers, typed so that they cannot be mixed.
//!
//! The API's own session id is the opaque text `Sid`; it may be missing or shared.

/// Declares a row number type.
macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The row number, zero-based.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

row_id!(
    /// Row of an event in its capture, in order of arrival, zero-based.
    EventId
);
row_id!(
    /// Row of a request in its capture, in order of the file, zero-based.
    ExchangeId
);
row_id!(
    /// Number of a session in its capture, in order of arrival, zero-based (reports count from 1).
    SessionId
);
row_id!(
    /// Number of a shape in its capture (see `model::shape`).
    ShapeId
);

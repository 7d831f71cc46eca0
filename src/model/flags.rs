//! Sets of facts, one bit each, small enough for a row of a table.

/// Declares a set of facts: `NAME { FACT = bit; … }`.
macro_rules! bit_flags {
    ($(#[$doc:meta])* $name:ident { $($(#[$fact_doc:meta])* $fact:ident = $bit:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(pub u16);

        impl $name {
            $($(#[$fact_doc])* pub const $fact: Self = Self(1 << $bit);)*

            /// Both sets together.
            #[must_use]
            pub const fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// True when any bit of `other` is set.
            #[must_use]
            pub const fn has(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }
        }
    };
}

pub(super) use bit_flags;

//! The vocabulary: plain data, no input or output, no clock.
//!
//! | Module | Holds |
//! |---|---|
//! | [`capture`] | one source of data with everything that was read from it |
//! | [`source`], [`escape`], [`json`] | bytes, places in them, the way back from decoded text |
//! | [`table`], [`event_table`], [`exchange`], [`shape`], [`session`] | events, requests, shapes and sessions as rows, with borrowed views |
//! | [`event_type`], [`parameter`] | the 20 event types and all known parameters, each in one table |
//! | [`placeholder`] | words that stand for "nothing" |
//! | [`clock`] | the three clocks: received, `ts`, playhead |
//! | [`machine`] | the playback state machine: what follows what |
//! | [`limits`], [`policy`] | numbers of the API; one switch per disagreement of the sources |
//! | [`collecting`] | how a collector is to run |
//! | [`fault`] | faults that the collector injects on demand |
//! | [`language`] | which languages there are texts in |
//! | [`note`] | remarks of the reader about its input |
//! | [`reason`] | why something cannot be |
//! | [`id`], [`names`], [`chunked`], [`headers`], [`spelling`], [`watch`] | small parts |

pub mod capture;
pub mod chunked;
pub mod clock;
pub mod collecting;
pub mod escape;
pub mod event;
pub mod event_table;
pub mod event_type;
pub mod exchange;
pub mod fault;
mod flags;
pub mod headers;
pub mod id;
pub mod json;
pub mod language;
pub mod limits;
pub mod machine;
pub mod names;
pub mod note;
pub mod numbers;
pub mod parameter;
pub mod placeholder;
pub mod policy;
pub mod reason;
pub mod session;
pub mod shape;
pub mod source;
pub mod spelling;
pub mod table;
pub mod watch;

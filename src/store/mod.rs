//! What is loaded: captures with the indices that the window needs, each built once outside a frame.
//!
//! | Module | Holds |
//! |---|---|
//! | [`loaded`] | a capture with everything known about it |
//! | [`growing`] | a run of the collector as it grows: a working set of bounded size, and what was set aside |
//! | [`places`] | where each event stands in its session, and when sessions begin and end |
//! | [`judged`] | a judgement with look-ups by session, severity and event |
//! | [`project`] | what somebody has decided about a capture, in a file beside it |
//! | [`named_project`] | the same about several captures, in a file of its own |
//! | [`comparison`] | two sessions side by side |
//! | [`column`] | what a column of the event table says of an event |
//! | [`demo`] | the demo sessions that come with the program |
//! | [`drawing`] | what timeline and plot draw, with the findings |
//! | [`finding_rows`] | a list of findings in groups |
//! | [`filter`] | which events of a session the table shows |
//! | [`inherited`] | the metadata that holds at an event without standing in it |
//! | [`previous`] | the event of the same type before an event |
//! | [`query`] | the language of the filter |
//! | [`range`] | what happened in a range of time, with the findings by rule |
//! | [`raw_places`] | from a byte of an event's text to its field |
//! | [`search`] | which rows of the event table are hits of a search |
//! | [`session_rows`] | the rows of the session list |
//! | [`sort`] | the rows of the event table in the order of a column |
//! | [`story`] | what a session tells in captions |
//! | [`table_rows`] | which event stands in which row of the table |

pub mod column;
pub mod comparison;
pub mod demo;
pub mod drawing;
pub mod filter;
pub mod finding_rows;
pub mod growing;
pub mod inherited;
pub mod judged;
pub mod loaded;
pub mod named_project;
pub mod picture;
pub mod places;
pub mod previous;
pub mod project;
pub mod query;
pub mod range;
pub mod raw_places;
pub mod search;
pub mod session_rows;
pub mod sort;
pub mod story;
pub mod table_rows;

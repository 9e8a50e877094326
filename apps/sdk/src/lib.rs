//! What an app is: a catalogue entry declared as data, and a few optional capabilities of one or two methods each.
//! Also the one way out: every outgoing HTTP call of the product goes through [`egress`].

pub mod actions;
pub mod app;
pub mod authorise;
pub mod catalogue;
pub mod changes;
pub mod check;
pub mod effects;
pub mod egress;
pub mod error;
pub mod hear;
pub mod outbox;
pub mod politeness;
pub mod session;
pub mod signature;
pub mod source;

pub use actions::{
    Actions, Fate, Performed, Repeats, Stands, UndoAnswer, UndoItem, Undone, WriteAnswer, WriteItem,
    WriteResult,
};
pub use app::{App, Apps, Companion};
pub use authorise::{Authorise, ConsentAnswer, ConsentRequest};
pub use changes::{Changes, Hint, Hints, HintsRequest, Presence, Rhythm};
pub use check::{Check, CheckOutcome, Discover, Discovery, Progress, StageSink};
pub use error::AppError;
pub use outbox::{NumberedChange, Outbox, OutboxPage, OutboxQuestion, Said};
pub use session::{Credentials, Session};
pub use source::{
    Fetched, PageRequest, Reader, Source, SourceEnd, SourceItem, SourceNote, SourcePage, Unreadable,
};

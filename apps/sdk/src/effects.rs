//! Where the effects of a destination are told: one stream for each record there.

use domain::decider::Decider as _;
use domain::effect::Effects;
use engine::{StreamName, hash};

/// The stream of a record (`RecordKey::path`) at a destination. Named by a digest, because two long names would not fit.
pub fn stream(to: &str, record_path: &str) -> StreamName {
    StreamName::new(Effects::CATEGORY, hash::id(&[to, record_path]))
}

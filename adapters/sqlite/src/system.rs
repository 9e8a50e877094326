//! The real clock and real chance.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use engine::EventId;
use engine::ports::{Clock, Ids};
use uuid::Builder;

#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else asks")]
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }
}

/// Event ids in the order of time (UUID version 7) and chance from the operating system.
/// Nothing is buffered: a copied virtual machine must not repeat the numbers of its twin.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "such an id begins with the time; nothing orders by it")]
    fn event_id(&self) -> EventId {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut random = [0; 10];
        fill(&mut random);
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    fn random(&self, bytes: usize) -> Vec<u8> {
        let mut random = vec![0; bytes];
        fill(&mut random);
        random
    }
}

/// Without chance there are no keys and no nonces, and no way to go on safely: the process must end.
fn fill(buffer: &mut [u8]) {
    getrandom::fill(buffer)
        .expect("the operating system refuses to give random bytes; nothing safe can be done");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_168_ids_are_version_7_in_order_and_never_repeat() {
        let ids: Vec<_> = (0..1000).map(|_| SystemIds.event_id()).collect();
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), 1000);
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert!(ids.windows(2).all(|pair| pair[0].as_u128() >> 80 <= pair[1].as_u128() >> 80));
        assert_eq!(SystemIds.random(33).len(), 33);
    }
}

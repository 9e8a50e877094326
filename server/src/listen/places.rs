//! How many connections there may be: in all, and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone)]
pub struct Places(Arc<Shared>);

struct Shared {
    all_max: usize,
    one_max: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place; given back when dropped.
pub struct Place {
    shared: Arc<Shared>,
    address: IpAddr,
}

impl Places {
    pub fn new(all_max: usize, one_max: usize) -> Self {
        Self(Arc::new(Shared { all_max, one_max, taken: Mutex::default() }))
    }

    /// `None` when there is no place left.
    pub fn take(&self, address: IpAddr, exempt: bool) -> Option<Place> {
        let address = whole(address);
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let one = taken.by_address.get(&address).copied().unwrap_or(0);
        if taken.all >= self.0.all_max || (!exempt && one >= self.0.one_max) {
            return None;
        }
        taken.all += 1;
        taken.by_address.insert(address, one + 1);
        #[expect(clippy::cast_precision_loss, reason = "connections stay far below 2^52")]
        metrics::gauge!("portal_connections").set(taken.all as f64);
        Some(Place { shared: self.0.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(one) = taken.by_address.get_mut(&self.address) {
            *one -= 1;
            if *one == 0 {
                taken.by_address.remove(&self.address);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "connections stay far below 2^52")]
        metrics::gauge!("portal_connections").set(taken.all as f64);
    }
}

/// One subscriber of IPv6 has a whole /64; count it as one.
fn whole(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & (u128::MAX << 64)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_004_places_are_bounded_and_given_back() {
        let places = Places::new(3, 2);
        let one: IpAddr = "192.0.2.1".parse().unwrap();
        let other: IpAddr = "192.0.2.2".parse().unwrap();
        let held = [places.take(one, false), places.take(one, false)];
        assert!(held.iter().all(Option::is_some));
        assert!(places.take(one, false).is_none(), "the cap of one address");
        let third = places.take(one, true);
        assert!(third.is_some(), "a trusted proxy is exempt from it");
        assert!(places.take(other, true).is_none(), "nobody is exempt from the cap of all");
        drop((held, third));
        assert!(places.0.taken.lock().unwrap().by_address.is_empty());
    }

    #[test]
    fn an_ipv6_subscriber_counts_as_one() {
        let places = Places::new(9, 1);
        let held = places.take("2001:db8::1".parse().unwrap(), false);
        assert!(held.is_some() && places.take("2001:db8::2".parse().unwrap(), false).is_none());
        assert!(places.take("2001:db8:0:1::2".parse().unwrap(), false).is_some());
    }
}

//! What leases promise.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use engine::ports::{Lease, Leases};
use futures::future::{BoxFuture, join_all};

/// Fresh leases, and the way to let time pass by their clock.
pub struct Made {
    pub leases: Arc<dyn Leases>,
    pub pass: Box<dyn Fn(Duration) -> BoxFuture<'static, ()>>,
}

const MINUTE: Duration = Duration::from_mins(1);

pub async fn suite<F: Future<Output = Made>>(make: impl Fn() -> F) {
    one_holds_until_its_time(make().await).await;
    who_holds_may_keep(make().await).await;
    the_token_grows_with_each_change_of_the_holder(make().await).await;
    who_lets_go_is_followed_at_once(make().await).await;
    those_that_are_held_are_listed(make().await).await;
    one_of_many_wins(make().await).await;
    any_time_and_name_will_do(make().await).await;
}

async fn one_holds_until_its_time(made: Made) {
    let leases = &made.leases;
    assert_eq!(token(leases, "relay", "a").await, Some(1));
    assert_eq!(token(leases, "relay", "b").await, None);
    assert_eq!(token(leases, "views", "b").await, Some(1), "leases do not know of each other");
    (made.pass)(MINUTE / 2).await;
    assert_eq!(token(leases, "relay", "b").await, None);
    (made.pass)(MINUTE).await;
    assert_eq!(token(leases, "relay", "b").await, Some(2));
    assert_eq!(token(leases, "relay", "a").await, None);
}

async fn who_holds_may_keep(made: Made) {
    for _ in 0..5 {
        assert_eq!(token(&made.leases, "relay", "a").await, Some(1));
        (made.pass)(MINUTE * 2 / 3).await;
        assert_eq!(token(&made.leases, "relay", "b").await, None);
    }
}

async fn the_token_grows_with_each_change_of_the_holder(made: Made) {
    for (holder, expected) in [("a", 1), ("a", 1), ("b", 2), ("a", 3), ("a", 3), ("c", 4)] {
        assert_eq!(token(&made.leases, "relay", holder).await, Some(expected), "{holder}");
        (made.pass)(MINUTE * 2).await;
    }
}

async fn who_lets_go_is_followed_at_once(made: Made) {
    let leases = &made.leases;
    leases.release("relay", "a").await.unwrap();
    assert_eq!(token(leases, "relay", "a").await, Some(1));
    leases.release("relay", "b").await.unwrap();
    assert_eq!(token(leases, "relay", "b").await, None, "only the holder lets go");
    leases.release("relay", "a").await.unwrap();
    leases.release("relay", "a").await.unwrap();
    assert!(leases.held("").await.unwrap().is_empty());
    assert_eq!(token(leases, "relay", "b").await, Some(2));
    assert_eq!(token(leases, "relay", "a").await, None);
}

async fn those_that_are_held_are_listed(made: Made) {
    let leases = &made.leases;
    for (name, holder) in
        [("part-01", "b"), ("part-00", "a"), ("relay", "a"), ("part%", "c"), ("part-02", "a")]
    {
        assert_eq!(token(leases, name, holder).await, Some(1));
    }
    leases.release("part-02", "a").await.unwrap();
    let lease = |name: &str, holder: &str| Lease { name: name.into(), holder: holder.into(), token: 1 };
    let parts = [lease("part-00", "a"), lease("part-01", "b")];
    assert_eq!(leases.held("part-").await.unwrap(), parts);
    assert_eq!(leases.held("").await.unwrap().len(), 4);
    assert!(leases.held("part_").await.unwrap().is_empty(), "a prefix is no pattern");
    (made.pass)(MINUTE / 2).await;
    assert_eq!(token(leases, "part-01", "b").await, Some(1));
    (made.pass)(MINUTE * 2 / 3).await;
    assert_eq!(leases.held("part").await.unwrap(), [lease("part-01", "b")]);
}

async fn one_of_many_wins(made: Made) {
    for round in 1..=5 {
        let holders: Vec<String> = (0..12).map(|number| format!("{round}-{number}")).collect();
        let asked = holders.iter().map(|holder| token(&made.leases, "relay", holder));
        let tokens: Vec<u64> = join_all(asked).await.into_iter().flatten().collect();
        assert_eq!(tokens, [round], "exactly one holds, with the next token");
        (made.pass)(MINUTE * 2).await;
    }
}

async fn any_time_and_name_will_do(made: Made) {
    let leases = &made.leases;
    for name in ["", "with \0 and 'quotes'", "ä"] {
        assert_eq!(token(leases, name, "\0").await, Some(1));
        assert_eq!(leases.held(name).await.unwrap().iter().filter(|lease| lease.name == name).count(), 1);
    }
    let no_time = leases.hold("short", "a", Duration::ZERO).await.unwrap();
    assert_eq!(no_time.map(|lease| lease.token), Some(1));
    assert_eq!(token(leases, "short", "b").await, Some(2), "no time is over at once");
    let years = Duration::from_hours(24 * 365 * 50);
    assert!(leases.hold("long", "a", years).await.unwrap().is_some());
    assert_eq!(token(leases, "long", "b").await, None);
}

async fn token(leases: &Arc<dyn Leases>, name: &str, holder: &str) -> Option<u64> {
    let held = leases.hold(name, holder, MINUTE).await.unwrap()?;
    assert_eq!((&*held.name, &*held.holder), (name, holder));
    Some(held.token)
}

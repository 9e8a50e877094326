//! A record that is suddenly older: a cache's answer is not believed, a restored backup is.

use wordpress_model::{Fault, Injection, Stamp, moment};

use super::{World, of, titled};

/// By SQL, so that no date moves by itself and no hook is called.
fn restore(world: &World, id: u64, title: &str) {
    world.site().update_by_sql(id, |post| {
        post.title = title.into();
        post.modified = Stamp::Utc(moment("2025-01-02T03:04:05"));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_restored_from_a_backup_is_taken_over_by_a_sweep() {
    let world = World::new(40).await;
    world.site().update_post(7, |post| post.title = "After the backup".into());
    world.until("the edit", |portal| titled(portal, 7, "After the backup")).await;
    restore(&world, 7, "Before it");
    let sweep = world.sweep().await.sweep.unwrap();
    assert_eq!((sweep.missed, sweep.stale), (1, 0));
    let portal = world.until("the backup", |portal| titled(portal, 7, "Before it")).await;
    assert_eq!(of(&portal, 7).revision, 2);
    let again = world.sweep().await.sweep.unwrap();
    assert_eq!((again.missed, again.stale), (0, 0), "it is as it is known now");
    world.site().update_post(7, |post| post.title = "Edited again".into());
    world.until("the next edit", |portal| titled(portal, 7, "Edited again")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_answer_of_a_cache_is_not_believed() {
    let world = World::silent(40).await;
    let cache = || Injection::always("/wp/v2/posts", Fault::StaleCache { age: 600 });
    let filled = world.site().inject(cache());
    world.stage.watch("sc_a", super::graph(&[("posts", "mp_posts", "post")])).await;
    world.until("everything is there", |portal| portal.len() == 40).await;
    // The edit comes past the cache, as by a webhook and a question that nobody asked before.
    world.site().remove_fault(filled);
    world.site().update_post(7, |post| post.title = "Newer than the cache".into());
    world.until("the edit", |portal| titled(portal, 7, "Newer than the cache")).await;
    world.site().inject(cache());
    let sweep = world.sweep().await.sweep.unwrap();
    assert_eq!((sweep.missed, sweep.stale), (0, 1), "the cache still has the list of before");
    let portal = world.stage.portal().await;
    assert!(titled(&portal, 7, "Newer than the cache"));
    assert_eq!(of(&portal, 7).revision, 1);
}

//! A record that the site shows in a way nobody can read is told, asked for again, and never taken for gone.

use serde_json::json;
use wordpress_model::{Fault, Injection};

use super::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_read_is_told_until_it_can() {
    let world = World::new(40).await;
    world.site().inject(Injection::always("/wp/v2/posts", Fault::Id(json!("seven"))));
    let told = world.sweep().await;
    let (id, unread) = told.unread.first_key_value().expect("a record that could not be read");
    assert!(id.contains("seven"), "{id}");
    assert_eq!(unread.code, "UNREADABLE_RECORD");
    assert!(unread.message.contains("id"), "{}", unread.message);
    assert!(world.stage.portal().await.iter().all(|record| !record.archived), "nothing is taken for gone");

    world.site().clear_faults();
    let mended = world.sweep().await;
    assert!(mended.unread.is_empty(), "{:?}", mended.unread);
    assert_eq!(world.stage.portal().await.len(), 40);
}

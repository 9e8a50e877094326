//! Whoever looks at a record asks for the same fields, or it would look changed to each of them in turn.

use std::time::Duration;

use domain::inbox::Finding;
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use serde_json::{Value, json};

use super::super::deliveries::sender::Sender;
use super::super::stage::graph;
use super::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_and_a_watch_see_the_same_record() {
    let mut world = World::new(20).await;
    world.restart(Duration::from_hours(1), true).await;
    // A scenario that is started by hand reads a field that no other does.
    let ready = domain::mapping::READY_MADE.iter().find(|ready| ready.resource == "posts").unwrap();
    let mut definition: Value = serde_json::from_str(ready.json).unwrap();
    definition["fields"][1]["from"] = json!({"path": "permalink_template"});
    let created = MappingCreated {
        name: "More".into(),
        app: "wordpress".into(),
        resource: "posts".into(),
        entity: ready.entity.into(),
    };
    world.stage.command::<Mappings>("mp_more", MappingCommand::Create(created)).await;
    let revise = MappingCommand::Revise { expected: None, definition };
    world.stage.command::<Mappings>("mp_more", revise).await;
    world.stage.publish_new("sc_by_hand", graph(&[("posts", "mp_more", "post")])).await;
    let end = *engine::ports::EventStore::end(&*world.stage.store).borrow();
    for view in [&domain::views::SCENARIOS, &domain::views::MAPPINGS] {
        world.stage.settle(view, end).await;
    }

    let sender = Sender::standard(&world.stage).await;
    let mut look = 0;
    let mut looked = async || {
        look += 1;
        let receipt = sender.raw(&format!("msg_{look}"), r#"{"resource":"posts","id":5}"#).await;
        let led = sender.led_to(&receipt).await;
        (led.records[0].finding, led.records[0].revision)
    };
    assert_eq!(looked().await, (Finding::Changed, Some(1)), "the new field is read");
    let sweep = world.sweep().await.sweep.unwrap();
    assert_eq!(sweep.missed, 19, "of the others too; the one that was looked at is the same");
    assert_eq!(looked().await, (Finding::Unchanged, Some(1)));
}

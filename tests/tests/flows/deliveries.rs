//! From a delivery to the record: what the world says is only a reason to look.

mod erased;
pub mod sender;
mod site;

use std::time::Duration;

use app_sdk::AppError;
use domain::connection::{ConnectionCommand, Connections};
use domain::endpoint::{Algorithm, Mode};
use domain::inbox::Finding;
use domain::run::RunMode;
use domain::views::ENDPOINTS;
use engine::ports::{EventStore, Filter, Ids, ReadStore};
use engine::trace::TraceContext;

use self::sender::{SHOP_SECRET, Sender};
use super::stage::{SITE, Stage, graph, post, user};

async fn records(stage: &Stage) -> Vec<(String, String)> {
    let events = stage.store.read_all(0, &Filter::categories(["record"]), 10_000).await.unwrap().events;
    events.iter().map(|event| (event.stream.id().to_owned(), event.event_type.to_string())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_change_is_fetched_and_recorded_once() {
    let stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    stage.put("posts", 1, post(1, 1));
    stage.put("posts", 2, post(2, 1));
    let receipt = sender.changes((1, 2), &[("updated", "posts", 1), ("updated", "posts", 9)]).await;
    let led = sender.led_to(&receipt).await;
    let findings: Vec<_> = led.records.iter().map(|record| (record.id.as_str(), record.finding)).collect();
    assert_eq!(findings, [("1", Finding::Changed), ("9", Finding::NotShown)]);
    assert_eq!(led.records[0].revision, Some(0));
    let receipt = sender.changes((3, 3), &[("updated", "posts", 1)]).await;
    let led = sender.led_to(&receipt).await;
    assert_eq!((led.records[0].finding, led.records[0].revision), (Finding::Unchanged, Some(0)));
    assert_eq!(records(&stage).await.len(), 1, "what did not change costs no event");
    let of = async |category| {
        stage.store.read_all(0, &Filter::categories([category]), 1).await.unwrap().events.remove(0)
    };
    let (delivery, record) = (of("delivery").await, of("record").await);
    assert_eq!(TraceContext::cause(&record), Some(TraceContext::of(&delivery)), "a trace goes through both");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_signed_delete_of_what_is_not_shown_ends_a_record() {
    let stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    stage.put("posts", 1, post(1, 1));
    stage.put("posts", 2, post(2, 1));
    let receipt = sender.changes((1, 2), &[("created", "posts", 1), ("created", "posts", 2)]).await;
    sender.led_to(&receipt).await;
    // The sender says that both are gone, but one of them is still there.
    stage.source.records.lock().unwrap().get_mut("posts").unwrap().remove(&1);
    let receipt = sender.changes((3, 4), &[("deleted", "posts", 1), ("deleted", "posts", 2)]).await;
    let led = sender.led_to(&receipt).await;
    let findings: Vec<_> = led.records.iter().map(|record| record.finding).collect();
    assert_eq!(findings, [Finding::Gone, Finding::Unchanged]);
    let gone = format!("{SITE}.posts.1");
    assert_eq!(records(&stage).await[2..], [(gone, "record.gone".to_owned())]);
    // It comes back.
    stage.put("posts", 1, post(1, 1));
    let receipt = sender.changes((5, 5), &[("restored", "posts", 1)]).await;
    let led = sender.led_to(&receipt).await;
    assert_eq!((led.records[0].finding, led.records[0].revision), (Finding::Changed, Some(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_038_an_unsigned_topic_ends_nothing() {
    let stage = Stage::new().await;
    let sender = Sender::with(&stage, Mode::WooCommerce { algorithm: Algorithm::Sha256 }).await;
    stage.put("orders", 5, post(5, 1));
    let receipt = sender.order("updated", SHOP_SECRET, r#"{"id":5}"#).await;
    assert_eq!(sender.led_to(&receipt).await.records[0].finding, Finding::Changed);
    stage.source.records.lock().unwrap().get_mut("orders").unwrap().remove(&5);
    let receipt = sender.order("deleted", SHOP_SECRET, r#"{"id":5}"#).await;
    assert_eq!(sender.led_to(&receipt).await.records[0].finding, Finding::NotShown);
    assert_eq!(records(&stage).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_037_a_burst_of_hints_about_one_record_is_one_question() {
    let stage = Stage::new().await;
    let sender = Sender::with(&stage, Mode::WooCommerce { algorithm: Algorithm::Sha256 }).await;
    stage.put("orders", 5, post(5, 1));
    let mut receipts = vec![];
    for _ in 0..40 {
        receipts.push(sender.order("updated", SHOP_SECRET, r#"{"id":5}"#).await);
    }
    for receipt in &receipts {
        let led = sender.led_to(receipt).await;
        assert_eq!(led.records[0].revision, Some(0));
    }
    assert_eq!(*stage.source.pages_read.lock().unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_never_came_are_missed() {
    let stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    for (first, last) in [(1, 2), (5, 6)] {
        let receipt = sender.changes((first, last), &[("updated", "posts", 1)]).await;
        sender.led_to(&receipt).await;
    }
    let gaps: Vec<_> = sender.inbox().await.gaps.iter().map(|gap| (gap.first, gap.last)).collect();
    assert_eq!(gaps, [(3, 4)]);
    let receipt = sender.changes((3, 4), &[("updated", "posts", 1)]).await;
    sender.led_to(&receipt).await;
    assert!(sender.inbox().await.gaps.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_connections_deliveries_wait_and_are_drained_in_order() {
    let mut stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    stage.put("posts", 1, post(1, 1));
    let paused = stage.command::<Connections>(SITE, ConnectionCommand::Pause { reason: "x".into() }).await;
    stage.settle(&domain::views::CONNECTIONS, paused).await;
    let mut receipts = vec![];
    for number in 1..=3 {
        receipts.push(sender.changes((number, number), &[("updated", "posts", 1)]).await);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(records(&stage).await.is_empty() && sender.inbox().await.read_to == 0);
    // Not even a restart forgets them.
    stage.kill();
    stage.start();
    stage.command::<Connections>(SITE, ConnectionCommand::Resume).await;
    for receipt in &receipts {
        Sender::led(&stage, receipt).await;
    }
    assert_eq!(records(&stage).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_the_view_of_endpoints_is_filled_again_is_read() {
    let mut stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    stage.put("posts", 1, post(1, 1));
    stage.kill();
    let receipt = sender.changes((1, 1), &[("updated", "posts", 1)]).await;
    // As after an upgrade that folds the view anew.
    stage.reads.drop_view(&ENDPOINTS).await.unwrap();
    stage.start();
    assert_eq!(sender.led_to(&receipt).await.records[0].finding, Finding::Changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_104_a_site_in_trouble_is_asked_again_and_nothing_is_skipped() {
    let stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    stage.put("posts", 1, post(1, 1));
    let trouble =
        AppError::Transient { code: "DOWN".into(), message: "it is down".into(), remedy: "wait".into() };
    *stage.source.fail_after.lock().unwrap() = Some((0, trouble));
    let receipt = sender.changes((1, 1), &[("updated", "posts", 1)]).await;
    assert_eq!(sender.led_to(&receipt).await.records[0].finding, Finding::Changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_045_a_poisonous_delivery_holds_nobody_up() {
    let stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    stage.put("posts", 1, post(1, 1));
    let odd = sender.raw("msg_odd", r#"{"type":"wp.future"}"#).await;
    let good = sender.changes((1, 1), &[("updated", "posts", 1)]).await;
    let led = sender.led_to(&odd).await;
    assert!(led.records.is_empty() && led.note.unwrap().contains("wp.future"));
    assert_eq!(sender.led_to(&good).await.records[0].finding, Finding::Changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_and_an_import_see_the_same_record() {
    let stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    stage.mapping("mp_users", "users").await;
    stage.put("users", 1, user(1));
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    stage.over("rn_1").await;
    let receipt = sender.changes((1, 1), &[("updated", "users", 1)]).await;
    assert_eq!(sender.led_to(&receipt).await.records[0].finding, Finding::Unchanged);
    stage.put("users", 1, {
        let mut changed = user(1);
        changed["name"] = "Ada".into();
        changed
    });
    let receipt = sender.changes((2, 2), &[("updated", "users", 1)]).await;
    assert_eq!(sender.led_to(&receipt).await.records[0].finding, Finding::Changed);
    stage.start_run("rn_2", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    let run = stage.over("rn_2").await;
    assert_eq!((run.counts.updated, records(&stage).await.len()), (1, 2), "the run found it recorded");
}

/// Whatever the order and the repeats, the end is what the site shows.
#[tokio::test(flavor = "multi_thread")]
async fn bad_input_046_order_does_not_matter() {
    let stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    let chance = adapter_memory::SeededIds::new(46);
    let mut number = 0;
    for round in 1..=60_u64 {
        let is_there = chance.random(1)[0] & 1 == 0;
        if is_there {
            stage.put("posts", round, post(round, 1));
        }
        let mut said = ["created", "updated", "deleted", "updated", "restored"];
        for at in (1..said.len()).rev() {
            said.swap(at, usize::from(chance.random(1)[0]) % (at + 1));
        }
        let mut last = String::new();
        for word in said {
            number += 1;
            last = sender.changes((number, number), &[(word, "posts", round)]).await;
        }
        sender.led_to(&last).await;
        let stream = engine::StreamName::new("record", format!("{SITE}.posts.{round}"));
        let ended = stage.store.read_last(&[stream]).await.unwrap().pop().flatten();
        assert_eq!(ended.is_some_and(|event| &*event.event_type == "record.changed"), is_there, "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_153_killed_while_reading_it_goes_on_without_doubles() {
    let mut stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    let mut receipts = vec![];
    for id in 1..=120 {
        stage.put("posts", id, post(id, 1));
        receipts.push(sender.changes((id, id), &[("updated", "posts", id)]).await);
        if id % 20 == 0 {
            stage.kill();
            stage.start();
            let end = *stage.store.end().borrow();
            stage.hooks.known_to(end).await;
        }
    }
    for receipt in &receipts {
        Sender::led(&stage, receipt).await;
    }
    assert_eq!(records(&stage).await.len(), 120);
}

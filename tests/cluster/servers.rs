//! The surroundings of a cluster for `tests/cluster/flows`, as a process of its own: a real NATS server, a real
//! PostgreSQL, a stand-in that speaks KurrentDB's protocol, and living models of WordPress sites. Says where they are
//! in one line of JSON, then does what it is told on standard input, a line each, and answers `ok` when it is done:
//!
//!   title ID TEXT      a post of the first site gets another title
//!   slow MILLIS        every page of posts comes this much later, from all sites
//!   kill-nats          `kill -9`, and started again on what is on its disk
//!   wipe-nats          the same, with nothing left on its disk
//!   stop-postgres      stopped in the mode `immediate`, and started again
//!
//! Arguments: users and posts of a site, and how many sites. Ends, with everything it started, when standard input ends.

use std::io::BufRead;
use std::time::Duration;

use acceptance::nats_server::NatsServer;
use acceptance::postgres_server::PostgresServer;
use kurrent_model::KurrentModel;
use serde_json::json;
use wordpress_model::{Fault, Injection, Running, SAMPLE_PASSWORD, Shape, Site};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().expect("a number"));
    let mut next = |usual| numbers.next().unwrap_or(usual);
    let shape = Shape { users: next(60), posts: next(200), content_bytes: 600, seed: 7 };
    let mut sites = Vec::new();
    for _ in 0..next(1) {
        let site = Site::generated(shape).serve(([127, 0, 0, 1], 0).into()).await?;
        site.site().add_account("portal", SAMPLE_PASSWORD, "administrator");
        sites.push(site);
    }
    let log = KurrentModel::start().await?;
    let (mut nats, postgres) = (NatsServer::start(), PostgresServer::start());
    println!(
        "{}",
        json!({
            "sites": sites.iter().map(|site| &site.url).collect::<Vec<_>>(), "password": SAMPLE_PASSWORD, "log": log.url(), "bus": nats.url(),
            "database": postgres.url(),
        })
    );
    let lines = std::io::stdin().lock().lines();
    for line in lines {
        obey(&line?, &sites, &mut nats, &postgres);
        println!("ok");
    }
    for site in sites {
        site.stop().await;
    }
    Ok(())
}

fn obey(line: &str, sites: &[Running], nats: &mut NatsServer, postgres: &PostgresServer) {
    let mut words = line.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some("title"), Some(id), Some(title)) => {
            let id = id.parse().expect("an id");
            assert!(
                sites[0].site().update_post(id, |post| title.clone_into(&mut post.title)),
                "no post {id}"
            );
        }
        (Some("slow"), Some(millis), _) => {
            let pause = Duration::from_millis(millis.parse().expect("milliseconds"));
            for site in sites {
                site.site().inject(Injection::always("/wp/v2/posts", Fault::Slow(pause)));
            }
        }
        (Some("kill-nats"), ..) => {
            nats.kill();
            nats.start_again();
        }
        (Some("wipe-nats"), ..) => {
            nats.kill();
            nats.lose_the_disk();
            nats.start_again();
        }
        (Some("stop-postgres"), ..) => postgres.restart_immediately(),
        _ => panic!("what is {line:?}?"),
    }
}

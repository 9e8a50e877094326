//! A generated site as a process of its own, for tests that are not written in Rust. Says where it is in one line of
//! JSON, then does what it is told on standard input, a line each, and answers `ok` or what was wrong with the line:
//!
//!   user ID FIELD TEXT    another `email`, `name`, `url` or `description` for a user
//!   post ID FIELD TEXT    another `title` or `content` for a post
//!   pages N               refuses pages of more than N records
//!   slow MILLIS           every answer of the REST API comes this much later
//!   unreadable            the first post of a page has an id that nobody can read
//!   heal                  as before `pages`, `slow` and `unreadable`
//!
//! Arguments: users and posts. Ends when standard input ends.
//!
//! `cargo run -p wordpress-model --example site -- 200 40`

use std::io::{BufRead as _, Error, Write as _};
use std::time::Duration;

use serde_json::json;
use wordpress_model::{Fault, Injection, SAMPLE_LOGIN, SAMPLE_PASSWORD, Shape, Site};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .map(|text| text.parse().map_err(|_| Error::other(format!("{text:?} is no number"))))
        .collect::<Result<_, _>>()?;
    let of = |place: usize| numbers.get(place).copied().unwrap_or(20);
    let shape = Shape { users: of(0), posts: of(1), content_bytes: 400, seed: 11 };
    let running = Site::generated(shape).serve(([127, 0, 0, 1], 0).into()).await?;
    running.site().add_account(SAMPLE_LOGIN, SAMPLE_PASSWORD, "administrator");
    say(&json!({"url": running.url, "account": SAMPLE_LOGIN, "secret": SAMPLE_PASSWORD}).to_string())?;
    let site = running.site().clone();
    let told = tokio::task::spawn_blocking(move || {
        for line in std::io::stdin().lock().lines() {
            say(&obey(&site, &line?).map_or_else(|wrong| wrong, |()| "ok".to_owned()))?;
        }
        Ok(())
    });
    let ended = told.await.map_err(Error::other)?;
    running.stop().await;
    ended
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn obey(site: &Site, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.splitn(4, ' ').collect();
    let number = |text: &str| text.parse().map_err(|_| format!("{text:?} is no number"));
    let there = |known: bool| if known { Ok(()) } else { Err(format!("nothing has this id: {line}")) };
    match words[..] {
        ["user", id, field @ ("email" | "name" | "url" | "description"), text] => {
            there(site.update_user(number(id)?, |user| {
                let place = match field {
                    "email" => &mut user.email,
                    "name" => &mut user.name,
                    "url" => &mut user.url,
                    _ => &mut user.description,
                };
                text.clone_into(place);
            }))
        }
        ["post", id, field @ ("title" | "content"), text] => there(site.update_post(number(id)?, |post| {
            text.clone_into(if field == "title" { &mut post.title } else { &mut post.content });
        })),
        ["pages", most] => {
            site.inject(Injection::always("/wp/v2/", Fault::PerPageRefusedAbove(number(most)?)));
            Ok(())
        }
        ["slow", millis] => {
            let pause = Duration::from_millis(number(millis)?);
            site.inject(Injection::always("/wp/v2/", Fault::Slow(pause)));
            Ok(())
        }
        ["unreadable"] => {
            site.inject(Injection::always("/wp/v2/posts", Fault::Id(json!("seven"))));
            Ok(())
        }
        ["heal"] => {
            site.clear_faults();
            Ok(())
        }
        _ => Err(format!("not understood: {line}")),
    }
}

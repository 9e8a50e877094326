//! Does a page cache answer in WordPress's place? It would show old lists.

use crate::call::{Answer, Site};
use crate::discover::Stages;
use crate::discover::stages::Verdict;

pub async fn test(site: &Site, stages: &mut Stages<'_>) {
    let begun = stages.begin("page-cache", "No cache in between");
    let verdict = match twice(site).await {
        None => Verdict::skipped("not reached"),
        Some(second) => match sign(&second) {
            None => Verdict::passed("answers come fresh from WordPress"),
            Some(sign) => Verdict::warned(
                format!("the same question twice was answered from a cache ({sign})"),
                "exclude /wp-json/ from the page cache, or changes are seen late",
            ),
        },
    };
    stages.end("page-cache", "No cache in between", begun, verdict);
}

/// The second answer to one question that nobody asked before.
async fn twice(site: &Site) -> Option<Answer> {
    let nonce = format!("{:016x}", site.egress.chance().to_bits());
    let question = [("per_page", "1"), ("_fields", "id"), ("fresh", nonce.as_str())];
    site.get("/wp/v2/posts", &question).await.ok()?;
    site.get("/wp/v2/posts", &question).await.ok()
}

fn sign(answer: &Answer) -> Option<String> {
    for name in [
        "x-cache",
        "cf-cache-status",
        "x-cache-status",
        "x-litespeed-cache",
        "x-proxy-cache",
        "x-varnish-cache",
    ] {
        if let Some(value) = answer.header(name).filter(|value| value.to_ascii_lowercase().contains("hit")) {
            return Some(format!("{name}: {value}"));
        }
    }
    let age = answer.header("age")?.trim().parse::<u64>().ok()?;
    (age > 0).then(|| format!("age: {age} s"))
}

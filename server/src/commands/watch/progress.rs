//! Progress: a bar for each fetch on a terminal, a plain line now and then elsewhere, nothing where programs read.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::logging::escape;
use crate::output;

const LINE_EVERY: Duration = Duration::from_secs(5);

pub enum Progress {
    Silent,
    Lines { last: Instant },
    Bars { all: MultiProgress, by_fetch: BTreeMap<String, ProgressBar> },
}

impl Progress {
    pub fn start(quiet: bool) -> Self {
        if quiet {
            Self::Silent
        } else if std::io::stderr().is_terminal() {
            Self::Bars { all: MultiProgress::new(), by_fetch: BTreeMap::new() }
        } else {
            Self::Lines { last: Instant::now() }
        }
    }

    pub fn show(&mut self, run: &Value) {
        match self {
            Self::Silent => {}
            Self::Lines { last } if last.elapsed() < LINE_EVERY => {}
            Self::Lines { last } => {
                *last = Instant::now();
                output::complain(&line(run));
            }
            Self::Bars { all, by_fetch } => {
                for (node, fetch) in run["fetches"].as_object().into_iter().flatten() {
                    let bar = by_fetch.entry(node.clone()).or_insert_with(|| all.add(bar()));
                    bar.set_message(escape::plain(fetch["resource"].as_str().unwrap_or(node)));
                    if let Some(total) = fetch["total"].as_u64() {
                        bar.set_length(total);
                    }
                }
                // The counts are of the whole run; with one fetch they are that fetch's.
                if let Some(bar) = by_fetch.values().last() {
                    bar.set_position(run["counts"]["read"].as_u64().unwrap_or(0));
                }
            }
        }
    }

    pub fn end(&mut self) {
        if let Self::Bars { by_fetch, .. } = self {
            by_fetch.values().for_each(ProgressBar::finish_and_clear);
        }
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:14} {bar:40} {pos}/{len}  {elapsed}")
        .expect("the template is a constant");
    ProgressBar::new(0).with_style(style)
}

fn line(run: &Value) -> String {
    let count = |name: &str| run["counts"][name].as_u64().unwrap_or(0);
    format!(
        "{} read, {} created, {} updated, {} unchanged, {} skipped, {} failed",
        count("read"),
        count("created"),
        count("updated"),
        count("unchanged"),
        count("skipped"),
        count("failed")
    )
}

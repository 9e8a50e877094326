//! Fills the run log: what a person would want to read of a run, line by line.

use domain::event::Event;
use domain::run::{Level, RunEvent as E, RunMode, RunStatus};
use domain::views::{RUN_LOG, RunLogView, ViewSpec, log_key};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct RunLog;

impl Projection for RunLog {
    fn view(&self) -> &'static ViewSpec {
        &RUN_LOG
    }

    fn categories(&self) -> &'static [&'static str] {
        &["run"]
    }

    fn needs(&self, _: &Recorded) -> Option<String> {
        None
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        if &*recorded.event_type == "run.items-settled" {
            return Ok(());
        }
        let fact = E::from_json(&recorded.event_type, &recorded.data)?;
        let Some((level, code, message, node)) = line(fact) else { return Ok(()) };
        let view =
            RunLogView { at: recorded.recorded_at, position: recorded.position, level, code, message, node };
        docs.write(log_key(recorded.stream.id(), recorded.position), &view, vec![]);
        Ok(())
    }
}

type Line = (Level, String, String, Option<String>);

fn line(fact: E) -> Option<Line> {
    let say = |level, code: &str, message: String| Some((level, code.to_owned(), message, None));
    match fact {
        E::Started(started) => {
            let what = match &started.recall {
                None => "run",
                Some(recall) => recall.word(),
            };
            let dry = if started.mode == RunMode::DryRun { "Preview: " } else { "" };
            let of = format!("{dry}{what} by {} version {}", started.scenario, started.version);
            say(Level::Info, "STARTED", of)
        }
        E::ApprovalRequested(requested) => {
            let c = requested.counts;
            let message = format!(
                "Waits for approval: {} would be created, {} updated, {} fail, of {}",
                c.created, c.updated, c.failed, c.read
            );
            say(Level::Warning, "APPROVAL_REQUESTED", message)
        }
        E::Approved(_) => say(Level::Info, "APPROVED", "Approved".to_owned()),
        E::ItemsChosen(chosen) => {
            let message = format!("Works on {} items, as they were recorded", chosen.items.len());
            Some((Level::Info, "ITEMS_CHOSEN".to_owned(), message, Some(chosen.node)))
        }
        E::Paused(_) => say(Level::Info, "PAUSED", "Paused".to_owned()),
        E::Resumed(_) => say(Level::Info, "RESUMED", "Resumed".to_owned()),
        E::CancelRequested(requested) => {
            say(Level::Warning, "CANCEL_REQUESTED", format!("Cancel requested: {}", requested.reason))
        }
        E::ItemsSettled(_) => None,
        E::FetchFinished(finished) => {
            let (level, code, message) = match finished.problem {
                Some(problem) => (
                    Level::Error,
                    problem.code,
                    format!("{} What to do: {}", problem.message, problem.remedy),
                ),
                None if finished.complete => {
                    (Level::Info, "FETCH_COMPLETE".to_owned(), "Every page was read".to_owned())
                }
                None => {
                    (Level::Warning, "FETCH_PARTIAL".to_owned(), "Stopped before the last page".to_owned())
                }
            };
            Some((level, code, message, Some(finished.node)))
        }
        E::Rated(rated) => {
            let word = if rated.satisfied { "good" } else { "not good" };
            say(Level::Info, "RATED", format!("Somebody said that it went {word}"))
        }
        E::Noted(noted) => Some((noted.level, noted.code, noted.message, noted.node)),
        E::Completed(completed) => {
            let (level, word) = match completed.status {
                RunStatus::Succeeded => (Level::Info, "Succeeded"),
                RunStatus::PartlyFailed => (Level::Warning, "Partly failed"),
                RunStatus::Failed => (Level::Error, "Failed"),
                RunStatus::Cancelled => (Level::Warning, "Cancelled"),
            };
            let c = completed.counts;
            let message = format!(
                "{word}: {} read, {} created, {} updated, {} unchanged, {} skipped, {} failed",
                c.read, c.created, c.updated, c.unchanged, c.skipped, c.failed
            );
            say(level, "COMPLETED", message)
        }
    }
}

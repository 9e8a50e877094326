//! The end of a run that cannot be got past: after a number of attempts that all stopped at the same place.

use domain::run::{FetchFinished, Problem, RunCommand, RunPhase, Runs};
use engine::hold::Hold;
use engine::ports::Cause;
use engine::{Meta, StreamName};

use crate::parts::Parts;

/// Counts attempts that brought nothing new into the run's stream.
#[derive(Default)]
pub struct Fruitless {
    attempts: u32,
    revision: Option<u64>,
}

impl Fruitless {
    pub async fn count(&mut self, parts: &Parts, run: &str) -> u32 {
        let stream = StreamName::new("run", run);
        // A log that does not answer is no fault of the run.
        let Ok(mut last) = parts.executor.store.read_last(&[stream]).await else { return self.attempts };
        let revision = last.pop().flatten().map(|event| event.revision);
        self.attempts = if revision == self.revision { self.attempts + 1 } else { 1 };
        self.revision = revision;
        self.attempts
    }
}

/// Ends the run, with the reason. While the log takes no events, this fails and the run goes on waiting.
pub async fn give_up(parts: &Parts, run: &str, why: String) -> Result<(), Cause> {
    let meta = Meta::by(format!("run:{run}")).of(run.to_owned());
    let mut hold = Hold::<Runs>::open(parts.executor.clone(), run, meta).await?.alone(|run| run.steps);
    if matches!(hold.state().phase, RunPhase::Absent | RunPhase::Done) {
        return Ok(());
    }
    let fetches = &hold.state().fetches;
    let at = fetches.iter().find(|(_, progress)| progress.finished.is_none());
    let finished = FetchFinished {
        node: at.map_or_else(|| "start".to_owned(), |(node, _)| node.clone()),
        complete: false,
        total: None,
        hidden: 0,
        problem: Some(Problem {
            code: "INTERRUPTED".to_owned(),
            message: format!("every attempt to go on stopped at the same place: {why}"),
            remedy:
                "look at the server's log, remove the cause, and run again: what was written is recognised"
                    .to_owned(),
        }),
    };
    metrics::counter!("portal_runs_given_up_total").increment(1);
    hold.command(RunCommand::FinishFetch(finished), vec![]).await?;
    hold.command(RunCommand::Complete, vec![]).await?;
    Ok(())
}

//! A run: items through one scenario version. What it did is in its stream; whether it succeeded is computed.

pub mod events;
pub mod recall;

pub use events::*;
pub use recall::{
    ApprovalRequested, CHOSEN_MAX, CHOSEN_TOGETHER_MAX, ChosenItem, ItemsChosen, Recall, RunApproved, Scope,
    UNAPPROVED_MAX, UNAPPROVED_SHARE, needs_approval,
};

use std::collections::BTreeMap;

use crate::decider::Decider;
use crate::problem::Rejection;

#[derive(Clone, Debug)]
pub enum RunCommand {
    Start(RunStarted),
    /// Names items that a retry works on; only before it has settled anything.
    Choose(ItemsChosen),
    /// The run has looked at everything it would do and waits for a person; only before it has done anything.
    RequestApproval(Counts),
    Approve,
    Pause,
    Resume,
    Cancel {
        reason: String,
    },
    /// One page of items has its outcomes. `after` is the cursor the page was read from: another executor may have
    /// settled it meanwhile, and nobody may count it twice.
    Settle {
        chunk: Box<ItemsSettled>,
        after: Option<serde_json::Value>,
    },
    /// A fetch node has no more pages, or cannot go on.
    FinishFetch(FetchFinished),
    Note(RunNoted),
    /// Everything is settled; the status follows from the counts.
    Complete,
    /// A person says how it went, once it is over.
    Rate {
        satisfied: bool,
        note: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunPhase {
    #[default]
    Absent,
    Running,
    Paused,
    /// It waits for a person to approve what it is about to do.
    Waiting,
    Cancelling,
    Done,
}

/// How far one fetch node is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchProgress {
    pub pages: u64,
    /// Where to go on, as the app wrote it; absent before the first page.
    pub cursor: Option<serde_json::Value>,
    pub finished: Option<FetchFinished>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunState {
    pub phase: RunPhase,
    pub started: Option<RunStarted>,
    pub fetches: BTreeMap<String, FetchProgress>,
    /// What a retry works on, by fetch node.
    pub chosen: BTreeMap<String, Vec<ChosenItem>>,
    /// A person has approved what it does.
    pub approved: bool,
    pub counts: Counts,
    pub chunks: u64,
    /// Events of whoever executes it: they show a second one that it is not alone.
    pub steps: u64,
    pub cancel_reason: Option<String>,
    /// What a person said of it.
    pub rating: Option<(bool, Option<String>)>,
}

impl RunState {
    /// Success is never set; it follows from what happened.
    pub fn status(&self) -> RunStatus {
        // Who asked for no more than some records got them: stopping there is no fault.
        let is_limited = self.started.as_ref().is_some_and(|started| started.limit.is_some());
        let falls_short = |f: &FetchFinished| !f.complete && (f.problem.is_some() || !is_limited);
        let broken = self.fetches.values().filter_map(|f| f.finished.as_ref()).any(falls_short);
        match self.phase {
            RunPhase::Cancelling | RunPhase::Done if self.cancel_reason.is_some() => RunStatus::Cancelled,
            _ if broken && self.counts.settled() == 0 => RunStatus::Failed,
            _ if self.counts.failed > 0 && self.counts.failed == self.counts.settled() => RunStatus::Failed,
            _ if broken || self.counts.failed > 0 => RunStatus::PartlyFailed,
            _ => RunStatus::Succeeded,
        }
    }
}

pub struct Runs;

impl Decider for Runs {
    const CATEGORY: &'static str = "run";
    type State = RunState;
    type Command = RunCommand;
    type Event = RunEvent;

    fn decide(state: &RunState, command: RunCommand) -> Result<Vec<RunEvent>, Rejection> {
        use RunCommand as C;
        use RunEvent as E;
        match (&command, state.phase) {
            (C::Start(_), RunPhase::Absent) => {}
            (C::Start(_), _) => {
                return Err(Rejection::new("ALREADY_EXISTS", "this run id is in use", "start a new run"));
            }
            (_, RunPhase::Absent) => {
                return Err(Rejection::new(
                    "NOT_FOUND",
                    "there is no such run",
                    "list the runs and use an id from there",
                ));
            }
            (
                C::Choose(_)
                | C::RequestApproval(_)
                | C::Approve
                | C::Pause
                | C::Resume
                | C::Cancel { .. }
                | C::Settle { .. }
                | C::FinishFetch(_),
                RunPhase::Done,
            ) => {
                return Err(Rejection::new(
                    "ALREADY_FINISHED",
                    "the run has ended",
                    "start a new run, or look at its result",
                ));
            }
            (C::Complete | C::Note(_), RunPhase::Done) => return Ok(vec![]),
            (C::Rate { .. }, phase) if phase != RunPhase::Done => {
                return Err(Rejection::new(
                    "STILL_RUNNING",
                    "the run has not ended yet",
                    "wait for its end and say then how it went",
                ));
            }
            _ => {}
        }
        Ok(match command {
            C::Start(started) => vec![E::Started(started)],
            C::Choose(chosen) => vec![E::ItemsChosen(choose(state, chosen)?)],
            C::RequestApproval(counts)
                if state.phase == RunPhase::Running && !state.approved && state.chunks == 0 =>
            {
                vec![E::ApprovalRequested(ApprovalRequested { counts })]
            }
            C::Approve if state.phase == RunPhase::Waiting => vec![E::Approved(RunApproved {})],
            C::Approve if !state.approved => return Err(not_waiting()),
            C::Pause if state.phase == RunPhase::Running => vec![E::Paused(RunPaused {})],
            C::Resume if state.phase == RunPhase::Paused => vec![E::Resumed(RunResumed {})],
            C::Cancel { reason } if state.phase != RunPhase::Cancelling => {
                vec![E::CancelRequested(CancelRequested { reason })]
            }
            C::RequestApproval(_) | C::Approve | C::Pause | C::Resume | C::Cancel { .. } => vec![],
            C::Settle { chunk, after } => settle(state, *chunk, after.as_ref())?,
            C::FinishFetch(finished) => vec![E::FetchFinished(finished)],
            C::Note(noted) => vec![E::Noted(noted)],
            C::Complete => {
                vec![E::Completed(RunCompleted { status: state.status(), counts: state.counts.clone() })]
            }
            C::Rate { satisfied, note } => rate(state, satisfied, note),
        })
    }

    fn evolve(state: &mut RunState, event: &RunEvent) {
        use RunEvent as E;
        state.steps += u64::from(is_a_step(event));
        match event {
            E::Started(started) => {
                state.phase = RunPhase::Running;
                state.started = Some(started.clone());
            }
            E::ItemsChosen(chosen) => {
                state.chosen.entry(chosen.node.clone()).or_default().extend(chosen.items.iter().cloned());
            }
            E::ApprovalRequested(_) => state.phase = RunPhase::Waiting,
            E::Approved(_) => {
                state.phase = RunPhase::Running;
                state.approved = true;
            }
            E::Paused(_) => state.phase = RunPhase::Paused,
            E::Resumed(_) => state.phase = RunPhase::Running,
            E::CancelRequested(requested) => {
                state.phase = RunPhase::Cancelling;
                state.cancel_reason = Some(requested.reason.clone());
            }
            E::ItemsSettled(settled) => {
                let fetch = state.fetches.entry(settled.node.clone()).or_default();
                if let Some(page) = &settled.page {
                    fetch.pages += page.pages;
                    fetch.cursor.clone_from(&page.cursor);
                }
                state.counts.settle(&settled.counts, settled.again);
                state.chunks += 1;
            }
            E::FetchFinished(finished) => {
                state.fetches.entry(finished.node.clone()).or_default().finished = Some(finished.clone());
            }
            E::Noted(_) => {}
            E::Completed(_) => state.phase = RunPhase::Done,
            E::Rated(rated) => state.rating = Some((rated.satisfied, rated.note.clone())),
        }
    }
}

/// Only whoever executes the run does this.
fn is_a_step(event: &RunEvent) -> bool {
    use RunEvent as E;
    matches!(event, E::ItemsSettled(_) | E::FetchFinished(_) | E::Completed(_))
}

fn not_waiting() -> Rejection {
    Rejection::new(
        "NOT_WAITING",
        "the run does not wait for approval",
        "look at the run; it may still be counting, or its changes need no approval",
    )
}

/// What a retry works on is settled before it begins: later additions could not be told from what it was shown as.
fn choose(state: &RunState, chosen: ItemsChosen) -> Result<ItemsChosen, Rejection> {
    let chooses = state.started.as_ref().is_some_and(|started| started.recall.is_some());
    if !chooses || state.chunks > 0 {
        return Err(Rejection::new(
            "NOT_CHOOSABLE",
            "items are chosen only for a retry that has not begun",
            "start another retry for these items",
        ));
    }
    let before: usize = state.chosen.values().map(Vec::len).sum();
    if before + chosen.items.len() > CHOSEN_MAX {
        return Err(Rejection::new(
            "TOO_MANY_ITEMS",
            format!("a retry works on at most {CHOSEN_MAX} items"),
            "narrow the filter, and retry the others afterwards",
        )
        .at("filter"));
    }
    Ok(chosen)
}

fn rate(state: &RunState, satisfied: bool, note: Option<String>) -> Vec<RunEvent> {
    let rating = (satisfied, note);
    if state.rating.as_ref() == Some(&rating) {
        return vec![];
    }
    let instead_of = state.rating.as_ref().map(|(before, _)| *before);
    vec![RunEvent::Rated(RunRated { satisfied, note: rating.1, instead_of })]
}

/// The code of an item whose write nobody can tell the end of: it waits for a person.
pub const OUTCOME_UNKNOWN: &str = "OUTCOME_UNKNOWN";
/// Code of an item that another run is writing.
pub const WRITE_UNDER_WAY: &str = "WRITE_UNDER_WAY";
/// Code of an item that was not sent, because the destination had stopped answering.
pub const NOT_SENT: &str = "NOT_SENT";
/// Code of the note of an item that came along the failure branch of a step; the note's step is the one at which the
/// record failed.
pub const CAUGHT: &str = "CAUGHT";
/// The code of a page that somebody else has settled already.
pub const ALREADY_SETTLED: &str = "ALREADY_SETTLED";

fn settle(
    state: &RunState,
    chunk: ItemsSettled,
    after: Option<&serde_json::Value>,
) -> Result<Vec<RunEvent>, Rejection> {
    let at = state.fetches.get(&chunk.node).and_then(|progress| progress.cursor.as_ref());
    if chunk.page.is_some() && at != after {
        return Err(Rejection::new(
            ALREADY_SETTLED,
            "another executor has settled this page",
            "read the run again and go on from there",
        ));
    }
    Ok(vec![RunEvent::ItemsSettled(chunk)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decider::fold;

    fn started() -> RunEvent {
        RunEvent::Started(RunStarted {
            scenario: crate::ids::ScenarioId::new("a"),
            version: 1,
            graph: serde_json::json!({}),
            mode: RunMode::Apply,
            trigger: Trigger::Manual,
            limit: None,
            recall: None,
        })
    }

    fn settled(created: u64, failed: u64) -> RunEvent {
        RunEvent::ItemsSettled(ItemsSettled {
            node: "fetch".into(),
            page: None,
            dry: false,
            source: crate::ids::ConnectionId::new("s"),
            resource: "users".into(),
            targets: vec![],
            again: 0,
            counts: Counts { read: created + failed, created, failed, ..Counts::default() },
            items: vec![],
            unchanged: vec![],
        })
    }

    fn finished(complete: bool) -> RunEvent {
        RunEvent::FetchFinished(FetchFinished {
            node: "fetch".into(),
            complete,
            total: None,
            hidden: 0,
            problem: None,
        })
    }

    #[test]
    fn success_is_computed_from_outcomes_and_completeness() {
        let status = |events: &[RunEvent]| fold::<Runs>(events).status();
        assert_eq!(status(&[started(), settled(2, 0), finished(true)]), RunStatus::Succeeded);
        assert_eq!(status(&[started(), settled(2, 1), finished(true)]), RunStatus::PartlyFailed);
        assert_eq!(status(&[started(), settled(0, 3), finished(true)]), RunStatus::Failed);
        assert_eq!(status(&[started(), settled(2, 0), finished(false)]), RunStatus::PartlyFailed);
        assert_eq!(status(&[started(), finished(false)]), RunStatus::Failed);
        assert_eq!(status(&[started(), finished(true)]), RunStatus::Succeeded);
    }

    #[test]
    fn a_run_that_stopped_at_its_own_limit_has_succeeded() {
        let RunEvent::Started(started) = started() else { unreachable!() };
        let started = RunEvent::Started(RunStarted { limit: Some(2), ..started });
        let ended = |event: RunEvent, settled| fold::<Runs>(&[started.clone(), settled, event]).status();
        assert_eq!(ended(finished(false), settled(2, 0)), RunStatus::Succeeded);
        assert_eq!(ended(finished(false), settled(2, 1)), RunStatus::PartlyFailed);
        let RunEvent::FetchFinished(mut broken) = finished(false) else { unreachable!() };
        broken.problem = Some(Problem { code: "X".into(), message: "x".into(), remedy: "x".into() });
        assert_eq!(ended(RunEvent::FetchFinished(broken), settled(2, 0)), RunStatus::PartlyFailed);
    }

    #[test]
    fn a_large_change_set_waits_for_a_person_once() {
        let counts = Counts { read: 1_000, updated: 900, unchanged: 100, ..Counts::default() };
        let request = || RunCommand::RequestApproval(counts.clone());
        let mut state = fold::<Runs>(&[started()]);
        assert_eq!(Runs::decide(&state, RunCommand::Approve).unwrap_err().code, "NOT_WAITING");
        let requested = Runs::decide(&state, request()).unwrap();
        Runs::evolve(&mut state, &requested[0]);
        assert_eq!(state.phase, RunPhase::Waiting);
        assert_eq!(Runs::decide(&state, RunCommand::Resume), Ok(vec![]), "resuming is no approval");
        let approved = Runs::decide(&state, RunCommand::Approve).unwrap();
        Runs::evolve(&mut state, &approved[0]);
        assert_eq!((state.phase, state.approved), (RunPhase::Running, true));
        assert_eq!(Runs::decide(&state, RunCommand::Approve), Ok(vec![]));
        assert_eq!(Runs::decide(&state, request()), Ok(vec![]));
    }

    #[test]
    fn small_change_sets_need_no_approval() {
        let counts = |changes, rest| Counts { updated: changes, unchanged: rest, ..Counts::default() };
        assert!(!needs_approval(&counts(50, 0)), "few, whatever their share");
        assert!(needs_approval(&counts(51, 0)));
        assert!(!needs_approval(&counts(200, 9_800)), "two in a hundred");
        assert!(needs_approval(&counts(201, 9_799)));
    }

    #[test]
    fn items_are_chosen_only_for_a_retry_that_has_not_begun() {
        let chosen = || {
            let items = vec![ChosenItem { record: "7".into(), revision: 2 }];
            ItemsChosen { node: "fetch".into(), items }
        };
        let mut retry = started();
        let RunEvent::Started(content) = &mut retry else { unreachable!() };
        content.recall = Some(Recall::Retry { of: None });
        let state = fold::<Runs>(&[retry.clone(), RunEvent::ItemsChosen(chosen())]);
        assert_eq!(state.chosen["fetch"].len(), 1);
        assert_eq!(
            Runs::decide(&state, RunCommand::Choose(chosen())),
            Ok(vec![RunEvent::ItemsChosen(chosen())])
        );
        let begun = fold::<Runs>(&[retry, settled(1, 0)]);
        let import = fold::<Runs>(&[started()]);
        for state in [begun, import] {
            let refused = Runs::decide(&state, RunCommand::Choose(chosen())).unwrap_err();
            assert_eq!(refused.code, "NOT_CHOOSABLE");
        }
        let mut full = state;
        let many = vec![ChosenItem { record: "7".into(), revision: 2 }; CHOSEN_MAX];
        full.chosen.insert("fetch".into(), many);
        assert_eq!(Runs::decide(&full, RunCommand::Choose(chosen())).unwrap_err().code, "TOO_MANY_ITEMS");
    }

    #[test]
    fn a_run_is_rated_after_its_end_and_the_newest_answer_counts() {
        let rate = |satisfied| RunCommand::Rate { satisfied, note: None };
        let mut state = fold::<Runs>(&[started()]);
        assert_eq!(Runs::decide(&state, rate(true)).unwrap_err().code, "STILL_RUNNING");
        let done = Runs::decide(&state, RunCommand::Complete).unwrap();
        Runs::evolve(&mut state, &done[0]);
        for (satisfied, instead_of) in [(true, None), (false, Some(true))] {
            let rated = Runs::decide(&state, rate(satisfied)).unwrap();
            let expected = RunRated { satisfied, note: None, instead_of };
            assert_eq!(rated, [RunEvent::Rated(expected)]);
            Runs::evolve(&mut state, &rated[0]);
            assert_eq!(Runs::decide(&state, rate(satisfied)), Ok(vec![]));
        }
    }

    #[test]
    fn bad_input_142_pause_resume_and_cancel_are_idempotent_and_end_with_the_run() {
        let mut state = fold::<Runs>(&[started()]);
        let paused = Runs::decide(&state, RunCommand::Pause).unwrap();
        Runs::evolve(&mut state, &paused[0]);
        assert_eq!(Runs::decide(&state, RunCommand::Pause), Ok(vec![]));
        let cancel = Runs::decide(&state, RunCommand::Cancel { reason: "enough".into() }).unwrap();
        Runs::evolve(&mut state, &cancel[0]);
        let done = Runs::decide(&state, RunCommand::Complete).unwrap();
        assert!(matches!(&done[..], [RunEvent::Completed(c)] if c.status == RunStatus::Cancelled));
        Runs::evolve(&mut state, &done[0]);
        assert_eq!(Runs::decide(&state, RunCommand::Resume).unwrap_err().code, "ALREADY_FINISHED");
    }
}

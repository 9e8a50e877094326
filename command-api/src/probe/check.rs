//! Testing a connection, stage by stage.

use app_sdk::{App, CheckOutcome, Progress, Session};
use domain::connection::{
    ConnectionCommand, ConnectionDescribed, ConnectionTested, Health, Stage, StageResult,
};
use domain::views::ConnectionView;

use super::{Watcher, too_slow};
use crate::context::Api;
use crate::problem::Problem;

/// What a test found. A failing test is a result, not a problem.
pub struct Checked {
    pub outcome: CheckOutcome,
    pub stages: Vec<Stage>,
}

impl Api {
    pub async fn test(&self, app: &App, session: &Session) -> Result<Checked, Problem> {
        self.test_watched(app, session, &Watcher::nobody()).await
    }

    /// A test that somebody watches.
    pub async fn test_watched(
        &self,
        app: &App,
        session: &Session,
        watcher: &Watcher,
    ) -> Result<Checked, Problem> {
        let mut stages = vec![];
        let Some(check) = &app.check else {
            let outcome = CheckOutcome { health: Health::Unknown, identity: None, details: None };
            return Ok(Checked { outcome, stages });
        };
        let _turn = self.turn().await?;
        let patience = self.patience();
        let mut sink = |progress: Progress| {
            watcher.tell(&progress);
            stages.extend(progress.ended());
        };
        let outcome =
            if let Ok(outcome) = tokio::time::timeout(patience, check.check(session, &mut sink)).await {
                outcome
            } else {
                let slow = too_slow(patience);
                stages.push(Stage {
                    id: "patience".to_owned(),
                    title: "The test comes to an end".to_owned(),
                    result: StageResult::Failed,
                    finding: slow.to_string(),
                    remedy: Some(slow.remedy().to_owned()),
                    millis: u64::try_from(patience.as_millis()).unwrap_or(u64::MAX),
                });
                CheckOutcome { health: Health::Failing, identity: None, details: None }
            };
        Ok(Checked { outcome, stages })
    }
}

impl Checked {
    pub fn is_failing(&self) -> bool {
        self.outcome.health == Health::Failing
    }

    /// What a connection remembers of its test: the stages, and who answered if that is news.
    pub fn commands(self, known: &ConnectionView) -> Vec<ConnectionCommand> {
        let Self { outcome, stages } = self;
        let mut commands =
            vec![ConnectionCommand::RecordTest(ConnectionTested { health: outcome.health, stages })];
        if let Some(identity) = outcome.identity {
            let details = outcome.details.unwrap_or_else(|| known.details.clone());
            if known.identity.as_ref() != Some(&identity) || known.details != details {
                commands.push(ConnectionCommand::Describe(ConnectionDescribed { identity, details }));
            }
        }
        commands
    }

    /// The test as a refusal.
    pub fn refusal(&self) -> Problem {
        let failed = self.stages.iter().find(|stage| stage.result == StageResult::Failed);
        let (detail, remedy) = match failed {
            Some(stage) => (
                format!("{}: {}", stage.title, stage.finding),
                stage.remedy.clone().unwrap_or_else(|| "correct it and try again".to_owned()),
            ),
            None => ("the test failed".to_owned(), "look at the site, then try again".to_owned()),
        };
        let stages = self.stages.iter().map(|stage| serde_json::json!(stage)).collect();
        Problem::invalid("TEST_FAILED", detail, remedy).with(stages)
    }
}

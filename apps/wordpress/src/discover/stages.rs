//! Telling people how far a test has come.

use std::time::Instant;

use app_sdk::{AppError, Progress, StageSink};
use domain::connection::{Health, Stage, StageResult};

/// Sends each stage on as it ends, and keeps them.
pub struct Stages<'a> {
    sink: StageSink<'a>,
    pub all: Vec<Stage>,
}

/// How a stage ended.
pub struct Verdict {
    pub result: StageResult,
    pub finding: String,
    pub remedy: Option<String>,
}

impl Verdict {
    pub fn passed(finding: impl Into<String>) -> Self {
        Self { result: StageResult::Passed, finding: finding.into(), remedy: None }
    }

    pub fn warned(finding: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { result: StageResult::Warned, finding: finding.into(), remedy: Some(remedy.into()) }
    }

    pub fn failed(finding: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { result: StageResult::Failed, finding: finding.into(), remedy: Some(remedy.into()) }
    }

    pub fn skipped(finding: impl Into<String>) -> Self {
        Self { result: StageResult::Skipped, finding: finding.into(), remedy: None }
    }

    pub fn of(error: &AppError) -> Self {
        Self::failed(error.to_string(), error.remedy())
    }
}

impl<'a> Stages<'a> {
    pub fn new(sink: StageSink<'a>) -> Self {
        Self { sink, all: Vec::new() }
    }

    /// Runs one stage that must succeed.
    pub async fn step<T>(
        &mut self,
        id: &str,
        title: &str,
        work: impl Future<Output = Result<T, AppError>>,
        finding: impl FnOnce(&T) -> String,
    ) -> Result<T, AppError> {
        let begun = self.begin(id, title);
        let result = work.await;
        let verdict = match &result {
            Ok(value) => Verdict::passed(finding(value)),
            Err(error) => Verdict::of(error),
        };
        self.end(id, title, begun, verdict);
        result
    }

    /// Says that a stage has begun which takes a moment.
    pub fn begin(&mut self, id: &str, title: &str) -> Instant {
        (self.sink)(Progress::Begun { id: id.to_owned(), title: title.to_owned() });
        Instant::now()
    }

    pub fn note(&mut self, id: &str, title: &str, finding: &str) {
        self.end(id, title, Instant::now(), Verdict::passed(finding));
    }

    pub fn end(&mut self, id: &str, title: &str, begun: Instant, verdict: Verdict) {
        let stage = Stage {
            id: id.to_owned(),
            title: title.to_owned(),
            result: verdict.result,
            finding: verdict.finding,
            remedy: verdict.remedy,
            millis: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        (self.sink)(Progress::Ended(stage.clone()));
        self.all.push(stage);
    }

    pub fn health(&self) -> Health {
        let has = |result| self.all.iter().any(|stage| stage.result == result);
        if has(StageResult::Failed) {
            Health::Failing
        } else if has(StageResult::Warned) {
            Health::Degraded
        } else {
            Health::Healthy
        }
    }
}

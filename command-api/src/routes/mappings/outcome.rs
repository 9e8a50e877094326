//! What a mapping makes of records, computed by the engine that runs use, off the threads that serve requests.

use std::collections::HashMap;

use domain::mapping::{CompiledMapping, FieldProblem, MapOutcome, Otherwise, Provenance};

use super::samples::Sample;
use crate::endpoint::Problem;

/// One record through a mapping.
pub struct Tried {
    pub id: String,
    pub outcome: MapOutcome,
    pub provenance: Vec<Provenance>,
}

impl Tried {
    pub fn is_rejected(&self) -> bool {
        !self.outcome.rejects.is_empty()
    }

    pub fn problems(&self) -> impl Iterator<Item = &FieldProblem> {
        self.outcome.rejects.iter().chain(&self.outcome.warnings)
    }
}

/// Runs records through a mapping; `explain` adds where each field came from.
pub async fn attempt(
    mapping: CompiledMapping,
    samples: Vec<Sample>,
    explain: bool,
) -> Result<Vec<Tried>, Problem> {
    let work = tokio::task::spawn_blocking(move || {
        let mut unique: HashMap<(String, String), String> = HashMap::new();
        let try_one = |Sample { id, record }: Sample| {
            let mut outcome = mapping.apply(&record);
            find_twins(&mapping, &id, &mut outcome, &mut unique);
            let provenance = if explain { mapping.explain(&record) } else { vec![] };
            Tried { id, outcome, provenance }
        };
        samples.into_iter().map(try_one).collect()
    });
    work.await.map_err(|error| Problem::fault(&error))
}

/// A value that must be unique and that an earlier record has already.
fn find_twins(
    mapping: &CompiledMapping,
    id: &str,
    outcome: &mut MapOutcome,
    unique: &mut HashMap<(String, String), String>,
) {
    let mut found = vec![];
    for (field, value) in mapping.unique_values(outcome) {
        let holder = unique.entry((field.to_owned(), value.clone())).or_insert_with(|| id.to_owned());
        if holder != id {
            found.push((mapping.not_unique(field, holder, &value), mapping.unique_otherwise(field)));
        }
    }
    for (problem, otherwise) in found {
        match otherwise {
            Otherwise::Warn => outcome.warnings.push(problem),
            Otherwise::Reject | Otherwise::UseDefault => outcome.rejects.push(problem),
        }
    }
}

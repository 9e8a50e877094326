//! Mappings: from a record of a source to the fields of a Portal entity.
//!
//! A definition is plain JSON. Compiling it finds everything that is wrong with it; applying it to a record is total and
//! deterministic, bounded in time and memory, and says for every field that fails what happened and what to do.
//!
//! Order for one field: read the source; run the conversions; if the result is empty take the default; if it is still
//! empty ask only the rule `required`; otherwise ask every rule, then whether Portal's type fits. What Portal insists on
//! (required, unique, longest length, type) holds without a rule.

mod apply;
mod bounds;
mod compile;
mod convert;
pub mod definition;
mod explain;
mod feeds;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod laws;
mod parse;
mod path;
pub mod problem;
mod ready;
mod rules;
mod shape;
pub mod target;
mod template;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub use apply::{MapOutcome, Reference};
pub use bounds::{OUTPUT_BYTES_MAX, STEPS_MAX};
pub(crate) use convert::is_rfc3339;
pub use definition::{Conversion, Definition, Otherwise};
pub use explain::{Provenance, ProvenanceStep};
pub use feeds::Feed;
pub use problem::{Code, FieldProblem};
pub use ready::{READY_MADE, ReadyMade, portal_fields};
pub use target::{Personal, TargetField, TargetFields, TargetType};

use crate::problem::Rejection;
use apply::CompiledField;
use problem::Fault;

/// Largest definition, in bytes of JSON.
pub const DEFINITION_BYTES_MAX: usize = 256 << 10;
/// Most fields of one mapping.
pub const FIELDS_MAX: usize = 500;

/// The way from a definition to something that runs.
pub struct Mapping;

impl Mapping {
    /// Makes a definition ready for one entity's fields, or says everything that is wrong with it.
    pub fn compile(
        definition: &Definition,
        target: &TargetFields,
    ) -> Result<CompiledMapping, Vec<Rejection>> {
        compile::compile(definition, target)
    }
}

/// A mapping that can run. Cheap to share, expensive to make.
#[derive(Debug)]
pub struct CompiledMapping {
    entity: String,
    fields: Vec<CompiledField>,
}

impl CompiledMapping {
    /// The Portal entity it fills.
    pub fn entity(&self) -> &str {
        &self.entity
    }

    /// One record through the mapping.
    pub fn apply(&self, source: &Value) -> MapOutcome {
        apply::apply(&self.fields, source)
    }

    /// Where each field of this record comes from, step by step.
    pub fn explain(&self, source: &Value) -> Vec<Provenance> {
        explain::explain(&self.fields, source)
    }

    /// Whether a value of it may refer to a record of this resource.
    pub fn refers_to(&self, resource: &str) -> bool {
        self.fields.iter().any(|field| field.reference.as_deref() == Some(resource))
    }

    /// The fields of the source that it reads, dotted, sorted, without those inside another: what a fetch must ask for.
    pub fn source_paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.fields.iter().flat_map(CompiledField::sources).collect();
        paths.sort();
        paths.dedup();
        let inside =
            |path: &str, outer: &str| path.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
        let all = paths.clone();
        paths.retain(|path| !path.is_empty() && !all.iter().any(|outer| inside(path, outer)));
        paths
    }

    /// Paths that stand in for one another, by the rule that reads one of them: `title.raw|title.rendered`.
    pub fn alternatives(&self) -> impl Iterator<Item = Vec<String>> {
        self.fields.iter().map(CompiledField::alternatives).filter(|ways| ways.len() > 1)
    }

    /// Which fields of the source go into which Portal fields; with `path`, only what that field feeds, or a part of it.
    pub fn feeds(&self, path: Option<&str>) -> Vec<Feed> {
        feeds::feeds(&self.fields, path)
    }

    /// The values of an outcome that must be unique within the run, by field, for the run to check. Equal texts are
    /// equal values; e-mail addresses come in lower case.
    pub fn unique_values(&self, outcome: &MapOutcome) -> Vec<(&str, String)> {
        let unique = self.fields.iter().filter(|field| field.unique.is_some());
        unique
            .filter_map(|field| {
                let value = match outcome.fields.get(&field.to)? {
                    Value::Null => return None,
                    Value::String(text) if field.kind == TargetType::Email => text.to_lowercase(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                Some((field.to.as_str(), value))
            })
            .collect()
    }

    /// What to do about a value that another record has already. `UseDefault` means the same as `Reject` here: a
    /// default would not be unique either.
    pub fn unique_otherwise(&self, field: &str) -> Otherwise {
        let rule = self.fields.iter().find(|known| known.to == field).and_then(|known| known.unique);
        if rule == Some(Otherwise::Warn) { Otherwise::Warn } else { Otherwise::Reject }
    }

    /// The problem of a record whose value `holder`, another record of the run, has already.
    pub fn not_unique(&self, field: &str, holder: &str, value: &str) -> FieldProblem {
        Fault::new(
            Code::NotUnique,
            format!("record {holder} of this run has the same value"),
            "correct one of the two records in the source",
        )
        .at(field, Some("rule unique".into()), Some(&Value::String(value.to_owned())))
    }
}

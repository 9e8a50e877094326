//! Lineage: where each field of one record came from. Computed when somebody asks, so that an import pays nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::apply::{CompiledField, From, MapOutcome, Trace};
use super::bounds::Bounds;

/// The way of one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    pub field: String,
    /// The alternative that was taken; of a template, its first placeholder. Absent for constants and missing fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_value: Option<Value>,
    pub steps: Vec<ProvenanceStep>,
    /// The default was used.
    pub defaulted: bool,
    /// Absent when the field was left out, is a reference, or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProvenanceStep {
    pub conversion: String,
    pub value: Value,
}

pub(super) fn explain(fields: &[CompiledField], source: &Value) -> Vec<Provenance> {
    let mut outcome = MapOutcome::default();
    let mut bounds = Bounds::default();
    fields.iter().map(|field| explain_field(field, source, &mut outcome, &mut bounds)).collect()
}

fn explain_field(
    field: &CompiledField,
    source: &Value,
    outcome: &mut MapOutcome,
    bounds: &mut Bounds,
) -> Provenance {
    let (source_path, source_value) = match &field.from {
        From::Path(path) => path
            .find(source)
            .map_or((None, None), |(path, value)| (Some(path.to_owned()), Some(value.clone()))),
        From::Template(template) => {
            let filled = template.fill(source, &mut Bounds::default()).ok().flatten();
            (template.paths().next().map(|path| path.text().to_owned()), filled)
        }
        From::Constant(value) => (None, Some(value.clone())),
    };
    let mut trace = Trace { steps: Vec::new(), defaulted: false };
    field.fill(source, outcome, bounds, Some(&mut trace));
    let steps = field.kinds.iter().zip(trace.steps);
    Provenance {
        field: field.to.clone(),
        source_path,
        source_value,
        steps: steps.map(|(kind, value)| ProvenanceStep { conversion: (*kind).to_owned(), value }).collect(),
        defaulted: trace.defaulted,
        result: outcome.fields.get(&field.to).cloned(),
    }
}

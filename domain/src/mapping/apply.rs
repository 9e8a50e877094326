//! The hot path: one record through a compiled mapping. Nothing is compiled here and nothing copied that can be lent.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::bounds::Bounds;
use super::convert::Step;
use super::definition::{Empty, Otherwise};
use super::path::Path;
use super::problem::{Code, Fault, FieldProblem};
use super::rules::{CheckedRule, fits};
use super::target::TargetType;
use super::template::Template;

/// One field, ready to be filled.
#[derive(Debug)]
pub(crate) struct CompiledField {
    pub to: String,
    pub from: From,
    pub steps: Vec<Step>,
    /// The conversions' names, for problems and lineage.
    pub kinds: Vec<&'static str>,
    pub default: Option<From>,
    pub empty: Vec<Empty>,
    pub otherwise: Otherwise,
    pub required: Option<Otherwise>,
    pub unique: Option<Otherwise>,
    pub rules: Vec<CheckedRule>,
    pub kind: TargetType,
    pub skip_type_check: bool,
    pub reference: Option<String>,
}

#[derive(Debug)]
pub(crate) enum From {
    Path(Path),
    Constant(Value),
    Template(Template),
}

/// What became of one record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapOutcome {
    /// Portal fields by name, sorted. A field whose source is missing is left out; one whose source is empty is null.
    pub fields: Map<String, Value>,
    pub references: Vec<Reference>,
    pub warnings: Vec<FieldProblem>,
    /// Every field that fails, not only the first. When there is one, the record must not be written.
    pub rejects: Vec<FieldProblem>,
}

/// A field that is another record of the source, to be looked up in what was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The Portal field; entries of a list are `categories[0]`, `categories[1]`, …
    pub field: String,
    /// The source's resource.
    pub resource: String,
    /// The other record's id in the source.
    pub external_id: String,
}

/// Sees every intermediate value; the hot path passes `None`.
pub(crate) struct Trace {
    pub steps: Vec<Value>,
    pub defaulted: bool,
}

type Traced<'t> = Option<&'t mut Trace>;

pub(super) fn apply(fields: &[CompiledField], source: &Value) -> MapOutcome {
    let mut outcome = MapOutcome::default();
    let mut bounds = Bounds::default();
    for field in fields {
        field.fill(source, &mut outcome, &mut bounds, None);
    }
    outcome
}

impl CompiledField {
    /// Fills the field in the outcome, or says there why not.
    pub(crate) fn fill(
        &self,
        source: &Value,
        outcome: &mut MapOutcome,
        bounds: &mut Bounds,
        mut trace: Traced<'_>,
    ) {
        let Some((mut value, mut missing)) = self.converted(source, outcome, bounds, trace.as_deref_mut())
        else {
            return;
        };
        let mut defaulted = false;
        if self.is_empty(&value)
            && let Some(default) = self.default_value(source)
        {
            (value, missing, defaulted) = (Cow::Borrowed(default), false, true);
        }
        let mut replaced = false;
        if !self.is_empty(&value) {
            let Some(checked) = self.checked(value, defaulted, source, outcome) else { return };
            (value, replaced) = checked;
        }
        if let (Some(trace), true) = (trace, defaulted || replaced) {
            trace.defaulted = true;
        }
        if value.is_null() || self.is_empty(&value) {
            if !self.lacks_required(missing, &value, outcome) && !missing && self.reference.is_none() {
                outcome.fields.insert(self.to.clone(), Value::Null);
            }
            return;
        }
        let put = match &self.reference {
            Some(resource) => self.refer(&value, resource, &mut outcome.references),
            None => bounds.put_out(&value),
        };
        match put {
            Ok(()) if self.reference.is_none() => {
                outcome.fields.insert(self.to.clone(), value.into_owned());
            }
            Ok(()) => {}
            Err(fault) => outcome.rejects.push(fault.at(&self.to, None, Some(&value))),
        }
    }

    /// The value after all conversions, and whether the source had none. `None` when the field is decided already.
    fn converted<'a>(
        &'a self,
        source: &'a Value,
        outcome: &mut MapOutcome,
        bounds: &mut Bounds,
        mut trace: Traced<'_>,
    ) -> Option<(Cow<'a, Value>, bool)> {
        let read = match &self.from {
            From::Path(path) => Ok(path.read(source).map(Cow::Borrowed)),
            From::Constant(value) => Ok(Some(Cow::Borrowed(value))),
            From::Template(template) => template.fill(source, bounds).map(|text| text.map(Cow::Owned)),
        };
        let mut value = match read {
            Ok(value) => value,
            Err(fault) => return self.failed(fault.at(&self.to, Some("template".into()), None), outcome),
        };
        let missing = value.is_none();
        let mut current = value.take().unwrap_or(Cow::Owned(Value::Null));
        for (n, step) in self.steps.iter().enumerate() {
            // Kept for the problem: a lent value costs nothing, a made one is only kept when it is small.
            let before = match &current {
                Cow::Borrowed(lent) => Some(Cow::Borrowed(*lent)),
                Cow::Owned(Value::String(text)) if text.len() <= 64 => Some(current.clone()),
                Cow::Owned(_) => None,
            };
            current = match step.run(current, bounds) {
                Ok(next) => next,
                Err(fault) => {
                    let name = format!("convert {}: {}", n + 1, self.kinds.get(n).unwrap_or(&""));
                    return self.failed(fault.at(&self.to, Some(name), before.as_deref()), outcome);
                }
            };
            if let Some(trace) = trace.as_deref_mut() {
                trace.steps.push(current.as_ref().clone());
            }
        }
        let missing = missing && current.is_null();
        Some((current, missing))
    }

    /// A conversion failed: reject, leave the field out, or go on with the default.
    fn failed<'a>(&self, problem: FieldProblem, outcome: &mut MapOutcome) -> Option<(Cow<'a, Value>, bool)> {
        match (self.otherwise, problem.code) {
            (_, Code::TooLarge) | (Otherwise::Reject, _) => outcome.rejects.push(problem),
            (Otherwise::Warn, _) => outcome.warnings.push(problem),
            (Otherwise::UseDefault, _) => {
                outcome.warnings.push(problem);
                return Some((Cow::Owned(Value::Null), false));
            }
        }
        None
    }

    /// Every path it reads.
    pub(crate) fn sources(&self) -> Vec<String> {
        let paths = |from: &From| match from {
            From::Path(path) => path.sources().collect(),
            From::Template(template) => template.paths().flat_map(Path::sources).collect(),
            From::Constant(_) => Vec::new(),
        };
        let mut sources: Vec<String> = paths(&self.from);
        sources.extend(self.default.iter().flat_map(paths));
        sources
    }

    /// The paths of which it reads the first that is there.
    pub(crate) fn alternatives(&self) -> Vec<String> {
        if let From::Path(path) = &self.from { path.sources().collect() } else { Vec::new() }
    }

    fn is_empty(&self, value: &Value) -> bool {
        match value {
            Value::Null => self.empty.contains(&Empty::Null),
            Value::String(text) => text.is_empty() && self.empty.contains(&Empty::Text),
            Value::Array(items) => items.is_empty() && self.empty.contains(&Empty::List),
            _ => false,
        }
    }

    fn default_value<'a>(&'a self, source: &'a Value) -> Option<&'a Value> {
        let value = match self.default.as_ref()? {
            From::Path(path) => path.read(source)?,
            From::Constant(value) => value,
            From::Template(_) => return None,
        };
        (!self.is_empty(value)).then_some(value)
    }

    /// Says so when an empty value must not be; true when the record fails for it.
    fn lacks_required(&self, missing: bool, value: &Value, outcome: &mut MapOutcome) -> bool {
        let Some(otherwise) = self.required else { return false };
        let fault = if missing {
            Fault::new(
                Code::SourceFieldGone,
                "the record has no such field in the source",
                "check that the field still exists and that the connection's user may see it, or give the mapping a \
                 default",
            )
        } else {
            Fault::new(
                Code::Required,
                "the field must not be empty",
                "fill it in the source, or give the mapping a default",
            )
        };
        let problem = fault.at(&self.to, Some("rule required".into()), Some(value));
        if otherwise == Otherwise::Warn {
            outcome.warnings.push(problem);
            return false;
        }
        outcome.rejects.push(problem);
        true
    }

    /// The value after all rules; whether a rule replaced it by the default. `None` when the record fails for it.
    fn checked<'a>(
        &'a self,
        value: Cow<'a, Value>,
        defaulted: bool,
        source: &'a Value,
        outcome: &mut MapOutcome,
    ) -> Option<(Cow<'a, Value>, bool)> {
        let failed_before = outcome.rejects.len();
        for rule in &self.rules {
            let Err(fault) = rule.check.ask(&value) else { continue };
            let problem = fault.at(&self.to, Some(format!("rule {}", rule.kind)), Some(&value));
            match rule.otherwise {
                Otherwise::Warn => outcome.warnings.push(problem),
                Otherwise::UseDefault if !defaulted => {
                    outcome.warnings.push(problem);
                    let default = self.default_value(source).map_or(Cow::Owned(Value::Null), Cow::Borrowed);
                    return self.typed(&default, outcome).then_some((default, true));
                }
                Otherwise::Reject | Otherwise::UseDefault => outcome.rejects.push(problem),
            }
        }
        if outcome.rejects.len() > failed_before {
            return None;
        }
        let known = self.skip_type_check && !defaulted && !value.is_null();
        (known || self.typed(&value, outcome)).then_some((value, false))
    }

    /// Whether Portal can take it. A rule that only warns of an address lets it through as the text it is.
    fn typed(&self, value: &Value, outcome: &mut MapOutcome) -> bool {
        let relaxed =
            |kind: &str| self.rules.iter().any(|r| r.kind == kind && r.otherwise == Otherwise::Warn);
        let kind = match self.kind {
            TargetType::Email if relaxed("email") => TargetType::Text,
            TargetType::Url if relaxed("url") => TargetType::Text,
            kind => kind,
        };
        if value.is_null() {
            return true;
        }
        if self.reference.is_some() && !matches!(value, Value::Object(_)) {
            return true;
        }
        let Err(fault) = fits(kind, value) else { return true };
        let already = outcome.rejects.iter().any(|p| p.field == self.to && p.code == fault.code);
        if !already {
            outcome.rejects.push(fault.at(&self.to, Some("type".into()), Some(value)));
        }
        false
    }

    /// Ids of other records. 0 means none in WordPress; a repeated id counts once.
    fn refer(&self, value: &Value, resource: &str, references: &mut Vec<Reference>) -> Result<(), Fault> {
        let to = |field: String, external_id: String| Reference {
            field,
            resource: resource.to_owned(),
            external_id,
        };
        let Value::Array(items) = value else {
            references.extend(external_id(value)?.map(|id| to(self.to.clone(), id)));
            return Ok(());
        };
        if self.kind == TargetType::Reference {
            let remedy = "add the conversion first, or choose a field that holds a list";
            return Err(Fault::wrong_type(value, "one reference", remedy));
        }
        let mut seen = std::collections::HashSet::new();
        for item in items {
            let Some(id) = external_id(item)? else { continue };
            if seen.insert(id.clone()) {
                references.push(to(format!("{}[{}]", self.to, seen.len() - 1), id));
            }
        }
        Ok(())
    }
}

fn external_id(value: &Value) -> Result<Option<String>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() || text == "0" => Ok(None),
        Value::String(text) if text.len() <= EXTERNAL_ID_BYTES_MAX => Ok(Some(text.clone())),
        Value::Number(number) if number.as_i64() == Some(0) => Ok(None),
        Value::Number(number) if !number.is_f64() => Ok(Some(number.to_string())),
        _ => Err(Fault::wrong_type(
            value,
            "the id of a record",
            "choose the field that holds the other record's id",
        )),
    }
}

/// Longest id of another record, in bytes.
const EXTERNAL_ID_BYTES_MAX: usize = 256;

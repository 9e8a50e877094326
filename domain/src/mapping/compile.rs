//! From a definition to something that can run, or to everything that is wrong with it.

use std::collections::{BTreeSet, HashSet};

use super::apply::{CompiledField, From};
use super::convert::{CONVERSIONS_MAX, EACH_DEPTH_MAX, Step};
use super::definition::{Conversion, Definition, Empty, Fallback, FieldRule, Otherwise, Rule, Source};
use super::path::Path;
use super::rules::{Check, CheckedRule};
use super::shape::Shape;
use super::target::{TargetField, TargetFields, TargetType};
use super::template::Template;
use super::{CompiledMapping, DEFINITION_BYTES_MAX, FIELDS_MAX};
use crate::problem::Rejection;

/// Most rules of one field.
const RULES_MAX: usize = 16;
/// Most patterns of one mapping: each may take `AUTOMATON_BYTES_MAX`.
const PATTERNS_MAX: usize = 50;

/// Compiles, or says everything that is wrong.
pub(super) fn compile(
    definition: &Definition,
    target: &TargetFields,
) -> Result<CompiledMapping, Vec<Rejection>> {
    check_size(definition)?;
    let mut problems = whole(definition, target);
    let mut fields = Vec::with_capacity(definition.fields.len());
    for rule in &definition.fields {
        let Some(known) = known_field(rule, target, &mut problems) else { continue };
        let before = problems.len();
        let field = compile_field(rule, known, &mut problems);
        if let (Some(field), true) = (field, problems.len() == before) {
            fields.push(field);
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(CompiledMapping { entity: definition.entity.clone(), fields })
}

fn check_size(definition: &Definition) -> Result<(), Vec<Rejection>> {
    if definition.fields.len() > FIELDS_MAX {
        return Err(vec![Rejection::new(
            "TOO_MANY_FIELDS",
            format!("the mapping has more than {FIELDS_MAX} fields"),
            "map fewer fields",
        )]);
    }
    if definition.fields.iter().any(|field| too_deep(&field.convert, 0)) {
        return Err(vec![Rejection::new(
            "TOO_DEEP",
            format!("each inside each goes deeper than {EACH_DEPTH_MAX} levels"),
            "flatten the list in the source, or convert it in fewer levels",
        )]);
    }
    if definition.digest().len() > DEFINITION_BYTES_MAX {
        return Err(vec![Rejection::new(
            "TOO_LARGE",
            format!("the mapping is larger than {} KiB", DEFINITION_BYTES_MAX >> 10),
            "shorten its tables and constants",
        )]);
    }
    Ok(())
}

fn too_deep(steps: &[Conversion], depth: usize) -> bool {
    depth > EACH_DEPTH_MAX
        || steps
            .iter()
            .any(|step| matches!(step, Conversion::Each { convert } if too_deep(convert, depth + 1)))
}

fn count(steps: &[Conversion]) -> usize {
    steps.iter().map(|s| if let Conversion::Each { convert } = s { 1 + count(convert) } else { 1 }).sum()
}

/// What only shows when all fields are seen together.
fn whole(definition: &Definition, target: &TargetFields) -> Vec<Rejection> {
    let mut problems = Vec::new();
    if definition.entity != target.entity {
        problems.push(
            Rejection::new(
                "WRONG_ENTITY",
                format!(
                    "the mapping fills {} and the fields given are of {}",
                    definition.entity, target.entity
                ),
                "choose a mapping for this entity",
            )
            .at("entity"),
        );
    }
    let mut seen = HashSet::new();
    let mut twice = BTreeSet::new();
    for field in &definition.fields {
        if !seen.insert(field.to.as_str()) && twice.insert(field.to.as_str()) {
            problems.push(at(field, "WRITTEN_TWICE", "two rules write this field", "remove one of them"));
        }
    }
    for field in target.fields.iter().filter(|field| field.required && !seen.contains(field.name.as_str())) {
        problems.push(
            Rejection::new(
                "REQUIRED_FIELD_UNMAPPED",
                "Portal requires this field and the mapping does not fill it",
                "add a rule for it",
            )
            .at(field.name.as_str()),
        );
    }
    let patterns = definition.fields.iter().flat_map(|field| &field.rules);
    if patterns.filter(|rule| matches!(rule, Rule::Pattern { .. })).count() > PATTERNS_MAX {
        problems.push(Rejection::new(
            "TOO_LARGE",
            format!("the mapping has more than {PATTERNS_MAX} patterns"),
            "use fewer patterns",
        ));
    }
    problems
}

fn known_field<'t>(
    rule: &FieldRule,
    target: &'t TargetFields,
    problems: &mut Vec<Rejection>,
) -> Option<&'t TargetField> {
    let known = target.get(&rule.to);
    if known.is_none() {
        let forbidden = rule.to.contains('/')
            || matches!(rule.to.as_str(), "id" | "tenant_id" | "__proto__" | "prototype" | "constructor");
        problems.push(if forbidden {
            at(rule, "FORBIDDEN_FIELD", "a mapping may not write this field", "remove the rule")
        } else {
            at(rule, "UNKNOWN_FIELD", "the Portal entity has no such field", "choose one of its fields")
        });
    }
    known
}

fn compile_field(
    rule: &FieldRule,
    target: &TargetField,
    problems: &mut Vec<Rejection>,
) -> Option<CompiledField> {
    let from = compile_source(rule, problems);
    let default = compile_default(rule, target, problems);
    let (steps, shape) = compile_steps(rule, problems);
    let rules = compile_rules(rule, target, problems);
    check_shape(rule, target, shape, problems);
    let otherwise_of = |kind: &str| rule.rules.iter().find(|r| r.kind() == kind).map(Rule::otherwise);
    Some(CompiledField {
        to: rule.to.clone(),
        from: from?,
        steps,
        kinds: rule.convert.iter().map(Conversion::kind).collect(),
        default,
        empty: rule.empty.clone().unwrap_or_else(|| vec![Empty::Null, Empty::Text, Empty::List]),
        otherwise: rule.otherwise,
        required: otherwise_of("required").or(target.required.then_some(Otherwise::Reject)),
        unique: otherwise_of("unique").or(target.unique.then_some(Otherwise::Warn)),
        rules,
        kind: target.kind,
        skip_type_check: shape.always_is(target.kind) || proves(rule, target.kind),
        reference: rule.reference.as_ref().map(|to| to.resource.clone()),
    })
}

/// Whether a rule lets only values of the type through, so that the run need not look again.
fn proves(rule: &FieldRule, kind: TargetType) -> bool {
    rule.rules.iter().filter(|rule| rule.otherwise() != Otherwise::Warn).any(|rule| match rule {
        Rule::Email { .. } => kind == TargetType::Email,
        Rule::Url { .. } => kind == TargetType::Url,
        Rule::Type { is, .. } => *is == kind,
        _ => false,
    })
}

fn compile_source(rule: &FieldRule, problems: &mut Vec<Rejection>) -> Option<From> {
    let (from, code) = match &rule.from {
        Source::Constant(value) => return Some(From::Constant(value.clone())),
        Source::Path(text) => (Path::parse(text).map(From::Path), "INVALID_PATH"),
        Source::Template(text) => (Template::parse(text).map(From::Template), "INVALID_TEMPLATE"),
    };
    from.map_err(|why| {
        let remedy = "write for example title.raw, meta.colour[0] or {first_name} {last_name}";
        problems.push(at(rule, code, &format!("where the value comes from cannot be read: {why}"), remedy));
    })
    .ok()
}

fn compile_default(rule: &FieldRule, target: &TargetField, problems: &mut Vec<Rejection>) -> Option<From> {
    match rule.default.as_ref()? {
        Fallback::Constant(value) => {
            if !value.is_null() && rule.reference.is_none() && super::rules::fits(target.kind, value).is_err()
            {
                problems.push(at(
                    rule,
                    "TYPE_MISMATCH",
                    &format!("the default is not {}, which the field holds", target.kind.in_words()),
                    "correct the default",
                ));
            }
            Some(From::Constant(value.clone()))
        }
        Fallback::Path(text) => match Path::parse(text) {
            Ok(path) => Some(From::Path(path)),
            Err(why) => {
                problems.push(at(
                    rule,
                    "INVALID_PATH",
                    &format!("the default's path cannot be read: {why}"),
                    "correct the path",
                ));
                None
            }
        },
    }
}

fn compile_steps(rule: &FieldRule, problems: &mut Vec<Rejection>) -> (Vec<Step>, Shape) {
    let mut shape = Shape::of_source(&rule.from);
    if count(&rule.convert) > CONVERSIONS_MAX {
        let detail = format!("the field has more than {CONVERSIONS_MAX} conversions");
        problems.push(at(rule, "TOO_LARGE", &detail, "use fewer conversions"));
        return (Vec::new(), shape);
    }
    let mut steps = Vec::with_capacity(rule.convert.len());
    for (n, conversion) in rule.convert.iter().enumerate() {
        match Step::compile(conversion) {
            Ok(step) => steps.push(step),
            Err((code, why)) => {
                let detail = format!("conversion {} ({}): {why}", n + 1, conversion.kind());
                problems.push(at(rule, code, &detail, "correct the conversion"));
            }
        }
        shape = shape.after(conversion).unwrap_or_else(|wanted| {
            let kind = conversion.kind();
            let detail =
                format!("conversion {} ({kind}) wants {wanted} and is given {}", n + 1, shape.in_words());
            problems.push(at(
                rule,
                "TYPE_MISMATCH",
                &detail,
                "change the order of the conversions or remove it",
            ));
            Shape::Unknown
        });
    }
    (steps, shape)
}

/// The mapping's rules, and what Portal insists on where the mapping says nothing about it.
fn compile_rules(rule: &FieldRule, target: &TargetField, problems: &mut Vec<Rejection>) -> Vec<CheckedRule> {
    let mut rules = Vec::new();
    if rule.rules.len() > RULES_MAX {
        problems.push(at(
            rule,
            "TOO_LARGE",
            &format!("the field has more than {RULES_MAX} rules"),
            "use fewer",
        ));
        return rules;
    }
    for one in &rule.rules {
        match Check::compile(one) {
            Ok(Some(check)) => {
                rules.push(CheckedRule { check, otherwise: one.otherwise(), kind: one.kind() });
            }
            Ok(None) => {}
            Err((code, why)) => {
                problems.push(at(rule, code, &format!("rule {}: {why}", one.kind()), "correct it"));
            }
        }
    }
    let says = |kind: &str| rule.rules.iter().any(|rule| rule.kind() == kind);
    if let Some(max) = target.max_length.filter(|_| !says("length")) {
        let check = Check::Length { min: 0, max };
        rules.push(CheckedRule { check, otherwise: Otherwise::Reject, kind: "length" });
    }
    rules
}

fn check_shape(rule: &FieldRule, target: &TargetField, shape: Shape, problems: &mut Vec<Rejection>) {
    let detail = match (&rule.reference, target.kind) {
        (Some(_), TargetType::Reference | TargetType::List) | (None, _) if shape.may_be(target.kind) => {
            if rule.reference.is_some() || target.kind != TargetType::Reference {
                return;
            }
            problems.push(at(
                rule,
                "REFERENCE_WITHOUT_RESOURCE",
                "the field refers to another record and the mapping does not say of which resource",
                "add for example \"reference\": {\"resource\": \"users\"}",
            ));
            return;
        }
        (Some(_), kind) if !matches!(kind, TargetType::Reference | TargetType::List) => {
            "the field does not refer to another record".to_owned()
        }
        _ => {
            format!("the last step gives {} and the field holds {}", shape.in_words(), target.kind.in_words())
        }
    };
    problems.push(at(rule, "TYPE_MISMATCH", &detail, "add a conversion that fits, or choose another field"));
}

fn at(rule: &FieldRule, code: &'static str, detail: &str, remedy: &str) -> Rejection {
    let shown: String = rule.to.chars().take(100).collect();
    Rejection::new(code, detail, remedy).at(shown)
}

//! Conditions of filters: CEL over one record, compiled once, pure and bounded.
//!
//! `record` is the source record; `item` are the Portal fields after a mapping. Allowed are comparisons, arithmetic,
//! `in`, `has`, `size`, `contains`, `startsWith`, `endsWith`, `matches` with a literal pattern, conversions, and the
//! tests `all`, `exists` and `exists_one`, not inside one another. There is no clock, no chance, and nothing that builds
//! lists or long texts. Only the fields that the expression mentions are lent to it, up to `VALUES_MAX` values and
//! `TEXT_BYTES_MAX` bytes.

mod inspect;
mod lend;

use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError, Program};
use serde_json::Value;

use crate::mapping::problem::Fault;
use crate::mapping::{Code, FieldProblem};
use crate::problem::Rejection;
use inspect::Mentions;
pub use lend::{TEXT_BYTES_MAX, VALUES_MAX};

/// Longest condition, in bytes.
pub const CONDITION_BYTES_MAX: usize = 4 * 1024;

/// A condition that can be asked.
#[derive(Debug)]
pub struct Condition {
    text: String,
    program: Program,
    mentions: Mentions,
}

static LANGUAGE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(false)));

impl Condition {
    /// Reads a condition, or says why it cannot be one.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Rejection::new(
                "CONDITION_EMPTY",
                "the condition is empty",
                "write for example record.status == 'publish'",
            ));
        }
        if text.len() > CONDITION_BYTES_MAX {
            return Err(Rejection::new(
                "CONDITION_TOO_LARGE",
                format!("the condition is longer than {CONDITION_BYTES_MAX} bytes"),
                "use several filters one after another",
            ));
        }
        inspect::check_nesting(text)?;
        let program = LANGUAGE.compile(text).map_err(|errors| {
            let first = errors.errors.first().map_or_else(String::new, |e| e.msg.clone());
            let shown: String = first.chars().filter(|c| !c.is_control()).take(200).collect();
            Rejection::new(
                "CONDITION_UNREADABLE",
                format!("the condition cannot be read: {shown}"),
                "write it like record.status == 'publish' && size(record.tags) > 0",
            )
        })?;
        let mentions = inspect::inspect(program.expression())?;
        Ok(Self { text: text.to_owned(), program, mentions })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fields of the record it reads, dotted, sorted: what a fetch must ask for. `None`: all of them.
    pub fn source_paths(&self) -> Option<Vec<String>> {
        self.mentions.source_paths()
    }

    /// Whether it looks at mapped fields, so that it must stand behind a mapping.
    pub fn uses_item(&self) -> bool {
        self.mentions.uses("item")
    }

    /// Whether a source record satisfies it.
    #[expect(clippy::result_large_err, reason = "a problem is rare, and its parts are needed apart")]
    pub fn matches(&self, record: &Value) -> Result<bool, FieldProblem> {
        self.matches_both(record, &Value::Null)
    }

    /// The same with the mapped fields as `item`.
    #[expect(clippy::result_large_err, reason = "a problem is rare, and its parts are needed apart")]
    pub fn matches_both(&self, record: &Value, item: &Value) -> Result<bool, FieldProblem> {
        let mut context = Context::with_env(Arc::clone(&LANGUAGE));
        let mut room = lend::Room::default();
        for (name, value) in [("record", record), ("item", item)] {
            if self.mentions.uses(name) {
                let lent = lend::lend(value, self.mentions.keys(name), &mut room);
                let lent = lent.map_err(|fault| fault.at("condition", None, None))?;
                context.add_variable_as_val(name, lent);
            }
        }
        match self.program.execute(&context) {
            Ok(cel::Value::Bool(answer)) => Ok(answer),
            Ok(_) => Err(fault(
                "the condition answers with something other than true or false",
                "compare the value, for example with == or >",
            )
            .at("condition", None, None)),
            Err(error) => Err(self.explain(&error, record, item)),
        }
    }

    /// Why it could not be decided, without quoting values, which may be personal.
    fn explain(&self, error: &ExecutionError, record: &Value, item: &Value) -> FieldProblem {
        if let ExecutionError::NoSuchKey(key) = error
            && let Some((path, gone)) = self.mentions.missing(key, record, item)
        {
            let remedy = format!("test first whether it exists: has({gone}) && …");
            return Fault::new(Code::SourceFieldGone, format!("the record has no field {gone}"), remedy).at(
                &path,
                Some("condition".into()),
                None,
            );
        }
        let fault = match error {
            ExecutionError::NoSuchOverload(detail) => fault(
                &detail.to_string(),
                "compare values of the same type; turn a text into a number with int(…), test for null first",
            ),
            ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
                fault("the condition divides by zero", "test the divisor first")
            }
            ExecutionError::Overflow(..) => {
                fault("a number in the condition becomes too large", "use smaller numbers")
            }
            ExecutionError::IndexOutOfBounds(_) | ExecutionError::NoSuchKey(_) => fault(
                "a list in the record is shorter than the condition expects",
                "test its size first: size(…) > 0",
            ),
            _ => fault(
                "a value has another type than the condition expects",
                "test the type first, or convert with string(…) or int(…)",
            ),
        };
        fault.at("condition", Some("condition".into()), None)
    }
}

fn fault(message: &str, remedy: &str) -> Fault {
    Fault::new(Code::ConditionFailed, message, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn ask(condition: &str, record: &Value) -> Result<bool, Code> {
        Condition::parse(condition).unwrap().matches(record).map_err(|problem| problem.code)
    }

    #[test]
    fn conditions_are_decided_on_the_record() {
        let record = json!({"status": "publish", "tags": [1, 2], "title": {"raw": "Hello"}, "n": 2.5, "x": null,
            "meta": {"a-b": "c"}, "roles": ["editor"], "big": 9_007_199_254_740_993_i64});
        for (condition, answer) in [
            ("record.status == 'publish' && size(record.tags) > 1", true),
            ("record.status in ['draft', 'publish']", true),
            ("has(record.gone) && record.gone == 1", false),
            ("record.title.raw.startsWith('He') || false", true),
            ("record.title.raw.matches('^h')", false),
            ("record.tags.exists(t, t == 2)", true),
            ("record.tags.all(t, t > 1)", false),
            ("record.x == null", true),
            ("record['meta']['a-b'] == 'c'", true),
            ("'admin' in record.roles", false),
            ("record.n > 2", true),
            ("record.big == 9007199254740993", true),
            ("!('status' in record)", false),
            ("record.tags[0] == 1", true),
        ] {
            assert_eq!(ask(condition, &record), Ok(answer), "{condition}");
        }
    }

    #[test]
    fn bad_input_120_a_missing_field_is_named_with_what_to_do() {
        let condition = Condition::parse("record.title.raw == 'a'").unwrap();
        let problem = condition.matches(&json!({"title": {"rendered": "secret"}})).unwrap_err();
        assert_eq!(problem.code, Code::SourceFieldGone);
        assert_eq!(problem.field, "title.raw");
        assert!(problem.remedy.contains("has(record.title.raw)"), "{problem}");
        let outer = condition.matches(&json!({})).unwrap_err();
        assert!(outer.remedy.contains("has(record.title)"), "{outer}");
        assert_eq!(ask("record.a > 1", &json!({"a": null})), Err(Code::ConditionFailed));
        assert_eq!(ask("record.a / record.b > 1", &json!({"a": 1, "b": 0})), Err(Code::ConditionFailed));
        assert_eq!(ask("record.a * 9223372036854775807 > 1", &json!({"a": 2})), Err(Code::ConditionFailed));
        assert_eq!(ask("record.a[5] == 1", &json!({"a": []})), Err(Code::ConditionFailed));
        assert_eq!(ask("record.a", &json!({"a": "yes"})), Err(Code::ConditionFailed));
        assert_eq!(ask("record.a == 1", &json!([1])), Err(Code::SourceFieldGone));
    }

    #[test]
    fn bad_input_062_a_problem_never_quotes_the_record() {
        let record = json!({"a": "ada@secret.example"});
        for condition in [
            "record.a > 1",
            "record.a.b == 1",
            "record.a + 1 == 2",
            "record.a[0] == 'a'",
            "int(record.a) == 1",
        ] {
            let problem = Condition::parse(condition).unwrap().matches(&record).unwrap_err();
            assert!(!problem.to_string().contains("secret"), "{problem}");
        }
    }

    #[test]
    fn bad_input_117_nothing_that_explodes_is_accepted() {
        let long = format!("record.a{}", " + record.a".repeat(30));
        let deep = format!("{}1{} == 1", "(".repeat(500), ")".repeat(500));
        let chain = format!("record{} == 1", ".a".repeat(1000));
        let sum = format!("{}1 == 1", "1+".repeat(1500));
        let nots = format!("{}true", "!".repeat(3000));
        let lists = format!("{}{}", "[".repeat(1500), "]".repeat(1500));
        let ternary = format!("{}true", "true ? true : ".repeat(250));
        for bad in [
            "record.a.map(x, x)",
            "record.a.filter(x, true)",
            "[1,2].all(x, [1,2].all(y, x == y))",
            "record.a.all(x, record.b + record.b == x)",
            &long,
            &deep,
            &chain,
            &sum,
            &nots,
            &lists,
            &ternary,
            "record.a.all(record, true)",
        ] {
            assert!(Condition::parse(bad).is_err(), "{}", &bad[..40.min(bad.len())]);
        }
        assert_eq!(Condition::parse(&"a".repeat(5000)).unwrap_err().code, "CONDITION_TOO_LARGE");
        let record = json!({"a": vec![1; VALUES_MAX + 1], "b": "x".repeat(TEXT_BYTES_MAX + 1)});
        assert_eq!(ask("size(record.a) > 1", &record), Err(Code::TooLarge));
        assert_eq!(ask("size(record.b) > 1", &record), Err(Code::TooLarge));
    }

    #[test]
    fn bad_input_118_patterns_are_literal_and_small() {
        for bad in [
            "record.a.matches(record.b)",
            "record.a.matches('(a{1000}){1000}')",
            "record.a.matches('(')",
            "matches('a', record.b)",
        ] {
            assert!(Condition::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            ask("record.a.matches('^(a+)+$')", &json!({"a": format!("{}!", "a".repeat(50_000))})),
            Ok(false)
        );
    }

    #[test]
    fn bad_input_121_words_of_the_host_mean_nothing() {
        for bad in [
            "constructor.constructor('x')",
            "$env.PATH",
            "process.exit()",
            "file('/etc/passwd')",
            "http('x')",
            "eval('1')",
            "env.HOME == 'x'",
            "record.constructor()",
            "import os",
            "{{record.a}}",
            "`id`",
        ] {
            assert!(Condition::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(ask("record.__class__ == 1", &json!({})), Err(Code::SourceFieldGone));
    }

    #[test]
    fn bad_input_125_there_is_no_clock_and_no_chance() {
        for bad in [
            "now() > 1",
            "record.date > now",
            "random() > 0.5",
            "timestamp('2020-01-01T00:00:00Z') == record.a",
            "duration('1s') == record.b",
        ] {
            assert!(Condition::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn it_says_which_fields_it_needs() {
        let condition =
            Condition::parse("record.title.raw == 'a' && has(record.meta.x) && item.email != ''").unwrap();
        assert_eq!(condition.source_paths(), Some(vec!["meta.x".into(), "title.raw".into()]));
        assert!(condition.uses_item());
        assert_eq!(
            condition.matches_both(&json!({"title": {"raw": "a"}, "meta": {"x": 1}}), &json!({"email": "e"})),
            Ok(true)
        );
        assert_eq!(Condition::parse("size(record) > 1").unwrap().source_paths(), None);
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(text in "(record|item|\\.[a-c]|\\[|\\]|\\(|\\)|'|\"|&&|\\|\\||==|[0-9]|!|\\?|:|-|in|has\\(|\\.all\\(x,| |\\PC){0,24}", n in any::<i64>()) {
            if let Ok(condition) = Condition::parse(&text) {
                let record = json!({"a": n, "b": [n, "x", null], "c": {"a": true}});
                prop_assert_eq!(condition.matches(&record), condition.matches(&record));
            }
        }
    }
}

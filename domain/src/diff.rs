//! What differs between two JSON values, by path.

use serde_json::Value;

/// Most paths named; beyond that the list ends with [`MORE`].
pub const PATHS_MAX: usize = 200;
/// Stands for the paths that are not named.
pub const MORE: &str = "…";

/// The dotted paths at which two values differ, sorted. Objects are compared field by field, everything else as a whole;
/// the empty path is the value itself.
pub fn changed_paths(before: &Value, after: &Value) -> Vec<String> {
    let mut paths = vec![];
    compare("", before, after, &mut paths);
    paths.sort_unstable();
    if paths.len() > PATHS_MAX {
        paths.truncate(PATHS_MAX);
        paths.push(MORE.to_owned());
    }
    paths
}

fn compare(at: &str, before: &Value, after: &Value, paths: &mut Vec<String>) {
    if paths.len() > PATHS_MAX || before == after {
        return;
    }
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        paths.push(at.to_owned());
        return;
    };
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    for key in gone.chain(after.keys()) {
        let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        match (before.get(key), after.get(key)) {
            (Some(before), Some(after)) => compare(&path, before, after, paths),
            _ => paths.push(path),
        }
        if paths.len() > PATHS_MAX {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_to_what_differs() {
        let before = json!({"a": 1, "b": {"c": [1], "d": 2}, "e": null});
        let after = json!({"a": 1, "b": {"c": [1, 2], "d": 2}, "f": 0});
        assert_eq!(changed_paths(&before, &after), ["b.c", "e", "f"]);
        assert!(changed_paths(&before, &before).is_empty());
        assert_eq!(changed_paths(&json!(1), &json!(2)), [""]);
    }

    #[test]
    fn a_value_that_differs_everywhere_is_not_listed_without_end() {
        let wide = |n: u64| Value::Object((0..5_000).map(|i| (format!("k{i}"), json!(n))).collect());
        let paths = changed_paths(&wide(1), &wide(2));
        assert_eq!((paths.len(), paths.last().unwrap().as_str()), (PATHS_MAX + 1, MORE));
    }
}

//! How answers of the API look on a terminal.

use serde_json::Value;

use crate::logging::escape;
use crate::output::{self, Table};

/// A heading, and where in the row its value is.
pub type Column = (&'static str, &'static str);

/// A list; always exit code 0.
pub fn list(rows: &[Value], columns: &[Column], json: bool) -> u8 {
    if json {
        output::say_json(&rows);
        return 0;
    }
    let mut table = Table::new(columns.iter().map(|(head, _)| *head));
    for row in rows {
        table.row(columns.iter().map(|(_, place)| row.pointer(place).map(text).unwrap_or_default()));
    }
    if table.is_empty() {
        output::say("none");
    } else {
        table.print();
    }
    0
}

/// Everything about one thing. JSON is what people read here too.
pub fn whole(value: &Value) -> u8 {
    output::say_json(value);
    0
}

/// What a command came to.
pub fn done(answer: &Value, word: &str, json: bool) -> u8 {
    if json {
        output::say_json(answer);
    } else {
        let id = answer["id"].as_str().unwrap_or_default();
        output::say(format!("{id} {word}").trim());
    }
    0
}

/// One stage of a connection test.
pub fn stage(stage: &Value) -> String {
    let mark = match stage["result"].as_str() {
        Some("passed") => "ok  ",
        Some("warned") => "warn",
        Some("failed") => "FAIL",
        _ => "-   ",
    };
    let field = |name: &str| escape::plain(stage[name].as_str().unwrap_or_default());
    let remedy = stage["remedy"].as_str().map(|remedy| format!("\n        → {}", escape::plain(remedy)));
    format!("{mark}  {}: {}{}", field("title"), field("finding"), remedy.unwrap_or_default())
}

/// A value in a cell.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

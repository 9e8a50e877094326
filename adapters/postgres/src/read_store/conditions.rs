//! A query's conditions as SQL. Values are arguments; names come from the view's spec.

use engine::ports::read_store::{Kind, prefix_end};
use engine::ports::{IndexValue, Order, PageCursor, Query, ViewSpec};
use tokio_postgres::types::ToSql;

use super::tables::{column, indexed};
use crate::text;

pub(super) struct Conditions {
    /// With ` WHERE ` before it, or empty.
    pub sql: String,
    arguments: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Conditions {
    pub fn of(query: &Query) -> Self {
        let mut asked = Self { sql: String::new(), arguments: vec![] };
        if !query.key_prefix.is_empty() {
            let place = asked.text(&query.key_prefix);
            asked.and(&format!("key >= {place}"));
            if let Some(end) = prefix_end(&query.key_prefix) {
                let place = asked.text(&end);
                asked.and(&format!("key < {place}"));
            }
        }
        for (name, wanted) in &query.equals {
            let column = column(name);
            let place = asked.value(wanted);
            if matches!(wanted, IndexValue::Text(_)) {
                asked.and(&format!("{} = {}", indexed(&column), indexed(&place)));
            }
            asked.and(&format!("{column} = {place}"));
        }
        if let Some((name, part)) = &query.contains {
            // Not LIKE: this has no wildcards, so nothing needs escaping. In the collation "C" lower() is for ASCII only.
            let place = asked.text(&part.to_ascii_lowercase());
            asked.and(&format!("strpos(lower({}), {place}) > 0", column(name)));
        }
        asked
    }

    /// Goes on behind a row; gives the order of the page, which the index follows.
    pub fn page(&mut self, view: &ViewSpec, query: &Query) -> String {
        let direction = if query.order == Order::Descending { "DESC" } else { "ASC" };
        let declared = query.order_by.and_then(|name| view.column(name)).map(|(_, column)| column);
        let Some(declared) = declared else {
            if let Some(cursor) = &query.after {
                let key = self.text(&cursor.key);
                self.and(&format!("key {} {key}", beyond(query)));
            }
            return format!("key {direction}");
        };
        let column = column(declared.name);
        self.and(&format!("{column} IS NOT NULL"));
        let texts = declared.kind == Kind::Text;
        if let Some(PageCursor { value: Some(value), key }) = &query.after {
            let (place, key) = (self.value(value), self.text(key));
            let beyond = beyond(query);
            self.and(&if texts {
                let (left, right) = (indexed(&column), indexed(&place));
                format!("({left}, {column}, key) {beyond} ({right}, {place}, {key})")
            } else {
                format!("({column}, key) {beyond} ({place}, {key})")
            });
        }
        let first = if texts { format!("{} {direction}, ", indexed(&column)) } else { String::new() };
        format!("{first}{column} {direction}, key {direction}")
    }

    /// Adds a text as an argument; gives its place in the statement.
    fn text(&mut self, value: &str) -> String {
        self.arguments.push(Box::new(text::written(value).into_owned()));
        format!("${}::text", self.arguments.len())
    }

    pub fn number(&mut self, value: i64) -> String {
        self.arguments.push(Box::new(value));
        format!("${}::int8", self.arguments.len())
    }

    pub fn arguments(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.arguments.iter().map(|argument| &**argument as &(dyn ToSql + Sync)).collect()
    }

    fn value(&mut self, value: &IndexValue) -> String {
        match value {
            IndexValue::Text(value) => self.text(value),
            IndexValue::Integer(value) => self.number(*value),
        }
    }

    fn and(&mut self, condition: &str) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(condition);
    }
}

fn beyond(query: &Query) -> &'static str {
    if query.order == Order::Descending { "<" } else { ">" }
}

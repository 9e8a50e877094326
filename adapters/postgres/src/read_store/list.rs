//! Documents by key, pages and counts of a view. A view without a table is empty.

use std::collections::HashMap;

use deadpool_postgres::Object;
use engine::codec;
use engine::ports::{Doc, Page, PageCursor, Query, Row, ViewSpec};
use tokio_postgres::types::ToSql;

use super::conditions::Conditions;
use super::tables::{self, column, table};
use crate::fault::Fault;
use crate::text;

pub(super) async fn documents(
    connection: &Object,
    view: &ViewSpec,
    keys: &[String],
) -> Result<Vec<Option<Doc>>, Fault> {
    let sql = format!("SELECT key, doc FROM {} WHERE key = ANY($1)", table(view));
    let written: Vec<_> = keys.iter().map(|key| text::written(key)).collect();
    let mut found: HashMap<String, Doc> = HashMap::new();
    for row in query(connection, &sql, &[&written]).await? {
        found.insert(tables::read(row.try_get(0)?)?, unpack(row.try_get(1)?)?);
    }
    Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
}

pub(super) async fn page(connection: &Object, view: &ViewSpec, asked: &Query) -> Result<Page, Fault> {
    let ordered = asked.order_by.and_then(|name| view.column(name)).map(|(_, column)| column);
    let mut conditions = Conditions::of(asked);
    let order = conditions.page(view, asked);
    // One row more than asked for tells whether there is a next page.
    let rows_max = asked.rows_max();
    let limit = conditions.number(i64::try_from(rows_max + 1).unwrap_or(i64::MAX));
    let selected = ordered.map_or(String::new(), |declared| format!(", {}", column(declared.name)));
    let sql = format!(
        "SELECT key, doc{selected} FROM {}{} ORDER BY {order} LIMIT {limit}",
        table(view),
        conditions.sql
    );
    let mut found = query(connection, &sql, &conditions.arguments()).await?;
    let more = found.len() > rows_max;
    found.truncate(rows_max);
    let mut page = Page::default();
    for row in &found {
        page.rows.push(Row { key: tables::read(row.try_get(0)?)?, doc: unpack(row.try_get(1)?)? });
    }
    if more && let (Some(last), Some(row)) = (page.rows.last(), found.last()) {
        let value = match ordered {
            Some(declared) => tables::value(row, 2, declared.kind)?,
            None => None,
        };
        page.next = Some(PageCursor { value, key: last.key.clone() });
    }
    Ok(page)
}

pub(super) async fn count(connection: &Object, view: &ViewSpec, asked: &Query) -> Result<u64, Fault> {
    let conditions = Conditions::of(asked);
    let sql = format!("SELECT count(*) FROM {}{}", table(view), conditions.sql);
    let found = query(connection, &sql, &conditions.arguments()).await?;
    Ok(match found.first() {
        Some(row) => row.try_get::<_, i64>(0)?.cast_unsigned(),
        None => 0,
    })
}

async fn query(
    connection: &Object,
    sql: &str,
    arguments: &[&(dyn ToSql + Sync)],
) -> Result<Vec<tokio_postgres::Row>, Fault> {
    let found = async {
        let statement = connection.prepare_cached(sql).await?;
        Ok(connection.query(&statement, arguments).await?)
    };
    match found.await {
        Err(fault @ Fault::Database(_)) if fault.is_absent() => Ok(vec![]),
        other => other,
    }
}

pub(super) fn unpack(packed: &[u8]) -> Result<Doc, Fault> {
    codec::unpack(packed).map_err(Fault::Damage)
}

//! Subject keys: one small row each, and a tombstone for ever when one was destroyed.

use std::collections::{BTreeSet, HashMap};

use engine::keys::{fresh_key, places};
use engine::ports::SubjectKey;

use super::{Inner, canary};
use crate::fault::Fault;
use crate::text::{self, written};

/// Subjects with their keys; `None` for a destroyed one. Those that were never made are absent.
type Found = HashMap<String, Option<SubjectKey>>;

/// Keys of subjects, in the order asked. One commit makes all that are absent.
pub(super) async fn keys(
    inner: &Inner,
    subjects: &[String],
    create: bool,
) -> Result<Vec<Option<SubjectKey>>, Fault> {
    if subjects.is_empty() {
        return Ok(vec![]);
    }
    let mut connection = inner.postgres.connection().await?;
    let mut found = find(inner, &**connection, subjects.iter().map(String::as_str)).await?;
    let absent: BTreeSet<&str> =
        subjects.iter().map(String::as_str).filter(|subject| !found.contains_key(*subject)).collect();
    if create && !absent.is_empty() {
        let transaction = connection.transaction().await?;
        canary::may_wrap(inner, &transaction).await?;
        let (mut kek, mut rows) = (0, vec![]);
        for subject in &absent {
            let (version, wrapped) =
                inner.keys.wrap(&places::subject(subject), &fresh_key(&*inner.ids), &*inner.ids);
            kek = version;
            rows.push(wrapped);
        }
        let names: Vec<_> = absent.iter().map(|subject| written(subject)).collect();
        let put = transaction
            .prepare_cached(
                "INSERT INTO subjects (subject, kek, wrapped)
                 SELECT made.subject, $2, made.wrapped
                 FROM unnest($1::text[], $3::bytea[]) AS made (subject, wrapped)
                 ON CONFLICT (subject) DO NOTHING",
            )
            .await?;
        transaction.execute(&put, &[&names, &i64::from(kek), &rows]).await?;
        // Another process may have been faster with some: what counts is what lies there now.
        let made = find(inner, &*transaction, absent.iter().copied()).await?;
        if made.len() < absent.len() {
            return Err(Fault::Again("a subject was lifted meanwhile"));
        }
        transaction.commit().await?;
        found.extend(made);
    }
    Ok(subjects.iter().map(|subject| found.get(subject).cloned().flatten()).collect())
}

async fn find<'s>(
    inner: &Inner,
    connection: &impl tokio_postgres::GenericClient,
    subjects: impl Iterator<Item = &'s str>,
) -> Result<Found, Fault> {
    let names: Vec<_> = subjects.map(written).collect();
    let asked = "SELECT subject, kek, wrapped FROM subjects WHERE subject = ANY($1)";
    let mut found = Found::new();
    for row in connection.query(asked, &[&names]).await? {
        let subject = text::read(row.try_get(0)?)
            .ok_or_else(|| Fault::Damage("a subject is not written as ours are".to_owned()))?;
        let key = match row.try_get::<_, Option<&[u8]>>(2)? {
            None => None,
            Some(wrapped) => {
                let kek = canary::version(row.try_get(1)?)?;
                Some(SubjectKey(*inner.keys.unwrap(kek, &places::subject(&subject), wrapped)?))
            }
        };
        found.insert(subject, key);
    }
    Ok(found)
}

/// True if there was a key.
pub(super) async fn destroy(inner: &Inner, subject: &str) -> Result<bool, Fault> {
    let mut connection = inner.postgres.connection().await?;
    let transaction = connection.transaction().await?;
    let subject = written(subject);
    // Made first where it is absent, so that there is a row to lock.
    transaction
        .execute(
            "INSERT INTO subjects (subject, kek, wrapped) VALUES ($1, 0, NULL) ON CONFLICT (subject) DO NOTHING",
            &[&subject],
        )
        .await?;
    let destroyed = transaction
        .execute(
            "UPDATE subjects SET kek = 0, wrapped = NULL WHERE subject = $1 AND wrapped IS NOT NULL",
            &[&subject],
        )
        .await?;
    transaction.commit().await?;
    Ok(destroyed > 0)
}

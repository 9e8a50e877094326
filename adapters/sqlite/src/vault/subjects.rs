//! Subject keys: one small row each, and a tombstone for ever when one was destroyed.

use engine::keys::{fresh_key, places};
use engine::ports::SubjectKey;
use rusqlite::OptionalExtension;

use super::{Db, Fault, Inner};

/// Keys of subjects, in the order asked. One commit makes all that are absent.
pub(super) fn keys(
    inner: &Inner,
    subjects: &[String],
    create: bool,
) -> Result<Vec<Option<SubjectKey>>, Fault> {
    let mut db = inner.db();
    // A transaction that finds all of them writes nothing and syncs nothing.
    let found: Vec<Option<Option<SubjectKey>>> = if create {
        db.write(|db| subjects.iter().map(|subject| find_or_make(db, subject).map(Some)).collect())?
    } else {
        subjects.iter().map(|subject| find(&db, subject)).collect::<Result<_, _>>()?
    };
    let mut remembered = inner.subjects();
    for (subject, key) in subjects.iter().zip(&found) {
        if let Some(key) = key {
            remembered.put(subject.clone(), key.clone());
        }
    }
    Ok(found.into_iter().map(Option::flatten).collect())
}

pub(super) fn destroy(inner: &Inner, subject: &str) -> Result<bool, Fault> {
    let mut db = inner.db();
    let there_was = db.write(|db| {
        let there_was = find(db, subject)?.flatten().is_some();
        db.connection
            .prepare_cached("INSERT OR REPLACE INTO subjects (subject, kek, wrapped) VALUES (?, 0, NULL)")?
            .execute([subject])?;
        Ok(there_was)
    })?;
    inner.subjects().put(subject.to_owned(), None);
    db.scrub()?;
    Ok(there_was)
}

/// `None`: never made; `Some(None)`: destroyed.
#[expect(clippy::option_option, reason = "three cases, and the inner one is the answer of the port")]
fn find(db: &Db, subject: &str) -> Result<Option<Option<SubjectKey>>, Fault> {
    let found: Option<(u32, Option<Vec<u8>>)> = db
        .connection
        .prepare_cached("SELECT kek, wrapped FROM subjects WHERE subject = ?")?
        .query_row([subject], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match found {
        None => Ok(None),
        Some((_, None)) => Ok(Some(None)),
        Some((kek, Some(wrapped))) => {
            let key = db.keys.unwrap(kek, &places::subject(subject), &wrapped)?;
            Ok(Some(Some(SubjectKey(*key))))
        }
    }
}

/// Looks first: the subject may be known, or twice in one request.
fn find_or_make(db: &Db, subject: &str) -> Result<Option<SubjectKey>, Fault> {
    if let Some(found) = find(db, subject)? {
        return Ok(found);
    }
    let key = fresh_key(db.ids.as_ref());
    let (kek, wrapped) = db.keys.wrap(&places::subject(subject), &key, db.ids.as_ref());
    db.connection
        .prepare_cached("INSERT INTO subjects (subject, kek, wrapped) VALUES (?, ?, ?)")?
        .execute((subject, kek, wrapped))?;
    Ok(Some(SubjectKey(*key)))
}

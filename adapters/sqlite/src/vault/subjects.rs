//! Subject keys: one small row each, and a tombstone for ever when one was destroyed.

use std::mem;

use engine::keys::{fresh_key, places};
use engine::ports::SubjectKey;
use rusqlite::OptionalExtension;
use tokio::sync::oneshot;

use super::{Db, Fault, Inner};

type Keys = Vec<Option<SubjectKey>>;

/// Keys that somebody waits for.
pub(super) struct Wanted {
    pub subjects: Vec<String>,
    pub answer: oneshot::Sender<Result<Keys, Fault>>,
}

/// Keys of subjects, in the order asked.
pub(super) fn keys(inner: &Inner, subjects: &[String]) -> Result<Keys, Fault> {
    let db = inner.db();
    let found: Vec<Option<Option<SubjectKey>>> =
        subjects.iter().map(|subject| find(&db, subject)).collect::<Result<_, _>>()?;
    let known = subjects.iter().zip(&found).filter_map(|(subject, key)| Some((subject, key.as_ref()?)));
    inner.remember(known);
    Ok(found.into_iter().map(Option::flatten).collect())
}

/// Makes what is wanted and absent, and answers everybody who waits: while one commit is synced, what others want comes
/// together for the next. A transaction that finds all of them writes nothing and syncs nothing.
pub(super) fn make_wanted(inner: &Inner) {
    let mut db = inner.db();
    let wanted = mem::take(&mut *inner.wanted());
    if wanted.is_empty() {
        return;
    }
    let together: Result<Vec<Keys>, Fault> =
        db.write(|db| wanted.iter().map(|wanted| find_or_make_all(db, &wanted.subjects)).collect());
    let mut together = together.map(Vec::into_iter).ok();
    for Wanted { subjects, answer } in wanted {
        let keys = match together.as_mut().and_then(Iterator::next) {
            Some(keys) => Ok(keys),
            // What is wrong with one is no fault of the others.
            None => db.write(|db| find_or_make_all(db, &subjects)),
        };
        if let Ok(keys) = &keys {
            inner.remember(subjects.iter().zip(keys));
        }
        // Who asked may have stopped waiting.
        let _ = answer.send(keys);
    }
}

fn find_or_make_all(db: &Db, subjects: &[String]) -> Result<Keys, Fault> {
    subjects.iter().map(|subject| find_or_make(db, subject)).collect()
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

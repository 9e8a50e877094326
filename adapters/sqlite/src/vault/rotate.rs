//! Wrapping everything again with the newest key. Each batch is a commit of its own, rows name the key they need, and
//! the canary comes last: killed anywhere, the vault opens with the same key ring and the rotation is simply repeated.

use engine::keys::places;
use engine::ports::SecretSlot;
use engine::ports::vault::Rotation;

use super::{Db, Fault, Inner};

const BATCH_ROWS_MAX: u32 = 500;

/// How far a rotation has come.
#[derive(Clone, Debug, Default)]
pub(super) enum Place {
    #[default]
    Start,
    Secrets(SecretSlot),
    Subjects(String),
    Canary,
    End,
}

pub(super) struct Next {
    pub done: Rotation,
    pub place: Place,
}

/// Does the next batch; `None` when all is done.
pub(super) fn batch(inner: &Inner, place: &Place) -> Result<Option<Next>, Fault> {
    let db = &mut inner.db();
    let next = match place {
        Place::Start => secrets_batch(db, None)?,
        Place::Secrets(after) => secrets_batch(db, Some(after))?,
        Place::Subjects(after) => subjects_batch(db, after)?,
        Place::Canary => {
            canary(db)?;
            Next { done: Rotation::default(), place: Place::End }
        }
        Place::End => return Ok(None),
    };
    Ok(Some(next))
}

fn secrets_batch(db: &mut Db, after: Option<&SecretSlot>) -> Result<Next, Fault> {
    type Row = (SecretSlot, i64, u32, Vec<u8>);
    let first = SecretSlot { owner: String::new(), purpose: String::new(), origin: String::new() };
    let after = after.unwrap_or(&first);
    let rows: Vec<Row> = db
        .connection
        .prepare_cached(
            "SELECT owner, purpose, origin, version, kek, wrapped FROM secrets
             WHERE (owner, purpose, origin) > (?, ?, ?) ORDER BY owner, purpose, origin LIMIT ?",
        )?
        .query_map((&after.owner, &after.purpose, &after.origin, BATCH_ROWS_MAX), |row| {
            let slot = SecretSlot { owner: row.get(0)?, purpose: row.get(1)?, origin: row.get(2)? };
            Ok((slot, row.get(3)?, row.get(4)?, row.get(5)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let Some((last, ..)) = rows.last() else {
        return Ok(Next { done: Rotation::default(), place: Place::Subjects(String::new()) });
    };
    let place = Place::Secrets(last.clone());
    let done = db.write(|db| {
        let mut done = Rotation::default();
        for (slot, version, kek, wrapped) in &rows {
            let number = version.to_le_bytes();
            let Some(row) = rewrap(db, *kek, &places::data_key(slot, &number), wrapped, &mut done)? else {
                continue;
            };
            db.connection
                .prepare_cached(
                    "UPDATE secrets SET kek = ?, wrapped = ? WHERE owner = ? AND purpose = ? AND origin = ?",
                )?
                .execute((row.0, row.1, &slot.owner, &slot.purpose, &slot.origin))?;
        }
        Ok(done)
    })?;
    Ok(Next { done, place })
}

fn subjects_batch(db: &mut Db, after: &str) -> Result<Next, Fault> {
    type Row = (String, u32, Vec<u8>);
    let rows: Vec<Row> = db
        .connection
        .prepare_cached(
            "SELECT subject, kek, wrapped FROM subjects
             WHERE subject > ? AND wrapped IS NOT NULL ORDER BY subject LIMIT ?",
        )?
        .query_map((after, BATCH_ROWS_MAX), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let Some((last, ..)) = rows.last() else {
        return Ok(Next { done: Rotation::default(), place: Place::Canary });
    };
    let place = Place::Subjects(last.clone());
    let done = db.write(|db| {
        let mut done = Rotation::default();
        for (subject, kek, wrapped) in &rows {
            let Some(row) = rewrap(db, *kek, &places::subject(subject), wrapped, &mut done)? else {
                continue;
            };
            db.connection
                .prepare_cached("UPDATE subjects SET kek = ?, wrapped = ? WHERE subject = ?")?
                .execute((row.0, row.1, subject))?;
        }
        Ok(done)
    })?;
    Ok(Next { done, place })
}

fn canary(db: &mut Db) -> Result<(), Fault> {
    db.write(|db| {
        let (kek, wrapped) = db.keys.wrap(&places::CANARY, &db.fingerprint_key, db.ids.as_ref());
        db.connection.execute("UPDATE canary SET kek = ?, wrapped = ?", (kek, wrapped))?;
        Ok(())
    })?;
    db.scrub()
}

/// The row's new wrapping, or `None` if it is of the newest key already.
fn rewrap(
    db: &Db,
    kek: u32,
    place: &[&[u8]],
    wrapped: &[u8],
    done: &mut Rotation,
) -> Result<Option<(u32, Vec<u8>)>, Fault> {
    if kek == db.keys.newest() {
        done.already_current += 1;
        return Ok(None);
    }
    let key = db.keys.unwrap(kek, place, wrapped)?;
    done.rewrapped += 1;
    Ok(Some(db.keys.wrap(place, &key, db.ids.as_ref())))
}

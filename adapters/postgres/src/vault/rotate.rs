//! Wrapping everything again with the newest key. Each batch is a commit of its own, rows name the key they need, and
//! the canary comes last: killed anywhere, the vault opens with the same key ring and the rotation is simply repeated.
//! Others go on reading and storing meanwhile; what they stored under an older key is found by another pass.

use deadpool_postgres::Transaction;
use engine::keys::places;
use engine::ports::SecretSlot;
use engine::ports::vault::Rotation;

use super::{Inner, canary};
use crate::fault::Fault;
use crate::text::{self, written};
use crate::vacuum;

const BATCH_ROWS_MAX: i64 = 500;
/// Each finds only what was stored under an older key since the one before.
const PASSES_MAX: usize = 10;

/// How far a pass has come.
enum Place {
    Secrets(SecretSlot),
    Subjects(String),
    Canary,
    End,
}

pub(super) async fn batches(inner: &Inner, batches_max: usize) -> Result<Rotation, Fault> {
    let mut rotation = Rotation::default();
    let (mut place, mut passes) = (first(), 1);
    for _ in 0..batches_max {
        let (done, next) = match &place {
            Place::Canary if passes <= PASSES_MAX => {
                let (done, ended) = last(inner).await?;
                passes += 1;
                (done, if ended { Place::End } else { first() })
            }
            Place::Secrets(_) | Place::Subjects(_) => batch(inner, &place).await?,
            Place::Canary => {
                return Err(Fault::Other(
                    "other processes still store secrets under the older key: give all of them the new key ring, \
                     and rotate again"
                        .to_owned(),
                ));
            }
            Place::End => {
                // Copies of what was wrapped with the older key.
                vacuum::tables(&inner.postgres, &["secrets", "subjects", "canary"]).await?;
                break;
            }
        };
        rotation.rewrapped += done.rewrapped;
        if passes == 1 {
            rotation.already_current += done.already_current;
        }
        place = next;
    }
    Ok(rotation)
}

fn first() -> Place {
    Place::Secrets(SecretSlot { owner: String::new(), purpose: String::new(), origin: String::new() })
}

async fn batch(inner: &Inner, place: &Place) -> Result<(Rotation, Place), Fault> {
    let mut connection = inner.postgres.connection().await?;
    let transaction = connection.transaction().await?;
    canary::may_wrap(inner, &transaction).await?;
    let done = match place {
        Place::Subjects(after) => subjects(inner, &transaction, after, true).await?,
        Place::Secrets(after) => secrets(inner, &transaction, after, true).await?,
        Place::Canary | Place::End => return Err(Fault::Other("this is no place of a batch".to_owned())),
    };
    transaction.commit().await?;
    Ok(done)
}

/// The last step, while nobody else wraps: rewraps what others stored under an older key since, and then the canary.
/// False when that was more than a batch.
async fn last(inner: &Inner) -> Result<(Rotation, bool), Fault> {
    let mut connection = inner.postgres.connection().await?;
    let transaction = connection.transaction().await?;
    canary::lock(inner, &transaction).await?;
    let Place::Secrets(begin) = first() else { return Ok((Rotation::default(), false)) };
    let (secrets, _) = secrets(inner, &transaction, &begin, false).await?;
    let (subjects, _) = subjects(inner, &transaction, "", false).await?;
    let ended = canary::rewrap(inner, &transaction).await?;
    transaction.commit().await?;
    Ok((Rotation { rewrapped: secrets.rewrapped + subjects.rewrapped, already_current: 0 }, ended))
}

/// A batch behind a place: of all rows, or only of those that need an older key.
async fn secrets(
    inner: &Inner,
    transaction: &Transaction<'_>,
    after: &SecretSlot,
    all: bool,
) -> Result<(Rotation, Place), Fault> {
    let newest = i64::from(inner.keys.newest());
    let rows = transaction
        .query(
            "SELECT owner, purpose, origin, version, kek, wrapped FROM secrets
             WHERE (owner, purpose, origin) > ($1, $2, $3) AND ($4 OR kek <> $5)
             ORDER BY owner, purpose, origin LIMIT $6",
            &[
                &written(&after.owner),
                &written(&after.purpose),
                &written(&after.origin),
                &all,
                &newest,
                &BATCH_ROWS_MAX,
            ],
        )
        .await?;
    let mut done = Rotation::default();
    let mut last = None;
    for row in rows {
        let slot = SecretSlot {
            owner: readable(row.try_get(0)?)?,
            purpose: readable(row.try_get(1)?)?,
            origin: readable(row.try_get(2)?)?,
        };
        let version: i64 = row.try_get(3)?;
        let number = version.to_le_bytes();
        let kek = canary::version(row.try_get(4)?)?;
        let new = rewrap(inner, kek, &places::data_key(&slot, &number), row.try_get(5)?, &mut done)?;
        if let Some((newest, wrapped)) = new {
            // A row that was stored anew meanwhile has another version, and a key of its own.
            transaction
                .execute(
                    "UPDATE secrets SET kek = $1, wrapped = $2
                     WHERE owner = $3 AND purpose = $4 AND origin = $5 AND version = $6 AND kek = $7",
                    &[
                        &i64::from(newest),
                        &wrapped,
                        &written(&slot.owner),
                        &written(&slot.purpose),
                        &written(&slot.origin),
                        &version,
                        &i64::from(kek),
                    ],
                )
                .await?;
        }
        last = Some(slot);
    }
    Ok((done, last.map_or(Place::Subjects(String::new()), Place::Secrets)))
}

/// A batch behind a place: of all rows, or only of those that need an older key.
async fn subjects(
    inner: &Inner,
    transaction: &Transaction<'_>,
    after: &str,
    all: bool,
) -> Result<(Rotation, Place), Fault> {
    let newest = i64::from(inner.keys.newest());
    let rows = transaction
        .query(
            "SELECT subject, kek, wrapped FROM subjects
             WHERE subject > $1 AND wrapped IS NOT NULL AND ($2 OR kek <> $3) ORDER BY subject LIMIT $4",
            &[&written(after), &all, &newest, &BATCH_ROWS_MAX],
        )
        .await?;
    let mut done = Rotation::default();
    let (mut names, mut before, mut wrapped) = (vec![], vec![], vec![]);
    let mut last = None;
    for row in rows {
        let subject = readable(row.try_get(0)?)?;
        let kek = canary::version(row.try_get(1)?)?;
        if let Some((_, new)) = rewrap(inner, kek, &places::subject(&subject), row.try_get(2)?, &mut done)? {
            names.push(written(&subject).into_owned());
            before.push(i64::from(kek));
            wrapped.push(new);
        }
        last = Some(subject);
    }
    // One that was destroyed meanwhile stays destroyed.
    transaction
        .execute(
            "UPDATE subjects SET kek = $1, wrapped = made.wrapped
             FROM unnest($2::text[], $3::int8[], $4::bytea[]) AS made (subject, kek, wrapped)
             WHERE subjects.subject = made.subject AND subjects.kek = made.kek
               AND subjects.wrapped IS NOT NULL",
            &[&newest, &names, &before, &wrapped],
        )
        .await?;
    Ok((done, last.map_or(Place::Canary, Place::Subjects)))
}

/// The row's new wrapping, or `None` if it is of the newest key already.
fn rewrap(
    inner: &Inner,
    kek: u32,
    place: &[&[u8]],
    wrapped: &[u8],
    done: &mut Rotation,
) -> Result<Option<(u32, Vec<u8>)>, Fault> {
    if kek == inner.keys.newest() {
        done.already_current += 1;
        return Ok(None);
    }
    let key = inner.keys.unwrap(kek, place, wrapped)?;
    done.rewrapped += 1;
    Ok(Some(inner.keys.wrap(place, &key, &*inner.ids)))
}

fn readable(written: String) -> Result<String, Fault> {
    text::read(written).ok_or_else(|| Fault::Damage("a text is not written as ours are".to_owned()))
}

//! Leases by the clock of the database, which all holders share. The token grows with each change of the holder.

use std::time::Duration;

use async_trait::async_trait;
use engine::ports::{Lease, LeaseError, Leases};

use crate::fault::Fault;
use crate::open_error::OpenError;
use crate::postgres::Postgres;
use crate::text;

/// Longest time of a lease: a year.
const TIME_MAX: Duration = Duration::from_hours(24 * 365);

/// A lease is held until its time. When the database's clock was set back by more than its length, it is free too: who
/// died before that would hold it for as long as the clock went back.
const IS_HELD: &str = "held_until > clock_timestamp() AND held_until <= clock_timestamp() + 2 * length";

pub struct PostgresLeases {
    postgres: Postgres,
}

impl PostgresLeases {
    pub async fn open(postgres: &Postgres) -> Result<Self, OpenError> {
        postgres.answers().await?;
        Ok(Self { postgres: postgres.clone() })
    }

    async fn take(&self, name: &str, holder: &str, time: Duration) -> Result<Option<Lease>, Fault> {
        let micros = i64::try_from(time.min(TIME_MAX).as_micros()).unwrap_or(i64::MAX);
        let connection = self.postgres.connection().await?;
        // The times are of this statement's begin, the comparison is of the moment when the row is locked.
        let take = connection
            .prepare_cached(&format!(
                "INSERT INTO leases AS known (name, holder, token, held_until, length)
                 SELECT $1, $2, 1, statement_timestamp() + asked.length, asked.length
                   FROM (SELECT $3::int8 * interval '1 microsecond' AS length) AS asked
                 ON CONFLICT (name) DO UPDATE SET
                   token = CASE WHEN known.holder = excluded.holder THEN known.token ELSE known.token + 1 END,
                   holder = excluded.holder, held_until = excluded.held_until, length = excluded.length
                 WHERE known.holder = excluded.holder OR NOT ({})
                 RETURNING token",
                IS_HELD.replace("held_until", "known.held_until").replace("length", "known.length")
            ))
            .await?;
        let taken =
            connection.query_opt(&take, &[&text::written(name), &text::written(holder), &micros]).await?;
        let Some(row) = taken else { return Ok(None) };
        let token = row.try_get::<_, i64>(0)?.cast_unsigned();
        Ok(Some(Lease { name: name.to_owned(), holder: holder.to_owned(), token }))
    }

    async fn let_go(&self, name: &str, holder: &str) -> Result<(), Fault> {
        let connection = self.postgres.connection().await?;
        let release = connection
            .prepare_cached(
                "UPDATE leases SET held_until = statement_timestamp() WHERE name = $1 AND holder = $2
                   AND held_until > statement_timestamp()",
            )
            .await?;
        connection.execute(&release, &[&text::written(name), &text::written(holder)]).await?;
        Ok(())
    }

    async fn look(&self, prefix: &str) -> Result<Vec<Lease>, Fault> {
        let connection = self.postgres.connection().await?;
        let asked = connection
            .prepare_cached(&format!(
                "SELECT name, holder, token FROM leases WHERE starts_with(name, $1) AND {IS_HELD} ORDER BY name"
            ))
            .await?;
        let mut held = Vec::new();
        let readable = |written| {
            text::read(written).ok_or_else(|| Fault::Damage("a lease is not written as ours are".to_owned()))
        };
        for row in connection.query(&asked, &[&text::written(prefix)]).await? {
            let (name, holder) = (readable(row.try_get(0)?)?, readable(row.try_get(1)?)?);
            held.push(Lease { name, holder, token: row.try_get::<_, i64>(2)?.cast_unsigned() });
        }
        Ok(held)
    }
}

#[async_trait]
impl Leases for PostgresLeases {
    async fn hold(&self, name: &str, holder: &str, time: Duration) -> Result<Option<Lease>, LeaseError> {
        // Asked again after a lost connection, it is kept if it was taken.
        Ok(self.postgres.again(move || self.take(name, holder, time)).await?)
    }

    async fn release(&self, name: &str, holder: &str) -> Result<(), LeaseError> {
        Ok(self.postgres.again(move || self.let_go(name, holder)).await?)
    }

    async fn held(&self, prefix: &str) -> Result<Vec<Lease>, LeaseError> {
        Ok(self.postgres.again(move || self.look(prefix)).await?)
    }
}

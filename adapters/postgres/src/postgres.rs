//! The database: a bounded pool of connections, checked once when it is opened.

use std::sync::Arc;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::config::Host;
use tokio_postgres::{Config, NoTls};

use crate::fault::Fault;
use crate::open_error::{OpenError, sentence};
use crate::settings::{PostgresSettings, TlsMode, driver_config};
use crate::{checks, schema, tls};

/// One database for the stores that this crate opens on it. Clones share the connections.
#[derive(Clone)]
pub struct Postgres(Arc<Inner>);

struct Inner {
    pool: Pool,
    schema: String,
}

impl Postgres {
    /// Connects, refuses a server that is not fit, and makes the schema or brings it up to date. Several processes may
    /// do so at once.
    pub async fn connect(settings: PostgresSettings) -> Result<Self, OpenError> {
        let config = driver_config(&settings)?;
        let place = place(&config);
        let role = config.get_user().unwrap_or("this role").to_owned();
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if settings.tls.mode == TlsMode::Disable {
            Manager::from_config(config, NoTls, manager_config)
        } else {
            Manager::from_config(config, tls::connector(&settings.tls)?, manager_config)
        };
        let pool = Pool::builder(manager)
            .max_size(settings.connections_max)
            .wait_timeout(Some(settings.statement_timeout))
            .create_timeout(Some(settings.connect_timeout))
            .recycle_timeout(Some(settings.connect_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| OpenError::Other(error.to_string()))?;
        let mut connection = pool.get().await.map_err(|error| OpenError::of_pool(&place, error))?;
        checks::server(&connection, &place, settings.connections_max).await?;
        let schema = settings.schema;
        let version = schema::prepare(&mut connection, &schema)
            .await
            .map_err(|error| OpenError::at_schema(&schema, &role, &error))?;
        if version > schema::VERSION {
            return Err(OpenError::Newer { schema, found: version, known: schema::VERSION });
        }
        drop(connection);
        Ok(Self(Arc::new(Inner { pool, schema })))
    }

    /// True when the database answers.
    pub async fn answers(&self) -> Result<(), OpenError> {
        let connection = self.0.pool.get().await.map_err(|error| OpenError::Other(error.to_string()))?;
        let asked = connection.simple_query("SELECT 1").await;
        asked.map(|_| ()).map_err(|error| OpenError::Other(sentence(&error)))
    }

    /// Does what may be done twice; again on other connections when the first was lost. After a server's restart all that
    /// wait in the pool are.
    pub(crate) async fn again<T, F>(&self, act: impl Fn() -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        for _ in 0..self.0.pool.status().max_size {
            match act().await {
                Err(fault) if fault.is_lost() => {}
                other => return other,
            }
        }
        act().await
    }

    pub(crate) async fn connection(&self) -> Result<Object, Fault> {
        Ok(self.0.pool.get().await?)
    }

    pub(crate) fn schema(&self) -> &str {
        &self.0.schema
    }
}

fn place(config: &Config) -> String {
    let port = |at: usize| config.get_ports().get(at).or(config.get_ports().first()).copied().unwrap_or(5432);
    let named = |(at, host): (usize, &Host)| match host {
        Host::Tcp(name) => format!("{name}:{}", port(at)),
        Host::Unix(path) => format!("{}:{}", path.display(), port(at)),
    };
    let mut places: Vec<String> = config.get_hosts().iter().enumerate().map(named).collect();
    if places.is_empty() {
        places = config.get_hostaddrs().iter().map(|address| format!("{address}:{}", port(0))).collect();
    }
    places.join(", ")
}

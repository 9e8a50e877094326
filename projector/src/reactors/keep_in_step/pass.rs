//! One look at a watched resource: a question, or a sweep when one is due.

use std::sync::Arc;
use std::time::Duration;

use app_sdk::catalogue::AppEntry;
use app_sdk::{Changes, PageRequest, Reader, Session, Source, Unreadable};
use domain::watch::{Unread, Watches};
use engine::Meta;
use engine::hold::Hold;
use engine::ports::Cause;
use serde_json::Value;

use super::WatchPace;
use super::watched::Watched;
use crate::parts::{NotUsable, Parts};
use crate::reactors::look_again::fields;
use crate::reactors::run_nodes::observe::Origin;

/// How long a connection that nobody may use is left alone.
const UNUSABLE_PAUSE: Duration = Duration::from_secs(30);

/// What came of a look.
pub struct Outcome {
    /// Records that were written down.
    pub changed: u64,
    /// Where to go on asking.
    pub cursor: Option<Value>,
    /// How long the sweep took, if there was one.
    pub swept: Option<Duration>,
    /// How soon to ask again.
    pub ask: Duration,
}

impl Outcome {
    pub fn idle() -> Self {
        Self { changed: 0, cursor: None, swept: None, ask: UNUSABLE_PAUSE }
    }
}

/// What a look needs of the app.
pub struct Tools {
    pub entry: Arc<AppEntry>,
    pub session: Session,
    pub changes: Arc<dyn Changes>,
    pub source: Arc<dyn Source>,
    pub reader: Option<Arc<dyn Reader>>,
}

pub struct Pass<'a> {
    pub parts: &'a Parts,
    pub watched: &'a Watched,
    pub hold: Hold<Watches>,
    pace: WatchPace,
    /// Newer than what is recorded.
    cursor: Option<Value>,
    /// Absent when the connection cannot be used now.
    tools: Option<Tools>,
}

impl<'a> Pass<'a> {
    pub async fn open(
        parts: &'a Parts,
        watched: &'a Watched,
        pace: WatchPace,
        cursor: Option<Value>,
    ) -> Result<Self, Cause> {
        let key = watched.key();
        let hold = Hold::<Watches>::open(parts.executor.clone(), &key, meta(&key)).await?;
        let tools = tools(parts, watched).await?;
        Ok(Self { parts, watched, hold, pace, cursor, tools })
    }

    /// `sweep_pause` is how long the last sweep lets the site rest.
    pub async fn run(mut self, sweep_pause: Duration) -> Result<Outcome, Cause> {
        let Some(tools) = self.tools.take() else { return Ok(Outcome::idle()) };
        let rhythm = tools.changes.rhythm(&tools.session, &self.watched.resource);
        let every = self.pace.sweep.unwrap_or(rhythm.sweep).max(sweep_pause);
        let state = self.hold.state();
        let since = state.swept.map(|swept| (self.parts.clock.now() - swept).to_std().unwrap_or_default());
        let sweeps =
            state.cursor.is_none() || state.sweep_requested || since.is_none_or(|since| since >= every);
        let mut outcome = if sweeps {
            self.sweep(&tools).await?
        } else {
            let cursor = self.cursor.take();
            self.ask(&tools, cursor).await?
        };
        outcome.ask = rhythm.ask;
        Ok(outcome)
    }

    /// What is asked of the source: the same fields as whenever a record is looked at again, since another choice would
    /// make the same record look changed.
    pub async fn request(&self, tools: &Tools) -> Result<PageRequest, Cause> {
        let (connection, resource) = (&self.watched.connection, &self.watched.resource);
        let fields = fields(self.parts, &tools.entry, connection, resource).await?;
        Ok(PageRequest { resource: resource.clone(), fields, ..PageRequest::default() })
    }

    pub fn meta(&self) -> Meta {
        meta(&self.watched.key())
    }

    pub fn origin<'o>(&'o self, tools: &'o Tools, request: &'o PageRequest) -> Origin<'o> {
        Origin {
            connection: &self.watched.connection,
            resource: &self.watched.resource,
            reader: tools.reader.as_deref(),
            source: &*tools.source,
            session: &tools.session,
            request,
            meta: self.meta(),
        }
    }
}

/// What is kept of a record that could not be read. Its text may be anybody's, so only what is wrong with it is.
pub fn unread(found: Unreadable) -> Unread {
    Unread { id: found.id, code: found.code, message: found.message }
}

fn meta(key: &str) -> Meta {
    Meta::by(format!("watch:{key}"))
}

async fn tools(parts: &Parts, watched: &Watched) -> Result<Option<Tools>, Cause> {
    let (view, session) = match parts.open(&watched.connection).await {
        Ok(opened) => opened,
        Err(NotUsable::Store(cause)) => return Err(cause),
        Err(NotUsable::Refused { .. }) => return Ok(None),
    };
    let Some(app) = parts.apps.get(&view.app) else { return Ok(None) };
    let (Some(changes), Some(source)) = (app.changes.clone(), app.source.clone()) else { return Ok(None) };
    Ok(Some(Tools { entry: app.entry.clone(), session, changes, source, reader: app.reader.clone() }))
}

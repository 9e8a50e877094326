//! Portal's two doors behind one: a connection's address says which it is.

use app_sdk::{
    Actions, AppError, Fate, Performed, Repeats, Session, UndoItem, Undone, WriteAnswer, WriteItem,
};
use async_trait::async_trait;

use crate::EMBEDDED_ADDRESS;
use crate::embedded::Embedded;
use crate::http::Http;

pub struct Destinations {
    embedded: Embedded,
    http: Http,
}

impl Destinations {
    pub fn new(embedded: Embedded, http: Http) -> Self {
        Self { embedded, http }
    }

    fn of(&self, session: &Session) -> &dyn Actions {
        if session.address == EMBEDDED_ADDRESS { &self.embedded } else { &self.http }
    }
}

#[async_trait]
impl Actions for Destinations {
    fn batch_max(&self) -> usize {
        self.embedded.batch_max().min(self.http.batch_max())
    }

    fn repeats(&self, session: &Session) -> Repeats {
        self.of(session).repeats(session)
    }

    async fn became_of(&self, session: &Session, effects: &[String]) -> Result<Vec<Fate>, AppError> {
        self.of(session).became_of(session, effects).await
    }

    async fn perform(&self, session: &Session, batch: &[WriteItem]) -> Result<Performed, AppError> {
        self.of(session).perform(session, batch).await
    }

    async fn foresee(&self, session: &Session, batch: &[WriteItem]) -> Result<Vec<WriteAnswer>, AppError> {
        self.of(session).foresee(session, batch).await
    }

    async fn undo(&self, session: &Session, batch: &[UndoItem]) -> Result<Undone, AppError> {
        self.of(session).undo(session, batch).await
    }

    async fn foresee_undo(&self, session: &Session, batch: &[UndoItem]) -> Result<Undone, AppError> {
        self.of(session).foresee_undo(session, batch).await
    }
}

//! Reading views: documents, pages, and waiting until a view shows what the caller knows to be there.

use domain::views::ViewSpec;
use engine::Position;
use engine::ports::Query;
use serde::de::DeserializeOwned;

use crate::context::Api;
use crate::cursor;
use crate::problem::Problem;

/// A page of documents.
pub struct Rows<T> {
    /// Keys with their documents.
    pub rows: Vec<(String, T)>,
    pub next_cursor: Option<String>,
}

impl Api {
    /// Waits until a view shows the log up to a position that the caller has seen.
    pub async fn shown(
        &self,
        view: &'static ViewSpec,
        min_position: Option<Position>,
    ) -> Result<(), Problem> {
        let Some(position) = min_position else { return Ok(()) };
        let context = &self.context;
        if engine::wait::until(&*context.reads, view, position, context.settings.read_patience).await? {
            return Ok(());
        }
        Err(Problem::busy(
            "VIEW_BEHIND",
            format!("the view is behind: it does not show position {position} yet"),
            "ask again in a moment, or without min_position",
        ))
    }

    /// Waits until a view shows everything that was acknowledged so far, because a command depends on it.
    pub async fn fresh(&self, view: &'static ViewSpec) -> Result<(), Problem> {
        let end = *self.context.executor.store.end().borrow();
        self.shown(view, Some(end)).await
    }

    /// One document.
    pub async fn find<T: DeserializeOwned>(
        &self,
        view: &'static ViewSpec,
        key: &str,
    ) -> Result<Option<T>, Problem> {
        Ok(self.find_all(view, &[key.to_owned()]).await?.pop().flatten())
    }

    /// Documents by key, in the order asked.
    pub async fn find_all<T: DeserializeOwned>(
        &self,
        view: &'static ViewSpec,
        keys: &[String],
    ) -> Result<Vec<Option<T>>, Problem> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        let docs = self.context.reads.get(view, keys).await?;
        docs.into_iter().map(|doc| doc.map(|doc| document(&doc)).transpose()).collect()
    }

    /// A page of a list. `list` is its name and filters, for the cursor.
    pub async fn page<T: DeserializeOwned>(
        &self,
        view: &'static ViewSpec,
        mut query: Query,
        list: &[&str],
        after: Option<&str>,
    ) -> Result<Rows<T>, Problem> {
        if let Some(after) = after {
            query.after = Some(cursor::read_row(list, after)?);
        }
        if query.after.is_some() && query.check(view).is_err() {
            return Err(cursor::invalid());
        }
        let page = self.context.reads.list(view, &query).await?;
        let next_cursor = page.next.map(|next| cursor::write_row(list, &next));
        let rows = page.rows.into_iter().map(|row| Ok((row.key, document(&row.doc)?)));
        Ok(Rows { rows: rows.collect::<Result<_, Problem>>()?, next_cursor })
    }
}

fn document<T: DeserializeOwned>(doc: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(doc).map_err(|error| Problem::fault(&error))
}

//! Tokens found lately, so that a busy console does not ask the view with every request.
//!
//! What was found holds exactly as long as the log has not moved since, and is only kept when the view had seen all of
//! the log. So a revoked token is refused as soon as the view shows it, and the cache can never make that later.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::access::Role;
use domain::views::{TOKENS, TokenView};
use engine::Position;
use engine::ports::Query;

use crate::context::Context;
use crate::problem::Problem;

/// Most tokens remembered.
const TOKENS_MAX: usize = 1_000;

#[derive(Default)]
pub struct Known(Mutex<Found>);

#[derive(Default)]
struct Found {
    /// Where the log stood when these were found.
    end: Position,
    tokens: HashMap<String, (String, Role)>,
}

impl Known {
    /// The id and role of the live token with this digest.
    pub async fn find(&self, context: &Context, hash: &str) -> Result<Option<(String, Role)>, Problem> {
        let end = *context.executor.store.end().borrow();
        if let Some(found) = self.remembered(end, hash) {
            return Ok(Some(found));
        }
        let checkpoint = context.reads.checkpoint(&TOKENS).await?;
        let query = Query { equals: vec![("hash", hash.into())], limit: 1, ..Query::default() };
        let Some(row) = context.reads.list(&TOKENS, &query).await?.rows.pop() else { return Ok(None) };
        let view: TokenView = serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error))?;
        if view.revoked_at.is_some() {
            return Ok(None);
        }
        let found = (view.id, view.role);
        if checkpoint >= end {
            self.remember(end, hash, found.clone());
        }
        Ok(Some(found))
    }

    fn remembered(&self, end: Position, hash: &str) -> Option<(String, Role)> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (found.end == end).then(|| found.tokens.get(hash).cloned()).flatten()
    }

    fn remember(&self, end: Position, hash: &str, token: (String, Role)) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if found.end != end || found.tokens.len() >= TOKENS_MAX {
            found.tokens.clear();
            found.end = end;
        }
        found.tokens.insert(hash.to_owned(), token);
    }
}

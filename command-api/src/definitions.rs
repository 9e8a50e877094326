//! Mapping definitions: compiled, and looked up by revision.

use domain::ids::MappingId;
use domain::mapping::{CompiledMapping, Definition, Mapping, portal_fields};
use domain::mappings::MappingEvent;
use domain::problem::Rejection;
use engine::{StreamName, history};
use serde_json::Value;

use crate::context::Api;
use crate::problem::Problem;

/// Events read of a mapping's stream: one per revision.
const REVISIONS_MAX: usize = 10_000;

/// Makes a definition ready to run, or says everything that is wrong with it.
pub fn compile(definition: &Value) -> Result<CompiledMapping, Vec<Rejection>> {
    let definition = Definition::parse(&domain::event::encode(definition))?;
    let Some(fields) = portal_fields(&definition.entity) else {
        let detail = format!("Portal has no {}", definition.entity.chars().take(50).collect::<String>());
        return Err(vec![
            Rejection::new("UNKNOWN_ENTITY", detail, "choose one of Portal's entities").at("entity"),
        ]);
    };
    Mapping::compile(&definition, fields)
}

impl Api {
    /// A mapping's definition at a revision, from the log itself: views keep only the newest.
    pub async fn definition(&self, id: &MappingId, revision: u64) -> Result<Option<Value>, Problem> {
        let stream = StreamName::new("mapping", id);
        for recorded in self.context.executor.store.read_stream(&stream, 0, REVISIONS_MAX).await? {
            if let MappingEvent::Revised(revised) = history::decode(&recorded)?
                && revised.revision == revision
            {
                return Ok(Some(revised.definition));
            }
        }
        Ok(None)
    }
}

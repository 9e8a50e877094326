//! A run's graph, ready to walk: conditions and mappings compiled, targets numbered.

use std::sync::Arc;

use domain::condition::Condition;
use domain::ids::ConnectionId;
use domain::mapping::CompiledMapping;
use domain::portal::MappingStamp;
use domain::run::Target;
use domain::scenario::graph::WriteMode;

/// One fetch node and what happens to each of its records.
pub struct Fetch {
    pub node: String,
    pub connection: ConnectionId,
    pub resource: String,
    pub statuses: Vec<String>,
    pub ids: Vec<String>,
    /// Source fields that mappings read.
    pub fields: Vec<String>,
    pub steps: Vec<Step>,
    /// Where records may end up, in the order in which the steps name them.
    pub targets: Vec<Target>,
}

pub enum Step {
    Filter { node: String, condition: Arc<Condition>, matches: Vec<Step>, otherwise: Vec<Step> },
    Map { node: String, stamp: MappingStamp, mapping: Arc<CompiledMapping>, next: Vec<Step> },
    Write { node: String, target: u8, entity: String, mode: WriteMode },
}

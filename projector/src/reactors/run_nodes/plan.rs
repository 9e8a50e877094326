//! A run's graph, ready to walk: conditions and mappings compiled, targets numbered.

use std::sync::Arc;

use domain::condition::Condition;
use domain::ids::ConnectionId;
use domain::mapping::CompiledMapping;
use domain::portal::MappingStamp;
use domain::record::RecordKey;
use domain::run::Target;
use domain::scenario::graph::WriteMode;
use engine::retry::Patience;

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
    /// How often each target is tried, by its number.
    pub patience: Vec<Patience>,
}

/// Where a fetch node's records are.
#[derive(Clone, Debug)]
pub struct Place {
    pub node: String,
    pub connection: ConnectionId,
    pub resource: String,
}

impl Place {
    pub fn key(&self, id: &str) -> RecordKey {
        RecordKey { connection: self.connection.clone(), resource: self.resource.clone(), id: id.to_owned() }
    }
}

impl Fetch {
    pub fn place(&self) -> Place {
        Place {
            node: self.node.clone(),
            connection: self.connection.clone(),
            resource: self.resource.clone(),
        }
    }

    /// Whether a record may refer to another of the same fetch, as a page does to the page above it.
    pub fn refers_to_itself(&self) -> bool {
        fn refer(steps: &[Step], resource: &str) -> bool {
            steps.iter().any(|step| match step {
                Step::Filter { matches, otherwise, .. } => {
                    refer(matches, resource) || refer(otherwise, resource)
                }
                Step::Map { mapping, next, .. } => mapping.refers_to(resource) || refer(next, resource),
                Step::Write { .. } => false,
            })
        }
        refer(&self.steps, &self.resource)
    }
}

pub enum Step {
    Filter { node: String, condition: Arc<Condition>, matches: Vec<Step>, otherwise: Vec<Step> },
    Map { node: String, stamp: MappingStamp, mapping: Arc<CompiledMapping>, next: Vec<Step> },
    Write { node: String, target: u8, entity: String, mode: WriteMode },
}

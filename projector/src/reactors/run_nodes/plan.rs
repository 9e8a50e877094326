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
    /// Which targets only records come to that failed on their way to another, by number.
    pub behind_failure: Vec<bool>,
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
            steps.iter().any(|step| {
                let own = matches!(step, Step::Map { mapping, .. } if mapping.refers_to(resource));
                own || step.ways().into_iter().any(|steps| refer(steps, resource))
            })
        }
        refer(&self.steps, &self.resource)
    }

    /// The step that writes to a target, and what happens to records that fail there; none where they stop.
    pub fn failure_of(&self, target: u8) -> Option<(&str, &[Step])> {
        fn find(steps: &[Step], wanted: u8) -> Option<(&str, &[Step])> {
            steps.iter().find_map(|step| match step {
                Step::Write { node, target, failure, .. } if *target == wanted => {
                    (!failure.is_empty()).then_some((&**node, &**failure))
                }
                _ => step.ways().into_iter().find_map(|steps| find(steps, wanted)),
            })
        }
        find(&self.steps, target)
    }

    /// Whether records come to a target only after they failed on their way to another.
    pub fn is_behind_failure(&self, target: u8) -> bool {
        self.behind_failure.get(usize::from(target)).copied().unwrap_or_default()
    }
}

/// `failure` is what happens to a record that fails at the step.
pub enum Step {
    Filter {
        node: String,
        condition: Arc<Condition>,
        matches: Vec<Step>,
        otherwise: Vec<Step>,
        failure: Vec<Step>,
    },
    Map {
        node: String,
        stamp: MappingStamp,
        mapping: Arc<CompiledMapping>,
        next: Vec<Step>,
        failure: Vec<Step>,
    },
    Write {
        node: String,
        target: u8,
        entity: String,
        mode: WriteMode,
        failure: Vec<Step>,
    },
}

impl Step {
    /// Every way on from the step.
    pub fn ways(&self) -> Vec<&[Self]> {
        match self {
            Self::Filter { matches, otherwise, failure, .. } => vec![matches, otherwise, failure],
            Self::Map { next, failure, .. } => vec![next, failure],
            Self::Write { failure, .. } => vec![failure],
        }
    }
}

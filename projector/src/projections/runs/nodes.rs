//! What came to an end at which node: reads at the fetch node, writes at the write nodes, and whatever was skipped or
//! failed at the node that said so.

use std::collections::BTreeMap;

use domain::run::{CAUGHT, Counts, ItemsSettled, Outcome};

pub fn count(nodes: &mut BTreeMap<String, Counts>, settled: &ItemsSettled) {
    nodes.entry(settled.node.clone()).or_default().read += settled.counts.read;
    let first = settled.targets.first().map_or(&settled.node, |target| &target.node);
    let unchanged = settled.unchanged.len() as u64;
    if unchanged > 0 {
        nodes.entry(first.clone()).or_default().unchanged += unchanged;
    }
    for item in &settled.items {
        let target =
            settled.targets.get(usize::from(item.target)).map_or(&settled.node, |target| &target.node);
        let said = item.notes.iter().rfind(|note| note.code != CAUGHT).map(|note| &note.step);
        let node = match item.outcome {
            Outcome::Skipped | Outcome::Failed => said.unwrap_or(target),
            Outcome::Created | Outcome::Updated | Outcome::Unchanged | Outcome::Removed => target,
        };
        nodes.entry(node.clone()).or_default().count(item.outcome);
    }
    // They were skipped where they wait for what they refer to: at the write.
    if let Some(node) = nodes.get_mut(first).filter(|_| settled.again > 0) {
        node.skipped = node.skipped.saturating_sub(settled.again);
    }
}

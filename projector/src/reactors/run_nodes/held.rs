//! What the targets of a fetch were last given of one record, as far as the views know.

use domain::run::Target;
use domain::views::LinkView;

use super::observe::Observed;

/// By the target's number.
#[derive(Clone, Default)]
pub struct Held(pub Vec<Option<LinkView>>);

impl Held {
    /// Whether every target has this very revision, by the mapping it has now.
    pub fn has_all(&self, record: &Observed, targets: &[Target]) -> bool {
        let has = |(link, target): (&Option<LinkView>, _)| {
            link.as_ref().is_some_and(|link| stands(link, record, target))
        };
        !targets.is_empty() && self.0.iter().zip(targets).all(has)
    }

    /// The target's link, when it has this very revision by the mapping it has now.
    pub fn has(&self, record: &Observed, number: u8, target: &Target) -> Option<&LinkView> {
        self.0.get(usize::from(number))?.as_ref().filter(|link| stands(link, record, target))
    }

    /// The newer revision that a target has, if one has.
    pub fn newer(&self, record: &Observed) -> Option<u64> {
        self.0.iter().flatten().map(|link| link.revision).find(|revision| *revision > record.revision)
    }

    /// The act that a write to the target comes after; none when the target has nothing of the record.
    pub fn after(&self, target: u8) -> Option<String> {
        let link = self.0.get(usize::from(target))?.as_ref()?;
        Some(format!("{} {}", link.run, link.chunk))
    }
}

fn stands(link: &LinkView, record: &Observed, target: &Target) -> bool {
    link.revision == record.revision
        && link.mapping == target.mapping.id.as_str()
        && link.mapping_revision == target.mapping.revision
}

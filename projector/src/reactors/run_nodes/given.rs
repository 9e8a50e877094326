//! What the targets of a fetch were last given of one record, as far as the views know.

use domain::run::Target;
use domain::views::LinkView;

use super::observe::Observed;

/// By the target's number.
#[derive(Clone, Default)]
pub struct Given(pub Vec<Option<LinkView>>);

impl Given {
    /// Whether every target has this very revision, by the mapping it has now. Targets behind a failure do not count:
    /// who does not fail never comes there.
    pub fn all_have(&self, record: &Observed, targets: &[Target], behind_failure: &[bool]) -> bool {
        let mut wanted = self.0.iter().zip(targets).zip(behind_failure).filter(|(_, behind)| !**behind);
        let has = |((link, target), _): ((&Option<LinkView>, _), _)| {
            link.as_ref().is_some_and(|link| stands(link, record, target))
        };
        !targets.is_empty() && wanted.all(has)
    }

    /// Whether every target has a newer revision, and which is the newest; those behind a failure do not count.
    pub fn all_newer(&self, record: &Observed, behind_failure: &[bool]) -> Option<u64> {
        let wanted = self.0.iter().zip(behind_failure).filter(|(_, behind)| !**behind);
        let newer: Option<Vec<u64>> = wanted.map(|(link, _)| newer(link.as_ref(), record)).collect();
        newer?.into_iter().max()
    }

    /// The target's link, when it has this very revision by the mapping it has now.
    pub fn has(&self, record: &Observed, number: u8, target: &Target) -> Option<&LinkView> {
        self.link(number).filter(|link| stands(link, record, target))
    }

    /// The newer revision that a target has.
    pub fn newer(&self, record: &Observed, number: u8) -> Option<u64> {
        newer(self.link(number), record)
    }

    /// The act that a write to the target comes after; none when the target has nothing of the record.
    pub fn after(&self, number: u8) -> Option<String> {
        self.link(number).map(|link| format!("{} {}", link.run, link.chunk))
    }

    fn link(&self, number: u8) -> Option<&LinkView> {
        self.0.get(usize::from(number))?.as_ref()
    }
}

fn stands(link: &LinkView, record: &Observed, target: &Target) -> bool {
    link.revision == record.revision
        && link.mapping == target.mapping.id.as_str()
        && link.mapping_revision == target.mapping.revision
}

fn newer(link: Option<&LinkView>, record: &Observed) -> Option<u64> {
    link.map(|link| link.revision).filter(|revision| *revision > record.revision)
}

#[cfg(test)]
mod tests {
    use domain::ids::{ConnectionId, MappingId};
    use domain::portal::MappingStamp;
    use domain::record::RecordKey;

    use super::*;

    fn record(revision: u64) -> Observed {
        let key = RecordKey { connection: ConnectionId::new("a"), resource: "posts".into(), id: "1".into() };
        Observed {
            key,
            bytes: "{}".into(),
            version: None,
            subject: None,
            revision,
            erased: false,
            gone: false,
            set_back: false,
        }
    }

    fn target() -> Target {
        let mapping = MappingStamp { id: MappingId::new("m"), revision: 2 };
        Target { node: "write".into(), to: ConnectionId::new("p"), mapping }
    }

    fn link(revision: u64, mapping_revision: u64, chunk: u64) -> LinkView {
        LinkView {
            portal: "po_1".into(),
            revision,
            mapping: MappingId::new("m").to_string(),
            mapping_revision,
            run: "rn_1".into(),
            chunk,
        }
    }

    #[test]
    fn a_record_is_had_by_all_targets_or_by_some() {
        let targets = [target(), target()];
        assert!(!Given::default().all_have(&record(5), &[], &[false; 2]));
        assert!(Given(vec![Some(link(5, 2, 0)), Some(link(5, 2, 0))]).all_have(
            &record(5),
            &targets,
            &[false; 2]
        ));
        let some = Given(vec![Some(link(5, 2, 0)), Some(link(5, 1, 0))]);
        assert!(!some.all_have(&record(5), &targets, &[false; 2]));
        assert!(
            some.has(&record(5), 0, &targets[0]).is_some() && some.has(&record(5), 1, &targets[1]).is_none()
        );
    }

    #[test]
    fn a_target_that_lacks_a_record_is_not_held_up_by_one_that_has_a_newer() {
        let one = Given(vec![Some(link(7, 2, 0)), None]);
        assert_eq!(
            (one.all_newer(&record(5), &[false; 2]), one.newer(&record(5), 0), one.newer(&record(5), 1)),
            (None, Some(7), None)
        );
        assert_eq!(
            Given(vec![Some(link(7, 2, 0)), Some(link(6, 2, 0))]).all_newer(&record(5), &[false; 2]),
            Some(7)
        );
        assert_eq!(Given(vec![Some(link(5, 2, 0))]).all_newer(&record(5), &[false; 2]), None);
        assert_eq!(Given::default().all_newer(&record(5), &[false; 2]), None);
    }

    #[test]
    fn what_is_behind_a_failure_is_not_missed_where_nothing_failed() {
        let targets = [target(), target()];
        let given = Given(vec![Some(link(5, 2, 0)), None]);
        assert!(!given.all_have(&record(5), &targets, &[false, false]));
        assert!(given.all_have(&record(5), &targets, &[false, true]));
        assert!(!given.all_have(&record(5), &targets, &[true, false]));
        assert_eq!(given.all_newer(&record(4), &[false, true]), Some(5));
    }

    #[test]
    fn each_act_at_a_target_comes_after_the_one_before() {
        let of = |link| Given(vec![link]).after(0);
        assert_eq!(of(None), None);
        assert_ne!(of(Some(link(5, 2, 3))), of(Some(link(5, 2, 4))));
        assert_eq!(of(Some(link(5, 2, 3))), of(Some(link(5, 2, 3))));
    }
}

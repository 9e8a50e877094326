//! What an item says that was not simply written.

use app_sdk::AppError;
use domain::effect::{EffectInDoubt, EffectIntended, Held};
use domain::run::{ItemNote, NOT_SENT, OUTCOME_UNKNOWN, Outcome, WRITE_UNDER_WAY};

use super::super::write::{Outgoing, Written, note};
use super::Careful;

impl Careful<'_> {
    /// Items that are not sent, because the destination has stopped answering.
    pub fn leave(&self, batch: Vec<Outgoing>, problem: &AppError, written: &mut Written) {
        let message = format!("not sent, because the destination stopped answering: {problem}");
        for out in batch {
            let remedy = Some("retry the run's failed items when it answers again".to_owned());
            let note = note(self.node, NOT_SENT, message.clone(), remedy);
            self.end(&out, Outcome::Failed, None, vec![note], written);
        }
    }

    pub fn in_doubt(&self, out: &Outgoing, doubt: &EffectInDoubt) -> ItemNote {
        let (record, to) = (out.item.record.path(), &self.session.connection);
        let message = format!(
            "nobody can tell whether {record} has arrived at {to} when run {} sent it: {}",
            doubt.run, doubt.why
        );
        let remedy = "look there whether it arrived, then decide (`runs decide`): it arrived, send it again, or give up; \
                      until then this record is not sent there";
        note(self.node, OUTCOME_UNKNOWN, message, Some(remedy.to_owned()))
    }

    pub fn superseded(&self, out: &Outgoing, held: &Held) -> ItemNote {
        let (old, new) = (out.item.revision, held.revision);
        let message =
            format!("revision {old} is not sent, because revision {new} of the record was sent before");
        note(self.node, "SUPERSEDED", message, None)
    }

    pub fn under_way(&self, open: &EffectIntended) -> ItemNote {
        let message = format!("run {} is writing this record, and has not heard what came of it", open.run);
        let remedy = "wait for that run's end, then retry this one".to_owned();
        note(self.node, WRITE_UNDER_WAY, message, Some(remedy))
    }

    pub fn arrived(&self) -> ItemNote {
        let message = "somebody has looked: it had arrived".to_owned();
        note(self.node, "ARRIVED_BEFORE", message, None)
    }

    pub fn given_up(&self) -> ItemNote {
        let message = "somebody has decided not to send this revision of the record again".to_owned();
        note(self.node, "GIVEN_UP", message, None)
    }
}

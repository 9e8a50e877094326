//! Why items of a run did not simply arrive, in groups, and which fields a dry run would change.

use domain::run::{ItemsSettled, Outcome};
use domain::views::{REASONS_MAX, RunReason, RunView};

pub fn count(view: &mut RunView, settled: &ItemsSettled, chunk: u64) {
    for (index, item) in settled.items.iter().enumerate() {
        for field in &item.changed {
            *view.fields.entry(field.clone()).or_default() += 1;
        }
        if !matches!(item.outcome, Outcome::Failed | Outcome::Skipped) {
            continue;
        }
        for note in &item.notes {
            let same = view.reasons.iter_mut().find(|known| {
                known.outcome == item.outcome
                    && known.code == note.code
                    && known.step == note.step
                    && known.field == note.field
            });
            if let Some(known) = same {
                known.count += 1;
            } else if view.reasons.len() < REASONS_MAX {
                view.reasons.push(RunReason {
                    outcome: item.outcome,
                    code: note.code.clone(),
                    step: note.step.clone(),
                    field: note.field.clone(),
                    count: 1,
                    item: format!("{chunk}.{index}"),
                    message: note.message.clone(),
                });
            }
        }
    }
}

//! Failed items that wait for a person: they were sent, no answer came, and nobody has decided about them yet. No run
//! sends them, so a retry neither counts nor takes them.

use std::collections::BTreeMap;

use app_sdk::effects;
use domain::effect::EffectEvent;
use domain::record::RecordKey;
use domain::run::OUTCOME_UNKNOWN;
use domain::views::{FAILURES, FailingItem, FailureView};
use engine::{StreamName, history};

use crate::context::Api;
use crate::problem::Problem;
use crate::retrying::Failed;

/// Why items fail: code and node by failure, looked up once each.
#[derive(Default)]
pub struct Reasons(BTreeMap<String, Option<(String, String)>>);

impl Reasons {
    /// Code and node of a failure.
    pub async fn of(&mut self, api: &Api, group: &str) -> Result<Option<&(String, String)>, Problem> {
        if !self.0.contains_key(group) {
            let view: Option<FailureView> = api.find(&FAILURES, group).await?;
            self.0.insert(group.to_owned(), view.map(|view| (view.code, view.step)));
        }
        Ok(self.0.get(group).and_then(Option::as_ref))
    }

    /// Whether an item failed because nobody could tell whether it arrived.
    pub async fn is_doubted(&mut self, api: &Api, failing: &FailingItem) -> Result<bool, Problem> {
        for group in &failing.groups {
            if self.of(api, group).await?.is_some_and(|(code, _)| code == OUTCOME_UNKNOWN) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Api {
    /// Which of these items wait for a decision, in their order. A decision that was made and not carried out yet, since
    /// its run was stopped, is one: such an item is sent by a retry.
    pub async fn undecided(&self, items: &[Failed]) -> Result<Vec<bool>, Problem> {
        let mut waits = vec![false; items.len()];
        let place = |item: &Failed| {
            let stream = effects::stream(item.to.as_deref()?, &record(item)?.path());
            item.is_doubted.then_some(stream)
        };
        let (places, streams): (Vec<usize>, Vec<StreamName>) =
            items.iter().enumerate().filter_map(|(index, item)| Some((index, place(item)?))).unzip();
        for (index, last) in places.into_iter().zip(self.context.executor.store.read_last(&streams).await?) {
            let Some(last) = last else { continue };
            waits[index] = matches!(history::decode::<EffectEvent>(&last)?, EffectEvent::InDoubt(_));
        }
        Ok(waits)
    }
}

/// The record that failed.
pub fn record(item: &Failed) -> Option<RecordKey> {
    RecordKey::parse(&format!("{}.{}.{}", item.connection, item.resource, item.record))
}

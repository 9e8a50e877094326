//! Looking once more at what a source showed older than we know it. A cache's answer and one that was overtaken are
//! older only the first time; a site that was restored from a backup stays so. The second look is past every cache, and
//! it is believed only where we have learnt nothing else of the record meanwhile.

use app_sdk::PageRequest;
use engine::ports::Cause;

use super::{Observed, Older, Origin, TakenIn, record};
use crate::parts::Parts;

/// Records in one request to the source.
const TOGETHER_MAX: usize = 100;

/// What was taken in after all, and how many records were not set back.
pub(super) async fn take(parts: &Parts, origin: &Origin<'_>, older: Older) -> Result<(TakenIn, u64), Cause> {
    let ids: Vec<String> = older.keys().cloned().collect();
    let mut items = vec![];
    for ids in ids.chunks(TOGETHER_MAX) {
        let request = PageRequest {
            ids: ids.to_vec(),
            cursor: None,
            limit: None,
            past_caches: Some(parts.ids.short()),
            ..origin.request.clone()
        };
        match origin.read(request).await {
            Ok(found) => items.extend(found.items),
            // Whoever asked first says what is wrong with the source; here nothing is believed.
            Err(error) => {
                tracing::warn!(resource = origin.resource, %error, "older records could not be looked at again");
            }
        }
    }
    items.retain(|item| older.contains_key(&item.id));
    let (taken_in, _) = record(parts, origin, items, vec![], &older).await?;
    let is_later =
        |record: &&Observed| older.get(&record.key.id).is_some_and(|known| record.revision > *known);
    let set_back = taken_in.observed.iter().filter(is_later).filter(|record| record.set_back).count();
    Ok((taken_in, older.len().saturating_sub(set_back) as u64))
}

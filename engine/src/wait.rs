//! Reading one's own writes: wait until a view shows the log up to a position.

use std::time::Duration;

use crate::envelope::Position;
use crate::ports::{Cause, ReadError, ReadStore, ViewSpec};

/// How often a view's checkpoint is looked at. Works alike for a view in this process and for one filled by another.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// True once the view has reached the position; false when it has not within `patience`.
pub async fn until(
    store: &dyn ReadStore,
    view: &'static ViewSpec,
    position: Position,
    patience: Duration,
) -> Result<bool, ReadError> {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        if store.checkpoint(view).await? >= position {
            return Ok(true);
        }
        if tokio::time::Instant::now() >= deadline {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The same for who would leave something out by going on without: an error that names the view. A view that is folded
/// anew, after an upgrade or a crash, may take longer than any patience; whoever waits comes back.
pub async fn shown(
    store: &dyn ReadStore,
    view: &'static ViewSpec,
    position: Position,
    patience: Duration,
) -> Result<(), Cause> {
    if until(store, view, position, patience).await? {
        return Ok(());
    }
    Err(format!("the view {} does not show position {position} yet", view.name).into())
}

//! Folds views anew beside the live ones, compares, and puts the new in the old one's place. The live views go on
//! meanwhile; only the last few events, the comparison and the exchange hold their folding up.

mod keeper;

pub use keeper::{Begun, Outcome, ViewKeeper, ViewState};

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::envelope::{Position, Recorded};
use crate::follow::Follower as _;
use crate::ports::{Cause, EventStore, Filter, ReadStore, Slice, Vault, ViewBatch, ViewSpec};
use crate::project::{Ahead, Docs, FoldError, Folded, Opened, Projection, Projector};

/// Events folded in one step: the more, the fewer times a page of a twin is written.
const STEP_EVENTS: usize = 16_000;
/// Steps after which the live views have their turn: about half a second.
const STEPS_HELD_MAX: usize = 3;
/// How near to the live views a rebuild must be before it holds them up.
const NEAR_EVENTS: u64 = 2_000;
/// How often and how long it waits for live views that are still being folded themselves.
const WAIT: Duration = Duration::from_millis(100);
const WAITS_MAX: u32 = 600;

/// What became of one view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    pub view: &'static str,
    /// Both show the log up to here.
    pub position: Position,
    pub rows: u64,
    pub hash: String,
    pub rows_before: u64,
    pub hash_before: String,
    /// The live view was what the log says.
    pub same: bool,
    /// The new one is live now.
    pub switched: bool,
}

/// What a rebuild works on.
#[derive(Clone)]
pub struct Rebuild {
    pub log: Arc<dyn EventStore>,
    pub reads: Arc<dyn ReadStore>,
    pub vault: Arc<dyn Vault>,
}

/// A projection that fills its view's twin.
struct Beside {
    projection: Box<dyn Projection>,
    twin: &'static ViewSpec,
}

impl Projection for Beside {
    fn view(&self) -> &'static ViewSpec {
        self.twin
    }

    fn categories(&self) -> &'static [&'static str] {
        self.projection.categories()
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        self.projection.needs(recorded)
    }

    fn reads_bodies(&self) -> bool {
        self.projection.reads_bodies()
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        self.projection.fold(event, docs)
    }
}

impl Rebuild {
    /// Folds these projections' views anew. Without `switch` they are only compared.
    pub async fn run(
        &self,
        projections: Vec<Box<dyn Projection>>,
        switch: bool,
        progress: &(dyn Fn(Position) + Sync),
    ) -> Result<Vec<Rebuilt>, Cause> {
        let live: Vec<&'static ViewSpec> = projections.iter().map(|p| p.view()).collect();
        let mut twins = Vec::with_capacity(live.len());
        let mut beside: Vec<Box<dyn Projection>> = Vec::with_capacity(live.len());
        for projection in projections {
            let twin = projection.view().twin().ok_or("a view that is not declared cannot be rebuilt")?;
            self.reads.drop_view(twin).await?;
            twins.push(twin);
            beside.push(Box::new(Beside { projection, twin }));
        }
        let mut projector = Projector::new("rebuild", beside, self.reads.clone(), self.vault.clone());
        let done = self.fold(&mut projector, &live, &twins, switch, progress).await;
        for twin in twins {
            self.reads.drop_view(twin).await?;
        }
        done
    }

    async fn fold(
        &self,
        projector: &mut Projector,
        live: &[&'static ViewSpec],
        twins: &[&'static ViewSpec],
        switch: bool,
        progress: &(dyn Fn(Position) + Sync),
    ) -> Result<Vec<Rebuilt>, Cause> {
        let mut at = projector.checkpoint().await?;
        for _ in 0..WAITS_MAX {
            loop {
                let (target, _) = self.live(live).await?;
                if at + NEAR_EVENTS >= target {
                    break;
                }
                at = self.advance(projector, at, target, false, progress).await?;
            }
            let held = self.reads.folding().await?;
            let (target, in_step) = self.live(live).await?;
            if in_step && target >= at {
                self.advance(projector, at, target, true, progress).await?;
                return self.exchange(live, twins, target, switch).await;
            }
            drop(held);
            tokio::time::sleep(WAIT).await;
        }
        Err("the live views are still being folded; try again when they show the whole log".into())
    }

    /// How far the live views are, and whether they all are as far.
    async fn live(&self, live: &[&'static ViewSpec]) -> Result<(Position, bool), Cause> {
        let (mut least, mut most) = (Position::MAX, 0);
        for view in live {
            let at = self.reads.checkpoint(view).await?;
            (least, most) = (least.min(at), most.max(at));
        }
        Ok((least, least == most))
    }

    /// Folds up to a position. `held`: the caller sees to it that nobody else folds meanwhile, nor cleans a view of an
    /// erased person; otherwise the live views have a turn every few steps.
    async fn advance(
        &self,
        projector: &mut Projector,
        mut at: Position,
        until: Position,
        held: bool,
        progress: &(dyn Fn(Position) + Sync),
    ) -> Result<Position, Cause> {
        let filter = projector.filter();
        let mut next = None;
        while at < until {
            let _held = if held { None } else { Some(self.reads.folding().await?) };
            (at, next) = self.some_steps(projector, (at, next), until, &filter).await?;
            progress(at);
        }
        Ok(at)
    }

    /// Some steps, all written at the end. While one is written, the next is folded, and the one after it read.
    async fn some_steps(
        &self,
        projector: &mut Projector,
        (mut at, mut next): (Position, Option<Slice>),
        until: Position,
        filter: &Filter,
    ) -> Result<(Position, Option<Slice>), Cause> {
        let mut unwritten: Option<Ahead> = None;
        let mut batches = vec![];
        for _ in 0..STEPS_HELD_MAX {
            let slice = match next.take() {
                Some(slice) => slice,
                None if at < until => self.read(at, until, filter).await?,
                None => break,
            };
            if slice.read_to <= at {
                return Err(format!("the log cannot be read after position {at}").into());
            }
            at = slice.read_to;
            let (folded, written, read) =
                futures::join!(projector.prepare(&slice, unwritten.as_ref()), self.write(batches), async {
                    if at < until { self.read(at, until, filter).await.map(Some) } else { Ok(None) }
                },);
            written?;
            let folded: Folded = folded?;
            (batches, unwritten, next) = (folded.batches, Some(folded.ahead), read?);
        }
        self.write(batches).await?;
        if let Some(ahead) = unwritten {
            projector.written(&ahead);
        }
        Ok((at, next))
    }

    /// The first of some steps has nothing before it to write.
    async fn write(&self, batches: Vec<ViewBatch>) -> Result<(), Cause> {
        if !batches.is_empty() {
            self.reads.apply(batches).await?;
        }
        Ok(())
    }

    async fn read(&self, after: Position, until: Position, filter: &Filter) -> Result<Slice, Cause> {
        Ok(cut(self.log.read_all(after, filter, STEP_EVENTS).await?, until))
    }

    async fn exchange(
        &self,
        live: &[&'static ViewSpec],
        twins: &[&'static ViewSpec],
        position: Position,
        switch: bool,
    ) -> Result<Vec<Rebuilt>, Cause> {
        let mut rebuilt = Vec::with_capacity(live.len());
        for (view, twin) in live.iter().zip(twins) {
            let (before, after) = futures::join!(self.reads.digest(view), self.reads.digest(twin));
            let (before, after) = (before?, after?);
            if switch {
                self.reads.exchange(view, twin).await?;
            }
            rebuilt.push(Rebuilt {
                view: view.name,
                position,
                same: before == after,
                rows: after.rows,
                hash: after.hash,
                rows_before: before.rows,
                hash_before: before.hash,
                switched: switch,
            });
        }
        Ok(rebuilt)
    }
}

/// Leaves out what is behind a position.
fn cut(mut slice: Slice, until: Position) -> Slice {
    if slice.read_to > until {
        slice.events.retain(|event| event.position <= until);
        slice.read_to = until;
    }
    slice
}

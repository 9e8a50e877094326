//! The domain's one shape: a decision over a state, and the fold that makes the state.

use crate::event::Event;
use crate::problem::Rejection;

/// Decides what a command means for one stream. Both functions are pure and total.
pub trait Decider: Send + Sync + 'static {
    /// The stream category: streams are named `category-id`.
    const CATEGORY: &'static str;
    type State: Default + Clone + Send + Sync + 'static;
    type Command: Clone + Send + 'static;
    type Event: Event;

    /// The events that follow from the command, or why it is refused. No events means: already so.
    fn decide(state: &Self::State, command: Self::Command) -> Result<Vec<Self::Event>, Rejection>;

    /// Folds one event into the state. Facts cannot be refused.
    fn evolve(state: &mut Self::State, event: &Self::Event);
}

/// Folds a history, as tests and readers want it.
pub fn fold<'a, D: Decider>(events: impl IntoIterator<Item = &'a D::Event>) -> D::State {
    let mut state = D::State::default();
    for event in events {
        D::evolve(&mut state, event);
    }
    state
}

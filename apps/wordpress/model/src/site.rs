//! The handle of a site: made, served, asked.

use crate::cache::Cache;
use crate::clock::{Clock, model_start};
use crate::fault::{Armed, FaultId, Injection};
use crate::generated::{CATEGORIES, Shape};
use crate::seen::{Seen, SeenRequest};
use crate::state::State;
use crate::types::term::Term;
use chrono::{Duration, NaiveDateTime};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use uuid::Uuid;

/// A WordPress site in memory. Clones are handles of the same site.
#[derive(Clone)]
pub struct Site(Arc<Shared>);

struct Shared {
    state: RwLock<State>,
    cache: Cache,
    armed: Mutex<Armed>,
    seen: Mutex<Seen>,
    hooks: Mutex<Vec<Hook>>,
}

/// Something to do once a number of requests has been answered.
struct Hook {
    path_prefix: String,
    left: u32,
    act: Box<dyn FnOnce(&Site) + Send>,
}

impl Site {
    /// A site without rows, without accounts.
    pub fn empty() -> Self {
        Self::of(Shape { users: 0, posts: 0, content_bytes: 0, seed: 0 })
    }

    /// A site whose rows are computed from their ids. Ids 1 to `posts` and 1 to `users`; the first account takes the
    /// place of user 1.
    pub fn generated(shape: Shape) -> Self {
        let site = Self::of(shape);
        site.configure(|options| "A generated site".clone_into(&mut options.name));
        for id in 1..=CATEGORIES {
            site.put_term(Term { id, ..Term::named("category", &format!("Category {id}")) });
        }
        site
    }

    fn of(shape: Shape) -> Self {
        Self(Arc::new(Shared {
            state: RwLock::new(State::new(shape, Clock::Still(model_start()))),
            cache: Cache::default(),
            armed: Mutex::default(),
            seen: Mutex::default(),
            hooks: Mutex::default(),
        }))
    }

    /// Arms a fault. Faults are laid over an answer in the order of their injection.
    pub fn inject(&self, injection: Injection) -> FaultId {
        self.armed().add(injection)
    }

    /// Disarms one fault.
    pub fn remove_fault(&self, id: FaultId) {
        self.armed().remove(id);
    }

    /// Disarms every fault and empties the page cache.
    pub fn clear_faults(&self) {
        self.armed().clear();
    }

    /// Does this once, when the `count`th request under this prefix (counted from now) has its answer and before the
    /// client gets it: rows can vanish between pages, a password in the middle of an import.
    pub fn after_requests(&self, path_prefix: &str, count: u32, act: impl FnOnce(&Self) + Send + 'static) {
        let hook = Hook { path_prefix: path_prefix.to_owned(), left: count.max(1), act: Box::new(act) };
        self.0.hooks.lock().unwrap_or_else(PoisonError::into_inner).push(hook);
    }

    /// The last 10,000 requests in the order of their answers.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.seen().requests.iter().cloned().collect()
    }

    /// Requests answered, by REST route (or path, for what is not REST).
    pub fn requests_by_path(&self) -> BTreeMap<String, u64> {
        self.seen().by_path.clone()
    }

    /// Requests answered since the start.
    pub fn request_count(&self) -> u64 {
        self.seen().count
    }

    /// Bytes of all bodies answered, before faults changed their transport.
    pub fn bytes_served(&self) -> u64 {
        self.seen().bytes
    }

    /// The largest number of requests that were being answered at once.
    pub fn max_concurrency_seen(&self) -> usize {
        self.seen().in_flight_most
    }

    /// Forgets requests and counters.
    pub fn forget_requests(&self) {
        let mut seen = self.seen();
        let in_flight = seen.in_flight;
        *seen = Seen { in_flight, in_flight_most: in_flight, ..Seen::default() };
    }

    /// The site's time, UTC.
    pub fn now(&self) -> NaiveDateTime {
        self.state().now()
    }

    /// Sets the site's time, which then stands still.
    pub fn set_now(&self, now: NaiveDateTime) {
        self.state_to_change().clock = Clock::Still(now);
    }

    /// Moves the site's time; a clock that was tied to the site is untied.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state_to_change();
        state.clock = Clock::Still(state.now() + by);
    }

    /// Ties the site's time to a clock.
    pub fn follow_clock(&self, clock: impl Fn() -> NaiveDateTime + Send + Sync + 'static) {
        self.state_to_change().clock = Clock::Live(Arc::new(clock));
    }

    pub(crate) fn served_at(&self, address: &str) -> String {
        let mut state = self.state_to_change();
        address.clone_into(&mut state.address);
        state.changed();
        format!("{address}{}", state.options.base_path)
    }

    pub(crate) fn run_hooks(&self, route: &str) {
        let mut hooks = self.0.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        if hooks.is_empty() {
            return;
        }
        for hook in hooks.iter_mut().filter(|hook| route.starts_with(hook.path_prefix.as_str())) {
            hook.left -= 1;
        }
        let due: Vec<Hook> = hooks.extract_if(.., |hook| hook.left == 0).collect();
        // A hook may add hooks.
        drop(hooks);
        for hook in due {
            (hook.act)(self);
        }
    }

    /// Notes that a password was used; like WordPress, once a day.
    pub(crate) fn note_use(&self, password: Option<Uuid>) {
        let Some(uuid) = password else { return };
        let day = Duration::days(1);
        let fresh = |state: &State| {
            let now = state.now();
            let used =
                state.passwords.iter().find(|known| known.uuid == uuid).and_then(|known| known.last_used);
            used.is_some_and(|used| now - used < day)
        };
        if fresh(&self.state()) {
            return;
        }
        let mut state = self.state_to_change();
        let now = state.now();
        if let Some(known) = state.passwords.iter_mut().find(|known| known.uuid == uuid) {
            known.last_used = Some(now);
        }
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state_to_change(&self) -> RwLockWriteGuard<'_, State> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    pub(crate) fn armed(&self) -> MutexGuard<'_, Armed> {
        self.0.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

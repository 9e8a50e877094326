//! Fills the watches view: how far each watched resource is in step, and what was missed.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::views::{SweepView, UnreadView, ViewSpec, WATCH_DAYS_MAX, WATCHES, WatchView};
use domain::watch::{UNREAD_MAX, Unread, WatchEvent as E};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Watches;

impl Projection for Watches {
    fn view(&self) -> &'static ViewSpec {
        &WATCHES
    }

    fn categories(&self) -> &'static [&'static str] {
        &["watch"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        Some(recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let key = recorded.stream.id();
        let (connection, resource) = key.split_once('.').unwrap_or((key, ""));
        let mut view = docs.get::<WatchView>(key)?.unwrap_or_else(|| WatchView {
            connection: connection.to_owned(),
            resource: resource.to_owned(),
            heard_at: None,
            sweep: None,
            held: vec![],
            held_at: None,
            sweep_requested: false,
            unread: std::collections::BTreeMap::new(),
            days: std::collections::BTreeMap::new(),
        });
        let at = recorded.recorded_at;
        match E::from_json(&recorded.event_type, &recorded.data)? {
            E::Moved(moved) => {
                view.heard_at = Some(at);
                day(&mut view, recorded).heard += moved.changed;
                unread(&mut view, moved.unread, at);
            }
            E::Swept(swept) => {
                // The first sweep is where everything comes from; nothing was missed before it.
                if view.sweep.is_some() {
                    day(&mut view, recorded).missed += swept.missed;
                }
                view.sweep_requested = false;
                if swept.complete {
                    view.unread.retain(|id, _| swept.unread.iter().any(|unread| unread.id == *id));
                }
                unread(&mut view, swept.unread, at);
                view.sweep = Some(SweepView {
                    begun: swept.begun,
                    ended: at,
                    complete: swept.complete,
                    seen: swept.seen,
                    missed: swept.missed,
                    stale: swept.stale,
                    gone: swept.gone,
                    hidden: swept.hidden,
                    problem: swept.problem,
                });
            }
            E::GoneHeld(held) => {
                view.held = held.ids;
                view.held_at = Some(at);
            }
            E::GoneDecided(decided) => {
                view.sweep_requested |= decided.approved;
                view.held.clear();
                view.held_at = None;
            }
            E::SweepRequested(_) => view.sweep_requested = true,
        }
        docs.put(key, &view, vec![]);
        Ok(())
    }
}

fn unread(view: &mut WatchView, found: Vec<Unread>, at: DateTime<Utc>) {
    for Unread { id, code, message } in found {
        if view.unread.len() < UNREAD_MAX {
            let since = view.unread.get(&id).map_or(at, |known| known.since);
            view.unread.insert(id, UnreadView { code, message, since });
        }
    }
}

fn day<'v>(view: &'v mut WatchView, recorded: &Recorded) -> &'v mut domain::views::DayView {
    let today = recorded.recorded_at.format("%Y-%m-%d").to_string();
    if !view.days.contains_key(&today) && view.days.len() >= WATCH_DAYS_MAX {
        view.days.pop_first();
    }
    view.days.entry(today).or_default()
}

//! Finds a person in everything that the log holds a body of: records, Portal records, deliveries. There is no index of
//! people on purpose; it would be one more place to erase them from. So this reads the whole log.

use std::collections::{BTreeMap, BTreeSet};

use domain::record::RecordKey;
use engine::ports::Filter;
use engine::{Position, Recorded, StreamName, bodies, identity, seal};
use serde_json::Value;

use crate::context::Context;
use crate::endpoint::Problem;

/// Events looked at in one step.
const STEP_EVENTS: usize = 1_000;
/// Times the log is read: each time, addresses that were found may lead to more records.
const ROUNDS_MAX: usize = 5;
/// Most events that one person may have here.
const EVENTS_MAX: usize = 100_000;

/// Who is asked for.
#[derive(Clone, Debug)]
pub enum Asked {
    Email(String),
    Record(RecordKey),
}

/// What the log holds of a person.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Addresses, from what was asked and from the person's own records.
    pub addresses: BTreeSet<String>,
    /// Whose keys seal it.
    pub subjects: BTreeSet<String>,
    /// Positions of events sealed for the person, with their streams.
    pub events: BTreeMap<Position, StreamName>,
    /// Events of others, or of nobody, that name the person.
    pub mentions: Vec<Mention>,
}

#[derive(Clone, Debug)]
pub struct Mention {
    pub position: Position,
    pub stream: StreamName,
}

impl Person {
    pub fn is_nobody(&self) -> bool {
        self.events.is_empty() && self.mentions.is_empty()
    }

    /// Ids of streams of one category.
    pub fn streams(&self, category: &str) -> Vec<String> {
        let ids: BTreeSet<&str> =
            self.events.values().filter(|stream| stream.category() == category).map(StreamName::id).collect();
        ids.into_iter().map(str::to_owned).collect()
    }
}

pub async fn find(context: &Context, asked: &Asked) -> Result<Person, Problem> {
    let mut person = Person::default();
    match asked {
        Asked::Email(address) => {
            let address = identity::normal(address).ok_or_else(|| {
                Problem::invalid("NOT_AN_EMAIL", "this is no e-mail address", "write it as name@host")
                    .at("email")
            })?;
            person.addresses.insert(address);
        }
        Asked::Record(key) => begin_with(context, key, &mut person).await?,
    }
    for _ in 0..ROUNDS_MAX {
        let before = (person.addresses.len(), person.subjects.len());
        scan(context, &mut person).await?;
        if (person.addresses.len(), person.subjects.len()) == before {
            break;
        }
    }
    Ok(person)
}

/// A record of a person names its subject. A record of nobody is itself what is asked for.
async fn begin_with(context: &Context, key: &RecordKey, person: &mut Person) -> Result<(), Problem> {
    let stream = StreamName::new("record", key.path());
    let store = &context.executor.store;
    let last = store.read_last(std::slice::from_ref(&stream)).await?.pop().flatten();
    let last = last.ok_or_else(|| Problem::not_found("record"))?;
    match last.body.as_deref().and_then(seal::subject) {
        Some(subject) => drop(person.subjects.insert(subject.to_owned())),
        None => person.mentions.push(Mention { position: last.position, stream }),
    }
    Ok(())
}

async fn scan(context: &Context, person: &mut Person) -> Result<(), Problem> {
    let store = &context.executor.store;
    let end = *store.end().borrow();
    let asked_for: BTreeSet<String> =
        person.mentions.iter().map(|mention| mention.stream.to_string()).collect();
    person.mentions.clear();
    let mut at = 0;
    while at < end {
        let slice = store.read_all(at, &Filter::all(), STEP_EVENTS).await?;
        at = slice.read_to;
        let events: Vec<&Recorded> = slice.events.iter().filter(|event| event.body.is_some()).collect();
        let opened = bodies::open(&*context.vault, &events).await.map_err(|error| Problem::fault(&*error))?;
        for (event, plain) in events.iter().zip(opened) {
            let Some(plain) = plain else { continue };
            let of_stream = asked_for.contains(event.stream.as_str());
            look(event, &plain, of_stream, person);
        }
        if person.events.len() + person.mentions.len() > EVENTS_MAX {
            return Err(Problem::invalid(
                "TOO_MANY",
                format!("more than {EVENTS_MAX} events speak of this address; it is hardly one person's"),
                "erase by record instead",
            ));
        }
    }
    Ok(())
}

fn look(event: &Recorded, plain: &[u8], of_stream: bool, person: &mut Person) {
    let subject = event.body.as_deref().and_then(seal::subject);
    let is_known = subject.is_some_and(|subject| person.subjects.contains(subject));
    let may_name = is_known || names(plain, &person.addresses);
    if !may_name && !of_stream {
        return;
    }
    let found = serde_json::from_slice::<Value>(plain).map(|record| identity::addresses(&record));
    let found = found.unwrap_or_default();
    let is_of = found.iter().any(|address| person.addresses.contains(address));
    match subject {
        Some(subject) if is_known || is_of => {
            person.subjects.insert(subject.to_owned());
            person.events.insert(event.position, event.stream.clone());
            // Only the person's own record tells more addresses: in another's, they may be others'.
            if event.stream.category() == "record" && event.stream.id() == subject {
                person.addresses.extend(found);
            }
        }
        _ => {
            person.mentions.push(Mention { position: event.position, stream: event.stream.clone() });
        }
    }
}

/// Whether a text holds one of the addresses, in any case of its letters.
fn names(plain: &[u8], addresses: &BTreeSet<String>) -> bool {
    if addresses.is_empty() {
        return false;
    }
    let text = String::from_utf8_lossy(plain).to_lowercase().replace("\\u0040", "@");
    addresses.iter().any(|address| text.contains(address.as_str()))
}

//! Which streams are the log's, and how the server is asked for them.

use engine::ports::Filter;
use eventstore::SubscriptionFilter;

/// Where the marks of removed bodies are. Names that begin with a tilde are ours and not the log's.
pub(crate) const MARKS: &str = "~removed-bodies";

/// How many events the server looks through before it says how far it is.
const WINDOW: u32 = 4_096;

/// KurrentDB keeps `$…` for itself, this adapter `~…`.
pub(crate) fn is_reserved(stream: &str) -> bool {
    stream.starts_with(['$', '~'])
}

/// Is a record an event of the log? A stream deleted by hand ends in an event of type `$streamDeleted`.
pub(crate) fn is_ours(stream: &str, event_type: &str) -> bool {
    !is_reserved(stream) && !event_type.starts_with('$')
}

pub(crate) fn filter(filter: &Filter) -> SubscriptionFilter {
    let by_name = SubscriptionFilter::on_stream_name().max(WINDOW);
    if filter.categories.is_empty() {
        return by_name.regex("^[^$~]");
    }
    filter.categories.iter().fold(by_name, |by_name, category| by_name.add_prefix(format!("{category}-")))
}

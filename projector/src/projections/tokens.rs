//! Fills the tokens view.

use domain::access::TokenEvent as E;
use domain::event::Event;
use domain::views::{TOKENS, TokenView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Tokens;

impl Projection for Tokens {
    fn view(&self) -> &'static ViewSpec {
        &TOKENS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["token"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        Some(recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let id = recorded.stream.id();
        let known: Option<TokenView> = docs.get(id)?;
        let view = match (known, E::from_json(&recorded.event_type, &recorded.data)?) {
            (_, E::Issued(issued)) => TokenView {
                id: id.to_owned(),
                name: issued.name,
                role: issued.role,
                hash: issued.hash,
                issued_at: recorded.recorded_at,
                revoked_at: None,
            },
            (Some(mut view), E::Revoked(_)) => {
                view.revoked_at = Some(recorded.recorded_at);
                view
            }
            (None, E::Revoked(_)) => return Ok(()),
        };
        // A revoked token stays listed, but no request finds it any more.
        let hash = view.revoked_at.is_none().then(|| view.hash.as_str().into());
        docs.put(id, &view, vec![hash]);
        Ok(())
    }
}

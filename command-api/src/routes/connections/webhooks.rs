//! A connection's endpoint for webhooks: its mode, its secrets, and what came in.

mod close;
mod deliveries;
mod expect_handshake;
mod open;
mod revoke;
mod rotate;
mod secret;
mod show;
mod test;

use domain::decider::Decider as _;
use domain::endpoint::{EndpointState, Endpoints};
use domain::ids::ConnectionId;
use engine::StreamName;
use engine::history::{Folded, catch_up};
use utoipa_axum::routes;

use crate::context::Api;
use crate::endpoint::{Area, Problem};

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(show::show))
        .administrator(routes!(open::open))
        .administrator(routes!(close::close))
        .administrator(routes!(rotate::rotate))
        .administrator(routes!(revoke::revoke))
        .administrator(routes!(expect_handshake::expect_handshake))
        .operator(routes!(test::test))
        .viewer(routes!(deliveries::deliveries))
}

impl Api {
    /// The endpoint as it is now, from its own stream.
    async fn endpoint(&self, id: &ConnectionId) -> Result<EndpointState, Problem> {
        let mut folded = Folded::<EndpointState>::default();
        let stream = StreamName::new(Endpoints::CATEGORY, id);
        catch_up::<Endpoints>(&*self.context.executor.store, &stream, &mut folded).await?;
        Ok(folded.state)
    }

    /// Where a connection's deliveries are sent.
    fn hook_url(&self, id: &ConnectionId) -> String {
        format!("{}/hooks/{id}", self.context.public_url)
    }
}

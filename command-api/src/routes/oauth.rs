//! Where a browser comes back to from a site's consent page. Not behind a token: the one-time nonce is the proof.

mod page;
mod store;
mod take_back;

pub use take_back::take_back;

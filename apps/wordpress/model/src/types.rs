//! The things a site holds.

pub(crate) mod account;
pub(crate) mod comment;
pub(crate) mod kind;
pub(crate) mod options;
pub(crate) mod post;
pub(crate) mod role;
pub(crate) mod term;
pub(crate) mod user;

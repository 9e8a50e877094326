//! The app against a living model of WordPress: what it does when the site is well, and when it is not.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod authorise;
mod changes;
mod check;
mod discover;
mod drift;
mod faults;
mod scan;
mod support;

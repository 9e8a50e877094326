//! What the model keeps of WordPress: each test states one measured fact, over HTTP.

mod accounts;
mod client;
mod discovery;
mod faults;
mod paging;
mod posts;
mod users;

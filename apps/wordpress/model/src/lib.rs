//! A living model of a WordPress site: it is served on loopback, can be changed while it runs, broken on purpose, and
//! asked what it has seen. Tests, the demo and the benchmarks read it in place of a real site.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use wordpress_model::{Fault, Injection, Post, Site};
//!
//! let running = Site::sample().serve(([127, 0, 0, 1], 0).into()).await?;
//! let site = running.site();
//! let id = site.put_post(Post::titled("Fresh"));
//! site.inject(Injection::next("/wp/v2/posts", 2, Fault::RetryLater { status: 429, retry_after: Some("1".into()) }));
//! site.after_requests("/wp/v2/posts", 3, move |site| {
//!     site.delete_post(id);
//! });
//! println!("{}", running.url);
//! # Ok(()) }
//! ```
//!
//! Behaviour follows what was measured on WordPress 5.7, 6.1, 6.8 and 7.1; each module says which fact it keeps.

mod answer;
mod cache;
mod call;
mod change;
mod clock;
mod consent;
mod dispatch;
mod endpoint;
mod fault;
mod fields;
mod front;
mod generated;
mod json;
mod params;
mod plugin;
mod render;
mod sample;
mod seen;
mod serve;
mod site;
mod stamp;
mod state;
mod table;
mod types;
mod viewer;
mod zone;

pub use clock::moment;
pub use fault::{Fault, FaultId, HtmlPage, Injection, Totals};
pub use generated::Shape;
pub use plugin::{Batch, Judge};
pub use sample::{SAMPLE_LOGIN, SAMPLE_PASSWORD};
pub use seen::SeenRequest;
pub use serve::Running;
pub use site::Site;
pub use stamp::Stamp;
pub use types::comment::Comment;
pub use types::kind::{PostType, Taxonomy};
pub use types::options::{Discovery, Environment, Options, Permalinks};
pub use types::post::{MediaFile, Post};
pub use types::term::Term;
pub use types::user::User;
pub use zone::Zone;

//! What people do to a site while it is being read.

use crate::endpoint::passwords;
use crate::site::Site;
use crate::stamp::Stamp;
use crate::state::State;
use crate::types::account::bare;
use crate::types::comment::Comment;
use crate::types::kind::{PostType, Taxonomy};
use crate::types::options::Options;
use crate::types::post::{Post, slug_of};
use crate::types::term::Term;
use crate::types::user::User;
use crate::zone::Zone;
use std::borrow::Cow;

impl Site {
    /// Changes settings: names, addresses, permalinks, plugins' doings.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        self.changing(|state| change(&mut state.options));
    }

    /// Changes the time zone. Rows keep the wall times they were written with.
    pub fn set_timezone(&self, zone: Zone) {
        self.configure(|options| options.zone = zone);
    }

    /// Registers a post type that REST shows.
    pub fn register_type(&self, kind: PostType) {
        self.changing(|state| {
            state.types.retain(|known| known.name != kind.name);
            state.types.push(kind);
        });
    }

    /// Registers a taxonomy and puts it on its post types.
    pub fn register_taxonomy(&self, taxonomy: Taxonomy) {
        self.changing(|state| {
            for kind in state.types.iter_mut().filter(|kind| taxonomy.types.contains(&kind.name)) {
                kind.taxonomies.push(taxonomy.name.clone());
            }
            state.taxonomies.retain(|known| known.name != taxonomy.name);
            state.taxonomies.push(taxonomy);
        });
    }

    /// Registers a post status, which one may then ask for.
    pub fn register_status(&self, name: &str) {
        self.changing(|state| {
            state.statuses.insert(name.to_owned());
        });
    }

    /// Inserts or replaces a user; returns the id. Nicknames, slugs and the like are filled in when empty.
    pub fn put_user(&self, mut user: User) -> u64 {
        self.changing(|state| {
            let id = if user.id == 0 { state.users.free_id() } else { user.id };
            user.id = id;
            user.registered = user.registered.settled(state.now(), Zone::Offset(0));
            if user.slug.is_empty() {
                user.slug = slug_of(&user.login);
            }
            if user.nickname.is_empty() {
                user.nickname.clone_from(&user.login);
            }
            state.users.put(id, user);
            state.note("created", "users", id);
            id
        })
    }

    /// Inserts or replaces a post of any type; returns the id. A new row without a modification date was modified when
    /// it is dated, as in WordPress: also in the past, also in the future.
    pub fn put_post(&self, mut post: Post) -> u64 {
        self.changing(|state| {
            let id = if post.id == 0 { state.posts.free_id() } else { post.id };
            post.id = id;
            state.settle(&mut post);
            if post.slug.is_empty() {
                post.slug = slug_of(&post.title);
            }
            state.posts.put(id, post);
            state.note_post("created", id);
            id
        })
    }

    /// Inserts or replaces a term; returns the id.
    pub fn put_term(&self, mut term: Term) -> u64 {
        self.changing(|state| {
            let id = if term.id == 0 { state.terms.free_id() } else { term.id };
            term.id = id;
            if term.slug.is_empty() {
                term.slug = slug_of(&term.name);
            }
            state.terms.put(id, term);
            id
        })
    }

    /// Inserts or replaces a comment; returns the id.
    pub fn put_comment(&self, mut comment: Comment) -> u64 {
        self.changing(|state| {
            let id = if comment.id == 0 { state.comments.free_id() } else { comment.id };
            comment.id = id;
            comment.date = comment.date.settled(state.now(), state.options.zone);
            state.comments.put(id, comment);
            id
        })
    }

    /// Changes a post as the editor does: the modification date becomes now. False when there is no such post.
    pub fn update_post(&self, id: u64, change: impl FnOnce(&mut Post)) -> bool {
        self.change_post(id, true, change)
    }

    /// Changes a post past WordPress, by SQL: no date moves, and no plugin hears of it.
    pub fn update_by_sql(&self, id: u64, change: impl FnOnce(&mut Post)) -> bool {
        self.changing(|state| {
            let known = state.posts.get(id).is_some();
            rewrite(state, id, change);
            known
        })
    }

    /// Changes a post behind the editor's back (meta, terms): no date moves.
    pub fn update_meta_only(&self, id: u64, change: impl FnOnce(&mut Post)) -> bool {
        self.change_post(id, false, change)
    }

    /// Changes a user; users have no modification date.
    pub fn update_user(&self, id: u64, change: impl FnOnce(&mut User)) -> bool {
        self.changing(|state| {
            let Some(user) = state.users.get(id) else { return false };
            let mut user = User::clone(&user);
            change(&mut user);
            state.users.put(id, user);
            state.note("updated", "users", id);
            true
        })
    }

    /// Changes a term; terms have no dates, and no post is touched.
    pub fn update_term(&self, id: u64, change: impl FnOnce(&mut Term)) -> bool {
        self.changing(|state| {
            let Some(term) = state.terms.get(id) else { return false };
            let mut term = Term::clone(&term);
            change(&mut term);
            state.terms.put(id, term);
            true
        })
    }

    /// Changes a comment; comments have no modification date.
    pub fn update_comment(&self, id: u64, change: impl FnOnce(&mut Comment)) -> bool {
        self.changing(|state| {
            let Some(comment) = state.comments.get(id) else { return false };
            let mut comment = Comment::clone(&comment);
            change(&mut comment);
            state.comments.put(id, comment);
            true
        })
    }

    /// Puts a post into the trash: the status changes, the slug gets a tail, the modification date becomes now.
    pub fn trash(&self, id: u64) -> bool {
        self.update_post(id, |post| {
            post.status = Cow::Borrowed("trash");
            post.slug.push_str("__trashed");
        })
    }

    /// Takes a post out of the trash, as a draft; since WordPress 5.6 that is where it lands.
    pub fn restore(&self, id: u64) -> bool {
        self.update_post(id, |post| {
            post.status = Cow::Borrowed("draft");
            post.slug = post.slug.trim_end_matches("__trashed").to_owned();
        })
    }

    /// Deletes a post for good; it leaves no trace. False when there was none.
    pub fn delete_post(&self, id: u64) -> bool {
        self.changing(|state| {
            state.note_post("deleted", id);
            state.posts.delete(id)
        })
    }

    /// Deletes a term; posts lose it without being modified.
    pub fn delete_term(&self, id: u64) -> bool {
        self.changing(|state| {
            let mut holders = Vec::new();
            state.posts.visit(false, |post, row| {
                if row.terms.values().any(|terms| terms.contains(&id)) {
                    holders.push(post);
                }
            });
            for holder in holders {
                rewrite(state, holder, |post| {
                    post.terms.values_mut().for_each(|terms| terms.retain(|&term| term != id));
                });
            }
            state.terms.delete(id)
        })
    }

    /// Deletes a comment for good.
    pub fn delete_comment(&self, id: u64) -> bool {
        self.changing(|state| state.comments.delete(id))
    }

    /// Deletes a user. Posts go to `reassign` without being modified, or are deleted with the user.
    pub fn delete_user(&self, id: u64, reassign: Option<u64>) -> bool {
        self.changing(|state| {
            let mut posts = Vec::new();
            state.posts.visit(false, |post, row| {
                if row.author == id {
                    posts.push(post);
                }
            });
            for post in posts {
                if let Some(heir) = reassign {
                    rewrite(state, post, |post| post.author = heir);
                    state.note_post("updated", post);
                } else {
                    state.note_post("deleted", post);
                    state.posts.delete(post);
                }
            }
            state.passwords.retain(|password| password.user != id);
            state.note("deleted", "users", id);
            state.users.delete(id)
        })
    }

    /// What cron does: scheduled posts whose time has come are published, and no modification date moves. Returns how
    /// many there were.
    pub fn publish_due(&self) -> usize {
        self.changing(|state| {
            let (now, zone) = (state.now(), state.options.zone);
            let mut due = Vec::new();
            state.posts.visit(false, |id, post| {
                if post.status == "future" && post.date.gmt(zone) <= now {
                    due.push(id);
                }
            });
            for &id in &due {
                rewrite(state, id, |post| post.status = Cow::Borrowed("publish"));
                state.note_post("updated", id);
            }
            due.len()
        })
    }

    /// Gives a login an application password and a role; makes the user when there is none (on a generated site, one of
    /// the generated users takes the login). Returns the user's id.
    pub fn add_account(&self, login: &str, application_password: &str, role: &str) -> u64 {
        let known = self.state().user_by_login(login);
        let generated = || self.state().users.first_unreplaced();
        let roles = || if role.is_empty() { Vec::new() } else { vec![role.to_owned()] };
        let id = match known.or_else(generated) {
            Some(id) => {
                self.update_user(id, |user| {
                    login.clone_into(&mut user.login);
                    user.roles = roles();
                });
                id
            }
            None => self.put_user(User {
                roles: roles(),
                ..User::named(login, login, &format!("{}@example.org", slug_of(login)))
            }),
        };
        self.changing(|state| {
            passwords::create(state, id, "Account of the model", "");
            if let Some(password) = state.passwords.last_mut() {
                password.secret = bare(application_password);
            }
        });
        id
    }

    /// Revokes every application password of this login; later calls with one are anonymous.
    pub fn revoke_application_passwords(&self, login: &str) {
        let user = self.state().user_by_login(login);
        self.changing(|state| state.passwords.retain(|password| Some(password.user) != user));
    }

    /// Replaces the roles of this login: a demotion in the middle of an import.
    pub fn set_roles(&self, login: &str, roles: &[&str]) -> bool {
        let user = self.state().user_by_login(login);
        user.is_some_and(|id| {
            self.update_user(id, |user| user.roles = roles.iter().map(|&role| role.to_owned()).collect())
        })
    }

    /// Lets this login do everything in a network.
    pub fn make_super_admin(&self, login: &str) {
        self.changing(|state| {
            state.super_admins.insert(login.to_owned());
        });
    }

    /// The post as the site holds it.
    pub fn post(&self, id: u64) -> Option<Post> {
        self.state().posts.get(id).map(|post| Post::clone(&post))
    }

    /// The user as the site holds it.
    pub fn user(&self, id: u64) -> Option<User> {
        self.state().users.get(id).map(|user| User::clone(&user))
    }

    fn change_post(&self, id: u64, touch: bool, change: impl FnOnce(&mut Post)) -> bool {
        self.changing(|state| {
            if state.posts.get(id).is_none() {
                return false;
            }
            let modified = Stamp::Now.settled(state.now(), state.options.zone);
            rewrite(state, id, |post| {
                change(post);
                if touch {
                    post.modified = modified;
                }
            });
            state.note_post("updated", id);
            true
        })
    }

    fn changing<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state_to_change();
        let result = change(&mut state);
        state.changed();
        result
    }
}

/// Changes a row that is there; dates given as UTC get their wall time.
fn rewrite(state: &mut State, id: u64, change: impl FnOnce(&mut Post)) {
    if let Some(post) = state.posts.get(id) {
        let mut post = Post::clone(&post);
        change(&mut post);
        state.settle(&mut post);
        state.posts.put(id, post);
    }
}

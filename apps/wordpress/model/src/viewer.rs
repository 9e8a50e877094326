//! Who is asking: WordPress looks at the credentials, and says nothing when they are wrong.

use crate::answer::Refusal;
use crate::state::State;
use crate::types::account::bare;
use crate::types::role::any_can;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

/// A visitor or a person who is logged in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Viewer {
    /// 0 for a visitor.
    pub(crate) user: u64,
    pub(crate) login: String,
    pub(crate) roles: Vec<String>,
    pub(crate) super_admin: bool,
    pub(crate) password: Option<Uuid>,
}

impl Viewer {
    pub(crate) fn logged_in(&self) -> bool {
        self.user != 0
    }

    pub(crate) fn can(&self, capability: &str) -> bool {
        self.super_admin || any_can(&self.roles, capability)
    }

    /// In a network only a super administrator edits other people.
    pub(crate) fn can_edit_user(&self, state: &State, user: u64) -> bool {
        self.user == user || self.super_admin || (!state.options.multisite && self.can("edit_users"))
    }

    /// Distinguishes viewers that may see different rows.
    pub(crate) fn scope(&self) -> String {
        format!("{}|{}|{}", self.user, self.roles.join(","), self.super_admin)
    }

    pub(crate) fn refusal(&self, code: &str, message: &str) -> Refusal {
        Refusal::not_allowed(self.logged_in(), code, message)
    }
}

/// The viewer behind an `Authorization` header, or the login whose credentials are wrong.
pub(crate) fn viewer(state: &State, authorization: Option<&str>) -> Result<Viewer, String> {
    let Some((login, typed)) = authorization.and_then(basic) else { return Ok(Viewer::default()) };
    if !state.options.application_passwords {
        return Ok(Viewer::default());
    }
    let typed = bare(&typed);
    for password in state.passwords.iter().filter(|password| password.secret == typed) {
        let Some(user) = state.users.get(password.user) else { continue };
        if user.login.eq_ignore_ascii_case(&login)
            || (!user.email.is_empty() && user.email.eq_ignore_ascii_case(&login))
        {
            return Ok(Viewer {
                user: password.user,
                super_admin: state.super_admins.contains(&user.login),
                login: user.login.clone(),
                roles: user.roles.clone(),
                password: Some(password.uuid),
            });
        }
    }
    Err(login)
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, token) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(token.trim()).ok()?).ok()?;
    let (login, password) = text.split_once(':')?;
    Some((login.to_owned(), password.to_owned()))
}

/// Why the credentials are wrong; a site says so only when a plugin asks for the user early.
pub(crate) fn early_refusal(state: &State, login: &str) -> Option<Refusal> {
    if !state.options.early_authentication {
        return None;
    }
    if state.user_by_login(login).is_some() {
        let message = "The provided password is an invalid application password.";
        return Some(Refusal::new(401, "incorrect_password", message));
    }
    if login.contains('@') {
        let message = "Unknown email address. Check again or try your username.";
        return Some(Refusal::new(401, "invalid_email", message));
    }
    let message = format!(
        "The username <strong>{login}</strong> is not registered on this site. If you are unsure of your username, try \
         your email address instead."
    );
    Some(Refusal::new(401, "invalid_username", &message))
}

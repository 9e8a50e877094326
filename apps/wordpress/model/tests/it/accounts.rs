use crate::client::{call, get_as, get_as_admin, served};
use wordpress_model::{Fault, Injection, SAMPLE_LOGIN, SAMPLE_PASSWORD, Site};

const ME: &str = "/wp-json/wp/v2/users/me?context=edit";
const POSTS: &str = "/wp-json/wp/v2/posts";

#[tokio::test]
async fn wrong_credentials_all_look_the_same_and_public_routes_do_not_notice_them() {
    let site = Site::sample();
    let running = served(&site).await;
    for (login, password) in [(SAMPLE_LOGIN, "wrong"), ("nobody", "wrong"), ("a@b.example", "x")] {
        assert_eq!(
            get_as(&running, login, password, ME).await.gist(),
            (401, "rest_not_logged_in".to_owned())
        );
        let edit = get_as(&running, login, password, &format!("{POSTS}?context=edit")).await;
        assert_eq!(edit.gist(), (401, "rest_forbidden_context".to_owned()));
        assert_eq!(get_as(&running, login, password, POSTS).await.status, 200);
    }
    site.inject(Injection::always("", Fault::StripAuthorization));
    assert_eq!(get_as_admin(&running, ME).await.gist(), (401, "rest_not_logged_in".to_owned()));
}

#[tokio::test]
async fn a_plugin_that_asks_early_makes_wrong_credentials_visible_everywhere() {
    let site = Site::sample();
    site.configure(|options| options.early_authentication = true);
    let running = served(&site).await;
    let code = async |login: &str| get_as(&running, login, "wrong", POSTS).await.gist();
    assert_eq!(code(SAMPLE_LOGIN).await, (401, "incorrect_password".to_owned()));
    assert_eq!(code("nobody").await, (401, "invalid_username".to_owned()));
    assert_eq!(code("a@b.example").await, (401, "invalid_email".to_owned()));
}

#[tokio::test]
async fn spaces_in_the_password_do_not_matter_and_the_address_works_as_login() {
    let running = served(&Site::sample()).await;
    let bare = SAMPLE_PASSWORD.replace(' ', "");
    assert_eq!(get_as(&running, "portal@harbour.example", &bare, ME).await.json()["username"], SAMPLE_LOGIN);
}

#[tokio::test]
async fn a_password_can_revoke_itself() {
    let running = served(&Site::sample()).await;
    let base = "/wp-json/wp/v2/users/me/application-passwords";
    let known = get_as_admin(&running, &format!("{base}/introspect")).await.json();
    assert_eq!(known["last_ip"], "127.0.0.1");
    let made =
        call(&running, "POST", base, Some((SAMPLE_LOGIN, SAMPLE_PASSWORD)), "{\"name\":\"Second\"}").await;
    assert_eq!((made.status, made.json()["password"].as_str().unwrap().len()), (201, 29));
    let path = format!("{base}/{}", known["uuid"].as_str().unwrap());
    let gone = call(&running, "DELETE", &path, Some((SAMPLE_LOGIN, SAMPLE_PASSWORD)), "").await;
    assert_eq!(gone.json()["deleted"], true);
    assert_eq!(get_as_admin(&running, ME).await.gist(), (401, "rest_not_logged_in".to_owned()));
    let second = made.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(get_as(&running, SAMPLE_LOGIN, &second, ME).await.status, 200);
}

#[tokio::test]
async fn roles_decide_what_posts_show() {
    let site = Site::sample();
    site.add_account("bo", "one", "subscriber");
    site.add_account("rosa", "two", "author");
    site.add_account("marta", "three", "editor");
    let running = served(&site).await;
    let any = format!("{POSTS}?context=edit&status=any&per_page=100");
    let subscriber = get_as(&running, "bo", "one", &any).await;
    assert_eq!(subscriber.gist(), (400, "rest_invalid_param".to_owned()));
    assert_eq!(subscriber.json()["data"]["params"]["status"], "Status is forbidden.");
    let author = get_as(&running, "rosa", "two", &any).await;
    assert_eq!((author.status, author.text().as_str()), (200, "[]"));
    let editor = get_as(&running, "marta", "three", &any).await;
    assert_eq!(editor.ids().len().to_string(), editor.header("x-wp-total").unwrap());
    assert_eq!(author.header("x-wp-total"), editor.header("x-wp-total"));
}

#[tokio::test]
async fn bad_input_109_a_password_is_revoked_or_a_user_demoted_in_the_middle() {
    let site = Site::sample();
    site.after_requests("/wp/v2/posts", 2, |site| site.revoke_application_passwords(SAMPLE_LOGIN));
    let running = served(&site).await;
    let page = async |number: u32| {
        get_as_admin(&running, &format!("{POSTS}?context=edit&page={number}")).await.status
    };
    assert_eq!([page(1).await, page(2).await, page(3).await], [200, 200, 401]);
    site.add_account(SAMPLE_LOGIN, "again", "administrator");
    assert!(site.set_roles(SAMPLE_LOGIN, &["subscriber"]));
    let demoted = get_as(&running, SAMPLE_LOGIN, "again", "/wp-json/wp/v2/users?context=edit").await;
    assert_eq!(demoted.gist(), (403, "rest_forbidden_context".to_owned()));
}

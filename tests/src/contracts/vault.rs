//! What a vault promises.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use engine::ports::{Secret, SecretSlot, SubjectKey, Vault};

type Made = Arc<dyn Vault>;

pub async fn suite<F: Future<Output = Made>>(make: impl Fn() -> F) {
    a_secret_comes_back_in_its_slot_only(make().await).await;
    a_newer_secret_replaces_the_older(make().await).await;
    fingerprints_tell_secrets_apart(make().await).await;
    an_owner_loses_all_secrets_at_once(make().await).await;
    subject_keys_are_made_once(make().await).await;
    who_asks_at_the_same_time_gets_the_same_keys(make().await).await;
    a_destroyed_subject_key_stays_destroyed(make().await).await;
    who_is_suppressed_stays_so_until_lifted(make().await).await;
    a_rotation_changes_nothing_that_can_be_seen(make().await).await;
}

async fn a_secret_comes_back_in_its_slot_only(vault: Made) {
    let held = slot("cn_1", "api", "https://a.example:443");
    for text in ["s3cret", "", "with\nnewline \0 ü", &"x".repeat(100_000)] {
        vault.store(&held, &secret(text)).await.unwrap();
        assert_eq!(opened(&vault, &held).await.as_deref(), Some(text));
    }
    for other in [
        slot("cn_2", "api", "https://a.example:443"),
        slot("cn_1", "webhook", "https://a.example:443"),
        slot("cn_1", "api", "https://b.example:443"),
        slot("cn_1a", "pi", "https://a.example:443"),
    ] {
        assert_eq!(opened(&vault, &other).await, None, "{other:?}");
    }
}

async fn a_newer_secret_replaces_the_older(vault: Made) {
    let held = slot("cn_1", "api", "o");
    for number in 0..5 {
        vault.store(&held, &secret(&format!("secret {number}"))).await.unwrap();
    }
    assert_eq!(opened(&vault, &held).await.as_deref(), Some("secret 4"));
}

async fn fingerprints_tell_secrets_apart(vault: Made) {
    let one = vault.store(&slot("cn_1", "api", "o"), &secret("one")).await.unwrap();
    let two = vault.store(&slot("cn_1", "api", "o"), &secret("two")).await.unwrap();
    let again = vault.store(&slot("cn_1", "api", "o"), &secret("one")).await.unwrap();
    assert_ne!(one, two);
    assert_eq!(one, again);
    assert!(!one.contains("one") && one.len() >= 8);
}

async fn an_owner_loses_all_secrets_at_once(vault: Made) {
    let (mine, also, other) =
        (slot("cn_1", "api", "o"), slot("cn_1", "webhook", "o"), slot("cn_2", "api", "o"));
    for held in [&mine, &also, &other] {
        vault.store(held, &secret("s")).await.unwrap();
    }
    vault.destroy("cn_1").await.unwrap();
    vault.destroy("cn_absent").await.unwrap();
    assert_eq!(opened(&vault, &mine).await, None);
    assert_eq!(opened(&vault, &also).await, None);
    assert_eq!(opened(&vault, &other).await.as_deref(), Some("s"));
}

async fn subject_keys_are_made_once(vault: Made) {
    let names = ["a", "b", "a"].map(str::to_owned);
    assert!(bytes(&keys(&vault, &names, false).await).iter().all(Option::is_none));
    let made = bytes(&keys(&vault, &names, true).await);
    assert!(made.iter().all(Option::is_some));
    assert_eq!(made[0], made[2]);
    assert_ne!(made[0], made[1]);
    let more = ["c", "b", "d", "a"].map(str::to_owned);
    let later = bytes(&keys(&vault, &more, false).await);
    assert_eq!(later, [None, made[1], None, made[0]]);
    let all = bytes(&keys(&vault, &more, true).await);
    assert_eq!((all[1], all[3]), (made[1], made[0]));
    assert!(keys(&vault, &[], true).await.is_empty());
}

async fn who_asks_at_the_same_time_gets_the_same_keys(vault: Made) {
    let asked = (0..40).map(|from| {
        let vault = vault.clone();
        tokio::spawn(async move {
            let mut names: Vec<String> = (from..from + 10).map(|number| format!("p{number}")).collect();
            if from % 2 == 1 {
                names.reverse();
            }
            let made = bytes(&keys(&vault, &names, true).await);
            names.into_iter().zip(made).collect::<Vec<_>>()
        })
    });
    let mut seen: HashMap<String, [u8; 32]> = HashMap::new();
    for asked in asked.collect::<Vec<_>>() {
        for (name, key) in asked.await.unwrap() {
            let key = key.unwrap_or_else(|| panic!("{name} has no key"));
            assert_eq!(*seen.entry(name.clone()).or_insert(key), key, "{name} has two keys");
        }
    }
    assert_eq!(seen.len(), 49);
    let names: Vec<String> = seen.keys().cloned().collect();
    let kept = bytes(&keys(&vault, &names, false).await);
    assert!(names.iter().zip(kept).all(|(name, key)| key == Some(seen[name])));
}

async fn a_destroyed_subject_key_stays_destroyed(vault: Made) {
    let names = ["a", "b"].map(str::to_owned);
    let made = bytes(&keys(&vault, &names, true).await);
    assert!(vault.destroy_subject("a").await.unwrap());
    assert!(!vault.destroy_subject("a").await.unwrap());
    assert!(!vault.destroy_subject("never made").await.unwrap());
    for create in [false, true, false] {
        assert_eq!(bytes(&keys(&vault, &names, create).await), [None, made[1]]);
    }
    assert_eq!(bytes(&keys(&vault, &["never made".to_owned()], true).await), [None]);
}

async fn who_is_suppressed_stays_so_until_lifted(vault: Made) {
    let (ada, bob) = ("ada@example.org".to_owned(), "bob@example.org".to_owned());
    assert!(!vault.suppresses().await.unwrap());
    let hash = vault.identity_hash(&ada).await.unwrap();
    assert_eq!(hash, vault.identity_hash(&ada).await.unwrap());
    assert_ne!(hash, vault.identity_hash(&bob).await.unwrap());
    assert!(!hash.contains("ada"));
    let both = [bob.clone(), ada.clone()];
    assert_eq!(vault.suppressed(&both).await.unwrap(), [false, false]);
    for _ in 0..2 {
        vault.suppress(std::slice::from_ref(&hash)).await.unwrap();
        assert!(vault.suppresses().await.unwrap());
        assert_eq!(vault.suppressed(&both).await.unwrap(), [false, true]);
    }
    let names = ["a", "b"].map(str::to_owned);
    let made = bytes(&keys(&vault, &names, true).await);
    vault.destroy_subject("a").await.unwrap();
    vault.lift(&names, &[hash]).await.unwrap();
    assert_eq!(vault.suppressed(&both).await.unwrap(), [false, false]);
    let again = bytes(&keys(&vault, &names, true).await);
    assert!(again[0].is_some() && again[0] != made[0], "a new key, never the old one");
    assert_eq!(again[1], made[1], "who was not erased keeps the key");
}

async fn a_rotation_changes_nothing_that_can_be_seen(vault: Made) {
    let held = slot("cn_1", "api", "o");
    vault.store(&held, &secret("s")).await.unwrap();
    let names = ["a", "b"].map(str::to_owned);
    let made = bytes(&keys(&vault, &names, true).await);
    vault.destroy_subject("b").await.unwrap();
    let rotation = vault.rotate().await.unwrap();
    assert_eq!((rotation.rewrapped, rotation.already_current), (0, 2));
    assert_eq!(opened(&vault, &held).await.as_deref(), Some("s"));
    assert_eq!(bytes(&keys(&vault, &names, false).await), [made[0], None]);
}

fn slot(owner: &str, purpose: &str, origin: &str) -> SecretSlot {
    SecretSlot { owner: owner.to_owned(), purpose: purpose.to_owned(), origin: origin.to_owned() }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

async fn opened(vault: &Made, slot: &SecretSlot) -> Option<String> {
    vault.open(slot).await.unwrap().map(|secret| secret.expose().to_owned())
}

async fn keys(vault: &Made, subjects: &[String], create: bool) -> Vec<Option<SubjectKey>> {
    vault.subject_keys(subjects, create).await.unwrap()
}

fn bytes(keys: &[Option<SubjectKey>]) -> Vec<Option<[u8; 32]>> {
    keys.iter().map(|key| key.as_ref().map(|key| key.0)).collect()
}

//! Vaults with the wrong key, half rotated, shared by processes with different key rings, and moved between adapters.

use std::sync::Arc;

use adapter_postgres::{OpenError, Postgres, PostgresVault};
use adapter_sqlite::{KeyRing, SystemIds};
use engine::ports::{Secret, SecretSlot, Vault, VaultError};

use crate::stage::Stage;

const SUBJECTS: usize = 1_200;

fn keys(numbers: &[u8]) -> KeyRing {
    let key = |number: &u8| {
        format!("v{number}:{}=", "QUFB".repeat(10) + ["QUE", "QUI", "QUM"][usize::from(*number) % 3])
    };
    KeyRing::from_text(&numbers.iter().map(key).collect::<Vec<_>>().join("\n")).unwrap()
}

async fn open(postgres: &Postgres, keys: KeyRing) -> Result<PostgresVault, OpenError> {
    PostgresVault::open(postgres, keys, Arc::new(SystemIds)).await
}

fn slot(owner: &str) -> SecretSlot {
    SecretSlot { owner: owner.into(), purpose: "api".into(), origin: "https://a.example:443".into() }
}

fn subjects() -> Vec<String> {
    (0..SUBJECTS).map(|number| format!("cn_a.users.{number}")).collect()
}

async fn contents(vault: &PostgresVault) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for owner in ["cn_a", "cn_b"] {
        all.push(vault.open(&slot(owner)).await.unwrap().unwrap().expose().as_bytes().to_vec());
    }
    let keys = vault.subject_keys(&subjects(), false).await.unwrap();
    all.extend(keys.into_iter().map(|key| key.map_or(vec![], |key| key.0.to_vec())));
    all
}

async fn filled(postgres: &Postgres, keys: KeyRing) -> Vec<Vec<u8>> {
    let vault = open(postgres, keys).await.unwrap();
    for owner in ["cn_a", "cn_b"] {
        vault.store(&slot(owner), &Secret::new(format!("canary-secret of {owner}"))).await.unwrap();
    }
    vault.subject_keys(&subjects(), true).await.unwrap();
    vault.destroy_subject("cn_a.users.7").await.unwrap();
    contents(&vault).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_167_a_wrong_key_opens_nothing() {
    let stage = Stage::new();
    let postgres = stage.connect_fresh().await;
    let truth = filled(&postgres, keys(&[1])).await;
    let other = KeyRing::from_text(&format!("v1:{}QUE=", "QkFB".repeat(10))).unwrap();
    let refused = open(&postgres, other).await.err().unwrap().to_string();
    assert!(refused.contains("key v1 of the key ring does not open this vault"), "{refused}");
    let refused = open(&postgres, keys(&[2])).await.err().unwrap().to_string();
    assert!(refused.contains("the vault needs key v1"), "{refused}");
    assert_eq!(contents(&open(&postgres, keys(&[1])).await.unwrap()).await, truth);
    stage.server.sql("DELETE FROM s0.canary");
    let refused = open(&postgres, keys(&[1])).await.err().unwrap();
    assert!(matches!(refused, OpenError::Damaged(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_153_a_rotation_may_stop_anywhere() {
    let stage = Stage::new();
    let postgres = stage.connect_fresh().await;
    let truth = filled(&postgres, keys(&[1])).await;
    let mut rewrapped = 0;
    for batches in 0.. {
        let vault = open(&postgres, keys(&[1, 2])).await.unwrap();
        rewrapped += vault.rotate_batches(batches).await.unwrap().rewrapped;
        assert_eq!(contents(&vault).await, truth);
        // The old key may go only when the canary says so.
        match open(&postgres, keys(&[2])).await {
            Ok(vault) => {
                assert_eq!(contents(&vault).await, truth);
                let again = vault.rotate().await.unwrap();
                assert_eq!((again.rewrapped, again.already_current), (0, rewrapped));
                break;
            }
            Err(refused) => assert!(refused.to_string().contains("only after a rotation has ended")),
        }
        assert!(batches < 20, "the rotation never ends");
    }
    assert_eq!(rewrapped, 2 + SUBJECTS as u64 - 1, "each row once, whatever the interruptions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_150_nobody_wraps_with_a_key_that_the_vault_left() {
    let stage = Stage::new();
    let postgres = stage.connect_fresh().await;
    let old = open(&postgres, keys(&[1])).await.unwrap();
    let new = open(&postgres, keys(&[1, 2])).await.unwrap();
    // Others store all the while; whatever they end with, the vault opens without the older key afterwards.
    let storing = async {
        let mut stored = 0;
        for round in 0..400 {
            match old.store(&slot(&format!("cn_{round:03}")), &Secret::new("s".into())).await {
                Ok(_) => stored += 1,
                Err(VaultError::WrongKey(why)) => {
                    assert!(why.contains("rotated to key v2"), "{why}");
                    break;
                }
                Err(other) => panic!("{other}"),
            }
        }
        stored
    };
    let (stored, rotated) = futures::join!(storing, new.rotate());
    rotated.unwrap();
    assert!(matches!(old.subject_keys(&["x".into()], true).await, Err(VaultError::WrongKey(_))));
    assert!(matches!(old.rotate().await, Err(VaultError::WrongKey(_))));
    let alone = open(&postgres, keys(&[2])).await.unwrap();
    for round in 0..stored {
        assert!(alone.open(&slot(&format!("cn_{round:03}"))).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_agree_on_keys_and_tombstones() {
    let stage = Stage::new();
    let settings = stage.fresh();
    let mut vaults = vec![];
    for _ in 0..3 {
        let postgres = Postgres::connect(settings.clone()).await.unwrap();
        vaults.push(open(&postgres, keys(&[1])).await.unwrap());
    }
    let names = subjects();
    let made = futures::future::join_all(vaults.iter().map(|vault| vault.subject_keys(&names, true))).await;
    let made: Vec<Vec<[u8; 32]>> =
        made.into_iter().map(|keys| keys.unwrap().into_iter().map(|key| key.unwrap().0).collect()).collect();
    assert!(made.iter().all(|keys| *keys == made[0]), "all have the keys that lie there");
    assert!(vaults[0].destroy_subject(&names[3]).await.unwrap());
    assert!(vaults[1].subject_keys(&names[3..4], true).await.unwrap()[0].is_none(), "gone for all at once");
    let hash = vaults[0].identity_hash("ada@example.org").await.unwrap();
    assert_eq!(hash, vaults[2].identity_hash("ada@example.org").await.unwrap());
    vaults[0].suppress(&[hash]).await.unwrap();
    assert_eq!(vaults[1].suppressed(&["ada@example.org".into()]).await.unwrap(), [true]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ciphertext_opens_in_its_own_place_only() {
    let stage = Stage::new();
    let postgres = stage.connect_fresh().await;
    filled(&postgres, keys(&[1])).await;
    let vault = open(&postgres, keys(&[1])).await.unwrap();
    stage.server.sql(
        "UPDATE s0.secrets AS a SET wrapped = b.wrapped, sealed = b.sealed FROM s0.secrets AS b
         WHERE a.owner = 'cn_a' AND b.owner = 'cn_b'",
    );
    assert!(matches!(vault.open(&slot("cn_a")).await, Err(VaultError::Corrupt(_))));
    stage.server.sql(
        "UPDATE s0.subjects SET wrapped = (SELECT wrapped FROM s0.subjects WHERE subject = 'cn_a.users.2')
         WHERE subject = 'cn_a.users.1'",
    );
    let moved = vault.subject_keys(&["cn_a.users.1".to_owned()], false).await;
    assert!(matches!(moved, Err(VaultError::Corrupt(_))));
}

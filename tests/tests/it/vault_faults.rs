//! Vaults with the wrong key, half rotated, tampered with; and what a copied file gives away.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use adapter_sqlite::{DataDir, KeyRing, OpenError, SqliteVault, SystemIds};
use engine::ports::{Secret, SecretSlot, Vault, VaultError};
use rusqlite::Connection;

const SUBJECTS: usize = 1_200;

async fn open(path: &Path, keys: KeyRing) -> Result<SqliteVault, OpenError> {
    SqliteVault::open(&DataDir::open(path).unwrap(), keys, Arc::new(SystemIds)).await
}

fn key_text(numbers: &[u8]) -> String {
    let key = |number: &u8| {
        format!("v{number}:{}=", "QUFB".repeat(10) + ["QUE", "QUI", "QUM"][usize::from(*number) % 3])
    };
    numbers.iter().map(key).collect::<Vec<_>>().join("\n")
}

fn keys(numbers: &[u8]) -> KeyRing {
    KeyRing::from_text(&key_text(numbers)).unwrap()
}

fn slot(owner: &str) -> SecretSlot {
    SecretSlot { owner: owner.into(), purpose: "api".into(), origin: "https://a.example:443".into() }
}

fn subjects() -> Vec<String> {
    (0..SUBJECTS).map(|number| format!("cn_a.users.{number}")).collect()
}

/// Everything a vault holds, as bytes.
async fn contents(vault: &SqliteVault) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for owner in ["cn_a", "cn_b"] {
        all.push(vault.open(&slot(owner)).await.unwrap().unwrap().expose().as_bytes().to_vec());
    }
    let keys = vault.subject_keys(&subjects(), false).await.unwrap();
    all.extend(keys.into_iter().map(|key| key.map_or(vec![], |key| key.0.to_vec())));
    all
}

async fn filled(path: &Path, keys: KeyRing) -> Vec<Vec<u8>> {
    let vault = open(path, keys).await.unwrap();
    for owner in ["cn_a", "cn_b"] {
        vault.store(&slot(owner), &Secret::new(format!("canary-secret of {owner}"))).await.unwrap();
    }
    vault.subject_keys(&subjects(), true).await.unwrap();
    vault.destroy_subject("cn_a.users.7").await.unwrap();
    contents(&vault).await
}

#[tokio::test]
async fn bad_input_167_a_wrong_key_opens_nothing_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let truth = filled(home.path(), keys(&[1])).await;
    let before = fs::read(home.path().join("vault.db")).unwrap();
    let other = KeyRing::from_text(&key_text(&[2]).replace("v2", "v1")).unwrap();
    let refused = open(home.path(), other).await.err().unwrap().to_string();
    assert!(refused.contains("key v1 of the key ring does not open this vault"), "{refused}");
    let refused = open(home.path(), keys(&[2])).await.err().unwrap().to_string();
    assert!(refused.contains("the vault needs key v1"), "{refused}");
    assert_eq!(fs::read(home.path().join("vault.db")).unwrap(), before);
    assert_eq!(contents(&open(home.path(), keys(&[1])).await.unwrap()).await, truth);
}

#[tokio::test]
async fn bad_input_167_key_files_are_private_and_whole() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("key");
    let truth = filled(home.path(), KeyRing::create(&file, &SystemIds).unwrap()).await;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(KeyRing::create(&file, &SystemIds).is_err(), "a key file is never replaced");
    for mode in [0o644, 0o640, 0o604] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let refused = KeyRing::from_file(&file).err().unwrap().to_string();
        assert!(refused.contains("can be read by other users; run: chmod 600"), "{refused}");
    }
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    assert_eq!(contents(&open(home.path(), KeyRing::from_file(&file).unwrap()).await.unwrap()).await, truth);
    KeyRing::add(&file, &SystemIds).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 2);
    let vault = open(home.path(), KeyRing::from_file(&file).unwrap()).await.unwrap();
    assert_eq!(vault.rotate().await.unwrap().rewrapped, 2 + SUBJECTS as u64 - 1);
    assert!(KeyRing::from_file(&home.path().join("absent")).is_err());
}

#[test]
fn bad_input_167_a_secret_with_newlines_is_read_or_explained() {
    let whole = key_text(&[1]);
    for good in [format!("{whole}\n"), format!("\n {whole}\r\n\n"), key_text(&[1, 2]).replace('\n', ",")] {
        assert!(KeyRing::from_text(&good).is_ok());
    }
    let broken = [whole[..20].to_owned(), whole[20..].to_owned()].join("\n");
    for bad in
        [&broken, "", "\n", "v1:", "v0:AAAA", "1:AAAA", &format!("{whole}A"), &whole.replace("v1:", "")]
    {
        let refused = KeyRing::from_text(bad).err().unwrap().to_string();
        assert!(refused.contains("key ring"), "{refused}");
        assert!(!refused.contains("QUFB"), "the sentence shows the key");
    }
    assert!(KeyRing::from_text(&[whole.clone(), whole].join("\n")).is_err());
}

#[tokio::test]
async fn bad_input_153_a_rotation_may_stop_anywhere() {
    let home = tempfile::tempdir().unwrap();
    let truth = filled(home.path(), keys(&[1])).await;
    let mut rewrapped = 0;
    for batches in 0.. {
        let vault = open(home.path(), keys(&[1, 2])).await.unwrap();
        let rotation = vault.rotate_batches(batches).await.unwrap();
        assert_eq!(contents(&vault).await, truth);
        rewrapped += rotation.rewrapped;
        drop(vault);
        // The old key may go only when the canary says so.
        match open(home.path(), keys(&[2])).await {
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

#[tokio::test]
async fn a_ciphertext_opens_in_its_own_place_only() {
    let home = tempfile::tempdir().unwrap();
    filled(home.path(), keys(&[1])).await;
    let tamper = |sql: &str| {
        let connection = Connection::open(home.path().join("vault.db")).unwrap();
        connection.execute_batch(sql).unwrap();
    };
    let copies = fs::read(home.path().join("vault.db")).unwrap();
    for column in ["wrapped", "sealed", "wrapped = b.wrapped, sealed", "version = a.version + 1, sealed"] {
        tamper(&format!(
            "UPDATE secrets AS a SET {column} = b.sealed FROM secrets AS b WHERE a.owner = 'cn_a' AND b.owner = 'cn_b'"
        ));
        let vault = open(home.path(), keys(&[1])).await.unwrap();
        let opened = vault.open(&slot("cn_a")).await;
        assert!(matches!(opened, Err(VaultError::Corrupt(_))), "{column}");
        drop(vault);
        fs::write(home.path().join("vault.db"), &copies).unwrap();
    }
    tamper(
        "UPDATE subjects SET wrapped = (SELECT wrapped FROM subjects WHERE subject = 'cn_a.users.2')
            WHERE subject = 'cn_a.users.1'",
    );
    let vault = open(home.path(), keys(&[1])).await.unwrap();
    let moved = vault.subject_keys(&["cn_a.users.1".to_owned()], false).await;
    assert!(matches!(moved, Err(VaultError::Corrupt(_))));
}

#[tokio::test]
async fn nothing_readable_or_destroyed_stays_in_the_files() {
    let home = tempfile::tempdir().unwrap();
    filled(home.path(), keys(&[1])).await;
    let connection = Connection::open(home.path().join("vault.db")).unwrap();
    let wrapped: Vec<u8> = connection
        .query_row("SELECT wrapped FROM subjects WHERE subject = 'cn_a.users.9'", [], |row| row.get(0))
        .unwrap();
    assert!(wrapped.len() <= 80);
    drop(connection);
    let vault = open(home.path(), keys(&[1])).await.unwrap();
    assert!(holds(home.path(), &wrapped));
    vault.destroy_subject("cn_a.users.9").await.unwrap();
    assert!(!holds(home.path(), &wrapped), "a destroyed key is still in a file");
    assert!(!holds(home.path(), b"canary-secret"));
}

/// Whether any file of the directory holds these bytes.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(path).unwrap().any(|entry| {
        let file = fs::read(entry.unwrap().path()).unwrap();
        file.windows(bytes.len()).any(|window| window == bytes)
    })
}

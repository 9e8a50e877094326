//! Data directories that must not be used, and what the operator is told.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use adapter_sqlite::{DataDir, OpenError, SqliteEventStore, SqliteReadStore, SystemClock};
use rusqlite::Connection;

async fn open_log(path: &Path) -> Result<SqliteEventStore, OpenError> {
    SqliteEventStore::open(&DataDir::open(path)?, Arc::new(SystemClock)).await
}

/// What the operator reads.
async fn complaint(path: &Path) -> String {
    match open_log(path).await {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(refused) => refused.to_string(),
    }
}

#[tokio::test]
async fn bad_input_158_a_second_user_of_a_directory_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("deep/data");
    let first = open_log(&path).await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(path.join("log.db")).unwrap().permissions().mode() & 0o777, 0o600);
    let refused = complaint(&path).await;
    assert!(refused.contains("another process uses") && refused.contains("stop it first"), "{refused}");
    drop(first);
    open_log(&path).await.unwrap();
}

#[tokio::test]
async fn bad_input_158_links_and_open_doors_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let real = home.path().join("real");
    drop(open_log(&real).await.unwrap());
    let linked = home.path().join("linked");
    drop(DataDir::open(&linked).unwrap());
    symlink(real.join("log.db"), linked.join("log.db")).unwrap();
    assert!(complaint(&linked).await.contains("is a link"));
    fs::remove_file(linked.join("log.db")).unwrap();
    fs::hard_link(real.join("log.db"), linked.join("log.db")).unwrap();
    assert!(complaint(&linked).await.contains("is a link"));
    fs::set_permissions(&linked, Permissions::from_mode(0o777)).unwrap();
    assert!(complaint(&linked).await.contains("run: chmod 700"));
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(complaint(&file).await.contains("is not a directory"));
}

#[tokio::test]
async fn bad_input_158_a_read_only_file_or_disk_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("data");
    drop(open_log(&path).await.unwrap());
    fs::set_permissions(path.join("log.db"), Permissions::from_mode(0o400)).unwrap();
    assert!(complaint(&path).await.contains("cannot be written"));
    let disk = home.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let Some(_mounted) = Mounted::tmpfs(&disk, "ro,mode=0700") else { return };
    assert!(complaint(&disk).await.contains("cannot be written"));
    assert!(complaint(&disk.join("deeper")).await.contains("cannot be written"));
}

#[tokio::test]
async fn bad_input_160_a_newer_schema_is_refused_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    drop(open_log(home.path()).await.unwrap());
    let other = Connection::open(home.path().join("log.db")).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    drop(other);
    let refused = complaint(home.path()).await;
    assert!(refused.contains("written by a newer release (schema 99, this release knows 2)"), "{refused}");
    let other = Connection::open(home.path().join("log.db")).unwrap();
    other.pragma_update(None, "user_version", 2).unwrap();
    drop(other);
    open_log(home.path()).await.unwrap();
}

#[tokio::test]
async fn bad_input_157_another_programs_database_is_refused_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("log.db");
    let other = Connection::open(&file).unwrap();
    other.execute_batch("CREATE TABLE theirs (a)").unwrap();
    drop(other);
    let before = fs::read(&file).unwrap();
    assert!(complaint(home.path()).await.contains("belongs to another program"));
    assert_eq!(fs::read(&file).unwrap(), before);
    fs::write(&file, "this is no database, but a text that is long enough to be looked at ".repeat(100))
        .unwrap();
    assert!(complaint(home.path()).await.contains("belongs to another program"));
    // Our own files in each other's place.
    let ours = tempfile::tempdir().unwrap();
    drop(SqliteReadStore::open(&DataDir::open(ours.path()).unwrap()).await.unwrap());
    fs::rename(ours.path().join("views.db"), ours.path().join("log.db")).unwrap();
    assert!(complaint(ours.path()).await.contains("belongs to another program"));
}

/// A file system for one test; `None` where this user may not mount.
pub struct Mounted<'p>(&'p Path);

impl<'p> Mounted<'p> {
    pub fn tmpfs(at: &'p Path, options: &str) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        if mount.is_ok_and(|done| done.status.success()) {
            return Some(Self(at));
        }
        eprintln!("skipped: this user may not mount");
        None
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let done = Command::new("umount").arg("-l").arg(self.0).status();
        assert!(std::thread::panicking() || done.is_ok_and(|status| status.success()), "umount failed");
    }
}

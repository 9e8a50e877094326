//! The console is committed built, so that nobody needs Node to run the product. Here it is told, without Node, when
//! what is built is older than its sources. `web/scripts/fingerprint.mjs` computes the same.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::sources::root;

const SINGLE: [&str; 4] = ["index.html", "package.json", "package-lock.json", "vite.config.ts"];

#[test]
fn the_built_console_is_that_of_its_sources() {
    let web = root().join("web");
    if !web.join("package.json").exists() {
        assert!(!web.join("dist").exists(), "web/dist has no sources");
        return;
    }
    let committed = fs::read(web.join("dist/fingerprint.json"))
        .expect("web/dist is missing: run `npm ci && npm run build` in web/ and commit dist");
    let committed: serde_json::Value = serde_json::from_slice(&committed).expect("the fingerprint is JSON");
    let (sources, files) = fingerprint(&web);
    assert!(
        committed["sources"] == sources && committed["files"] == files,
        "web/dist is older than its sources: run `npm run build` in web/ and commit dist"
    );
    assert!(web.join("dist/index.html").exists());
}

/// SHA-256 over path, content length and content of every source, in the order of the paths' bytes; and their number.
fn fingerprint(web: &Path) -> (String, usize) {
    let mut paths: Vec<PathBuf> = SINGLE.iter().map(|name| web.join(name)).collect();
    let entries = fs::read_dir(web).expect("the folder is readable").flatten();
    let tsconfigs = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_tsconfig =
        |name: &String| name.starts_with("tsconfig") && Path::new(name).extension() == Some("json".as_ref());
    paths.extend(tsconfigs.filter(is_tsconfig).map(|name| web.join(name)));
    collect(&web.join("src"), &mut paths);
    collect(&web.join("public"), &mut paths);
    let relative = |path: PathBuf| {
        let inside = path.strip_prefix(web).expect("found below it");
        (inside.to_string_lossy().replace('\\', "/"), path)
    };
    let mut paths: Vec<(String, PathBuf)> = paths.into_iter().map(relative).collect();
    paths.retain(|(name, _)| !name.ends_with(".test.ts") && !name.ends_with(".test.tsx"));
    paths.sort();
    let mut hash = Sha256::new();
    for (name, path) in &paths {
        let content = fs::read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        hash.update(name.as_bytes());
        hash.update(format!("\0{}\0", content.len()).as_bytes());
        hash.update(&content);
    }
    let digits = hash.finalize().iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    (digits, paths.len())
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, found) } else { found.push(path) }
    }
}

#[test]
fn the_fingerprint_is_the_one_that_the_build_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    };
    for name in SINGLE {
        write(name, name);
    }
    write("tsconfig.json", "{}");
    write("src/main.tsx", "main");
    write("src/z/Ärger.ts", "ä");
    write("src/main.test.tsx", "not part of it");
    write("public/a.svg", "<svg/>");
    // Written down from what the script makes of the same files.
    let expected = "ed857df28b5bf91a5c7c8bebfc3a729cf4d5a7d30fb56abf362bf0c3ab1a63dd";
    assert_eq!(fingerprint(folder.path()), (expected.to_owned(), 8));
    write("src/main.tsx", "other");
    assert_ne!(fingerprint(folder.path()).0, expected);
}

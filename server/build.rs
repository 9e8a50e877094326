//! Lists the built console, so that the executable carries it. Without `web/dist` the list is empty and the server
//! says so on its page: Rust alone builds everything else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"));
    let dist = here.join("../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut found = vec![];
    if dist.is_dir() {
        collect(&dist, &mut found)?;
    }
    found.sort();
    let mut code = String::from("&[\n");
    for path in found {
        let name = path.strip_prefix(&dist).map_err(io::Error::other)?.display().to_string();
        println!("cargo::rerun-if-changed={}", path.display());
        // Written to a text, which cannot fail.
        let _ = writeln!(code, "    ({name:?}, include_bytes!({:?})),", path.display().to_string());
    }
    code.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    fs::write(out.join("console.rs"), code)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

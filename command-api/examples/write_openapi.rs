//! Writes the API's description to `schemas/http/openapi.json`. Run it after every change of a route.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/http/openapi.json");
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let text = command_api::openapi().to_pretty_json().map_err(std::io::Error::other)? + "\n";
    std::fs::write(file, text)
}

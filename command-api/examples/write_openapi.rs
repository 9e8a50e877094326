//! Writes the API's description to `schemas/http/openapi.json`: `cargo run -p command-api --example write_openapi`.

fn main() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/http/openapi.json");
    let text = command_api::openapi().to_pretty_json().map_err(std::io::Error::other)?;
    std::fs::write(path, text + "\n")
}

//! Generates the server's side of the protocol from its own definitions, without `protoc`.

use std::error::Error;

const SERVICES: [&str; 3] = ["streams.proto", "serverfeatures.proto", "gossip.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=protos");
    let definitions = protox::compile(SERVICES, ["protos"])?;
    tonic_build::configure().build_client(false).bytes(["."]).compile_fds(definitions)?;
    Ok(())
}

//! How requests come in: versions of HTTP, TLS, sockets of all kinds, and what one client may take up.

#[path = "../common/mod.rs"]
mod common;
#[path = "../served/mod.rs"]
mod served;

mod large;
mod limits;
mod sockets;
mod tls;
mod versions;

use std::process::Command;

use served::{Place, Server};

/// A server with keys of `[server]` set otherwise than in its configuration.
fn serve_with(place: &Place, keys: &[(&str, &str)]) -> Server {
    Server::start(command_with(place, keys))
}

fn command_with(place: &Place, keys: &[(&str, &str)]) -> Command {
    let mut command = place.command(&["serve"]);
    for (key, value) in keys {
        command.env(format!("ANNALS_SERVER__{}", key.to_uppercase()), value);
    }
    command
}

//! nginx with one worker, as it is told to serve.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;

use super::{Process, on_server_core, user, write};

pub struct Nginx {
    process: Process,
    pub address: SocketAddr,
}

/// An address where nobody listens.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free")
}

impl Nginx {
    /// Serves what `http` and `server` say, in nginx's words, from a folder that is there.
    pub fn start(dir: &Path, address: SocketAddr, http: &str, server: &str) -> Nginx {
        let here = dir.display();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|what| format!("  {what}_temp_path {here}/{what};\n"))
            .concat();
        // Nobody may be there to take the worker's place: it keeps the rights of whoever starts it.
        let config = format!(
            "worker_processes 1;\nuser {};\npid {here}/pid;\nerror_log {here}/error.log;\ndaemon off;\n\
             events {{ worker_connections 4096; }}\n\
             http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  tcp_nodelay on;\n\
             \x20 keepalive_requests 1000000000;\n{temporary}  {http}\n\
             \x20 server {{ listen {address} backlog=4096;\n{server}  }}\n}}\n",
            user(),
        );
        write(&dir.join("nginx.conf"), &config);
        let mut command = on_server_core("nginx");
        command.arg("-c").arg(dir.join("nginx.conf")).stderr(Stdio::null());
        let process = Process::start(command, || TcpStream::connect(address).is_ok());
        Nginx { process, address }
    }

    /// The master and its worker.
    pub fn processes(&self) -> Vec<u32> {
        self.process.processes()
    }
}

//! nginx with files: the same bytes, the same headers, one worker on the same core.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::drive::SERVER_CORE;
use crate::server::{Answer, get};

/// Headers that nginx makes itself.
const ITS_OWN: [&str; 9] = [
    "etag",
    "last-modified",
    "content-length",
    "content-type",
    "content-encoding",
    "date",
    "vary",
    "connection",
    "server",
];

pub struct Nginx {
    child: Child,
    dir: PathBuf,
    pub address: SocketAddr,
}

impl Nginx {
    /// Serves files with what is answered plain and as gzip under their names.
    pub fn start(dir: &Path, files: &[(&'static str, Answer, Answer)]) -> Nginx {
        fs::create_dir_all(dir.join("files")).expect("there is room for a folder");
        let mut locations = String::new();
        for (name, plain, coded) in files {
            write(&dir.join("files").join(name), plain);
            write(&dir.join("files").join(format!("{name}.gz")), coded);
            locations += &location(name, plain);
        }
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free");
        let here = dir.display();
        // Nobody may be there to take the worker's place: it keeps the rights of whoever starts it.
        let config = format!(
            "worker_processes 1;\nuser {};\npid {here}/pid;\nerror_log {here}/error.log;\ndaemon off;\n\
             events {{ worker_connections 4096; }}\n\
             http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  tcp_nodelay on;\n\
             \x20 keepalive_requests 1000000000;\n  gzip_vary on;\n  gzip_static on;\n  {}\n\
             \x20 server {{ listen {port} backlog=4096;\n    root {here}/files;\n{locations}  }}\n}}\n",
            user(),
            std::env::var("ANNALS_BENCH_NGINX").unwrap_or_default(),
        );
        fs::write(dir.join("nginx.conf"), config).expect("there is room for a file");
        let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
        let child = Command::new("taskset")
            .args(["-c", &SERVER_CORE.to_string(), "nginx", "-c"])
            .arg(dir.join("nginx.conf"))
            .env("PATH", path)
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        let begin = Instant::now();
        while TcpStream::connect(port).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(10), "nginx does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Nginx { child, dir: dir.into(), address: port }
    }

    /// What to ask for to get the same: nginx makes entity tags of its own.
    pub fn asked(
        &self,
        file: &str,
        headers: &[(&'static str, String)],
    ) -> (String, Vec<(&'static str, String)>) {
        let path = format!("/{file}");
        let mut others: Vec<(&'static str, String)> =
            headers.iter().filter(|(name, _)| *name != "If-None-Match").cloned().collect();
        if others.len() < headers.len() {
            let tag = get(self.address, &path, &others).header("etag");
            others.push(("If-None-Match", tag));
        }
        (path, others)
    }

    /// The master and its worker.
    pub fn processes(&self) -> Vec<u32> {
        let master = self.child.id();
        let children =
            fs::read_to_string(format!("/proc/{master}/task/{master}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|child| child.parse().ok());
        std::iter::once(master).chain(children).collect()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends with it, if it is told and not killed.
        let pid = fs::read_to_string(self.dir.join("pid")).unwrap_or_default();
        let told = Command::new("kill").arg(pid.trim()).status();
        if !told.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn user() -> String {
    let output = Command::new("id").arg("-un").output().expect("there is a user");
    String::from_utf8_lossy(&output.stdout).trim().into()
}

/// A file with a body, as old as the answer says.
fn write(path: &Path, answer: &Answer) {
    fs::write(path, &answer.body).expect("there is room for a file");
    let modified = httpdate::parse_http_date(&answer.header("last-modified")).expect("it has a date");
    File::options().write(true).open(path).and_then(|file| file.set_modified(modified)).expect("it is ours");
}

fn location(name: &str, answer: &Answer) -> String {
    let others = answer.headers.iter().filter(|(name, _)| !ITS_OWN.contains(&name.to_lowercase().as_str()));
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "${dollar}");
    let headers = others.map(|(name, value)| format!("      add_header {name} \"{}\";\n", escaped(value)));
    let headers: String = headers.collect();
    let media_type = escaped(&answer.header("content-type"));
    format!(
        "    location = /{name} {{\n      types {{ }}\n      default_type \"{media_type}\";\n{headers}    }}\n"
    )
}

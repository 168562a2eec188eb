//! nginx with files: the same bytes, the same headers, one worker on the same core.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;

use crate::serving::nginx::{Nginx, free_address};
use crate::serving::server::{Answer, get};

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

pub struct Files {
    nginx: Nginx,
    pub address: SocketAddr,
}

impl Files {
    /// Serves files with what is answered plain and as gzip under their names.
    pub fn start(dir: &Path, files: &[(&'static str, Answer, Answer)]) -> Files {
        fs::create_dir_all(dir.join("files")).expect("there is room for a folder");
        let mut locations = format!("    root {}/files;\n", dir.display());
        for (name, plain, coded) in files {
            write(&dir.join("files").join(name), plain);
            write(&dir.join("files").join(format!("{name}.gz")), coded);
            locations += &location(name, plain);
        }
        let more = std::env::var("ANNALS_BENCH_NGINX").unwrap_or_default();
        let http = format!("gzip_vary on;\n  gzip_static on;\n  {more}");
        let address = free_address();
        Files { nginx: Nginx::start(dir, address, &http, &locations), address }
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

    pub fn processes(&self) -> Vec<u32> {
        self.nginx.processes()
    }
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

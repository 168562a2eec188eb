//! A WordPress of the bench's own in a temporary folder: its database, its PHP, its nginx. Nothing of the system's
//! is touched but read.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bytes::Bytes;

use crate::serving::nginx::{Nginx, free_address};
use crate::serving::{Process, missing, on_server_core, path, user, write};

/// Where Debian has it.
const SHIPPED: &str = "/usr/share/wordpress";
const FASTCGI_PARAMS: &str = "/etc/nginx/fastcgi_params";
const PROGRAM: &str = include_str!("wordpress.php");
/// As many as in the pool that Debian ships.
const WORKERS: usize = 5;

/// What ends first stands first.
pub struct WordPress {
    nginx: Nginx,
    php: Process,
    database: Process,
    dir: PathBuf,
    pub address: SocketAddr,
    /// What it is, with the versions of its parts.
    pub described: String,
}

/// What is not here of what the bench needs, and the package that has it.
pub fn lacking() -> Option<(&'static str, &'static str)> {
    let programs = [
        ("wrk", "wrk"),
        ("taskset", "util-linux"),
        ("setpriv", "util-linux"),
        ("nginx", "nginx"),
        ("php", "php-cli"),
        ("mariadbd", "mariadb-server"),
        ("mariadb-install-db", "mariadb-server"),
    ];
    let files = [(SHIPPED, "wordpress"), (FASTCGI_PARAMS, "nginx")];
    let program = programs.into_iter().find(|(program, _)| missing(&[program]).is_some());
    let file = files.into_iter().find(|(file, _)| !Path::new(file).exists());
    let fpm = php_fpm().is_none().then_some(("php-fpm", "php-fpm"));
    let mysqli = || {
        let modules = Command::new("php").arg("-m").output().ok()?;
        let there = String::from_utf8_lossy(&modules.stdout).lines().any(|line| line == "mysqli");
        (!there).then_some(("mysqli", "php-mysql"))
    };
    program.or(file).or(fpm).or_else(mysqli)
}

/// Debian names it by its version; the latest.
fn php_fpm() -> Option<PathBuf> {
    let programs = fs::read_dir("/usr/sbin").ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let named =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("php-fpm"));
    programs.filter(named).max()
}

impl WordPress {
    /// Installs it in a folder and publishes bulletins in it, each as Annals takes it in JSON.
    pub fn start(dir: &Path, bulletins: &[Bytes]) -> WordPress {
        fs::create_dir_all(dir).expect("there is room for a folder");
        let address = free_address();
        let database = database(dir);
        install(dir, address);
        write(&dir.join("bulletins.json"), &lines(bulletins));
        let described = run(dir, &["fill", &dir.join("bulletins.json").display().to_string()]);
        let (php, opcache) = php(dir);
        let nginx = Nginx::start(dir, address, HTTP, &server(dir));
        let described = format!("{}, {opcache}", described.trim());
        WordPress { nginx, php, database, dir: dir.into(), address, described }
    }

    /// How many entries its feeds have, from now on.
    pub fn set_entries(&self, count: usize) {
        run(&self.dir, &["entries", &count.to_string()]);
    }

    /// Those of all its parts.
    pub fn processes(&self) -> Vec<u32> {
        [self.nginx.processes(), self.php.processes(), self.database.processes()].concat()
    }
}

fn lines(bulletins: &[Bytes]) -> String {
    bulletins.iter().map(|bulletin| String::from_utf8_lossy(bulletin).into_owned() + "\n").collect()
}

/// A MariaDB with nothing in it but a database for WordPress, as Debian's runs but for where it listens.
fn database(dir: &Path) -> Process {
    let data = format!("--datadir={}", dir.join("database").display());
    let user = format!("--user={}", user());
    let mut command = Command::new("mariadb-install-db");
    command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    output(command.args([&data, &user]));
    write(&dir.join("database.sql"), "CREATE DATABASE wordpress CHARACTER SET utf8mb4;\n");
    let socket = dir.join("database.socket");
    let mut command = on_server_core("mariadbd");
    // An import need not wait for the disk.
    command.args(["--no-defaults", "--skip-networking", "--innodb-flush-log-at-trx-commit=2"]);
    command.args(["--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"]);
    command.arg(format!("--socket={}", socket.display())).args([&data, &user]);
    command.arg(format!("--pid-file={}", dir.join("database.pid").display()));
    command.arg(format!("--init-file={}", dir.join("database.sql").display()));
    command.arg(format!("--log-error={}", dir.join("database.log").display()));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Process::start(command, || UnixStream::connect(&socket).is_ok())
}

/// Its files with a configuration of its own, and its tables.
fn install(dir: &Path, address: SocketAddr) {
    let site = dir.join("site");
    // Some of Debian's files are links to other packages' files.
    output(Command::new("cp").args(["-rL", SHIPPED]).arg(&site));
    let socket = dir.join("database.socket");
    let config = format!(
        "<?php\n\
         define('DB_NAME', 'wordpress');\ndefine('DB_USER', 'root');\ndefine('DB_PASSWORD', '');\n\
         define('DB_HOST', 'localhost:{}');\ndefine('DB_CHARSET', 'utf8mb4');\n\
         define('WP_HOME', 'http://{address}');\ndefine('WP_SITEURL', 'http://{address}');\n\
         // It is to do nothing but answer.\n\
         define('DISABLE_WP_CRON', true);\ndefine('WP_HTTP_BLOCK_EXTERNAL', true);\n\
         define('AUTOMATIC_UPDATER_DISABLED', true);\n\
         $table_prefix = 'wp_';\ndefined('ABSPATH') || exit;\nrequire_once ABSPATH . 'wp-settings.php';\n",
        socket.display()
    );
    let own = site.join("wp-config.php");
    // Debian's may be read by nobody but its group.
    let _ = fs::remove_file(&own);
    write(&own, &config);
    write(&dir.join("wordpress.php"), PROGRAM);
    run(dir, &["install"]);
}

/// Runs the bench's program in WordPress, and gives back what it says.
fn run(dir: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("php");
    output(command.arg(dir.join("wordpress.php")).arg(dir.join("site")).args(arguments))
}

/// A pool of workers, and what it says of the cache of compiled programs.
fn php(dir: &Path) -> (Process, String) {
    let program = php_fpm().expect("it was looked for").display().to_string();
    let said = output(Command::new(&program).arg("-i"));
    let opcache = said.lines().find(|line| line.starts_with("opcache.enable =>")).unwrap_or("no opcache");
    let opcache = opcache.split(" => ").take(2).collect::<Vec<_>>().join(" ");
    let here = dir.display();
    let config = format!(
        "[global]\nerror_log = {here}/php.log\ndaemonize = no\n\
         [www]\nuser = {}\nlisten = {here}/php.socket\nlisten.backlog = 4096\n\
         pm = static\npm.max_children = {WORKERS}\n",
        user()
    );
    write(&dir.join("php.conf"), &config);
    let mut command = on_server_core(&program);
    command.args(["--nodaemonize", "--allow-to-run-as-root", "--fpm-config"]).arg(dir.join("php.conf"));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let socket = dir.join("php.socket");
    (Process::start(command, || UnixStream::connect(&socket).is_ok()), opcache)
}

/// A whole feed fits into memory on its way.
const HTTP: &str = "fastcgi_buffer_size 16k;\n  fastcgi_buffers 64 16k;";

fn server(dir: &Path) -> String {
    let here = dir.display();
    format!(
        "    root {here}/site;\n    index index.php;\n\
         \x20   location / {{ try_files $uri $uri/ /index.php?$args; }}\n\
         \x20   location ~ \\.php$ {{\n      include {FASTCGI_PARAMS};\n\
         \x20     fastcgi_param SCRIPT_FILENAME $request_filename;\n\
         \x20     fastcgi_pass unix:{here}/php.socket;\n    }}\n"
    )
}

/// What a command prints that has to succeed.
fn output(command: &mut Command) -> String {
    let output = command.env("PATH", path()).output().expect("it was looked for");
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{said}{error}", output.status);
    said.into_owned()
}

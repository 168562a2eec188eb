//! The socket in the archive's folder.

use std::io;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use super::listen::owned_by;

/// The name of the local socket in the archive's folder.
pub const LOCAL_SOCKET: &str = "annals.sock";

/// A Unix socket in the archive's folder, by which the command line reaches a running server. Whoever may
/// open it may do anything; it is the owner's alone.
pub struct LocalSocket {
    pub(super) listener: UnixListener,
    path: PathBuf,
}

impl LocalSocket {
    /// Binds the socket in the folder `dir`, whose lock is held: a socket that is there already is left over.
    pub fn bind(dir: &Path) -> io::Result<LocalSocket> {
        let path = dir.join(LOCAL_SOCKET);
        let listener = owned_by(&path, 0o600)?;
        Ok(LocalSocket { listener, path })
    }
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

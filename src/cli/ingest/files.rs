//! Which files are taken in, and in which order.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use walkdir::{DirEntry, WalkDir};

use crate::archive::path_text;
use crate::cli::Failure;
use crate::intake::container::is_asset;

/// A file that is to be taken in.
pub struct FoundFile {
    /// None for standard input.
    pub path: Option<PathBuf>,
    pub name: String,
    pub source: String,
    /// In full, the folder that is its source; none for standard input and for a file that is only looked at.
    pub folder: Option<Arc<Path>>,
    /// Relative to the folder that is its source.
    pub relative: Option<String>,
    pub stamp: Stamp,
}

impl FoundFile {
    /// What is not in a file but comes on standard input.
    pub fn standard_input() -> FoundFile {
        let (name, source) = ("standard input".into(), "stdin".into());
        FoundFile { path: None, name, source, folder: None, relative: None, stamp: Stamp::default() }
    }

    /// A file that is named by itself: its folder is its source.
    pub fn at(path: &Path) -> std::io::Result<FoundFile> {
        if path.as_os_str() == "-" {
            return Ok(FoundFile::standard_input());
        }
        let full = path.canonicalize()?;
        let stamp = Stamp::of(&full.metadata()?);
        let name = |path: &Path| path.file_name().map(|name| path_text(Path::new(name)));
        let source = full.parent().and_then(name).unwrap_or("files".into());
        let name = name(path).or(name(&full)).unwrap_or_default();
        Ok(FoundFile { path: Some(full), relative: Some(name.clone()), name, source, folder: None, stamp })
    }
}

/// By what a file is seen to have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    pub bytes: u64,
    /// In nanoseconds since 1970.
    pub modified: u64,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or_default();
        Stamp { bytes: metadata.len(), modified }
    }
}

/// Files in a fixed order: folders in the order of their names, so that a correction that is named to come
/// later does.
#[derive(Default)]
pub struct Files {
    pub files: Vec<FoundFile>,
    /// The paths that were asked for, in full; `-` is standard input.
    pub roots: Vec<PathBuf>,
    /// Symbolic links in folders. What they lead to may lie outside, or be there under its own name as well, and
    /// would then be taken for two; whoever means one names it.
    links: Vec<String>,
    /// The folder of the archive, where there is one.
    archive: Option<PathBuf>,
    /// Files in folders that are no documents and only go with some.
    assets: u64,
}

impl Files {
    /// Finds every file at and below `paths`. Names that begin with a dot are left alone, and so is the archive itself,
    /// which may lie in a folder that is taken in.
    pub fn find(paths: &[PathBuf], archive: &Path) -> Result<Files, Failure> {
        let mut found = Files { archive: archive.canonicalize().ok(), ..Files::default() };
        for path in paths {
            if path.as_os_str() == "-" {
                found.roots.push(path.clone());
                found.files.push(FoundFile::standard_input());
                continue;
            }
            let full =
                path.canonicalize().map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            found.find_below(&full)?;
            found.roots.push(full);
        }
        Ok(found)
    }

    fn find_below(&mut self, root: &Path) -> Result<(), Failure> {
        let folder = if root.is_dir() { root } else { root.parent().unwrap_or(Path::new("/")) };
        let source = folder.file_name().map_or("files".into(), |name| name.to_string_lossy().into_owned());
        let in_full: Arc<Path> = folder.into();
        let hidden = |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
        let archive = self.archive.clone();
        let visible = |entry: &DirEntry| {
            entry.depth() == 0 || !hidden(entry) && archive.as_deref() != Some(entry.path())
        };
        for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(visible) {
            let entry = entry?;
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let relative = path_text(below);
            if entry.file_type().is_symlink() {
                self.links.push(relative);
                continue;
            }
            if !entry.file_type().is_file() {
                continue;
            }
            // One that is named by itself is refused by name.
            if entry.depth() > 0 && is_asset(&relative) {
                self.assets += 1;
                continue;
            }
            let stamp = Stamp::of(&entry.metadata()?);
            let (name, source) = (relative.clone(), source.clone());
            let path = Some(entry.into_path());
            let folder = Some(in_full.clone());
            self.files.push(FoundFile { path, name, source, folder, relative: Some(relative), stamp });
        }
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Bytes in all, as far as they are known before reading.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.stamp.bytes).sum()
    }

    /// What is to be said of what was found and is not taken in, in lines.
    pub fn left_alone(&self) -> Vec<String> {
        let links = self.links.first().map(|first| {
            let others = match self.links.len() - 1 {
                0 => String::new(),
                others => format!(" and {others} more"),
            };
            format!(
                "left alone: {first}{others}, since links in folders are not followed; name what they lead to"
            )
        });
        let assets = (self.assets > 0).then(|| {
            format!("left alone: {} pictures, styles and the like, which are no documents", self.assets)
        });
        links.into_iter().chain(assets).collect()
    }
}

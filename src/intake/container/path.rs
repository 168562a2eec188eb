//! Names of members as paths: none leads out of its archive, none of what nobody wrote is taken.

use crate::bulletin::clip;
use crate::intake::{Refusal, RefusalKind};

/// The longest path of a member, in bytes: as long as file systems allow.
const PATH_BYTES_MAX: usize = 4_096;

/// Endings of what pages show and run, and of what systems leave in folders: files that go with documents and are
/// none.
#[rustfmt::skip]
const ASSETS: &[&str] = &[
    "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "ico", "bmp", "tif", "tiff", "heic", "css", "scss", "less",
    "js", "mjs", "map", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "m4a", "m4v", "ogg", "ogv", "wav", "webm",
    "mov", "avi", "swf", "lnk",
];

/// Whether a file of this name only goes with documents: a picture, a style, a script.
pub fn is_asset(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ASSETS.contains(&ending)) || matches!(&*name, "thumbs.db" | "desktop.ini")
}

/// The path that a member's name is, with `/` between its parts; none for what is left alone: hidden files,
/// what systems put beside files, and what only goes with documents.
///
/// # Errors
/// The name would lead out of the archive: nothing is written under it here, but whoever made it meant harm
/// or has lost their way, and the path would be a name of another file.
pub fn clean(name: &str) -> Result<Option<String>, Refusal> {
    let refused = |why: &str| {
        let what = format!("member `{}`", clip(name, 200).escape_debug());
        Err(Refusal::new(RefusalKind::Unprocessable, what, why))
    };
    if name.len() > PATH_BYTES_MAX {
        return refused("its name has more than 4,096 bytes");
    }
    if name.chars().any(char::is_control) {
        return refused("there are control characters in its name");
    }
    // Some programs write `\`, against the specification of zip files (4.4.17.1).
    let name = name.replace('\\', "/");
    let drive = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    if drive || name.starts_with('/') || name.split('/').any(|part| part == "..") {
        return refused("its name leads out of the archive: pack it again with relative paths");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let hidden = parts.iter().any(|part| part.starts_with('.') || *part == "__MACOSX");
    let left_alone = hidden || is_asset(&name);
    Ok(Some(parts.join("/")).filter(|path| !left_alone && !path.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_made_plain() {
        for (name, path) in [
            ("./2018/fog.html", Some("2018/fog.html")),
            ("2018\\fog.html", Some("2018/fog.html")),
            ("2018//fog..html", Some("2018/fog..html")),
            ("__MACOSX/2018/._fog.html", None),
            (".git/config", None),
            ("fog_files/Style.CSS", None),
            ("2018\\Thumbs.db", None),
            ("2018/css", Some("2018/css")),
            ("./", None),
        ] {
            assert_eq!(clean(name).unwrap().as_deref(), path, "{name}");
        }
    }

    #[test]
    fn a_name_that_leads_out_is_refused_by_name() {
        for name in
            ["../fog.html", "a/../../fog.html", "/etc/passwd", "C:\\fog.html", "c:fog.html", "..\\fog"]
        {
            let refusal = clean(name).unwrap_err();
            assert!(refusal.why.contains("leads out of the archive"), "{name}: {refusal}");
            assert!(refusal.what.starts_with("member `"), "{refusal}");
        }
        assert!(clean("fog\n.html").is_err() && clean(&"a/".repeat(3_000)).is_err());
    }
}

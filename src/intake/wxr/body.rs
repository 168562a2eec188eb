//! The body of a post as WordPress would show it, from what its editors wrote.
//!
//! Owns what blocks and shortcodes stand for. It must never guess what a plugin would have shown: what only a
//! plugin knows goes, and the text within it stays.

use super::autop::autop;
use super::shortcode::{Piece, address, attribute, pieces};
use crate::intake::sanitize::{escape, write_attribute};

/// Shortcodes that stand for a form, a list of other posts or another thing that is no part of the text, with
/// all that they enclose.
#[rustfmt::skip]
const NO_TEXT: &[&str] = &[
    "contact-form", "contact-form-7", "contact-field", "gravityform", "ninja_form", "wpforms", "formidable",
    "mc4wp_form", "newsletter", "newsletter_form", "mailpoet_form", "jetpack_subscription_form", "login",
    "recent_posts", "display-posts", "related_posts", "sharing", "addtoany", "social_share", "print_link",
    "toc", "search_form", "rev_slider", "google_maps", "wpgmza", "do_widget", "sitemap", "sc_embed_player",
];

/// Shortcodes that are known without attributes and end.
#[rustfmt::skip]
const KNOWN: &[&str] = &["gallery", "toc", "nextpage", "audio", "video", "playlist", "sharing", "newsletter", "sitemap"];

/// A post with more of them repeats them.
const GALLERIES_MAX: usize = 50;

/// The images of a gallery with these ids, or of the post: address and caption.
type Gallery<'a> = &'a dyn Fn(Option<&str>) -> Vec<(String, String)>;

pub fn html(content: &str, gallery: Gallery<'_>) -> String {
    // The marks of teasers and pages are no part of either side.
    let content = content.replace("<!--more-->", "\n\n").replace("<!--nextpage-->", "\n\n");
    let content = shown(&content, gallery);
    if !content.contains("<!-- wp:") {
        return autop(&content);
    }
    // In a post of blocks only the classic block has paragraphs that are not marked up.
    let mut out = String::with_capacity(content.len());
    let mut rest = content.as_str();
    while let Some((before, classic)) = rest.split_once("<!-- wp:freeform -->") {
        let (classic, after) = classic.split_once("<!-- /wp:freeform -->").unwrap_or((classic, ""));
        out.push_str(before);
        out.push_str(&autop(classic));
        rest = after;
    }
    out.push_str(rest);
    embeds(&out)
}

/// Blocks that show what is at an address hold it as text: a link to it.
fn embeds(html: &str) -> String {
    const WRAPPER: &str = "wp-block-embed__wrapper\">";
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(WRAPPER) {
        let (before, after) = rest.split_at(at + WRAPPER.len());
        out.push_str(before);
        let end = after.find('<').unwrap_or(after.len());
        match address(&after[..end]) {
            Some(url) => link(url, &mut out),
            None => out.push_str(&after[..end]),
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

fn link(url: &str, out: &mut String) {
    // It stands in markup, where its ampersands may be escaped already.
    let url = url.replace("&amp;", "&").replace("&#038;", "&");
    out.push_str("<a");
    write_attribute("href", &url, out);
    out.push('>');
    escape(&url, false, out);
    out.push_str("</a>");
}

/// `content` with its shortcodes as what they stand for.
fn shown(content: &str, gallery: Gallery<'_>) -> String {
    let known = |name: &str| KNOWN.contains(&name) || NO_TEXT.contains(&name) || name == "embed";
    let pieces = pieces(content, known);
    let mut out = String::with_capacity(content.len());
    let (mut at, mut galleries) = (0, 0);
    while let Some(piece) = pieces.get(at) {
        at += 1;
        let Piece::Open { name, attributes } = piece else {
            if let Piece::Text(text) = piece {
                out.push_str(text);
            } else if matches!(piece, Piece::Close { name } if is_note(name)) {
                out.push(')');
            }
            continue;
        };
        // What stands before the end of this one, where it has one close by.
        let inner = match (pieces.get(at), pieces.get(at + 1)) {
            (Some(Piece::Text(text)), Some(Piece::Close { name: closed })) if closed == name => Some(*text),
            _ => None,
        };
        match (*name, inner) {
            ("caption" | "wp_caption", Some(inner)) => {
                caption(inner, attribute(attributes, "caption"), &mut out);
                at += 2;
            }
            ("embed", Some(inner)) => {
                embed(inner, &mut out);
                at += 2;
            }
            ("gallery", _) => {
                galleries += 1;
                if galleries <= GALLERIES_MAX {
                    let ids = attribute(attributes, "ids").or(attribute(attributes, "include"));
                    images(&gallery(ids), &mut out);
                }
            }
            (name, _) if NO_TEXT.contains(&name) => at += if inner.is_some() { 2 } else { 0 },
            (name, _) if is_note(name) => out.push_str(" ("),
            // Players and videos, whatever their plugin calls the address.
            (
                "audio" | "video" | "youtube" | "vimeo" | "soundcloud" | "embedyt" | "dailymotion"
                | "playlist",
                _,
            ) => {
                if let Some(url) = address(attributes) {
                    embed(url, &mut out);
                }
            }
            // Of what builds a page, rows and columns, the text is what counts.
            _ => {}
        }
    }
    out
}

/// Whether a shortcode holds a footnote, which is told from the text by more than its place.
fn is_note(name: &str) -> bool {
    matches!(name, "footnote" | "ref" | "efn_note" | "mfn" | "fn")
}

fn caption(inner: &str, said: Option<&str>, out: &mut String) {
    // The picture comes first, with the link around it; what follows is the caption.
    let end = ["</a>", "/>", ">"].into_iter().find_map(|end| {
        let from = inner.find("<img")?;
        let within = if end == "</a>" {
            inner.starts_with(char::is_whitespace) || inner.trim_start().starts_with("<a")
        } else {
            true
        };
        within.then(|| inner[from..].find(end).map(|at| from + at + end.len())).flatten()
    });
    let (picture, text) = inner.split_at(end.unwrap_or(0));
    let text = said.unwrap_or(text).trim();
    out.push_str("\n\n<figure>");
    out.push_str(picture.trim());
    if !text.is_empty() {
        out.push_str("<figcaption>");
        out.push_str(text);
        out.push_str("</figcaption>");
    }
    out.push_str("</figure>\n\n");
}

fn embed(inner: &str, out: &mut String) {
    let Some(url) = address(inner) else { return };
    out.push_str("\n\n");
    link(url, out);
    out.push_str("\n\n");
}

fn images(images: &[(String, String)], out: &mut String) {
    for (url, caption) in images {
        out.push_str("\n\n<figure><img");
        write_attribute("src", url, out);
        write_attribute("alt", caption, out);
        out.push_str("></figure>\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(content: &str) -> String {
        html(content, &|ids| {
            vec![(format!("https://port.example.org/{}.jpg", ids.unwrap_or("all")), "A quay".into())]
        })
    }

    #[test]
    fn shortcodes_are_shown_as_what_they_stand_for() {
        for (content, expected) in [
            (
                "[caption id=\"a\" width=\"3\"]<a href=\"/x\"><img src=\"/x.jpg\" /></a> A <b>gull</b>[/caption]",
                "<figure><a href=\"/x\"><img src=\"/x.jpg\" /></a><figcaption>A <b>gull</b></figcaption></figure>",
            ),
            (
                "[caption]<img src=\"/x.jpg\" /> A gull[/caption]",
                "<figure><img src=\"/x.jpg\" /><figcaption>A gull</figcaption></figure>",
            ),
            (
                "[gallery ids=\"7\"]",
                "<figure><img src=\"https://port.example.org/7.jpg\" alt=\"A quay\"></figure>",
            ),
            (
                "[embed]https://v.example.org/1[/embed]",
                "<p><a href=\"https://v.example.org/1\">https://v.example.org/1</a></p>\n",
            ),
            ("[vc_row][vc_column width=\"1/2\"]a[/vc_column][/vc_row]", "<p>a</p>\n"),
            ("a[contact-form to=\"x\"][contact-field label=\"y\"/][/contact-form]", "<p>a</p>\n"),
            ("a[footnote]b[/footnote].", "<p>a (b).</p>\n"),
            (
                "[audio mp3=\"https://a.example.org/1.mp3\"][/audio]",
                "<p><a href=\"https://a.example.org/1.mp3\">https://a.example.org/1.mp3</a></p>\n",
            ),
            ("a [sic] b<!--more-->\nc", "<p>a [sic] b</p>\n<p>c</p>\n"),
        ] {
            assert_eq!(body(content), expected, "{content}");
        }
    }

    #[test]
    fn posts_of_blocks_keep_their_paragraphs() {
        let blocks = "<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->";
        assert_eq!(body(blocks), blocks);
        let classic = "<!-- wp:freeform -->a\n\nb<!-- /wp:freeform -->";
        assert_eq!(body(classic), "<p>a</p>\n<p>b</p>\n");
        let embed = "<!-- wp:embed --><div class=\"wp-block-embed__wrapper\">\nhttps://v.example.org/1?a=1&amp;b=2\n</div>";
        assert!(body(embed).contains("<a href=\"https://v.example.org/1?a=1&amp;b=2\">"));
    }
}

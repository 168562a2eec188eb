//! Paragraphs of classic posts, in which an empty line is one.
//!
//! Owns the reading of empty lines and line breaks as WordPress shows them. It must never change what is
//! preformatted.

/// Elements that are never within a paragraph.
#[rustfmt::skip]
const BLOCKS: [&str; 42] = [
    "address", "article", "aside", "blockquote", "caption", "col", "colgroup", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
];

/// `html` with its empty lines as paragraphs and its line breaks as such.
pub fn autop(html: &str) -> String {
    let html = html.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html.as_str();
    while let Some((before, pre)) = split_at_tag(rest, "<pre") {
        paragraphs(before, &mut out);
        let end = pre.find("</pre>").map_or(pre.len(), |at| at + "</pre>".len());
        out.push_str(&pre[..end]);
        rest = &pre[end..];
    }
    paragraphs(rest, &mut out);
    out
}

fn split_at_tag<'h>(html: &'h str, tag: &str) -> Option<(&'h str, &'h str)> {
    html.find(tag).map(|at| html.split_at(at))
}

fn paragraphs(html: &str, out: &mut String) {
    let parted = part_blocks(html);
    let mut lines: Vec<&str> = Vec::new();
    for line in parted.lines().map(str::trim).chain([""]) {
        if !line.is_empty() {
            lines.push(line);
            continue;
        }
        let Some(first) = lines.first() else { continue };
        let chunk: Vec<String> = lines.iter().map(|line| linked(line)).collect();
        if block_tag(first).is_some() {
            out.push_str(&chunk.join("\n"));
        } else {
            out.push_str("<p>");
            out.push_str(&chunk.join("<br>\n"));
            out.push_str("</p>\n");
        }
        lines.clear();
    }
}

/// `html` with the tags of blocks on paragraphs of their own.
fn part_blocks(html: &str) -> String {
    let mut parted = String::with_capacity(html.len() * 2);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        parted.push_str(before);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        match block_tag(tag) {
            // What begins in a block belongs to it: only its end starts a new paragraph.
            Some(true) => {
                parted.push_str("\n\n");
                parted.push_str(&tag[..end]);
            }
            Some(false) => {
                parted.push_str("\n\n");
                parted.push_str(&tag[..end]);
                parted.push_str("\n\n");
            }
            None => parted.push_str(&tag[..end]),
        }
        rest = &tag[end..];
    }
    parted.push_str(rest);
    parted
}

/// Whether `tag` begins with the tag of a block, and whether it opens one that holds something.
fn block_tag(tag: &str) -> Option<bool> {
    let inner = tag.strip_prefix('<')?;
    let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let name = inner[..end].to_ascii_lowercase();
    BLOCKS.binary_search(&name.as_str()).is_ok().then_some(!closes && name != "hr")
}

/// A line that is nothing but an address, which WordPress shows as what is there, as a link to it.
fn linked(line: &str) -> String {
    let is_address = (line.starts_with("https://") || line.starts_with("http://"))
        && !line.contains(|c: char| c.is_whitespace() || "<>\"'".contains(c));
    if is_address { format!("<a href=\"{line}\">{line}</a>") } else { line.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_are_paragraphs_and_blocks_stay_as_they_are() {
        assert!(BLOCKS.is_sorted());
        for (html, expected) in [
            ("One\ntwo\n\nThree", "<p>One<br>\ntwo</p>\n<p>Three</p>\n"),
            ("One\r\n \r\n<em>Two</em>", "<p>One</p>\n<p><em>Two</em></p>\n"),
            (
                "One\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nTwo",
                "<p>One</p>\n<ul><li>a</li><li>b</li></ul><p>Two</p>\n",
            ),
            ("<blockquote>a\n\nb</blockquote>", "<blockquote>a<p>b</p>\n</blockquote>"),
            ("a\n<pre>x\n\ny</pre>\nb", "<p>a</p>\n<pre>x\n\ny</pre><p>b</p>\n"),
            (
                "https://video.example.org/1",
                "<p><a href=\"https://video.example.org/1\">https://video.example.org/1</a></p>\n",
            ),
            ("a<hr>b", "<p>a</p>\n<hr><p>b</p>\n"),
            ("", ""),
        ] {
            assert_eq!(autop(html), expected, "{html:?}");
        }
    }
}

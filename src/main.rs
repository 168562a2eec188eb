//! `annals extract PATH`: what intake makes of a page.

use annals::intake::{Arrival, Body, html, sanitize};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(2).ok_or("usage: annals extract PATH")?;
    let drafts = (html::FORMAT.parse)(&std::fs::read(&path)?, &Arrival::default())?;
    let items: Vec<_> = drafts
        .into_iter()
        .flatten()
        .map(|draft| {
            let body = match &draft.body {
                Body::Html(html) => sanitize::sanitize(html),
                Body::Safe(html) => html.clone(),
            };
            let date = draft.published.as_ref().and_then(|published| published.date.day());
            serde_json::json!({
                "title": draft.title, "date": date.map(|day| day.to_string()),
                "text": sanitize::visible_text(&body), "categories": draft.categories, "language": draft.language,
                "authors": draft.authors, "url": draft.url, "summary": draft.summary, "html": body,
                "enclosures": draft.enclosures, "published": draft.published,
            })
        })
        .collect();
    let mut first = items.first().cloned().ok_or("nothing to read")?;
    if items.len() > 1 {
        first["items"] = items.into();
    }
    println!("{first}");
    Ok(())
}

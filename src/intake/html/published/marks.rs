//! The names and words by which pages mark a date, and what each is worth.
//!
//! Owns these tables. It must never weigh one date of a page against another.

use crate::intake::date;
use crate::intake::markup::{NodeId, Tree};

/// A name for the day of first publication in `meta` (lower case, without punctuation).
#[rustfmt::skip]
pub const PUBLISHED: &[&str] = &[
    "articlepublishedtime", "articlepublished", "ogarticlepublishedtime", "datepublished",
    "publishedtime", "ogpublishedtime", "publisheddate", "published", "publisheddatetime",
    "publishdate", "publicationdate", "publicationtime", "publishtime", "publishedat", "publishedon",
    "pubdate", "parselypubdate", "sailthrudate", "dcdateissued", "dctermsissued", "dcissued",
    "dctermsdateissued", "cxenseparserecspublishtime", "cxenseparsepublishtime", "btpubdate",
    "citationpublicationdate", "citationonlinedate", "citationdate", "bepresscitationdate",
    "prismpublicationdate", "ogpubdate", "firstpublished", "originalpublicationdate", "displaydate",
    "releasedate", "ogreleasedate", "datepublication", "dateposted", "postdate", "posteddate",
    "zdfpublicationdate", "pdate", "dcsextarticlefirstpublished", "vfdate", "pubtime", "ptime",
    "publishdatetime", "itempublishdate", "rnewsdatepublished", "shareaholicarticlepublishedtime",
    "weiboarticlecreateat", "mediatorpublishedtime", "articlepubdate", "articlepublicationdate",
    "articlepublishdate", "newspublishdate", "dctermsavailable", "dcdateavailable", "dctermspublished",
    "ogregdate", "regdate", "firstpublicationdate", "firstpublisheddate", "datefirstpublished",
    "thumbpubdate", "contentpublishdate", "originalpublishdate", "citationonlinepublicationdate",
    "wkhealthdate", "eprintsdate", "evtpublished",
];

/// Of the day on which it was written.
#[rustfmt::skip]
pub const CREATED: &[&str] = &[
    "articlecreated", "articledate", "articledateoriginal", "blogdate", "contentdate", "created",
    "creationdate", "datecreated", "dccreated", "dcdatecreated", "dctermscreated",
    "dctermsdatecreated", "newsdate", "originaldate", "outbraindate", "storydate", "uploaddate",
    "veeseodate",
];

/// Of a day that is not said which; some pages write the day on which they were served.
#[rustfmt::skip]
pub const UNSAID: &[&str] = &[
    "date", "dcdate", "dctermsdate", "datetime", "gentime",
];

/// Of a change.
#[rustfmt::skip]
pub const MODIFIED: &[&str] = &[
    "articlemodifiedtime", "articlemodified", "ogupdatedtime", "ogmodifiedtime",
    "ogarticlemodifiedtime", "datemodified", "modifieddate", "modifiedtime", "modified",
    "lastmodified", "lastmod", "lastupdated", "dcdatemodified", "dctermsmodified", "dcmodified",
    "updated", "updatedtime", "dateupdated", "articleupdated", "lastupdate", "revised",
    "revisiondate", "zdfmodificationdate", "btmoddate", "moddate",
];

/// Words beside a date that say that it is the day of publication.
#[rustfmt::skip]
pub const PUBLISHED_WORDS: &[&str] = &[
    "publish", "posted", "publié", "publication", "paru le", "veröffentlicht", "erstellt",
    "erschienen", "publicado", "publicada", "publicación", "pubblicat", "опубликован", "опубліков",
    "date:", "datum:", "fecha:", "data:", "дата", "created", "gepubliceerd", "geplaatst",
    "publicerad", "publisert", "udgivet", "julkaistu", "opublikowan", "dodano", "yayın", "发布", "發布",
    "发表", "發表", "時間", "时间", "公開", "投稿", "written on", "written by", "released", "release date",
    "issued", "mis en ligne", "geschrieben", "eingestellt", "online seit", "نشر", "प्रकाशित",
];

/// Words before a date that say so where nothing but a byline stands before them; in a sentence they are
/// before every date.
pub const PREPOSITIONS: &[&str] = &["vom", "am", "le", "el"];

/// Members of data and variables of scripts that hold the day, and what each weighs: those that only one
/// vocabulary uses first, since a page has members of these names for what it links as well.
pub const SCRIPT_MEMBERS: &[(&str, i32)] = &[
    ("datePublished", 62),
    ("publishedAt", 50),
    ("published_at", 50),
    ("publishDate", 50),
    ("publish_date", 50),
    ("publicationDate", 50),
    ("publication_date", 50),
    ("publishedDate", 50),
    ("pubDate", 50),
    ("pub_date", 50),
    ("publishTime", 50),
    ("publish_time", 50),
    ("firstPublished", 50),
    ("datePosted", 40),
    ("created_at", 40),
    ("dateModified", 14),
];

/// Words beside a date that say that it is the day of a change.
#[rustfmt::skip]
pub const MODIFIED_WORDS: &[&str] = &[
    "updated", "update", "modified", "last", "edited", "revised", "reviewed", "aktualisiert",
    "geändert", "änderung", "zuletzt", "bearbeitet", "stand:", "mis à jour", "mise à jour", "màj",
    "modifié", "actualizado", "actualización", "actualizada", "modificado", "atualizado",
    "atualizada", "aggiornat", "обновлен", "обновлён", "оновлен", "更新", "päivitetty", "zaktualizowan",
    "aktualizacja", "bijgewerkt", "uppdaterad", "oppdatert", "opdateret", "güncelle",
];

/// Words beside a date that say that it is another thing's.
#[rustfmt::skip]
pub const OTHER_WORDS: &[&str] = &[
    "©", "copyright", "all rights", "comment", "kommentar", "commentaire", "comentario", "cookie",
    "born", "geboren", "until", "bis zum", "jusqu", "accessed", "abgerufen", "retrieved",
    "member since", "registriert", "joined",
];

/// Parts of names of elements whose dates are of other articles, or of readers.
#[rustfmt::skip]
pub const IN_OTHERS: &[&str] = &[
    "related", "comment", "comments", "commentlist", "sidebar", "widget", "teaser", "teasers",
    "popular", "trending", "recommended", "recommendations", "recent", "latest", "carousel", "footer",
    "event", "events", "calendar", "ticker", "mostread", "similar", "more", "archive", "nav", "menu",
    "navigation",
];

/// What an element's mark as a date is worth, if it has one.
pub fn mark(tree: &Tree, id: NodeId, parts: &[String]) -> Option<i32> {
    let has = |part: &str| parts.iter().any(|known| known == part);
    let itemprop = tree.attribute(id, "itemprop").unwrap_or_default().to_ascii_lowercase();
    // Themes mark the day of publication with both words where the page has not changed since.
    let changed = ["modified", "updated", "update", "lastmod", "edited"].iter().any(|part| has(part))
        && !has("published");
    if itemprop.contains("datepublished")
        || has("dt") && has("published")
        || tree.attribute(id, "pubdate").is_some()
    {
        return Some(86);
    }
    if itemprop.contains("datemodified") || changed {
        return (tree.name(id) == "time" || itemprop.contains("date")).then_some(22);
    }
    if itemprop.contains("datecreated") || itemprop.contains("uploaddate") {
        return Some(72);
    }
    if tree.name(id) == "time" {
        return Some(if has("published") || has("entry") || has("post") { 72 } else { 66 });
    }
    let published = [
        "published",
        "pubdate",
        "publish",
        "publication",
        "posted",
        "created",
        "dateline",
        "postdate",
        "submitted",
        "veroeffentlicht",
    ];
    if published.iter().any(|part| has(part)) {
        return Some(66);
    }
    let date = [
        "date",
        "datum",
        "fecha",
        "data",
        "datetime",
        "timestamp",
        "time",
        "day",
        "meta",
        "byline",
        "info",
        "postmeta",
        "credits",
    ];
    if date[..3].iter().any(|part| has(part)) || parts.iter().any(|part| part.ends_with("date")) {
        return Some(62);
    }
    let data = ["data-date", "data-datetime", "data-published", "data-publish-date"];
    if data.iter().any(|name| tree.attribute(id, name).is_some_and(|value| date::exactly(value).is_some())) {
        return Some(54);
    }
    date.iter().any(|part| has(part)).then_some(54)
}

/// Whether `word` stands in `text`: whole where it is short, as a beginning where it is long.
pub fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let starts = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let ends = text[at + word.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        !word.is_ascii() && word.chars().count() <= 3 || starts && (ends || word.len() > 4)
    })
}

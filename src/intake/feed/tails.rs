//! What feed software says at the end of an entry, in the languages in which it says it.
//!
//! Owns the table of set phrases. It must never hold the words of any one site.

use std::sync::LazyLock;

use crate::intake::fold::fold;

/// What WordPress writes between the title of a post and the name of its site below each post of a feed, as its
/// translations have it, folded.
#[rustfmt::skip]
const APPEARED_FIRST: &[&str] = &[
    "appeared first on", "first appeared on", "est apparu en premier sur", "apparaît en premier sur",
    "se publicó primero en", "apareció primero en", "aparece primero en", "erschien zuerst auf",
    "erschien zuerst bei", "proviene da", "sembra essere il primo su", "apareceu primeiro em",
    "aparece primeiro em", "foi publicado primeiro em", "verscheen eerst op", "pochodzi z serwisu",
    "pojawił się najpierw na", "появились сначала на", "впервые появилась", "сначала появилась на",
    "dök först upp på", "dukket først opp på", "blev først udgivet på", "julkaistiin ensimmäisen kerran",
    "ilmestyi ensin sivustolla", "nejdříve objevil na", "pochází z", "zobrazený najskôr",
    "bejegyzés először", "apare prima dată în", "ilk önce", "εμφανίστηκε πρώτα στο", "ha aparegut primer a",
    "最初に表示されました", "最先出现在", "最早發佈於", "먼저 등장했습니다", "ظهرت أولاً على",
    "спершу з'явився на", "muncul pertama kali pada", "tampil pertama pada", "xuất hiện trước tiên trên",
    "xuất hiện đầu tiên vào", "اولین بار در", "הופיע לראשונה ב", "lehenik agertu zen",
    "se pojavio prvi na", "prvi puta je viđen na", "апярэдне з'явіўся", "се појави прво на",
];

/// Beginnings of links that lead from a teaser to its text.
#[rustfmt::skip]
const GO_ON: &[&str] = &[
    "continue reading", "read more", "read on", "read the rest", "read the full", "view original",
    "lire la suite", "continuer la lecture", "en savoir plus", "poursuivre la lecture", "leer más",
    "seguir leyendo", "continuar leyendo", "sigue leyendo", "weiterlesen", "mehr lesen", "ganzen beitrag",
    "leggi tutto", "continua a leggere", "continua la lettura", "leia mais", "ler mais", "continue lendo",
    "continuar a ler", "lees verder", "lees meer", "verder lezen", "czytaj dalej", "czytaj więcej",
    "читать далее", "читать дальше", "läs mer", "fortsätt läsa", "les mer", "fortsett å lese", "læs mere",
    "lue lisää", "číst dál", "citește mai mult", "devamını oku", "اقرأ المزيد", "続きを読む", "继续阅读", "阅读更多",
];

/// Parts of addresses of pictures and links that count readers or ask them to pass the entry on.
#[rustfmt::skip]
pub const TRACKERS: &[&str] = &[
    "feeds.feedburner.com/~r/", "feeds.feedburner.com/~ff/", "feedproxy.google.com/~r/",
    "feedproxy.google.com/~ff/", "/~4/", "feedsportal.com/", "feeds.wordpress.com/1.0/", "pixel.wp.com/",
    "stats.wordpress.com/", "pixel.quantserve.com/", "pheedo.com/", "doubleclick.net/",
    "google-analytics.com/", "blogger.googleusercontent.com/tracker/", "blogger.com/tracker/",
    "addtoany.com/", "addthis.com/", "api.follow.it/", "feedblitz.com/", "matomo.php?", "piwik.php?",
];

/// Longer lines are never held against the tables.
const LINE_CHARS_MAX: usize = 400;

/// Whether a line says where an entry appeared first.
pub fn is_appeared_first(line: &str) -> bool {
    static FOLDED: LazyLock<Vec<String>> =
        LazyLock::new(|| APPEARED_FIRST.iter().map(|phrase| fold(phrase)).collect());
    folded(line).is_some_and(|line| FOLDED.iter().any(|phrase| line.contains(phrase.as_str())))
}

/// Whether the text of a link leads to the rest of the entry.
pub fn goes_on(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    static FOLDED: LazyLock<Vec<String>> =
        LazyLock::new(|| GO_ON.iter().map(|phrase| fold(phrase)).collect());
    folded(line).is_some_and(|line| FOLDED.iter().any(|phrase| line.starts_with(phrase.as_str())))
}

fn folded(line: &str) -> Option<String> {
    (line.chars().count() <= LINE_CHARS_MAX).then(|| fold(line))
}

pub fn is_tracker(address: &str) -> bool {
    TRACKERS.iter().any(|part| address.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_known_in_several_languages_and_prose_is_not() {
        for line in [
            "The post A new lamp appeared first on Harbour Office.",
            "L’article Le phare est apparu en premier sur Port de Bassin.",
            "La entrada El faro se publicó primero en Puerto.",
            "Der Beitrag Leuchtfeuer erschien zuerst auf Hafenamt.",
        ] {
            assert!(is_appeared_first(line), "{line}");
        }
        assert!(!is_appeared_first("The lamp was lit for the first time."));
        assert!(goes_on("Continue reading A new lamp →") && goes_on("… Lire la suite"));
        assert!(!goes_on("The ferry reads more"));
    }
}

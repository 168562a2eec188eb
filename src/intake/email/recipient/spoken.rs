//! Where a sentence speaks to the recipient: `As you know, Jane, …`, `Thank you Jane!`.
//!
//! Owns what tells being spoken to from being told of, and the taking out of the name from markup. It must
//! never take out a name of which the text only tells: an article may be about somebody who is called the
//! same.

use std::ops::Range;

use super::names::{Names, Place};
use crate::bulletin::is_inline;
use crate::intake::boilerplate::{LINE_WORDS_MAX, Word, words};

/// Words right before a name with which one speaks to somebody, folded.
#[rustfmt::skip]
const CALLS: &[&str] = &[
    "thanks", "thank you", "hello", "hi", "hey", "dear", "congratulations", "welcome", "happy birthday",
    "gracias", "hola", "querida", "querido", "estimada", "estimado", "felicidades", "enhorabuena", "merci",
    "bonjour", "bonsoir", "chere", "cher", "felicitations", "danke", "vielen dank", "hallo", "liebe",
    "lieber", "grazie", "ciao", "gentile", "obrigado", "obrigada", "ola", "bedankt", "dank je", "dank u",
    "beste", "спасибо", "здравствуйте", "привет", "شكرا", "谢谢",
];

/// Words that open a sentence to somebody: `Good news, Jane, …`.
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    "good", "great", "yes", "remember", "look", "listen", "please", "sorry", "well", "thanks", "thank", "welcome",
    "congratulations", "buenas", "bonne", "gute", "merci", "gracias", "danke",
];

/// Words for who is spoken to, folded. Those that are as often for somebody else are left out.
#[rustfmt::skip]
const SECOND_PERSON: &[&str] = &[
    "you", "your", "yours", "yourself", "vous", "votre", "vos", "toi", "usted", "ustedes", "tu", "tus", "contigo",
    "du", "dich", "dir", "dein", "deine", "deinen", "deiner", "voi", "vostro", "vostra", "voce", "voces", "jij",
    "jou", "jouw", "uw", "ты", "тебя", "тебе", "вы", "вас", "вам", "ваш", "ваша", "ваше",
];

/// The same where they begin with a capital letter in the midst of a sentence.
const POLITE: &[&str] = &["Sie", "Ihnen", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer", "Lei", "Suo", "Sua"];

/// Words behind a name and a comma that go on about who is named.
#[rustfmt::skip]
const RELATIVES: &[&str] = &[
    "who", "whose", "whom", "which", "aged", "a", "an", "the", "qui", "dont", "que", "quien", "cuya", "cuyo", "che",
    "die", "der", "deren", "dessen", "und", "and", "or", "et", "ou", "y", "e", "oder", "которая", "который",
];

const COMMAS: [char; 4] = [',', '،', '，', '、'];
const STOPS: [char; 8] = ['.', '!', '?', '…', '。', '！', '？', '؟'];

/// Whether what stands behind a name at the beginning speaks to whom it names: `, the tide is coming`, and not
/// `, who lights the lamp`.
pub fn opens(after: &str) -> bool {
    let dashed = [" - ", " – ", " — ", "- "].iter().any(|mark| after.starts_with(mark));
    if !dashed && !after.starts_with([',', ':', '–', '—', '!', '،', '，']) {
        return false;
    }
    let next = words(after).into_iter().next();
    let tells = |word: Word| {
        // `Jane, the quay is open` speaks, as `Jane, the keeper, says` does not.
        let article = matches!(word.folded.as_str(), "a" | "an" | "the" | "die" | "der");
        word.folded.starts_with(|c: char| c.is_ascii_digit())
            || RELATIVES.contains(&word.folded.as_str())
                && (!article || after.trim_start_matches(COMMAS).contains(COMMAS))
    };
    !after.starts_with(COMMAS) || !next.is_some_and(tells)
}

/// Which bytes of a sentence go with a name in it that is spoken to; `None` where it is told of.
pub fn taken_with(sentence: &str, words: &[Word], place: &Place) -> Option<Range<usize>> {
    let (before, after) = (sentence[..place.start].trim_end(), &sentence[place.end..]);
    let comma_before = before.ends_with(COMMAS);
    let called = before.trim_end_matches(COMMAS).trim_end();
    // `thank you` are two words, `Jane` the third.
    let last = |count: usize| {
        let from =
            place.word.checked_sub(count).filter(|&from| words[from + count - 1].end == called.len())?;
        let said: Vec<&str> = words[from..place.word].iter().map(|word| word.folded.as_str()).collect();
        Some(said.join(" "))
    };
    let is_call = |count: usize| last(count).is_some_and(|said| CALLS.contains(&said.as_str()));
    let ends = after.trim_start().is_empty() || after.trim_start().starts_with(STOPS);
    let parted = ends || after.starts_with(COMMAS) || opens(after);
    if !called.is_empty() && (is_call(1) || is_call(2)) && parted {
        return Some(called.len()..place.end);
    }
    let opening = words.first().is_some_and(|word| OPENINGS.contains(&word.folded.as_str()));
    let spoken = opening || is_second_person(sentence, words);
    if before.is_empty() {
        // `Jane, you know the quay`: the comma goes as well.
        let comma = after.chars().next().filter(|c| COMMAS.contains(c)).map_or(0, char::len_utf8);
        let speaks = comma > 0 && opens(after) && is_second_person(sentence, words);
        let alone = after.starts_with(['!', '！']);
        let end = place.end + comma + usize::from(comma > 0 && after[comma..].starts_with(' '));
        return (speaks || alone).then_some(place.start..end);
    }
    if !comma_before || !parted || is_listed(called, after) {
        return None;
    }
    let cheers = after.starts_with(['!', '！']);
    (spoken || cheers).then_some(called.len()..place.end)
}

fn is_second_person(sentence: &str, words: &[Word]) -> bool {
    words.iter().any(|word| SECOND_PERSON.contains(&word.folded.as_str()))
        || words.iter().skip(1).any(|word| POLITE.contains(&&sentence[word.start..word.end]))
}

/// Whether a name is one of several: `Ada, Jane, and Ruth`.
fn is_listed(before: &str, after: &str) -> bool {
    let joined = words(after).first().is_some_and(|word| {
        matches!(word.folded.as_str(), "and" | "or" | "et" | "ou" | "y" | "e" | "und" | "oder" | "i" | "и")
    });
    let part = before.rsplit(COMMAS).next().unwrap_or_default().trim();
    let is_name = |word: &str| word.starts_with(char::is_uppercase);
    let names = part.split_whitespace().all(is_name);
    let several = before.contains(COMMAS) || part.split_whitespace().count() > 1;
    let between = before.split_whitespace().skip(1).last().is_some_and(is_name)
        && after.trim_start_matches(COMMAS).trim_start().starts_with(char::is_uppercase);
    joined || names && several || between
}

/// HTML without the recipient's name where its sentences speak to them; `None` where none does.
pub fn unaddressed(html: &str, names: &Names) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut block = Block::default();
    let mut at = 0;
    while at < html.len() {
        let rest = &html[at..];
        let length = match rest.as_bytes()[0] {
            b'<' => {
                let end = rest.find('>').map_or(rest.len(), |end| end + 1);
                let name = rest[1..end].trim_start_matches('/');
                let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
                if !is_inline(name) || name == "br" {
                    block.finish(names, &mut taken);
                }
                end
            }
            _ => block.take(rest, at),
        };
        at += length;
    }
    block.finish(names, &mut taken);
    (!taken.is_empty()).then(|| without(html, &taken))
}

/// What is read of one block of HTML, and where in the HTML each character of it stands.
#[derive(Default)]
struct Block {
    text: String,
    /// For each character: where it begins in `text`, and which bytes of the HTML write it.
    chars: Vec<(usize, Range<usize>)>,
}

impl Block {
    /// Takes up the first character of `html`; how many bytes write it.
    fn take(&mut self, html: &str, at: usize) -> usize {
        let entity = html.strip_prefix('&').and_then(|rest| rest.find(';')).filter(|end| *end <= 8);
        let (c, length) = match (entity, html.chars().next()) {
            (Some(end), _) => (if &html[..end + 2] == "&nbsp;" { ' ' } else { '&' }, end + 2),
            (None, Some(c)) => (c, c.len_utf8()),
            (None, None) => return 1,
        };
        self.chars.push((self.text.len(), at..at + length));
        self.text.push(c);
        length
    }

    /// Adds the bytes of the HTML that speak to the recipient.
    fn finish(&mut self, names: &Names, taken: &mut Vec<Range<usize>>) {
        let (mut from, mut stop) = (0, 0);
        while from < self.text.len() {
            if from >= stop {
                stop = from + sentence_end(&self.text[from..]);
            }
            // A sentence, or as much of a longer one as is looked at together.
            let rest = &self.text[from..stop];
            let within = words(rest);
            let last = within.last().filter(|_| within.len() > LINE_WORDS_MAX);
            let end = last.map_or(rest.len(), |last| last.end);
            let sentence = &rest[..end];
            for at in 0..within.len() {
                let place = names.at(sentence, &within, at).filter(|place| is_capital(sentence, place));
                let range = place.and_then(|place| taken_with(sentence, &within, &place));
                taken.extend(
                    range.into_iter().flat_map(|range| self.html(from + range.start..from + range.end)),
                );
            }
            from += end;
        }
        self.text.clear();
        self.chars.clear();
    }

    /// The bytes of the HTML that write a part of the text.
    fn html(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let first = self.chars.partition_point(|(at, _)| *at < range.start);
        self.chars[first..].iter().take_while(move |(at, _)| *at < range.end).map(|(_, html)| html.clone())
    }
}

/// A name is written with a capital letter, where the script has them: `grace` is none.
fn is_capital(sentence: &str, place: &Place) -> bool {
    !sentence[place.start..].starts_with(char::is_lowercase)
}

/// Where the first sentence of a text ends.
fn sentence_end(text: &str) -> usize {
    let stops = text.match_indices(STOPS).map(|(at, stop)| at + stop.len());
    let mut ends = stops.filter(|&end| text[end..].starts_with(char::is_whitespace));
    ends.next().map_or(text.len(), |end| text.len() - text[end..].trim_start().len())
}

/// `html` without the given bytes, which are in order.
fn without(html: &str, taken: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(html.len());
    let mut from = 0;
    for range in taken.iter().filter(|range| !range.is_empty()) {
        out.push_str(html.get(from..range.start).unwrap_or_default());
        from = from.max(range.end);
    }
    out + &html[from..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::fold::fold;

    fn jane(html: &str) -> String {
        let names = Names::of([fold("Jane Doe")].iter());
        unaddressed(html, &names).unwrap_or_else(|| html.into())
    }

    #[test]
    fn a_sentence_that_speaks_to_the_recipient_loses_the_name() {
        for (html, expected) in [
            ("<p>As you know, Jane, the quay is shut.</p>", "<p>As you know, the quay is shut.</p>"),
            (
                "<p>As you know, <b>Jane</b>, the quay is shut.</p>",
                "<p>As you know<b></b>, the quay is shut.</p>",
            ),
            ("<p>It is open. Thank you Jane! It is shut.</p>", "<p>It is open. Thank you! It is shut.</p>"),
            ("<p>It is open.<br>Thanks, Jane Doe, for all.</p>", "<p>It is open.<br>Thanks, for all.</p>"),
            ("<p>See you on the quay, Jane.</p>", "<p>See you on the quay.</p>"),
            ("<p>Tom &amp; Ada ask: are you there, Jane?</p>", "<p>Tom &amp; Ada ask: are you there?</p>"),
            ("<p>Well done, Jane!</p>", "<p>Well done!</p>"),
            (
                "<p>Thank you, Jane! Hello Jane! Do you sail, Jane? Good news, Jane, you do.</p>",
                "<p>Thank you! Hello! Do you sail? Good news, you do.</p>",
            ),
            (
                "<p>Die Fähre kommt. Wie Sie wissen, Jane, ist der Kai zu.</p>",
                "<p>Die Fähre kommt. Wie Sie wissen, ist der Kai zu.</p>",
            ),
            ("<p>El muelle abre. ¡Gracias, Jane!</p>", "<p>El muelle abre. ¡Gracias!</p>"),
        ] {
            assert_eq!(jane(html), expected);
        }
    }

    #[test]
    fn a_sentence_that_tells_of_somebody_keeps_the_name() {
        for html in [
            "<p>The keeper, Jane, lights the lamp at dusk.</p>",
            "<p>Do you know Jane, who lights the lamp?</p>",
            "<p>You can meet Ada, Jane, Ruth and Eva on the quay.</p>",
            "<p>You can meet Ada, Jane, and Ruth on the quay.</p>",
            "<p>The council thanked Jane. The quay is open.</p>",
            "<p>Jane Doe, the keeper, will show you the lamp.</p>",
            "<p>Jane lights the lamp, and you may watch.</p>",
            "<p>Thanks to Jane, you may watch.</p>",
            "<p>You owe it to a jane, of course.</p>",
        ] {
            assert_eq!(jane(html), html);
        }
    }

    #[test]
    fn a_paragraph_of_many_words_is_looked_through() {
        let long = "the tide comes and goes ".repeat(40);
        let html = format!("<p>{long}, as you know, Jane, and {long}. Thank you, Jane!</p>");
        assert!(!jane(&html).contains("Thank you, Jane"));
        assert_eq!(jane(&"é ".repeat(200)), "é ".repeat(200));
    }
}

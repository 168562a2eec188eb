//! Pages of the kinds that organisations publish, in several languages and layouts, and what each is.

/// A page, and what must come of it.
pub struct Page {
    /// What the page shows.
    pub name: &'static str,
    pub text: &'static str,
    /// Title and date with its basis, of each bulletin.
    pub bulletins: &'static [(&'static str, &'static str)],
    pub authors: &'static str,
    pub categories: &'static str,
    /// What all bodies together must hold.
    pub kept: &'static [&'static str],
    /// What no body, title or summary may hold.
    pub gone: &'static [&'static str],
}

pub const BLANK: Page =
    Page { name: "", text: "", bulletins: &[], authors: "", categories: "", kept: &[], gone: &[] };

/// Articles, with what surrounds them.
pub const ARTICLES: &[Page] = &[
    Page {
        name: "a plain article comes through entire",
        text: "Ferry to the Outer Isles Runs Again

The ferry to the Outer Isles runs again from Monday, after three weeks of repairs to its ramp.

Two boats a day leave the southern quay, at eight in the morning and at four in the afternoon.

Timetable

- Monday to Friday: 8:00 and 16:00
- Saturday: 9:00

Tickets are sold on board.",
        bulletins: &[("Ferry to the Outer Isles Runs Again", "")],
        kept: &[
            "<p>The ferry to the Outer Isles runs",
            "<p>Two boats a day",
            "<h2>Timetable</h2>",
            "<ul><li>Monday to Friday: 8:00 and 16:00</li><li>Saturday: 9:00</li></ul>",
            "<p>Tickets are sold on board.</p>",
        ],
        ..BLANK
    },
    Page {
        name: "a notice of one line is its own body",
        text: "Office closed on 5 May.",
        bulletins: &[("Office closed on 5 May.", "")],
        kept: &["Office closed on 5 May."],
        ..BLANK
    },
    Page {
        name: "a notice of two lines has the first for its title",
        text: "Office closed on 5 May.\nIt opens again on Monday.",
        bulletins: &[("Office closed on 5 May.", "")],
        kept: &["It opens again on Monday."],
        ..BLANK
    },
    Page {
        name: "a title in capitals under a breadcrumb and a menu",
        text: "Skip to main content
Home
About us
News
Events
Contact
Home > News > Releases

HARBOUR DUES UNCHANGED NEXT YEAR

Posted on March 3, 2019 by Ines Falk | Leave a comment

The council of the port has decided to leave the harbour dues as they are for another year.

Small boats go on paying nothing in the winter months.

Share this:
Twitter
Facebook
Like this:
Like Loading...

Related
Dredging begins in the northern basin
In \"Port works\"",
        bulletins: &[("HARBOUR DUES UNCHANGED NEXT YEAR", "2019-03-03 Stated")],
        authors: "Ines Falk",
        kept: &["The council of the port", "Small boats go on"],
        gone: &["Skip to", "About us", "Leave a comment", "Twitter", "Loading", "Dredging", "Posted on"],
        ..BLANK
    },
    Page {
        name: "a blog post with comments in Spanish",
        text: "La noche en que volvió la luz

Publicado el 18 de mayo de 2017 por Elena Prado

Durante nueve años la torre estuvo a oscuras. Anoche, poco después de las diez, la linterna giró otra vez y la bahía entera salió a mirarla.

Los pescadores fueron los primeros en saludarla con sus bocinas desde el muelle viejo.

Categorías: Crónicas, Faros
Etiquetas: faro, noche

Comparte esto:
Twitter
Facebook

2 comentarios en «La noche en que volvió la luz»

Ramón
19 de mayo de 2017 a las 10:12
Yo estuve allí y todavía se me pone la piel de gallina al recordarlo.

Deja un comentario

Tu dirección de correo electrónico no será publicada. Los campos obligatorios están marcados con *

Nombre
Correo electrónico
Publicar comentario",
        bulletins: &[("La noche en que volvió la luz", "2017-05-18 Stated")],
        authors: "Elena Prado",
        categories: "Crónicas; Faros; faro; noche",
        kept: &["Durante nueve años", "Los pescadores"],
        gone: &["Comparte", "Twitter", "Ramón", "gallina", "Deja un", "obligatorios", "Nombre", "Publicado"],
    },
    Page {
        name: "a blog post with a form in French, and the author in a line of their own",
        text: "Journal du bassin

Trois jours avec les mesureurs d’eau
Par Jeanne Dupont et Luc Martin
5 septembre 2018

Ils se lèvent avant le jour, chargent la barque et remontent la rivière jusqu’à la première échelle.

À midi ils ont relevé onze niveaux et n’ont parlé à personne.

Laisser un commentaire

Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *",
        bulletins: &[("Trois jours avec les mesureurs d’eau", "2018-09-05 Stated")],
        authors: "Jeanne Dupont; Luc Martin",
        kept: &["Ils se lèvent", "À midi"],
        gone: &["Laisser", "champs", "Par Jeanne"],
        ..BLANK
    },
    Page {
        name: "a Portuguese article with a byline and related links below",
        text: "Comunicado de imprensa

Barragem do Vale abre as comportas

Por Marta Lopes | 7 de fevereiro de 2021

A barragem do Vale abriu as comportas esta manhã, pela primeira vez em quatro anos.

A descarga continua até domingo e o nível do rio não deve passar a marca de aviso.

Leia também
Ponte antiga fecha para obras
Pescadores pedem novas datas",
        bulletins: &[("Barragem do Vale abre as comportas", "2021-02-07 Stated")],
        authors: "Marta Lopes",
        categories: "Comunicado de imprensa",
        kept: &["abriu as comportas", "A descarga continua"],
        gone: &["Leia", "Ponte antiga", "Pescadores", "Por Marta"],
    },
    Page {
        name: "an article with highlights as a list, a credit and a subtitle",
        text: "River Council Agrees on Low-Water Rules for Summer
Ports get six weeks to adapt their timetables

By Mary Quill, 14 May 2020

Highlights
• Drafts are limited to two metres from June
• Night traffic stops below the weir

Photo: River Council / Sam Ode

The River Council agreed on Thursday on rules for the low water that is expected this summer.

Captains had asked for clear limits after two groundings last year.",
        bulletins: &[("River Council Agrees on Low-Water Rules for Summer", "2020-05-14 Stated")],
        authors: "Mary Quill",
        kept: &["agreed on Thursday", "Captains had asked"],
        gone: &["Photo:", "Sam Ode", "Highlights", "By Mary"],
        ..BLANK
    },
    Page {
        name: "a reprint in French names where and when it came out first",
        text: "Des élèves devant la grande échelle du port. Photo : Archives du bassin

Mesurer l’eau, une affaire de patience

Mesurer une rivière demande moins d’instruments que d’habitude, écrivait déjà le premier ingénieur du bassin.

Ses carnets, retrouvés dans un grenier, couvrent vingt-deux années sans une seule lacune.

Paru dans la Revue des rivières, n° 31, octobre 2014.",
        bulletins: &[("Mesurer l’eau, une affaire de patience", "2014-10 Stated")],
        kept: &["Mesurer une rivière", "Ses carnets", "Paru dans la Revue des rivières"],
        gone: &["Des élèves"],
        ..BLANK
    },
    Page {
        name: "a German reprint with the note above the text",
        text: "Die Fährleute von Niederau

Zuerst erschienen in: Strom und Ufer, Heft 3, 21. September 2012

Wer in Niederau über den Fluss will, ruft, und wer lange ruft, wird am Ende doch geholt.

Seit vier Generationen betreibt eine Familie die Fähre, und keine davon hat je einen Fahrplan gedruckt.",
        bulletins: &[("Die Fährleute von Niederau", "2012-09-21 Stated")],
        kept: &["Zuerst erschienen in: Strom und Ufer", "Wer in Niederau", "Seit vier Generationen"],
        ..BLANK
    },
    Page {
        name: "dates deep in prose are nobody's date of publication",
        text: "How the Bar Was Dredged

The bar at the mouth of the river had stopped ships for as long as anybody could remember.

Work began on 3 March 1911 and stopped on 7 August 1914, when the crews were called away.

It was finished on 9 June 1922, eleven years after the first bucket.",
        bulletins: &[("How the Bar Was Dredged", "")],
        kept: &["Work began on 3 March 1911"],
        ..BLANK
    },
    Page {
        name: "an article with headings is not split",
        text: "Annual Review of the Lights

12 December 2019

The Authority kept forty lights this year and lost none of them for longer than a night.

Repairs

Six towers were painted, and the stairs of the oldest were replaced on 3 May 2019.

Staff

Four keepers retired, and five were sworn in on 1 September 2019.

Outlook

Next year the northern lights will be switched to the new lamps.",
        bulletins: &[("Annual Review of the Lights", "2019-12-12 Stated")],
        kept: &["<h2>Repairs</h2>", "<h2>Staff</h2>", "<h2>Outlook</h2>", "Next year"],
        ..BLANK
    },
    Page {
        name: "a Russian news item",
        text: "Новости

Паром на остров снова ходит по расписанию

4 апреля 2018 г.

Паром на остров снова ходит по расписанию после ремонта, который продолжался почти три недели.

Читайте также
На маяке открылась выставка",
        bulletins: &[("Паром на остров снова ходит по расписанию", "2018-04-04 Stated")],
        categories: "Новости",
        kept: &["после ремонта"],
        gone: &["Читайте", "выставка"],
        ..BLANK
    },
    Page {
        name: "an Arabic news item",
        text: "آخر الأخبار

العبارة تعود إلى العمل بين الضفتين

4 أبريل 2018

عادت العبارة إلى العمل بين ضفتي النهر بعد ثلاثة أسابيع من أعمال الصيانة في المرسى الجنوبي.

اقرأ أيضا
معرض جديد في المنارة القديمة",
        bulletins: &[("العبارة تعود إلى العمل بين الضفتين", "2018-04-04 Stated")],
        categories: "آخر الأخبار",
        kept: &["المرسى الجنوبي"],
        gone: &["معرض"],
        ..BLANK
    },
    Page {
        name: "an article between cookie notice and footer, with login and search",
        text: "This website uses cookies to ensure you get the best experience. Accept
Log in | Register
Search

Statement

Statement on the Closure of the Eastern Lock

Published: 21 August 2018
Last updated: 2 September 2018

The eastern lock stays closed until its gates have been inspected, the Authority decided on Monday.

Ships of less than thirty metres can use the western lock at any time.

Tags: locks, navigation

Previous article: Swimming ban lifted
Next article: New director named

About us
Privacy policy
Contact us
© 2018 River Authority. All rights reserved.",
        bulletins: &[("Statement on the Closure of the Eastern Lock", "2018-08-21 Stated")],
        categories: "Statement; locks; navigation",
        kept: &["The eastern lock stays", "Ships of less than"],
        gone: &["cookies", "Log in", "Search", "Published", "Swimming", "director", "Privacy", "rights reserved"],
        ..BLANK
    },
    Page {
        name: "an article in Markdown",
        text: "# Pilots' boats go electric

*4 April 2018*

The first of six electric boats for the pilots was launched in the western yard.

## What changes

1. Less noise at night
2. No diesel in the basin

> It is like rowing without oars, said the oldest pilot.",
        bulletins: &[("Pilots' boats go electric", "2018-04-04 Stated")],
        kept: &[
            "<h2>What changes</h2>",
            "<ol><li>Less noise at night</li><li>No diesel in the basin</li></ol>",
            "<blockquote><p>It is like rowing",
        ],
        ..BLANK
    },
    Page {
        name: "prose that uses the words of chrome stays",
        text: "Readers Share Their Memories of the Ferry

Share your memories, we asked, and more than two hundred readers wrote to us about the ferry.

Contact between the two banks was never easy, wrote one of them, and in winter there was none.

Home was on the other side, wrote another; she crossed on 4 April 1962 and stayed.

Comments like these fill eleven folders in the archive of the Authority.",
        bulletins: &[("Readers Share Their Memories of the Ferry", "")],
        kept: &["Share your memories", "Contact between", "Home was on", "Comments like these"],
        ..BLANK
    },
    Page {
        name: "a date below the standfirst, after a credit that no full stop parts from its caption",
        text: "Start
Aktuelles
Kontakt

Die Fähre fährt wieder auch bei Niedrigwasser

Die neue Fähre in Niederau Foto: Hafenamt

Ein flacherer Rumpf macht es möglich, sagt das Hafenamt nach den ersten Fahrten.

26. Januar 2022

Seit Montag fährt die Fähre wieder nach Plan, obwohl der Pegel so niedrig steht wie zuletzt vor acht Jahren.

Die Fahrten am Abend bleiben bis März ausgesetzt.",
        bulletins: &[("Die Fähre fährt wieder auch bei Niedrigwasser", "2022-01-26 Stated")],
        kept: &["Ein flacherer Rumpf", "Seit Montag", "bis März"],
        gone: &["Start", "Kontakt", "Foto", "Januar"],
        ..BLANK
    },
    Page {
        name: "a Chinese article, whose words have no spaces between them",
        text: "新闻

灯塔管理局更换北码头的旧灯

2018年4月4日

北码头的旧灯已经使用了四十年，灯塔管理局昨晚把它换成了新的节能灯，船员们在五海里以外就能看到它的光。

管理局说，南码头的灯将在明年春天更换，工程期间港口照常开放，不会影响夜间航行。",
        bulletins: &[("灯塔管理局更换北码头的旧灯", "2018-04-04 Stated")],
        kept: &["北码头的旧灯已经", "南码头的灯将在"],
        ..BLANK
    },
    Page {
        name: "links within an article do not end it",
        text: "How the Weir Was Moved

The weir was moved forty metres downstream in the winter of the great frost, by hand and by horse.

Read also
The horses of the upper reach

Nobody had asked the millers, who found their wheels dry on the first morning of the thaw.

They were paid in the end, after eleven years and three lawsuits, with land that was under water.",
        bulletins: &[("How the Weir Was Moved", "")],
        kept: &["by hand and by horse", "Nobody had asked", "three lawsuits"],
        gone: &["Read also", "The horses of"],
        ..BLANK
    },
];

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

const BLANK: Page =
    Page { name: "", text: "", bulletins: &[], authors: "", categories: "", kept: &[], gone: &[] };

pub const PAGES: &[Page] = &[
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
        name: "a press release with a contact, a dateline and an end mark",
        text: "FOR IMMEDIATE RELEASE
Contact: Paula Reyes
+44 20 7946 0000
press@example.org

Lighthouse Keepers Sign First Agreement on Shared Radio Watch

PORTO SOL, 12 January 2021 – The keepers of eleven lighthouses signed an agreement today that lets them share their radio watch at night.

The agreement was two years in the making and begins in spring.

About the Authority

The Authority keeps the lights of the southern coast, which ships have followed since 1850.

###

For more information, please contact press@example.org or call +44 20 7946 0000.",
        bulletins: &[("Lighthouse Keepers Sign First Agreement on Shared Radio Watch", "2021-01-12 Stated")],
        kept: &["The keepers of eleven lighthouses", "two years in the making", "<h2>About the Authority</h2>", "keeps the lights"],
        gone: &["IMMEDIATE", "Paula Reyes", "7946", "###", "press@"],
        ..BLANK
    },
    Page {
        name: "a French newsletter with its wording and a round-up",
        text: "Si ce message ne s’affiche pas correctement, cliquez ici

Le 6 juin 2019

Questions : redaction@example.org

bannière

Les gardiens du phare de Sauzet fêtent la nouvelle lanterne. © Autorité des phares 2019

La nouvelle lanterne de Sauzet éclaire déjà le chenal

Sauzet – Après huit mois de travaux, la lanterne du phare de Sauzet éclaire de nouveau le chenal, ont annoncé ses gardiens.

Le chantier a réuni quarante personnes et n’a pas interrompu la navigation.

Lire la suite | Partager

Marie : « Je n’avais jamais vu la côte d’aussi haut. »

Partager sur Twitter | Facebook

En savoir plus

La presse en parle

• Le Courrier du Cap raconte la dernière nuit de l’ancienne lampe.
• Radio Marée a suivi les gardiens pendant une semaine.

Contacts presse

Pour toute demande d’interview, merci de joindre
l’équipe de communication ici.

Vous recevez ce message parce que vous êtes abonné. Se désabonner",
        bulletins: &[("La nouvelle lanterne de Sauzet éclaire déjà le chenal", "2019-06-06 Stated")],
        kept: &["Après huit mois de travaux", "<h2>La presse en parle</h2>\n<ul><li>Le Courrier du Cap", "Radio Marée"],
        gone: &["affiche pas", "redaction@", "bannière", "fêtent", "Lire la suite", "Marie :", "Partager", "savoir plus", "Contacts", "interview", "équipe de communication", "désabonner"],
        ..BLANK
    },
    Page {
        name: "a listing with dates below the titles, in French",
        text: "Actualités

Réouverture du musée des phares
Publié le 3 mars 2020
Le musée des phares rouvre ses portes samedi, avec une salle de plus consacrée aux lentilles.
Lire la suite

Le bac de nuit reprend son service
Publié le 27 février 2020
Le bac de nuit reprend son service entre les deux rives, du jeudi au dimanche.
Lire la suite

Une exposition sur les cartes marines
Publié le 14 février 2020
Quarante cartes anciennes sont exposées à la capitainerie jusqu’au mois de mai.
Lire la suite

Pages : 1 2 3 suivant",
        bulletins: &[
            ("Réouverture du musée des phares", "2020-03-03 Stated"),
            ("Le bac de nuit reprend son service", "2020-02-27 Stated"),
            ("Une exposition sur les cartes marines", "2020-02-14 Stated"),
        ],
        categories: "Actualités",
        kept: &["rouvre ses portes", "du jeudi au dimanche", "Quarante cartes"],
        gone: &["Lire la suite", "Publié", "suivant"],
        ..BLANK
    },
    Page {
        name: "a listing with dates above the titles, in German",
        text: "Aktuelle Meldungen

04.04.2018

Pegel am Oberlauf steigt langsam

Der Pegel am Oberlauf ist seit dem Wochenende um zwanzig Zentimeter gestiegen, Warnungen gibt es keine.

Weiterlesen

28.03.2018

Neue Messstelle an der Mühlenbrücke

An der Mühlenbrücke misst seit dieser Woche eine neue Station den Wasserstand.

Weiterlesen

15.03.2018

Frühjahrsputz an den Ufern

Mehr als hundert Freiwillige haben am Samstag die Ufer zwischen den beiden Wehren gesäubert.

Weiterlesen",
        bulletins: &[
            ("Pegel am Oberlauf steigt langsam", "2018-04-04 Stated"),
            ("Neue Messstelle an der Mühlenbrücke", "2018-03-28 Stated"),
            ("Frühjahrsputz an den Ufern", "2018-03-15 Stated"),
        ],
        categories: "Aktuelle Meldungen",
        kept: &["zwanzig Zentimeter", "neue Station", "Freiwillige"],
        gone: &["Weiterlesen"],
        ..BLANK
    },
    Page {
        name: "a listing whose titles begin with the date, in Italian",
        text: "Ultime notizie

12/05/2021 - Riapre la passeggiata sul molo
La passeggiata sul molo riapre sabato dopo i lavori di consolidamento della scogliera.

03/05/2021 - Nuovi orari per il faro
Da maggio il faro si visita anche di sera, su prenotazione.

22/04/2021 - Concorso fotografico sul fiume
Il concorso fotografico di quest’anno è dedicato alle chiuse e ai loro custodi.",
        bulletins: &[
            ("Riapre la passeggiata sul molo", "2021-05-12 Stated"),
            ("Nuovi orari per il faro", "2021-05-03 Stated"),
            ("Concorso fotografico sul fiume", "2021-04-22 Stated"),
        ],
        categories: "Ultime notizie",
        kept: &["riapre sabato", "su prenotazione", "custodi"],
        ..BLANK
    },
    Page {
        name: "a listing with datelines in the text, in Spanish",
        text: "Últimas noticias

Reabre el sendero del delta
Puerto Claro, 9 de julio de 2022.- El sendero del delta reabre este fin de semana tras la crecida de junio.

Campaña de limpieza en las playas
Puerto Claro, 2 de julio de 2022.- Más de trescientas personas limpiaron las playas del delta el sábado.

Nuevo mapa de las aves del río
Puerto Claro, 24 de junio de 2022.- El mapa reúne diez años de observaciones de los vecinos.",
        bulletins: &[
            ("Reabre el sendero del delta", "2022-07-09 Stated"),
            ("Campaña de limpieza en las playas", "2022-07-02 Stated"),
            ("Nuevo mapa de las aves del río", "2022-06-24 Stated"),
        ],
        categories: "Últimas noticias",
        kept: &["tras la crecida", "trescientas personas", "diez años"],
        ..BLANK
    },
    Page {
        name: "the front page of a blog splits at its posts",
        text: "The Keeper’s Log

A week of fog
Posted on 11 November 2016 by Tom Ashby
Seven days without a horizon, and the horn has not been silent for an hour of them.
Continue reading →
Leave a comment

Painting the gallery
Posted on 2 October 2016 by Tom Ashby
White again, all of it, and most of my coat as well as the railings.
Continue reading →
Leave a comment

Visitors
Posted on 20 September 2016 by Anna Reed
Forty pupils climbed the stairs today, and thirty-nine came down without being asked twice.
Continue reading →
Leave a comment

Older posts",
        bulletins: &[
            ("A week of fog", "2016-11-11 Stated"),
            ("Painting the gallery", "2016-10-02 Stated"),
            ("Visitors", "2016-09-20 Stated"),
        ],
        authors: "Tom Ashby; Tom Ashby; Anna Reed",
        categories: "The Keeper’s Log",
        kept: &["Seven days", "White again", "Forty pupils"],
        gone: &["Continue", "Leave", "Older", "Posted"],
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
        name: "the announcement of an event has an inferred date",
        text: "Open Day at the Southern Light

Date: 5 May 2018
Time: 10:00 to 16:00
Venue: Southern Light, Cape Road

Visitors can climb the tower, meet the keepers and see the old lens at work.",
        bulletins: &[("Open Day at the Southern Light", "2018-05-05 Inferred")],
        kept: &["Visitors can climb"],
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
        name: "a newsletter of several undated stories is one bulletin",
        text: "The Beacon | Newsletter no. 8 | April 2021

View this email in your browser

In this issue
• A new lamp
• Keepers wanted

New Lamp Cuts Power by Half

The new lamp at the northern pier uses half the power of the old one and is seen two miles further.

Read more

Keepers Wanted for the Winter

The Authority looks for two keepers for the winter months, with lodging and a boat.

Read more

You are receiving this because you signed up. Unsubscribe",
        bulletins: &[("New Lamp Cuts Power by Half", "2021-04 Stated")],
        kept: &["uses half the power", "<h2>Keepers Wanted for the Winter</h2>", "two keepers for the winter"],
        gone: &["browser", "In this issue", "Read more", "Unsubscribe"],
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
        name: "a mail, wrapped at 72 columns, with its header",
        text: "From: Port Office <office@example.org>
Date: Tue, 06 Oct 2015 09:30:00 +0100
Subject: Winter berths: apply by the end of the month

Dear members,

applications for winter berths are open until the end of October. As in
former years, boats that wintered here before are served first; whatever
is left will be drawn by lot at the meeting of the club.

Forms are at the office, which is open every morning but Sunday, and can
be left in the box beside its door at any hour.",
        bulletins: &[("Winter berths: apply by the end of the month", "2015-10-06T09:30:00+01:00 Stated")],
        kept: &["As in former years, boats that wintered here before", "can be left in the box"],
        gone: &["office@example.org"],
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
        name: "a letter dated at its end, with a place",
        text: "To the owners of boats in the old harbour

The old harbour will be emptied this winter so that its walls can be repaired.

Please move your boats to the new basin before the first of November.

Port Office
Niederau, 14 September 2017",
        bulletins: &[("To the owners of boats in the old harbour", "2017-09-14 Stated")],
        kept: &["will be emptied", "Please move your boats", "Port Office"],
        ..BLANK
    },
    Page {
        name: "a Dutch listing with a line of category and date",
        text: "Laatste nieuws

Sluis weer open
Persbericht | 3 juni 2021
De sluis is weer open voor alle schepen, een dag eerder dan gepland.
Lees meer

Nieuwe veerman gezocht
Vacature | 28 mei 2021
Het veer zoekt een nieuwe veerman voor de zomer en het najaar.
Lees meer",
        bulletins: &[("Sluis weer open", "2021-06-03 Stated"), ("Nieuwe veerman gezocht", "2021-05-28 Stated")],
        kept: &["een dag eerder", "zoekt een nieuwe"],
        gone: &["Lees meer"],
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
];

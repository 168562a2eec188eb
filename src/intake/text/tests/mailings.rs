//! Listings, newsletters, letters and notices: pages that are more than an article, or hardly one.

use super::pages::{BLANK, Page};

/// Pages that split, and those that look as if they should and do not.
pub const MAILINGS: &[Page] = &[
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
        name: "a listing whose extracts end in their link",
        text: "News

Harbour Map Goes Online
Published on December 15, 2017
The map shows depths, lights and berths and is drawn anew every night. Read more

Pilots Meet in Nordhavn
Published on June 28, 2017
More than sixty pilots met for three days to compare their radios. Read more

Summer Places for Young Keepers
Published on April 3, 2017
Applications for the summer are open until the middle of May. Read more",
        bulletins: &[
            ("Harbour Map Goes Online", "2017-12-15 Stated"),
            ("Pilots Meet in Nordhavn", "2017-06-28 Stated"),
            ("Summer Places for Young Keepers", "2017-04-03 Stated"),
        ],
        categories: "News",
        kept: &["drawn anew every night.</p>", "compare their radios.</p>", "middle of May.</p>"],
        gone: &["Read more"],
        ..BLANK
    },
    Page {
        name: "a Spanish press release whose dateline ends in a full stop, with contacts below",
        text: "Comunicado de prensa n.º 7

LA AUTORIDAD DE FAROS ABRE SUS TALLERES

Puerto Claro, 7 de agosto de 2018. La Autoridad de Faros abre desde hoy sus talleres a las escuelas de la provincia.

Las visitas duran una mañana y son gratuitas.

Para más información, favor de contactar a:
Ana Mora
Tel: +34 900 000 000
Correo: prensa@example.org",
        bulletins: &[("LA AUTORIDAD DE FAROS ABRE SUS TALLERES", "2018-08-07 Stated")],
        categories: "Comunicado de prensa",
        kept: &["abre desde hoy", "duran una mañana"],
        gone: &["Para más", "Ana Mora", "900", "prensa@"],
        ..BLANK
    },
    Page {
        name: "a post by nobody, with its tags in the byline",
        text: "A Winter on the Rock
Posted on March 3, 2017 by admin
in Blog | Tagged winter, keepers | 2 Comments
When the boat came back after nine weeks, nobody on the rock had counted them.
They had read every book twice and painted the door three times.
Leave a comment
Name
Email
Post Comment",
        bulletins: &[("A Winter on the Rock", "2017-03-03 Stated")],
        categories: "winter; keepers",
        kept: &["nine weeks", "every book twice"],
        gone: &["admin", "Tagged", "Leave", "Name"],
        ..BLANK
    },
];

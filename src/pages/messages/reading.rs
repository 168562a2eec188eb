//! What the pages of the reading room say.

super::messages! {
/// The words of the pages that everyone reads.
Words {
    // Around every page.
    skip: "Skip to the content" | "Aller au contenu" | "Ir al contenido";
    navigation: "Site" | "Site" | "Sitio";
    feeds: "Feeds" | "Flux" | "Canales";
    about: "About" | "À propos" | "Acerca de";
    languages: "Language of the interface" | "Langue de l’interface" | "Idioma de la interfaz";
    search: "Search" | "Rechercher" | "Buscar";
    search_the_bulletins: "Search the bulletins" | "Rechercher dans les communiqués" | "Buscar en los comunicados";
    foot: "A permanent record: addresses do not change, and every version is kept."
        | "Des archives permanentes : les adresses ne changent pas, et chaque version est conservée."
        | "Un archivo permanente: las direcciones no cambian y se conserva cada versión.";
    all_feeds_as_opml: "All feeds as OPML" | "Tous les flux en OPML" | "Todos los canales en OPML";

    // Counts.
    bulletin_one: "{count} bulletin" | "{count} communiqué" | "{count} comunicado";
    bulletin_many: "{count} bulletins" | "{count} communiqués" | "{count} comunicados";
    version_one: "{count} version" | "{count} version" | "{count} versión";
    version_many: "{count} versions" | "{count} versions" | "{count} versiones";
    word_one: "{count} word" | "{count} mot" | "{count} palabra";
    word_many: "{count} words" | "{count} mots" | "{count} palabras";
    unchanged_one: "{count} unchanged paragraph" | "{count} paragraphe inchangé" | "{count} párrafo sin cambios";
    unchanged_many: "{count} unchanged paragraphs" | "{count} paragraphes inchangés" | "{count} párrafos sin cambios";

    // Dates.
    /// Nobody said when it was published: this is when it came.
    date_received: "received {date}" | "reçu le {date}" | "recibido el {date}";
    date_inferred: "{date} (date inferred)" | "{date} (date déduite)" | "{date} (fecha inferida)";
    date_undated: "Month not known" | "Mois inconnu" | "Mes desconocido";

    // Lists, and the selections that they can be narrowed to.
    all_bulletins: "All bulletins" | "Tous les communiqués" | "Todos los comunicados";
    bulletins: "Bulletins" | "Communiqués" | "Comunicados";
    categories: "Categories" | "Catégories" | "Categorías";
    years: "Years" | "Années" | "Años";
    months: "Months" | "Mois" | "Meses";
    wider: "Wider" | "Plus large" | "Más amplio";
    latest: "Latest" | "Derniers communiqués" | "Últimos comunicados";
    nothing_yet: "Nothing has been published yet." | "Rien n’a encore été publié." | "Todavía no se ha publicado nada.";
    nothing_here: "There are no bulletins here." | "Il n’y a pas de communiqué ici." | "No hay comunicados aquí.";
    years_to_years: "{bulletins}, {first} to {last}" | "{bulletins}, de {first} à {last}" | "{bulletins}, de {first} a {last}";
    of_one_year: "{bulletins}, {year}" | "{bulletins}, {year}" | "{bulletins}, {year}";
    follow_as: "Follow as {formats}" | "Suivre en {formats}" | "Seguir en {formats}";
    older: "Older" | "Plus anciens" | "Más antiguos";
    newer: "Newer" | "Plus récents" | "Más recientes";
    to_the_newest: "Newest" | "Les plus récents" | "Los más recientes";
    pages: "Pages" | "Pages" | "Páginas";
    in_year: "{category}, {year}" | "{category}, {year}" | "{category}, {year}";
    further: "{title}, further back" | "{title}, suite" | "{title}, continuación";

    // Pictures.
    by_month: "Bulletins by month" | "Communiqués par mois" | "Comunicados por mes";
    bar: "{what}: {bulletins}" | "{what} : {bulletins}" | "{what}: {bulletins}";
    most_in_a_month: "at most {count} in a month" | "au plus {count} en un mois" | "como máximo {count} en un mes";
    as_a_table: "The same as a table" | "Les mêmes chiffres en tableau" | "Las mismas cifras en una tabla";

    // How to subscribe.
    subscribe: "Subscribe" | "S’abonner" | "Suscribirse";
    paste_address: "Paste this address into any feed reader:"
        | "Collez cette adresse dans n’importe quel lecteur de flux :"
        | "Pegue esta dirección en cualquier lector de canales:";
    also_as: "Also as {formats}" | "Aussi en {formats}" | "También en {formats}";
    and: "{list} and {last}" | "{list} et {last}" | "{list} y {last}";
    feeds_by_category_and_year: "Feeds by category and year" | "Flux par catégorie et par année" | "Canales por categoría y por año";
    feeds_lead: "Follow everything, or only what concerns you."
        | "Suivez tout, ou seulement ce qui vous concerne."
        | "Sígalo todo, o solo lo que le interesa.";
    feeds_explained: "Paste an address into any feed reader. {formats} carry the same entries under the same ids; take whichever your software prefers. Corrections and withdrawals arrive as well, and a reader that can go back in a feed’s history reaches its very first entry."
        | "Collez une adresse dans n’importe quel lecteur de flux. {formats} contiennent les mêmes entrées sous les mêmes identifiants ; prenez le format que votre logiciel préfère. Les corrections et les retraits arrivent aussi, et un lecteur qui sait remonter l’historique d’un flux en atteint la toute première entrée."
        | "Pegue una dirección en cualquier lector de canales. {formats} llevan las mismas entradas con los mismos identificadores; elija el formato que prefiera su programa. También llegan las correcciones y las retiradas, y un lector que sepa recorrer el historial de un canal alcanza su primera entrada.";
    feeds_opml: "{opml}, to import into a reader." | "{opml}, à importer dans un lecteur." | "{opml}, para importar en un lector.";
    everything: "Everything" | "Tout" | "Todo";
    feeds_by_category: "By category" | "Par catégorie" | "Por categoría";
    feeds_by_year: "By year" | "Par année" | "Por año";
    feeds_of: "Feeds of “{category}”" | "Flux de « {category} »" | "Canales de «{category}»";
    years_lower: "by year" | "par année" | "por año";
    more_categories: "More categories" | "Autres catégories" | "Más categorías";
    feed: "Feed" | "Flux" | "Canal";
    formats: "Formats" | "Formats" | "Formatos";

    // A bulletin.
    old_version: "This is an old version." | "Ceci est une ancienne version." | "Esta es una versión antigua.";
    old_version_which: "Version {version} of {versions}, as it was captured on {date}."
        | "Version {version} sur {versions}, telle qu’elle a été enregistrée le {date}."
        | "Versión {version} de {versions}, tal como se registró el {date}.";
    read_current: "Read the current version" | "Lire la version actuelle" | "Leer la versión actual";
    see_changes: "See what has changed since" | "Voir ce qui a changé depuis" | "Ver qué ha cambiado desde entonces";
    newest_version: "This is version {version}, the newest, at an address where it will not change. {permalink} always has the newest."
        | "Ceci est la version {version}, la plus récente, à une adresse où elle ne changera pas. {permalink} mène toujours à la plus récente."
        | "Esta es la versión {version}, la más reciente, en una dirección donde no cambiará. {permalink} siempre lleva a la más reciente.";
    the_permalink: "The permalink" | "Le permalien" | "El enlace permanente";
    corrected: "Corrected {date}: this is version {version}." | "Corrigé le {date} : ceci est la version {version}." | "Corregido el {date}: esta es la versión {version}.";
    see_history: "See its history" | "Voir son historique" | "Ver su historial";
    published: "Published" | "Publié" | "Publicado";
    authors: "Authors" | "Auteurs" | "Autores";
    files: "Files" | "Fichiers" | "Archivos";
    bytes: "{count} bytes" | "{count} octets" | "{count} bytes";
    kilobytes: "{count} kB" | "{count} ko" | "{count} kB";
    megabytes: "{count} MB" | "{count} Mo" | "{count} MB";
    cite: "How to cite" | "Comment citer" | "Cómo citar";
    cite_bibtex: "As BibTeX" | "En BibTeX" | "En BibTeX";
    cite_version: "version {version}, {date}" | "version {version}, {date}" | "versión {version}, {date}";
    record: "Record" | "Notice" | "Registro";
    permalink: "Permalink" | "Permalien" | "Enlace permanente";
    first_published_at: "First published at" | "Publié d’abord à" | "Publicado primero en";
    related: "Related" | "Apparenté" | "Relacionado";
    see_also: "See also" | "Voir aussi" | "Véase también";
    source: "Source" | "Source" | "Fuente";
    also_known_as: "Also known as" | "Aussi connu comme" | "También conocido como";
    version: "Version" | "Version" | "Versión";
    version_of: "{version} of {versions}, captured {date}" | "{version} sur {versions}, enregistrée le {date}" | "{version} de {versions}, registrada el {date}";
    version_only: "{version}, captured {date}" | "{version}, enregistrée le {date}" | "{version}, registrada el {date}";
    entry_id: "Entry id" | "Identifiant d’entrée" | "Identificador de entrada";
    sha256: "SHA-256" | "SHA-256" | "SHA-256";
    other_forms: "For programs" | "Pour les programmes" | "Para programas";
    verify: "Verify that this is unchanged" | "Vérifier que rien n’a changé" | "Comprobar que nada ha cambiado";
    verify_how: "This prints the SHA-256 above as long as not a character of the content has changed:"
        | "Cette commande affiche le SHA-256 ci-dessus tant qu’aucun caractère du contenu n’a changé :"
        | "Esta orden muestra el SHA-256 de arriba mientras no haya cambiado ni un carácter del contenido:";
    original_kept: "What arrived is kept as well: {original}." | "Ce qui est arrivé est conservé aussi : {original}." | "También se conserva lo que llegó: {original}.";
    original_bytes: "the original bytes" | "les octets d’origine" | "los bytes originales";
    earlier_and_later: "Earlier and later" | "Avant et après" | "Antes y después";
    earlier: "Earlier" | "Avant" | "Antes";
    later: "Later" | "Après" | "Después";

    // History, and what changed.
    the_bulletin: "The bulletin" | "Le communiqué" | "El comunicado";
    history: "History" | "Historique" | "Historial";
    history_of: "History of “{title}”" | "Historique de « {title} »" | "Historial de «{title}»";
    none_taken_away: "{versions}. None is ever changed or taken away." | "{versions}. Aucune n’est jamais modifiée ni supprimée." | "{versions}. Ninguna se modifica ni se elimina jamás.";
    time_map: "{timemap} for programs." | "{timemap} pour les programmes." | "{timemap} para programas.";
    the_time_map: "Time map" | "Carte temporelle" | "Mapa temporal";
    captured_from: "{version}, captured {date} from {source}" | "{version}, enregistrée le {date} depuis {source}" | "{version}, registrada el {date} desde {source}";
    captured: "{version}, captured {date}" | "{version}, enregistrée le {date}" | "{version}, registrada el {date}";
    version_damaged: "This version is damaged in this archive, and is shown again once it is repaired." | "Cette version est endommagée dans ces archives, et sera de nouveau affichée une fois réparée." | "Esta versión está dañada en este archivo, y se mostrará de nuevo cuando se repare.";
    version_n: "Version {version}" | "Version {version}" | "Versión {version}";
    newest: "newest" | "la plus récente" | "la más reciente";
    entitled: "Entitled {title}" | "Intitulée {title}" | "Titulada {title}";
    as_it_first_came: "As it first came: {words}" | "Telle qu’elle est d’abord arrivée : {words}" | "Tal como llegó primero: {words}";
    change_size: "{added} put in, {removed} taken out" | "{added} : ajouts ; {removed} : suppressions" | "{added} añadidas, {removed} quitadas";
    change_unseen: "No word changed: what did is in dates, authors, links, files or markup."
        | "Aucun mot n’a changé : les changements sont dans les dates, les auteurs, les liens, les fichiers ou le balisage."
        | "No cambió ninguna palabra: los cambios están en las fechas, los autores, los enlaces, los archivos o las marcas.";
    what_changed_from: "What changed from version {version}" | "Ce qui a changé depuis la version {version}" | "Qué cambió desde la versión {version}";
    compare: "Compare" | "Comparer" | "Comparar";
    compare_any: "Compare any two versions" | "Comparer deux versions au choix" | "Comparar dos versiones cualesquiera";
    compare_from: "From version" | "De la version" | "De la versión";
    compare_to: "to version" | "à la version" | "a la versión";
    difference_title: "Version {from} and version {to} of “{title}”" | "Version {from} et version {to} de « {title} »" | "Versión {from} y versión {to} de «{title}»";
    what_changed: "What changed" | "Ce qui a changé" | "Qué cambió";
    struck_out: "Struck out" | "Barré" | "Tachado";
    underlined: "Underlined" | "Souligné" | "Subrayado";
    only_in: "{mark}: only in {version}, captured {date}" | "{mark} : seulement dans la {version}, enregistrée le {date}" | "{mark}: solo en la {version}, registrada el {date}";
    version_within: "version {version}" | "version {version}" | "versión {version}";
    content: "content" | "contenu" | "contenido";
    taken_out: "taken out" | "supprimé" | "quitado";
    put_in: "put in" | "ajouté" | "añadido";
    end_of_change: "end" | "fin" | "fin";
    no_visible_difference: "A reader sees no difference: what changed is in dates, authors, links, files or markup."
        | "Un lecteur ne voit aucune différence : les changements sont dans les dates, les auteurs, les liens, les fichiers ou le balisage."
        | "Un lector no ve ninguna diferencia: los cambios están en las fechas, los autores, los enlaces, los archivos o las marcas.";

    // When there is nothing to show.
    not_found: "Not found" | "Introuvable" | "No encontrado";
    not_found_why: "There is nothing at {path}. No bulletin’s address ever changes, so this one may have been cut short or mistyped on its way here."
        | "Il n’y a rien à {path}. L’adresse d’un communiqué ne change jamais : celle-ci a peut-être été tronquée ou mal recopiée en chemin."
        | "No hay nada en {path}. La dirección de un comunicado nunca cambia: quizá esta se cortó o se copió mal por el camino.";
    not_found_search: "Search for it by its words:" | "Recherchez-le par ses mots :" | "Búsquelo por sus palabras:";
    withdrawn: "Withdrawn" | "Retiré" | "Retirado";
    this_was_withdrawn: "This bulletin was withdrawn" | "Ce communiqué a été retiré" | "Este comunicado ha sido retirado";
    withdrawn_on: "It was withdrawn on {date}." | "Il a été retiré le {date}." | "Fue retirado el {date}.";
    no_reason: "No reason was given." | "Aucune raison n’a été donnée." | "No se indicó ningún motivo.";
    bulletin: "Bulletin" | "Communiqué" | "Comunicado";
    withdrawn_kept: "What it said is no longer shown. Its address stays, so that whoever cited it learns what became of it."
        | "Son texte n’est plus montré. Son adresse demeure, pour que ceux qui l’ont cité apprennent ce qu’il est devenu."
        | "Su texto ya no se muestra. Su dirección permanece, para que quien lo haya citado sepa qué fue de él.";
    ways_on: "Latest bulletins, categories and years" | "Derniers communiqués, catégories et années" | "Últimos comunicados, categorías y años";
    error_bad_request: "This request cannot be understood" | "Cette demande est incompréhensible" | "No se entiende esta petición";
    error_forbidden: "This is not shown" | "Ceci n’est pas montré" | "Esto no se muestra";
    error_method: "This cannot be done here" | "Cela ne se fait pas ici" | "Esto no se puede hacer aquí";
    error_busy: "Too many requests at once" | "Trop de demandes à la fois" | "Demasiadas peticiones a la vez";
    error_server: "Something went wrong on this side" | "Une erreur s’est produite de ce côté" | "Algo ha fallado de este lado";
    error_server_lead: "It is not your doing. Whoever runs this archive finds the reason in the server’s log."
        | "Vous n’y êtes pour rien. Les responsables de ces archives en trouveront la raison dans le journal du serveur."
        | "No es culpa suya. Quien administra este archivo encontrará el motivo en el registro del servidor.";
    error_away: "Back in a moment" | "De retour dans un instant" | "Volvemos enseguida";
    error_away_lead: "The server is busy or starting again. Try once more in a few seconds."
        | "Le serveur est occupé ou redémarre. Réessayez dans quelques secondes."
        | "El servidor está ocupado o se está reiniciando. Inténtelo de nuevo en unos segundos.";
    error_other: "This did not work" | "Cela n’a pas fonctionné" | "Esto no ha funcionado";
}
}

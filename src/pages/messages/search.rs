//! What the page of the search says.

super::messages! {
/// The words of the search.
SearchWords {
    search: "Search" | "Recherche" | "Búsqueda";
    title_of: "Search: {query}" | "Recherche : {query}" | "Búsqueda: {query}";
    /// What a browser calls the site's search.
    description: "Search the bulletins of {site}" | "Rechercher dans les communiqués de {site}" | "Buscar en los comunicados de {site}";
    none: "Nothing was found." | "Rien n’a été trouvé." | "No se encontró nada.";
    none_hint: "Try fewer or other words, or the beginning of a word with an asterisk: harb*"
        | "Essayez moins de mots, d’autres mots, ou le début d’un mot suivi d’un astérisque : port*"
        | "Pruebe con menos palabras, con otras, o con el principio de una palabra y un asterisco: puert*";
    by_relevance: "Best match" | "Pertinence" | "Relevancia";
    by_date: "Newest" | "Les plus récents" | "Más recientes";
    order: "Order" | "Ordre" | "Orden";
    results: "Results" | "Résultats" | "Resultados";
    follow: "Follow this search as {formats}" | "Suivre cette recherche en {formats}" | "Seguir esta búsqueda en {formats}";
    previous: "Previous" | "Précédents" | "Anteriores";
    next: "Next" | "Suivants" | "Siguientes";
    page: "Page {page}" | "Page {page}" | "Página {page}";
    no_further: "Only the first {count} can be looked through. Add a word, a year or a category to see others."
        | "Seuls les {count} premiers peuvent être parcourus. Ajoutez un mot, une année ou une catégorie pour en voir d’autres."
        | "Solo se pueden recorrer los primeros {count}. Añada una palabra, un año o una categoría para ver otros.";
    remark_too_long: "Only the beginning of what you typed was looked for: it is very long."
        | "Seul le début de votre demande a été recherché : elle est très longue."
        | "Solo se buscó el principio de lo que escribió: es muy largo.";
    remark_prefix: "{text}: give at least two letters before the asterisk."
        | "{text} : donnez au moins deux lettres avant l’astérisque."
        | "{text}: escriba al menos dos letras antes del asterisco.";
    remark_year: "{text} is no year, and was left out. Write year:2019 or year:2015..2019."
        | "{text} n’est pas une année et a été ignoré. Écrivez year:2019 ou year:2015..2019."
        | "{text} no es un año y se ha dejado de lado. Escriba year:2019 o year:2015..2019.";
    remark_category: "There is no category {text}." | "Il n’y a pas de catégorie {text}." | "No hay ninguna categoría {text}.";
    remark_some: "No bulletin has all of these words. These have some of them."
        | "Aucun communiqué ne contient tous ces mots. Ceux-ci en contiennent certains."
        | "Ningún comunicado tiene todas estas palabras. Estos tienen algunas.";
    remark_incomplete: "This search took too long and was cut short: there may be more."
        | "Cette recherche a pris trop de temps et a été interrompue : il peut y en avoir d’autres."
        | "Esta búsqueda tardó demasiado y se interrumpió: puede haber más.";
    remark_behind: "The index is being brought up to date, and not everything can be found yet: {percent} %."
        | "L’index est en cours de mise à jour, tout ne peut pas encore être trouvé : {percent} %."
        | "El índice se está actualizando y todavía no se puede encontrar todo: {percent} %.";
    how: "How to search" | "Comment rechercher" | "Cómo buscar";
    how_words: "ferry tide" | "ferry marée" | "ferri marea";
    how_words_means: "bulletins with both words, in any form and with or without accents"
        | "les communiqués qui contiennent les deux mots, sous toutes leurs formes, avec ou sans accents"
        | "los comunicados con ambas palabras, en cualquier forma, con o sin acentos";
    how_phrase: "\"spring tide\"" | "\"grande marée\"" | "\"marea viva\"";
    how_phrase_means: "the words one behind the other" | "les mots l’un après l’autre" | "las palabras una tras otra";
    how_prefix: "harb*" | "port*" | "puert*";
    how_prefix_means: "words that begin so" | "les mots qui commencent ainsi" | "las palabras que empiezan así";
    how_without: "ferry -winter" | "ferry -hiver" | "ferri -invierno";
    how_without_means: "without a word" | "sans un mot" | "sin una palabra";
    how_fields_means: "in the title, of an author, of a category, of a year or years, in a language"
        | "dans le titre, d’un auteur, d’une catégorie, d’une ou de plusieurs années, dans une langue"
        | "en el título, de un autor, de una categoría, de un año o de varios, en un idioma";
}
}

//! What the editor's desk says.

super::messages! {
/// The words of the desk.
DeskWords {
    desk: "Editor’s desk" | "Bureau de rédaction" | "Mesa de redacción";
    sign_in: "Sign in" | "Se connecter" | "Entrar";
    sign_in_lead: "The desk is for those who publish here. Show the token that you were given."
        | "Le bureau est réservé à celles et ceux qui publient ici. Présentez le jeton que vous avez reçu."
        | "La mesa es para quienes publican aquí. Muestre la clave que recibió.";
    token: "Token" | "Jeton" | "Clave";
    no_tokens: "No token is configured, so there is no desk. Whoever runs this archive makes one with `annals token`."
        | "Aucun jeton n’est configuré : il n’y a donc pas de bureau. La personne qui gère ces archives en crée un avec `annals token`."
        | "No hay ninguna clave configurada, así que no hay mesa. Quien administra este archivo crea una con `annals token`.";
    wrong_token: "This token is not known here, or has expired." | "Ce jeton est inconnu ici ou a expiré." | "Esta clave no se conoce aquí o ha caducado.";
    signed_in: "Signed in as {name}: may {rights}" | "Connecté en tant que {name} : peut {rights}" | "Ha entrado como {name}: puede {rights}";
    sign_out: "Sign out" | "Se déconnecter" | "Salir";
    admit: "publish" | "publier" | "publicar";
    revise: "revise" | "corriger" | "corregir";
    withdraw: "withdraw" | "retirer" | "retirar";
    paste: "Paste or upload a bulletin" | "Coller ou téléverser un communiqué" | "Pegar o subir un comunicado";
    paste_lead: "In any form: a page, plain text, Markdown, an email, a feed, JSON. You will see what becomes of it before anything is published."
        | "Sous n’importe quelle forme : une page, du texte brut, du Markdown, un courriel, un flux, du JSON. Vous verrez ce qui en résulte avant toute publication."
        | "En cualquier forma: una página, texto simple, Markdown, un correo, un canal, JSON. Verá el resultado antes de que se publique nada.";
    text: "Text" | "Texte" | "Texto";
    file: "Or a file" | "Ou un fichier" | "O un archivo";
    format: "Format" | "Format" | "Formato";
    by_its_look: "Tell by its look" | "Reconnaître à l’aspect" | "Reconocer por su aspecto";
    look: "See what becomes of it" | "Voir ce qui en résulte" | "Ver el resultado";
    look_again: "Look again" | "Revoir" | "Ver de nuevo";
    publish: "Publish" | "Publier" | "Publicar";
    latest: "Latest admissions" | "Dernières entrées" | "Últimas entradas";
    by: "{outcome}, by {name}, {when}" | "{outcome}, par {name}, {when}" | "{outcome}, por {name}, {when}";
    nothing_yet: "Nothing has been admitted yet." | "Rien n’a encore été publié." | "Todavía no se ha publicado nada.";
    sources: "Sources" | "Sources" | "Fuentes";
    sources_lead: "What comes without anyone sending it, and how each source is doing."
        | "Ce qui arrive sans que personne ne l’envoie, et comment se porte chaque source."
        | "Lo que llega sin que nadie lo envíe, y cómo está cada fuente.";
    no_sources: "No source is configured." | "Aucune source n’est configurée." | "No hay ninguna fuente configurada.";
    source_well: "Last success {when}" | "Dernier succès {when}" | "Último éxito {when}";
    source_never: "Never yet" | "Jamais encore" | "Nunca todavía";
    source_next: "next {when}" | "prochain essai {when}" | "próximo intento {when}";
    source_failed: "Last error, {when}: {why}" | "Dernière erreur, {when} : {why}" | "Último error, {when}: {why}";
    preview: "Before it is published" | "Avant la publication" | "Antes de publicar";
    refused: "It cannot be taken in" | "Il ne peut pas être accepté" | "No se puede aceptar";
    will_be_new: "A new bulletin." | "Un nouveau communiqué." | "Un comunicado nuevo.";
    will_be_revised: "A revision of {bulletin}: version {version}." | "Une correction de {bulletin} : version {version}." | "Una corrección de {bulletin}: versión {version}.";
    will_be_duplicate: "Already there: it says what {bulletin} says." | "Déjà présent : il dit la même chose que {bulletin}." | "Ya está: dice lo mismo que {bulletin}.";
    will_be_withdrawn: "It is {bulletin}, which was withdrawn. Nothing will be published before it is restored."
        | "C’est {bulletin}, qui a été retiré. Rien ne sera publié avant qu’il soit rétabli."
        | "Es {bulletin}, que fue retirado. No se publicará nada antes de restablecerlo.";
    conflict: "A name of it belongs to another bulletin and stays there: {alias}"
        | "L’un de ses noms appartient à un autre communiqué et y reste : {alias}"
        | "Uno de sus nombres pertenece a otro comunicado y allí se queda: {alias}";
    no_date: "No date was found." | "Aucune date n’a été trouvée." | "No se encontró ninguna fecha.";
    precision: "{date} (precise to the {precision}, {basis})" | "{date} (précision : {precision}, {basis})" | "{date} (precisión: {precision}, {basis})";
    instant: "instant" | "instant" | "instante";
    day: "day" | "jour" | "día";
    month: "month" | "mois" | "mes";
    year: "year" | "année" | "año";
    stated: "stated" | "indiquée" | "indicada";
    inferred: "inferred" | "déduite" | "inferida";
    received: "received" | "reçue" | "recibida";
    no_categories: "No category" | "Aucune catégorie" | "Sin categoría";
    left_out: "What was left out" | "Ce qui a été écarté" | "Lo que se dejó fuera";
    nothing_left_out: "Nothing was left out." | "Rien n’a été écarté." | "No se dejó nada fuera.";
    left_out_unknown: "What was left out of this format cannot be shown line by line. The original is kept whole."
        | "Pour ce format, ce qui a été écarté ne peut être montré ligne par ligne. L’original est conservé en entier."
        | "En este formato no se puede mostrar línea por línea lo que se dejó fuera. El original se conserva entero.";
    correct: "Correct it" | "Corriger" | "Corregir";
    correct_lead: "What you change here counts. What you leave as it is stays as it was found."
        | "Ce que vous modifiez ici fait foi. Ce que vous laissez tel quel reste comme il a été trouvé."
        | "Lo que cambie aquí vale. Lo que deje como está queda como se encontró.";
    title: "Title" | "Titre" | "Título";
    published: "Published" | "Publié" | "Publicado";
    published_hint: "2018, 2018-04, 2018-04-04 or an instant" | "2018, 2018-04, 2018-04-04 ou un instant" | "2018, 2018-04, 2018-04-04 o un instante";
    language: "Language" | "Langue" | "Idioma";
    categories: "Categories, one a line" | "Catégories, une par ligne" | "Categorías, una por línea";
    source: "Source" | "Source" | "Fuente";
    url: "First published at" | "Publié d’abord à" | "Publicado primero en";
    id: "Id at its source" | "Identifiant à la source" | "Identificador en su fuente";
    summary: "Summary" | "Résumé" | "Resumen";
    body: "Body (HTML)" | "Corps (HTML)" | "Cuerpo (HTML)";
    minor: "Not worth a reader’s attention" | "Ne mérite pas l’attention des lecteurs" | "No merece la atención de los lectores";
    many: "{count} bulletins in one document" | "{count} communiqués en un document" | "{count} comunicados en un documento";
    back: "Back to the desk" | "Retour au bureau" | "Volver a la mesa";
    outcome_new: "new" | "nouveau" | "nuevo";
    outcome_revised: "revised" | "corrigé" | "corregido";
    outcome_duplicate: "duplicate" | "doublon" | "duplicado";
    outcome_withdrawn: "withdrawn" | "retiré" | "retirado";
    outcome_restored: "restored" | "rétabli" | "restablecido";
    outcome_refused: "refused" | "refusé" | "rechazado";
    done_new: "It is published." | "Il est publié." | "Está publicado.";
    done_revised: "The new version is published." | "La nouvelle version est publiée." | "La nueva versión está publicada.";
    done_duplicate: "Nothing was to be published: it says what it said before." | "Rien n’était à publier : il dit ce qu’il disait déjà." | "No había nada que publicar: dice lo que ya decía.";
    done_withdrawn: "It is withdrawn." | "Il est retiré." | "Está retirado.";
    done_restored: "It is restored: readers see it again." | "Il est rétabli : les lecteurs le voient de nouveau." | "Está restablecido: los lectores lo ven de nuevo.";
    done_several: "Done: {counts}." | "C’est fait : {counts}." | "Hecho: {counts}.";
    not_done: "This was not done" | "Ceci n’a pas été fait" | "Esto no se ha hecho";
    not_done_lead: "Nothing was changed. What you wrote is still in the form: go back to it in your browser."
        | "Rien n’a été modifié. Ce que vous avez écrit est encore dans le formulaire : revenez-y dans votre navigateur."
        | "No se ha cambiado nada. Lo que escribió sigue en el formulario: vuelva a él en su navegador.";
    find: "Revise, withdraw or restore" | "Corriger, retirer ou rétablir" | "Corregir, retirar o restablecer";
    find_by: "Address or id of the bulletin" | "Adresse ou identifiant du communiqué" | "Dirección o identificador del comunicado";
    find_button: "Find it" | "Trouver" | "Buscar";
    find_none: "No bulletin is known by this." | "Aucun communiqué n’est connu sous ce nom." | "Ningún comunicado se conoce así.";
    see: "See it as readers do" | "Le voir comme les lecteurs" | "Verlo como los lectores";
    history: "History" | "Historique" | "Historial";
    revise_it: "Revise it" | "Le corriger" | "Corregirlo";
    withdraw_it: "Withdraw it" | "Le retirer" | "Retirarlo";
    revise_lead: "Change what is to change. You will see the new version before it is published; the old ones are kept."
        | "Modifiez ce qui doit changer. Vous verrez la nouvelle version avant sa publication ; les anciennes sont conservées."
        | "Cambie lo que deba cambiar. Verá la nueva versión antes de publicarla; las anteriores se conservan.";
    withdraw_lead: "Readers will see that it was withdrawn, when, and this reason. It stays in the archive’s journal."
        | "Les lecteurs verront qu’il a été retiré, quand, et ce motif. Il reste dans le journal des archives."
        | "Los lectores verán que fue retirado, cuándo, y este motivo. Permanece en el diario del archivo.";
    reason: "Reason" | "Motif" | "Motivo";
    withdrawn_since: "Withdrawn {when}: {reason}" | "Retiré {when} : {reason}" | "Retirado {when}: {reason}";
    restore: "Restore" | "Rétablir" | "Restablecer";
}
}

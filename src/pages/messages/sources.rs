//! What the page of the sources says.

super::messages! {
/// The words of the page on which whoever runs the archive sees how its sources are doing.
SourceWords {
    title: "Sources" | "Sources" | "Fuentes";
    lead: "What the server asks and watches by itself, and what came of it."
        | "Ce que le serveur interroge et surveille de lui-même, et ce qui en est résulté."
        | "Lo que el servidor consulta y vigila por sí mismo, y qué resultó de ello.";
    none: "No source is configured: see [[source]] in config.toml."
        | "Aucune source n’est configurée : voir [[source]] dans config.toml."
        | "No hay ninguna fuente configurada: véase [[source]] en config.toml.";
    source: "Source" | "Source" | "Fuente";
    state: "State" | "État" | "Estado";
    well: "well" | "en ordre" | "en orden";
    /// Asked, and nothing came of it, so often in a row.
    failing: "failing, {count} in a row" | "en échec, {count} de suite" | "falla, {count} seguidas";
    gone: "gone: asked no more" | "disparue : n’est plus interrogée" | "desaparecida: ya no se consulta";
    waiting: "not asked yet" | "pas encore interrogée" | "sin consultar todavía";
    last_success: "Last success" | "Dernier succès" | "Último éxito";
    next_poll: "Next" | "Prochaine fois" | "Próxima vez";
    never: "never" | "jamais" | "nunca";
    brought: "Brought" | "Apporté" | "Traído";
    counts: "{new} new, {revised} revised, {duplicate} known, {withdrawn} taken back, {refused} refused"
        | "{new} nouveaux, {revised} corrigés, {duplicate} connus, {withdrawn} retirés, {refused} refusés"
        | "{new} nuevos, {revised} corregidos, {duplicate} conocidos, {withdrawn} retirados, {refused} rechazados";
    moved_to: "It has moved to {place}." | "Elle a déménagé vers {place}." | "Se ha mudado a {place}.";
    last_error: "Last error, {date}: {why}" | "Dernière erreur, {date} : {why}" | "Último error, {date}: {why}";
}
}

//! What the page about the archive says.

super::messages! {
/// The words of the page that says what may be relied on, and how to check it.
About {
    title: "About this archive" | "À propos de ces archives" | "Acerca de este archivo";
    lead: "Bulletins are published once and cited for decades. This is the permanent record of them: what was said, when, by whom, and what was corrected since."
        | "Un communiqué se publie une fois et se cite pendant des décennies. Voici leurs archives permanentes : ce qui a été dit, quand, par qui, et ce qui a été corrigé depuis."
        | "Un comunicado se publica una vez y se cita durante décadas. Este es su archivo permanente: qué se dijo, cuándo, quién lo dijo y qué se ha corregido desde entonces.";
    promises: "What you can rely on" | "Ce sur quoi vous pouvez compter" | "En qué puede confiar";
    promise_permalink: "An address answers for ever. It survives a new title; a bulletin that was withdrawn says so at its address, with the date and the reason."
        | "Une adresse répond pour toujours. Elle survit à un nouveau titre ; un communiqué retiré le dit à son adresse, avec la date et la raison."
        | "Una dirección responde para siempre. Sobrevive a un título nuevo; un comunicado retirado lo dice en su dirección, con la fecha y el motivo.";
    promise_versions: "Every version is kept. A correction is a new version beside the old one, which stays at an address of its own, and any two can be compared word by word."
        | "Chaque version est conservée. Une correction est une nouvelle version à côté de l’ancienne, qui garde sa propre adresse, et l’on peut en comparer deux mot à mot."
        | "Se conserva cada versión. Una corrección es una versión nueva junto a la antigua, que mantiene su propia dirección, y se pueden comparar dos cualesquiera palabra por palabra.";
    promise_dates: "A date says no more than is known: a month where only the month is known, and “inferred” or “received” where nobody stated it."
        | "Une date ne dit pas plus que ce que l’on sait : le mois quand on ne connaît que le mois, et « déduite » ou « reçu » quand personne ne l’a indiquée."
        | "Una fecha no dice más de lo que se sabe: el mes cuando solo se conoce el mes, e «inferida» o «recibido» cuando nadie la indicó.";
    promise_hash: "Content is named by its SHA-256. An address with a hash serves the very bytes that have that hash."
        | "Chaque contenu est désigné par son SHA-256. Une adresse qui contient un condensat sert exactement les octets qui ont ce condensat."
        | "Cada contenido se designa por su SHA-256. Una dirección que contiene un resumen sirve exactamente los bytes que tienen ese resumen.";
    promise_feeds: "Every feed reaches back to its first entry, and an entry keeps its id. Corrections arrive as updates and withdrawals as withdrawals."
        | "Chaque flux remonte jusqu’à sa première entrée, et une entrée garde son identifiant. Les corrections arrivent comme des mises à jour, les retraits comme des retraits."
        | "Cada canal llega hasta su primera entrada y una entrada conserva su identificador. Las correcciones llegan como actualizaciones y las retiradas como retiradas.";
    promise_privacy: "Nothing watches you: no script, no cookie for readers, nothing loaded from elsewhere but the pictures of bulletins."
        | "Rien ne vous observe : pas de script, pas de cookie pour les lecteurs, rien de chargé d’ailleurs que les images des communiqués."
        | "Nada le observa: sin scripts, sin cookies para los lectores, nada que se cargue de otro sitio salvo las imágenes de los comunicados.";
    cite: "How to cite" | "Comment citer" | "Cómo citar";
    cite_how: "Each bulletin has, under its text, a citation to copy, as text and as BibTeX. Cite the permalink to mean the bulletin as it stands; cite a version’s own address, found in its history, to mean exactly what you read. The hash in the citation tells the two apart for ever."
        | "Sous son texte, chaque communiqué porte une citation à copier, en texte et en BibTeX. Citez le permalien pour désigner le communiqué tel qu’il est ; citez l’adresse d’une version, indiquée dans l’historique, pour désigner exactement ce que vous avez lu. Le condensat de la citation les distingue pour toujours."
        | "Debajo de su texto, cada comunicado lleva una cita para copiar, en texto y en BibTeX. Cite el enlace permanente para referirse al comunicado tal como está; cite la dirección de una versión, que figura en el historial, para referirse exactamente a lo que leyó. El resumen de la cita los distingue para siempre.";
    verify: "How to check" | "Comment vérifier" | "Cómo comprobar";
    verify_how: "Under each bulletin stands one command. It fetches the content and prints its SHA-256; if that is the hash of the citation, not a character has changed. It needs nothing of ours, only the tools that every system has."
        | "Sous chaque communiqué figure une commande. Elle récupère le contenu et en affiche le SHA-256 ; si c’est le condensat de la citation, pas un caractère n’a changé. Elle ne demande rien de chez nous, seulement les outils de n’importe quel système."
        | "Debajo de cada comunicado figura una orden. Descarga el contenido y muestra su SHA-256; si es el resumen de la cita, no ha cambiado ni un carácter. No necesita nada nuestro, solo las herramientas de cualquier sistema.";
    follow: "How to follow" | "Comment suivre" | "Cómo seguir";
    follow_how: "{feeds} are by category and by year, in every usual format. They cost nothing, need no account, and tell nobody that you read."
        | "Les {feeds} sont proposés par catégorie et par année, dans tous les formats usuels. Ils ne coûtent rien, ne demandent pas de compte et ne disent à personne que vous lisez."
        | "Los {feeds} se ofrecen por categoría y por año, en todos los formatos habituales. No cuestan nada, no piden cuenta y no le dicen a nadie que usted lee.";
    feeds_link: "Feeds" | "flux" | "canales";
    programs: "For programs" | "Pour les programmes" | "Para programas";
    programs_how: "Each bulletin is there as JSON, Atom and plain text at its permalink’s id with {endings}. Time travel follows Memento (RFC 7089): ask {timegate} with an Accept-Datetime for what stood then, or {timemap} for the list of all versions. Feeds link to their archives (RFC 5005) and mark what was withdrawn (RFC 6721)."
        | "Chaque communiqué existe en JSON, en Atom et en texte, à l’identifiant de son permalien suivi de {endings}. Le voyage dans le temps suit Memento (RFC 7089) : demandez à {timegate}, avec un Accept-Datetime, ce qui valait alors, ou à {timemap} la liste de toutes les versions. Les flux mènent à leurs archives (RFC 5005) et signalent ce qui a été retiré (RFC 6721)."
        | "Cada comunicado está en JSON, Atom y texto sin formato, en el identificador de su enlace permanente seguido de {endings}. El viaje en el tiempo sigue Memento (RFC 7089): pregunte a {timegate}, con un Accept-Datetime, qué había entonces, o a {timemap} por la lista de todas las versiones. Los canales enlazan con sus archivos (RFC 5005) y señalan lo retirado (RFC 6721).";
}
}

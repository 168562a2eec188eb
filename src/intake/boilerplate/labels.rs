//! The set phrases that say what something is: a date, an author, a category, a summary, a section.
//!
//! Owns the same kind of table as [`phrases`](super::phrases), for what is read rather than dropped. It
//! must never hold the words of any one page.

use super::Class::*;
use super::Extent::*;
use super::phrases::{Table, table};

/// What tells about an article without being part of its text.
pub const LABELS: &[Table] = &[
    table(
        Highlights,
        Whole,
        "story highlights|highlights|article highlights|key points|key takeaways|key facts|key messages|\
         at a glance|in brief|in short|summary|the essentials|main points|points clés|points forts|\
         l'essentiel|en bref|à retenir|ce qu'il faut retenir|résumé|faits saillants|en résumé|\
         messages clés|les points essentiels|puntos clave|puntos destacados|puntos principales|\
         aspectos destacados|lo más destacado|lo esencial|claves|en breve|en resumen|en síntesis|resumen|\
         ideas clave|destacados|das wichtigste|das wichtigste in kürze|auf einen blick|in kürze|\
         kurz gefasst|kernpunkte|zusammenfassung|kurzfassung|highlights der story|in sintesi|punti chiave|\
         in breve|in evidenza|i punti principali|sintesi|riassunto|em resumo|destaques|pontos principais|\
         pontos chave|em síntese|resumo|in het kort|samenvatting|hoofdpunten|главное|кратко|أبرز النقاط|\
         النقاط الرئيسية|w skrócie|najważniejsze",
    ),
    table(
        Section,
        Whole,
        "news|latest news|recent news|news and events|news events|news updates|news and updates|\
         in the news|news release|news releases|press release|press releases|media release|media releases|\
         press statement|press statements|press briefing|statement|statements|announcement|announcements|\
         notice|notices|public notice|blog|our blog|news blog|story|stories|our stories|success stories|\
         feature|features|feature story|opinion|op ed|commentary|event|events|upcoming events|past events|\
         publications|updates|latest updates|update|latest|latest stories|latest articles|latest posts|\
         what's new|newsroom|press room|media centre|media center|media advisory|note to editors|\
         note to media|media|speech|speeches|news in brief|headlines|top stories|actualités|actualité|\
         les actualités|nos actualités|dernières actualités|dernières nouvelles|nouvelles|infos|à la une|\
         communiqué|communiqués|communiqué de presse|communiqués de presse|salle de presse|espace presse|\
         déclaration|déclarations|événements|événement|évènements|agenda|avis|avis au public|annonce|\
         annonces|reportage|tribune|billet|noticias|últimas noticias|noticias recientes|actualidad|\
         novedades|comunicado|comunicados|comunicado de prensa|comunicados de prensa|nota de prensa|\
         notas de prensa|boletín de prensa|sala de prensa|declaración|declaraciones|eventos|\
         próximos eventos|aviso|avisos|anuncio|anuncios|reportaje|opinión|historias|aktuelles|aktuell|\
         neuigkeiten|nachrichten|neues|meldungen|aktuelle meldungen|aktuelle nachrichten|pressemitteilung|\
         pressemitteilungen|presseinformation|medienmitteilung|medienmitteilungen|presse|mitteilungen|\
         bekanntmachung|bekanntmachungen|veranstaltungen|termine|notizie|ultime notizie|ultime news|\
         news ed eventi|novità|attualità|comunicato|comunicati|comunicato stampa|comunicati stampa|\
         sala stampa|eventi|avviso|avvisi|in primo piano|notícias|últimas notícias|novidades|atualidade|\
         atualidades|comunicado de imprensa|comunicados de imprensa|nota de imprensa|notas à imprensa|\
         nota à imprensa|sala de imprensa|destaque|anúncios|nieuws|laatste nieuws|actueel|persbericht|\
         persberichten|nieuwsbericht|новости|последние новости|пресс релиз|пресс релизы|события|объявления|\
         أخبار|آخر الأخبار|الأخبار|بيان صحفي|بيانات صحفية|بيان|aktualności|wiadomości|komunikat prasowy|\
         komunikaty|wydarzenia",
    ),
    table(
        Category,
        Start(16),
        "category|categories|filed under|filed in|posted in|section|sections|topic|topics|theme|themes|\
         subject area|catégorie|catégories|rubrique|rubriques|classé dans|classé sous|publié dans|\
         posté dans|thème|thèmes|thématique|thématiques|categoría|categorías|publicado en|archivado en|\
         archivado bajo|sección|tema|temas|kategorie|kategorien|rubrik|rubriken|thema|themen|\
         veröffentlicht in|veröffentlicht unter|abgelegt unter|categoria|categorie|archiviato in|\
         pubblicato in|argomento|argomenti|categorias|publicado em|arquivado em|secção|seção|categorieën|\
         geplaatst in|рубрика|рубрики|категория|категории|раздел|التصنيف|التصنيفات|kategoria|opublikowano w",
    ),
    table(
        Tag,
        Start(40),
        "tag|tags|tagged|tagged with|tagged as|keywords|key words|labels|mots clés|mot clé|étiquettes|\
         étiquette|étiqueté|marqué avec|etiquetas|etiqueta|etiquetado|etiquetado como|etiquetado con|\
         palabras clave|schlagwörter|schlagworte|schlagwort|stichworte|stichwörter|verschlagwortet mit|\
         getaggt mit|parole chiave|etichette|contrassegnato|palavras chave|marcado|trefwoorden|метки|теги|\
         ключевые слова|الوسوم|كلمات مفتاحية|tagi|słowa kluczowe",
    ),
    table(
        Published,
        Start(30),
        "published|published on|published at|published online|date published|first posted|posted|posted on|\
         posted at|date posted|posted date|date|dated|publication date|date of publication|publish date|\
         release date|date of release|released|released on|issued|issued on|date of issue|date issued|\
         submitted on|added|added on|created|created on|on|embargoed until|embargo until|\
         under embargo until|publié|publié le|publiée le|posté le|mis en ligne|mis en ligne le|\
         date de publication|date de parution|paru le|parue le|diffusé le|posté|le|embargo jusqu'au|\
         sous embargo jusqu'au|publicado|publicado el|publicada el|fecha|fecha de publicación|\
         publicado el día|embargado hasta|veröffentlicht|veröffentlicht am|publiziert am|erschienen am|\
         eingestellt am|erstellt am|datum|vom|stand|veröffentlichungsdatum|sperrfrist|pubblicato|\
         pubblicato il|pubblicata il|data|data di pubblicazione|inserito il|postato il|publicado em|\
         publicada em|data de publicação|publicado a|postado em|gepubliceerd|gepubliceerd op|geplaatst op|\
         опубликовано|дата|дата публикации|размещено|نشر في|نشر بتاريخ|تاريخ النشر|التاريخ|opublikowano|\
         data publikacji|publikacja",
    ),
    table(
        Updated,
        Start(30),
        "updated|updated on|last updated|last updated on|last update|last modified|last revised|modified|\
         mis à jour|mis à jour le|mise à jour|mise à jour le|dernière mise à jour|dernière mise à jour le|\
         modifié le|actualizado|actualizado el|última actualización|última modificación|modificado el|\
         aktualisiert|aktualisiert am|zuletzt aktualisiert|zuletzt aktualisiert am|letzte aktualisierung|\
         letzte änderung|zuletzt geändert|aggiornato|aggiornato il|ultimo aggiornamento|ultima modifica|\
         atualizado|atualizado em|última atualização|bijgewerkt op|laatst bijgewerkt|обновлено|\
         последнее обновление|آخر تحديث|zaktualizowano|ostatnia aktualizacja",
    ),
    table(
        Reprint,
        Anywhere(60),
        "first published|originally published|first appeared in|first appeared on|originally appeared|\
         article appeared in|story appeared in|article was published in|article is published in|\
         previously published|reprinted from|reprinted with|reproduced from|republished from|reposted from|\
         excerpted from|paru initialement|initialement paru|publié initialement|initialement publié|\
         publié pour la première fois|première publication|première parution|d'abord paru|d'abord publié|\
         article paru dans|article publié dans|texte paru dans|texte publié dans|reproduit de|repris de|\
         extrait de|publicado originalmente|publicada originalmente|originalmente publicado|\
         publicado por primera vez|publicado inicialmente|artículo publicado en|artículo aparecido en|\
         texto publicado en|aparecido en|apareció originalmente|apareció por primera vez|reproducido de|\
         tomado de|extraído de|erstmals veröffentlicht|zuerst veröffentlicht|zuerst erschienen|\
         erstmals erschienen|ursprünglich veröffentlicht|ursprünglich erschienen|erstveröffentlichung|\
         erstveröffentlicht|nachdruck aus|abdruck aus|entnommen aus|pubblicato originariamente|\
         originariamente pubblicato|pubblicato per la prima volta|pubblicato inizialmente|\
         apparso originariamente|tratto da|articolo apparso su|articolo pubblicato su|\
         publicado pela primeira vez|artigo publicado em|texto publicado em|reproduzido de|\
         eerder verschenen in|eerder gepubliceerd in|oorspronkelijk verschenen|oorspronkelijk gepubliceerd|\
         overgenomen uit|впервые опубликовано|первоначально опубликовано|نشر لأول مرة|نشر أصلا|\
         pierwotnie opublikowano|przedruk z",
    ),
    table(
        Reprint,
        Start(40),
        "paru dans|publié dans|publié par|publicado en|publicada en|publicado en la|erschienen in|\
         veröffentlicht in|abgedruckt in|pubblicato su|pubblicato in|apparso su|apparso in|publicado em|\
         publicado na|publicado no|published in|appeared in|printed in|verschenen in|gepubliceerd in|\
         опубликовано в",
    ),
    table(
        Author,
        Start(30),
        "by|written by|posted by|published by|story by|text by|words by|report by|reported by|author|\
         authors|byline|par|écrit par|rédigé par|publié par|posté par|propos recueillis par|auteur|auteure|\
         autrice|auteurs|texte|por|escrito por|publicado por|redactado por|texto de|autor|autora|autores|\
         von|verfasst von|geschrieben von|veröffentlicht von|autorin|autoren|text|di|scritto da|\
         pubblicato da|postato da|a cura di|autore|autori|postado por|texto|door|geschreven door|\
         geplaatst door|автор|авторы|بقلم|كتب|الكاتب|autorzy|tekst|opracowanie",
    ),
    table(
        Title,
        Start(40),
        "title|subject|headline|re|titre|objet|título|asunto|titel|betreff|überschrift|titolo|oggetto|\
         assunto|onderwerp|тема|заголовок|العنوان|الموضوع|temat|tytuł",
    ),
    table(
        Release,
        Whole,
        "for immediate release|for immediate publication|for release|immediate release|not for broadcast|\
         pour diffusion immédiate|pour publication immédiate|diffusion immédiate|\
         para publicación inmediata|para su publicación inmediata|para difusión inmediata|\
         publicación inmediata|zur sofortigen veröffentlichung|zur sofortigen freigabe|\
         per la pubblicazione immediata|per diffusione immediata|para divulgação imediata|\
         para publicação imediata|voor onmiddellijke publicatie|для немедленного распространения|\
         للنشر الفوري|do natychmiastowej publikacji",
    ),
    table(
        End,
        Whole,
        "ends|end|end of release|end of press release|fin|fin du communiqué|fin del comunicado|ende|\
         ende der mitteilung|fine|fine comunicato|fim|einde bericht",
    ),
    table(
        Contents,
        Whole,
        "in this issue|in this edition|in this newsletter|inside this issue|contents|table of contents|\
         on this page|in this article|dans ce numéro|dans cette édition|sommaire|au sommaire|\
         table des matières|sur cette page|en este número|en esta edición|en este boletín|contenido|\
         contenidos|índice|sumario|en esta página|in dieser ausgabe|inhalt|inhaltsverzeichnis|\
         auf dieser seite|in questo numero|in questa edizione|sommario|indice|nesta edição|neste número|\
         conteúdo|sumário|in dit nummer|inhoud|в этом номере|содержание|في هذا العدد|المحتويات|\
         w tym numerze|spis treści",
    ),
    table(
        Picture,
        Anywhere(3),
        "banner|logo|icon|avatar|thumbnail|placeholder|header image|spacer|bannière|bandeau|logotipo|icône|\
         cabecera|icono|vignette|kopfbild|symbolbild|testata|cabeçalho|profile picture|twitter picture|\
         facebook photo|google photo|image|imagen|bild|immagine|imagem",
    ),
    table(
        Masthead,
        Anywhere(9),
        "newsletter|bulletin|gazette|digest|weekly|monthly|quarterly|issue|vol|volume|edition|infolettre|\
         lettre d'information|lettre mensuelle|hebdo|hebdomadaire|mensuel|numéro|édition|boletín|\
         boletín informativo|semanal|mensual|número|edición|carta informativa|rundbrief|infobrief|ausgabe|\
         wochenblatt|notiziario|bollettino|settimanale|numero|edizione|boletim|edição|nieuwsbrief|uitgave|\
         бюллетень|выпуск|النشرة|العدد|biuletyn|numer",
    ),
];

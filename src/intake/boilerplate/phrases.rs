//! The set phrases of chrome, in the languages of the web pages and newsletters that international
//! organisations publish.
//!
//! Owns one table a class, in ordinary spelling; matching ignores case, accents and punctuation. A new
//! language is its phrases added to the lines. It must never hold the words of any one page.

use super::Class::{self, *};
use super::Extent::{self, *};

/// Phrases of one class that are recognised in one way.
pub struct Table {
    pub class: Class,
    pub extent: Extent,
    /// Parted by `|`.
    pub phrases: &'static str,
}

pub const fn table(class: Class, extent: Extent, phrases: &'static str) -> Table {
    Table { class, extent, phrases }
}

/// What is not part of an article at all.
pub const CHROME: &[Table] = &[
    table(
        Share,
        Whole,
        "share|share this|share this post|share this story|share this news|comparte esto|compartir esto|\
         comparte esta entrada|comparte este artículo|comparte esta noticia|compartir esta noticia|\
         compartir este artículo|partagez cet article|partager ceci|partager cet article|\
         partager l'article|diesen beitrag teilen|artikel teilen|condividi questo articolo|\
         condividi l'articolo|compartilhe isto|compartilhar isto|partilhar isto|compartilhe esta notícia|\
         partilhar notícia|share on|share this article|share this page|share via|share with|tweet|retweet|\
         like this|like loading|pin it|email this|email this page|print this|print this page|print|\
         print friendly|send to a friend|follow us|follow|copy link|partager|partager sur|partagez|\
         imprimer|envoyer à un ami|suivez nous|compartir|compartir en|comparte|comparta|imprimir|\
         enviar a un amigo|síguenos|síganos|teilen|teilen auf|drucken|seite drucken|beitrag teilen|\
         folgen sie uns|condividi|condividi su|stampa|seguici|compartilhar|compartilhe|compartilhe isso|\
         partilhar|partilhe|siga nos|delen|deel dit|afdrukken|поделиться|печать|شارك|udostępnij|drukuj",
    ),
    table(
        Share,
        Start(9),
        "share this|share on|share via|click to share on|click to email|click to print|follow us on|\
         partager sur|partager cette page|partager ceci|cliquez pour partager|suivez nous sur|compartir en|\
         compartir esta|comparte en|haz clic para compartir|síguenos en|teilen auf|klicken um|\
         folgen sie uns auf|condividi su|fai clic per condividere|seguici su|compartilhar no|\
         compartilhe no|clique para compartilhar|partilhar no|siga nos no|deel op|deel via",
    ),
    table(
        Network,
        Whole,
        "twitter|facebook|linkedin|linked in|whatsapp|telegram|instagram|youtube|pinterest|reddit|tumblr|\
         email|e mail|mail|flickr|mastodon|bluesky|threads|pocket|xing|viber|weibo|wechat|vk|x|rss|skype|\
         messenger|courriel|correo",
    ),
    table(
        Action,
        Whole,
        "read on|read more|read more here|read full story|read the full story|read the full story here|\
         read the story|read it here|read here|read all|read full article|read the full article|\
         read the full article here|learn more|find out more|see more|view more|view all|see all|more|\
         more info|more details|more information|click here|click here to read more|continue reading|\
         load more|show more|watch the video|watch now|register now|register here|sign up here|download|\
         download here|download pdf|donate now|lire la suite|lire plus|lire l'article|en savoir plus|\
         plus d'infos|cliquez ici|voir plus|voir tout|télécharger|s'inscrire ici|leer más|leer más aquí|\
         lea más|seguir leyendo|continuar leyendo|ver más|ver todo|saber más|más información aquí|\
         haga clic aquí|haz clic aquí|descargar|weiterlesen|mehr lesen|mehr erfahren|mehr|mehr dazu|\
         hier klicken|zum artikel|alle anzeigen|herunterladen|leggi tutto|leggi di più|leggi|\
         continua a leggere|continua|scopri di più|clicca qui|scarica|ler mais|leia mais|saiba mais|\
         saber mais|continuar lendo|continue lendo|continuar a ler|clique aqui|ver mais|descarregar|baixar|\
         lees meer|lees verder|meer lezen|klik hier|читать далее|подробнее|читать дальше|اقرأ المزيد|\
         المزيد|czytaj więcej|więcej|czytaj dalej",
    ),
    table(
        Action,
        Start(9),
        "download the|download full|download this|télécharger le|télécharger la|télécharger l'|\
         descargar el|descargar la|descargue el|descargue la|scarica il|scarica la|baixe o|descarregue o|\
         continue reading|read the full story|read the full article|read more about|read more on|\
         click here to|lire la suite de|cliquez ici pour|continuar leyendo|seguir leyendo|\
         haga clic aquí para|weiterlesen|continua a leggere|clique aqui para|continue lendo",
    ),
    table(
        Mailing,
        Anywhere(24),
        "unable to see images|unable to see the images|cannot see images|can't see the images|\
         cannot see the images|can't see images|images not displaying|images not showing|\
         view this email in|view this message in|view this newsletter in|view it in your browser|\
         view in browser|view in your browser|view online version|view the online version|\
         view as a web page|view as webpage|trouble viewing|trouble reading this|problems viewing this|\
         not displaying correctly|voir la version en ligne|version en ligne|afficher dans le navigateur|\
         dans votre navigateur|ne s'affiche pas|vous ne voyez pas|ne visualisez pas|\
         vous n'arrivez pas à lire|ver en el navegador|ver en su navegador|ver en tu navegador|\
         ver este correo en|ver este boletín en|ver versión en línea|si no puede ver|si no puedes ver|\
         si no visualiza|no ve las imágenes|no puede ver las imágenes|im browser ansehen|\
         im browser anzeigen|im browser öffnen|nicht richtig angezeigt|nicht korrekt angezeigt|\
         visualizza nel browser|visualizza nel tuo browser|se non visualizzi|non riesci a visualizzare|\
         ver no navegador|veja no navegador|não consegue visualizar|não consegue ver|bekijk in browser|\
         bekijk deze nieuwsbrief|online versie|unsubscribe|update your preferences|\
         update subscription preferences|manage your subscription|manage subscriptions|manage preferences|\
         email preferences|our mailing address|address book|forward to a friend|forward this email|\
         se désabonner|se désinscrire|désinscrire|désabonner|désinscription|désabonnement|darse de baja|\
         darte de baja|cancelar la suscripción|cancelar suscripción|cancelar su suscripción|\
         anular la suscripción|abbestellen|vom newsletter abmelden|newsletter abmelden|\
         annulla l'iscrizione|annullare l'iscrizione|cancellati|cancellarti|disiscriviti|disiscriversi|\
         cancelar a inscrição|cancelar inscrição|cancelar a subscrição|cancelar subscrição|descadastrar|\
         uitschrijven|afmelden voor|отписаться|إلغاء الاشتراك|wypisz się|sent from my",
    ),
    table(
        Mailing,
        Start(40),
        "you are receiving this|you received this|you're receiving this|you have received this|\
         this email was sent to|this message was sent to|vous recevez ce|vous recevez cet|\
         vous recevez cette|vous avez reçu ce|ce message a été envoyé|cet e mail a été envoyé|\
         usted recibe este|recibe este|recibes este|ha recibido este|has recibido este|\
         este correo fue enviado|este mensaje fue enviado|sie erhalten diese|sie erhalten diesen|\
         sie haben diese|diese e mail wurde|hai ricevuto questa|ricevi questa|riceve questa|você recebeu|\
         você está recebendo|recebeu este|recebe este|este e mail foi enviado|u ontvangt deze",
    ),
    table(
        Mailing,
        Start(60),
        "this email and any attachments|this e mail and any attachments|this email and any files|\
         this e mail and any files|this message and any attachments|this email message and any|\
         this email is confidential|this e mail is confidential|this email may contain confidential|\
         this e mail may contain confidential|this message may contain confidential|\
         this email is intended only|this message is intended only|\
         the information contained in this email|the information contained in this e mail|\
         the information contained in this message|the information in this email is|\
         the contents of this email|confidentiality notice|please consider the environment before|\
         ce message et toutes les pièces jointes|ce message et ses pièces jointes|\
         ce message et les éventuelles pièces jointes|ce courriel et les documents joints|\
         ce message est confidentiel|este mensaje y sus archivos adjuntos|este mensaje y los archivos|\
         este mensaje y cualquier|este correo electrónico y sus|este mensaje es confidencial|\
         diese e mail enthält vertrauliche|diese nachricht enthält vertrauliche|\
         der inhalt dieser e mail ist vertraulich|questo messaggio e i suoi allegati|\
         questa e mail e i suoi allegati|esta mensagem e seus anexos|esta mensagem e os seus anexos|\
         esta mensagem pode conter|dit bericht is uitsluitend bestemd|deze e mail en eventuele bijlagen",
    ),
    table(
        Mailing,
        Start(20),
        "subscribe to our|subscribe to the|sign up for our|sign up to our|sign up for the newsletter|\
         get our newsletter|join our mailing list|follow blog via|enter your email address|abonnez vous|\
         inscrivez vous à notre|inscrivez vous à la newsletter|recevez notre|suscríbase a|suscríbete a|\
         newsletter abonnieren|abonnieren sie|iscriviti alla newsletter|iscriviti alla nostra|assine nossa|\
         assine a nossa|subscreva a|inscreva se|schrijf je in|schrijf u in|подписаться на",
    ),
    table(
        Login,
        Whole,
        "log in|login|log out|logout|sign in|sign up|my account|forgot your password|forgot password|\
         lost your password|register|se connecter|connexion|s'identifier|mon compte|mot de passe oublié|\
         se déconnecter|iniciar sesión|acceder|registrarse|mi cuenta|cerrar sesión|olvidó su contraseña|\
         anmelden|einloggen|abmelden|mein konto|passwort vergessen|registrieren|accedi|registrati|\
         il mio account|entrar|iniciar sessão|minha conta|esqueceu a senha|inloggen|aanmelden|войти|\
         регистрация|تسجيل الدخول|zaloguj",
    ),
    table(
        Login,
        Start(12),
        "log in to|login to|sign in to|sign in with|log in with|you must be logged in|\
         you need to be logged in|please log in|please sign in|connectez vous pour|\
         vous devez être connecté|vous devez vous connecter|debes iniciar sesión|debe iniciar sesión|\
         inicia sesión para|tienes que iniciar sesión|du musst angemeldet sein|sie müssen angemeldet sein|\
         du musst eingeloggt sein|devi essere connesso|devi accedere|você precisa estar logado|\
         você precisa fazer o login|faça login|fill in your details|you are commenting using|connecting to",
    ),
    table(
        Form,
        Anywhere(24),
        "email address will not be published|email will not be published|email address will not be shared|\
         required fields are marked|notify me of|save my name|name required|email required|\
         adresse e mail ne sera pas|adresse de messagerie ne sera pas|adresse courriel ne sera pas|\
         champs obligatoires|avertissez moi|prévenez moi|enregistrer mon nom|\
         correo electrónico no será publicada|correo electrónico no será publicado|campos obligatorios|\
         campos requeridos|guarda mi nombre|guardar mi nombre|recibir un correo electrónico|\
         e mail adresse wird nicht|erforderliche felder|pflichtfelder|benachrichtige mich|\
         meinen namen e mail|indirizzo email non sarà|campi obbligatori|campi sono obbligatori|\
         salva il mio nome|avvertimi via email|e mail não será publicado|endereço de email não será|\
         campos obrigatórios|salvar meus dados|guardar o meu nome|akismet|bloggers like this|\
         blogueurs aiment|cancel reply|annuler la réponse|cancelar respuesta|cancelar la respuesta|\
         antworten abbrechen|antwort abbrechen|annulla risposta|cancelar resposta|\
         je e mailadres wordt niet|vereiste velden|ваш адрес email не будет|обязательные поля|\
         لن يتم نشر عنوان بريدك",
    ),
    table(
        Form,
        Whole,
        "post comment|submit comment|submit|send comment|publish comment|comment *|reply|\
         publier le commentaire|envoyer le commentaire|laisser un message|publicar comentario|\
         publicar el comentario|enviar comentario|enviar|kommentar abschicken|kommentar absenden|absenden|\
         senden|invia commento|invia|publicar comentário|enviar comentário|reactie plaatsen|\
         отправить комментарий",
    ),
    table(
        Comments,
        Whole,
        "leave a reply|leave a comment|leave your comment|leave a response|leave a comment below|\
         post a comment|add a comment|add comment|write a comment|add your comment|comments are closed|\
         join the discussion|join the conversation|laisser un commentaire|laissez un commentaire|\
         laisser une réponse|laisser une réponse annuler la réponse|ajouter un commentaire|\
         ajouter un commentaire annuler la réponse|poster un commentaire|publier un commentaire|\
         écrire un commentaire|les commentaires sont fermés|votre commentaire|deja un comentario|\
         deje un comentario|deja tu comentario|dejar un comentario|deja una respuesta|dejar una respuesta|\
         deje una respuesta|escribe un comentario|escriba un comentario|publicar un comentario|\
         añadir comentario|añade un comentario|agregar comentario|agregar un comentario|\
         los comentarios están cerrados|schreibe einen kommentar|schreiben sie einen kommentar|\
         einen kommentar schreiben|kommentar schreiben|kommentar hinterlassen|kommentar verfassen|\
         hinterlasse einen kommentar|hinterlasse eine antwort|hinterlassen sie einen kommentar|\
         antwort hinterlassen|kommentar hinzufügen|lascia un commento|lascia una risposta|\
         lascia un tuo commento|scrivi un commento|aggiungi un commento|i commenti sono chiusi|\
         deixe um comentário|deixe o seu comentário|deixe seu comentário|deixe uma resposta|\
         deixar um comentário|deixar uma resposta|escreva um comentário|adicionar comentário|\
         geef een reactie|laat een reactie achter|plaats een reactie|добавить комментарий|\
         оставить комментарий|اترك تعليقا|اترك ردا|أضف تعليقا|dodaj komentarz|zostaw komentarz|\
         leave a reply cancel reply|deja una respuesta cancelar la respuesta|\
         schreibe einen kommentar antworten abbrechen|lascia un commento annulla risposta|\
         deixe um comentário cancelar resposta",
    ),
    table(
        Comments,
        Start(12),
        "leave a comment on|leave a reply to|laisser un commentaire sur|deja un comentario en|\
         leave a reply logged in|leave a reply your|you can leave a response",
    ),
    // Words that head a section of an article as well: they end it only where more of the form follows.
    table(
        Discussion,
        Whole,
        "comments|comment|no comments|no comments yet|be the first to comment|responses|commentaires|\
         commentaire|aucun commentaire|pas de commentaire|réactions|comentarios|comentario|sin comentarios|\
         ningún comentario|no hay comentarios|kommentare|kommentar|keine kommentare|noch keine kommentare|\
         commenti|commento|nessun commento|comentários|comentário|sem comentários|nenhum comentário|\
         reacties|geen reacties|комментарии|нет комментариев|التعليقات|تعليقات|komentarze|brak komentarzy",
    ),
    table(
        Replies,
        Start(40),
        "thoughts on|thought on|responses to|response to|comments on|comment on|replies to|réponses à|\
         réponse à|réflexions sur|réflexion sur|commentaires sur|comentarios en|comentario en|\
         comentarios sobre|respuestas a|gedanken zu|gedanke zu|kommentare zu|kommentar zu|antworten auf|\
         pensieri su|pensiero su|commenti su|risposte a|comentários em|comentários sobre|pensamentos sobre|\
         respostas a|reacties op|gedachten over",
    ),
    table(
        Related,
        Whole,
        "related|related posts|related post|related articles|related article|related events|related news|\
         related stories|related content|related links|related topics|related items|related pages|\
         related reading|related publications|related documents|related resources|related materials|\
         see also|read also|also read|read next|up next|more news|more stories|more articles|\
         more like this|more on this topic|more on this story|you may also like|you might also like|\
         you may also be interested in|you might be interested in|recommended|recommended for you|\
         recommended reading|most read|most popular|most viewed|popular posts|popular articles|\
         recent posts|recent comments|recent articles|latest posts|trending now|don't miss|other news|\
         other articles|other stories|in other news|articles similaires|articles liés|articles connexes|\
         articles associés|article similaire|contenus similaires|sur le même sujet|sur le même thème|\
         à lire aussi|à lire également|lire aussi|lire également|voir aussi|voir également|à voir aussi|\
         dans la même rubrique|les plus lus|articles les plus lus|articles récents|autres articles|\
         autres actualités|vous aimerez aussi|vous aimerez peut être|pour aller plus loin|liens connexes|\
         liens utiles|artículos relacionados|artículo relacionado|noticias relacionadas|\
         entradas relacionadas|relacionado|relacionados|relacionadas|contenido relacionado|\
         contenidos relacionados|enlaces relacionados|te puede interesar|le puede interesar|\
         también te puede interesar|también le puede interesar|quizás te interese|lea también|lea además|\
         lee también|lee además|ver también|vea también|véase también|más noticias|otras noticias|\
         lo más leído|las más leídas|entradas recientes|ähnliche artikel|ähnliche beiträge|\
         verwandte artikel|verwandte beiträge|verwandte themen|verwandte inhalte|weitere artikel|\
         weitere beiträge|weitere meldungen|weitere nachrichten|weitere themen|mehr zum thema|zum thema|\
         das könnte sie auch interessieren|das könnte dich auch interessieren|auch interessant|siehe auch|\
         lesen sie auch|lesen sie mehr|meistgelesen|neueste beiträge|neueste kommentare|letzte beiträge|\
         articoli correlati|correlati|notizie correlate|contenuti correlati|link correlati|leggi anche|\
         potrebbe interessarti|potrebbe interessarti anche|ti potrebbe interessare|\
         ti potrebbe interessare anche|potrebbero interessarti|vedi anche|i più letti|più letti|\
         articoli recenti|altre notizie|artigos relacionados|notícias relacionadas|conteúdo relacionado|\
         posts relacionados|leia também|veja também|ver também|você também pode gostar|talvez você goste|\
         pode gostar também|mais lidas|mais lidos|artigos recentes|posts recentes|outras notícias|\
         mais notícias|gerelateerde berichten|gerelateerde artikelen|gerelateerd|lees ook|zie ook|\
         meer nieuws|похожие записи|похожие статьи|читайте также|по теме|مواضيع ذات صلة|اقرأ أيضا|\
         أخبار ذات صلة|powiązane|czytaj także|czytaj też|zobacz także|podobne artykuły",
    ),
    table(Related, Start(6), "more from|more news from|more in|plus d'articles de|más de|mehr von|mehr aus"),
    table(
        Navigation,
        Whole,
        "home|page|pages|página|páginas|seite|pagina|homepage|home page|accueil|page d'accueil|inicio|\
         startseite|menu|main menu|menú|menú principal|menü|navigation|toggle navigation|search|\
         search form|rechercher|recherche|buscar|búsqueda|suche|suchen|cerca|pesquisar|pesquisa|busca|\
         zoeken|skip to content|skip to main content|skip to navigation|skip navigation|jump to content|\
         aller au contenu|aller au contenu principal|passer au contenu|accéder au contenu|ir al contenido|\
         ir al contenido principal|saltar al contenido|pasar al contenido principal|zum inhalt|\
         zum inhalt springen|direkt zum inhalt|zum hauptinhalt springen|vai al contenuto|\
         salta al contenuto|salta al contenuto principal|ir para o conteúdo|pular para o conteúdo|\
         back to top|top of page|haut de page|retour en haut|volver arriba|subir|nach oben|torna su|\
         torna in alto|voltar ao topo|back|go back|retour|retour à la liste|volver|volver al listado|\
         zurück|zurück zur übersicht|previous|next|older posts|newer posts|older entries|newer entries|\
         previous post|next post|previous article|next article|previous page|next page|article précédent|\
         article suivant|précédent|suivant|page suivante|anterior|siguiente|entrada anterior|\
         entrada siguiente|siguiente entrada|vorheriger beitrag|nächster beitrag|weiter|precedente|\
         successivo|articolo precedente|articolo successivo|próximo|seguinte|post anterior|próximo post|\
         post navigation|navigation de l'article|navegación de entradas|beitragsnavigation|\
         navigazione articoli|navegação de posts|about|about us|qui sommes nous|à propos|quiénes somos|\
         acerca de|über uns|chi siamo|quem somos|sobre nós|contact us|contactez nous|nous contacter|\
         contáctenos|contáctanos|contattaci|fale conosco|our work|what we do|who we are|where we work|\
         careers|jobs|vacancies|carrières|empleo|karriere|lavora con noi|site map|sitemap|plan du site|\
         mapa del sitio|mapa web|mappa del sito|mapa do site|faq|help|aide|ayuda|hilfe|privacy|\
         privacy policy|privacy notice|terms of use|terms of service|terms and conditions|terms|disclaimer|\
         legal|legal notice|accessibility|mentions légales|politique de confidentialité|accessibilité|\
         aviso legal|política de privacidad|impressum|datenschutz|datenschutzerklärung|\
         informativa sulla privacy|note legali|política de privacidade|cookie policy|cookies|\
         politique de cookies|política de cookies|cookie einstellungen|english|français|español|deutsch|\
         italiano|português|nederlands|polski|русский|العربية|中文|en|fr|es|de|it|pt|nl|ru|loading|\
         please wait|close|fermer|cerrar|schließen|chiudi|fechar|advertisement|advertising|publicité|\
         publicidad|anzeige|werbung|pubblicità|publicidade|quick links|all news|toutes les actualités|\
         todas las noticias|alle meldungen|alle nachrichten|tutte le notizie|todas as notícias|subscribe|\
         s'abonner|suscribirse|suscríbete|suscríbase|abonnieren|iscriviti|assinar|donate|faire un don|\
         donar|spenden|dona ora|doar|listen|listen to this article|écouter|escuchar|view comments|\
         show comments|hide comments|archives|archivos|archiv|follow this blog|toggle menu|open menu|\
         close menu|edit|site search|language|languages|select language|langue|idioma|sprache",
    ),
    table(
        Navigation,
        Start(14),
        "you are here|vous êtes ici|usted está aquí|estás aquí|sie sind hier|sie befinden sich hier|\
         ti trovi in|sei qui|você está aqui|está aqui|u bent hier|fil d'ariane|breadcrumb|previous post|\
         next post|previous article|next article|previous story|next story|article précédent|\
         article suivant|entrada anterior|siguiente entrada|vorheriger beitrag|nächster beitrag|\
         articolo precedente|articolo successivo|post anterior|próximo post",
    ),
    table(
        Navigation,
        Start(5),
        "back to|retour à|retour aux|volver a|zurück zu|zurück zur|torna a|voltar para|reading time|\
         temps de lecture|durée de lecture|tiempo de lectura|lesezeit|tempo di lettura|tempo de leitura|\
         leestijd|page",
    ),
    table(
        Counter,
        Anywhere(5),
        "min read|minute read|minutes read|mins read|min de lecture|minutes de lecture|min de lectura|\
         minutos de lectura|min lectura|min lesezeit|minuten lesezeit|min di lettura|minuti di lettura|\
         min de leitura|minutos de leitura|views|vues|visitas|aufrufe|visualizzazioni|visualizações|shares|\
         partages|likes",
    ),
    table(
        Cookie,
        Anywhere(45),
        "uses cookies|use cookies|using cookies|use of cookies|cookies to ensure|cookies to improve|\
         accept cookies|accept all cookies|cookie settings|utilise des cookies|utilisons des cookies|\
         utilisation de cookies|utilisation des cookies|accepter les cookies|tout accepter|\
         utilizamos cookies|usamos cookies|utiliza cookies|usa cookies|uso de cookies|aceptar cookies|\
         aceptar todas|verwendet cookies|verwenden cookies|nutzt cookies|setzt cookies|cookies akzeptieren|\
         alle akzeptieren|utilizza cookie|utilizza i cookie|utilizziamo i cookie|utilizziamo cookie|\
         usa i cookie|accetta i cookie|accetta tutti|aceitar cookies|utilização de cookies|\
         maakt gebruik van cookies|gebruikt cookies|en poursuivant votre navigation|al continuar navegando|\
         si continúa navegando|proseguendo la navigazione|ao continuar navegando|by continuing to browse|\
         by continuing to use this|использует файлы cookie",
    ),
    // A heading that says who answers the press; what it heads is an address, whoever published it.
    table(
        Contact,
        Whole,
        "media contact|media contacts|press contact|press contacts|media enquiries|press enquiries|\
         media inquiries|press inquiries|contact|contacts|contact information|contact details|\
         contact person|for more information|for further information|for more information contact|\
         for more information please contact|for further information please contact|for media enquiries|\
         for media inquiries|for press enquiries|press office|media office|media relations|contact presse|\
         contacts presse|contact médias|contacts médias|contact média|relations presse|\
         relations avec les médias|service de presse|pour plus d'informations|pour plus d'information|\
         pour en savoir plus|renseignements|contacto|contactos|contacto de prensa|contactos de prensa|\
         contacto para medios|contacto para la prensa|contacto para prensa|contacto de medios|\
         oficina de prensa|para más información|para mayor información|más información|pressekontakt|\
         pressekontakte|medienkontakt|kontakt|kontakt für medien|kontakt für die presse|ansprechpartner|\
         ansprechpartnerin|ansprechpartner für die presse|ansprechpartner für medien|pressestelle|\
         weitere informationen|rückfragen|rückfragen bitte an|contatti|contatto|contatti stampa|\
         contatto stampa|contatti per la stampa|ufficio stampa|per ulteriori informazioni|\
         per maggiori informazioni|per informazioni|contatos|contato|contatos para a imprensa|\
         contato para imprensa|contactos para a imprensa|contacto para a imprensa|contacto de imprensa|\
         assessoria de imprensa|gabinete de imprensa|para mais informações|mais informações|perscontact|\
         contactpersoon|voor de pers|контакты|контакты для прессы|для прессы|للاتصال|جهات الاتصال|\
         للمزيد من المعلومات|kontakt dla mediów|kontakt prasowy|comments questions|questions or comments|\
         comments and questions|questions and comments|questions",
    ),
    table(
        ContactLine,
        Start(30),
        "media contact|media contacts|press contact|press contacts|media enquiries|press enquiries|\
         media inquiries|press inquiries|for interviews|for media enquiries|for media inquiries|\
         for press enquiries|for press inquiries|for media requests|contact presse|contacts presse|\
         contact médias|contacts médias|pour les demandes d'interview|pour toute demande d'interview|\
         contacto de prensa|contactos de prensa|contacto para medios|contacto para la prensa|\
         para entrevistas|para solicitar entrevistas|pressekontakt|medienkontakt|presseanfragen|\
         medienanfragen|contatti stampa|contatto stampa|ufficio stampa|per interviste|\
         contato para imprensa|contatos para a imprensa|contacto de imprensa|contacto para a imprensa|\
         perscontact",
    ),
    // Only inside a contact block: elsewhere these are sentences like any other.
    table(
        ContactTail,
        Start(40),
        "for more information|for further information|for additional information|for details|\
         please contact|please email|please write|contact|write to|tel|telephone|phone|mobile|cell|fax|\
         email|e mail|web|website|address|or|pour plus d'informations|pour plus d'information|\
         pour tout renseignement|veuillez contacter|contactez|tél|téléphone|courriel|adresse|site web|\
         para más información|para mayor información|póngase en contacto|contacte|teléfono|tfno|\
         correo electrónico|correo|móvil|dirección|weitere informationen|für rückfragen|\
         für weitere informationen|bitte wenden sie sich|telefon|mobil|anschrift|\
         per ulteriori informazioni|per maggiori informazioni|si prega di contattare|contattare|telefono|\
         cellulare|indirizzo|para mais informações|entre em contato|contactar|telefone|telemóvel|celular|\
         endereço|voor meer informatie|telefoon",
    ),
    table(
        Copyright,
        Anywhere(40),
        "all rights reserved|some rights reserved|tous droits réservés|todos los derechos reservados|\
         alle rechte vorbehalten|tutti i diritti riservati|todos os direitos reservados|\
         alle rechten voorbehouden|все права защищены|جميع الحقوق محفوظة|wszelkie prawa zastrzeżone|\
         proudly powered by|blog at wordpress|site by wordpress",
    ),
    table(
        Copyright,
        Start(14),
        "copyright|powered by|designed by|website by|website design|conception et réalisation|\
         fièrement propulsé|propulsé par|funciona con wordpress|creado con|stolz präsentiert von",
    ),
];

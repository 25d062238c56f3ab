# Ce que dit une lettre d’un relais de messagerie : ce qui a été montré, et rien de plus.

## Objet

subject-confirmed = { $count ->
    [one] Serveur de messagerie { $address } : relais ouvert confirmé
   *[other] Serveurs de messagerie à { $count }~adresses : relais ouverts confirmés
}
subject-listed = { $count ->
    [one] Serveur de messagerie { $address } : merci de vérifier s’il s’agit d’un relais ouvert
   *[other] Serveurs de messagerie à { $count }~adresses : merci de vérifier s’il s’agit de relais ouverts
}

## Pourquoi nous écrivons

occasion-opening = { $count ->
    [one] Selon les informations dont nous disposons, vous êtes responsable du serveur de messagerie à l’adresse IP~{ $address }. La présente lettre porte sur la question de savoir s’il s’agit d’un relais de messagerie ouvert (en anglais « open relay »), c’est-à-dire si des inconnus peuvent s’en servir pour envoyer des messages à d’autres inconnus.
   *[other] Selon les informations dont nous disposons, vous êtes responsable des serveurs de messagerie aux { $count }~adresses IP énumérées ci-dessous. La présente lettre porte sur la question de savoir s’il s’agit de relais de messagerie ouverts (en anglais « open relays »), c’est-à-dire si des inconnus peuvent s’en servir pour envoyer des messages à d’autres inconnus.
}
occasion-confirmed = { $count ->
    [one] Notre propre test a montré que tel est le cas : un message d’essai envoyé par nos soins nous est revenu par l’intermédiaire de ce serveur.
   *[other] Nos propres tests ont montré que tel est le cas : des messages d’essai envoyés par nos soins nous sont revenus par l’intermédiaire de chacun de ces serveurs.
}
occasion-suspected = { $count ->
    [one] L’adresse figure dans une base de données publique ({ $databases }). Nous avons donc testé nous-mêmes le serveur : il existe des indices, mais aucune preuve.
   *[other] Les adresses figurent dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc testé nous-mêmes les serveurs : il existe des indices, mais aucune preuve.
}
occasion-undecided = { $count ->
    [one] L’adresse figure dans une base de données publique ({ $databases }). Nous avons donc testé nous-mêmes le serveur, mais notre test n’a pas permis de trancher la question.
   *[other] Les adresses figurent dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc testé nous-mêmes les serveurs, mais nos tests n’ont pas permis de trancher la question.
}
occasion-mixed = { $count ->
    [one] L’adresse figure dans une base de données publique ({ $databases }). Nous avons donc procédé à nos propres tests. Les résultats diffèrent ; nous les indiquons ci-dessous pour chaque serveur.
   *[other] Certaines de ces adresses figurent dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc procédé à nos propres tests. Les résultats diffèrent ; nous les indiquons ci-dessous pour chaque serveur.
}

## Comment le test s’est déroulé

heading-test = Comment nous avons procédé
test-method = Notre test se connecte au serveur depuis l’extérieur et dialogue avec lui en SMTP, comme le fait tout autre serveur de messagerie. Sans s’authentifier, il demande de plusieurs manières si le serveur accepterait du courrier venant de l’extérieur pour des destinataires extérieurs. Il n’essaie aucun mot de passe et ne modifie aucun réglage.
test-no-message = Nous n’avons transmis aucun message.
test-message = À cette occasion, nous avons aussi remis un court message d’essai adressé à nous-mêmes.
test-message-some = À certains des serveurs, nous avons aussi remis un court message d’essai adressé à nous-mêmes ; aux autres, nous n’en avons transmis aucun.
caveat-path = À noter : nous n’avons pas vérifié si un autre système intercepte en chemin les connexions au port~25. Si tel était le cas, les réponses pourraient ne pas provenir de votre serveur.
caveat-laboratory = À noter : ce test a été effectué en laboratoire, sans contrôle de notre propre identité.

## Le résultat

heading-verdict = Ce que montre le test
verdict-confirmed = { $count ->
    [one] Sans authentification, le serveur a accepté notre message d’essai pour un destinataire extérieur et l’a transmis ; ce message est parvenu dans notre propre boîte aux lettres. Il est ainsi prouvé que, au moment du test, le serveur relayait le courrier d’inconnus.
   *[other] Sans authentification, chacun de ces serveurs a accepté notre message d’essai pour un destinataire extérieur et l’a transmis ; ces messages sont parvenus dans notre propre boîte aux lettres. Il est ainsi prouvé que, au moment du test, ces serveurs relayaient le courrier d’inconnus.
}
verdict-accepted = { $count ->
    [one] Sans authentification, le serveur a pris en charge notre message d’essai pour un destinataire extérieur. À la date de cette lettre, ce message ne nous est pas parvenu. Il n’est donc pas prouvé que le serveur transmette de tels messages.
   *[other] Sans authentification, chacun de ces serveurs a pris en charge notre message d’essai pour un destinataire extérieur. À la date de cette lettre, ces messages ne nous sont pas parvenus. Il n’est donc pas prouvé que ces serveurs transmettent de tels messages.
}
verdict-suspected = { $count ->
    [one] Sans authentification, le serveur a accepté comme destinataire l’une de nos propres boîtes aux lettres, alors qu’il n’en est pas responsable (réponse à la commande RCPT). Nous n’avons remis aucun message. Il n’est donc pas prouvé que le serveur transmette réellement de tels messages : certains serveurs les refusent ou les suppriment à un stade ultérieur.
   *[other] Sans authentification, chacun de ces serveurs a accepté comme destinataire l’une de nos propres boîtes aux lettres, alors qu’il n’en est pas responsable (réponse à la commande RCPT). Nous n’avons remis aucun message. Il n’est donc pas prouvé que ces serveurs transmettent réellement de tels messages : certains serveurs les refusent ou les suppriment à un stade ultérieur.
}
verdict-anything = { $count ->
    [one] Le serveur a aussi accepté un destinataire dans un domaine qui ne peut pas exister. Il est donc possible qu’il accepte d’abord tout destinataire et ne décide que plus tard.
   *[other] Chacun d’eux a aussi accepté un destinataire dans un domaine qui ne peut pas exister. Il est donc possible qu’ils acceptent d’abord tout destinataire et ne décident que plus tard.
}
verdict-undecided = { $count ->
    [one] Notre test n’a pas permis d’établir si le serveur relaie le courrier d’inconnus. Nous ne pouvons ni confirmer ni infirmer l’inscription dans la base de données. La raison :
   *[other] Nos tests n’ont pas permis d’établir si ces serveurs relaient le courrier d’inconnus. Nous ne pouvons ni confirmer ni infirmer les inscriptions dans les bases de données. La raison :
}
undecided-no-answer = Nos tentatives de connexion sont restées sans réponse.
undecided-refused = Nos tentatives de connexion ont été refusées.
undecided-not-smtp = Le service qui répond sur ce port n’utilise pas le protocole SMTP.
undecided-no-mail-here = Le message d’accueil indique qu’aucun courrier n’est accepté ici.
undecided-blocked = Notre test a été rejeté en tant que tel, quel que soit le destinataire indiqué.
undecided-sender-refused = L’adresse d’expéditeur de notre test a été refusée ; aucun destinataire n’a donc pu être testé.
undecided-auth-required = Une authentification est exigée avant l’indication d’un destinataire ; notre test ne s’authentifie pas.
undecided-tls-required = Une connexion chiffrée (STARTTLS) est exigée avant l’indication d’un destinataire ; notre test n’en a pas établi.
undecided-tls-version = Aucune connexion chiffrée prise en charge par les deux parties n’a pu être établie.
undecided-greylisted = Nos demandes ont été différées par des erreurs temporaires (liste grise, en anglais « greylisting ») jusqu’à l’expiration du délai de notre test.
undecided-tarpit = Les réponses sont arrivées si lentement que le délai de notre test a expiré avant celles qui sont décisives.
undecided-cut-off = La connexion a pris fin, ou la limite de notre test a été atteinte, avant les réponses décisives.
undecided-local-or-relay = Seules ont été acceptées des formes de destinataire qui peuvent tout aussi bien désigner une boîte aux lettres locale.
undecided-not-formable = Les demandes décisives n’ont pas pu être formées pour ce serveur, faute de connaître un nom ou une forme d’adresse appropriés.
undecided-other = Les réponses ne donnent pas d’image claire.

## Explication

heading-explanation = Qu’est-ce qu’un relais de messagerie ouvert ?
explanation = Un relais de messagerie ouvert accepte le courrier de n’importe quel ordinateur au monde et le transmet à des destinataires partout sur Internet. Les expéditeurs de messages non sollicités envoyés en masse abusent de tels serveurs. Il en résulte une charge pour les destinataires, pour les autorités qui poursuivent ces pratiques et pour l’organisation qui exploite le serveur.
consequences = Pour cette organisation, un relais de messagerie ouvert peut signifier que :
consequence-blame = des destinataires croient que les messages non sollicités proviennent de son système ;
consequence-strangers = des tiers inconnus utilisent son serveur de messagerie et ses ressources Internet ;
consequence-congestion = ses connexions sont encombrées par le trafic d’autrui ;
consequence-cost = ses coûts administratifs augmentent ;
consequence-cut-off = son fournisseur d’accès à Internet suspend le service.
consequences-end = Un serveur qui ne relaie que le courrier de ses propres utilisateurs est protégé contre cet abus.

## Ce qu’il faut faire

heading-fix = Ce que vous pouvez faire
fix-opening-confirmed = { $count ->
    [one] Nous vous prions de fermer ce relais. En général, les étapes suivantes suffisent :
   *[other] Nous vous prions de fermer ces relais. En général, les étapes suivantes suffisent :
}
fix-opening-listed = { $count ->
    [one] Nous vous prions de vérifier si le serveur relaie le courrier d’inconnus et, le cas échéant, d’y mettre fin. En général, les étapes suivantes suffisent :
   *[other] Nous vous prions de vérifier si les serveurs relaient le courrier d’inconnus et, le cas échéant, d’y mettre fin. En général, les étapes suivantes suffisent :
}
fix-limit = Ne relayez le courrier que depuis vos propres réseaux et pour les utilisateurs authentifiés ; pour tous les autres, refusez tout destinataire extérieur à vos propres domaines.
fix-exceptions = Vérifiez les exceptions : les réseaux de confiance, y compris en IPv6 et derrière une passerelle NAT ou de conteneurs qui fait paraître local tout client ; les serveurs de secours ; les règles qui se fient à une adresse d’expéditeur, car une telle adresse peut être falsifiée.
fix-update = Utilisez une version du serveur de messagerie que son éditeur maintient encore.
fix-queue = Recherchez ensuite, dans la file d’attente et les journaux, le courrier qui n’est pas le vôtre.
fix-postfix = Postfix (reconnu d’après les réponses du serveur) : la première commande affiche les réglages déterminants ; une valeur sûre la suit.
fix-exim = Exim (reconnu d’après les réponses du serveur) : ces deux listes doivent être aussi courtes que possible. Valeurs sûres :
fix-opensmtpd = OpenSMTPD (reconnu d’après les réponses du serveur) : dans smtpd.conf, une règle « from any for any » sans « auth » crée un relais ouvert. Les règles suivantes sont sûres :
fix-sendmail = Sendmail (reconnu d’après les réponses du serveur) : vérifiez les fichiers access et relay-domains, et supprimez de sendmail.mc les lignes suivantes si elles y figurent :
fix-exchange = Microsoft Exchange (reconnu d’après les réponses du serveur) : « ms-Exch-SMTP-Accept-Any-Recipient » ne devrait pas figurer parmi les droits des utilisateurs non authentifiés qu’affiche cette commande :
fix-more = Instructions détaillées :

# Ce que dit une lettre d’un relais de messagerie : ce qui a été montré, et rien de plus.

## Objet

relay-subject-confirmed = { $count ->
    [one] Serveur de messagerie { $address } : relais ouvert confirmé
   *[other] Serveurs de messagerie ({ $count }~adresses) : relais ouverts confirmés
}
relay-subject-listed = { $count ->
    [one] Serveur de messagerie { $address } : merci de vérifier s’il s’agit d’un relais ouvert
   *[other] Serveurs de messagerie ({ $count }~adresses) : merci de vérifier s’il s’agit de relais ouverts
}

relay-tested-forms = { $answered ->
    [0] aucune combinaison d’expéditeur et de destinataire n’a reçu de réponse
    [one] { $answered }~combinaison d’expéditeur et de destinataire a reçu une réponse : { $accepted ->
        [one] { $accepted }~acceptée
       *[other] { $accepted }~acceptées
    }, { $refused ->
        [one] { $refused }~refusée
       *[other] { $refused }~refusées
    }{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~incertaine
    }
   *[other] { $answered }~combinaisons d’expéditeur et de destinataire ont reçu une réponse : { $accepted ->
        [one] { $accepted }~acceptée
       *[other] { $accepted }~acceptées
    }, { $refused ->
        [one] { $refused }~refusée
       *[other] { $refused }~refusées
    }{ $unclear ->
        [0] { "" }
        [one] , { $unclear }~incertaine
       *[other] , { $unclear }~incertaines
    }
}
relay-label-returned = Retour du message :
relay-returned-from = remis par { $address }
returned-name = sous le nom { $name }
returned-elsewhere = ce n’est pas l’adresse testée
returned-count = { $returned } sur { $sent } messages d’essai
relay-evidence-forms = Combinaisons acceptées par le serveur :
evidence-returned = Indications reçues par notre propre serveur de messagerie avec le message :

## Pourquoi nous écrivons

relay-occasion-opening = { $count ->
    [one] La présente lettre concerne le serveur de messagerie à l’adresse IP~{ $address } et la question de savoir s’il s’agit d’un relais de messagerie ouvert (en anglais « open relay »), c’est-à-dire si des inconnus peuvent s’en servir pour envoyer des messages à d’autres inconnus.
   *[other] La présente lettre concerne les serveurs de messagerie aux { $count }~adresses IP énumérées ci-dessous et la question de savoir s’il s’agit de relais de messagerie ouverts (en anglais « open relays »), c’est-à-dire si des inconnus peuvent s’en servir pour envoyer des messages à d’autres inconnus.
}
relay-occasion-listed = { $count ->
    [one] { $bases ->
        [one] Une base de données publique ({ $databases }) indique
       *[other] Différentes bases de données publiques ({ $databases }) indiquent
    } que le serveur à l’adresse IP~{ $address } pourrait être un relais de messagerie ouvert (en anglais « open relay »). Si tel est le cas, cette lettre contient des informations importantes sur le serveur de messagerie de votre organisation et sur l’image de celle-ci sur Internet.
   *[other] { $bases ->
        [one] Une base de données publique ({ $databases }) indique
       *[other] Différentes bases de données publiques ({ $databases }) indiquent
    } que les serveurs aux { $count }~adresses IP énumérées ci-dessous pourraient être des relais de messagerie ouverts (en anglais « open relays »). Si tel est le cas, cette lettre contient des informations importantes sur les serveurs de messagerie de votre organisation et sur l’image de celle-ci sur Internet.
}
relay-occasion-confirmed = { $count ->
    [one] Notre propre test a montré que tel est le cas : un message d’essai envoyé par nos soins nous est revenu par l’intermédiaire de ce serveur.
   *[other] Nos propres tests ont montré que tel est le cas : un message d’essai envoyé par nos soins nous est revenu par l’intermédiaire de chacun de ces serveurs.
}

## Comment le test s’est déroulé

relay-test-method = Notre test se connecte à un serveur de messagerie depuis l’extérieur et dialogue avec lui en SMTP, comme le fait tout autre serveur de messagerie. Sans s’authentifier, il demande de plusieurs manières si le serveur accepterait du courrier venant de l’extérieur pour des destinataires extérieurs. Il n’essaie aucun mot de passe et ne modifie aucun réglage.
test-no-message = Nous n’avons transmis aucun message.
test-message = À cette occasion, nous avons aussi remis un court message d’essai adressé à nous-mêmes.
test-message-some = À certains serveurs, nous avons aussi remis un court message d’essai adressé à nous-mêmes ; aux autres, nous n’en avons transmis aucun.

## Le résultat

relay-verdict-confirmed = { $count ->
    [one] Sans authentification, le serveur a accepté notre message d’essai pour un destinataire extérieur et l’a transmis ; ce message est parvenu à notre propre boîte aux lettres. Il est ainsi prouvé que, au moment du test, le serveur relayait le courrier d’inconnus.
   *[other] Sans authentification, chacun de ces serveurs a accepté notre message d’essai pour un destinataire extérieur et l’a transmis ; ces messages sont parvenus à notre propre boîte aux lettres. Il est ainsi prouvé que, au moment du test, ces serveurs relayaient le courrier d’inconnus.
}
verdict-part = { $count ->
    [one] Le serveur a pris en charge { $sent } messages d’essai ; nombre de messages qui nous étaient parvenus à la date de cette lettre : { $returned }.
   *[other] À la date de cette lettre, certains des messages d’essai pris en charge par ces serveurs ne nous sont pas parvenus ; les nombres sont indiqués pour chaque serveur.
}
relay-verdict-accepted = { $count ->
    [one] Sans authentification, le serveur a pris en charge notre message d’essai pour un destinataire extérieur. À la date de cette lettre, ce message ne nous est pas parvenu. Il n’est donc pas prouvé que le serveur transmette de tels messages.
   *[other] Sans authentification, chacun de ces serveurs a pris en charge notre message d’essai pour un destinataire extérieur. À la date de cette lettre, ces messages ne nous sont pas parvenus. Il n’est donc pas prouvé que ces serveurs transmettent de tels messages.
}
relay-verdict-suspected = { $count ->
    [one] Sans authentification, le serveur a accepté comme destinataire l’une de nos propres boîtes aux lettres, alors qu’il n’en est pas responsable (réponse à la commande RCPT). Nous n’avons remis aucun message. Il n’est donc pas prouvé que le serveur transmette réellement de tels messages : certains serveurs les refusent ou les suppriment à un stade ultérieur.
   *[other] Sans authentification, chacun de ces serveurs a accepté comme destinataire l’une de nos propres boîtes aux lettres, alors qu’il n’en est pas responsable (réponse à la commande RCPT). Nous n’avons remis aucun message. Il n’est donc pas prouvé que ces serveurs transmettent réellement de tels messages : certains serveurs les refusent ou les suppriment à un stade ultérieur.
}
relay-verdict-anything = { $count ->
    [one] Le serveur a aussi accepté un destinataire dans un domaine qui ne peut pas exister. Il est donc possible qu’il accepte d’abord tout destinataire et ne décide que plus tard.
   *[other] Chacun d’eux a aussi accepté un destinataire dans un domaine qui ne peut pas exister. Il est donc possible qu’ils acceptent d’abord tout destinataire et ne décident que plus tard.
}
relay-verdict-undecided = { $count ->
    [one] Notre test n’a pas permis d’établir si le serveur relaie le courrier d’inconnus. Nous ne pouvons ni confirmer ni infirmer l’inscription dans la base de données. La raison :
   *[other] Nos tests n’ont pas permis d’établir si ces serveurs relaient le courrier d’inconnus. Nous ne pouvons ni confirmer ni infirmer les inscriptions dans les bases de données. La raison :
}
undecided-not-smtp = Le service qui répond sur ce port n’utilise pas le protocole SMTP.
undecided-no-mail-here = Le message d’accueil indique qu’aucun courrier n’est accepté ici.
undecided-blocked = Notre test a été rejeté en tant que tel, quel que soit le destinataire indiqué.
undecided-sender-refused = L’adresse d’expéditeur de notre test a été refusée ; la question du destinataire est donc restée ouverte.
undecided-auth-required = Une authentification est exigée avant l’indication d’un destinataire ; notre test ne s’authentifie pas.
undecided-tls-required = Une connexion chiffrée (STARTTLS) est exigée avant l’indication d’un destinataire ; notre test n’en a pas établi.
undecided-tls-version = Une connexion chiffrée (STARTTLS) est exigée avant l’indication d’un destinataire, mais elle n’a pas pu être établie.
undecided-greylisted = Nos demandes ont été différées par des erreurs temporaires (liste grise, en anglais « greylisting ») jusqu’à l’expiration du délai de notre test.
undecided-local-or-relay = Seules ont été acceptées des formes de destinataire qui peuvent tout aussi bien désigner une boîte aux lettres locale.
undecided-not-formable = Les demandes décisives n’ont pas pu être formulées pour ce serveur, faute d’un nom ou d’une forme d’adresse appropriés.

## Explication

relay-heading-explanation = Qu’est-ce qu’un relais de messagerie ouvert ?
relay-explanation = Un relais de messagerie ouvert est un serveur de messagerie qui accepte le courrier de n’importe quel ordinateur au monde et le transmet à d’autres adresses Internet. Les expéditeurs de messages non sollicités envoyés en masse abusent de tels serveurs. C’est un problème pour les consommateurs du monde entier, pour les autorités chargées de faire respecter la loi et pour l’organisation qui exploite le serveur.
relay-consequences = Pour cette organisation, un relais de messagerie ouvert peut signifier que :
relay-consequence-strangers = des tiers inconnus utilisent son serveur de messagerie et ses ressources Internet ;
relay-consequences-end = Fermer un relais de messagerie ouvert protège le système contre cet abus.
relay-programme-aim = L’objectif est que vous sécurisiez vos serveurs de messagerie et ne deveniez pas, à votre insu, une source de messages non sollicités. La première étape consiste à fermer les relais de messagerie ouverts.

## Ce qu’il faut faire

relay-fix-opening-confirmed = { $count ->
    [one] Nous vous prions de fermer ce relais aux inconnus. En général, les étapes suivantes suffisent :
   *[other] Nous vous prions de fermer ces relais aux inconnus. En général, les étapes suivantes suffisent :
}
relay-fix-opening-listed = { $count ->
    [one] Nous vous prions de vérifier si le serveur relaie le courrier d’inconnus et, le cas échéant, d’y mettre fin. En général, les étapes suivantes suffisent :
   *[other] Nous vous prions de vérifier si les serveurs relaient le courrier d’inconnus et, le cas échéant, d’y mettre fin. En général, les étapes suivantes suffisent :
}
fix-limit = Ne relayez le courrier que depuis vos propres réseaux et pour les utilisateurs authentifiés ; pour tous les autres, refusez tout destinataire extérieur à vos propres domaines.
relay-guide-steps = { $count ->
    [one] Si votre serveur est un relais de messagerie ouvert et que vous souhaitez le fermer, nous vous invitons à suivre les instructions pas à pas qui s’y trouvent.
   *[other] Si vos serveurs sont des relais de messagerie ouverts et que vous souhaitez les fermer, nous vous invitons à suivre les instructions pas à pas qui s’y trouvent.
}
fix-relays = Serveurs de messagerie :
fix-exceptions = Vérifiez les exceptions : les réseaux de confiance, y compris en IPv6 et derrière une passerelle NAT ou de conteneurs qui fait paraître local tout client ; les serveurs de secours ; les règles qui se fient à une adresse d’expéditeur, car une telle adresse peut être falsifiée.
fix-update = Utilisez une version du serveur de messagerie que son éditeur maintient encore.
fix-queue = Recherchez ensuite, dans la file d’attente et les journaux, le courrier qui n’est pas le vôtre.
fix-postfix = Postfix (reconnu d’après les réponses du serveur) : la première commande affiche les réglages déterminants ; une valeur sûre la suit.
fix-exim = Exim (reconnu d’après les réponses du serveur) : ces deux listes doivent être aussi courtes que possible. Valeurs sûres :
fix-opensmtpd = OpenSMTPD (reconnu d’après les réponses du serveur) : dans smtpd.conf, une règle « from any for any » sans « auth » crée un relais ouvert. Les règles suivantes sont sûres :
fix-sendmail = Sendmail (reconnu d’après les réponses du serveur) : vérifiez les fichiers access et relay-domains, et supprimez de sendmail.mc les lignes suivantes si elles y figurent :
fix-exchange = Microsoft Exchange (reconnu d’après les réponses du serveur) : « ms-Exch-SMTP-Accept-Any-Recipient » ne devrait pas figurer parmi les droits des utilisateurs non authentifiés qu’affiche cette commande :

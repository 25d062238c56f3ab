# Ce que dit une lettre d’un serveur mandataire : ce qui a été montré, et rien de plus.

## Objet

proxy-subject-confirmed = { $count ->
    [one] Serveur { $address } : serveur mandataire ouvert confirmé
   *[other] Serveurs ({ $count }~adresses) : serveurs mandataires ouverts confirmés
}
proxy-subject-listed = { $count ->
    [one] Serveur { $address } : merci de vérifier s’il s’agit d’un serveur mandataire ouvert
   *[other] Serveurs ({ $count }~adresses) : merci de vérifier s’il s’agit de serveurs mandataires ouverts
}

## Pourquoi nous écrivons

proxy-occasion-opening = { $count ->
    [one] La présente lettre concerne le serveur à l’adresse IP~{ $address } et la question de savoir s’il s’agit d’un serveur mandataire (proxy) ouvert (en anglais « open proxy »), c’est-à-dire si des inconnus peuvent s’en servir pour se connecter à d’autres systèmes sur Internet.
   *[other] La présente lettre concerne les serveurs aux { $count }~adresses IP énumérées ci-dessous et la question de savoir s’il s’agit de serveurs mandataires (proxys) ouverts (en anglais « open proxies »), c’est-à-dire si des inconnus peuvent s’en servir pour se connecter à d’autres systèmes sur Internet.
}
proxy-occasion-listed = { $count ->
    [one] { $bases ->
        [one] Une base de données publique ({ $databases }) indique
       *[other] Différentes bases de données publiques ({ $databases }) indiquent
    } que le serveur à l’adresse IP~{ $address } pourrait être un serveur mandataire (proxy) ouvert (en anglais « open proxy »). Si tel est le cas, cette lettre contient des informations importantes sur le serveur de votre organisation et sur l’image de celle-ci sur Internet.
   *[other] { $bases ->
        [one] Une base de données publique ({ $databases }) indique
       *[other] Différentes bases de données publiques ({ $databases }) indiquent
    } que les serveurs aux { $count }~adresses IP énumérées ci-dessous pourraient être des serveurs mandataires (proxys) ouverts (en anglais « open proxies »). Si tel est le cas, cette lettre contient des informations importantes sur les serveurs de votre organisation et sur l’image de celle-ci sur Internet.
}
proxy-occasion-confirmed = { $count ->
    [one] Notre propre test a montré que tel est le cas : une connexion d’essai établie par nos soins a atteint notre propre système par l’intermédiaire de ce serveur.
   *[other] Nos propres tests ont montré que tel est le cas : une connexion d’essai établie par nos soins a atteint notre propre système par l’intermédiaire de chacun de ces serveurs.
}

## Ce qui a été constaté

proxy-tested-forms = { $answered ->
    [0] aucune requête n’a reçu de réponse
    [one] { $answered }~requête a reçu une réponse : { $accepted ->
        [one] { $accepted }~acceptée
       *[other] { $accepted }~acceptées
    }, { $refused ->
        [one] { $refused }~refusée
       *[other] { $refused }~refusées
    }{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~incertaine
    }
   *[other] { $answered }~requêtes ont reçu une réponse : { $accepted ->
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
proxy-label-returned = Arrivée chez nous :
proxy-returned-from = depuis { $address }
proxy-evidence-forms = Requêtes acceptées par le serveur :

## Comment le test s’est déroulé

proxy-test-method = Notre test se connecte à un serveur mandataire depuis l’extérieur, comme le fait tout client. Sans s’authentifier, il demande au serveur une connexion vers un système d’essai qui nous appartient. Ce système envoie un code que personne ne peut deviner ; la connexion n’est prouvée que si ce code nous revient. Le test n’essaie aucun mot de passe, ne s’adresse à aucun système tiers et ne modifie aucun réglage.

## Le résultat

proxy-verdict-confirmed = { $count ->
    [one] Sans authentification, le serveur a établi la connexion que demandait notre test. Elle est arrivée à notre propre système d’essai, et le code envoyé par celui-ci nous est revenu. Il est ainsi prouvé que, au moment du test, le serveur relayait les connexions d’inconnus.
   *[other] Sans authentification, chacun de ces serveurs a établi la connexion que demandait notre test. Elle est arrivée à notre propre système d’essai, et le code envoyé par celui-ci nous est revenu. Il est ainsi prouvé que, au moment du test, ces serveurs relayaient les connexions d’inconnus.
}
proxy-verdict-accepted = { $count ->
    [one] Sans authentification, le serveur a accordé la connexion que demandait notre test, et le code de notre système d’essai nous est revenu. À la date de cette lettre, aucune connexion portant la marque de ce test n’est cependant connue de ce système ; nous ne savons donc pas d’où la connexion est ressortie. Il n’est par conséquent pas prouvé que le serveur relaie lui-même des connexions pour des inconnus.
   *[other] Sans authentification, chacun de ces serveurs a accordé la connexion que demandait notre test, et le code de notre système d’essai nous est revenu. À la date de cette lettre, aucune connexion portant la marque de ces tests n’est cependant connue de ce système ; nous ne savons donc pas d’où les connexions sont ressorties. Il n’est par conséquent pas prouvé que ces serveurs relaient eux-mêmes des connexions pour des inconnus.
}
proxy-verdict-suspected = { $count ->
    [one] Sans authentification, le serveur a répondu qu’il accordait la connexion que demandait notre test. Le code de notre système d’essai ne nous est cependant pas revenu. Il n’est donc pas prouvé que le serveur relaie réellement de telles connexions : certains serveurs répondent de la même façon à toute requête.
   *[other] Sans authentification, chacun de ces serveurs a répondu qu’il accordait la connexion que demandait notre test. Le code de notre système d’essai ne nous est cependant pas revenu. Il n’est donc pas prouvé que ces serveurs relaient réellement de telles connexions : certains serveurs répondent de la même façon à toute requête.
}
proxy-verdict-anything = { $count ->
    [one] Le serveur a aussi accordé une connexion vers une destination qui ne peut pas exister. Il est donc possible qu’il réponde ainsi à toute requête.
   *[other] Chacun d’eux a aussi accordé une connexion vers une destination qui ne peut pas exister. Il est donc possible qu’ils répondent ainsi à toute requête.
}
proxy-verdict-undecided = { $count ->
    [one] Notre test n’a pas permis d’établir si le serveur relaie les connexions d’inconnus. Nous ne pouvons ni confirmer ni infirmer l’inscription dans la base de données. La raison :
   *[other] Nos tests n’ont pas permis d’établir si ces serveurs relaient les connexions d’inconnus. Nous ne pouvons ni confirmer ni infirmer les inscriptions dans les bases de données. La raison :
}
undecided-protocol = Le service qui répond sur ce port n’utilise pas le protocole de notre test.
undecided-turned-away = Notre test a été rejeté en tant que tel, quelle que soit la destination indiquée.
undecided-unanswered = Aucune réponse à notre test ne nous est parvenue à temps.
undecided-not-reached = D’après ses propres réponses, le serveur a tenté d’établir la connexion et n’a pas atteint notre système d’essai. Nous n’avons pas testé s’il relaie des connexions vers d’autres destinations.
undecided-own-address = La connexion est arrivée à notre système d’essai depuis notre propre adresse. Un équipement situé sur notre propre chemin peut l’avoir établie à la place du serveur.

## Explication

proxy-heading-explanation = Qu’est-ce qu’un serveur mandataire ouvert ?
proxy-explanation = Un serveur mandataire (proxy) ouvert permet à n’importe quel ordinateur au monde de se connecter, à travers lui, à d’autres adresses Internet ; vue de l’autre extrémité, la connexion semble alors provenir du serveur mandataire. Les expéditeurs de messages non sollicités envoyés en masse abusent de tels serveurs pour dissimuler l’origine de leurs messages. C’est un problème pour les consommateurs du monde entier, pour les autorités chargées de faire respecter la loi et pour l’organisation qui exploite le serveur.
proxy-consequences = Pour cette organisation, un serveur mandataire ouvert peut signifier que :
proxy-consequence-strangers = des tiers inconnus utilisent son serveur et ses ressources Internet ;
proxy-consequences-end = Fermer aux inconnus un serveur mandataire ouvert protège le système contre cet abus.
proxy-programme-aim = L’objectif est que vous sécurisiez vos serveurs et ne deveniez pas, à votre insu, une source de messages non sollicités. La première étape consiste à fermer aux inconnus les serveurs mandataires ouverts.

## Ce qu’il faut faire

proxy-fix-opening-confirmed = { $count ->
    [one] Nous vous prions de fermer ce serveur mandataire aux inconnus. En général, les étapes suivantes suffisent :
   *[other] Nous vous prions de fermer ces serveurs mandataires aux inconnus. En général, les étapes suivantes suffisent :
}
proxy-fix-opening-listed = { $count ->
    [one] Nous vous prions de vérifier si le serveur relaie les connexions d’inconnus et, le cas échéant, d’y mettre fin. En général, les étapes suivantes suffisent :
   *[other] Nous vous prions de vérifier si les serveurs relaient les connexions d’inconnus et, le cas échéant, d’y mettre fin. En général, les étapes suivantes suffisent :
}
proxy-guide-steps = { $count ->
    [one] Si votre serveur est un serveur mandataire ouvert et que vous souhaitez le fermer, nous vous invitons à suivre les instructions pas à pas qui s’y trouvent.
   *[other] Si vos serveurs sont des serveurs mandataires ouverts et que vous souhaitez les fermer, nous vous invitons à suivre les instructions pas à pas qui s’y trouvent.
}
fix-proxies = Serveurs mandataires :
fix-clients = N’acceptez de connexions que de vos propres réseaux ou d’utilisateurs authentifiés ; refusez toutes les autres.
fix-listen = Si seul votre réseau a besoin du serveur mandataire, ne le mettez à l’écoute que sur une adresse interne et bloquez son port dans le pare-feu, y compris en IPv6.
fix-targets = Limitez ce que le serveur mandataire permet d’atteindre : pas de serveurs de messagerie (port~25), pas d’adresses de votre propre réseau et, avec CONNECT, seulement les ports nécessaires, en général le port~443.
fix-software = Utilisez une version encore maintenue par l’éditeur. Si personne ne connaît ce serveur mandataire, cherchez d’où il vient : il peut appartenir à un routeur, à un autre logiciel ou à un programme malveillant.
fix-logs = Recherchez ensuite dans les journaux les connexions qui ne sont pas les vôtres.
questions = Six questions aident à déterminer si un serveur mandataire est sûr :
question-untrusted = Accepte-t-il des connexions en provenance de réseaux auxquels vous ne faites pas confiance ?
question-version = Utilisez-vous une version à jour du logiciel ?
question-patches = Tous les correctifs de sécurité ont-ils été appliqués ?
question-access = Des règles d’accès déterminent-elles qui peut l’utiliser ?
question-audit = Quelqu’un vérifie-t-il qu’il n’est pas utilisé sans autorisation ?
question-abuse = Votre domaine a-t-il une boîte aux lettres « abuse », et quelqu’un la consulte-t-il ?
fix-squid = Squid (reconnu d’après les réponses du serveur) : dans squid.conf, les règles http_access s’appliquent dans l’ordre où elles figurent, et la dernière doit refuser tout le reste. L’ordre suivant est sûr :
fix-dante = Dante (reconnu d’après les réponses du serveur) : dans sockd.conf, ce qu’aucune règle n’autorise est refusé. N’indiquez donc dans les règles « pass » que vos propres réseaux :
fix-haproxy = HAProxy (reconnu d’après les réponses du serveur) : supprimez « option http_proxy » et tout « set-dst » qui tire la destination de la requête. Si vous en avez malgré tout besoin, limitez les clients autorisés à se connecter :
fix-nginx = nginx (reconnu d’après les réponses du serveur) : « proxy_pass » ne doit pas tirer sa destination de la requête, par exemple de « $host » ou de « $http_host ». Indiquez expressément la destination et, si possible, limitez l’accès :
fix-tinyproxy = Tinyproxy (reconnu d’après les réponses du serveur) : sans ligne « Allow » dans tinyproxy.conf, tout le monde peut se connecter. Les lignes suivantes sont sûres :
fix-microsocks = microsocks (reconnu d’après les réponses du serveur) : sans option, il écoute sur toutes les adresses et ne demande aucun mot de passe. L’appel suivant est sûr :

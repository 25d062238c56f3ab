# Ce que dit une lettre qui porte à la fois sur des relais de messagerie et des serveurs mandataires.

## Objet

both-subject-confirmed = { $count ->
    [one] Serveur { $address } : relais de messagerie et serveur mandataire ouverts confirmés
   *[other] Serveurs ({ $count }~adresses) : relais de messagerie et serveurs mandataires ouverts confirmés
}
both-subject-listed = { $count ->
    [one] Serveur { $address } : merci de vérifier s’il s’agit d’un relais de messagerie ouvert ou d’un serveur mandataire ouvert
   *[other] Serveurs ({ $count }~adresses) : merci de vérifier s’il s’agit de relais de messagerie ouverts ou de serveurs mandataires ouverts
}

## Pourquoi nous écrivons

both-occasion-opening = { $count ->
    [one] La présente lettre concerne le serveur à l’adresse IP~{ $address } et la question de savoir s’il s’agit d’un relais de messagerie ouvert (en anglais « open relay ») ou d’un serveur mandataire (proxy) ouvert (en anglais « open proxy »), c’est-à-dire si des inconnus peuvent s’en servir pour envoyer des messages à d’autres inconnus ou pour se connecter à d’autres systèmes sur Internet.
   *[other] La présente lettre concerne les serveurs aux { $count }~adresses IP énumérées ci-dessous et la question de savoir s’il s’agit de relais de messagerie ouverts (en anglais « open relays ») ou de serveurs mandataires (proxys) ouverts (en anglais « open proxies »), c’est-à-dire si des inconnus peuvent s’en servir pour envoyer des messages à d’autres inconnus ou pour se connecter à d’autres systèmes sur Internet.
}
both-occasion-listed = { $count ->
    [one] { $bases ->
        [one] Une base de données publique ({ $databases }) indique
       *[other] Différentes bases de données publiques ({ $databases }) indiquent
    } que le serveur à l’adresse IP~{ $address } pourrait être un relais de messagerie ouvert (en anglais « open relay ») ou un serveur mandataire (proxy) ouvert (en anglais « open proxy »). Si tel est le cas, cette lettre contient des informations importantes sur le serveur de votre organisation et sur l’image de celle-ci sur Internet.
   *[other] { $bases ->
        [one] Une base de données publique ({ $databases }) indique
       *[other] Différentes bases de données publiques ({ $databases }) indiquent
    } que les serveurs aux { $count }~adresses IP énumérées ci-dessous pourraient être des relais de messagerie ouverts (en anglais « open relays ») ou des serveurs mandataires (proxys) ouverts (en anglais « open proxies »). Si tel est le cas, cette lettre contient des informations importantes sur les serveurs de votre organisation et sur l’image de celle-ci sur Internet.
}
both-occasion-confirmed = { $count ->
    [one] Nos propres tests ont montré qu’il est à la fois l’un et l’autre : un message d’essai et une connexion d’essai de notre part ont atteint nos propres systèmes par l’intermédiaire de ce serveur.
   *[other] Nos propres tests ont montré que tel est le cas : un message d’essai ou une connexion d’essai de notre part a atteint nos propres systèmes par l’intermédiaire de chacun de ces serveurs.
}

## Explication

both-heading-explanation = Que sont les relais de messagerie et les serveurs mandataires ouverts ?
both-explanation = Un relais de messagerie ouvert est un serveur de messagerie qui accepte le courrier de n’importe quel ordinateur au monde et le transmet à d’autres adresses Internet. Un serveur mandataire (proxy) ouvert permet à n’importe quel ordinateur au monde de se connecter, à travers lui, à d’autres adresses Internet ; vue de l’autre extrémité, la connexion semble alors provenir du serveur mandataire. Les expéditeurs de messages non sollicités envoyés en masse abusent des uns et des autres. C’est un problème pour les consommateurs du monde entier, pour les autorités chargées de faire respecter la loi et pour l’organisation qui exploite le serveur.
both-consequences = Pour cette organisation, un tel serveur peut signifier que :
both-consequence-strangers = des tiers inconnus utilisent son serveur et ses ressources Internet ;
both-consequences-end = Fermer un tel serveur aux inconnus protège le système contre cet abus.
both-programme-aim = L’objectif est que vous sécurisiez vos serveurs et ne deveniez pas, à votre insu, une source de messages non sollicités. La première étape consiste à fermer les relais de messagerie et les serveurs mandataires ouverts.

## Ce qu’il faut faire

both-fix-opening-confirmed = { $count ->
    [one] Nous vous prions de fermer ce serveur aux inconnus. En général, les étapes suivantes suffisent :
   *[other] Nous vous prions de fermer ces serveurs aux inconnus. En général, les étapes suivantes suffisent :
}
both-fix-opening-listed = { $count ->
    [one] Nous vous prions de vérifier si le serveur relaie le courrier ou les connexions d’inconnus et, le cas échéant, d’y mettre fin. En général, les étapes suivantes suffisent :
   *[other] Nous vous prions de vérifier si les serveurs relaient le courrier ou les connexions d’inconnus et, le cas échéant, d’y mettre fin. En général, les étapes suivantes suffisent :
}
both-guide-steps = { $count ->
    [one] Si votre serveur est un relais de messagerie ouvert ou un serveur mandataire ouvert et que vous souhaitez le fermer, nous vous invitons à suivre les instructions pas à pas qui s’y trouvent.
   *[other] Si vos serveurs sont des relais de messagerie ouverts ou des serveurs mandataires ouverts et que vous souhaitez les fermer, nous vous invitons à suivre les instructions pas à pas qui s’y trouvent.
}

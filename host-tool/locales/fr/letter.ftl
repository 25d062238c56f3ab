# Ce que contient toute lettre, quel qu’en soit l’objet. `~` est une espace insécable ; devant la
# ponctuation haute et dans les guillemets, le programme la pose lui-même.

## Marques du projet

draft-example = PROJET, à ne pas envoyer : l’expéditeur du profil « { $profile } » est un exemple.
draft-language = PROJET, à ne pas envoyer : le profil « { $profile } » n’a pas approuvé le français.
draft-historic = PROJET, à ne pas envoyer : le profil « { $profile } » est historique ; il montre à quoi ressemblaient les lettres de l’époque.

## Deux langues

english-below = English version below

## En-tête

label-to = Destinataire :
label-reference = Notre référence :
label-date = Date :
label-subject = Objet :
day = { $date }
salutation = Madame, Monsieur,
salutation-named = Madame, Monsieur,

## Dates, heures, énumérations

date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }
moment-utc = { $date }, { $hour }~h~{ $minute } (UTC)
moment-local = { $date }, { $hour }~h~{ $minute } ({ $zone })
list-and = et
list-and-before-e = et

## Ce qui a été constaté

heading-findings = { $count ->
    [one] Le serveur
   *[other] Les serveurs
}
label-address = Adresse IP :
label-protocol = Protocole :
address-and-port = { $address }, port~{ $port }
label-host = Nom d’hôte :
label-seen = Observé le :
label-first-seen = Première observation :
label-last-seen = Dernière observation :
label-listed = Répertorié dans :
listed-since = inscrit le { $date }
listed-on = constaté le { $date }
listed-code = code { $code }
label-tested = Test :
depth-quick = étendue : réduite
depth-standard = étendue : normale
depth-full = étendue : complète

## Qui écrit et comment répondre

heading-sender = Qui nous sommes
partners = Nos partenaires sont les suivants :
partners-abroad = Partenaires internationaux :
heading-contact = Vos questions
contact = Pour toute question sur cette lettre, merci de nous écrire ou de nous appeler en indiquant notre référence { $reference }. Votre réponse sera lue par une personne.
contact-mail = Pour toute question sur les instructions ou sur cette lettre, merci de nous écrire en indiquant notre référence { $reference } :
label-mail = Courriel :
label-phone = Téléphone :
heading-genuine = Comment vérifier l’authenticité de cette lettre
genuine = Vous n’avez pas à nous croire sur parole. La page suivante explique à quoi l’on reconnaît nos lettres :
genuine-key = Empreinte de notre clé OpenPGP :
genuine-never = Nous ne vous demanderons jamais de mot de passe, et il n’est nécessaire d’ouvrir ni pièce jointe ni lien pour donner suite à cette lettre.
heading-retest = Nouveau test
retest = Dès que vous aurez procédé à une modification ou à une vérification, merci de nous en informer. Nous referons volontiers le test et vous en communiquerons le résultat. Si vous ne souhaitez pas que le test soit refait, un court message suffit.
deadline = Merci de nous indiquer d’ici au { $date } ce que vous avez constaté.
deadline-retest = Nous prévoyons de refaire le test le { $date }. Si rien n’a changé d’ici là, nous vous adresserons un rappel, et un seul.
pass-on = Si vous êtes seulement le fournisseur d’accès à Internet, merci de transmettre cette lettre au client concerné. Si l’affaire ne vous concerne en rien, nous vous saurions gré de nous l’indiquer en quelques mots, afin que nous ne vous importunions plus.
closing = Nous vous prions d’agréer, Madame, Monsieur, l’expression de nos salutations distinguées.

## Pourquoi nous écrivons

occasion-suspected = { $count ->
    [one] L’adresse figure dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc testé nous-mêmes le serveur : il existe des indices, mais pas de preuve.
   *[other] Les adresses figurent dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc testé nous-mêmes les serveurs : il existe des indices, mais pas de preuve.
}
identity = { $count ->
    [one] Selon les informations dont nous disposons, vous êtes responsable de ce serveur.
   *[other] Selon les informations dont nous disposons, vous êtes responsable de ces serveurs.
}
occasion-undecided = { $count ->
    [one] L’adresse figure dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc testé nous-mêmes le serveur, mais notre test n’a pas permis de trancher la question.
   *[other] Les adresses figurent dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc testé nous-mêmes les serveurs, mais nos tests n’ont pas permis de trancher la question.
}
occasion-mixed = { $count ->
    [one] L’adresse figure dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc procédé à nos propres tests. Les résultats diffèrent ; nous les indiquons ci-dessous.
   *[other] Certaines de ces adresses figurent dans { $bases ->
        [one] une base de données publique
       *[other] des bases de données publiques
    } ({ $databases }). Nous avons donc procédé à nos propres tests. Les résultats diffèrent ; nous les indiquons ci-dessous pour chaque serveur.
}

## Comment le test s’est déroulé

heading-test = Comment nous avons procédé
caveat-path = À noter : nous n’avons pas vérifié si un autre système intercepte en chemin les connexions de notre test. Si tel était le cas, les réponses pourraient ne pas provenir de votre serveur.
caveat-laboratory = À noter : ce test a été effectué en laboratoire, sans contrôle de notre propre identité.

## Le résultat

heading-verdict = Ce que montre le test
undecided-no-answer = Nos tentatives de connexion sont restées sans réponse.
undecided-refused = Nos tentatives de connexion ont été refusées.
undecided-tarpit = Les réponses ont été si lentes que le délai de notre test a expiré avant la réception de celles qui sont décisives.
undecided-cut-off = La connexion a pris fin, ou la limite de notre test a été atteinte, avant les réponses décisives.
undecided-other = Les réponses ne permettent pas de conclure.

## Les conséquences

consequence-blame = des destinataires croient que les messages non sollicités proviennent de son système ;
consequence-congestion = ses connexions sont encombrées par le trafic d’autrui ;
consequence-cost = ses coûts administratifs augmentent ;
consequence-cut-off = son fournisseur d’accès à Internet suspend le service.

## Ce qu’il faut faire

heading-fix = Ce que vous pouvez faire
fix-more = Instructions détaillées :
guide-direct = Lien direct :

## Annexes

heading-evidence = Annexe : relevé de l’échange avec le serveur
evidence = « C: » désigne notre test, « S: » le serveur. Il s’agit d’un extrait : certaines réponses peuvent manquer et nos propres adresses sont abrégées. Les caractères non imprimables sont représentés par leur code.
evidence-of = Adresse IP~{ $address }, port~{ $port }
evidence-more = { $count ->
    [one] L’échange avec un autre serveur est disponible sur demande.
   *[other] Les échanges avec { $count }~autres serveurs sont disponibles sur demande.
}
heading-machine = Annexe : les mêmes données pour traitement automatique (heures UTC)

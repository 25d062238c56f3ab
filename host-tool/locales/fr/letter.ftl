# Ce que contient toute lettre, quel qu’en soit l’objet. `~` est une espace insécable ; devant la
# ponctuation haute et dans les guillemets, le programme la pose lui-même.

## Marques du projet

draft-example = PROJET, à ne pas envoyer : l’expéditeur du profil « { $profile } » est un exemple.
draft-language = PROJET, à ne pas envoyer : le profil « { $profile } » n’a pas approuvé le français.
draft-historic = PROJET, à ne pas envoyer : le profil « { $profile } » est historique ; il montre comment se lisaient les lettres d’alors.

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
address-and-port = { $address }, port~{ $port }
label-host = Nom d’hôte :
label-seen = Constaté :
label-first-seen = Première constatation :
label-last-seen = Dernière constatation :
label-listed = Répertorié dans :
listed-on = constaté le { $date }
listed-code = code { $code }
label-tested = Test :
tested-forms = { $answered ->
    [0] aucune combinaison d’expéditeur et de destinataire n’a reçu de réponse
    [one] { $answered }~combinaison d’expéditeur et de destinataire a reçu une réponse : { $accepted }~acceptée, { $refused }~refusée{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~incertaine
    }
   *[other] { $answered }~combinaisons d’expéditeur et de destinataire ont reçu une réponse : { $accepted }~acceptées, { $refused }~refusées{ $unclear ->
        [0] { "" }
        [one] , { $unclear }~incertaine
       *[other] , { $unclear }~incertaines
    }
}
depth-quick = étendue : réduite
depth-standard = étendue : normale
depth-full = étendue : complète
label-returned = Retour du message :
returned-from = remis par { $address }

## Qui écrit et comment répondre

heading-sender = Qui nous sommes
heading-contact = Vos questions
contact = Pour toute question sur cette lettre, écrivez-nous ou appelez-nous en indiquant notre référence { $reference }. Votre réponse sera lue par une personne.
label-mail = Courriel :
label-phone = Téléphone :
heading-genuine = Comment vérifier l’authenticité de cette lettre
genuine = Vous n’avez pas à nous croire sur parole. La page suivante explique à quoi l’on reconnaît nos lettres :
genuine-key = Empreinte de notre clé OpenPGP :
genuine-never = Nous ne vous demanderons jamais de mot de passe, et il n’est nécessaire d’ouvrir ni pièce jointe ni lien pour donner suite à cette lettre.
heading-retest = Nouveau test
retest = Dès que vous aurez procédé à une modification ou à une vérification, merci de nous en informer. Nous referons volontiers le test et vous en communiquerons le résultat. Si vous ne souhaitez pas de nouveau test, un court message suffit.
pass-on = Si vous êtes seulement le fournisseur d’accès à Internet, merci de transmettre cette lettre au client concerné. Si l’affaire ne vous concerne en rien, nous vous saurions gré de nous l’indiquer en quelques mots, afin que nous ne vous importunions plus.
closing = Nous vous prions d’agréer, Madame, Monsieur, l’expression de nos salutations distinguées.

## Annexes

heading-evidence = Annexe : relevé de l’échange avec le serveur
evidence = « C: » désigne notre test, « S: » le serveur. Il s’agit d’un extrait : certaines réponses peuvent manquer et nos propres adresses sont abrégées. Les caractères non imprimables sont représentés par leur code.
evidence-of = Adresse IP~{ $address }, port~{ $port }
evidence-forms = Combinaisons acceptées par le serveur :
evidence-more = { $count ->
    [one] L’échange avec un autre serveur est disponible sur demande.
   *[other] Les échanges avec { $count }~autres serveurs sont disponibles sur demande.
}
heading-machine = Annexe : les mêmes données pour traitement automatique (heures UTC)

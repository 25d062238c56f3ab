# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = NE PAS ENVOYER : le contrôle a relevé des erreurs dans cette lettre.

## Attachments of the mail

attachment-findings = Les résultats sous forme de tableau (CSV)
attachment-xarf = Rapport pour traitement automatique (XARF), adresse IP~{ $address }

## A line for each of several servers

grid-address = Adresse IP
grid-port = Port
grid-seen = Dernière observation (UTC)
grid-result = Résultat
result-confirmed = prouvé
result-suspected = soupçon
result-undecided = non tranché
result-listed = répertorié

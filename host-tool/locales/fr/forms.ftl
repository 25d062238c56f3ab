# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = NE PAS ENVOYER : le contrôle a relevé des erreurs dans cette lettre.

## Attachments of the mail

attachment-findings = Les constats sous forme de tableau (CSV)
attachment-xarf = Rapport pour traitement automatique (XARF), adresse IP~{ $address }

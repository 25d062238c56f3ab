# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = DA NON INVIARE: il controllo ha rilevato errori in questa comunicazione.

## Attachments of the mail

attachment-findings = I risultati in forma di tabella (CSV)
attachment-xarf = Segnalazione per il trattamento automatico (XARF), indirizzo IP~{ $address }

# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = DA NON INVIARE: il controllo ha rilevato errori in questa lettera.

## Attachments of the mail

attachment-findings = I risultati in forma di tabella (CSV)
attachment-xarf = Segnalazione per il trattamento automatico (XARF), indirizzo IP~{ $address }

## A line for each of several servers

grid-address = Indirizzo IP
grid-port = Porta
grid-seen = Ultima rilevazione (UTC)
grid-result = Esito
result-confirmed = provato
result-suspected = sospetto
result-undecided = non accertato
result-listed = in banca dati

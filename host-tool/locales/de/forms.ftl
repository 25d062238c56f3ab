# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = NICHT ZUM VERSAND: Die Prüfung hat in diesem Schreiben Fehler gefunden.

## Attachments of the mail

attachment-findings = Die Befunde als Tabelle (CSV)
attachment-xarf = Bericht für die automatische Verarbeitung (XARF), IP-Adresse~{ $address }

## A line for each of several servers

grid-address = IP-Adresse
grid-port = Port
grid-seen = Zuletzt beobachtet (UTC)
grid-result = Ergebnis
result-confirmed = nachgewiesen
result-suspected = Verdacht
result-undecided = ungeklärt
result-listed = verzeichnet

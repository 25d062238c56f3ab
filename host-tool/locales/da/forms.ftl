# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = MÅ IKKE SENDES: Kontrollen har fundet fejl i dette brev.

## Attachments of the mail

attachment-findings = Resultaterne som tabel (CSV)
attachment-xarf = Rapport til automatisk behandling (XARF), IP-adresse~{ $address }

## A line for each of several servers

grid-address = IP-adresse
grid-port = Port
grid-seen = Senest observeret (UTC)
grid-result = Resultat
result-confirmed = bevist
result-suspected = mistanke
result-undecided = uafklaret
result-listed = registreret

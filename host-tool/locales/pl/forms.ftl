# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = NIE DO WYSŁANIA: kontrola wykryła błędy w tym piśmie.

## Attachments of the mail

attachment-findings = Wyniki w postaci tabeli (CSV)
attachment-xarf = Zgłoszenie do automatycznego przetwarzania (XARF), adres IP~{ $address }

## A line for each of several servers

grid-address = Adres IP
grid-port = Port
grid-seen = Ostatnia obserwacja (UTC)
grid-result = Wynik
result-confirmed = udowodniono
result-suspected = podejrzenie
result-undecided = nie rozstrzygnięto
result-listed = w bazie danych

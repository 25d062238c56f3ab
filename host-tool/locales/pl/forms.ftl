# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = NIE DO WYSŁANIA: kontrola wykryła błędy w tym piśmie.

## Attachments of the mail

attachment-findings = Ustalenia w postaci tabeli (CSV)
attachment-xarf = Zgłoszenie do automatycznego przetwarzania (XARF), adres IP~{ $address }

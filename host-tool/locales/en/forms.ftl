# What the forms of a letter say themselves. `~` is a no-break space.

## Mark of a letter that must not leave the house

mark-faults = NOT TO BE SENT: the checks found faults in this letter.

## Attachments of the mail

attachment-findings = The findings as a table (CSV)
attachment-xarf = Report for automatic processing (XARF), IP~address { $address }

## A line for each of several servers

grid-address = IP~address
grid-port = Port
grid-seen = Last observed (UTC)
grid-result = Result
result-confirmed = proved
result-suspected = suspected
result-undecided = undecided
result-listed = listed

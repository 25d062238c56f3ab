# Was in der Schweiz und in Liechtenstein anders ist als in Deutschland. Das ß und die
# Anführungszeichen ersetzt das Programm selbst; nach der Anrede beginnt der Satz gross.

salutation = Sehr geehrte Damen und Herren
salutation-named = Sehr geehrte Damen und Herren
closing = Freundliche Grüsse

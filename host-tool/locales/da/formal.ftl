# Det, som et brev siger anderledes, når det tiltaler læseren med ”De”. Kun brevet fra 2004 gør det;
# alt andet skriver ”I”.

identity = { $count ->
    [one] Efter vores oplysninger har De en server på denne adresse.
   *[other] Efter vores oplysninger har De servere på disse adresser.
}
both-occasion-listed = { $count ->
    [one] { $bases ->
        [one] Oplysninger i en offentlig database ({ $databases }) tyder
       *[other] Oplysninger i forskellige offentlige databaser ({ $databases }) tyder
    } på, at serveren på IP-adressen~{ $address } kan være et åbent mailrelæ (på engelsk ”open relay”) eller en åben proxyserver (på engelsk ”open proxy”). Hvis det er tilfældet, indeholder dette brev vigtige oplysninger om Deres organisations server og om, hvordan organisationen fremstår på internettet.
   *[other] { $bases ->
        [one] Oplysninger i en offentlig database ({ $databases }) tyder
       *[other] Oplysninger i forskellige offentlige databaser ({ $databases }) tyder
    } på, at serverne på de { $count }~IP-adresser, der er nævnt nedenfor, kan være åbne mailrelæer (på engelsk ”open relays”) eller åbne proxyservere (på engelsk ”open proxies”). Hvis det er tilfældet, indeholder dette brev vigtige oplysninger om Deres organisations servere og om, hvordan organisationen fremstår på internettet.
}
both-programme-aim = Målet er, at De sikrer Deres servere og ikke uden at vide det bliver kilde til uopfordrede mails. Det første skridt er at lukke åbne mailrelæer og åbne proxyservere.
both-guide-steps = { $count ->
    [one] Hvis Deres server er et åbent mailrelæ eller en åben proxyserver, og De ønsker at lukke den, beder vi Dem følge den trinvise vejledning dér.
   *[other] Hvis Deres servere er åbne mailrelæer eller åbne proxyservere, og De ønsker at lukke dem, beder vi Dem følge den trinvise vejledning dér.
}
contact-mail = Har De spørgsmål til vejledningen eller til dette brev, er De velkommen til at skrive til os. Oplys venligst vores reference { $reference }.

# Det, som et brev siger, der handler om både mailrelæer og proxyservere.

## Emne

both-subject-confirmed = { $count ->
    [one] Server { $address }: åbent mailrelæ og åben proxyserver bekræftet
   *[other] Servere på { $count }~adresser: åbne mailrelæer og proxyservere bekræftet
}
both-subject-listed = { $count ->
    [one] Server { $address }: undersøg venligst, om den er et åbent mailrelæ eller en åben proxyserver
   *[other] Servere på { $count }~adresser: undersøg venligst, om de er åbne mailrelæer eller proxyservere
}

## Hvorfor vi skriver

both-occasion-opening = { $count ->
    [one] Dette brev drejer sig om serveren på IP-adressen~{ $address } og om spørgsmålet, om den er et åbent mailrelæ (på engelsk ”open relay”) eller en åben proxyserver (på engelsk ”open proxy”), altså om fremmede kan sende mails til andre fremmede eller oprette forbindelse til andre systemer på internettet gennem den.
   *[other] Dette brev drejer sig om serverne på de { $count }~IP-adresser, der er nævnt nedenfor, og om spørgsmålet, om de er åbne mailrelæer (på engelsk ”open relays”) eller åbne proxyservere (på engelsk ”open proxies”), altså om fremmede kan sende mails til andre fremmede eller oprette forbindelse til andre systemer på internettet gennem dem.
}
both-occasion-listed = { $count ->
    [one] { $bases ->
        [one] Oplysninger i en offentlig database ({ $databases }) tyder
       *[other] Oplysninger i forskellige offentlige databaser ({ $databases }) tyder
    } på, at serveren på IP-adressen~{ $address } kan være et åbent mailrelæ (på engelsk ”open relay”) eller en åben proxyserver (på engelsk ”open proxy”). Hvis det er tilfældet, indeholder dette brev vigtige oplysninger om jeres organisations server og om, hvordan organisationen fremstår på internettet.
   *[other] { $bases ->
        [one] Oplysninger i en offentlig database ({ $databases }) tyder
       *[other] Oplysninger i forskellige offentlige databaser ({ $databases }) tyder
    } på, at serverne på de { $count }~IP-adresser, der er nævnt nedenfor, kan være åbne mailrelæer (på engelsk ”open relays”) eller åbne proxyservere (på engelsk ”open proxies”). Hvis det er tilfældet, indeholder dette brev vigtige oplysninger om jeres organisations servere og om, hvordan organisationen fremstår på internettet.
}
both-occasion-confirmed = { $count ->
    [one] Vores egne test har vist, at den er begge dele: En testmail og en testforbindelse fra os nåede frem til vores egne systemer gennem serveren.
   *[other] Vores egne test har vist, at det er tilfældet: Gennem hver af disse servere nåede en testmail eller en testforbindelse fra os frem til vores egne systemer.
}

## Forklaring

both-heading-explanation = Hvad åbne mailrelæer og åbne proxyservere er
both-explanation = Et åbent mailrelæ er en mailserver, der tager imod mails fra en hvilken som helst computer i verden og sender dem videre til andre internetadresser. En åben proxyserver lader en hvilken som helst computer i verden oprette forbindelse til andre internetadresser gennem sig; i den anden ende ser det så ud, som om forbindelsen kommer fra proxyserveren. Afsendere af uopfordrede massemails misbruger begge dele. Det er et problem for forbrugere i hele verden, for de retshåndhævende myndigheder og for den organisation, der driver serveren.
both-consequences = For organisationen kan en sådan server betyde, at
both-consequence-strangers = ukendte tredjeparter bruger dens server og internetressourcer;
both-consequences-end = Når en sådan server bliver lukket for fremmede, er systemet beskyttet mod dette misbrug.
both-programme-aim = Målet er, at I sikrer jeres servere og ikke uden at vide det bliver kilde til uopfordrede mails. Det første skridt er at lukke åbne mailrelæer og åbne proxyservere.

## Hvad der kan gøres

both-fix-opening-confirmed = { $count ->
    [one] Vi beder jer lukke serveren for fremmede. Som regel er disse trin nok:
   *[other] Vi beder jer lukke serverne for fremmede. Som regel er disse trin nok:
}
both-fix-opening-listed = { $count ->
    [one] Vi beder jer undersøge, om serveren sender mails videre eller formidler forbindelser for fremmede, og i så fald bringe det til ophør. Som regel er disse trin nok:
   *[other] Vi beder jer undersøge, om serverne sender mails videre eller formidler forbindelser for fremmede, og i så fald bringe det til ophør. Som regel er disse trin nok:
}
both-guide-steps = { $count ->
    [one] Hvis jeres server er et åbent mailrelæ eller en åben proxyserver, og I ønsker at lukke den, beder vi jer følge den trinvise vejledning dér.
   *[other] Hvis jeres servere er åbne mailrelæer eller åbne proxyservere, og I ønsker at lukke dem, beder vi jer følge den trinvise vejledning dér.
}

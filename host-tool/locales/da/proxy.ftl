# Det, som et brev siger om en proxyserver: det, der er påvist, og ikke mere.

## Emne

proxy-subject-confirmed = { $count ->
    [one] Server { $address }: åben proxyserver bekræftet
   *[other] Servere på { $count }~adresser: åbne proxyservere bekræftet
}
proxy-subject-listed = { $count ->
    [one] Server { $address }: undersøg venligst, om den er en åben proxyserver
   *[other] Servere på { $count }~adresser: undersøg venligst, om de er åbne proxyservere
}

## Hvorfor vi skriver

proxy-occasion-opening = { $count ->
    [one] Dette brev drejer sig om serveren på IP-adressen~{ $address } og om spørgsmålet, om den er en åben proxyserver (på engelsk ”open proxy”), altså om fremmede kan oprette forbindelse til andre systemer på internettet gennem den.
   *[other] Dette brev drejer sig om serverne på de { $count }~IP-adresser, der er nævnt nedenfor, og om spørgsmålet, om de er åbne proxyservere (på engelsk ”open proxies”), altså om fremmede kan oprette forbindelse til andre systemer på internettet gennem dem.
}
proxy-occasion-listed = { $count ->
    [one] { $bases ->
        [one] Oplysninger i en offentlig database ({ $databases }) tyder
       *[other] Oplysninger i forskellige offentlige databaser ({ $databases }) tyder
    } på, at serveren på IP-adressen~{ $address } kan være en åben proxyserver (på engelsk ”open proxy”). Hvis det er tilfældet, indeholder dette brev vigtige oplysninger om jeres organisations server og om, hvordan organisationen fremstår på internettet.
   *[other] { $bases ->
        [one] Oplysninger i en offentlig database ({ $databases }) tyder
       *[other] Oplysninger i forskellige offentlige databaser ({ $databases }) tyder
    } på, at serverne på de { $count }~IP-adresser, der er nævnt nedenfor, kan være åbne proxyservere (på engelsk ”open proxies”). Hvis det er tilfældet, indeholder dette brev vigtige oplysninger om jeres organisations servere og om, hvordan organisationen fremstår på internettet.
}
proxy-occasion-confirmed = { $count ->
    [one] Vores egen test har vist, at det er tilfældet: En testforbindelse fra os nåede frem til vores eget system gennem serveren.
   *[other] Vores egne test har vist, at det er tilfældet: Testforbindelser fra os nåede frem til vores eget system gennem hver af disse servere.
}

## Hvad der er konstateret

proxy-tested-forms = { $answered ->
    [0] ingen forespørgsel blev besvaret
    [one] { $answered }~forespørgsel besvaret: { $accepted }~accepteret, { $refused }~afvist{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~uafklaret
    }
   *[other] { $answered }~forespørgsler besvaret: { $accepted }~accepteret, { $refused }~afvist{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~uafklaret
    }
}
proxy-label-returned = Nåede frem til os:
proxy-returned-from = fra { $address }
proxy-evidence-forms = Forespørgsler, som serveren accepterede:

## Hvordan der blev testet

proxy-test-method = Vores test opretter forbindelse til en proxyserver udefra, sådan som enhver klient gør. Uden at logge ind beder den serveren om en forbindelse til et af vores egne testsystemer. Dette system sender en kode, som ingen kan gætte; først når koden kommer tilbage til os, er forbindelsen bevist. Testen prøver ingen adgangskoder, henvender sig ikke til tredjeparters systemer og ændrer ingen indstillinger.

## Resultatet

proxy-verdict-confirmed = { $count ->
    [one] Uden login oprettede serveren den forbindelse, som vores test bad om. Forbindelsen nåede frem til vores eget testsystem, og den kode, som systemet sendte, nåede tilbage til os. Det er dermed bevist, at serveren formidlede forbindelser for fremmede på testtidspunktet.
   *[other] Uden login oprettede hver af disse servere den forbindelse, som vores test bad om. Forbindelsen nåede frem til vores eget testsystem, og den kode, som systemet sendte, nåede tilbage til os. Det er dermed bevist, at serverne formidlede forbindelser for fremmede på testtidspunktet.
}
proxy-verdict-accepted = { $count ->
    [one] Uden login accepterede serveren den forbindelse, som vores test bad om, og koden fra vores testsystem nåede tilbage til os. Da dette brev blev skrevet, var der dog ikke registreret nogen forbindelse med testens kendetegn på testsystemet, så vi ved ikke, hvor forbindelsen kom ud. Det er derfor ikke bevist, at serveren selv formidler forbindelser for fremmede.
   *[other] Uden login accepterede hver af disse servere den forbindelse, som vores test bad om, og koden fra vores testsystem nåede tilbage til os. Da dette brev blev skrevet, var der dog ikke registreret nogen forbindelse med testens kendetegn på testsystemet, så vi ved ikke, hvor forbindelserne kom ud. Det er derfor ikke bevist, at serverne selv formidler forbindelser for fremmede.
}
proxy-verdict-suspected = { $count ->
    [one] Uden login svarede serveren, at den accepterede den forbindelse, som vores test bad om. Koden fra vores testsystem nåede dog ikke tilbage til os. Det er derfor ikke bevist, at serveren faktisk formidler sådanne forbindelser: Nogle servere giver det samme svar på enhver forespørgsel.
   *[other] Uden login svarede hver af disse servere, at den accepterede den forbindelse, som vores test bad om. Koden fra vores testsystem nåede dog ikke tilbage til os. Det er derfor ikke bevist, at serverne faktisk formidler sådanne forbindelser: Nogle servere giver det samme svar på enhver forespørgsel.
}
proxy-verdict-anything = { $count ->
    [one] Serveren accepterede også en forbindelse til et mål, der ikke kan eksistere. Det er derfor muligt, at den svarer sådan på enhver forespørgsel.
   *[other] Hver af dem accepterede også en forbindelse til et mål, der ikke kan eksistere. Det er derfor muligt, at de svarer sådan på enhver forespørgsel.
}
proxy-verdict-undecided = { $count ->
    [one] Vores test kunne ikke afgøre, om serveren formidler forbindelser for fremmede. Vi kan hverken bekræfte eller afkræfte registreringen i databasen. Årsagen:
   *[other] Vores test kunne ikke afgøre, om disse servere formidler forbindelser for fremmede. Vi kan hverken bekræfte eller afkræfte registreringerne i databaserne. Årsagen:
}
undecided-protocol = Den tjeneste, der svarer på denne port, bruger ikke den protokol, som vores test anvender.
undecided-turned-away = Selve testen blev afvist, uanset hvilket mål den angav.
undecided-unanswered = Der kom ikke noget svar på vores test i tide.
undecided-not-reached = Ifølge sine egne svar forsøgte serveren at oprette forbindelsen, men nåede ikke frem til vores testsystem. Om den formidler forbindelser til andre mål, er ikke testet.
undecided-own-address = Forbindelsen nåede frem til vores testsystem fra vores egen adresse. Noget på vores egen vej kan have oprettet den i stedet for serveren.

## Forklaring

proxy-heading-explanation = Hvad en åben proxyserver er
proxy-explanation = En åben proxyserver lader en hvilken som helst computer i verden oprette forbindelse til andre internetadresser gennem sig; i den anden ende ser det så ud, som om forbindelsen kommer fra proxyserveren. Afsendere af uopfordrede massemails misbruger sådanne servere til at skjule, hvor deres mails kommer fra. Det er et problem for forbrugere i hele verden, for de retshåndhævende myndigheder og for den organisation, der driver serveren.
proxy-consequences = For organisationen kan en åben proxyserver betyde, at
proxy-consequence-strangers = ukendte tredjeparter bruger dens server og internetressourcer;
proxy-consequences-end = Når en åben proxyserver bliver lukket for fremmede, er systemet beskyttet mod dette misbrug.
proxy-programme-aim = Målet er, at I sikrer jeres servere og ikke uden at vide det bliver kilde til uopfordrede mails. Det første skridt er at lukke åbne proxyservere for fremmede.

## Hvad der kan gøres

proxy-fix-opening-confirmed = { $count ->
    [one] Vi beder jer lukke proxyserveren for fremmede. Som regel er disse trin nok:
   *[other] Vi beder jer lukke proxyserverne for fremmede. Som regel er disse trin nok:
}
proxy-fix-opening-listed = { $count ->
    [one] Vi beder jer undersøge, om serveren formidler forbindelser for fremmede, og i så fald bringe det til ophør. Som regel er disse trin nok:
   *[other] Vi beder jer undersøge, om serverne formidler forbindelser for fremmede, og i så fald bringe det til ophør. Som regel er disse trin nok:
}
proxy-guide-steps = { $count ->
    [one] Hvis jeres server er en åben proxyserver, og I ønsker at lukke den, beder vi jer følge den trinvise vejledning dér.
   *[other] Hvis jeres servere er åbne proxyservere, og I ønsker at lukke dem, beder vi jer følge den trinvise vejledning dér.
}
fix-proxies = Proxyservere:
fix-clients = Tag kun imod forbindelser fra jeres egne netværk eller fra brugere, der er logget ind; afvis alle andre.
fix-listen = Er det kun jeres eget netværk, der har brug for proxyserveren, så lad den kun lytte på en intern adresse, og blokér dens port i firewallen, også for IPv6.
fix-targets = Begræns, hvad der kan nås gennem den: ingen mailservere (port~25), ingen adresser i jeres eget netværk og med CONNECT kun de nødvendige porte, som regel~443.
fix-software = Brug en version, som producenten stadig vedligeholder. Er der ingen, der kender proxyserveren, så find ud af, hvor den kommer fra: Den kan høre til en router, et andet program eller skadelig software.
fix-logs = Led derefter i logfilerne efter forbindelser, der ikke er jeres.
questions = Seks spørgsmål hjælper med at finde ud af, om en proxyserver er sikker:
question-untrusted = Tager den imod forbindelser fra netværk, som I ikke har tillid til?
question-version = Bruger I en aktuel version af programmet?
question-patches = Er alle sikkerhedsopdateringer installeret?
question-access = Er der adgangsregler, der bestemmer, hvem der må bruge den?
question-audit = Kontrollerer nogen, om den bliver brugt af uvedkommende?
question-abuse = Har jeres domæne en postkasse med navnet ”abuse”, og er der nogen, der læser den?
fix-squid = Squid (genkendt på serverens svar): I squid.conf gælder http_access-reglerne i den rækkefølge, de står i, og den sidste skal afvise alt andet. Denne rækkefølge er sikker:
fix-dante = Dante (genkendt på serverens svar): I sockd.conf bliver det afvist, som ingen regel tillader. Nævn derfor kun jeres egne netværk i ”pass”-reglerne:
fix-haproxy = HAProxy (genkendt på serverens svar): Fjern ”option http_proxy” og ethvert ”set-dst”, der tager sit mål fra forespørgslen. Har I alligevel brug for dem, så begræns, hvem der må oprette forbindelse:
fix-nginx = nginx (genkendt på serverens svar): ”proxy_pass” må ikke tage sit mål fra forespørgslen, for eksempel fra ”$host” eller ”$http_host”. Angiv målet, og begræns adgangen, hvor det er muligt:
fix-tinyproxy = Tinyproxy (genkendt på serverens svar): Uden en ”Allow”-linje i tinyproxy.conf kan alle oprette forbindelse. Disse linjer er sikre:
fix-microsocks = microsocks (genkendt på serverens svar): Uden tilvalg lytter den på alle adresser og kræver ingen adgangskode. Dette kald er sikkert:

# Det, som et brev siger om et mailrelæ: det, der er påvist, og ikke mere.

## Emne

relay-subject-confirmed = { $count ->
    [one] Mailserver { $address }: åbent mailrelæ bekræftet
   *[other] Mailservere på { $count }~adresser: åbne mailrelæer bekræftet
}
relay-subject-listed = { $count ->
    [one] Mailserver { $address }: undersøg venligst, om den er et åbent mailrelæ
   *[other] Mailservere på { $count }~adresser: undersøg venligst, om de er åbne mailrelæer
}

relay-tested-forms = { $answered ->
    [0] ingen kombination af afsender og modtager blev besvaret
    [one] { $answered }~kombination af afsender og modtager besvaret: { $accepted }~accepteret, { $refused }~afvist{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~uafklaret
    }
   *[other] { $answered }~kombinationer af afsender og modtager besvaret: { $accepted }~accepteret, { $refused }~afvist{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~uafklaret
    }
}
relay-label-returned = Modtaget retur:
relay-returned-from = leveret fra { $address }
returned-name = under navnet { $name }
returned-elsewhere = det er ikke den testede adresse
returned-count = { $returned } af { $sent } testmails
relay-evidence-forms = Kombinationer, som serveren accepterede:
evidence-returned = Det fik vores egen mailserver oplyst, da den modtog mailen:

## Hvorfor vi skriver

relay-occasion-opening = { $count ->
    [one] Dette brev drejer sig om mailserveren på IP-adressen~{ $address } og om spørgsmålet, om den er et åbent mailrelæ (på engelsk ”open relay”), altså om fremmede kan sende mails til andre fremmede gennem den.
   *[other] Dette brev drejer sig om mailserverne på de { $count }~IP-adresser, der er nævnt nedenfor, og om spørgsmålet, om de er åbne mailrelæer (på engelsk ”open relays”), altså om fremmede kan sende mails til andre fremmede gennem dem.
}
relay-occasion-listed = { $count ->
    [one] { $bases ->
        [one] Oplysninger i en offentlig database ({ $databases }) tyder
       *[other] Oplysninger i forskellige offentlige databaser ({ $databases }) tyder
    } på, at serveren på IP-adressen~{ $address } kan være et åbent mailrelæ (på engelsk ”open relay”). Hvis det er tilfældet, indeholder dette brev vigtige oplysninger om jeres organisations mailserver og om, hvordan organisationen fremstår på internettet.
   *[other] { $bases ->
        [one] Oplysninger i en offentlig database ({ $databases }) tyder
       *[other] Oplysninger i forskellige offentlige databaser ({ $databases }) tyder
    } på, at serverne på de { $count }~IP-adresser, der er nævnt nedenfor, kan være åbne mailrelæer (på engelsk ”open relays”). Hvis det er tilfældet, indeholder dette brev vigtige oplysninger om jeres organisations mailservere og om, hvordan organisationen fremstår på internettet.
}
relay-occasion-confirmed = { $count ->
    [one] Vores egen test har vist, at det er tilfældet: En testmail fra os kom tilbage til os gennem serveren.
   *[other] Vores egne test har vist, at det er tilfældet: Testmails fra os kom tilbage til os gennem hver af disse servere.
}

## Hvordan der blev testet

relay-test-method = Vores test opretter forbindelse til en mailserver udefra og taler SMTP med den, sådan som enhver anden mailserver gør. Uden at logge ind spørger den på flere måder, om serveren vil tage imod mails udefra til eksterne modtagere. Den prøver ingen adgangskoder og ændrer ingen indstillinger.
test-no-message = Vi har ikke overført nogen mail.
test-message = I den forbindelse har vi også afleveret en kort testmail, der var adresseret til os selv.
test-message-some = Til nogle af serverne har vi i den forbindelse også afleveret en kort testmail, der var adresseret til os selv; til de øvrige har vi ikke overført nogen.

## Resultatet

relay-verdict-confirmed = { $count ->
    [one] Uden login accepterede serveren vores testmail til en ekstern modtager og sendte den videre; den nåede frem til vores egen postkasse. Det er dermed bevist, at serveren sendte mails videre for fremmede på testtidspunktet.
   *[other] Uden login accepterede hver af disse servere vores testmail til en ekstern modtager og sendte den videre; alle mailene nåede frem til vores egen postkasse. Det er dermed bevist, at serverne sendte mails videre for fremmede på testtidspunktet.
}
verdict-part = { $count ->
    [one] Serveren tog imod { $sent } testmails; da dette brev blev skrevet, var { $returned } af dem nået frem til os.
   *[other] Nogle af de testmails, som disse servere tog imod, var ikke nået frem til os, da dette brev blev skrevet; tallene står ved hver server.
}
relay-verdict-accepted = { $count ->
    [one] Uden login tog serveren imod vores testmail til en ekstern modtager. Da dette brev blev skrevet, var mailen ikke nået frem til os. Det er derfor ikke bevist, at serveren sender sådanne mails videre.
   *[other] Uden login tog hver af disse servere imod vores testmail til en ekstern modtager. Da dette brev blev skrevet, var mailene ikke nået frem til os. Det er derfor ikke bevist, at serverne sender sådanne mails videre.
}
relay-verdict-suspected = { $count ->
    [one] Uden login accepterede serveren en af vores egne postkasser som modtager, selv om serveren ikke er ansvarlig for denne postkasse (svaret på kommandoen RCPT). Vi har ikke overført nogen mail. Det er derfor ikke bevist, at serveren faktisk sender mails videre til sådanne modtagere: Nogle servere afviser eller kasserer dem først på et senere trin.
   *[other] Uden login accepterede hver af disse servere en af vores egne postkasser som modtager, selv om serveren ikke er ansvarlig for denne postkasse (svaret på kommandoen RCPT). Vi har ikke overført nogen mail. Det er derfor ikke bevist, at serverne faktisk sender mails videre til sådanne modtagere: Nogle servere afviser eller kasserer dem først på et senere trin.
}
relay-verdict-anything = { $count ->
    [one] Serveren accepterede også en modtager i et domæne, der ikke kan eksistere. Det er derfor muligt, at den i første omgang accepterer enhver modtager og tager stilling senere.
   *[other] Hver af dem accepterede også en modtager i et domæne, der ikke kan eksistere. Det er derfor muligt, at de i første omgang accepterer enhver modtager og tager stilling senere.
}
relay-verdict-undecided = { $count ->
    [one] Vores test kunne ikke afgøre, om serveren sender mails videre for fremmede. Vi kan hverken bekræfte eller afkræfte registreringen i databasen. Årsagen:
   *[other] Vores test kunne ikke afgøre, om disse servere sender mails videre for fremmede. Vi kan hverken bekræfte eller afkræfte registreringerne i databaserne. Årsagen:
}
undecided-not-smtp = Den tjeneste, der svarer på denne port, taler ikke SMTP.
undecided-no-mail-here = Ifølge serverens velkomsthilsen tages der ikke imod mail her.
undecided-blocked = Selve testen blev afvist, uanset hvilken modtager den angav.
undecided-sender-refused = Afsenderadressen i vores test blev afvist, så spørgsmålet om modtageren forblev åbent.
undecided-auth-required = Der kræves login, før en modtager kan angives; vores test logger ikke ind.
undecided-tls-required = Der kræves en krypteret forbindelse (STARTTLS), før en modtager kan angives; vores test benyttede ikke en sådan.
undecided-tls-version = Der kræves en krypteret forbindelse (STARTTLS), før en modtager kan angives, men forbindelsen kunne ikke oprettes.
undecided-greylisted = Vores forespørgsler blev udskudt med midlertidige fejl (greylisting), indtil tiden til vores test var gået.
undecided-local-or-relay = Der blev kun accepteret skrivemåder af en modtageradresse, som lige så vel kan betegne en lokal postkasse.
undecided-not-formable = De afgørende forespørgsler kunne ikke stilles til denne server, da der ikke fandtes noget passende navn eller nogen passende adresseform til den.

## Forklaring

relay-heading-explanation = Hvad et åbent mailrelæ er
relay-explanation = Et åbent mailrelæ er en mailserver, der tager imod mails fra en hvilken som helst computer i verden og sender dem videre til andre internetadresser. Afsendere af uopfordrede massemails misbruger sådanne servere. Det er et problem for forbrugere i hele verden, for de retshåndhævende myndigheder og for den organisation, der driver serveren.
relay-consequences = For organisationen kan et åbent mailrelæ betyde, at
relay-consequence-strangers = ukendte tredjeparter bruger dens mailserver og internetressourcer;
relay-consequences-end = Når et åbent mailrelæ bliver lukket, er systemet beskyttet mod dette misbrug.
relay-programme-aim = Målet er, at I sikrer jeres mailservere og ikke uden at vide det bliver kilde til uopfordrede mails. Det første skridt er at lukke åbne mailrelæer.

## Hvad der kan gøres

relay-fix-opening-confirmed = { $count ->
    [one] Vi beder jer lukke relæet. Som regel er disse trin nok:
   *[other] Vi beder jer lukke relæerne. Som regel er disse trin nok:
}
relay-fix-opening-listed = { $count ->
    [one] Vi beder jer undersøge, om serveren sender mails videre for fremmede, og i så fald bringe det til ophør. Som regel er disse trin nok:
   *[other] Vi beder jer undersøge, om serverne sender mails videre for fremmede, og i så fald bringe det til ophør. Som regel er disse trin nok:
}
fix-limit = Send kun mails videre fra jeres egne netværk og for brugere, der er logget ind; for alle andre skal enhver modtager uden for jeres egne domæner afvises.
relay-guide-steps = { $count ->
    [one] Hvis jeres server er et åbent mailrelæ, og I ønsker at lukke det, beder vi jer følge den trinvise vejledning dér.
   *[other] Hvis jeres servere er åbne mailrelæer, og I ønsker at lukke dem, beder vi jer følge den trinvise vejledning dér.
}
fix-relays = Mailservere:
fix-exceptions = Gennemgå undtagelserne: betroede netværk, også ved IPv6 og ved container- eller NAT-gateways, der får enhver klient til at se lokal ud; reserveservere; regler, der stoler på en afsenderadresse, da afsenderadresser kan forfalskes.
fix-update = Brug en version af mailserveren, som producenten stadig vedligeholder.
fix-queue = Led derefter i køen og logfilerne efter mails, der ikke er jeres.
fix-postfix = Postfix (genkendt på serverens svar): Den første kommando viser de afgørende indstillinger; derefter følger en sikker værdi.
fix-exim = Exim (genkendt på serverens svar): Hold disse to lister så korte som muligt. Sikre værdier er:
fix-opensmtpd = OpenSMTPD (genkendt på serverens svar): En regel ”from any for any” uden ”auth” i smtpd.conf giver et åbent relæ. Regler som disse er sikre:
fix-sendmail = Sendmail (genkendt på serverens svar): Kontrollér filerne access og relay-domains, og fjern disse linjer fra sendmail.mc, hvis de findes der:
fix-exchange = Microsoft Exchange (genkendt på serverens svar): Blandt de rettigheder for brugere uden login, som denne kommando viser, bør ”ms-Exch-SMTP-Accept-Any-Recipient” ikke forekomme:

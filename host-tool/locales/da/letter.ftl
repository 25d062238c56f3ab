# Det, som hvert brev har, uanset hvad det handler om. `~` er et hårdt mellemrum.

## Mærker på et udkast

draft-example = UDKAST, må ikke sendes: Afsenderen i profilen ”{ $profile }” er et eksempel.
draft-language = UDKAST, må ikke sendes: Profilen ”{ $profile }” har ikke godkendt dansk.
draft-historic = UDKAST, må ikke sendes: Profilen ”{ $profile }” er historisk og viser, hvordan datidens breve lød.

## To sprog

english-below = English version below

## Hoved

label-to = Til:
label-reference = Vores reference:
label-date = Dato:
label-subject = Emne:
day = { $date }
salutation = { $count ->
    [one] Til den ansvarlige for { $kind ->
        [relay] mailserveren
       *[other] serveren
    } på IP-adressen~{ $address }
   *[other] Til den ansvarlige for { $kind ->
        [relay] mailserverne
       *[other] serverne
    } på de nævnte IP-adresser
}
salutation-named = { $count ->
    [one] Til den ansvarlige for { $kind ->
        [relay] mailserveren
       *[other] serveren
    } på IP-adressen~{ $address } hos { $organisation }
   *[other] Til den ansvarlige for { $kind ->
        [relay] mailserverne
       *[other] serverne
    } på de nævnte IP-adresser hos { $organisation }
}

## Datoer, klokkeslæt, opremsning

date = { $day }. { $month ->
    [1] januar
    [2] februar
    [3] marts
    [4] april
    [5] maj
    [6] juni
    [7] juli
    [8] august
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year }
moment-utc = { $date }, kl.~{ $hour }.{ $minute } (UTC)
moment-local = { $date }, kl.~{ $hour }.{ $minute } ({ $zone })
list-and = og
list-and-before-e = og

## Hvad der er konstateret

heading-findings = { $count ->
    [one] Serveren
   *[other] Serverne
}
label-address = IP-adresse:
label-protocol = Protokol:
address-and-port = { $address }, port~{ $port }
label-host = Værtsnavn:
label-seen = Observeret:
label-first-seen = Først observeret:
label-last-seen = Senest observeret:
label-listed = Registreret i:
listed-since = registreret den { $date }
listed-on = konstateret den { $date }
listed-code = kode { $code }
label-tested = Test:
depth-quick = omfang: begrænset
depth-standard = omfang: standard
depth-full = omfang: fuldt

## Hvem der skriver, og hvordan man svarer

heading-sender = Hvem vi er
partners = Vores partnere er:
partners-abroad = Internationale partnere:
heading-contact = Spørgsmål
contact = Har I spørgsmål til dette brev, er I velkomne til at skrive eller ringe til os. Oplys venligst vores reference { $reference }. Jeres svar bliver læst af et menneske.
contact-mail = Har I spørgsmål til vejledningen eller til dette brev, er I velkomne til at skrive til os. Oplys venligst vores reference { $reference }.
label-mail = E-mail:
label-phone = Telefon:
heading-genuine = Sådan kan I kontrollere, at brevet er ægte
genuine = I behøver ikke at stole blindt på dette brev. Denne side forklarer, hvordan I genkender vores breve:
genuine-key = Fingeraftryk af vores OpenPGP-nøgle:
genuine-never = Vi vil aldrig bede jer om en adgangskode, og I behøver hverken at åbne vedhæftede filer eller links for at følge op på dette brev.
heading-retest = Ny test
retest = Når I har ændret eller kontrolleret noget, hører vi gerne fra jer. Vi tester gerne igen og giver jer besked om resultatet. Ønsker I ikke, at vi tester igen, er en kort besked nok.
deadline = Vi beder jer senest den { $date } give os besked om, hvad I har fundet frem til.
deadline-retest = Vi regner med at teste igen den { $date }. Er der ikke sket noget inden da, minder vi jer om sagen én enkelt gang.
pass-on = Er I kun internetudbyder, beder vi jer sende dette brev videre til den kunde, det angår. Angår sagen slet ikke jer, er vi taknemmelige for en kort besked, så vi ikke ulejliger jer igen.
closing = Med venlig hilsen

## Hvorfor vi skriver

occasion-suspected = { $count ->
    [one] Adressen er registreret i { $bases ->
        [one] en offentlig database
       *[other] offentlige databaser
    } ({ $databases }). Vi har derfor selv testet serveren: Der er grund til mistanke, men der er intet bevis.
   *[other] Adresserne er registreret i { $bases ->
        [one] en offentlig database
       *[other] offentlige databaser
    } ({ $databases }). Vi har derfor selv testet serverne: Der er grund til mistanke, men der er intet bevis.
}
identity = { $count ->
    [one] Ifølge vores oplysninger er I ansvarlige for denne server.
   *[other] Ifølge vores oplysninger er I ansvarlige for disse servere.
}
occasion-undecided = { $count ->
    [one] Adressen er registreret i { $bases ->
        [one] en offentlig database
       *[other] offentlige databaser
    } ({ $databases }). Vi har derfor selv testet serveren, men vores test kunne ikke afgøre spørgsmålet.
   *[other] Adresserne er registreret i { $bases ->
        [one] en offentlig database
       *[other] offentlige databaser
    } ({ $databases }). Vi har derfor selv testet serverne, men vores test kunne ikke afgøre spørgsmålet.
}
occasion-mixed = { $count ->
    [one] Adressen er registreret i { $bases ->
        [one] en offentlig database
       *[other] offentlige databaser
    } ({ $databases }). Vi har derfor selv testet serveren. Resultaterne er forskellige; de er angivet nedenfor.
   *[other] Nogle af adresserne er registreret i { $bases ->
        [one] en offentlig database
       *[other] offentlige databaser
    } ({ $databases }). Vi har derfor selv testet serverne. Resultaterne er forskellige; de er angivet nedenfor for hver server.
}

## Hvordan der blev testet

heading-test = Sådan har vi testet
caveat-path = Bemærk: Vi har ikke undersøgt, om et andet system undervejs opfanger forbindelserne fra vores test. I så fald kan svarene stamme fra et andet system end jeres server.
caveat-laboratory = Bemærk: Denne test blev gennemført i et laboratorium uden kontrol af vores egen identitet.

## Resultatet

heading-verdict = Hvad testen viser
undecided-no-answer = Vores forsøg på at oprette forbindelse blev ikke besvaret.
undecided-refused = Vores forsøg på at oprette forbindelse blev afvist.
undecided-tarpit = Svarene kom så langsomt, at tiden til vores test var gået, før de afgørende svar kom.
undecided-cut-off = Forbindelsen blev afsluttet, eller grænsen for vores test blev nået, før de afgørende svar kom.
undecided-other = Svarene giver ikke et klart billede.

## Følger

consequence-blame = modtagere tror, at de uopfordrede mails kommer fra dens system;
consequence-congestion = dens forbindelser overbelastes af andres trafik;
consequence-cost = dens administrative omkostninger stiger;
consequence-cut-off = dens internetudbyder lukker for tjenesten.

## Hvad der kan gøres

heading-fix = Hvad I kan gøre
fix-more = Udførlig vejledning:
guide-direct = Direkte link:

## Bilag

heading-evidence = Bilag: udskrift af kommunikationen med serveren
evidence = ”C:” står for vores test, ”S:” for serveren. Dette er et uddrag: Nogle svar kan mangle, og vores egne adresser er forkortet. Tegn, der ikke kan udskrives, er gengivet som koder.
evidence-of = IP-adresse { $address }, port~{ $port }
evidence-more = { $count ->
    [one] Udskriften for yderligere én server kan fås på forespørgsel.
   *[other] Udskrifterne for yderligere { $count }~servere kan fås på forespørgsel.
}
heading-machine = Bilag: de samme oplysninger til maskinel behandling (tider i UTC)

# Ciò che ogni lettera contiene, di qualunque cosa tratti. `~` è uno spazio unificatore.

## Contrassegni della bozza

draft-example = BOZZA, da non inviare: il mittente del profilo «{ $profile }» è un esempio.
draft-language = BOZZA, da non inviare: il profilo «{ $profile }» non ha approvato l’italiano.
draft-historic = BOZZA, da non inviare: il profilo «{ $profile }» è storico e mostra come si presentavano le lettere di allora.

## Due lingue

english-below = English version below

## Intestazione

label-to = Destinatario:
label-reference = Nostro riferimento:
label-date = Data:
label-subject = Oggetto:
day = { $date }
salutation = Alla cortese attenzione del responsabile del server,
salutation-named = Spettabile { $organisation },

## Date, ore, elenchi

date = { $day ->
    [1] 1º
   *[other] { $day }
} { $month ->
    [1] gennaio
    [2] febbraio
    [3] marzo
    [4] aprile
    [5] maggio
    [6] giugno
    [7] luglio
    [8] agosto
    [9] settembre
    [10] ottobre
    [11] novembre
   *[12] dicembre
} { $year }
moment-utc = { $date }, ore~{ $hour }:{ $minute } (UTC)
moment-local = { $date }, ore~{ $hour }:{ $minute } ({ $zone })
list-and = e
list-and-before-e = ed

## Che cosa è stato rilevato

heading-findings = { $count ->
    [one] Il server
   *[other] I server
}
label-address = Indirizzo IP:
label-protocol = Protocollo:
address-and-port = { $address }, porta~{ $port }
label-host = Nome host:
label-seen = Rilevazione:
label-first-seen = Prima rilevazione:
label-last-seen = Ultima rilevazione:
label-listed = Presente in:
listed-since = iscritto in data { $date }
listed-on = constatato in data { $date }
listed-code = codice { $code }
label-tested = Verifica:
depth-quick = estensione: ridotta
depth-standard = estensione: normale
depth-full = estensione: completa

## Chi scrive e come rispondere

heading-sender = Chi siamo
partners = I nostri partner sono:
partners-abroad = Partner internazionali:
heading-contact = Domande
contact = Per qualsiasi domanda sulla presente, Vi preghiamo di scriverci o di telefonarci, indicando il nostro riferimento { $reference }. La Vostra risposta sarà letta da una persona.
contact-mail = Per qualsiasi domanda sulle istruzioni o sulla presente, Vi preghiamo di scriverci, indicando il nostro riferimento { $reference }:
label-mail = E-mail:
label-phone = Telefono:
heading-genuine = Come verificare l’autenticità di questa lettera
genuine = Non è necessario che Vi fidiate ciecamente di questa lettera. La pagina seguente spiega come riconoscere le nostre lettere:
genuine-key = Impronta della nostra chiave OpenPGP:
genuine-never = Non Vi chiederemo mai una password e, per dare seguito a questa lettera, non è necessario aprire né allegati né collegamenti.
heading-retest = Nuova verifica
retest = Non appena avrete modificato o controllato qualcosa, Vi preghiamo di informarci. Ripeteremo volentieri la verifica e Ve ne comunicheremo l’esito. Se non desiderate un’altra verifica, è sufficiente un breve messaggio.
deadline = Vi preghiamo di comunicarci l’esito dei Vostri controlli entro la data seguente: { $date }.
deadline-retest = Una nuova verifica è prevista per la data seguente: { $date }. Se nel frattempo nulla sarà cambiato, Vi invieremo un solo promemoria.
pass-on = Se siete soltanto il fornitore di servizi Internet, Vi preghiamo di inoltrare questa lettera al cliente interessato. Se la questione non Vi riguarda affatto, Vi saremo grati di una breve segnalazione: così non Vi disturberemo di nuovo.
closing = Distinti saluti

## Perché scriviamo

occasion-suspected = { $count ->
    [one] L’indirizzo figura in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi verificato noi stessi il server: vi sono indizi, ma nessuna prova.
   *[other] Gli indirizzi figurano in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi verificato noi stessi i server: vi sono indizi, ma nessuna prova.
}
identity = { $count ->
    [one] Secondo le informazioni in nostro possesso, siete responsabili di questo server.
   *[other] Secondo le informazioni in nostro possesso, siete responsabili di questi server.
}
occasion-undecided = { $count ->
    [one] L’indirizzo figura in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi verificato noi stessi il server, ma la verifica non ha permesso di chiarire la questione.
   *[other] Gli indirizzi figurano in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi verificato noi stessi i server, ma le verifiche non hanno permesso di chiarire la questione.
}
occasion-mixed = { $count ->
    [one] L’indirizzo figura in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi eseguito le nostre verifiche. Gli esiti sono diversi; li indichiamo di seguito.
   *[other] Alcuni degli indirizzi figurano in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi eseguito le nostre verifiche. Gli esiti sono diversi; li indichiamo di seguito per ciascun server.
}

## Come è stata eseguita la verifica

heading-test = Come abbiamo eseguito la verifica
caveat-path = Avvertenza: non abbiamo controllato se lungo il percorso un altro sistema intercetti le connessioni della nostra verifica. Se così fosse, le risposte potrebbero non provenire dal Vostro server.
caveat-laboratory = Avvertenza: questa verifica è stata eseguita in laboratorio, senza controlli sulla nostra identità.

## L’esito

heading-verdict = Che cosa mostra la verifica
undecided-no-answer = I nostri tentativi di connessione sono rimasti senza risposta.
undecided-refused = I nostri tentativi di connessione sono stati rifiutati.
undecided-tarpit = Le risposte sono giunte così lentamente che il tempo previsto per la verifica è scaduto prima che arrivassero quelle decisive.
undecided-cut-off = La connessione è terminata, o è stato raggiunto il limite della verifica, prima delle risposte decisive.
undecided-other = Le risposte non danno un quadro chiaro.

## Conseguenze

consequence-blame = i destinatari credono che la posta indesiderata provenga dal suo sistema;
consequence-congestion = le sue connessioni sono congestionate dal traffico altrui;
consequence-cost = i suoi costi amministrativi aumentano;
consequence-cut-off = il suo fornitore di servizi Internet sospende il servizio.

## Che cosa fare

heading-fix = Che cosa potete fare
fix-more = Istruzioni dettagliate:
guide-direct = Collegamento diretto:

## Allegati

heading-evidence = Allegato: trascrizione del dialogo con il server
evidence = «C:» indica la nostra verifica, «S:» il server. Si tratta di un estratto: alcune risposte possono mancare e i nostri indirizzi sono abbreviati. I caratteri non stampabili sono rappresentati con il loro codice.
evidence-of = Indirizzo IP~{ $address }, porta~{ $port }
evidence-more = { $count ->
    [one] Il dialogo con un altro server è disponibile su richiesta.
   *[other] I dialoghi con altri { $count }~server sono disponibili su richiesta.
}
heading-machine = Allegato: gli stessi dati per l’elaborazione automatica (orari UTC)

# Ciò che ogni lettera contiene, di qualunque cosa tratti. `~` è uno spazio unificatore.

## Contrassegni della bozza

draft-example = BOZZA, da non inviare: il mittente del profilo «{ $profile }» è un esempio.
draft-language = BOZZA, da non inviare: il profilo «{ $profile }» non ha approvato l’italiano.
draft-historic = BOZZA, da non inviare: il profilo «{ $profile }» è storico e mostra il tenore delle lettere di allora.

## Due lingue

english-below = English version below

## Intestazione

label-to = Destinatario:
label-reference = Nostro riferimento:
label-date = Data:
label-subject = Oggetto:
day = { $date }
salutation = Alla cortese attenzione del responsabile del server di posta,
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
address-and-port = { $address }, porta~{ $port }
label-host = Nome host:
label-seen = Rilevato:
label-first-seen = Prima rilevazione:
label-last-seen = Ultima rilevazione:
label-listed = Presente in:
listed-on = constatato in data { $date }
listed-code = codice { $code }
label-tested = Verifica:
tested-forms = { $answered ->
    [0] nessuna combinazione di mittente e destinatario ha ricevuto risposta
    [one] { $answered }~combinazione di mittente e destinatario con risposta: accettate~{ $accepted }, rifiutate~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , incerte~{ $unclear }
    }
   *[other] { $answered }~combinazioni di mittente e destinatario con risposta: accettate~{ $accepted }, rifiutate~{ $refused }{ $unclear ->
        [0] { "" }
       *[other] , incerte~{ $unclear }
    }
}
depth-quick = estensione: ridotta
depth-standard = estensione: normale
depth-full = estensione: completa
label-returned = Ritorno del messaggio:
returned-from = consegnato da { $address }

## Chi scrive e come rispondere

heading-sender = Chi siamo
heading-contact = Domande
contact = Per qualsiasi domanda sulla presente, Vi preghiamo di scriverci o di telefonarci, indicando il nostro riferimento { $reference }. La Vostra risposta sarà letta da una persona.
label-mail = E-mail:
label-phone = Telefono:
heading-genuine = Come verificare l’autenticità di questa lettera
genuine = Non è necessario che Vi fidiate ciecamente di questa lettera. La pagina seguente spiega come riconoscere le nostre lettere:
genuine-key = Impronta della nostra chiave OpenPGP:
genuine-never = Non Vi chiederemo mai una password e, per dare seguito a questa lettera, non è necessario aprire né allegati né collegamenti.
heading-retest = Nuova verifica
retest = Non appena avrete modificato o controllato qualcosa, Vi preghiamo di informarci. Ripeteremo volentieri la verifica e Ve ne comunicheremo l’esito. Se non desiderate un’altra verifica, è sufficiente un breve messaggio.
pass-on = Se siete soltanto il fornitore di servizi Internet, Vi preghiamo di inoltrare questa lettera al cliente interessato. Se la questione non Vi riguarda affatto, Vi saremo grati di una breve segnalazione, affinché non Vi disturbiamo di nuovo.
closing = Distinti saluti

## Allegati

heading-evidence = Allegato: trascrizione del dialogo con il server
evidence = «C:» indica la nostra verifica, «S:» il server. Si tratta di un estratto: alcune risposte possono mancare e i nostri indirizzi sono abbreviati. I caratteri non stampabili sono rappresentati con il loro codice.
evidence-of = Indirizzo IP~{ $address }, porta~{ $port }
evidence-forms = Combinazioni accettate dal server:
evidence-more = { $count ->
    [one] Il dialogo con un altro server è disponibile su richiesta.
   *[other] I dialoghi con altri { $count }~server sono disponibili su richiesta.
}
heading-machine = Allegato: gli stessi dati per l’elaborazione automatica (orari UTC)

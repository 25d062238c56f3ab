# Ciò che una lettera dice di un relay di posta: quanto è stato mostrato, e nulla di più.

## Oggetto

subject-confirmed = { $count ->
    [one] Server di posta { $address }: confermato come open relay
   *[other] Server di posta a { $count }~indirizzi: confermati come open relay
}
subject-listed = { $count ->
    [one] Server di posta { $address }: richiesta di verificare se è un open relay
   *[other] Server di posta a { $count }~indirizzi: richiesta di verificare se sono open relay
}

## Perché scriviamo

occasion-opening = { $count ->
    [one] secondo le informazioni in nostro possesso, siete responsabili del server di posta all’indirizzo IP~{ $address }. La presente riguarda la questione se esso sia configurato come open relay (relay aperto), cioè se degli estranei possano servirsene per inviare messaggi ad altri estranei.
   *[other] secondo le informazioni in nostro possesso, siete responsabili dei server di posta ai { $count }~indirizzi IP elencati di seguito. La presente riguarda la questione se essi siano configurati come open relay (relay aperti), cioè se degli estranei possano servirsene per inviare messaggi ad altri estranei.
}
occasion-confirmed = { $count ->
    [one] La nostra verifica ha mostrato che è così: un nostro messaggio di prova ci è tornato attraverso il server.
   *[other] Le nostre verifiche hanno mostrato che è così: nostri messaggi di prova ci sono tornati attraverso ciascuno di questi server.
}
occasion-suspected = { $count ->
    [one] L’indirizzo figura in una banca dati pubblica ({ $databases }). Abbiamo quindi verificato noi stessi il server: vi sono indizi, ma nessuna prova.
   *[other] Gli indirizzi figurano in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi verificato noi stessi i server: vi sono indizi, ma nessuna prova.
}
occasion-undecided = { $count ->
    [one] L’indirizzo figura in una banca dati pubblica ({ $databases }). Abbiamo quindi verificato noi stessi il server, ma la verifica non ha permesso di chiarire la questione.
   *[other] Gli indirizzi figurano in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi verificato noi stessi i server, ma le verifiche non hanno permesso di chiarire la questione.
}
occasion-mixed = { $count ->
    [one] L’indirizzo figura in una banca dati pubblica ({ $databases }). Abbiamo quindi svolto verifiche in proprio. Gli esiti sono diversi; li indichiamo di seguito per ciascun server.
   *[other] Alcuni degli indirizzi figurano in { $bases ->
        [one] una banca dati pubblica
       *[other] banche dati pubbliche
    } ({ $databases }). Abbiamo quindi svolto verifiche in proprio. Gli esiti sono diversi; li indichiamo di seguito per ciascun server.
}

## Come è stata eseguita la verifica

heading-test = Come abbiamo eseguito la verifica
test-method = La nostra verifica si collega a un server dall’esterno e dialoga con esso in SMTP, come fa qualsiasi altro server di posta. Senza autenticarsi, chiede in vari modi se il server accetterebbe posta proveniente dall’esterno per destinatari esterni. Non prova alcuna password e non modifica alcuna impostazione.
test-no-message = Non abbiamo trasmesso alcun messaggio.
test-message = In tale occasione abbiamo anche consegnato un breve messaggio di prova indirizzato a noi stessi.
test-message-some = Ad alcuni dei server abbiamo anche consegnato un breve messaggio di prova indirizzato a noi stessi; agli altri non ne abbiamo trasmesso alcuno.
caveat-path = Avvertenza: non abbiamo verificato se lungo il percorso un altro sistema intercetti le connessioni alla porta~25. Se così fosse, le risposte potrebbero non provenire dal Vostro server.
caveat-laboratory = Avvertenza: questa verifica è stata eseguita in laboratorio, senza controlli sulla nostra identità.

## L’esito

heading-verdict = Che cosa mostra la verifica
verdict-confirmed = { $count ->
    [one] Senza autenticazione, il server ha accettato il nostro messaggio di prova per un destinatario esterno e lo ha inoltrato; il messaggio ha raggiunto la nostra casella. È così dimostrato che, al momento della verifica, il server inoltrava la posta di estranei.
   *[other] Senza autenticazione, ciascuno di questi server ha accettato il nostro messaggio di prova per un destinatario esterno e lo ha inoltrato; i messaggi hanno raggiunto la nostra casella. È così dimostrato che, al momento della verifica, i server inoltravano la posta di estranei.
}
verdict-accepted = { $count ->
    [one] Senza autenticazione, il server ha preso in carico il nostro messaggio di prova per un destinatario esterno. Alla data della presente il messaggio non ci è pervenuto. Non è quindi dimostrato che il server inoltri messaggi di questo tipo.
   *[other] Senza autenticazione, ciascuno di questi server ha preso in carico il nostro messaggio di prova per un destinatario esterno. Alla data della presente i messaggi non ci sono pervenuti. Non è quindi dimostrato che i server inoltrino messaggi di questo tipo.
}
verdict-suspected = { $count ->
    [one] Senza autenticazione, il server ha accettato come destinatario una nostra casella, pur non essendone responsabile (risposta al comando RCPT). Non abbiamo consegnato alcun messaggio. Non è quindi dimostrato che il server inoltri davvero messaggi di questo tipo: alcuni server li rifiutano o li scartano in una fase successiva.
   *[other] Senza autenticazione, ciascuno di questi server ha accettato come destinatario una nostra casella, pur non essendone responsabile (risposta al comando RCPT). Non abbiamo consegnato alcun messaggio. Non è quindi dimostrato che i server inoltrino davvero messaggi di questo tipo: alcuni server li rifiutano o li scartano in una fase successiva.
}
verdict-anything = { $count ->
    [one] Il server ha accettato anche un destinatario in un dominio che non può esistere. È quindi possibile che in un primo momento accetti qualsiasi destinatario e decida soltanto in seguito.
   *[other] Ciascuno di essi ha accettato anche un destinatario in un dominio che non può esistere. È quindi possibile che in un primo momento accettino qualsiasi destinatario e decidano soltanto in seguito.
}
verdict-undecided = { $count ->
    [one] La nostra verifica non ha permesso di stabilire se il server inoltri la posta di estranei. Non possiamo né confermare né smentire quanto risulta dalla banca dati. Il motivo:
   *[other] Le nostre verifiche non hanno permesso di stabilire se questi server inoltrino la posta di estranei. Non possiamo né confermare né smentire quanto risulta dalle banche dati. Il motivo:
}
undecided-no-answer = I nostri tentativi di connessione sono rimasti senza risposta.
undecided-refused = I nostri tentativi di connessione sono stati rifiutati.
undecided-not-smtp = Il servizio che risponde su questa porta non utilizza il protocollo SMTP.
undecided-no-mail-here = Il messaggio di benvenuto indica che qui non si accetta posta.
undecided-blocked = La nostra verifica è stata respinta in quanto tale, qualunque destinatario indicasse.
undecided-sender-refused = L’indirizzo del mittente della nostra verifica è stato rifiutato; non è stato quindi possibile provare alcun destinatario.
undecided-auth-required = Prima di indicare un destinatario è richiesta l’autenticazione; la nostra verifica non si autentica.
undecided-tls-required = Prima di indicare un destinatario è richiesta una connessione cifrata (STARTTLS); la nostra verifica non ne ha usata una.
undecided-tls-version = Non è stato possibile stabilire una connessione cifrata supportata da entrambe le parti.
undecided-greylisted = Le nostre richieste sono state rinviate con errori temporanei (greylisting) fino allo scadere del tempo previsto per la verifica.
undecided-tarpit = Le risposte sono giunte così lentamente che il tempo previsto per la verifica è scaduto prima di quelle decisive.
undecided-cut-off = La connessione è terminata, o è stato raggiunto il limite della verifica, prima delle risposte decisive.
undecided-local-or-relay = Sono state accettate soltanto forme di destinatario che possono indicare altrettanto bene una casella locale.
undecided-not-formable = Non è stato possibile formulare per questo server le richieste decisive, non essendo noto un nome o una forma di indirizzo adatti.
undecided-other = Le risposte non danno un quadro chiaro.

## Spiegazione

heading-explanation = Che cos’è un open relay
explanation = Un open relay accetta posta da qualsiasi computer al mondo e la inoltra a destinatari ovunque su Internet. I mittenti di messaggi indesiderati inviati in massa abusano di questi server. Ne derivano oneri per i destinatari, per le autorità che perseguono tali pratiche e per l’organizzazione che gestisce il server.
consequences = Per tale organizzazione un open relay può significare che:
consequence-blame = i destinatari credono che la posta indesiderata provenga dal suo sistema;
consequence-strangers = terzi sconosciuti utilizzano il suo server di posta e le sue risorse Internet;
consequence-congestion = le sue connessioni sono congestionate dal traffico altrui;
consequence-cost = i suoi costi amministrativi aumentano;
consequence-cut-off = il suo fornitore di servizi Internet sospende il servizio.
consequences-end = Un server che inoltra soltanto la posta dei propri utenti è protetto da questo abuso.

## Che cosa fare

heading-fix = Che cosa potete fare
fix-opening-confirmed = { $count ->
    [one] Vi preghiamo di chiudere il relay. Di norma sono sufficienti i passi seguenti:
   *[other] Vi preghiamo di chiudere i relay. Di norma sono sufficienti i passi seguenti:
}
fix-opening-listed = { $count ->
    [one] Vi preghiamo di verificare se il server inoltri la posta di estranei e, in tal caso, di porvi fine. Di norma sono sufficienti i passi seguenti:
   *[other] Vi preghiamo di verificare se i server inoltrino la posta di estranei e, in tal caso, di porvi fine. Di norma sono sufficienti i passi seguenti:
}
fix-limit = Inoltrate la posta soltanto dalle Vostre reti e per gli utenti autenticati; per tutti gli altri rifiutate ogni destinatario esterno ai Vostri domini.
fix-exceptions = Verificate le eccezioni: le reti considerate attendibili, anche in IPv6 e dietro gateway NAT o di container che fanno apparire locale qualsiasi client; i server di riserva; le regole che si fidano di un indirizzo del mittente, poiché tali indirizzi si possono falsificare.
fix-update = Utilizzate una versione del server di posta ancora mantenuta dal produttore.
fix-queue = Controllate poi la coda e i registri alla ricerca di posta non Vostra.
fix-postfix = Postfix (riconosciuto dalle risposte del server): il primo comando mostra le impostazioni decisive; segue un valore sicuro.
fix-exim = Exim (riconosciuto dalle risposte del server): queste due liste devono essere il più corte possibile. Valori sicuri:
fix-opensmtpd = OpenSMTPD (riconosciuto dalle risposte del server): in smtpd.conf una regola «from any for any» senza «auth» crea un relay aperto. Sono sicure regole come queste:
fix-sendmail = Sendmail (riconosciuto dalle risposte del server): verificate i file access e relay-domains ed eliminate da sendmail.mc le righe seguenti, se presenti:
fix-exchange = Microsoft Exchange (riconosciuto dalle risposte del server): tra i diritti degli utenti non autenticati mostrati da questo comando non dovrebbe figurare «ms-Exch-SMTP-Accept-Any-Recipient»:
fix-more = Istruzioni dettagliate:

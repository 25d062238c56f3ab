# Ciò che una lettera dice di un relay di posta: quanto è stato mostrato, e nulla di più.

## Oggetto

relay-subject-confirmed = { $count ->
    [one] Server di posta { $address }: confermato come open relay
   *[other] Server di posta ({ $count }~indirizzi): confermati come open relay
}
relay-subject-listed = { $count ->
    [one] Server di posta { $address }: richiesta di verificare se sia un open relay
   *[other] Server di posta ({ $count }~indirizzi): richiesta di verificare se siano open relay
}

relay-tested-forms = { $answered ->
    [0] nessuna combinazione di mittente e destinatario ha ricevuto risposta
    [one] { $answered }~combinazione di mittente e destinatario con risposta: { $accepted ->
        [one] { $accepted }~accettata
       *[other] { $accepted }~accettate
    }, { $refused ->
        [one] { $refused }~rifiutata
       *[other] { $refused }~rifiutate
    }{ $unclear ->
        [0] { "" }
        [one] , { $unclear }~incerta
       *[other] , { $unclear }~incerte
    }
   *[other] { $answered }~combinazioni di mittente e destinatario con risposta: { $accepted ->
        [one] { $accepted }~accettata
       *[other] { $accepted }~accettate
    }, { $refused ->
        [one] { $refused }~rifiutata
       *[other] { $refused }~rifiutate
    }{ $unclear ->
        [0] { "" }
        [one] , { $unclear }~incerta
       *[other] , { $unclear }~incerte
    }
}
relay-label-returned = Ritorno del messaggio:
relay-returned-from = consegnato da { $address }
returned-name = con il nome { $name }
returned-elsewhere = non è l’indirizzo verificato
returned-count = { $returned } di { $sent } messaggi di prova
relay-evidence-forms = Combinazioni accettate dal server:
evidence-returned = Indicazioni ricevute dal nostro server di posta insieme al messaggio:

## Perché scriviamo

relay-occasion-opening = { $count ->
    [one] la presente riguarda il server di posta all’indirizzo IP~{ $address } e la questione se esso sia configurato come open relay (relay aperto), cioè se degli estranei possano servirsene per inviare messaggi ad altri estranei.
   *[other] la presente riguarda i server di posta ai { $count }~indirizzi IP elencati di seguito e la questione se essi siano configurati come open relay (relay aperti), cioè se degli estranei possano servirsene per inviare messaggi ad altri estranei.
}
relay-occasion-listed = { $count ->
    [one] { $bases ->
        [one] una banca dati pubblica ({ $databases }) indica
       *[other] diverse banche dati pubbliche ({ $databases }) indicano
    } che il server all’indirizzo IP~{ $address } potrebbe essere un server di posta configurato come open relay (relay aperto). In tal caso, questa lettera contiene informazioni importanti sul server di posta della Vostra organizzazione e sull’immagine di quest’ultima su Internet.
   *[other] { $bases ->
        [one] una banca dati pubblica ({ $databases }) indica
       *[other] diverse banche dati pubbliche ({ $databases }) indicano
    } che i server ai { $count }~indirizzi IP elencati di seguito potrebbero essere server di posta configurati come open relay (relay aperti). In tal caso, questa lettera contiene informazioni importanti sui server di posta della Vostra organizzazione e sull’immagine di quest’ultima su Internet.
}
relay-occasion-confirmed = { $count ->
    [one] La nostra verifica ha mostrato che è così: un nostro messaggio di prova è tornato a noi attraverso il server.
   *[other] Le nostre verifiche hanno mostrato che è così: attraverso ciascuno di questi server un nostro messaggio di prova è tornato a noi.
}

## Come è stata eseguita la verifica

relay-test-method = La nostra verifica si collega a un server di posta dall’esterno e dialoga con esso in SMTP, come fa qualsiasi altro server di posta. Senza autenticarsi, chiede in vari modi se il server accetterebbe posta proveniente dall’esterno per destinatari esterni. Non prova alcuna password e non modifica alcuna impostazione.
test-no-message = Non abbiamo trasmesso alcun messaggio.
test-message = In tale occasione abbiamo anche consegnato un breve messaggio di prova indirizzato a noi stessi.
test-message-some = Ad alcuni dei server abbiamo anche consegnato un breve messaggio di prova indirizzato a noi stessi; agli altri non ne abbiamo trasmesso alcuno.

## L’esito

relay-verdict-confirmed = { $count ->
    [one] Senza autenticazione, il server ha accettato il nostro messaggio di prova per un destinatario esterno e lo ha inoltrato; il messaggio ha raggiunto la nostra casella. È così dimostrato che, al momento della verifica, il server inoltrava la posta di estranei.
   *[other] Senza autenticazione, ciascuno di questi server ha accettato il nostro messaggio di prova per un destinatario esterno e lo ha inoltrato; i messaggi hanno raggiunto la nostra casella. È così dimostrato che, al momento della verifica, i server inoltravano la posta di estranei.
}
verdict-part = { $count ->
    [one] Il server ha preso in carico { $sent } messaggi di prova; messaggi pervenuti alla data della presente: { $returned }.
   *[other] Alla data della presente alcuni dei messaggi di prova presi in carico da questi server non ci sono pervenuti; i numeri sono indicati per ciascun server.
}
relay-verdict-accepted = { $count ->
    [one] Senza autenticazione, il server ha preso in carico il nostro messaggio di prova per un destinatario esterno. Alla data della presente il messaggio non ci è pervenuto. Non è quindi dimostrato che il server inoltri messaggi di questo tipo.
   *[other] Senza autenticazione, ciascuno di questi server ha preso in carico il nostro messaggio di prova per un destinatario esterno. Alla data della presente i messaggi non ci sono pervenuti. Non è quindi dimostrato che i server inoltrino messaggi di questo tipo.
}
relay-verdict-suspected = { $count ->
    [one] Senza autenticazione, il server ha accettato come destinatario una nostra casella, pur non essendone responsabile (risposta al comando RCPT). Non abbiamo consegnato alcun messaggio. Non è quindi dimostrato che il server inoltri davvero messaggi di questo tipo: alcuni server li rifiutano o li scartano in una fase successiva.
   *[other] Senza autenticazione, ciascuno di questi server ha accettato come destinatario una nostra casella, pur non essendone responsabile (risposta al comando RCPT). Non abbiamo consegnato alcun messaggio. Non è quindi dimostrato che i server inoltrino davvero messaggi di questo tipo: alcuni server li rifiutano o li scartano in una fase successiva.
}
relay-verdict-anything = { $count ->
    [one] Il server ha accettato anche un destinatario in un dominio che non può esistere. È quindi possibile che in un primo momento accetti qualsiasi destinatario e decida soltanto in seguito.
   *[other] Ciascuno di essi ha accettato anche un destinatario in un dominio che non può esistere. È quindi possibile che in un primo momento accettino qualsiasi destinatario e decidano soltanto in seguito.
}
relay-verdict-undecided = { $count ->
    [one] La nostra verifica non ha permesso di stabilire se il server inoltri la posta di estranei. Non possiamo né confermare né smentire quanto risulta dalla banca dati. Il motivo:
   *[other] Le nostre verifiche non hanno permesso di stabilire se questi server inoltrino la posta di estranei. Non possiamo né confermare né smentire quanto risulta dalle banche dati. Il motivo:
}
undecided-not-smtp = Il servizio che risponde su questa porta non utilizza il protocollo SMTP.
undecided-no-mail-here = Il messaggio di benvenuto indica che qui non si accetta posta.
undecided-blocked = La nostra verifica è stata respinta in quanto tale, qualunque destinatario indicasse.
undecided-sender-refused = L’indirizzo del mittente della nostra verifica è stato rifiutato; la questione del destinatario è quindi rimasta aperta.
undecided-auth-required = Prima di indicare un destinatario è richiesta l’autenticazione; la nostra verifica non si autentica.
undecided-tls-required = Prima di indicare un destinatario è richiesta una connessione cifrata (STARTTLS); la nostra verifica non ne ha usata una.
undecided-tls-version = Prima di indicare un destinatario è richiesta una connessione cifrata (STARTTLS), che però non è stato possibile stabilire.
undecided-greylisted = Le nostre richieste sono state rinviate con errori temporanei (greylisting) fino allo scadere del tempo previsto per la verifica.
undecided-local-or-relay = Sono state accettate soltanto forme di destinatario che possono indicare altrettanto bene una casella locale.
undecided-not-formable = Non è stato possibile formulare per questo server le richieste decisive, non essendoci un nome o una forma di indirizzo adatti.

## Spiegazione

relay-heading-explanation = Che cos’è un open relay
relay-explanation = Un open relay è un server di posta che accetta messaggi da qualsiasi computer al mondo e li inoltra ad altri indirizzi Internet. I mittenti di messaggi indesiderati inviati in massa abusano di questi server. È un problema per i consumatori di tutto il mondo, per le autorità preposte all’applicazione della legge e per l’organizzazione che gestisce il server.
relay-consequences = Per tale organizzazione un open relay può significare che:
relay-consequence-strangers = terzi sconosciuti utilizzano il suo server di posta e le sue risorse Internet;
relay-consequences-end = Chiudere un open relay protegge il sistema da questo abuso.
relay-programme-aim = L’obiettivo è che mettiate in sicurezza i Vostri server di posta e non diventiate, senza saperlo, una fonte di posta indesiderata. Il primo passo consiste nel chiudere gli open relay.

## Che cosa fare

relay-fix-opening-confirmed = { $count ->
    [one] Vi preghiamo di chiudere il relay agli estranei. Di norma sono sufficienti i passi seguenti:
   *[other] Vi preghiamo di chiudere i relay agli estranei. Di norma sono sufficienti i passi seguenti:
}
relay-fix-opening-listed = { $count ->
    [one] Vi preghiamo di verificare se il server inoltri la posta di estranei e, in tal caso, di porvi fine. Di norma sono sufficienti i passi seguenti:
   *[other] Vi preghiamo di verificare se i server inoltrino la posta di estranei e, in tal caso, di porvi fine. Di norma sono sufficienti i passi seguenti:
}
fix-limit = Inoltrate la posta soltanto dalle Vostre reti e per gli utenti autenticati; per tutti gli altri rifiutate ogni destinatario esterno ai Vostri domini.
relay-guide-steps = { $count ->
    [one] Se il Vostro server è un open relay e desiderate chiuderlo, Vi preghiamo di seguire le istruzioni passo per passo ivi riportate.
   *[other] Se i Vostri server sono open relay e desiderate chiuderli, Vi preghiamo di seguire le istruzioni passo per passo ivi riportate.
}
fix-relays = Server di posta:
fix-exceptions = Verificate le eccezioni: le reti considerate attendibili, anche in IPv6 e dietro gateway NAT o di container che fanno apparire locale qualsiasi client; i server di riserva; le regole che si fidano di un indirizzo del mittente, poiché tali indirizzi si possono falsificare.
fix-update = Utilizzate una versione del server di posta ancora mantenuta dal produttore.
fix-queue = Controllate poi la coda e i registri alla ricerca di posta non Vostra.
fix-postfix = Postfix (riconosciuto dalle risposte del server): il primo comando mostra le impostazioni decisive; segue un valore sicuro.
fix-exim = Exim (riconosciuto dalle risposte del server): queste due liste devono essere il più corte possibile. Valori sicuri:
fix-opensmtpd = OpenSMTPD (riconosciuto dalle risposte del server): in smtpd.conf una regola «from any for any» senza «auth» crea un relay aperto. Sono sicure regole come queste:
fix-sendmail = Sendmail (riconosciuto dalle risposte del server): verificate i file access e relay-domains ed eliminate da sendmail.mc le righe seguenti, se presenti:
fix-exchange = Microsoft Exchange (riconosciuto dalle risposte del server): tra i diritti degli utenti non autenticati mostrati da questo comando non dovrebbe figurare «ms-Exch-SMTP-Accept-Any-Recipient»:

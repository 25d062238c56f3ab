# Ciò che una lettera dice di un server proxy: quanto è stato mostrato, e nulla di più.

## Oggetto

proxy-subject-confirmed = { $count ->
    [one] Server { $address }: confermato come proxy aperto
   *[other] Server ({ $count }~indirizzi): confermati come proxy aperti
}
proxy-subject-listed = { $count ->
    [one] Server { $address }: richiesta di verificare se sia un proxy aperto
   *[other] Server ({ $count }~indirizzi): richiesta di verificare se siano proxy aperti
}

## Perché scriviamo

proxy-occasion-opening = { $count ->
    [one] la presente riguarda il server all’indirizzo IP~{ $address } e la questione se esso sia un proxy aperto (in inglese «open proxy»), cioè se degli estranei possano servirsene per collegarsi ad altri sistemi su Internet.
   *[other] la presente riguarda i server ai { $count }~indirizzi IP elencati di seguito e la questione se essi siano proxy aperti (in inglese «open proxy»), cioè se degli estranei possano servirsene per collegarsi ad altri sistemi su Internet.
}
proxy-occasion-listed = { $count ->
    [one] { $bases ->
        [one] una banca dati pubblica ({ $databases }) indica
       *[other] diverse banche dati pubbliche ({ $databases }) indicano
    } che il server all’indirizzo IP~{ $address } potrebbe essere un proxy aperto (in inglese «open proxy»). In tal caso, questa lettera contiene informazioni importanti sul server della Vostra organizzazione e sull’immagine di quest’ultima su Internet.
   *[other] { $bases ->
        [one] una banca dati pubblica ({ $databases }) indica
       *[other] diverse banche dati pubbliche ({ $databases }) indicano
    } che i server ai { $count }~indirizzi IP elencati di seguito potrebbero essere proxy aperti (in inglese «open proxy»). In tal caso, questa lettera contiene informazioni importanti sui server della Vostra organizzazione e sull’immagine di quest’ultima su Internet.
}
proxy-occasion-confirmed = { $count ->
    [one] La nostra verifica ha mostrato che è così: una nostra connessione di prova ha raggiunto il nostro sistema attraverso il server.
   *[other] Le nostre verifiche hanno mostrato che è così: attraverso ciascuno di questi server una nostra connessione di prova ha raggiunto il nostro sistema.
}

## Che cosa è stato rilevato

proxy-tested-forms = { $answered ->
    [0] nessuna richiesta ha ricevuto risposta
    [one] { $answered }~richiesta con risposta: { $accepted ->
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
   *[other] { $answered }~richieste con risposta: { $accepted ->
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
proxy-label-returned = Arrivo presso di noi:
proxy-returned-from = da { $address }
proxy-evidence-forms = Richieste accettate dal server:

## Come è stata eseguita la verifica

proxy-test-method = La nostra verifica si collega a un server proxy dall’esterno, come fa qualsiasi client. Senza autenticarsi, chiede al server una connessione a un nostro sistema di prova. Quest’ultimo invia un codice che nessuno può indovinare; la connessione è dimostrata solo se il codice torna fino a noi. La verifica non prova alcuna password, non contatta sistemi di terzi e non modifica alcuna impostazione.

## L’esito

proxy-verdict-confirmed = { $count ->
    [one] Senza autenticazione, il server ha stabilito la connessione richiesta dalla nostra verifica. La connessione ha raggiunto il nostro sistema di prova, e il codice inviato da quest’ultimo è tornato fino a noi. È così dimostrato che, al momento della verifica, il server inoltrava le connessioni di estranei.
   *[other] Senza autenticazione, ciascuno di questi server ha stabilito la connessione richiesta dalla nostra verifica. La connessione ha raggiunto il nostro sistema di prova, e il codice inviato da quest’ultimo è tornato fino a noi. È così dimostrato che, al momento della verifica, i server inoltravano le connessioni di estranei.
}
proxy-verdict-accepted = { $count ->
    [one] Senza autenticazione, il server ha concesso la connessione richiesta dalla nostra verifica e il codice del nostro sistema di prova è tornato fino a noi. Alla data della presente, tuttavia, presso tale sistema non risulta alcuna connessione con il contrassegno di questa verifica; non sappiamo quindi da dove la connessione sia uscita. Non è pertanto dimostrato che sia il server stesso a inoltrare connessioni per estranei.
   *[other] Senza autenticazione, ciascuno di questi server ha concesso la connessione richiesta dalla nostra verifica e il codice del nostro sistema di prova è tornato fino a noi. Alla data della presente, tuttavia, presso tale sistema non risulta alcuna connessione con il contrassegno di queste verifiche; non sappiamo quindi da dove le connessioni siano uscite. Non è pertanto dimostrato che siano i server stessi a inoltrare connessioni per estranei.
}
proxy-verdict-suspected = { $count ->
    [one] Senza autenticazione, il server ha risposto di concedere la connessione richiesta dalla nostra verifica. Il codice del nostro sistema di prova non è però tornato fino a noi. Non è quindi dimostrato che il server inoltri davvero connessioni di questo tipo: alcuni server rispondono allo stesso modo a qualsiasi richiesta.
   *[other] Senza autenticazione, ciascuno di questi server ha risposto di concedere la connessione richiesta dalla nostra verifica. Il codice del nostro sistema di prova non è però tornato fino a noi. Non è quindi dimostrato che i server inoltrino davvero connessioni di questo tipo: alcuni server rispondono allo stesso modo a qualsiasi richiesta.
}
proxy-verdict-anything = { $count ->
    [one] Il server ha concesso anche una connessione a una destinazione che non può esistere. È quindi possibile che risponda così a qualsiasi richiesta.
   *[other] Ciascuno di essi ha concesso anche una connessione a una destinazione che non può esistere. È quindi possibile che rispondano così a qualsiasi richiesta.
}
proxy-verdict-undecided = { $count ->
    [one] La nostra verifica non ha permesso di stabilire se il server inoltri le connessioni di estranei. Non possiamo né confermare né smentire quanto risulta dalla banca dati. Il motivo:
   *[other] Le nostre verifiche non hanno permesso di stabilire se questi server inoltrino le connessioni di estranei. Non possiamo né confermare né smentire quanto risulta dalle banche dati. Il motivo:
}
undecided-protocol = Il servizio che risponde su questa porta non utilizza il protocollo della nostra verifica.
undecided-turned-away = La nostra verifica è stata respinta in quanto tale, qualunque destinazione indicasse.
undecided-unanswered = Al nostro test non è giunta alcuna risposta in tempo utile.
undecided-not-reached = Secondo le sue stesse risposte, il server ha tentato di stabilire la connessione e non ha raggiunto il nostro sistema di prova. Non è stato verificato se inoltri connessioni verso altre destinazioni.
undecided-own-address = La connessione ha raggiunto il nostro sistema di prova dal nostro stesso indirizzo. Può averla stabilita qualcosa sul nostro percorso al posto del server.

## Spiegazione

proxy-heading-explanation = Che cos’è un proxy aperto
proxy-explanation = Un proxy aperto consente a qualsiasi computer al mondo di collegarsi, attraverso di esso, ad altri indirizzi Internet; vista dall’altro capo, la connessione sembra allora provenire dal proxy. I mittenti di messaggi indesiderati inviati in massa abusano di questi server per nascondere l’origine dei loro messaggi. È un problema per i consumatori di tutto il mondo, per le autorità preposte all’applicazione della legge e per l’organizzazione che gestisce il server.
proxy-consequences = Per tale organizzazione un proxy aperto può significare che:
proxy-consequence-strangers = terzi sconosciuti utilizzano il suo server e le sue risorse Internet;
proxy-consequences-end = Chiudere agli estranei un proxy aperto protegge il sistema da questo abuso.
proxy-programme-aim = L’obiettivo è che mettiate in sicurezza i Vostri server e non diventiate, senza saperlo, una fonte di posta indesiderata. Il primo passo consiste nel chiudere agli estranei i proxy aperti.

## Che cosa fare

proxy-fix-opening-confirmed = { $count ->
    [one] Vi preghiamo di chiudere il proxy agli estranei. Di norma sono sufficienti i passi seguenti:
   *[other] Vi preghiamo di chiudere i proxy agli estranei. Di norma sono sufficienti i passi seguenti:
}
proxy-fix-opening-listed = { $count ->
    [one] Vi preghiamo di verificare se il server inoltri le connessioni di estranei e, in tal caso, di porvi fine. Di norma sono sufficienti i passi seguenti:
   *[other] Vi preghiamo di verificare se i server inoltrino le connessioni di estranei e, in tal caso, di porvi fine. Di norma sono sufficienti i passi seguenti:
}
proxy-guide-steps = { $count ->
    [one] Se il Vostro server è un proxy aperto e desiderate chiuderlo, Vi preghiamo di seguire le istruzioni passo per passo ivi riportate.
   *[other] Se i Vostri server sono proxy aperti e desiderate chiuderli, Vi preghiamo di seguire le istruzioni passo per passo ivi riportate.
}
fix-proxies = Server proxy:
fix-clients = Accettate connessioni soltanto dalle Vostre reti o da utenti autenticati; rifiutate tutte le altre.
fix-listen = Se il proxy serve soltanto alla Vostra rete, mettetelo in ascolto solo su un indirizzo interno e bloccatene la porta nel firewall, anche per IPv6.
fix-targets = Limitate ciò che si può raggiungere attraverso il proxy: nessun server di posta (porta~25), nessun indirizzo della Vostra rete e, con CONNECT, soltanto le porte necessarie, di norma la~443.
fix-software = Utilizzate una versione ancora mantenuta dal produttore. Se nessuno conosce il proxy, accertatene la provenienza: può appartenere a un router, a un altro programma o a un software dannoso.
fix-logs = Controllate poi i registri alla ricerca di connessioni non Vostre.
questions = Sei domande aiutano a stabilire se un server proxy sia sicuro:
question-untrusted = Accetta connessioni da reti di cui non Vi fidate?
question-version = Utilizzate una versione aggiornata del software?
question-patches = Sono stati installati tutti gli aggiornamenti di sicurezza?
question-access = Esistono regole di accesso che stabiliscono chi può usarlo?
question-audit = Qualcuno controlla che non venga usato senza autorizzazione?
question-abuse = Nel Vostro dominio esiste una casella «abuse», e qualcuno la legge?
fix-squid = Squid (riconosciuto dalle risposte del server): in squid.conf le regole http_access valgono nell’ordine in cui compaiono e l’ultima deve rifiutare tutto il resto. Quest’ordine è sicuro:
fix-dante = Dante (riconosciuto dalle risposte del server): in sockd.conf ciò che nessuna regola ammette è rifiutato. Nelle regole «pass» indicate quindi soltanto le Vostre reti:
fix-haproxy = HAProxy (riconosciuto dalle risposte del server): eliminate «option http_proxy» e ogni «set-dst» che ricavi la destinazione dalla richiesta. Se tuttavia ne avete bisogno, limitate i client che possono collegarsi:
fix-nginx = nginx (riconosciuto dalle risposte del server): «proxy_pass» non deve ricavare la destinazione dalla richiesta, per esempio da «$host» o «$http_host». Indicate espressamente la destinazione e, se possibile, limitate l’accesso:
fix-tinyproxy = Tinyproxy (riconosciuto dalle risposte del server): senza una riga «Allow» in tinyproxy.conf può collegarsi chiunque. Sono sicure le righe seguenti:
fix-microsocks = microsocks (riconosciuto dalle risposte del server): senza opzioni ascolta su tutti gli indirizzi e non chiede alcuna password. È sicuro avviarlo così:

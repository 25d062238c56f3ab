# Ciò che dice una lettera che riguarda insieme relay di posta e server proxy.

## Oggetto

both-subject-confirmed = { $count ->
    [one] Server { $address }: confermato come open relay e come proxy aperto
   *[other] Server ({ $count }~indirizzi): confermati come open relay o come proxy aperti
}
both-subject-listed = { $count ->
    [one] Server { $address }: richiesta di verificare se sia un open relay o un proxy aperto
   *[other] Server ({ $count }~indirizzi): richiesta di verificare se siano open relay o proxy aperti
}

## Perché scriviamo

both-occasion-opening = { $count ->
    [one] la presente riguarda il server all’indirizzo IP~{ $address } e la questione se esso sia configurato come open relay (relay aperto) o sia un proxy aperto (in inglese «open proxy»), cioè se degli estranei possano servirsene per inviare messaggi ad altri estranei o per collegarsi ad altri sistemi su Internet.
   *[other] la presente riguarda i server ai { $count }~indirizzi IP elencati di seguito e la questione se essi siano configurati come open relay (relay aperti) o siano proxy aperti (in inglese «open proxy»), cioè se degli estranei possano servirsene per inviare messaggi ad altri estranei o per collegarsi ad altri sistemi su Internet.
}
both-occasion-listed = { $count ->
    [one] { $bases ->
        [one] una banca dati pubblica ({ $databases }) indica
       *[other] diverse banche dati pubbliche ({ $databases }) indicano
    } che il server all’indirizzo IP~{ $address } potrebbe essere un server di posta configurato come open relay (relay aperto) o un proxy aperto (in inglese «open proxy»). In tal caso, questa lettera contiene informazioni importanti sul server della Vostra organizzazione e sull’immagine di quest’ultima su Internet.
   *[other] { $bases ->
        [one] una banca dati pubblica ({ $databases }) indica
       *[other] diverse banche dati pubbliche ({ $databases }) indicano
    } che i server ai { $count }~indirizzi IP elencati di seguito potrebbero essere server di posta configurati come open relay (relay aperti) o proxy aperti (in inglese «open proxy»). In tal caso, questa lettera contiene informazioni importanti sui server della Vostra organizzazione e sull’immagine di quest’ultima su Internet.
}
both-occasion-confirmed = { $count ->
    [one] Le nostre verifiche hanno mostrato che è sia l’uno sia l’altro: un nostro messaggio di prova e una nostra connessione di prova hanno raggiunto i nostri sistemi attraverso il server.
   *[other] Le nostre verifiche hanno mostrato che è così: attraverso ciascuno di questi server un nostro messaggio di prova o una nostra connessione di prova ha raggiunto i nostri sistemi.
}

## Spiegazione

both-heading-explanation = Che cosa sono gli open relay e i proxy aperti
both-explanation = Un open relay è un server di posta che accetta messaggi da qualsiasi computer al mondo e li inoltra ad altri indirizzi Internet. Un proxy aperto consente a qualsiasi computer al mondo di collegarsi, attraverso di esso, ad altri indirizzi Internet; vista dall’altro capo, la connessione sembra allora provenire dal proxy. I mittenti di messaggi indesiderati inviati in massa abusano degli uni e degli altri. È un problema per i consumatori di tutto il mondo, per le autorità preposte all’applicazione della legge e per l’organizzazione che gestisce il server.
both-consequences = Per tale organizzazione un server di questo tipo può significare che:
both-consequence-strangers = terzi sconosciuti utilizzano il suo server e le sue risorse Internet;
both-consequences-end = Chiudere agli estranei un server di questo tipo protegge il sistema da questo abuso.
both-programme-aim = L’obiettivo è che mettiate in sicurezza i Vostri server e non diventiate, senza saperlo, una fonte di posta indesiderata. Il primo passo consiste nel chiudere gli open relay e i proxy aperti.

## Che cosa fare

both-fix-opening-confirmed = { $count ->
    [one] Vi preghiamo di chiudere il server agli estranei. Di norma sono sufficienti i passi seguenti:
   *[other] Vi preghiamo di chiudere i server agli estranei. Di norma sono sufficienti i passi seguenti:
}
both-fix-opening-listed = { $count ->
    [one] Vi preghiamo di verificare se il server inoltri la posta o le connessioni di estranei e, in tal caso, di porvi fine. Di norma sono sufficienti i passi seguenti:
   *[other] Vi preghiamo di verificare se i server inoltrino la posta o le connessioni di estranei e, in tal caso, di porvi fine. Di norma sono sufficienti i passi seguenti:
}
both-guide-steps = { $count ->
    [one] Se il Vostro server è un open relay o un proxy aperto e desiderate chiuderlo, Vi preghiamo di seguire le istruzioni passo per passo ivi riportate.
   *[other] Se i Vostri server sono open relay o proxy aperti e desiderate chiuderli, Vi preghiamo di seguire le istruzioni passo per passo ivi riportate.
}

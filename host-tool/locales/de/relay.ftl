# Was ein Schreiben über ein Mail-Relay sagt: was gezeigt wurde, und nicht mehr.

## Betreff

relay-subject-confirmed = { $count ->
    [one] Mailserver { $address }: offenes Mail-Relay bestätigt
   *[other] Mailserver unter { $count }~Adressen: offene Mail-Relays bestätigt
}
relay-subject-listed = { $count ->
    [one] Mailserver { $address }: Bitte um Prüfung auf ein offenes Mail-Relay
   *[other] Mailserver unter { $count }~Adressen: Bitte um Prüfung auf offene Mail-Relays
}

relay-tested-forms = { $answered ->
    [0] keine Kombination von Absender und Empfänger beantwortet
    [one] { $answered }~Kombination von Absender und Empfänger beantwortet: { $accepted }~angenommen, { $refused }~abgelehnt{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unklar
    }
   *[other] { $answered }~Kombinationen von Absender und Empfänger beantwortet: { $accepted }~angenommen, { $refused }~abgelehnt{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unklar
    }
}
relay-label-returned = Testnachricht zurück:
relay-returned-from = zugestellt von { $address }
returned-name = unter dem Namen { $name }
returned-elsewhere = das ist nicht die getestete Adresse
returned-count = { $returned } von { $sent } Testnachrichten
relay-evidence-forms = Kombinationen, die der Server angenommen hat:
evidence-returned = Angaben, mit denen unser eigener Mailserver die Nachricht erhalten hat:

## Warum wir schreiben

relay-occasion-opening = { $count ->
    [one] dieses Schreiben betrifft den Mailserver unter der IP-Adresse~{ $address } und die Frage, ob er ein offenes Mail-Relay (englisch „open relay“) ist, ob also Fremde über ihn Nachrichten an andere Fremde senden können.
   *[other] dieses Schreiben betrifft die Mailserver unter den { $count }~unten aufgeführten IP-Adressen und die Frage, ob sie offene Mail-Relays (englisch „open relays“) sind, ob also Fremde über sie Nachrichten an andere Fremde senden können.
}
relay-occasion-listed = { $count ->
    [one] { $bases ->
        [one] eine öffentliche Datenbank ({ $databases }) deutet
       *[other] verschiedene öffentliche Datenbanken ({ $databases }) deuten
    } darauf hin, dass der Server unter der IP-Adresse~{ $address } ein offenes Mail-Relay (englisch „open relay“) sein könnte. Sollte das zutreffen, enthält dieses Schreiben wichtige Informationen über den Mailserver Ihrer Organisation und über deren Erscheinungsbild im Internet.
   *[other] { $bases ->
        [one] eine öffentliche Datenbank ({ $databases }) deutet
       *[other] verschiedene öffentliche Datenbanken ({ $databases }) deuten
    } darauf hin, dass die Server unter den { $count }~unten aufgeführten IP-Adressen offene Mail-Relays (englisch „open relays“) sein könnten. Sollte das zutreffen, enthält dieses Schreiben wichtige Informationen über die Mailserver Ihrer Organisation und über das Erscheinungsbild der Organisation im Internet.
}
relay-occasion-confirmed = { $count ->
    [one] Unser eigener Test hat ergeben, dass dies der Fall ist: Eine Testnachricht von uns ist über den Server zu uns zurückgekommen.
   *[other] Unsere eigenen Tests haben ergeben, dass dies der Fall ist: Testnachrichten von uns sind über jeden dieser Server zu uns zurückgekommen.
}

## Wie getestet wurde

relay-test-method = Unser Test verbindet sich von außen mit einem Mailserver und spricht mit ihm SMTP, wie es jeder andere Mailserver tut. Ohne Anmeldung fragt er auf verschiedene Weise, ob der Server Nachrichten von außen für externe Empfänger annehmen würde. Er probiert keine Passwörter aus und ändert keine Einstellungen.
test-no-message = Wir haben keine Nachricht übertragen.
test-message = Dabei haben wir auch eine kurze, an uns selbst gerichtete Testnachricht übergeben.
test-message-some = Einigen der Server haben wir dabei auch eine kurze, an uns selbst gerichtete Testnachricht übergeben, den übrigen keine.

## Das Ergebnis

relay-verdict-confirmed = { $count ->
    [one] Der Server hat unsere Testnachricht an einen externen Empfänger ohne Anmeldung angenommen und weitergeleitet; sie hat unser eigenes Postfach erreicht. Damit ist bewiesen, dass der Server zum Zeitpunkt des Tests Nachrichten Fremder weitergeleitet hat.
   *[other] Jeder dieser Server hat unsere Testnachricht an einen externen Empfänger ohne Anmeldung angenommen und weitergeleitet; die Nachrichten haben unser eigenes Postfach erreicht. Damit ist bewiesen, dass die Server zum Zeitpunkt des Tests Nachrichten Fremder weitergeleitet haben.
}
verdict-part = { $count ->
    [one] Der Server hat { $sent } Testnachrichten angenommen; bis zum Zeitpunkt dieses Schreibens bei uns angekommen: { $returned }.
   *[other] Einige der Testnachrichten, die diese Server angenommen haben, haben uns bis zum Zeitpunkt dieses Schreibens nicht erreicht; die Zahlen stehen bei jedem Server.
}
relay-verdict-accepted = { $count ->
    [one] Der Server hat unsere Testnachricht an einen externen Empfänger ohne Anmeldung übernommen. Bis zum Zeitpunkt dieses Schreibens hat sie uns nicht erreicht. Es ist also nicht bewiesen, dass der Server solche Nachrichten weiterleitet.
   *[other] Jeder dieser Server hat unsere Testnachricht an einen externen Empfänger ohne Anmeldung übernommen. Bis zum Zeitpunkt dieses Schreibens haben uns die Nachrichten nicht erreicht. Es ist also nicht bewiesen, dass die Server solche Nachrichten weiterleiten.
}
relay-verdict-suspected = { $count ->
    [one] Der Server hat ohne Anmeldung ein Postfach von uns als Empfänger angenommen, obwohl er für dieses nicht zuständig ist (Antwort auf den Befehl RCPT). Eine Nachricht haben wir nicht übertragen. Es ist also nicht bewiesen, dass der Server Nachrichten an solche Empfänger tatsächlich weiterleitet: Manche Server lehnen sie erst später ab oder verwerfen sie.
   *[other] Jeder dieser Server hat ohne Anmeldung ein Postfach von uns als Empfänger angenommen, obwohl er für dieses nicht zuständig ist (Antwort auf den Befehl RCPT). Eine Nachricht haben wir nicht übertragen. Es ist also nicht bewiesen, dass die Server Nachrichten an solche Empfänger tatsächlich weiterleiten: Manche Server lehnen sie erst später ab oder verwerfen sie.
}
relay-verdict-anything = { $count ->
    [one] Der Server hat auch einen Empfänger in einer Domain angenommen, die es nicht geben kann. Es ist daher möglich, dass er zunächst jeden Empfänger annimmt und erst später entscheidet.
   *[other] Jeder von ihnen hat auch einen Empfänger in einer Domain angenommen, die es nicht geben kann. Es ist daher möglich, dass sie zunächst jeden Empfänger annehmen und erst später entscheiden.
}
relay-verdict-undecided = { $count ->
    [one] Unser Test konnte nicht klären, ob der Server Nachrichten Fremder weiterleitet. Den Eintrag in der Datenbank können wir weder bestätigen noch widerlegen. Der Grund:
   *[other] Unsere Tests konnten nicht klären, ob diese Server Nachrichten Fremder weiterleiten. Die Einträge in den Datenbanken können wir weder bestätigen noch widerlegen. Der Grund:
}
undecided-not-smtp = Der Dienst, der an diesem Port antwortet, spricht nicht SMTP.
undecided-no-mail-here = Laut Begrüßung des Servers werden hier keine E-Mails angenommen.
undecided-blocked = Unser Test wurde als solcher abgewiesen, unabhängig vom genannten Empfänger.
undecided-sender-refused = Die Absenderadresse unseres Tests wurde abgelehnt; die Frage nach dem Empfänger blieb damit offen.
undecided-auth-required = Bevor ein Empfänger genannt werden darf, ist eine Anmeldung erforderlich; unser Test meldet sich nicht an.
undecided-tls-required = Bevor ein Empfänger genannt werden darf, ist eine verschlüsselte Verbindung (STARTTLS) erforderlich; unser Test hat keine verwendet.
undecided-tls-version = Bevor ein Empfänger genannt werden darf, ist eine verschlüsselte Verbindung (STARTTLS) erforderlich; sie kam nicht zustande.
undecided-greylisted = Unsere Anfragen wurden mit vorübergehenden Fehlern zurückgestellt (Greylisting), bis die Zeit für unseren Test abgelaufen war.
undecided-local-or-relay = Angenommen wurden nur solche Schreibweisen einer Empfängeradresse, die ebenso gut ein lokales Postfach bezeichnen können.
undecided-not-formable = Die entscheidenden Anfragen ließen sich für diesen Server nicht bilden, weil es dafür keinen passenden Namen oder keine passende Adressform gab.

## Erklärung

relay-heading-explanation = Was ein offenes Mail-Relay ist
relay-explanation = Ein offenes Mail-Relay ist ein Mailserver, der Nachrichten von jedem Rechner der Welt annimmt und an andere Internetadressen weiterleitet. Versender unerwünschter Massen-E-Mails missbrauchen solche Server. Das ist ein Problem für Verbraucherinnen und Verbraucher in aller Welt, für die Strafverfolgungsbehörden und für die Organisation, die den Server betreibt.
relay-consequences = Für diese Organisation kann ein offenes Mail-Relay bedeuten, dass
relay-consequence-strangers = unbekannte Dritte den Mailserver und die Internetressourcen der Organisation nutzen;
relay-consequences-end = Wer ein offenes Mail-Relay schließt, schützt das System vor diesem Missbrauch.
relay-programme-aim = Ziel ist, dass Sie Ihre Mailserver absichern und nicht unwissentlich zur Quelle unerwünschter E-Mails werden. Der erste Schritt ist, offene Mail-Relays zu schließen.

## Was zu tun ist

relay-fix-opening-confirmed = { $count ->
    [one] Bitte schließen Sie das Relay. In der Regel genügen diese Schritte:
   *[other] Bitte schließen Sie die Relays. In der Regel genügen diese Schritte:
}
relay-fix-opening-listed = { $count ->
    [one] Bitte prüfen Sie, ob der Server Nachrichten Fremder weiterleitet, und unterbinden Sie dies gegebenenfalls. In der Regel genügen diese Schritte:
   *[other] Bitte prüfen Sie, ob die Server Nachrichten Fremder weiterleiten, und unterbinden Sie dies gegebenenfalls. In der Regel genügen diese Schritte:
}
fix-limit = Leiten Sie Nachrichten nur aus Ihren eigenen Netzen und für angemeldete Nutzer weiter; lehnen Sie bei allen anderen jeden Empfänger außerhalb Ihrer eigenen Domains ab.
relay-guide-steps = { $count ->
    [one] Wenn Ihr Server ein offenes Mail-Relay ist und Sie es schließen möchten, folgen Sie bitte der dortigen Schritt-für-Schritt-Anleitung.
   *[other] Wenn Ihre Server offene Mail-Relays sind und Sie diese schließen möchten, folgen Sie bitte der dortigen Schritt-für-Schritt-Anleitung.
}
fix-relays = Mailserver:
fix-exceptions = Prüfen Sie die Ausnahmen: vertrauenswürdige Netze, auch bei IPv6 und bei Container- oder NAT-Gateways, hinter denen jeder Client lokal erscheint; Ersatzserver; Regeln, die einer Absenderadresse vertrauen, denn Absenderadressen lassen sich fälschen.
fix-update = Verwenden Sie eine Version des Mailservers, die der Hersteller noch pflegt.
fix-queue = Sehen Sie anschließend die Warteschlange und die Protokolle auf fremde Nachrichten durch.
fix-postfix = Postfix (an den Antworten des Servers erkannt): Der erste Befehl zeigt die maßgeblichen Einstellungen; danach folgt ein sicherer Wert.
fix-exim = Exim (an den Antworten des Servers erkannt): Halten Sie diese beiden Listen so kurz wie möglich. Sichere Werte sind:
fix-opensmtpd = OpenSMTPD (an den Antworten des Servers erkannt): Eine Regel „from any for any“ ohne „auth“ in smtpd.conf ergibt ein offenes Relay. Sicher sind Regeln wie diese:
fix-sendmail = Sendmail (an den Antworten des Servers erkannt): Prüfen Sie die Dateien access und relay-domains, und entfernen Sie diese Zeilen aus sendmail.mc, falls sie dort stehen:
fix-exchange = Microsoft Exchange (an den Antworten des Servers erkannt): Unter den Rechten nicht angemeldeter Nutzer, die dieser Befehl anzeigt, sollte „ms-Exch-SMTP-Accept-Any-Recipient“ nicht vorkommen:

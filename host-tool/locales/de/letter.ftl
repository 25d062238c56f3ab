# Was jedes Schreiben hat, worum es auch geht. `~` ist ein geschütztes Leerzeichen.

## Kennzeichen des Entwurfs

draft-example = ENTWURF, nicht zum Versand: Der Absender im Profil „{ $profile }“ ist ein Beispiel.
draft-language = ENTWURF, nicht zum Versand: Das Profil „{ $profile }“ hat Deutsch nicht freigegeben.
draft-historic = ENTWURF, nicht zum Versand: Das Profil „{ $profile }“ ist historisch und zeigt, wie die damaligen Schreiben lauteten.

## Zwei Sprachen

english-below = English version below

## Kopf

label-to = An:
label-reference = Unser Zeichen:
label-date = Datum:
label-subject = Betreff:
day = { $date }
salutation = Sehr geehrte Damen und Herren,
salutation-named = Sehr geehrte Damen und Herren,

## Datum, Uhrzeit, Aufzählung

date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
moment-utc = { $date }, { $hour }:{ $minute }~Uhr (UTC)
moment-local = { $date }, { $hour }:{ $minute }~Uhr ({ $zone })
list-and = und
list-and-before-e = und

## Was festgestellt wurde

heading-findings = { $count ->
    [one] Der Server
   *[other] Die Server
}
label-address = IP-Adresse:
label-protocol = Protokoll:
address-and-port = { $address }, Port~{ $port }
label-host = Hostname:
label-seen = Beobachtet:
label-first-seen = Zuerst beobachtet:
label-last-seen = Zuletzt beobachtet:
label-listed = Verzeichnet bei:
listed-since = eingetragen am { $date }
listed-on = festgestellt am { $date }
listed-code = Code { $code }
label-tested = Test:
depth-quick = Umfang: verkürzt
depth-standard = Umfang: Standard
depth-full = Umfang: vollständig

## Wer schreibt und wie man antwortet

heading-sender = Wer wir sind
partners = Unsere Partner dabei sind:
partners-abroad = Internationale Partner:
heading-contact = Fragen
contact = Wenn Sie Fragen zu diesem Schreiben haben, schreiben Sie uns bitte oder rufen Sie uns an, und nennen Sie dabei unser Zeichen { $reference }. Ihre Antwort wird von einem Menschen gelesen.
contact-mail = Wenn Sie Fragen zu der Anleitung oder zu diesem Schreiben haben, wenden Sie sich bitte unter Angabe unseres Zeichens { $reference } an:
label-mail = E-Mail:
label-phone = Telefon:
heading-genuine = So prüfen Sie, ob dieses Schreiben echt ist
genuine = Sie müssen diesem Schreiben nicht ungeprüft vertrauen. Die folgende Seite erklärt, woran Sie unsere Schreiben erkennen:
genuine-key = Fingerabdruck unseres OpenPGP-Schlüssels:
genuine-never = Wir werden Sie nie nach einem Passwort fragen, und Sie brauchen weder einen Anhang noch einen Link zu öffnen, um diesem Schreiben nachzugehen.
heading-retest = Erneuter Test
retest = Sobald Sie etwas geändert oder geprüft haben, geben Sie uns bitte Bescheid. Wir testen gern noch einmal und teilen Ihnen das Ergebnis mit. Wünschen Sie keinen weiteren Test, so genügt eine kurze Nachricht.
deadline = Bitte teilen Sie uns bis zum { $date } mit, was Sie festgestellt haben.
deadline-retest = Wir beabsichtigen, am { $date } noch einmal zu testen. Hat sich bis dahin nichts geändert, erinnern wir Sie einmal an dieses Schreiben, danach nicht mehr.
pass-on = Wenn Sie nur der Internetanbieter sind, leiten Sie dieses Schreiben bitte an den betreffenden Kunden weiter. Wenn die Angelegenheit Sie gar nicht betrifft, sind wir Ihnen für einen kurzen Hinweis dankbar, damit wir Sie nicht noch einmal behelligen.
closing = Mit freundlichen Grüßen

## Warum wir schreiben

occasion-suspected = { $count ->
    [one] Die Adresse ist in { $bases ->
        [one] einer öffentlichen Datenbank
       *[other] öffentlichen Datenbanken
    } verzeichnet ({ $databases }). Deshalb haben wir den Server selbst getestet: Es gibt Anhaltspunkte, aber keinen Beweis.
   *[other] Die Adressen sind in { $bases ->
        [one] einer öffentlichen Datenbank
       *[other] öffentlichen Datenbanken
    } verzeichnet ({ $databases }). Deshalb haben wir die Server selbst getestet: Es gibt Anhaltspunkte, aber keinen Beweis.
}
identity = { $count ->
    [one] Nach den uns vorliegenden Informationen sind Sie für diesen Server verantwortlich.
   *[other] Nach den uns vorliegenden Informationen sind Sie für diese Server verantwortlich.
}
occasion-undecided = { $count ->
    [one] Die Adresse ist in { $bases ->
        [one] einer öffentlichen Datenbank
       *[other] öffentlichen Datenbanken
    } verzeichnet ({ $databases }). Deshalb haben wir den Server selbst getestet; unser Test konnte die Frage jedoch nicht klären.
   *[other] Die Adressen sind in { $bases ->
        [one] einer öffentlichen Datenbank
       *[other] öffentlichen Datenbanken
    } verzeichnet ({ $databases }). Deshalb haben wir die Server selbst getestet; unsere Tests konnten die Frage jedoch nicht klären.
}
occasion-mixed = { $count ->
    [one] Die Adresse ist in { $bases ->
        [one] einer öffentlichen Datenbank
       *[other] öffentlichen Datenbanken
    } verzeichnet ({ $databases }). Deshalb haben wir eigene Tests durchgeführt. Die Ergebnisse sind unterschiedlich; wir geben sie unten an.
   *[other] Einige der Adressen sind in { $bases ->
        [one] einer öffentlichen Datenbank
       *[other] öffentlichen Datenbanken
    } verzeichnet ({ $databases }). Deshalb haben wir eigene Tests durchgeführt. Die Ergebnisse sind unterschiedlich; wir geben sie unten für jeden Server an.
}

## Wie getestet wurde

heading-test = So haben wir getestet
caveat-path = Bitte beachten Sie: Wir haben nicht geprüft, ob unterwegs ein anderes System die Verbindungen unseres Tests abfängt. Wäre das so, kämen die Antworten möglicherweise nicht von Ihrem Server.
caveat-laboratory = Bitte beachten Sie: Dieser Test lief in einer Laborumgebung. Auf die Prüfung unserer eigenen Identität wurde dabei verzichtet.

## Das Ergebnis

heading-verdict = Was der Test zeigt
undecided-no-answer = Unsere Verbindungsversuche blieben unbeantwortet.
undecided-refused = Unsere Verbindungsversuche wurden abgewiesen.
undecided-tarpit = Die Antworten kamen so langsam, dass die Zeit für unseren Test abgelaufen war, bevor die entscheidenden eintrafen.
undecided-cut-off = Die Verbindung endete oder die Grenze unseres Tests war erreicht, bevor die entscheidenden Anfragen beantwortet waren.
undecided-other = Die Antworten ergeben kein klares Bild.

## Folgen

consequence-blame = Empfänger glauben, die unerwünschten E-Mails stammten aus dem System der Organisation;
consequence-congestion = ihre Leitungen durch fremden Datenverkehr überlastet werden;
consequence-cost = ihr Verwaltungsaufwand steigt;
consequence-cut-off = ihr Internetanbieter den Anschluss sperrt.

## Was zu tun ist

heading-fix = Was Sie tun können
fix-more = Ausführliche Anleitung:
guide-direct = Direkter Link:

## Anhänge

heading-evidence = Anhang: Protokoll des Dialogs mit dem Server
evidence = „C:“ kennzeichnet unseren Test, „S:“ den Server. Dies ist ein Auszug: Einzelne Antworten können fehlen, unsere eigenen Adressen sind gekürzt. Nicht druckbare Zeichen sind als Codes wiedergegeben.
evidence-of = IP-Adresse { $address }, Port~{ $port }
evidence-more = { $count ->
    [one] Das Protokoll zu einem weiteren Server stellen wir auf Wunsch zur Verfügung.
   *[other] Die Protokolle zu { $count }~weiteren Servern stellen wir auf Wunsch zur Verfügung.
}
heading-machine = Anhang: dieselben Angaben für Maschinen (Zeiten in UTC)

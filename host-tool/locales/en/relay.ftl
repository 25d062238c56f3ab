# What a letter says about a mail relay. It says what was shown, and no more.

## Subject

relay-subject-confirmed = { $count ->
    [one] Mail server at { $address }: open mail relay confirmed
   *[other] Mail servers at { $count } addresses: open mail relays confirmed
}
relay-subject-listed = { $count ->
    [one] Mail server at { $address }: please check for an open mail relay
   *[other] Mail servers at { $count } addresses: please check for open mail relays
}

relay-tested-forms = { $answered ->
    [0] no combination of sender and recipient was answered
    [one] { $answered } combination of sender and recipient answered: { $accepted }~accepted, { $refused }~refused{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unclear
    }
   *[other] { $answered } combinations of sender and recipient answered: { $accepted }~accepted, { $refused }~refused{ $unclear ->
        [0] { "" }
       *[other] , { $unclear }~unclear
    }
}
relay-label-returned = Returned to us:
relay-returned-from = delivered by { $address }
returned-name = under the name { $name }
returned-elsewhere = this is not the address that was tested
returned-count = { $returned } of { $sent } test messages
relay-evidence-forms = Combinations that the server accepted:
evidence-returned = What our own mail server was told when it received the message:

## Why this letter is written

relay-occasion-opening = { $count ->
    [one] This letter concerns the mail server at IP~address { $address } and the question of whether it is an open mail relay (“open relay”), in other words, whether strangers can send mail to other strangers through it.
   *[other] This letter concerns the mail servers at the { $count } IP~addresses listed below and the question of whether they are open mail relays (“open relays”), in other words, whether strangers can send mail to other strangers through them.
}
relay-occasion-listed = { $count ->
    [one] { $bases ->
        [one] A public database ({ $databases }) indicates
       *[other] Various public databases ({ $databases }) indicate
    } that the server at IP~address { $address } may be an open mail relay (“open relay”). If that is so, this letter contains important information about your organisation’s mail server and about how your organisation is seen on the Internet.
   *[other] { $bases ->
        [one] A public database ({ $databases }) indicates
       *[other] Various public databases ({ $databases }) indicate
    } that the servers at the { $count } IP~addresses listed below may be open mail relays (“open relays”). If that is so, this letter contains important information about your organisation’s mail servers and about how your organisation is seen on the Internet.
}
relay-occasion-confirmed = { $count ->
    [one] Our own test has shown that this is the case: a test message of ours came back to us through the server.
   *[other] Our own tests have shown that this is the case: test messages of ours came back to us through each of these servers.
}

## How it was tested

relay-test-method = Our test connects to a mail server from outside and speaks SMTP with it, as any other mail server does. Without logging in, it asks in several ways whether the server would accept mail from outside for outside recipients. It tries no passwords and changes no settings.
test-no-message = We did not transmit a message.
test-message = In doing so, we also handed over a short test message addressed to ourselves.
test-message-some = To some of the servers we also handed over a short test message addressed to ourselves; to the others we transmitted none.

## The result

relay-verdict-confirmed = { $count ->
    [one] Without a login, the server accepted our test message for an outside recipient and passed it on; the message reached our own mailbox. This proves that the server relayed mail for strangers at the time of the test.
   *[other] Without a login, each of these servers accepted our test message for an outside recipient and passed it on; the messages reached our own mailbox. This proves that the servers relayed mail for strangers at the time of the test.
}
verdict-part = { $count ->
    [one] The server accepted { $sent } test messages; of these, { $returned } reached us up to the time of this letter.
   *[other] Some of the test messages that these servers accepted have not reached us up to the time of this letter; the numbers are given for each server.
}
relay-verdict-accepted = { $count ->
    [one] Without a login, the server accepted our test message for an outside recipient. Up to the time of this letter, the message has not reached us. Whether the server passes on such messages is therefore not proved.
   *[other] Without a login, each of these servers accepted our test message for an outside recipient. Up to the time of this letter, the messages have not reached us. Whether the servers pass on such messages is therefore not proved.
}
relay-verdict-suspected = { $count ->
    [one] Without a login, the server accepted a mailbox of our own as a recipient, although it is not responsible for that mailbox (its reply to the RCPT command). We did not transmit a message. Whether the server really passes on messages to such recipients is therefore not proved: some servers refuse or discard them at a later stage.
   *[other] Without a login, each of these servers accepted a mailbox of our own as a recipient, although it is not responsible for that mailbox (its reply to the RCPT command). We did not transmit a message. Whether the servers really pass on messages to such recipients is therefore not proved: some servers refuse or discard them at a later stage.
}
relay-verdict-anything = { $count ->
    [one] The server also accepted a recipient in a domain that cannot exist. It is therefore possible that it accepts every recipient at first and decides only later.
   *[other] Each of them also accepted a recipient in a domain that cannot exist. It is therefore possible that they accept every recipient at first and decide only later.
}
relay-verdict-undecided = { $count ->
    [one] Our test could not decide whether the server relays mail for strangers. We can neither confirm nor refute the entry in the database. The reason:
   *[other] Our tests could not decide whether these servers relay mail for strangers. We can neither confirm nor refute the entries in the databases. The reason:
}
undecided-not-smtp = The service that answers at this port does not speak SMTP.
undecided-no-mail-here = The greeting says that no mail is accepted here.
undecided-blocked = Our test itself was turned away, whatever recipient it named.
undecided-sender-refused = The sender address of our test was refused, so that the question about recipients remained open.
undecided-auth-required = A login is required before any recipient may be named; our test does not log in.
undecided-tls-required = An encrypted connection (STARTTLS) is required before any recipient may be named; our test did not use one.
undecided-tls-version = An encrypted connection (STARTTLS) is required before any recipient may be named, but none could be established.
undecided-greylisted = Our requests were put off with temporary errors (greylisting) until the time for our test was over.
undecided-local-or-relay = The only forms of a recipient address that were accepted may just as well mean a local mailbox.
undecided-not-formable = The decisive requests could not be put to this server, because there was no suitable name or address form for it.

## Explanation

relay-heading-explanation = What an open mail relay is
relay-explanation = An open mail relay is a mail server that accepts mail from any computer in the world and passes it on to other Internet addresses. Senders of unsolicited bulk mail abuse such servers. That is a problem for consumers all over the world, for law enforcement, and for the organisation that runs the server.
relay-consequences = For that organisation, an open mail relay can mean that:
relay-consequence-strangers = unknown third parties use its mail server and its Internet resources;
relay-consequences-end = Closing an open mail relay protects the system against this misuse.
relay-programme-aim = The aim is that you secure your mail servers and do not become a source of unsolicited mail without knowing it. The first step is to close open mail relays.

## What to do

relay-fix-opening-confirmed = { $count ->
    [one] We ask you to close the relay. These steps are usually enough:
   *[other] We ask you to close the relays. These steps are usually enough:
}
relay-fix-opening-listed = { $count ->
    [one] We ask you to check whether the server relays mail for strangers and, if it does, to stop this. These steps are usually enough:
   *[other] We ask you to check whether the servers relay mail for strangers and, if they do, to stop this. These steps are usually enough:
}
fix-limit = Relay mail only for your own networks and for users who have logged in; for everyone else, refuse every recipient outside your own domains.
relay-guide-steps = { $count ->
    [one] If your server is an open mail relay and you wish to close it, please follow the step-by-step instructions there.
   *[other] If your servers are open mail relays and you wish to close them, please follow the step-by-step instructions there.
}
fix-relays = Mail servers:
fix-exceptions = Check the exceptions: trusted networks, including IPv6 and container or NAT gateways that make every client look local; backup servers; and rules that trust a sender address, because sender addresses can be forged.
fix-update = Use a version of the mail server that its makers still maintain.
fix-queue = Afterwards, look through the queue and the logs for mail that is not yours.
fix-postfix = Postfix (recognised by the server’s replies): the first command shows the settings that matter; a safe value follows.
fix-exim = Exim (recognised by the server’s replies): keep these two lists as short as possible. Safe values are:
fix-opensmtpd = OpenSMTPD (recognised by the server’s replies): a rule “from any for any” without “auth” in smtpd.conf makes an open relay. Rules such as these are safe:
fix-sendmail = Sendmail (recognised by the server’s replies): check the files access and relay-domains, and remove these lines from sendmail.mc if they are there:
fix-exchange = Microsoft Exchange (recognised by the server’s replies): “ms-Exch-SMTP-Accept-Any-Recipient” should not be among the rights that this command lists for users who have not logged in:

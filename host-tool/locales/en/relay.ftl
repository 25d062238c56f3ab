# What a letter says about a mail relay. It says what was shown, and no more.

## Subject

subject-confirmed = { $count ->
    [one] Mail server at { $address }: open mail relay confirmed
   *[other] Mail servers at { $count } addresses: open mail relay confirmed
}
subject-listed = { $count ->
    [one] Mail server at { $address }: please check for an open mail relay
   *[other] Mail servers at { $count } addresses: please check for open mail relays
}

## Why this letter is written

occasion-opening = { $count ->
    [one] According to the information we have, you are responsible for the mail server at IP~address { $address }. This letter concerns the question of whether it is an open mail relay (“open relay”), in other words, whether strangers can send mail to other strangers through it.
   *[other] According to the information we have, you are responsible for the mail servers at the { $count } IP~addresses listed below. This letter concerns the question of whether they are open mail relays (“open relays”), in other words, whether strangers can send mail to other strangers through them.
}
occasion-confirmed = { $count ->
    [one] Our own test has shown that this is the case: a test message of ours came back to us through the server.
   *[other] Our own tests have shown that this is the case: test messages of ours came back to us through all of these servers.
}
occasion-suspected = { $count ->
    [one] The address appears in a public database ({ $databases }). We have therefore tested the server ourselves: there are grounds for suspicion, but there is no proof.
   *[other] The addresses appear in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore tested the servers ourselves: there are grounds for suspicion, but there is no proof.
}
occasion-undecided = { $count ->
    [one] The address appears in a public database ({ $databases }). We have therefore tested the server ourselves, but our test could not settle the question.
   *[other] The addresses appear in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore tested the servers ourselves, but our tests could not settle the question.
}
occasion-mixed = { $count ->
    [one] The address appears in a public database ({ $databases }). We have therefore run tests of our own. Their results differ; they are given below for each server.
   *[other] Some of the addresses appear in { $bases ->
        [one] a public database
       *[other] public databases
    } ({ $databases }). We have therefore run tests of our own. Their results differ; they are given below for each server.
}

## How it was tested

heading-test = How we tested
test-method = Our test connects to a server from outside and speaks SMTP with it, as any other mail server does. Without logging in, it asks in several ways whether the server would accept mail from outside for recipients outside. It tries no passwords and changes no settings.
test-no-message = We did not transmit a message.
test-message = In doing so, we also handed over a short test message addressed to ourselves.
test-message-some = To some of the servers we also handed over a short test message addressed to ourselves; to the others we transmitted none.
caveat-path = Please note: we have not verified whether another system on the way intercepts connections to port~25. If one does, the replies might not come from your server.
caveat-laboratory = Please note: this test ran in a laboratory. The checks of our own identity were waived.

## The result

heading-verdict = What the test shows
verdict-confirmed = { $count ->
    [one] Without a login, the server accepted our test message for a recipient outside and passed it on; the message reached our own mailbox. This proves that the server relayed mail for strangers at the time of the test.
   *[other] Without a login, each of these servers accepted our test message for a recipient outside and passed it on; the messages reached our own mailbox. This proves that the servers relayed mail for strangers at the time of the test.
}
verdict-accepted = { $count ->
    [one] Without a login, the server took over our test message for a recipient outside. Up to the time of this letter the message has not reached us. Whether the server passes on such messages is therefore not proved.
   *[other] Without a login, each of these servers took over our test message for a recipient outside. Up to the time of this letter the messages have not reached us. Whether the servers pass on such messages is therefore not proved.
}
verdict-suspected = { $count ->
    [one] Without a login, the server accepted a mailbox of our own as a recipient, although it is not responsible for that mailbox (its reply to the RCPT command). We did not deliver a message. Whether the server really passes on such messages is therefore not proved: some servers refuse or discard them at a later stage.
   *[other] Without a login, each of these servers accepted a mailbox of our own as a recipient, although it is not responsible for that mailbox (its reply to the RCPT command). We did not deliver a message. Whether the servers really pass on such messages is therefore not proved: some servers refuse or discard them at a later stage.
}
verdict-anything = { $count ->
    [one] The server also accepted a recipient in a domain that cannot exist. It is therefore possible that it accepts every recipient at first and decides only later.
   *[other] Each of them also accepted a recipient in a domain that cannot exist. It is therefore possible that they accept every recipient at first and decide only later.
}
verdict-undecided = { $count ->
    [one] Our test could not decide whether the server relays mail for strangers. We neither confirm the entry in the database nor refute it. The reason:
   *[other] Our tests could not decide whether these servers relay mail for strangers. We neither confirm the entries in the databases nor refute them. The reason:
}
undecided-no-answer = Our attempts to connect were not answered.
undecided-refused = Our attempts to connect were refused.
undecided-not-smtp = What answers at this port does not speak SMTP.
undecided-no-mail-here = The greeting says that no mail is accepted here.
undecided-blocked = Our test itself was turned away, whatever recipient it named.
undecided-sender-refused = The sender address of our test was refused, so that no recipient came to be tested.
undecided-auth-required = A login is required before any recipient may be named; our test does not log in.
undecided-tls-required = An encrypted connection (STARTTLS) is required before any recipient may be named; our test did not use one.
undecided-tls-version = No encrypted connection could be agreed upon that both ends support.
undecided-greylisted = Our requests were put off with temporary errors (greylisting) until the time for our test was over.
undecided-tarpit = The replies came so slowly that the time for our test was over before the deciding ones.
undecided-cut-off = The connection ended, or the limit of our test was reached, before the deciding requests were answered.
undecided-local-or-relay = Only such forms of a recipient were accepted as may just as well mean a local mailbox.
undecided-not-formable = The deciding requests could not be put to this server, because no suitable name or address form was known for it.
undecided-other = The replies do not give a clear picture.

## Explanation

heading-explanation = What an open mail relay is
explanation = An open mail relay accepts mail from any computer in the world and passes it on to recipients anywhere on the Internet. Senders of unsolicited bulk mail abuse such servers. That burdens the recipients, the authorities that pursue such mailings, and the organisation that runs the server.
consequences = For that organisation, an open mail relay can mean that:
consequence-blame = recipients believe that the unsolicited mail comes from its system;
consequence-strangers = unknown third parties use its mail server and its Internet resources;
consequence-congestion = its connections are congested with other people’s traffic;
consequence-cost = its administrative costs rise;
consequence-cut-off = its Internet service provider suspends the service.
consequences-end = A server that relays only for its own users is protected against this abuse.

## What to do

heading-fix = What you can do
fix-opening-confirmed = { $count ->
    [one] We ask you to close the relay. These steps are usually enough:
   *[other] We ask you to close the relays. These steps are usually enough:
}
fix-opening-listed = { $count ->
    [one] We ask you to check whether the server relays mail for strangers and, if it does, to stop this. These steps are usually enough:
   *[other] We ask you to check whether the servers relay mail for strangers and, if they do, to stop this. These steps are usually enough:
}
fix-limit = Relay mail only for your own networks and for users who have logged in; refuse every recipient outside your own domains to anyone else.
fix-exceptions = Check the exceptions: trusted networks, including IPv6 and container or NAT gateways that make every client look local; backup servers; and rules that trust a sender address, because sender addresses can be forged.
fix-update = Use a version of the mail server that its makers still maintain.
fix-queue = Afterwards, look through the queue and the logs for mail that is not yours.
fix-postfix = Postfix (recognised by the server’s replies): the first command shows the settings that matter; a safe value follows.
fix-exim = Exim (recognised by the server’s replies): keep these two lists as short as possible. Safe values are:
fix-opensmtpd = OpenSMTPD (recognised by the server’s replies): a rule “from any for any” without “auth” in smtpd.conf makes an open relay. Rules such as these are safe:
fix-sendmail = Sendmail (recognised by the server’s replies): check the files access and relay-domains, and remove these lines from sendmail.mc if they are there:
fix-exchange = Microsoft Exchange (recognised by the server’s replies): “ms-Exch-SMTP-Accept-Any-Recipient” should not be among the rights that this command lists for users who have not logged in:
fix-more = Detailed instructions:

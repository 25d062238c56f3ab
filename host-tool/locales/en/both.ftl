# What a letter says that is about mail relays and proxy servers together.

## Subject

both-subject-confirmed = { $count ->
    [one] Server at { $address }: open mail relay and open proxy server confirmed
   *[other] Servers at { $count } addresses: open mail relays and open proxy servers confirmed
}
both-subject-listed = { $count ->
    [one] Server at { $address }: please check for an open mail relay or proxy server
   *[other] Servers at { $count } addresses: please check for open mail relays and proxy servers
}

## Why this letter is written

both-occasion-opening = { $count ->
    [one] This letter concerns the server at IP~address { $address } and the question of whether it is an open mail relay (“open relay”) or an open proxy server (“open proxy”), in other words, whether strangers can send mail to other strangers, or connect to other systems on the Internet, through it.
   *[other] This letter concerns the servers at the { $count } IP~addresses listed below and the question of whether they are open mail relays (“open relays”) or open proxy servers (“open proxies”), in other words, whether strangers can send mail to other strangers, or connect to other systems on the Internet, through them.
}
both-occasion-listed = { $count ->
    [one] { $bases ->
        [one] A public database ({ $databases }) indicates
       *[other] Various public databases ({ $databases }) indicate
    } that the server at IP~address { $address } may be an open mail relay (“open relay”) or an open proxy server (“open proxy”). If that is so, this letter contains important information about your organisation’s server and about how your organisation is seen on the Internet.
   *[other] { $bases ->
        [one] A public database ({ $databases }) indicates
       *[other] Various public databases ({ $databases }) indicate
    } that the servers at the { $count } IP~addresses listed below may be open mail relays (“open relays”) or open proxy servers (“open proxies”). If that is so, this letter contains important information about your organisation’s servers and about how your organisation is seen on the Internet.
}
both-occasion-confirmed = { $count ->
    [one] Our own tests have shown that it is both: a test message and a test connection of ours reached our own systems through the server.
   *[other] Our own tests have shown that this is the case: a test message or a test connection of ours reached our own systems through each of these servers.
}

## Explanation

both-heading-explanation = What open mail relays and open proxy servers are
both-explanation = An open mail relay is a mail server that accepts mail from any computer in the world and passes it on to other Internet addresses. An open proxy server lets any computer in the world connect to other Internet addresses through it; at the other end, the connection then seems to come from the proxy server. Senders of unsolicited bulk mail abuse both. That is a problem for consumers all over the world, for law enforcement, and for the organisation that runs the server.
both-consequences = For that organisation, such a server can mean that:
both-consequence-strangers = unknown third parties use its server and its Internet resources;
both-consequences-end = Closing such a server to strangers protects the system against this misuse.
both-programme-aim = The aim is that you secure your servers and do not become a source of unsolicited mail without knowing it. The first step is to close open mail relays and open proxy servers.

## What to do

both-fix-opening-confirmed = { $count ->
    [one] We ask you to close the server to strangers. These steps are usually enough:
   *[other] We ask you to close the servers to strangers. These steps are usually enough:
}
both-fix-opening-listed = { $count ->
    [one] We ask you to check whether the server relays mail or passes on connections for strangers and, if it does, to stop this. These steps are usually enough:
   *[other] We ask you to check whether the servers relay mail or pass on connections for strangers and, if they do, to stop this. These steps are usually enough:
}
both-guide-steps = { $count ->
    [one] If your server is an open mail relay or an open proxy server and you wish to close it, please follow the step-by-step instructions there.
   *[other] If your servers are open mail relays or open proxy servers and you wish to close them, please follow the step-by-step instructions there.
}

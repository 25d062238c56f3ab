//! What to set on the servers that we recognise. Settings are code: the same in every language.

use crate::letters::model::Product;

/// The message that introduces a product's settings, and the settings.
pub(super) fn settings(product: Product) -> (&'static str, &'static [&'static str]) {
    match product {
        Product::Postfix => (
            "fix-postfix",
            &[
                "postconf mynetworks relay_domains smtpd_relay_restrictions",
                "smtpd_relay_restrictions = permit_mynetworks,",
                "    permit_sasl_authenticated, reject_unauth_destination",
            ],
        ),
        Product::Exim => (
            "fix-exim",
            &[
                "hostlist relay_from_hosts = localhost",
                "domainlist relay_to_domains =",
            ],
        ),
        Product::OpenSmtpd => (
            "fix-opensmtpd",
            &[
                "match from local for any action \"outbound\"",
                "match auth from any for any action \"outbound\"",
                "match from any for domain <own-domains> action \"local\"",
            ],
        ),
        Product::Sendmail => (
            "fix-sendmail",
            &[
                "FEATURE(`promiscuous_relay')",
                "FEATURE(`relay_local_from')",
                "FEATURE(`relay_mail_from')",
                "FEATURE(`loose_relay_check')",
            ],
        ),
        Product::Exchange => (
            "fix-exchange",
            &[
                "Get-ReceiveConnector |",
                "    Get-ADPermission -User \"NT AUTHORITY\\ANONYMOUS LOGON\"",
            ],
        ),
        Product::Squid => (
            "fix-squid",
            &[
                "acl localnet src <own-networks>",
                "http_access deny !Safe_ports",
                "http_access deny CONNECT !SSL_ports",
                "http_access allow localnet",
                "http_access deny all",
            ],
        ),
        Product::Dante => (
            "fix-dante",
            &[
                "internal: <internal-address> port = 1080",
                "client pass { from: <own-networks> to: 0.0.0.0/0 }",
                "socks pass { from: <own-networks> to: 0.0.0.0/0 }",
            ],
        ),
        Product::HaProxy => (
            "fix-haproxy",
            &["tcp-request connection reject unless { src <own-networks> }"],
        ),
        Product::Nginx => (
            "fix-nginx",
            &[
                "allow <own-networks>;",
                "deny all;",
                "proxy_pass http://<own-server>;",
            ],
        ),
        Product::Tinyproxy => (
            "fix-tinyproxy",
            &[
                "Listen <internal-address>",
                "Allow <own-networks>",
                "ConnectPort 443",
            ],
        ),
        Product::Microsocks => (
            "fix-microsocks",
            &["microsocks -i <internal-address> -u <user> -P <password>"],
        ),
    }
}

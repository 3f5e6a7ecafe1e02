//! A notice as an e-mail.

use std::time::Duration;

use kairan_contract::Language;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};

use super::{
    not_sent::NotSent,
    queries::Delivery,
    settings::{Encryption, MailSettings},
};

/// How long the server may take for each of its words.
const PATIENCE: Duration = Duration::from_secs(15);
/// The mail server.
pub struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl MailServer {
    /// As the settings say. Nothing is asked of it yet.
    pub fn new(settings: &MailSettings) -> anyhow::Result<Self> {
        let parameters = || TlsParameters::new(settings.server.clone());
        let tls = match settings.encryption {
            Encryption::StartTls => Tls::Required(parameters()?),
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::None => Tls::None,
        };
        let hello = ClientId::Domain(settings.from.domain().to_owned());
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.server.clone())
                .port(settings.port)
                .hello_name(hello)
                .timeout(Some(PATIENCE))
                .tls(tls);
        if let Some((user, password)) = &settings.login {
            let password = password.clone().read()?.as_str().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            from: Mailbox::new(Some("Kairan".to_owned()), settings.from.clone()),
        })
    }

    /// Sends it. The same delivery has the same id, however often it is sent, so that mailboxes show it once.
    pub async fn send(&self, delivery: &Delivery, link: &str) -> Result<(), NotSent> {
        let to: Address = delivery.address.parse().map_err(|_| NotSent::Address)?;
        let notice = &delivery.notice;
        let id = kairan_contract::Sha256::of(
            format!("{} {}", notice.about, delivery.address).as_bytes(),
        );
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .subject(format!(
                "[Kairan] {}",
                notice.wording.in_language(Language::JAPANESE)
            ))
            .header(ContentType::TEXT_PLAIN)
            .body(format!("{}\n\n{link}\n", notice.wording.joined("\n\n")))
            .map_err(|_| NotSent::Address)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                // Some servers put the address into their answer: it goes into no log.
                let told = error.to_string().replace(&delivery.address, "…");
                tracing::warn!(error = %told, "an e-mail to staff was not taken");
                Err(if error.is_permanent() || error.is_transient() {
                    NotSent::Refused
                } else {
                    NotSent::Unreachable
                })
            }
        }
    }
}

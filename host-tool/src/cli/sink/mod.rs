//! `postern sink`.

mod book;

use std::{
    cell::RefCell,
    net::SocketAddr,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::Duration,
};

use probe_core::{name::Name, scope::Identity};
use tokio::net::TcpListener;

use self::book::Book;
use super::{args::Sink as Args, now, open_store, scan::interrupts};
use crate::{
    cases::{self, proof},
    direct::sink::{self, House},
    exit::{Exit, Failure},
    key_file, output,
    problem::{Place, Problem},
    store::{SqliteStore, Store as _},
};

/// How often the user is asked whether it is enough.
const LOOK_EVERY: Duration = Duration::from_millis(100);

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let key = args.key.as_deref().map(key_file::read).transpose();
    let key = key.map_err(Failure::input)?;
    let mut store = open_store(&args.store)?;
    let scope = store.last_scope().map_err(Failure::Store)?;
    let identity = scope.as_ref().map(|scope| &scope.identity);
    let domain = domain(args, identity)?;
    let house = House {
        key: match key {
            Some(key) => key,
            None => store.key(now()).map_err(Failure::Store)?,
        },
        sender_domain: match (&args.sender_domain, identity) {
            (Some(text), _) => name("--sender-domain", text, SENDERS)?,
            (None, Some(identity)) => identity.sender_domain.clone(),
            (None, None) => domain.clone(),
        },
        domain,
        address: identity.and_then(|identity| identity.sink_address),
    };
    tell_out(&store, "")?;
    let book = Book::open(store, args.json).map_err(Failure::Store)?;
    let book = Rc::new(RefCell::new(book));
    let stop = interrupts();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut listeners = Vec::new();
        for address in &args.listen {
            listeners.push(listen(*address).await?);
        }
        for listener in &listeners {
            anstream::eprintln!(
                "postern: {} listens on {}",
                house.domain.as_str(),
                listener.local_addr()?
            );
        }
        let keep: Rc<RefCell<dyn sink::Keep>> = Rc::<RefCell<Book>>::clone(&book);
        tokio::select! {
            () = sink::receive(listeners, house, keep) => {}
            () = enough(&stop, &book) => {}
        }
        Ok::<(), Failure>(())
    })?;
    let mut book = book.borrow_mut();
    match book.failure.take() {
        Some(failure) => Err(failure),
        None => {
            anstream::eprintln!("postern: {}", book.total());
            tell_out(
                book.store(),
                "; nobody listens for what comes of them here now",
            )?;
            Ok(Exit::Done)
        }
    }
}

/// The sink's domain: where the user names none, that of the newest scan.
fn domain(args: &Args, identity: Option<&Identity>) -> Result<Name, Failure> {
    match (&args.domain, identity) {
        (Some(text), _) => name("--domain", text, SINKS),
        (None, Some(identity)) => Ok(identity.sink_domain.clone()),
        (None, None) => {
            let found = "none was named, and the store knows no scan that has one";
            let place = Place::named("--domain");
            Err(Failure::input(Problem::new(place, found, SINKS)))
        }
    }
}

const SINKS: &str = "the sink's domain, such as sink.example.org";
const SENDERS: &str = "the domain of our senders, such as probe.example.org";

fn name(option: &str, text: &str, expected: &'static str) -> Result<Name, Failure> {
    Name::new(text).map_err(|_| {
        let place = Place::named(format!("{option} {text}"));
        Failure::input(Problem::new(place, "this is no domain", expected))
    })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let problem = Problem::new(
            Place::named(format!("--listen {address}")),
            format!("cannot listen there: {error}"),
            "an address of this computer, and a port that is free",
        );
        Failure::input(problem.next(
            "end whoever listens there, or run as a user who may: ports below 1024 need root, or \
             `setcap cap_net_bind_service`",
        ))
    })
}

async fn enough(stop: &Arc<AtomicBool>, book: &RefCell<Book>) {
    while !stop.load(Ordering::Relaxed) && book.borrow().failure.is_none() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Tells of messages that may still come back.
fn tell_out(store: &SqliteStore, consequence: &str) -> Result<(), Failure> {
    let cases = cases::load(store).map_err(Failure::Store)?;
    if let Some(out) = proof::all_out(&cases, output::utc(now())) {
        anstream::eprintln!(
            "postern: {} out and may come back until {}{consequence}",
            output::counted(out.messages, "test message is", "test messages are"),
            output::minute(output::timestamp(out.until)),
        );
    }
    Ok(())
}

//! `annals serve`: the archive over HTTP.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::door::Door;
use super::ingest::{self, Files, HintOptions, Way};
use super::progress::Progress;
use super::{Done, Failure, say};
use crate::archive::{Archive, Settings, verification};
use crate::bulletin::Selection;
use crate::config::Config;
use crate::egress::Egress;
use crate::permalink::{Document, Permalinks, Route};
use crate::sources::{self, Desk};
use crate::syndication::format::FORMATS;
use crate::web::App;
use crate::web::server::{Listeners, LocalSocket, Place, Server, Tls, threads};

/// How often it is asked whether everyone has left the archive.
const CLOSING_PAUSE: Duration = Duration::from_millis(10);

pub async fn run(config: Config, ingest: Vec<PathBuf>) -> Result<Done, Failure> {
    let files = Files::find(&ingest, &config.archive.path)?;
    // Known to this process alone, and gone once they are taken.
    let handed_over = std::env::var_os("LISTEN_FDS").is_some();
    let (listeners, tls) = listen(&config)?;
    let places = listeners.places.clone();
    let bar = Progress::new("replaying the journal", "", 0);
    let archive = Archive::open(&config.archive, &|done, total| bar.set(done, total));
    bar.finish();
    let archive = Arc::new(archive?);
    let local = LocalSocket::bind(archive.path());
    let local = local
        .inspect_err(
            |error| tracing::warn!(%error, "no local socket: the command line cannot reach this server"),
        )
        .ok();
    let (tell, stop) = stop()?;
    let app = Arc::new(App::new(archive.clone(), config.clone(), Timestamp::now));
    let warming = app.clone();
    tokio::task::spawn_blocking(move || warming.warm());
    let server = tokio::spawn(Server { app: app.clone(), listeners, local, tls }.serve(stop.clone()));
    let ending = stop.clone();
    tokio::spawn(async move {
        told(ending).await;
        app.end();
    });
    let desk = Desk {
        archive: archive.clone(),
        intake: config.intake.clone(),
        egress: Arc::new(Egress::new(config.egress.clone())),
        clock: Timestamp::now,
    };
    let sources = sources::start(&config.sources, &desk, &stop);
    let told_to_stop = stop.clone();
    let verifier =
        verification::start(&archive, &config.archive, Timestamp::now, move || *told_to_stop.borrow())?;
    drop(desk);
    let starting = async {
        if !files.is_empty() {
            let mut door = Door::of(archive.clone(), &config);
            let counts =
                ingest::admit(&mut door, &config, files, &HintOptions::default(), Way::default()).await?;
            ingest::report(&counts);
        }
        greet(&config, &places);
        Ok::<_, Failure>(())
    };
    let watching = tokio::spawn(restart_when_suspect(config.archive.clone(), tell));
    tokio::select! {
        started = starting => started?,
        // What was taken in so far is there; the rest is for the next time.
        () = told(stop) => (),
    }
    server.await??;
    if tokio::time::timeout(SOURCES_LINGER, sources.ended()).await.is_err() {
        tracing::warn!("sources were still at work when the time to shut down was over");
    }
    if let Some(verifier) = verifier {
        let _ = verifier.join();
    }
    closed(archive, config.server.shutdown_timeout).await;
    match watching.is_finished() && watching.await? {
        true => start_again(handed_over),
        false => Ok(Done::Well),
    }
}

/// How much longer than requests sources may take to end, which were told to at the same time.
const SOURCES_LINGER: Duration = Duration::from_secs(1);

/// How often it is looked whether the catalogue was found damaged.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Has the server end in good order once its catalogue was found damaged, and says that this was why.
async fn restart_when_suspect(archive: Settings, tell: watch::Sender<bool>) -> bool {
    while !archive.suspects_catalogue() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    tracing::error!("the catalogue was found damaged: the server starts again, and makes it anew");
    tell.send_replace(true);
    true
}

/// Becomes a new process under the same number, which opens the archive anew. Sockets that were handed over are handed over
/// again only to one that whoever did that starts.
fn start_again(handed_over: bool) -> Result<Done, Failure> {
    if handed_over {
        return Err("the catalogue was found damaged: start the server again, and it makes it anew".into());
    }
    let this = std::env::current_exe()?;
    Err(std::process::Command::new(this).args(std::env::args_os().skip(1)).exec().into())
}

/// Takes the sockets, and the certificate where there is to be TLS: what is wrong with them is said before anything else.
fn listen(config: &Config) -> Result<(Listeners, Option<Arc<Tls>>), Failure> {
    let server = &config.server;
    let tls = server.tls.clone().map(Tls::open).transpose();
    let tls = tls.map_err(|why| format!("no TLS with server.tls_certificate and server.tls_key: {why}"))?;
    let listeners = Listeners::bind(&server.listen, threads(server))
        .map_err(|error| format!("cannot listen on {}: {error}", server.listen))?;
    Ok((listeners, tls.map(Arc::new)))
}

/// Closes the archive in order, once nobody is at work with it any more.
async fn closed(mut archive: Arc<Archive>, patience: Duration) {
    let until = Instant::now() + patience;
    loop {
        match Arc::try_unwrap(archive) {
            Ok(archive) => {
                // Merging takes its time: not on a thread that others wait for.
                let _ = tokio::task::spawn_blocking(move || drop(archive)).await;
                return;
            }
            Err(_) if Instant::now() >= until => {
                tracing::warn!("the archive was still in use when the time to shut down was over");
                return;
            }
            Err(shared) => archive = shared,
        }
        tokio::time::sleep(CLOSING_PAUSE).await;
    }
}

/// Says when the process is told to end.
fn stop() -> Result<(watch::Sender<bool>, watch::Receiver<bool>), Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (tell, stop) = watch::channel(false);
    let signalled = tell.clone();
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
        signalled.send_replace(true);
    });
    Ok((tell, stop))
}

async fn told(mut stop: watch::Receiver<bool>) {
    // Whoever tells ends only with the runtime.
    let _ = stop.wait_for(|told| *told).await;
}

/// Says where to look.
fn greet(config: &Config, places: &[Place]) {
    let links: &Permalinks = &config.site.links;
    let scheme = if config.server.tls.is_some() { "https" } else { "http" };
    for place in places {
        let place = match place {
            Place::Address(address) => format!("{scheme}://{address}"),
            unix @ Place::Unix(_) => unix.to_string(),
        };
        say(format_args!("\nListening on {place}, as {}", links.url(&Route::Home)));
    }
    for format in &FORMATS {
        let route = Route::Feed(Selection::All, Document::Subscription, format.extension.into());
        say(format_args!("  {:14} {}", format.name, links.url(&route)));
    }
    say(format_args!("  {:14} {}", "every feed", links.url(&Route::Feeds)));
    if config.tokens.is_empty() {
        say("Admission over HTTP is off: no token is configured. `annals token NAME` makes one.");
    }
}

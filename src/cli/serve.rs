//! `annals serve`: the archive over HTTP.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::door::Door;
use super::ingest::{self, Files, HintOptions, Way};
use super::progress::Progress;
use super::{Done, Failure, say};
use crate::archive::Archive;
use crate::bulletin::Selection;
use crate::config::Config;
use crate::egress::Egress;
use crate::permalink::{Document, Permalinks, Route};
use crate::sources::{self, Desk};
use crate::syndication::format::FORMATS;
use crate::web::App;
use crate::web::server::{Listeners, LocalSocket, Place, Server, Tls, threads};

pub async fn run(config: Config, ingest: Vec<PathBuf>) -> Result<Done, Failure> {
    let files = Files::find(&ingest)?;
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
    let stop = stop()?;
    let app = Arc::new(App::new(archive.clone(), config.clone(), Timestamp::now));
    let server = tokio::spawn(Server { app, listeners, local, tls }.serve(stop.clone()));
    let desk = Desk {
        archive: archive.clone(),
        intake: config.intake.clone(),
        egress: Arc::new(Egress::new(config.egress.clone())),
        clock: Timestamp::now,
    };
    let sources = sources::start(&config.sources, &desk, &stop);
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
    tokio::select! {
        started = starting => started?,
        // What was taken in so far is there; the rest is for the next time.
        () = told(stop) => (),
    }
    server.await??;
    if tokio::time::timeout(config.server.shutdown_timeout, sources.ended()).await.is_err() {
        tracing::warn!("sources were still at work when the time to shut down was over");
    }
    drop(archive);
    Ok(Done::Well)
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

/// Says when the process is told to end.
fn stop() -> Result<watch::Receiver<bool>, Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (tell, stop) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
        tell.send_replace(true);
    });
    Ok(stop)
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

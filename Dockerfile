# Annals in a container: built in one stage, run in another that has nothing but the binary and its configuration.
#
#   docker build -t annals .
#   docker run -p 8080:8080 -v annals:/data -e ANNALS_SITE__BASE_URL=https://news.example.org \
#       -e ANNALS_SITE__AUTHORITY=news.example.org,2026 annals
#
# `.ci/image` runs the same steps without a container engine, from a fresh clone in an empty folder, and ends with the
# server healthy under a user that owns nothing but its data.

FROM rust:1-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked --bin annals

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin annals \
    && install -d -o annals -g annals -m 0750 /data
COPY --from=build /build/target/release/annals /usr/local/bin/annals
# The configuration is found in the folder that the command runs in. Mount another over it to change more than the
# environment can say: tokens, for example.
COPY config.toml LICENSE-MIT LICENSE-APACHE /etc/annals/
WORKDIR /etc/annals
ENV ANNALS_ARCHIVE__PATH=/data ANNALS_SERVER__LISTEN=0.0.0.0:8080
USER annals
VOLUME /data
EXPOSE 8080
# By the socket in /data: it needs no port and no other program.
HEALTHCHECK --interval=30s --timeout=6s --start-period=5m CMD ["annals", "health"]
ENTRYPOINT ["annals"]
CMD ["serve"]

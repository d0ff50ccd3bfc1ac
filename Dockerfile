# The monitor in a container:
#
#     docker build -t fetcher .
#     docker run -d -p 127.0.0.1:8900:8900 -v ./monitor.toml:/etc/fetcher/monitor.toml:ro \
#         -v fetcher:/var/lib/fetcher fetcher
#
# The configuration needs database = "/var/lib/fetcher/monitor.db" in [monitor], and in [page]
# listen = "0.0.0.0:8900": inside a container, nobody else reaches loopback. Who can reach the
# page is decided by -p. Any other command works as well: docker exec NAME fetcher monitor status

FROM python:3.13-slim AS build
COPY pyproject.toml README.md LICENSE /src/
COPY fetcher /src/fetcher
RUN python -m venv /opt/fetcher \
    && /opt/fetcher/bin/pip install --no-cache-dir "/src[apprise]"

FROM python:3.13-slim
COPY --from=build /opt/fetcher /opt/fetcher
ENV PATH=/opt/fetcher/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FETCHER_MONITOR_CONFIG=/etc/fetcher/monitor.toml
RUN useradd --system --no-create-home --uid 10001 fetcher \
    && install -d -o fetcher -g fetcher -m 0700 /var/lib/fetcher
USER fetcher
WORKDIR /var/lib/fetcher
VOLUME /var/lib/fetcher
EXPOSE 8900
# Give checks in flight time to finish: docker stop --time 60
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8900/healthz', timeout=4)"]
ENTRYPOINT ["fetcher"]
CMD ["monitor", "run"]

# syntax=docker/dockerfile:1
# The program without a line: grammars/ and prompts/ are a volume, so that words change without a new image.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY voice voice
COPY grammars grammars
COPY prompts prompts
COPY encoder encoder
# Of the lock only the versions and hashes count; what is installed is what the program asks for.
RUN python -m venv /app \
    && sed -E '/^ +--hash/d; s/ \\$//' requirements.lock > versions \
    && /app/bin/pip install --constraint versions '.[postgres,metrics]' ./encoder

FROM python:3.12-slim
RUN groupadd --system --gid 10001 rechtdoor \
    && useradd --system --uid 10001 --gid rechtdoor --no-create-home rechtdoor \
    && install --directory --owner rechtdoor --group rechtdoor /data /cache
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 \
    VOICE_LINE=/line VOICE_CACHE=/cache VOICE_DATABASE_URL=sqlite:////data/rechtdoor.sqlite3
VOLUME ["/line", "/data", "/cache"]
USER 10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["voice", "serve", "--host", "0.0.0.0"]

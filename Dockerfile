FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/audit-agent
COPY requirements/runtime.txt requirements/
RUN /opt/audit-agent/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY audit_agent audit_agent
COPY prompts prompts
COPY migrations migrations
RUN /opt/audit-agent/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheels . \
    && /opt/audit-agent/bin/pip install --no-deps --no-index /wheels/*.whl

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home audit \
    && install --directory --owner audit /var/lib/audit-agent
COPY --from=build /opt/audit-agent /opt/audit-agent
ENV PATH=/opt/audit-agent/bin:$PATH AUDIT_AGENT_HOME=/var/lib/audit-agent
USER audit
WORKDIR /var/lib/audit-agent
VOLUME /var/lib/audit-agent
ENTRYPOINT ["audit-agent"]
CMD ["worker"]

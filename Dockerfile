# Easel in a container; docs/owners.md says how to run it. Made for NVIDIA cards; for a machine without one:
#   docker build --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu -t easel .
ARG PYTHON=3.11
FROM python:${PYTHON}-slim-bookworm

# Where torch is taken from. Empty: the usual place, where the Linux build is made for CUDA.
ARG TORCH_INDEX=""

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONUNBUFFERED=1
WORKDIR /opt/easel

# Torch first, in a layer of its own: it is by far the largest part and changes least.
RUN pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch>=2.8,<2.14"
COPY . .
RUN pip install .

RUN useradd --create-home --uid 10001 easel && install -d -o easel -g easel /data

# Everything that must survive lies in /data: the database, the pictures, models fetched from the hub, and easel.toml.
ENV EASEL_DATA=/data EASEL_WEB_PORT=8420 EASEL_LOG_FORMAT=json HF_HOME=/data/huggingface \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
VOLUME /data
WORKDIR /data
USER easel

HEALTHCHECK --interval=30s --timeout=5s --start-period=2m --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; door = http.client.HTTPConnection('127.0.0.1', int(os.environ['EASEL_WEB_PORT']), timeout=4); door.request('GET', '/health'); sys.exit(door.getresponse().status != 200)"]
STOPSIGNAL SIGTERM
CMD ["easel", "run"]

"""What the bot sends, read on a thread of its own from the first moment on, so that no painter outlives its bot."""

import os
import queue
import sys
import threading

from pipeline.wire import Channel, Frame, WireError


class Inbox:
    """Frames in the order of their arrival; the end of the connection ends the process, whatever it is doing."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def get(self) -> Frame:
        """Wait for the next frame."""
        return self._frames.get()

    def _read(self) -> None:
        try:
            while (frame := self._channel.receive()) is not None:
                self._frames.put(frame)
        except (WireError, OSError) as fault:
            sys.stderr.write(f"{fault}\n")
        # Pictures are stored whole or not at all, so there is nothing to tidy up, and a computation would not listen.
        os._exit(0)

package dev.peer.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import org.junit.jupiter.api.Test;

class InterruptedIoTest {

  @Test
  void takesWhatBlockedCallsThrowForInterruptions() {
    assertThat(InterruptedIo.isInterruption(new ClosedByInterruptException())).isTrue();
    assertThat(InterruptedIo.isInterruption(new InterruptedIOException())).isTrue();
    assertThatThrownBy(
            () -> InterruptedIo.rethrow(new IOException("no", new ClosedByInterruptException())))
        .isInstanceOf(InterruptedException.class);
  }

  /** The other end is slow; nobody gave this run up. */
  @Test
  void takesATransferThatStallsForAFailure() {
    SocketTimeoutException stalled = new SocketTimeoutException("stalled");

    assertThat(InterruptedIo.isInterruption(stalled)).isFalse();
    assertThatCode(() -> InterruptedIo.rethrow(new IOException("no", stalled)))
        .doesNotThrowAnyException();
  }

  @Test
  void goesOnAsAnInterruptionWhereTheThreadWasInterrupted() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> InterruptedIo.rethrow(new IOException("no")))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }
}

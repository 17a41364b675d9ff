package dev.peer.daemon.socket;

import dev.peer.core.record.MalformedException;
import dev.peer.wire.Frames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** What a daemon and the caller of a command say to each other while the daemon does it. */
final class CommandConversation implements CommandCaller {

  /** As a terminal that hangs up: the caller is gone. */
  private static final int HANG_UP = 1;

  private static final int LAST_SIGNAL = 64;
  private static final int WIDEST = 1 << 16;
  private static final int LARGEST_OUTPUT = 64 << 10;

  private final FrameWriter writer;
  private final CallerVariables variables;

  /** The value that the caller is asked for. */
  private final AtomicReference<CompletableFuture<String>> asked = new AtomicReference<>();

  /** What the command reads once the caller is gone. */
  private final CompletableFuture<String> gone = new CompletableFuture<>();

  private volatile int columns;
  private int signal;
  private IntConsumer onSignal = _ -> {};

  CommandConversation(CommandRequest request, FrameWriter writer) {
    this.writer = writer;
    this.variables = new CallerVariables(request.variables(), this::ask);
    this.columns = request.screen().columns();
  }

  /** Does a command, and tells the caller how it ends. */
  void run(CommandRequest request, CommandHandler commands, Frames.Reader reader)
      throws InterruptedException {
    writer.put(FrameType.RUNNING.frame(""));
    Thread.ofVirtual().name("caller").start(() -> listen(reader));
    // A command may be interrupted, and what interrupts it must not close what others use.
    Thread command =
        Thread.ofPlatform()
            .name("command")
            .start(
                () -> {
                  OptionalInt exitCode = commands.run(request, this);
                  writer.put(
                      exitCode.isPresent()
                          ? FrameType.END.frame(Integer.toString(exitCode.getAsInt()))
                          : FrameType.DECLINED.frame(""));
                });
    command.join();
  }

  private void listen(Frames.Reader reader) {
    try {
      while (true) {
        FrameType type = DaemonSocketServer.next(reader);
        byte[] content = DaemonSocketServer.content(reader);
        switch (type) {
          case VALUE -> answered(CommandRequest.text(content, 0, content.length));
          case SIGNAL -> signalled(number(content, 1, LAST_SIGNAL));
          case COLUMNS -> columns = number(content, 0, WIDEST);
          default -> throw new MalformedException("a caller sends something else");
        }
      }
    } catch (IOException | InterruptedException | MalformedException e) {
      hangUp();
    }
  }

  /** The command knows before it reads anything else. */
  private synchronized void hangUp() {
    if (!gone.isDone()) {
      signalled(HANG_UP);
      writer.stop();
      gone.complete("");
    }
  }

  private void answered(String value) throws MalformedException {
    CompletableFuture<String> answer = asked.getAndSet(null);
    if (answer == null) {
      throw new MalformedException("a caller answers what nobody asked");
    }
    answer.complete(value);
  }

  private static int number(byte[] text, int least, int most) throws MalformedException {
    try {
      int number = Integer.parseInt(new String(text, StandardCharsets.US_ASCII));
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new MalformedException("a caller sends no number");
    }
    throw new MalformedException("a caller sends a number out of range");
  }

  private synchronized void signalled(int number) {
    signal = number;
    onSignal.accept(number);
  }

  @Override
  public synchronized void onSignal(IntConsumer told) {
    onSignal = told;
    if (signal > 0) {
      told.accept(signal);
    }
  }

  /** An interrupt does not end the wait: a later question would get the answer to this one. */
  private String ask(String name) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    asked.set(answer);
    if (!writer.put(FrameType.VARIABLE.frame(name))) {
      hangUp();
    }
    return answer.applyToEither(gone, value -> value).join();
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public Map<String, String> variables() {
    return variables;
  }

  @Override
  public OutputStream stdout() {
    return stream(FrameType.STDOUT);
  }

  @Override
  public OutputStream stderr() {
    return stream(FrameType.STDERR);
  }

  private OutputStream stream(FrameType type) {
    return new OutputStream() {
      @Override
      public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        for (int at = 0; at < length; at += LARGEST_OUTPUT) {
          int end = Math.min(length, at + LARGEST_OUTPUT);
          writer.put(type.frame(Arrays.copyOfRange(bytes, offset + at, offset + end)));
        }
      }
    };
  }
}

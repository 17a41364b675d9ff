package dev.peer.daemon.socket;

import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.MalformedException;
import dev.peer.wire.Frames;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** A command's connection to a daemon, for one thing that it asks. */
public final class DaemonConnection implements AutoCloseable {

  /** The daemon reads a revision before it answers, on a machine that its runs keep busy. */
  private static final Duration ANSWER_TIME = Duration.ofSeconds(60);

  private final SocketChannel channel;
  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

  /**
   * The reply that the command waits for; other frames are passed on as they come. Empty: the
   * daemon is gone.
   */
  private record Message(Optional<FrameType> kind, byte[] content) {

    String text() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  private DaemonConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /** Connects. */
  public static DaemonConnection to(DaemonFile daemon) throws IOException {
    return new DaemonConnection(SocketChannel.open(UnixDomainSocketAddress.of(daemon.socket())));
  }

  /** The daemon's answer to a requested run. */
  public sealed interface Answer {

    /**
     * It does not do it.
     *
     * @param why for people; may be empty
     */
    record Declined(String why) implements Answer {}

    /** It is on the daemon's disk, by this number. */
    record Accepted(long id) implements Answer {}
  }

  /**
   * Asks for a run.
   *
   * @param give gives the variables that are needed
   * @param reply receives the run's messages, from another thread
   * @throws IOException if the daemon does not answer
   */
  public Answer ask(
      RunSubmission ask,
      Function<RequestedVariables, SubmittedVariables> give,
      Consumer<RunEvent.Message> reply)
      throws IOException, InterruptedException {
    send(FrameType.ASK.frame(ask.bytes()));
    listen(reply);
    Message first = answer();
    if (first.kind().orElseThrow() == FrameType.NEED) {
      try {
        SubmittedVariables given = give.apply(RequestedVariables.parse(first.content()));
        send(FrameType.GIVE.frame(given.bytes()));
      } catch (MalformedException e) {
        throw new IOException(e.getMessage(), e);
      }
      first = answer();
    }
    return switch (first.kind().orElseThrow()) {
      case DECLINED -> new Answer.Declined(first.text());
      case ACCEPTED -> new Answer.Accepted(Long.parseLong(first.text()));
      default -> throw new IOException("the daemon answers something else");
    };
  }

  /** Waits for the run's end, and gives its exit code. Empty: the daemon is gone before. */
  public OptionalInt await() throws InterruptedException {
    return exitCode(messages.take());
  }

  /**
   * Wants the run no more, and waits for its last words.
   *
   * @param most how long
   * @return the exit code; empty: it has not ended by then
   */
  public OptionalInt leave(Duration most) throws IOException, InterruptedException {
    channel.shutdownOutput();
    Message last = messages.poll(most.toMillis(), TimeUnit.MILLISECONDS);
    return last == null ? OptionalInt.empty() : exitCode(last);
  }

  /** Asks how the daemon is: JSON. */
  public byte[] status() throws IOException, InterruptedException {
    send(FrameType.STATUS.frame(""));
    listen(_ -> {});
    Message message = answer();
    if (message.kind().orElseThrow() != FrameType.ANSWER) {
      throw new IOException("the daemon answers something else");
    }
    return message.content();
  }

  private static OptionalInt exitCode(Message message) {
    return message.kind().filter(kind -> kind == FrameType.END).isPresent()
        ? OptionalInt.of(Integer.parseInt(message.text()))
        : OptionalInt.empty();
  }

  private Message answer() throws IOException, InterruptedException {
    Message message = messages.poll(ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS);
    if (message == null || message.kind().isEmpty()) {
      throw new IOException("the daemon does not answer");
    }
    return message;
  }

  private void send(byte[] frame) throws IOException, InterruptedException {
    try {
      DaemonSocketServer.send(channel, frame);
    } catch (ClosedByInterruptException e) {
      throw (InterruptedException) new InterruptedException("interrupted").initCause(e);
    }
  }

  /** To be interrupted would close the connection: this thread never is. */
  private void listen(Consumer<RunEvent.Message> reply) {
    Thread.ofPlatform().daemon().name("daemon").start(() -> read(reply));
  }

  private void read(Consumer<RunEvent.Message> reply) {
    Frames.Reader reader = DaemonSocketServer.reader(channel);
    RunEventCodec codec = new RunEventCodec();
    try {
      while (true) {
        FrameType kind = DaemonSocketServer.next(reader);
        if (kind.isOfARun()) {
          codec.decode(kind, reader.content(), reader.length()).ifPresent(reply);
        } else {
          messages.add(new Message(Optional.of(kind), DaemonSocketServer.content(reader)));
        }
      }
    } catch (IOException | InterruptedException | MalformedException e) {
      messages.add(new Message(Optional.empty(), new byte[0]));
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

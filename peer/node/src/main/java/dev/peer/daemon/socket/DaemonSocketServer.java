package dev.peer.daemon.socket;

import dev.peer.core.progress.Notices;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.daemon.QueuedRunEnd;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunRefusedException;
import dev.peer.daemon.RunRequest;
import dev.peer.wire.Frames;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;

/**
 * The socket of a daemon, in a directory that is its user's alone. Every caller must be the same
 * user, as the kernel says.
 */
public final class DaemonSocketServer implements AutoCloseable {

  private static final int MOST_CONNECTIONS = 2000;

  private final Path directory;
  private final ScratchDirectory place;
  private final ServerSocketChannel listener;
  private final DaemonFile file;
  private final UserPrincipal user;
  private final SubmissionHandler desk;
  private final CommandHandler commands;
  private final Notices notices;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  private DaemonSocketServer(
      Path directory,
      String version,
      ScratchDirectory place,
      SubmissionHandler desk,
      CommandHandler commands,
      Notices notices)
      throws IOException {
    Path socket = place.path().resolve("s");
    this.directory = directory;
    this.place = place;
    this.desk = desk;
    this.commands = commands;
    this.notices = notices;
    this.user = Files.getOwner(place.path());
    this.file = DaemonFile.ofProcess(version, socket);
    this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
  }

  /**
   * Makes the socket, without publishing it yet.
   *
   * @param directory where the daemon is to be looked for; must be its user's alone
   * @param sockets where sockets are made, each in a directory of its own: for a socket's path must
   *     be short
   */
  public static DaemonSocketServer open(
      Path directory,
      Path sockets,
      String version,
      SubmissionHandler desk,
      CommandHandler commands,
      Notices notices)
      throws IOException {
    DaemonFile.requireOurs(directory);
    ScratchDirectory.reap(sockets);
    ScratchDirectory place = ScratchDirectory.in(sockets);
    try {
      return new DaemonSocketServer(directory, version, place, desk, commands, notices);
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /** Publishes the socket, and answers callers. */
  public void start() throws IOException {
    Thread.ofVirtual().name("desk").start(this::accept);
    file.write(directory);
  }

  /** Closes the socket. Callers that wait for a run hear nothing more, and the runs go on. */
  @Override
  public void close() throws IOException {
    closing = true;
    try (place) {
      DaemonFile.remove(directory);
      listener.close();
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel channel = listener.accept();
        if (open.size() < MOST_CONNECTIONS) {
          open.add(channel);
          Thread.ofVirtual().name("asked").start(() -> serve(channel));
        } else {
          channel.close();
        }
      } catch (IOException e) {
        if (listener.isOpen()) {
          notices.say("warning: a command could not ask: " + e.getMessage());
        }
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      requireSameUser(channel);
      Frames.Reader reader = reader(channel);
      switch (next(reader)) {
        case ASK -> run(RunSubmission.parse(content(reader)), channel, reader);
        case COMMAND -> command(CommandRequest.parse(content(reader)), channel, reader);
        case STATUS -> send(channel, FrameType.ANSWER.frame(desk.status()));
        default -> throw new MalformedException("nothing is asked");
      }
    } catch (MalformedException | InterruptedException e) {
      notices.say("warning: a command sent a malformed request: " + e.getMessage());
    } catch (IOException e) {
      // It has gone, or this closes.
      return;
    } finally {
      open.remove(channel);
    }
  }

  private void requireSameUser(SocketChannel channel) throws IOException {
    UserPrincipal asking = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    if (!asking.equals(user)) {
      notices.say("warning: another user asked, and is not answered: " + asking);
      throw new IOException("another user");
    }
  }

  private void command(CommandRequest request, SocketChannel channel, Frames.Reader reader)
      throws InterruptedException {
    try (FrameWriter writer = new FrameWriter(channel)) {
      if (commands.takes(request)) {
        new CommandConversation(request, writer).run(request, commands, reader);
      } else {
        writer.put(FrameType.DECLINED.frame(""));
      }
    }
  }

  private void run(RunSubmission ask, SocketChannel channel, Frames.Reader reader)
      throws IOException, MalformedException, InterruptedException {
    try (FrameWriter writer = new FrameWriter(channel)) {
      switch (desk.admit(ask)) {
        case Admission.Declined(String why) -> writer.put(FrameType.DECLINED.frame(why));
        case Admission.Taken(RunRequest request, RequestedVariables needed) -> {
          writer.put(FrameType.NEED.frame(needed.bytes()));
          if (next(reader) != FrameType.GIVE) {
            throw new MalformedException("nothing is given");
          }
          SubmittedVariables given = SubmittedVariables.parse(content(reader));
          if (!given.answers(needed)) {
            throw new MalformedException("more is given than was needed");
          }
          run(ask, with(request, given.variables()), given.secrets(), writer, reader);
        }
      }
    }
  }

  private static RunRequest with(RunRequest request, Map<String, String> variables) {
    SortedMap<String, String> environment = new TreeMap<>(request.environment());
    environment.putAll(variables);
    return request.withEnvironment(environment);
  }

  private void run(
      RunSubmission ask,
      RunRequest request,
      Map<String, String> secrets,
      FrameWriter writer,
      Frames.Reader reader) {
    SocketSubmitter asker = new SocketSubmitter(writer);
    RunQueue.Ticket ticket;
    try {
      ticket = desk.accept(ask, request, secrets, asker);
    } catch (RunRefusedException | IOException e) {
      writer.put(FrameType.DECLINED.frame("the daemon does not take it: " + e.getMessage()));
      return;
    }
    Thread.ofVirtual().name("asker").start(() -> asker.awaitGone(reader, ticket));
    QueuedRunEnd ending = ticket.ended().join();
    if (ending.how() == QueuedRunEnd.How.POSTPONED) {
      asker.leaveInDoubt();
    } else {
      writer.put(FrameType.END.frame(Integer.toString(ending.exitCode())));
    }
  }

  /** The caller, which sends nothing more; it cancels the run by closing its side. */
  private final class SocketSubmitter implements Submitter {

    private final FrameWriter writer;
    private volatile boolean gone;

    SocketSubmitter(FrameWriter writer) {
      this.writer = writer;
    }

    void awaitGone(Frames.Reader reader, RunQueue.Ticket ticket) {
      try {
        while (reader.next().isPresent()) {
          continue;
        }
      } catch (IOException | InterruptedException | MalformedException e) {
        // However he went, he is gone.
      }
      if (!closing) {
        gone = true;
        ticket.cancel();
      }
    }

    @Override
    public void accepted(long id) {
      writer.put(FrameType.ACCEPTED.frame(Long.toString(id)));
    }

    @Override
    public boolean isGone() {
      return gone;
    }

    @Override
    public void leaveInDoubt() {
      writer.stop();
    }

    @Override
    public void accept(RunEvent.Message event) {
      writer.accept(event);
    }
  }

  static Frames.Reader reader(SocketChannel channel) {
    return new Frames.Reader(
        (buffer, offset, length) -> channel.read(ByteBuffer.wrap(buffer, offset, length)),
        FrameType.LARGEST);
  }

  static FrameType next(Frames.Reader reader)
      throws IOException, InterruptedException, MalformedException {
    OptionalInt code = reader.next();
    if (code.isEmpty()) {
      throw new IOException("the other side is gone");
    }
    return FrameType.ofCode(code.getAsInt());
  }

  static byte[] content(Frames.Reader reader) {
    return Arrays.copyOf(reader.content(), reader.length());
  }

  static void send(SocketChannel channel, byte[] frame) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}

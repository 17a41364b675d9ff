package dev.peer.vm.qemu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** QEMU's control connection. One command is under way at a time. */
final class Qmp implements AutoCloseable {

  private static final int LONGEST_LINE = 1 << 20;

  /** Much longer than it takes: QEMU that ends instead says so at once. */
  private static final long ANSWER_SECONDS = 60;

  private final SocketChannel channel;
  private final Consumer<JsonNode> events;
  private final Runnable ended;
  private final CompletableFuture<Void> greeting = new CompletableFuture<>();
  private volatile CompletableFuture<JsonNode> answer = new CompletableFuture<>();

  /**
   * Takes the connection over and negotiates.
   *
   * @param events takes each event, on the reading thread
   * @param ended called when no more will come
   */
  Qmp(SocketChannel channel, Consumer<JsonNode> events, Runnable ended)
      throws IOException, InterruptedException {
    this.channel = channel;
    this.events = events;
    this.ended = ended;
    Thread.ofVirtual().name("qmp").start(this::read);
    await(greeting);
    execute("qmp_capabilities", JsonTree.object());
  }

  /** Runs a command to its end. */
  synchronized void execute(String command, ObjectNode arguments)
      throws IOException, InterruptedException {
    answer = new CompletableFuture<>();
    ObjectNode request = JsonTree.object();
    request.put("execute", command);
    request.set("arguments", arguments);
    ByteBuffer line =
        ByteBuffer.wrap((JsonTree.text(request) + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
    JsonNode reply = await(answer);
    if (reply.has("error")) {
      throw new IOException("QEMU refused " + command + ": " + reply.at("/error/desc").asText());
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      for (String line = readLine(lines); line != null; line = readLine(lines)) {
        JsonNode message = JsonTree.read(line.getBytes(StandardCharsets.UTF_8));
        if (message.has("QMP")) {
          greeting.complete(null);
        } else if (message.has("event")) {
          events.accept(message);
        } else {
          answer.complete(message);
        }
      }
      end(new IOException("QEMU closed its control connection"));
    } catch (JsonProcessingException e) {
      end(new IOException("QEMU's control connection does not speak JSON", e));
    } catch (IOException e) {
      end(e);
    }
  }

  private static String readLine(BufferedReader lines) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = lines.read(); c >= 0; c = lines.read()) {
      if (c == '\n') {
        return line.toString();
      }
      if (line.length() == LONGEST_LINE) {
        throw new IOException("QEMU's control connection sends a line without end");
      }
      line.append((char) c);
    }
    return null;
  }

  private void end(IOException why) {
    ended.run();
    greeting.completeExceptionally(why);
    answer.completeExceptionally(why);
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException, InterruptedException {
    try {
      return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("QEMU did not answer within " + ANSWER_SECONDS + " s", e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

package dev.peer.vm.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the guests of this process find the mirrors of their preparations: one port of the loopback
 * interface, so that a machine can wait for a run that is not there yet. A mirror is known by a
 * word that only its guest has.
 */
final class RegistryServer {

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int WRONG_METHOD = 405;
  private static final List<String> METHODS = List.of("GET", "HEAD");
  private static final Pattern PATH = Pattern.compile("/v2/([0-9a-f]{32})/(.+)");

  private final Map<String, RegistryMirror> mirrors = new ConcurrentHashMap<>();
  private final HttpServer http;

  private RegistryServer() throws IOException, InterruptedException {
    // Where QEMU leads to, and any machine has it.
    http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::answer);
    // Its thread is like the one that starts it, and keeps no process alive.
    Thread.ofVirtual().name("registry").start(http::start).join();
  }

  /** The server of this process, which holds its port as long as the process lives. */
  static RegistryServer ofProcess() throws IOException, InterruptedException {
    synchronized (RegistryServer.class) {
      if (running.isEmpty()) {
        running = Optional.of(new RegistryServer());
      }
      return running.get();
    }
  }

  private static Optional<RegistryServer> running = Optional.empty();

  int port() {
    return http.getAddress().getPort();
  }

  /** Answers for a mirror from now on. */
  void add(String word, RegistryMirror mirror) {
    mirrors.put(word, mirror);
  }

  /** Knows a mirror no longer. */
  void remove(String word) {
    mirrors.remove(word);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Matcher request = PATH.matcher(path);
      if (!METHODS.contains(exchange.getRequestMethod())) {
        exchange.sendResponseHeaders(WRONG_METHOD, -1);
      } else if (path.equals("/v2/")) {
        exchange.sendResponseHeaders(OK, -1);
      } else if (request.matches() && mirrors.containsKey(request.group(1))) {
        mirrors.get(request.group(1)).answer(exchange, request.group(2));
      } else {
        exchange.sendResponseHeaders(NOT_FOUND, -1);
      }
    }
  }
}

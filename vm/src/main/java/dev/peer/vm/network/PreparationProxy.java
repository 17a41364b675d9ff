package dev.peer.vm.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.peer.core.network.ProxyAddress;
import dev.peer.core.network.ProxyRules;
import dev.peer.core.network.Reach;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * The proxy of one guest's preparation, on the loopback interface of this host. It passes requests
 * on to the company's proxies, whose address and password the guest never learns. The guest's own
 * password is good for this proxy alone, until it is closed.
 */
public final class PreparationProxy implements AutoCloseable {

  private static final String USER = "peer";
  private static final int LONGEST_HEAD = 1 << 16;
  private static final int MOST_CONNECTIONS = 256;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final String FORBIDDEN = "403 Forbidden";

  private final ProxyRules plain;
  private final ProxyRules secure;
  private final ReachPolicy policy;
  private final Consumer<String> notes;
  private final String password = newPassword();
  private final ServerSocket server;
  private final Thread acceptor =
      Thread.ofVirtual().name("preparation's proxy").unstarted(this::accept);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Semaphore room = new Semaphore(MOST_CONNECTIONS);
  private final FirstNotes refusals;

  private PreparationProxy(
      ProxyRules plain, ProxyRules secure, ReachPolicy policy, Consumer<String> notes)
      throws IOException {
    this.plain = plain;
    this.secure = secure;
    this.policy = policy;
    this.notes = notes;
    this.refusals = new FirstNotes(notes);
    // Where QEMU leads to, and any machine has it.
    this.server = new ServerSocket(0, 0, InetAddress.ofLiteral("127.0.0.1"));
  }

  /**
   * Starts to listen.
   *
   * @param plain the company's proxy for plain HTTP, if it has one
   * @param secure the company's proxy for connections to others, if it has one
   * @param notes told for which servers a guest asked in vain: the first ten
   */
  public static PreparationProxy start(
      ProxyRules plain, ProxyRules secure, Reach reach, Consumer<String> notes) throws IOException {
    PreparationProxy proxy = new PreparationProxy(plain, secure, ReachPolicy.of(reach), notes);
    proxy.acceptor.start();
    return proxy;
  }

  /** Its port. */
  public int port() {
    return server.getLocalPort();
  }

  /** The user and the password for it, as they stand in a URL. */
  public String userInfo() {
    return USER + ":" + password;
  }

  /**
   * Nobody connects any more when it returns: the port is open until the one who waits has left.
   */
  @Override
  public void close() {
    end();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    closeQuietly(server);
    open.forEach(PreparationProxy::closeQuietly);
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = server.accept();
        open.add(caller);
        if (room.tryAcquire()) {
          Thread.ofVirtual().name("preparation's proxy").start(() -> serve(caller));
        } else {
          forget(caller);
        }
      }
    } catch (IOException e) {
      end();
    }
  }

  private void forget(Socket socket) {
    open.remove(socket);
    closeQuietly(socket);
  }

  private void serve(Socket caller) {
    try {
      caller.setSoTimeout(PATIENCE_MILLIS);
      Optional<ProxyRequest> request = ProxyRequest.parse(head(caller.getInputStream()));
      if (request.isEmpty()) {
        answer(caller, "400 Bad Request");
      } else if (!request.get().authorization().filter(this::isOurs).isPresent()) {
        answer(
            caller,
            "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"peer\"");
      } else if (!isAllowed(request.get())) {
        answer(caller, FORBIDDEN);
      } else {
        pass(caller, request.get());
      }
    } catch (IOException e) {
      // One of the two has gone, and its client knows.
      return;
    } finally {
      room.release();
      forget(caller);
    }
  }

  /** The lines up to the empty one, without it. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int end = 0;
    for (int c = in.read(); c >= 0 && bytes.size() < LONGEST_HEAD; c = in.read()) {
      bytes.write(c);
      end = c == (end % 2 == 0 ? '\r' : '\n') ? end + 1 : c == '\r' ? 1 : 0;
      if (end == 4) {
        return bytes.toString(ISO_8859_1).stripTrailing();
      }
    }
    throw new IOException("no request");
  }

  private boolean isOurs(String authorization) {
    String expected =
        "Basic " + Base64.getEncoder().encodeToString(userInfo().getBytes(ISO_8859_1));
    return MessageDigest.isEqual(authorization.getBytes(ISO_8859_1), expected.getBytes(ISO_8859_1));
  }

  private boolean isAllowed(ProxyRequest request) {
    ReachPolicy.Decision decision = policy.decide(request.host(), request.port());
    if (decision != ReachPolicy.Decision.ALLOWED) {
      refusals.say(
          request.authority(),
          "refused to ask the proxy for " + request.authority() + ": " + decision.refusal());
    }
    return decision == ReachPolicy.Decision.ALLOWED;
  }

  private void pass(Socket caller, ProxyRequest request) throws IOException {
    Optional<ProxyAddress> next = (request.isConnect() ? secure : plain).proxy();
    if (next.isEmpty()) {
      answer(caller, FORBIDDEN);
      return;
    }
    try (Socket far = new Socket()) {
      open.add(far);
      try {
        far.connect(new InetSocketAddress(next.get().host(), next.get().port()), PATIENCE_MILLIS);
        far.getOutputStream()
            .write(request.onward(next.get().authorization()).getBytes(ISO_8859_1));
      } catch (IOException e) {
        notes.accept("the proxy " + next.get() + " gives no connection: " + e.getMessage());
        answer(caller, "502 Bad Gateway");
        return;
      }
      caller.setSoTimeout(0);
      long most = request.isConnect() ? Long.MAX_VALUE : request.bodyBytes();
      Thread.ofVirtual().name("preparation's proxy").start(() -> send(caller, far, most));
      copy(far, caller, Long.MAX_VALUE);
    } finally {
      open.removeIf(Socket::isClosed);
    }
  }

  /** What follows is another request, which would be asked of nobody. */
  private static void send(Socket caller, Socket far, long most) {
    try {
      copy(caller, far, most);
    } catch (IOException e) {
      closeQuietly(far);
    }
  }

  private static void copy(Socket from, Socket to, long most) throws IOException {
    byte[] buffer = new byte[1 << 14];
    long left = most;
    while (left > 0) {
      int count = from.getInputStream().read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        to.shutdownOutput();
        return;
      }
      to.getOutputStream().write(buffer, 0, count);
      left -= count;
    }
  }

  private static void answer(Socket caller, String status) throws IOException {
    String head = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    caller.getOutputStream().write(head.getBytes(ISO_8859_1));
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // It is being given up: there is nothing to do about it.
      return;
    }
  }

  private static String newPassword() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}

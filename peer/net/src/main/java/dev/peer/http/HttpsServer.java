package dev.peer.http;

import dev.peer.core.id.AddressText;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.Printable;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.tls.TlsListener;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OperationsPath;
import dev.peer.wire.Problem;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;
import org.xnio.Options;

/** A running HTTPS server with one service. */
public final class HttpsServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpsServer.class);

  /** The size that fits into 16 KiB with the pool's overhead. */
  private static final int BUFFER = (16 << 10) - 20;

  private final TlsListener listener;
  private final Service service;
  private final ServerLimits limits;
  private final Operations operations;
  private final OperationsService operationsService;
  private final ServerMetrics metrics;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final InFlightRequests requests = new InFlightRequests();
  private final Runnable renewal = this::renew;
  private final GracefulShutdownHandler shutdown;
  private final Undertow undertow;
  private final HttpOpenListener http;
  private InetSocketAddress address;

  private HttpsServer(
      TlsListener listener, ServerLimits limits, Operations operations, Service service) {
    this.listener = listener;
    this.service = service;
    this.limits = limits;
    this.operations = operations;
    operationsService = new OperationsService(operations, listener);
    metrics = new ServerMetrics(operations.metrics(), listener);
    shutdown = new GracefulShutdownHandler(this::handle);
    undertow =
        Undertow.builder()
            .setIoThreads(Math.max(2, Runtime.getRuntime().availableProcessors()))
            .setWorkerOption(Options.THREAD_DAEMON, true)
            .build();
    http =
        new HttpOpenListener(
            new DefaultByteBufferPool(true, BUFFER, -1, 4),
            OptionMap.builder()
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ENABLE_HTTP2, false)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .set(UndertowOptions.MAX_HEADER_SIZE, Limits.HEADERS)
                .set(UndertowOptions.MAX_HEADERS, Limits.HEADER_COUNT)
                .set(UndertowOptions.MAX_ENTITY_SIZE, (long) Limits.REQUEST_BODY)
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) limits.head().toMillis())
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) limits.idle().toMillis())
                .set(UndertowOptions.IDLE_TIMEOUT, (int) limits.idle().toMillis())
                .getMap());
    http.setRootHandler(shutdown);
  }

  /** Starts a server that keeps no log. */
  public static HttpsServer start(
      TlsListener listener, InetSocketAddress address, ServerLimits limits, Service service)
      throws IOException {
    return start(listener, ServerSettings.quiet(address, limits), service);
  }

  /**
   * Starts a server.
   *
   * @throws IOException if it cannot listen there
   */
  public static HttpsServer start(TlsListener listener, ServerSettings settings, Service service)
      throws IOException {
    InetSocketAddress address = settings.address();
    ServerLimits limits = settings.limits();
    if (address.isUnresolved()) {
      throw new IOException("cannot listen on " + address.getHostString() + ": unknown host");
    }
    HttpsServer server = new HttpsServer(listener, limits, settings.operations(), service);
    try {
      server.undertow.start();
      server.address =
          listener.listen(server.undertow.getWorker(), server.http, address, limits.connections());
      listener.follow(server.renewal);
      // The changes since the listener was made.
      server.renew();
      return server;
    } catch (IOException e) {
      server.undertow.stop();
      String where = AddressText.of(address);
      throw new IOException("cannot listen on " + where + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      server.undertow.stop();
      throw e;
    }
  }

  /** The identity that answers here. */
  public PeerId id() {
    return listener.id();
  }

  /** Where it listens, or did until it was closed. */
  public InetSocketAddress address() {
    return address;
  }

  /** Takes no more requests, gives those in progress a short time, then cuts them off. */
  @Override
  public void close() {
    shutdown.shutdown();
    try {
      shutdown.awaitShutdown(limits.grace().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listener.unfollow(renewal);
    listener.close();
    http.closeConnections();
    undertow.stop();
    threads.shutdownNow();
  }

  private void handle(HttpServerExchange exchange) {
    InFlightRequests.Request request = requests.begin();
    HttpCall call = new HttpCall(exchange, request, limits, metrics, operations.log());
    if (service.isPrompt(call)) {
      synchronized (request) {
        serve(exchange, call, request);
      }
      if (!call.isDone()) {
        exchange.dispatch(threads, () -> sendRest(exchange, call, request));
      }
    } else {
      exchange.dispatch(
          threads,
          () -> {
            request.takeOver();
            serve(exchange, call, request);
          });
    }
  }

  /** Afterwards no refused caller is connected or gets an answer. */
  private void renew() {
    listener.renew();
    requests.judge(listener::trusts);
  }

  private void serve(HttpServerExchange exchange, HttpCall call, InFlightRequests.Request request) {
    boolean whole = false;
    Optional<Throwable> failure = Optional.empty();
    try {
      RequestForm.require(exchange);
      do {
        request.setCaller(listener.callerOf(exchange));
      } while (request.caller().filter(listener::isUpToDate).isEmpty());
      Optional<OperationsPath> path = OperationsPath.parse(call.path());
      if (path.isPresent()) {
        operationsService.serve(call, path.get());
      } else {
        service.serve(call);
      }
      whole = true;
    } catch (UntrustedCertificateException e) {
      exchange.setPersistent(false);
      Problem problem = new Problem(Problem.Kind.NOT_TRUSTED, e.getMessage());
      whole = refuse(exchange, call, problem, Map.of());
    } catch (ProblemException e) {
      whole = refuse(exchange, call, e.problem(), e.headers());
    } catch (IOException e) {
      LOG.debug("{}: broken off", shown(exchange), e);
      breakOff(exchange);
    } catch (RuntimeException e) {
      LOG.error("{} failed", shown(exchange), e);
      failure = Optional.of(e);
      Problem problem = new Problem(Problem.Kind.INTERNAL, "see the server's log");
      whole = refuse(exchange, call, problem, Map.of());
    } finally {
      if (call.isDone()) {
        end(call, request, whole, failure);
      }
    }
  }

  private void sendRest(
      HttpServerExchange exchange, HttpCall call, InFlightRequests.Request request) {
    boolean whole = false;
    request.takeOver();
    try {
      call.sendRest();
      whole = true;
    } catch (IOException e) {
      LOG.debug("{}: broken off", shown(exchange), e);
      breakOff(exchange);
    }
    end(call, request, whole, Optional.empty());
  }

  private void end(
      HttpCall call, InFlightRequests.Request request, boolean whole, Optional<Throwable> failure) {
    request.close();
    call.over(whole, failure);
  }

  private static String shown(HttpServerExchange exchange) {
    return Printable.of(exchange.getRequestMethod() + " " + exchange.getRequestPath());
  }

  /** Returns whether the caller got the problem. */
  private static boolean refuse(
      HttpServerExchange exchange, HttpCall call, Problem problem, Map<String, String> headers) {
    if (exchange.isResponseStarted()) {
      breakOff(exchange);
      return false;
    }
    headers.forEach(call::set);
    try {
      call.answer(problem.kind().status(), MediaTypes.PROBLEM, problem.json(call.trace()));
      return true;
    } catch (IOException e) {
      breakOff(exchange);
      return false;
    }
  }

  /** Ending the exchange would read on and answer; the other side must see that it is broken. */
  private static void breakOff(HttpServerExchange exchange) {
    try {
      exchange.getConnection().close();
    } catch (IOException e) {
      LOG.debug("closing a connection", e);
    }
  }
}

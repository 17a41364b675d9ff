package dev.peer.http;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.Shown;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.tls.TlsListener;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OperationsPath;
import dev.peer.wire.Problem;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.GracefulShutdownHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Options;

/** A running HTTPS server with one service. */
public final class HttpsServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpsServer.class);

  private final TlsListener listener;
  private final Service service;
  private final ServerLimits limits;
  private final Operations operations;
  private final OperationsService watched;
  private final ServerMetrics metrics;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Requests requests = new Requests();
  private final Runnable renewal = this::renew;
  private final GracefulShutdownHandler gate;
  private final Undertow undertow;
  private InetSocketAddress address;

  private HttpsServer(
      TlsListener listener,
      InetSocketAddress address,
      ServerLimits limits,
      Operations operations,
      Service service) {
    this.listener = listener;
    this.service = service;
    this.limits = limits;
    this.operations = operations;
    watched = new OperationsService(operations, listener);
    metrics = new ServerMetrics(operations.metrics(), listener);
    gate = new GracefulShutdownHandler(this::handle);
    Undertow.Builder builder =
        Undertow.builder()
            .setHandler(gate)
            .setIoThreads(Math.max(2, Runtime.getRuntime().availableProcessors()))
            .setWorkerOption(Options.THREAD_DAEMON, true)
            .setSocketOption(Options.CONNECTION_HIGH_WATER, limits.connections())
            .setSocketOption(Options.CONNECTION_LOW_WATER, limits.connections())
            .setServerOption(UndertowOptions.DECODE_URL, false)
            .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
            .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, Limits.HEADERS)
            .setServerOption(UndertowOptions.MAX_HEADERS, Limits.HEADER_COUNT)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) Limits.REQUEST_BODY)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) limits.head().toMillis())
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, (int) limits.idle().toMillis())
            .setServerOption(UndertowOptions.IDLE_TIMEOUT, (int) limits.idle().toMillis());
    listener.addTo(builder, address);
    undertow = builder.build();
  }

  /** Starts a server that keeps no log. */
  public static HttpsServer start(
      TlsListener listener, InetSocketAddress address, ServerLimits limits, Service service)
      throws IOException {
    return start(listener, address, limits, Operations.quiet(), service);
  }

  /**
   * Starts a server.
   *
   * @param address where to listen; port 0 takes a free one
   * @param operations how it is watched over; of one server alone
   * @throws IOException if it can not listen there
   */
  public static HttpsServer start(
      TlsListener listener,
      InetSocketAddress address,
      ServerLimits limits,
      Operations operations,
      Service service)
      throws IOException {
    if (address.isUnresolved()) {
      throw new IOException("can not listen on " + address.getHostString() + ": unknown host");
    }
    HttpsServer server = new HttpsServer(listener, address, limits, operations, service);
    try {
      server.undertow.start();
      server.address =
          (InetSocketAddress) server.undertow.getListenerInfo().getFirst().getAddress();
      listener.follow(server.renewal);
      // What has changed since the listener was made.
      server.renew();
    } catch (RuntimeException e) {
      server.undertow.stop();
      if (e.getCause() instanceof IOException cause) {
        String where = address.getHostString() + ":" + address.getPort();
        throw new IOException("can not listen on " + where + ": " + cause.getMessage(), cause);
      }
      throw e;
    }
    return server;
  }

  /** Who answers here. */
  public PeerId id() {
    return listener.id();
  }

  /** Where it listens, or did until it was closed. */
  public InetSocketAddress address() {
    return address;
  }

  /** Takes no more requests, gives those under way a short time, then breaks them off. */
  @Override
  public void close() {
    gate.shutdown();
    try {
      gate.awaitShutdown(limits.grace().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listener.unfollow(renewal);
    undertow.stop();
    threads.shutdownNow();
  }

  private void handle(HttpServerExchange exchange) {
    Requests.Request request = requests.begin();
    Call call = new Call(exchange, request, limits, metrics);
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

  /** Afterwards nobody is connected, or gets an answer, who is not to be. */
  private void renew() {
    listener.renew(undertow);
    requests.judge(listener::trusts);
  }

  private void serve(HttpServerExchange exchange, Call call, Requests.Request request) {
    boolean whole = false;
    Optional<Throwable> failure = Optional.empty();
    try {
      RequestForm.require(exchange);
      do {
        request.setCaller(listener.callerOf(exchange));
      } while (request.caller().filter(listener::isUpToDate).isEmpty());
      Optional<OperationsPath> path = OperationsPath.parse(call.path());
      if (path.isPresent()) {
        watched.serve(call, path.get());
      } else {
        service.serve(call);
      }
      whole = true;
    } catch (UntrustedCertificateException e) {
      exchange.setPersistent(false);
      Problem problem = new Problem(Problem.Kind.NOT_TRUSTED, e.getMessage());
      whole = refuse(exchange, call, problem, Map.of());
    } catch (Refusal e) {
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

  private void sendRest(HttpServerExchange exchange, Call call, Requests.Request request) {
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
      Call call, Requests.Request request, boolean whole, Optional<Throwable> failure) {
    request.close();
    call.over(operations.log(), whole, failure);
  }

  private static String shown(HttpServerExchange exchange) {
    return Shown.of(exchange.getRequestMethod() + " " + exchange.getRequestPath());
  }

  /** Returns whether the caller got the problem. */
  private static boolean refuse(
      HttpServerExchange exchange, Call call, Problem problem, Map<String, String> headers) {
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

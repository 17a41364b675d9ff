package dev.peer.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/** A connection of HTTP/1.1, for one request at a time. Any thread may cut it off at any time. */
final class HttpConnection {

  private static final Http1Config LIMITS =
      Http1Config.custom().setMaxLineLength(16 << 10).setMaxHeaderCount(256).build();

  private static final int FIRST_FINAL = 200;

  private final Kind kind;
  private final DefaultBHttpClientConnection http = new DefaultBHttpClientConnection(LIMITS);
  private Optional<SSLSession> session = Optional.empty();
  private Optional<DuplexSocket> ground = Optional.empty();
  private boolean cut;

  /**
   * What tells whether a request can go on it.
   *
   * @param side the client's end: whom it shows, and whom it trusts
   * @param way how it comes to the server
   * @param scheme of its requests
   * @param authority of its requests
   */
  record Kind(Object side, Object way, String scheme, String authority) {

    static Kind of(Object side, Object way, URI server) {
      return new Kind(side, way, server.getScheme(), server.getAuthority());
    }
  }

  /** Opens none yet. */
  HttpConnection(Kind kind) {
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** Its TLS session, once it has begun; empty: it has none. */
  Optional<SSLSession> session() {
    return session;
  }

  /** Will be on this socket, which is closed to cut it off. */
  synchronized void takeGround(DuplexSocket socket) {
    ground = Optional.of(socket);
    if (cut) {
      socket.close();
    }
  }

  /** Begins on a socket that is connected, its handshake done. */
  void begin(Socket socket) throws IOException {
    if (socket instanceof SSLSocket tls) {
      session = Optional.of(tls.getSession());
    }
    http.bind(socket);
  }

  /** Never waits. */
  synchronized void cut() {
    cut = true;
    ground.ifPresent(DuplexSocket::close);
  }

  /**
   * Sends a request and waits for the head of its answer.
   *
   * @param free run when the answer was read whole and the next request can go on it
   * @param over run when none can
   */
  Response exchange(Request request, Runnable free, Runnable over) throws IOException {
    ClassicHttpRequest message = message(request);
    try {
      boolean sent = send(message);
      ClassicHttpResponse answer = receive();
      boolean kept =
          sent
              && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
                  message, answer, HttpCoreContext.create());
      return new Response(
          request.uri(),
          answer.getCode(),
          Arrays.stream(answer.getHeaders())
              .map(header -> new Request.Header(header.getName(), header.getValue()))
              .toList(),
          body(request, answer, kept ? free : over, over),
          session);
    } catch (HttpException | MessageConstraintException | IllegalArgumentException e) {
      // The last of them: the library takes no status below 1.
      throw (IOException) new ProtocolException(e.getMessage()).initCause(e);
    }
  }

  private ClassicHttpRequest message(Request request) {
    URI uri = request.uri();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    ClassicHttpRequest message = new BasicClassicHttpRequest(request.method(), path + query);
    message.addHeader("Host", uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    message.addHeader("User-Agent", "peer");
    request.headers().forEach(header -> message.addHeader(header.name(), header.value()));
    if (request.body().isPresent()) {
      message.addHeader("Content-Length", request.body().get().length());
      message.setEntity(new Entity(request.body().get()));
    } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      message.addHeader("Content-Length", 0);
    }
    return message;
  }

  /** False: the server did not take all of it. It may have said why. */
  private boolean send(ClassicHttpRequest message) throws IOException, HttpException {
    try {
      http.sendRequestHeader(message);
      if (message.getEntity() != null) {
        http.sendRequestEntity(message);
      }
      http.flush();
    } catch (UnheardException e) {
      return false;
    }
    return isHeard();
  }

  private synchronized boolean isHeard() {
    return ground.filter(DuplexSocket::isUnheard).isEmpty();
  }

  /** The rest of a body has nobody who takes it. */
  private static final class UnheardException extends IOException {

    private static final long serialVersionUID = 1L;

    UnheardException(IOException why) {
      super(why);
    }
  }

  private ClassicHttpResponse receive() throws IOException, HttpException {
    ClassicHttpResponse answer = http.receiveResponseHeader();
    while (answer.getCode() < FIRST_FINAL) {
      answer = http.receiveResponseHeader();
    }
    return answer;
  }

  private ResponseBody body(
      Request request, ClassicHttpResponse answer, Runnable whole, Runnable cutOff)
      throws IOException, HttpException {
    if (MessageSupport.canResponseHaveBody(request.method(), answer)) {
      http.receiveResponseEntity(answer);
    }
    HttpEntity entity = answer.getEntity();
    return entity == null
        ? new ResponseBody(InputStream.nullInputStream(), 0, whole, cutOff)
        : new ResponseBody(entity.getContent(), entity.getContentLength(), whole, cutOff);
  }

  /** Tells what a body cannot give from what the server does not take. */
  private final class Sent extends OutputStream {

    private final OutputStream out;
    private long count;

    Sent(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        out.write(bytes, from, length);
      } catch (IOException e) {
        throw new UnheardException(e);
      }
      if (!isHeard()) {
        throw new UnheardException(new IOException("the server takes no more"));
      }
      count += length;
    }
  }

  /** The body of a request, as the library takes it. */
  private final class Entity extends AbstractHttpEntity {

    private final Request.Body body;

    Entity(Request.Body body) {
      super((String) null, null);
      this.body = body;
    }

    @Override
    public long getContentLength() {
      return body.length();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      Sent sent = new Sent(out);
      try {
        body.writeTo(sent);
        if (sent.count != body.length()) {
          throw new IOException("it has " + sent.count + " bytes instead of " + body.length());
        }
      } catch (UnheardException e) {
        throw e;
      } catch (IOException e) {
        throw new RequestBodyException(e);
      }
    }

    @Override
    public InputStream getContent() {
      throw new UnsupportedOperationException("it is only written");
    }

    @Override
    public boolean isStreaming() {
      return false;
    }

    @Override
    public void close() {
      // Nothing is open between two sendings.
    }
  }
}

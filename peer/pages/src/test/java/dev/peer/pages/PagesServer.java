package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.ServerLimits;
import dev.peer.http.Service;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import java.io.IOException;

/** A member of a team that serves pages on this machine, and another that reads them. */
final class PagesServer implements AutoCloseable {

  static final String READER = "spiffe://team/reader";

  private final TestAuthority team;
  private final HttpsServer server;

  PagesServer(TestAuthority team, ServerLimits limits, Service service) throws IOException {
    this.team = team;
    this.server =
        HttpsServer.start(
            new TlsListener(team.peer("spiffe://team/server")), Https.LOOPBACK, limits, service);
  }

  static PagesServer of(TestAuthority team, Pages pages, KeptRuns kept) throws IOException {
    return new PagesServer(team, ServerLimits.PEER, call -> pages.serve(call, kept, kept));
  }

  /** Rules for fetching; anyone may do everything else. */
  static AccessRules rules(String fetch) {
    return new AccessRules(
        NamespaceRules.parse(fetch),
        NamespaceRules.everywhere(AccessRule.anyone()),
        AccessRule.anyone());
  }

  String origin() {
    return "https://127.0.0.1:" + server.address().getPort();
  }

  /** A client that shows this identity. */
  Https client(TlsIdentity identity) {
    return new Https(identity, server.address());
  }

  /** What the reader gets, with headers as name, value, name, value. */
  Https.Answer get(String path, String... headers) throws IOException, InterruptedException {
    try (Https client = client(team.peer(READER))) {
      return client.send("GET", path, headers);
    }
  }

  /** A page that the reader gets. */
  String page(String path) throws IOException, InterruptedException {
    Https.Answer answer = get(path);
    assertThat(answer.status()).as(path).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains("text/html; charset=utf-8");
    return new String(answer.body(), UTF_8);
  }

  @Override
  public void close() {
    server.close();
  }
}

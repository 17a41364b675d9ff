package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.peer.tls.ConnectProxy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The preparation in a company's network: only the company's proxy leads to servers, it is on this
 * host's loopback interface and wants a password, and the servers' certificates are of the
 * company's CA.
 */
@Timeout(900)
class CompanyNetworkIT {

  private static final String PASSWORD = "s3cretOfTheProxy";
  private static final String CONTENT = "from the company's server\n";

  /** The build's container has no tool for HTTPS, so it takes the guest's. */
  private static final String MKFILE =
      """
      CONTAINERIMAGE=localhost/company
      base-image:VQ:
      \tcurl --fail --silent --show-error URL >fetched
      \tpodman build --quiet --volume /:/guest:ro --tag $CONTAINERIMAGE . 2>&1
      \tpodman image inspect $CONTAINERIMAGE >image; podman history --no-trunc $CONTAINERIMAGE >>image
      \techo built
      prepare-runtime:VQ: base-image
      \tenv | grep -i proxy >variables
      \tif grep -iE 'proxy|certificates' image; then exit 1; fi
      \ttoken=${https_proxy#*peer:}; token=${token%@*}
      \tif grep -rF "$token" /var/lib/containers image /var/run/ci; then exit 1; fi
      \tcurl --silent --max-time 20 -w '%{http_connect}' https://127.0.0.1:1 --noproxy '' >near || true
      test:VQ:
      \tcat fetched /built near
      \tif env | grep -iE 'proxy|certificates'; then exit 1; fi
      /var/run/ci/artifacts/variables:Q:
      \tif env | grep -i proxy; then exit 1; fi
      \ttest ! -e /run/peer/preparation
      \tcp variables $target
      """;

  private static final String CONTAINERFILE =
      """
      FROM localhost/ci-base
      RUN L=/guest/usr/lib/x86_64-linux-gnu; \\
          /guest/lib64/ld-linux-x86-64.so.2 --library-path $L:/guest/lib/x86_64-linux-gnu \\
          /guest/usr/bin/curl --fail --silent --show-error URL >/built
      """;

  private Team team;
  private ConnectProxy proxy;
  private HttpsServer server;
  private Path ca;

  @BeforeEach
  void makeTheCompany() throws Exception {
    team = Team.create();
    proxy = ConnectProxy.start();
    proxy.require("Basic " + Base64.getEncoder().encodeToString(("u:" + PASSWORD).getBytes(UTF_8)));
    Authority company = Authority.create(team.root().resolve("company"), "company");
    ca = company.certificate();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(company)));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length());
          exchange.getResponseBody().write(CONTENT.getBytes(UTF_8));
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    server.stop(0);
    proxy.close();
    team.close();
  }

  @Test
  void thePreparationFetchesThroughTheProxyAndKeepsNothingOfIt() throws Exception {
    String address = "packages.company.test:" + server.getAddress().getPort();
    String url = "https://" + address + "/";
    Repository repository = team.repository("project", MKFILE.replace("URL", url));
    repository.write("Containerfile", CONTAINERFILE.replace("URL", url)).commit();
    Peer outside = team.peer("laptop");
    Peer inside =
        outside
            .with("HTTPS_PROXY", "http://u:" + PASSWORD + "@" + proxy.address())
            .with("PEER_PREPARE_CA", ca);
    Path out = team.root().resolve("out");

    assertThat(outside.run(repository, "run", "--exit").hasExitCode(1).stderr())
        .contains("Could not resolve host");
    assertThat(
            inside
                .without("PEER_PREPARE_CA")
                .run(repository, "run", "--exit")
                .hasExitCode(1)
                .stderr())
        .contains("SSL certificate problem");
    Run passed = inside.run(repository, "run", "--exit", "--artifacts", out.toString());

    assertThat(passed.hasExitCode(0).stdout()).isEqualTo(CONTENT + CONTENT + "403");
    assertThat(proxy.asked()).contains(address).doesNotContain("127.0.0.1:1");
    assertThat(passed.stderr())
        .contains("peer: refused to ask the proxy for 127.0.0.1:1: it is this host or next to it")
        .doesNotContain(PASSWORD);
    assertThat(Files.readString(out.resolve("variables")))
        .contains("https_proxy=http://peer:", "HTTPS_PROXY=http://peer:", "@10.0.2.2:")
        .doesNotContain(PASSWORD, "http_proxy");
    // Same key, without the settings.
    assertThat(outside.run(repository, "replay").hasExitCode(0).stdout())
        .isEqualTo(passed.stdout());
    assertThat(filesWith(PASSWORD, outside.home())).isEmpty();

    proxy.refuse("403 Forbidden");
    Run again = inside.run(repository, "run", "--exit", "--force");
    assertThat(again.hasExitCode(1).stderr()).contains("403");
  }

  @Test
  void aListOfHostsHoldsForTheProxyToo() throws Exception {
    String address = "packages.company.test:" + server.getAddress().getPort();
    Repository repository =
        team.repository(
            "project",
            """
            prepare-runtime:VQ:
            \tcurl --fail --silent --show-error https://%s/
            \tcurl --fail --silent --show-error https://other.company.test/ || echo refused
            test:VQ:
            \techo passed
            """
                .formatted(address));

    Run run =
        team.peer("laptop")
            .with("https_proxy", "http://u:" + PASSWORD + "@" + proxy.address())
            .with("PEER_PREPARE_CA", Files.readString(ca))
            .with("PEER_PREPARE_NETWORK", address)
            .run(repository, "run", "--exit");

    assertThat(run.hasExitCode(0).stderr())
        .contains(
            CONTENT,
            "prepare| refused",
            "peer: refused to ask the proxy for other.company.test:443: PEER_PREPARE_NETWORK omits"
                + " it");
    assertThat(proxy.asked()).containsExactly(address);
  }

  private static List<Path> filesWith(String text, Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).filter(file -> contains(file, text)).toList();
    }
  }

  private static boolean contains(Path file, String text) {
    try (InputStream in = Files.newInputStream(file)) {
      String carried = "";
      for (byte[] part = in.readNBytes(1 << 20); part.length > 0; part = in.readNBytes(1 << 20)) {
        String read = carried + new String(part, ISO_8859_1);
        if (read.contains(text)) {
          return true;
        }
        carried = read.substring(Math.max(0, read.length() - text.length()));
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SSLContext context(Authority company) throws Exception {
    Authority.Identity identity = company.issueServer("packages.company.test");
    Path store = team.root().resolve("company.p12");
    team.tool(
            "openssl",
            "pkcs12",
            "-export",
            "-in",
            identity.certificate().toString(),
            "-inkey",
            identity.key().toString(),
            "-passout",
            "pass:trial",
            "-out",
            store.toString())
        .hasExitCode(0);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(new ByteArrayInputStream(Files.readAllBytes(store)), "trial".toCharArray());
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, "trial".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}

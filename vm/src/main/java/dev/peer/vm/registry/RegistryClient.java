package dev.peer.vm.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.network.AllowedHost;
import dev.peer.core.network.Registry;
import dev.peer.vm.network.ReachPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Asks registries as anybody may, and no server that the guest itself may not reach. */
final class RegistryClient implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_REDIRECTS = 5;
  private static final int LONGEST_TOKEN = 1 << 16;
  private static final Pattern TOKEN = Pattern.compile("[!-~]+");
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final ReachPolicy policy;
  private final Supplier<? extends Transport> opener;
  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private Optional<Transport> transport = Optional.empty();
  private boolean closed;

  /**
   * Asks nobody yet.
   *
   * @param opener makes what it asks through
   */
  RegistryClient(ReachPolicy policy, Supplier<? extends Transport> opener) {
    this.policy = policy;
    this.opener = opener;
  }

  private synchronized Transport transport() throws IOException {
    if (closed) {
      throw new IOException("the preparation has ended");
    }
    if (transport.isEmpty()) {
      transport = Optional.of(opener.get());
    }
    return transport.get();
  }

  @Override
  public synchronized void close() {
    closed = true;
    transport.ifPresent(Transport::close);
  }

  /**
   * Gets something of a repository of images.
   *
   * @param what its path below the repository
   * @return the last answer, whatever its status, whose body the caller closes
   */
  Transport.Answer get(Registry registry, String repository, String what, List<String> accepted)
      throws IOException, InterruptedException {
    URI uri = registry.server().resolve("/v2/" + repository + "/" + what);
    String scope = registry + "/" + repository;
    Transport.Answer answer = follow(uri, accepted, Optional.ofNullable(tokens.get(scope)));
    Optional<Challenge> challenge =
        answer.status() == 401
            ? answer.header("WWW-Authenticate").flatMap(Challenge::parse)
            : Optional.empty();
    if (challenge.isEmpty()) {
      return answer;
    }
    answer.body().close();
    String token = token(challenge.get().token(), registry);
    tokens.put(scope, token);
    return follow(uri, accepted, Optional.of(token));
  }

  private String token(URI uri, Registry registry) throws IOException, InterruptedException {
    if (!registry.plain() && !isSecure(uri)) {
      throw new IOException(uri + " is not asked: it is plain HTTP");
    }
    Transport.Answer answer = follow(uri, List.of("application/json"), Optional.empty());
    try (InputStream body = answer.body()) {
      if (answer.status() != 200) {
        throw new IOException(uri.getHost() + " gives no token: status " + answer.status());
      }
      JsonNode json = JsonTree.read(body.readNBytes(LONGEST_TOKEN));
      String token = json.path("token").asText(json.path("access_token").asText(""));
      if (!TOKEN.matcher(token).matches()) {
        throw new IOException(uri.getHost() + " gives no token");
      }
      return token;
    }
  }

  private Transport.Answer follow(URI from, List<String> accepted, Optional<String> token)
      throws IOException, InterruptedException {
    URI uri = from;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      Map<String, String> headers = new HashMap<>();
      if (!accepted.isEmpty()) {
        headers.put("Accept", String.join(", ", accepted));
      }
      // The server that it leads to has its own pass in the link.
      if (token.isPresent() && uri.getAuthority().equals(from.getAuthority())) {
        headers.put("Authorization", "Bearer " + token.get());
      }
      Transport.Answer answer = transport().get(reachable(uri), headers, PATIENCE);
      Optional<String> location = answer.header("Location");
      if (answer.status() / 100 != 3 || location.isEmpty()) {
        return answer;
      }
      answer.body().close();
      URI next = resolved(uri, location.get());
      if (isSecure(uri) && !isSecure(next)) {
        throw new IOException(uri.getHost() + " leads to plain HTTP");
      }
      uri = next;
    }
    throw new IOException(from.getHost() + " leads from server to server");
  }

  private static URI resolved(URI uri, String location) throws IOException {
    try {
      return uri.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException(uri.getHost() + " leads to no address: " + location, e);
    }
  }

  private static boolean isSecure(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  /** The same, as this host reaches it. */
  private URI reachable(URI uri) throws IOException {
    if (uri.getHost() == null || !(isSecure(uri) || "http".equalsIgnoreCase(uri.getScheme()))) {
      throw new IOException("not the address of a server: " + uri);
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : isSecure(uri) ? HTTPS : HTTP;
    if (isThisHost(uri, port)) {
      String path = uri.toString().substring(uri.toString().indexOf(uri.getRawPath()));
      return URI.create(uri.getScheme() + "://127.0.0.1:" + port + path);
    }
    ReachPolicy.Decision decision = policy.decide(uri.getHost().replaceAll("[\\[\\]]", ""), port);
    if (decision != ReachPolicy.Decision.ALLOWED) {
      throw notAsked(uri, decision.refusal());
    }
    return uri;
  }

  private static IOException notAsked(URI uri, String why) {
    return new IOException(uri.getAuthority() + " is not asked: " + why);
  }

  /** Whether it is what the guest reaches by its gateway, which its owner has to list. */
  private boolean isThisHost(URI uri, int port) throws IOException {
    if (!uri.getHost().equals(AllowedHost.THIS_HOST)) {
      return false;
    }
    if (policy.reach().listed().stream()
        .noneMatch(one -> one.isThisHost() && one.port().orElseThrow() == port)) {
      throw notAsked(uri, "it is this host");
    }
    return true;
  }
}

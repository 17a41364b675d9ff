package dev.peer.rendezvous.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.trust.Credentials;
import dev.peer.pki.issue.CertificateRequest;
import dev.peer.pki.issue.PemText;
import dev.peer.pki.issue.Validity;
import dev.peer.ports.FreePorts;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A real etcd of several members on loopback, mutual TLS between all, that lives as long as a test.
 */
public final class EtcdCluster implements AutoCloseable {

  private static final Duration READY = Duration.ofMinutes(4);

  /** So much that a busy machine does not come between a test and its etcd. */
  private static final EtcdTimeouts PATIENT =
      new EtcdTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(120), Duration.ofSeconds(120));

  private static final String READY_LINE = "serving client traffic securely";

  private final Path directory;
  private final TlsIdentity rendezvous;
  private final List<Integer> clientPorts;
  private final List<Integer> memberPorts;
  private final List<Process> members = new ArrayList<>();
  private final Thread atExit = new Thread(this::killAll);

  /**
   * Starts the members, and waits until all serve.
   *
   * @param authority issues the certificate of the members, and is whom they trust
   * @param directory where their data lies; it must exist
   */
  public static EtcdCluster start(TestAuthority authority, Path directory, int members)
      throws IOException, InterruptedException {
    EtcdCluster cluster =
        new EtcdCluster(directory, authority.peer("urn:rendezvous"), FreePorts.find(2 * members));
    Runtime.getRuntime().addShutdownHook(cluster.atExit);
    Credentials credentials =
        authority.issue(
            CertificateRequest.named("etcd")
                .dns("localhost")
                .validity(Validity.lasting(Duration.ofDays(1))));
    Files.writeString(directory.resolve("cert.pem"), PemText.chain(credentials));
    Files.writeString(directory.resolve("key.pem"), PemText.privateKey(credentials.privateKey()));
    Files.writeString(directory.resolve("ca.pem"), pem(authority));
    try {
      for (int member = 0; member < members; member++) {
        cluster.members.add(cluster.launch(member));
      }
      for (int member = 0; member < members; member++) {
        cluster.awaitReady(member);
      }
    } catch (IOException | InterruptedException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  private EtcdCluster(Path directory, TlsIdentity rendezvous, List<Integer> ports) {
    this.directory = directory;
    this.rendezvous = rendezvous;
    clientPorts = ports.subList(0, ports.size() / 2);
    memberPorts = ports.subList(ports.size() / 2, ports.size());
  }

  /** Where its members are for clients. */
  public List<URI> addresses() {
    return clientPorts.stream().map(port -> URI.create("https://localhost:" + port)).toList();
  }

  /** A client of the members that waits for them longer than a rendezvous does. */
  EtcdServers client() {
    return new EtcdServers(rendezvous, addresses(), PATIENT);
  }

  /** As {@link #addresses}, by address; the certificates are not for it. */
  public List<URI> addressesByNumber() {
    return clientPorts.stream().map(port -> URI.create("https://127.0.0.1:" + port)).toList();
  }

  /** Kills a member; its data stays. */
  public void kill(int member) throws InterruptedException {
    members.get(member).destroyForcibly().waitFor();
  }

  /** Starts a member again that was killed, and waits until it serves. */
  public void restart(int member) throws IOException, InterruptedException {
    Files.delete(log(member));
    members.set(member, launch(member));
    awaitReady(member);
  }

  /** Ends all members. */
  @Override
  public void close() throws IOException {
    try {
      killAll();
      for (Process member : members) {
        member.waitFor();
      }
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private void killAll() {
    members.forEach(Process::destroyForcibly);
  }

  private Process launch(int member) throws IOException {
    String client = ":" + clientPorts.get(member);
    String between = ":" + memberPorts.get(member);
    String cluster =
        IntStream.range(0, memberPorts.size())
            .mapToObj(i -> "m" + i + "=https://localhost:" + memberPorts.get(i))
            .collect(Collectors.joining(","));
    ProcessBuilder builder =
        new ProcessBuilder(
            "etcd",
            "--name=m" + member,
            "--data-dir=" + directory.resolve("m" + member),
            "--listen-client-urls=https://127.0.0.1" + client,
            "--advertise-client-urls=https://localhost" + client,
            "--listen-peer-urls=https://127.0.0.1" + between,
            "--initial-advertise-peer-urls=https://localhost" + between,
            "--initial-cluster=" + cluster,
            "--client-cert-auth",
            "--trusted-ca-file=" + directory.resolve("ca.pem"),
            "--cert-file=" + directory.resolve("cert.pem"),
            "--key-file=" + directory.resolve("key.pem"),
            "--peer-client-cert-auth",
            "--peer-trusted-ca-file=" + directory.resolve("ca.pem"),
            "--peer-cert-file=" + directory.resolve("cert.pem"),
            "--peer-key-file=" + directory.resolve("key.pem"),
            "--logger=zap");
    builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
    builder.redirectErrorStream(true).redirectOutput(log(member).toFile());
    return builder.start();
  }

  private void awaitReady(int member) throws IOException, InterruptedException {
    long end = System.nanoTime() + READY.toNanos();
    while (!Files.readString(log(member), UTF_8).contains(READY_LINE)) {
      if (members.get(member).waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() - end > 0) {
        List<String> lines = Files.readAllLines(log(member));
        List<String> last = lines.subList(Math.max(0, lines.size() - 5), lines.size());
        throw new IOException("etcd does not serve: " + String.join("\n", last));
      }
    }
  }

  private Path log(int member) {
    return directory.resolve("m" + member + ".log");
  }

  static String pem(TestAuthority authority) {
    try {
      String base64 =
          Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(authority.root().getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}

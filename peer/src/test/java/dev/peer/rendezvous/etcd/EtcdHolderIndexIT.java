package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.rendezvous.EmbeddedIndex.Settings;
import dev.peer.rendezvous.HolderIndex;
import dev.peer.rendezvous.HolderIndexContract;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.LeaseTerms;
import io.etcd.jetcd.api.DeleteRangeRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of every index, with a real etcd of three members. */
@Timeout(180)
class EtcdHolderIndexIT extends HolderIndexContract {

  private static final LeaseTerms TERMS =
      new LeaseTerms(Duration.ofSeconds(1), Duration.ofSeconds(4));

  @TempDir private static Path directory;
  private static EtcdCluster etcd;
  private static TlsIdentity node;

  private EtcdIndex opened;

  @BeforeAll
  static void start() throws Exception {
    TestAuthority authority = new TestAuthority("etcd");
    etcd = EtcdCluster.start(authority, directory, 3);
    node = authority.peer("urn:rendezvous");
  }

  @AfterAll
  static void stop() throws Exception {
    etcd.close();
  }

  @AfterEach
  void close() {
    opened.close();
  }

  @Override
  protected HolderIndex open() throws Exception {
    try (EtcdServers servers = new EtcdServers(node, etcd.addresses())) {
      ByteString prefix = ByteString.copyFromUtf8("peer/");
      DeleteRangeRequest all =
          DeleteRangeRequest.newBuilder().setKey(prefix).setRangeEnd(EtcdKeys.end(prefix)).build();
      servers.ask(member -> member.keys().deleteRange(all));
    }
    opened =
        new EtcdIndex(
            node, etcd.addresses(), new Settings(TERMS, LEASES, RESULTS), System::nanoTime);
    return opened;
  }

  @Override
  protected void pass() throws InterruptedException {
    Thread.sleep(TERMS.renewAfter());
  }

  @Override
  protected void lapse() throws Exception {
    while (opened.status().leases() > 0) {
      Thread.sleep(50);
    }
  }
}

package dev.peer.rendezvous.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.peer.rendezvous.HolderIndex;
import dev.peer.rendezvous.HolderIndexContract;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.RunState;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.RangeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of every index, with a real etcd of three members. */
@Timeout(900)
class EtcdHolderIndexIT extends HolderIndexContract {

  /** Longer than the tests of one lease take on a slow day. */
  private static final LeaseTerms LONG =
      new LeaseTerms(Duration.ofSeconds(1), Duration.ofSeconds(60));

  private static final LeaseTerms SHORT =
      new LeaseTerms(Duration.ofSeconds(2), Duration.ofSeconds(10));

  @TempDir private static Path directory;
  private static EtcdCluster etcd;

  private EtcdIndex opened;

  @BeforeAll
  static void start() throws Exception {
    etcd = EtcdCluster.start(new TestAuthority("etcd"), directory, 3);
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
    try (EtcdServers servers = etcd.client()) {
      ByteString prefix = ByteString.copyFromUtf8("peer/");
      DeleteRangeRequest all =
          DeleteRangeRequest.newBuilder().setKey(prefix).setRangeEnd(EtcdKeys.end(prefix)).build();
      servers.ask(member -> member.keys().deleteRange(all));
    }
    opened = index(LONG);
    return opened;
  }

  private static EtcdIndex index(LeaseTerms terms) {
    return new EtcdIndex(
        new IndexSettings(terms, LEASES, RESULTS), etcd.client(), System::nanoTime);
  }

  @Override
  protected void pass() throws InterruptedException {
    Thread.sleep(SHORT.renewAfter());
  }

  @Override
  protected void lapse() throws Exception {
    try (EtcdServers servers = etcd.client()) {
      for (long lease : leases(servers)) {
        LeaseRevokeRequest over = LeaseRevokeRequest.newBuilder().setID(lease).build();
        servers.ask(member -> member.leases().leaseRevoke(over));
      }
    }
  }

  private static Set<Long> leases(EtcdServers servers) throws Exception {
    ByteString prefix = EtcdKeys.leases();
    RangeRequest all = EtcdRequests.below(prefix);
    return servers.ask(member -> member.keys().range(all)).getKvsList().stream()
        .map(KeyValue::getLease)
        .collect(Collectors.toSet());
  }

  /** Here time passes, and more of it than a lease has. */
  @Test
  @Override
  protected void keepsAnnouncementsAsLongAsTheLeaseIsRenewed() throws Exception {
    try (EtcdIndex index = index(SHORT)) {
      keepsAnnouncementsAsLongAsTheLeaseIsRenewed(index);
    }
  }

  @Test
  void forgetsALeaseThatEtcdEnds() throws Exception {
    try (EtcdIndex index = index(SHORT)) {
      index.lease(LAPTOP, at(1));
      index.announce(LAPTOP, REPO, key(1), RunState.PASSED);
      while (index.status().leases() > 0) {
        Thread.sleep(50);
      }

      assertThat(index.holders(REPO, key(1))).isEmpty();
    }
  }
}
